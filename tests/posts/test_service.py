from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.actors import Actor
from bot.features.people.models import Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.claims import ClaimService
from bot.features.posts.models import Claim, ClaimCode
from bot.features.posts.service import PostService
from bot.features.posts.values import Appointed
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, found_organisation

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)


@pytest.fixture
def posts(services: Services) -> PostService:
    return services[PostService]


@pytest.fixture
def claims(services: Services) -> ClaimService:
    return services[ClaimService]


async def terms(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(Term)) or 0)


async def test_officers_appoint_for_their_lc_and_the_nation_for_all(
    posts: PostService, services: Services, representative: Actor, lc: int
) -> None:
    await posts.add(representative, NEWCOMER, "新人", "leo", lc, FIRST, LAST)
    assert (await actor(services, NEWCOMER)).officer_of == [lc]
    officer = await actor(services, OFFICER)
    await posts.add(officer, NEWCOMER + 1, "もう一人", "leo", lc, FIRST, LAST)
    await posts.add(officer, NEWCOMER + 2, "次の代表", "president", None, FIRST, LAST)
    listed = await posts.terms(representative)
    assert [(one.name, one.post_en.split()[0]) for one in listed] == [
        ("user 3", "LC"), ("新人", "LEO"), ("もう一人", "LEO"),
    ]  # fmt: skip
    assert len(await posts.terms(officer)) == 6
    with pytest.raises(NotAllowed):
        await posts.terms(await actor(services, OTHER), lc)


@pytest.mark.parametrize(
    ("user", "post", "at_lc", "starts_on", "ends_on", "error"),
    [
        (OTHER, "leo", True, FIRST, LAST, NotAllowed),
        (NEWCOMER, "leo", True, FIRST, LAST, NotAllowed),
        (REPRESENTATIVE, "president", False, FIRST, LAST, NotAllowed),
        (REPRESENTATIVE, "leo", True, LAST, FIRST, Invalid),
        (REPRESENTATIVE, "leo", True, FIRST, date(2036, 3, 31), Invalid),
        (REPRESENTATIVE, "leo", False, FIRST, LAST, Invalid),
        (OFFICER, "president", True, FIRST, LAST, Invalid),
        (OFFICER, "emperor", False, FIRST, LAST, NotFound),
        (OFFICER, LC_REPRESENTATIVE, True, FIRST, LAST, Conflict),
        (OFFICER, LC_REPRESENTATIVE, True, LAST, date(2028, 3, 31), Conflict),
    ],
)
async def test_what_cannot_be_appointed_changes_nothing(
    posts: PostService, services: Services, database: Database, lc: int, user: int, post: str, at_lc: bool,
    starts_on: date, ends_on: date, error: type[Exception],
) -> None:  # fmt: skip
    before = await terms(database)
    with pytest.raises(error):
        await posts.add(await actor(services, user), NEWCOMER, "新人", post, lc if at_lc else None, starts_on, ends_on)
    assert await terms(database) == before


async def test_a_successor_follows_without_overlap(
    posts: PostService, services: Services, representative: Actor, lc: int, clock: FakeClock
) -> None:
    await posts.add(representative, NEWCOMER, "後任", LC_REPRESENTATIVE, lc, date(2027, 4, 1), date(2028, 3, 31))
    clock.go(days=131)
    assert (await actor(services, NEWCOMER)).officer_of == [lc]
    assert (await actor(services, REPRESENTATIVE)).officer_of == []


