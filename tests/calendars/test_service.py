from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import NotAllowed, NotFound
from bot.features import Services
from bot.features.calendars.models import CalendarAddress, ScopeKind
from bot.features.calendars.service import CalendarService, digest_of
from bot.features.calendars.values import Scope
from bot.features.committees.models import StandingCommittee
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.service import PeopleService
from tests.calendars.support import Dates
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import GUILD, NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, caller, found_organisation

OWN, NATION = Scope(ScopeKind.OWN), Scope(ScopeKind.ORGANISATION)


@pytest.fixture
def dates() -> Dates:
    return Dates()


@pytest.fixture
def calendars(services: Services, dates: Dates) -> CalendarService:
    service = services[CalendarService]
    service.source = dates
    return service


@pytest.fixture
async def committee(database: Database, lc: int) -> int:
    query = select(StandingCommittee.id).order_by(StandingCommittee.position).limit(1)
    async with database.reading() as connection:
        return int((await fetch(connection, query))[0].id)


async def test_each_has_their_own_their_lcs_all_committees_and_the_organisations(
    calendars: CalendarService, services: Services, lc: int, committee: int, representative: Actor
) -> None:
    found = [one.scope for one in await calendars.choices(representative)]
    assert found[:3] == [OWN, Scope(ScopeKind.LC, lc), Scope(ScopeKind.COMMITTEE, committee)]
    assert found[-1] == NATION
    assert len(found) == 9, "six committees"
    stranger = await actor(services, NEWCOMER)
    assert {one.scope.kind for one in await calendars.choices(stranger)} == {
        ScopeKind.COMMITTEE,
        ScopeKind.ORGANISATION,
    }


async def test_the_token_leads_to_it_and_only_its_digest_is_kept(
    calendars: CalendarService, database: Database, lc: int, representative: Actor
) -> None:
    token = await calendars.make(representative, Scope(ScopeKind.LC, lc))
    assert len(token) == 43
    async with database.reading() as connection:
        (row,) = await fetch(connection, select(*CalendarAddress.__table__.c))
    assert token not in str(tuple(row))
    assert (row.digest, row.scope, row.lc_id, row.committee_id) == (digest_of(token), "lc", lc, None)
    address = await calendars.behind(token)
    assert address is not None
    assert (address.name, address.feed.scope, address.feed.person_id) == (
        "東京大学", Scope(ScopeKind.LC, lc), representative.person_id,
    )  # fmt: skip
    assert await calendars.behind(token[:-1] + ("A" if token[-1] != "A" else "B")) is None


async def test_a_new_address_ends_the_old_one_of_the_same_calendar_alone(
    calendars: CalendarService, services: Services, lc: int, committee: int, representative: Actor
) -> None:
    scopes = [OWN, NATION, Scope(ScopeKind.LC, lc), Scope(ScopeKind.COMMITTEE, committee)]
    first = {scope: await calendars.make(representative, scope) for scope in scopes}
    other = await calendars.make(await actor(services, OTHER), OWN)
    beside = await calendars.make(representative, (await calendars.choices(representative))[3].scope)
    for scope in scopes:
        again = await calendars.make(representative, scope)
        assert await calendars.behind(first[scope]) is None
        found = await calendars.behind(again)
        assert found is not None
        assert found.feed.scope == scope
        assert (await calendars.choice(representative, scope)).made_at is not None
    assert await calendars.behind(other) is not None, "somebody else's"
    assert await calendars.behind(beside) is not None, "of another committee"


async def test_of_two_made_at_once_one_works(calendars: CalendarService, representative: Actor) -> None:
    tokens = await asyncio.gather(*(calendars.make(representative, OWN) for _ in range(4)))
    assert len([token for token in tokens if await calendars.behind(token) is not None]) == 1


async def test_revoked_it_is_gone_and_there_is_nothing_more_to_revoke(
    calendars: CalendarService, database: Database, representative: Actor
) -> None:
    token = await calendars.make(representative, OWN)
    await calendars.revoke(representative, OWN)
    assert await calendars.behind(token) is None
    assert (await calendars.choice(representative, OWN)).made_at is None
    with pytest.raises(NotFound):
        await calendars.revoke(representative, OWN)


async def test_an_lc_has_its_calendar_for_its_people_while_they_are_in_it(
    calendars: CalendarService, services: Services, clock: FakeClock, lc: int, representative: Actor
) -> None:
    here = Scope(ScopeKind.LC, lc)
    for user in (OTHER, OFFICER, NEWCOMER):
        for attempt in (calendars.make, calendars.contents, calendars.choice):
            with pytest.raises(NotAllowed):
                await attempt(await actor(services, user), here)
    token = await calendars.make(representative, here)
    clock.go(days=130)  # the day before the last of their term
    assert await calendars.behind(token) is not None
    clock.go(days=1)
    assert await calendars.behind(token) is None


async def test_somebody_who_has_not_joined_downloads_and_has_no_address(
    calendars: CalendarService, services: Services, lc: int
) -> None:
    stranger = await actor(services, NEWCOMER)
    assert (await calendars.contents(stranger, NATION)).name == "国際医学生連盟 日本"
    for scope in (OWN, NATION):
        with pytest.raises(NotFound):
            await calendars.make(stranger, scope)


async def test_nothing_of_another_organisation(
    calendars: CalendarService, services: Services, lc: int, committee: int
) -> None:
    await found_organisation(services, GUILD + 1, name_ja="別の団体", name_en="Another")
    foreign = await actor(services, OFFICER, GUILD + 1)
    with pytest.raises(NotFound):
        await calendars.make(foreign, Scope(ScopeKind.COMMITTEE, committee))
    token = await calendars.make(foreign, NATION)
    found = await calendars.behind(token)
    assert found is not None
    assert (found.name, found.moment.organisation_id) == ("別の団体", foreign.organisation.id)


async def test_the_version_changes_with_the_entries_the_language_and_the_day(
    calendars: CalendarService, services: Services, clock: FakeClock, dates: Dates, representative: Actor
) -> None:
    token = await calendars.make(representative, OWN)

    async def version() -> str:
        found = await calendars.behind(token)
        assert found is not None
        return found.version

    first = await version()
    assert await version() == first
    dates.found.clear()
    second = await version()
    await services[PeopleService].choose_language(caller(REPRESENTATIVE), "en")
    third = await version()
    clock.go(days=1)
    assert len({first, second, third, await version()}) == 4


async def test_only_the_day_of_the_last_look_is_kept(
    calendars: CalendarService, clock: FakeClock, representative: Actor
) -> None:
    token = await calendars.make(representative, OWN)
    for day in (date(2026, 11, 21), date(2026, 11, 22)):
        found = await calendars.behind(token)
        assert found is not None
        await calendars.note_fetched(found)
        assert (await calendars.choice(representative, OWN)).last_fetched_on == day
        clock.go(days=1)


async def test_addresses_go_with_their_makers_data(calendars: CalendarService, services: Services, lc: int) -> None:
    member = await join(services, NEWCOMER, "東京 花子")
    token = await calendars.make(member, NATION)
    assert "calendar_addresses" in str(await services[MyDataService].export(member))
    await services[MyDataService].delete(member)
    assert await calendars.behind(token) is None
