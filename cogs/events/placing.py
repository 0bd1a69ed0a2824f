"""The page on which organisers say how places are given, before it is posted and later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from discord import ButtonStyle

from bot.errors import Conflict, Invalid
from bot.features.events.models import EventState
from bot.features.events.placing import PlacingService
from bot.features.events.queries import EventCard
from bot.features.events.rules import OLD
from bot.features.events.service import EventService
from bot.features.events.steps import draft_step, organise_step, places_step
from bot.features.signups.models import Mode, QuotaKind
from bot.features.signups.placing import BAD_YEARS, YEARS, PlaceRules, Seats
from bot.i18n import N_, Words
from bot.numerals import read_whole
from bot.times import read_moment
from bot.ui.board import option
from bot.ui.choices import chosen_number, chosen_one
from bot.ui.dates import typed_date
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Choice, Field, Maybe, Number, Typed
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page, in_rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, Request
from cogs.events import render
from cogs.events.place_words import all_rules, seats_line

#: In a button: which of the forms it opens.
PLACES, PER_LC, GROUP, OPENING, LAST_CALL = "places", "per_lc", "group", "opening", "last_call"


class WallTime(Typed[datetime]):
    """A future time on the clocks of the form's time zone."""

    def read(self, typed: str, request: Request) -> datetime:
        return read_moment(typed, request.now, request.time_zone).local

    def written(self, value: datetime, words: Words) -> str:
        return f"{typed_date(value.date(), words)} {value:%H:%M}"


class Years(Typed[tuple[int, int]]):
    """Years of study, such as 1 or 1-3."""

    def read(self, typed: str, request: Request) -> tuple[int, int]:
        first, _, last = typed.translate(_SIGNS).partition("-")
        try:
            years = read_whole(first), read_whole(last or first)
        except Invalid:
            raise Invalid(BAD_YEARS, n=YEARS) from None
        return years

    def written(self, value: tuple[int, int], words: Words) -> str:
        first, last = value
        return str(first) if first == last else f"{first}-{last}"


#: As people write a range in Japanese, and without the word for a year of study.
_SIGNS = str.maketrans({"〜": "-", "～": "-", "ー": "-", "–": "-", "－": "-", "年": None, "生": None})


