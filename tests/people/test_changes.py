from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import NotAllowed, NotFound
from bot.features import Service, Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LocalCommittee
from bot.features.people.changes import change_by
from bot.features.people.rules import Right
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, NEWCOMER, OFFICER, actor, found_organisation


@pytest.fixture
def service(database: Database, clock: FakeClock) -> Service:
    return Service(database, clock)


async def noted(database: Database) -> list[AuditEntry]:
    async with database.writing() as session:
        return list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "lc.test")))


async def test_who_lacks_the_right_begins_no_transaction(services: Services, service: Service, lc: int) -> None:
    begun: list[str] = []

    async def note() -> None:
        begun.append("a transaction")

    newcomer, officer = await actor(services, NEWCOMER), await actor(services, OFFICER)
    service.database.before_writing.append(note)
    with pytest.raises(NotAllowed):
        async with change_by(service, newcomer, Right.EDIT_LC, lc):
            pytest.fail("it began")
    assert begun == []
    async with change_by(service, officer, Right.EDIT_LC, lc):
        assert begun == ["a transaction"]


async def test_all_of_a_change_is_of_one_instant(
    services: Services, service: Service, clock: FakeClock, lc: int
) -> None:
    officer = await actor(services, OFFICER)
    async with change_by(service, officer) as change:
        now = clock.last
        await change.lock(LocalCommittee, lc, "none")
        change.note("lc.test", "local_committee", lc, ("name", "aliases"))
        assert change.now == change.moment.now == now
    (entry,) = await noted(service.database)
    assert (entry.at, entry.actor_discord_id, entry.fields) == (now, OFFICER, ["aliases", "name"])
    assert clock.last == now, "nobody looked again"


async def test_an_error_leaves_nothing_of_a_change(services: Services, service: Service, lc: int) -> None:
    officer = await actor(services, OFFICER)

    async def fail() -> None:
        async with change_by(service, officer) as change:
            change.note("lc.test", "local_committee", lc)
            await change.lock(LocalCommittee, lc + 10_000, "nowhere")

    with pytest.raises(NotFound, match="nowhere"):
        await fail()
    assert await noted(service.database) == []


async def test_what_is_another_organisations_is_not_there(services: Services, service: Service, lc: int) -> None:
    await found_organisation(services, GUILD + 1, name_en="IIST", name_ja="医学国際")
    officer = await actor(services, OFFICER)
    others = select(LocalCommittee.id).where(LocalCommittee.organisation_id != officer.organisation.id)
    async with change_by(service, officer) as change:
        theirs = await change.session.scalar(others.limit(1))
        assert theirs is not None
        with pytest.raises(NotFound, match="nowhere"):
            await change.lock(LocalCommittee, theirs, "nowhere")
