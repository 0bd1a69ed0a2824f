"""今週のまとめ, and its text for LINE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.features.events.lists import EventLine, Which
from bot.features.events.weeks import Week, WeekService
from bot.features.homes.facts import Facts
from bot.i18n import Words
from bot.ui.choices import chosen_day
from bot.ui.committees import committee_name
from bot.ui.dates import short_date
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.lists import EventsButton

#: Events that each part shows.
SHOWN = 10
EMOJI = "🗓️"


async def week(occasion: Occasion, due: Due) -> Message | None:
    found, words = await _found(occasion, due), occasion.words
    if found is None:
        return None
    row: list[Item] = [
        TextButton.make(words("Text for LINE"), emoji="📋", lc_id=found.lc_id, day=str(found.day)),
        EventsButton.make(words("All events"), which=Which.COMING.value),
    ]
    return Message(Page(_title(found, words), "\n".join(_parts(found, words, _line)), rows=[row]))


async def week_line(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _found(occasion, due), occasion.words
    if found is None:
        return None
    title = _title(found, words)
    told = words.plural("{week}: {n} event", "{week}: {n} events", found.count, week=title)
    return Line(told, TextButton.make(words("Text for LINE"), emoji="📋", lc_id=found.lc_id, day=str(found.day)))


async def _found(occasion: Occasion, due: Due) -> Week | None:
    """None: there is nothing to say any more."""
    day = chosen_day(due.payload["day"])
    found = await occasion.services[WeekService].week(due.organisation_id, due.payload["lc"], day)
    return found if found is not None and found.count else None


async def send(occasion: Occasion, due: Due) -> None:
    await occasion.services[WeekService].send(due.organisation_id, chosen_day(due.payload["day"]))


def _title(found: Week, words: Words) -> str:
    first, last = found.day + timedelta(days=1), found.day + timedelta(days=7)
    return words("This week: {first} – {last}", first=short_date(first, words), last=short_date(last, words))


def _parts(found: Week, words: Words, line: Callable[[EventLine, Words], str], mark: str = "**") -> list[str]:
    """Each part that has something, under its heading."""
    lines: list[str] = []
    for heading, events in (
        (words.either(found.lc_ja, found.lc_en), found.own),
        (words("Committees and everybody"), found.national),
        (words("Online, by other LCs"), found.online),
    ):
        lines += _part(f"{mark}{heading}{mark}", events, words, line)
    return lines[:-1]


def _part(
    heading: str, events: Sequence[EventLine], words: Words, line: Callable[[EventLine, Words], str]
) -> list[str]:
    if not events:
        return []
    more = len(events) - SHOWN
    rest = [words.plural("and {n} more", "and {n} more", more)] if more > 0 else []
    return [heading, *(line(one, words) for one in events[:SHOWN]), *rest, ""]


def _plain(event: EventLine, words: Words) -> str:
    host = words.either(event.lc_ja, event.lc_en)
    committee = committee_name(event.abbreviation, words) if event.abbreviation else ""
    where = words(", ").join(filter(None, (host or committee, words("online") if event.is_online else "")))
    told = f"{render.plain_time(event.when, words, event.elsewhere)} {render.title_of(event, words)}"
    return "・" + (words("{event} ({host})", event=told, host=where) if where else told)


def _line(event: EventLine, words: Words) -> str:
    return escape_markdown(_plain(event, words))


def outside_text(found: Week, words: Words) -> str:
    """To be pasted into LINE. Nothing in it lets people into a meeting."""
    heading = f"【{_title(found, words)}】" if words.language == "ja" else _title(found, words)
    return "\n".join([heading, *_parts(found, words, _plain, ""), "", words("Sign up on Discord with /event.")])


async def show_text(request: MemberRequest, lc_id: int, day: str) -> None:
    words = request.words
    found = await request.services[WeekService].own_week(request.actor, lc_id, chosen_day(day))
    lines, row = [], list[Item]()
    if found.count:
        text = outside_text(found, words).replace("```", "'''")
        lines += [words("Copy this into LINE."), f"```\n{text}\n```"]
    else:
        lines.append(words("Nothing is planned in this week yet."))
    if found.is_off is not None:
        lines.append(
            words("Your LC doesn't get this summary.")
            if found.is_off
            else words("Your LC gets this summary on Sunday evening, if there is something.")
        )
        label = words("Send it on Sundays") if found.is_off else words("Don't send it any more")
        emoji = "🔔" if found.is_off else "🔕"
        row.append(SwitchButton.make(label, emoji=emoji, lc_id=lc_id, day=day, on=int(found.is_off)))
    row += [EventsButton.make(words("All events"), which=Which.COMING.value), home_button(words)]
    await request.show(Page(_title(found, words), "\n".join(lines), rows=[row]))


TextButton = button_to("events:week:{lc_id:int}:{day}", show_text)


class SwitchButton(RoutedButton, route="events:week_on:{lc_id:int}:{day}:{on:int}"):
    async def act(self, request: MemberRequest, lc_id: int, day: str, on: int) -> None:
        await request.services[WeekService].switch(request.actor, lc_id, on=bool(on))
        request.done = request.words("Saved.")
        await show_text(request, lc_id, day)


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    """For officers of an LC, among the settings."""
    words, actor = request.words, request.actor
    sunday = _sunday(actor.today)
    label = words("This week's events for LINE")
    return HomePart(more=[TextButton.make(label, emoji=EMOJI, lc_id=one, day=str(sunday)) for one in actor.officer_of])


def _sunday(today: date) -> date:
    """The last one, or today: whose summary is about the week that runs, or begins tomorrow."""
    return today - timedelta(days=(today.weekday() + 1) % 7)
