"""Reading what the rule needs: the servers with what the bot made there, and what the records say of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from bot.db import Reader, fetch
from bot.features.committees.models import StandingCommittee
from bot.features.discord_roles.models import RoleTrouble
from bot.features.discord_roles.rules import Held, Known
from bot.features.local_committees.models import LocalCommittee
from bot.features.members.models import Contact, Interest, Profile
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.queries import standings
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.people.models import Level, Person, Post, Term
from bot.features.schools.models import School

#: How many ids a statement may name; for more people, it is asked about all.
FEW = 200


async def servers_of(reader: Reader, organisation_id: int) -> tuple[list[Row[Any]], dict[int, dict[str, int]]]:
    """The organisation's servers in which the bot is, and what it made in each. An LC's own is among them only if its
    officers have chosen roles."""
    query = (
        select(
            Server.id,
            Server.discord_guild_id,
            Server.lc_id,
            Organisation.time_zone,
            RoleTrouble.refused,
            ServerPart.key,
            ServerPart.discord_id,
        )
        .join(Organisation, Organisation.id == Server.organisation_id)
        .outerjoin(RoleTrouble, RoleTrouble.server_id == Server.id)
        .outerjoin(ServerPart, (ServerPart.server_id == Server.id) & (ServerPart.discord_id != PENDING))
        .where(Server.organisation_id == organisation_id, Server.absent_since.is_(None))
        .order_by(Server.id)
    )
    servers: dict[int, Row[Any]] = {}
    parts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await fetch(reader, query):
        servers.setdefault(row.id, row)
        if row.key is not None:
            parts[row.id][row.key] = row.discord_id
    chosen = [
        server
        for server in servers.values()
        if server.lc_id is None or any(key.startswith("role:") for key in parts[server.id])
    ]
    return chosen, parts


async def people_of(
    reader: Reader, organisation_id: int, today: date, some: Set[int] | None, roles: Set[str]
) -> dict[int, Known]:
    """Everybody of the organisation, or these (Discord ids), with what the records say of them. What no role among
    ``roles`` (keys) shows isn't looked up."""
    query = _TERMS.where(Person.organisation_id == organisation_id)
    if some is not None:
        query = query.where(Person.discord_user_id.in_(some))
    users: dict[int, int] = {}
    terms: dict[int, list[Held]] = defaultdict(list)
    for row in await fetch(reader, query):
        users[row.id] = row.discord_user_id
        if row.key is not None:
            terms[row.id].append(_held(row))
    ids = users.keys() if some is not None else None
    kinds: dict[int, MembershipKind] = {}
    interests: dict[int, set[str]] = defaultdict(set)
    if any(key.startswith("role:kind:") for key in roles):
        kinds = await _kinds(reader, organisation_id, ids, today)
    if any(key.startswith("role:interest:") for key in roles):
        interests = await _interests(reader, organisation_id, ids)
    return {
        user: Known(tuple(terms.get(one, ())), kinds.get(one), frozenset(interests.get(one, ())))
        for one, user in users.items()
    }


async def _kinds(reader: Reader, organisation_id: int, ids: Set[int] | None, today: date) -> dict[int, MembershipKind]:
    """What people are apart from their posts. Who has answered what joining asks is on the free list at least."""
    joined = select(Profile.person_id).where(Profile.organisation_id == organisation_id, Profile.joined_at.is_not(None))
    if ids is not None:
        joined = joined.where(Profile.person_id.in_(ids))
    kinds = {row.person_id: MembershipKind.FREE_LIST for row in await fetch(reader, joined)}
    for one, standing in (await standings(reader, organisation_id, ids, today, with_posts=False)).items():
        if standing.kind is not MembershipKind.FREE_LIST:
            kinds[one] = standing.kind
    return kinds


async def _interests(reader: Reader, organisation_id: int, ids: Set[int] | None) -> dict[int, set[str]]:
    """The committees that interest those who want to hear of it by a mention. For all others a role would be a mention
    that they didn't choose."""
    query = (
        select(Interest.person_id, StandingCommittee.key)
        .join(StandingCommittee, StandingCommittee.id == Interest.committee_id)
        .join(Profile, Profile.person_id == Interest.person_id)
        .where(
            StandingCommittee.organisation_id == organisation_id,
            Profile.joined_at.is_not(None),
            Profile.contact == Contact.CHANNEL,
        )
    )
    if ids is not None:
        query = query.where(Interest.person_id.in_(ids))
    found: dict[int, set[str]] = defaultdict(set)
    for row in await fetch(reader, query):
        found[row.person_id].add(row.key)
    return found


def _held(row: Row[Any]) -> Held:
    return Held(
        row.key, Level(row.level), row.is_officer, row.committee, row.lc_id, row.region_id, row.starts_on, row.ends_on
    )


_TERMS = (
    select(
        Person.id,
        Person.discord_user_id,
        Post.key,
        Post.level,
        Post.is_officer,
        Post.committee,
        Term.lc_id,
        School.region_id,
        Term.starts_on,
        Term.ends_on,
    )
    .select_from(Person)
    .outerjoin(Term, Term.person_id == Person.id)
    .outerjoin(Post, Post.id == Term.post_id)
    .outerjoin(LocalCommittee, LocalCommittee.id == Term.lc_id)
    .outerjoin(School, School.id == LocalCommittee.school_id)
    .where(Person.discord_user_id.is_not(None))
)
