"""The days and times that stand within a longer text, such as a message that somebody pasted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.errors import Invalid
from bot.numerals import KANJI
from bot.times.hours import PART, Contradiction
from bot.times.reading import RangeReader, read
from bot.times.results import NOT_UNDERSTOOD, Day, Days, Moment, Span
from bot.times.scanning import DASHES, JOINT, LISTED, RANGE, RULE_WORDS, Side


@dataclass(frozen=True, slots=True)
class Found:
    """``start`` and ``end`` say where it stands in the text that was given, with the words that belong to it (19時から,
    12/1まで); ``core`` is the text that was read. ``said`` is None if it can't be used, and ``problem`` says why."""

    start: int
    end: int
    core: str
    said: Day | Days | Moment | Span | None
    problem: Invalid | None = None
    names_day: bool = False
    has_hours: bool = False
    #: Its day was written with its month or its weekday; 明日 and 28日 alone can mean something else in a text.
    is_plain: bool = False
    #: まで was said: something ends then.
    is_until: bool = False


#: What a day or a time begins with. A number within a longer one, a fraction or a count (2泊3日, 第3回) is none.
_BEGINS = re.compile(
    rf"(?<![0-9{KANJI}])(?<![0-9][-/.:,])(?<![a-z]-)(?<![泊第全計約各])(?<!残り)(?<!あと)[0-9{KANJI}]"
    r"|(?<![a-z0-9_@#])(?<![a-z][-'.])[a-z]"
    r"|[今本来再明昨去先次第最令平昭大月火水木金土日年正お午早朝昼夕真夜晩深未毎隔あしき]"
)
#: Days that are counted from the event itself, not from today.
_OF_THE_EVENT = re.compile(r"翌|当日")
#: A part of the day begins a time only where its hour follows: 夜7時, but not 夜ご飯 or “case study night, 28 Nov”.
_PART_ALONE = re.compile(rf"(?:{PART.pattern})(?!(?<![a-z])(?:\s|の)*[0-9{KANJI}])")
#: In the folded text, in which ー is a dash.
_OPEN_END = re.compile(r"\s*(?:(?P<until>まで(?:に)?|迄(?:に)?)|(?:に)?(?:開始|スタ-ト)|から|より|~)")
#: What goes on with a date or time that can't be read, so that all of it can be shown.
_ROUGHLY = re.compile(r"[0-9年月日時分半:/.~\-() 火水木金土曜]*")
_WEAK = re.compile(r"(?:sun|mon|sat|wed|fri|tue|thu)\.?")


@dataclass(frozen=True, slots=True)
class _Stretch:
    #: ``day`` is the side of the range that says its day.
    end: int
    day: Side
    has_hours: bool


class _Elsewhere(Exception):
    """The next word belongs to something else."""


