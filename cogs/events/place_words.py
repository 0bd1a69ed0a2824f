"""How the rules of a sign-up are said."""

from __future__ import annotations

from bot.features.signups.models import Mode, QuotaKind
from bot.features.signups.placing import PlaceRules, Seats
from bot.i18n import Words
from bot.ui.dates import long_time


def told_rules(rules: PlaceRules, words: Words) -> list[str]:
    """What those who think of coming should know; nothing where anybody just signs up."""
    lines = []
    if rules.opens is not None:
        lines.append(words("🗓️ Sign up from {time}", time=long_time(rules.opens, words)))
    if rules.mode is Mode.APPROVAL:
        lines.append(words("📝 The organisers confirm everybody who signs up"))
    if rules.per_lc is not None:
        lines.append(words.plural("🏫 Up to {n} person from each LC", "🏫 Up to {n} people from each LC", rules.per_lc))
    return [*lines, *(f"🎓 {seats_line(one, words)}" for one in rules.groups)]


def all_rules(rules: PlaceRules, words: Words) -> list[str]:
    """All of them, for the organisers."""
    lines = list[str]()
    if rules.mode is Mode.FIRST_COME:
        lines.append(words("🙋 First come, first served"))
    if rules.limit is None:
        lines.append(words("🔢 No limit on the number of people"))
    else:
        places = words.plural("🔢 {n} place", "🔢 {n} places", rules.limit)
        kept = words(" (you keep back {n})", n=rules.held) if rules.held else ""
        lines.append(places + kept)
    lines += told_rules(rules, words)
    if rules.opens is None:
        lines.append(words("🗓️ People can sign up as soon as it is posted"))
    return [*lines, _last_call(rules, words)]


def _last_call(rules: PlaceRules, words: Words) -> str:
    if not rules.last_call_hours:
        return words("⏰ No last call: the line is asked one by one until the start")
    return words.plural(
        "⏰ Last call: from {n} hour before the start, the first to press gets a free place",
        "⏰ Last call: from {n} hours before the start, the first to press gets a free place",
        rules.last_call_hours,
    )


def seats_line(one: Seats, words: Words) -> str:
    """``10 places are kept for year 1 until 12月1日(火) 0:00``."""
    group = group_name(one, words)
    if one.kind is QuotaKind.AT_MOST:
        return words.plural("Up to {n} place for {group}", "Up to {n} places for {group}", one.seats, group=group)
    if one.until is None:
        return words.plural("{n} place is kept for {group}", "{n} places are kept for {group}", one.seats, group=group)
    until = long_time(one.until, words)
    return words.plural(
        "{n} place is kept for {group} until {time}",
        "{n} places are kept for {group} until {time}",
        one.seats,
        group=group,
        time=until,
    )


def group_name(one: Seats, words: Words) -> str:
    if one.first_year is None or one.last_year is None:
        return words("members of the LC")
    if one.first_year == one.last_year:
        years = words("year {n}", n=one.first_year)
    else:
        years = words("years {first} to {last}", first=one.first_year, last=one.last_year)
    return words("{years} of the LC", years=years) if one.is_lc else years
