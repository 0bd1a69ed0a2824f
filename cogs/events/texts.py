"""What organisers copy into LINE or a mail: the event, a change of it, its cancellation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.errors import Invalid
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.rules import read_when
from bot.i18n import Words
from cogs.events.arriving import CHANGE_WORDS
from cogs.events.place_words import told_rules
from cogs.events.render import AUDIENCE_WORDS, LANGUAGE_WORDS, hosts_line, organiser_of, plain_time, title_of


def headed(title: str, words: Words) -> str:
    return f"【{title}】" if words.language == "ja" else title


def subject(event: EventCard, words: Words, *, is_changed: bool = False) -> str:
    """Of a mail."""
    title = title_of(event, words)
    if event.state is EventState.CANCELLED:
        return words("[Cancelled] {title}", title=title)
    if is_changed:
        return words("[Changed] {title}", title=title)
    assert event.when is not None, "a posted event has a time"
    return words("{title}, {time}", title=title, time=plain_time(event.when, words, event.elsewhere))


def invitation(event: EventCard, words: Words, ways: Sequence[str]) -> str:
    """The event, or its cancellation. ``ways``: how to sign up. The link for participants isn't in it."""
    if event.state is EventState.CANCELLED:
        lines = [headed(words("Notice of a cancellation"), words), title_of(event, words)]
        lines.append(words("This event was cancelled: {reason}", reason=event.reason))
    else:
        lines = [headed(title_of(event, words), words)]
    if event.when is not None:
        lines.append(words("Time: {time}", time=plain_time(event.when, words, event.elsewhere)))
    if event.place:
        lines.append(words("Place: {place}", place=event.place))
    elif event.is_online or event.has_link:
        lines.append(words("Place: online"))
    if event.language:
        lines.append(words("Language: {language}", language=words(LANGUAGE_WORDS[event.language])))
    lines.append(words("For: {audience}", audience=words(AUDIENCE_WORDS[event.audience])))
    if event.hosts:
        lines.append(hosts_line(event, words))
    elif host := organiser_of(event, words):
        lines.append(words("Organised by: {host}", host=host))
    if event.cost:
        lines.append(words("Cost: {cost}", cost=event.cost))
    if event.state is not EventState.CANCELLED:
        lines += told_rules(event.place_rules, words)
    said = words.either(event.text, event.text_en)
    if said and event.state is not EventState.CANCELLED:
        lines += ["", said]
    return "\n".join([*lines, *(["", *ways] if ways else [])])


def change(event: EventCard, before: Mapping[str, str], words: Words, ways: Sequence[str]) -> str:
    """What is different from what people outside were told: old → new."""
    lines = [headed(words("Notice of a change"), words), title_of(event, words), ""]
    assert event.when is not None, "a posted event has a time"
    now = {
        "title": title_of(event, words),
        "when": plain_time(event.when, words, event.elsewhere),
        "place": event.place,
    }
    for name, written in before.items():
        what = words(CHANGE_WORDS[name])
        if name == "link":
            lines.append(words("{what}: changed. If you come, your own page has it.", what=what))
            continue
        old = _time(written, event, words) if name == "when" else written
        lines.append(words("{what}: {before} → {after}", what=what, before=old or "–", after=now[name] or "–"))
    return "\n".join([*lines, *(["", *ways] if ways else [])])


def _time(written: str, event: EventCard, words: Words) -> str:
    """As ``rules.written_when`` wrote it, for people."""
    try:
        return plain_time(read_when(written, datetime(2000, 1, 1, tzinfo=UTC), event.time_zone), words, event.elsewhere)
    except Invalid:
        return written


def ways(event: EventCard, words: Words, *, address: str | None, code: str) -> list[str]:
    """How people outside of Discord sign up. ``address``: None without a public address of the bot; then somebody
    enters what people reply with the ``code``."""
    if address is not None:
        if event.state is EventState.CANCELLED:
            return [words("Details: {address}", address=address)]
        return [
            words("Sign up here, no account needed: {address}", address=address),
            words("To change or cancel, open your personal link."),
        ]
    if event.state is EventState.CANCELLED:
        return []
    return [words("To take part, reply “{code} your name yes”.", code=code)]