class _Finder(RangeReader):
    """Takes as much from where it stands as belongs together, and leaves the rest."""

    def __init__(self, text: str, now: datetime, time_zone: str) -> None:
        super().__init__("", now, time_zone)
        self.text = text
        self.days_only = False

    def _word(self, side: Side, anchor: date | None) -> bool:
        before = self.at
        try:
            return super()._word(side, anchor)
        except (_Elsewhere, Contradiction):
            self.at = before
            return False

    def _weekday(self, side: Side, weekday: int) -> None:
        if side.weekday is not None and side.weekday != weekday:
            raise _Elsewhere
        super()._weekday(side, weekday)

    def _hour(self, side: Side) -> bool:
        return not self.days_only and super()._hour(side)

    def side(self, anchor: date | None) -> Side:
        side, begin = Side(), self.at
        end = begin
        while self._word(side, anchor):
            if side.part is None or side.hour is not None:
                end = self.at
        self.at = end
        if end == begin:
            return Side()  # 夜11/28 begins with its day
        if side.hour is None:
            side.part = None
            return side
        try:
            side.hour = side.hour.within(side.part or (side.day.part if side.day else None))
        except Contradiction:
            return Side()
        return side

    def stretch(self, at: int) -> _Stretch | None:
        """What begins at ``at``; None if nothing does. Raises Invalid: it's on no calendar, or unclear."""
        self.at, self.days_only, self.first = at, False, None
        rule = RULE_WORDS.match(self.text, at)
        if rule is not None:
            self.at = rule.end()
        elif any(pattern.match(self.text, at) for pattern in (_OF_THE_EVENT, _PART_ALONE, JOINT)):
            return None
        start = self.side(None)
        if start.is_empty:
            return None
        day = start
        if start.hour is None or self.length() is None:
            end = self._to_its_end(start)
            if end is not None and end.day_comes_last and start.names_no_day:
                day = end
        return _Stretch(self.at, day, has_hours=not start.is_day)

    def _to_its_end(self, start: Side) -> Side | None:
        """Take the end of a range that begins with ``start``, if there is one."""
        before = self.at
        joint = RANGE.match(self.text, before)
        if joint is None or start.elapsed is not None:
            return None
        self.at = joint.end()
        end = self.end_of(start)
        if start.hour is None and end.hour is not None:
            self.at, self.days_only = joint.end(), True
            end = self.end_of(start)
        listed = LISTED.fullmatch(joint.group()) is not None
        is_none = end.is_empty or (start.hour is not None and (end.hour is None or listed))
        if not is_none and listed and start.day and end.day:
            is_none = end.day.day - (self._anchor(start) or start.day.day) != timedelta(days=1)
        if is_none:
            self.at = before
            return None
        return end


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as the patterns want it, and for each of its characters where it stood, with the end of the text."""
    folded, places = list[str](), list[int]()
    for place, char in enumerate(text):
        # ① begins a list and no number
        plain = (
            char
            if char.isascii() or unicodedata.category(char) == "No"
            else unicodedata.normalize("NFKC", char).translate(DASHES)
        )
        for one in plain.lower():
            blank = one.isspace()
            if not (blank and folded and folded[-1] == " "):
                folded.append(" " if blank else one)
                places.append(place)
    return "".join(folded), [*places, len(text)]


def find(text: str, now: datetime, time_zone: str) -> tuple[Found, ...]:
    """All days and times in ``text``, in their order: each as long as possible, none within another. Seen from the
    instant ``now`` in a place with ``time_zone``. A line break doesn't end a time: give it line by line."""
    folded, places = _folded(text)
    finder, found, at = _Finder(folded, now, time_zone), list[Found](), 0
    while begins := _BEGINS.search(folded, at):
        at = begins.start()
        one = _found(finder, at, text, places)
        if one is None:
            at += 1
            continue
        found.append(one)
        at += 1
        while places[at] < one.end:
            at += 1
    return tuple(found)


def _after(places: list[int], at: int) -> int:
    """Where what ends before ``at`` ends in the text: a character such as ㏡ is several of the folded text."""
    while at < len(places) - 1 and places[at] == places[at - 1]:
        at += 1
    return places[at]


def _found(finder: _Finder, at: int, text: str, places: list[int]) -> Found | None:
    folded = finder.text
    try:
        stretch = finder.stretch(at)
    except OverflowError:
        return None
    except Invalid as problem:
        if problem.message == NOT_UNDERSTOOD:
            return None
        roughly = _ROUGHLY.match(folded, at)
        core = (roughly.group().rstrip() if roughly else "") or folded[at]
        has_more = re.search(r"[:時(]", core) is not None
        return Found(
            places[at],
            _after(places, at + len(core)),
            core,
            None,
            problem,
            names_day=True,
            has_hours=has_more,
            is_plain=True,
        )
    if stretch is None:
        return None
    core = folded[at : stretch.end].rstrip(" ,、")
    if _WEAK.fullmatch(core) and not text[places[at]].isupper():
        return None  # “sat” and “sun” are words, too
    end, day = at + len(core), stretch.day
    opened = _OPEN_END.match(folded, end)
    said, refused = _read(core, finder)
    return Found(
        places[at],
        _after(places, opened.end() if opened else end),
        core,
        said,
        refused,
        names_day=not day.names_no_day or day.elapsed is not None,
        has_hours=stretch.has_hours,
        is_plain=(day.day is not None and day.day.is_on_calendar) or day.weekday is not None,
        is_until=opened is not None and opened["until"] is not None,
    )


def _read(core: str, finder: _Finder) -> tuple[Day | Days | Moment | Span | None, Invalid | None]:
    try:
        return read(core, finder.now, finder.zone), None
    except Invalid as problem:
        return None, problem
