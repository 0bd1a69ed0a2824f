"""Which Discord roles a person should have, and what has to be given and taken for it. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date

from bot.features.organisations.parts import OFFICER_ROLE
from bot.features.people.models import Level


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
class Change:
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


def roles_of(terms: Iterable[Held], today: date) -> frozenset[str]:
    """The keys of the roles that somebody with these terms should have today."""
    keys: set[str] = set()
    for term in terms:
        if not term.held_on(today):
            continue
        keys.add(post_role(term.post_key))
        if term.is_officer and term.level is Level.NATION:
            keys.add(OFFICER_ROLE)
        if term.committee is not None:
            keys.add(committee_role(term.committee))
        if term.lc_id is not None:
            keys.add(lc_role(term.lc_id))
        if term.region_id is not None:
            keys.add(region_role(term.region_id))
    return frozenset(keys)


def differences(
    wanted: Mapping[int, Set[str]], present: Mapping[int, Set[int]], roles: Mapping[str, int], known: Set[int]
) -> list[Change]:
    """What to give and take, and nothing else.

    ``present``: those who are there, with the roles (Discord ids) that they have; ``roles``: key → Discord id of what
    the bot made. Other roles are never in the answer. Whoever is unknown to the records keeps what people gave them by
    hand, except for the national officers' role: that one opens doors.
    """
    changes: list[Change] = []
    keys = {role_id: key for key, role_id in roles.items()}
    for user, has in present.items():
        should = {roles[key] for key in wanted.get(user, ()) if key in roles}
        changes += [Change(user, keys[role_id], role_id, True) for role_id in sorted(should - has)]
        for role_id in sorted((has & keys.keys()) - should):
            if user in known or keys[role_id] == OFFICER_ROLE:
                changes.append(Change(user, keys[role_id], role_id, False))
    return changes
