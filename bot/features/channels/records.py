"""What the services give to their readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.features.local_committees.models import State


class Choice(StrEnum):
    """Which LCs get a channel."""

    IN_CONTACT = "in_contact"  # from the first contact on, and not left
    MEMBERS = "members"  # members, resting ones too


CHOSEN = {
    Choice.IN_CONTACT: frozenset({State.LEAD, State.FOUNDING, State.APPLYING, State.MEMBER, State.DORMANT}),
    Choice.MEMBERS: frozenset({State.MEMBER, State.DORMANT}),
}


@dataclass(frozen=True, slots=True)
class RosterLc:
    """An LC. ``region_id`` is 0 for one without a region."""

    lc_id: int
    name_ja: str
    name_en: str
    region_id: int
    region_ja: str
    region_en: str
    is_chosen: bool

    @property
    def role_key(self) -> str:
        return f"role:lc:{self.lc_id}"

    @property
    def channel_key(self) -> str:
        return f"channel:lc:{self.lc_id}"

    @property
    def thread_key(self) -> str:
        return f"thread:lc:{self.lc_id}"


@dataclass(frozen=True, slots=True)
class Roster:
    """A server with what the bot noted there (``parts``: key → Discord id), and all LCs in the directory's order."""

    language: str
    parts: Mapping[str, int]
    lcs: tuple[RosterLc, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """An LC's channel and its officers' private thread in a server of the organisation, as far as they were made.

    Whether they still are there only Discord knows. Sending into a thread that rests (is archived) wakes it.
    """

    server_id: int
    guild_id: int
    channel_id: int | None
    officers_thread_id: int | None
    #: Since when the bot isn't in that server any more.
    absent_since: datetime | None


@dataclass(frozen=True, slots=True)
class OwnServer:
    """The LC's own server. ``announcements_channel_id`` is None while nobody has chosen and the bot made none."""

    guild_id: int
    announcements_channel_id: int | None
    absent_since: datetime | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where an LC can be reached on Discord."""

    lc_id: int
    spots: tuple[Spot, ...] = ()
    own: OwnServer | None = None
