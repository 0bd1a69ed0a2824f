from __future__ import annotations

from datetime import date

import discord
import pytest
from sqlalchemy import select, update

from bot.features.audit.models import AuditEntry
from bot.features.organisations.models import ServerPart
from bot.features.organisations.parts import PENDING
from tests.support.pages import find_lc
from tests.support.simulated import delete_channel, limit_bot, refuse_one, take_roles
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

MADE = ["ホーム", "お知らせ", "ラウンジ", "全国役員"]


def channel_names(server: Server) -> list[str]:
    return [name for name in server.guild.channels if name != "general"]


async def test_an_organisation_begins_with_role_channels_and_panel(world: World) -> None:
    server = world.server()
    admin, officer = server.admin(), server.person("officer")
    result = await server.set_up(admin, officers=[officer])

    assert "初期設定が終わりました" in text_of(result)
    assert channel_names(server) == ["全国", *MADE]
    panel = server.guild.channels["ホーム"].pinned_messages()
    assert len(panel) == 1
    assert labels(panel[0]) == ["ホーム / Home", "参加登録 / Join"]
    assert officer.member is not None
    assert [role.name for role in officer.member.roles if role.name == "全国役員"], "the officer has the role"
    assert admin.member is not None
    assert not [role for role in admin.member.roles if role.name == "全国役員"], "who set it up has not"


async def test_when_it_is_done_the_page_says_what_to_do_next_and_leads_there(world: World) -> None:
    server = world.server()
    officer = server.admin()
    done = await server.set_up(officer)
    steps = "\n".join(
        [
            "次にすること",
            "1. シートから、LCと代表者を取り込みましょう。",
            "2. LCごとのチャンネルをつくりましょう（LCへのお知らせは、ここに届きます）。",
            "3. 最初のお知らせを書きましょう。",
        ]
    )
    assert steps in text_of(done)
    form = await officer.click(shown(done), label="お知らせを書く")
    draft = await officer.submit_modal(form, {"title": "はじめまして", "text_ja": "つなぐを始めました。"})
    assert "はじめまして" in text_of(draft)
    again = await officer.slash(server.channel, "setup")
    assert steps in text_of(again), "it is found again"
    channels = await officer.slash(server.channel, "setup")
    nothing = await officer.click(shown(channels), label="LCのチャンネル")
    assert "対象になるLCがまだありません" in text_of(nothing)
    sheets = await officer.click(shown(again), label="シート（Excel・CSV）")
    assert "/運営 シート lc取込" in text_of(sheets)


async def test_what_comes_next_fits_the_organisation_and_the_reader(world: World) -> None:
    server = world.server("IMSJ")
    admin, officer = server.admin(), server.admin("officer")
    done = await server.set_up(admin, officers=[officer], start="society", name_ja="国際治療談話会", name_en="IMSJ")
    assert "全国役員が次にすること\n1. 組織の役職を確認しましょう。" in text_of(done)
    assert labels(shown(done)) == ["ホーム"], "somebody without the rights is led nowhere"
    theirs = await officer.slash(server.channel, "setup")
    assert "次にすること\n1. 組織の役職を確認しましょう。" in text_of(theirs)
    posts = await officer.click(shown(theirs), label="役職の一覧")
    assert "役職の一覧" in text_of(posts)
    terms = await officer.slash(server.channel, "setup")
    await officer.click(shown(terms), label="役職と任期")
    assert "任命する" in labels(shown(terms))


async def test_who_sees_and_writes_where(world: World) -> None:
    server = world.server()
    admin, officer, student = server.admin(), server.person("officer"), server.person("student")
    await server.set_up(admin, officers=[officer])

    def rights(member: discord.Member | None, channel: str) -> tuple[bool, bool]:
        assert member is not None
        found = discord.utils.get(member.guild.text_channels, name=channel)
        assert found is not None
        permissions = found.permissions_for(member)
        return permissions.view_channel, permissions.send_messages

    assert rights(student.member, "お知らせ") == (True, False)
    assert rights(student.member, "ラウンジ") == (True, True)
    assert rights(student.member, "全国役員")[0] is False
    assert rights(officer.member, "お知らせ") == (True, True)
    assert rights(officer.member, "全国役員") == (True, True)


