"""Two hundred people press at once over fifty places."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from bot.db import Database
from bot.errors import Conflict
from bot.features import Services
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.signups.models import PartyState
from bot.features.signups.queries import counts, people_of
from bot.features.signups.service import SignUpService
from bot.features.signups.values import Placed
from tests.signups.support import all_sent, opened, people, states
from tests.support.clocks import FakeClock

CROWD, PLACES = 200, 50


async def test_fifty_get_a_place_and_the_line_is_honest(
    services: Services, database: Database, representative: Actor
) -> None:
    signups = services[SignUpService]
    signup_id = await opened(services, representative, limit=PLACES)
    crowd = await people(services, database, CROWD)
    placed = await asyncio.gather(*(signups.apply(one, signup_id, may_message=True) for one in crowd))
    assert Counter(one.state for one in placed) == {PartyState.ACCEPTED: PLACES, PartyState.WAITING: CROWD - PLACES}
    assert sorted(one.position or 0 for one in placed if one.state is PartyState.WAITING) == list(range(1, 151))
    assert all(one.position == one.length for one in placed), "each came last when they came"
    async with database.reading() as connection:
        (found,) = (await counts(connection, [signup_id])).values()
        assert (found.accepted, found.waiting, found.free) == (PLACES, CROWD - PLACES, 0)
        line = [one for one in await people_of(connection, signup_id) if one.state is PartyState.WAITING]
    told = {one.person_id: each.position for one, each in zip(crowd, placed, strict=True)}
    assert [told[one.person_id] for one in line] == [one.position for one in line] == list(range(1, 151))


async def test_a_second_press_changes_nothing_and_the_next_are_asked_in_order(
    services: Services, database: Database, representative: Actor
) -> None:
    signups = services[SignUpService]
    signup_id = await opened(services, representative, limit=5)
    crowd = await people(services, database, 20)
    twice = [one for one in crowd for _ in range(2)]
    found = await asyncio.gather(
        *(signups.apply(one, signup_id, may_message=True) for one in twice), return_exceptions=True
    )
    assert Counter(type(one) for one in found) == {Placed: 20, Conflict: 20}
    parties = dict.fromkeys(PartyState, 0) | Counter(await states(database, signup_id))
    assert (parties["accepted"], parties["waiting"]) == (5, 15)
    async with database.reading() as connection:
        everybody = await people_of(connection, signup_id)
    mine = {one.person_id: one for one in crowd}
    accepted = [mine[one.person_id] for one in everybody if one.state is PartyState.ACCEPTED]
    await asyncio.gather(*(signups.withdraw(one, signup_id) for one in accepted))
    await all_sent(database)
    async with database.reading() as connection:
        now = await people_of(connection, signup_id)
    in_line = [one.person_id for one in everybody if one.state is PartyState.WAITING]
    assert [one.person_id for one in now if one.state is PartyState.OFFERED] == in_line[:5]
    async with database.reading() as connection:
        (after,) = (await counts(connection, [signup_id])).values()
    assert (after.offered, after.waiting, after.free) == (5, 10, 0)


async def test_of_all_who_accept_at_the_last_call_as_many_win_as_there_are_places(
    services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signups = services[SignUpService]
    signup_id = await opened(services, representative, limit=3, begins_at=clock.last + timedelta(days=2))
    crowd = await people(services, database, 15)
    for one in crowd:
        await signups.apply(one, signup_id, may_message=True)
    clock.go(hours=44)
    for one in crowd[:2]:
        await signups.withdraw(one, signup_id)
    found = await asyncio.gather(*(signups.accept(one, signup_id) for one in crowd[3:]), return_exceptions=True)
    assert Counter(type(one) for one in found) == {Placed: 2, Conflict: 10}
    parties = Counter(await states(database, signup_id))
    assert parties == {"accepted": 3, "waiting": 10, "withdrawn": 2}, "the others stay in the line"


async def test_nobody_waits_for_nobody_and_each_has_one_of_the_ranked(
    services: Services, database: Database, representative: Actor
) -> None:
    """Both of a group are asked for at once, in both orders, while some leave and some are forgotten."""
    signups, forgetting = services[SignUpService], services[MyDataService]
    first, second = [
        await opened(services, representative, number, limit=5 * number, rank_group="trips") for number in (1, 2)
    ]
    crowd = await people(services, database, 12)

    async def try_both(number: int, one: Actor) -> None:
        for at, signup_id in enumerate((first, second) if number % 2 else (second, first)):
            with suppress(Conflict):
                await signups.apply(one, signup_id, rank=1 + (at + number) % 2, may_message=True)
        if number % 4 == 0:
            await forgetting.delete(one)
        elif number % 4 == 1:
            with suppress(Conflict):
                await signups.withdraw(one, first)

    await asyncio.gather(*(try_both(number, one) for number, one in enumerate(crowd)))
    async with database.reading() as connection:
        both = [await people_of(connection, one, [PartyState.ACCEPTED]) for one in (first, second)]
        for found in (await counts(connection, [first, second])).values():
            assert found.accepted + found.offered <= (found.limit or 0)
    holders = [one.person_id for found in both for one in found]
    assert len(set(holders)) == len(holders), "a better one releases a worse one"
    assert not {one.person_id for one in crowd[::4]} & set(holders), "the forgotten hold nothing"
