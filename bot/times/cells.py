"""Dates in the cells of sheets, as spreadsheets and people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.errors import Invalid
from bot.i18n import N_
from bot.times import dates, days
from bot.times.scanning import tidy

NO_DATE = N_("“{value}” isn't a date. Please enter it like 2026-04-01.")
NO_YEAR = N_("“{value}” has no year. Please enter it like 2026-04-01.")
#: Spreadsheets count days from here; a number outside 1982 to 2099 is taken for something else.
_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]{1,15})?")
_FROM, _TO = 30_000, 73_050
_TIME = re.compile(
    r"\s*t?(?:午前|午後|am|pm)?\s*[0-9]{1,2}(?::[0-9]{2}){1,2}(?:\.[0-9]{1,9})?\s*(?:am|pm)?(?:z|[+-][0-9]{2}:?[0-9]{2})?"
    r"|\s*[0-9]{1,2}時(?:[0-9]{1,2}分(?:[0-9]{1,2}秒)?)?"
)
#: For a reader that doesn't know today: only whether a year is missing depends on it.
_ANY_DAY = date(2000, 1, 1)


def cell_day(cell: str, today: date | None = None) -> date:
    """The day in a cell, such as ``45292``, ``H30.4.1``, ``2026/04/01 12:34``, ``令和8年4月1日(水)`` or ``20260401``.

    A date without its year (``4月1日``) is the last such day up to ``today``. Words such as 明日 are none in a sheet.

    Raises:
        Unclear: its weekday is another.
        Invalid: it is no date, or its year is missing.
    """
    wrong = Invalid(NO_DATE, value=cell.strip()[:60])
    text = tidy(cell)
    if match := _SERIAL.fullmatch(text):
        if _FROM <= int(match[1]) <= _TO:
            return _EPOCH + timedelta(days=int(match[1]))
        raise wrong
    seen_from = today or _ANY_DAY
    try:
        found = dates.day_word(text, 0, seen_from)
    except Invalid:
        raise wrong from None
    if found is None or not found[0].is_on_calendar:
        raise wrong
    word, at = found
    weekday = None
    at += len(text[at:]) - len(text[at:].lstrip())
    if bracket := days.bracketed(text, at):
        weekday, at = bracket[1], bracket[0].end()
    elif plain := days.plain_weekday(text, at, after_date=True):
        weekday, at = plain[1], plain[0].end()
    if (time := _TIME.match(text, at)) is not None:
        at = time.end()
    if text[at:].strip():
        raise wrong
    day = word.day
    if word.said is days.Said.YEARLESS:
        if today is None:
            raise Invalid(NO_YEAR, value=cell.strip()[:60])
        day = day if day == today else word.previous or day
    if weekday is not None and day.weekday() != weekday:
        raise days.wrong_weekday(day, weekday)
    return day


def day_in(cell: str, today: date | None = None) -> date | None:
    """As ``cell_day``; None if the cell holds no date."""
    try:
        return cell_day(cell, today)
    except Invalid:
        return None