async def test_a_second_run_makes_nothing_twice_and_mends_what_is_gone(world: World) -> None:
    server = world.server()
    admin = server.admin()
    await server.set_up(admin)
    again = await admin.slash(server.channel, "setup")
    assert "そろっています" in text_of(again)
    before = len(world.env.http_requests)
    await admin.click(shown(again), label="確認して、足りないものをつくる")
    assert "つくったもの" not in page_text(shown(again))
    writes = [r for r in world.env.http_requests[before:] if r.method in ("POST", "PUT", "DELETE", "PATCH")]
    assert all("interactions" in r.path or "webhooks" in r.path for r in writes), writes

    lounge = discord.utils.get(world.bot.get_all_channels(), name="ラウンジ")
    assert lounge is not None
    assert isinstance(lounge, discord.TextChannel)
    await delete_channel(world.env, lounge.id)
    status = await admin.slash(server.channel, "setup")
    assert "・ラウンジ" in text_of(status)
    await admin.click(shown(status), label="確認して、足りないものをつくる")
    assert "✅ #ラウンジ" in page_text(shown(status))
    assert channel_names(server).count("ラウンジ") == 1


async def test_what_was_there_stays_untouched(world: World) -> None:
    server = world.server()
    own = server.guild.create_text_channel("ホーム", topic="ours")
    await server.set_up(server.admin())
    channel = world.bot.get_channel(own.id)
    assert isinstance(channel, discord.TextChannel)
    assert channel.topic == "ours"
    assert channel.category is None
    assert not own.pinned_messages()


async def test_missing_permissions_are_named_and_nothing_is_changed(world: World) -> None:
    server = world.server()
    await limit_bot(world.env, server.guild, discord.Permissions(view_channel=True))
    admin = server.admin()
    result = await admin.slash(server.channel, "setup")
    text = text_of(result)
    assert "チャンネルの管理" in text
    assert "ロールの管理" in text
    assert "チャンネルを見る" not in text
    assert labels(shown(result)) == []
    assert channel_names(server) == []


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize(
    ("method", "path", "nth", "name"),
    [
        ("POST", "/guilds/*/roles", 0, "@全国役員"),
        *(("POST", "/guilds/*/channels", nth, name) for nth, name in enumerate(["全国", *(f"#{n}" for n in MADE)])),
        ("POST", "/channels/*/messages", 0, "ピン留めのパネル"),
        ("PUT", "/channels/*/messages/pins/*", 0, "ピン留めのパネル"),
    ],
)
async def test_one_thing_that_discord_refuses_stops_nothing_else_and_the_next_press_makes_only_that(
    monkeypatch: pytest.MonkeyPatch, world: World, method: str, path: str, nth: int, name: str, status: int
) -> None:
    server = world.server()
    admin, officer, student = server.admin(), server.person("officer"), server.person("student")
    refuse_one(monkeypatch, method, path, nth=nth, status=status)
    result = await server.set_up(admin, officers=[officer])
    said = page_text(shown(result))
    assert "初期設定はまだ終わっていません" in said
    assert "次にすること" not in said
    assert "できなかったもの" in said
    assert f"・{name}" in said
    missing = {name, "ピン留めのパネル"} if name == "#ホーム" else {name}
    for other in ("@全国役員", "全国", *(f"#{n}" for n in MADE)):
        assert (f"✅ {other}" in said) == (other not in missing), other
    before = len(world.env.http_requests)
    await admin.click(shown(result), label="もう一度試す")
    assert "初期設定が終わりました" in page_text(shown(result))
    made = [r.path for r in world.env.http_requests[before:] if r.method == "POST" and r.path.startswith("/guilds")]
    assert len(made) == (name in ("@全国役員", "全国") or name.startswith("#")), made
    assert sorted(channel_names(server)) == sorted(["全国", *MADE])
    assert len(server.guild.channels["ホーム"].pinned_messages()) == 1
    assert officer.member is not None
    assert student.member is not None
    guild = officer.member.guild
    assert {one.name for one in guild.categories[0].channels} == set(MADE)
    assert [role.name for role in officer.member.roles if role.name == "全国役員"], "the officer has the role"
    closed = discord.utils.get(guild.text_channels, name="全国役員")
    read_only = discord.utils.get(guild.text_channels, name="お知らせ")
    assert closed is not None
    assert read_only is not None
    assert closed.permissions_for(officer.member).send_messages
    assert not closed.permissions_for(student.member).view_channel
    assert read_only.permissions_for(officer.member).send_messages
    assert not read_only.permissions_for(student.member).send_messages


async def test_without_manage_server_it_is_not_even_offered(world: World) -> None:
    server = world.server()
    student = server.person("student")
    assert "setup" not in [name.split()[0] for name in student.available_commands(server.channel)]
    # A button on somebody else's message is decided by the service, not by who could see the command.
    admin = server.admin()
    begun = await admin.slash(server.channel, "setup")
    await take_roles(world.env, admin)
    refused = await admin.click(shown(begun), custom_id="setups:create")
    assert "「サーバー管理」の権限が必要です" in text_of(refused)


