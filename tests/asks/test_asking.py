"""Asked, reminded, answered or closed, while the clock goes on: what holds for whatever is asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, exists, false, select, true

from bot.clock import local_date
from bot.db import Database
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import Conflict
from bot.features import Service, Services
from bot.features.asks.asking import answered, ask, close, question, waiting
from bot.features.asks.models import Ask
from bot.features.memberships.models import Renewal
from bot.features.memberships.renewals import ASKING
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.record_keeping.models import Keeping
from bot.kit.moments import Moment
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import STUDENT, actor, found_organisation

ZONE = "Asia/Tokyo"
APRIL = datetime(2027, 4, 1, tzinfo=UTC)
ABOUT, MISSING = "renewal:test", "nothing is asked"


@pytest.fixture
async def member(services: Services) -> Actor:
    await found_organisation(services)
    await join(services, STUDENT, "山田 花")
    return await actor(services, STUDENT)


async def asked(database: Database, member: Actor, now: datetime, since: datetime | None = None) -> bool:
    """Ask on 1 April whether they stay, with reminders after two and four weeks."""
    moment = Moment(member.organisation.id, ZONE, now)
    person_id = member.person_id
    assert person_id is not None
    async with database.writing() as session:
        news = question(
            ASKING,
            member.caller.discord_user_id,
            moment,
            f"2027:{person_id}",
            {"person_id": person_id, "year": 2027},
            about=ABOUT,
            reminded_after=(14, 28),
            since=since,
        )
        return await ask(session, moment, Renewal, news, person_id=person_id, year=2027, asked_at=now)


async def answer(service: Service, member: Actor) -> None:
    async with change_by(service, member) as change:
        (row,) = await waiting(change, Renewal, Renewal.person_id == member.person_id, missing=MISSING)
        row.answer = "stay"
        await answered(change, row, ABOUT)


async def is_open(database: Database, day: date) -> bool:
    async with database.reading() as connection:
        return bool(await connection.scalar(select(exists().where(Renewal.open_on(day)))))


async def deliver(database: Database, now: datetime) -> list[int]:
    """What the worker does: what is due goes out if it is still asked, else there is nothing to say. The numbers."""
    sent = []
    is_asked = await is_open(database, local_date(now, ZONE))
    async with database.writing() as session:
        due = select(Delivery).where(Delivery.state == DeliveryState.PENDING, Delivery.due_at <= now)
        for row in await session.scalars(due.order_by(Delivery.id)):
            row.state = (DeliveryState.SENT if is_asked else DeliveryState.NOT_NEEDED).value
            if is_asked:
                sent.append(row.payload["number"])
    return sent


async def count(database: Database, state: DeliveryState) -> int:
    async with database.reading() as connection:
        query = select(Delivery.id).where(Delivery.kind == ASKING, Delivery.state == state)
        return len((await connection.scalars(query)).all())


def test_these_ask() -> None:
    assert {table.__tablename__ for table in Ask.__subclasses__()} == {
        "asked_parties",
        "keepings",
        "lc_stays",
        "renewals",
    }


STEPS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["answer", "close", "look"])), max_size=10)


@given(late=st.integers(0, 20), steps=STEPS)
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_an_ask_lives_until_it_is_answered_or_closed_or_its_last_day(
    database: Database, member: Actor, late: int, steps: list[tuple[int, str]]
) -> None:
    async with database.writing() as session:
        for table in (Renewal, Delivery):
            await session.execute(delete(table))
    clock = FakeClock(APRIL + timedelta(days=late))
    service = Service(database, clock)
    assert await asked(database, member, clock.now(), since=APRIL if late < 1 else None)
    assert not await asked(database, member, clock.now()), "once, and nothing is planned a second time"
    assert await count(database, DeliveryState.PENDING) == 3
    ended, said = False, False
    sent = await deliver(database, clock.now())
    assert sent == [0]
    for days, step in steps:
        clock.go(days=days)
        today = local_date(clock.now(), ZONE)
        still = not ended and today <= date(2028, 3, 31)
        assert await is_open(database, today) == still
        heard = await deliver(database, clock.now())
        assert not heard or still, "whoever answered is not reminded"
        sent += heard
        if step == "answer" and still:
            await answer(service, member)
            ended = said = True
            assert await count(database, DeliveryState.PENDING) == 0, "taken back with the answer"
        elif step == "answer":
            with pytest.raises(Conflict, match=MISSING):
                await answer(service, member)
        elif step == "close":
            async with database.writing() as session:
                await close(session, Renewal, clock.now(), true())
            ended = True
        async with database.reading() as connection:
            row = (await connection.execute(select(*Renewal.counts()))).one()
            (stands,) = (await connection.scalars(select(Renewal.answer))).all()
        assert (row.asked, row.answered) == (1, int(said)), "silence is counted as silence"
        assert stands == ("stay" if said else None), "and is never a yes"
    assert sent == sorted(set(sent)), "each at most once, in their order"


async def test_of_two_who_answer_at_once_the_second_finds_nothing_asked(
    database: Database, member: Actor, clock: FakeClock
) -> None:
    service = Service(database, clock)
    values = {"organisation_id": member.organisation.id, "person_id": member.person_id, "asked_at": clock.now()}
    async with database.writing() as session:
        session.add(Keeping(**values, until=date(2027, 4, 1)))

    async def keep() -> None:
        async with change_by(service, member) as change:
            (row,) = await waiting(change, Keeping, Keeping.person_id == member.person_id, missing=MISSING)
            await answered(change, row, ABOUT)

    both = await asyncio.gather(keep(), keep(), return_exceptions=True)
    assert [type(one) for one in both if one is not None] == [Conflict]


async def test_reminders_of_two_questions_stay_until_both_are_answered(database: Database, member: Actor) -> None:
    clock = FakeClock(APRIL)
    await asked(database, member, clock.now())
    for unless, left in ((true(), 3), (false(), 0)):
        async with change_by(Service(database, clock), member) as change:
            row = (await change.session.scalars(select(Renewal).with_for_update())).one()
            await answered(change, row, ABOUT, unless)
        assert await count(database, DeliveryState.PENDING) == left


async def test_an_answer_that_is_not_kept_takes_no_reminder_back(database: Database, member: Actor) -> None:
    clock = FakeClock(APRIL)
    await asked(database, member, clock.now())

    async def fail() -> None:
        async with change_by(Service(database, clock), member) as change:
            (row,) = await waiting(change, Renewal, true(), missing=MISSING)
            await answered(change, row, ABOUT)
            raise Conflict(MISSING)

    with pytest.raises(Conflict):
        await fail()
    assert await count(database, DeliveryState.PENDING) == 3
    assert await is_open(database, date(2027, 4, 1))


@given(after=st.lists(st.integers(1, 60), unique=True, max_size=4), late=st.integers(0, 90))
def test_no_reminder_is_due_before_its_question(after: list[int], late: int) -> None:
    moment = Moment(1, ZONE, APRIL + timedelta(days=late))
    days = sorted(after)
    news = question(ASKING, 5, moment, "2027:1", {}, about=ABOUT, reminded_after=days, since=APRIL)
    assert [new.due_at for new in news] == [max(moment.now, APRIL + timedelta(days=one)) for one in (0, *days)]
    assert [new.key for new in news] == [f"memberships:asking:2027:1:{n}" for n in range(len(days) + 1)]
    assert [new.is_reminder for new in news] == [False] + [True] * len(days)
    assert {new.subject for new in news} == {ABOUT}
