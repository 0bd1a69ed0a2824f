"""The list of calendars, and the address or the file of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.clock import local_date
from bot.errors import Invalid, NextStep
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import OWN_NAME, CalendarService
from bot.features.calendars.values import Choice, Contents, Scope
from bot.features.documents.ics import render
from bot.features.events.queries import EventCard
from bot.features.homes.facts import Facts
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import NOT_OFFERED, chosen_one
from bot.ui.dates import long_date
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Document, Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host

#: Calendars on a page of the list; a menu holds 25.
PER_PAGE = 20
NO_PUBLIC_ADDRESS = N_(
    "This bot has no public address, so calendars can't update by themselves. You can download a file instead. "
    "Download it again when something changes."
)
EMOJI = {ScopeKind.OWN: "🙋", ScopeKind.LC: "🏫", ScopeKind.COMMITTEE: "🩺", ScopeKind.ORGANISATION: "🌏"}


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    button = CalendarsButton.make(request.words("Add to your calendar"), emoji="📅")
    return HomePart(more=[button] if request.actor.person_id is not None else [])


def _public(request: MemberRequest) -> str | None:
    return host(request.interaction).settings.public_url


def _name(choice: Choice, words: Words) -> str:
    return words.either(choice.name_ja, choice.name_en) or words(OWN_NAME)


def _state(choice: Choice, request: MemberRequest) -> str:
    words = request.words
    if choice.made_at is None:
        return words("No address yet.")
    made = long_date(local_date(choice.made_at, request.time_zone), words)
    if choice.last_fetched_on is None:
        return words("Address created on {date}. No calendar has read it yet.", date=made)
    read = long_date(choice.last_fetched_on, words)
    return words("Address created on {date}. Last read on {read}.", date=made, read=read)


class CalendarsButton(Board, route="calendars:list"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, is_public = request.words, _public(request) is not None
        here = part_of(await request.services[CalendarService].choices(request.actor), page, PER_PAGE)
        options = [option(_name(one, words), _written(one.scope)) for one in here]
        about = words("Choose a calendar. Added to Google Calendar, Apple Calendar or Outlook, it stays up to date.")
        await cls.lay_out(
            request,
            here,
            title=words("Add to your calendar"),
            above=[about if is_public else words(NO_PUBLIC_ADDRESS), ""],
            line=lambda one, words: (
                f"{EMOJI[one.scope.kind]} **{escape_markdown(_name(one, words))}**"
                + (f"\n{_state(one, request)}" if is_public or one.made_at else "")
            ),
            menus=[[CalendarSelect.make(words("Choose a calendar"), options)]],
        )


def _written(scope: Scope) -> str:
    return f"{scope.kind.value}-{scope.of}"


def _scope(kind: str, of: int) -> Scope:
    """Raises Invalid for what no button of ours offers."""
    return Scope(chosen_one(ScopeKind, kind), of)


class CalendarSelect(RoutedSelect, route="calendars:choose"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        kind, _, of = (chosen or [""])[0].partition("-")
        if not (of.isascii() and of.isdecimal() and len(of) < 19):
            raise Invalid(NOT_OFFERED)
        await show_calendar(request, kind, int(of))


async def show_calendar(request: MemberRequest, kind: str, of: int, *, sure: bool = False) -> None:
    """One calendar. ``sure``: ask whether to turn its address off."""
    words, is_public, scope = request.words, _public(request) is not None, _scope(kind, of)
    choice = await request.services[CalendarService].choice(request.actor, scope)
    values: dict[str, Any] = {"kind": kind, "of": of}
    row: list[Item] = [FileButton.make(words("Download an .ics file"), emoji="⬇️", **values)]
    if choice.made_at is not None:
        row.insert(0, OffButton.make(words("Turn the address off"), emoji="🚫", **values))
    if is_public:
        label = words("Create a new address") if choice.made_at else words("Create an address")
        row.insert(0, MakeButton.make(label, emoji="🔗", **values))
    text = [_about(scope, words), "", _state(choice, request)]
    if not is_public:
        text.append(words(NO_PUBLIC_ADDRESS))
    elif choice.made_at is not None:
        text.append(words("A new address ends the old one at once."))
    if sure:
        text += ["", words("Turn this address off? Calendars that use it no longer update.")]
        row = [ReallyOffButton.make(words("Yes, turn it off"), style=discord.ButtonStyle.danger, **values)]
    back = CalendarsButton.make(words("Back"))
    await request.show(Page(_name(choice, words), "\n".join(text), rows=[row, [back, home_button(words)]]))


OneButton = button_to("calendars:one:{kind}:{of:int}", show_calendar)
OffButton = button_to("calendars:off:{kind}:{of:int}", partial(show_calendar, sure=True))


def _about(scope: Scope, words: Words) -> str:
    match scope.kind:
        case ScopeKind.OWN:
            return words("Events where you have a place or an offer. Events you wait for aren't in it.")
        case ScopeKind.LC:
            return words("This LC's events. The address works as long as you are a member of the LC.")
        case ScopeKind.COMMITTEE:
            return words("This committee's events that everybody can join.")
        case ScopeKind.ORGANISATION:
            return words("National events that everybody can join.")


class MakeButton(RoutedButton, route="calendars:make:{kind}:{of:int}"):
    async def act(self, request: MemberRequest, kind: str, of: int) -> None:
        public, scope, words = _public(request), _scope(kind, of), request.words
        if public is None:  # it had one when the button was made
            await show_calendar(request, kind, of)
            return
        service = request.services[CalendarService]
        choice = await service.choice(request.actor, scope)
        token = await service.make(request.actor, scope)
        steps = [
            words("**Google**: on a computer, open Google Calendar → “Other calendars” + → “From URL”."),
            words("**iPhone**: Calendar app → “Calendars” → “Add Calendar” → “Add Subscription Calendar”."),
            words("**Outlook**: “Add calendar” → “Subscribe from web”."),
        ]
        text = [
            words("This is your address. It is shown only now, so please copy it."),
            f"```\n{public}/calendar/{token}.ics\n```",
            *steps,
            "",
            words(
                "Changes can take a few hours to arrive (in Google up to a day). Anyone with the address can read this "
                "calendar, so keep it to yourself. If somebody else has it, create a new one."
            ),
        ]
        back = OneButton.make(words("Back"), kind=kind, of=of)
        await request.show(Page(_name(choice, words), "\n".join(text), rows=[[back, home_button(words)]]))


class ReallyOffButton(RoutedButton, route="calendars:really_off:{kind}:{of:int}"):
    async def act(self, request: MemberRequest, kind: str, of: int) -> None:
        await request.services[CalendarService].revoke(request.actor, _scope(kind, of))
        request.done = request.words("The address was turned off.")
        await CalendarsButton.show(request)


class FileButton(RoutedButton, route="calendars:file:{kind}:{of:int}"):
    async def act(self, request: MemberRequest, kind: str, of: int) -> None:
        await request.defer()  # reading and writing it take some time
        contents = await request.services[CalendarService].contents(request.actor, _scope(kind, of))
        await _show_file(request, contents, OneButton.make(request.words("Back"), kind=kind, of=of))


class EventFileButton(RoutedButton, route="calendars:event:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.defer()
        contents = await request.services[CalendarService].event(request.actor, event_id)
        await _show_file(request, contents, step_button(NextStep(N_("Back"), f"events:show:{event_id}"), request.words))


async def event_items(request: MemberRequest, event: EventCard) -> Sequence[Item]:
    """For the page of an event."""
    label = request.words("Add to your calendar")
    return [EventFileButton.make(label, emoji="📅", event_id=event.event_id)]


async def _show_file(request: MemberRequest, contents: Contents, back: Item) -> None:
    words = request.words
    content = await asyncio.to_thread(render, contents.name, contents.entries)
    count = words.plural("{n} event is in the file.", "{n} events are in the file.", len(contents.entries))
    text = [count, words("Open the file to add them to your calendar. It doesn't change by itself later.")]
    documents = [Document(content, "calendar.ics")]
    await request.show(Page(contents.name, "\n".join(text), rows=[[back, home_button(words)]], documents=documents))
