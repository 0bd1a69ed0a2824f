from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Set
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, delete, select

from bot.clock import local_date
from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import NewDelivery, Recipient
from bot.deliveries.schedule import instant
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.discord_roles import rules
from bot.features.discord_roles.models import RoleTrouble, ThreadGuest
from bot.features.discord_roles.records import RoleCatalogue, RoleName, ServerRoles, Trouble
from bot.features.local_committees.models import LocalCommittee
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.people.actors import Actor
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School

#: Tells officers what keeps the bot from giving and taking roles, and from letting people into threads.
TROUBLE_KIND = "discord_roles:trouble"
#: How many ids a statement may name; for more people, it is asked about all.
FEW = 200

_THREAD, _CHANNEL = "thread:lc:", "channel:lc:"


class DiscordRoleService(Service):
    async def organisations(self, guild_id: int | None = None) -> list[int]:
        """All organisations with a server, or the one to which a server is linked."""
        query = select(Server.organisation_id).where(Server.lc_id.is_(None)).distinct()
        if guild_id is not None:
            query = query.where(Server.discord_guild_id == guild_id)
        async with self.database.reading() as connection:
            return list((await connection.scalars(query)).all())

    async def next_midnight(self) -> datetime:
        """When the next day begins in some organisation, or where one founded meanwhile would be."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            zones = (await connection.scalars(select(Organisation.time_zone).distinct())).all()
        home = str(Organisation.__table__.c.time_zone.default.arg)
        days = [(local_date(now, zone) + timedelta(days=1), zone) for zone in {home, *zones}]
        return min(instant(datetime.combine(day, time(0)), zone) for day, zone in days)

    async def plan(self, organisation_id: int, people: Collection[int] | None = None) -> list[ServerRoles]:
        """What everybody, or these (Discord ids), should have in each server of the organisation. Three statements."""
        some = set(people) if people is not None and len(people) <= FEW else None
        async with self.database.reading() as connection:
            servers, parts = await _servers(connection, organisation_id)
            if not servers:
                return []
            today = local_date(self.clock.now(), servers[0].time_zone)
            query = _TERMS.where(Person.organisation_id == organisation_id)
            guests = select(ThreadGuest.thread_id, ThreadGuest.discord_user_id).where(
                ThreadGuest.organisation_id == organisation_id
            )
            if some is not None:
                query = query.where(Person.discord_user_id.in_(some))
                guests = guests.where(ThreadGuest.discord_user_id.in_(some))
            rows = await fetch(connection, query)
            let_in: dict[int, set[int]] = defaultdict(set)
            for guest in await fetch(connection, guests):
                let_in[guest.thread_id].add(guest.discord_user_id)
        terms: dict[int, list[rules.Held]] = {}
        for row in rows:
            held = terms.setdefault(row.discord_user_id, [])
            if row.key is not None:
                held.append(_held(row))
        wanted = {user: rules.roles_of(held, today) for user, held in terms.items()}
        officers: dict[int, set[int]] = defaultdict(set)
        former: dict[int, set[int]] = defaultdict(set)
        for user, held in terms.items():
            for term in held:
                if term.is_officer and term.lc_id is not None and term.starts_on <= today:
                    (officers if term.held_on(today) else former)[term.lc_id].add(user)
        former = {lc_id: users - officers.get(lc_id, set()) for lc_id, users in former.items()}
        return [
            ServerRoles(
                server.id,
                server.discord_guild_id,
                organisation_id,
                {key: noted for key, noted in parts[server.id].items() if key.startswith("role:")},
                wanted,
                terms.keys(),
                {
                    int(key.removeprefix(_THREAD)): noted
                    for key, noted in parts[server.id].items()
                    if key.startswith(_THREAD)
                },
                officers,
                former,
                let_in,
                frozenset(server.refused or ()),
            )
            for server in servers
        ]

    async def note_guests(self, organisation_id: int, thread_id: int, came: Set[int], went: Set[int]) -> None:
        """Remember whom the bot let into an officers' thread, and whom out."""
        async with self.database.writing() as session:
            for user in came:
                await insert_if_absent(
                    session, ThreadGuest, organisation_id=organisation_id, thread_id=thread_id, discord_user_id=user
                )
            if went:
                await session.execute(
                    delete(ThreadGuest).where(ThreadGuest.thread_id == thread_id, ThreadGuest.discord_user_id.in_(went))
                )

    async def note_trouble(self, server_id: int, refused: Set[int]) -> None:
        """These roles can be neither given nor taken in a server, these LC officers' threads are closed to the bot
        (Discord ids), and nothing else is amiss. The officers are told of each once, for as long as it lasts."""
        now = self.clock.now()
        async with self.database.writing() as session:
            here = select(RoleTrouble).where(RoleTrouble.server_id == server_id)
            known = await session.scalar(here.with_for_update())
            told: set[int] = set(known.refused) if known is not None else set()
            if not refused:
                if known is not None:
                    await session.delete(known)
                return
            if known is None:
                await insert_if_absent(session, RoleTrouble, server_id=server_id, refused=[], since=now)
                known = (await session.scalars(here)).one()
            known.refused = sorted(refused)
            if refused <= told:
                return
            query = (
                select(Organisation.id, Organisation.time_zone)
                .join(Server, Server.organisation_id == Organisation.id)
                .where(Server.id == server_id)
            )
            organisation = (await session.execute(query)).one()
            new = NewDelivery(
                organisation_id=organisation.id,
                kind=TROUBLE_KIND,
                key=f"{TROUBLE_KIND}:{known.id}:{min(refused - told)}:{now.timestamp():.0f}",
                subject=f"{TROUBLE_KIND}:{server_id}",
                recipient=Recipient(RecipientKind.OFFICERS, organisation.id),
                due_at=now,
                time_zone=organisation.time_zone,
                payload={"server": server_id},
            )
            await enqueue(session, [new], now)

    async def trouble(self, server_id: int) -> Trouble | None:
        """What can't be done in a server; None if all is well."""
        query = (
            select(Server.discord_guild_id, RoleTrouble.refused)
            .join(RoleTrouble, RoleTrouble.server_id == Server.id)
            .where(Server.id == server_id)
        )
        noted = select(ServerPart.key, ServerPart.discord_id).where(ServerPart.server_id == server_id)
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            parts = {part.key: part.discord_id for part in await fetch(connection, noted)}
        if row is None:
            return None
        lcs = {noted: key.removeprefix(_THREAD) for key, noted in parts.items() if key.startswith(_THREAD)}
        channels = (parts.get(f"{_CHANNEL}{lcs[one]}", PENDING) for one in row.refused if one in lcs)
        return Trouble(
            row.discord_guild_id,
            tuple(one for one in row.refused if one not in lcs),
            tuple(one for one in channels if one != PENDING),
        )

    async def catalogue(self, actor: Actor) -> RoleCatalogue:
        """What roles could be made in the actor's server besides those of the officers and the LCs.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.BUILD_CHANNELS)
        here = actor.organisation.id
        async with self.database.reading() as connection:
            parts = await fetch(
                connection,
                select(ServerPart.key, ServerPart.discord_id)
                .join(Server, Server.id == ServerPart.server_id)
                .where(Server.organisation_id == here, Server.discord_guild_id == actor.caller.guild_id),
            )
            committees = await fetch(
                connection,
                select(StandingCommittee.key, StandingCommittee.abbreviation)
                .where(StandingCommittee.organisation_id == here)
                .order_by(StandingCommittee.position),
            )
            regions = await fetch(
                connection,
                select(Region.id, Region.name_ja, Region.name_en)
                .where(Region.organisation_id == here)
                .order_by(Region.position),
            )
            posts = await fetch(
                connection,
                select(Post.key, Post.name_ja, Post.name_en)
                .where(Post.organisation_id == here, Post.retired_at.is_(None))
                .order_by(Post.position),
            )
        return RoleCatalogue(
            actor.organisation.language,
            {row.key: row.discord_id for row in parts},
            tuple(RoleName(rules.committee_role(row.key), row.abbreviation, row.abbreviation) for row in committees),
            tuple(RoleName(rules.region_role(row.id), row.name_ja, row.name_en) for row in regions),
            tuple(RoleName(rules.post_role(row.key), row.name_ja, row.name_en) for row in posts),
        )


async def _servers(reader: Reader, organisation_id: int) -> tuple[list[Row[Any]], dict[int, dict[str, int]]]:
    """The organisation's servers in which the bot is, and what it made in each. LCs' own servers get no roles."""
    query = (
        select(
            Server.id,
            Server.discord_guild_id,
            Organisation.time_zone,
            RoleTrouble.refused,
            ServerPart.key,
            ServerPart.discord_id,
        )
        .join(Organisation, Organisation.id == Server.organisation_id)
        .outerjoin(RoleTrouble, RoleTrouble.server_id == Server.id)
        .outerjoin(ServerPart, (ServerPart.server_id == Server.id) & (ServerPart.discord_id != PENDING))
        .where(Server.organisation_id == organisation_id, Server.lc_id.is_(None), Server.absent_since.is_(None))
        .order_by(Server.id)
    )
    servers: dict[int, Row[Any]] = {}
    parts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await fetch(reader, query):
        servers.setdefault(row.id, row)
        if row.key is not None:
            parts[row.id][row.key] = row.discord_id
    return list(servers.values()), parts


def _held(row: Row[Any]) -> rules.Held:
    return rules.Held(
        row.key, Level(row.level), row.is_officer, row.committee, row.lc_id, row.region_id, row.starts_on, row.ends_on
    )


_TERMS = (
    select(
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
