"""``/manage lc channels`` as a national officer uses it, and what people do to the channels in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import select, update

from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.schools.models import Region, School
from bot.ui.building import IN_A_ROW, alone
from tests.support.simulated import (
    as_bot,
    change_channel,
    delete_channel,
    limit_bot,
    people_in_thread,
    put_to_rest,
    refuse_one,
)
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

MAKE, AGAIN, CHECK = "つくる", "削除されたものもつくり直す", "確認して、メンバーをそろえる"


async def begin(world: World, *, lcs: int, in_kanto: int = 0) -> tuple[Server, simcord.MemberActor]:
    """An organisation with so many member LCs (the first of the directory), and its national officer."""
    server = world.server()
    officer = server.admin("officer")
    await server.set_up(officer)
    async with world.bot.database.writing() as session:
        if in_kanto:
            kanto = await session.scalar(select(Region.id).where(Region.name_ja == "関東"))
            await session.execute(update(School).where(School.id <= in_kanto + 1).values(region_id=kanto))
    await put(world, range(1, lcs + 1), LcState.MEMBER)
    return server, officer


async def put(world: World, lc_ids: Any, state: LcState) -> None:
    async with world.bot.database.writing() as session:
        await session.execute(
            update(LocalCommittee).where(LocalCommittee.id.in_(list(lc_ids))).values(state=state.value)
        )


async def give(
    world: World, person: simcord.MemberActor, post: str, lc_id: int, ends_on: date = date(2026, 3, 31)
) -> None:
    await as_bot(world.env, _give(world, person, post, lc_id, ends_on))


async def _give(world: World, person: simcord.MemberActor, post: str, lc_id: int, ends_on: date) -> None:
    now = world.bot.clock.now()
    async with world.bot.database.writing() as session:
        one = await ensure_person(
            session, organisation_id=1, discord_user_id=person.id, display_name=person.name, at=now
        )
        await appoint(
            session, one, post, starts_on=date(2025, 4, 1), ends_on=ends_on, at=now, by_discord_id=1, origin="test",
            lc_id=lc_id,
        )  # fmt: skip


async def build(server: Server, officer: simcord.MemberActor, label: str = MAKE) -> str:
    """Look, press, and return what is said at the end."""
    looked = await officer.slash(server.channel, "manage lc channels")
    await officer.click(shown(looked), label=label)
    return page_text(shown(looked))


async def noted(world: World, key: str) -> int:
    async with world.bot.database.reading() as connection:
        return await connection.scalar(select(ServerPart.discord_id).where(ServerPart.key == key)) or 0


async def channel_of(world: World, lc_id: int) -> discord.TextChannel:
    found = world.bot.get_channel(await noted(world, f"channel:lc:{lc_id}"))
    assert isinstance(found, discord.TextChannel)
    return found


def guild_of(world: World, server: Server) -> discord.Guild:
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    return guild


def writes(world: World, since: int) -> list[str]:
    """What was changed in the server since so many requests."""
    return [
        f"{request.method} {request.path}"
        for request in world.env.http_requests[since:]
        if request.method != "GET" and "/interactions/" not in request.path and "/webhooks/" not in request.path
    ]


async def test_sixty_lcs_get_their_channels_by_region(world: World) -> None:
    server, officer = await begin(world, lcs=60, in_kanto=55)
    await world.env.advance_time(20)  # the officer, who has just come, is greeted
    looked = await officer.slash(server.channel, "manage lc channels")
    text = text_of(looked)
    assert "チャンネル 60個、プライベートスレッド 60個、ロール 60個、カテゴリー 3個" in text
    assert "・関東 55" in text
    assert not writes(world, len(world.env.http_requests) - 1), "a look changes nothing"
    await officer.click(shown(looked), label=MAKE)
    assert "LCのチャンネルがそろいました" in page_text(shown(looked))

    guild = guild_of(world, server)
    by_name = {category.name: category for category in guild.categories}
    assert len(by_name["関東"].channels) == 50
    assert len(by_name["関東 2"].channels) == 5
    names = [channel.name for category in ("関東", "関東 2", "近畿") for channel in by_name[category].channels]
    async with world.bot.database.reading() as connection:
        query = select(School.name_ja).join(LocalCommittee, LocalCommittee.school_id == School.id)
        rows = await connection.scalars(query.order_by(LocalCommittee.position).limit(60))
        assert names == list(rows), "in the order of the directory"
    threads = [thread for channel in by_name["関東"].text_channels for thread in channel.threads]
    assert len(threads) == 50
    assert all(thread.is_private() for thread in threads)
    asked: list[Any] = [r.json for r in world.env.http_requests if r.method == "POST" and r.path.endswith("/threads")]
    assert {body["invitable"] for body in asked} == {False}, "who is inside can't let others in"

    before = len(world.env.http_requests)
    again = await build(server, officer, CHECK)
    assert "新しくつくるものはありませんでした" in again
    assert writes(world, before) == []


async def test_who_sees_a_channel_and_who_its_thread(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    leader, member, other = (server.person(name) for name in ("leader", "member", "other"))
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await give(world, member, LC_MEMBER, 1)
    await give(world, other, LC_REPRESENTATIVE, 2)
    await build(server, officer)
    channel = await channel_of(world, 1)
    seen = {}
    for name, person in (("leader", leader), ("member", member), ("other", other), ("officer", officer)):
        assert person.member is not None
        seen[name] = channel.permissions_for(person.member).send_messages
    assert seen == {"leader": True, "member": True, "other": False, "officer": True}
    assert world.bot.user is not None
    inside = people_in_thread(world.env, await noted(world, "thread:lc:1"))
    assert inside == {world.bot.user.id, leader.id}
    home = f"/channels/{server.guild.channels['ホーム'].id}/"  # where newcomers are greeted
    said = [one.json for one in world.env.http_requests if one.path.endswith("/messages") and home not in one.path]
    assert not [message for message in said if message and message.get("content")], "nobody is mentioned anywhere"


async def test_whose_term_has_ended_leaves_the_officers_thread_and_stays_in_the_lc(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader, friend = server.person("leader"), server.person("friend")
    await give(world, leader, LC_REPRESENTATIVE, 1, ends_on=date(2026, 1, 15))
    await build(server, officer)
    channel, thread_id = await channel_of(world, 1), await noted(world, "thread:lc:1")
    role = channel.guild.get_role(await noted(world, "role:lc:1"))
    assert role is not None
    assert friend.member is not None
    world.env.backend.add_thread_member(thread_id, friend.id)
    world.env.backend.edit_member(server.guild.id, friend.id, {"role_ids": [role.id]})
    await world.env.settle()
    for _ in range(20):
        await world.env.advance_time(86_400)
    assert {member.id for member in role.members} == {leader.id, friend.id}, "a plain member until April's question"
    assert people_in_thread(world.env, thread_id) == {channel.guild.me.id, friend.id}


async def test_a_thread_that_rests_is_woken_for_a_new_officer_and_otherwise_left(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    await build(server, officer)
    threads = [await noted(world, f"thread:lc:{number}") for number in (1, 2)]
    for thread_id in threads:
        await put_to_rest(world.env, thread_id)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    text = await build(server, officer, CHECK)
    assert "つくったもの" not in text
    assert leader.id in people_in_thread(world.env, threads[0])
    rests = [world.env.backend.get_thread(thread_id).thread_metadata for thread_id in threads]
    assert [one is not None and one.archived for one in rests] == [False, True]


async def test_what_people_rename_and_move_stays_so(world: World) -> None:
    server, officer = await begin(world, lcs=3)
    await build(server, officer)
    own = server.guild.create_category("大切なLC")
    first, second = await channel_of(world, 1), await channel_of(world, 2)
    await change_channel(world.env, first.id, name="ほくだい")
    await change_channel(world.env, second.id, parent_id=own.id)
    looked = await officer.slash(server.channel, "manage lc channels")
    assert f"名前や場所が変えられたもの：そのままにします\nほくだい、{second.name}" in text_of(looked)
    await officer.click(shown(looked), label=CHECK)
    assert (await channel_of(world, 1)).name == "ほくだい"
    assert (await channel_of(world, 2)).category_id == own.id


async def test_a_channel_moves_with_its_lc_into_another_region_and_keeps_all_it_has(world: World) -> None:
    server, officer = await begin(world, lcs=3)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    await build(server, officer)
    first, second, third = [await channel_of(world, number) for number in (1, 2, 3)]
    own = server.guild.create_category("大切なLC")
    await change_channel(world.env, second.id, parent_id=own.id)
    rights, thread_id = dict(first.overwrites), await noted(world, "thread:lc:1")
    async with world.bot.database.writing() as session:
        kinki = await session.scalar(select(Region.id).where(Region.name_ja == "近畿"))
        schools = select(LocalCommittee.school_id).where(LocalCommittee.id.in_([1, 2]))
        await session.execute(
            update(School)
            .where(School.id.in_(schools))
            .values(region_id=kinki)
            .execution_options(synchronize_session=False)
        )
    looked = await officer.slash(server.channel, "manage lc channels")
    text = text_of(looked)
    assert "地域が変わったため移すもの\n・北海道大学：北海道 → 近畿" in text
    assert f"名前や場所が変えられたもの：そのままにします\n{second.name}" in text
    assert not writes(world, len(world.env.http_requests) - 1), "a look changes nothing"
    await officer.click(shown(looked), label="移す")
    report = page_text(shown(looked))
    assert f"移したもの\n{first.name}" in report
    moved = await channel_of(world, 1)
    assert moved.id == first.id
    assert moved.category is not None
    assert moved.category.name == "近畿"
    assert dict(moved.overwrites) == rights, "who sees it stays"
    assert [thread.id for thread in moved.threads] == [thread_id]
    assert (await channel_of(world, 2)).category_id == own.id
    assert (await channel_of(world, 3)).category_id == third.category_id
    before = len(world.env.http_requests)
    again = await build(server, officer, CHECK)
    assert "新しくつくるものはありませんでした" in again
    assert writes(world, before) == []


async def test_a_move_that_discord_refuses_is_said_and_gone_on_with(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    await build(server, officer)
    async with world.bot.database.writing() as session:
        kinki = await session.scalar(select(Region.id).where(Region.name_ja == "近畿"))
        await session.execute(update(School).values(region_id=kinki))
    channel = await channel_of(world, 1)
    world.env.inject_error("PATCH", f"/channels/{channel.id}", status=403, code=50013, times=1)
    looked = await officer.slash(server.channel, "manage lc channels")
    await officer.click(shown(looked), label="移す")
    assert "できなかったもの（1件）" in page_text(shown(looked))
    assert f"・#{channel.name}" in page_text(shown(looked))
    await officer.click(shown(looked), label="もう一度試す")
    assert f"移したもの\n{channel.name}" in page_text(shown(looked))
    category = (await channel_of(world, 1)).category
    assert category is not None
    assert category.name == "近畿"


async def test_what_people_delete_comes_back_only_when_asked_for(world: World) -> None:
    server, officer = await begin(world, lcs=3)
    await build(server, officer)
    gone, thread_id = await channel_of(world, 2), await noted(world, "thread:lc:3")
    await delete_channel(world.env, gone.id)
    looked = await officer.slash(server.channel, "manage lc channels")
    assert f"削除されたもの\n{gone.name}" in text_of(looked)
    assert labels(shown(looked))[:2] == [CHECK, AGAIN]
    await officer.click(shown(looked), label=CHECK)
    assert gone.name not in server.guild.channels
    await delete_channel(world.env, thread_id)
    text = await build(server, officer, CHECK)
    assert "役員のスレッドが削除されているチャンネル" in text
    await build(server, officer, AGAIN)
    new = await channel_of(world, 2)
    assert new.id != gone.id
    assert new.category is not None
    assert [channel.id for channel in new.category.channels] == [
        (await channel_of(world, number)).id for number in (1, 2, 3)
    ]
    assert [thread.id for thread in (await channel_of(world, 3)).threads] == [await noted(world, "thread:lc:3")]
    assert await noted(world, "thread:lc:3") != thread_id
    again = await officer.slash(server.channel, "manage lc channels")
    assert AGAIN not in labels(shown(again))


async def test_an_lc_that_comes_later_takes_its_place_in_the_order(world: World) -> None:
    server, officer = await begin(world, lcs=0, in_kanto=9)
    for wave in ((2, 4, 7), (1, 3, 9), (5, 6)):
        await put(world, wave, LcState.LEAD)
        await build(server, officer)
    category = (await channel_of(world, 1)).category
    assert category is not None
    assert [channel.id for channel in category.text_channels] == [
        (await channel_of(world, number)).id for number in (1, 2, 3, 4, 5, 6, 7, 9)
    ]


async def test_an_lc_that_left_keeps_its_channel(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    await build(server, officer)
    await put(world, [2], LcState.LEFT)
    looked = await officer.slash(server.channel, "manage lc channels")
    assert "対象外のLC：チャンネルはそのまま残します" in text_of(looked)
    await officer.click(shown(looked), label=CHECK)
    assert await channel_of(world, 2)


async def test_limits_are_said_before_anything_is_made(world: World) -> None:
    server, officer = await begin(world, lcs=10)
    for number in range(243 - len(guild_of(world, server).roles)):
        server.guild.create_role(f"r{number}")
    await world.env.settle()
    looked = await officer.slash(server.channel, "manage lc channels")
    text = text_of(looked)
    assert "つくれないLC（3件）" in text
    assert "ロールは250個まで" in text
    assert "実行後：ロール 250／250" in text
    await officer.click(shown(looked), label=MAKE)
    assert "チャンネル 7個" in page_text(shown(looked))
    assert len(guild_of(world, server).roles) == 250


async def test_missing_permissions_are_named_and_nothing_is_changed(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    looked = await officer.slash(server.channel, "manage lc channels")
    has = guild_of(world, server).me.guild_permissions
    has.update(manage_threads=False, create_private_threads=False, administrator=False)
    await limit_bot(world.env, server.guild, has)
    before = len(world.env.http_requests)
    await officer.click(shown(looked), label=MAKE)
    text = page_text(shown(looked))
    assert "・スレッドの管理" in text
    assert "・プライベートスレッドの作成" in text
    assert MAKE not in labels(shown(looked))
    assert writes(world, before) == []


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize(
    ("method", "path", "nth", "refused", "made"),
    [
        ("POST", "/guilds/*/roles", 1, "@{2}", {"role": 3, "channel": 4, "thread": 4}),
        ("POST", "/guilds/*/channels", 0, "#{1}", {"role": 4, "channel": 3, "thread": 3}),
        ("POST", "/guilds/*/channels", 1, "#{1}", {"role": 4, "channel": 3, "thread": 3}),
        ("POST", "/channels/*/threads", 2, "🧵{3}", {"role": 4, "channel": 4, "thread": 3}),
        ("PUT", "/channels/*/thread-members/*", 0, "", {"role": 4, "channel": 4, "thread": 4}),
        ("PUT", "/guilds/*/members/*/roles/*", 0, "", {"role": 4, "channel": 4, "thread": 4}),
    ],
)
async def test_one_thing_that_discord_refuses_stops_nothing_else_and_the_next_press_makes_only_that(
    monkeypatch: pytest.MonkeyPatch, world: World, method: str, path: str, nth: int, refused: str,
    made: dict[str, int], status: int,
) -> None:  # fmt: skip
    """The category of a region is tried again for the region's next LC."""
    server, officer = await begin(world, lcs=4)
    leaders = {number: server.person(f"leader-{number}") for number in (2, 3)}
    for number, leader in leaders.items():
        await give(world, leader, LC_REPRESENTATIVE, number)
    await world.env.settle()  # they have the role of officers of LCs by now
    refuse_one(monkeypatch, method, path, nth=nth, status=status)
    looked = await officer.slash(server.channel, "manage lc channels")
    await officer.click(shown(looked), label=MAKE)
    said = page_text(shown(looked))
    if (method, status) != ("PUT", 404):  # there it means that somebody has gone, which is no trouble
        assert "まだそろっていません" in said
    for kind in ("role", "channel", "thread"):
        there = [await noted(world, f"{kind}:lc:{number}") for number in (1, 2, 3, 4)]
        assert sum(map(bool, there)) == made[kind], kind
    inside = {n: leader.id in people_in_thread(world.env, await noted(world, f"thread:lc:{n}")) for n, leader in
              leaders.items() if await noted(world, f"thread:lc:{n}")}  # fmt: skip
    assert any(inside.values()), "one leader's refusal keeps no other out"
    before = len(writes(world, 0))
    await officer.click(shown(looked), label="もう一度試す") if "まだそろっていません" in said else await build(
        server, officer, CHECK
    )
    assert "そろいました" in page_text(shown(looked))
    assert len(writes(world, 0)) - before <= 4, "the next press makes only what is missing"
    guild = guild_of(world, server)
    lcs = {number: (await channel_of(world, number)).name for number in (1, 2, 3, 4)}
    lc_names = set(lcs.values())
    assert len(lc_names) == 4
    assert sum(channel.name in lc_names for channel in guild.text_channels) == 4
    assert sum(role.name in lc_names for role in guild.roles) == 4
    assert all([(await channel_of(world, number)).category for number in lcs])
    if refused:
        assert f"・{refused.format('', *lcs.values())}" in said
    for number, leader in leaders.items():
        assert leader.id in people_in_thread(world.env, await noted(world, f"thread:lc:{number}"))
        assert leader.member is not None
        assert (await channel_of(world, number)).permissions_for(leader.member).view_channel


