"""The door as people press it: a code is shown and typed, the desk ticks, and everybody sees their own hours."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.test_slash import open_event, post
from tests.support.members import join
from tests.support.worlds import Server, World, labels, menus, page_text, shown, text_of

#: The world begins on 1 January, 9:00 in Tokyo.
LINE = "1/1(木) 10:00〜1/3(土) 15:00 A棟で総会、誰でも"
TITLE = "総会"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(server.world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def comer(server: Server, name: str, *, signs_up: bool = True) -> simcord.MemberActor:
    person = server.person(name)
    await join(server.world.services, person.id, name, guild=server.guild.id)
    if signs_up:
        page = await event_page(server, person)
        await person.click(shown(page), label="参加する")
    return person


async def event_page(server: Server, person: simcord.MemberActor) -> Any:
    page = await person.slash(server.channel, "event")
    await open_event(person, page, TITLE)
    return page


async def desk_page(server: Server, officer: simcord.MemberActor) -> Any:
    page = await event_page(server, officer)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="受付")
    return page


async def set_up(server: Server, officer: simcord.MemberActor) -> Any:
    await post(server, officer, LINE)
    page = await desk_page(server, officer)
    assert "まだ準備されていません" in page_text(shown(page))
    await officer.click(shown(page), label="受付を準備する")
    return page


def code_on(page: Any) -> str:
    line = next(one for one in page_text(shown(page)).split("\n") if one.startswith("# "))
    return line.removeprefix("# ").replace(" ", "")


def menu_of(page: Any, begins: str) -> str:
    return next(one for one in menus(shown(page)) if one.startswith(begins))


def value(page: Any, begins: str, label: str) -> str:
    return menus(shown(page))[menu_of(page, begins)][label]


async def check_in(person: simcord.MemberActor, page: Any, code: str) -> Any:
    form = await person.click(shown(page), label="受付する")
    return await person.submit_modal(form, {"code": code})


def said(answer: Any, page: Any) -> str:
    return text_of(answer) if answer.response or answer.followups else page_text(shown(page))


async def test_a_code_is_shown_and_typed(world: World, server: Server, officer: simcord.MemberActor) -> None:
    desk = await set_up(server, officer)
    student = await comer(server, "京都 太郎")
    page = await event_page(server, student)
    assert "受付する" not in labels(shown(page)), "it is an hour before"
    await world.env.advance_time(31 * 60)
    await officer.click(shown(desk), label="コードを表示")
    assert "このコードは変わりません" in page_text(shown(desk)), "there are few people"
    assert [one.filename for one in shown(desk).attachments] == ["code.png"]
    right = code_on(desk)
    page = await event_page(server, student)
    answer = await check_in(student, page, f"{(int(right) + 1) % 1_000_000:06d}")
    assert "コードが違います" in said(answer, page)
    page = await event_page(server, student)
    await check_in(student, page, right)
    assert "受付しました" in page_text(shown(page))
    assert "受付する" not in labels(shown(await event_page(server, student)))
    me = await student.slash(server.channel, "me")
    await student.click(shown(me), label="参加の記録")
    assert "**2026年**：8時間" in page_text(shown(me))
    assert "総会" in page_text(shown(me))
    desk = await desk_page(server, officer)
    assert "申し込んだ1人のうち1人が来ました" in page_text(shown(desk))
    await officer.click(shown(desk), label="設定")
    await officer.click(shown(desk), label="コードを5分ごとに変える")
    await officer.click(shown(desk), label="受付に戻る")
    await officer.click(shown(desk), label="コードを表示")
    assert "5分ごと" in page_text(shown(desk))
    other = code_on(desk)
    await world.env.advance_time(5 * 60)
    await officer.click(shown(desk), label="新しいコード")
    assert code_on(desk) not in (right, other)


async def test_the_desk_ticks_corrects_and_takes_a_file(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await set_up(server, officer)
    for name in ("=東京 一", "東京 二", "東京 三"):
        await comer(server, name)
    helper = await comer(server, "受付 係", signs_up=False)
    desk = await desk_page(server, officer)
    await officer.click(shown(desk), label="設定")
    form = await officer.click(shown(desk), label="入口")
    await officer.submit_modal(form, {"names": "北口\n南口"})
    form = await officer.click(shown(desk), label="セッションを追加する")
    await officer.submit_modal(form, {"name": "全体会1", "day": "1", "hours": "13:00-15:00"})
    assert "全体会1 13:00-15:00" in page_text(shown(desk))
    await officer.click(shown(desk), label="受付を手伝う人")
    form = await officer.click(shown(desk), label="人を追加する")
    await officer.submit_modal(form, {"who": [helper]})
    assert "受付 係" in page_text(shown(desk))

    page = await event_page(server, helper)
    await helper.click(shown(page), label="受付")
    assert "設定" not in labels(shown(page))
    door = menu_of(page, "attendance:door")
    await helper.select(shown(page), values=[menus(shown(page))[door]["南口"]], custom_id=door)
    await helper.click(shown(page), label="名簿でチェック")
    tick = menus(shown(page))[menu_of(page, "attendance:tick")]
    assert [*tick] == ["=東京 一", "東京 三", "東京 二"]
    ticks = menu_of(page, "attendance:tick")
    await helper.select(shown(page), values=[tick["=東京 一"], tick["東京 二"]], custom_id=ticks)
    assert "まだ受付していません" in page_text(shown(page))
    await helper.click(shown(page), label="2人を受付する")
    assert "2人を受付しました" in page_text(shown(page))
    assert "来た人2人、申し込み3人" in page_text(shown(page))
    assert "南口" in page_text(shown(page))
    person = menu_of(page, "attendance:person")
    await helper.select(shown(page), values=[value(page, "attendance:person", "東京 二")], custom_id=person)
    assert "記録：受付 係" in page_text(shown(page))
    await helper.click(shown(page), label="早退")
    await helper.select(
        shown(page), values=[value(page, "attendance:person", "東京 二")], custom_id=menu_of(page, "attendance:person")
    )
    await helper.click(shown(page), label="受付を取り消す")
    assert "来た人1人" in page_text(shown(page))
    form = await helper.click(shown(page), label="検索")
    await helper.submit_modal(form, {"text": "三"})
    assert "東京 二" not in page_text(shown(page))
    await helper.select(
        shown(page),
        values=[value(page, "attendance:person", "東京 三")],
        custom_id=menu_of(page, "attendance:person"),
    )
    await helper.click(shown(page), label="欠席の連絡あり")
    await helper.click(shown(page), label="受付に戻る")
    form = await helper.click(shown(page), label="申し込みなしの人")
    await helper.submit_modal(form, {"name": "飛入 三郎", "school": "京都大学", "is_another": ["no"]})
    assert "申し込みなしで来た人：1人" in page_text(shown(page))
    form = await helper.click(shown(page), label="紙の名簿を入力")
    await helper.submit_modal(form, {"names": "東京二\n誰か", "all_but": ["no"]})
    assert "誰か" in page_text(shown(page))
    await helper.click(shown(page), label="1人を受付する")
    assert "1人を受付しました" in page_text(shown(page))

    desk = await desk_page(server, officer)
    await officer.click(shown(desk), label="設定")
    await officer.click(shown(desk), label="申し込みなしの人も受け付ける")
    assert "申し込みなしの人もコードで受付できます" in page_text(shown(desk))
    await officer.click(shown(desk), label="CSVで受け取る")
    (file,) = shown(desk).attachments
    content = await file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert "'=東京 一" in text, "a spreadsheet runs no name"
    assert text.count("欠席の連絡あり") == 2
    assert "飛入 三郎" in text
    await officer.click(shown(desk), label="受付に戻る")
    plenary = value(desk, "attendance:slot", "1月1日(木) 全体会1 13:00-15:00")
    await officer.select(shown(desk), values=[plenary], custom_id=menu_of(desk, "attendance:slot"))
    assert "申し込んだ3人のうち0人が来ました" in page_text(shown(desk))
    await officer.click(shown(desk), label="設定")
    remove = menu_of(desk, "attendance:remove_session")
    await officer.select(shown(desk), values=[*menus(shown(desk))[remove].values()], custom_id=remove)
    assert "全体会1" not in page_text(shown(desk))
    await officer.click(shown(desk), label="受付を手伝う人")
    helpers = menu_of(desk, "attendance:helper")
    await officer.select(shown(desk), values=[*menus(shown(desk))[helpers].values()], custom_id=helpers)
    await officer.click(shown(desk), label="外す")
    assert "まだいません" in page_text(shown(desk))
    assert "受付" not in labels(shown(await event_page(server, helper)))
