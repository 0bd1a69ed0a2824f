"""From an event to what people read: the card in a channel, its page, texts for LINE and mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from discord import ButtonStyle, Colour
from discord.ui import Button
from discord.utils import escape_markdown

from bot.features.events import rules
from bot.features.events.invited import Answer
from bot.features.events.lists import EventLine
from bot.features.events.models import Audience, EventState, Language
from bot.features.events.queries import EventCard
from bot.features.events.repeats import Repeat
from bot.features.events.rules import When
from bot.features.events.steps import join_step
from bot.features.signups.models import Mode, PartyState
from bot.features.signups.values import OwnParty
from bot.i18n import N_, Words
from bot.ui.committees import committee_name
from bot.ui.counts import choice_line, count_line
from bot.ui.dates import long_date, short_date, stamp
from bot.ui.pages import COLOUR, Item, Page, Rows
from bot.ui.repeats import described
from bot.zones import city_of
from cogs.events.place_words import told_rules

_MASKED = re.compile(r"\[(?=[^\]]*\]\()")
#: Of an event that is about no committee.
EMOJI = "📅"
AUDIENCE_WORDS = {
    Audience.EVERYBODY: N_("Anyone can join"),
    Audience.JOINED: N_("For everybody who has joined the organisation"),
    Audience.LC: N_("For members of the LC"),
}
LANGUAGE_WORDS = {
    Language.JA: N_("In Japanese"),
    Language.EN: N_("In English"),
    Language.BOTH: N_("In Japanese and English"),
}


def title_of(event: EventCard | EventLine, words: Words) -> str:
    return words.either(event.title_ja, event.title_en)


def headline(event: EventCard, words: Words) -> str:
    title = escape_markdown(title_of(event, words)) or words("(no title yet)")
    if event.state is EventState.CANCELLED:
        return words("Cancelled: {title}", title=title)
    return f"{event.emoji or EMOJI} {title}"


def card_page(event: EventCard, words: Words, rows: Rows = ()) -> Page:
    """As everybody in a channel sees it: nothing in it is for those who come alone."""
    return Page(
        title=headline(event, words),
        text="\n".join(card_lines(event, words)),
        rows=rows,
        colour=Colour(event.colour) if event.colour is not None else COLOUR,
    )


def card_lines(event: EventCard, words: Words) -> list[str]:
    lines = []
    if event.state is EventState.CANCELLED:
        lines.append(words("❌ This event was cancelled: {reason}", reason=escape_markdown(event.reason)))
    lines.append(f"🕒 {time_line(event, words)}")
    if event.repeat is not None:
        lines.append(f"🔁 {repeat_line(event.repeat, event.when, words)}")
    lines += where_lines(event, words)
    lines.append(f"👥 {for_whom(event, words)}")
    if event.language:
        lines.append(f"🗣️ {words(LANGUAGE_WORDS[event.language])}")
    if event.hosts:
        lines.append(f"🤝 {escape_markdown(hosts_line(event, words))}")
    if event.cost:
        lines.append(f"💰 {escape_markdown(event.cost)}")
    if event.alcohol is not None:
        lines.append(words("🍺 With alcohol") if event.alcohol else words("🥤 Without alcohol"))
    if event.state is EventState.POSTED and not event.is_open:
        lines.append(words("🔒 Sign-up is closed."))
    elif event.closes is not None:
        lines.append(words("⏳ Sign up by {time}", time=local_time(event.closes, words)))
    lines += told_rules(event.place_rules, words)
    if event.counts is not None and event.state is EventState.POSTED and (told := count_line(event.counts, words)):
        lines.append(f"🙋 {told}")
    lines += [f"・{escape_markdown(choice_line(one, words))}" for one in event.choices]
    if said := words.either(event.text, event.text_en):
        lines += ["", unmasked(said)]
    return lines


def unmasked(text: str) -> str:
    """A link shows where it leads: ``[Zoom](https://…)`` is said as it was typed. Members write these texts, and the
    bot posts them."""
    return _MASKED.sub(r"\\[", text)


def where_lines(event: EventCard, words: Words) -> list[str]:
    """A hall, an online tool, or both."""
    place, lines = escape_markdown(event.place), []
    if place and not rules.is_tool(event.place):
        lines.append(f"📍 {place}")
        place = ""
    if event.is_online or event.has_link or place:
        tool = place or words("Online")
        lines.append(words("💻 {tool} (only participants see the link)", tool=tool) if event.has_link else f"💻 {tool}")
    return lines


def link_line(event: EventCard, words: Words) -> str:
    """What lets people in, for those who come; "" for the others."""
    if not event.link:
        return ""
    return words("🔗 To join: {link}", link=escape_markdown(event.link))


def thread_line(event: EventCard, words: Words) -> str:
    """ "" if it has none, or its reader doesn't come."""
    return words("💬 Thread: {thread}", thread=f"<#{event.thread_id}>") if event.thread_id is not None else ""


def names_line(names: Sequence[str], others: int, words: Words) -> str:
    """Those who agreed to be named, and how many else come."""
    told = words(", ").join(escape_markdown(one) for one in names)
    if names and others:
        return "🙋 " + words.plural("{names} and {n} other", "{names} and {n} others", others, names=told)
    return f"🙋 {told}" if names else ""


def for_whom(event: EventCard, words: Words) -> str:
    host = organiser_of(event, words)
    audience = words(AUDIENCE_WORDS[event.audience])
    return words("{audience} (by {host})", audience=audience, host=host) if host else audience


def organiser_of(event: EventCard, words: Words) -> str:
    """The LC, or the committee, to which it belongs; "" for the organisation."""
    if event.lc_id is not None:
        return words.either(event.lc_ja, event.lc_en)
    return committee_name(event.abbreviation, words) if event.abbreviation is not None else ""


def hosts_line(event: EventCard, words: Words) -> str:
    """Who hosts it together with its own place: ``主催：A、共催：B・C``. Their names are as they were written."""
    others = words(", ").join(words.either(one.name_ja, one.name_en) for one in event.hosts)
    if host := organiser_of(event, words):
        return words("Organised by {host}, together with {others}", host=host, others=others)
    return words("Together with {others}", others=others)


def time_line(event: EventCard, words: Words) -> str:
    """In each reader's own time where it has hours."""
    if event.when is None:
        return words("(no date yet)")
    if event.when.whole_days or event.starts_at is None or event.ends_at is None:
        first, last = long_date(event.when.starts.date(), words), long_date(event.when.last_day, words)
        return first if first == last else f"{first} – {last}"
    told, ago = stamp(event.starts_at), stamp(event.starts_at, "R")
    if event.when.ends is not None:
        told += f" – {stamp(event.ends_at, 't' if event.when.ends.date() == event.when.starts.date() else 'F')}"
    if event.elsewhere is None:
        return f"{told} ({ago})"
    return f"{told} ({ago})\n🌐 {plain_time(event.when, words, event.elsewhere)}"


def repeat_line(repeat: Repeat, when: When | None, words: Words) -> str:
    """``毎週月曜 19:00``, ``Every week on Monday 19:00``."""
    told = described(repeat, words)
    if when is not None and not when.whole_days:
        told = words("{repeat} {time}", repeat=told, time=f"{when.starts:%H:%M}")
    return told[:1].upper() + told[1:]


def plain_time(when: When, words: Words, elsewhere: str | None = None) -> str:
    """On the event's own clocks, for texts outside Discord and for lists: ``11月28日(土) 19:00–21:00``. ``elsewhere``:
    its zone, where people have to be told."""
    if elsewhere is not None:
        return words("{time} ({city} time)", time=plain_time(when, words), city=city_of(elsewhere, words.language))
    if when.whole_days:
        first, last = when.starts.date(), when.last_day
        return short_date(first, words) if first == last else f"{short_date(first, words)} – {short_date(last, words)}"
    begins = local_time(when.starts, words)
    if when.ends is None:
        return begins
    if when.ends.date() == when.starts.date():
        return f"{begins}–{when.ends:%H:%M}"
    return f"{begins} – {local_time(when.ends, words)}"


def local_time(at: datetime, words: Words) -> str:
    return f"{short_date(at.date(), words)} {at:%H:%M}"


def join_label(event: EventCard, words: Words) -> str:
    if event.place_rules.mode is Mode.APPROVAL:
        return words("Apply")
    is_full = event.counts is not None and event.counts.free == 0
    return words("Join the line") if is_full else words("Sign up")


def join_button(event: EventCard, words: Words) -> Item:
    """To ``joining``, from a post and from the page of an event."""
    step = join_step(event.event_id)
    label = join_label(event, words)
    return Button(label=label, emoji="🙋", style=ButtonStyle.success, custom_id=step.custom_id)


STATE_WORDS = {
    PartyState.APPLIED: N_("📝 You've applied. The organiser will answer."),
    PartyState.OFFERED: N_("🎟️ A place is free for you. Please take it or pass."),
    PartyState.ACCEPTED: N_("✅ You're coming."),
    PartyState.DECLINED: N_("The organiser couldn't give you a place."),
    PartyState.REMOVED: N_("The organiser took you off the list."),
    PartyState.LAPSED: N_("No place became free."),
}


#: What the page of an event says to somebody who was invited.
INVITED_WORDS = {
    Answer.OPEN: N_("💌 You're invited. Will you come?"),
    Answer.CANNOT: N_("💌 You said that you can't come this time. You can still sign up."),
}


def mine_line(mine: OwnParty | None, words: Words) -> str:
    """How the reader stands; "" if they have nothing to do with it."""
    if mine is None:
        return ""
    if mine.state is PartyState.WAITING and mine.position is not None:
        return words("⏳ You're number {n} in the line. When a place is free, /home shows it.", n=mine.position)
    if mine.state is PartyState.OFFERED and mine.offer_until is not None:
        return words("🎟️ A place is free for you until {time}. Please take it or pass.", time=stamp(mine.offer_until))
    message = STATE_WORDS.get(mine.state)
    return words(message) if message else ""


_SIGNS = {PartyState.ACCEPTED: "✅ ", PartyState.WAITING: "⏳ ", PartyState.OFFERED: "🎟️ ", PartyState.APPLIED: "📝 "}


def list_line(event: EventLine, words: Words) -> str:
    sign = _SIGNS.get(event.mine, "") if event.mine is not None else ""
    committee = committee_name(event.abbreviation, words) if event.abbreviation else ""
    host = words.either(event.lc_ja, event.lc_en) or committee
    where = " ・ ".join(filter(None, (host, words("online") if event.is_online else "")))
    title = escape_markdown(title_of(event, words))
    sign += "📷 " if event.pictures else ""
    return f"{sign}{event.emoji or EMOJI} **{title}**\n{plain_time(event.when, words, event.elsewhere)}" + (
        f" ・ {where}" if where else ""
    )
