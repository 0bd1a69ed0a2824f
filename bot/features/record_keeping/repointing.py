"""Making everything that points at one row, or at one Discord account, point at another, in whatever table it stands;
messages too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, String, Table, UniqueConstraint, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Snowflake, fetch
from bot.deliveries.models import Delivery, DeliveryState, RecipientKind
from bot.deliveries.outbox import ENQUEUED
from bot.features import personal_parts
from bot.features.people.models import Person
from bot.personal import within


async def repoint(session: AsyncSession, table: str, old: int, new: int) -> None:
    """Make every reference to the row ``old`` of ``table`` point at ``new``, also in tables of later features. Where a
    place can hold one row and ``new`` has its own there, that one stays and the other goes."""
    for column in references(table):
        await move(session, column, old, new)


def references(table: str) -> list[Column[Any]]:
    """Every column of every table that points at ``table``."""
    return [
        column
        for other in Base.metadata.sorted_tables
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]


async def move(session: AsyncSession, column: Column[Any], old: int, new: int, *among: ColumnElement[bool]) -> None:
    """Rows with ``old`` in a column have ``new`` there afterwards, all or those ``among`` which they are. Of two that
    then would be the same, the one that had ``new`` stays, or the only one that is answered; what hung on the other
    hangs on it."""
    table = column.table
    assert isinstance(table, Table)
    for names in _unique_with(column):
        other = table.alias()
        same = [table.c[name] == other.c[name] for name in names if name != column.name]
        doubles = (
            select(table.c.id, other.c.id.label("other"), (_is_answered(table) & ~_is_answered(other)).label("stays"))
            .select_from(table.join(other, other.c[column.name] == new))
            .where(column == old, *same, *among)
        )
        for double in await fetch(session, doubles):
            goes, stays = (double.other, double.id) if double.stays else (double.id, double.other)
            await repoint(session, table.name, goes, stays)
            await session.execute(delete(table).where(table.c.id == goes))
    await session.execute(update(table).where(column == old, *among).values({column.name: new}))


def _is_answered(table: Any) -> ColumnElement[bool]:
    """Of a question: somebody has answered it; of an answer: it is a whole one. Of other rows never."""
    if "is_complete" in table.c:
        whole: ColumnElement[bool] = table.c.is_complete
        return whole
    said: ColumnElement[bool] = table.c.answered_at.is_not(None) if "answered_at" in table.c else table.c.id.is_(None)
    return said


def _is_whole(index: Index) -> bool:
    return index.dialect_options["sqlite"]["where"] is None


def _unique_with(column: Column[Any]) -> Iterator[list[str]]:
    """The names of the columns that together can be there once, ``column`` among them. Where something is there
    once among some rows only, such as live ones, its feature joins it before."""
    table = column.table
    assert isinstance(table, Table)
    groups = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
    for group in [*groups, *(index.columns for index in table.indexes if index.unique and _is_whole(index))]:
        names = [one.name for one in group]
        if column.name in names:
            yield names


#: Columns with an account that keep what they have, and why.
STAYS = {
    "people.discord_user_id": "it is the record itself; which of the two accounts stays is said where they are merged",
    "former_records.discord_user_id": "says which account it was",
    "audit_entries.actor_discord_id": "history says which account it was, and nothing changes it",
    "thread_guests.discord_user_id": "says which account is inside; it goes when the bot lets that account out",
}


def account_columns() -> list[Column[Any]]:
    """Every column of which its table declares that it holds an account (``bot.personal``), besides those in ``STAYS``
    and those of deliveries, which have their own way (``readdress``)."""
    declared = [column for part in personal_parts() for column in (*part.whose, *part.also)]
    columns: list[Column[Any]] = [column.class_.__table__.c[column.key] for column in declared]
    return [one for one in columns if one.type is Snowflake and one.table is not _TABLE and str(one) not in STAYS]


async def hand_over(session: AsyncSession, organisation_id: int, old: int, new: int) -> None:
    """Move everything under the account ``old`` in an organisation to ``new``. Data that an account has in all
    organisations moves along unless another organisation knows the account."""
    elsewhere = await session.scalar(
        select(Person.id).where(Person.discord_user_id == old, Person.organisation_id != organisation_id).limit(1)
    )
    for column in account_columns():
        assert isinstance(column.table, Table)
        here = within(column.table, organisation_id)
        if here is not None:
            await move(session, column, old, new, here)
        elif elsewhere is None:
            await move(session, column, old, new)


_TABLE: Any = Delivery.__table__
_PERSON = RecipientKind.PERSON.value


@dataclass(frozen=True, slots=True)
class Owner:
    """One of the two: their record, and their Discord account."""

    person_id: int
    discord_user_id: int


async def readdress(session: AsyncSession, organisation_id: int, old: Owner, new: Owner, now: datetime) -> None:
    """Messages to or about ``old`` become messages to or about ``new``. A message that ``new`` gets anyway doesn't come
    twice."""
    before, after = str(old.discord_user_id), str(new.discord_user_id)
    for row in await _rows(session, organisation_id, old):
        values: dict[str, Any] = {"payload": exchanged(row.payload, before, after)}
        key, subject = _of_person(row.key, old, new), row.subject
        if row.payload.get("person_id") == old.person_id:
            values["payload"]["person_id"] = new.person_id
            key, subject = (_of_record(text, row.payload, new.person_id) for text in (key, subject))
        if row.payload.get("person") == old.person_id:  # a question to a person, whose key says so
            values["payload"]["person"] = new.person_id
        if (row.recipient_kind, row.recipient_id) == (_PERSON, old.discord_user_id):
            values["recipient_id"] = new.discord_user_id
        if (row.fallback_kind, row.fallback_id) == (_PERSON, old.discord_user_id):
            values["fallback_id"] = new.discord_user_id
        if key != row.key:
            if await _is_taken(session, key):
                key = _beside(key, row.id)
                if row.state == DeliveryState.PENDING and row.attempted_at is None:  # else it is settled first
                    values |= {"state": DeliveryState.NOT_NEEDED.value, "settled_at": now}
            values |= {"key": key, "subject": subject}
        await session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(values))
        if key != row.key:
            await _remember(session, row.key, key)
    await _remember_what_is_gone(session, organisation_id, old, new)
    session.info[ENQUEUED] = True


def exchanged(value: Any, old: str, new: str) -> Any:
    """Data with one Discord id in the place of another; a list names nobody twice."""
    if isinstance(value, dict):
        return {key.replace(old, new): exchanged(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        changed = [exchanged(one, old, new) for one in value]
        return changed if changed == value else [one for at, one in enumerate(changed) if one not in changed[:at]]
    if isinstance(value, str):
        return value.replace(old, new)
    return int(new) if not isinstance(value, bool) and str(value) == old else value


async def _rows(session: AsyncSession, organisation_id: int, old: Owner) -> Any:
    """A message whose key names a person goes to that person's account, so the accounts find all of them."""
    t, number = _TABLE.c, str(old.discord_user_id)
    query = select(_TABLE).where(
        t.organisation_id == organisation_id,
        or_(
            (t.recipient_kind == _PERSON) & (t.recipient_id == old.discord_user_id),
            (t.fallback_kind == _PERSON) & (t.fallback_id == old.discord_user_id),
            cast(t.payload, String).contains(number),
        ),
    )
    return await fetch(session, query.with_for_update())