async def test_wrong_terms_are_explained_and_change_nothing(world: World) -> None:
    server = world.server()
    admin = server.admin()
    for term, said in [
        ("2026-03-31 ~ 2025-04-01", "任期の終わり（2025年4月1日(火)）が始まり（2026年3月31日(火)）より前"),
        ("2025-02-30 ~ 2026-03-31", "2025-02-30 という日付は暦にありません"),
        ("来年まで", "任期は2つの日付で書いてください"),
        ("2024-04-01 ~ 2025-03-31", "今日（2026年1月1日(木)）を含めてください"),
    ]:
        result = await server.set_up(admin, term=term)
        assert said in text_of(result)
        assert channel_names(server) == []
    assert "どの組織ともつながっていません" in text_of(await admin.slash(server.channel, "setup"))


async def test_a_national_officer_links_a_second_server_and_nobody_else_does(world: World) -> None:
    first = world.server()
    admin = first.admin()
    await first.set_up(admin)
    second = world.server("Second")
    stranger = second.admin("stranger")
    officer = second.guild.add_member(
        admin.user, roles=[second.guild.create_role("o", permissions=discord.Permissions(manage_guild=True))]
    )
    world.locales[officer.id] = "ja"

    offered = await stranger.slash(second.channel, "setup")
    assert labels(shown(offered)) == ["組織をつくる", "LCのサーバーとしてつなぐ"]
    offered = await officer.slash(second.channel, "setup")
    assert labels(shown(offered)) == ["組織をつくる", "「国際医学生連盟 日本」とつなぐ", "LCのサーバーとしてつなぐ"]
    await officer.click(shown(offered), label="「国際医学生連盟 日本」とつなぐ")
    assert "初期設定が終わりました" in page_text(shown(offered))
    found = await find_lc(second.person("student"), second.channel, text="東大")
    assert shown(found).embeds[0].title == "東京大学"


async def test_an_ended_term_links_nothing_any_more(world: World) -> None:
    await world.until(date(2026, 3, 28))
    first = world.server()
    admin = first.admin()
    await first.set_up(admin)
    second = world.server("Second")
    officer = second.guild.add_member(
        admin.user, roles=[second.guild.create_role("o", permissions=discord.Permissions(manage_guild=True))]
    )
    offered = await officer.slash(second.channel, "setup")
    for _ in range(4):
        await world.env.advance_time(86400)
    refused = await officer.click(shown(offered), label="「国際医学生連盟 日本」とつなぐ")
    assert "任期中の全国役員だけです" in text_of(refused)


async def test_programmes_and_societies_have_no_lcs_in_their_home(world: World) -> None:
    server = world.server("IMSJ")
    await server.set_up(server.admin(), start="society", name_ja="国際治療談話会", name_en="IMSJ")
    home = await server.person("member").slash(server.channel, "home")
    assert "LCをさがす" not in labels(shown(home))
    empty = await find_lc(server.person("other"), server.channel, text="東")
    assert "まだLCがありません" in text_of(empty)
    empty = await server.person("third").slash(server.channel, "lc")
    assert "まだ大学がありません" in text_of(empty)


@pytest.mark.parametrize("key", ["role:national_officers", "category:national", "channel:officers", "message:panel"])
async def test_a_run_cut_off_right_after_making_something_goes_on_with_it(world: World, key: str) -> None:
    server = world.server()
    admin = server.admin()
    await server.set_up(admin)
    if key.startswith("category"):  # cut off there, nothing is in it yet
        for name in MADE:
            await delete_channel(world.env, server.guild.channels[name].id)
    async with world.bot.database.writing() as session:
        await session.execute(update(ServerPart).where(ServerPart.key == key).values(discord_id=PENDING))
    status = await admin.slash(server.channel, "setup")
    await admin.click(shown(status), label="確認して、足りないものをつくる")
    assert "初期設定が終わりました" in page_text(shown(status))
    assert ("つくったもの" in page_text(shown(status))) == key.startswith("category")
    assert channel_names(server) == ["全国", *MADE]
    assert len(server.guild.channels["ホーム"].pinned_messages()) == 1
    assert admin.member is not None
    assert len(admin.member.guild.categories) == 1
    assert sum(role.name == "全国役員" for role in admin.member.guild.roles) == 1


