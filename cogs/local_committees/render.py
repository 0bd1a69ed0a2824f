from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import discord
from discord.utils import escape_markdown

from bot.features.channels.rules import Places
from bot.features.committees.models import Reply
from bot.features.committees.service import Answered
from bot.features.local_committees.models import ClubType, LcState, Via
from bot.features.local_committees.values import Card, Coverage, HistoryLine, Hit
from bot.features.schools.models import SchoolKind
from bot.i18n import N_, Words
from bot.ui.actions import action_text
from bot.ui.committees import committee_name
from bot.ui.dates import long_date
from bot.ui.local_committees import STATE_WORDS, place
from bot.ui.pages import Item, Page, Picture, Rows

STATE_MARKS = {
    LcState.NO_CONTACT: "⚪",
    LcState.LEAD: "🟣",
    LcState.FOUNDING: "🔵",
    LcState.APPLYING: "🟠",
    LcState.MEMBER: "🟢",
    LcState.DORMANT: "🟡",
    LcState.LEFT: "⚫",
}
KIND_WORDS = {
    SchoolKind.NATIONAL: N_("national"),
    SchoolKind.PUBLIC: N_("public"),
    SchoolKind.PRIVATE: N_("private"),
    SchoolKind.DEFENSE: N_("defence"),
    SchoolKind.UNKNOWN: N_("kind not given"),
    SchoolKind.OTHER: N_("other"),
}
CLUB_WORDS = {
    ClubType.MEDICAL_CLUB: N_("medical club"),
    ClubType.ENGLISH_CLUB: N_("English-speaking club"),
    ClubType.EXCHANGE_ONLY: N_("exchanges only"),
    ClubType.STUDENT_COUNCIL: N_("part of a student council"),
    ClubType.INDEPENDENT: N_("independent group"),
}
REPLY_WORDS = {
    Reply.JOINING: N_("taking part"),
    Reply.WATCHING: N_("watching"),
    Reply.NOT_THIS_YEAR: N_("not this year"),
}
REPLY_MARKS = {Reply.JOINING: "🟢", Reply.WATCHING: "👀", Reply.NOT_THIS_YEAR: "➖"}
VIA_PHRASES = {
    Via.LINE: N_("recorded by a national officer, told via LINE"),
    Via.MAIL: N_("recorded by a national officer, told by email"),
    Via.PHONE: N_("recorded by a national officer, told by phone"),
    Via.IN_PERSON: N_("recorded by a national officer, told in person"),
}


def option(hit: Hit, words: Words) -> discord.SelectOption:
    return discord.SelectOption(
        label=words.either(hit.name_ja, hit.name_en)[:100],
        value=str(hit.lc_id),
        description=words("{place}, {state}", place=place(hit, words), state=words(STATE_WORDS[hit.state]))[:100],
        emoji=STATE_MARKS[hit.state],
    )


def hit_line(hit: Hit, words: Words) -> str:
    return f"{STATE_MARKS[hit.state]} **{words.either(hit.name_ja, hit.name_en)}** {place(hit, words)}"


def legend(shown: set[LcState], words: Words) -> str:
    return "  ".join(f"{STATE_MARKS[state]} {words(STATE_WORDS[state])}" for state in STATE_WORDS if state in shown)


def card_page(card: Card, answers: Sequence[Answered], words: Words, rows: Rows, places: Places | None = None) -> Page:
    """The card of an LC. Of its answers it shows what the LC does; what it doesn't do, or hasn't said, is its own.
    ``places``: where it is on Discord, for its officers."""
    name, other = words.either(card.name_ja, card.name_en), words.either(card.name_en, card.name_ja)
    lines = [f"{STATE_MARKS[card.state]} **{words(STATE_WORDS[card.state])}**"]
    if card.state_since:
        lines[0] += words(" since {date}", date=long_date(card.state_since, words))
    if card.state_decision:
        lines.append(words("*Decision: {where}*", where=escape_markdown(card.state_decision)))
    if card.state is LcState.NO_CONTACT:
        lines.append(words("This school has no LC yet. Its students can still take part."))
    fields = [
        (words("Place"), _where(card, words), True),
        (words("Type of school"), words(KIND_WORDS[card.school_kind]), True),
    ]
    if card.state not in (LcState.NO_CONTACT, LcState.LEFT):
        until = card.representative_until
        filled = words("in office until {date}", date=long_date(until, words)) if until else words("not recorded yet")
        fields.append((words("LC representative"), filled, True))
    if card.own.club_type:
        fields.append((words("Type of club"), words(CLUB_WORDS[card.own.club_type]), True))
    called = words.either(card.own.name_ja, card.own.name_en)
    if also := [*filter(None, [called]), *card.aliases, *card.own.aliases]:
        fields.append((words("Also known as"), escape_markdown(words(", ").join(dict.fromkeys(also))), True))
    if card.former_names:
        fields.append((words("Formerly"), "\n".join(card.former_names), True))
    doing = [
        f"{REPLY_MARKS[one.reply]} {committee_name(one.abbreviation, words)} {words(REPLY_WORDS[one.reply])}"
        for one in answers
        if one.reply in (Reply.JOINING, Reply.WATCHING)
    ]
    if doing:
        fields.append((words("This year"), "\n".join(doing), False))
    if places is not None:
        fields.append(places_field(places, words))
    return Page(
        title=name,
        text="\n".join([f"*{other}*", *lines]) if other != name else "\n".join(lines),
        fields=fields,
        rows=rows,
    )


