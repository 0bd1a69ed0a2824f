"""A newcomer's hello: shown first, one stands at a time, gone from home after two weeks, and removed at a wish."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.deliveries.housekeeping import purge
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.demo.simulator import in_bot
from bot.errors import Conflict, NotFound
from bot.features import Services
from bot.features.members.hello import HELLO, LOUNGE, HelloService, first_weeks
from bot.features.members.mydata import MyDataService
from bot.features.organisations.models import Server as Linked
from bot.features.organisations.models import ServerPart
from bot.features.people.actors import Actor
from bot.features.record_keeping.merging import MergingService
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor
from tests.support.worlds import World, labels, page_text, shown, text_of

CHANNEL = 777


async def with_lounge(database: Database, clock: FakeClock) -> None:
    async with database.writing() as session:
        server = (await session.scalars(select(Linked).order_by(Linked.id))).first()
        assert server is not None
        session.add(ServerPart(server_id=server.id, key=LOUNGE, discord_id=CHANNEL, made_at=clock.now()))


async def test_it_is_posted_once_whoever_presses_how_often(
    services: Services, database: Database, lc: int, clock: FakeClock
) -> None:
    service = services[HelloService]
    with pytest.raises(NotFound, match="join"):
        await service.say(await actor(services, NEWCOMER), with_school=True)
    who = await join(services, NEWCOMER, "新田 花")
    with pytest.raises(NotFound, match="channel"):
        await service.preview(who, with_school=True)
    assert [one.of for one in await facts_of(services, who, first_weeks)] == [0], "there is nowhere to say it"
    await with_lounge(database, clock)
    assert [one.of for one in await facts_of(services, who, first_weeks)] == [1]
    assert (await service.preview(who, with_school=False)).card.name == "新田 花"
    results = await asyncio.gather(*(service.say(who, with_school=True) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Conflict", "NoneType"]
    with pytest.raises(Conflict):
        await service.preview(who, with_school=False)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.recipient_id, Delivery.payload).where(Delivery.kind == HELLO))
    assert [(row.recipient_id, row.payload) for row in rows] == [
        (CHANNEL, {"person_id": who.person_id, "with_school": True, "author": NEWCOMER})
    ]
    assert [one.of for one in await facts_of(services, who, first_weeks)] == [0]


@pytest.fixture
async def said(services: Services, database: Database, lc: int, clock: FakeClock) -> Actor:
    """Somebody whose hello waits to go out."""
    await with_lounge(database, clock)
    who = await join(services, NEWCOMER, "新田 花")
    await services[HelloService].say(who, with_school=False)
    return who


async def hellos(database: Database, *which: Any) -> list[Any]:
    query = select(Delivery.__table__).where(Delivery.kind == str(HELLO), *which).order_by(Delivery.id)
    async with database.reading() as connection:
        return list(await fetch(connection, query))


async def comes_to(database: Database, state: DeliveryState) -> None:
    """What waits is claimed, what is claimed arrives, and so on."""
    values: dict[str, Any] = {"state": state.value}
    if state is DeliveryState.SENT:
        values |= {"channel_id": CHANNEL, "message_id": 5_555}
    going = Delivery.state.in_([DeliveryState.PENDING.value, DeliveryState.CLAIMED.value])
    async with database.writing() as session:
        posts = update(Delivery).where(Delivery.kind == str(HELLO), Delivery.action == Action.POST.value, going)
        await session.execute(posts.values(values).execution_options(synchronize_session=False))


async def jobs(database: Database) -> list[Any]:
    async with database.reading() as connection:
        query = select(Delivery.payload, Delivery.due_at).where(Delivery.kind == "members:remove_hello")
        return list(await fetch(connection, query.order_by(Delivery.id)))


@pytest.mark.parametrize("state", ["failed", "missed", "unreachable", "withdrawn", "not_needed"])
async def test_what_did_not_arrive_can_be_said_again(
    services: Services, database: Database, said: Actor, state: str
) -> None:
    await comes_to(database, DeliveryState(state))
    assert [one.of for one in await facts_of(services, said, first_weeks)] == [1]
    assert not await services[HelloService].stands(said)
    await services[HelloService].say(said, with_school=True)
    assert [row.state for row in await hellos(database)] == [state, "pending"]
    with pytest.raises(Conflict, match="already"):
        await services[HelloService].say(said, with_school=True)


async def test_it_is_said_within_two_weeks_of_joining(
    services: Services, database: Database, lc: int, clock: FakeClock
) -> None:
    await with_lounge(database, clock)
    await join(services, NEWCOMER, "新田 花")
    clock.go(days=14)
    who, service = await actor(services, NEWCOMER), services[HelloService]
    for refused in (service.preview, service.say):
        with pytest.raises(Conflict, match="two weeks"):
            await refused(who, with_school=False)
    assert not await hellos(database)


async def test_what_arrived_is_deleted_with_its_authors_data(
    services: Services, database: Database, said: Actor
) -> None:
    await comes_to(database, DeliveryState.SENT)
    await services[MyDataService].delete(said)
    (gone,) = await hellos(database, Delivery.action == Action.DELETE.value)
    assert (gone.recipient_id, gone.channel_id, gone.message_id) == (CHANNEL, CHANNEL, 5_555)
    assert (gone.state, gone.tolerance) == ("pending", None)
    (post,) = await hellos(database, Delivery.action == Action.POST.value)
    assert post.state == "withdrawn"
    assert str(NEWCOMER) not in str([tuple(row) for row in await hellos(database)])


async def test_what_still_waits_is_withdrawn_with_its_authors_data(
    services: Services, database: Database, said: Actor
) -> None:
    await services[MyDataService].delete(said)
    assert [(row.action, row.state) for row in await hellos(database)] == [("post", "withdrawn")]
    assert not await jobs(database)


@pytest.mark.parametrize("with_data", [True, False])
async def test_what_is_just_being_sent_is_deleted_once_it_has_arrived(
    services: Services, database: Database, said: Actor, clock: FakeClock, with_data: bool
) -> None:
    await comes_to(database, DeliveryState.CLAIMED)
    await (services[MyDataService].delete(said) if with_data else services[HelloService].remove(said))
    service = services[HelloService]
    (job,) = await jobs(database)
    assert job.due_at - clock.now() <= timedelta(minutes=1)
    await service.remove_arrived(job.payload["delivery"], job.payload["turn"])
    (_, again) = await jobs(database)
    assert again.due_at > job.due_at
    await comes_to(database, DeliveryState.SENT)
    for _ in range(2):
        await service.remove_arrived(again.payload["delivery"], again.payload["turn"])
    assert [row.message_id for row in await hellos(database, Delivery.action == Action.DELETE.value)] == [5_555]


async def test_its_author_removes_it_and_says_it_anew(services: Services, database: Database, said: Actor) -> None:
    service = services[HelloService]
    for n in range(1, 3):
        await comes_to(database, DeliveryState.SENT)
        assert await service.stands(said)
        results = await asyncio.gather(*(service.remove(said) for _ in range(3)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in results) == ["NoneType", "NotFound", "NotFound"]
        assert not await service.stands(said)
        assert len(await hellos(database, Delivery.action == Action.DELETE.value)) == n
        assert [one.of for one in await facts_of(services, said, first_weeks)] == [1]
        await service.say(said, with_school=False)
    keys = [row.key for row in await hellos(database, Delivery.action == Action.POST.value)]
    assert len(set(keys)) == 3


async def test_two_records_of_one_person_say_it_once(
    services: Services, database: Database, said: Actor, clock: FakeClock
) -> None:
    kept = await join(services, NEWCOMER + 1, "新田 花")
    officer = await actor(services, OFFICER)
    assert kept.person_id is not None
    assert said.person_id is not None
    await comes_to(database, DeliveryState.SENT)
    merging = services[MergingService]
    token = (await merging.preview(officer, kept.person_id, said.person_id)).token
    await merging.merge(officer, kept.person_id, said.person_id, token)
    kept = await actor(services, NEWCOMER + 1)
    with pytest.raises(Conflict, match="already"):
        await services[HelloService].say(kept, with_school=False)
    await services[HelloService].remove(kept)
    assert len(await hellos(database, Delivery.action == Action.DELETE.value)) == 1


async def test_it_stays_known_for_as_long_as_it_stands(
    services: Services, database: Database, said: Actor, clock: FakeClock
) -> None:
    await comes_to(database, DeliveryState.SENT)
    async with database.writing() as session:
        await session.execute(update(Delivery).values(settled_at=clock.now()))
    clock.go(days=400)
    await purge(database, clock.now(), standing=(HELLO,))
    who = await actor(services, NEWCOMER)
    assert await services[HelloService].stands(who)
    await services[HelloService].remove(who)
    clock.go(days=91)
    await purge(database, clock.now(), standing=(HELLO,))
    assert [row.action for row in await hellos(database)] == ["delete"]


async def test_only_newcomers_are_offered_first_steps(
    services: Services, database: Database, lc: int, clock: FakeClock
) -> None:
    await with_lounge(database, clock)
    await join(services, REPRESENTATIVE, "代表 一")
    who = await join(services, NEWCOMER, "新田 花")
    assert [(one.n, one.of) for one in await facts_of(services, who, first_weeks)] == [(0, 1)]
    assert not await facts_of(services, await actor(services, REPRESENTATIVE), first_weeks)
    assert not await facts_of(services, await actor(services, NEWCOMER + 1), first_weeks)
    clock.go(days=15)
    assert not await facts_of(services, await actor(services, NEWCOMER), first_weeks)


async def test_a_newcomer_sees_the_post_first_with_or_without_the_school(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    student = server.person("student")
    await student.slash(server.channel, "home")
    await join(world.bot.services, student.id, "新田 *花*", guild=server.guild.id)
    home = await student.slash(server.channel, "home")
    assert "今週できること\n👋 みんなにあいさつする" in text_of(home)
    await student.click(shown(home), label="あいさつする")
    assert "東京大学" not in page_text(shown(home))
    assert "まだ投稿していません" in page_text(shown(home))
    await student.click(shown(home), label="学校名を入れる")
    assert "東京大学" in page_text(shown(home))
    preview = shown(home).embeds[0]
    lounge = server.guild.channels["ラウンジ"]
    assert not lounge.history()
    await student.click(shown(home), label="投稿する")
    assert labels(shown(home)) == ["あいさつを取り消す", "ホーム"]
    await world.env.advance_time(60)
    (posted,) = lounge.history()
    assert (posted.embeds[0].title, posted.embeds[0].description) == (preview.title, preview.description)
    assert "\\*花\\*" in (posted.embeds[0].description or "")
    assert labels(posted) == ["わたしもあいさつする"]
    assert not posted.embeds[0].footer.text, "the mark of the delivery is in the button"
    again = await student.slash(server.channel, "home")
    assert "あいさつする" not in labels(shown(again))
    assert "今週できること" in text_of(again), "the other steps are left"


async def test_its_author_removes_it_on_their_page_or_with_their_data(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    student, lounge = server.person("student"), server.guild.channels["ラウンジ"]
    who = await join(world.bot.services, student.id, "新田 花", guild=server.guild.id)
    page = await student.slash(server.channel, "me")
    assert "あいさつを取り消す" not in labels(shown(page))

    async def say() -> None:
        home = await student.slash(server.channel, "home")
        await student.click(shown(home), label="あいさつする")
        await student.click(shown(home), label="投稿する")
        await world.env.advance_time(60)
        assert len(lounge.history()) == 1

    for _ in range(2):
        await say()
        page = await student.slash(server.channel, "me")
        await student.click(shown(page), label="あいさつを取り消す")
        assert labels(shown(page)) == ["ホーム"]
        await world.env.advance_time(60)
        assert not lounge.history()
    await say()
    await in_bot(world.env, world.bot.services[MyDataService].delete(who))
    await world.env.advance_time(60)
    assert not lounge.history()


async def test_a_hello_that_was_taken_back_while_it_is_sent_is_posted_by_no_later_try(
    services: Services, database: Database, said: Actor
) -> None:
    await comes_to(database, DeliveryState.CLAIMED)
    await services[HelloService].remove(said)
    async with database.reading() as connection:
        query = select(Delivery.payload).where(Delivery.kind == str(HELLO), Delivery.action == Action.POST.value)
        (payload,) = (await connection.scalars(query)).all()
    assert payload["gone"] is True, "its renderer posts nothing then"