async def test_a_strangers_channel_of_the_same_name_is_not_taken_for_the_officers(world: World) -> None:
    server = world.server()
    admin = server.admin()
    await server.set_up(admin)
    private = server.guild.channels["全国役員"]
    await delete_channel(world.env, private.id)
    stranger = server.guild.create_text_channel("全国役員", category=server.guild.channels["全国"])
    for make_pending in (False, True):
        if make_pending:
            async with world.bot.database.writing() as session:
                await session.execute(
                    update(ServerPart).where(ServerPart.key == "channel:officers").values(discord_id=PENDING)
                )
            made = [c for c in world.bot.get_all_channels() if c.name == "全国役員" and c.id != stranger.id]
            await delete_channel(world.env, made[0].id)
        status = await admin.slash(server.channel, "setup")
        await admin.click(shown(status), label="確認して、足りないものをつくる")
        assert "✅ #全国役員" in page_text(shown(status))
        officers = [c for c in world.bot.get_all_channels() if c.name == "全国役員"]
        student = server.person(f"student-{make_pending}")
        assert student.member is not None
        seen = {channel.id for channel in officers if channel.permissions_for(student.member).view_channel}
        assert seen == {stranger.id}
        assert len(officers) == 2


async def test_who_has_the_officers_role_without_being_in_office_is_named_and_loses_it(world: World) -> None:
    server = world.server()
    admin, officer, friend = server.admin(), server.person("officer"), server.person("friend")
    await server.set_up(admin, officers=[officer])
    assert officer.member is not None
    role = next(role for role in officer.member.roles if role.name == "全国役員")
    world.env.backend.edit_member(server.guild.id, friend.id, {"role_ids": [role.id]})
    await world.env.settle()
    status = await admin.slash(server.channel, "setup")
    assert "全国役員のロールが残っている人\n・friend" in text_of(status)
    await admin.click(shown(status), label="確認して、足りないものをつくる")
    assert "任期が終わったためロールを外した人\nfriend" in page_text(shown(status))
    assert friend.member is not None
    assert role not in friend.member.roles


async def test_the_role_is_taken_when_the_term_has_ended(world: World) -> None:
    await world.until(date(2026, 3, 28))
    server = world.server()
    admin, officer = server.admin(), server.person("officer")
    await server.set_up(admin, officers=[officer])
    for _ in range(5):
        await world.env.advance_time(86_400)
    assert officer.member is not None
    assert not [role for role in officer.member.roles if role.name == "全国役員"]
    channel = discord.utils.get(officer.member.guild.text_channels, name="全国役員")
    assert channel is not None
    assert not channel.permissions_for(officer.member).view_channel


async def test_threads_are_no_way_around_a_read_only_channel(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    assert student.member is not None
    for name in ("ホーム", "お知らせ"):
        channel = discord.utils.get(student.member.guild.text_channels, name=name)
        assert channel is not None
        rights = channel.permissions_for(student.member)
        assert not rights.create_public_threads
        assert not rights.create_private_threads
        assert not rights.send_messages_in_threads


async def test_the_bot_itself_can_make_threads_where_it_silences_everybody(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    for name in ("ホーム", "お知らせ"):
        channel = discord.utils.get(guild.text_channels, name=name)
        assert channel is not None
        rights = channel.permissions_for(guild.me)
        assert rights.create_public_threads
        assert rights.send_messages_in_threads


async def test_the_advice_fits_what_was_refused(world: World) -> None:
    server = world.server()
    admin = server.admin()
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50001, times=1)
    world.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=403, code=50013, times=1)
    result = await server.set_up(admin)
    said = text_of(result)
    assert said.index("そこでのこのボットの権限を確認してから") < said.index("・ピン留めのパネル")
    assert said.index("このボットのロールを上に移してから") < said.index("・@全国役員")
    await admin.click(shown(result), label="もう一度試す")
    assert "初期設定が終わりました" in page_text(shown(result))


async def test_people_whose_role_waits_for_the_next_look_are_not_said_to_be_in_order(world: World) -> None:
    server = world.server()
    world.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=503, times=1)
    result = await server.set_up(server.admin())
    assert "まだそろっていないロールがあります" in text_of(result)
    assert "1時間以内に自動でもう一度試します" in text_of(result)


async def test_the_server_speaks_the_language_in_which_it_was_set_up(world: World) -> None:
    server = world.server("English")
    await server.set_up(server.admin(locale="en-US"), name_ja="", name_en="AMSA-Nowhere", start="association")
    assert channel_names(server) == ["National", "home", "announcements", "lounge", "national-officers"]
    result = await find_lc(server.person("student", locale="fr"), server.channel, text="x")
    assert "no LCs in its directory" in text_of(result), "an error speaks the same language as a page"


async def test_the_audit_names_the_form_that_was_used(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    async with world.bot.database.reading() as connection:
        origins = set(await connection.scalars(select(AuditEntry.origin)))
    assert origins == {"setups:create"}
