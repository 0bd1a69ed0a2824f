"""Staff and candidates stop being it: by their own word, or by the officers in charge."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.models import Contact
from bot.features.memberships.models import Membership, MembershipKind
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import STAFF_BEGUN, STAFF_ENDED, LeavingStaffService, StaffService
from bot.features.people.actors import Actor
from bot.features.people.terms import CHANGED
from tests.memberships.test_service import paid
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, OFFICER, STUDENT, actor, found_organisation

HANA, KEN, MIO = STUDENT + 10, STUDENT + 11, STUDENT + 12
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services, ends_on=date(2029, 3, 31))
    return await actor(services, OFFICER)


@pytest.fixture
def leaving(services: Services) -> LeavingStaffService:
    return services[LeavingStaffService]


async def candidate(services: Services, officer: Actor, user: int, name: str, **more: Any) -> Actor:
    member = await paid(services, officer, user, name, **more)
    await services[MembershipService].become_candidate(member)
    return await actor(services, user)


async def staff(services: Services, officer: Actor, user: int, name: str, **more: Any) -> Actor:
    member = await candidate(services, officer, user, name, **more)
    service = services[StaffService]
    ids = [step.step_id for step in await service.steps(officer)]
    assert await service.tick(officer, member.person_id or 0, ids)
    return member


async def kind_of(services: Services, user: int) -> MembershipKind:
    return (await services[MembershipService].own(await actor(services, user))).standing.kind


async def actions(database: Database) -> list[str]:
    async with database.reading() as connection:
        query = select(AuditEntry.action).where(AuditEntry.action.in_(["staff.end", "staff.leave"]))
        return list((await connection.scalars(query.order_by(AuditEntry.id))).all())


async def test_officers_end_it_and_membership_stays(
    services: Services, officer: Actor, leaving: LeavingStaffService, clock: FakeClock, database: Database
) -> None:
    hana = await staff(services, officer, HANA, "山田 花", contact=Contact.DIRECT)
    await staff(services, officer, KEN, "例山 健")
    mio = await candidate(services, officer, MIO, "候補 澪")
    clock.go(days=3)
    officer = await actor(services, OFFICER)
    lines, total = await leaving.staff(officer)
    assert ([line.name for line in lines], total) == (["例山 健", "山田 花"], 2)
    assert [line.name for line in (await leaving.staff(officer, "花"))[0]] == ["山田 花"]
    assert (await leaving.line(officer, mio.person_id or 0)).is_candidate
    assert await leaving.end(officer, hana.person_id or 0) == "山田 花"
    assert await kind_of(services, HANA) is MembershipKind.INDIVIDUAL, "not a candidate again either"
    assert await leaving.end(officer, mio.person_id or 0) == "候補 澪"
    assert await kind_of(services, MIO) is MembershipKind.INDIVIDUAL
    assert (await services[StaffService].candidates(officer))[1] == 0
    assert [line.name for line in (await leaving.staff(officer))[0]] == ["例山 健"]
    with pytest.raises(NotFound):
        await leaving.end(officer, hana.person_id or 0)
    assert await actions(database) == ["staff.end", "staff.end"]
    async with database.reading() as connection:
        told = await fetch(connection, select(Delivery.recipient_id).where(Delivery.kind == STAFF_ENDED))
        begun = await fetch(connection, select(Delivery.recipient_id).where(Delivery.kind == STAFF_BEGUN))
        spans = await fetch(connection, select(Membership.ends_on).where(Membership.is_ended))
    assert [row.recipient_id for row in told] == [HANA], "only who asked for messages"
    assert [row.recipient_id for row in begun] == [HANA]
    assert {row.ends_on for row in spans} == {date(2026, 11, 23)}, "the history of it stays"


async def test_one_leaves_oneself_and_comes_back_on_the_same_day(
    services: Services, officer: Actor, leaving: LeavingStaffService, database: Database
) -> None:
    hana = await staff(services, officer, HANA, "山田 花")
    await leaving.leave(hana)
    assert await kind_of(services, HANA) is MembershipKind.INDIVIDUAL
    with pytest.raises(Conflict):
        await leaving.leave(hana)
    await services[MembershipService].become_candidate(hana)
    assert await kind_of(services, HANA) is MembershipKind.STAFF_CANDIDATE
    own = await services[MembershipService].own(hana)
    assert all(step.is_done for step in own.steps), "what they have done, they have done"
    assert await actions(database) == ["staff.leave"]
    async with database.reading() as connection:
        assert await fetch(connection, select(Delivery.id).where(Delivery.kind == STAFF_ENDED)) == []


async def test_last_years_staff_have_no_grace_once_it_is_ended(
    services: Services, officer: Actor, leaving: LeavingStaffService, clock: FakeClock
) -> None:
    hana = await staff(services, officer, HANA, "山田 花")
    ken = await staff(services, officer, KEN, "例山 健")
    clock.go(seconds=(datetime(2027, 4, 1, 10, tzinfo=TOKYO) - clock.now()).total_seconds())
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    assert await kind_of(services, HANA) is MembershipKind.STAFF
    officer = await actor(services, OFFICER)
    (first, second), _ = await leaving.staff(officer)
    assert (first.in_grace, first.until) == (True, date(2027, 3, 31))
    assert {first.person_id, second.person_id} == {hana.person_id, ken.person_id}
    await leaving.end(officer, hana.person_id or 0)
    assert await kind_of(services, HANA) is MembershipKind.INDIVIDUAL
    with pytest.raises(Conflict):
        await services[StaffService].go_on(await actor(services, HANA))
    await services[StaffService].go_on(await actor(services, KEN))
    clock.go(days=1)
    await leaving.leave(await actor(services, KEN))
    assert await kind_of(services, KEN) is MembershipKind.INDIVIDUAL, "nor by the year before"
    assert await leaving.staff(await actor(services, OFFICER)) == ([], 0)


async def test_others_end_nothing(
    services: Services, officer: Actor, leaving: LeavingStaffService, database: Database
) -> None:
    hana = await staff(services, officer, HANA, "山田 花")
    ken = await staff(services, officer, KEN, "例山 健")
    for forbidden in (leaving.end(ken, hana.person_id or 0), leaving.staff(ken), leaving.line(ken, 1)):
        with pytest.raises(NotAllowed):
            await forbidden
    await found_organisation(services, guild=GUILD + 7, officer=MIO)
    other = await actor(services, MIO, GUILD + 7)
    with pytest.raises(NotFound):
        await leaving.end(other, hana.person_id or 0)
    with pytest.raises(Conflict):
        await leaving.leave(other)
    assert await kind_of(services, HANA) is MembershipKind.STAFF
    both = await asyncio.gather(leaving.leave(hana), leaving.end(officer, hana.person_id or 0), return_exceptions=True)
    assert sum(isinstance(one, NotFound | Conflict) for one in both) == 1
    assert len(await actions(database)) == 1


async def test_whoever_shows_it_in_discord_looks_again(
    services: Services, officer: Actor, leaving: LeavingStaffService, database: Database
) -> None:
    hana = await staff(services, officer, HANA, "山田 花")
    seen: list[dict[int, set[int | None]]] = []
    database.on_commit.append(lambda info: seen.append(info.get(CHANGED, {})))
    await leaving.leave(hana)
    assert seen == [{officer.organisation.id: {HANA}}]
