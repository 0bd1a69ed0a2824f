"""An event's own questions as people see them: asked by its organisers, answered in one form, read by them alone. The
simulated world begins on 1 January 2026."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.test_slash import joined, post_of, write
from tests.support.members import join
from tests.support.worlds import Server, World, labels, menus, options, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 症例勉強会、誰でも"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def asked(person: simcord.MemberActor, page: Any, **fields: Any) -> None:
    """From the page of questions."""
    form = await person.click(shown(page), label="質問を追加")
    await person.submit_modal(form, {"kind": ["short"]} | fields)


async def with_questions(server: Server, officer: simcord.MemberActor, *questions: dict[str, Any]) -> Any:
    """An event that is posted with them."""
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="質問")
    for one in questions:
        await asked(officer, page, **one)
    await officer.click(shown(page), label="下書きを見る")
    await officer.click(shown(page), label="投稿する")
    return page


MEAL = {"text_ja": "お弁当", "kind": ["choice"], "options": "肉\n魚", "also": ["required"]}
ALLERGY = {"text_ja": "アレルギーはありますか"}


def field(form: Any, label: str) -> str:
    """The custom_id of a field of a form."""
    for one in form.modal["components"]:
        if one.get("label") == label:
            return str(one["component"]["custom_id"])
    raise AssertionError(form.modal)


async def test_a_draft_asks_and_a_member_answers_in_the_form_that_gives_the_place(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="質問")
    assert "まだ質問はありません" in page_text(shown(page))
    await asked(officer, page, **MEAL)
    await asked(officer, page, **ALLERGY)
    assert "回答はイベントの7日後に削除します" in page_text(shown(page))
    assert "必須" in page_text(shown(page))
    await officer.click(shown(page), label="下書きを見る")
    assert "📝 質問 2つ" in page_text(shown(page))
    await officer.click(shown(page), label="投稿する")
    student = await joined(world, server, "student")
    form = await student.click(post_of(server), label="参加する")
    answer = await student.submit_modal(form, {field(form, "お弁当"): ["魚"]})
    assert "申し込みました" in text_of(answer)
    await student.click(shown(answer), label="自分の回答")
    assert "魚" in page_text(shown(answer))
    form = await student.click(shown(answer), label="回答を変更する")
    await student.submit_modal(form, {field(form, "お弁当"): ["肉"], field(form, "アレルギーはありますか"): "えび"})
    assert "回答を保存しました" in page_text(shown(answer))
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="参加者・主催者")
    await officer.click(shown(page), label="回答一覧")
    said = page_text(shown(page))
    assert "肉 **1**" in said
    assert "お弁当: 肉" in said
    assert "えび" in said
    await officer.click(shown(page), label="CSV")
    (file,) = shown(page).attachments
    assert "student,肉,えび" in (await file.read()).decode("utf-8-sig")


async def test_a_newcomer_joins_and_then_answers_and_then_has_a_place(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await with_questions(server, officer, MEAL)
    stranger = server.person("stranger")
    page = await stranger.click(post_of(server), label="参加する")
    form = await stranger.click(shown(page), label="同意して参加する")
    answer = await stranger.submit_modal(form, {"name": "札幌 四郎", "school": "札幌医科大学"})
    assert "主催者からの質問に答えて" in text_of(answer)
    assert "人が参加" not in page_text(post_of(server))
    form = await stranger.click(shown(answer), label="答えて参加する")
    await stranger.submit_modal(form, {field(form, "お弁当"): ["肉"]})
    assert "申し込みました" in page_text(shown(answer))


async def test_optional_questions_come_after_the_place(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await with_questions(server, officer, ALLERGY)
    student = await joined(world, server, "student")
    page = await student.click(post_of(server), label="参加する")
    assert "申し込みました" in text_of(page)
    assert "症例勉強会：主催者からの質問が1つあります" in text_of(await student.slash(server.channel, "home"))
    form = await student.click(shown(page), label="質問に答える")
    await student.submit_modal(form, {field(form, "アレルギーはありますか"): "そば"})
    assert "質問に答える" not in labels(shown(page))
    assert "主催者からの質問" not in text_of(await student.slash(server.channel, "home"))


async def test_nothing_typed_is_lost_when_the_questions_change_meanwhile(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await with_questions(server, officer, MEAL, ALLERGY)
    student = await joined(world, server, "student")
    form = await student.click(post_of(server), label="参加する")
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="申し込みの設定")
    await officer.click(shown(page), label="質問")
    await officer.select(shown(page), values=[menus(shown(page))["events:one_question"]["アレルギーはありますか"]])
    await officer.click(shown(page), label="削除")
    assert "この質問を削除しますか" in page_text(shown(page))
    await officer.click(shown(page), label="削除する")
    typed = {field(form, "お弁当"): ["魚"], field(form, "アレルギーはありますか"): "えび・かに"}
    answer = await student.submit_modal(form, typed)
    assert "主催者が質問を変更しました" in text_of(answer)
    assert "えび・かに" in text_of(answer), "it can be copied"
    again = await student.click(shown(answer), label="もう一度書く")
    assert again.modal is not None
    (menu,) = [one["component"] for one in again.modal["components"]]
    assert [one["label"] for one in menu["options"] if one.get("default")] == ["魚"]
    await student.submit_modal(again, {menu["custom_id"]: ["魚"]})
    assert "申し込みました" in page_text(shown(answer))


async def test_a_place_needs_no_form_once_nothing_is_asked(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await with_questions(server, officer, MEAL)
    student = await joined(world, server, "student")
    form = await student.click(post_of(server), label="参加する")
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="申し込みの設定")
    await officer.click(shown(page), label="質問")
    await officer.select(shown(page), values=[menus(shown(page))["events:one_question"]["お弁当"]])
    await officer.click(shown(page), label="削除")
    await officer.click(shown(page), label="削除する")
    answer = await student.submit_modal(form, {field(form, "お弁当"): ["魚"]})
    assert "申し込みました" in text_of(answer)


async def test_questions_are_put_in_order_and_changed(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await with_questions(server, officer, MEAL, ALLERGY)
    student = await joined(world, server, "student")
    form = await student.click(post_of(server), label="参加する")
    await student.submit_modal(form, {field(form, "お弁当"): ["肉"]})
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="申し込みの設定")
    await officer.click(shown(page), label="質問")
    await officer.select(shown(page), values=[menus(shown(page))["events:one_question"]["アレルギーはありますか"]])
    await officer.click(shown(page), label="上へ")
    assert options(shown(page)) == ["アレルギーはありますか", "お弁当"]
    await officer.select(shown(page), values=[menus(shown(page))["events:one_question"]["お弁当"]])
    assert "変更で合わなくなった回答は削除され" in page_text(shown(page))
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, MEAL | {"options": "魚\n野菜"})
    assert "1件の回答が合わなくなりました" in page_text(shown(page))
    home = text_of(await student.slash(server.channel, "home"))
    assert "主催者からの質問が1つあります" in home


async def test_the_later_ones_of_a_series_ask_the_same(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer, "毎週土曜 19:00-21:00 症例勉強会")
    await officer.click(shown(page), label="投稿する")
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="申し込みの設定")
    await officer.click(shown(page), label="質問")
    await asked(officer, page, **ALLERGY)
    await officer.click(shown(page), label="次回以降も同じ質問をする")
    assert "これから追加される回でも同じ質問をします" in page_text(shown(page))
