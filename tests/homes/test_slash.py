from __future__ import annotations

import pytest

from tests.support.simulated import forget_members
from tests.support.worlds import Server, World, labels, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    return server


async def test_a_student_sees_what_a_student_can_do(server: Server) -> None:
    student = server.person("student")
    result = await student.slash(server.channel, "home")
    assert "国際医学生連盟 日本" in text_of(result)
    assert "今週できること\n👋 参加登録をする" in text_of(result)
    assert labels(shown(result)) == ["参加登録", "イベント", "LCをさがす", "全国の状況", "お知らせ", "English"], (
        "one setting needs no page of its own"
    )


async def test_each_sees_only_what_they_may_do(world: World) -> None:
    server = world.server()
    admin, officer = server.admin(), server.person("officer")
    await server.set_up(admin, officers=[officer])
    common = ["参加登録", "イベント", "LCをさがす", "全国の状況", "お知らせ"]
    home = await admin.slash(server.channel, "home")
    assert labels(shown(home)) == [*common, "その他"]
    await admin.click(shown(home), label="その他")
    assert labels(shown(home)) == ["English", "このサーバーの設定", "ホーム"]
    assert labels(shown(await officer.slash(server.channel, "home"))) == [
        "参加登録",
        "イベント",
        "やること",
        *common[2:],
        "役に立つリンク",
        "会費",
        "運営",
        "その他",
    ]


async def test_everything_that_officers_manage_is_two_taps_away(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), label="運営")
    assert labels(shown(home)) == [
        "やることの一覧",
        "配信の状況",
        "役職の一覧",
        "役職と任期",
        "地域の一覧",
        "証明書の印",
        "スタッフ候補",
        "外部の機関",
        "アカウントのない人",
        "次にLCができそうな学校",
        "LCのチャンネル",
        "ロール",
        "シート（Excel・CSV）",
        "操作記録",
        "全国役員",
        "ホーム",
    ]
    assert "/運営 で始まるコマンド" in page_text(shown(home))
    for label, title in (("役職の一覧", "役職の一覧"), ("地域の一覧", "地域の一覧"), ("配信の状況", "配信の状況")):
        await officer.click(shown(home), label=label)
        assert shown(home).embeds[0].title == title
        await officer.click(shown(home), label="ホーム")
        await officer.click(shown(home), label="運営")
    nothing = await officer.click(shown(home), label="LCのチャンネル")
    assert "対象になるLCがまだありません" in text_of(nothing)


async def test_the_panel_opens_home_privately_for_whoever_presses(server: Server) -> None:
    panel = server.guild.channels["ホーム"].pinned_messages()[0]
    student = server.person("student")
    pressed = await student.click(panel, label="ホーム / Home")
    assert "国際医学生連盟 日本" in text_of(pressed)
    after = server.guild.channels["ホーム"].pinned_messages()[0]
    assert (page_text(after), labels(after)) == (page_text(panel), labels(panel)), "the panel stays as it is"


async def test_every_page_leads_home_again(server: Server) -> None:
    student = server.person("student")
    result = await student.slash(server.channel, "lc")
    await student.click(shown(result), label="ホーム")
    assert "今週できること" in page_text(shown(result))
    assert not shown(result).attachments


async def test_in_a_foreign_server_it_says_what_to_do(world: World) -> None:
    server = world.server("Foreign")
    student = server.person("student")
    for command, options in [
        ("home", {}),
        ("lc", {}),
        ("lc", {"lc": "東大"}),
        ("me", {}),
        ("announcements", {}),
    ]:
        result = await student.slash(server.channel, command, **options)
        assert "まだどの組織ともつながっていません" in text_of(result), command
    english = server.person("guest", locale="en-US")
    assert "Someone with the permission “Manage Server”" in text_of(await english.slash(server.channel, "home"))
    assert await student.autocomplete(server.channel, "lc", "lc", "東") == []


async def test_direct_messages_work_too(server: Server) -> None:
    student = server.person("student")
    result = await student.user.slash("home")
    assert "国際医学生連盟 日本" in page_text(result.response)
    found = await student.user.slash("lc", lc="東大")
    assert found.response.embeds[0].title == "東京大学"


async def test_nobody_is_called_a_stranger_before_the_members_are_known(server: Server, world: World) -> None:
    student = server.person("student")
    await student.user.slash("home")
    forget_members(world.bot, server.guild.id)
    result = await student.user.slash("home")
    assert "1分ほど" in page_text(result.response)
    assert "見つかりません" not in page_text(result.response)


async def test_a_direct_message_by_somebody_in_two_organisations_asks_once(server: Server, world: World) -> None:
    other = world.server("IMSJ")
    await other.set_up(other.admin("boss"), start="society", name_ja="国際治療談話会", name_en="IMSJ")
    student = server.person("student")
    other.guild.add_member(student.user)
    asked = await student.user.slash("home")
    assert "どの組織についてか" in page_text(asked.response)
    assert labels(asked.response) == ["国際医学生連盟 日本", "国際治療談話会"]
    await student.user.click(asked.response, label="国際治療談話会")
    home = await student.user.slash("home")
    assert "国際治療談話会" in page_text(home.response)


async def test_a_stranger_is_told_where_to_go(world: World) -> None:
    stranger = world.env.create_user("stranger")
    result = await stranger.slash("home")
    assert "共通のサーバーが見つかりません" in page_text(result.response)
