"""The desk ticks people, on both databases: once per person and session, and undone without a trace lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.attendance.checking_in import CheckInService
from bot.features.attendance.desks import DeskService
from bot.features.attendance.helping import HelpingService
from bot.features.attendance.models import CheckIn, Way
from bot.features.attendance.own import OwnAttendanceService
from bot.features.attendance.ticking import KEPT, TickingService, Which
from bot.features.events.organisers import OrganisersService
from bot.features.events.service import EventService
from bot.features.members.mydata import take_out
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.record_keeping.merging import MergingService
from tests.attendance.support import FIRST, SECOND, THIRD, assembly, code, to_the_start
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor


@pytest.fixture
def desk(services: Services) -> TickingService:
    return services[TickingService]


async def helper_of(services: Services, maker: Actor, event_id: int) -> Actor:
    helper = await join(services, NEWCOMER + 800, "受付 係")
    await services[HelpingService].add(maker, event_id, [helper.caller.discord_user_id])
    return await actor(services, helper.caller.discord_user_id)


async def came(services: Services, maker: Actor, event_id: int, key: tuple[int, int] = FIRST) -> list[str]:
    found = await services[TickingService].board(maker, event_id, key, Which.CAME, "", 0)
    return [one.name for one in found.people]


def numbers(*people: Actor) -> list[int]:
    return [one.person_id for one in people if one.person_id is not None]


async def test_two_at_the_desk_tick_the_same_people_at_once(
    services: Services, database: Database, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, students = await assembly(services, representative)
    await services[DeskService].set_doors(representative, event_id, ["北口", "南口"])
    helper = await helper_of(services, representative, event_id)
    to_the_start(clock)
    lists = [
        (representative, await desk.tick(representative, event_id, FIRST, 1, numbers(*students[:2]))),
        (helper, await desk.tick(helper, event_id, FIRST, 2, numbers(*students[1:]))),
    ]
    found = await desk.ticks(helper, lists[1][1])
    assert ([one.name for one in found.new], found.name) == (["学生 1", "学生 2"], "南口")
    assert await came(services, helper, event_id) == [], "nobody is in before it is confirmed"
    done = await asyncio.gather(*(desk.confirm(who, list_id) for who, list_id in lists))
    assert (sum(one.noted for one in done), sum(one.there for one in done)) == (3, 1)
    assert await came(services, helper, event_id) == ["学生 0", "学生 1", "学生 2"]
    with pytest.raises(NotFound):
        await desk.confirm(*lists[0])  # pressed again, after an answer that didn't come
    async with database.reading() as connection:
        rows = await fetch(connection, select(CheckIn.person_id, CheckIn.by_id, CheckIn.door))
    assert len(rows) == len({row.person_id for row in rows}) == 3
    assert {row.by_id for row in rows} == {representative.person_id, helper.person_id}


async def test_a_list_is_its_makers_and_waits_for_an_hour(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, students = await assembly(services, representative)
    helper = await helper_of(services, representative, event_id)
    with pytest.raises(Conflict, match="later"):
        await desk.tick(representative, event_id, FIRST, 0, numbers(*students))
    to_the_start(clock)
    list_id = await desk.tick(representative, event_id, FIRST, 0, numbers(*students))
    for call in (desk.confirm(helper, list_id), desk.ticks(helper, list_id)):
        with pytest.raises(NotFound):
            await call
    clock.go(seconds=KEPT.total_seconds())
    with pytest.raises(NotFound):
        await desk.confirm(representative, list_id)
    with pytest.raises(Invalid):
        await desk.tick(representative, event_id, FIRST, 0, [999_999])


async def test_a_check_in_is_undone_and_kept_as_such(
    services: Services, database: Database, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    helper = await helper_of(services, representative, event_id)
    to_the_start(clock)
    for _ in range(2):
        await services[CheckInService].check_in(one, event_id, await code(services, representative, event_id))
        _, _, found = await desk.person(helper, event_id, FIRST, numbers(one)[0])
        assert found.mark is not None
        assert await desk.undo(helper, found.mark.check_in_id) == (event_id, FIRST)
        with pytest.raises(Conflict):
            await desk.undo(representative, found.mark.check_in_id)
    assert await came(services, representative, event_id) == []
    async with database.reading() as connection:
        rows = await fetch(connection, select(CheckIn.undone_at, CheckIn.undone_by_id))
    assert [row.undone_by_id for row in rows] == [helper.person_id] * 2
    assert all(row.undone_at is not None for row in rows)
    assert await services[OwnAttendanceService].own(one) == []


async def test_paper_is_entered_afterwards_by_who_came_or_by_who_did_not(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, students = await assembly(services, representative)
    to_the_start(clock)
    clock.go(days=4)
    paper = await desk.read_paper(representative, event_id, FIRST, 0, "学生　0\n\n学生2\nだれか\n学生 0", all_but=False)
    found = await desk.ticks(representative, paper)
    assert ([one.name for one in found.new], list(found.unclear)) == (["学生 0", "学生 2"], ["だれか"])
    await desk.confirm(representative, paper)
    assert await came(services, representative, event_id) == ["学生 0", "学生 2"]
    page = await desk.board(representative, event_id, FIRST, Which.ALL, "", 0)
    marks = [one.mark for one in page.people if one.mark is not None]
    assert [(one.way, one.came_at) for one in marks] == [(Way.PAPER, page.slot.starts_at)] * 2
    with pytest.raises(Invalid, match="nothing was noted"):
        await desk.read_paper(representative, event_id, SECOND, 0, "だれか", all_but=True)
    rest = await desk.read_paper(representative, event_id, SECOND, 0, "学生 1", all_but=True)
    await desk.confirm(representative, rest)
    assert await came(services, representative, event_id, SECOND) == ["学生 0", "学生 2"]
    everybody = await desk.read_paper(representative, event_id, THIRD, 0, "", all_but=True)
    assert (await desk.confirm(representative, everybody)).noted == len(students)
    with pytest.raises(Invalid):
        await desk.read_paper(representative, event_id, FIRST, 0, " \n", all_but=False)


async def test_somebody_without_an_account_walks_in(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, _ = await assembly(services, representative)
    to_the_start(clock)
    await desk.walk_in(representative, event_id, FIRST, 0, "高橋 次郎", "京都大学")
    for name in ("高橋　次郎", "学生 1"):
        with pytest.raises(Conflict, match="on the list already"):
            await desk.walk_in(representative, event_id, FIRST, 0, name)
    await desk.walk_in(representative, event_id, FIRST, 0, "学生 1", is_another=True)
    tally = (await services[DeskService].desk(representative, event_id, FIRST)).tally
    assert (tally.places, tally.came, tally.walk_ins) == (3, 2, 2)
    with pytest.raises(Invalid):
        await desk.walk_in(representative, event_id, FIRST, 0, "@everyone")


async def test_who_is_excused_is_neither_here_nor_absent_and_may_come_all_the_same(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, _) = await assembly(services, representative)
    for _ in range(2):
        await desk.excuse(representative, event_id, FIRST, numbers(one)[0])
    to_the_start(clock)
    tally = (await services[DeskService].desk(representative, event_id)).tally
    assert (tally.came, tally.excused) == (0, 1)
    await services[CheckInService].check_in(one, event_id, await code(services, representative, event_id))
    tally = (await services[DeskService].desk(representative, event_id)).tally
    assert (tally.came, tally.excused) == (1, 0)
    with pytest.raises(Conflict, match="checked in"):
        await desk.excuse(representative, event_id, FIRST, numbers(one)[0])
    with pytest.raises(NotFound):
        await desk.excuse(representative, event_id, FIRST, 999_999)
    await desk.excuse(representative, event_id, FIRST, numbers(two)[0])
    assert await services[OwnAttendanceService].own(two) == []


async def test_who_helps_sees_the_desk_and_changes_nothing_of_it(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (student, _, _) = await assembly(services, representative)
    helping, desks = services[HelpingService], services[DeskService]
    with pytest.raises(NotAllowed):
        await desk.board(student, event_id, FIRST, Which.ALL, "", 0)
    helper = await helper_of(services, representative, event_id)
    assert not (await desks.desk(helper, event_id)).may_change
    await code(services, helper, event_id)
    for call in (
        desks.set_walk_ins(helper, event_id, takes=True),
        desks.set_doors(helper, event_id, ["北口"]),
        desks.attendance(helper, event_id),
        helping.add(helper, event_id, [student.caller.discord_user_id]),
        services[OrganisersService].organisers(helper, event_id),
    ):
        with pytest.raises(NotAllowed):
            await call
    assert not (await services[EventService].event(helper, event_id)).may_edit
    offer = await services[CheckInService].offer(helper, await services[EventService].event(helper, event_id))
    assert offer.helps
    clock.go(days=200)
    late = await actor(services, helper.caller.discord_user_id)
    with pytest.raises(NotAllowed):
        await desks.desk(late, event_id)
    clock.go(days=-200)
    assert helper.person_id is not None
    await helping.remove(representative, event_id, helper.person_id)
    with pytest.raises(NotAllowed):
        await desks.desk(await actor(services, helper.caller.discord_user_id), event_id)
    with pytest.raises(Conflict):
        await helping.remove(representative, event_id, helper.person_id)
    with pytest.raises(Invalid):
        await helping.add(representative, event_id, [NEWCOMER + 950])


async def test_sessions_count_by_themselves_and_their_hours_once(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, three) = await assembly(services, representative)
    desks, own = services[DeskService], services[OwnAttendanceService]
    await desks.add_session(representative, event_id, "全体会 1", 1, "13:00〜14:30")
    await desks.add_session(representative, event_id, "懇親会", 1, "22:00-1:00")
    for name, day, hours in (
        ("", 1, "9:00-10:00"),
        ("会", 4, "9:00-10:00"),
        ("会", 1, "9時から"),
        ("会", 1, "9:00-9:00"),
    ):
        with pytest.raises(Invalid):
            await desks.add_session(representative, event_id, name, day, hours)
    slots = (await desks.desk(representative, event_id)).door.slots
    assert [(slot.day, slot.name) for slot in slots] == [(0, ""), (0, "全体会 1"), (0, "懇親会"), (1, ""), (2, "")]
    plenary, party = slots[1].key, slots[2].key
    to_the_start(clock)
    for key, who in ((FIRST, [one]), (plenary, [one, two]), (party, [three])):
        await desk.confirm(representative, await desk.tick(representative, event_id, key, 0, numbers(*who)))
    times = [[each.time for each in await own.own(who)] for who in (one, two, three)]
    assert times == [[timedelta(hours=8)], [timedelta(hours=1, minutes=30)], [timedelta(hours=3)]]
    with pytest.raises(Conflict):
        await desks.remove_session(representative, event_id, party[1])
    _, _, found = await desk.person(representative, event_id, party, numbers(three)[0])
    assert found.mark is not None
    await desk.undo(representative, found.mark.check_in_id)
    await desks.remove_session(representative, event_id, party[1])
    with pytest.raises(NotFound):
        await desks.desk(representative, event_id, party)


async def test_who_leaves_early_has_the_hours_until_then(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    to_the_start(clock)
    clock.go(hours=1)
    await services[CheckInService].check_in(one, event_id, await code(services, representative, event_id))
    _, _, found = await desk.person(representative, event_id, FIRST, numbers(one)[0])
    assert found.mark is not None
    clock.go(hours=2)
    await desk.leave(representative, found.mark.check_in_id, is_gone=True)
    (mine,) = await services[OwnAttendanceService].own(one)
    assert round(mine.time.total_seconds()) == 2 * 60 * 60
    await desk.leave(representative, found.mark.check_in_id, is_gone=False)
    (mine,) = await services[OwnAttendanceService].own(one)
    assert mine.time == timedelta(hours=8)


async def test_the_board_is_searched_and_turned_to_its_end(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, students = await assembly(services, representative, 27)
    to_the_start(clock)
    await desk.confirm(representative, await desk.tick(representative, event_id, FIRST, 0, numbers(*students[:2])))
    pages = [await desk.board(representative, event_id, FIRST, Which.ALL, "", page) for page in (0, 1)]
    assert [len(page.people) for page in pages] == [25, 2]
    assert (pages[0].came, pages[0].places) == (2, 27)
    missing = await desk.board(representative, event_id, FIRST, Which.MISSING, "", 0)
    assert missing.people.total == 25
    found = await desk.board(representative, event_id, FIRST, Which.ALL, "26", 0)
    assert [one.name for one in found.people] == ["学生 26"]


async def test_hours_stay_as_a_total_when_somebody_is_forgotten(
    services: Services, database: Database, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, two, _) = await assembly(services, representative)
    to_the_start(clock)
    await desk.confirm(representative, await desk.tick(representative, event_id, FIRST, 0, numbers(one, two)))
    before = (await services[DeskService].desk(representative, event_id)).tally
    async with database.writing() as session:
        person = await session.get_one(Person, numbers(one)[0])
        await take_out(session, person, representative.today, clock.now())
    after = (await services[DeskService].desk(representative, event_id)).tally
    assert (after.came, after.time) == (before.came, before.time) == (2, timedelta(hours=16))
    assert await came(services, representative, event_id) == ["学生 1"]


async def test_two_records_of_one_person_came_once(
    services: Services, desk: TickingService, representative: Actor, clock: FakeClock
) -> None:
    event_id, (one, _, _) = await assembly(services, representative)
    to_the_start(clock)
    await desk.confirm(representative, await desk.tick(representative, event_id, FIRST, 0, numbers(one)))
    double = await desk.walk_in(representative, event_id, FIRST, 0, "学生 0", is_another=True)
    officer = await actor(services, OFFICER)
    preview = await services[MergingService].preview(officer, numbers(one)[0], double)
    await services[MergingService].merge(officer, numbers(one)[0], double, preview.token)
    tally = (await services[DeskService].desk(representative, event_id)).tally
    assert (tally.places, tally.came) == (3, 1)
