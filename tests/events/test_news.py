"""「お知らせを受け取る」: once a week what is new, each event once, and no more after one press."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import NotFound
from bot.features import Services
from bot.features.events import news
from bot.features.events.joining import JoiningService
from bot.features.events.models import Audience
from bot.features.events.news import NewsService, Topic, may_subscribe
from bot.features.events.repeating import RepeatingService
from bot.features.events.service import EventService
from bot.features.homes.service import HomeService
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor

#: The first after the clock's first day, which is a Saturday.
WEDNESDAY = date(2026, 11, 25)
ONLINE = "12/5(土) 19時〜21時 Zoomで症例勉強会、誰でも"


async def said(database: Database) -> list[list[int]]:
    """The events of each message."""
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == str(news.NEWS)).order_by(Delivery.id)
        return [one.payload["events"] for one in await fetch(connection, query)]


@pytest.fixture
def service(services: Services) -> NewsService:
    return services[NewsService]


@pytest.fixture
async def student(services: Services, lc: int) -> Actor:
    (student,) = await people(services, 1)
    return student


async def on_wednesday(services: Services, clock: FakeClock, weeks: int = 0, hours: float = 0) -> None:
    day = WEDNESDAY + timedelta(weeks=weeks)
    evening = datetime.fromisoformat(f"{day}T18:00+09:00") + timedelta(hours=hours)
    clock.go(seconds=(evening - clock.last).total_seconds())
    await services[NewsService].gather(1, day)


async def test_each_new_event_is_told_once(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    await posted(services, representative)  # before anybody asked for news
    await service.choose(student, Topic.ONLINE, yes=True)
    new = await posted(services, representative, ONLINE)
    await posted(services, representative, "12/6(日) 13時〜15時 部室の掃除")  # at a place
    await on_wednesday(services, clock)
    await service.gather(1, WEDNESDAY)
    assert await said(database) == [[new.event_id]]
    await on_wednesday(services, clock, weeks=1)
    assert await said(database) == [[new.event_id]], "nothing new, no message"
    later = await posted(services, representative, "12/19(土) 19時〜21時 Zoomで忘年会、誰でも")
    await on_wednesday(services, clock, weeks=2)
    assert await said(database) == [[new.event_id], [later.event_id]]


async def test_a_missed_week_is_told_with_the_next(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    await service.choose(student, Topic.ONLINE, yes=True)
    new = await posted(services, representative, ONLINE)
    await on_wednesday(services, clock, hours=60)
    assert await said(database) == []
    await on_wednesday(services, clock, weeks=1)
    assert await said(database) == [[new.event_id]]


async def test_what_is_posted_just_then_is_told_the_next_time(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    await service.choose(student, Topic.ONLINE, yes=True)
    evening = datetime.fromisoformat(f"{WEDNESDAY}T17:55+09:00")
    clock.go(seconds=(evening - clock.last).total_seconds())
    new = await posted(services, representative, ONLINE)
    await on_wednesday(services, clock)
    assert await said(database) == []
    await on_wednesday(services, clock, weeks=1)
    assert await said(database) == [[new.event_id]]


async def test_a_series_is_told_once(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    await service.choose(student, Topic.ONLINE, yes=True)
    first = await posted(services, representative, "毎週月曜 19時〜20時半 Zoomで勉強会、誰でも")
    await on_wednesday(services, clock)
    assert [len(one) for one in await said(database)] == [1]
    for week in (1, 2):
        clock.go(days=6)
        await services[RepeatingService].look(1)  # the next ones are made
        await on_wednesday(services, clock, weeks=week)
    assert len(await said(database)) == 1
    assert first.series_id is not None


async def test_people_hear_of_what_they_chose_and_may_join(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    member = await join(services, NEWCOMER + 50, "東京 一", school="東京大学")
    await service.choose(representative_joined := await join(services, representative.caller.discord_user_id, "代表"),
                         Topic.LC, yes=True)  # fmt: skip
    await service.choose(member, Topic.REGION, yes=True)
    await service.choose(student, Topic.REGION, yes=True)  # of Kyoto
    here = await posted(services, representative, "12/6(日) 13時〜15時 お花見")
    draft = await draft_of(services, representative, "12/7(月) 19時〜20時 部会")
    await services[EventService].edit(representative, draft.event_id, draft.version, audience=Audience.LC)
    draft = (await services[EventService].draft(representative, draft.event_id)).event
    await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)
    await on_wednesday(services, clock)
    told = sorted(await said(database))
    assert told == [[here.event_id], [here.event_id, draft.event_id]]
    assert representative_joined.lc_ids == representative.lc_ids


async def test_committees_that_interest_them(
    service: NewsService, services: Services, database: Database, clock: FakeClock, student: Actor, lc: int
) -> None:
    officer = await join(services, OFFICER, "役員 花")
    await service.choose(student, Topic.COMMITTEES, yes=True)
    home = next(home for home, _ in (await services[EventService].draft(officer, (await draft_of(services, officer))
                .event_id)).homes if home["committee_id"] is not None)  # fmt: skip
    assert home["committee_id"] is not None
    await services[MemberService].choose_interests(student, [home["committee_id"]])
    draft = await draft_of(services, officer, "12/12(土) 10時〜12時 講演会")
    await services[EventService].give_to(officer, draft.event_id, draft.version, home)
    draft = (await services[EventService].draft(officer, draft.event_id)).event
    await services[EventService].post(officer, draft.event_id, draft.version, CHANNEL)
    await on_wednesday(services, clock)
    assert await said(database) == [[draft.event_id]]


async def test_one_press_ends_it_also_for_a_message_on_its_way(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    await service.choose(student, Topic.ONLINE, yes=True)
    new = await posted(services, representative, ONLINE)
    await on_wednesday(services, clock)
    told = (1, student.caller.discord_user_id, [new.event_id])
    assert [one.event_id for one in await service.told(*told)] == [new.event_id]
    await services[MemberService].choose_event_messages(student, yes=False)
    assert await service.told(*told) == []
    await services[MemberService].choose_event_messages(student, yes=True)
    await service.stop(student)
    await service.stop(student)
    assert await service.told(*told) == []
    async with database.reading() as connection:
        query = select(Delivery.state).where(Delivery.kind == str(news.NEWS))
        assert [one.state for one in await fetch(connection, query)] == ["withdrawn"]


async def test_what_they_signed_up_for_and_what_they_do_not_want_is_left_out(
    service: NewsService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    student: Actor,
) -> None:  # fmt: skip
    quiet = await join(services, NEWCOMER + 60, "静か 一", school="京都大学")
    for person in (student, quiet):
        await service.choose(person, Topic.ONLINE, yes=True)
    await services[MemberService].choose_event_messages(quiet, yes=False)
    assert (await service.subscription(quiet)).wants_none
    new = await posted(services, representative, ONLINE)
    await services[JoiningService].join(student, new.event_id)
    await on_wednesday(services, clock)
    assert await said(database) == []


async def test_the_page_shows_what_there_is_to_choose(
    service: NewsService, services: Services, representative: Actor, student: Actor
) -> None:
    seen = await service.subscription(student)
    assert (seen.chosen, list(seen.possible)) == (frozenset(), [Topic.COMMITTEES, Topic.REGION, Topic.ONLINE])
    facts = await services[HomeService].facts(student, [may_subscribe])
    assert len(facts[may_subscribe]) == 1
    await service.choose(student, Topic.REGION, yes=True)
    await service.choose(student, Topic.ONLINE, yes=True)
    await service.choose(student, Topic.REGION, yes=False)
    assert (await service.subscription(student)).chosen == {Topic.ONLINE}
    assert (await services[HomeService].facts(student, [may_subscribe]))[may_subscribe] == []
    await service.choose(student, Topic.ONLINE, yes=False)
    assert (await service.subscription(student)).chosen == frozenset()
    stranger = await actor(services, NEWCOMER + 70)
    with pytest.raises(NotFound):
        await service.choose(stranger, Topic.ONLINE, yes=True)
