from __future__ import annotations

import discord
import pytest
import simcord

from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from tests.support.pages import find_lc, lc_history, sees_all
from tests.support.worlds import Server, World, choose, labels, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    return server


async def representative(
    server: Server, lc: str = "東大", name: str = "rep", post: str = LC_REPRESENTATIVE
) -> simcord.MemberActor:
    """Somebody who represents an LC, or holds another post of it."""
    person = server.person(name)
    choices = await person.autocomplete(server.channel, "lc", "lc", lc)
    world = server.world
    now = world.bot.clock.now()
    async with world.bot.database.writing() as session:
        record = await ensure_person(session, organisation_id=1, discord_user_id=person.id, display_name=name, at=now)
        await appoint(
            session, record, post, starts_on=now.date(), ends_on=now.date().replace(month=3, day=31),
            at=now, by_discord_id=1, origin="test", lc_id=int(choices[0]["value"][1:]),
        )  # fmt: skip
    return person


async def test_a_representative_answers_in_two_taps(server: Server) -> None:
    person = await representative(server)
    home = await person.slash(server.channel, "home")
    assert "まだ回答していない委員会：SCOPE、SCORE、SCOPH、SCORA、SCOME、SCORP（6件）" in text_of(home)
    await person.click(shown(home), label="委員会への回答")
    assert page_text(shown(home)).count("未回答") == 6
    await choose(person, shown(home), "SCOPH")
    assert "理由は必要ありません" in page_text(shown(home))
    await person.click(shown(home), label="参加する")
    assert "**SCOPH** 🟢 参加する" in page_text(shown(home))
    await choose(person, shown(home), "SCORA")
    await person.click(shown(home), label="今年は見送る")

    student = server.person("student")
    card = await student.slash(server.channel, "lc", lc="東京大学")
    assert "SCOPH 参加する" in text_of(card)
    assert "SCORA" not in text_of(card), "what an LC doesn't do is nobody's reproach"
    assert "委員会への回答" not in labels(shown(card))
    assert "（4件）" in text_of(await person.slash(server.channel, "home"))

    await person.slash(server.channel, "officer answer")
    again = await person.slash(server.channel, "officer answer")
    await choose(person, shown(again), "SCOPH")
    await person.click(shown(again), label="回答を取り消す")
    assert page_text(shown(again)).count("未回答") == 5


async def test_home_counts_the_committees_for_which_somebody_may_answer(server: Server) -> None:
    person = await representative(server)
    leo = await representative(server, name="leo", post="leo")
    assert "まだ回答していない委員会：SCOPE（1件）" in text_of(await leo.slash(server.channel, "home"))
    page = await person.slash(server.channel, "officer answer")
    await choose(person, shown(page), "SCOPE")
    await person.click(shown(page), label="参加する")
    assert "まだ回答していない委員会" not in text_of(await leo.slash(server.channel, "home"))


async def test_a_national_officer_enters_it_for_an_lc_and_says_how(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    opened = await officer.slash(server.channel, "officer answer", lc="京都大学")
    assert labels(shown(opened)) == ["LINE", "メール", "電話", "対面", "ホーム"]
    await officer.click(shown(opened), label="電話")
    await choose(officer, shown(opened), "SCOPE")
    await officer.click(shown(opened), label="様子を見る")
    assert "**SCOPE** 👀 様子を見る\n*全国役員が電話で聞いて記録*" in page_text(shown(opened))
    direct = await officer.slash(server.channel, "officer answer", lc="京都大学", via="line")
    await choose(officer, shown(direct), "SCORE")
    await officer.click(shown(direct), label="参加する")
    assert "全国役員がLINEで聞いて記録" in page_text(shown(direct))
    unnamed = await officer.slash(server.channel, "officer answer")
    assert "どのLCのことか" in text_of(unnamed)


async def test_others_can_neither_answer_nor_edit_nor_read_the_history(server: Server) -> None:
    other = await representative(server, "京都大学", "other")
    student = server.person("student")
    for person in (other, student):
        await sees_all(person)
        for name in ("officer answer", "officer edit", "officer history"):
            refused = await person.slash(server.channel, name, lc="東京大学")
            assert "このLCの役員と全国役員だけができる操作" in text_of(refused), name


async def test_an_old_answer_button_decides_nothing_after_the_term(server: Server, world: World) -> None:
    person = await representative(server)
    opened = await person.slash(server.channel, "officer answer")
    await choose(person, shown(opened), "SCOPE")
    for _ in range(91):
        await world.env.advance_time(86_400)
    refused = await person.click(shown(opened), label="参加する")
    assert "大学代表者としての任期は2026年3月31日(火)で終わっています" in text_of(refused)
    card = await server.person("student").slash(server.channel, "lc", lc="東京大学")
    assert "SCOPE" not in text_of(card)


async def test_editing_and_its_history(server: Server) -> None:
    person = await representative(server)
    form = await person.slash(server.channel, "officer edit")
    assert form.modal is not None
    sent = await person.submit_modal(
        form, {"name_ja": "鉄門国際", "name_en": "", "aliases": "赤門\n", "club_type": ["medical_club"]}
    )
    assert "鉄門国際" in text_of(sent)
    assert "医療系のサークル" in text_of(sent)
    found = await find_lc(server.person("student"), server.channel, text="赤門")
    assert shown(found).embeds[0].title == "東京大学"
    history = await lc_history(person, server.channel)
    assert "名前・団体の種類：rep" in text_of(history)


async def test_the_state_of_an_lc_needs_its_decision(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    options = {"lc": "東京大学", "state": "member", "date": "2025-10-12"}
    refused = await officer.slash(server.channel, "manage lc state", **options)
    assert "決定が必要です" in text_of(refused)
    done = await officer.slash(server.channel, "manage lc state", **options, decision="2025総会 第3号")
    assert "**団体会員**（2025年10月12日(日)から）\n*決定：2025総会 第3号*" in text_of(done)
    for date, said in (("2026-02-01", "まだ先の日付です"), ("2026-13-01", "暦にありません"), ("あした", "年も含めて")):
        refused = await officer.slash(server.channel, "manage lc state", lc="東京大学", state="dormant", date=date)
        assert said in text_of(refused)


async def test_manage_is_shown_to_officers_alone_and_decided_by_the_service(world: World) -> None:
    server = world.server()
    officer, student = server.person("officer"), server.person("student")
    await server.set_up(server.admin(), officers=[officer])
    assert "manage lc state" in officer.available_commands(server.channel)
    assert "manage lc state" not in student.available_commands(server.channel)
    curious = server.person("curious", permissions=discord.Permissions(view_guild_insights=True))
    refused = await curious.slash(server.channel, "manage lc state", lc="東京大学", state="lead")
    assert "全国役員だけができる操作" in text_of(refused)
