"""Roles in the real bot: they come and go by themselves, and nothing else is touched."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import discord
import pytest
import simcord
from discord.state import ChunkRequest
from simcord.backend.errors import SetupError

from bot.demo.simulator import in_bot
from bot.features.people.models import Post
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE
from bot.ui import chunking
from bot.ui.items import offered
from tests.channels.test_slash import MAKE, begin, build, channel_of, give, guild_of, noted
from tests.members.test_slash import joined
from tests.support.pages import delete_data, end_term, open_membership
from tests.support.simulated import forge_option, people_in_thread, refuse_one, set_rights_in, take_roles
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of

DAY = 86_400
LAST = date(2026, 3, 31)


def names(member: simcord.MemberActor) -> set[str]:
    assert member.member is not None
    return {role.name for role in member.member.roles} - {"@everyone", f"{member.member.name}-rights"}


def role_calls(world: World) -> list[str]:
    return [f"{one.method} {one.path}" for one in world.env.http_requests if "/roles/" in one.path]


async def look(world: World) -> None:
    """What the housekeeping does every hour."""
    await in_bot(world.env, world.bot.role_keeper.look_everywhere())


async def test_a_term_begins_and_ends_at_midnight_by_itself(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader = server.person("leader")
    await build(server, officer)
    lc = (await channel_of(world, 1)).guild.get_role(await noted(world, "role:lc:1"))
    assert lc is not None
    # It is Thursday, 1 January 2026, 9:00 in Tokyo.
    await officer.slash(
        server.channel, "officer appoint", person=leader, post="lc_representative", lc="#1",
        starts="2026-01-02", ends="2026-01-03",
    )  # fmt: skip
    assert names(leader) == set()
    await world.env.advance_time(14 * 3600 + 1800)
    assert names(leader) == set(), "half an hour before midnight"
    await world.env.advance_time(3600)
    assert names(leader) == {lc.name, "LC役員"}
    thread = await noted(world, "thread:lc:1")
    assert leader.id in world.env.backend.get_thread(thread).thread_members
    await world.env.advance_time(DAY)
    assert names(leader) == {lc.name, "LC役員"}, "the last day counts"
    await world.env.advance_time(DAY)
    assert names(leader) == {lc.name}, "a member still, until they say otherwise"
    assert leader.id not in world.env.backend.get_thread(thread).thread_members


async def test_an_appointment_of_today_and_its_end_show_at_once(world: World) -> None:
    server = world.server()
    officer, colleague = server.person("officer"), server.person("colleague")
    await server.set_up(server.admin(), officers=[officer])
    assert names(officer) == {"全国役員"}
    await officer.slash(server.channel, "officer appoint", person=colleague, post="president", ends="2026-03-31")
    assert names(colleague) == {"全国役員"}
    await end_term(officer, server.channel, "colleague")
    assert names(colleague) == {"全国役員"}, "the last day counts"
    await world.env.advance_time(DAY)
    assert names(colleague) == set()


async def test_drift_is_mended_and_foreign_roles_stay(world: World) -> None:
    server = world.server()
    officer, student = server.person("officer"), server.person("student")
    await server.set_up(server.admin(), officers=[officer])
    ours = await noted(world, "role:national_officers")
    foreign = server.guild.create_role("Minecraft")
    await take_roles(world.env, officer)
    world.env.backend.edit_member(server.guild.id, student.id, {"role_ids": [ours, foreign.id]})
    await world.env.settle()
    before = len(role_calls(world))
    await look(world)
    assert names(officer) == {"全国役員"}
    assert names(student) == {"Minecraft"}
    assert len(role_calls(world)) == before + 2, "only the differences"
    await look(world)
    assert len(role_calls(world)) == before + 2, "nothing differs: not a word to Discord"


async def test_what_somebody_changed_while_the_bot_was_away_is_mended_at_the_start(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await take_roles(world.env, officer)
    await world.restart()
    await world.env.settle()
    ours = await noted(world, "role:national_officers")
    assert ours in world.env.backend.get_member(server.guild.id, officer.id).role_ids


async def test_a_known_person_who_joins_another_server_of_the_organisation_has_the_role_there(world: World) -> None:
    server = world.server()
    officer, colleague = server.person("officer"), server.person("colleague")
    await server.set_up(server.admin(), officers=[officer, colleague])
    second = world.server("second")
    rights = second.guild.create_role("o", permissions=discord.Permissions(manage_guild=True))
    admin = second.guild.add_member(officer.user, roles=[rights])
    begun = await admin.slash(second.channel, "setup")
    await admin.click(shown(begun), label=labels(shown(begun))[1])
    assert "全国役員" in names(admin)
    there = second.guild.add_member(colleague.user)
    await world.env.settle()
    assert names(there) == {"全国役員"}
    stranger = second.person("stranger")
    assert names(stranger) == set()


async def test_a_role_above_the_bots_is_told_once_with_what_to_move(world: World) -> None:
    server = world.server()
    officer, colleague = server.person("officer"), server.person("colleague")
    await server.set_up(server.admin(), officers=[officer])
    ours = await noted(world, "role:national_officers")
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    world.env.backend.edit_role(guild.id, ours, {"position": guild.me.top_role.position + 5})
    await world.env.settle()
    await officer.slash(server.channel, "officer appoint", person=colleague, post="president", ends="2026-03-31")
    assert names(colleague) == set()
    calls = len(role_calls(world))
    for _ in range(3):
        await look(world)
        await world.env.advance_time(3600)
    assert len(role_calls(world)) == calls, "seen without asking Discord"
    said = [page_text(message) for message in server.guild.channels["全国役員"].history()]
    notices = [text for text in said if "付け外しできないロール" in text]
    assert len(notices) == 1
    assert "「IFMSA-Japan」" in notices[0]
    assert f"「{guild.me.top_role.name}」をこれらより上に移して" in notices[0]
    world.env.backend.edit_role(guild.id, ours, {"position": 0})
    await world.env.settle()
    await look(world)
    assert names(colleague) == {"全国役員"}


@pytest.mark.parametrize(("status", "code"), [(400, 50035), (503, 0)])
async def test_a_role_that_fails_for_one_person_stands_in_nobody_elses_way(
    world: World, status: int, code: int
) -> None:
    server = world.server()
    officer, people = server.person("officer"), [server.person(name) for name in ("first", "second", "third")]
    await server.set_up(server.admin(), officers=[officer])
    # Each is refused when they are appointed, and one of them at the first look, too.
    world.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=status, code=code, times=len(people) + 1)
    for person in people:
        await officer.slash(
            server.channel, "officer appoint", person=person, post="national_officer", ends="2026-03-31"
        )
    assert [names(person) for person in people] == [set()] * 3
    await look(world)
    assert sorted(map(len, map(names, people))) == [0, 1, 1], "the others have theirs"
    await look(world)
    assert [names(person) for person in people] == [{"全国役員"}] * 3


async def test_who_deletes_everything_while_a_server_is_away_loses_the_roles_there_later(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    student = server.person("student")
    await give(world, student, LC_MEMBER, 1)
    await build(server, officer)
    await look(world)
    before = names(student)
    assert before
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    asked = await delete_data(student, server.channel)
    guild.unavailable = True
    await student.click(shown(asked), label="すべて削除する")
    await look(world)
    assert names(student) == before, "nothing can be done there"
    guild.unavailable = False
    await look(world)
    assert names(student) == set()


async def test_members_that_are_never_told_are_not_waited_for(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(chunking, "CHUNK_WAIT", 0.0)
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    guild._member_count = 1_000  # so that they count as not all here
    assert not guild.chunked
    told: list[bool] = []

    async def ask() -> None:
        told.append(await chunking.all_members(guild))

    await in_bot(world.env, ask())
    assert told == [False]
    assert guild.id not in world.bot._connection._chunk_requests, "the next one asks anew"


async def test_whoever_gives_up_waiting_for_members_leaves_the_request_of_others_alone(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr(chunking, "CHUNK_WAIT", 0.0)
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    guild._member_count = 1_000
    requests = world.bot._connection._chunk_requests
    left: list[object] = []

    async def ask() -> None:
        asking = asyncio.ensure_future(chunking.all_members(guild))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        own = requests.pop(guild.id)
        later = requests[guild.id] = ChunkRequest(guild.id, 0, asyncio.get_running_loop(), lambda _: guild)
        await asking
        left.extend([own is not later, requests.pop(guild.id) is later])

    await in_bot(world.env, ask())
    assert left == [True, True]


async def test_members_that_discord_does_not_tell_yet_are_asked_for_again_and_nobody_waits(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin(), officers=[server.person("officer")])
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    guild._member_count = 1_000
    connection = world.bot._connection
    told: list[object] = []

    async def ask() -> None:
        asking = asyncio.ensure_future(chunking.all_members(guild))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for meta in ({}, {"guild_id": "1", "nonce": "x"}, {"guild_id": str(guild.id), "nonce": "another"}):
            connection.parsers["RATE_LIMITED"]({"opcode": 8, "retry_after": 12.5, "meta": meta})
        assert not asking.done()
        nonce = connection._chunk_requests[guild.id].nonce
        meta = {"guild_id": str(guild.id), "nonce": nonce}
        connection.parsers["RATE_LIMITED"]({"opcode": 8, "retry_after": 12.5, "meta": meta})
        told.append(await asking)

    await in_bot(world.env, ask())
    assert told == [False]
    assert guild.id not in connection._chunk_requests


async def make(world: World, officer: simcord.MemberActor, message: Any, group: str, *keys: str) -> str:
    """From the list of roles: make these of a group, or all of it; what is said then."""
    await officer.click(message, label=group)
    if keys:
        await officer.select(
            message, values=[offered(f"discord_roles:choose:{key.split(':')[1]}", key) for key in keys]
        )
    else:
        await officer.click(message, label="全部つくる")
    said = page_text(message)
    await officer.click(message, label="ロール")
    return said


async def test_officers_threads_that_are_closed_are_told_once_and_again_when_they_were_opened_meanwhile(
    world: World,
) -> None:
    server, officer = await begin(world, lcs=2)
    leaders = [server.person(name) for name in ("leader", "successor", "third")]
    await build(server, officer)
    channel, thread = await channel_of(world, 1), await noted(world, "thread:lc:1")
    notices = server.guild.channels["全国役員"]

    def told() -> list[str]:
        return [text for one in notices.history() if "スレッド" in (text := page_text(one))]

    rights = discord.Permissions(view_channel=True, send_messages_in_threads=True, manage_threads=True)
    await set_rights_in(world.env, channel.id, deny=rights)
    await in_bot(world.env, give(world, leaders[0], LC_REPRESENTATIVE, 1))
    for _ in range(3):
        await look(world)
        await world.env.advance_time(3600)
    assert leaders[0].id not in people_in_thread(world.env, thread)
    (notice,) = told()
    assert channel.mention in notice
    assert f"権限 → {channel.guild.me.top_role.name}」" in notice
    assert "チャンネルを見る、スレッドでメッセージを送信、スレッドの管理を許可" in notice

    await set_rights_in(world.env, channel.id, allow=rights)
    await look(world)
    assert leaders[0].id in people_in_thread(world.env, thread)
    await set_rights_in(world.env, channel.id, deny=rights)
    await in_bot(world.env, give(world, leaders[1], LC_REPRESENTATIVE, 1))
    await look(world)
    assert len(told()) == 2, "it had been mended"
    await in_bot(world.env, give(world, leaders[2], LC_REPRESENTATIVE, 2))
    await look(world)
    assert leaders[2].id in people_in_thread(world.env, await noted(world, "thread:lc:2")), "others go on"
    assert len(told()) == 2


async def test_committees_regions_and_posts_get_roles_when_officers_want_them(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leo = server.person("leo")
    await give(world, leo, "leo", 1, ends_on=LAST)
    looked = await officer.slash(server.channel, "manage roles")
    assert "全6個中0個" in text_of(looked)
    made = await make(world, officer, shown(looked), "委員会の担当者")
    assert "@SCOPE" in made
    assert "@SCORP" in made
    assert "付けた数\n1件" in made
    assert names(leo) == {"SCOPE", "LC役員"}
    await make(world, officer, shown(looked), "地域")
    await make(world, officer, shown(looked), "役職", "role:post:leo")
    assert names(leo) == {"SCOPE", "北海道", "LEO（臨床交換留学 担当）", "LC役員"}
    again = await make(world, officer, shown(looked), "委員会の担当者")
    assert "つくったもの" not in again, "a second press makes nothing twice"
    with pytest.raises(SetupError, match="not visible"):
        await leo.slash(server.channel, "manage roles")


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_role_that_discord_refuses_stops_no_other_and_the_next_press_makes_only_that(
    monkeypatch: pytest.MonkeyPatch, world: World, status: int
) -> None:
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage roles")
    refuse_one(monkeypatch, "POST", "/guilds/*/roles", nth=1, status=status)
    await officer.click(shown(looked), label="委員会の担当者")
    await officer.click(shown(looked), label="全部つくる")
    said = page_text(shown(looked))
    assert "まだ終わっていません" in said
    assert (said.count("\n@"), said.count("\n・@")) == (5, 1), said
    before = len([one for one in world.env.http_requests if one.path.endswith("/roles")])
    await officer.click(shown(looked), label="もう一度試す")
    assert "ロールがそろいました" in page_text(shown(looked))
    assert len([one for one in world.env.http_requests if one.path.endswith("/roles")]) == before + 1


async def test_a_stale_menu_makes_nothing_that_was_never_offered(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage roles")
    await officer.click(shown(looked), label="会員の種類")
    forge_option(world.env, shown(looked), "discord_roles:choose:kind", "role:lc:1")
    refused = await officer.select(shown(looked), values=[offered("discord_roles:choose:kind", "role:lc:1")])
    assert "この種類のロールはつくれません" in text_of(refused)


async def test_more_posts_than_a_menu_holds_are_turned_over(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    async with world.bot.database.writing() as session:
        for number in range(10):
            session.add(
                Post(
                    organisation_id=1, key=f"own_{number}", name_ja=f"係 {number}", name_en=f"Post {number}",
                    level="nation", is_officer=True, position=100 + number,
                )
            )  # fmt: skip
    looked = await officer.slash(server.channel, "manage roles")
    await officer.click(shown(looked), label="役職")
    assert (len(options(shown(looked))), "全部つくる" in labels(shown(looked))) == (25, False)
    await officer.click(shown(looked), label="次へ")
    assert options(shown(looked)) == ["係 7", "係 8", "係 9"]
    await officer.select(shown(looked), values=[offered("discord_roles:choose:post", "role:post:own_9")])
    assert "@係 9" in page_text(shown(looked))


async def test_a_newcomers_interests_and_kind_become_roles_and_go_with_their_data(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage roles")
    await make(world, officer, shown(looked), "会員の種類")
    await make(world, officer, shown(looked), "委員会に関心のある人")
    told, quiet = server.person("told"), server.person("quiet")
    await joined(told, server, "聞田 花", in_lc=False, contact="チャンネルでのメンション")
    await joined(quiet, server, "静田 空", in_lc=False)
    assert names(told) == {"フリーメーリングリスト", "SCOPHに関心"}
    assert names(quiet) == {"フリーメーリングリスト"}, "who looks by themselves has no role that may be mentioned"
    roles = [role for role in guild_of(world, server).roles if role.name.endswith("に関心")]
    assert len(roles) == 6
    assert not any(role.mentionable for role in roles), "only who may mention every role can"

    card = await quiet.slash(server.channel, "me")
    await quiet.click(shown(card), label="連絡の受け取り方")
    assert "サーバーの全員から見えます" in page_text(shown(card))
    await quiet.click(shown(card), label="チャンネルでのメンション")
    assert names(quiet) == {"フリーメーリングリスト", "SCOPHに関心"}
    card = await quiet.slash(server.channel, "me")
    await quiet.click(shown(card), label="委員会")
    await choose(quiet, shown(card), "性と生殖・AIDS（SCORA）")
    assert names(quiet) == {"フリーメーリングリスト", "SCORAに関心"}

    foreign = server.guild.create_role("Minecraft")
    mine = world.env.backend.get_member(server.guild.id, told.id).role_ids
    world.env.backend.edit_member(server.guild.id, told.id, {"role_ids": [*mine, foreign.id]})
    await world.env.settle()
    asked = await delete_data(told, server.channel)
    await told.click(shown(asked), label="すべて削除する")
    assert names(told) == {"Minecraft"}, "nothing of what was deleted stays; what the bot didn't make does"


async def test_a_fee_makes_a_member_at_once_and_the_days_of_grace_end_at_midnight(world: World) -> None:
    await world.until(date(2026, 3, 28))
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage roles")
    await make(world, officer, shown(looked), "会員の種類", "role:kind:individual", "role:kind:free_list")
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    assert names(student) == {"フリーメーリングリスト"}
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="個人会員になる")
    await student.click(shown(page), label="はい、申し込む")
    fees = await officer.slash(server.channel, "manage people fees")
    await officer.click(shown(fees), label="この1件を入金済みにする")
    assert names(student) == {"個人会員"}
    await officer.click(shown(fees), label="入金済み")
    await choose(officer, shown(fees), "山田 花")
    assert names(student) == {"フリーメーリングリスト"}, "the treasurer took the tick back"
    fees = await officer.slash(server.channel, "manage people fees")
    await officer.click(shown(fees), label="この1件を入金済みにする")
    # It is 28 March 2026. The year ends on 31 March, and 60 days of grace on 30 May.
    await world.env.advance_time((date(2026, 5, 30) - date(2026, 3, 28)).days * DAY)
    assert names(student) == {"個人会員"}, "the last day of grace counts"
    await world.env.advance_time(DAY)
    assert names(student) == {"フリーメーリングリスト"}


async def test_who_says_in_april_that_they_leave_is_no_member_from_then_on(world: World) -> None:
    await world.until(date(2026, 3, 28))
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage roles")
    await make(world, officer, shown(looked), "会員の種類", "role:kind:individual", "role:kind:free_list")
    student = server.person("student")
    await joined(student, server, "山田 花", in_lc=False)
    page = await open_membership(student, server.channel)
    await student.click(shown(page), label="個人会員になる")
    await student.click(shown(page), label="はい、申し込む")
    fees = await officer.slash(server.channel, "manage people fees")
    await officer.click(shown(fees), label="この1件を入金済みにする")
    await world.env.advance_time((date(2026, 4, 2) - date(2026, 3, 28)).days * DAY)
    assert names(student) == {"個人会員"}
    page = await open_membership(student, server.channel)
    await student.select(shown(page), values=[offered("memberships:stay", "leave")])
    assert names(student) == {"フリーメーリングリスト"}


async def test_english(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    await officer.slash(server.channel, "language", language="en")
    looked = await officer.slash(server.channel, "manage roles")
    assert "Automatic roles" in text_of(looked)
    assert labels(shown(looked)) == [
        "Committee posts", "Interested in committees", "Membership types", "LC regions", "Individual posts",
        "Home",
    ]  # fmt: skip
    assert MAKE not in labels(shown(looked))
    assert isinstance(server, Server)


async def test_the_members_of_a_server_that_came_back_are_told_anew(world: World) -> None:
    """Those who left meanwhile aren't known; nobody may be called absent, or in, by what was true before."""
    server = world.server()
    await server.set_up(server.admin())
    keeper, guild = world.bot.role_keeper, world.bot.get_guild(server.guild.id)
    assert guild is not None
    keeper._told.add(guild.id)
    world.bot.dispatch("guild_available", guild)
    await world.env.settle()
    assert guild.id not in keeper._told
