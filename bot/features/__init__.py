"""The domain: what the bot knows and decides, without knowing that Discord exists.

A feature is a folder here: ``models.py`` (tables), ``service.py`` (use cases: one public method is one transaction),
``rules.py`` (pure decisions). Nothing registers them: ``import_models`` finds the tables, ``Services`` makes a service
when it is first asked for.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db import Database, Reader, Record
from bot.personal import Personal


class Service:
    """Use cases of one feature. A change by somebody begins with ``people.changes.change_by``: helpers that join it
    take the ``Change`` first, others the session, and none of them commits."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock


S = TypeVar("S", bound=Service)


class Services:
    """The typed look-up: ``services[PeopleService]``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._made: dict[type[Service], Service] = {}

    def __getitem__(self, kind: type[S]) -> S:
        service = self._made.get(kind)
        if service is None:
            service = self._made[kind] = kind(self._database, self._clock)
        assert isinstance(service, kind)
        return service


class AfterOffice(Protocol):
    """See ``memberships/after_office.py``."""

    async def stays(self, reader: Reader, person_id: int, lc_id: int, last_day: date) -> bool: ...

    async def keep(
        self,
        session: AsyncSession,
        organisation_id: int,
        person_id: int,
        lc_id: int | None,
        last_day: date,
        now: datetime,
    ) -> None: ...


def after_office() -> AfterOffice:
    """What becomes of somebody whose office ends. Terms end in features that don't know memberships."""
    module: AfterOffice = import_module(f"{__name__}.memberships.after_office")
    return module


class Reaching(Protocol):
    """See ``members/reaching.py``."""

    async def asked_for_messages(
        self, reader: Reader, organisation_id: int, discord_user_ids: Iterable[int]
    ) -> set[int]: ...


def reaching() -> Reaching:
    """Who gets direct messages. Some are told of what features decide that don't know members."""
    module: Reaching = import_module(f"{__name__}.members.reaching")
    return module


def import_models() -> None:
    """Import every feature's tables and the deliveries', so that ``Base.metadata`` is whole."""
    for name in _models():
        import_module(name)


def personal_parts() -> list[Personal]:
    """What all features and the deliveries hold about people: features in the order of their names, tables as they
    stand in ``models.py``. The deliveries last, as what became of a message may be looked up there until then."""
    return [part for name in _models() for part in sorted(_declared(name), key=lambda part: part.is_late)]


def _models() -> list[str]:
    folder = Path(__file__).parent
    names = [one.name for one in pkgutil.iter_modules([str(folder)]) if (folder / one.name / "models.py").exists()]
    return [*(f"{__name__}.{name}.models" for name in names), "bot.deliveries.models"]


def _declared(name: str) -> Iterator[Personal]:
    for table in vars(import_module(name)).values():
        if isinstance(table, type) and issubclass(table, Record) and table.__module__ == name:
            yield from table.personal()
