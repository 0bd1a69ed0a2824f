"""People without an account, as officers keep them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import discord
from discord.utils import escape_markdown

from bot.errors import NextStep
from bot.features.homes.facts import Facts
from bot.features.institutions.entering import CODE_KEPT, EnteredEntry, EnteringService, entered_lists
from bot.features.institutions.rules import NAME, SOURCE, PersonDraft
from bot.features.members.rules import MAX_NAME
from bot.features.people.rules import Right
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_numbers
from bot.ui.dates import long_date
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, button_to_form, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.institutions.pages import SOUGHT, InstitutionsButton, NewContactButton, ShowButton


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    actor, words = request.actor, request.words
    label, lists = words("People without an account"), facts[entered_lists]
    is_nation = actor.may(Right.KEEP_PEOPLE)
    waiting: list[HomeLine] = []
    buttons: list[Item] = []
    for one in lists:
        of_lc = label
        if len(lists) > 1:
            of_lc = words("{lc}: {what}", lc=words.either(one.lc_ja or "", one.lc_en or ""), what=label)
        button = PeopleButton.make(of_lc, emoji="📇", page=0, lc_id=one.lc_id or 0, text="")
        buttons.append(button)
        if one.n:
            line = words.plural(
                "{n} person without an account will be deleted soon: are they still needed?",
                "{n} people without an account will be deleted soon: are they still needed?",
                one.n,
            )
            waiting.append(HomeLine(line, button, Whose.NATION if is_nation else Whose.LC))
    if not is_nation:
        return HomePart(waiting=waiting, actions=buttons)
    institutions = InstitutionsButton.make(words("Institutions"), emoji="🏥", page=0, text="")
    return HomePart(waiting=waiting, managing=[institutions, *buttons])


def _at(one: EnteredEntry, words: Words) -> str:
    return words.either(one.affiliation, one.affiliation_en)


def _line(one: EnteredEntry, words: Words) -> str:
    parts = [f"**{escape_markdown(one.name)}**", escape_markdown(one.reading), escape_markdown(_at(one, words))]
    until = words("Kept until {date}", date=long_date(one.until, words))
    for_lc = words.either(one.lc_ja, one.lc_en)
    below = words(", ").join(filter(None, (until, for_lc)))
    return f"{' '.join(filter(None, parts))}\n*{'⚠️ ' if one.ends_soon else ''}{below}*"


class PeopleButton(Board, route="institutions:people:{page:int}:{lc_id:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int = 0, text: str = "", page: int = 0) -> None:
        """People who were entered for an LC; 0 stands for everybody."""
        words = request.words
        found = await request.services[EnteringService].found(request.actor, lc_id or None, text, page)
        heading = words("People without an account")
        title = words("{heading} matching “{text}”", heading=heading, text=text) if text else heading
        options = [option(one.name, one.person_id, _at(one, words)) for one in found]
        last: list[Item] = [
            EnterButton.make(words("Add a person"), emoji="➕", lc_id=lc_id),
            SearchPeopleButton.make(words("Search"), emoji="🔎", lc_id=lc_id),
        ]
        if found:
            last.append(PeopleFileButton.make(words("As CSV"), emoji="📄", lc_id=lc_id, text=text))
        nobody = words("Nobody matches that name or affiliation. Please try another word.")
        empty = words("Nobody has been added yet. Add lecturers, guests and contacts who don't use Discord here.")
        menus: list[list[Item]] = [[PersonSelect.make(words("Choose a person"), options)]]
        if ending := [option(one.name, one.person_id, _at(one, words)) for one in found if one.ends_soon]:
            needed = words("Who do you still need? (choose any number)")
            menus.append([NeededSelect.make(needed, ending, max_values=len(ending), lc_id=lc_id)])
        await cls.lay_out(
            request,
            found,
            title=title,
            line=_line,
            empty=nobody if text else empty,
            menus=menus,
            last=last,
            lc_id=lc_id,
            text=text,
        )


class NeededSelect(RoutedSelect, route="institutions:needed:{lc_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int) -> None:
        people = chosen_numbers(chosen)
        await request.services[EnteringService].keep(request.actor, people)
        request.done = request.words.plural("{n} person is kept.", "{n} people are kept.", len(people))
        await PeopleButton.show(request, lc_id)


async def show_person(request: MemberRequest, person_id: int, *, sure: bool = False) -> None:
    """Somebody without an account, and what officers can do with their record. ``sure``: ask whether to delete it."""
    one, words = await request.services[EnteringService].show(request.actor, person_id), request.words
    lines = [escape_markdown(one.reading), escape_markdown(_at(one, words))]
    lines.append(words("Source: {source}", source=escape_markdown(one.source)))
    if one.lc_id is not None:
        lines.append(words("Added for {lc}", lc=words.either(one.lc_ja, one.lc_en)))
    lines.append(
        words("Added by {name}", name=escape_markdown(one.entered_by) or words("somebody no longer registered"))
    )
    until = words("Kept until {date}", date=long_date(one.until, words))
    lines.append(f"⚠️ {until}" if one.ends_soon else until)
    if one.code_until is not None:
        date = long_date(one.code_until, words)
        lines.append(words("Their code works until {date}.", date=date))
    rows: list[list[Item]] = [_what_is_done(one, words), _where_they_are(request, one)]
    if sure:
        lines += ["", words("Delete everything about this person? This can't be undone.")]
        danger = discord.ButtonStyle.danger
        rows = [[ReallyDeleteButton.make(words("Yes, delete"), style=danger, person_id=person_id)]]
        rows[0].append(ShowPersonButton.make(words("Back"), person_id=person_id))
    rows.append([PeopleButton.make(words("Back to the list"), page=0, lc_id=_list_of(request, one), text="")])
    rows[-1].append(home_button(words))
    page = Page(escape_markdown(one.name), "\n".join(filter(None, lines)), rows=[row for row in rows if row])
    await request.show(page)


PersonSelect = menu_to("institutions:person", show_person)
ShowPersonButton = button_to("institutions:show_person:{person_id:int}", show_person)


def _list_of(request: MemberRequest, one: EnteredEntry) -> int:
    return 0 if request.actor.may(Right.KEEP_PEOPLE) else one.lc_id or 0


def _what_is_done(one: EnteredEntry, words: Words) -> list[Item]:
    return [
        EditButton.make(words("Edit"), emoji="✏️", person_id=one.person_id),
        KeepPersonButton.make(words("Still needed"), emoji="✅", person_id=one.person_id),
        CodeButton.make(words("Code for this person"), emoji="🔑", person_id=one.person_id),
        DeletePersonButton.make(words("Delete"), emoji="🗑️", person_id=one.person_id),
    ]


def _where_they_are(request: MemberRequest, one: EnteredEntry) -> list[Item]:
    """For national officers alone: institutions and other people's records are theirs."""
    words = request.words
    if not request.actor.may(Right.KEEP_PEOPLE):
        return []
    joined = NextStep(N_("They have an account"), f"rosters:joined:{one.person_id}")
    row: list[Item] = [step_button(joined, words)]
    if (there := one.institution_id) is not None:
        row.append(ShowButton.make(words("View institution"), emoji="🏥", institution_id=there))
        label = words("Make them a contact")
        row.append(NewContactButton.make(label, emoji="☎️", institution_id=there, person_id=one.person_id))
    return row


