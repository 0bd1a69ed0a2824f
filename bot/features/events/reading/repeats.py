"""What repeats, in a text: 毎週月曜 19時〜20時半 部室で勉強会."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.errors import Invalid
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.results import Part
from bot.features.events.repeat_reading import Repeating, read_repeat
from bot.features.events.repeat_words import said
from bot.times import Day
from bot.times.finding import find

#: Characters that the words for a repeat and its time take at most, and those that may stand before them.
_LONGEST, _BEFORE = 80, 20
#: Lines that name a repeat and are looked at.
_LINES = 2
_DAY = re.compile(r"(?<![0-9/])(?:[0-9]{4}\s*[-/年]\s*)?[0-9]{1,2}\s*[-/月]\s*[0-9]{1,2}")
_WITHIN_WORD = re.compile(r"(?<=[a-z0-9])(?=[a-z0-9])|(?<=[朝昼夕夜晩])(?=[\u4e00-\u9fff])")
_IN_BRACKETS = re.compile(r"[(（]([^()（）\n]{1,40})[)）]")
_COUNT = re.compile(r"(?<![^\s、,])((?:全|計)?[0-9]{1,3}回)(?=[\s、,。]|$)")
_LISTED = re.compile(r"[、,・/]")
_AROUND = " \u3000、,"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A repeat, and the pieces of the text that say it."""

    repeating: Repeating
    pieces: tuple[tuple[int, int], ...]

    @property
    def has_hours(self) -> bool:
        return not isinstance(self.repeating.first, Day)


def find_repeat(pasted: Pasted, now: datetime, time_zone: str) -> Phrase | None:
    """The words for a repeat with its first time; without hours if they stand elsewhere. None: there are none."""
    named = 0
    for begins, ends in pasted.free():
        where = _named(pasted, begins, ends)
        if where is None:
            continue
        named += 1
        phrase = _phrase(pasted, (begins, ends), where, now, time_zone)
        if phrase is not None:
            end = phrase.pieces[0][1]
            found = [*_IN_BRACKETS.finditer(pasted.text, end, ends), *_COUNT.finditer(pasted.plain, end, ends)]
            return _with(pasted, phrase, [one.span(1) for one in found], now, time_zone)
        if named == _LINES:
            break
    return None


def with_hours(pasted: Pasted, phrase: Phrase, now: datetime, time_zone: str) -> Phrase | None:
    """With the only hours that stand on their own behind it, if they don't stand in it."""
    if phrase.has_hours:
        return phrase
    found = [
        (begins + one.start, begins + one.end)
        for begins, ends in pasted.free(phrase.pieces[0][1])
        for one in find(pasted.text[begins:ends], now, time_zone)
        if one.has_hours and not one.names_day
    ]
    if len(found) != 1:
        return None
    more = _with(pasted, phrase, found, now, time_zone)
    return more if more.has_hours else None


def take(pasted: Pasted, phrase: Phrase) -> None:
    """Claim what it says, whatever was read there before."""
    for start, end in phrase.pieces:
        pasted.release(start, end)
        pasted.claim(start, end, Part.WHEN)


def _with(pasted: Pasted, phrase: Phrase, pieces: list[tuple[int, int]], now: datetime, time_zone: str) -> Phrase:
    for piece in pieces:
        found = _read(pasted, (*phrase.pieces, piece), now, time_zone)
        phrase = phrase if found is None else found
    return phrase


def _read(pasted: Pasted, pieces: tuple[tuple[int, int], ...], now: datetime, time_zone: str) -> Phrase | None:
    first, *others = [pasted.text[start:end] for start, end in pieces]
    try:
        return Phrase(
            read_repeat(" ".join([first, *(_LISTED.sub(" ", one) for one in others)]), now, time_zone), pieces
        )
    except Invalid:
        return None


def _phrase(
    pasted: Pasted, line: tuple[int, int], where: tuple[int, int], now: datetime, time_zone: str
) -> Phrase | None:
    """The longest piece of a line that can be read as a repeat: with hours, else without. ``where``: its words."""
    best = None
    days = [one.start() for one in _DAY.finditer(pasted.plain, max(line[0], where[0] - _BEFORE), where[0])]
    for start in (*days, where[0]):
        for end in range(min(line[1], where[0] + _LONGEST), where[1] - 1, -1):
            if _WITHIN_WORD.match(pasted.plain, end):
                continue
            found = _read(pasted, (pasted.trimmed(start, end, _AROUND),), now, time_zone)
            if found is not None and found.has_hours:
                return found
            best = best or found
    return best


def _named(pasted: Pasted, begins: int, ends: int) -> tuple[int, int] | None:
    """Where the words for a repeat stand."""
    try:
        found = said(pasted.plain[begins:ends])
    except (Invalid, ValueError):
        return None
    return None if found is None else (begins + found[1], begins + found[2])
