"""What the service gives to its readers."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ServerRoles:
    """An organisation's server with what its people should have there. All ids of people are Discord's.

    ``roles``: key → Discord id of what the bot made; ``wanted``: person → keys, also of roles that aren't there.
    """

    server_id: int
    guild_id: int
    organisation_id: int
    roles: Mapping[str, int]
    wanted: Mapping[int, Set[str]]
    #: Those of whom there is a record at all.
    known: Set[int]
    #: LC → its officers' thread, its officers in office, and those whose last term as such is over.
    threads: Mapping[int, int] = field(default_factory=dict)
    officers: Mapping[int, Set[int]] = field(default_factory=dict)
    former_officers: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Thread → whom the bot let in.
    guests: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Roles and LC officers' threads of which the officers were told that the bot can't do there what it should.
    told: Set[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What can't be done in a server. All ids are Discord's. ``channels``: those of the LCs whose officers' thread is
    closed to the bot."""

    guild_id: int
    roles: tuple[int, ...]
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role that could be made."""

    key: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class RoleCatalogue:
    """What there is to choose from in a server. ``parts``: key → Discord id of what was noted there."""

    language: str
    parts: Mapping[str, int]
    committees: tuple[RoleName, ...]
    regions: tuple[RoleName, ...]
    posts: tuple[RoleName, ...]
