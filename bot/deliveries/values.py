from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.deliveries.models import Action, Lane, RecipientKind, Track, Urgency


@dataclass(frozen=True, slots=True)
class Recipient:
    """``id``: Discord's, of the channel, thread or user; the organisation's for OFFICERS; 0 for a JOB.

    ``ref``: what it is called in a key, such as ``person:12``, by a row of ours: keys hold no Discord ids.
    """

    kind: RecipientKind
    id: int
    ref: str = field(default="", compare=False)

    @property
    def track(self) -> Track:
        if self.kind is RecipientKind.JOB:
            return Track.JOBS
        return Track.PEOPLE if self.kind is RecipientKind.PERSON else Track.CHANNELS


#: The bot's own work.
JOB = Recipient(RecipientKind.JOB, 0)


_AGAIN = ":again:"


def of_generation(key: str, generation: int) -> str:
    """The key of a message that is said for the first time (0), or again."""
    return f"{key}{_AGAIN}{generation}" if generation else key


def generation_of(key: str) -> tuple[str, int]:
    """The first key, and the generation, of a key that ``of_generation`` made."""
    first, _, number = key.partition(_AGAIN)
    return first, int(number or 0)


#: In the payload of an edit that isn't worth a trouble: a message that somebody deleted stays deleted, one in an
#: archived thread or without access stays as it is, and nobody need hear of it.
UNLESS_GONE = "unless_gone"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message that a feature wants to send. ``payload`` is data for the renderer, never a finished text.

    ``due_at`` is the wanted time; quiet hours and the digest may move it. ``tolerance``: seconds after it until which
    the message still makes sense, None for forever. ``planned_local``: the local time, if it was planned by that.
    """

    organisation_id: int
    kind: str
    #: Kind, subject, ids of our own rows and a generation; the same message sent again has the next generation.
    key: str
    subject: str
    recipient: Recipient
    due_at: datetime
    time_zone: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    urgency: Urgency = Urgency.DAILY
    lane: Lane = Lane.NORMAL
    action: Action = Action.POST
    tolerance: int | None = 86_400
    planned_local: datetime | None = None
    is_budgeted: bool = False
    #: A reminder: waits, or is dropped, while its recipient is spared (``SparedSpell``).
    is_reminder: bool = False
    #: Where it goes if the recipient can't be reached; for an edit, where it is posted again if its message is gone.
    fallback: Recipient | None = None
    #: The message to edit or delete.
    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A row that a worker has claimed. ``attempts`` counts this one; ``attempted_before``: the first earlier attempt
    that may have reached the recipient."""

    id: int
    organisation_id: int
    kind: str
    key: str
    subject: str
    track: Track
    lane: Lane
    urgency: Urgency
    action: Action
    recipient: Recipient
    fallback: Recipient | None
    is_budgeted: bool
    time_zone: str
    due_at: datetime
    tolerance: int | None
    payload: Mapping[str, Any]
    nonce: str
    attempts: int
    attempted_before: datetime | None
    bundle_id: int | None
    channel_id: int | None
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """The rows of one message: mostly one, several if they wait for the same recipient."""

    rows: tuple[Due, ...]

    @property
    def first(self) -> Due:
        """The row whose nonce and marker the message carries."""
        return self.rows[0]

    @property
    def place(self) -> tuple[str, int]:
        """Messages to the same place go one after the other."""
        if self.first.channel_id is not None:
            return ("channel", self.first.channel_id)
        return (self.first.recipient.kind.value, self.first.recipient.id)


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived. Without ids: a job is done, or there was nothing to say any more."""

    channel_id: int | None = None
    message_id: int | None = None


class Transient(Exception):
    """It did not arrive, and may arrive later. ``retry_after``: seconds, if Discord said so.

    ``may_have_arrived``: the connection broke or Discord failed, so nobody knows. ``holds_track``: nothing else of this
    track should be tried until then.
    """

    def __init__(
        self, code: str, retry_after: float | None = None, *, may_have_arrived: bool, holds_track: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
        self.holds_track = holds_track


class Permanent(Exception):
    """It can't arrive. ``unreachable``: the person doesn't accept direct messages."""

    def __init__(self, code: str, *, unreachable: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.unreachable = unreachable
