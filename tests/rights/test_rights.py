"""Every public method of every service and every kind of person: who may call it, who is refused how, and that a
refusal changes nothing."""

from __future__ import annotations

import ast
import inspect
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Database, fetch
from bot.errors import UserError
from bot.features import Service, Services
from tests.rights.kinds import EVERYBODY, PART, SYSTEM, Kind, May, Nothing
from tests.rights.sample import Sample, build
from tests.rights.table import TABLE
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened, postgres_url
from tests.support.processes import ROOT

TRIED = [(one, name) for one, methods in TABLE.items() for name, rights in methods.items() if type(rights[0]) is May]
HERE = [kind for kind in Kind if kind in EVERYBODY]
#: What follows from something that somebody was allowed to do: the roles of an account that was given up.
FOLLOWS = {("cogs/record_keeping/merging.py", "plan"), ("cogs/record_keeping/merging.py", "note_guests")}


def parameters(service: type[Service], method: str) -> list[str]:
    return list(inspect.signature(getattr(service, method)).parameters)[1:]


def test_only_what_somebody_calls_takes_somebody() -> None:
    for service, methods in TABLE.items():
        for method, rights in methods.items():
            takes = parameters(service, method)
            if rights == [SYSTEM]:
                assert not {"actor", "caller"} & set(takes), f"{service.__name__}.{method} is called by people"
            elif rights == [PART]:
                assert takes[0] in ("session", "row"), f"{service.__name__}.{method} begins a transaction of its own"
            else:
                assert all(type(right) is May for right in rights)


def test_no_page_asks_the_process_for_what_somebody_wants_to_see() -> None:
    """A cog that has a request calls methods that know who asks, instead of looking at the right by itself."""
    closed = {(one.__name__, name) for one, methods in TABLE.items() for name in methods if methods[name] == [SYSTEM]}
    found: set[tuple[str, str]] = set()
    for file in sorted((ROOT / "cogs").rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):  # a name means something in one function
                found |= {(str(file.relative_to(ROOT)), called) for called in _called_for_people(function, closed)}
    assert found <= FOLLOWS


def _called_for_people(function: ast.AST, closed: set[tuple[str, str]]) -> set[str]:
    """Methods of ``closed`` that a function calls on a service which it has from a request."""
    of_requests: dict[str, str] = {}
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Tuple):
            targets, values = node.targets[0], node.value
            names = targets.elts if isinstance(targets, ast.Tuple) else [targets]
            each = values.elts if isinstance(values, ast.Tuple) else [values]
            for name, value in zip(names, each, strict=False):
                if isinstance(name, ast.Name) and (service := _of_a_request(value)):
                    of_requests[name.id] = service
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            whose = _of_a_request(node.func.value) or of_requests.get(ast.unparse(node.func.value), "")
            if (whose, node.func.attr) in closed:
                found.add(node.func.attr)
    return found


def _of_a_request(node: ast.expr) -> str | None:
    """The service in ``request.services[…]``."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("request.services"):
        return ast.unparse(node.slice)
    return None


class Rehearsal(Database):
    """Everything done here is taken back at the end of its transaction."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with self._turn, AsyncSession(self._writer, expire_on_commit=False) as session:
            await session.begin()
            try:
                yield session
                await session.flush()
            finally:
                await session.rollback()


async def called(services: Services, sample: Sample, service: type[Service], method: str, right: May) -> Any:
    """What becomes of it when ``sample.kind`` calls the method: what it returns, or the error."""
    one, what = getattr(services[service], method), right.with_(sample)
    args = (sample.actor, *what.args) if parameters(service, method)[:1] == ["actor"] else what.args
    try:
        result = one(*args, **what.named)
        return await result if inspect.isawaitable(result) else result
    except UserError as error:
        return error


def is_nothing(found: Any) -> bool:
    """No line, no count, no yes."""
    return all(map(is_nothing, found)) if isinstance(found, tuple) else not found


def complaint(kind: Kind, right: May, found: Any) -> str | None:
    if kind in right.who:
        wanted: Any = right.then
        fits = isinstance(found, wanted) if wanted else not isinstance(found, UserError)
    else:
        wanted = right.but.get(kind, right.refused)
        fits = is_nothing(found) if wanted is Nothing else type(found) is wanted
    return None if fits else f"{kind}: {found!r:.300}, not {wanted.__name__ if wanted else 'allowed'}"


