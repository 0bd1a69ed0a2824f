"""How to reach an LC, and entering it."""

from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot import data
from bot.features.contacts.models import HOLDER_FIELDS, Field, Visibility
from bot.features.contacts.rules import LONGEST, Standing
from bot.features.contacts.service import Contact, ContactService, Detail, LcContacts, OwnPost
from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_one
from bot.ui.committees import committee_name
from bot.ui.dates import long_date
from bot.ui.fields import Choice, LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import VIA_WORDS, card_step
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest

FIELD_WORDS = {
    Field.MAIL: N_("Email address"),
    Field.LINK: N_("Web or social media"),
    Field.HOW: N_("How to get in touch"),
    Field.TIMES: N_("Best times"),
}
FIELD_HINTS = {
    Field.MAIL: N_("One address meant for this; leave empty to remove it"),
    Field.LINK: N_("A link that starts with https://; leave empty to remove it"),
    Field.HOW: N_("In your own words, without phone numbers, please; leave empty to remove it"),
    Field.TIMES: N_("Such as weekdays after 18:00; leave empty to remove it"),
}
FIELD_MARKS = {Field.MAIL: "✉️", Field.LINK: "🔗", Field.HOW: "💬", Field.TIMES: "🕒"}
VISIBILITY_WORDS = {
    Visibility.OWN_OFFICERS: N_("Officers of this LC"),
    Visibility.OFFICERS: N_("All officers"),
    Visibility.MEMBERS: N_("All members"),
}
#: A message holds 4,096 characters; the rest is for what stands around the posts.
_ROOM = 3300


def contacts_page(contacts: LcContacts, words: Words, rows: list[list[Item]]) -> Page:
    """Ways to reach the LC, then posts with their holders. Those that nobody holds stand together: the representative
    answers for them."""
    with_readers = contacts.standing is Standing.OWN_OFFICER
    lines = [_detail_line(one, words, with_readers) for one in contacts.details]
    blocks, open_posts = [], list[str]()
    stand_in: Contact | None = None
    for contact in contacts.posts:
        post = words.either(contact.post_ja, contact.post_en)
        if contact.holders and not contact.routed:
            line = words("{post}: {holders}", post=post, holders=_names(contact, words))
            blocks.append("\n".join([line, *_of_holders(contact, words, with_readers)]))
        else:
            open_posts.append(post)
            stand_in = contact if contact.routed else None
    shown = _fitting(blocks, words)
    if not contacts.posts:
        shown.append(words("No LC post covers this committee. Please ask a national officer."))
    if open_posts:
        shown += [""] if shown else []  # away from the quotes above
        names = words(", ").join(open_posts)
        if stand_in is None:
            shown.append(words("For {posts}, please ask a national officer.", posts=names))
        else:
            asked = _names(stand_in, words)
            shown.append(words("For {posts}, please ask {representative}.", posts=names, representative=asked))
            if all(one.routed for one in contacts.posts):  # else they stand above, with the representative's own post
                shown += _of_holders(stand_in, words, with_readers)
    return Page(
        title=words("Contacts: {lc}", lc=words.either(contacts.name_ja, contacts.name_en)),
        text="\n".join([*lines, *([""] if lines else []), *shown]),
        rows=rows,
        footer=words("Members of the organisation may see more here. National officers can help you get in touch.")
        if contacts.standing is Standing.STRANGER
        else "",
    )


def fields_page(contacts: LcContacts, text: str, words: Words, rows: list[list[Item]]) -> Page:
    lines = [_detail_line(one, words, with_readers=True) for one in contacts.details]
    return Page(
        title=words("Contact details: {lc}", lc=words.either(contacts.name_ja, contacts.name_en)),
        text="\n".join([*(lines or [words("Nothing has been entered yet.")]), "", text]),
        rows=rows,
    )


def own_lines(post: OwnPost, words: Words) -> str:
    name = words.either(post.post_ja, post.post_en)
    line = words("**{post}** (until {date})", post=name, date=long_date(post.ends_on, words))
    return "\n".join([line, *(_detail_line(one, words, with_readers=True) for one in post.details)])


