"""Every reference of the schema: what deletes the row that it points to, and what becomes of the one that points?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Database, Instant
from bot.features import import_models, personal_parts
from bot.personal import goes, goes_with_the_last

import_models()
TABLES = {table.name: table for table in Base.metadata.sorted_tables}
REFERENCES = [
    (column, key) for table in TABLES.values() for column in table.columns for key in column.foreign_keys
]  # fmt: skip

#: Whose rows are never deleted, and why.
KEPT = {
    "organisations": "nothing does away with an organisation; who runs the bot deletes its database",
    "local_committees": "an LC that has left stands at that state, with its history",
    "schools": "a school that is closed is retired",
    "institutions": "one that nobody works with any more is retired: events of years ago name it",
    "posts": "a post that isn't given any more is retired",
    "standing_committees": "they are set up with the organisation and stay",
    "staff_steps": "a step that isn't asked any more is retired: ticks count on it",
    "questionnaires": "an answer stays readable",
    "announcements": "a draft that is given up is cancelled, and stays in the history",
    "announcement_files": "a picture stays with what was sent with it",
    "announcement_posts": "what was sent is counted",
    "certificates": "one that was revoked or replaced stays at that state, so that it can still be checked",
    "signups": "a past one stays, so that it is counted who came",
    "event_series": "one that has ended stays with its events",
    "signup_parties": "one that has ended stays at that state",
    "symposia": "one that isn't planned any more stays with its editions",
}
#: Whose rows are deleted, and what looks after rows that point at them without a rule in the schema.
DELETED = {
    "servers": "all of it goes with the server",
    "terms": "all of it goes with the term; where two become one it is repointed before (record_keeping/merging.py)",
    "fees": "what the bank said of a fee goes with it; where two become one it is repointed before",
    "people": "everything that points at somebody is repointed first (record_keeping/merging.py); their tests hold it",
    "event_pictures": "one that no event shows",
    "events": "a draft alone is deleted, and nothing shows it yet",
    "signup_choices": "one alone that nobody has chosen",
    "event_questions": "what people answered goes with it, and the page says so before",
    "editions": "a planned one alone for which nothing was done yet",
    "slots": "one alone that nobody has; who was asked before goes with it",
    "speakers": "the steps with them go with them",
    "regions": "refused while a school is in it (regions/service.py); their tests hold it",
}
#: What points at these goes with them, by a rule in the schema.
WITH_ALL = {"servers", "terms", "fees", "events", "event_questions", "editions", "slots", "speakers"}
#: ``session.delete(name)`` says no table: where it stands, and which it is.
OBJECTS = {
    ("attendance/ticking.py", "row"): "attendance_lists",
    ("guests/lists.py", "row"): "guest_name_lists",
    ("handovers/notes.py", "old"): "post_notes",
    ("record_keeping/merging.py", "worse"): "fees",
    ("record_keeping/merging.py", "entry"): "entered_people",
    ("record_keeping/merging.py", "double"): "entered_people",
    ("record_keeping/merging.py", "goes"): "institution_contacts",
    ("institutions/service.py", "contact"): "institution_contacts",
    ("record_keeping/retention.py", "keeping"): "keepings",
    ("channels/servers.py", "server"): "servers",
    ("contacts/service.py", "kept"): "lc_contacts",
    ("regions/service.py", "region"): "regions",
    ("links/service.py", "link"): "links",
    ("events/service.py", "event"): "events",
    ("events/news.py", "row"): "event_subscriptions",
    ("events/questions.py", "question"): "event_questions",
    ("signups/opening.py", "known"): "signup_choices",
    ("events/copies.py", "template"): "event_templates",
    ("events/hosts.py", "host"): "event_hosts",
    ("events/reporting.py", "picture"): "event_report_pictures",
    ("symposia/speakers.py", "slot"): "slots",
    ("signups/leaving.py", "member"): "signup_party_members",
    ("memberships/staff.py", "span"): "memberships",
    ("discord_roles/service.py", "known"): "role_troubles",
    ("sheets/service.py", "kept"): "sheet_uploads",
    ("sheets/service.py", "await self"): "sheet_uploads",
}
#: Deletes from whatever table it is given, after everything that points there was repointed.
GENERIC = {("record_keeping/repointing.py", "table"), ("bot/personal.py", "part")}


def test_each_table_that_is_pointed_at_is_kept_or_somebody_looks_after_it() -> None:
    assert {key.column.table.name for _, key in REFERENCES} == KEPT.keys() | DELETED.keys()


def test_nothing_deletes_what_is_said_to_be_kept() -> None:
    models = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in Base.registry.mappers}
    deleted = {part.table.__tablename__ for part in personal_parts() if part.forget in (goes, goes_with_the_last)}
    unknown = set()
    for path in Path("bot").rglob("*.py"):
        text = path.read_text()
        where = "/".join(path.parts[-2:])
        for model in re.findall(r"(?<![\w.])delete\((\w+)", text):
            if model in models:
                deleted.add(models[model])
            elif (where, model) not in GENERIC and "from sqlalchemy" in text and model[0].isupper():
                unknown.add((where, model))
        for name in re.findall(r"session\.delete\(([\w ]+)", text):
            table = OBJECTS.get((where, name))
            if table is None:
                unknown.add((where, name))
            else:
                deleted.add(table)
    assert set(OBJECTS.values()) <= TABLES.keys()
    assert unknown == set(), "say in OBJECTS which table it is"
    assert deleted >= {"servers", "terms", "fees", "people", "regions"}
    assert deleted & KEPT.keys() == set(), "say in DELETED what becomes of the rows that point at it"


async def test_what_points_at_a_row_goes_with_it_or_keeps_it(database: Database) -> None:
    numbers = count(1)
    for column, key in REFERENCES:
        await _delete_what_it_points_at(database, column, key, numbers)


async def _delete_what_it_points_at(
    database: Database, column: Column[Any], key: ForeignKey, numbers: Iterator[int]
) -> None:
    async with database.writing() as session:
        rows = _Rows(session, numbers)
        parent = await rows.make(key.column.table)
        child = await rows.make(column.table, column, parent)
    gone = delete(key.column.table).where(key.column == parent)
    points = select(column).where(column.table.c.id == child)
    if key.ondelete is None:
        assert key.column.table.name not in WITH_ALL, f"{column} would stand in the way"
        with pytest.raises(IntegrityError):
            async with database.writing() as session:
                await session.execute(gone)
        async with database.reading() as connection:
            assert await connection.scalar(points) == parent
        return
    assert (key.ondelete, key.column.table.name in WITH_ALL) == ("CASCADE", True), column
    async with database.writing() as session:
        await session.execute(gone)
    async with database.reading() as connection:
        assert (await connection.execute(points)).all() == []


class _Rows:
    """Rows with something in every column that needs it, and in those they point at."""

    def __init__(self, session: AsyncSession, numbers: Iterator[int]) -> None:
        self._session = session
        self._numbers = numbers

    async def make(self, table: Table, column: Column[Any] | None = None, value: int | None = None) -> int:
        values: dict[str, Any] = {} if column is None else {column.name: value}
        for one in table.columns:
            if one.name in values or one.primary_key or one.nullable or one.server_default is not None:
                continue
            keys = list(one.foreign_keys)
            values[one.name] = await self.make(keys[0].column.table) if keys else self._something(one)
        either = table.name in {"asked_parties", "answer_sheets"}
        if either and {"lc_id", "person_id"}.isdisjoint(values):
            values["lc_id"] = await self.make(TABLES["local_committees"])
        made = await self._session.execute(insert(table).values(values).returning(table.c.id))
        return int(made.scalar_one())

    def _something(self, column: Column[Any]) -> Any:
        n = next(self._numbers)
        short = str(n)[-(getattr(column.type, "length", None) or 20) :]
        by_type: tuple[tuple[type | tuple[type, ...], Any], ...] = (
            ((Instant, DateTime), datetime(2026, 11, 21, tzinfo=UTC)),
            (Date, date(2026, 11, 21)),
            (JSON, []),
            (Boolean, False),
            (String, short),
            (LargeBinary, b"x"),
            (Integer, n),
        )
        return next(value for kinds, value in by_type if isinstance(column.type, kinds))
