from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from functools import cache

import discord
from discord.utils import escape_markdown
from PIL import Image, ImageDraw, ImageFont

from bot import data
from bot.features.channels.rules import Places
from bot.features.committees.models import Reply
from bot.features.committees.service import Answered
from bot.features.local_committees.models import ClubType, LcState, Via
from bot.features.local_committees.values import Card, Coverage, HistoryLine, Hit
from bot.features.schools.models import SchoolKind
from bot.i18n import N_, Words, words_for
from bot.ui.actions import action_text
from bot.ui.dates import long_date
from bot.ui.local_committees import STATE_WORDS, place
from bot.ui.pages import Item, Page, Picture

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
    SchoolKind.UNKNOWN: N_("unknown"),
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


def card_page(
    card: Card, answers: Sequence[Answered], words: Words, row: list[Item], places: Places | None = None
) -> Page:
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
        (words("School"), words(KIND_WORDS[card.school_kind]), True),
    ]
    if card.state not in (LcState.NO_CONTACT, LcState.LEFT):
        until = card.representative_until
        filled = words("in office until {date}", date=long_date(until, words)) if until else words("not recorded yet")
        fields.append((words("LC representative"), filled, True))
    if card.club_type:
        fields.append((words("Type of club"), words(CLUB_WORDS[card.club_type]), True))
    if also := [*filter(None, [words.either(card.own_name_ja, card.own_name_en)]), *card.aliases, *card.own_aliases]:
        fields.append((words("Also known as"), escape_markdown(words(", ").join(dict.fromkeys(also))), True))
    if card.former_names:
        fields.append((words("Formerly"), "\n".join(card.former_names), True))
    doing = [
        f"{REPLY_MARKS[one.reply]} {one.abbreviation} {words(REPLY_WORDS[one.reply])}"
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
        rows=[row],
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
    line = words("**{committee}** {reply}", committee=one.abbreviation, reply=reply)
    return f"{line}\n*{words(VIA_PHRASES[one.via])}*" if one.via else line


def answers_page(card: Card, answers: Sequence[Answered], text: str, words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Answers to the committees: {lc}", lc=words.either(card.name_ja, card.name_en)),
        text="\n".join([*(_answer_line(one, words) for one in answers), "", text]),
        rows=rows,
    )


def committee_page(card: Card, asked: Answered, words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("{committee}: {lc}", committee=asked.abbreviation, lc=words.either(card.name_ja, card.name_en)),
        text="\n".join(
            [words.either(asked.name_ja, asked.name_en), _answer_line(asked, words), words("No reason is needed.")]
        ),
        rows=rows,
    )


def history_line(change: HistoryLine, words: Words) -> str:
    """What changed, who, when. Discord shows each instant in the reader's own time."""
    line = words(
        "<t:{at}:f> {what}: {who}",
        at=int(change.at.timestamp()),
        what=action_text(change.action, words),
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
    return Page(
        title=words("Coverage"),
        text=summary,
        fields=fields,
        rows=rows,
        picture=Picture(png, "coverage.png", summary),
    )


_TILE, _GAP, _MARGIN, _COLUMNS, _ROWS = 84, 6, 36, 15, 12
_WIDTH = 2 * _MARGIN + _COLUMNS * (_TILE + _GAP) - _GAP
_HEIGHT = 2 * _MARGIN + _ROWS * (_TILE + _GAP) - _GAP
_BACKGROUND, _INK = "#F7F9FA", "#20303A"
#: What a tile's colour says, in the order of the legend: label, fill, ink.
_ALL = (N_("every school has a member LC"), "#1F7A8C", "#FFFFFF")
_SOME = (N_("some schools have one"), "#9CCFD8", _INK)
_COMING = (N_("none yet, but in contact"), "#D9C8F0", _INK)
_RESTING = (N_("resting"), "#F4E3A1", _INK)
_NONE = (N_("no LC yet"), "#DDE2E6", _INK)
_LEGEND = (_ALL, _SOME, _COMING, _RESTING, _NONE)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(data.FOLDER / "fonts" / "ipaexg.ttf", size)


def _meaning(counts: Counter[LcState]) -> tuple[str, str, str]:
    member, schools = counts[LcState.MEMBER], sum(counts.values())
    if member:
        return _ALL if member == schools else _SOME
    if counts[LcState.LEAD] + counts[LcState.FOUNDING] + counts[LcState.APPLYING]:
        return _COMING
    return _RESTING if counts[LcState.DORMANT] else _NONE


def _fitting(text: str, width: int, largest: int) -> ImageFont.FreeTypeFont:
    """The largest font in which ``text`` is no wider than ``width`` pixels."""
    size = largest
    while size > 10 and _font(size).getlength(text) > width:
        size -= 1
    return _font(size)


def draw(coverage: Coverage, language: str) -> bytes:
    """A PNG of 1416 x 1146 pixels."""
    say = words_for(language)
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _BACKGROUND)
    pen = ImageDraw.Draw(image)
    for row in data.rows("prefectures"):
        counts = coverage.by_prefecture.get(row["code"], Counter())
        _, fill, ink = _meaning(counts)
        left = _MARGIN + int(row["column"]) * (_TILE + _GAP)
        top = _MARGIN + int(row["row"]) * (_TILE + _GAP)
        pen.rounded_rectangle((left, top, left + _TILE, top + _TILE), radius=12, fill=fill)
        name = say.either(row["short_ja"], row["name_en"])
        middle = left + _TILE / 2
        pen.text((middle, top + 29), name, fill=ink, font=_fitting(name, _TILE - 8, 34), anchor="mm")
        share = f"{counts[LcState.MEMBER]}/{sum(counts.values())}"
        pen.text((middle, top + 62), share, fill=ink, font=_fitting(share, _TILE - 8, 30), anchor="mm")
    total = coverage.total
    pen.text((_MARGIN, _MARGIN), say("Member LCs / schools"), fill=_INK, font=_font(48))
    pen.text((_MARGIN, _MARGIN + 70), f"{total[LcState.MEMBER]} / {sum(total.values())}", fill=_ALL[1], font=_font(84))
    for number, (label, fill, _) in enumerate(_LEGEND):
        top = _MARGIN + 190 + number * 50
        pen.rounded_rectangle((_MARGIN, top, _MARGIN + 36, top + 36), radius=6, fill=fill)
        pen.text((_MARGIN + 50, top + 18), say(label), fill=_INK, font=_font(34), anchor="lm")
    png = io.BytesIO()
    image.quantize(64).save(png, "PNG", optimize=True)
    return png.getvalue()
