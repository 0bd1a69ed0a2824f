"""The database: one code for SQLite (default) and PostgreSQL.

A service's public method is one transaction: ``async with database.writing() as session``. Success commits, an
exception rolls back. Writers take SQLite's write lock when they begin (``BEGIN IMMEDIATE``), because a transaction that
turns from reading to writing fails at once whatever the timeout.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import BigInteger, DateTime, Dialect, Executable, MetaData, Row, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from bot.errors import StartError
from bot.personal import Personal
from bot.sqlite import connection_to
from bot.typed import storable

#: A Discord id. A plain integer overflows on asyncpg and passes on SQLite, hence a type of its own.
Snowflake: Final = BigInteger()
#: Our own ids; SQLite numbers only columns that are INTEGER PRIMARY KEY.
Id: Final = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


#: Seconds that somebody waits for a connection of PostgreSQL where many want one. Discord takes the answer to a press
#: for 15 minutes after its "just a moment", which each writer says before it stands in line. A late answer is better
#: than an error, and after 15 minutes nobody can be told either. So this is Discord's limit. It isn't measured.
IN_LINE: Final = 900.0
#: In ``session.info``: the transaction has written, and didn't only look.
WROTE = "db.wrote"
#: In ``session.info``: what the transaction wrote stands.
COMMITTED = "db.committed"

#: Either can run a query; what joins both a transaction and a mere look takes one of these.
Reader = AsyncSession | AsyncConnection


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps no zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant()}  # noqa: RUF012 - read by SQLAlchemy as it stands


class Record(Base):
    """A table with an id of its own, which SQLite too never gives twice (history may point at what is gone)."""

    __abstract__ = True
    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy as it stands

    id: Mapped[int] = mapped_column(Id, primary_key=True)

    def take(self, values: Mapping[str, Any]) -> list[str]:
        """Set the fields that differ; returns their names, as the history has them."""
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        return changed

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        """What its rows hold about people, if they do (docs/decisions/0029)."""
        yield from ()


class Database:
    """Engine and transactions. Create one per process, ``close()`` it at the end."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        #: For reading: each statement by itself, without the words that begin and end a transaction.
        self.engine = self._engine(isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
        self._writer = self._engine()
        self._sessions = async_sessionmaker(self._writer, expire_on_commit=False, sync_session_class=_Writing)
        #: Awaited before each transaction, and before the wait for its turn.
        self.before_writing: list[Callable[[], Awaitable[None]]] = []
        #: Called after each commit with what the transaction left in ``session.info``.
        self.on_commit: list[Callable[[Mapping[Any, Any]], None]] = []
        #: SQLite has one writer at a time and lets the others try again and again: some would never have their turn.
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._in_hand, self.is_closing, self._nothing_in_hand = 0, False, asyncio.Event()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_sqlite_connect)
            event.listen(self._writer.sync_engine, "connect", _on_sqlite_connect)
            event.listen(self._writer.sync_engine, "connect", _leave_beginning_to_us)
            event.listen(self._writer.sync_engine, "begin", _on_sqlite_write)
            event.listen(self._writer.sync_engine, "invalidate", _on_sqlite_cut_off)

    def _engine(self, **options: Any) -> AsyncEngine:
        options["hide_parameters"] = True  # names and texts would stand in the log with every error
        options["json_serializer"] = lambda value: json.dumps(storable(value))
        engine = self._bare_engine(**options)
        event.listen(engine.sync_engine, "before_cursor_execute", _keep_storable, retval=True)
        return engine

    def _bare_engine(self, **options: Any) -> AsyncEngine:
        if self.is_sqlite:
            options["connect_args"] = {"async_creator_fn": connection_to}
            return create_async_engine(self.url, pool_size=5, max_overflow=5, **options)
        try:
            engine = create_async_engine(
                self.url, pool_size=6, max_overflow=6, pool_pre_ping=True, pool_timeout=IN_LINE, **options
            )
        except ModuleNotFoundError:
            raise StartError("PostgreSQL needs its driver: pip install -r requirements/postgres.txt") from None
        event.listen(engine.sync_engine, "handle_error", _drop_detail)
        return engine

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may write. It ends whole, whenever and however often its task is cancelled."""
        for wait_for in self.before_writing:
            await wait_for()
        info: Mapping[Any, Any] = {}
        try:
            with self._use():
                async with self._turn, self._sessions.begin() as session:
                    info = session.info
                    yield session
        finally:
            if COMMITTED in info:  # also where the task was cancelled while it did
                for listener in self.on_commit:
                    listener(info)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A look at the data, without the ORM: rows in, rows out.

        Each statement sees one consistent state, several together need not: no transaction is begun, as every word to
        the database costs a turn of a thread or of the network. Read in ``writing`` what has to agree.
        """
        with self._use():
            async with self.engine.connect() as connection:
                yield connection

    @contextmanager
    def _use(self) -> Iterator[None]:
        if self.is_closing:
            raise asyncio.CancelledError("the database is being closed")
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._nothing_in_hand.set()

    async def prepare(self) -> None:
        """Make an SQLite file ready for use: its folder, and the write-ahead log, which the file then keeps."""
        if self.is_sqlite:
            await asyncio.to_thread(_use_write_ahead_log, Path(str(self.url.database)))

    async def close(self) -> None:
        """Wait for running transactions, and let nobody begin another: it would be cut off. A task that tries to is
        cancelled, as its process ends."""
        self.is_closing = True
        while self._in_hand:
            self._nothing_in_hand.clear()
            await self._nothing_in_hand.wait()
        await self.engine.dispose()
        await self._writer.dispose()


