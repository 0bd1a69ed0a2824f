"""What somebody does by an address, without an account: look, enter, see how they stand, accept, leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.events.answers import answer_own, given_by, keep
from bot.features.events.models import KIND, Event, EventState
from bot.features.events.queries import card_of
from bot.features.events.question_rows import questions_of
from bot.features.events.question_rules import Given
from bot.features.guests.models import GuestAddress
from bot.features.guests.rules import (
    CROWDED,
    GONE,
    KEPT_FOR,
    MOST,
    SAME_NAME,
    Entry,
    SameName,
    digest_of,
    drafted,
    personal_token,
)
from bot.features.guests.values import Shown
from bot.features.institutions.entering import add_person, rename
from bot.features.members.mydata import take_out
from bot.features.members.rules import clean_name
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor, Caller, OrganisationCard
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.terms import lock_people
from bot.features.schools.names import fold
from bot.features.signups.desk import (
    accept_own,
    desk_of,
    enrol,
    refuse_own,
    require_open,
    withdraw_own,
)
from bot.features.signups.models import PartyMember, SignUp, SignUpState
from bot.i18n import words_for
from bot.personal import NOBODY


class GuestService(Service):
    """Each method takes the token of an address, which is all that guards what it shows, and raises NotFound where the
    address doesn't work (any more). Nothing of it is in the history, as of all that people do for themselves."""

    async def look(self, token: str) -> Shown | None:
        """What the address shows now; None if it doesn't work. It changes nothing: LINE and mail open what they show a
        preview of."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            row = await _found(connection, token, now)
            if row is None:
                return None
            guest = _guest(row, now)
            event = await card_of(connection, row.event_id, row.organisation_id, now, guest)
            questions = await questions_of(connection, row.event_id)
            given = await given_by(connection, row.event_id, row.person_id)
        return Shown(
            address_id=row.id,
            event=event,
            organisation=guest.organisation,
            now=now,
            name=row.display_name or "",
            is_shared=row.person_id is None,
            is_open=_is_open(row, now),
            may_change=row.person_id is not None and row.discord_user_id is None,
            opens_at=row.opens_at,
            questions=questions,
            given=given,
        )

    async def enter(self, token: str, entry: Entry) -> str:
        """Somebody new takes a place, or the next one in the line; the token of their own address, which nobody can ask
        for again. The same form sent twice is once.

        Raises:
            SameName: somebody of that name entered in the same way; they are asked whether they are another.
            Conflict: sign-up isn't open, or it is full and has no line.
            QuestionsChanged: an answer is missing without which nobody takes a place, or something else is asked now.
            Invalid: the name, the school or an answer can't be used.
        """
        async with self._change(token) as (change, row):
            if row.person_id is not None:
                raise NotFound(GONE)
            language = words_for(change.actor.organisation.language)
            draft = drafted(entry, language.either(row.title_ja, row.title_en), language)
            own = personal_token(token, entry)
            desk = await desk_of(change, row.signup_id)
            if await change.session.scalar(select(GuestAddress.id).where(GuestAddress.digest == digest_of(own))):
                return own
            book = await require_open(desk)
            await _require_new(change, row.signup_id, draft.name, is_another=entry.is_another)
            person = await add_person(change, draft, row.lc_id, by=None)
            await enrol(desk, book, person.id, entry.choice_id)
            change.actor.person_id = person.id
            await keep(change, row.event_id, entry.given)
            address = GuestAddress(
                organisation_id=row.organisation_id,
                signup_id=row.signup_id,
                person_id=person.id,
                digest=digest_of(own),
                made_at=change.now,
            )
            change.session.add(address)
            return own

    async def again(self, token: str, choice_id: int | None = None, given: Given | None = None) -> None:
        """Somebody who left signs up once more. Raises Conflict; Invalid: as ``enter``, or they are in it."""
        async with self._own_change(token) as (change, row):
            desk = await desk_of(change, row.signup_id, row.person_id)
            book = await require_open(desk, row.person_id)
            await enrol(desk, book, row.person_id, choice_id)
            await keep(change, row.event_id, given or {})

    async def answer(self, token: str, given: Given) -> None:
        """Answer the event's own questions in another way. Raises Conflict; Invalid: as ``AnswerService.answer``."""
        async with self._own_change(token) as (change, row):
            await answer_own(change, row.event_id, given)

    async def accept(self, token: str) -> None:
        """Take the place that is offered, or at the last call one that is free. Raises Conflict."""
        async with self._own_change(token) as (change, row):
            await accept_own(change, row.signup_id)

    async def refuse(self, token: str) -> None:
        """Leave the offered place to the next in line. Raises Conflict."""
        async with self._own_change(token) as (change, row):
            await refuse_own(change, row.signup_id)

    async def leave(self, token: str) -> None:
        """Give up the place, or the wait for one. Raises Conflict: they aren't in it."""
        async with self._own_change(token) as (change, row):
            await withdraw_own(change, row.signup_id)

    async def rename(self, token: str, name: str) -> None:
        """Raises Invalid."""
        kept = clean_name(name)
        async with self._own_change(token) as (change, row):
            await _lock_own(change, row)
            await rename(change, row.person_id, kept)

    async def forget(self, token: str) -> None:
        """Take them out of every table; the address ends with it."""
        async with self._own_change(token) as (change, row):
            person = await _lock_own(change, row)
            await take_out(change.session, person, change.moment.today, change.now)
            add_entry(
                change.session,
                at=change.now,
                organisation_id=row.organisation_id,
                actor_discord_id=None,
                origin=change.actor.caller.origin,
                action="person.delete",
                subject_kind="person",
                subject_id=person.id,
            )

    @asynccontextmanager
    async def _change(self, token: str) -> AsyncIterator[tuple[Change, Row[Any]]]:
        """A change by whoever has the address. Raises NotFound."""
        now = self.clock.now()
        async with self.database.reading() as connection:  # an address that doesn't work keeps no writer busy
            before = await _found(connection, token, now)
        if before is None:
            raise NotFound(GONE)
        async with change_by(self, _guest(before, now), now=now) as change:
            row = await _found(change.session, token, change.now)
            if row is None:
                raise NotFound(GONE)
            yield change, row

    @asynccontextmanager
    async def _own_change(self, token: str) -> AsyncIterator[tuple[Change, Row[Any]]]:
        """The same by a personal address."""
        async with self._change(token) as (change, row):
            if row.person_id is None:
                raise NotFound(GONE)
            yield change, row


