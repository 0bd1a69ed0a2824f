from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from bot.clock import local_date
from bot.db import fetch, insert_if_absent
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import Recipient
from bot.deliveries.schedule import instant
from bot.features import Service
from bot.features.discord_roles import rules
from bot.features.discord_roles.models import RoleTrouble, ThreadGuest
from bot.features.discord_roles.queries import FEW, people_of, servers_of
from bot.features.discord_roles.records import ServerRoles, Trouble
from bot.features.members.places import told_at
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

#: Tells officers what keeps the bot from giving and taking roles, and from letting people into threads.
TROUBLE_KIND = MessageKind("discord_roles:trouble", N_("Word about roles that can't be given"))

_THREAD, _CHANNEL = "thread:lc:", "channel:lc:"


class DiscordRoleService(Service):
    async def organisations(self, guild_id: int | None = None) -> list[int]:
        """All organisations with a server, their own or an LC's, or the one to which a server is linked."""
        query = select(Server.organisation_id).distinct()
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
        """What everybody, or these (Discord ids), should have in each server of the organisation, and in those of its
        LCs for which roles were chosen. A fixed number of statements: three, and where roles show kinds of membership
        or interests, up to six more."""
        some = set(people) if people is not None and len(people) <= FEW else None
        async with self.database.reading() as connection:
            servers, parts = await servers_of(connection, organisation_id)
            if not servers:
                return []
            today = local_date(self.clock.now(), servers[0].time_zone)
            guests = select(ThreadGuest.thread_id, ThreadGuest.discord_user_id).where(
                ThreadGuest.organisation_id == organisation_id
            )
            if some is not None:
                guests = guests.where(ThreadGuest.discord_user_id.in_(some))
            made = {key for server in servers for key in parts[server.id]}
            known = await people_of(connection, organisation_id, today, some, made)
            let_in: dict[int, set[int]] = defaultdict(set)
            for guest in await fetch(connection, guests):
                let_in[guest.thread_id].add(guest.discord_user_id)
        everywhere = {user: rules.roles_of(one, today) for user, one in known.items()}
        belonging, officers, former = _by_lc(known, today)
        planned = []
        for server in servers:
            noted = parts[server.id]
            if server.lc_id is None:
                wanted, of_here = everywhere, frozenset(known)
            else:
                of_here = frozenset(belonging.get(server.lc_id, ()))
                wanted = {user: rules.roles_in_lc(known[user], server.lc_id, today) for user in of_here}
            planned.append(
                ServerRoles(
                    server.id,
                    server.discord_guild_id,
                    organisation_id,
                    {key: role_id for key, role_id in noted.items() if key.startswith("role:")},
                    wanted,
                    of_here,
                    {int(key.removeprefix(_THREAD)): one for key, one in noted.items() if key.startswith(_THREAD)},
                    officers,
                    former,
                    let_in,
                    frozenset(server.refused or ()),
                )
            )
        return planned

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
        (Discord ids), and nothing else is amiss. Its officers are told of each once, for as long as it lasts."""
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
            known.generation += 1
            query = (
                select(Organisation.id, Organisation.time_zone, Server.lc_id)
                .join(Server, Server.organisation_id == Organisation.id)
                .where(Server.id == server_id)
            )
            organisation = (await session.execute(query)).one()
            moment = Moment(organisation.id, organisation.time_zone, now)
            places: list[Recipient] = []
            if (lc_id := organisation.lc_id) is not None:
                places = (await told_at(session, organisation.id, [lc_id], moment.today))[lc_id]
            news = [
                TROUBLE_KIND.to(
                    recipient,
                    moment,
                    f"{known.id}:{known.generation}:{recipient.ref}",
                    {"server": server_id},
                    about=f"{TROUBLE_KIND}:{server_id}",
                )
                for recipient in places or [Recipient(RecipientKind.OFFICERS, organisation.id, "nation")]
            ]
            await enqueue(session, news, now)

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


def _by_lc(
    known: Mapping[int, rules.Known], today: date
) -> tuple[dict[int, set[int]], dict[int, set[int]], dict[int, set[int]]]:
    """LC → who belongs or belonged to it, its officers in office, and those whose last term as such is over."""
    belonging: dict[int, set[int]] = defaultdict(set)
    officers: dict[int, set[int]] = defaultdict(set)
    former: dict[int, set[int]] = defaultdict(set)
    for user, one in known.items():
        for term in one.terms:
            if term.lc_id is None or term.starts_on > today:
                continue
            belonging[term.lc_id].add(user)
            if term.is_officer:
                (officers if term.held_on(today) else former)[term.lc_id].add(user)
    return belonging, officers, {lc_id: users - officers.get(lc_id, set()) for lc_id, users in former.items()}
