"""Somebody checks in by the code at the door, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.attendance.checking_in import FOREIGN, NOT_NOW, OLD, TOO_OFTEN, WRONG, CheckInService, Offer
from bot.features.attendance.desks import DeskService
from bot.features.attendance.models import CheckIn, WrongCode
from bot.features.attendance.rules import BAD_CODE, WRONG_CODES
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from tests.attendance.support import FIRST, SECOND, assembly, code, to_the_start
from tests.events.support import posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, actor


@pytest.fixture
def door(services: Services) -> CheckInService:
    return services[CheckInService]


async def count(database: Database, table: type) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


def wrong(*right: str) -> str:
    """Another code."""
    return next(one for one in (f"{n:06d}" for n in range(100)) if one not in right)


async def offer(services: Services, who: Actor, event_id: int) -> Offer:
    return await services[CheckInService].offer(who, await services[EventService].event(who, event_id))


async def test_it_is_offered_around_a_session_until_somebody_is_in(
    services: Services, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    stranger = await join(services, NEWCOMER + 900, "学生 外")
    assert await offer(services, one, event_id) == Offer()
    with pytest.raises(Conflict, match=NOT_NOW[:20]):
        await door.to_check_in(one, event_id)
    to_the_start(clock)
    clock.go(minutes=-31)
    assert not (await offer(services, one, event_id)).may_check_in
    clock.go(minutes=2)
    assert (await offer(services, one, event_id)).may_check_in
    assert not (await offer(services, stranger, event_id)).may_check_in, "they have no place"
    await door.to_check_in(one, event_id)
    done = await door.check_in(one, event_id, await code(services, representative, event_id))
    assert (done.slot.key, done.was_there, done.came_at) == (FIRST, False, clock.last)
    assert not (await offer(services, one, event_id)).may_check_in
    clock.go(days=1)
    assert (await offer(services, one, event_id)).may_check_in, "the second day counts by itself"
    clock.go(days=7)
    assert not (await offer(services, one, event_id)).may_check_in


async def test_twice_is_once_also_at_the_same_time(
    services: Services, database: Database, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    to_the_start(clock)
    shown = await code(services, representative, event_id)
    found = await asyncio.gather(*(door.check_in(one, event_id, shown) for _ in range(4)))
    assert sorted(each.was_there for each in found) == [False, True, True, True]
    assert len({each.came_at for each in found}) == 1
    assert await count(database, CheckIn) == 1


async def test_a_code_rotates_and_the_one_before_is_taken(
    services: Services, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, three) = await assembly(services, representative)
    await services[DeskService].set_fixed(representative, event_id, is_fixed=False)
    to_the_start(clock)
    shown = await services[DeskService].code(representative, event_id, FIRST, 0)
    assert timedelta(minutes=5) <= shown.until - clock.last <= timedelta(minutes=10)
    clock.go(minutes=5)
    assert (await code(services, representative, event_id)) != shown.code
    await door.check_in(one, event_id, shown.code)
    clock.go(minutes=5)
    with pytest.raises(Invalid, match=OLD[:20]):
        await door.check_in(two, event_id, shown.code)
    spaced = await code(services, representative, event_id)
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in f"{spaced[:3]} {spaced[3:]}" if digit != " ")
    await door.check_in(two, event_id, f"{full[:3]} {full[3:]}")
    await door.check_in(three, event_id, f"{spaced[:3]}-{spaced[3:]}")


@pytest.mark.parametrize("is_fixed", [True, False])
async def test_the_code_of_yesterday_that_of_another_event_and_a_wrong_one_are_refused(
    services: Services,
    database: Database,
    door: CheckInService,
    representative: Actor,
    clock: FakeClock,
    is_fixed: bool,
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    other = (await posted(services, representative, "12/5(土) 10:00〜12/7(月) 15:00 研修、誰でも")).event_id
    await services[DeskService].open(representative, other)
    for each in (event_id, other):
        await services[DeskService].set_fixed(representative, each, is_fixed=is_fixed)
    to_the_start(clock)
    yesterday = await code(services, representative, event_id)
    clock.go(days=1)
    foreign = await code(services, representative, other, SECOND)
    right = await code(services, representative, event_id, SECOND)
    for typed, said in ((yesterday, OLD), (foreign, FOREIGN), (wrong(yesterday, foreign, right), WRONG)):
        with pytest.raises(Invalid) as refused:
            await door.check_in(one, event_id, typed)
        assert refused.value.message == said
        assert refused.value.next_steps
    with pytest.raises(Invalid, match=BAD_CODE[:15]):
        await door.check_in(one, event_id, "12345")
    assert await count(database, WrongCode) == 3, "what can't be a code isn't a guess"
    assert await count(database, CheckIn) == 0
    await door.check_in(one, event_id, right)


async def test_who_guesses_waits_and_others_do_not(
    services: Services, database: Database, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, _) = await assembly(services, representative)
    to_the_start(clock)
    right = await code(services, representative, event_id)
    for _ in range(WRONG_CODES):
        with pytest.raises(Invalid):
            await door.check_in(one, event_id, wrong(right))
    with pytest.raises(Conflict) as refused:
        await door.check_in(one, event_id, right)
    assert refused.value.message == TOO_OFTEN
    await door.check_in(two, event_id, right)
    clock.go(minutes=10)
    assert not (await door.check_in(one, event_id, right)).was_there
    assert await door.forget_wrong_codes() == WRONG_CODES
    assert await count(database, WrongCode) == 0


async def test_people_without_a_place_come_in_by_the_code_where_the_organiser_allows_it(
    services: Services, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, _ = await assembly(services, representative)
    stranger = await join(services, NEWCOMER + 900, "学生 外")
    unknown = await actor(services, NEWCOMER + 901)
    to_the_start(clock)
    right = await code(services, representative, event_id)
    with pytest.raises(NotAllowed):
        await door.check_in(stranger, event_id, right)
    with pytest.raises(NotFound):
        await door.check_in(unknown, event_id, right)
    await services[DeskService].set_walk_ins(representative, event_id, takes=True)
    assert (await offer(services, stranger, event_id)).may_check_in
    await door.check_in(stranger, event_id, right)
    tally = (await services[DeskService].desk(representative, event_id)).tally
    assert (tally.places, tally.came, tally.walk_ins) == (3, 1, 1)


async def test_a_code_says_at_which_door(
    services: Services, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, three) = await assembly(services, representative)
    await services[DeskService].set_doors(representative, event_id, ["北口", " 南口 ", ""])
    to_the_start(clock)
    for who, number, name in ((one, 1, "北口"), (two, 2, "南口"), (three, 0, "")):
        shown = await code(services, representative, event_id, door=number)
        assert (await door.check_in(who, event_id, shown)).door == name


async def test_a_cancelled_event_has_no_door(
    services: Services, door: CheckInService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    to_the_start(clock)
    right = await code(services, representative, event_id)
    await services[EventService].cancel(representative, event_id, "台風")
    with pytest.raises(Conflict):
        await door.check_in(one, event_id, right)
    with pytest.raises(Conflict):
        await code(services, representative, event_id)
