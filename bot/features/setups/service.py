from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import HOME_ZONE, local_date
from bot.db import Reader, insert_if_absent
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.briefs.service import plan_next
from bot.features.committees.service import add_committees
from bot.features.handovers.asking import plan_next as plan_handovers
from bot.features.local_committees.acting import add_local_committees
from bot.features.local_committees.queries import with_lc
from bot.features.memberships.renewals import plan_year
from bot.features.organisations.models import Organisation, OrganisationKind, Server, ServerPart
from bot.features.organisations.naming import both_names
from bot.features.organisations.parts import note
from bot.features.people import rules
from bot.features.people.actors import Caller
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.terms import NATIONAL_OFFICER, add_posts, appoint, ensure_person
from bot.features.schools.directory import add_medical_schools, add_other_institution
from bot.features.tasks.reminding import plan_next as plan_tasks
from bot.i18n import N_
from bot.kit.moments import Moment

NEEDS_MANAGE_SERVER = N_(
    "You need the “Manage Server” permission to set up this server. Please ask someone who has it."
)
LINKED = N_("This server is already linked to an organisation. Run /setup to see its status.")


class SetupService(Service):
    def default_term(self) -> tuple[date, date]:
        """From today to the end of the fiscal year."""
        today = local_date(self.clock.now(), HOME_ZONE)
        return today, rules.fiscal_year(today)[1]

    async def linked(self, caller: Caller) -> LinkedServer | None:
        """How the caller's server stands; None if it isn't linked.

        Raises:
            NotAllowed: the caller may not manage the server.
        """
        guild_id = _managed_guild(caller)
        async with self.database.reading() as connection:
            return await self._linked(connection, guild_id, self.clock.now())

    async def require_unlinked(self, caller: Caller) -> None:
        """Asked before somebody fills in what a server is.

        Raises:
            NotAllowed: the caller may not manage the server.
            Conflict: the server is linked already.
        """
        if await self.linked(caller) is not None:
            raise Conflict(LINKED)

    async def linkable(self, caller: Caller) -> list[Linkable]:
        """The organisations of which the caller is a national officer today."""
        _managed_guild(caller)
        async with self.database.reading() as connection:
            return await self._linkable(connection, caller, self.clock.now())

    async def create(self, caller: Caller, new: NewOrganisation) -> LinkedServer:
        """Bring an organisation into being, with its directory and first officers, and link the server to it.

        Raises:
            NotAllowed: the caller may not manage the server.
            Conflict: the server is linked already.
            Invalid: a name is empty or none, nobody is named, or the term is not one that is running or to come.
        """
        guild_id = _managed_guild(caller)
        name_ja, name_en = new.name_ja.strip(), new.name_en.strip()
        if not (name_ja or name_en):
            raise Invalid(N_("Please enter the organisation's name."))
        name_ja, name_en = both_names(name_ja, name_en, 100)
        if not new.officers:
            raise Invalid(N_("Please choose at least one national officer, so that someone can take it from here."))
        now = self.clock.now()
        today = local_date(now, HOME_ZONE)
        if new.ends_on < new.starts_on:
            raise Invalid(
                N_("The term ends ({ends}) before it starts ({starts}). Please check the dates."),
                starts=new.starts_on,
                ends=new.ends_on,
            )
        if not new.starts_on <= today <= new.ends_on:
            raise Invalid(
                N_("The first officers' term must include today ({today}). Otherwise nobody could do anything yet."),
                today=today,
            )
        async with self.database.writing() as session:
            organisation = Organisation(
                kind=new.start.kind.value,
                name_ja=name_ja,
                name_en=name_en,
                language=new.language,
                created_at=now,
            )
            session.add(organisation)
            await session.flush()
            await self._link(session, caller, guild_id, organisation.id, now)
            await add_posts(session, organisation.id, now)
            await add_other_institution(session, organisation.id)
            if new.start.kind is OrganisationKind.ASSOCIATION:
                add_committees(session, organisation.id)
            if new.start is Start.JAPAN_ASSOCIATION:
                add_local_committees(session, await add_medical_schools(session, organisation.id), now)
            await session.flush()
            for discord_id, display_name in new.officers.items():
                person = await ensure_person(
                    session,
                    organisation_id=organisation.id,
                    discord_user_id=discord_id,
                    display_name=display_name,
                    at=now,
                )
                await appoint(
                    session,
                    person,
                    NATIONAL_OFFICER,
                    starts_on=new.starts_on,
                    ends_on=new.ends_on,
                    at=now,
                    by_discord_id=caller.discord_user_id,
                    origin=caller.origin,
                )
            add_entry(
                session,
                at=now,
                organisation_id=organisation.id,
                actor_discord_id=caller.discord_user_id,
                origin=caller.origin,
                action="organisation.create",
                subject_kind="organisation",
                subject_id=organisation.id,
                fields=("kind", "name_ja", "name_en"),
            )
            moment = Moment(organisation.id, organisation.time_zone, now)
            for plan in (plan_next, plan_handovers, plan_year, plan_tasks):
                await plan(session, moment)
            linked = await self._linked(session, guild_id, now)
            assert linked is not None
            return linked

    async def link(self, caller: Caller, organisation_id: int) -> LinkedServer:
        """Link the caller's server to an organisation that exists.

        Raises:
            NotAllowed: the caller may not manage the server, or is no national officer of that organisation today.
            Conflict: the server is linked already.
        """
        guild_id = _managed_guild(caller)
        now = self.clock.now()
        async with self.database.writing() as session:
            if organisation_id not in {one.organisation_id for one in await self._linkable(session, caller, now)}:
                raise NotAllowed(N_("Only a current national officer can link a server to that organisation."))
            await self._link(session, caller, guild_id, organisation_id, now)
            linked = await self._linked(session, guild_id, now)
            assert linked is not None
            return linked

    async def note_part(self, caller: Caller, server_id: int, key: str, discord_id: int) -> None:
        """Remember what the bot is about to make (``PENDING``) and then has made, so that an interrupted set-up goes on
        where it was.

        Raises:
            NotAllowed: the caller may not manage the server.
            NotFound: the server is not linked any more.
        """
        guild_id = _managed_guild(caller)
        async with self.database.writing() as session:
            server = await session.get(Server, server_id)
            if server is None or server.discord_guild_id != guild_id:
                raise NotFound(N_("This server is no longer linked to an organisation. Please run /setup again."))
            await note(
                session,
                server,
                key,
                discord_id,
                at=self.clock.now(),
                by_discord_id=caller.discord_user_id,
                origin=caller.origin,
            )

    async def _linkable(self, reader: Reader, caller: Caller, now: datetime) -> list[Linkable]:
        query = (
            select(
                Organisation.id,
                Organisation.name_ja,
                Organisation.name_en,
                Organisation.time_zone,
                Term.starts_on,
                Term.ends_on,
            )
            .join(Person, Person.organisation_id == Organisation.id)
            .join(Term, Term.person_id == Person.id)
            .join(Post, Post.id == Term.post_id)
            .where(Person.discord_user_id == caller.discord_user_id, Post.level == Level.NATION, Post.is_officer)
            .order_by(Organisation.id)
        )
        found = {
            row.id: Linkable(row.id, row.name_ja, row.name_en)
            for row in await reader.execute(query)
            if row.starts_on <= local_date(now, row.time_zone) <= row.ends_on
        }
        return list(found.values())

    async def _link(
        self, session: AsyncSession, caller: Caller, guild_id: int, organisation_id: int, now: datetime
    ) -> None:
        server_id = await insert_if_absent(
            session, Server, organisation_id=organisation_id, discord_guild_id=guild_id, linked_at=now
        )
        if server_id is None:
            raise Conflict(LINKED)
        add_entry(
            session,
            at=now,
            organisation_id=organisation_id,
            actor_discord_id=caller.discord_user_id,
            origin=caller.origin,
            action="server.link",
            subject_kind="server",
            subject_id=server_id,
            fields=("discord_guild_id",),
        )

    async def _linked(self, reader: Reader, guild_id: int, now: datetime) -> LinkedServer | None:
        row = (await reader.execute(SERVER, {"guild": guild_id})).one_or_none()
        if row is None:
            return None
        today = local_date(now, row.time_zone)
        parts = await reader.execute(
            select(ServerPart.key, ServerPart.discord_id).where(ServerPart.server_id == row.id)
        )
        officers = await reader.execute(officers_in_office(row.organisation_id, today))
        own = OwnServer(row.lc_id, row.lc_ja, row.lc_en, row.announcements_channel_id) if row.lc_id else None
        return LinkedServer(
            server_id=row.id,
            organisation_id=row.organisation_id,
            name_ja=row.name_ja,
            name_en=row.name_en,
            kind=OrganisationKind(row.kind),
            language=row.language,
            parts={row.key: row.discord_id for row in parts},
            officers={row.discord_user_id: row.display_name for row in officers},
            own=own,
        )


