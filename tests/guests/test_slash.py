"""How organisers come to a text with a sign-up link, and what becomes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from bot.features.guests.rules import Entry
from bot.features.guests.service import GuestService
from tests.events.test_slash import open_event, post
from tests.support.members import join
from tests.support.worlds import Server, World, labels, menus, page_text, shown, text_of

PUBLIC = "https://bot.example.org"
TEXT = "LINE・メール用の文面"


@pytest.fixture
async def server(world: World) -> Server:
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": PUBLIC})
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


def token_in(page: Any) -> str:
    (token,) = re.findall(rf"{PUBLIC}/a/([\w-]{{43}})", page_text(shown(page)))
    return str(token)


async def test_a_text_has_a_link_that_can_be_turned_off(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    guests = world.services[GuestService]
    page = await post(server, officer)
    await officer.click(shown(page), label=TEXT)
    said = page_text(shown(page))
    assert "【症例勉強会】" in said
    assert "症例勉強会（1月17日(土) 19:00–21:00）" in said, "the subject of a mail"
    assert "zoom.us" not in said
    first = token_in(page)
    await officer.click(shown(page), label="戻る")
    await officer.click(shown(page), label=TEXT)
    second = token_in(page)
    assert first != second
    own = await guests.enter(first, Entry("札幌 四郎"))
    await officer.click(shown(page), label="これまでの申し込みリンクを無効にする")
    assert "使えなくなります" in page_text(shown(page))
    assert await guests.look(second), "nothing has been done yet"
    await officer.click(shown(page), label="無効にする")
    assert [await guests.look(one) for one in (first, second)] == [None, None]
    assert await guests.look(token_in(page))
    assert await guests.look(own), "theirs who signed up stays"


async def test_a_change_has_a_text_of_its_own_until_it_is_sent(server: Server, officer: simcord.MemberActor) -> None:
    page = await post(server, officer)
    await officer.click(shown(page), label=TEXT)
    await officer.click(shown(page), label="戻る")
    form = await officer.click(shown(page), label="編集")
    changes = {
        "title_ja": "症例勉強会",
        "when": "1/18(日) 10:00-12:00",
        "place": "A棟",
        "link": "https://us02web.zoom.us/j/999",
    }
    await officer.submit_modal(form, changes)
    await officer.click(shown(page), label=TEXT)
    said = page_text(shown(page))
    assert "【変更のお知らせ】" in said
    assert "1月17日(土) 19:00–21:00 → 1月18日(日) 10:00–12:00" in said
    assert "Zoom → A棟" in said
    assert "リンク：変更されました" in said
    assert "zoom.us" not in said
    assert token_in(page)
    await officer.click(shown(page), label="イベント全体の文面")
    assert "【症例勉強会】" in page_text(shown(page))
    await officer.click(shown(page), label="戻る")
    await officer.click(shown(page), label=TEXT)
    await officer.click(shown(page), label="送りました")
    said = page_text(shown(page))
    assert "変更のお知らせ" not in said
    assert "【症例勉強会】" in said


async def test_a_cancellation_has_a_text_too(server: Server, officer: simcord.MemberActor) -> None:
    page = await post(server, officer)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="その他")
    form = await officer.click(shown(page), label="イベントを中止する")
    await officer.submit_modal(form, {"reason": "台風のため"})
    await officer.click(shown(page), label=TEXT)
    said = page_text(shown(page))
    assert "【中止のお知らせ】" in said
    assert "台風のため" in said
    assert "申し込みはこちら" not in said
    assert token_in(page)


async def test_without_a_public_address_the_text_has_a_code(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": None})
    page = await post(server, officer)
    await officer.click(shown(page), label=TEXT)
    assert "「E1 名前 参加」" in page_text(shown(page))
    assert "これまでの申し込みリンクを無効にする" not in labels(shown(page))


async def test_others_get_a_text_without_a_link(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await post(server, officer)
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    page = await student.slash(server.channel, "event")
    await open_event(student, page)
    await student.click(shown(page), label=TEXT)
    said = page_text(shown(page))
    assert "【症例勉強会】" in said
    assert PUBLIC not in said
    assert "/イベント" in said


async def test_names_from_line_are_looked_at_and_entered(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    member = server.person("member")
    await join(world.services, member.id, "東京 花子", guild=server.guild.id)
    page = await post(server, officer)
    await officer.click(shown(page), label="参加者の一覧")
    form = await officer.click(shown(page), label="名前を入力する")
    nothing = await officer.submit_modal(form, {"text": " "})
    assert "名前が見つかりませんでした" in text_of(nothing)
    form = await officer.click(shown(page), label="名前を入力する")
    await officer.submit_modal(form, {"text": "東京花子 参加\n佐藤 参加\n鈴木 不参加\n何か"})
    said = page_text(shown(page))
    assert "東京花子（東京大学）" in said
    assert "何か" in said
    assert "入力する" not in labels(shown(page)), "somebody may be meant"
    form = await officer.click(shown(page), label="文面を直す")
    await officer.submit_modal(form, {"text": "東京花子 参加\n佐藤 参加\n鈴木 不参加"})
    ((custom_id, menu),) = menus(shown(page)).items()
    await officer.select(shown(page), values=[menu["東京花子"]], custom_id=custom_id)
    said = page_text(shown(page))
    assert "👤" in said
    await officer.click(shown(page), label="登録する")
    assert "1人の参加が決まりました" in page_text(shown(page))
    assert "キャンセル待ち" in page_text(shown(page))
    await officer.click(shown(page), label="参加者の一覧")
    said = page_text(shown(page))
    assert "東京 花子" in said
    assert "佐藤" in said


async def test_replies_with_a_code_are_entered(world: World, server: Server, officer: simcord.MemberActor) -> None:
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": None})
    await join(world.services, server.person("member").id, "佐藤", guild=server.guild.id)
    await post(server, officer)
    page = await officer.slash(server.channel, "event")
    form = await officer.click(shown(page), label="返信を入力する")
    unknown = await officer.submit_modal(form, {"code": "E99", "text": "佐藤 参加"})
    assert "見つかりません" in text_of(unknown)
    form = await officer.click(shown(page), label="返信を入力する")
    await officer.submit_modal(form, {"code": "e1", "text": "E1 佐藤 参加"})
    await officer.click(shown(page), label="該当なし")
    await officer.click(shown(page), label="登録する")
    assert "1人の参加が決まりました" in page_text(shown(page))


async def test_somebody_without_an_account_gets_a_link_of_their_own(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await post(server, officer)
    await officer.click(shown(page), label="参加者の一覧")
    form = await officer.click(shown(page), label="名前を入力する")
    await officer.submit_modal(form, {"text": "佐藤 参加"})
    await officer.click(shown(page), label="登録する")
    await officer.click(shown(page), label="参加者の一覧")
    ((custom_id, menu),) = [one for one in menus(shown(page)).items() if one[0].startswith("signups:party")]
    await officer.select(shown(page), values=[menu["佐藤"]], custom_id=custom_id)
    await officer.click(shown(page), label="専用リンクをつくる")
    assert "佐藤" in page_text(shown(page))
    own = await world.services[GuestService].look(token_in(page))
    assert own is not None
    assert (own.name, bool(own.event.link)) == ("佐藤", True)
    await officer.click(shown(page), label="参加者の一覧")
    await officer.select(shown(page), values=[menu["佐藤"]], custom_id=custom_id)
    world.bot.settings = world.bot.settings.model_copy(update={"public_url": None})
    await officer.click(shown(page), label="専用リンクをつくる")
    assert "公開のアドレスがない" in page_text(shown(page))


async def test_a_poster_has_a_code_that_leads_to_a_link_of_its_own(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await post(server, officer)
    await officer.click(shown(page), label=TEXT)
    await officer.click(shown(page), label="ポスター（PDF）")
    (poster,) = shown(page).attachments
    assert (await poster.read()).startswith(b"%PDF-")
    assert "参加者用のリンクは入りません" in page_text(shown(page))
    await officer.click(shown(page), label="LINE・メール用の文面")
    assert token_in(page)


async def test_those_who_come_are_printed_for_the_desk(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await post(server, officer)
    await officer.click(shown(page), label=TEXT)
    await world.services[GuestService].enter(token_in(page), Entry("札幌 四郎"))
    await officer.click(shown(page), label="戻る")
    await officer.click(shown(page), label="参加者の一覧")
    for label, name in (("受付の名簿", "list.pdf"), ("名札", "badges.pdf")):
        await officer.click(shown(page), label=label)
        (file,) = shown(page).attachments
        assert file.filename == name
        assert (await file.read()).startswith(b"%PDF-")
        await officer.click(shown(page), label="参加者の一覧")