def places_field(places: Places, words: Words) -> tuple[str, str, bool]:
    """Where the LC is on Discord, and what can't be reached."""
    lines = []
    for spot in places.spots:
        if spot.absent_since is not None:
            lines.append(words("The bot has left the organisation's server in which this LC has a channel."))
        elif spot.channel_id is not None:
            lines.append(words("Channel: {channel}", channel=f"<#{spot.channel_id}>"))
            if spot.officers_thread_id is not None:
                lines.append(words("Officers only: {thread}", thread=f"<#{spot.officers_thread_id}>"))
    if places.own is None:
        lines.append(words("Own server: not linked"))
    elif places.own.absent_since is not None:
        since = int(places.own.absent_since.timestamp())
        lines.append(words("Own server: linked, but the bot hasn't been in it since <t:{since}:D>", since=since))
    elif places.own.announcements_channel_id is None:
        lines.append(words("Own server: linked, no channel for announcements yet"))
    else:
        channel = f"<#{places.own.announcements_channel_id}>"
        lines.append(words("Own server: linked, announcements go to {channel}", channel=channel))
    return words("On Discord"), "\n".join(lines), False


def _answer_line(one: Answered, words: Words) -> str:
    reply = f"{REPLY_MARKS[one.reply]} {words(REPLY_WORDS[one.reply])}" if one.reply else words("no answer yet")
    line = words("**{committee}** {reply}", committee=committee_name(one.abbreviation, words), reply=reply)
    return f"{line}\n*{words(VIA_PHRASES[one.via])}*" if one.via else line


def answers_page(card: Card, answers: Sequence[Answered], text: str, words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Answers to the committees: {lc}", lc=words.either(card.name_ja, card.name_en)),
        text="\n".join([*(_answer_line(one, words) for one in answers), "", text]),
        rows=rows,
    )


def history_line(change: HistoryLine, words: Words) -> str:
    """What changed, who, when. Discord shows each instant in the reader's own time."""
    line = words(
        "<t:{at}:f> {what}: {who}",
        at=int(change.at.timestamp()),
        what=action_text(change.action, words, change.fields),
        who=escape_markdown(change.who) if change.who else words("somebody no longer registered"),
    )
    return f"{line}\n*{words(VIA_PHRASES[change.via])}*" if change.via else line


def _where(card: Card, words: Words) -> str:
    parts = [place(card, words), words.either(card.region_ja, card.region_en)]
    return words(", ").join(dict.fromkeys(filter(None, parts)))


def _counts(counts: Counter[LcState], words: Words) -> str:
    return "\n".join(
        f"{STATE_MARKS[state]} {words(STATE_WORDS[state])} **{counts[state]}**"
        for state in STATE_WORDS
        if counts[state]
    )


def coverage_page(coverage: Coverage, words: Words, png: bytes, rows: list[list[Item]]) -> Page:
    total = coverage.total
    member = total[LcState.MEMBER]
    summary = words("{member} of {schools} schools have a member LC.", member=member, schools=sum(total.values()))
    fields = [(words("All") + f" ({sum(total.values())})", _counts(total, words), True)]
    fields += [
        (f"{words.either(region.name_ja, region.name_en)} ({sum(counts.values())})", _counts(counts, words), True)
        for region, counts in coverage.by_region.items()
    ]
    # The picture first, in a card of its own: on a phone the numbers would push it out of sight.
    above = Page(title=words("Coverage"), text=summary, picture=Picture(png, "coverage.png", summary))
    return Page(title=words("By region"), fields=fields, rows=rows, quoted=above)
