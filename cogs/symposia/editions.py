"""The page of an edition, and what those who keep it do there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Invalid
from bot.features.events.steps import draft_step, show_step
from bot.features.symposia.editions import EditionService
from bot.features.symposia.linking import LinkingService
from bot.features.symposia.models import EditionState, Role
from bot.features.symposia.queries import EditionCard, SymposiumCard
from bot.features.symposia.rules import EditionDraft, SlotDraft
from bot.features.symposia.sizes import PLACE, REASON, TITLE
from bot.features.symposia.speakers import SlotService
from bot.features.symposia.steps import edition_step, symposium_step
from bot.i18n import N_, Words
from bot.times import read_date
from bot.ui.board import option
from bot.ui.dates import typed_date
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Choice, LongText, Number, Text, Typed
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, Request
from cogs.symposia import words as told
from cogs.symposia.letters import programme
from cogs.symposia.slots import SlotSelect, show_slot

_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
NO_DATE = N_("Please enter a date such as 2027-03-14, or a month such as 2027-03.")


async def show_edition(request: MemberRequest, edition_id: int) -> None:
    symposium, one = await request.services[EditionService].edition(request.actor, edition_id)
    words = request.words
    lines = [f"**{escape_markdown(told.heading(one, words))}** – {words(told.STATE_WORDS[one.state])}"]
    if one.is_general:
        lines.append(words("With the general meeting"))
    if one.place:
        lines.append(words("Place: {place}", place=escape_markdown(one.place)))
    if one.country:
        lines.append(words("Host country: {country}", country=told.country_of(one.country, words)))
    if one.reason:
        lines.append(words("Cancelled: {reason}", reason=escape_markdown(one.reason)))
    lines += ["", *(told.slot_line(slot, words) for slot in one.slots)]
    rows: list[list[Item]] = []
    mine = [slot for slot in one.slots if slot.speaker is not None and slot.speaker.is_me]
    choice = one.slots if symposium.keeps else mine
    if choice:
        options = [option(told.slot_name(slot, words), slot.slot_id) for slot in choice]
        rows.append([SlotSelect.make(words("Choose a slot"), options)])
    if symposium.keeps:
        rows.append(_keeping(symposium, one, words))
    rows.append(_event(symposium, one, words))
    rows.append([step_button(symposium_step(one.symposium_id), words), home_button(words)])
    await request.show(Page(told.name_of(symposium, words), "\n".join(lines), rows=rows))


EditionSelect = menu_to("symposia:one_edition", show_edition)
EditionButton = button_to("symposia:edition:{edition_id:int}", show_edition)


def _keeping(symposium: SymposiumCard, one: EditionCard, words: Words) -> list[Item]:
    number = one.edition_id
    row: list[Item] = []
    if one.state is EditionState.PLANNED:
        announce = words("Announce")
        row.append(AnnounceButton.make(announce, emoji="📣", style=ButtonStyle.success, edition_id=number))
    if one.state is EditionState.ANNOUNCED:
        row.append(HoldButton.make(words("It took place"), emoji="✅", edition_id=number))
    if one.is_ahead:
        row.append(EditButton.make(words("Edit"), emoji="✏️", edition_id=number))
        row.append(AddSlotButton.make(words("Add a slot"), emoji="➕", edition_id=number))
        if symposium.rule.changes_country:
            row.append(CountryButton.make(words("Host country"), emoji="🌏", edition_id=number))
        row.append(CancelButton.make(words("Cancel it"), emoji="🗑️", edition_id=number))
    return row


def _event(symposium: SymposiumCard, one: EditionCard, words: Words) -> list[Item]:
    if one.event_id is not None:
        return [step_button((draft_step if one.event_is_draft else show_step)(one.event_id), words)]
    if symposium.keeps and one.is_ahead:
        return [EventButton.make(words("Make an event of it"), emoji="📅", edition_id=one.edition_id)]
    return []


class EventButton(RoutedButton, route="symposia:event:{edition_id:int}"):
    async def act(self, request: MemberRequest, edition_id: int) -> None:
        symposium, one = await request.services[EditionService].edition(request.actor, edition_id)
        texts = [programme(symposium, one, Words(language)) for language in ("ja", "en")]
        event_id = await request.services[LinkingService].make_event(request.actor, edition_id, *texts)
        words = request.words
        request.done = words(
            "The draft has title, date, place and programme. The edition follows the event from now on."
        )
        row = [step_button(draft_step(event_id), words), step_button(edition_step(edition_id), words)]
        await request.show(Page(told.name_of(symposium, words), rows=[[*row, home_button(words)]]))


class AnnounceButton(RoutedButton, route="symposia:announce:{edition_id:int}"):
    async def act(self, request: MemberRequest, edition_id: int) -> None:
        await request.services[EditionService].announce(request.actor, edition_id)
        request.done = request.words("Announced: everybody sees it, with the speakers who accepted.")
        await show_edition(request, edition_id)


class HoldButton(RoutedButton, route="symposia:hold:{edition_id:int}"):
    async def act(self, request: MemberRequest, edition_id: int) -> None:
        await request.services[EditionService].hold(request.actor, edition_id)
        request.done = request.words("Saved.")
        await show_edition(request, edition_id)


@dataclass(eq=False)
class DayOrMonth(Typed[tuple[int, int, int | None]]):
    """A day, or a month while its day isn't known: year, month, day or None."""

    def read(self, typed: str, request: Request) -> tuple[int, int, int | None]:
        plain = unicodedata.normalize("NFKC", typed).replace(" ", "")
        if found := _MONTH.fullmatch(plain):
            year, month = map(int, found.groups())
            if not 1 <= month <= 12:
                raise Invalid(NO_DATE)
            return year, month, None
        day = read_date(typed, request.today)
        return day.year, day.month, day.day

    def written(self, value: tuple[int, int, int | None], words: Words) -> str:
        year, month, day = value
        return typed_date(date(year, month, day), words) if day is not None else f"{year}-{month:02}"