async def test_where_discord_is_down_a_run_ends_instead_of_trying_everything(world: World) -> None:
    server, officer = await begin(world, lcs=20)
    looked = await officer.slash(server.channel, "manage lc channels")
    world.env.inject_error("POST", "/guilds/*", status=503, times=None)
    before = len(writes(world, 0))
    await officer.click(shown(looked), label=MAKE)
    assert "Discordから応答がないため、途中でやめました" in page_text(shown(looked))
    assert len(writes(world, 0)) - before == IN_A_ROW


@pytest.mark.parametrize("key", ["role:lc:2", "channel:lc:2", "thread:lc:2"])
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_run_cut_off_right_after_making_something_goes_on_with_it(
    world: World, key: str, restarted: bool
) -> None:
    server, officer = await begin(world, lcs=3)
    await build(server, officer)
    made = await noted(world, key)
    async with world.bot.database.writing() as session:
        await session.execute(update(ServerPart).where(ServerPart.key == key).values(discord_id=PENDING))
    if restarted:
        await world.restart()
    assert "つくったもの" not in await build(server, officer, MAKE)
    assert await noted(world, key) == made


async def test_a_press_while_a_run_goes_on_is_refused_and_makes_nothing_twice(world: World) -> None:
    server, officer = await begin(world, lcs=5)
    looked = await officer.slash(server.channel, "manage lc channels")
    with alone(guild_of(world, server)):
        refused = await officer.click(shown(looked), label=MAKE)
    assert "すでに作成を進めています" in text_of(refused)
    assert len(guild_of(world, server).text_channels) == 5, "nothing was made"
    await officer.click(shown(looked), label=MAKE)
    again = await build(server, officer, CHECK)
    assert "新しくつくるものはありませんでした" in again


