from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, select

from bot.clock import local_date
from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.homes.facts import Query
from bot.features.institutions.models import EnteredPerson
from bot.features.members.models import Kind, Profile
from bot.features.members.queries import with_profile
from bot.features.members.values import JOIN
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.queries import begin_memberships
from bot.features.organisations.each import for_each
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.people.terms import lock_people
from bot.features.posts import claims
from bot.features.record_keeping.merging import compare, make_one
from bot.features.record_keeping.models import RosterEntry, RosterRequest
from bot.features.requests.deciding import Requests
from bot.features.schools.models import School, SchoolKind
from bot.features.schools.names import fold, search_text
from bot.i18n import N_
from bot.paging import Part, fetch_part

#: Days for which a record waits for its person.
UNCLAIMED_KEPT = 60
#: What a menu of Discord holds.
PAGE = 25
REQUESTS = Requests(
    RosterRequest,
    Right.KEEP_PEOPLE,
    granted="roster.claim",
    declined="roster.not_found",
    answered=N_("Someone has already answered this. Nothing was changed."),
    not_own=N_("You can't confirm your own record. Please ask another officer."),
)


@dataclass(frozen=True, slots=True)
class RequestCard:
    """Somebody who says that they are on the sheet, and the records that may be theirs, the likeliest first."""

    request_id: int
    name: str
    reading: str
    school_ja: str
    school_en: str
    likely: Sequence[EntryCard]


