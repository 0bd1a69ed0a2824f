"""1 April while ``kill -9`` hits the process again and again: everybody is asked once, and the work of the day changes
nobody's membership.

``TSUNAGU_TEST_KILLS=500`` has it hit more often, ``TSUNAGU_TEST_SEED`` repeats a run's choices.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.db import Base, Database, fetch
from bot.deliveries.models import Delivery, DeliveryState
from bot.features import Services
from bot.features.members.models import Contact, Kind, Profile
from bot.features.memberships.models import Membership, MembershipKind, Renewal
from bot.features.memberships.queries import standings
from bot.features.memberships.renewals import APRIL_JOB, ASKING, RenewalService
from bot.features.memberships.rules import first_of_april
from bot.features.people.models import Person
from tests.support.databases import opened
from tests.support.people import actor, found_organisation
from tests.support.waiting import until_it_is
from tests.wire.discord import Fault, WireDiscord, guild, wire_discord
from tests.wire.outbound import home, sending
from tests.wire.sending import MovedClock

KILLS = max(6, int(os.environ.get("TSUNAGU_TEST_KILLS", "30")) // 5)
SEED = int(os.environ.get("TSUNAGU_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
GUILD = 920_000_000_000_000_000
YEAR, ZONE = 2027, "Asia/Tokyo"
NINE = first_of_april(YEAR, ZONE)
#: People asked in one transaction; a few hundred people then are many.
BATCH = 20
INDIVIDUAL, STAFF, ALUMNI, FREE = (
    MembershipKind.INDIVIDUAL, MembershipKind.STAFF, MembershipKind.ALUMNI, MembershipKind.FREE_LIST,
)  # fmt: skip
#: How many of each there are: what they are, and how they want to be reached.
GROUPS = (
    (200, (INDIVIDUAL,), Contact.DIRECT),
    (60, (INDIVIDUAL,), Contact.CHANNEL),
    (40, (INDIVIDUAL, STAFF), Contact.DIRECT),
    (60, (), Contact.DIRECT),
    (40, (ALUMNI,), Contact.DIRECT),
)


def group_of(user: int) -> tuple[tuple[MembershipKind, ...], Contact]:
    number = user - GUILD
    for count, kinds, contact in GROUPS:
        if number < count:
            return kinds, contact
        number -= count
    raise AssertionError(user)


EVERYBODY = [GUILD + number for number in range(sum(count for count, _, _ in GROUPS))]
ASKED = [user for user in EVERYBODY if ALUMNI not in group_of(user)[0]]
WRITTEN_TO = [user for user in ASKED if group_of(user)[1] is Contact.DIRECT]


async def fill(database: Database) -> None:
    """A year before: everybody has joined, and the kinds that have a year end with March."""
    last_year = datetime(YEAR - 1, 5, 1, tzinfo=UTC)
    await found_organisation(
        Services(database, SystemClock()), guild=GUILD, starts_on=date(YEAR - 1, 4, 1), ends_on=date(YEAR + 1, 3, 31)
    )
    async with database.writing() as session:
        people = [
            Person(organisation_id=1, discord_user_id=user, display_name=f"会員{user - GUILD}", created_at=last_year)
            for user in EVERYBODY
        ]
        session.add_all(people)
        await session.flush()
        for user, person in zip(EVERYBODY, people, strict=True):
            kinds, contact = group_of(user)
            graduated = ALUMNI in kinds
            session.add(
                Profile(
                    organisation_id=1, person_id=person.id, purpose_version="1", consented_at=last_year,
                    joined_at=last_year, reading="", kind=(Kind.GRADUATE if graduated else Kind.STUDENT).value,
                    year_of_study=None if graduated else 3, interests_answered=True, contact=contact.value,
                )
            )  # fmt: skip
            for kind in kinds:
                session.add(
                    Membership(
                        organisation_id=1, person_id=person.id, kind=kind.value, starts_on=last_year.date(),
                        ends_on=None if kind is ALUMNI else date(YEAR, 3, 31), created_at=last_year,
                    )
                )  # fmt: skip


async def table(database: Database, what: type[Base]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(what.__table__).order_by(what.__table__.c.id)))


async def counted(database: Database, query: Any) -> int:
    async with database.reading() as connection:
        return await connection.scalar(query) or 0


async def _none(database: Database, query: Any) -> bool:
    return await counted(database, query) == 0


_RENEWALS = select(func.count()).select_from(Renewal)
_OPEN = select(func.count()).where(
    Delivery.kind.in_([ASKING, APRIL_JOB]),
    Delivery.due_at <= NINE + timedelta(hours=1),
    Delivery.state.in_([DeliveryState.PENDING, DeliveryState.CLAIMED]),
)


async def the_moment(database: Database, discord: WireDiscord, chance: random.Random, kills_left: int) -> None:
    """Wait for some more people to be asked, or for some more messages, with a little on top."""
    share = chance.uniform(0, 2 / (kills_left + 1))
    asked, said = await counted(database, _RENEWALS), discord.messages.count
    more_asked, more_said = asked + share * (len(ASKED) - asked), said + share * (len(WRITTEN_TO) - said)

    async def look() -> bool:
        if not await counted(database, _OPEN):
            return True  # who has answered meanwhile isn't written to: perhaps there is no more
        enough = await counted(database, _RENEWALS) >= more_asked
        return enough and (asked < len(ASKED) or discord.messages.count >= more_said)

    await until_it_is(look, lambda: f"{asked} asked, {said} written to, and {share:.0%} more never came")
    await asyncio.sleep(chance.expovariate(1 / 0.02))


async def some_answer(database: Database, clock: MovedClock, chance: random.Random, answers: dict[int, bool]) -> None:
    """While the process is away, some of those who were asked say whether they stay."""
    services, service = Services(database, clock), RenewalService(database, clock)
    async with database.reading() as connection:
        asked = await fetch(
            connection,
            select(Person.discord_user_id)
            .join(Renewal, Renewal.person_id == Person.id)
            .where(Renewal.answer.is_(None)),
        )
    for row in chance.sample(list(asked), min(3, len(asked))):
        stays = answers[row.discord_user_id] = chance.random() < 0.5
        await service.answer(await actor(services, row.discord_user_id, GUILD), stay=stays, year_of_study=4)


async def test_everybody_is_asked_once_whenever_it_is_killed(database_url: str, tmp_path: Path) -> None:
    print(f"\nTSUNAGU_TEST_SEED={SEED}, {KILLS} kills, {database_url.partition(':')[0]}")
    chance = random.Random(SEED)
    ahead = (NINE - SystemClock().now()).total_seconds() - 1
    clock = MovedClock(ahead)
    answers: dict[int, bool] = {}
    in_the_middle = 0
    settings = home(database_url)
    async with opened(database_url) as database, wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        await fill(database)
        # Planned as every start plans it, while 1 April is still to come.
        await RenewalService(database, MovedClock(ahead - 3600)).plan_all()
        before = await table(database, Membership)
        discord.faults.weather = lambda method, path: (
            Fault(delay=chance.uniform(0, 0.05), after=chance.random() < 0.5)
            if method == "POST" and path.endswith("/messages")
            else None
        )
        for number in range(KILLS):
            async with sending(discord, settings, tmp_path / "log", clock=ahead, april_batch=BATCH) as process:
                await the_moment(database, discord, chance, KILLS - number)
                await process.kill()
            in_the_middle += 0 < await counted(database, _RENEWALS) < len(ASKED)
            await some_answer(database, clock, chance, answers)
        async with sending(discord, settings, tmp_path / "log", clock=ahead, april_batch=BATCH) as process:
            await process.until_logged("ready")
            await until_it_is(lambda: _none(database, _OPEN))
            assert await process.end() == 0
        print(f"{in_the_middle} kills while people were being asked, {len(answers)} answers between them")
        assert "Traceback" not in (tmp_path / "log").read_text()
        assert in_the_middle > 0
        await _was_asked_once(database, discord, answers)
        assert await table(database, Membership) == before, "nothing renews, and nothing ends, by the work of the day"
        await _stands_right(database, answers)


async def _was_asked_once(database: Database, discord: WireDiscord, answers: dict[int, bool]) -> None:
    async with database.reading() as connection:
        users = {
            row.id: row.discord_user_id for row in await fetch(connection, select(Person.id, Person.discord_user_id))
        }
    assert Counter(users[row.person_id] for row in await table(database, Renewal)) == Counter(ASKED)
    places = {discord.messages.direct(user): user for user in EVERYBODY}
    got = Counter({places[place]: len(said) for place, said in discord.messages.channels.items() if said})
    # Who answered before the message went out isn't written to any more.
    assert set(got.values()) == {1}
    assert set(WRITTEN_TO) - answers.keys() <= got.keys() <= set(WRITTEN_TO)
    rows = [row for row in await table(database, Delivery) if row.kind == ASKING]
    waiting = Counter(row.recipient_id for row in rows if row.state == DeliveryState.PENDING)
    assert waiting == Counter({user: 2 for user in WRITTEN_TO if user not in answers}), "the two reminders"
    planned = Counter(row.key.split(":")[3] for row in await table(database, Delivery) if row.kind == APRIL_JOB)
    assert planned == {str(YEAR): len(ASKED) // BATCH + 1, str(YEAR + 1): 1}


async def _stands_right(database: Database, answers: dict[int, bool]) -> None:
    """In the days of grace, and after them: nobody has paid for the new year."""
    async with database.reading() as connection:
        people = {
            row.discord_user_id: row.id
            for row in await fetch(connection, select(Person.id, Person.discord_user_id))
            if row.discord_user_id in EVERYBODY
        }
        on_2 = await standings(connection, 1, people.values(), date(YEAR, 4, 2), with_posts=False)
        later = await standings(connection, 1, people.values(), date(YEAR, 12, 1), with_posts=False)
    for user, person_id in people.items():
        kinds, _ = group_of(user)
        highest = STAFF if STAFF in kinds else kinds[0] if kinds else FREE
        leaves = answers.get(user) is False
        assert on_2[person_id].kind is (FREE if leaves else highest), (user, answers.get(user))
        assert later[person_id].kind is (ALUMNI if highest is ALUMNI else FREE)
