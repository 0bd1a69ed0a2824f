from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.errors import NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.calendars.events import EventSource, entry_of
from bot.features.calendars.models import CalendarAddress, ScopeKind
from bot.features.calendars.values import Address, CalendarSource, Choice, Contents, Feed, Scope
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.values import JOIN
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Preference, Term
from bot.i18n import N_, pick_language, words_for
from bot.kit.moments import Moment

#: What calendar programs and people call somebody's own.
OWN_NAME = N_("Events I take part in")
LIST = NextStep(N_("Calendars"), "calendars:list")
GONE = N_("That calendar doesn't exist any more. Please choose from the list.")
NOT_YOURS = N_("Only members of this LC can have its calendar. Please choose another one.")
#: Part of each version: raised when the same entries are written in another way.
_FORM = 1


class CalendarService(Service):
    source: CalendarSource = EventSource()

    async def choices(self, actor: Actor) -> list[Choice]:
        """The calendars that the actor can have: their own, those of their LCs, of all committees, and of the
        organisation."""
        organisation = actor.organisation
        own_lcs = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id.in_(actor.lc_ids))
        here = StandingCommittee.organisation_id == organisation.id
        committees = select(*StandingCommittee.__table__.c).where(here).order_by(StandingCommittee.position)
        async with self.database.reading() as connection:
            lcs = await fetch(connection, own_lcs.order_by(LocalCommittee.id)) if actor.lc_ids else []
            rows = await fetch(connection, committees)
            made = await _made_by(connection, actor)
        found = [
            *([(Scope(ScopeKind.OWN), "", "")] if actor.person_id is not None else []),
            *((Scope(ScopeKind.LC, row.id), row.lc_ja, row.lc_en) for row in lcs),
            *((Scope(ScopeKind.COMMITTEE, row.id), row.name_ja, row.name_en) for row in rows),
            (Scope(ScopeKind.ORGANISATION), organisation.name_ja, organisation.name_en),
        ]
        return [_choice(made.get(scope), scope, ja, en) for scope, ja, en in found]

    async def choice(self, actor: Actor, scope: Scope) -> Choice:
        """One of them. Raises NotAllowed; NotFound."""
        _require(actor, scope)
        for one in await self.choices(actor):
            if one.scope == scope:
                return one
        raise NotFound(GONE, next_steps=[LIST])

    async def contents(self, actor: Actor, scope: Scope) -> Contents:
        """What is in it now, for a file. Raises NotAllowed; NotFound."""
        choice = await self.choice(actor, scope)
        words = words_for(actor.language)
        feed = Feed(scope, actor.person_id, actor.language)
        async with self.database.reading() as connection:
            entries = await self.source.entries(connection, feed, actor.moment(self.clock.now()))
        return Contents(words.either(choice.name_ja, choice.name_en) or words(OWN_NAME), entries)

    async def event(self, actor: Actor, event_id: int) -> Contents:
        """One event alone, for a file. Raises NotFound."""
        async with self.database.reading() as connection:
            entry = await entry_of(connection, actor, event_id)
        return Contents(entry.title, [entry])

    async def make(self, actor: Actor, scope: Scope) -> str:
        """A new address for the actor; the older one of this calendar ends. Returns the token, which nobody can ask
        for again.

        Raises:
            NotAllowed: it is the calendar of somebody else's LC.
            NotFound: there is no such calendar, or the actor hasn't joined.
        """
        await self.choice(actor, scope)
        token = secrets.token_urlsafe(32)
        async with change_by(self, actor) as change:
            _require(change.actor, scope)
            await _end(change, scope)
            address = CalendarAddress(
                organisation_id=actor.organisation.id,
                person_id=change.actor.person_id,
                scope=scope.kind.value,
                lc_id=scope.of if scope.kind is ScopeKind.LC else None,
                committee_id=scope.of if scope.kind is ScopeKind.COMMITTEE else None,
                digest=digest_of(token),
                made_at=change.now,
            )
            change.session.add(address)
            await change.session.flush()
            change.note("calendar.make", "calendar", address.id)
        return token

    async def revoke(self, actor: Actor, scope: Scope) -> None:
        """End the actor's address of this calendar, also of an LC that they have left. Raises NotFound."""
        async with change_by(self, actor) as change:
            ended = await _end(change, scope)
            if not ended:
                raise NotFound(N_("There is no address to turn off."), next_steps=[LIST])
            for address_id in ended:
                change.note("calendar.revoke", "calendar", address_id)

    async def behind(self, token: str) -> Address | None:
        """The address with this token; None if there is none, it was revoked, or the one who made it has left the LC.
        Three statements, four for an LC."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            rows = await fetch(connection, _BEHIND.where(CalendarAddress.digest == digest_of(token)))
            if not rows:
                return None
            row = rows[0]
            moment = Moment(row.organisation_id, row.time_zone, now)
            if row.lc_id is not None and not await _belongs(connection, row, moment.today):
                return None
            scope = Scope(ScopeKind(row.scope), row.lc_id or row.committee_id or 0)
            language = pick_language(row.chosen, None, row.language)
            feed, name = Feed(scope, row.person_id, language), _name(row, language)
            version = await self.source.version(connection, feed, moment)
        whole = f"{_FORM} {language} {name} {moment.today} {version}"
        return Address(row.id, feed, moment, name, whole, row.last_fetched_on)

    async def behind_contents(self, address: Address) -> Contents:
        """What it shows."""
        async with self.database.reading() as connection:
            entries = await self.source.entries(connection, address.feed, address.moment)
        return Contents(address.name, entries)

    async def note_fetched(self, address: Address) -> None:
        """A calendar program asked for it today."""
        async with self.database.writing() as session:
            await _note_day(session, address.address_id, address.moment.today)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _require(actor: Actor, scope: Scope) -> None:
    """Raises NotAllowed; NotFound."""
    if scope.kind is ScopeKind.LC and scope.of not in actor.lc_ids:
        raise NotAllowed(NOT_YOURS, next_steps=[LIST])
    if scope.kind is ScopeKind.OWN and actor.person_id is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])


def _choice(row: Row[Any] | None, scope: Scope, ja: str, en: str) -> Choice:
    return Choice(scope, ja, en, row and row.made_at, row and row.last_fetched_on)


def _here(actor: Actor, scope: Scope) -> list[ColumnElement[bool]]:
    """The rows of the actor's working addresses of a calendar."""
    of = {ScopeKind.LC: CalendarAddress.lc_id, ScopeKind.COMMITTEE: CalendarAddress.committee_id}.get(scope.kind)
    which = [] if of is None else [of == scope.of]
    return [*_working(actor), CalendarAddress.scope == scope.kind.value, *which]


