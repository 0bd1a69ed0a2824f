"""The invitation in a text for LINE or mail: looking makes nothing, a press makes one, and only one."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.models import Route
from bot.features.announcements.outside import OutsideService
from bot.features.people.actors import Actor, Caller
from bot.features.people.service import PeopleService
from tests.announcements.support import Setting, begin, two_lcs
from tests.announcements.test_service import CONTENT, sent
from tests.support.clocks import FakeClock
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor
from tests.support.simulated import set_rights_in
from tests.support.worlds import World, labels, page_text, shown, text_of

INVITE = discord.Permissions(create_instant_invite=True)


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def test_of_two_officers_at_once_one_has_the_turn(services: Services, officer: Actor) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    both = await asyncio.gather(
        *(outside.claim_invite(officer, announcement_id, Route.LINE) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Claim", "Conflict"]
    (claim,) = (one for one in both if not isinstance(one, BaseException))
    cards = await outside.routes(officer, announcement_id)
    assert cards[Route.LINE].invite is None, "a turn is no invitation"
    assert await outside.note_invite(officer, announcement_id, Route.LINE, claim, "abc", 7_003)
    assert await outside.noted(officer) == {"abc"}
    with pytest.raises(Conflict, match="already"):
        await outside.claim_invite(officer, announcement_id, Route.LINE)
    assert await outside.claim_invite(officer, announcement_id, Route.MAIL), "each way has its own"


async def test_a_turn_of_which_nothing_was_heard_ends_after_two_minutes(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    first = await outside.claim_invite(officer, announcement_id, Route.LINE)
    clock.go(minutes=1, seconds=50)
    with pytest.raises(Conflict, match="right now"):
        await outside.claim_invite(officer, announcement_id, Route.LINE)
    clock.go(seconds=15)
    second = await outside.claim_invite(officer, announcement_id, Route.LINE)
    assert first.left_at is None
    assert second.left_at is not None
    assert not await outside.note_invite(officer, announcement_id, Route.LINE, first, "late", 7_003)
    await outside.release_invite(officer, announcement_id, Route.LINE, first)
    assert await outside.note_invite(officer, announcement_id, Route.LINE, second, "abc", 7_003)
    assert (await outside.routes(officer, announcement_id))[Route.LINE].invite == ("abc", 7_003)


async def test_a_turn_of_a_clock_that_was_ahead_holds_nobody_up(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    clock.go(days=30)
    first = await outside.claim_invite(await actor(services, OFFICER), announcement_id, Route.LINE)
    clock.go(days=-30, hours=5)
    officer = await actor(services, OFFICER)
    second = await outside.claim_invite(officer, announcement_id, Route.LINE)
    assert not await outside.note_invite(officer, announcement_id, Route.LINE, first, "late", 7_003)
    assert await outside.note_invite(officer, announcement_id, Route.LINE, second, "abc", 7_003)


async def test_what_is_taken_back_meanwhile_keeps_no_invitation(services: Services, officer: Actor) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    claim = await outside.claim_invite(officer, announcement_id, Route.LINE)
    await services[CorrectionService].take_back(officer, announcement_id)
    assert not await outside.note_invite(officer, announcement_id, Route.LINE, claim, "abc", 7_003)
    assert (await outside.routes(officer, announcement_id))[Route.LINE].invite is None
    assert await outside.noted(officer) == frozenset(), "not even a turn is left"


async def test_a_turn_that_is_given_back_is_free_at_once(services: Services, officer: Actor) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    claim = await outside.claim_invite(officer, announcement_id, Route.LINE)
    await outside.release_invite(officer, announcement_id, Route.LINE, claim)
    again = await outside.claim_invite(officer, announcement_id, Route.LINE)
    assert again.left_at is None
    await outside.tick(officer, announcement_id, Route.LINE, posted=True)
    assert await outside.note_invite(officer, announcement_id, Route.LINE, again, "abc", 7_003), "a tick takes nothing"


async def test_who_may_not_announce_makes_no_invitation(services: Services, officer: Actor, lc: int) -> None:
    outside, announcement_id = services[OutsideService], await sent(services, officer)
    claim = await outside.claim_invite(officer, announcement_id, Route.MAIL)
    for user in (NEWCOMER, REPRESENTATIVE):
        who = await actor(services, user)
        for ask in (
            outside.invitable(who),
            outside.noted(who),
            outside.claim_invite(who, announcement_id, Route.LINE),
            outside.note_invite(who, announcement_id, Route.MAIL, claim, "abc", 7_003),
            outside.release_invite(who, announcement_id, Route.MAIL, claim),
        ):
            with pytest.raises(NotAllowed):
                await ask
    mine = await actor(services, REPRESENTATIVE)
    own = await services[DraftService].begin(mine, lc, CONTENT)
    with pytest.raises(Invalid):
        await outside.claim_invite(mine, own, Route.LINE)
    with pytest.raises(NotFound):
        await outside.claim_invite(officer, own + 1, Route.LINE)
    await services[CorrectionService].take_back(officer, announcement_id)
    with pytest.raises(Conflict, match="withdrawn"):
        await outside.claim_invite(officer, announcement_id, Route.LINE)


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def announcements(setting: Setting) -> discord.TextChannel:
    """The organisation's own channel for announcements, as the bot sees it."""
    linked = await setting.world.services[OutsideService].invitable(await acting(setting))
    channel = setting.world.bot.get_channel(linked[0].recipient_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def acting(setting: Setting) -> Actor:
    caller = Caller(setting.officer.id, "officer", setting.server.guild.id)
    return await setting.world.services[PeopleService].actor(caller)


async def texts(setting: Setting) -> Any:
    await setting.send("総会")
    status = await setting.status()
    await setting.officer.click(status, label="LINE・メール用の文面")
    return status


def invitations(setting: Setting) -> list[str]:
    return sorted(setting.world.env.backend.invites)


async def test_looking_makes_no_invitation_and_a_press_makes_one(setting: Setting) -> None:
    channel = await announcements(setting)
    await set_rights_in(setting.world.env, channel.id, allow=INVITE)
    page = await texts(setting)
    await setting.officer.click(page, label="メール用の文面")
    await setting.officer.click(page, label="LINE用の文面")
    assert "招待リンクはまだ入っていません" in page_text(page)
    assert invitations(setting) == [], "looking makes nothing"
    await setting.officer.click(page, label="招待リンクを入れる")
    (code,) = invitations(setting)
    assert f"Discordへの参加はこちら：https://discord.gg/{code}" in page_text(page)
    assert "この招待リンクから0人が参加しました" in page_text(page)
    assert "招待リンクを入れる" not in labels(page)


async def test_an_old_page_of_another_officer_makes_no_second_one(setting: Setting) -> None:
    channel = await announcements(setting)
    await set_rights_in(setting.world.env, channel.id, allow=INVITE)
    page = await texts(setting)
    old = await setting.status(setting.other)
    await setting.other.click(old, label="LINE・メール用の文面")
    await setting.officer.click(page, label="招待リンクを入れる")
    again = await setting.other.click(old, label="招待リンクを入れる")
    assert "招待リンクはすでに入っています" in text_of(again)
    assert len(invitations(setting)) == 1


async def test_where_the_bot_may_not_invite_it_says_what_to_allow(setting: Setting) -> None:
    channel = await announcements(setting)
    await set_rights_in(setting.world.env, channel.id, deny=INVITE)
    page = await texts(setting)
    refused = await setting.officer.click(page, label="招待リンクを入れる")
    assert f"#{channel.name} で「招待を作成」を" in text_of(refused)
    await set_rights_in(setting.world.env, channel.id, allow=INVITE)
    await setting.officer.click(shown(refused), label="招待リンクを入れる")
    assert len(invitations(setting)) == 1


async def test_what_discord_refuses_is_said_and_can_be_tried_at_once(setting: Setting) -> None:
    channel = await announcements(setting)
    await set_rights_in(setting.world.env, channel.id, allow=INVITE)
    page = await texts(setting)
    setting.world.env.inject_error("POST", "/channels/*/invites", status=400, code=30016, times=1)
    refused = await setting.officer.click(page, label="招待リンクを入れる")
    assert "Discordで招待リンクをつくれませんでした" in text_of(refused)
    await setting.officer.click(shown(refused), label="招待リンクを入れる")
    assert len(invitations(setting)) == 1


async def test_an_invitation_that_a_process_left_behind_is_found_again(setting: Setting) -> None:
    """Killed after Discord had made it and before it was noted."""
    channel = await announcements(setting)
    await set_rights_in(setting.world.env, channel.id, allow=INVITE)
    page, outside = await texts(setting), setting.world.services[OutsideService]
    other = await channel.create_invite(max_age=0, reason="something else")
    await setting.go(hours=1)
    await outside.claim_invite(await acting(setting), 1, Route.LINE)
    left = await channel.create_invite(max_age=0, unique=True)
    early = await setting.officer.click(page, label="招待リンクを入れる")
    assert "いま招待リンクを入れています" in text_of(early)
    await setting.go(hours=0.1)
    await setting.officer.click(page, label="招待リンクを入れる")
    assert f"https://discord.gg/{left.code}" in page_text(page)
    assert invitations(setting) == sorted([other.code, left.code])
