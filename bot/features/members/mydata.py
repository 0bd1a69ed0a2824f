"""Everything that is held about somebody, from all tables: to take along, and to delete."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service, personal_parts
from bot.features.audit.service import add_entry
from bot.features.members.models import Deletion
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import FormerRecord, Person, Post, Term
from bot.features.people.terms import forgotten
from bot.features.sheets.cells import to_csv
from bot.i18n import N_
from bot.personal import Subject

#: In ``session.info``: who was deleted, for the list beside the backups.
DELETED = "members.deleted"


@dataclass(frozen=True, slots=True)
class Held:
    """The data that one part holds about somebody. ``title`` is a message id; ``rows`` are ready for JSON."""

    key: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A line of the list that is applied again after a restore."""

    organisation_id: int
    person_id: int
    deleted_at: datetime


class MyDataService(Service):
    async def export(self, actor: Actor) -> list[Held]:
        """All that is held about the actor in their organisation, part by part; parts without anything are left
        out."""
        async with self.database.reading() as connection:
            return await held_about(connection, await _own_subject(connection, actor))

    def require_deletable(self, actor: Actor) -> None:
        """Raises Conflict if the actor holds an officer's post, which has to be handed over first. One that is still to
        come is freed by the deletion."""
        held = [one for one in actor.holdings if one.is_officer and one.held_on(actor.today)]
        if held:
            raise Conflict(
                N_(
                    "You are {post} until {date}. Please hand the post over first, or ask a national officer to end "
                    "your term. Then you can delete all your data."
                ),
                post=(held[0].name_ja, held[0].name_en),
                date=held[0].ends_on,
            )

    async def delete(self, actor: Actor) -> None:
        """Take the actor out of every table. Counts stay, and nothing by which to tell who it was.

        Raises:
            Conflict: they hold an officer's post, which has to be handed over first.
        """
        self.require_deletable(actor)
        now = self.clock.now()
        async with self.database.writing() as session:
            subject = await _own_subject(session, actor)
            if subject.person_id is not None:
                await session.execute(select(Person.id).where(Person.id == subject.person_id).with_for_update())
            await forget_and_list(session, subject, now)
            add_entry(
                session,
                at=now,
                organisation_id=subject.organisation_id,
                actor_discord_id=None,
                origin=actor.caller.origin,
                action="person.delete",
                subject_kind="person",
                subject_id=subject.person_id or 0,
            )

    async def deletions(self) -> list[Deleted]:
        """The whole list."""
        query = select(Deletion.organisation_id, Deletion.person_id, Deletion.deleted_at).order_by(Deletion.id)
        async with self.database.reading() as connection:
            return [Deleted(*row) for row in await connection.execute(query)]

    async def delete_again(self, list_: Iterable[Deleted]) -> int:
        """After a restore: delete the people whom the copy still has. Returns how many.

        A number that was given out again belongs to somebody else: that record is younger than the deletion. If one
        person can't be deleted, the others still are, and the error is raised at the end.
        """
        count = 0
        failed: Exception | None = None
        for entry in list_:
            try:
                count += await self._delete_again(entry)
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed
        return count

    async def _delete_again(self, entry: Deleted) -> bool:
        now = self.clock.now()
        async with self.database.writing() as session:
            person = await session.get(Person, entry.person_id)
            if person is None or person.organisation_id != entry.organisation_id:
                return False
            if person.created_at > entry.deleted_at or await _is_listed(session, entry):
                return False
            organisation = await session.get_one(Organisation, entry.organisation_id)
            today = local_date(now, organisation.time_zone)
            subject = await subject_of(session, person.organisation_id, person.id, person.discord_user_id, today)
            await _forget(session, subject, now)
            session.add(
                Deletion(organisation_id=entry.organisation_id, person_id=entry.person_id, deleted_at=entry.deleted_at)
            )
        return True


async def held_about(reader: Reader, subject: Subject) -> list[Held]:
    """All parts that have something."""
    found = []
    for part in personal_parts():
        query = part.export(subject)
        if query is None:
            continue
        result = await reader.execute(query)
        rows = [{name: _plain(value) for name, value in row.items()} for row in result.mappings()]
        if rows:
            found.append(Held(part.key, part.title, rows))
    return found


def as_json(held: Iterable[Held]) -> bytes:
    return json.dumps({one.key: one.rows for one in held}, ensure_ascii=False, indent=2).encode() + b"\n"


