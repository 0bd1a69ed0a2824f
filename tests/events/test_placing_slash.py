"""The rules of a sign-up as organisers set them, and the answers of an organiser who confirms everybody."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.test_slash import LINE, open_event, post_of, write
from tests.handovers.test_slash import letters
from tests.support.members import join
from tests.support.worlds import Server, World, labels, menus, page_text, shown, text_of

#: Of the form for a group: places are kept.
KEPT = {"kind": ["reserved"]}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def rule(officer: simcord.MemberActor, page: Any, label: str, answers: dict[str, Any]) -> Any:
    form = await officer.click(shown(page), label=label)
    return await officer.submit_modal(form, answers)


async def test_each_rule_is_a_button_and_the_post_says_them(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer, LINE.replace("定員1名", "定員20名"))
    await officer.click(shown(page), label="申し込みのルール")
    assert "先着順" in page_text(shown(page))
    await rule(officer, page, "定員", {"limit": "30", "held": "2"})
    await rule(officer, page, "LCごとの上限", {"per_lc": "3"})
    await rule(officer, page, "グループの枠", KEPT | {"seats": "10", "years": "1年生", "until": "2026-01-10 0:00"})
    await rule(officer, page, "申し込みの開始", {"opens": "2026-01-05 21:00"})
    await rule(officer, page, "直前の空き", {"last_call_hours": "12"})
    told = page_text(shown(page))
    for words in ("定員30人（うち2人分は主催者が確保）", "1つのLCから3人まで", "1年生の枠を10人分確保", "開始12時間前"):
        assert words in told, words
    refused = await rule(officer, page, "グループの枠", KEPT | {"seats": "50", "years": "2"})
    assert "定員30人に対して、確保する枠が62人分" in text_of(refused)
    await officer.click(shown(page), label="主催者の確認制にする")
    await officer.click(shown(page), label="下書きを見る")
    await officer.click(shown(page), label="投稿する")
    card = page_text(post_of(server))
    for words in (
        "申し込み開始：2026年1月5日(月) 21:00",
        "主催者の確認後",
        "1年生の枠を10人分確保（2026年1月10日(土) 00:00まで）",
    ):
        assert words in card, words
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    early = await student.click(post_of(server), label="申し込む")
    assert "申し込みは2026年1月5日(月) 21:00から始まります" in text_of(early)


async def test_a_rule_for_a_group_is_taken_back(world: World, server: Server, officer: simcord.MemberActor) -> None:
    page = await write(server, officer, LINE.replace("定員1名", "定員20名"))
    await officer.click(shown(page), label="申し込みのルール")
    await rule(officer, page, "グループの枠", KEPT | {"seats": "5", "years": "1-2"})
    custom_id, options = next((one, said) for one, said in menus(shown(page)).items() if "ungroup" in one)
    await officer.select(shown(page), values=list(options.values()), custom_id=custom_id)
    assert "1〜2年生" not in page_text(shown(page))


async def test_the_organiser_answers_those_who_apply(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer)
    await officer.click(shown(page), label="申し込みのルール")
    await officer.click(shown(page), label="主催者の確認制にする")
    await officer.click(shown(page), label="下書きを見る")
    await officer.click(shown(page), label="投稿する")
    students = [server.person("first"), server.person("second")]
    for number, student in enumerate(students):
        await join(world.services, student.id, f"学生 {number}", guild=server.guild.id)
        answer = await student.click(post_of(server), label="申し込む")
        assert "主催者からの返事をお待ちください" in text_of(answer)
        await student.click(shown(answer), label="DMで受け取る")
    home = await officer.slash(server.channel, "home")
    assert "2人があなたの返事を待っています：症例勉強会" in text_of(home)
    await officer.click(shown(home), label="返事をする")
    assert labels(shown(home)).count("承認：学生 0さん") == 1
    await officer.click(shown(home), label="承認：学生 0さん")
    form = await officer.click(shown(home), label="断る：学生 1さん")
    await officer.submit_modal(form, {"reason": "今回は1年生だけです"})
    assert "返事を待っています" not in text_of(await officer.slash(server.channel, "home"))
    await world.env.advance_time(12 * 3600)
    assert "参加できることになりました" in "\n".join(letters(students[0]))
    assert "今回は1年生だけです" in "\n".join(letters(students[1]))
    page = await students[0].slash(server.channel, "event")
    await open_event(students[0], page)
    assert "zoom.us" in page_text(shown(page))
