"""The domain: what the bot knows and decides, without knowing that Discord exists.

A feature is a folder here: ``models.py`` (tables), ``service.py`` (use cases: one public method is one transaction),
``rules.py`` (pure decisions). Nothing registers them: ``import_models`` finds the tables, ``Services`` makes a service
when it is first asked for.
"""

from __future__ import annotations

import pkgutil
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db import Database, Reader
from bot.personal import PersonalPart


class Service:
    """Use cases of one feature. Helpers that join a transaction take the session first and never commit."""

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


def import_models() -> None:
    """Import every feature's tables and the deliveries', so that ``Base.metadata`` is whole."""
    import_module("bot.deliveries.models")
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if (Path(__file__).parent / module.name / "models.py").exists():
            import_module(f"{__name__}.{module.name}.models")


def personal_parts() -> list[PersonalPart]:
    """What all features and the deliveries hold about people, in the order of their names; the deliveries last, as what
    became of a message may be looked up there until then."""
    modules = [
        f"{__name__}.{module.name}.personal"
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if (Path(__file__).parent / module.name / "personal.py").exists()
    ]
    modules.append("bot.deliveries.personal")
    return [part for module in modules for part in import_module(module).PARTS]