class RosterService(Service):
    async def claim(self, actor: Actor, code: str) -> EntryCard:
        """Claim the record behind a personal code, from a sheet or entered by an officer: it fills what the actor has
        left open.

        Raises:
            Invalid: the actor has not agreed to the purpose notice.
            NotFound: there is no such record (any more) in the actor's organisation.
            Conflict: it was claimed already.
        """
        async with change_by(self, actor) as change:
            behind = select(EnteredPerson.person_id).where(_is_behind(actor, code))
            await lock_people(change.session, _is_own(actor) | Person.id.in_(behind))
            person = await _joined(change)
            entry = await change.session.scalar(
                select(RosterEntry)
                .where(RosterEntry.digest == claims.digest(code), RosterEntry.organisation_id == actor.organisation.id)
                .with_for_update()
            )
            if entry is None and (entered := await change.session.scalar(behind)) is not None:
                return await _become(change, person, entered)
            if entry is None or (entry.claimed_by is None and entry.expires_on < actor.today):
                raise NotFound(N_("This code isn't valid. Please check each character, or ask for a new one."))
            card = await take_over(change, person, entry)
            change.note(REQUESTS.grant.action, "person", person.id, ("record",))
            return card

    async def request(self, actor: Actor) -> None:
        """Say, without a code, that one is on the organisation's list. An officer finds the record. Doing it twice
        changes nothing.

        Raises:
            Invalid: the actor has not agreed to the purpose notice.
        """
        async with change_by(self, actor) as change:
            person = await _joined(change)
            # They are locked, so nobody answers meanwhile. Of the one before, nobody reads the answer any more.
            answered = delete(RosterRequest).where(RosterRequest.person_id == person.id, ~RosterRequest.waits())
            await change.session.execute(answered)
            await insert_if_absent(
                change.session,
                RosterRequest,
                organisation_id=actor.organisation.id,
                person_id=person.id,
                asked_at=change.now,
            )

    async def to_request(self, actor: Actor) -> None:
        """For somebody who is about to ask for it. Raises as ``request``."""
        async with self.database.reading() as connection:
            if await connection.scalar(_OWN.with_only_columns(Person.id).where(_is_own(actor))) is None:
                raise Invalid(JOIN_FIRST, next_steps=[JOIN])

    async def requests(self, actor: Actor, page: int = 0, request_id: int | None = None) -> Part[RequestCard]:
        """A page of 25 requests, the oldest first, each with the 25 likeliest records; with ``request_id`` that one
        alone, if it still waits, with all that may be meant. Raises NotAllowed."""
        actor.require(Right.KEEP_PEOPLE)
        organisation = actor.organisation.id
        asked = select(RosterRequest.id, Profile.school_id).join(Person, Person.id == RosterRequest.person_id)
        query = (
            with_profile(asked)
            .where(RosterRequest.organisation_id == organisation, RosterRequest.waits())
            .order_by(RosterRequest.id)
        )
        if request_id is not None:
            query = query.where(RosterRequest.id == request_id)
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
            entries = await fetch(connection, ENTRIES.where(*unclaimed(actor))) if rows else []
        likeness, most = Likeness(entries), PAGE if request_id is None else None
        return rows.each(
            lambda row: RequestCard(
                row.id,
                row.display_name,
                row.reading or "",
                row.school_ja or "",
                row.school_en or "",
                [
                    card_of(one)
                    for one in likeness.likeliest((row.display_name, row.reading or ""), row.school_id, most)
                ],
            )
        )

    async def confirm(self, actor: Actor, request_id: int, entry_id: int | None) -> None:
        """Say which record somebody is, or that none of them is.

        Raises:
            NotAllowed: the actor is no national officer in office; or it is about themselves, and another one is.
            NotFound: the request or the record is gone.
            Conflict: the request was answered, or the record was claimed by somebody else.
        """
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            this = (RosterRequest.id == request_id, RosterRequest.organisation_id == actor.organisation.id)
            # The person first and then the request, as when they take it back with a code.
            await lock_people(change.session, Person.id.in_(select(RosterRequest.person_id).where(*this)))
            request = await change.lock(RosterRequest, request_id, REQUESTS.grant.refusal)
            is_own, grant = request.person_id == actor.person_id, entry_id is not None
            fields = ["record"] if grant else []
            await REQUESTS.decide(change, request, "person", request.person_id, fields, grant=grant, is_own=is_own)
            if entry_id is None:
                return
            person = await change.session.get_one(Person, request.person_id, with_for_update=True)
            entry = await change.session.scalar(
                select(RosterEntry).where(RosterEntry.id == entry_id, *unclaimed(actor)).with_for_update()
            )
            if entry is None:
                raise NotFound(
                    N_("This record no longer exists or has already been claimed. Please check the list again.")
                )
            await take_over(change, person, entry)

    async def forget_expired(self) -> int:
        """Delete every record whose 60 days are over, and requests that nobody can answer any more; returns how many
        records."""
        return sum(await for_each(self.database, "old records not forgotten", self._forget_expired))

    async def _forget_expired(self, organisation_id: int, time_zone: str) -> int:
        now = self.clock.now()
        async with self.database.writing() as session:
            today = local_date(now, time_zone)
            old = (RosterEntry.organisation_id == organisation_id) & (RosterEntry.expires_on < today)
            gone = await session.scalars(delete(RosterEntry).where(old).returning(RosterEntry.id))
            if count := len(gone.all()):
                add_entry(
                    session,
                    at=now,
                    organisation_id=organisation_id,
                    actor_discord_id=None,
                    origin="nightly",
                    action="roster.expire",
                    subject_kind="organisation",
                    subject_id=organisation_id,
                    fields=("people",),
                )
            left = exists().where(
                RosterEntry.organisation_id == RosterRequest.organisation_id, RosterEntry.claimed_by.is_(None)
            )
            await session.execute(
                delete(RosterRequest)
                .where(RosterRequest.organisation_id == organisation_id, ~left)
                .execution_options(synchronize_session=False)
            )
        return count


JOIN_FIRST = N_("Before you claim your record, please agree to how your data is used: join first, then use your code.")
_OWN = select(Person).join(Profile, Profile.person_id == Person.id)


def _is_own(actor: Actor) -> ColumnElement[bool]:
    return (Person.organisation_id == actor.organisation.id) & (Person.discord_user_id == actor.caller.discord_user_id)


def _is_behind(actor: Actor, code: str) -> ColumnElement[bool]:
    """The person whom an officer entered and gave this code, while it counts."""
    return and_(
        EnteredPerson.organisation_id == actor.organisation.id,
        EnteredPerson.digest == claims.digest(code),
        EnteredPerson.code_until >= actor.today,
    )


async def _become(change: Change, person: Person, entered: int) -> EntryCard:
    """The record of somebody whom an officer entered goes into that of their account. Both are locked."""
    preview = await compare(change.session, change.actor, person.id, entered)
    await make_one(change, preview)
    gone = preview.gone
    return EntryCard(0, gone.name, gone.reading, gone.school_ja, gone.school_en, None)


async def _joined(change: Change) -> Person:
    """The actor, locked, if they have agreed to the purpose notice."""
    mine = _OWN.where(_is_own(change.actor)).with_for_update(of=Person)
    person: Person | None = await change.session.scalar(mine)
    if person is None:
        raise Invalid(JOIN_FIRST, next_steps=[JOIN])
    return person


