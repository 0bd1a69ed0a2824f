"""Times as people type them: 明日19時, 11/25 21:00, in 2 hours, 25時, in full-width digits too."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.i18n import N_

#: Hours are counted beyond midnight as long as the night lasts: 25時 is one o'clock, 29:30 is half past five.
LAST_HOUR = 29
FURTHEST = timedelta(days=3650)
_AFTER = re.compile(
    r"in\s+(?P<en>\d{1,4})\s*(?P<unit_en>minutes?|mins?|hours?|hrs?|h|days?|weeks?)"
    r"|(?P<ja>\d{1,4})\s*(?P<unit_ja>分|時間|日|週間)後"
)
_DATES = (
    re.compile(r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?t?"),
    re.compile(r"(?P<month>\d{1,2})\s*(?:/|月)\s*(?P<day>\d{1,2})日?"),
)
_NEAR = {
    "明後日": 2, "あさって": 2, "day after tomorrow": 2, "今日": 0, "本日": 0, "きょう": 0, "today": 0, "今夜": 0,
    "今晩": 0, "tonight": 0, "明日": 1, "あした": 1, "あす": 1, "明晩": 1, "tomorrow": 1,
}  # fmt: skip
_WEEKDAY = re.compile(
    r"(?P<next>来週の?|next\s+)?(?:今週の?|今度の|次の|this\s+|on\s+)?"
    r"(?:(?P<ja>[月火水木金土日])(?:曜日?)|(?P<en>mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?)(?![a-z])の?"
)
_IN_BRACKETS = re.compile(r"\(\s*(?:[月火水木金土日](?:曜日?)?|mon|tue|wed|thu|fri|sat|sun)\s*\)")
_TIME = re.compile(
    r"(?P<before>午前|朝|午後|夕方|夜|am|pm)?\s*(?:at\s+)?"
    r"(?:(?P<hour>\d{1,2})\s*(?::\s*(?P<minute>\d{2})|時\s*(?:(?P<ja_minute>\d{1,2})\s*分|(?P<half>半))?)?"
    r"|(?P<noon>正午|noon))"
    r"\s*(?P<after>am|pm|a\.m\.|p\.m\.)?\s*(?:に|まで)?"
)
_EN_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Moment:
    """``local``: what the clocks show there (naive); ``at``: the instant."""

    local: datetime
    at: datetime


def parse_moment(text: str, now: datetime, time_zone: str, *, usual: time | None = None) -> Moment:
    """What was typed, seen from the instant ``now`` in a place with ``time_zone``. ``usual``: the time that a day
    alone means; without it a time has to be said.

    A day without its year, or a time without its day, is the next such one.

    Raises:
        Invalid: it can't be understood, is on no calendar, or is over.
    """
    wanted = unicodedata.normalize("NFKC", text).strip().lower()
    here = local_time(now, time_zone)
    if match := _AFTER.fullmatch(wanted):
        at = now + _span(match)
        return Moment(local_time(at, time_zone), at)
    day, rest, again = _read_day(wanted, here.date(), text)
    moment = _read_time(rest, usual if day is not None else None)
    if moment is None:
        if day is not None and not rest:
            raise Invalid(N_("Please add a time, for example 19:00."))
        raise Invalid(
            N_("I don't understand “{text}”. Please write it like 明日19時, 11/25 21:00 or in 2 hours."), text=text[:60]
        )
    if day is None:
        day = here.date() if _at(here.date(), moment) > here else here.date() + timedelta(days=1)
    if day > here.date() + FURTHEST:
        raise Invalid(N_("{text} is too far ahead. Please choose a time within ten years."), text=text[:60])
    local = _at(day, moment)
    if local < here:
        local += again
    if local < here.replace(second=0, microsecond=0):
        raise Invalid(N_("{text} is over already. Please choose a time to come."), text=f"{local:%Y-%m-%d %H:%M}")
    return Moment(local, instant(local, time_zone))


def _span(match: re.Match[str]) -> timedelta:
    number, unit = int(match["en"] or match["ja"]), match["unit_en"] or match["unit_ja"]
    match unit[0]:
        case "m" | "分":
            return timedelta(minutes=number)
        case "h" | "時":
            return timedelta(hours=number)
        case "d" | "日":
            return timedelta(days=number)
    return timedelta(weeks=number)


def _read_day(text: str, today: date, typed: str) -> tuple[date | None, str, timedelta]:
    """The day at the beginning of a text, the rest, and after how long the next such day comes, if one does."""
    never = timedelta(0)
    for pattern in _DATES:
        if match := pattern.match(text):
            rest = _IN_BRACKETS.sub("", text[match.end() :], count=1)
            return _on_calendar(match, today, typed), _without_joint(rest), never
    for word, days in _NEAR.items():
        if text.startswith(word):
            return today + timedelta(days=days), _without_joint(text.removeprefix(word)), never
    if match := _WEEKDAY.match(text):
        weekday = "月火水木金土日".index(match["ja"]) if match["ja"] else _EN_WEEKDAYS.index(match["en"])
        if match["next"]:
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
            return monday + timedelta(days=weekday), _without_joint(text[match.end() :]), never
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
        return day, _without_joint(text[match.end() :]), timedelta(weeks=1)
    return None, text, never


def _on_calendar(match: re.Match[str], today: date, typed: str) -> date:
    groups = match.groupdict()
    try:
        if groups.get("year"):
            return date(int(groups["year"]), int(groups["month"]), int(groups["day"]))
        # 29 February may be years away, for whoever types it.
        for year in range(today.year, today.year + 9):
            try:
                day = date(year, int(groups["month"]), int(groups["day"]))
            except ValueError:
                continue
            if day >= today:
                return day
    except ValueError:
        pass
    raise Invalid(N_("There is no {text} on the calendar."), text=typed[:60])


def _without_joint(text: str) -> str:
    return re.sub(r"^[\s,、のt]*", "", text).strip()


def _read_time(text: str, usual: time | None) -> tuple[int, int] | None:
    """Hours (beyond 24 too) and minutes."""
    if not text:
        return (usual.hour, usual.minute) if usual is not None else None
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    if match["noon"]:
        return 12, 0
    marked = match["before"] or match["after"] or match["minute"] or "時" in text
    if not marked:
        return None  # a bare number may be anything
    hour, minute = int(match["hour"]), int(match["minute"] or match["ja_minute"] or (30 if match["half"] else 0))
    half = (match["before"] or match["after"] or "").replace(".", "")
    if half in ("pm", "午後", "夕方", "夜") and hour < 12:
        hour += 12
    elif half in ("am", "午前") and hour == 12:
        hour = 0
    if hour > LAST_HOUR or minute > 59:
        return None
    return hour, minute


def _at(day: date, moment: tuple[int, int]) -> datetime:
    hour, minute = moment
    return datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