def own_use(words: Words) -> str:
    return words(
        "Used only to reach you about your post. You choose who sees each one. They are deleted when your "
        "term ends, and you can remove them at any time."
    )


def _names(contact: Contact, words: Words) -> str:
    return words(", ").join(f"**{escape_markdown(one.name)}**" for one in contact.holders)


def _of_holders(contact: Contact, words: Words, with_readers: bool) -> list[str]:
    lines = []
    for holder in contact.holders:
        if holder.details and len(contact.holders) > 1:
            lines.append(f"{escape_markdown(holder.name)}")
        lines += [_detail_line(one, words, with_readers) for one in holder.details]
    return lines


def _detail_line(detail: Detail, words: Words, with_readers: bool) -> str:
    """A link stands as it is, because Discord makes it one; it was checked for marks when it was entered."""
    shown = detail.text if detail.field is Field.LINK else "\n> ".join(map(escape_markdown, detail.text.split("\n")))
    line = f"> {FIELD_MARKS[detail.field]} {shown}"
    if not with_readers:
        return line
    return words("{line} *({readers})*", line=line, readers=words(VISIBILITY_WORDS[detail.visibility]))


def _fitting(blocks: Sequence[str], words: Words) -> list[str]:
    """As many as a message holds, and a line that there are more."""
    shown: list[str] = []
    for block in blocks:
        if sum(map(len, shown)) + len(block) > _ROOM:
            return [*shown, words("Not everything fits here. Choose a committee to see its post.")]
        shown.append(block)
    return shown


#: Stands in a route where an LC's own officer needs no ``via``.
NONE = "-"
#: Stands in the menu for every post.
ALL = "-"


async def show(request: MemberRequest, lc_id: int, committee: str | None = None) -> None:
    """How to reach an LC, and the ways to enter it for those who may."""
    contacts = await request.services[ContactService].of(request.actor, lc_id, committee)
    words, editing = request.words, list[Item]()
    if request.actor.may(Right.EDIT_LC, lc_id):
        editing.append(EditButton.make(words("Edit the LC's contact details"), emoji="✏️", lc_id=lc_id))
    if lc_id in request.actor.officer_of:
        editing.append(OwnButton.make(words("My contact details"), emoji="🙋", lc_id=lc_id))
    menu = [
        option(words("All posts"), ALL),
        *(
            option(committee_name(row["abbreviation"], words), row["key"], words.either(row["name_ja"], row["name_en"]))
            for row in data.rows("committees")
        ),
    ]
    about = CommitteeSelect.make(words("About one committee …"), menu, lc_id=lc_id)
    around = [step_button(card_step(lc_id), words), home_button(words)]
    await request.show(contacts_page(contacts, words, [[about], editing, around]))


async def _show_fields(request: MemberRequest, lc_id: int, via: Via | None) -> None:
    """The details of an LC, each with a button. A national officer first says how they heard them."""
    request.actor.require(Right.EDIT_LC, lc_id)
    contacts = await request.services[ContactService].of(request.actor, lc_id)
    words, rows = request.words, list[list[Item]]()
    if via is None and lc_id not in request.actor.officer_of:
        text = words("You're entering this for the LC. How did they tell you?")
        rows.append([ViaButton.make(words(VIA_WORDS[one]), lc_id=lc_id, via=one) for one in Via])
    else:
        text = words("Choose what to enter. You decide who sees each one, and empty ones are not shown to anybody.")
        rows.append(
            [FieldButton.make(words(FIELD_WORDS[field]), lc_id=lc_id, field=field, via=via or NONE) for field in Field]
        )
    rows.append([ShowButton.make(words("Back"), lc_id=lc_id), home_button(words)])
    await request.show(fields_page(contacts, text, words, rows))


#: Posts of one page, a row each.
PAGE = 4


