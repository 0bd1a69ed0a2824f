"""Memberships as people see them, through the simulated Discord."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import select, update

from bot.features.members.models import Profile
from bot.features.memberships import fees
from bot.features.memberships.models import Fee, FeeState, MembershipKind
from bot.features.memberships.queries import begin_memberships, open_fee
from bot.features.memberships.service import MembershipService
from bot.features.people.actors import Caller
from bot.features.people.models import Person
from bot.features.people.service import PeopleService
from bot.ui.items import offered
from tests.members.test_slash import consented, joined
from tests.support.pages import open_membership
from tests.support.worlds import Server, World, choose, labels, menus, options, page_text, shown, text_of

DAY = 86_400
SEES_OFFICERS = discord.Permissions(view_guild_insights=True)


@pytest.fixture
async def blank(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(blank: Server) -> simcord.MemberActor:
    return blank.admin("officer")


@pytest.fixture
async def server(blank: Server, officer: simcord.MemberActor) -> Server:
    """It is Thursday, 1 January 2026; the officer's term ends in March 2027."""
    await blank.set_up(officer, term="2025-04-01 ~ 2027-03-31")
    return blank


async def report(person: simcord.MemberActor, message: Any, payer: str) -> simcord.InteractionResult:
    form = await person.click(message, custom_id="memberships:paid")
    return await person.submit_modal(form, {"payer": payer})


