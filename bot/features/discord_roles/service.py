from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, select

from bot.clock import local_date
from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.schedule import instant
from bot.deliveries.values import Recipient
from bot.errors import Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.discord_roles import rules
from bot.features.discord_roles.models import RoleTrouble, ThreadGuest
from bot.features.discord_roles.rules import Group, Held, Known, RoleCatalogue, RoleName, ServerRoles, Trouble
from bot.features.homes.facts import Query
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import join_lc, with_lc
from bot.features.members.models import Contact, Interest, Profile
from bot.features.members.reaching import told_at
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.queries import standings
from bot.features.memberships.rules import kinds
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import LC_OFFICER_ROLE, PENDING, note
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Asker, lcs_where
from bot.features.people.changes import change_by
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

#: Tells officers what keeps the bot from giving and taking roles, and from letting people into threads.
TROUBLE_KIND = MessageKind("discord_roles:trouble", N_("Notices about roles that can't be assigned"))
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
        """Remember which people the bot let into an officers' thread, and out of it."""
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
        """These roles can't be given or taken in a server, and these LC officers' threads are closed to the bot
        (Discord ids); all else works. Its officers are told of each once, while it lasts."""
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
    """Everybody of the organisation, or these (Discord ids), with what the records say of them. Facts that no role
    among ``roles`` (keys) shows aren't looked up."""
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
    """People's memberships apart from their posts. Everybody who has finished joining is at least on the free list."""
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


_TERMS = join_lc(
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
    .outerjoin(Post, Post.id == Term.post_id),
    Term.lc_id,
    outer=True,
).where(Person.discord_user_id.is_not(None))
OPEN = NextStep(N_("Automatic roles"), "discord_roles:show")


class RoleCatalogueService(Service):
    async def catalogue(self, actor: Actor) -> RoleCatalogue:
        """What roles could be made in the actor's server: in one of the organisation besides those of the officers and
        the LCs, in an LC's own only what concerns that LC.

        Raises:
            NotAllowed: the actor is no national officer in office, nor, in an LC's own server, an officer of that LC.
            NotFound: the server isn't linked to the actor's organisation.
        """
        async with self.database.reading() as connection:
            server = await _server(connection, actor)
            _require(actor, server.lc_id)
            parts = await fetch(
                connection, select(ServerPart.key, ServerPart.discord_id).where(ServerPart.server_id == server.id)
            )
            groups = await _groups(connection, actor.organisation.id, server.lc_id)
        return RoleCatalogue(
            actor.organisation.language, {row.key: row.discord_id for row in parts}, groups, server.lc_id
        )

    async def note_role(self, actor: Actor, key: str, discord_id: int) -> None:
        """Remember the role of the catalogue that the bot is about to make (``PENDING``) or has made in the actor's
        server.

        Raises:
            NotAllowed, NotFound: as in ``catalogue``.
            Invalid: the catalogue of this server has no such role.
        """
        async with change_by(self, actor) as change:
            session = change.session
            found = await _server(session, actor)
            _require(actor, found.lc_id)
            groups = await _groups(session, actor.organisation.id, found.lc_id)
            if key not in {one.key for names in groups.values() for one in names}:
                raise Invalid(N_("There are no roles of this kind to create. Please open the list again."))
            await note(
                session,
                await session.get_one(Server, found.id),
                key,
                discord_id,
                at=change.now,
                by_discord_id=actor.caller.discord_user_id,
                origin=actor.caller.origin,
            )


def _require(actor: Actor, lc_id: int | None) -> None:
    if lc_id is None:
        actor.require(Right.BUILD_CHANNELS)
    else:
        actor.require(Right.KEEP_LC_SERVER, lc_id)


async def _server(reader: Reader, actor: Actor) -> Row[tuple[int, int | None]]:
    rows = await fetch(reader, _here(actor))
    if not rows:
        # People who may do nothing here hear that first.
        actor.require(Right.BUILD_CHANNELS)
        raise NotFound(N_("This server is no longer linked to an organisation. Please run /setup again."))
    return rows[0]


def _here(actor: Actor) -> Select[int, int | None]:
    return select(Server.id, Server.lc_id).where(*_is_here(Asker.of(actor)))


def _is_here(asker: Asker) -> tuple[ColumnElement[bool], ...]:
    return Server.organisation_id == asker.organisation_id, Server.discord_guild_id == asker.guild_id


_OWN_SERVER = select(Server.lc_id).where(*_is_here(ASKER), Server.lc_id.in_(lcs_where(Right.KEEP_LC_SERVER)))


def own_server_here(actor: Actor) -> Query | None:
    """For home: the LC (``lc_id``) whose own server this is, if the actor may choose roles for it."""
    return _OWN_SERVER if actor.lcs_where(Right.KEEP_LC_SERVER) else None


async def _groups(reader: Reader, organisation_id: int, lc_id: int | None) -> dict[Group, tuple[RoleName, ...]]:
    """In the order in which they are shown."""
    committees = await fetch(
        reader,
        select(StandingCommittee.key, StandingCommittee.abbreviation)
        .where(StandingCommittee.organisation_id == organisation_id)
        .order_by(StandingCommittee.position),
    )
    posts = select(Post.key, Post.name_ja, Post.name_en).where(
        Post.organisation_id == organisation_id, Post.retired_at.is_(None)
    )
    if lc_id is not None:
        posts = posts.where(Post.level == Level.LC, Post.is_officer)
    groups: dict[Group, tuple[RoleName, ...]] = {}
    if lc_id is not None:
        groups[Group.LC] = await _of_lc(reader, lc_id)
    groups[Group.COMMITTEE] = tuple(
        RoleName(rules.committee_role(row.key), row.abbreviation, row.abbreviation) for row in committees
    )
    groups[Group.INTEREST] = tuple(
        RoleName(rules.interest_role(row.key), row.abbreviation, row.abbreviation) for row in committees
    )
    groups[Group.KIND] = tuple(
        RoleName(rules.kind_role(kind), card.name_ja, card.name_en)
        for kind, card in kinds().items()
        if lc_id is None or kind in rules.KINDS_IN_LC
    )
    if lc_id is None:
        groups[Group.REGION] = await _regions(reader, organisation_id)
    groups[Group.POST] = tuple(
        RoleName(rules.post_role(row.key), row.name_ja, row.name_en)
        for row in await fetch(reader, posts.order_by(Post.position))
    )
    return groups


async def _regions(reader: Reader, organisation_id: int) -> tuple[RoleName, ...]:
    query = select(Region.id, Region.name_ja, Region.name_en).where(Region.organisation_id == organisation_id)
    return tuple(
        RoleName(rules.region_role(row.id), row.name_ja, row.name_en)
        for row in await fetch(reader, query.order_by(Region.position))
    )


async def _of_lc(reader: Reader, lc_id: int) -> tuple[RoleName, ...]:
    """Everybody of the LC, and its officers."""
    (row,) = await fetch(reader, with_lc(select(LocalCommittee.id)).where(LocalCommittee.id == lc_id))
    return tuple(RoleName(key, row.lc_ja, row.lc_en) for key in (rules.lc_role(lc_id), LC_OFFICER_ROLE))
