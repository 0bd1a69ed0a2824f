"""Which members haven't said whether they are still in the LC: the officers' list, and the messages about it."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle

from bot.deliveries.values import Due
from bot.features.homes.facts import Facts
from bot.features.memberships.lc_stays import CarryService, LcStayService, stays_unsaid
from bot.features.memberships.values import StayLine
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.paging import Part, digest_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_numbers
from bot.ui.dates import long_date
from bot.ui.home import HomeLine, HomePart, by_reader, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Page, Rows
from bot.ui.paging import CHANGED
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: In a button: of every LC that is the reader's to decide.
ALL = 0


class SilentButton(Board, route="memberships:silent:{lc_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, note: str = "", page: int = 0) -> None:
        words = request.words
        lines, _ = await request.services[LcStayService].silent(request.actor, lc_id or None, page)
        hint = words(
            "These members haven't answered yet. Only officers can see this list. After the date shown, members "
            "without an answer are no longer in the LC. They can join again at any time."
        )
        await cls.lay_out(
            request,
            lines,
            title=words("Still in the LC?"),
            note=note,
            line=render.stay_line,
            empty=words("Everybody has answered."),
            below=[hint] if lines else [],
            menus=_ways(lines, lc_id, words) if lines else [],
            lc_id=lc_id,
        )


def _ways(lines: Part[StayLine], lc_id: int, words: Words) -> Rows:
    """To keep all who are shown, or only some of them."""
    options = [option(one.name, one.stay_id, words.either(one.lc_ja, one.lc_en)) for one in lines]
    key: dict[str, Any] = {"lc_id": lc_id, "page": lines.page}
    every = AllButton.make(
        words.plural("This person is still in the LC", "All {n} shown are still in the LC", len(lines)),
        style=ButtonStyle.success,
        first=lines[0].stay_id,
        up_to=lines[-1].stay_id,
        seen=digest_of(one.stay_id for one in lines),
        **key,
    )
    some = {
        "stay": words("Only some are still in the LC …"),
        "left": words("No longer in the LC …"),
    }
    menus = [SilentSelect.make(text, options, max_values=len(options), word=word, **key) for word, text in some.items()]
    return [[one] for one in (every, *menus)]


class AllButton(RoutedButton, route="memberships:silent_all:{lc_id:int}:{page:int}:{first:int}:{up_to:int}:{seen}"):
    """Keeps those whom the reader saw, and nobody else; if it would be others by now, they look first."""

    async def act(self, request: MemberRequest, lc_id: int, page: int, first: int, up_to: int, seen: str) -> None:
        n = await request.services[LcStayService].keep_shown(request.actor, first, up_to, seen, lc_id or None)
        if n:
            request.done = _kept(n, request.words)
        await SilentButton.show(request, lc_id, "" if n else request.words(CHANGED), page)


class SilentSelect(RoutedSelect, route="memberships:silent_chosen:{lc_id:int}:{page:int}:{word}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int, page: int, word: str) -> None:
        await _decide(request, chosen_numbers(chosen), lc_id, page, stays=word == "stay")


async def _decide(request: MemberRequest, stay_ids: list[int], lc_id: int, page: int, *, stays: bool) -> None:
    n = await request.services[LcStayService].decide(request.actor, stay_ids, stays=stays)
    words = request.words
    if stays:
        request.done = _kept(n, words)
    else:
        request.done = words.plural("{n} member is no longer in the LC.", "{n} members are no longer in the LC.", n)
    await SilentButton.show(request, lc_id, page=page)


def _kept(n: int, words: Words) -> str:
    return words.plural("{n} member stays in the LC.", "{n} members stay in the LC.", n)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """How many are silent, for officers in the weeks of the question."""
    words, waiting = request.words, list[HomeLine]()
    for whose, n in by_reader(facts[stays_unsaid], request.actor.lcs_where(Right.CONFIRM_MEMBER)).items():
        button = SilentButton.make(words("Still in the LC?"), emoji="🌸", lc_id=ALL)
        waiting.append(HomeLine(_silent_words(n, words), button, whose))
    return HomePart(waiting=waiting)


def _silent_words(n: int, words: Words) -> str:
    return words.plural(
        "{n} member hasn't said whether they are still in the LC",
        "{n} members haven't said whether they are still in the LC",
        n,
    )


def _lc_of(due: Due) -> int | None:
    return int(due.payload["lc_id"]) if "lc_id" in due.payload else None


async def to_lc(occasion: Occasion, due: Due) -> Message | None:
    """To the officers of an LC, or to the national ones for LCs without any. Names are on the private page only."""
    words, today = occasion.words, occasion.today
    lc_id = _lc_of(due)
    n, until = await occasion.services[CarryService].count_silent(due.organisation_id, lc_id, today)
    if not n or until is None:
        return None
    text = words(
        "They count as members until {date}. Please confirm who is still in the LC and mark those who have left: you "
        "know best. After that date, members without an answer are no longer in the LC, but they can join again.",
        date=long_date(until, words),
    )
    button = SilentButton.make(words("View list"), emoji="🌸", style=ButtonStyle.primary, lc_id=lc_id or ALL)
    return Message(Page(title=_silent_words(n, words), text=text, rows=[[button, home_button(words)]]))


async def to_lc_line(occasion: Occasion, due: Due) -> Line | None:
    words, today, lc_id = occasion.words, occasion.today, _lc_of(due)
    n, _ = await occasion.services[CarryService].count_silent(due.organisation_id, lc_id, today)
    if not n:
        return None
    return Line(_silent_words(n, words), SilentButton.make(words("View list"), emoji="🌸", lc_id=lc_id or ALL), n)


async def ended(occasion: Occasion, due: Due) -> Message | None:
    """To somebody who chose direct messages: an officer said that they are no longer in the LC."""
    found = await occasion.services[LcStayService].ended(int(due.payload["stay"]))
    if found is None:
        return None
    words = occasion.words
    text = words(
        "An officer of the LC at {lc} has recorded that you are no longer a member. If that's a mistake, choose “I'm "
        "a member” on “My page”, or talk to them. Nothing else changes for you.",
        lc=words.either(*found),
    )
    return Message(Page(title=words("Your LC"), text=text, rows=[[home_button(words)]]))


async def march(occasion: Occasion, due: Due) -> None:
    await occasion.services[CarryService].carry(due.organisation_id, int(due.payload["year"]))


async def silent(occasion: Occasion, due: Due) -> None:
    await occasion.services[CarryService].tell_lcs(due.organisation_id, int(due.payload["year"]))