async def test_a_student_pays_and_the_treasurer_ticks(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    form = await officer.slash(server.channel, "manage people membership")
    saved = await officer.submit_modal(
        form, {"fee": "１，５００", "how_to_pay": "見本銀行 本店 普通 1234567", "grace_days": "60", "kept_years": "1"}
    )
    assert "支払い方法：見本銀行 本店 普通 1234567" in text_of(saved)
    student = server.person("student")
    stranger = await open_membership(student, server.channel)
    assert "先に参加登録をしてください" in text_of(stranger)
    card = await joined(student, server, "山田 花", in_lc=False)
    await student.click(card, label="マイページ")
    await student.click(card, label="会員資格")
    assert "あなたの区分：**フリーメーリングリスト**" in page_text(card)
    await student.click(card, label="個人会員になる")
    assert "2025年度は**1,500円**" in page_text(card), "what it costs comes first"
    assert "見本銀行 本店 普通 1234567" in page_text(card)
    nothing = await officer.slash(server.channel, "manage people fees")
    assert "未連絡 **0**" in text_of(nothing), "and nothing is due yet"
    await student.click(card, label="戻る")
    await student.click(card, label="個人会員になる")
    await student.click(card, label="はい、申し込む")
    await student.click(card, label="申し込みを取り消す")
    assert "会費は不要です" in page_text(card)
    await student.click(card, label="個人会員になる")
    await student.click(card, label="はい、申し込む")
    stale = await open_membership(student, server.channel)
    text = page_text(card)
    assert "2025年度の会費\n**1,500円**\n見本銀行 本店 普通 1234567" in text
    assert "振込人名の前に、この整理番号を付けてください：**25" in text
    await world.restart()
    await report(student, card, "ﾔﾏﾀﾞ ﾊﾅ")
    assert "「ヤマダ ハナ」の名義で振り込んだと連絡済みです" in page_text(card)
    assert "申し込みを取り消す" not in labels(card)
    refused = await student.click(shown(stale), label="申し込みを取り消す")
    assert "会計が確認しています" in text_of(refused)

    home = await officer.slash(server.channel, "home")
    assert "会費を振り込んだという連絡が1件あります" in text_of(home)
    await officer.click(shown(home), label="会費")
    listed = page_text(shown(home))
    assert "未入金の会費（2025年度）" in listed
    assert "**山田 花** 振込人名：ヤマダ ハナ 1,500円 （振込連絡あり）" in listed
    assert options(shown(home)) == ["山田 花"]
    other = await officer.slash(server.channel, "manage people fees", text="ヤマダ")
    await choose(officer, shown(home), "山田 花")
    assert "✅ 1件を入金済みにしました。" in page_text(shown(home))
    late = await choose(officer, shown(other), "山田 花")
    assert "すでに入金済みにしました" in text_of(late)
    settled = await student.click(shown(stale), custom_id="memberships:paid")
    assert settled.modal is None, "nobody writes for nothing"
    assert "会費はすでに入金を確認しました" in text_of(settled)
    again = await open_membership(student, server.channel)
    assert "あなたの区分：**個人会員**（2026年3月31日(火)まで）" in text_of(again)
    assert "✅ 1,500円の入金を確認しました" in text_of(again)
    await officer.click(shown(home), label="入金済み")
    assert "入金済みの会費（2025年度）" in page_text(shown(home))
    await choose(officer, shown(home), "山田 花")
    assert "1件の入金済みを取り消しました" in page_text(shown(home))


async def test_who_came_with_a_list_as_a_member_is_asked_for_no_second_fee(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    offered = await open_membership(student, server.channel)
    member = await world.services[PeopleService].actor(
        Caller(discord_user_id=student.id, display_name="", guild_id=server.guild.id, locale="ja", origin="test")
    )
    assert member.person_id is not None
    async with world.bot.database.writing() as session:
        kind, at = MembershipKind.INDIVIDUAL, world.bot.clock.now()
        await begin_memberships(session, member.organisation.id, [member.person_id], kind, member.today, at)
    page = await open_membership(student, server.channel)
    assert "**個人会員**（2026年3月31日(火)まで）" in text_of(page)
    assert labels(shown(page)) == ["スタッフになる", "ホーム"]
    late = await student.click(shown(offered), label="個人会員になる")
    assert "すでに個人会員です" in text_of(late)


async def test_many_are_ticked_at_once_and_searched_for_in_english(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    world.locales[officer.id] = "en-US"
    for number in range(3):
        member = server.person(f"member{number}")
        card = await joined(member, server, f"例 {number}号", in_lc=False)
        page = await open_membership(member, server.channel)
        await member.click(shown(page), label="個人会員になる")
        await member.click(shown(page), label="はい、申し込む")
        assert card is not None
    listed = await officer.slash(server.channel, "manage people fees")
    assert "not reported yet: **3**" in text_of(listed)
    form = await officer.click(shown(listed), label="Search")
    await officer.submit_modal(form, {"text": "2号"})
    assert options(shown(listed)) == ["例 2号"]
    all_of_them = await officer.slash(server.channel, "manage people fees")
    await officer.click(shown(all_of_them), label="Mark all 3 shown as received")
    assert "✅ 3 fees marked as received." in page_text(shown(all_of_them))
    assert "No one in this list." in page_text(shown(all_of_them))


async def test_tick_all_leaves_out_who_moved_in_meanwhile(
    server: Server, officer: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fees, "PAGE", 3)
    for number in range(4):
        member = server.person(f"member{number}")
        await joined(member, server, f"例 {number}号", in_lc=False)
        page = await open_membership(member, server.channel)
        await member.click(shown(page), label="個人会員になる")
        await member.click(shown(page), label="はい、申し込む")
    mine = await officer.slash(server.channel, "manage people fees")
    assert options(shown(mine)) == ["例 0号", "例 1号", "例 2号"]
    colleague = await officer.slash(server.channel, "manage people fees")
    await choose(officer, shown(colleague), "例 1号")
    await officer.click(shown(mine), label="この3件を入金済みにする")
    assert "一覧が変わっています" in page_text(shown(mine))
    assert "入金済み **1**" in page_text(shown(mine)), "only what the colleague ticked"
    assert options(shown(mine)) == ["例 0号", "例 2号", "例 3号"]


async def test_last_years_fees_are_counted_at_home_and_reached(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    member = server.person("member")
    await joined(member, server, "山田 花", in_lc=False)
    async with world.bot.database.writing() as session:
        (person_id,) = (await session.scalars(select(Profile.person_id))).all()
        await open_fee(session, 1, person_id, 2024, world.bot.clock.now(), None)
        await session.execute(update(Fee).values(state=FeeState.REPORTED.value, payer="ヤマダ"))
    home = await officer.slash(server.channel, "home")
    assert "2024年度の会費を振り込んだという連絡が1件あります" in text_of(home)
    await officer.click(shown(home), label="2024年度の会費")
    assert "振込連絡あり **1**" in page_text(shown(home)), "the number that home said"
    assert options(shown(home)) == ["山田 花"]
    await officer.select(
        shown(home), custom_id="memberships:fee_year:open", values=[offered("memberships:fee_year:open", "2025")]
    )
    assert options(shown(home)) == ["2025年度", "2024年度"]
    await choose(officer, shown(home), "2024年度")
    await officer.click(shown(home), label="この1件を入金済みにする")
    assert "入金済み **1**" in page_text(shown(home))


async def test_the_fees_of_every_year_are_reached_however_many_there_are(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    member = server.person("member")
    await joined(member, server, "山田 花", in_lc=False)
    async with world.bot.database.writing() as session:
        (person_id,) = (await session.scalars(select(Profile.person_id))).all()
        for year in range(1985, 2025):
            await open_fee(session, 1, person_id, year, world.bot.clock.now(), None)
    page = shown(await officer.slash(server.channel, "manage people fees"))
    menu = "memberships:fee_year:open"
    for shown_now, earliest in ((2025, 2001), (2001, 1989), (1989, 1985), (1985, 1985)):
        years = menus(page)[menu]
        assert (len(years), list(years)[-1]) == (25, f"{earliest}年度")
        assert f"{shown_now}年度" in page_text(page)
        await officer.select(page, custom_id=menu, values=[years[f"{earliest}年度"]])


async def test_a_transfer_that_may_be_anybodys_is_given_to_whom_it_is(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    async with world.bot.database.writing() as session:
        now = world.bot.clock.now()
        for n in range(60):
            person = Person(organisation_id=1, discord_user_id=10**17 + n, display_name=f"品{n:02}", created_at=now)
            session.add(person)
            await session.flush()
            await open_fee(session, 1, person.id, 2025, now, None)
    lines = "お取引日,お取引内容,お支払金額,お預り金額,差引残高\r\n2026/01/01,オヤノナマエ,,1500,1500".encode()
    asked = shown(await officer.slash(server.channel, "manage sheet fee-import", file=("bank.csv", lines)))
    names = options(asked)
    assert len(names) == 25
    while "次へ" in labels(asked) and len(set(names)) < 60:
        await officer.click(asked, label="次へ")
        names += options(asked)
    assert len(set(names)) == len(names) == 60
    await choose(officer, asked, names[-1])
    assert names[-1] in page_text(asked)
    assert "取り込む" in labels(asked)


async def test_nobody_else_sees_who_has_paid(server: Server, officer: simcord.MemberActor) -> None:
    listed = await officer.slash(server.channel, "manage people fees")
    student = server.person("student", permissions=SEES_OFFICERS)
    for command in ("manage people fees", "manage people staff"):
        assert "全国役員だけ" in text_of(await student.slash(server.channel, command))
    assert "全国役員だけ" in text_of(await student.slash(server.channel, "manage people membership"))
    assert "会費" in text_of(listed)


async def test_from_candidate_to_staff(server: Server, officer: simcord.MemberActor) -> None:
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="個人会員になる")
    await student.click(shown(page), label="はい、申し込む")
    listed = await officer.slash(server.channel, "manage people fees")
    await officer.click(shown(listed), label="この1件を入金済みにする")
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="スタッフになる")
    assert "スタッフになるまで\n⬜ オリエンテーション動画を見る" in page_text(shown(page))

    staff = await officer.slash(server.channel, "manage people staff")
    form = await officer.click(shown(staff), label="項目を編集")
    await officer.submit_modal(form, {"steps": "自己紹介 | Introduction\n面談する｜Talk"})
    staff = await officer.slash(server.channel, "manage people staff")
    assert "**山田 花**：0/2項目" in text_of(staff)
    await choose(officer, shown(staff), "山田 花")
    await choose(officer, shown(staff), "自己紹介")
    assert "**山田 花**：1/2項目" in page_text(shown(staff))
    await choose(officer, shown(staff), "山田 花")
    await officer.click(shown(staff), label="まだ何も終わっていない")
    assert "**山田 花**：0/2項目" in page_text(shown(staff))
    await choose(officer, shown(staff), "山田 花")
    values = [option["value"] for option in shown(staff).components[0]["components"][0]["options"]]
    await officer.select(shown(staff), values=values)
    assert "スタッフになりました" in page_text(shown(staff))
    again = await open_membership(student, server.channel)
    assert "**スタッフ**（2026年3月31日(火)まで）" in text_of(again)


async def made_staff(server: Server, officer: simcord.MemberActor, student: simcord.MemberActor, name: str) -> None:
    await joined(student, server, name, in_lc=False)
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="個人会員になる")
    await student.click(shown(page), label="はい、申し込む")
    listed = await officer.slash(server.channel, "manage people fees", text=name)
    await officer.click(shown(listed), label="この1件を入金済みにする")
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="スタッフになる")
    page = await officer.slash(server.channel, "manage people staff")
    await choose(officer, shown(page), name)
    values = [option["value"] for option in shown(page).components[0]["components"][0]["options"]]
    await officer.select(shown(page), values=values)


async def test_staff_stop_by_their_own_word_or_an_officers(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    hana, ken = server.person("hana"), server.person("ken")
    await made_staff(server, officer, hana, "山田 花")
    await made_staff(server, officer, ken, "例山 健")
    me = await hana.slash(server.channel, "me")
    await hana.click(shown(me), label="会員資格")
    await hana.click(shown(me), label="スタッフをやめる")
    assert "理由は必要ありません" in page_text(shown(me))
    await hana.click(shown(me), label="戻る")
    assert "**スタッフ**" in page_text(shown(me)), "not before the second look"
    await hana.click(shown(me), label="スタッフをやめる")
    await world.restart()
    old = await open_membership(hana, server.channel)
    await hana.click(shown(me), label="はい、やめます")
    nothing = await hana.click(shown(old), label="スタッフをやめる")
    assert "いまはスタッフでも候補でもありません" in text_of(nothing), "before it is asked whether they are sure"
    assert "あなたの区分：**個人会員**" in page_text(shown(me))
    assert "またいつでも応募できます" in page_text(shown(me))

    page = await officer.slash(server.channel, "manage people staff")
    await officer.click(shown(page), label="スタッフ")
    assert options(shown(page)) == ["例山 健"]
    stale = await officer.slash(server.channel, "manage people staff")
    await officer.click(shown(stale), label="スタッフ")
    await choose(officer, shown(stale), "例山 健")
    form = await officer.click(shown(page), label="検索")
    await officer.submit_modal(form, {"text": "例山"})
    await choose(officer, shown(page), "例山 健")
    await officer.click(shown(page), label="スタッフを終了する")
    assert "✅ 例山 健さんのスタッフ・候補を終了しました" in page_text(shown(page))
    late = await officer.click(shown(stale), label="スタッフを終了する")
    assert "現在スタッフでも候補でもありません" in text_of(late)
    again = await open_membership(ken, server.channel)
    assert "あなたの区分：**個人会員**" in text_of(again)
    await ken.click(shown(again), label="スタッフになる")
    page = await officer.slash(server.channel, "manage people staff")
    await choose(officer, shown(page), "例山 健")
    await officer.click(shown(page), label="候補を終了する")
    await officer.click(shown(page), label="候補を終了する")
    assert "例山 健さんのスタッフ・候補を終了しました" in page_text(shown(page))


async def test_1_april_asks_at_home_and_by_message_whom_chose_it(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    quiet, direct = server.person("quiet"), server.person("direct", locale="en-US")
    await joined(quiet, server, "静田 家", in_lc=False)
    message = await consented(direct, server)
    form = await direct.click(message, custom_id="members:name")
    await direct.submit_modal(form, {"name": "Direct", "reading": ""})
    await choose(direct, message, "関東")
    await choose(direct, message, "東京大学")
    await choose(direct, message, "3年")
    await direct.click(message, label="所属していません")
    await direct.click(message, custom_id="members:interests:none")
    await direct.click(message, custom_id="members:contact:direct")
    for _ in range(89):
        await world.env.advance_time(DAY)
    home = await quiet.slash(server.channel, "home")
    assert "新年度の確認" not in text_of(home)
    for _ in range(2):
        await world.env.advance_time(DAY)
    home = await quiet.slash(server.channel, "home")
    assert "新年度の確認：今年度も続けますか" in text_of(home)
    await quiet.click(shown(home), label="今年度の回答をする")
    assert "続けます：3年" in options(shown(home))
    await choose(quiet, shown(home), "続けます：3年")
    assert "今年度もよろしくお願いします" in page_text(shown(home))
    home = await quiet.slash(server.channel, "home")
    assert "新年度の確認" not in text_of(home)
    (question,) = direct.user.dm_channel.history()
    assert "今年度も続けますか" in page_text(question)
    assert "今年度も国際医学生連盟 日本に参加しますか" in page_text(question)
    pressed = await direct.user.click(question, label="回答する")
    await direct.user.select(shown(pressed), values=[offered("memberships:stay", "leave")])
    assert "これまでありがとうございました" in page_text(shown(pressed))
    for _ in range(30):
        await world.env.advance_time(DAY)
    assert len(direct.user.dm_channel.history()) == 1, "no reminder after the answer"


async def raise_fee(world: World, server: Server, officer: simcord.MemberActor, fee: int) -> None:
    who = await world.services[PeopleService].actor(
        Caller(discord_user_id=officer.id, display_name="", guild_id=server.guild.id, locale="ja", origin="test")
    )
    service = world.services[MembershipService]
    await service.change_settings(who, replace(await service.settings(who), fee=fee))


async def test_who_applies_owes_the_fee_that_they_were_shown(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    page = shown(await open_membership(student, server.channel))
    await student.click(page, label="個人会員になる")
    assert "**1,500円**" in page_text(page)
    await raise_fee(world, server, officer, 9000)
    await student.click(page, label="はい、申し込む")
    assert "もう一度確認してください" in page_text(page)
    assert "**9,000円**" in page_text(page)
    assert "未連絡 **0**" in text_of(await officer.slash(server.channel, "manage people fees")), "nothing is due yet"
    await student.click(page, label="はい、申し込む")
    assert "未連絡 **1**" in text_of(await officer.slash(server.channel, "manage people fees"))


async def test_in_april_staying_a_member_says_first_what_it_costs(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    member = await world.services[PeopleService].actor(
        Caller(discord_user_id=student.id, display_name="", guild_id=server.guild.id, locale="ja", origin="test")
    )
    assert member.person_id is not None
    async with world.bot.database.writing() as session:
        kind, at = MembershipKind.INDIVIDUAL, world.bot.clock.now()
        await begin_memberships(session, member.organisation.id, [member.person_id], kind, member.today, at)
    for _ in range(91):  # Thursday, 2 April
        await world.env.advance_time(DAY)
    for way in ("button", "menu"):
        page = shown(await open_membership(student, server.channel))
        if way == "button":
            await student.click(page, label="続けます：3年")
        else:
            await choose(student, page, "続けます：3年")
        assert "2026年度の会費**1,500円**" in page_text(page)
        nothing = await officer.slash(server.channel, "manage people fees")
        assert "未連絡 **0**" in text_of(nothing), "nothing is due yet"
        await student.click(page, label="戻る")
        assert "今年度も続けますか" in page_text(page), "and the question still waits"
    await student.click(page, label="続けます：3年")
    await raise_fee(world, server, officer, 9000)
    await student.click(page, label="はい、個人会員を続ける")
    assert "もう一度確認してください" in page_text(page)
    assert "2026年度の会費**9,000円**" in page_text(page), "nobody owes what they weren't shown"
    assert "未連絡 **0**" in text_of(await officer.slash(server.channel, "manage people fees"))
    await raise_fee(world, server, officer, 1500)
    await student.click(page, label="はい、個人会員を続ける")
    assert "2026年度の会費**1,500円**" in page_text(page)
    await student.click(page, label="はい、個人会員を続ける")
    assert "今年度もよろしくお願いします" in page_text(page)
    assert "2026年度の会費\n**1,500円**" in page_text(page)


async def test_in_april_a_member_says_whether_they_are_still_in_the_lc_and_officers_speak_for_the_silent(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    leader, hana, ken, mio = (server.person(name) for name in ("leader", "hana", "ken", "mio"))
    await officer.slash(
        server.channel, "officer appoint", person=leader, post="lc_representative", lc="東京大学", ends="2027-03-31"
    )
    for person, name in ((hana, "山田 花"), (ken, "例山 健"), (mio, "候補 澪")):
        await joined(person, server, name)
    home = await leader.slash(server.channel, "home")
    await leader.click(shown(home), label="メンバーを確認する")
    await leader.click(shown(home), label="この3人を承認する")
    before = await open_membership(hana, server.channel)
    assert "LCに、今年度も" not in text_of(before)
    for _ in range(91):  # Thursday, 2 April
        await world.env.advance_time(DAY)
    home = await hana.slash(server.channel, "home")
    assert "新年度の確認" in text_of(home)
    await hana.click(shown(home), label="今年度の回答をする")
    assert "東京大学のLCに、今年度も所属していますか" in page_text(shown(home))
    assert "2026年5月30日(土)までの所属になります" in page_text(shown(home))
    await hana.click(shown(home), label="続けます：3年")
    await world.restart()
    await hana.click(shown(home), label="LCに所属しています：東京大学")
    assert "年度末まで、LCのメンバーとして続けます" in page_text(shown(home))
    assert "LCに所属しています：東京大学" not in labels(shown(home))
    assert "新年度の確認" not in text_of(await hana.slash(server.channel, "home"))
    page = await open_membership(ken, server.channel)
    stale = await open_membership(ken, server.channel)
    await ken.click(shown(page), label="LCをやめました")
    assert "またいつでもLCに参加できます" in page_text(shown(page))
    await ken.click(shown(page), label="マイページ")
    assert "例山 健" in page_text(shown(page))
    late = await ken.click(shown(stale), label="学校が変わりました")
    assert "現在、確認していることはありません" in text_of(late)

    home = await leader.slash(server.channel, "home")
    assert "LCに残るかどうか、まだ回答していないメンバーが1人います" in text_of(home)
    await leader.click(shown(home), label="LCメンバーの継続確認")
    assert "**候補 澪**：東京大学（2026年5月30日(土)まで）" in page_text(shown(home))
    forged = await mio.slash(server.channel, "home")
    assert "LCメンバーの継続確認" not in labels(shown(forged))
    for _ in range(45):
        await world.env.advance_time(DAY)
    said = [page_text(message) for message in server.guild.channels["全国役員"].history()]
    told = [text for text in said if "まだ回答していないメンバー" in text]
    assert len(told) == 1, "the LC has no thread: the shared channel hears a number"
    assert "澪" not in told[0]
    await leader.click(shown(home), label="この1人は所属しています")
    assert "✅ 1人の継続を登録しました。" in page_text(shown(home))
    assert "全員の確認が終わっています" in page_text(shown(home))
    assert "LCメンバーの継続確認" not in labels(shown(await leader.slash(server.channel, "home")))


async def test_in_april_staff_go_on_and_an_officer_says_who_left_the_lc(
    server: Server, officer: simcord.MemberActor, world: World
) -> None:
    staff, leader, mio = (server.person(name) for name in ("staff", "leader", "mio"))
    await made_staff(server, officer, staff, "続く 葉")
    await officer.slash(
        server.channel, "officer appoint", person=leader, post="lc_representative", lc="東京大学", ends="2027-03-31"
    )
    await joined(mio, server, "候補 澪")
    home = await leader.slash(server.channel, "home")
    await leader.click(shown(home), label="メンバーを確認する")
    await leader.click(shown(home), custom_id=press_of(shown(home), "members:confirm"))
    for _ in range(91):  # Thursday, 2 April
        await world.env.advance_time(DAY)
    page = await open_membership(staff, server.channel)
    await staff.click(shown(page), label="スタッフも続ける")
    assert "今年度もスタッフとしてよろしくお願いします" in page_text(shown(page))
    assert "スタッフも続ける" not in labels(shown(page))
    home = await leader.slash(server.channel, "home")
    await leader.click(shown(home), label="LCメンバーの継続確認")
    menu = press_of(shown(home), "memberships:silent_chosen", "left")
    (value,) = [one["value"] for item in items_of(shown(home)) if item["custom_id"] == menu for one in item["options"]]
    await leader.select(shown(home), values=[value], custom_id=menu)
    assert "全員の確認が終わっています" in page_text(shown(home))
    assert "LCに所属しています" not in text_of(await open_membership(mio, server.channel))


def items_of(message: Any) -> list[dict[str, Any]]:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [item for row in rows for item in row["components"] if "custom_id" in item]


def press_of(message: Any, *parts: str) -> str:
    """The id of the one button or menu that begins with and ends with these."""
    (found,) = (
        one["custom_id"]
        for one in items_of(message)
        if one["custom_id"].startswith(parts[0]) and one["custom_id"].endswith(parts[-1] if len(parts) > 1 else "")
    )
    return str(found)
