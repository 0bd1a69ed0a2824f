"""Sheets of people and of the bank, claiming, merging and being kept, through the simulated Discord."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import update

from bot.demo.simulator import in_bot
from bot.features.members.models import Profile
from bot.features.people.models import Person
from bot.features.record_keeping.retention import RetentionService
from tests.members.test_slash import consented, joined, named
from tests.sheets.test_slash import file_in
from tests.support.pages import open_membership, take_record
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of

SEES_MANAGE = discord.Permissions(view_guild_insights=True)
PEOPLE = "\r\n".join(
    [
        "氏名,ふりがな,大学,学年,会員種別,同意",
        "山田 花,やまだ はな,東京大学,2,個人会員,はい",
        "例山 健,,京都大学,3,,はい",
    ]
)


@pytest.fixture
async def blank(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(blank: Server) -> simcord.MemberActor:
    return blank.admin("officer")


@pytest.fixture
async def server(blank: Server, officer: simcord.MemberActor) -> Server:
    await blank.set_up(officer, term="2025-04-01 ~ 2028-03-31")
    return blank


async def send(person: simcord.MemberActor, server: Server, command: str, text: str) -> Any:
    return await person.slash(server.channel, f"manage sheet {command}", file=("list.csv", text.encode("cp932")))


async def test_people_are_brought_in_and_claim_their_records(server: Server, officer: simcord.MemberActor) -> None:
    looked = await send(officer, server, "people-import", PEOPLE + "\r\n無印 太郎,,,,,")
    assert "要修正 **1**" in text_of(looked)
    assert "各行に「同意」（はい、または同意日）か「出典」が必要です" in text_of(looked)
    assert "`/運営 シート 会員取込`" in text_of(looked)
    looked = await send(officer, server, "people-import", PEOPLE)
    assert "新しく登録する記録\n山田 花、例山 健" in text_of(looked)
    await officer.click(shown(looked), label="取り込む")
    codes = await file_in(shown(looked), "codes.csv")
    assert [row[:2] for row in codes[1:]] == [["東京大学", "山田 花"], ["京都大学", "例山 健"]]
    assert "60日たつと削除されます" in page_text(shown(looked))

    hana = server.person("hana")
    early = await take_record(hana, server.channel, code=codes[1][2])
    assert "利用目的への同意が必要です" in text_of(early)
    await consented(hana, server)
    claimed = await take_record(hana, server.channel, code=codes[1][2])
    assert "**山田 花**さんの記録を受け取りました" in text_of(claimed)
    await hana.click(shown(claimed), label="会員資格")
    assert "**個人会員**" in page_text(shown(claimed))
    thief = server.person("thief", locale="en-US")
    await consented(thief, server, "English")
    stolen = await take_record(thief, server.channel, code=codes[1][2])
    assert "already been used" in text_of(stolen)


async def test_without_a_code_an_officer_confirms(server: Server, officer: simcord.MemberActor) -> None:
    looked = await send(officer, server, "people-import", PEOPLE)
    await officer.click(shown(looked), label="取り込む")
    ken = server.person("ken")
    message = await consented(ken, server)
    await named(ken, message, "例山 健")
    asked = await take_record(ken, server.channel)
    assert "コードがない場合は" in text_of(asked)
    assert "記録の受け取り" not in text_of(await officer.slash(server.channel, "home")), "nothing is filed by looking"
    await ken.click(shown(asked), label="役員に依頼する")
    assert "名前だけで決めることはありません" in page_text(shown(asked))
    home = await officer.slash(server.channel, "home")
    assert "1人が名簿の記録の受け取りを待っています" in text_of(home)
    await officer.click(shown(home), label="記録の確認")
    await choose(officer, shown(home), "例山 健")
    assert options(shown(home)) == ["例山 健"]
    await choose(officer, shown(home), "例山 健")
    assert "記録を本人に渡しました" in page_text(shown(home))


async def test_two_records_become_one(server: Server, officer: simcord.MemberActor) -> None:
    new, old = server.person("new"), server.person("old")
    await joined(new, server, "山田 花", in_lc=False)
    await joined(old, server, "旧山田 花", in_lc=False)
    found = await officer.autocomplete(server.channel, "manage people merge", "stays", "旧山田")
    assert [choice["name"].rpartition(" ")[0] for choice in found] == ["旧山田 花 東京大学"]
    old_id = found[0]["value"]
    (new_id,) = [
        choice["value"]
        for choice in await officer.autocomplete(server.channel, "manage people merge", "stays", "山田 花")
        if choice["value"] != old_id
    ]
    looked = await officer.slash(server.channel, "manage people merge", stays=old_id, goes=new_id)
    await officer.click(shown(looked), label="残す方を入れ替える")
    text = page_text(shown(looked))
    assert "残る記録\n**山田 花**" in text
    assert f"<@{old.id}>" in text
    await officer.click(shown(looked), label="1つにまとめる")
    assert "1つの記録にまとめました" in page_text(shown(looked))
    again = await officer.slash(server.channel, "manage people merge", stays=new_id, goes=old_id)
    assert "指定した人が見つかりません" in text_of(again)
    student = server.person("student", permissions=SEES_MANAGE)
    assert "全国役員だけ" in text_of(
        await student.slash(server.channel, "manage people merge", stays=new_id, goes=old_id)
    )
    typed = await officer.slash(server.channel, "manage people merge", stays="山田", goes=old_id)
    assert "一覧から選んでください" in text_of(typed)


async def test_the_banks_list_asks_what_is_not_clear(server: Server, officer: simcord.MemberActor) -> None:
    for number, name in ((1, "山田 花"), (2, "山田 華")):
        person = server.person(f"person{number}")
        message = await consented(person, server)
        await named(person, message, name, "やまだ はな")
        await choose(person, message, "関東")
        await choose(person, message, "東京大学")
        await choose(person, message, "2年")
        page = await open_membership(person, server.channel)
        await person.click(shown(page), label="個人会員になる")
        await person.click(shown(page), label="はい、申し込む")
    bank = "取引日,摘要,出金,入金,残高\r\n2026/1/5,ﾔﾏﾀﾞ ﾊﾅ,,1500,1500\r\n2026/1/6,ﾔﾏﾀﾞ ﾊﾅ,,1500,3000"
    looked = await send(officer, server, "fee-import", bank)
    assert "確認が必要な行が2件あります" in text_of(looked)
    assert "「ﾔﾏﾀﾞ ﾊﾅ」から1,500円の入金です。だれの会費ですか。" in text_of(looked)
    await choose(officer, shown(looked), "山田 華")
    assert "確認が必要な行が1件あります" in page_text(shown(looked))
    assert options(shown(looked)) == ["山田 花"]
    await officer.click(shown(looked), label="該当なし（取り込まない）")
    assert "入金済みにする会費\n山田 華" in page_text(shown(looked))
    await officer.click(shown(looked), label="取り込む")
    listed = await officer.slash(server.channel, "manage people fees")
    assert options(shown(listed)) == ["山田 花"]
    again = await send(officer, server, "fee-import", bank)
    assert "すべて入金済みになっています" in text_of(again)
    assert "取り込む" not in labels(shown(again))


async def test_people_go_out_as_a_sheet(server: Server, officer: simcord.MemberActor) -> None:
    await joined(server.person("member"), server, "山田 花", in_lc=False)
    exported = await officer.slash(server.channel, "manage sheet people-export")
    (name,) = [one.filename for one in shown(exported).attachments]
    table = await file_in(shown(exported), name)
    assert name.startswith("people-2026-01-0")
    assert table[0] == ["Tsunagu番号", "氏名", "ふりがな", "大学名", "学年", "会員種別", "同意", "出典"]
    assert table[1][1:7] == ["山田 花", "", "東京大学", "2", "フリーメーリングリスト", "はい"]
    assert "操作記録に残ります" in text_of(exported)
    student = server.person("student", permissions=SEES_MANAGE)
    assert "全国役員だけ" in text_of(await student.slash(server.channel, "manage sheet people-export"))


async def test_somebody_silent_for_long_keeps_their_record_from_home(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    member = server.person("member")
    await joined(member, server, "黙田 静", in_lc=False)
    long_ago = world.bot.clock.now() - timedelta(days=1000)
    async with world.bot.database.writing() as session:
        await session.execute(update(Person).values(created_at=long_ago))
        await session.execute(update(Profile).values(consented_at=long_ago, joined_at=long_ago))
    await in_bot(world.env, _night(world))
    home = await member.slash(server.channel, "home")
    assert "長いあいだ活動の記録がありません" in text_of(home)
    await member.click(shown(home), label="登録を残す")
    assert "登録をそのまま残します" in page_text(shown(home))
    home = await member.slash(server.channel, "home")
    assert "登録を残す" not in labels(shown(home))


async def test_officers_ask_the_silent_to_whom_the_bot_does_not_write(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    for name in ("黙田 静", "静田 家"):
        await joined(server.person(name), server, name, in_lc=False)
    home = await officer.slash(server.channel, "home")
    assert "長期間活動のない人" not in labels(shown(home))
    long_ago = world.bot.clock.now() - timedelta(days=1000)
    async with world.bot.database.writing() as session:
        await session.execute(update(Person).values(created_at=long_ago))
        await session.execute(update(Profile).values(consented_at=long_ago, joined_at=long_ago))
    await in_bot(world.env, _night(world))
    await world.env.advance_time(86_400)
    said = [page_text(one) for one in server.guild.channels["全国役員"].history()]
    (brief,) = [text for text in said if "けさの状況" in text]
    assert "直接の連絡がないまま削除される人が2人います" in brief
    assert "黙田" not in brief, "names are for those who may see the list"
    home = await officer.slash(server.channel, "home")
    assert "直接の連絡がないまま削除される人が2人います" in text_of(home)
    await officer.click(shown(home), label="長期間活動のない人")
    assert "**黙田 静** 東京大学" in page_text(shown(home))
    await choose(officer, shown(home), "静田 家")
    assert "✅ 1人の登録を残しました。" in page_text(shown(home))
    assert options(shown(home)) == ["黙田 静"]
    student = server.person("student")
    assert "長期間活動のない人" not in labels(shown(await student.slash(server.channel, "home")))


async def _night(world: World) -> None:
    await world.services[RetentionService].run()
