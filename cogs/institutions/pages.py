"""Institutions that the organisation works with, and their contacts."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.features import Services
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import (
    ADDRESS,
    MAIL,
    NAME,
    NOTE,
    PHONE,
    PLACE,
    ROLE,
    ContactDraft,
    InstitutionDraft,
    countries,
)
from bot.features.institutions.service import PAGE, ContactLine, InstitutionEntry, InstitutionService
from bot.features.people.rules import Right
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.dates import long_date
from bot.ui.draft_forms import DraftForm, RowForm
from bot.ui.fields import Choice, Date, Maybe, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to_form, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.requests import MemberRequest

_OF_OFFICE = N_("Their work contact, not a private one")
#: Characters to search by: they stand in the ``custom_id`` of the buttons that turn the page.
SOUGHT = 40
KIND_WORDS = {
    InstitutionKind.HOSPITAL: N_("Hospital"),
    InstitutionKind.UNIVERSITY: N_("University"),
    InstitutionKind.SCHOOL: N_("Other school"),
    InstitutionKind.COMPANY: N_("Company"),
    InstitutionKind.GOVERNMENT: N_("Government office or embassy"),
    InstitutionKind.CITY: N_("City or town"),
    InstitutionKind.ASSOCIATION: N_("Association"),
    InstitutionKind.OTHER: N_("Other"),
}


def named(one: InstitutionDraft, words: Words) -> str:
    return words.either(one.name_ja, one.name_en)


def _about(one: InstitutionEntry, words: Words) -> str:
    """Kind, country and place, without markup."""
    parts = [words(KIND_WORDS[one.kind]), words.either(*countries()[one.country]), one.place]
    return words(", ").join(filter(None, parts))


def _line(one: InstitutionEntry, words: Words) -> str:
    mark = words(" (retired)") if one.is_retired else ""
    return f"**{escape_markdown(named(one, words))}**{mark}\n*{escape_markdown(_about(one, words))}*"


class InstitutionsButton(Board, route="institutions:list:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, text: str = "", page: int = 0) -> None:
        words = request.words
        found = await request.services[InstitutionService].found(request.actor, text, page)
        title = words("Institutions matching “{text}”", text=text) if text else words("Institutions")
        options = [option(named(one, words), one.institution_id, _about(one, words)) for one in found]
        menus: list[list[Item]] = []
        last: list[Item] = [SearchButton.make(words("Search"), emoji="🔎")]
        first = words("There are no institutions yet.")
        if request.actor.may(Right.KEEP_PEOPLE):  # officers of LCs only look
            first = words("There are no institutions yet. Add the first one here.")
            menus.append([InstitutionSelect.make(words("Choose an institution"), options)])
            last.insert(0, AddButton.make(words("Add an institution"), emoji="➕"))
        if found:
            last.append(FileButton.make(words("As CSV"), emoji="📄", text=text))
        nobody = words("No institutions match that name or place. Please try another word.")
        empty = nobody if text else first
        await cls.lay_out(request, found, title=title, line=_line, empty=empty, menus=menus, last=last, text=text)


class ShowButton(Board, route="institutions:show:{institution_id:int}"):
    """An institution and its contacts."""

    @classmethod
    async def show(cls, request: MemberRequest, institution_id: int, page: int = 0) -> None:
        one, contacts = await request.services[InstitutionService].show(request.actor, institution_id)
        words, here = request.words, part_of(contacts, page, PAGE)
        above = [escape_markdown(_about(one, words)), one.address, escape_markdown(one.note)]
        if one.is_school:
            above.append(words("Listed in the school directory."))
        if one.is_retired:
            above.append(words("Retired: it can't be chosen any more."))
        heading = words("Contact people")
        above.append(f"\n**{heading}**")
        options = [option(contact.name, contact.contact_id, contact.role) for contact in here]
        retire = words("Restore") if one.is_retired else words("Retire")
        last: list[Item] = [
            ChangeButton.make(words("Edit"), emoji="✏️", institution_id=institution_id),
            MoreButton.make(words("Website and note"), emoji="📝", institution_id=institution_id),
            RetireButton.make(retire, emoji="🗄️", institution_id=institution_id, retired=int(not one.is_retired)),
            InstitutionsButton.make(words("Institutions"), page=0, text=""),
        ]
        await cls.lay_out(
            request,
            here,
            title=named(one, words),
            above=[*filter(None, above)],
            line=_contact_line,
            empty=words("No contacts yet. Add a person without an account first, then make them a contact."),
            menus=[[ContactSelect.make(words("Choose a contact"), options)]],
            last=last,
            institution_id=institution_id,
        )


InstitutionSelect = menu_to("institutions:one", ShowButton.show)


def _contact_line(one: ContactLine, words: Words) -> str:
    parts = [f"{'⭐ ' if one.is_main else '・'}**{escape_markdown(one.name)}**", escape_markdown(one.role)]
    if one.is_over and one.ends_on is not None:
        parts.append(words("(until {date})", date=long_date(one.ends_on, words)))
    else:
        parts += [escape_markdown(one.mail), escape_markdown(one.phone)]
    return " ".join(filter(None, parts))


class AddButton(RoutedButton, route="institutions:add"):
    async def act(self, request: MemberRequest) -> None:
        request.actor.require(Right.KEEP_PEOPLE)  # checked before the form opens
        draft = InstitutionDraft("", "", InstitutionKind.HOSPITAL, "JP")
        await InstitutionForm(request.words, draft, None).open(request.interaction)


class ChangeButton(RoutedButton, route="institutions:change:{institution_id:int}"):
    async def act(self, request: MemberRequest, institution_id: int) -> None:
        one, _ = await request.services[InstitutionService].show(request.actor, institution_id)
        await InstitutionForm(request.words, one, institution_id).open(request.interaction)


class InstitutionForm(RowForm[InstitutionDraft], route="institutions:form"):
    titles = N_("Add an institution"), N_("Edit the institution")
    name_ja = Text(N_("Name in Japanese"), NAME, required=False)
    name_en = Text(N_("Name in English"), NAME, hint=N_("One of the two names is enough"), required=False)
    kind = Choice(N_("Type"), KIND_WORDS)
    country = Text(N_("Country"), 60, hint=N_("Name or two-letter code, such as Germany or DE"))
    place = Text(N_("Town or address"), PLACE, required=False)

    def __init__(self, words: Words, kept: InstitutionDraft, row_id: int | None) -> None:
        super().__init__(words, kept, row_id)
        self.country = words.either(*countries()[kept.country])

    def service(self, services: Services) -> InstitutionService:
        return services[InstitutionService]

    async def show(self, request: MemberRequest, row_id: int) -> None:
        await ShowButton.show(request, row_id)


class MoreButton(RoutedButton, route="institutions:more:{institution_id:int}"):
    async def act(self, request: MemberRequest, institution_id: int) -> None:
        one, _ = await request.services[InstitutionService].show(request.actor, institution_id)
        await MoreForm(request.words, one).open(request.interaction)


class MoreForm(DraftForm[InstitutionEntry], route="institutions:more", title=N_("Website and note")):
    """Website and note of an institution."""

    address = Text(N_("Website"), ADDRESS, required=False)
    note = Text(
        N_("Note"),
        NOTE,
        hint=N_("What the next officers should know. Nothing about individuals, please"),
        required=False,
    )

    async def act(self, request: MemberRequest) -> None:
        institution_id = self.kept.institution_id
        await request.services[InstitutionService].edit(request.actor, institution_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await ShowButton.show(request, institution_id)


class RetireButton(RoutedButton, route="institutions:retire:{institution_id:int}:{retired:int}"):
    async def act(self, request: MemberRequest, institution_id: int, retired: int) -> None:
        await request.services[InstitutionService].retire(request.actor, institution_id, retired=bool(retired))
        request.done = request.words("Retired.") if retired else request.words("Restored.")
        await ShowButton.show(request, institution_id)


class SearchForm(Form, route="institutions:search", title=N_("Search institutions")):
    text = Text(N_("Part of a name, a place or a country"), SOUGHT)

    async def act(self, request: MemberRequest) -> None:
        await InstitutionsButton.show(request, self.text)


SearchButton = button_to_form("institutions:search", SearchForm)


class FileButton(RoutedButton, route="institutions:file:{text:text}"):
    async def act(self, request: MemberRequest, text: str) -> None:
        await request.defer()
        found, words = await request.services[InstitutionService].all(request.actor, text), request.words
        heading = [
            words("Name in Japanese"),
            words("Name in English"),
            words("Type"),
            words("Country"),
            words("Town or address"),
            words("Website"),
            words("Note"),
            words("Retired"),
        ]
        lines = [
            [
                one.name_ja,
                one.name_en,
                words(KIND_WORDS[one.kind]),
                words.either(*countries()[one.country]),
                one.place,
                one.address,
                one.note,
                words("yes") if one.is_retired else "",
            ]
            for one in found
        ]
        back = InstitutionsButton.make(words("Back"), page=0, text=text)
        counted = words.plural("{n} institution", "{n} institutions", len(found))
        files = [Document(to_csv([heading, *lines]), "institutions.csv")]
        await request.show(Page(words("Institutions"), counted, documents=files, rows=[[back, home_button(words)]]))


async def show_contact(request: MemberRequest, contact_id: int) -> None:
    one, words = await request.services[InstitutionService].contact(request.actor, contact_id), request.words
    lines = [escape_markdown(one.role), escape_markdown(one.mail), escape_markdown(one.phone)]
    lines.append(words("Since {date}", date=long_date(one.starts_on, words)))
    if one.ends_on is not None:
        lines.append(words("Until {date}", date=long_date(one.ends_on, words)))
    if one.is_main:
        lines.append(words("⭐ Main contact"))
    row: list[Item] = [ChangeContactButton.make(words("Edit"), emoji="✏️", contact_id=contact_id)]
    if not one.is_main:
        row.append(MainButton.make(words("Make main contact"), emoji="⭐", contact_id=contact_id))
    row.append(RemoveContactButton.make(words("Remove"), emoji="🗑️", contact_id=contact_id))
    back = ShowButton.make(words("Back"), institution_id=one.institution_id)
    page = Page(escape_markdown(one.name), "\n".join(filter(None, lines)), rows=[row, [back, home_button(words)]])
    await request.show(page)


ContactSelect = menu_to("institutions:contact", show_contact)


class ChangeContactButton(RoutedButton, route="institutions:change_contact:{contact_id:int}"):
    async def act(self, request: MemberRequest, contact_id: int) -> None:
        one = await request.services[InstitutionService].contact(request.actor, contact_id)
        await ContactForm(request.words, one, contact_id=contact_id).open(request.interaction)


class NewContactButton(RoutedButton, route="institutions:new_contact:{institution_id:int}:{person_id:int}"):
    async def act(self, request: MemberRequest, institution_id: int, person_id: int) -> None:
        request.actor.require(Right.KEEP_PEOPLE)
        draft = ContactDraft("", "", "", request.actor.today)
        form = ContactForm(request.words, draft, institution_id=institution_id, person_id=person_id)
        await form.open(request.interaction)


class ContactForm(DraftForm[ContactDraft], route="institutions:contact", title=N_("Contact people")):
    """The contact with ``contact_id``, or a new one: the person at the institution."""

    role = Text(N_("Their role there"), ROLE, hint=N_("Such as “international office”"))
    mail = Text(N_("Email address"), MAIL, hint=_OF_OFFICE, required=False)
    phone = Text(N_("Phone number"), PHONE, hint=_OF_OFFICE, required=False)
    starts_on = Date(N_("First day"))
    ends_on = Maybe(Date(N_("Last day"), hint=N_("Leave empty if they are still the contact")))

    def __init__(
        self, words: Words, kept: ContactDraft, *, contact_id: int = 0, institution_id: int = 0, person_id: int = 0
    ) -> None:
        super().__init__(words, kept)
        self.contact_id, self.institution_id, self.person_id = contact_id, institution_id, person_id

    async def act(self, request: MemberRequest) -> None:
        actor, service, contact_id = request.actor, request.services[InstitutionService], self.contact_id
        if contact_id:
            await service.edit_contact(actor, contact_id, self.draft, self.kept)
        else:
            contact_id = await service.add_contact(actor, self.institution_id, self.person_id, self.draft)
        request.done = request.words("Saved.")
        await show_contact(request, contact_id)


class MainButton(RoutedButton, route="institutions:main:{contact_id:int}"):
    async def act(self, request: MemberRequest, contact_id: int) -> None:
        await request.services[InstitutionService].make_main(request.actor, contact_id)
        request.done = request.words("Saved.")
        await show_contact(request, contact_id)


class RemoveContactButton(RoutedButton, route="institutions:remove_contact:{contact_id:int}"):
    async def act(self, request: MemberRequest, contact_id: int) -> None:
        service = request.services[InstitutionService]
        one = await service.contact(request.actor, contact_id)
        await service.remove_contact(request.actor, contact_id)
        request.done = request.words("Removed as a contact. Their record is kept.")
        await ShowButton.show(request, one.institution_id)