def _of_record(text: str, payload: Mapping[str, Any], new: int) -> str:
    """A key or subject of a message about a record, which names it first: ``rosters:keep:12:2027-01-20:0``. One of a
    year names that before (``memberships:asking:2027:12:0``), and some record has the number of a year."""
    year = f"(?:{payload['year']}:)?" if "year" in payload else ""
    return re.sub(rf"^(\D+:{year}){payload['person_id']}(?=:|$)", rf"\g<1>{new}", text)


def _ref(party: Owner) -> str:
    return f":person:{party.person_id}"


def _of_person(key: str, old: Owner, new: Owner) -> str:
    """A key that says to whom it is."""
    return re.sub(rf"{_ref(old)}(?=:|$)", _ref(new), key)


def _beside(key: str, number: int) -> str:
    """A key for the second message of the same."""
    return f"{key}:{number}"


async def _is_taken(session: AsyncSession, key: str) -> bool:
    keys = [_TABLE.c.key, *_remembered_keys()]
    return any([await session.scalar(select(column).where(column == key).limit(1)) is not None for column in keys])


def _remembered_keys() -> list[Column[Any]]:
    """Where features remember which delivery was theirs, also when that is long cleared away."""
    return [column for table in Base.metadata.sorted_tables for column in table.c if column.name == "delivery_key"]


async def _remember(session: AsyncSession, old: str, new: str) -> None:
    for column in _remembered_keys():
        await session.execute(update(column.table).where(column == old).values({column.name: new}))


async def _remember_what_is_gone(session: AsyncSession, organisation_id: int, old: Owner, new: Owner) -> None:
    """Where the delivery is cleared away, the key alone says to whom it was. The account was handed over before."""
    for column in _remembered_keys():
        table = column.table
        assert isinstance(table, Table)
        here = within(table, organisation_id)
        assert here is not None
        accounts = [one == new.discord_user_id for one in account_columns() if one.table is table]
        if not accounts:
            continue  # what it sends goes to a place, so its keys name nobody
        theirs = or_(*accounts)
        for row in await fetch(session, select(table.c.id, column.label("key")).where(here, theirs)):
            key = _of_person(row.key, old, new)
            if key == row.key:
                continue
            if await _is_taken(session, key):
                key = _beside(key, row.id)
            await session.execute(update(table).where(table.c.id == row.id).values({column.name: key}))