class EnterButton(RoutedButton, route="institutions:enter:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        # Rights are checked before the form opens.
        request.actor.require(Right.ENTER_PEOPLE if lc_id else Right.KEEP_PEOPLE, lc_id or None)
        await PersonForm(request.words, PersonDraft("", "", "", ""), lc_id=lc_id).open(request.interaction)


class EditButton(RoutedButton, route="institutions:edit_person:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        one, words = await request.services[EnteringService].show(request.actor, person_id), request.words
        kept = PersonDraft(one.name, one.reading, _at(one, words), one.source, one.institution_id)
        await PersonForm(words, kept, person_id=person_id).open(request.interaction)


class PersonForm(DraftForm[PersonDraft], route="institutions:person"):
    """The person with ``person_id``, or a new one for an LC."""

    name = Text(N_("Name"), MAX_NAME)
    reading = Text(N_("Reading"), MAX_NAME, hint=N_("In kana or Roman letters"), required=False)
    affiliation = Text(
        N_("Affiliation"), NAME, hint=N_("A school, an institution from the list, or anything else"), required=False
    )
    source = Text(N_("Consent or source"), SOURCE, hint=N_("How they gave their consent, or where you got their name"))

    def __init__(self, words: Words, kept: PersonDraft, *, lc_id: int = 0, person_id: int = 0) -> None:
        super().__init__(words, kept, words("Edit the record") if person_id else words("Add a person"))
        self.lc_id, self.person_id = lc_id, person_id

    async def act(self, request: MemberRequest) -> None:
        service = request.services[EnteringService]
        same = self.kept.institution_id if self.affiliation.strip() == self.kept.affiliation else None
        draft = replace(self.draft, institution_id=same)
        if self.person_id:
            await service.edit(request.actor, self.person_id, draft)
            request.done = request.words("Saved.")
            await show_person(request, self.person_id)
        else:
            person_id = await service.enter(request.actor, draft, self.lc_id or None)
            request.done = request.words("Added.")
            await show_person(request, person_id)


class KeepPersonButton(RoutedButton, route="institutions:keep_person:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        await request.services[EnteringService].keep(request.actor, [person_id])
        request.done = request.words("Their record will be kept until the date shown.")
        await show_person(request, person_id)


class CodeButton(RoutedButton, route="institutions:code:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        code, words = await request.services[EnteringService].new_code(request.actor, person_id), request.words
        text = words(
            "Please give them this code. It is shown only once and works for {n} days: **{code}**\nAfter "
            "joining, they enter it in /me under “Claim my record”, and this record is merged with that of "
            "their account.",
            n=CODE_KEPT,
            code=code,
        )
        back = ShowPersonButton.make(words("Back"), person_id=person_id)
        await request.show(Page(words("Code for this person"), text, rows=[[back, home_button(words)]]))


DeletePersonButton = button_to("institutions:delete_person:{person_id:int}", partial(show_person, sure=True))


class ReallyDeleteButton(RoutedButton, route="institutions:really_delete_person:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        service, words = request.services[EnteringService], request.words
        lc_id = _list_of(request, await service.show(request.actor, person_id))
        await service.delete(request.actor, person_id)
        request.done = words("Everything about them has been deleted. Only totals are kept.")
        await PeopleButton.show(request, lc_id)


class SearchPeopleForm(Form, route="institutions:search_people", title=N_("Search people")):
    text = Text(N_("Part of a name, a school or an institution"), SOUGHT)

    def __init__(self, words: Words, lc_id: int) -> None:
        super().__init__(words)
        self.lc_id = lc_id

    async def act(self, request: MemberRequest) -> None:
        await PeopleButton.show(request, self.lc_id, self.text)


SearchPeopleButton = button_to_form("institutions:search_people:{lc_id:int}", SearchPeopleForm)


class PeopleFileButton(RoutedButton, route="institutions:people_file:{lc_id:int}:{text:text}"):
    async def act(self, request: MemberRequest, lc_id: int, text: str) -> None:
        await request.defer()
        found = await request.services[EnteringService].all(request.actor, lc_id or None, text)
        words = request.words
        heading = [
            words("Name"),
            words("Reading"),
            words("Affiliation"),
            words("LC"),
            words("Consent or source"),
            words("Kept until"),
        ]
        lines = [
            [
                one.name,
                one.reading,
                _at(one, words),
                words.either(one.lc_ja, one.lc_en),
                one.source,
                one.until.isoformat(),
            ]
            for one in found
        ]
        back = PeopleButton.make(words("Back"), page=0, lc_id=lc_id, text=text)
        counted = words.plural("{n} person", "{n} people", len(found))
        files = [Document(to_csv([heading, *lines]), "people.csv")]
        title = words("People without an account")
        await request.show(Page(title, counted, documents=files, rows=[[back, home_button(words)]]))
