"""How series, editions and slots are told."""

from __future__ import annotations

from datetime import date

from discord.utils import escape_markdown

from bot.features.institutions.rules import countries
from bot.features.symposia.models import EditionState, Role, SpeakerState
from bot.features.symposia.planning import MONTHS, Rule
from bot.features.symposia.queries import EditionCard, SlotCard, SpeakerCard, SymposiumCard
from bot.i18n import N_, Words
from bot.ui.dates import long_date

EMOJI = "🎤"
STATE_WORDS = {
    EditionState.PLANNED: N_("planned"),
    EditionState.ANNOUNCED: N_("announced"),
    EditionState.HELD: N_("held"),
    EditionState.CANCELLED: N_("cancelled"),
}
ROLE_WORDS = {Role.CHAIR: N_("Chair"), Role.SPEAKER: N_("Speaker"), Role.DISCUSSANT: N_("Discussant")}
#: How a speaker stands.
SPEAKER_WORDS = {
    SpeakerState.ASKED: N_("asked"),
    SpeakerState.ACCEPTED: N_("accepted"),
    SpeakerState.DECLINED: N_("declined"),
    SpeakerState.TITLE: N_("title received"),
    SpeakerState.SLIDES: N_("slides received"),
    SpeakerState.SETTLED: N_("travel and honorarium settled"),
    SpeakerState.THANKED: N_("thanked"),
    SpeakerState.WITHDRAWN: N_("withdrew"),
}
EVERY_WORDS = {
    1: N_("Every year"),
    2: N_("Every second year"),
    3: N_("Every third year"),
    4: N_("Every fourth year"),
}


def name_of(one: SymposiumCard, words: Words) -> str:
    return words.either(one.name_ja, one.name_en)


def host_of(one: SymposiumCard, words: Words) -> str:
    """The LC or the committee that hosts it; "" for the organisation."""
    return words.either(one.lc_ja, one.lc_en) or words.either(one.committee_ja, one.committee_en)


def number_of(number: int, words: Words) -> str:
    return words("No. {n}", n=number)


def month_of(year: int, month: int, words: Words) -> str:
    return f"{year}年{month}月" if words.language == "ja" else f"{date(year, month, 1):%b} {year}"


def day_of(one: EditionCard, words: Words) -> str:
    return long_date(one.on, words) if one.day is not None else month_of(one.year, one.month, words)


def heading(one: EditionCard, words: Words) -> str:
    """Number, day and theme, without markup."""
    told = words("{number}, {day}", number=number_of(one.number, words), day=day_of(one, words))
    title = words.either(one.title_ja, one.title_en)
    return f"{told} {title}" if title else told


def edition_line(one: EditionCard, words: Words) -> str:
    told = f"**{escape_markdown(heading(one, words))}** – {words(STATE_WORDS[one.state])}"
    if one.is_general:
        told += words(" (with the general meeting)")
    if one.holes:
        told += words.plural(" ・ ⚠️ {n} open slot", " ・ ⚠️ {n} open slots", one.holes)
    return told


def slot_name(one: SlotCard, words: Words) -> str:
    """Role and title, without markup."""
    role, title = words(ROLE_WORDS[one.role]), words.either(one.title_ja, one.title_en)
    return words("{role}: {title}", role=role, title=title) if title else role


def who(one: SpeakerCard, words: Words) -> str:
    """Without markup."""
    name = one.name or words("somebody")
    return words("{name} ({affiliation})", name=name, affiliation=one.affiliation) if one.affiliation else name


def slot_line(one: SlotCard, words: Words) -> str:
    told = escape_markdown(slot_name(one, words))
    if one.speaker is None:
        return f"・{told} – " + words("open")
    name = escape_markdown(who(one.speaker, words))
    if one.speaker.has_accepted:
        return f"・{told} – **{name}**"
    return f"・{told} – " + words("open, {name} is asked", name=name)


def country_of(code: str, words: Words) -> str:
    return words.either(*countries()[code]) if code in countries() else ""


def rule_line(rule: Rule, words: Words) -> str:
    odd, even = tuple(MONTHS[::2]), tuple(MONTHS[1::2])
    if rule.months in (odd, even):
        months = words("odd months") if rule.months == odd else words("even months")
    else:
        months = words(", ").join(month_name(one, words) for one in rule.months)
    told = words("{every}: {months}", every=words(EVERY_WORDS[rule.every]), months=months)
    if rule.general:
        general = words(", ").join(month_name(one, words) for one in rule.general)
        told += words("; with the general meeting: {months}", months=general)
    return told


def month_name(month: int, words: Words) -> str:
    return f"{month}月" if words.language == "ja" else f"{date(2000, month, 1):%B}"


def months_typed(months: tuple[int, ...], words: Words) -> str:
    """As ``planning.read_months`` reads them again."""
    return words(", ").join(month_name(one, words) for one in months)
