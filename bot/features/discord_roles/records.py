"""What the service gives to its readers."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ServerRoles:
    """A server with what its people should have there. All ids of people are Discord's.

    ``roles``: key → Discord id of what the bot made; ``wanted``: person → keys, also of roles that aren't there.
    """

    server_id: int
    guild_id: int
    organisation_id: int
    roles: Mapping[str, int]
    wanted: Mapping[int, Set[str]]
    #: Those of whom there is a record at all; in an LC's own server, a record of theirs in that LC.
    known: Set[int]
    #: LC → its officers' thread, its officers in office, and those whose last term as such is over.
    threads: Mapping[int, int] = field(default_factory=dict)
    officers: Mapping[int, Set[int]] = field(default_factory=dict)
    former_officers: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Thread → whom the bot let in.
    guests: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Roles and LC officers' threads of which the officers were told that the bot can't do there what it should.
    told: Set[int] = frozenset()


class Group(StrEnum):
    """What roles are about. In a server of the organisation all but the first; in an LC's own all but regions."""

    LC = "lc"  # who belongs to the LC, and its officers
    COMMITTEE = "committee"  # who holds a post for a committee
    INTEREST = "interest"  # whom a committee interests
    KIND = "kind"  # kinds of membership
    REGION = "region"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What can't be done in a server. All ids are Discord's. ``channels``: those of the LCs whose officers' thread is
    closed to the bot."""

    guild_id: int
    roles: tuple[int, ...]
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role that could be made. Of a committee the names are its abbreviation, of an LC its school's."""

    key: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class RoleCatalogue:
    """What there is to choose from in a server. ``parts``: key → Discord id of what was noted there; ``lc_id``: the LC
    whose own server it is."""

    language: str
    parts: Mapping[str, int]
    groups: Mapping[Group, tuple[RoleName, ...]]
    lc_id: int | None = None
