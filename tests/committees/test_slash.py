from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from cogs.local_committees.answers import CommitteeSelect, ReplyButton
from tests.committees.ticking import answers_button, ticked, ticks
from tests.support.pages import find_lc, lc_history, sees_all
from tests.support.simulated import as_bot
from tests.support.worlds import Server, World, choose, labels, shown, text_of
from tests.wire.discord.pages import items


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
    world, lc_id = server.world, int(choices[0]["value"][1:])
    now = world.bot.clock.now()

    async def write() -> None:
        async with world.bot.database.writing() as session:
            one = await ensure_person(session, organisation_id=1, discord_user_id=person.id, display_name=name, at=now)
            await appoint(
                session, one, post, starts_on=now.date(), ends_on=now.date().replace(month=3, day=31), at=now,
                by_discord_id=1, origin="test", lc_id=lc_id,
            )  # fmt: skip

    await as_bot(world.env, write())
    return await sees_all(person)


async def test_a_representative_answers_all_committees_in_one_form(server: Server) -> None:
    """From home: the button, a tap for each of the six, and one to send. 8 instead of 20."""
    person = await representative(server)
    home = await person.slash(server.channel, "home")
    form = await person.click(shown(home), custom_id=answers_button(shown(home)))
    assert ticked(form) == {"joining": 0, "watching": 0, "not_this_year": 0}, "silence is never a yes"
    said = {"joining": ["SCOPH", "SCOME"], "watching": ["SCOPE"], "not_this_year": ["SCORE", "SCORA", "SCORP"]}
    kept = await person.submit_modal(form, ticks(form, **said))
    assert shown(kept).id == shown(home).id
    assert "✅ 6件の回答を保存しました" in text_of(kept)
    assert "未回答" not in text_of(kept)
    names = "臨床交換留学（SCOPE）、基礎研究交換留学（SCORE）、公衆衛生（SCOPH）、性と生殖・AIDS（SCORA）"
    told = text_of(await person.slash(server.channel, "officer history"))
    assert told.count(f"{names}、医学教育（SCOME）、人権と平和（SCORP）への回答") == 1, "one line names them all"

    student = server.person("student")
    card = await student.slash(server.channel, "lc", lc="東京大学")
    assert "公衆衛生（SCOPH） 参加する" in text_of(card)
    assert "SCORA" not in text_of(card), "what an LC doesn't do is nobody's reproach"
    assert "委員会への回答" not in labels(shown(card))

    again = await person.click(shown(kept), label="回答を変更")
    assert ticked(again) == {"joining": 2, "watching": 1, "not_this_year": 3}, "what was given is ticked"
    taken = await person.submit_modal(again, ticks(again, joining=["SCOME"]))
    assert "✅ 1件の回答を保存しました" in text_of(taken)
    assert text_of(taken).count("未回答") == 1


async def test_what_another_officer_answered_meanwhile_stays(server: Server) -> None:
    person, leo = await representative(server), await representative(server, name="leo", post="leo")
    form, theirs = [await one.slash(server.channel, "officer answer") for one in (person, leo)]
    await leo.submit_modal(theirs, ticks(theirs, joining=["SCOPE"]))
    both = await person.submit_modal(form, ticks(form, watching=["SCORE"]))
    assert text_of(both).count("未回答") == 4, "the form that was opened before it takes nothing back"


async def test_a_committee_is_ticked_once_and_what_was_ticked_is_kept(server: Server) -> None:
    person = await representative(server)
    card = await person.slash(server.channel, "lc", lc="東京大学")
    form = await person.click(shown(card), custom_id=answers_button(shown(card)))
    twice = await person.submit_modal(form, ticks(form, joining=["SCOPE", "SCORA"], watching=["SCORA"]))
    assert "性と生殖・AIDS（SCORA）に2つチェックが入っています" in text_of(twice)
    again = await person.click(shown(twice), label="もう一度書く")
    assert ticked(again) == {"joining": 2, "watching": 1, "not_this_year": 0}
    kept = await person.submit_modal(again, ticks(again, joining=["SCOPE"]))
    assert "✅ 2件の回答を保存しました" in text_of(kept)
    unchanged = await person.click(shown(kept), label="回答を変更")
    same = await person.submit_modal(unchanged, ticks(unchanged))
    assert "変更はありません" in text_of(same)
    assert shown(same).id == shown(kept).id


