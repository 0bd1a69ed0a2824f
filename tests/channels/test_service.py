from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Conflict, NotAllowed, NotFound, UserError
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.channels.models import ServerCode
from bot.features.channels.rules import Choice
from bot.features.channels.servers import LcServerService
from bot.features.channels.service import ChannelService, places
from bot.features.discord_roles.service import DiscordRoleService
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.arrivals import ArrivalService
from bot.features.organisations.models import Server
from bot.features.organisations.parts import PENDING
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.setups.service import SetupService
from tests.support.clocks import FakeClock
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, actor, appoint_to, caller, found_organisation

LC_GUILD = GUILD + 50


async def put(services: Services, lc_id: int, state: LcState) -> None:
    """Enter the state of an LC."""
    officer = await actor(services, OFFICER)
    if state is LcState.LEFT:
        await services[LocalCommitteeService].change_state(officer, lc_id, LcState.MEMBER, date(2026, 5, 1), "1")
    decision = "2" if state in (LcState.MEMBER, LcState.LEFT) else None
    await services[LocalCommitteeService].change_state(officer, lc_id, state, date(2026, 6, 1), decision)


async def code_for(services: Services, lc_id: int) -> str:
    code, _ = await services[LcServerService].new_code(await actor(services, OFFICER), lc_id)
    return code


async def link(services: Services, code: str, guild: int = LC_GUILD, channel: int | None = None) -> None:
    await services[LcServerService].link(caller(ADMIN, guild, manages=True), code, channel)


async def test_chosen_are_those_in_contact_or_only_the_members(services: Services) -> None:
    await found_organisation(services)
    await put(services, 3, LcState.LEAD)
    await put(services, 5, LcState.MEMBER)
    await put(services, 7, LcState.LEFT)
    officer = await actor(services, OFFICER)

    async def chosen(choice: Choice) -> list[int]:
        roster = await services[ChannelService].roster(officer, choice)
        assert len(roster.lcs) == 82
        return [lc.lc_id for lc in roster.lcs if lc.is_chosen]

    assert await chosen(Choice.IN_CONTACT) == [3, 5]
    assert await chosen(Choice.MEMBERS) == [5]


async def test_only_national_officers_in_office_and_only_in_the_organisations_server(
    services: Services, clock: FakeClock
) -> None:
    await found_organisation(services)
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3)
    channels, servers = services[ChannelService], services[LcServerService]
    leader = await actor(services, STUDENT)
    for refused in (
        channels.roster(leader, Choice.IN_CONTACT),
        channels.note_part(leader, "channel:lc:3", 5),
        servers.new_code(leader, 3),
        servers.own(await actor(services, STUDENT + 1), 3),
        servers.unlink(await actor(services, STUDENT + 1), 3),
    ):
        with pytest.raises(NotAllowed):
            await refused
    await link(services, await code_for(services, 3))
    there = await actor(services, OFFICER, LC_GUILD)
    for wrong_place in (channels.roster(there, Choice.IN_CONTACT), channels.note_part(there, "channel:lc:3", 5)):
        with pytest.raises(Conflict, match="LC's own server"):
            await wrong_place
    clock.go(days=200)
    with pytest.raises(NotAllowed, match="ended"):
        await channels.roster(await actor(services, OFFICER), Choice.IN_CONTACT)


async def test_a_code_works_once_and_for_two_weeks(services: Services, clock: FakeClock, database: Database) -> None:
    await found_organisation(services)
    code = await code_for(services, 3)
    async with database.reading() as connection:
        kept = (await connection.execute(select(ServerCode.digest, ServerCode.lc_id))).one()
    assert code not in kept.digest
    assert kept.lc_id == 3
    with pytest.raises(NotFound, match="isn't valid"):
        await link(services, "ZZZZZ-ZZZZZ")
    with pytest.raises(NotAllowed):
        await services[LcServerService].link(caller(ADMIN, LC_GUILD), code, None)
    with pytest.raises(Conflict, match="already linked"):
        await link(services, code, GUILD)
    clock.go(days=14, seconds=1)
    with pytest.raises(Conflict, match="has expired"):
        await link(services, code)
    code = await code_for(services, 3)
    clock.go(days=13)
    await link(services, f" {code.lower()} ")
    with pytest.raises(Conflict, match="already been used"):
        await link(services, code, LC_GUILD + 1)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(Server)) == 2


async def test_a_new_code_ends_the_one_before(services: Services) -> None:
    await found_organisation(services)
    old, new = await code_for(services, 3), await code_for(services, 3)
    with pytest.raises(NotFound):
        await link(services, old)
    await link(services, new)