def _managed_guild(caller: Caller) -> int:
    if caller.guild_id is None or not caller.manages_server:
        raise NotAllowed(NEEDS_MANAGE_SERVER)
    return caller.guild_id


class Start(StrEnum):
    """What an organisation is, and with which directory it begins."""

    JAPAN_ASSOCIATION = "japan_association"  # the 82 medical schools of Japan
    ASSOCIATION = "association"
    PROGRAMME = "programme"
    SOCIETY = "society"

    @property
    def kind(self) -> OrganisationKind:
        return OrganisationKind.ASSOCIATION if self is Start.JAPAN_ASSOCIATION else OrganisationKind(self.value)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What the form asks. ``officers``: Discord user id → name, the first national officers."""

    name_ja: str
    name_en: str
    start: Start
    officers: Mapping[int, str]
    starts_on: date
    ends_on: date
    #: The language of public messages: the one of the set-up.
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class OwnServer:
    """What makes a server an LC's own. ``announcements``: the channel that people chose for them, if they did."""

    lc_id: int
    name_ja: str
    name_en: str
    announcements: int | None


@dataclass(frozen=True, slots=True)
class LinkedServer:
    """Where a server stands. ``parts``: key → Discord id of what the bot made there; ``officers``: those in office,
    Discord id → name."""

    server_id: int
    organisation_id: int
    name_ja: str
    name_en: str
    kind: OrganisationKind
    language: str
    parts: Mapping[str, int]
    officers: Mapping[int, str]
    #: None for a server of the organisation itself.
    own: OwnServer | None


@dataclass(frozen=True, slots=True)
class Linkable:
    """An organisation that the caller, as one of its national officers, may link a server to."""

    organisation_id: int
    name_ja: str
    name_en: str


SERVER = with_lc(
    select(
        Server.id,
        Server.organisation_id,
        Organisation.name_ja,
        Organisation.name_en,
        Organisation.kind,
        Organisation.language,
        Organisation.time_zone,
        Server.lc_id,
        Server.announcements_channel_id,
    ).join(Organisation, Organisation.id == Server.organisation_id),
    Server.lc_id,
    outer=True,
).where(Server.discord_guild_id == bindparam("guild"))


def officers_in_office(organisation_id: int, today: date) -> Select[int | None, str]:
    """National officers who are on Discord: id and name."""
    return (
        select(Person.discord_user_id, Person.display_name)
        .join(Term, Term.person_id == Person.id)
        .join(Post, Post.id == Term.post_id)
        .where(
            Person.organisation_id == organisation_id,
            Person.discord_user_id.is_not(None),
            Post.level == Level.NATION,
            Post.is_officer,
            Term.held_on(today),
        )
        .distinct()
        .order_by(Person.discord_user_id)
    )
