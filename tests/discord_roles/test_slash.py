"""Roles in the real bot: they come and go by themselves, and nothing else is touched."""

from __future__ import annotations

from datetime import date

import discord
import pytest
import simcord
from simcord.backend.errors import SetupError

from bot.demo.simulator import in_bot
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.channels.test_slash import MAKE, begin, build, channel_of, give, noted
from tests.support.simulated import people_in_thread, set_rights_in, take_roles
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

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
        server.channel, "post add", person=leader, post="lc_representative", lc="#1",
        starts="2026-01-02", ends="2026-01-03",
    )  # fmt: skip
    assert names(leader) == set()
    await world.env.advance_time(14 * 3600 + 1800)
    assert names(leader) == set(), "half an hour before midnight"
    await world.env.advance_time(3600)
    assert names(leader) == {lc.name}
    thread = await noted(world, "thread:lc:1")
    assert leader.id in world.env.backend.get_thread(thread).thread_members
    await world.env.advance_time(DAY)
    assert names(leader) == {lc.name}, "the last day counts"
    await world.env.advance_time(DAY)
    assert names(leader) == set()
    assert leader.id not in world.env.backend.get_thread(thread).thread_members


async def test_an_appointment_of_today_and_its_end_show_at_once(world: World) -> None:
    server = world.server()
    officer, colleague = server.person("officer"), server.person("colleague")
    await server.set_up(server.admin(), officers=[officer])
    assert names(officer) == {"全国役員"}
    await officer.slash(server.channel, "post add", person=colleague, post="president", ends="2026-03-31")
    assert names(colleague) == {"全国役員"}
    terms = await officer.autocomplete(server.channel, "post end", "term", "colleague")
    await officer.slash(server.channel, "post end", term=terms[0]["value"])
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
    await officer.slash(server.channel, "post add", person=colleague, post="president", ends="2026-03-31")
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
    assert f"「{guild.me.top_role.name}」を上に移して" in notices[0]
    world.env.backend.edit_role(guild.id, ours, {"position": 0})
    await world.env.settle()
    await look(world)
    assert names(colleague) == {"全国役員"}


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
    assert f"「{channel.guild.me.top_role.name}」" in notice
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
    await officer.click(shown(looked), label="委員会のロールをつくる")
    made = page_text(shown(looked))
    assert "@SCOPE" in made
    assert "@SCORP" in made
    assert names(leo) == {"SCOPE"}
    await officer.click(shown(looked), label="ロール")
    await officer.click(shown(looked), label="地域のロールをつくる")
    await officer.click(shown(looked), label="ロール")
    await officer.select(shown(looked), values=["role:post:leo"])
    assert names(leo) == {"SCOPE", "北海道", "LEO（臨床交換留学 担当）"}
    await officer.click(shown(looked), label="ロール")
    await officer.click(shown(looked), label="委員会のロールをつくる")
    assert "つくったもの" not in page_text(shown(looked)), "a second press makes nothing twice"
    with pytest.raises(SetupError, match="not visible"):
        await leo.slash(server.channel, "manage roles")


async def test_english(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    await officer.slash(server.channel, "language", language="en")
    looked = await officer.slash(server.channel, "manage roles")
    assert "Roles that follow the records" in text_of(looked)
    assert labels(shown(looked)) == ["Make the committees' roles", "Make the regions' roles", "Home"]
    assert MAKE not in labels(shown(looked))
    assert isinstance(server, Server)