async def tried(
    database: Database, sample: Sample, service: type[Service], method: str, *, allowed: bool, in_steps: bool = False
) -> list[str]:
    """Everybody who may, or may not, tries it; what was wrong."""
    services, wrong = Services(database, FakeClock()), []
    for right in TABLE[service][method]:
        assert isinstance(right, May)
        if allowed and right.in_steps is not in_steps:
            continue
        for sample.kind in [kind for kind in HERE if (kind in right.who) is allowed]:
            wrong.append(complaint(sample.kind, right, await called(services, sample, service, method, right)))
    return [one for one in wrong if one]


class Samples:
    """The world, built once per worker: each test gets a copy of it."""

    sample: Sample | None = None
    file: Path
    rows: list[str]

    async def copy(self, databases: Databases, folder: Path, target: Path) -> Sample:
        if self.sample is None:
            self.file = folder / "rights.db"
            async with opened(await databases.sqlite_file(self.file)) as database:
                self.sample = await build(database, Services(database, FakeClock()))
                async with database.engine.connect() as connection:
                    await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            self.rows = rows_of(self.file)
        target.write_bytes(self.file.read_bytes())
        return self.sample


def rows_of(file: Path) -> list[str]:
    """Everything that is in a database."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


@pytest.fixture(scope="module")
def samples() -> Samples:
    return Samples()


@pytest.mark.parametrize(("service", "method"), TRIED, ids=lambda one: getattr(one, "__name__", one))
async def test_who_may_may_and_everybody_else_changes_nothing(
    service: type[Service], method: str, samples: Samples, databases: Databases, tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    file = tmp_path / "tsunagu.db"
    sample = await samples.copy(databases, tmp_path_factory.getbasetemp(), file)
    url = f"sqlite+aiosqlite:///{file}"
    rehearsal = Rehearsal(url)
    try:
        assert await tried(rehearsal, sample, service, method, allowed=True) == []
    finally:
        await rehearsal.close()
    async with opened(url) as database:
        assert await tried(database, sample, service, method, allowed=False) == []
        assert rows_of(file) == samples.rows, "a refusal changed something"
        assert await tried(database, sample, service, method, allowed=True, in_steps=True) == []


async def test_whoever_is_national_officer_elsewhere_changes_nothing_here(
    samples: Samples, databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path / "tsunagu.db"
    sample = await samples.copy(databases, tmp_path_factory.getbasetemp(), file)
    async with opened(f"sqlite+aiosqlite:///{file}") as database:
        services, before = Services(database, FakeClock()), await _all_rows(database, 1)
        del before["preferences"]  # what somebody chose for themselves, everywhere
        sample.kind = Kind.FOREIGN
        for service, method in TRIED:
            for right in TABLE[service][method]:
                assert isinstance(right, May)
                await called(services, sample, service, method, right)
            after = await _all_rows(database, 1)
            for table, rows in before.items():
                here = "organisation_id" in Base.metadata.tables[table].columns
                same = after[table] == rows if here else set(rows) <= set(after[table])
                assert same, f"{service.__name__}.{method}: {table}"


@pytest.mark.skipif(postgres_url() is None, reason="PostgreSQL is not installed")
async def test_on_postgresql_too(databases: Databases) -> None:
    url = await databases.postgres()
    async with opened(url) as database:
        sample = await build(database, Services(database, FakeClock()))
        before = await _all_rows(database)
        for service, method in TRIED:
            assert await tried(database, sample, service, method, allowed=False) == [], (service, method)
        assert await _all_rows(database) == before, "a refusal changed something"
    rehearsal = Rehearsal(url)
    try:
        for service, method in TRIED:
            assert await tried(rehearsal, sample, service, method, allowed=True) == [], (service, method)
    finally:
        await rehearsal.close()


async def _all_rows(database: Database, organisation_id: int | None = None) -> dict[str, list[str]]:
    """Every row; of tables that say the organisation, those of one."""
    found = {}
    async with database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            if organisation_id is not None and "organisation_id" in table.columns:
                query = query.where(table.c.organisation_id == organisation_id)
            found[table.name] = [repr(tuple(row)) for row in await fetch(connection, query)]
    return found
