"""Newcomers share a message a day: who is in which, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
import simcord
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.demo.simulator import in_bot
from bot.features import Services
from bot.features.members import greetings, rules
from bot.features.members.arrivals import ArrivalService
from bot.features.members.greetings import GREETING, KEEP_UP
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.setups.service import SetupService
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import ADMIN, GUILD, STUDENT, actor, caller, found_organisation
from tests.support.simulated import delete_message
from tests.support.worlds import Server, World

HOME, MESSAGE = 3_300_000_000_000_000_001, 4_400_000_000_000_000_001


@pytest.fixture
async def service(services: Services) -> ArrivalService:
    linked = await found_organisation(services)
    admin = caller(ADMIN, manages=True)
    await services[SetupService].note_part(admin, linked.server_id, greetings.HOME_CHANNEL, HOME)
    return services[ArrivalService]


async def planned(database: Database, kind: str, action: Action = Action.POST) -> list[Any]:
    query = select(Delivery.__table__).where(Delivery.kind == str(kind), Delivery.action == action)
    async with database.reading() as connection:
        return list(await fetch(connection, query.order_by(Delivery.id)))


async def put(database: Database, row: Any, state: DeliveryState, **values: Any) -> None:
    async with database.writing() as session:
        await session.execute(update(Delivery).where(Delivery.id == row.id).values(state=state.value, **values))


async def sent(database: Database, row: Any, message_id: int = MESSAGE) -> None:
    await put(database, row, DeliveryState.SENT, channel_id=HOME, message_id=message_id)


async def done(service: ArrivalService, database: Database) -> None:
    """Do the jobs that wait, as the worker would."""
    for row in await planned(database, KEEP_UP):
        if row.state == DeliveryState.PENDING:
            await put(database, row, DeliveryState.CLAIMED)
            kept = row.payload
            await service.keep_up(kept["server"], kept["batch"], kept["mark"], kept["turn"])
            await put(database, row, DeliveryState.DONE)


def come(first: int, count: int, at: datetime) -> list[tuple[int, datetime]]:
    return [(10**18 + number, at) for number in range(first, first + count)]


async def test_those_who_come_later_the_same_day_are_in_the_same_message(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    (post,) = await planned(database, GREETING)
    await sent(database, post)
    for number in (1, 2, 3):
        assert await service.arrived(GUILD, come(number, 1, clock.now())) == 1
    (job,) = await planned(database, KEEP_UP)
    assert job.due_at > clock.last, "those who come within seconds share an edit"
    await done(service, database)
    (edit,) = await planned(database, GREETING, Action.EDIT)
    assert (edit.message_id, edit.fallback_id) == (MESSAGE, HOME), "made anew if somebody has deleted it"
    assert len((await service.greeting(edit.payload["batch"])).new) == 4
    kept = job.payload
    await service.keep_up(kept["server"], kept["batch"], kept["mark"], kept["turn"])
    assert len(await planned(database, GREETING, Action.EDIT)) == 1, "done again after a crash it is the same edit"


async def test_nobody_is_added_to_a_message_that_is_full(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, rules.GREETED_TOGETHER - 1, clock.now()))
    await service.arrived(GUILD, come(100, 3, clock.now()))
    first, second = await planned(database, GREETING)
    counts = [len((await service.greeting(row.payload["batch"])).new) for row in (first, second)]
    assert counts == [rules.GREETED_TOGETHER, 2]


async def test_the_next_day_begins_a_message_of_its_own(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    clock.go(days=1)
    await service.arrived(GUILD, come(1, 1, clock.now()))
    assert len(await planned(database, GREETING)) == 2
    assert await planned(database, KEEP_UP) == []


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.NOT_NEEDED])
async def test_a_message_that_never_went_out_takes_nobody(
    service: ArrivalService, database: Database, clock: FakeClock, state: DeliveryState
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    (post,) = await planned(database, GREETING)
    await put(database, post, state)
    await service.arrived(GUILD, come(1, 1, clock.now()))
    assert len(await planned(database, GREETING)) == 2


async def test_what_is_being_sent_is_edited_once_its_number_is_known(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    (post,) = await planned(database, GREETING)
    await put(database, post, DeliveryState.CLAIMED)
    await service.arrived(GUILD, come(1, 1, clock.now()))
    await done(service, database)
    assert await planned(database, GREETING, Action.EDIT) == []
    await sent(database, post)
    await done(service, database)
    assert len(await planned(database, GREETING, Action.EDIT)) == 1
    assert len(await planned(database, GREETING)) == 1


async def test_a_message_that_still_waits_needs_no_edit(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    await service.arrived(GUILD, come(1, 1, clock.now()))
    await done(service, database)
    assert await planned(database, GREETING, Action.EDIT) == []
    (post,) = await planned(database, GREETING)
    assert len((await service.greeting(post.payload["batch"])).new) == 2


async def test_a_greeting_is_deleted_once_all_of_it_is_old(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await service.arrived(GUILD, come(0, 1, clock.now()))
    (post,) = await planned(database, GREETING)
    await sent(database, post)
    clock.go(hours=2)
    await service.arrived(GUILD, come(1, 1, clock.now()))
    clock.go(days=6, hours=23)
    assert await service.forget_greeted() == 1
    assert await planned(database, GREETING, Action.DELETE) == [], "somebody in it came less than a week ago"
    clock.go(days=1)
    assert await service.forget_greeted() == 1
    (gone,) = await planned(database, GREETING, Action.DELETE)
    assert gone.message_id == MESSAGE
    await service.forget_greeted()
    assert len(await planned(database, GREETING, Action.DELETE)) == 1


async def test_many_old_greetings_go_one_after_the_other(
    service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    """After an update, perhaps: Discord takes few deletions of old messages at once."""
    for day in range(3):
        await service.arrived(GUILD, come(day, 1, clock.now()))
        for row in await planned(database, GREETING):
            await sent(database, row, MESSAGE + row.id)
        clock.go(days=1)
    clock.go(days=8)
    await service.forget_greeted()
    gone = await planned(database, GREETING, Action.DELETE)
    apart = [later.due_at - earlier.due_at for earlier, later in pairwise(gone)]
    assert apart == [greetings.APART] * 2
    await service.arrived(GUILD, come(10, 1, clock.now()))
    (*_, last) = await planned(database, GREETING)
    await sent(database, last, MESSAGE + last.id)
    clock.go(days=8)
    await service.forget_greeted()
    assert (await planned(database, GREETING, Action.DELETE))[-1].due_at == clock.last, "the others are gone already"


async def test_a_mention_goes_at_once_with_the_data_of_somebody(
    services: Services, service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await join(services, STUDENT, "例 太郎")
    await service.arrived(GUILD, [(STUDENT, clock.now()), *come(1, 1, clock.now())])
    (post,) = await planned(database, GREETING)
    await sent(database, post)
    await services[MyDataService].delete(await actor(services, STUDENT))
    (job,) = await planned(database, KEEP_UP)
    assert job.due_at <= clock.last
    await done(service, database)
    (edit,) = await planned(database, GREETING, Action.EDIT)
    greeting = await service.greeting(edit.payload["batch"])
    assert greeting.new == (come(1, 1, clock.now())[0][0],)
    assert greeting.back == ()


async def test_a_greeting_of_nobody_else_goes_with_their_data(
    services: Services, service: ArrivalService, database: Database, clock: FakeClock
) -> None:
    await join(services, STUDENT, "例 太郎")
    await service.arrived(GUILD, [(STUDENT, clock.now())])
    (post,) = await planned(database, GREETING)
    await put(database, post, DeliveryState.CLAIMED)
    await services[MyDataService].delete(await actor(services, STUDENT))
    await done(service, database)
    assert await planned(database, GREETING, Action.DELETE) == [], "it is just being sent"
    await sent(database, post)
    clock.go(minutes=2)
    await done(service, database)
    (gone,) = await planned(database, GREETING, Action.DELETE)
    assert gone.message_id == MESSAGE


@pytest.mark.parametrize("contact", list(Contact))
async def test_who_chose_another_way_than_a_mention_is_named_without_a_ping(
    services: Services, service: ArrivalService, database: Database, clock: FakeClock, contact: Contact
) -> None:
    await join(services, STUDENT, "例 太郎")
    await services[MemberService].choose_contact(await actor(services, STUDENT), contact)
    await service.arrived(GUILD, [(STUDENT, clock.now())])
    (post,) = await planned(database, GREETING)
    greeting = await service.greeting(post.payload["batch"])
    assert greeting.back == (STUDENT,)
    assert greeting.quiet == (() if contact is Contact.CHANNEL else (STUDENT,))


@pytest.fixture
async def server(world: World) -> Server:
    server = world.server()
    await server.set_up(server.admin("officer"))
    await world.env.advance_time(60)
    return server


def welcomes(server: Server, person: simcord.MemberActor) -> list[Any]:
    return [one for one in server.guild.channels["ホーム"].history() if f"<@{person.id}>" in one.content]


async def test_a_message_that_somebody_deleted_is_made_anew_and_pings_nobody(server: Server, world: World) -> None:
    first = server.person("first")
    await world.env.advance_time(60)
    (greeting,) = welcomes(server, first)
    await delete_message(world.env, greeting)
    second = server.person("second")
    await world.env.advance_time(120)
    (anew,) = welcomes(server, second)
    assert anew.id != greeting.id
    assert [one.id for one in welcomes(server, first)] == [anew.id], "those who were in it are, too"
    third = server.person("third")
    await world.env.advance_time(120)
    assert [one.id for one in welcomes(server, third)] == [anew.id]
    assert [one.id for one in welcomes(server, first)] == [anew.id]


async def test_after_a_restart_nobody_is_lost_or_there_twice(server: Server, world: World) -> None:
    people = [server.person("before")]
    await world.env.advance_time(60)
    people.append(server.person("between"))
    await world.restart()
    people.append(server.person("after"))
    await world.env.advance_time(180)
    await world.restart()
    await world.env.advance_time(60)
    assert [len(welcomes(server, person)) for person in people] == [1, 1, 1]
    (only,) = welcomes(server, people[0])
    assert all(only.content.count(f"<@{person.id}>") == 1 for person in people)


async def forget(world: World) -> None:
    await world.services[ArrivalService].forget_greeted()


async def test_after_a_week_the_greeting_is_gone(server: Server, world: World) -> None:
    person = server.person("newcomer")
    await world.env.advance_time(60)
    assert len(welcomes(server, person)) == 1
    await world.env.advance_time(8 * 86_400)
    await in_bot(world.env, forget(world))
    await world.env.advance_time(60)
    assert welcomes(server, person) == []
