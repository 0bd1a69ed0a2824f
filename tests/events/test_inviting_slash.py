"""Invitations as people see them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from bot.features.members.models import Contact, Visibility
from bot.features.members.service import MemberService
from tests.events.test_slash import LINE, open_event, post
from tests.support.members import join
from tests.support.worlds import Server, World, buttons, labels, menus, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


@pytest.fixture
async def guest(world: World, server: Server, officer: simcord.MemberActor) -> simcord.MemberActor:
    guest = server.person("guest")
    joined = await join(world.services, guest.id, "学生 一", guild=server.guild.id, contact=Contact.DIRECT)
    await world.services[MemberService].choose_visibility(joined, Visibility.EVERYBODY)
    return guest


async def organise(server: Server, officer: simcord.MemberActor) -> Any:
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="参加者・主催者")
    return page


async def invite(server: Server, officer: simcord.MemberActor) -> Any:
    """The page of invitations after the guest was invited by name."""
    page = await organise(server, officer)
    await officer.click(shown(page), label="招待する")
    assert "まだ誰も招待していません" in page_text(shown(page))
    form = await officer.click(shown(page), label="名前で選ぶ")
    found = await officer.submit_modal(form, {"text": "学生"})
    (menu,) = menus(shown(found))
    await officer.select(shown(found), values=[menus(shown(found))[menu]["学生 一"]], custom_id=menu)
    return found


async def test_somebody_is_invited_by_name_and_answers_from_home(
    server: Server, officer: simcord.MemberActor, guest: simcord.MemberActor
) -> None:
    await post(server, officer, LINE)
    page = await invite(server, officer)
    assert "1人を招待しました" in text_of(page)
    assert "💌 学生 一" in text_of(page)
    (message,) = [one for one in guest.user.dm_channel.history() if "招待が届いています" in page_text(one)]
    assert "今回は行けません" in labels(message)
    assert "zoom.us" not in page_text(message)
    home = await guest.slash(server.channel, "home")
    assert "招待が届いています：1月17日(土) 19:00 症例勉強会" in text_of(home)
    await guest.click(shown(home), label="今回は行けません：症例勉強会")
    assert "回答ありがとうございます" in page_text(shown(home))
    assert "今からでも申し込めます" in page_text(shown(home))
    assert "招待が届いています" not in text_of(await guest.slash(server.channel, "home"))
    page = await organise(server, officer)
    await officer.click(shown(page), label="招待する")
    assert "行けない：1人" in page_text(shown(page))
    assert "➖ 学生 一" in page_text(shown(page))


async def test_an_invited_person_signs_up_on_the_page(
    server: Server, officer: simcord.MemberActor, guest: simcord.MemberActor
) -> None:
    await post(server, officer, LINE)
    await invite(server, officer)
    page = await guest.slash(server.channel, "event")
    await open_event(guest, page)
    assert "参加できそうですか" in page_text(shown(page))
    await guest.click(shown(page), label="参加する")
    assert "参加できそうですか" not in page_text(shown(page))
    page = await organise(server, officer)
    await officer.click(shown(page), label="招待する")
    assert "✅ 学生 一" in page_text(shown(page))


async def test_messages_about_events_are_turned_off_and_on(
    server: Server, officer: simcord.MemberActor, guest: simcord.MemberActor
) -> None:
    await post(server, officer, LINE)
    me = await guest.slash(server.channel, "me")
    await guest.click(shown(me), label="イベントの通知")
    await guest.click(shown(me), label="イベントの通知を止める")
    assert "届きません" in page_text(shown(me))
    assert "イベントの通知なし" in text_of(await guest.slash(server.channel, "me"))
    await invite(server, officer)
    assert not guest.user.dm_channel.history()
    page = await guest.slash(server.channel, "event")
    await open_event(guest, page)
    await guest.click(shown(page), label="参加する")
    assert not [one for one in buttons(shown(page)) if one.startswith("events:messages")], "nothing is asked again"
    await guest.click(shown(me), label="イベントの通知を受け取る")
    assert "ダイレクトメッセージで届きます" in page_text(shown(me))


async def test_all_members_of_the_lc_are_invited(world: World, server: Server, officer: simcord.MemberActor) -> None:
    member = server.person("member")
    await officer.slash(
        server.channel,
        "officer appoint",
        person=member,
        post="lc_representative",
        lc="東京大学",
    )
    await join(world.services, member.id, "部員 一", guild=server.guild.id)
    await post(server, member, LINE)
    page = await organise(server, member)
    await member.click(shown(page), label="招待する")
    await member.click(shown(page), label="東京大学のメンバー全員")
    assert "すでに招待しています" in page_text(shown(page)), "there is nobody but them"


async def test_many_results_have_pages(world: World, server: Server, officer: simcord.MemberActor) -> None:
    for number in range(11):
        person = server.person(f"student{number}")
        await join(world.services, person.id, f"学生 {number:02}", guild=server.guild.id)
    await post(server, officer, LINE)
    page = await organise(server, officer)
    await officer.click(shown(page), label="招待する")
    form = await officer.click(shown(page), label="名前で選ぶ")
    found = await officer.submit_modal(form, {"text": "学生"})
    (turn,) = [one for one in buttons(shown(found)) if one.startswith("events:invite_found:1:1:")]
    await officer.click(shown(found), custom_id=turn)
    assert "学生 10" in page_text(shown(found))
    (menu,) = menus(shown(found))
    await officer.select(shown(found), values=[menus(shown(found))[menu]["学生 10"]], custom_id=menu)
    assert "1人を招待しました" in page_text(shown(found))
