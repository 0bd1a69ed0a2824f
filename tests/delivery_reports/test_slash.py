"""Deliveries in the real bot: what arrives, what officers see of what did not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import simcord
from simcord.backend.errors import SetupError
from sqlalchemy import update

from bot.db import Database
from bot.deliveries.bundles import BUNDLE
from bot.deliveries.models import Action, Delivery, RecipientKind, Urgency
from bot.deliveries.values import Due, Recipient
from bot.demo.simulator import in_bot
from bot.features.announcements.reminding import REMINDER
from bot.features.handovers.asking import VACANT_KIND
from bot.i18n import words_for
from bot.kit.messages import MessageKind
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.renderers import Line, Message, Occasion
from cogs.delivery_reports.pages import name_of
from tests.support.deliveries import new, put
from tests.support.simulated import delete_channel
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


async def sample(occasion: Occasion, due: Due) -> Message | None:
    if due.payload.get("over"):
        return None
    text = {"ja": "見本です。", "en": "A sample."}[occasion.words.language]
    return Message(Page(title=due.key, text=text))


@pytest.fixture
async def server(world: World) -> Server:
    world.bot.renderers.register("test", sample)
    return world.server()


@pytest.fixture
async def officer(server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def send(server: Server, key: str, recipient: Recipient, **changes: Any) -> None:
    bot = server.world.bot
    row = new(key, bot.clock.now(), recipient=recipient, **changes)
    await in_bot(server.world.env, put(bot.database, bot.clock, row))


def channel(server: Server) -> Recipient:
    return Recipient(RecipientKind.CHANNEL, server.channel.id)


def said(server: Server, name: str = "general") -> list[str]:
    return [page_text(message) for message in server.guild.channels[name].history()]


async def test_it_arrives_edits_and_goes(server: Server, officer: simcord.MemberActor) -> None:
    await send(server, "a", channel(server))
    assert said(server) == ["\na\n見本です。\n#7"], "the number of the delivery stands in its last line"
    message = server.channel.history()[0]
    where = {"channel_id": server.channel.id, "message_id": message.id}
    await send(server, "b", channel(server), action=Action.EDIT, **where)
    assert said(server) == ["\nb\n見本です。\n#8"]
    await send(server, "c", channel(server), action=Action.DELETE, **where)
    assert said(server) == []
    await send(server, "d", channel(server), action=Action.DELETE, **where)
    assert "すべて届いています" in text_of(await officer.slash(server.channel, "manage deliveries")), (
        "gone already is no trouble"
    )


async def test_what_is_no_longer_needed_is_not_sent(server: Server, officer: simcord.MemberActor) -> None:
    await send(server, "a", channel(server), payload={"over": True})
    assert said(server) == []
    assert "すべて届いています" in text_of(await officer.slash(server.channel, "manage deliveries"))


async def test_direct_messages_speak_the_persons_language_and_share_a_message(
    server: Server, officer: simcord.MemberActor
) -> None:
    await officer.slash(server.channel, "language", language="en")
    bot = server.world.bot
    person = Recipient(RecipientKind.PERSON, officer.id)
    rows = [new(key, bot.clock.now(), recipient=person, urgency=Urgency.DAILY) for key in ("a", "b")]
    await in_bot(server.world.env, put(bot.database, bot.clock, *rows))
    await server.world.env.advance_time(9 * 3600)  # the night in Tokyo
    message = officer.user.dm_channel.history()[0]
    assert "2 things are waiting for you" in page_text(message)
    assert "・a\n・b" in page_text(message)
    assert labels(message) == ["Home"]


async def sample_line(occasion: Occasion, due: Due) -> Line:
    return Line(due.payload["text"], home_button(occasion.words))


async def test_two_things_behind_the_same_button_are_one_message_with_that_button_once(
    server: Server, officer: simcord.MemberActor
) -> None:
    bot = server.world.bot
    bot.renderers.register("test", sample, sample_line)
    person = Recipient(RecipientKind.PERSON, officer.id)
    texts = ["4月の確認", "任期の終わり", "4月の確認"]
    rows = [
        new(f"{number}", bot.clock.now(), recipient=person, urgency=Urgency.DAILY, payload={"text": text})
        for number, text in enumerate(texts)
    ]
    await in_bot(server.world.env, put(bot.database, bot.clock, *rows))
    await server.world.env.advance_time(9 * 3600)
    (message,) = officer.user.dm_channel.history()
    assert "・4月の確認\n・任期の終わり\n" in page_text(message), "what asks the same twice is said once"
    assert "2件" in page_text(message)
    assert labels(message) == ["ホーム"]


async def test_of_many_things_the_rest_is_counted_as_things(server: Server, officer: simcord.MemberActor) -> None:
    bot = server.world.bot
    person = Recipient(RecipientKind.PERSON, officer.id)
    rows = [new(f"{n}", bot.clock.now(), recipient=person, urgency=Urgency.DAILY) for n in range(17)]
    await in_bot(server.world.env, put(bot.database, bot.clock, *rows))
    await server.world.env.advance_time(9 * 3600)
    (message,) = officer.user.dm_channel.history()
    assert "ほか2件" in page_text(message)


async def test_the_same_asked_twice_is_the_message_of_its_own(server: Server, officer: simcord.MemberActor) -> None:
    bot = server.world.bot
    bot.renderers.register("test", sample, sample_line)
    person = Recipient(RecipientKind.PERSON, officer.id)
    rows = [
        new(key, bot.clock.now(), recipient=person, urgency=Urgency.DAILY, payload={"text": "4月の確認"})
        for key in ("a", "b")
    ]
    await in_bot(server.world.env, put(bot.database, bot.clock, *rows))
    await server.world.env.advance_time(9 * 3600)
    (message,) = officer.user.dm_channel.history()
    assert "見本です。" in page_text(message)


async def test_officers_see_what_failed_and_send_it_again(server: Server, officer: simcord.MemberActor) -> None:
    gone = server.guild.create_text_channel("なくなる")
    await delete_channel(server.world.env, gone.id)
    await send(server, "a", Recipient(RecipientKind.CHANNEL, gone.id))
    listed = await officer.slash(server.channel, "manage deliveries")
    assert "test：チャンネルがなくなっています（1件）" in text_of(listed)
    home = await officer.slash(server.channel, "home")
    assert "届かなかったものが1件あります" in text_of(home)
    assert "配信の状況" in labels(shown(home))
    assert options(shown(listed)) == ["test：チャンネルがなくなっています（1件）"]
    await choose(officer, shown(listed), "test：チャンネルがなくなっています（1件）")
    assert f"<#{gone.id}>" in page_text(shown(listed))
    assert labels(shown(listed)) == ["もう一度送信", "対応しない", "戻る"]
    await officer.click(shown(listed), label="もう一度送信")
    assert "1件をもう一度送信しています。" in page_text(shown(listed))
    await server.world.env.settle()
    listed = await officer.slash(server.channel, "manage deliveries")
    await choose(officer, shown(listed), "test：チャンネルがなくなっています（1件）")
    await officer.click(shown(listed), label="対応しない")
    assert "すべて届いています" in page_text(shown(listed))


async def test_each_line_says_what_did_not_arrive(server: Server, officer: simcord.MemberActor) -> None:
    gone = server.guild.create_text_channel("なくなる")
    await delete_channel(server.world.env, gone.id)
    bot = server.world.bot
    for kind in (REMINDER, VACANT_KIND):
        bot.renderers.messages[kind] = sample
        await send(server, kind, Recipient(RecipientKind.CHANNEL, gone.id), kind=kind)
    # One that failed in another way for the same cause is in the same line: they are dealt with together.
    await send(server, "late", Recipient(RecipientKind.CHANNEL, gone.id), kind=REMINDER)
    await in_bot(server.world.env, _set_state(bot.database, "late", "missed"))
    listed = await officer.slash(server.channel, "manage deliveries")
    assert sorted(options(shown(listed))) == [
        "LCへのお知らせのリマインド：チャンネルがなくなっています（2件）",
        "役職が空いているという連絡：チャンネルがなくなっています（1件）",
    ]
    await choose(officer, shown(listed), "役職が空いているという連絡：チャンネルがなくなっています（1件）")
    assert "役職が空いているという連絡：チャンネルがなくなっています" in page_text(shown(listed))


async def _set_state(database: Database, key: str, state: str) -> None:
    async with database.writing() as session:
        await session.execute(update(Delivery).where(Delivery.key == key).values(state=state))


async def test_every_kind_has_a_name_of_its_own(world: World) -> None:
    kinds = {*world.bot.renderers.messages, *world.bot.renderers.jobs, BUNDLE}
    assert set(MessageKind.known) <= kinds
    for language in ("ja", "en"):
        names = [name_of(kind, words_for(language)) for kind in kinds]
        assert len(set(names)) == len(kinds), language
        assert not set(names) & kinds


async def test_the_officers_are_told_once_a_day_for_each_cause_by_day(
    server: Server, officer: simcord.MemberActor
) -> None:
    gone = Recipient(RecipientKind.CHANNEL, 1234)
    await server.world.env.advance_time(10 * 3600)  # morning in Tokyo
    for number in range(3):
        await send(server, f"{number}", gone)
    await server.world.env.advance_time(120)
    notices = [text for text in said(server, "全国役員") if "届かなかった配信があります" in text]
    assert len(notices) == 1
    assert "これまでに3件" in notices[0]


async def test_others_see_nothing_of_it(server: Server, officer: simcord.MemberActor) -> None:
    student = server.person("student")
    with pytest.raises(SetupError, match="not visible"):
        await student.slash(server.channel, "manage deliveries")
    assert "配信の状況" not in labels(shown(await student.slash(server.channel, "home")))


async def test_a_renderer_at_fault_is_logged_tried_again_and_holds_up_nobody(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    world.expects_faults = True

    async def broken(_occasion: Occasion, _due: Due) -> Message | None:
        raise ZeroDivisionError

    world.bot.renderers.register("broken", broken)
    await send(server, "a", channel(server), kind="broken")
    await send(server, "b", channel(server))
    assert len(said(server)) == 1
    world.bot.renderers.register("broken", sample)
    await world.env.advance_time(3600)
    assert len(said(server)) == 2
    assert {record.levelname for record in world.faults} == {"ERROR"}


async def test_a_restart_sends_what_waited(world: World, server: Server, officer: simcord.MemberActor) -> None:
    bot = world.bot
    row = new("a", bot.clock.now() + timedelta(hours=1), recipient=channel(server))
    await in_bot(world.env, put(bot.database, bot.clock, row))
    await world.restart()
    world.bot.renderers.register("test", sample)
    await world.env.advance_time(3601)
    assert len(said(server)) == 1