async def test_an_lc_has_one_server_even_if_two_try_at_the_same_time(services: Services) -> None:
    await found_organisation(services)
    code = await code_for(services, 3)
    results = await asyncio.gather(
        *(link(services, code, LC_GUILD + number) for number in range(4)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if result is not None), results
    with pytest.raises(Conflict, match="already has a linked server"):
        await code_for(services, 3)


async def test_an_lc_that_has_left_gets_no_server(services: Services) -> None:
    await found_organisation(services)
    code = await code_for(services, 3)
    await put(services, 3, LcState.LEFT)
    with pytest.raises(Conflict, match="has left"):
        await link(services, code)
    with pytest.raises(Conflict, match="has left"):
        await code_for(services, 3)
    with pytest.raises(NotFound):
        await code_for(services, 4711)


async def test_either_side_unlinks_and_it_stands_in_the_lcs_history(services: Services, database: Database) -> None:
    await found_organisation(services)
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3)
    setups, servers = services[SetupService], services[LcServerService]
    for user in (STUDENT, OFFICER):
        await link(services, await code_for(services, 3))
        manager = caller(ADMIN, LC_GUILD, manages=True)
        linked = await setups.linked(manager)
        assert linked is not None
        assert linked.own is not None
        assert (linked.own.lc_id, linked.own.announcements) == (3, None)
        await setups.note_part(manager, linked.server_id, "channel:home", 5)
        await servers.choose_announcements(manager, 77)
        await servers.unlink(await actor(services, user), 3)
        assert await setups.linked(manager) is None
        with pytest.raises(NotFound):
            await servers.unlink(await actor(services, user), 3)
        with pytest.raises(NotFound):
            await servers.choose_announcements(manager, 78)
    async with database.reading() as connection:
        query = select(AuditEntry.action).where(
            AuditEntry.subject_kind == "local_committee", AuditEntry.subject_id == 3, AuditEntry.action != "post.add"
        )
        actions = list(await connection.scalars(query.order_by(AuditEntry.id)))
    assert actions == ["lc.server_code", "lc.server_link", "lc.server_edit", "lc.server_unlink"] * 2


async def test_whoever_sends_to_lcs_learns_where_and_what_is_out_of_reach(services: Services, clock: FakeClock) -> None:
    linked = await found_organisation(services)
    channels, servers = services[ChannelService], services[LcServerService]
    officer = await actor(services, OFFICER)
    for key, made in (("channel:lc:3", 31), ("thread:lc:3", 32), ("role:lc:3", 33), ("channel:lc:4", PENDING)):
        await channels.note_part(officer, key, made)
    await link(services, await code_for(services, 3))
    await link(services, await code_for(services, 5), LC_GUILD + 1, 55)
    manager = caller(ADMIN, LC_GUILD, manages=True)
    own = await services[SetupService].linked(manager)
    assert own is not None
    await services[SetupService].note_part(manager, own.server_id, "channel:announcements", 35)

    found = {lc: await channels.places(officer, lc) for lc in (3, 4, 5, 6)}
    assert [(spot.guild_id, spot.channel_id, spot.officers_thread_id) for spot in found[3].spots] == [(GUILD, 31, 32)]
    assert [(spot.channel_id, spot.officers_thread_id) for spot in found[4].spots] == [(None, None)]
    assert [(lc, one.own and one.own.announcements_channel_id) for lc, one in found.items()] == [
        (3, 35),
        (4, None),
        (5, 55),
        (6, None),
    ]
    async with channels.database.reading() as connection:
        assert (await places(connection, linked.organisation_id + 1, [3]))[3].spots == ()

    await servers.note_gone(LC_GUILD)
    first = clock.last
    clock.go(hours=1)
    await servers.compare([GUILD])
    found = {lc: await channels.places(officer, lc) for lc in (3, 5)}
    assert found[3].own is not None
    assert found[5].own is not None
    assert (found[3].own.absent_since, found[5].own.absent_since) == (first, clock.last), "the first moment stays"
    assert found[3].spots[0].absent_since is None
    await servers.note_here(LC_GUILD)
    await servers.compare([GUILD, LC_GUILD + 1])
    found = {lc: await channels.places(officer, lc) for lc in (3, 5)}
    assert found[3].own is not None
    assert found[5].own is not None
    assert found[3].own.absent_since == clock.last, "here for a moment, and gone when next looked"
    assert found[5].own.absent_since is None


@pytest.mark.parametrize("times", [1, 3])
async def test_what_fails_leaves_nothing_behind(services: Services, database: Database, times: int) -> None:
    await found_organisation(services)
    code = await code_for(services, 3)
    for _ in range(times):
        with pytest.raises(UserError):
            await link(services, code, GUILD)
    async with database.reading() as connection:
        assert await connection.scalar(select(ServerCode.used_at)) is None
        assert await connection.scalar(select(func.count()).select_from(Server)) == 1


async def test_a_server_is_unlinked_whoever_has_joined_it_and_whatever_is_amiss_there(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)
    setups, servers = services[SetupService], services[LcServerService]
    for _ in range(2):  # and linked again, it begins anew
        await link(services, await code_for(services, 3))
        linked = await setups.linked(caller(ADMIN, LC_GUILD, manages=True))
        assert linked is not None
        await setups.note_part(caller(ADMIN, LC_GUILD, manages=True), linked.server_id, "channel:home", 5)
        assert await services[ArrivalService].arrived(LC_GUILD, [(STUDENT, clock.now() + timedelta(minutes=1))]) == 1
        await services[DiscordRoleService].note_trouble(linked.server_id, {77})
        await servers.unlink(await actor(services, OFFICER), 3)
        assert LC_GUILD not in await services[ArrivalService].seen_until()
        assert await services[DiscordRoleService].trouble(linked.server_id) is None
