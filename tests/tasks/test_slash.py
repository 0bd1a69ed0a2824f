"""Tasks as people meet them: on their home, in one message of the morning, and on a page on which they tick."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import simcord
from sqlalchemy import update

from bot.features.people.models import Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.ui.pages import ERROR
from tests.channels.test_slash import begin, build, give, noted
from tests.handovers.test_slash import days, letters, said, wants_messages
from tests.support.worlds import Server, World, choose, descriptions, labels, menus, options, page_text, shown, text_of


async def opened(server: Server, person: simcord.MemberActor, *presses: str) -> Any:
    """A page, from home on, as on a phone."""
    page = await person.slash(server.channel, "home")
    for label in presses:
        await person.click(shown(page), label=label)
    return page


async def pick(person: simcord.MemberActor, page: Any, menu: str, label: str) -> simcord.InteractionResult:
    """An option of one of several menus."""
    value = menus(shown(page))[menu][label]
    return await person.select(shown(page), custom_id=menu, values=[value])


@pytest.fixture
async def lc(world: World) -> tuple[Server, simcord.MemberActor, simcord.MemberActor]:
    """A server, its national officer, and who represents the first LC."""
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    return server, officer, leader


async def add(server: Server, leader: simcord.MemberActor, doer: str, day: str = "1月20日") -> Any:
    page = await opened(server, leader, "やること", "自分のLCのやること", "やることを追加")
    form = await pick(leader, page, "tasks:doer:1", doer)
    await leader.submit_modal(form, {"title": "部室の鍵を返す", "due": day})
    return page


async def test_a_post_has_a_task_its_holder_waits_for_somebody_and_ticks(
    world: World, lc: tuple[Server, simcord.MemberActor, simcord.MemberActor]
) -> None:
    server, officer, leader = lc
    page = await add(server, leader, "大学代表者")
    assert shown(page).embeds[0].title == "部室の鍵を返す"
    assert "2026年1月20日(火)まで" in page_text(shown(page))
    assert labels(shown(page)) == ["終わった", "返事待ち", "日付を変える", "取りやめる", "戻る", "ホーム"]
    form = await leader.click(shown(page), label="返事待ち")
    await leader.submit_modal(form, {"party": "学生課", "since": "2026-01-01", "again": "鍵の件です。"})
    assert "学生課の返事待ち（2026年1月1日(木)から）" in page_text(shown(page))
    assert "```\n鍵の件です。\n```" in page_text(shown(page))
    page = await opened(server, leader)
    assert "やることが1件あります" in text_of(page)
    await leader.click(shown(page), label="やること")
    assert "大学代表者 · 学生課の返事待ち" in page_text(shown(page))
    assert "担当：東京大学" not in page_text(shown(page))
    await pick(leader, page, "tasks:tick_one", "部室の鍵を返す")
    assert "✅ 終わりました" in page_text(shown(page))
    assert "やることが" not in text_of(await opened(server, leader))
    await leader.click(shown(page), label="まだ終わっていない")
    await leader.click(shown(page), label="終わった")
    await leader.click(shown(page), label="戻る")
    assert "いま残っている「やること」はありません" in page_text(shown(page))
    history = text_of(await officer.slash(server.channel, "officer history"))
    for action in ("やることの追加", "やることの返事待ちの相手", "やることの完了", "やることの完了の取り消し"):
        assert action in history


async def test_one_message_a_morning_and_the_thread_where_nobody_is_written_to(
    world: World, lc: tuple[Server, simcord.MemberActor, simcord.MemberActor]
) -> None:
    server, officer, leader = lc
    await build(server, officer)
    await add(server, leader, "大学代表者", "1月10日")
    await days(world, 3)
    thread = await noted(world, "thread:lc:1")
    (post,) = [one for one in world.env.http_requests if one.path == f"/channels/{thread}/messages"]
    assert "部室の鍵を返す" in str(post.json)
    await wants_messages(leader, server, "代表 花")
    await add(server, leader, "自分", "1月10日")
    await days(world, 6)
    first, letter = letters(leader)
    assert "やること（1件）" in first, "what was new to them, on the next morning"
    assert "やること（2件）" in letter, "the day before, of both at once"
    pressed = await leader.user.click(leader.user.dm_channel.history()[1], label="やること")
    assert options(shown(pressed)) == ["部室の鍵を返す", "部室の鍵を返す"]
    await days(world, 10)
    assert len(letters(leader)) == 3, "and once when it was overdue"
    (told,) = [one for one in said(server) if "部室の鍵を返す" in one]
    assert "期日を大きく過ぎている" in told


async def test_officers_see_all_and_whoever_set_it_changes_the_day_or_drops_it(
    lc: tuple[Server, simcord.MemberActor, simcord.MemberActor],
) -> None:
    server, officer, _ = lc
    page = await opened(server, officer, "運営", "やることの一覧")
    assert "いま残っている「やること」はありません" in page_text(shown(page))
    await officer.click(shown(page), label="やることを追加")
    form = await choose(officer, shown(page), "全国役員")
    await officer.submit_modal(form, {"title": "総会の会場", "due": "2026-03-01"})
    form = await officer.click(shown(page), label="日付を変える")
    await officer.submit_modal(form, {"due": "2026-02-01"})
    assert "2026年2月1日(日)まで" in page_text(shown(page))
    page = await opened(server, officer, "やること")
    await pick(officer, page, "tasks:one", "総会の会場")
    await officer.click(shown(page), label="取りやめる")
    assert "元には戻せません" in page_text(shown(page))
    await officer.click(shown(page), label="取りやめる")
    assert "取りやめになりました" in page_text(shown(page))
    answer = await officer.click(shown(page), label="戻る")
    assert "総会の会場" not in text_of(answer)


async def test_an_officer_of_two_lcs_has_a_button_for_each(
    world: World, lc: tuple[Server, simcord.MemberActor, simcord.MemberActor]
) -> None:
    server, _, leader = lc
    await give(world, leader, LC_REPRESENTATIVE, 2)
    page = await opened(server, leader, "やること")
    first, second = [one for one in labels(shown(page)) if "：" in one or ": " in one]
    assert first != second
    await leader.click(shown(page), label=second)
    assert shown(page).embeds[0].title == second, "the page says of which LC it is"
    await leader.click(shown(page), label="やることを追加")
    assert "tasks:doer:2" in menus(shown(page))


async def test_a_vacant_post_is_shown_as_such_before_it_is_chosen(
    lc: tuple[Server, simcord.MemberActor, simcord.MemberActor],
) -> None:
    server, officer, leader = lc
    page = await opened(server, leader, "やること", "自分のLCのやること", "やることを追加")
    below = descriptions(shown(page))
    assert below["LEO（臨床交換留学 担当）"] == "いまは空席です（すぐに全国役員に届きます）"
    assert below["大学代表者"] == below["自分"] == ""
    page = await opened(server, officer, "運営", "やることの一覧", "やることを追加")
    below = descriptions(shown(page))
    assert below["会計"] == "いまは空席です（すぐに全国役員に届きます）"
    assert below["全国役員"] == ""


async def test_the_page_of_a_task_says_who_hears_its_reminders(
    lc: tuple[Server, simcord.MemberActor, simcord.MemberActor],
) -> None:
    server, _, leader = lc
    direct, thread = "ダイレクトメッセージを選んだ人にだけ届きます", "LCの役員スレッドに届きます"
    page = await add(server, leader, "大学代表者")
    assert direct in page_text(shown(page))
    assert thread in page_text(shown(page))
    await leader.click(shown(page), label="終わった")
    assert direct not in page_text(shown(page)), "nobody is reminded of it any more"
    page = await add(server, leader, "自分")
    assert direct in page_text(shown(page))
    assert thread not in page_text(shown(page)), "a note to oneself is nobody else's"


async def test_a_page_kept_open_past_the_office_adds_nothing(
    world: World, lc: tuple[Server, simcord.MemberActor, simcord.MemberActor]
) -> None:
    server, _, leader = lc
    page = await opened(server, leader, "やること", "自分のLCのやること")
    async with world.bot.database.writing() as session:
        await session.execute(update(Term).where(Term.lc_id == 1).values(ends_on=date(2025, 12, 31)))
    answer = await leader.click(shown(page), label="やることを追加")
    assert shown(answer).embeds[0].colour == ERROR


async def test_since_when_it_waits_is_a_day_with_its_year(
    lc: tuple[Server, simcord.MemberActor, simcord.MemberActor],
) -> None:
    server, _, leader = lc
    page = await add(server, leader, "自分")
    form = await leader.click(shown(page), label="返事待ち")
    answer = await leader.submit_modal(form, {"party": "学生課", "since": "9/1", "again": ""})
    assert "2026年11月21日" in text_of(answer)


async def test_a_national_officer_without_a_task_has_the_button(
    lc: tuple[Server, simcord.MemberActor, simcord.MemberActor],
) -> None:
    server, officer, _ = lc
    assert "やること" in labels(shown(await opened(server, officer)))


async def test_in_english(lc: tuple[Server, simcord.MemberActor, simcord.MemberActor], world: World) -> None:
    server, _, leader = lc
    await add(server, leader, "大学代表者")
    world.locales[leader.id] = "en-US"
    page = await opened(server, leader)
    assert "1 task to do" in text_of(page)
    await leader.click(shown(page), label="Tasks")
    assert "by Tue 20 Jan 2026" in page_text(shown(page))
    assert labels(shown(page)) == ["Add a task", "My LC's tasks", "Home"]


async def test_who_can_have_none_sees_nothing_of_it(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    stranger = server.person("stranger")
    page = await opened(server, stranger)
    assert "やること" not in labels(shown(page))
    assert "やること" not in page_text(shown(page))
