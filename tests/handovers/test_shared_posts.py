"""Several people hold one post: each hands over on their own."""

from __future__ import annotations

from datetime import date

import pytest

from bot.db import Database
from bot.errors import Conflict
from bot.features import Services
from bot.features.handovers.asking import DirectWordService, HandoverWatch
from bot.features.handovers.checklists import TickService
from bot.features.handovers.service import HandoverService
from bot.features.people.models import Level
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from tests.support.clocks import FakeClock
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to

APRIL, MARCH, LAST = date(2027, 4, 1), date(2028, 3, 31), date(2027, 3, 31)
FIRST, SECOND, THIRD, FOURTH = NEWCOMER + 1, NEWCOMER + 2, NEWCOMER + 3, NEWCOMER + 4


async def hand_over(services: Services, holder: int, to: int, post: str) -> int:
    """The holder names somebody, who says yes; the term's id."""
    handovers = services[HandoverService]
    term = await term_of(services, holder, post)
    await handovers.name(await actor(services, holder), term, to, f"user {to % 10}")
    newcomer = await actor(services, to)
    (asked,) = await handovers.asked(newcomer)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    return term


async def term_of(services: Services, user: int, post: str) -> int:
    mine = await services[HandoverService].mine(await actor(services, user))
    return next(one.term_id for one in mine if one.post_key == post)


async def ending(services: Services, lc_id: int | None, post: str) -> set[int | None]:
    """Who is asked for a successor."""
    found = await services[HandoverWatch].ending_on(1, lc_id, LAST, (await actor(services, OFFICER)).today)
    return {one.discord_user_id for one in found if one.post_key == post}


@pytest.mark.parametrize("post", ["national_officer", "neo", "leo"])
async def test_one_successor_closes_nothing_for_the_others(
    services: Services, lc: int, clock: FakeClock, database: Database, post: str
) -> None:
    place = lc if post == "leo" else None
    holders = {FIRST, SECOND} | ({OFFICER} if post == "national_officer" else set())
    for user in (FIRST, SECOND):
        await appoint_to(services, user, post, place)
    assert await ending(services, place, post) == holders
    first = await hand_over(services, FIRST, THIRD, post)
    assert await ending(services, place, post) == holders - {FIRST}
    clock.go(days=100)  # 1 March 2027
    today = (await actor(services, OFFICER)).today
    level = Level.LC if place else Level.NATION
    counted = (await services[HandoverWatch].without_successor(1, today)).get(level, 0)
    others = 2 if place else (0 if post == "national_officer" else 1)  # the representatives; the officer who appoints
    assert counted == len(holders) - 1 + others
    direct = services[DirectWordService]
    assert await direct.ending(1, first, LAST, today) is None
    second = await term_of(services, SECOND, post)
    assert await direct.ending(1, second, LAST, today) is not None

    assert await hand_over(services, SECOND, FOURTH, post) == second
    assert await ending(services, place, post) == holders - {FIRST, SECOND}
    for follower, term, other in ((THIRD, first, second), (FOURTH, second, first)):
        taken = [one.term_id for one in (await services[TickService].around(await actor(services, follower)))[1]]
        assert taken == [term], (term, other)
    with pytest.raises(Conflict, match="successor"):
        await services[HandoverService].name(await actor(services, FIRST), first, OTHER, "だれか")


async def test_after_the_end_each_of_them_may_still_name_somebody(
    services: Services, lc: int, clock: FakeClock
) -> None:
    for user in (FIRST, SECOND):
        await appoint_to(services, user, "leo", lc)
    await hand_over(services, FIRST, THIRD, "leo")
    clock.go(days=140)  # 10 April 2027
    assert await services[HandoverService].mine(await actor(services, FIRST)) == []
    assert [
        one for one in await services[HandoverWatch].vacant(1, date(2027, 4, 10), lc) if one.post_key == "leo"
    ] == []
    await hand_over(services, SECOND, FOURTH, "leo")
    assert await services[HandoverService].mine(await actor(services, SECOND)) == []


async def test_ending_one_term_ends_nothing_for_the_others(services: Services, lc: int) -> None:
    posts, officer = services[PostService], await actor(services, OFFICER)
    for user in (FIRST, SECOND):
        await appoint_to(services, user, "leo", lc)
    await posts.end(officer, await term_of(services, FIRST, "leo"), officer.today)
    assert await ending(services, lc, "leo") == {SECOND}
    # Two are appointed for later without having been named by anybody: one for each who is left is enough.
    await posts.add(officer, THIRD, "三", "leo", lc, APRIL, MARCH)
    assert await ending(services, lc, "leo") == set()


async def test_each_former_holder_confirms_a_claim_until_there_is_one_for_each(
    services: Services, lc: int, clock: FakeClock
) -> None:
    claims = services[ClaimService]
    await appoint_to(services, FIRST, "leo", lc)
    await appoint_to(services, SECOND, "leo", lc, date(2026, 5, 1))
    clock.go(days=140)
    for user, confirmed_by in ((THIRD, FIRST), (FOURTH, SECOND)):
        await claims.claim(await actor(services, user), "leo", lc, APRIL, MARCH)
        former = await actor(services, confirmed_by)
        (waiting,) = await claims.open_claims(former)
        assert (await claims.decide(former, waiting.claim_id, confirm=True)) is not None
    await claims.claim(await actor(services, OTHER), "leo", lc, APRIL, MARCH)
    for user in (FIRST, SECOND):
        assert await claims.open_claims(await actor(services, user)) == []
    assert len(await claims.open_claims(await actor(services, THIRD))) == 1, "who holds the post now confirms"
    assert await claims.open_claims(await actor(services, REPRESENTATIVE)) == [], "their own term is over, too"
