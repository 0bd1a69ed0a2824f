"""When nobody is left who may appoint: the server's owner, or the bot's administrator, names a national officer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import Reader
from bot.deliveries.models import RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.organisations.models import Organisation, Server
from bot.features.people.actors import Caller
from bot.features.people.entitlements import appointing
from bot.features.people.models import Person, Term
from bot.features.people.rules import fiscal_year
from bot.features.people.terms import NATIONAL_OFFICER, appoint, ensure_person
from bot.features.posts.service import check_term
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment
from bot.typed import check_name

#: Tells all officers that one was named in another way than by them.
NAMED_KIND = MessageKind(
    "handovers:named", N_("Notice that a national officer was named"), urgency=Urgency.URGENT, tolerance=None
)
COMMAND_LINE = "python -m bot officer add"


class RescueService(Service):
    async def may(self, caller: Caller) -> bool:
        """May the caller, as the owner of the organisation's first server, name an officer because none is left?"""
        if not caller.owns_server or caller.guild_id is None:
            return False
        async with self.database.reading() as connection:
            organisation = await _owned(connection, caller.guild_id)
            return organisation is not None and not await _somebody_appoints(connection, organisation, self.clock.now())

    async def by_owner(self, caller: Caller, discord_user_id: int, display_name: str, ends_on: date) -> None:
        """Name a national officer from today on.

        Raises:
            NotAllowed: the caller doesn't own the organisation's first server.
            Conflict: a national officer who may appoint is in office.
            Invalid: the term is none that could be.
        """
        if not caller.owns_server or caller.guild_id is None:
            raise NotAllowed(N_("Only the owner of the server can do this. Please ask them."))
        now = self.clock.now()
        async with self.database.writing() as session:
            organisation = await _owned(session, caller.guild_id, lock=True)
            if organisation is None:
                raise NotAllowed(N_("Only the owner of the organisation's first server can do this. Please ask them."))
            if await _somebody_appoints(session, organisation, now):
                raise Conflict(N_("A national officer is in office. Please ask them to make the appointment."))
            today = local_date(now, organisation.time_zone)
            await self._appoint(
                session,
                organisation,
                discord_user_id,
                display_name,
                today,
                ends_on,
                caller.discord_user_id,
                caller.origin,
                now,
            )

    async def by_host(
        self,
        organisation: str | None,
        discord_user_id: int,
        display_name: str,
        starts_on: date | None,
        ends_on: date | None,
    ) -> tuple[str, date, date]:
        """Name a national officer, even while others are in office. The bot's administrator could write into the
        database anyway, and here it leaves a trace. ``organisation``: a name or an id; None if there is only one.
        Returns its name and the term.

        Raises:
            NotFound: there is no such organisation, or several fit.
            Invalid, Conflict: the term is none that could be, or the person is an officer then.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            found = (await session.scalars(select(Organisation).order_by(Organisation.id).with_for_update())).all()
            fitting = [
                one for one in found if organisation is None or organisation in (str(one.id), one.name_ja, one.name_en)
            ]
            if len(fitting) != 1:
                raise NotFound(
                    N_("Please name one of these organisations with --organisation: {names}"),
                    names=", ".join(f"{one.id} ({one.name_en})" for one in found) or "-",
                )
            here = fitting[0]
            first = starts_on or local_date(now, here.time_zone)
            last = ends_on or fiscal_year(first)[1]
            await self._appoint(session, here, discord_user_id, display_name, first, last, None, COMMAND_LINE, now)
            return here.name_en, first, last

    async def named(self, term_id: int) -> tuple[str, date, date] | None:
        """Name and term of somebody who was named in this way."""
        query = (
            select(Person.display_name, Term.starts_on, Term.ends_on)
            .join(Term, Term.person_id == Person.id)
            .where(Term.id == term_id)
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (row.display_name, row.starts_on, row.ends_on) if row else None

    async def _appoint(
        self,
        session: AsyncSession,
        organisation: Organisation,
        discord_user_id: int,
        display_name: str,
        starts_on: date,
        ends_on: date,
        by_discord_id: int | None,
        origin: str,
        now: datetime,
    ) -> None:
        check_term(starts_on, ends_on)
        if not display_name.strip():
            raise Invalid(N_("Please enter the person's name."))
        check_name(display_name)
        person = await ensure_person(
            session,
            organisation_id=organisation.id,
            discord_user_id=discord_user_id,
            display_name=display_name.strip()[:100],
            at=now,
        )
        term_id = await appoint(
            session,
            person,
            NATIONAL_OFFICER,
            starts_on=starts_on,
            ends_on=ends_on,
            at=now,
            by_discord_id=by_discord_id,
            origin=origin,
        )
        if term_id is None:
            raise Conflict(
                N_("This person already holds the post on some of those days. Please check the list of terms.")
            )
        officers = Recipient(RecipientKind.OFFICERS, organisation.id)
        moment = Moment(organisation.id, organisation.time_zone, now)
        payload = {"term": term_id, "by": by_discord_id}
        await enqueue(session, [NAMED_KIND.to(officers, moment, term_id, payload)], now)


async def _owned(reader: Reader, guild_id: int, *, lock: bool = False) -> Organisation | None:
    """The organisation whose first server this is: those linked later may belong to anybody."""
    first = (
        select(Server.discord_guild_id)
        .where(Server.organisation_id == Organisation.id, Server.lc_id.is_(None), Server.absent_since.is_(None))
        .order_by(Server.id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(Organisation.id, Organisation.time_zone).where(first == guild_id)
    if lock:
        query = query.with_for_update()
    row = (await reader.execute(query)).one_or_none()
    return Organisation(id=row.id, time_zone=row.time_zone) if row else None


async def _somebody_appoints(reader: Reader, organisation: Organisation, now: datetime) -> bool:
    """Is somebody who may appoint national officers in office?"""
    query = appointing(organisation.id, local_date(now, organisation.time_zone))
    return await reader.scalar(query.limit(1)) is not None
