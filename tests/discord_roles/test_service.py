from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.db import Database
from bot.deliveries.models import Delivery
from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.discord_roles.rules import Trouble
from bot.features.discord_roles.service import TROUBLE_KIND, DiscordRoleService, RoleCatalogueService
from bot.features.members.models import Contact, Visibility
from bot.features.members.mydata import MyDataService
from bot.features.members.service import ChoiceService, MemberService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import StaffService
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.people.terms import CHANGED, FORGOTTEN, LC_MEMBER, LC_REPRESENTATIVE
from bot.features.setups.service import SetupService
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, actor, appoint_to, caller, found_organisation
from tests.support.statements import statements_of


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


async def test_every_server_of_the_organisation_and_of_lcs_that_chose_roles_but_none_that_was_left(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await services[SetupService].link(caller(OFFICER, GUILD + 1, manages=True), 1)
    assert [server.guild_id for server in await roles.plan(1)] == [GUILD, GUILD + 1]
    assert await roles.organisations(GUILD + 1) == [1]
    assert await roles.organisations(GUILD + 2) == []
    async with database.writing() as session:
        await session.execute(update(Server).where(Server.discord_guild_id == GUILD).values(lc_id=3))
    assert [server.guild_id for server in await roles.plan(1)] == [GUILD + 1], "nobody of the LC has chosen any"
    assert await roles.organisations(GUILD) == [1]
    await note_parts(database, role_lc_3=31)
    assert [server.guild_id for server in await roles.plan(1)] == [GUILD, GUILD + 1]
    async with database.writing() as session:
        await session.execute(update(Server).values(absent_since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert await roles.plan(1) == []


async def test_an_lcs_own_server_knows_only_those_of_the_lc(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await services[SetupService].link(caller(OFFICER, GUILD + 1, manages=True), 1)
    async with database.writing() as session:
        await session.execute(update(Server).where(Server.discord_guild_id == GUILD).values(lc_id=3))
    await note_parts(database, role_lc_3=31, role_kind_staff=32, role_interest_scoph=33)
    former, elsewhere = STUDENT + 1, STUDENT + 2
    await appoint_to(services, STUDENT, "leo", 3)
    await appoint_to(services, former, LC_MEMBER, 3, ends_on=date(2026, 11, 1))
    await appoint_to(services, elsewhere, LC_REPRESENTATIVE, 4)
    own, _national = await roles.plan(1)
    assert own.known == {STUDENT, former}, "who was there once loses what the bot made; of others nothing is known"
    assert own.wanted == {
        STUDENT: {"role:lc:3", "role:lc_officers", "role:post:leo", "role:committee:scope"},
        former: frozenset(),
    }
    (own, _national) = await roles.plan(1, [elsewhere])
    assert (own.known, own.wanted) == (frozenset(), {})


async def wanted_by(roles: DiscordRoleService, user: int, prefix: str) -> set[str]:
    (everybody,) = await roles.plan(1)
    (alone,) = await roles.plan(1, [user])
    assert alone.wanted[user] == everybody.wanted[user], "of one the same as of all"
    return {key.removeprefix(prefix) for key in alone.wanted[user] if key.startswith(prefix)}


async def test_kinds_of_membership_become_roles_with_their_days_of_grace(
    services: Services, roles: DiscordRoleService, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services, ends_on=date(2028, 3, 31))
    await note_parts(database, role_kind_individual=41)
    officer = await actor(services, OFFICER)
    assert await wanted_by(roles, OFFICER, "role:kind:") == {"officer"}, "who hasn't joined is of no other kind"
    member = await join(services, STUDENT, "山田 花")
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"free_list"}
    await services[MembershipService].become_member(member)
    fees = services[FeeService]
    owed = [line.fee_id for line in (await fees.fees(officer)).lines]
    await fees.settle(officer, owed)
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"individual"}
    staff = services[StaffService]
    await services[MembershipService].become_candidate(await actor(services, STUDENT))
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"individual", "staff_candidate"}
    assert member.person_id is not None
    await staff.tick(officer, member.person_id, [step.step_id for step in await staff.steps(officer)])
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"individual", "staff"}
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3, ends_on=date(2027, 3, 31))
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"individual", "staff", "officer"}
    clock.go(days=(date(2027, 5, 30) - date(2026, 11, 21)).days)
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"individual", "staff"}, "the last day of grace"
    clock.go(days=1)
    assert await wanted_by(roles, STUDENT, "role:kind:") == {"free_list"}
    graduate = await join(services, STUDENT + 1, "卒田 春", year=None)
    assert await wanted_by(roles, graduate.caller.discord_user_id, "role:kind:") == {"alumni"}