class GoingClock:
    """Half a second passes whenever somebody looks."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        self._now += timedelta(seconds=0.5)
        return self._now


async def test_progress_is_shown_by_editing_one_message_and_not_too_often(world: World) -> None:
    server, officer = await begin(world, lcs=21)
    looked = await officer.slash(server.channel, "manage lc channels")
    world.bot.clock = GoingClock(world.bot.clock.now())
    before = len(world.env.http_requests)
    await officer.click(shown(looked), label=MAKE)
    edits: list[Any] = [r.json for r in world.env.http_requests[before:] if r.path.endswith("@original")]
    told = [edit["embeds"][0].get("description", "").split("\n") for edit in edits]
    progress = [text[1] for text in told if len(text) > 1]
    assert progress == [f"LC {done}/21件" for done in (4, 8, 12, 16, 20)], "once in two seconds"


async def test_a_run_longer_than_an_answer_lives_is_reported_to_the_officers(world: World) -> None:
    server, officer = await begin(world, lcs=2)
    looked = await officer.slash(server.channel, "manage lc channels")
    world.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, times=None)
    await officer.click(shown(looked), label=MAKE)
    said = server.guild.channels["全国役員"].history()
    assert [message.embeds[0].title for message in said if message.embeds] == ["LCのチャンネルがそろいました"]


async def test_only_national_officers_even_with_somebody_elses_button(world: World) -> None:
    await world.until(date(2026, 3, 28))
    server, officer = await begin(world, lcs=1)
    looked = await officer.slash(server.channel, "manage lc channels")
    student = server.person("student")
    assert not [name for name in student.available_commands(server.channel) if name.startswith("manage")]
    for _ in range(4):
        await world.env.advance_time(86_400)
    before = len(world.env.http_requests)
    refused = await officer.click(shown(looked), label=MAKE)
    assert "任期は2026年3月31日(火)で終わっています" in text_of(refused)
    assert writes(world, before) == []


async def test_without_the_officers_role_setup_comes_first_and_without_lcs_their_state(world: World) -> None:
    server, officer = await begin(world, lcs=0)
    nothing = await officer.slash(server.channel, "manage lc channels")
    assert "/運営 lc 状態 で" in text_of(nothing)
    await put(world, [1], LcState.LEAD)
    members = await officer.slash(server.channel, "manage lc channels", which="members")
    assert "/運営 lc 状態 で" in text_of(members)
    role = await noted(world, "role:national_officers")
    world.env.backend.delete_role(server.guild.id, role)
    await world.env.settle()
    rights = server.guild.create_role("rights", permissions=discord.Permissions(view_guild_insights=True))
    world.env.backend.edit_member(server.guild.id, officer.id, {"role_ids": [rights.id]})
    await world.env.settle()
    without = await officer.slash(server.channel, "manage lc channels")
    assert "先に /初期設定 を" in text_of(without)
    world.locales[officer.id] = "en-US"
    without = await officer.slash(server.channel, "manage lc channels")
    assert "Please run /setup first." in text_of(without)


async def test_an_english_server_gets_english_names_whoever_presses(world: World) -> None:
    server = world.server("English")
    admin = server.admin(locale="en-US")
    await server.set_up(admin)
    await put(world, [1], LcState.FOUNDING)
    looked = await admin.slash(server.channel, "manage lc channels")
    assert "1 channel, 1 private thread, 1 role, 1 category" in text_of(looked)
    world.locales[admin.id] = "ja"
    await admin.click(shown(looked), label="Create them")
    assert "LCのチャンネルがそろいました" in page_text(shown(looked)), "the reader's language"
    channel = await channel_of(world, 1)
    assert (channel.name, channel.category and channel.category.name) == ("hokkaido-university", "Hokkaido")
    assert [thread.name for thread in channel.threads] == ["LC officers only"]
    again = await admin.slash(server.channel, "manage lc channels")
    assert "名前や場所が変えられたもの" not in text_of(again)
