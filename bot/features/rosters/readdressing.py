"""Messages to somebody whose two records become one: they go to the account that stays, each once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, fetch
from bot.deliveries.models import Delivery, RecipientKind, State
from bot.deliveries.outbox import ENQUEUED
from bot.personal import within

_TABLE: Any = Delivery.__table__
_PERSON = RecipientKind.PERSON.value


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two: their record, and their Discord account."""

    person_id: int
    discord_user_id: int


async def readdress(session: AsyncSession, organisation_id: int, old: Party, new: Party, now: datetime) -> None:
    """What is to or about ``old`` is to or about ``new``. What ``new`` gets anyway doesn't come a second time."""
    before, after = str(old.discord_user_id), str(new.discord_user_id)
    for row in await _rows(session, organisation_id, old):
        values: dict[str, Any] = {"payload": exchanged(row.payload, before, after)}
        key, subject = _of_person(row.key, old, new), row.subject
        if row.payload.get("person_id") == old.person_id:
            values["payload"]["person_id"] = new.person_id
            key, subject = (_of_record(text, old.person_id, new.person_id) for text in (key, subject))
        if row.payload.get("person") == old.person_id:  # a question to a person, whose key says so
            values["payload"]["person"] = new.person_id
        if (row.recipient_kind, row.recipient_id) == (_PERSON, old.discord_user_id):
            values["recipient_id"] = new.discord_user_id
        if (row.fallback_kind, row.fallback_id) == (_PERSON, old.discord_user_id):
            values["fallback_id"] = new.discord_user_id
        if key != row.key:
            if await _is_taken(session, key):
                key = _beside(key, row.id)
                if row.state == State.PENDING and row.attempted_at is None:  # else it is settled first
                    values |= {"state": State.NOT_NEEDED.value, "settled_at": now}
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


async def _rows(session: AsyncSession, organisation_id: int, old: Party) -> Any:
    t, number = _TABLE.c, str(old.discord_user_id)
    query = select(_TABLE).where(
        t.organisation_id == organisation_id,
        or_(
            (t.recipient_kind == _PERSON) & (t.recipient_id == old.discord_user_id),
            (t.fallback_kind == _PERSON) & (t.fallback_id == old.discord_user_id),
            cast(t.payload, String).contains(number),
            t.key.contains(_ref(old)),
        ),
    )
    return await fetch(session, query.with_for_update())


def _of_record(text: str, old: int, new: int) -> str:
    """A key or subject that names a record between colons, such as ``rosters:keep:12:2027-01-20:0``."""
    parts = text.split(":")
    if str(old) in parts:
        parts[parts.index(str(old))] = str(new)
    return ":".join(parts)


def _ref(party: Party) -> str:
    return f":person:{party.person_id}"


def _of_person(key: str, old: Party, new: Party) -> str:
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


async def _remember_what_is_gone(session: AsyncSession, organisation_id: int, old: Party, new: Party) -> None:
    for column in _remembered_keys():
        table = column.table
        assert isinstance(table, Table)
        here = within(table, organisation_id)
        assert here is not None
        named = select(table.c.id, column.label("key")).where(here, column.contains(_ref(old)))
        for row in await fetch(session, named):
            key = _of_person(row.key, old, new)
            if key == row.key:  # a longer number
                continue
            if await _is_taken(session, key):
                key = _beside(key, row.id)
            await session.execute(update(table).where(table.c.id == row.id).values({column.name: key}))
