from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update

from bot.db import Database
from bot.deliveries.models import Delivery
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.discord_roles.records import Trouble
from bot.features.discord_roles.service import TROUBLE_KIND, DiscordRoleService
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE
from bot.features.setups.service import SetupService
from tests.support.clocks import FakeClock
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, actor, appoint_to, caller, found_organisation


@pytest.fixture
def roles(services: Services) -> DiscordRoleService:
    return services[DiscordRoleService]


async def note_parts(database: Database, **parts: int) -> None:
    async with database.writing() as session:
        for key, noted in parts.items():
            at = datetime(2026, 1, 1, tzinfo=UTC)
            session.add(ServerPart(server_id=1, key=key.replace("_", ":"), discord_id=noted, made_at=at))


async def test_people_have_roles_by_the_terms_of_today(
    services: Services, roles: DiscordRoleService, clock: FakeClock, database: Database
) -> None:
    await found_organisation(services)
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3, ends_on=date(2026, 12, 31))
    await appoint_to(services, STUDENT, LC_MEMBER, 3)
    await appoint_to(services, STUDENT + 1, LC_MEMBER, 3)
    await appoint_to(services, STUDENT + 2, LC_REPRESENTATIVE, 3, starts_on=date(2027, 1, 1))
    await note_parts(database, role_lc_3=31, thread_lc_3=32, role_lc_4=PENDING)
    (server,) = await roles.plan(1)
    assert server.roles == {"role:lc:3": 31}, "what is about to be made is not there yet"
    assert server.threads == {3: 32}
    assert server.known == {OFFICER, STUDENT, STUDENT + 1, STUDENT + 2}
    assert "role:national_officers" in server.wanted[OFFICER]
    assert {"role:lc:3", "role:post:lc_representative"} <= server.wanted[STUDENT]
    assert server.wanted[STUDENT + 2] == frozenset()
    assert server.officers == {3: {STUDENT}}
    clock.go(days=60)
    (server,) = await roles.plan(1)
    assert "role:post:lc_representative" not in server.wanted[STUDENT]
    assert "role:lc:3" in server.wanted[STUDENT], "a member still, an officer no longer"
    assert (server.officers, server.former_officers) == ({3: {STUDENT + 2}}, {3: {STUDENT}})
    (server,) = await roles.plan(1, [STUDENT + 1])
    assert server.wanted.keys() == {STUDENT + 1}


async def test_every_server_of_the_organisation_but_no_lcs_own_and_none_that_was_left(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await services[SetupService].link(caller(OFFICER, GUILD + 1, manages=True), 1)
    assert [server.guild_id for server in await roles.plan(1)] == [GUILD, GUILD + 1]
    assert await roles.organisations(GUILD + 1) == [1]
    assert await roles.organisations(GUILD + 2) == []
    async with database.writing() as session:
        await session.execute(update(Server).where(Server.discord_guild_id == GUILD).values(lc_id=3))
    assert [server.guild_id for server in await roles.plan(1)] == [GUILD + 1]
    async with database.writing() as session:
        await session.execute(update(Server).values(absent_since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert await roles.plan(1) == []


async def test_a_trouble_is_told_once_while_it_lasts_and_again_when_it_comes_back(
    services: Services, roles: DiscordRoleService, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)

    async def told() -> int:
        async with database.reading() as connection:
            query = select(func.count()).select_from(Delivery).where(Delivery.kind == TROUBLE_KIND)
            return await connection.scalar(query) or 0

    for refused, so_far in (({5}, 1), ({5}, 1), ({5, 6}, 2), ({6}, 2), ({5, 6}, 3), (set(), 3), ({5}, 4)):
        clock.go(hours=1)
        await roles.note_trouble(1, refused)
        assert await told() == so_far, refused
    assert await roles.trouble(1) == Trouble(GUILD, (5,), ())
    await roles.note_trouble(1, set())
    assert await roles.trouble(1) is None


async def test_a_thread_that_is_closed_is_told_by_its_channel(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await note_parts(database, thread_lc_3=32, channel_lc_3=31, thread_lc_4=42, role_lc_3=33)
    await roles.note_trouble(1, {32, 33, 42})
    assert await roles.trouble(1) == Trouble(GUILD, (33,), (31,)), "of the other LC, no channel is known"


async def test_the_next_day_begins_where_the_people_are(
    services: Services, roles: DiscordRoleService, database: Database, clock: FakeClock
) -> None:
    tokyo = datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert await roles.next_midnight() == tokyo, "with no organisation yet, as its clocks would show"
    await found_organisation(services)
    assert await roles.next_midnight() == tokyo
    async with database.writing() as session:
        await session.execute(update(Organisation).values(time_zone="Asia/Kathmandu"))
    clock.go(hours=6)
    assert await roles.next_midnight() == datetime(2026, 11, 21, 18, 15, tzinfo=UTC)


async def test_only_national_officers_see_what_could_be_made(services: Services, roles: DiscordRoleService) -> None:
    await found_organisation(services)
    found = await roles.catalogue(await actor(services, OFFICER))
    assert (len(found.committees), len(found.regions), len(found.posts)) == (6, 8, 18)
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3)
    for user in (STUDENT, ADMIN):
        with pytest.raises(NotAllowed):
            await roles.catalogue(await actor(services, user))