class _Writing(Session):
    """Notes ``WROTE`` and ``COMMITTED``."""


def _on_flush(session: Session, _context: Any) -> None:
    session.info[WROTE] = True


def _on_execute(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info[WROTE] = True


def _on_commit(session: Session) -> None:
    session.info[COMMITTED] = True


event.listen(_Writing, "after_commit", _on_commit)
event.listen(_Writing, "after_flush", _on_flush)
event.listen(_Writing, "do_orm_execute", _on_execute)


async def fetch(reader: Reader, query: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """All rows of a query, where their types would only be noise."""
    rows: Any = (await reader.execute(query, parameters)).all()
    return cast("Sequence[Row[Any]]", rows)


async def insert_if_absent(session: AsyncSession, table: type[Record], **values: Any) -> int | None:
    """Insert a row unless one with the same unique values is there: safe when two do it at once.

    Returns the new row's id, or None if there was one already.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made: int | None = await session.scalar(insert(table).values(**values).on_conflict_do_nothing().returning(table.id))
    return made


def _use_write_ahead_log(file: Path) -> None:
    """Changing the journal fails at once, whatever the timeout, while somebody else opens the file: hence the tries."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(100):
        try:
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.05)
        else:
            return


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_storable(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _executemany: bool
) -> tuple[str, Any]:
    """The last guard for every text that is written or looked for, whatever way it came: a person, Discord, a sheet."""
    return statement, storable(parameters)


def _drop_detail(context: ExceptionContext) -> None:
    """PostgreSQL's errors quote the row that they are about; it would stand in the log."""
    ours = context.original_exception
    detail = getattr(ours.__cause__, "detail", None)
    if detail is None or ours.__cause__ is None:
        return
    ours.__cause__.__dict__["detail"] = None
    for error in (ours, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(
                one.replace(f"\nDETAIL:  {detail}", "") if isinstance(one, str) else one for one in error.args
            )


def _leave_beginning_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses


def _on_sqlite_write(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _on_sqlite_cut_off(connection: Any, _record: Any, _error: Any) -> None:
    """A task was cancelled in the midst of a statement. Closing is not enough: while anybody still has the statement,
    such as the error's traceback, SQLite keeps its transaction and with it the lock."""
    with suppress(sqlite3.Error):
        connection.rollback()