def as_csv(held: Iterable[Held]) -> bytes:
    """One line for each value, so that parts of different shape share a table: part, number of the row, field,
    value."""
    lines = [["part", "row", "field", "value"]]
    for one in held:
        for number, row in enumerate(one.rows, 1):
            lines += [[one.key, str(number), name, _cell(value)] for name, value in row.items()]
    return to_csv(lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Discord's ids are written as texts: spreadsheets and JavaScript would round them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and value > 2**53:
        return str(value)
    return value


async def take_out(session: AsyncSession, person: Person, today: date, now: datetime) -> None:
    """Take somebody out of every table, as they would themselves, in the transaction of whoever asks."""
    subject = await subject_of(session, person.organisation_id, person.id, person.discord_user_id, today)
    await forget_and_list(session, subject, now)


async def forget_and_list(session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Take somebody out, and note every number that was theirs, so that an older copy doesn't bring them back."""
    former = select(FormerRecord.former_person_id).where(FormerRecord.person_id == subject.person_id)
    numbers = [subject.person_id, *await session.scalars(former.order_by(FormerRecord.id))]
    await _forget(session, subject, now)
    for number in numbers:
        if number is not None:
            session.add(Deletion(organisation_id=subject.organisation_id, person_id=number, deleted_at=now))
            gone = Deleted(subject.organisation_id, number, now)
            session.info.setdefault(DELETED, []).append(gone)
    if subject.discord_user_id is not None:
        forgotten(session, subject.organisation_id, subject.discord_user_id)


async def _own_subject(reader: Reader, actor: Actor) -> Subject:
    user = actor.caller.discord_user_id
    query = select(Person.id).where(Person.organisation_id == actor.organisation.id, Person.discord_user_id == user)
    row = (await reader.execute(query)).one_or_none()
    return await subject_of(reader, actor.organisation.id, row[0] if row else None, user, actor.today)


async def subject_of(
    reader: Reader, organisation_id: int, person_id: int | None, discord_user_id: int | None, today: date
) -> Subject:
    """Somebody with all that is needed to find what is held about them."""
    elsewhere = await _is_elsewhere(reader, organisation_id, discord_user_id)
    here = aliased(Person)
    former = select(FormerRecord.discord_user_id).where(
        FormerRecord.person_id == person_id,
        FormerRecord.discord_user_id.is_not(None),
        # Somebody who has joined again with it has a record of their own.
        ~exists().where(
            here.organisation_id == FormerRecord.organisation_id, here.discord_user_id == FormerRecord.discord_user_id
        ),
    )
    accounts = tuple(row[0] for row in await fetch(reader, former))
    return Subject(organisation_id, person_id, discord_user_id, elsewhere, today, accounts)


async def _is_elsewhere(reader: Reader, organisation_id: int, discord_user_id: int | None) -> bool:
    if discord_user_id is None:  # people without an account have nothing that other organisations would share
        return False
    query = select(Person.id).where(
        Person.discord_user_id == discord_user_id, Person.organisation_id != organisation_id
    )
    return (await reader.execute(query.limit(1))).first() is not None


async def _is_listed(session: AsyncSession, entry: Deleted) -> bool:
    query = select(Deletion.id).where(
        Deletion.person_id == entry.person_id, Deletion.organisation_id == entry.organisation_id
    )
    return (await session.execute(query.limit(1))).first() is not None


async def _forget(session: AsyncSession, subject: Subject, now: datetime) -> None:
    for part in personal_parts():
        await part.forget(part, session, subject, now)


EXPORT, DELETE = "python -m bot person export", "python -m bot person delete"
NO_RECORD = N_("{organisation} has no record with this number. It may have been deleted already.")
_ORGANISATIONS = select(Organisation.id, Organisation.name_ja, Organisation.name_en, Organisation.time_zone).order_by(
    Organisation.id
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """The person whom a request is about. ``person_id`` is None for a Discord user without a record of whom something
    may be held all the same, such as messages."""

    organisation_id: int
    organisation: str
    person_id: int | None
    name: str
    discord_user_id: int | None
    #: In the organisation's time zone.
    today: date


class RequestService(Service):
    async def find(
        self, organisation: str | None, discord_user_id: int | None = None, person_id: int | None = None
    ) -> Somebody:
        """The person behind a Discord account (also one that was theirs before two records became one) or a record's
        number. ``organisation``: a name or number; None if there is only one.

        Raises:
            NotFound: there is no such organisation, several fit, or it has no such record.
            Invalid: neither is given, or both are.
        """
        if (discord_user_id is None) == (person_id is None):
            raise Invalid(N_("Please give either the Discord user ID (--user) or the record number (--record)."))
        async with self.database.reading() as connection:
            here = _the_one(await fetch(connection, _ORGANISATIONS), organisation)
            number = person_id
            if discord_user_id is not None:
                number = await _number_behind(connection, here.id, discord_user_id)
            query = select(Person.display_name, Person.discord_user_id).where(
                Person.organisation_id == here.id, Person.id == number, Person.display_name != ""
            )
            found = await fetch(connection, query)
        today = local_date(self.clock.now(), here.time_zone)
        if found:
            return Somebody(here.id, here.name_en, number, found[0].display_name, found[0].discord_user_id, today)
        if discord_user_id is None:
            raise NotFound(NO_RECORD, organisation=here.name_en)
        return Somebody(here.id, here.name_en, None, "", discord_user_id, today)

    async def export(self, somebody: Somebody) -> list[Held]:
        """All that is held about them. The export is noted in the audit."""
        async with self.database.writing() as session:
            subject = await subject_of(
                session, somebody.organisation_id, somebody.person_id, somebody.discord_user_id, somebody.today
            )
            held = await held_about(session, subject)
            self._note(session, somebody, "person.export", EXPORT, self.clock.now())
        return held

    async def require_deletable(self, somebody: Somebody) -> None:
        """Raises Conflict if they hold an officer's post."""
        async with self.database.reading() as connection:
            await require_no_post(connection, somebody.person_id, somebody.name, somebody.today)

    async def delete(self, somebody: Somebody) -> None:
        """Take them out of every table, as they would with the button of ``/me``.

        Raises:
            Conflict: they hold an officer's post, which has to be handed over first.
            NotFound: the record is gone by now.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            if somebody.person_id is not None:
                locked = select(Person.id).where(Person.id == somebody.person_id).with_for_update()
                if await session.scalar(locked) is None:
                    raise NotFound(NO_RECORD, organisation=somebody.organisation)
                await require_no_post(session, somebody.person_id, somebody.name, somebody.today)
            subject = await subject_of(
                session, somebody.organisation_id, somebody.person_id, somebody.discord_user_id, somebody.today
            )
            await forget_and_list(session, subject, now)
            self._note(session, somebody, "person.delete", DELETE, now)

    def _note(self, session: AsyncSession, somebody: Somebody, action: str, origin: str, now: datetime) -> None:
        add_entry(
            session,
            at=now,
            organisation_id=somebody.organisation_id,
            actor_discord_id=None,
            origin=origin,
            action=action,
            subject_kind="person",
            subject_id=somebody.person_id or 0,
        )


def _the_one(organisations: Sequence[Row[Any]], named: str | None) -> Row[Any]:
    fitting = [one for one in organisations if named is None or named in (str(one.id), one.name_ja, one.name_en)]
    if len(fitting) != 1:
        raise NotFound(
            N_("Please name one of these organisations with --organisation: {names}"),
            names=", ".join(f"{one.id} ({one.name_en})" for one in organisations) or "-",
        )
    return fitting[0]


async def _number_behind(reader: Reader, organisation_id: int, discord_user_id: int) -> int | None:
    own = select(Person.id).where(Person.organisation_id == organisation_id, Person.discord_user_id == discord_user_id)
    former = (
        select(FormerRecord.person_id)
        .where(FormerRecord.organisation_id == organisation_id, FormerRecord.discord_user_id == discord_user_id)
        .order_by(FormerRecord.id.desc())
    )
    for query in (own, former):
        if (row := (await reader.execute(query.limit(1))).first()) is not None:
            return int(row[0])
    return None


async def require_no_post(reader: Reader, person_id: int | None, name: str, today: date) -> None:
    """Raises Conflict: they hold an officer's post, which has to be handed over first."""
    query = (
        select(Post.name_ja, Post.name_en, Term.ends_on)
        .join(Term, Term.post_id == Post.id)
        .where(
            Term.person_id == person_id,
            Post.is_officer,
            Term.held_on(today),
        )
        .order_by(Term.ends_on)
        .limit(1)
    )
    for held in await fetch(reader, query):
        raise Conflict(
            N_(
                "{name} is {post} until {date}. Please have the post handed over or the term ended first. Then all "
                "their data can be deleted."
            ),
            name=name,
            post=(held.name_ja, held.name_en),
            date=held.ends_on,
        )
