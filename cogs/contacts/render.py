from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.records import Contact, Detail, LcContacts, OwnPost
from bot.features.contacts.rules import Standing
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.pages import Item, Page

FIELD_WORDS = {
    Field.MAIL: N_("Mail address"),
    Field.LINK: N_("Web or social media"),
    Field.HOW: N_("How to get in touch"),
    Field.TIMES: N_("Good times"),
}
FIELD_HINTS = {
    Field.MAIL: N_("One address that is meant for this; empty takes it away"),
    Field.LINK: N_("A link that begins with https://; empty takes it away"),
    Field.HOW: N_("In your own words, please without phone numbers; empty takes it away"),
    Field.TIMES: N_("Such as: weekdays after 18:00; empty takes it away"),
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
        shown.append(words("No post of an LC is about this. Please ask a national officer."))
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
        "Used only so that people can reach you about your post. You choose who sees each; it is deleted when "
        "your term ends, and you can take it away at any time."
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
    """As many as a message holds; of the others it is said that they are there."""
    shown: list[str] = []
    for block in blocks:
        if sum(map(len, shown)) + len(block) > _ROOM:
            return [*shown, words("There is more than fits here. Name a committee to see its own post.")]
        shown.append(block)
    return shown