class OwnButton(Board, route="contacts:own:{lc_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, page: int = 0) -> None:
        """What the reader entered for each of their posts at an LC."""
        own = part_of(await request.services[ContactService].own(request.actor, lc_id), page, PAGE)
        words = request.words
        await cls.lay_out(
            request,
            own,
            title=words("My contact details"),
            line=own_lines,
            empty=words("You don't hold a post at this LC today."),
            below=["", own_use(words)],
            menus=[[_own_button(lc_id, post, field, words) for field in HOLDER_FIELDS] for post in own],
            last=[ShowButton.make(words("Back"), lc_id=lc_id)],
            in_last_row=True,
            lc_id=lc_id,
        )


def _own_button(lc_id: int, post: OwnPost, field: Field, words: Words) -> Item:
    label = words("{field} ({post})", field=words(FIELD_WORDS[field]), post=words.either(post.post_ja, post.post_en))
    return OwnFieldButton.make(label, lc_id=lc_id, term_id=post.term_id, field=field)


def _kept(details: list[Detail], field: Field) -> Detail:
    return next((one for one in details if one.field is field), Detail(field, ""))


ShowButton = button_to("contacts:show:{lc_id:int}", show)


class CommitteeSelect(RoutedSelect, route="contacts:committee:{lc_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int) -> None:
        await show(request, lc_id, None if chosen == [ALL] else chosen[0])


class EditButton(RoutedButton, route="contacts:edit:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await _show_fields(request, lc_id, None)


class ViaButton(RoutedButton, route="contacts:edit:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, via: str) -> None:
        await _show_fields(request, lc_id, chosen_one(Via, via))


class FieldButton(RoutedButton, route="contacts:field:{lc_id:int}:{field}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, field: str, via: str) -> None:
        heard = heard_by(request.actor, Right.EDIT_LC, lc_id, None if via == NONE else chosen_one(Via, via))
        contacts: LcContacts = await request.services[ContactService].of(request.actor, lc_id)
        form = LcForm(request.words, _kept(contacts.details, chosen_one(Field, field)), lc_id, heard)
        await form.open(request.interaction)


class OwnFieldButton(RoutedButton, route="contacts:own:{lc_id:int}:{term_id:int}:{field}"):
    async def act(self, request: MemberRequest, lc_id: int, term_id: int, field: str) -> None:
        detail = await request.services[ContactService].to_set_own(
            request.actor, lc_id, term_id, chosen_one(Field, field)
        )
        await OwnForm(request.words, detail, lc_id, term_id).open(request.interaction)


class DetailForm(Form, route=""):
    """One detail and who may see it."""

    text = Text("")
    visibility = Choice(
        N_("Who can see it"),
        VISIBILITY_WORDS,
        hint=N_("The LC's officers include current national officers, who need to be able to reach the LC"),
    )

    def __init__(self, words: Words, title: str, kept: Detail) -> None:
        self.kept, self.field = kept, kept.field
        field = kept.field
        kind = LongText if field is Field.HOW else Text
        text = kind(FIELD_WORDS[field], LONGEST[field], hint=FIELD_HINTS[field], required=False, name="text")
        super().__init__(words, title, [text, DetailForm.visibility])
        self.text, self.visibility = kept.text, kept.visibility

    @property
    def detail(self) -> Detail:
        return Detail(self.field, self.text, self.visibility)


class LcForm(DetailForm, route="contacts:lc_form"):
    def __init__(self, words: Words, kept: Detail, lc_id: int, via: Via | None) -> None:
        super().__init__(words, words("LC contact details"), kept)
        self.lc_id, self.via = lc_id, via

    async def act(self, request: MemberRequest) -> None:
        await request.services[ContactService].set_for_lc(request.actor, self.lc_id, self.detail, self.via, self.kept)
        request.done = request.words("Saved.")
        await _show_fields(request, self.lc_id, self.via)


class OwnForm(DetailForm, route="contacts:own_form"):
    def __init__(self, words: Words, kept: Detail, lc_id: int, term_id: int) -> None:
        super().__init__(words, words("My contact details"), kept)
        self.lc_id, self.term_id = lc_id, term_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[ContactService].set_own(request.actor, self.term_id, self.detail)
        request.done = request.words("Saved.")
        await OwnButton.show(request, self.lc_id)
