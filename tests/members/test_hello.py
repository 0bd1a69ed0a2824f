"""A newcomer's hello: shown first, posted once, and gone from home after two weeks."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, NotFound
from bot.features import Services
from bot.features.members.hello import HELLO, LOUNGE, HelloService, first_weeks
from bot.features.organisations.models import Server as Linked
from bot.features.organisations.models import ServerPart
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import NEWCOMER, REPRESENTATIVE, actor
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
        (CHANNEL, {"person_id": who.person_id, "with_school": True})
    ]
    assert [one.of for one in await facts_of(services, who, first_weeks)] == [0]


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
    assert labels(shown(home)) == ["ホーム"]
    await world.env.advance_time(60)
    (posted,) = lounge.history()
    assert (posted.embeds[0].title, posted.embeds[0].description) == (preview.title, preview.description)
    assert "\\*花\\*" in (posted.embeds[0].description or "")
    again = await student.slash(server.channel, "home")
    assert "あいさつする" not in labels(shown(again))
    assert "今週できること" in text_of(again), "the other steps are left"
