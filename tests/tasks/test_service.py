from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch, insert_if_absent
from bot.deliveries.models import Delivery, RecipientKind, SparedSpell
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Post, Term
from bot.features.people.terms import LC_REPRESENTATIVE, NATIONAL_OFFICER
from bot.features.tasks.models import Task, TaskState
from bot.features.tasks.queries import tasks_waiting
from bot.features.tasks.reminding import BUNDLE, TaskWatch
from bot.features.tasks.rules import TaskTemplate
from bot.features.tasks.service import DROP, TICK, NewTask, TaskDraft, TaskService, keep_set, move_all, set_task, settle
from tests.announcements.support import part
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, STUDENT, actor, appoint_to

#: The first day of the clock, and the day of most tasks.
TODAY, DUE = date(2026, 11, 21), date(2026, 12, 24)
SECOND = NEWCOMER + 1
ROOM = TaskTemplate("test:room", offset=-14, reminders=(3,))
BOOKED = TaskTemplate("test:booked", step=NextStep("Open", "test:{subject}"))


@pytest.fixture
def tasks(services: Services) -> TaskService:
    return services[TaskService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await join(services, OFFICER, "役員 花", contact=Contact.DIRECT)


async def post(database: Database, key: str) -> int:
    async with database.reading() as connection:
        found = await connection.scalar(select(Post.id).where(Post.key == key))
    assert found is not None
    return int(found)


@pytest.fixture
async def of_lc(tasks: TaskService, database: Database, officer: Actor, lc: int) -> int:
    """A task of the LC's representative, set by a national officer."""
    return await tasks.set(officer, TaskDraft("部室の鍵", DUE, await post(database, LC_REPRESENTATIVE), lc))


async def row(database: Database, task_id: int) -> Any:
    async with database.reading() as connection:
        (found,) = await fetch(connection, select(*Task.__table__.c).where(Task.id == task_id))
    return found


async def morning(services: Services, database: Database, clock: FakeClock, day: date) -> list[tuple[str, int]]:
    """Look on the morning of a day; to whom a message went that day."""
    now = datetime.combine(day, datetime.min.time(), clock.last.tzinfo) - timedelta(hours=1)  # 8:00 in Tokyo
    clock.go(seconds=(now - clock.last).total_seconds())
    await services[TaskWatch].look(1)
    return [(one.recipient_kind, one.recipient_id) for one in await said(database, day)]


async def said(database: Database, day: date | None = None) -> list[Any]:
    query = select(Delivery.recipient_kind, Delivery.recipient_id, Delivery.key, Delivery.payload).where(
        Delivery.kind == BUNDLE, *([Delivery.key.endswith(day.isoformat())] if day else [])
    )
    async with database.reading() as connection:
        return list(await fetch(connection, query.order_by(Delivery.id)))


async def titles(services: Services, database: Database, day: date) -> list[list[str]]:
    """What each message of a day says on that day."""
    found = await said(database, day)
    return [[one.title_ja for one in await services[TaskWatch].bundle(1, each.payload, day)] for each in found]


PERSON, THREAD, CHANNEL = RecipientKind.PERSON.value, RecipientKind.THREAD.value, RecipientKind.OFFICERS.value


async def counted(services: Services, who: Actor) -> tuple[int, int]:
    """How many tasks wait for them today, and how many are theirs."""
    found = await facts_of(services, who, tasks_waiting)
    return sum(one.n or 0 for one in found), sum(one.of or 0 for one in found)


async def test_whoever_holds_the_post_has_it_and_any_of_them_ticks(
    tasks: TaskService, services: Services, database: Database, of_lc: int, lc: int
) -> None:
    await appoint_to(services, SECOND, LC_REPRESENTATIVE, lc)
    for user in (REPRESENTATIVE, SECOND):
        (line,) = await tasks.mine(await actor(services, user))
        assert (line.task_id, line.title_ja, line.post_ja, line.person) == (of_lc, "部室の鍵", "大学代表者", "")
        assert await counted(services, await actor(services, user)) == (1, 1)
    for user in (OTHER, NEWCOMER):
        with pytest.raises(NotAllowed):
            await tasks.tick(await actor(services, user), of_lc)
    await tasks.tick(await actor(services, SECOND), of_lc)
    await tasks.tick(await actor(services, REPRESENTATIVE), of_lc)  # of two who tick, both are right
    assert await tasks.mine(await actor(services, REPRESENTATIVE)) == []
    async with database.reading() as connection:
        query = select(AuditEntry.action, AuditEntry.subject_kind).where(AuditEntry.action.startswith("task."))
        noted = [tuple(one) for one in await fetch(connection, query.order_by(AuditEntry.id))]
    assert noted == [("task.set", "local_committee"), ("task.tick", "local_committee")]


async def test_posts_say_whether_somebody_holds_them_today(
    tasks: TaskService, services: Services, officer: Actor, lc: int
) -> None:
    await appoint_to(services, SECOND, "leo", lc, date(2027, 4, 1), date(2028, 3, 31))  # yet to come
    vacant = {one.name_ja: bool(one.is_vacant) for one in await tasks.doers(officer, lc)}
    assert not vacant["大学代表者"]
    assert vacant["LEO（臨床交換留学 担当）"]
    vacant = {one.name_ja: bool(one.is_vacant) for one in await tasks.doers(officer, None)}
    assert not vacant["全国役員"]
    assert vacant["会計"]


async def test_a_handover_passes_it_on_by_itself(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, lc: int, officer: Actor
) -> None:
    due = date(2027, 5, 1)
    task_id = await tasks.set(officer, TaskDraft("部室の鍵", due, await post(database, LC_REPRESENTATIVE), lc))
    await appoint_to(services, SECOND, LC_REPRESENTATIVE, lc, date(2027, 4, 1), date(2028, 3, 31))
    await join(services, SECOND, "後任", contact=Contact.DIRECT)
    await appoint_to(services, OFFICER, NATIONAL_OFFICER, None, date(2027, 4, 1), date(2028, 3, 31))
    assert await tasks.mine(await actor(services, SECOND)) == []
    assert await morning(services, database, clock, date(2027, 4, 24)) == [(PERSON, SECOND)]
    assert await tasks.mine(await actor(services, REPRESENTATIVE)) == []
    with pytest.raises(NotAllowed):
        await tasks.tick(await actor(services, REPRESENTATIVE), task_id)
    (line,) = await tasks.mine(await actor(services, SECOND))
    await tasks.tick(await actor(services, SECOND), line.task_id)


async def test_reminders_come_as_declared_and_once_when_it_is_overdue(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, lc: int, officer: Actor
) -> None:
    task_id = await tasks.set(officer, TaskDraft("会計", DUE, await post(database, NATIONAL_OFFICER)))
    told = []
    for number in range(60):
        day = TODAY + timedelta(days=number + 1)
        if await morning(services, database, clock, day):
            assert await titles(services, database, day) == [["会計"]]
            told.append((day - DUE).days)
    assert told == [-7, -1, 1]
    await tasks.tick(officer, task_id)
    assert await said(database) != []
    assert [await services[TaskWatch].bundle(1, one.payload, DUE) for one in await said(database)] == [[], [], []]


async def test_after_an_outage_one_reminder_makes_up_for_all(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    await tasks.set(officer, TaskDraft("会計", DUE, await post(database, NATIONAL_OFFICER)))
    day = DUE + timedelta(days=20)
    for _ in range(3):
        assert await morning(services, database, clock, day) == [(PERSON, OFFICER)]
    assert await morning(services, database, clock, day + timedelta(days=1)) == []


async def test_a_reader_has_one_message_for_all_of_it(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    for title in ("会計", "報告"):
        await tasks.set(officer, TaskDraft(title, DUE, await post(database, NATIONAL_OFFICER)))
    day = DUE - timedelta(days=7)
    assert await morning(services, database, clock, day) == [(PERSON, OFFICER)]
    assert await titles(services, database, day) == [["会計", "報告"]]
    late = await tasks.set(officer, TaskDraft("あとから", DUE, await post(database, NATIONAL_OFFICER)))
    await services[TaskWatch].look(1)
    assert len(await said(database)) == 1
    assert (await row(database, late)).said_on is None, "today's message is out: it waits for tomorrow's"
    assert await morning(services, database, clock, day + timedelta(days=1)) == [(PERSON, OFFICER)]
    assert await titles(services, database, day + timedelta(days=1)) == [["あとから"]]


async def test_who_did_not_choose_direct_messages_reads_it_at_home(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, of_lc: int
) -> None:
    assert await morning(services, database, clock, DUE - timedelta(days=7)) == []
    assert await counted(services, await actor(services, REPRESENTATIVE)) == (1, 1)


async def test_the_thread_of_an_lc_is_told_of_its_posts_and_never_of_one_persons_task(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, of_lc: int, lc: int, officer: Actor
) -> None:
    await part(database, f"thread:lc:{lc}", 7_002)
    representative = await actor(services, REPRESENTATIVE)
    await tasks.set(representative, TaskDraft("自分用", DUE, person_id=representative.person_id))
    day = DUE - timedelta(days=7)
    assert await morning(services, database, clock, day) == [(THREAD, 7_002)]
    assert await titles(services, database, day) == [["部室の鍵"]]
    await join(services, REPRESENTATIVE, "代表", contact=Contact.DIRECT)
    day = DUE - timedelta(days=1)
    assert await morning(services, database, clock, day) == [(PERSON, REPRESENTATIVE)], "once: to whoever reads it"
    assert await titles(services, database, day) == [["部室の鍵", "自分用"]]


async def test_it_goes_up_once_from_an_lc_to_the_nation(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, of_lc: int
) -> None:
    told = []
    for number in range(-8, 30):
        day = DUE + timedelta(days=number)
        told += [(number, *each) for each in await morning(services, database, clock, day)]
    assert told == [(7, CHANNEL, 1)]
    assert await counted(services, await actor(services, OFFICER)) == (1, 1)
    assert await counted(services, await actor(services, REPRESENTATIVE)) == (1, 1)
    (message,) = await said(database)
    (line,) = await services[TaskWatch].bundle(1, message.payload, DUE + timedelta(days=8))
    assert line.task_id == of_lc
    await tasks.tick(await actor(services, OFFICER), of_lc)
    assert await counted(services, await actor(services, OFFICER)) == (0, 0)


async def test_it_goes_up_from_a_person_to_whoever_set_it(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    someone = await join(services, NEWCOMER, "新人")
    await tasks.set(officer, TaskDraft("報告", DUE, person_id=someone.person_id))
    assert await morning(services, database, clock, DUE + timedelta(days=1)) == []
    assert await tasks.mine(await actor(services, OFFICER)) == []
    day = DUE + timedelta(days=7)
    assert await morning(services, database, clock, day) == [(PERSON, OFFICER)]
    assert await titles(services, database, day) == [["報告"]]
    (line,) = await tasks.mine(await actor(services, OFFICER))
    assert line.person == "新人"
    assert await morning(services, database, clock, day + timedelta(days=1)) == []


async def test_a_vacant_post_goes_up_at_once_and_comes_back_with_its_holder(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, lc: int, officer: Actor
) -> None:
    await tasks.set(officer, TaskDraft("SNS", DUE, await post(database, "lpo"), lc))
    day = TODAY + timedelta(days=1)
    assert await morning(services, database, clock, day) == [(CHANNEL, 1)]
    assert await counted(services, await actor(services, OFFICER)) == (1, 1)
    await appoint_to(services, NEWCOMER, "lpo", lc)
    assert await counted(services, await actor(services, OFFICER)) == (0, 0)
    assert await titles(services, database, day) == [[]]
    assert await counted(services, await actor(services, NEWCOMER)) == (1, 1)


async def test_a_note_to_oneself_is_nobody_elses_business(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor, lc: int
) -> None:
    someone = await actor(services, REPRESENTATIVE)
    task_id = await tasks.set(someone, TaskDraft("自分用", DUE, person_id=someone.person_id))
    assert await tasks.all(officer) == []
    for attempt in (tasks.show(officer, task_id), tasks.tick(officer, task_id), tasks.drop(officer, task_id)):
        with pytest.raises(NotAllowed):
            await attempt
    assert await morning(services, database, clock, DUE + timedelta(days=30)) == []
    await services[MyDataService].export(someone)
    clock.go(days=200)
    await services[MyDataService].delete(await actor(services, REPRESENTATIVE))
    with pytest.raises(NotFound):
        await tasks.show(await actor(services, OFFICER), task_id)


async def test_who_is_spared_is_told_afterwards(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    await tasks.set(officer, TaskDraft("会計", DUE, await post(database, NATIONAL_OFFICER)))
    spell = {"starts_at": clock.last, "ends_at": clock.last + timedelta(days=40)}
    async with database.writing() as session:
        await insert_if_absent(session, SparedSpell, discord_user_id=OFFICER, **spell)
    told = []
    for number in range(1, 50):
        day = TODAY + timedelta(days=number)
        told += [number for _ in await morning(services, database, clock, day)]
    assert told == [41]


async def test_a_tick_that_is_taken_back_is_worth_a_reminder_again(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    task_id = await tasks.set(officer, TaskDraft("会計", DUE, await post(database, NATIONAL_OFFICER)))
    first = DUE - timedelta(days=7)
    assert len(await morning(services, database, clock, first)) == 1
    for _ in range(2):  # pressed twice, it comes out the same
        await tasks.tick(officer, task_id)
    for _ in range(2):
        await tasks.untick(officer, task_id)
    await services[TaskWatch].look(1)
    assert await titles(services, database, first) == [[]], "today's message says it no more"
    assert len(await morning(services, database, clock, first + timedelta(days=1))) == 1
    assert await morning(services, database, clock, first + timedelta(days=2)) == []


async def test_a_dropped_one_is_over(tasks: TaskService, services: Services, of_lc: int, officer: Actor) -> None:
    representative = await actor(services, REPRESENTATIVE)
    card = await tasks.show(representative, of_lc)
    assert (card.may_tick, card.may_drop) == (True, True)
    await tasks.drop(representative, of_lc)
    for attempt in (
        tasks.drop(officer, of_lc),
        tasks.tick(officer, of_lc),
        tasks.untick(officer, of_lc),
        tasks.move_anchor(officer, of_lc, DUE),
        tasks.wait_for(officer, of_lc, "学生課", None, ""),
    ):
        with pytest.raises(Conflict):
            await attempt
    assert (await tasks.show(officer, of_lc)).line.state is TaskState.DROPPED


async def test_another_day_is_said_anew(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    task_id = await tasks.set(officer, TaskDraft("会計", DUE, await post(database, NATIONAL_OFFICER)))
    assert len(await morning(services, database, clock, DUE - timedelta(days=7))) == 1
    later = DUE + timedelta(days=30)
    await tasks.move_anchor(officer, task_id, later)
    await tasks.move_anchor(officer, task_id, later)
    with pytest.raises(Invalid):
        await tasks.move_anchor(officer, task_id, TODAY - timedelta(days=1))
    assert await morning(services, database, clock, DUE + timedelta(days=2)) == []
    assert len(await morning(services, database, clock, later - timedelta(days=7))) == 1


async def test_it_says_on_whom_it_waits(tasks: TaskService, services: Services, of_lc: int) -> None:
    representative = await actor(services, REPRESENTATIVE)
    await tasks.wait_for(representative, of_lc, "学生課", date(2026, 11, 1), " 先日お願いした件です。\n")
    line = (await tasks.show(representative, of_lc)).line
    assert (line.waiting_for, line.waiting_since, line.ask_again) == (
        "学生課",
        date(2026, 11, 1),
        "先日お願いした件です。",
    )
    for party, since, text in (("あ" * 101, None, ""), ("学生課", DUE, ""), ("学生課", None, "あ" * 501)):
        with pytest.raises(Invalid):
            await tasks.wait_for(representative, of_lc, party, since, text)
    await tasks.wait_for(representative, of_lc, "", None, "残り")
    line = (await tasks.show(representative, of_lc)).line
    assert (line.waiting_for, line.waiting_since, line.ask_again) == ("", None, "")


async def test_what_cannot_be_set(tasks: TaskService, services: Services, database: Database, officer: Actor) -> None:
    leo = await post(database, "leo")
    for draft, refusal in (
        (TaskDraft(" ", DUE, leo, 1), Invalid),
        (TaskDraft("@everyone", DUE, leo, 1), Invalid),
        (TaskDraft("鍵", TODAY - timedelta(days=1), leo, 1), Invalid),
        (TaskDraft("鍵", DUE, leo, 9_999), NotFound),
        (TaskDraft("鍵", DUE, leo), NotFound),  # no post of the nation
        (TaskDraft("鍵", DUE, await post(database, "lc_member"), 1), NotFound),
        (TaskDraft("鍵", DUE, person_id=9_999), NotFound),
        (TaskDraft("鍵", DUE), NotFound),
    ):
        with pytest.raises(refusal):
            await tasks.set(officer, draft)
    newcomer = await actor(services, NEWCOMER)
    with pytest.raises(NotAllowed):
        await tasks.set(newcomer, TaskDraft("鍵", DUE, person_id=newcomer.person_id))  # nobody whom we know
    assert await counted(services, newcomer) == (0, 0)
    assert await tasks.doers(newcomer, None) == []


async def test_who_set_a_posts_task_keeps_it_only_in_office(
    tasks: TaskService, services: Services, database: Database, lc: int
) -> None:
    representative = await actor(services, REPRESENTATIVE)
    task_id = await tasks.set(representative, TaskDraft("鍵", DUE, await post(database, "leo"), lc))
    async with database.writing() as session:
        over = update(Term).where(Term.person_id == representative.person_id)
        await session.execute(over.values(ends_on=TODAY - timedelta(days=1)))
    former = await actor(services, REPRESENTATIVE)
    for attempt in (tasks.show(former, task_id), tasks.tick(former, task_id), tasks.drop(former, task_id)):
        with pytest.raises(NotAllowed):
            await attempt


async def test_a_former_officer_keeps_no_task_of_somebody_else(
    tasks: TaskService, services: Services, database: Database, officer: Actor
) -> None:
    someone = await join(services, NEWCOMER, "新人")
    task_id = await tasks.set(officer, TaskDraft("報告", DUE, person_id=someone.person_id))
    own = await tasks.set(officer, TaskDraft("メモ", DUE, person_id=officer.person_id))
    async with database.writing() as session:
        over = update(Term).where(Term.person_id == officer.person_id)
        await session.execute(over.values(ends_on=TODAY - timedelta(days=1)))
    former = await actor(services, OFFICER)
    for attempt in (tasks.show(former, task_id), tasks.tick(former, task_id), tasks.drop(former, task_id)):
        with pytest.raises(NotAllowed):
            await attempt
    await tasks.drop(former, own)


async def test_a_note_to_oneself_is_in_no_list_of_an_lc(
    tasks: TaskService, services: Services, database: Database, lc: int
) -> None:
    representative = await actor(services, REPRESENTATIVE)
    note = await tasks.set(representative, TaskDraft("メモ", DUE, None, lc, representative.person_id))
    assert (await row(database, note)).lc_id is None
    assert await tasks.of_lc(representative, lc) == []


async def test_it_goes_up_to_the_nation_once_its_setter_is_out_of_office(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    someone = await join(services, NEWCOMER, "新人")
    await tasks.set(officer, TaskDraft("報告", DUE, person_id=someone.person_id))
    await appoint_to(services, OTHER, NATIONAL_OFFICER, None)
    async with database.writing() as session:
        over = update(Term).where(Term.person_id == officer.person_id)
        await session.execute(over.values(ends_on=DUE))
    day = DUE + timedelta(days=7)
    assert await morning(services, database, clock, day) == [(CHANNEL, 1)]
    assert await titles(services, database, day) == [["報告"]]
    assert await tasks.mine(await actor(services, OFFICER)) == []
    assert [line.title_ja for line in await tasks.mine(await actor(services, OTHER))] == ["報告"]


async def test_an_officer_of_the_lc_ticks_what_its_list_has(
    tasks: TaskService, services: Services, database: Database, officer: Actor, lc: int
) -> None:
    task_id = await tasks.set(officer, TaskDraft("鍵", DUE, await post(database, "leo"), lc))
    representative = await actor(services, REPRESENTATIVE)
    assert [line.task_id for line in await tasks.of_lc(representative, lc)] == [task_id]
    assert (await tasks.show(representative, task_id)).may_tick
    await tasks.tick(representative, task_id)
    with pytest.raises(NotAllowed):
        await tasks.untick(await actor(services, OTHER), task_id)


async def test_the_thread_hears_nothing_that_a_holder_heard_directly(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, of_lc: int, lc: int, officer: Actor
) -> None:
    await part(database, f"thread:lc:{lc}", 7_002)
    await join(services, REPRESENTATIVE, "代表", contact=Contact.DIRECT)
    await appoint_to(services, SECOND, "leo", lc)
    await tasks.set(officer, TaskDraft("名簿", DUE, await post(database, "leo"), lc))
    day = DUE - timedelta(days=7)
    assert await morning(services, database, clock, day) == [(PERSON, REPRESENTATIVE), (THREAD, 7_002)]
    assert await titles(services, database, day) == [["部室の鍵"], ["名簿"]]


async def test_a_note_to_oneself_has_no_line_in_the_history(
    tasks: TaskService, services: Services, database: Database, lc: int
) -> None:
    someone = await actor(services, REPRESENTATIVE)
    task_id = await tasks.set(someone, TaskDraft("自分用", DUE, person_id=someone.person_id))
    await tasks.wait_for(someone, task_id, "学生課", None, "")
    await tasks.tick(someone, task_id)
    await tasks.untick(someone, task_id)
    await tasks.move_anchor(someone, task_id, DUE + timedelta(days=1))
    await tasks.drop(someone, task_id)
    async with database.reading() as connection:
        query = select(AuditEntry.action).where(AuditEntry.action.startswith("task."))
        assert await fetch(connection, query) == []


async def test_officers_of_two_lcs_have_a_list_for_each(
    tasks: TaskService, services: Services, officer: Actor, lc: int
) -> None:
    (other,) = (await actor(services, OTHER)).officer_of
    assert [one.id for one in await tasks.lcs(await actor(services, REPRESENTATIVE))] == [lc]
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, other)
    assert {one.id for one in await tasks.lcs(await actor(services, REPRESENTATIVE))} == {lc, other}
    assert await tasks.lcs(await actor(services, NEWCOMER)) == []


# --- as features use it ---------------------------------------------------------------------------------------------


@pytest.fixture
async def change(services: Services, officer: Actor) -> AsyncIterator[Change]:
    async with change_by(services[TaskService], officer) as opened:
        yield opened


async def of_subject(change: Change) -> list[tuple[str, int, str, date]]:
    query = select(Task).where(Task.subject_kind == "event").order_by(Task.id)
    return [(one.template, one.occurrence, one.state, one.due_on) for one in await change.session.scalars(query)]


async def test_one_key_is_one_task_and_the_next_takes_the_place_of_those_before(change: Change) -> None:
    new = NewTask(ROOM, "event", 7, date(2027, 2, 1), "部屋", "Room", person_id=change.actor.person_id)
    assert await set_task(change, new) is not None
    assert await set_task(change, new) is None
    assert await of_subject(change) == [(ROOM, 1, "open", date(2027, 1, 18))]
    await set_task(change, NewTask(ROOM, "event", 7, date(2027, 3, 1), "部屋", "Room", 2))
    assert [(one[1], one[2]) for one in await of_subject(change)] == [(1, "superseded"), (2, "open")]


async def test_a_moved_anchor_moves_open_tasks_alone(change: Change) -> None:
    for template in (ROOM, BOOKED):
        await set_task(change, NewTask(template, "event", 7, date(2027, 2, 1), person_id=change.actor.person_id))
    await settle(change, TICK, "event", 7, BOOKED)
    await move_all(change, "event", 7, date(2027, 2, 8))
    assert await of_subject(change) == [
        (ROOM, 1, "open", date(2027, 1, 25)),
        (BOOKED, 1, "done", date(2027, 2, 1)),
    ]
    await settle(change, DROP, "event", 7)
    assert [one[2] for one in await of_subject(change)] == ["dropped", "done"]


async def test_what_is_kept_set_moves_until_somebody_else_is_to_do_it(change: Change, services: Services) -> None:
    new = NewTask(ROOM, "event", 7, date(2027, 2, 1), "部屋", "Room", person_id=change.actor.person_id)
    await keep_set(change, new)
    await keep_set(change, NewTask(ROOM, "event", 7, date(2027, 2, 8), "大部屋", "Hall", person_id=new.person_id))
    assert await of_subject(change) == [(ROOM, 1, "open", date(2027, 1, 25))]
    await keep_set(change, NewTask(ROOM, "event", 7, date(2027, 2, 8), "大部屋", "Hall"))
    assert [(one[1], one[2]) for one in await of_subject(change)] == [(1, "superseded"), (2, "open")]


async def test_what_is_done_elsewhere_is_not_ticked(tasks: TaskService, services: Services, officer: Actor) -> None:
    async with change_by(tasks, officer) as change:
        task_id = await set_task(change, NewTask(BOOKED, "event", 7, DUE, "予約", person_id=officer.person_id))
    assert task_id is not None
    for attempt in (tasks.tick(officer, task_id), tasks.drop(officer, task_id), tasks.untick(officer, task_id)):
        with pytest.raises(Conflict) as refused:
            await attempt
        assert [one.custom_id for one in refused.value.next_steps] == ["test:7"]
    await tasks.wait_for(officer, task_id, "会場", None, "")


async def test_a_forgotten_persons_task_goes_to_whoever_set_it_or_up(
    tasks: TaskService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    someone = await join(services, STUDENT + 60, "新人", contact=Contact.DIRECT)
    given = await tasks.set(officer, TaskDraft("報告", DUE, person_id=someone.person_id))
    done = await tasks.set(officer, TaskDraft("済み", DUE, person_id=someone.person_id))
    await tasks.tick(someone, done)
    async with change_by(tasks, someone) as change:
        own = await set_task(change, NewTask(ROOM, "event", 7, DUE, "部屋", person_id=someone.person_id))
    assert own is not None
    taken = str(await services[MyDataService].export(someone))
    assert "報告" in taken
    assert "部屋" in taken
    await services[MyDataService].delete(await actor(services, STUDENT + 60))
    assert [(await row(database, one)).person_id for one in (given, done, own)] == [officer.person_id, None, None]
    assert {line.task_id for line in await tasks.mine(await actor(services, OFFICER))} == {given, own}
    day = TODAY + timedelta(days=1)
    assert (CHANNEL, 1) in await morning(services, database, clock, day)


async def test_each_organisation_has_its_next_look_planned(
    services: Services, database: Database, officer: Actor
) -> None:
    for _ in range(2):
        await services[TaskWatch].plan_all()
    async with database.reading() as connection:
        planned = await fetch(connection, select(Delivery.key).where(Delivery.kind == "tasks:look"))
    assert [one.key for one in planned] == ["tasks:look:1:2026-11-22"]
    await services[TaskWatch].look(9_999)


async def test_somebody_whose_term_is_over_by_the_hour_it_goes_out_reads_nothing_of_it(
    services: Services, database: Database, clock: FakeClock, of_lc: int, lc: int
) -> None:
    await join(services, REPRESENTATIVE, "代表", contact=Contact.DIRECT)
    day = DUE - timedelta(days=7)
    assert await morning(services, database, clock, day) == [(PERSON, REPRESENTATIVE)]
    async with database.writing() as session:
        await session.execute(update(Term).where(Term.lc_id == lc).values(ends_on=day - timedelta(days=1)))
    assert await titles(services, database, day) == [[]]
