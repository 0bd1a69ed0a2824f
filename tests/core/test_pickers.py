"""What each kind of person sees when they type "/", counted as Discord counts: each command of a group by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord
import simcord

from bot.demo.simulator import in_bot
from bot.ui.permissions import MARK_OF_OFFICER
from tests.channels.test_servers_slash import linked
from tests.channels.test_slash import give
from tests.discord_roles.test_slash import make
from tests.support.pages import lc_roles
from tests.support.simulated import limit_bot
from tests.support.worlds import Server, World, buttons, labels, page_text, shown, text_of

#: A student is to see 15 at most and an officer of an LC 22, with the seven areas that are still to come:
#: /project, /scope, /score, /scoph, /scora, /scome, /scorp.
TO_COME = 7
MOST = {"student": 15 - TO_COME, "lc_officer": 22 - TO_COME}
#: What Discord takes as the name of a command or an option.
NAME = re.compile(r"[-_'\w]{1,32}")
_SUB = (1, 2)


def leaves(nodes: list[dict[str, Any]], path: tuple[dict[str, Any], ...] = ()) -> Iterator[tuple[dict[str, Any], ...]]:
    """Each command with the groups around it."""
    for node in nodes:
        inner = [option for option in node.get("options") or [] if option["type"] in _SUB]
        if inner:
            yield from leaves(inner, (*path, node))
        else:
            yield (*path, node)


async def people(world: World) -> tuple[Server, dict[str, simcord.MemberActor]]:
    server = world.server()
    found = {kind: server.person(kind) for kind in ("student", "lc_member", "lc_officer", "national_officer")}
    found["administrator"] = server.admin()
    await server.set_up(found["administrator"], officers=[found["national_officer"]])
    for kind, post in (("lc_member", "lc_member"), ("lc_officer", "leo")):
        await found["national_officer"].slash(
            server.channel, "officer appoint", person=found[kind], post=post, lc="#1", ends="2026-03-31"
        )
    return server, found


async def test_the_pickers_of_each_kind_of_person(world: World) -> None:
    server, found = await people(world)
    seen = {kind: set(person.available_commands(server.channel)) for kind, person in found.items()}
    assert seen["student"] == {"home", "join", "me", "lc", "member", "announcements", "event", "language"}
    assert seen["lc_member"] == seen["student"]
    assert {name.partition(" ")[0] for name in seen["lc_officer"] - seen["student"]} == {"officer"}
    assert {name.partition(" ")[0] for name in seen["national_officer"] - seen["lc_officer"]} == {"manage"}
    assert seen["lc_officer"] < seen["national_officer"]
    assert seen["administrator"] - seen["student"] == {"setup"}
    for kind, most in MOST.items():
        assert len(seen[kind]) <= most, sorted(seen[kind])


async def test_every_name_is_there_in_both_languages(world: World) -> None:
    payload = await world.bot.command_payload()
    names: dict[str, set[str]] = {"en": set(), "ja": set()}
    paths = list(leaves(payload))
    for path in paths:
        for node in (*path, *(path[-1].get("options") or [])):
            assert node["name_localizations"].keys() == {"ja"}, node["name"]
            assert node["description_localizations"].keys() == {"ja"}, node["name"]
            assert node["name"].isascii(), node["name"]
            for name in (node["name"], node["name_localizations"]["ja"]):
                assert NAME.fullmatch(name), name
                assert name == name.lower(), name
        names["en"].add(" ".join(node["name"] for node in path))
        names["ja"].add(" ".join(node["name_localizations"]["ja"] for node in path))
    assert len(names["en"]) == len(names["ja"]) == len(paths), "no two are called the same"


async def test_what_officers_type_is_in_no_direct_message(world: World) -> None:
    for command in await world.bot.command_payload():
        hidden = command.get("default_member_permissions") is not None
        assert (command.get("contexts") == [0]) == hidden or command.get("dm_permission") is (not hidden), command


async def test_without_the_permission_the_role_is_made_all_the_same_and_setup_says_what_helps(world: World) -> None:
    server = world.server()
    without = discord.Permissions.all() & ~MARK_OF_OFFICER
    without.administrator = False
    await limit_bot(world.env, server.guild, without)
    admin, officer, leader = server.admin(), server.person("officer"), server.person("leader")
    done = await server.set_up(admin, officers=[officer])
    assert "初期設定が終わりました" in page_text(shown(done))
    await in_bot(world.env, give(world, leader, "leo", 1))
    assert leader.member is not None
    assert "LC役員" in {role.name for role in leader.member.roles}
    assert "officer posts" not in leader.available_commands(server.channel)
    card = shown(await leader.slash(server.channel, "lc"))
    assert {"posts:terms:1:0", "local_committees:edit:1", "local_committees:history:1:0"} <= {*buttons(card)}
    status = await admin.slash(server.channel, "setup")
    assert "サーバーサブスクリプションインサイト" in text_of(status)
    assert "権限を付ける" in labels(shown(status))

    await limit_bot(world.env, server.guild, without | MARK_OF_OFFICER)
    status = await admin.slash(server.channel, "setup")
    assert "サーバーサブスクリプションインサイト" not in text_of(status)
    await admin.click(shown(status), custom_id="setups:repair")
    assert "officer posts" in leader.available_commands(server.channel)
    assert "officer posts" in officer.available_commands(server.channel)


async def test_in_the_own_server_of_an_lc_its_officers_see_theirs_once_they_have_chosen_the_role(world: World) -> None:
    _server, _officer, own, _manager = await linked(world)
    leader = own.person("leader")
    await in_bot(world.env, give(world, leader, "lc_representative", 1))
    assert "officer edit" not in leader.available_commands(own.channel)
    await make(world, leader, shown(await lc_roles(leader, own.channel)), "LCの人")
    assert "officer edit" in leader.available_commands(own.channel)
    assert "officer edit" not in own.person("guest").available_commands(own.channel)
