"""The morning brief in the officers' channel."""

from __future__ import annotations

from typing import Any

import simcord

from tests.support.pages import claim_post
from tests.support.simulated import delete_message
from tests.support.worlds import Server, World, page_text, shown, text_of

HOUR = 3600


async def prepared(world: World) -> tuple[Server, simcord.MemberActor]:
    """It is Thursday, 1 January 2026, 9:00 in Tokyo; the officer's term ends in three months."""
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return server, officer


def brief(server: Server) -> Any:
    messages = [one for one in server.guild.channels["全国役員"].history() if "けさの状況" in page_text(one)]
    assert len(messages) <= 1, "one message, whatever the day"
    return messages[0] if messages else None


async def test_it_is_skipped_when_there_is_nothing_to_say(world: World) -> None:
    server, _ = await prepared(world)
    await world.env.advance_time(24 * HOUR)
    assert brief(server) is None


async def test_it_comes_at_eight_is_edited_in_place_and_made_anew_on_mondays(world: World) -> None:
    server, officer = await prepared(world)
    student = server.person("student")
    await claim_post(student, server.channel, post="lc_representative", lc="東京大学")
    await world.env.advance_time(22 * HOUR)
    assert brief(server) is None, "not before eight"
    await world.env.advance_time(HOUR)
    first = brief(server)
    assert "けさの状況　2026年1月2日(金)" in page_text(first)
    assert "新しい役員の確認：1件" in page_text(first)
    await world.env.advance_time(24 * HOUR)
    assert brief(server).id == first.id
    assert "2026年1月3日(土)" in page_text(brief(server))
    await world.env.advance_time(24 * HOUR)
    await world.env.advance_time(24 * HOUR)
    assert "2026年1月5日(月)" in page_text(brief(server))
    assert brief(server).id != first.id
    assert "student" not in page_text(brief(server)), "numbers, no names"
    claims = await officer.slash(server.channel, "home")
    assert "新しい役員" in text_of(claims)


async def test_it_says_when_nothing_waits_any_more(world: World) -> None:
    server, officer = await prepared(world)
    student = server.person("student")
    await claim_post(student, server.channel, post="lc_representative", lc="東京大学")
    await world.env.advance_time(24 * HOUR)
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="新しい役員を確認")
    await officer.click(shown(home), label="studentさんを確認")
    await world.env.advance_time(24 * HOUR)
    assert "きょう役員の対応を待っているものはありません" in page_text(brief(server))


async def test_it_warns_of_terms_that_end_without_a_successor(world: World) -> None:
    server, _ = await prepared(world)
    for _ in range(31):
        await world.env.advance_time(24 * HOUR)
    assert "後任が決まっていない全国の役職が1件あります" in page_text(brief(server))


def troubles(server: Server) -> list[str]:
    texts = [page_text(one) for one in server.guild.channels["全国役員"].history()]
    return [text for text in texts if "届かなかった配信" in text]


async def test_after_a_monday_with_nothing_to_say_it_comes_anew(world: World) -> None:
    server, officer = await prepared(world)
    student = server.person("student")
    await claim_post(student, server.channel, post="lc_representative", lc="東京大学")
    for _ in range(3):
        await world.env.advance_time(24 * HOUR)
    assert brief(server) is not None, "until Sunday"
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="新しい役員を確認")
    await officer.click(shown(home), label="studentさんを確認")
    await world.env.advance_time(24 * HOUR)
    assert brief(server) is None, "nothing on Monday"
    await claim_post(server.person("second"), server.channel, post="lc_representative", lc="京都大学")
    await world.env.advance_time(24 * HOUR)
    assert "2026年1月6日(火)" in page_text(brief(server))
    assert troubles(server) == []


async def test_deleted_by_hand_it_is_posted_anew_the_next_morning(world: World) -> None:
    server, officer = await prepared(world)
    student = server.person("student")
    await claim_post(student, server.channel, post="lc_representative", lc="東京大学")
    await world.env.advance_time(24 * HOUR)
    await delete_message(world.env, brief(server))
    await world.env.advance_time(24 * HOUR)
    anew = brief(server)
    assert "2026年1月3日(土)" in page_text(anew)
    assert "新しい役員の確認：1件" in page_text(anew)
    await world.env.advance_time(24 * HOUR)
    assert brief(server).id == anew.id, "and edited from then on"
    assert "2026年1月4日(日)" in page_text(brief(server))
    assert troubles(server) == []
    assert "すべて届いています" in text_of(await officer.slash(server.channel, "manage deliveries"))
