"""Dates as they are typed: on the calendar, beside today, or by their weekday."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import Invalid
from bot.numerals import whole
from bot.times.days import EN_WEEKDAY, WEEKDAYS, DayWord, Said, last_of, monday_of, month_later, nth_weekday, weekday_of
from bot.times.hours import N, Part
from bot.times.results import NO_SUCH_DAY, TOO_FAR

_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
#: The year before the first of each era.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,
         "r": 2018, "h": 1988, "s": 1925, "t": 1911, "m": 1867}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "最終": -1, "最後の": -1}
#: After how many years without one the 29th of February comes at the latest.
_LEAP = 9


def _number(text: str) -> int:
    """Raises ValueError: it is none, or too large for any calendar."""
    number = whole(text)
    if number is None or number > 99_999:
        raise ValueError
    return number


def _full(match: re.Match[str], today: date) -> DayWord:
    return DayWord(date(_number(match["year"]), _number(match["month"]), _number(match["day"])))


def _era(match: re.Match[str], today: date) -> DayWord:
    year = 1 if match["year"] == "元" else _number(match["year"])
    if year == 0:
        raise ValueError
    return DayWord(date(_ERAS[match["era"]] + year, _number(match["month"]), _number(match["day"])))


def _year_said(word: str, today: date) -> int:
    return today.year + {"今年": 0, "本年": 0, "来年": 1, "再来年": 2, "昨年": -1, "去年": -1}[word]


def _named_year(match: re.Match[str], today: date) -> DayWord:
    return DayWord(date(_year_said(match["year_word"], today), _number(match["month"]), _number(match["day"])))


def _yearless(month: int, day: int, today: date) -> DayWord:
    def found(years: range) -> date | None:
        for year in years:
            try:
                return date(year, month, day)
            except ValueError:
                continue
        return None

    this_year = found(range(today.year, today.year + 1))
    ahead = this_year if this_year and this_year >= today else found(range(today.year + 1, today.year + _LEAP))
    behind = this_year if this_year and this_year < today else found(range(today.year - 1, today.year - _LEAP, -1))
    if ahead is None:
        raise ValueError
    return DayWord(ahead, Said.YEARLESS, behind)


def _month_day(match: re.Match[str], today: date) -> DayWord:
    return _yearless(_number(match["month"]), _number(match["day"]), today)


def _english(match: re.Match[str], today: date) -> DayWord:
    month = _EN_MONTHS.index(match["month"][:3]) + 1
    if match["year"]:
        return DayWord(date(_number(match["year"]), month, _number(match["day"])))
    return _yearless(month, _number(match["day"]), today)


def _digits(match: re.Match[str], today: date) -> DayWord:
    text = match["digits"]
    return DayWord(date(int(text[:4]), int(text[4:6]), int(text[6:])))


_MONTHS = {"先月": -1, "last month": -1, "今月": 0, "this month": 0, "来月": 1, "next month": 1, "再来月": 2, "翌月": 1}


def _month(match: re.Match[str], today: date) -> tuple[date, bool]:
    """The first day of the month that was named, and whether a later one may be meant."""
    said = match.groupdict()
    if word := said.get("month_word"):
        return month_later(today.replace(day=1), _MONTHS[word]), False
    if said.get("year_word"):
        return date(_year_said(said["year_word"], today), _number(said["month"]), 1), False
    if said.get("year"):
        return date(_number(said["year"]), _number(said["month"]), 1), False
    number = said.get("month") and _number(said["month"])
    if english := said.get("en_month"):
        number = _EN_MONTHS.index(english[:3]) + 1
    if number:
        return date(today.year + (number < today.month), number, 1), True
    return today.replace(day=1), True


def _in_month(pick: Callable[[date], date], match: re.Match[str], today: date) -> DayWord:
    first, movable = _month(match, today)
    if not movable:
        return DayWord(pick(first))
    named = bool(match.groupdict().get("month") or match.groupdict().get("en_month"))
    for step in range(_LEAP):
        try:
            day = pick(month_later(first, step * (12 if named else 1)))
        except ValueError:  # a month without a fifth Saturday
            continue
        if day >= today:
            return DayWord(day)
    raise ValueError


def _nth_weekday(match: re.Match[str], today: date) -> DayWord:
    said = match.groupdict()
    nth = _ORDINALS.get(said["word"]) if said.get("word") else _number(said["nth"])
    weekday = weekday_of(match)
    assert weekday is not None
    assert nth is not None

    return _in_month(lambda first: nth_weekday(first.year, first.month, nth, weekday), match, today)


def _month_end(match: re.Match[str], today: date) -> DayWord:
    return _in_month(lambda first: last_of(first.year, first.month), match, today)


def _day_of_month(match: re.Match[str], today: date) -> DayWord:
    number = _number(match["day"])
    if match.groupdict().get("month_word"):
        return _in_month(lambda first: first.replace(day=number), match, today)
    for months in range(4):  # a month without that day is passed over
        first = month_later(today.replace(day=1), months)
        if 1 <= number <= last_of(first.year, first.month).day and first.replace(day=number) >= today:
            return DayWord(first.replace(day=number))
    raise ValueError


def _year_end(match: re.Match[str], today: date) -> DayWord:
    if match["fiscal"]:
        year = today.year + (today.month >= 4) + {"来": 1, "今": 0, None: 0}[match["which"]]
        return DayWord(date(year, 3, 31))
    return DayWord(date(today.year + {"来": 1, "今": 0, None: 0}[match["which"]], 12, 31))


_NEAR = {
    "一昨日": -2, "おととい": -2, "day before yesterday": -2, "昨日": -1, "きのう": -1, "yesterday": -1,
    "今日": 0, "本日": 0, "きょう": 0, "当日": 0, "today": 0, "明日": 1, "あした": 1, "あす": 1, "tomorrow": 1,
    "翌日": 1, "翌": 1, "明後日": 2, "あさって": 2, "day after tomorrow": 2, "翌々日": 2, "明々後日": 3, "明明後日": 3,
    "しあさって": 3,
}  # fmt: skip
_WITH_PART: dict[str, tuple[int, Part]] = {
    "今夜": (0, Part.NIGHT), "今晩": (0, Part.NIGHT), "tonight": (0, Part.NIGHT), "this evening": (0, Part.EVENING),
    "this afternoon": (0, Part.MIDDAY), "this morning": (0, Part.MORNING), "今朝": (0, Part.MORNING),
    "明晩": (1, Part.NIGHT), "明夜": (1, Part.NIGHT), "明朝": (1, Part.MORNING), "翌朝": (1, Part.MORNING),
    "昨夜": (-1, Part.NIGHT), "昨晩": (-1, Part.NIGHT), "last night": (-1, Part.NIGHT),
}  # fmt: skip
_ANCHORED = tuple(word for word in (*_NEAR, *_WITH_PART) if word.startswith("翌"))


def _near(match: re.Match[str], today: date) -> DayWord:
    word = match["word"]
    if word in _WITH_PART:
        days, part = _WITH_PART[word]
        tonight = days == 0 and part is Part.NIGHT
        said = Said.TONIGHT if tonight else Said.TODAY if days == 0 else Said.FIXED
        return DayWord(today + timedelta(days=days), said, part=part)
    days = _NEAR[word]
    return DayWord(today + timedelta(days=days), Said.FIXED if days else Said.TODAY)


_WEEKS = {"先週": -1, "last": -1, "今週": 0, "this": 0, "来週": 1, "next": 1, "再来週": 2}


def _of_week(match: re.Match[str], today: date) -> DayWord:
    weekday = weekday_of(match)
    assert weekday is not None
    weeks = _WEEKS[match["week"] or match["week_en"]]
    day = monday_of(today) + timedelta(days=weekday, weeks=weeks)
    return DayWord(day, Said.THIS_WEEK if weeks == 0 else Said.FIXED)


_DAY = rf"(?P<day>{N})"
_MONTH = rf"(?P<month>{N})"
_NUMBER = "[0-9]{1,40}"
_JA_WEEKDAY = rf"(?P<ja>[{WEEKDAYS}])曜日?(?P<en>)?"
_YEAR_WORD = "(?P<year_word>今年|本年|来年|再来年|昨年|去年)"
_MONTH_WORD = "(?P<month_word>先月|今月|来月|再来月|翌月)"
_MONTH_SAID = rf"(?:{_MONTH_WORD}|(?:(?:(?P<year>{N})年|{_YEAR_WORD})\s*の?\s*)?{_MONTH}月)"
_EN_MONTH_WORD = "(?P<month_word>last month|this month|next month)"
_EN_MONTH_SAID = rf"(?P<en_month>{_EN_MONTH})(?:,?\s*(?P<year>[0-9]{{4}}))?(?![a-z0-9])"
_EN_YEAR = r"(?P<year>[0-9]{4,40})(?![0-9:])"
_NTH_DAY = rf"(?:the\s+)?(?P<day>{_NUMBER})(?:st|nd|rd|th)?"
_NTH = (
    r"(?:the\s+)?(?:(?P<word>first|second|third|fourth|last)|(?P<nth>[1-5])(?:st|nd|rd|th))\s+"
    rf"(?P<ja>)(?P<en>{EN_WEEKDAY})\s+(?:of|in)\s+"
)
_END_OF = r"(?:the\s+)?(?:end|last day)\s+of\s+"
_NO_SPAN = "(?!間|前|後|目|以|曜)"
#: 日 after the number, or nothing that would go on with it.
_SUN = rf"(?:\s*日{_NO_SPAN}|(?!\s*日(?!曜)|\s*[:時]|[0-9]))"
_NEAR_WORDS = "|".join(sorted((*_NEAR, *_WITH_PART), key=len, reverse=True))
_Reader = Callable[[re.Match[str], date], DayWord]
#: Tried from the top: longer patterns, and those that say more, come first.
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"(?P<year>[0-9]{{4,40}})\s*[-/.]\s*(?P<month>{_NUMBER})\s*[-/.]\s*(?P<day>{_NUMBER})", _full),
        (rf"(?P<year>{N})\s*年\s*{_MONTH}\s*月\s*{_DAY}{_SUN}", _full),
        (
            rf"(?P<era>令和|平成|昭和|大正|明治|[rhstm])\.?\s*(?P<year>{N}|元)\s*(?:年|[-/.])\s*{_MONTH}\s*(?:月|[-/.])"
            rf"\s*{_DAY}{_SUN}",
            _era,
        ),
        (r"(?P<digits>(?:19|20)[0-9]{6})(?![0-9])", _digits),
        (rf"{_YEAR_WORD}\s*の?\s*{_MONTH}\s*(?:月|/)\s*{_DAY}{_SUN}", _named_year),
        (rf"(?:{_MONTH_SAID}\s*の?\s*)?(?:第\s*(?P<nth>{N})|(?P<word>最終|最後の))\s*{_JA_WEEKDAY}", _nth_weekday),
        (rf"{_NTH}{_EN_MONTH_WORD}", _nth_weekday),
        (rf"{_NTH}{_EN_MONTH_SAID}", _nth_weekday),
        (rf"(?:{_MONTH_SAID}\s*の?\s*|(?=月末))(?:月末|末日?|最終日|最後の日)", _month_end),
        (rf"{_END_OF}(?:the\s+month|{_EN_MONTH_WORD})", _month_end),
        (rf"{_END_OF}{_EN_MONTH_SAID}", _month_end),
        (r"(?P<which>[今来])?年(?P<fiscal>度)?末", _year_end),
        (rf"{_MONTH_WORD}\s*の?\s*{_DAY}\s*日{_NO_SPAN}", _day_of_month),
        (rf"{_MONTH}\s*月\s*{_DAY}{_SUN}", _month_day),
        (rf"(?P<month>{_NUMBER})\s*/\s*(?P<day>{_NUMBER})(?![0-9/])", _month_day),
        (rf"(?P<month>[0-9]{{1,2}})\.(?P<day>[0-9]{{1,2}})(?=\s*[(\[]\s*(?:[{WEEKDAYS}]|{EN_WEEKDAY}))", _month_day),
        (
            rf"{_NTH_DAY}(?=\s*(?:[-~]|to(?![a-z])|and(?![a-z]))\s*{_NUMBER}(?:st|nd|rd|th)?\s+(?:of\s+)?"
            rf"(?P<month>{_EN_MONTH})(?:[\s,-]+{_EN_YEAR})?(?![a-z0-9]))",
            _english,
        ),
        (rf"{_NTH_DAY}[\s-]*(?:of\s+)?(?P<month>{_EN_MONTH})(?:[\s,-]+{_EN_YEAR})?(?![a-z0-9])", _english),
        (rf"(?P<month>{_EN_MONTH})\s*{_NTH_DAY}(?![0-9:a-z]|\s*[ap]\.?m)(?:[\s,]+{_EN_YEAR})?", _english),
        (
            rf"(?:(?P<week>先週|今週|来週|再来週)\s*の?\s*(?P<ja>[{WEEKDAYS}])(?:曜日?)?"
            rf"|(?P<week_en>last|this|next)\s+(?P<en>{EN_WEEKDAY})(?![a-z]))",
            _of_week,
        ),
        (rf"(?P<ja>)(?P<en>{EN_WEEKDAY})\s+(?P<week>)(?:of\s+)?(?P<week_en>this|next|last)\s+week(?![a-z])", _of_week),
        (rf"{_DAY}\s*日{_NO_SPAN}", _day_of_month),
        (rf"(?:the\s+)?(?P<word>{_NEAR_WORDS})(?![a-z])", _near),
    )
)

#: A number alone is a day only at the end of a range of days: 11/21(土)〜23(月), 12/5-6.
_NUMBER_ALONE = re.compile(
    rf"(?P<day>[0-9]{{1,2}})(?:(?:st|nd|rd|th)(?![a-z]))?"
    rf"(?=\s*[(\[<【〔]\s*(?:[{WEEKDAYS}]|{EN_WEEKDAY})|\s*$|\s*[,、。)]|\s+(?:[0-9]{{1,2}}\s*[:時]|(?![a-z0-9])))"
)
_ON_CALENDAR = (_full, _era, _digits, _month_day, _english)


def english_month_day(text: str) -> tuple[int, int] | None:
    """Month and day of a text such as ``1 nov`` or ``november 1st``; None if it is none. Raises ValueError: the day is
    no number of a day."""
    for pattern, reader in _PATTERNS:
        match = pattern.fullmatch(text) if reader is _english else None
        if match is not None and not match["year"]:
            return _EN_MONTHS.index(match["month"][:3]) + 1, _number(match["day"])
    return None


def day_word(text: str, at: int, today: date, anchor: date | None = None) -> tuple[DayWord, int] | None:
    """The day that begins at ``at`` and where it ends; None if none does. ``anchor``: the day on which a
    range began, whose end is looked for.

    Raises:
        Invalid: it is on no calendar.
    """
    for pattern, reader in _PATTERNS:
        match = pattern.match(text, at)
        if match is None:
            continue
        relative = reader in (_near, _of_week) and not match.group().startswith(_ANCHORED)
        try:
            word = reader(match, today if relative or anchor is None else anchor)
            previous = word.previous if anchor is None else None
            return replace(word, previous=previous, is_on_calendar=reader in _ON_CALENDAR), match.end()
        except ValueError:
            raise Invalid(NO_SUCH_DAY, text=match.group().strip()[:60]) from None
        except OverflowError:
            raise Invalid(TOO_FAR, text=match.group().strip()[:60]) from None
    return None


def number_alone(text: str, at: int, first: date) -> tuple[DayWord, int] | None:
    """The day of the month that a number at ``at`` stands for, in a range that begins on the day ``first``, and where
    it ends; None if there's no such number."""
    match = _NUMBER_ALONE.match(text, at)
    if match is None:
        return None
    try:
        return _day_of_month(match, first), match.end()
    except ValueError:
        raise Invalid(NO_SUCH_DAY, text=match.group().strip()) from None
    except OverflowError:
        raise Invalid(TOO_FAR, text=match.group().strip()) from None
