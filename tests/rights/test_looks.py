"""A clock moves between two looks at it: a method looks once and passes the moment on."""

from __future__ import annotations

from pathlib import Path

from bot.features import Services
from bot.features.sheets.service import SheetService
from tests.rights.kinds import May
from tests.rights.sample import build
from tests.rights.table import TABLE
from tests.rights.test_rights import HERE, TRIED, Rehearsal, called
from tests.support.clocks import TICK, FakeClock
from tests.support.databases import Databases, opened

#: Seconds of work in another thread lie between their transactions; each asks anew whether the file has expired.
SLOW = {(SheetService, "look"), (SheetService, "carry_out")}


async def test_no_method_looks_at_the_clock_twice(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    async with opened(url) as database:
        sample = await build(database, Services(database, FakeClock()))
    database, clock, often = Rehearsal(url), FakeClock(), set()
    services = Services(database, clock)
    try:
        for service, method in TRIED:
            for right in TABLE[service][method]:
                assert isinstance(right, May)
                for sample.kind in [kind for kind in HERE if kind in right.who and not right.in_steps]:
                    before = clock.last
                    await called(services, sample, service, method, right)
                    if clock.last - before > TICK:
                        often.add((service, method))
    finally:
        await database.close()
    assert often == SLOW