class PlacesButton(RoutedButton, route="events:places:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await show_places(request, event_id)


async def show_places(request: MemberRequest, event_id: int) -> None:
    event = await request.services[EventService].to_edit(request.actor, event_id)
    words, given = request.words, event.place_rules
    lines = [render.headline(event, words), *all_rules(given, words)]
    counts = event.counts
    if counts is not None and counts.limit is not None and counts.accepted + counts.offered > counts.limit:
        lines.append(words("⚠️ More people are in than there are places. Nobody loses theirs; no one new comes in."))
    is_draft = event.state is EventState.DRAFT
    back = draft_step(event_id) if is_draft else organise_step(event_id)
    rows: list[Sequence[Item]] = in_rows(_buttons(event, words))
    if given.groups:
        options = [option(seats_line(one, words), at) for at, one in enumerate(given.groups)]
        label = words("Choose a group to remove its rule")
        rows.append([GroupSelect.make(label, options, event_id=event_id, version=event.version)])
    rows.append([step_button(back, words), home_button(words)])
    await request.show(Page(words("Rules of sign-up"), "\n".join(lines), rows=rows))


def _buttons(event: EventCard, words: Words) -> list[Item]:
    number, approves = event.event_id, event.place_rules.mode is Mode.APPROVAL
    label = words("First come, first served") if approves else words("Confirm each person")
    mode = Mode.FIRST_COME if approves else Mode.APPROVAL
    forms = {
        PLACES: words("Number of places"),
        PER_LC: words("Limit for each LC"),
        GROUP: words("Places for a group"),
        OPENING: words("When it opens"),
        LAST_CALL: words("Last-minute places"),
    }
    return [
        ModeButton.make(label, style=ButtonStyle.primary, event_id=number, mode=mode.value),
        *(RuleButton.make(text, event_id=number, which=which) for which, text in forms.items()),
    ]


async def _save(request: MemberRequest, event_id: int, given: PlaceRules, seen: PlaceRules) -> None:
    await request.services[PlacingService].set(request.actor, event_id, given, seen)
    request.done = request.words("Saved.")
    await show_places(request, event_id)


class ModeButton(RoutedButton, route="events:mode:{event_id:int}:{mode}"):
    async def act(self, request: MemberRequest, event_id: int, mode: str) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        given = replace(event.place_rules, mode=chosen_one(Mode, mode))
        await _save(request, event_id, given, event.place_rules)


class GroupSelect(RoutedSelect, route="events:ungroup:{event_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, version: int) -> None:
        event, at = await request.services[EventService].to_edit(request.actor, event_id), chosen_number(chosen)
        seen = event.place_rules
        if event.version != version or at >= len(seen.groups):
            raise Conflict(OLD, next_steps=[places_step(event_id)])
        groups = seen.groups[:at] + seen.groups[at + 1 :]
        await _save(request, event_id, replace(seen, groups=groups), seen)


class RuleButton(RoutedButton, route="events:rule:{event_id:int}:{which}"):
    async def act(self, request: MemberRequest, event_id: int, which: str) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        if which == GROUP:
            await GroupForm(request.words, event).open(request.interaction)
            return
        forms = {PLACES: PlacesForm, PER_LC: PerLcForm, OPENING: OpeningForm}
        await forms.get(which, LastCallForm)(request.words, event).open(request.interaction)


class RuleForm(DraftForm[PlaceRules], route=""):
    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words, event.place_rules)
        self.event_id, self.time_zone = event.event_id, event.time_zone

    async def act(self, request: MemberRequest) -> None:
        await _save(request, self.event_id, self.draft, self.kept)


class PlacesForm(RuleForm, route="events:rule_places", title=N_("Number of places")):
    limit = Maybe(Number(N_("Places"), 6, hint=N_("Leave it empty for no limit. A lower number removes nobody.")))
    held = Number(N_("Of these, places you keep back"), 6)


class PerLcForm(RuleForm, route="events:rule_per_lc", title=N_("Limit for each LC")):
    per_lc = Maybe(Number(N_("People from each LC"), 6, hint=N_("Empty: no limit. It doesn't count for others.")))


class OpeningForm(RuleForm, route="events:rule_opening", title=N_("When it opens")):
    opens = Maybe(WallTime(N_("Sign up from"), hint=N_("Such as 11/20 21:00. Empty: as soon as it is posted.")))


class LastCallForm(RuleForm, route="events:rule_last_call", title=N_("Last-minute places")):
    last_call_hours = Number(
        N_("Hours before the start"), 4, hint=N_("From then on, the first to press wins. 0: never.")
    )


class GroupForm(Form, route="events:rule_group", title=N_("Places for a group")):
    """One more group."""

    kind = Choice(
        N_("What for?"),
        options={QuotaKind.RESERVED: N_("Keep places for them"), QuotaKind.AT_MOST: N_("No more than so many of them")},
    )
    seats = Number(N_("Places"), 6)
    years = Maybe(Years(N_("Years of study"), hint=N_("Such as 1, or 1-3. Empty: all years.")))
    is_lc = Choice(N_("From where?"), options={False: N_("From anywhere"), True: N_("Members of the LC")})
    until = Maybe(WallTime(N_("Kept until"), hint=N_("Such as 12/1 0:00; then anybody can have them. Empty: always.")))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words, fields=_group_fields(event))
        self.event_id, self.kept, self.time_zone = event.event_id, event.place_rules, event.time_zone
        self.kind, self.is_lc = QuotaKind.RESERVED, False

    async def act(self, request: MemberRequest) -> None:
        seen: PlaceRules = self.kept
        first, last = self.years or (None, None)
        until = self.until if self.kind is QuotaKind.RESERVED else None
        one = Seats(self.kind, self.seats, first, last, self.is_lc, until)
        await _save(request, self.event_id, replace(seen, groups=(*seen.groups, one)), seen)


def _group_fields(event: EventCard) -> Sequence[Field[Any]]:
    """Without an LC, nobody is a member of it."""
    return [one for one in GroupForm.fields if event.lc_id is not None or one.name != "is_lc"]
