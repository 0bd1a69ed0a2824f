"""What the services give to their readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.features.events.queries import EventCard
from bot.features.events.question_rows import QuestionLine
from bot.features.events.question_rules import Given
from bot.features.people.actors import OrganisationCard


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows, and to whom: ``name`` is "" where it is shared. ``event.mine`` and ``event.link`` are
    theirs. ``is_open``: somebody could sign up now. ``may_change``: the name and the record are theirs alone, as no
    account has them. ``questions``: the event's own, with what they have ``given``."""

    address_id: int
    event: EventCard
    organisation: OrganisationCard
    now: datetime
    name: str
    is_shared: bool
    is_open: bool
    may_change: bool
    opens_at: datetime | None
    questions: Sequence[QuestionLine]
    given: Given


@dataclass(frozen=True, slots=True)
class OutsideText:
    """What a text for people outside of Discord is made of. ``token``: of its own shared address; None without a public
    address. ``before``: the parts that are others than they were told last, as they were then; "" for the link."""

    event: EventCard
    token: str | None
    code: str
    before: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Whose it is. Nobody can ask for the ``token`` again."""

    name: str
    token: str