async def _found(reader: Reader, token: str, now: datetime) -> Row[Any] | None:
    """The address with this token, and what it is about; None if it doesn't work."""
    rows = await fetch(reader, _BEHIND.where(GuestAddress.digest == digest_of(token)))
    return rows[0] if rows and now <= rows[0].ends_at + KEPT_FOR else None


def _guest(row: Row[Any], now: datetime) -> Actor:
    """Whoever has an address: somebody without an account, of whom nothing but the address is known."""
    organisation = OrganisationCard(
        row.organisation_id, row.kind, row.organisation_ja, row.organisation_en, row.time_zone, row.language
    )
    caller = Caller(NOBODY, row.display_name or "", None, origin="address")
    today = local_date(now, row.time_zone)
    return Actor(caller, organisation, row.language, today, person_id=row.person_id)


def _is_open(row: Row[Any], now: datetime) -> bool:
    return bool(
        row.event_state == EventState.POSTED
        and row.signup_state == SignUpState.OPEN
        and (row.opens_at is None or row.opens_at <= now)
        and all(end is None or now < end for end in (row.closes_at, row.begins_at))
    )


async def _require_new(change: Change, signup_id: int, name: str, *, is_another: bool) -> None:
    """Raises SameName; Conflict: there are so many that somebody should look."""
    query = (
        select(Person.display_name)
        .join(GuestAddress, GuestAddress.person_id == Person.id)
        .join(PartyMember, (PartyMember.person_id == Person.id) & (PartyMember.signup_id == GuestAddress.signup_id))
        .where(GuestAddress.signup_id == signup_id, PartyMember.is_live)
        .group_by(Person.id, Person.display_name)
    )
    there = [row.display_name for row in await fetch(change.session, query)]
    if len(there) >= MOST:
        raise Conflict(CROWDED)
    if not is_another and fold(name) in map(fold, there):
        raise SameName(SAME_NAME)


async def _lock_own(change: Change, row: Row[Any]) -> Person:
    """Raises NotFound: the record is somebody's with an account, who changes it there."""
    await lock_people(change.session, Person.id == row.person_id)
    person = await change.session.get_one(Person, row.person_id, populate_existing=True)
    if person.discord_user_id is not None:
        raise NotFound(GONE)
    return person


_BEHIND = (
    select(
        *GuestAddress.__table__.c,
        Event.id.label("event_id"),
        Event.lc_id,
        Event.state.label("event_state"),
        Event.ends_at,
        Event.title_ja,
        Event.title_en,
        SignUp.state.label("signup_state"),
        SignUp.opens_at,
        SignUp.closes_at,
        SignUp.begins_at,
        Organisation.kind,
        Organisation.name_ja.label("organisation_ja"),
        Organisation.name_en.label("organisation_en"),
        Organisation.time_zone,
        Organisation.language,
        Person.display_name,
        Person.discord_user_id,
    )
    .join(SignUp, SignUp.id == GuestAddress.signup_id)
    .join(Event, (SignUp.owner_kind == KIND) & (Event.id == SignUp.owner_id))
    .join(Organisation, Organisation.id == GuestAddress.organisation_id)
    .outerjoin(Person, Person.id == GuestAddress.person_id)
    .where(GuestAddress.revoked_at.is_(None))
)
