"""Names from LINE or a sheet: pasted, looked at, entered."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Invalid, NextStep
from bot.features.guests.lists import Entered, Known, Looked, NameListService
from bot.features.guests.names import LONGEST, NOTHING
from bot.features.sheets.reading import check_size
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.choices import NOT_OFFERED
from bot.ui.fields import File, LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest


def people_step(signup_id: int) -> NextStep:
    return NextStep(N_("Who comes"), f"signups:board:{signup_id}")


class NamesButton(RoutedButton, route="guests:names:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await request.services[NameListService].begin(request.actor, signup_id)
        await NamesForm(request.words, signup_id).open(request.interaction)


class NamesForm(Form, route="guests:names_form", title=N_("Enter names")):
    text = LongText(
        N_("Names with their answers"),
        LONGEST,
        hint=N_("One per line, as they replied: “Sato yes”, “Suzuki no”. You see first what it does."),
        required=False,
    )
    file = File(N_("Or a file (CSV or Excel)"), hint=N_("With a column “Name”"), required=False)

    def __init__(self, words: Words, signup_id: int, text: str = "") -> None:
        super().__init__(words)
        self.signup_id, self.text = signup_id, text

    async def act(self, request: MemberRequest) -> None:
        service = request.services[NameListService]
        if self.file is None and not self.text.strip():
            raise Invalid(NOTHING)
        await request.defer()
        if self.file is None:
            list_id = await service.paste(request.actor, self.signup_id, self.text)
        else:
            check_size(self.file.size)
            list_id = await service.take_in(request.actor, self.signup_id, await _content(self.file))
        await show_list(request, list_id)


async def _content(file: discord.Attachment) -> bytes:
    try:
        return await file.read()
    except discord.HTTPException:
        raise Invalid(N_("Discord didn't hand the file over. Please choose it once more.")) from None


class CodeButton(RoutedButton, route="guests:code"):
    async def act(self, request: MemberRequest) -> None:
        await CodeForm(request.words).open(request.interaction)


class CodeForm(Form, route="guests:code_form", title=N_("Enter replies")):
    """For replies to a text without a link: its code says which event they are about."""

    code = Text(N_("Code of the event"), 20, hint=N_("It stands in the text for LINE, such as E12."))
    text = LongText(N_("Names with their answers"), LONGEST, hint=N_("One per line: “Sato yes”, “Suzuki no”"))

    async def act(self, request: MemberRequest) -> None:
        service = request.services[NameListService]
        signup_id = await service.of_code(request.actor, self.code)
        await show_list(request, await service.paste(request.actor, signup_id, self.text))


async def show_list(request: MemberRequest, list_id: int) -> None:
    """What would become of it: nothing is entered yet."""
    words = request.words
    found = await request.services[NameListService].look(request.actor, list_id)
    rows: list[list[Item]] = []
    if found.asked:
        options = [option(one.name, one.person_id, words.either(one.school_ja, one.school_en)) for one in found.asked]
        placeholder = words("Who of them is meant?")
        rows.append([KnownSelect.make(placeholder, options, max_values=len(options), list_id=list_id)])
        rows.append([NoneButton.make(words("None of them"), list_id=list_id)])
    row: list[Item] = []
    if found.may_confirm:
        row.append(ConfirmButton.make(words("Enter them"), emoji="✅", style=ButtonStyle.success, list_id=list_id))
    row.append(CorrectButton.make(words("Correct the text"), emoji="✏️", list_id=list_id))
    rows += [row, [step_button(people_step(found.signup_id), words), home_button(words)]]
    title = escape_markdown(words.either(found.title_ja, found.title_en))
    await request.show(Page(words("Enter names: {title}", title=title), "\n".join(_lines(found, words)), rows=rows))


def _lines(found: Looked, words: Words) -> list[str]:
    lines = [words("Nothing is entered yet. Please look through it.")]
    parts: tuple[tuple[str, Sequence[str]], ...] = (
        (N_("➕ Without an account: {names}"), found.new),
        (N_("👤 With an account: {names}"), [_known(one, words) for one in found.members]),
        (N_("✅ Signed up already: {names}"), found.there),
        (N_("➖ Will be taken off the list: {names}"), found.leave),
        (N_("💤 Said no or maybe, so nothing happens: {names}"), found.others),
        (N_("❓ Unclear, please correct: {names}"), found.unclear),
    )
    comma = words(", ")
    for message, names in parts:
        if names:
            lines.append(words(message, names=comma.join(map(escape_markdown, names))))
    if found.asked:
        asked = comma.join(escape_markdown(_known(one, words)) for one in found.asked)
        lines += ["", words("❔ Members with an account have these names: {names}. Is it them?", names=asked)]
    return lines


def _known(one: Known, words: Words) -> str:
    school = words.either(one.school_ja, one.school_en)
    return words("{name} ({school})", name=one.name, school=school) if school else one.name


class KnownSelect(RoutedSelect, route="guests:known:{list_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], list_id: int) -> None:
        if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in chosen):
            raise Invalid(NOT_OFFERED)
        await request.services[NameListService].answer(request.actor, list_id, [int(one) for one in chosen])
        await show_list(request, list_id)


class NoneButton(RoutedButton, route="guests:none:{list_id:int}"):
    async def act(self, request: MemberRequest, list_id: int) -> None:
        await request.services[NameListService].answer(request.actor, list_id, [])
        await show_list(request, list_id)


class CorrectButton(RoutedButton, route="guests:correct:{list_id:int}"):
    async def act(self, request: MemberRequest, list_id: int) -> None:
        found = await request.services[NameListService].look(request.actor, list_id)
        await NamesForm(request.words, found.signup_id, found.text).open(request.interaction)


class ConfirmButton(RoutedButton, route="guests:confirm:{list_id:int}"):
    async def act(self, request: MemberRequest, list_id: int) -> None:
        done = await request.services[NameListService].confirm(request.actor, list_id)
        words = request.words
        request.done = _told(done, words)
        row: list[Item] = [step_button(people_step(done.signup_id), words), home_button(words)]
        await request.show(Page(words("Enter names"), words("The list of who comes has them now."), rows=[row]))


def _told(done: Entered, words: Words) -> str:
    parts = [words.plural("{n} person has a place.", "{n} people have a place.", done.accepted)]
    if done.waiting:
        parts.append(words.plural("{n} person is in line.", "{n} people are in line.", done.waiting))
    if done.left:
        parts.append(words.plural("{n} person was taken off.", "{n} people were taken off.", done.left))
    if done.without:
        parts.append(words.plural("{n} person got no place.", "{n} people got no place.", done.without))
    return " ".join(parts)
