"""Officers see who is silent, so that they can ask those to whom the bot may not write."""

from __future__ import annotations

from datetime import date

import pytest

from bot.db import Database
from bot.errors import Conflict, NotAllowed
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.models import Contact
from bot.features.memberships.renewals import RenewalService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from bot.features.record_keeping.models import Keeping
from bot.features.record_keeping.retention import RetentionService, SilentService, keeping_question
from tests.record_keeping.test_retention import rows, to
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, appoint_to, found_organisation

DIRECT, CHANNEL, NOT, NO_PROFILE = (STUDENT + 70 + number for number in range(4))


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services, ends_on=date(2036, 3, 31))
    return await actor(services, OFFICER)


@pytest.fixture
async def asked(services: Services, officer: Actor, clock: FakeClock) -> Actor:
    """The officer, on the day on which four people have been asked; one of them gets a direct message."""
    await join(services, DIRECT, "直田 通", contact=Contact.DIRECT)
    await join(services, CHANNEL, "静田 家", "しずた いえ", contact=Contact.CHANNEL)
    await join(services, NOT, "黙田 静", contact=Contact.NOT)
    await appoint_to(services, NO_PROFILE, LC_MEMBER, 5, date(2026, 4, 1), date(2026, 12, 31))
    to(clock, date(2028, 4, 1))
    assert await services[RetentionService].run() == (4, 0)
    return await actor(services, OFFICER)


async def test_officers_see_whom_the_bot_does_not_write_to(services: Services, asked: Actor) -> None:
    service = services[SilentService]
    page = await service.listed(asked)
    assert [(line.name, line.is_written_to) for line in page.lines] == [
        ("静田 家", False),
        ("黙田 静", False),
        (f"user {NO_PROFILE % 10}", False),
        ("直田 通", True),
    ]
    first = page.lines[0]
    assert (first.reading, first.school_ja, first.until) == ("しずた いえ", "東京大学", date(2028, 5, 31))
    assert (page.total, page.pages) == (4, 1)
    assert await service.count(asked.organisation.id) == (4, 3)
    assert [line.name for line in (await service.listed(asked, page=5)).lines] == [one.name for one in page.lines]


async def test_who_says_to_an_officer_that_they_stay_is_kept(
    services: Services, asked: Actor, database: Database, clock: FakeClock
) -> None:
    service = services[SilentService]
    people = {line.name: line.person_id for line in (await service.listed(asked)).lines}
    wanted = [people["静田 家"], people["黙田 静"]]
    assert await service.keep(asked, wanted) == 2
    with pytest.raises(Conflict):
        await service.keep(asked, wanted)
    assert await service.count(asked.organisation.id) == (2, 1)
    to(clock, date(2028, 6, 1))
    assert await services[RetentionService].run() == (0, 2)
    assert {row.person_id for row in await rows(database, Keeping) if row.answered_at} == set(wanted)
    noted = [row for row in await rows(database, AuditEntry) if row.action == "person.keep"]
    assert [(row.actor_discord_id, row.subject_id) for row in noted] == [(OFFICER, one) for one in wanted]


async def test_who_has_given_a_sign_of_life_is_off_the_list_the_next_morning(
    services: Services, asked: Actor, clock: FakeClock
) -> None:
    await services[RenewalService].ask(asked.organisation.id, 2028, 0)
    await services[RenewalService].answer(await actor(services, CHANNEL), stay=True, year_of_study=4)
    to(clock, date(2028, 4, 2))
    assert await services[RetentionService].run() == (0, 0)
    page = await services[SilentService].listed(await actor(services, OFFICER))
    assert "静田 家" not in [line.name for line in page.lines]
    assert await services[SilentService].count(asked.organisation.id) == (3, 2)
    assert not await facts_of(services, await actor(services, CHANNEL), keeping_question)


async def test_only_national_officers_and_only_their_own_people(services: Services, asked: Actor) -> None:
    service = services[SilentService]
    (first, *_) = (await service.listed(asked)).lines
    member = await actor(services, DIRECT)
    for forbidden in (service.listed(member), service.keep(member, [first.person_id])):
        with pytest.raises(NotAllowed):
            await forbidden
    guild = asked.caller.guild_id + 9  # type: ignore[operator]
    await found_organisation(services, guild=guild, officer=STUDENT, ends_on=date(2036, 3, 31))
    other = await actor(services, STUDENT, guild)
    assert (await service.listed(other)).total == 0
    with pytest.raises(Conflict):
        await service.keep(other, [first.person_id])
    assert await service.count(other.organisation.id) == (0, 0)
