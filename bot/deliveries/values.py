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


#: Work of the bot's own.
JOB = Recipient(RecipientKind.JOB, 0)


_AGAIN = ":again:"


def of_generation(key: str, generation: int) -> str:
    """The key of what is said for the first time (0), or of what has become worth saying again."""
    return f"{key}{_AGAIN}{generation}" if generation else key


def generation_of(key: str) -> tuple[str, int]:
    """The first key, and the generation, of a key that ``of_generation`` made."""
    first, _, number = key.partition(_AGAIN)
    return first, int(number or 0)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What a feature wants said. ``payload`` is data for the renderer, never a text that is ready.

    ``due_at`` is what is wished for; quiet hours and the digest may move it. ``tolerance``: seconds after it until
    which it still makes sense, None for ever. ``planned_local``: the wall clock's time, where it was planned by that.
    """

    organisation_id: int
    kind: str
    #: From the kind, the subject, ids of our own rows and a generation: what becomes worth saying again has the next.
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
    #: Reminds of something: waits, or is dropped, while its recipient is spared (``SparedSpell``).
    is_reminder: bool = False
    #: Where it goes if the recipient can't be reached; for an edit, where it is posted anew if its message is gone.
    fallback: Recipient | None = None
    #: For an edit or a deletion: where and which.
    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A row that a worker has claimed. ``attempts`` counts this one; ``attempted_before``: the first earlier attempt by
    which it may have arrived."""

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
    """What goes out as one message: mostly one row, several where they wait for the same recipient."""

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
    """It did not arrive, and may arrive later. ``retry_after``: seconds, where the other side said.

    ``may_have_arrived``: the line broke or the other side stumbled, so that nobody knows. ``holds_track``: nothing
    more of this track should be tried until then.
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
    """It will never arrive as things are. ``unreachable``: the person doesn't take direct messages."""

    def __init__(self, code: str, *, unreachable: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.unreachable = unreachable