async def test_what_no_role_shows_is_not_looked_up(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await join(services, STUDENT, "山田 花")
    assert await wanted_by(roles, STUDENT, "role:") == set()
    with statements_of(database) as seen:
        await roles.plan(1)
    assert len(seen) == 3
    await note_parts(database, role_kind_individual=41, role_interest_scoph=42)
    with statements_of(database) as seen:
        await roles.plan(1)
    assert len(seen) == 9, "however many people there are"


async def test_only_who_wants_to_be_mentioned_has_roles_of_interests(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    await note_parts(database, role_interest_scoph=42)
    members = services[MemberService]
    for number, contact in enumerate(Contact):
        user = STUDENT + number
        person = await join(services, user, f"例 {number}号", contact=contact)
        committees = await services[ChoiceService].committees(person)
        chosen = [one.id for one in committees if one.abbreviation in ("SCOPH", "SCORA")]
        await members.choose_interests(person, chosen)
        expected = {"scoph", "scora"} if contact is Contact.CHANNEL else set()
        assert await wanted_by(roles, user, "role:interest:") == expected, contact


async def test_changes_say_so_at_once_and_a_deletion_that_all_goes(services: Services, database: Database) -> None:
    await found_organisation(services)
    officer = await actor(services, OFFICER)
    said: list[Any] = []
    database.on_commit.append(lambda info: said.append((info.get(CHANGED), info.get(FORGOTTEN))))

    def heard() -> list[Any]:
        found = [one for one in said if one != (None, None)]
        said.clear()
        return found

    member = await join(services, STUDENT, "山田 花")
    assert heard() == [({1: {STUDENT}}, None)], "once, with the last answer"
    await services[MemberService].set_name(member, "山田 花子", "")
    await services[MemberService].choose_visibility(member, Visibility.LC)
    assert heard() == [], "no role follows from it"
    await services[MemberService].choose_contact(member, Contact.CHANNEL)
    await services[MemberService].choose_interests(member, [])
    await services[MemberService].choose_year(member, 3)
    assert heard() == [({1: {STUDENT}}, None)] * 3
    await services[MembershipService].become_member(member)
    assert heard() == [], "only who has paid is a member"
    fees = services[FeeService]
    owed = [line.fee_id for line in (await fees.fees(officer)).lines]
    await fees.settle(officer, owed)
    await fees.take_back(officer, owed)
    assert heard() == [({1: {STUDENT}}, None)] * 2
    settings = await services[MembershipService].settings(officer)
    await services[MembershipService].change_settings(officer, replace(settings, fee=2000))
    assert heard() == []
    await services[MembershipService].change_settings(officer, replace(settings, grace_days=30))
    assert heard() == [({1: {None}}, None)], "that may be about everybody"
    await services[MyDataService].delete(await actor(services, STUDENT))
    assert heard() == [(None, {1: {STUDENT}})]


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
    async with database.reading() as connection:
        keys = list(await connection.scalars(select(Delivery.key).where(Delivery.kind == TROUBLE_KIND)))
    assert keys == [f"{TROUBLE_KIND}:{row}:{generation}:nation" for row, generation in ((1, 1), (1, 2), (1, 3), (2, 1))]
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


async def test_only_national_officers_see_what_could_be_made(services: Services) -> None:
    await found_organisation(services)
    catalogues = services[RoleCatalogueService]
    found = await catalogues.catalogue(await actor(services, OFFICER))
    assert {group.value: len(names) for group, names in found.groups.items()} == {
        "committee": 6, "interest": 6, "kind": 6, "region": 8, "post": 18
    }  # fmt: skip
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3)
    for user in (STUDENT, ADMIN):
        with pytest.raises(NotAllowed):
            await catalogues.catalogue(await actor(services, user))
        with pytest.raises(NotAllowed):
            await catalogues.note_role(await actor(services, user), "role:kind:staff", PENDING)


async def test_an_lcs_officers_choose_in_its_own_server_what_concerns_it(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 3, ends_on=date(2026, 12, 31))
    await appoint_to(services, STUDENT + 1, LC_REPRESENTATIVE, 4)
    await appoint_to(services, STUDENT + 2, LC_MEMBER, 3)
    async with database.writing() as session:
        session.add(
            Server(organisation_id=1, discord_guild_id=GUILD + 1, lc_id=3, linked_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
    catalogues = services[RoleCatalogueService]
    mine = await actor(services, STUDENT, GUILD + 1)
    found = await catalogues.catalogue(mine)
    assert {group.value: len(names) for group, names in found.groups.items()} == {
        "lc": 2, "committee": 6, "interest": 6, "kind": 3, "post": 8
    }  # fmt: skip
    for user in (STUDENT + 1, STUDENT + 2, ADMIN):
        with pytest.raises(NotAllowed):
            await catalogues.catalogue(await actor(services, user, GUILD + 1))
        with pytest.raises(NotAllowed):
            await catalogues.note_role(await actor(services, user, GUILD + 1), "role:lc:3", PENDING)
    for key in ("role:lc:4", "role:national_officers", "role:kind:free_list", "role:post:president", "channel:home"):
        with pytest.raises(Invalid):
            await catalogues.note_role(mine, key, PENDING)
    await catalogues.note_role(mine, "role:lc:3", 77)
    assert (await catalogues.catalogue(mine)).parts == {"role:lc:3": 77}
    with pytest.raises(NotFound):
        await catalogues.catalogue(await actor(services, OFFICER, GUILD + 2))
    clock.go(days=60)
    with pytest.raises(NotAllowed, match="ended"):
        await catalogues.note_role(await actor(services, STUDENT, GUILD + 1), "role:lc_officers", PENDING)


async def test_trouble_in_an_lcs_own_server_is_told_to_its_officers(
    services: Services, roles: DiscordRoleService, database: Database
) -> None:
    await found_organisation(services)
    async with database.writing() as session:
        session.add(
            Server(organisation_id=1, discord_guild_id=GUILD + 1, lc_id=3, linked_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
    await roles.note_trouble(2, {5})
    await note_parts(database, thread_lc_3=32)
    await roles.note_trouble(2, {5, 6})
    async with database.reading() as connection:
        told = await connection.execute(
            select(Delivery.recipient_kind, Delivery.recipient_id)
            .where(Delivery.kind == TROUBLE_KIND)
            .order_by(Delivery.id)
        )
        assert [tuple(row) for row in told] == [("officers", 1), ("thread", 32)], "their thread, where there is one"