async def test_pages_from_before_go_on_working(server: Server) -> None:
    """A menu with the committees, and a button for each answer."""
    person = await representative(server)
    channel = server.world.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    card = shown(await person.slash(server.channel, "lc", lc="東京大学"))
    about: dict[str, Any] = {"lc_id": int(answers_button(card).rpartition(":")[2]), "via": "-"}
    view = discord.ui.View(timeout=None)
    view.add_item(CommitteeSelect.make("Choose", [discord.SelectOption(label="SCOPH", value="3")], **about))
    view.add_item(ReplyButton.make("joining", committee_id=3, reply="joining", **about))
    view.stop()
    before = await channel.send("from before", view=view)
    assert (await choose(person, before, "SCOPH")).modal is not None
    assert "**公衆衛生（SCOPH）** 🟢 参加する" in text_of(await person.click(before, label="joining"))
    view = discord.ui.View(timeout=None)
    view.add_item(ReplyButton.make("back", committee_id=3, reply="-", **about))
    view.stop()
    back = await channel.send("from before", view=view)
    assert text_of(await person.click(back, label="back")).count("未回答") == 6


async def test_home_counts_the_committees_for_which_somebody_may_answer(server: Server) -> None:
    person = await representative(server)
    leo = await representative(server, name="leo", post="leo")
    assert "まだ回答していない委員会が1つあります：臨床交換留学（SCOPE）" in text_of(
        await leo.slash(server.channel, "home")
    )
    form = await person.slash(server.channel, "officer answer")
    await person.submit_modal(form, ticks(form, joining=["SCOPE"]))
    theirs = await leo.slash(server.channel, "officer answer")
    assert ticked(theirs)["joining"] == 1
    assert len(next(items(theirs.modal or {}))["options"]) == 1, "the committee of their post"
    assert "まだ回答していない委員会" not in text_of(await leo.slash(server.channel, "home"))


async def test_a_national_officer_enters_it_for_an_lc_and_says_how(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    opened = await officer.slash(server.channel, "officer answer", lc="京都大学")
    assert labels(shown(opened)) == ["LINE", "メール", "電話", "対面", "ホーム"]
    form = await officer.click(shown(opened), label="電話")
    kept = await officer.submit_modal(form, ticks(form, watching=["SCOPE"]))
    assert "**臨床交換留学（SCOPE）** 👀 様子を見る\n*全国役員が電話で聞いて記録*" in text_of(kept)
    direct = await officer.slash(server.channel, "officer answer", lc="京都大学", via="line")
    kept = await officer.submit_modal(direct, ticks(direct, joining=["SCORE"]))
    assert "全国役員がLINEで聞いて記録" in text_of(kept)
    unnamed = await officer.slash(server.channel, "officer answer")
    assert "どのLCのことか" in text_of(unnamed)


async def test_others_can_neither_answer_nor_edit_nor_read_the_history(server: Server) -> None:
    other = await representative(server, "京都大学", "other")
    student = server.person("student")
    for person in (other, await sees_all(student)):
        for name in ("officer answer", "officer edit", "officer history"):
            refused = await person.slash(server.channel, name, lc="東京大学")
            assert "このLCの役員と全国役員だけができる操作" in text_of(refused), name


async def test_an_old_answer_button_decides_nothing_after_the_term(server: Server, world: World) -> None:
    person = await representative(server)
    opened = await person.slash(server.channel, "lc", lc="東京大学")
    for _ in range(91):
        await world.env.advance_time(86_400)
    refused = await person.click(shown(opened), custom_id=answers_button(shown(opened)))
    assert "大学代表者としての任期は2026年3月31日(火)で終わっています" in text_of(refused)
    assert labels(shown(refused)) == ["ホーム"], "nothing of the page is left but the way home"
    assert shown(refused).id == shown(opened).id
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
