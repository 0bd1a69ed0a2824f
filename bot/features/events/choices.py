"""An event's own answers to its invitation, such as "on site" and "online", each with a limit of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked, take_limit
from bot.features.events.models import Event, EventState
from bot.features.events.steps import show_step
from bot.features.organisations.naming import both_names
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.signups.models import CHOICE
from bot.features.signups.opening import MOST_CHOICES, set_choices
from bot.features.signups.values import NewChoice
from bot.i18n import N_
from bot.kit.edits import merged

#: Characters of all lines.
TEXT = 2_000
ONE_ALONE = N_("Please enter at least two ways to take part, one per line, or none.")
TOO_MANY = N_("Up to {n} ways to take part are possible. Please leave some out.")
TWICE = N_("“{name}” stands there twice. Please remove one of them.")
BAD_PLACES = N_("“{name}” needs 1 to {n} places, or no number.")
_UNIT = r"\s*(?:人|名|people|places)"
#: After a colon stands how many fit. Between two digits a plain colon may stand for something else, so there a unit
#: says that it is a number of people.
_LIMIT = re.compile(
    rf"^(?P<label>.*?\S)\s*(?:：\s*|:\s+|(?<=\D):|:(?=[0-9]+{_UNIT}$))(?P<limit>[0-9]{{1,9}})(?:{_UNIT})?\s*$"
)
#: Such as 19:30, which is no limit.
_HOUR = re.compile(r"(?<![0-9:：])[0-2]?[0-9][:：][0-5][0-9]$")


class Way(Protocol):
    @property
    def label_ja(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def limit(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class ChoicesDraft:
    """As they are typed, one per line: ``会場で参加 | In person: 30``."""

    lines: str


class ChoiceService(Service):
    async def set(self, actor: Actor, event_id: int, draft: ChoicesDraft, seen: ChoicesDraft | None = None) -> None:
        """Give an event other ways to take part; none: people just sign up. ``seen``: what the form showed.

        Raises:
            NotFound; NotAllowed.
            Invalid: they can't be read, or one that somebody has chosen is missing.
            Conflict: it was cancelled or has begun.
            Overtaken: somebody else has changed them meanwhile.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            if event.state == EventState.CANCELLED:
                raise Conflict(rules.CANCEL.refusal, next_steps=[show_step(event_id)])
            signup = await take_limit(change, event)
            if signup is not None and event.starts_at is not None and event.starts_at <= change.now:
                raise Conflict(rules.OVER, next_steps=[show_step(event_id)])
            new = read(merged(draft, seen, ChoicesDraft(written(kept(event)))).lines)
            if not event.take({"choices": as_data(new)}):
                return
            event.version += 1
            event.changed_at = change.now
            event.is_changed |= event.series_id is not None
            if signup is not None:
                await set_choices(change, signup, new)
            following.note(change, event, "event.choices", ["choices"])


def kept(event: Event) -> list[NewChoice]:
    return [NewChoice(*one) for one in event.choices]


def as_data(choices: Iterable[NewChoice]) -> list[list[Any]]:
    """As an event keeps them."""
    return [[one.label_ja, one.label_en, one.limit] for one in choices]


def written(choices: Iterable[Way]) -> str:
    """As ``read`` reads them again."""
    lines = []
    for one in choices:
        label = one.label_ja if one.label_en == one.label_ja else f"{one.label_ja} | {one.label_en}"
        lines.append(label if one.limit is None else f"{label}: {one.limit}")
    return "\n".join(lines)


def read(text: str) -> list[NewChoice]:
    """Raises Invalid."""
    found = [_read_line(line) for line in text.split("\n") if line.strip()]
    if len(found) == 1:
        raise Invalid(ONE_ALONE)
    if len(found) > MOST_CHOICES:
        raise Invalid(TOO_MANY, n=MOST_CHOICES)
    _check_names(found)
    return found


def _check_names(found: Sequence[NewChoice]) -> None:
    known = set[str]()
    for one in found:
        if one.label_ja in known:
            raise Invalid(TWICE, name=one.label_ja)
        known.add(one.label_ja)


def _read_line(line: str) -> NewChoice:
    label, limit = line.strip(), None
    plain = "".join(map(_plain, label))
    if not _HOUR.search(plain) and (match := _LIMIT.match(plain)):
        limit = int(match["limit"])
        label = label[: match.end("label")]
        if not 1 <= limit <= rules.MOST:
            raise Invalid(BAD_PLACES, name=label, n=rules.MOST)
    ja, _, en = label.replace("｜", "|").partition("|")
    ja, en = both_names(ja.strip(), en.strip(), CHOICE)
    return NewChoice(ja, en, limit)


def _plain(char: str) -> str:
    """A digit in full width counts as the other; every letter stays one."""
    return unicodedata.normalize("NFKC", char) if char.isdecimal() else char