async def test_of_two_appointed_at_once_to_a_single_post_one_is(
    posts: PostService, services: Services, lc: int
) -> None:
    officer = await actor(services, OFFICER)
    results = await asyncio.gather(
        *(posts.add(officer, NEWCOMER + n, f"候補{n}", "president", None, FIRST, LAST) for n in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Appointed) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3


async def test_a_term_ends_on_a_day_within_it_and_rights_end_with_it(
    posts: PostService, services: Services, representative: Actor, lc: int, clock: FakeClock
) -> None:
    await posts.add(representative, NEWCOMER, "新人", "leo", lc, FIRST, LAST)
    term = next(one for one in await posts.terms(representative) if one.name == "新人")
    for day in (date(2026, 3, 31), date(2027, 4, 1)):
        with pytest.raises(Invalid):
            await posts.end(representative, term.term_id, day)
    with pytest.raises(NotAllowed):
        await posts.end(await actor(services, OTHER), term.term_id, date(2026, 11, 21))
    await posts.end(representative, term.term_id, date(2026, 11, 21))
    assert (await actor(services, NEWCOMER)).officer_of == [lc]
    clock.go(days=1)
    assert (await actor(services, NEWCOMER)).officer_of == []
    await found_organisation(services, guild=GUILD + 1)
    with pytest.raises(NotFound):
        await posts.end(await actor(services, OFFICER, GUILD + 1), term.term_id, date(2026, 11, 21))


async def test_a_claim_counts_once_somebody_who_knows_confirms_it(
    claims: ClaimService, services: Services, representative: Actor, lc: int
) -> None:
    newcomer = await actor(services, NEWCOMER)
    await claims.claim(newcomer, "leo", lc, FIRST, LAST)
    assert (await actor(services, NEWCOMER)).officer_of == []
    with pytest.raises(Conflict):
        await claims.claim(newcomer, "leo", lc, FIRST, LAST)
    assert await claims.open_claims(newcomer) == []
    assert await claims.open_claims(await actor(services, OTHER)) == []
    (waiting,) = await claims.open_claims(representative)
    for user, error in ((NEWCOMER, NotAllowed), (OTHER, NotAllowed)):
        with pytest.raises(error):
            await claims.decide(await actor(services, user), waiting.claim_id, confirm=True)
    results = await asyncio.gather(
        *(claims.decide(representative, waiting.claim_id, confirm=True) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(result, Appointed) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 2
    assert (await actor(services, NEWCOMER)).officer_of == [lc]


async def test_the_predecessor_confirms_whoever_follows_and_nothing_else(
    claims: ClaimService,
    services: Services,
    representative: Actor,
    lc: int,
    clock: FakeClock,
    database: Database,
) -> None:
    """The representative's term ends on the last day; nobody else is left in the LC."""
    other = await actor(services, OTHER)
    (last,) = {one.ends_on for one in representative.current}
    clock.go(days=(last - representative.today).days + 1)
    after = (last + timedelta(days=1), last + timedelta(days=300))
    for user, post in ((NEWCOMER, LC_REPRESENTATIVE), (NEWCOMER + 1, LC_REPRESENTATIVE), (NEWCOMER + 2, "leo")):
        await claims.claim(await actor(services, user), post, lc, *after)
    predecessor = await actor(services, REPRESENTATIVE)
    assert predecessor.officer_of == []
    first, second = await claims.open_claims(predecessor)
    clock.go(days=60)
    assert await claims.open_claims(await actor(services, REPRESENTATIVE)) == []
    with pytest.raises(NotAllowed):
        await claims.decide(await actor(services, REPRESENTATIVE), first.claim_id, confirm=True)
    assert await claims.open_claims(other) == []
    clock.go(days=-60)
    async with database.reading() as connection:
        leo = await connection.scalar(select(Claim.id).where(Claim.discord_user_id == NEWCOMER + 2))
    with pytest.raises(NotAllowed):
        await claims.decide(predecessor, leo or 0, confirm=True)
    await claims.decide(predecessor, first.claim_id, confirm=True)
    assert (await actor(services, NEWCOMER)).officer_of == [lc]
    assert await claims.open_claims(predecessor) == []
    with pytest.raises(NotAllowed):
        await claims.decide(predecessor, second.claim_id, confirm=False)


async def test_nobody_confirms_their_own_claim_and_a_declined_one_gives_nothing(
    claims: ClaimService, services: Services, representative: Actor, lc: int
) -> None:
    await claims.claim(representative, "leo", lc, FIRST, LAST)
    officer = await actor(services, OFFICER)
    (waiting,) = await claims.open_claims(officer)
    with pytest.raises(NotAllowed):
        await claims.decide(representative, waiting.claim_id, confirm=True)
    await claims.decide(officer, waiting.claim_id, confirm=False)
    assert await claims.open_claims(officer) == []
    assert [one.post_key for one in (await actor(services, REPRESENTATIVE)).current] == [LC_REPRESENTATIVE]


@pytest.mark.parametrize("post", ["president", "lc_member", "emperor"])
async def test_only_an_lcs_officers_post_can_be_claimed(
    claims: ClaimService, services: Services, lc: int, post: str
) -> None:
    with pytest.raises((Invalid, NotFound)):
        await claims.claim(await actor(services, NEWCOMER), post, lc, FIRST, LAST)


async def test_a_code_takes_up_a_post_once(
    claims: ClaimService, services: Services, representative: Actor, lc: int, database: Database
) -> None:
    code = await claims.new_code(representative, "lpo", lc, FIRST, LAST)
    async with database.reading() as connection:
        kept = await connection.scalar(select(ClaimCode.digest))
    assert code not in str(kept)
    with pytest.raises(NotFound):
        await claims.use_code(await actor(services, NEWCOMER), "AAAAA-AAAAA")
    people = [await actor(services, NEWCOMER + n) for n in range(3)]
    results = await asyncio.gather(
        *(claims.use_code(one, code.lower().replace("-", " ")) for one in people), return_exceptions=True
    )
    assert sum(isinstance(result, Conflict) for result in results) == 2
    (term,) = [result for result in results if not isinstance(result, BaseException)]
    assert (term.lc_ja, term.ends_on) == ("東京大学", LAST)


async def test_a_code_of_elsewhere_of_the_past_or_for_a_taken_post_gives_nothing(
    claims: ClaimService, services: Services, representative: Actor, lc: int, clock: FakeClock
) -> None:
    with pytest.raises(NotAllowed):
        await claims.new_code(await actor(services, OTHER), "lpo", lc, FIRST, LAST)
    code = await claims.new_code(representative, "lpo", lc, FIRST, LAST)
    await found_organisation(services, guild=GUILD + 1)
    with pytest.raises(NotFound):
        await claims.use_code(await actor(services, NEWCOMER, GUILD + 1), code)
    taken = await claims.new_code(representative, LC_REPRESENTATIVE, lc, FIRST, LAST)
    with pytest.raises(Conflict):
        await claims.use_code(await actor(services, NEWCOMER), taken)
    clock.go(days=131)
    with pytest.raises(Conflict):
        await claims.use_code(await actor(services, NEWCOMER), code)
    assert (await actor(services, NEWCOMER)).holdings == ()


async def test_a_school_without_an_lc_is_founding_one_once_it_has_a_representative(
    posts: PostService, services: Services, claims: ClaimService, lc: int, database: Database
) -> None:
    officer, lcs = await actor(services, OFFICER), services[LocalCommitteeService]
    elsewhere = [(await lcs.show(officer, name)).lc_id for name in ("北海道大学", "東北大学", "新潟大学")]
    first, second, third = elsewhere

    async def state(lc_id: int) -> tuple[LcState, date | None]:
        card = await lcs.show(officer, f"#{lc_id}")
        return card.state, card.state_since

    assert not (await posts.add(officer, NEWCOMER, "新人", "leo", first, FIRST, LAST)).is_founding
    over = await posts.add(officer, NEWCOMER, "新人", LC_REPRESENTATIVE, first, date(2025, 4, 1), date(2026, 3, 31))
    assert not over.is_founding, "what was once says nothing of today"
    assert await state(first) == (LcState.NO_CONTACT, None)
    assert (await posts.add(officer, NEWCOMER, "新人", LC_REPRESENTATIVE, first, FIRST, LAST)).is_founding
    assert await state(first) == (LcState.FOUNDING, date(2026, 11, 21))
    await lcs.change_state(officer, second, LcState.MEMBER, date(2026, 10, 4), "第1号議案")
    assert not (await posts.add(officer, NEWCOMER, "新人", LC_REPRESENTATIVE, second, FIRST, LAST)).is_founding
    assert await state(second) == (LcState.MEMBER, date(2026, 10, 4))
    code = await claims.new_code(officer, LC_REPRESENTATIVE, third, FIRST, LAST)
    assert (await state(third))[0] is LcState.NO_CONTACT, "a code alone is nobody"
    await claims.use_code(await actor(services, NEWCOMER), code)
    assert (await state(third))[0] is LcState.FOUNDING
    async with database.reading() as connection:
        noted = (await connection.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "lc.state"))).all()
    assert sorted(noted) == sorted([first, second, third])


async def test_each_reader_is_told_how_many_claims_wait_and_not_how_many_are_shown(services: Services, lc: int) -> None:
    claims, officer = services[ClaimService], await actor(services, OFFICER)
    for number in range(27):
        newcomer = await actor(services, NEWCOMER + 100 + number)
        await claims.claim(newcomer, "leo", lc, date(2026, 4, 1), date(2027, 3, 31))
    found = await claims.open_claims(officer)
    assert (len(found), {one.total for one in found}) == (25, {27})
    assert await claims.count_open(officer.organisation.id) == 27, "as the morning brief says"
    assert len(await claims.open_claims(officer, 1)) == 2
    past = await claims.open_claims(officer, 999)
    assert (len(past), past.page, past.pages) == (2, 1, 2), "a page past the end is the last one"