def _working(actor: Actor) -> list[ColumnElement[bool]]:
    return [CalendarAddress.person_id == (actor.person_id or 0), CalendarAddress.revoked_at.is_(None)]


async def _made_by(reader: Reader, actor: Actor) -> dict[Scope, Row[Any]]:
    query = select(*CalendarAddress.__table__.c).where(*_working(actor)).order_by(CalendarAddress.id)
    rows = await fetch(reader, query)
    return {Scope(ScopeKind(row.scope), row.lc_id or row.committee_id or 0): row for row in rows}


async def _end(change: Change, scope: Scope) -> list[int]:
    """Revoke what the actor has; the ids. Two who do it at once, as one person with two windows, take turns.

    Raises:
        NotFound: the actor hasn't joined.
    """
    if change.actor.person_id is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    await change.lock(Person, change.actor.person_id, GONE)
    query = update(CalendarAddress).where(*_here(change.actor, scope)).values(revoked_at=change.now)
    query = query.returning(CalendarAddress.id).execution_options(synchronize_session=False)
    return list(await change.session.scalars(query))


async def _belongs(reader: Reader, row: Row[Any], today: date) -> bool:
    """Does the one who made it still belong to its LC?"""
    held = select(Term.id).where(Term.person_id == row.person_id, Term.lc_id == row.lc_id, Term.held_on(today))
    return bool(await fetch(reader, held.limit(1)))


def _name(row: Row[Any], language: str) -> str:
    words = words_for(language)
    if row.scope == ScopeKind.OWN:
        return words(OWN_NAME)
    names = [(row.lc_ja, row.lc_en), (row.committee_ja, row.committee_en), (row.organisation_ja, row.organisation_en)]
    return next(filter(None, (words.either(*one) for one in names)))


async def _note_day(session: AsyncSession, address_id: int, today: date) -> None:
    query = update(CalendarAddress).where(CalendarAddress.id == address_id).values(last_fetched_on=today)
    await session.execute(query.execution_options(synchronize_session=False))


_BEHIND = with_lc(
    select(
        *CalendarAddress.__table__.c,
        Organisation.name_ja.label("organisation_ja"),
        Organisation.name_en.label("organisation_en"),
        Organisation.time_zone,
        Organisation.language,
        Preference.language.label("chosen"),
        StandingCommittee.name_ja.label("committee_ja"),
        StandingCommittee.name_en.label("committee_en"),
    )
    .join(Organisation, Organisation.id == CalendarAddress.organisation_id)
    .join(Person, Person.id == CalendarAddress.person_id)
    .outerjoin(Preference, Preference.discord_user_id == Person.discord_user_id)
    .outerjoin(StandingCommittee, StandingCommittee.id == CalendarAddress.committee_id),
    CalendarAddress.lc_id,
    outer=True,
).where(CalendarAddress.revoked_at.is_(None))
