from __future__ import annotations

from collections import Counter

import discord

from bot import data
from bot.features.local_committees.models import State
from bot.features.local_committees.records import Card, Coverage, Found, Hit
from bot.features.schools.models import SchoolKind
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.pages import Item, Page, Picture

#: In the order in which lists count them.
STATE_WORDS = {
    State.MEMBER: N_("member"),
    State.APPLYING: N_("applying"),
    State.FOUNDING: N_("being founded"),
    State.LEAD: N_("first contact"),
    State.DORMANT: N_("resting"),
    State.NO_CONTACT: N_("no LC yet"),
    State.LEFT: N_("left"),
}
STATE_MARKS = {
    State.NO_CONTACT: "⚪",
    State.LEAD: "🟣",
    State.FOUNDING: "🔵",
    State.APPLYING: "🟠",
    State.MEMBER: "🟢",
    State.DORMANT: "🟡",
    State.LEFT: "⚫",
}
KIND_WORDS = {
    SchoolKind.NATIONAL: N_("national"),
    SchoolKind.PUBLIC: N_("public"),
    SchoolKind.PRIVATE: N_("private"),
    SchoolKind.DEFENSE: N_("defence"),
    SchoolKind.OTHER: N_("other"),
}
_PREFECTURES = {row["code"]: row for row in data.rows("prefectures")}


def place(hit: Hit | Card, words: Words) -> str:
    """The prefecture, or the region where there is none."""
    if hit.prefecture:
        return words.either(_PREFECTURES[hit.prefecture]["name_ja"], _PREFECTURES[hit.prefecture]["name_en"])
    return words.either(hit.region_ja, hit.region_en)


def label(hit: Hit, words: Words) -> str:
    """One line for a completion, at most 100 characters."""
    name, where, state = words.either(hit.name_ja, hit.name_en), place(hit, words), words(STATE_WORDS[hit.state])
    tail = words(" ({place}, {state})", place=where, state=state)
    return name[: 100 - len(tail)] + tail


def option(hit: Hit, words: Words) -> discord.SelectOption:
    return discord.SelectOption(
        label=words.either(hit.name_ja, hit.name_en)[:100],
        value=str(hit.lc_id),
        description=words("{place}, {state}", place=place(hit, words), state=words(STATE_WORDS[hit.state]))[:100],
        emoji=STATE_MARKS[hit.state],
    )


def found_page(found: Found, words: Words, rows: list[list[Item]]) -> Page:
    lines = [
        f"{STATE_MARKS[hit.state]} **{words.either(hit.name_ja, hit.name_en)}** {place(hit, words)}"
        for hit in found.hits
    ]
    shown = {hit.state for hit in found.hits}
    legend = "  ".join(f"{STATE_MARKS[state]} {words(STATE_WORDS[state])}" for state in STATE_WORDS if state in shown)
    text = words.either(found.region.name_ja, found.region.name_en) if found.region else found.text
    title = words.plural("“{text}”: {n} LC", "“{text}”: {n} LCs", found.total, text=text)
    if found.pages > 1:
        title += words(" (page {page} of {pages})", page=found.page + 1, pages=found.pages)
    return Page(title=title, text="\n".join(lines), rows=rows, footer=legend)


def card_page(card: Card, words: Words, row: list[Item]) -> Page:
    name, other = words.either(card.name_ja, card.name_en), words.either(card.name_en, card.name_ja)
    lines = [f"{STATE_MARKS[card.state]} **{words(STATE_WORDS[card.state])}**"]
    if card.state_since:
        lines[0] += words(" since {date}", date=long_date(card.state_since, words))
    if card.state is State.NO_CONTACT:
        lines.append(words("There is no LC at this school yet. Its students can take part all the same."))
    fields = [
        (words("Place"), _where(card, words), True),
        (words("School"), words(KIND_WORDS[card.school_kind]), True),
    ]
    if card.state not in (State.NO_CONTACT, State.LEFT):
        until = card.representative_until
        filled = words("in office until {date}", date=long_date(until, words)) if until else words("open")
        fields.append((words("LC representative"), filled, True))
    if card.aliases:
        fields.append((words("Also called"), words(", ").join(card.aliases), True))
    if card.former_names:
        fields.append((words("Formerly"), "\n".join(card.former_names), True))
    return Page(
        title=name,
        text="\n".join([f"*{other}*", *lines]) if other != name else "\n".join(lines),
        fields=fields,
        rows=[row],
    )


def _where(card: Card, words: Words) -> str:
    parts = [place(card, words), words.either(card.region_ja, card.region_en)]
    return words(", ").join(dict.fromkeys(filter(None, parts)))


def _counts(counts: Counter[State], words: Words) -> str:
    return "\n".join(
        f"{STATE_MARKS[state]} {words(STATE_WORDS[state])} **{counts[state]}**"
        for state in STATE_WORDS
        if counts[state]
    )


def coverage_page(coverage: Coverage, words: Words, png: bytes, rows: list[list[Item]]) -> Page:
    total = coverage.total
    member = total[State.MEMBER]
    summary = words("{member} of {schools} schools have a member LC.", member=member, schools=sum(total.values()))
    fields = [(words("All") + f" ({sum(total.values())})", _counts(total, words), True)]
    fields += [
        (f"{words.either(region.name_ja, region.name_en)} ({sum(counts.values())})", _counts(counts, words), True)
        for region, counts in coverage.by_region.items()
    ]
    return Page(
        title=words("Coverage"),
        text=summary,
        fields=fields,
        rows=rows,
        picture=Picture(png, "coverage.png", summary),
    )
