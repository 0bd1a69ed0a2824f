"""Which Discord roles a person should have, and which to give and take for that. Pure decisions."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from bot.features.memberships.models import MembershipKind
from bot.features.memberships.rules import kinds_at_once
from bot.features.organisations.parts import LC_OFFICER_ROLE, OFFICER_ROLE
from bot.features.people.models import Level

#: These open doors: only people in office have them, even if somebody gave them by hand.
OPENS_DOORS = frozenset({OFFICER_ROLE, LC_OFFICER_ROLE})
#: The kinds that may have a role in an LC's own server: nobody is marked there as one who is nothing more.
KINDS_IN_LC = (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE, MembershipKind.INDIVIDUAL)


@dataclass(frozen=True, slots=True)
class Held:
    """A term, with what roles may follow from it. ``committee``: the key of the one that the post is about."""

    post_key: str
    level: Level
    is_officer: bool
    committee: str | None
    lc_id: int | None
    region_id: int | None
    starts_on: date
    ends_on: date

    def held_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Known:
    """What the records say of a person. ``plain``: their kind of membership apart from posts; None if they have not
    joined. ``interests``: keys of the committees of which they want to hear by a mention."""

    terms: tuple[Held, ...] = ()
    plain: MembershipKind | None = None
    interests: frozenset[str] = frozenset()

    def is_officer_on(self, day: date) -> bool:
        return any(term.is_officer and term.held_on(day) for term in self.terms)

    def in_lc(self, lc_id: int) -> Known:
        """The same, without posts elsewhere."""
        return replace(self, terms=tuple(term for term in self.terms if term.lc_id == lc_id))


@dataclass(frozen=True, slots=True)
class RoleChange:
    """``give`` it, or take it."""

    discord_user_id: int
    key: str
    role_id: int
    give: bool


def lc_role(lc_id: int) -> str:
    return f"role:lc:{lc_id}"


def region_role(region_id: int) -> str:
    return f"role:region:{region_id}"


def committee_role(key: str) -> str:
    return f"role:committee:{key}"


def post_role(key: str) -> str:
    return f"role:post:{key}"


def kind_role(kind: MembershipKind) -> str:
    return f"role:kind:{kind.value}"


def interest_role(key: str) -> str:
    return f"role:interest:{key}"


def roles_of(known: Known, today: date) -> frozenset[str]:
    """The keys of the roles that somebody should have today in a server of the organisation."""
    keys = {interest_role(committee) for committee in known.interests}
    for term in known.terms:
        if not term.held_on(today):
            continue
        keys.add(post_role(term.post_key))
        if term.is_officer and term.level is Level.NATION:
            keys.add(OFFICER_ROLE)
        if term.is_officer and term.level is Level.LC:
            keys.add(LC_OFFICER_ROLE)
        if term.committee is not None:
            keys.add(committee_role(term.committee))
        if term.lc_id is not None:
            keys.add(lc_role(term.lc_id))
        if term.region_id is not None:
            keys.add(region_role(term.region_id))
    return frozenset(keys | {kind_role(kind) for kind in _kinds(known, today)})


def roles_in_lc(known: Known, lc_id: int, today: date) -> frozenset[str]:
    """The same in the own server of an LC. People who don't belong to it today have none, and nothing shows what the
    others are elsewhere."""
    here = known.in_lc(lc_id)
    if not any(term.held_on(today) for term in here.terms):
        return frozenset()
    keys = {interest_role(committee) for committee in known.interests} | {lc_role(lc_id)}
    keys |= {kind_role(kind) for kind in _kinds(known, today) if kind in KINDS_IN_LC}
    for term in here.terms:
        if term.held_on(today) and term.is_officer:
            keys |= {LC_OFFICER_ROLE, post_role(term.post_key)}
            if term.committee is not None:
                keys.add(committee_role(term.committee))
    return frozenset(keys)


def _kinds(known: Known, today: date) -> frozenset[MembershipKind]:
    is_officer = known.is_officer_on(today)
    if known.plain is None:
        return frozenset({MembershipKind.OFFICER} if is_officer else ())
    return kinds_at_once(known.plain, is_officer=is_officer)


def differences(
    wanted: Mapping[int, Set[str]], present: Mapping[int, Set[int]], roles: Mapping[str, int], known: Set[int]
) -> list[RoleChange]:
    """What to give and take, and nothing else.

    ``present``: those who are there, with the roles (Discord ids) that they have; ``roles``: key → Discord id of what
    the bot made. Other roles are never in the answer. People unknown to the records keep roles given by hand, except
    for officers' roles (``OPENS_DOORS``).
    """
    changes: list[RoleChange] = []
    keys = {role_id: key for key, role_id in roles.items()}
    for user, has in present.items():
        should = {roles[key] for key in wanted.get(user, ()) if key in roles}
        changes += [RoleChange(user, keys[role_id], role_id, True) for role_id in sorted(should - has)]
        for role_id in sorted((has & keys.keys()) - should):
            if user in known or keys[role_id] in OPENS_DOORS:
                changes.append(RoleChange(user, keys[role_id], role_id, False))
    return changes


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
    #: People with a record; in an LC's own server, with one in that LC.
    known: Set[int]
    #: LC → its officers' thread, its officers in office, and those whose last term as such is over.
    threads: Mapping[int, int] = field(default_factory=dict)
    officers: Mapping[int, Set[int]] = field(default_factory=dict)
    former_officers: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Thread → people let in by the bot.
    guests: Mapping[int, Set[int]] = field(default_factory=dict)
    #: Roles and LC officers' threads of which the officers were told that the bot can't do there what it should.
    told: Set[int] = frozenset()


class Group(StrEnum):
    """What roles are about. In a server of the organisation all but the first; in an LC's own all but regions."""

    LC = "lc"  # the LC's people, and its officers
    COMMITTEE = "committee"  # holders of posts for a committee
    INTEREST = "interest"  # people interested in a committee
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