async def edit(request: MemberRequest, edition_id: int) -> None:
    draft, _ = await request.services[EditionService].to_edit(request.actor, edition_id)
    await EditionForm(request.words, draft, edition_id).open(request.interaction)


EditButton = button_to("symposia:edit_edition:{edition_id:int}", edit)


class EditionForm(DraftForm[EditionDraft], route="symposia:edition", title=N_("Edit the edition")):
    number = Number(N_("Number"))
    when = DayOrMonth(N_("Date, or month"), hint=N_("Such as 2027-03-14, or 2027-03 while the day is open"))
    title_ja = Text(N_("Theme in Japanese"), TITLE, required=False)
    title_en = Text(N_("Theme in English"), TITLE, required=False)
    place = Text(N_("Place"), PLACE, required=False)

    def __init__(self, words: Words, kept: EditionDraft, edition_id: int) -> None:
        super().__init__(words, kept)
        self.edition_id = edition_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[EditionService].edit(request.actor, self.edition_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await show_edition(request, self.edition_id)


async def edit_country(request: MemberRequest, edition_id: int) -> None:
    """The rule only proposes the next country: it is kept once somebody sends the form."""
    draft, proposed = await request.services[EditionService].to_edit(request.actor, edition_id)
    await CountryForm(request.words, draft, edition_id, proposed).open(request.interaction)


CountryButton = button_to("symposia:country:{edition_id:int}", edit_country)


class CountryForm(DraftForm[EditionDraft], route="symposia:country", title=N_("Host country")):
    country = Text(N_("Country"), 60, hint=N_("Name or two-letter code, such as Germany or DE"), required=False)

    def __init__(self, words: Words, kept: EditionDraft, edition_id: int, proposed: str) -> None:
        super().__init__(words, kept)
        self.edition_id = edition_id
        self.country = told.country_of(kept.country or proposed, words)

    async def act(self, request: MemberRequest) -> None:
        await request.services[EditionService].edit(request.actor, self.edition_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await show_edition(request, self.edition_id)


async def cancel(request: MemberRequest, edition_id: int) -> None:
    await request.services[EditionService].to_edit(request.actor, edition_id)
    await CancelForm(request.words, edition_id).open(request.interaction)


CancelButton = button_to("symposia:cancel:{edition_id:int}", cancel)


class CancelForm(Form, route="symposia:cancel", title=N_("Cancel the edition")):
    reason = LongText(N_("Why is it cancelled?"), REASON, hint=N_("Everybody who saw it reads this."))

    def __init__(self, words: Words, edition_id: int) -> None:
        super().__init__(words)
        self.edition_id = edition_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[EditionService].cancel(request.actor, self.edition_id, self.reason)
        request.done = request.words("The edition is cancelled.")
        await show_edition(request, self.edition_id)


async def add_slot(request: MemberRequest, edition_id: int) -> None:
    await request.services[EditionService].to_edit(request.actor, edition_id)
    await NewSlotForm(request.words, edition_id).open(request.interaction)


AddSlotButton = button_to("symposia:add_slot:{edition_id:int}", add_slot)


class NewSlotForm(DraftForm[SlotDraft], route="symposia:new_slot", title=N_("Add a slot")):
    role = Choice(N_("Role"), told.ROLE_WORDS)
    title_ja = Text(N_("Title in Japanese"), TITLE, required=False)
    title_en = Text(N_("Title in English"), TITLE, required=False)
    from_outside = Choice[bool](N_("For somebody from outside medicine?"), {False: N_("No"), True: N_("Yes")})

    def __init__(self, words: Words, edition_id: int) -> None:
        super().__init__(words, SlotDraft(Role.SPEAKER))
        self.edition_id = edition_id

    async def act(self, request: MemberRequest) -> None:
        slot_id = await request.services[SlotService].add(request.actor, self.edition_id, self.draft)
        request.done = request.words("Added.")
        await show_slot(request, slot_id)
