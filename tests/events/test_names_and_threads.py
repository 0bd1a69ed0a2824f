"""Names on the posts of an event, and its thread, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict
from bot.features import Services
from bot.features.events import following
from bot.features.events.following import FollowingService
from bot.features.events.joining import JoiningService
from bot.features.events.models import EventName, Reminds
from bot.features.events.naming import NamingService
from bot.features.events.posting import NAMED, PostingService
from bot.features.events.service import EventService
from bot.features.events.threads import ThreadService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.signups.service import SignUpService
from tests.events.support import CHANNEL, people, posted
from tests.events.test_pictures import arrived
from tests.events.test_service import EVENING, said
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER


async def names(services: Services, event_id: int) -> list[str]:
    return await services[PostingService].names(event_id)


async def test_a_post_names_only_those_who_agreed_and_come(
    services: Services, database: Database, representative: Actor
) -> None:
    event, naming = await posted(services, representative), services[NamingService]
    first, second, third = await people(services, 3)
    joining = services[JoiningService]
    await joining.join(first, event.event_id, is_named=True)
    assert await names(services, event.event_id) == []
    await naming.show_names(representative, event.event_id, yes=True)
    assert await names(services, event.event_id) == [], "nobody was told before"
    assert (await joining.way(second, event.event_id)).shows_names
    await joining.join(second, event.event_id, is_named=True)
    await joining.join(third, event.event_id)
    assert await names(services, event.event_id) == ["学生 1"]
    await naming.decide(first, event.event_id, yes=True)
    await naming.decide(third, event.event_id, yes=True)
    await naming.decide(third, event.event_id, yes=False)
    assert await names(services, event.event_id) == ["学生 0", "学生 1"]
    signup_id = event.signup_id
    assert signup_id is not None
    await services[SignUpService].withdraw(first, signup_id)
    assert await names(services, event.event_id) == ["学生 1"]
    await joining.join(first, event.event_id)
    assert await names(services, event.event_id) == ["学生 1"], "they sign up anew, without their name"
    await services[MyDataService].delete(second)
    assert await names(services, event.event_id) == []
    async with database.reading() as connection:
        assert await fetch(connection, select(EventName.id)) == []


async def test_nobody_is_named_where_the_organisers_do_not_want_it(services: Services, representative: Actor) -> None:
    event, naming = await posted(services, representative), services[NamingService]
    (one,) = await people(services, 1)
    with pytest.raises(Conflict):
        await naming.decide(one, event.event_id, yes=True)
    await services[JoiningService].join(one, event.event_id)
    with pytest.raises(Conflict):
        await naming.decide(one, event.event_id, yes=True)
    await naming.show_names(representative, event.event_id, yes=True)
    await naming.decide(one, event.event_id, yes=True)
    assert await naming.agrees(one, event.event_id)
    await naming.show_names(representative, event.event_id, yes=False)
    assert await names(services, event.event_id) == []


async def test_a_post_names_no_more_than_twenty(services: Services, representative: Actor) -> None:
    event = await posted(services, representative)
    await services[NamingService].show_names(representative, event.event_id, yes=True)
    for one in await people(services, NAMED + 3):
        await services[JoiningService].join(one, event.event_id, is_named=True)
    assert await names(services, event.event_id) == [f"学生 {number}" for number in range(NAMED)]


async def test_a_thread_stands_under_the_newest_post(
    services: Services, database: Database, representative: Actor
) -> None:
    event, threads = await posted(services, representative), services[ThreadService]
    with pytest.raises(Conflict):
        await threads.place(representative, event.event_id)
    await services[EventService].show_again(representative, event.event_id, CHANNEL, CHANNEL)
    await arrived(database, 77, 88)
    place = await threads.place(representative, event.event_id)
    assert (place.channel_id, place.message_id) == (CHANNEL, 88)
    await threads.made(representative, event.event_id, CHANNEL, 88)
    with pytest.raises(Conflict):
        await threads.place(representative, event.event_id)
    with pytest.raises(Conflict):
        await threads.made(representative, event.event_id, CHANNEL, 88)
    (stranger,) = await people(services, 1)
    assert (await services[EventService].event(stranger, event.event_id)).thread_id is None
    await services[JoiningService].join(stranger, event.event_id)
    assert (await services[EventService].event(stranger, event.event_id)).thread_id == 88
    await threads.forget(representative, event.event_id)
    assert await threads.thread(representative, event.event_id) is None
    with pytest.raises(Conflict):
        await threads.remind_in(representative, event.event_id, Reminds.THREAD)


@pytest.mark.parametrize(
    ("where", "direct", "thread"),
    [(None, 1, 0), (Reminds.PEOPLE, 1, 0), (Reminds.THREAD, 0, 1), (Reminds.BOTH, 1, 1)],
)
async def test_the_reminder_goes_where_the_organisers_chose(
    where: Reminds | None,
    direct: int,
    thread: int,
    services: Services,
    database: Database,
    representative: Actor,
    clock: FakeClock,
) -> None:
    event, threads = await posted(services, representative), services[ThreadService]
    who = await join(services, NEWCOMER + 5, "学生 一", contact=Contact.DIRECT)
    await services[JoiningService].join(who, event.event_id)
    if where is not None:
        await threads.made(representative, event.event_id, CHANNEL, 88)
        await threads.remind_in(representative, event.event_id, where)
    clock.go(days=13, hours=-1)
    for _ in range(2):
        await services[FollowingService].remind(event.event_id, EVENING, event.sequence)
    assert len(await said(database, following.REMINDER)) == direct
    found = await said(database, following.IN_THREAD)
    assert [one.recipient_id for one in found] == [88] * thread
    assert [one.fallback_id for one in found] == [CHANNEL] * thread