@dataclass(frozen=True, slots=True)
class EntryCard:
    """A record on a sheet that nobody has claimed yet. ``entry_id`` 0: somebody whom an officer entered."""

    entry_id: int
    name: str
    reading: str
    school_ja: str
    school_en: str
    year_of_study: int | None


ENTRIES = select(
    RosterEntry.id,
    RosterEntry.name,
    RosterEntry.reading,
    RosterEntry.school_id,
    RosterEntry.institution,
    RosterEntry.year_of_study,
    School.name_ja,
    School.name_en,
).outerjoin(School, School.id == RosterEntry.school_id)


def unclaimed(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        RosterEntry.organisation_id == actor.organisation.id,
        RosterEntry.claimed_by.is_(None),
        RosterEntry.expires_on >= actor.today,
    )


def card_of(row: Row[Any]) -> EntryCard:
    school_ja, school_en = row.name_ja or row.institution, row.name_en or row.institution
    return EntryCard(row.id, row.name, row.reading, school_ja, school_en, row.year_of_study)


async def take_over(change: Change, person: Person, entry: RosterEntry) -> EntryCard:
    if entry.claimed_by == person.id:
        raise Conflict(N_("You've already claimed this record. Nothing was changed."))
    if entry.claimed_by is not None:
        raise Conflict(N_("This code has already been used. If that wasn't you, please tell a national officer."))
    session, actor = change.session, change.actor
    (row,) = await fetch(session, ENTRIES.where(RosterEntry.id == entry.id))
    card = card_of(row)
    profile = await session.scalar(select(Profile).where(Profile.person_id == person.id).with_for_update())
    assert profile is not None
    if profile.reading is None:  # what they have said themselves counts more
        person.display_name, profile.reading = entry.name, entry.reading
        profile.search = search_text([entry.reading, entry.name])
    if profile.school_id is None and profile.kind is None:
        profile.school_id, profile.institution = entry.school_id, entry.institution
        if entry.school_id is None and entry.institution:
            profile.school_id = await session.scalar(
                select(School.id).where(
                    School.organisation_id == actor.organisation.id, School.kind == SchoolKind.OTHER
                )
            )
        if entry.year_of_study is not None and profile.school_id is not None:
            profile.kind, profile.year_of_study = Kind.STUDENT.value, entry.year_of_study
    kinds = {
        MembershipKind.INDIVIDUAL.value: [MembershipKind.INDIVIDUAL],
        MembershipKind.STAFF.value: [MembershipKind.INDIVIDUAL, MembershipKind.STAFF],
    }
    for kind in kinds.get(entry.kind or "", []):
        await begin_memberships(session, actor.organisation.id, [person.id], kind, actor.today, change.now)
    entry.claimed_by, entry.claimed_at = person.id, change.now
    entry.name = entry.reading = entry.institution = ""
    entry.school_id = entry.year_of_study = None
    await REQUESTS.withdraw(change, RosterRequest.person_id == person.id)
    return card


class Likeness:
    """Over rows with ``name``, ``reading`` and ``school_id``. Names are folded once, however many people ask: that is
    the slow part."""

    def __init__(self, entries: Sequence[Row[Any]]) -> None:
        self._entries = entries
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_school: dict[int, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            for name in _folded((entry.name, entry.reading)):
                self._by_name[name].append(place)
            if entry.school_id is not None:
                self._by_school[entry.school_id].append(place)

    def likeliest(self, names: Iterable[str], school_id: int | None, most: int | None = None) -> list[Row[Any]]:
        """The records of that name, at the same school first, then the others of that school; ``most`` of them, or
        all."""
        named = {place for name in _folded(names) for place in self._by_name.get(name, ())}
        weights = Counter(dict.fromkeys(named, 2))
        if school_id is not None:
            weights.update(self._by_school.get(school_id, ()))
        places = sorted(weights, key=lambda place: (-weights[place], place))
        return [self._entries[place] for place in islice(places, most)]


def _folded(names: Iterable[str]) -> set[str]:
    return {fold(name) for name in names} - {""}


_WANTED = select(func.count().label("n")).where(
    RosterRequest.organisation_id == ASKER.organisation_id, RosterRequest.waits()
)


def records_wanted(actor: Actor) -> Query | None:
    """For home: ``n`` people wait for an officer to say which record is theirs."""
    return _WANTED if actor.may(Right.KEEP_PEOPLE) else None
