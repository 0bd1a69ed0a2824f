"""Nobody decides about themselves, unless they have the right and nobody else is there."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from bot.db import Database
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.confirming import ConfirmingService
from bot.features.members.models import LcAnswer
from bot.features.people.models import Person, Term
from bot.features.people.terms import LC_REPRESENTATIVE, NATIONAL_OFFICER
from bot.features.posts.claims import ClaimService
from bot.features.record_keeping.models import RosterEntry
from bot.features.record_keeping.service import RosterService
from bot.features.sheets.service import SheetService
from bot.features.sheets.values import Preview
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to

FIRST, LAST = date(2026, 11, 1), date(2027, 3, 31)


async def leave_office(database: Database, *users: int) -> None:
    async with database.writing() as session:
        whose = select(Person.id).where(Person.discord_user_id.in_(users))
        await session.execute(delete(Term).where(Term.person_id.in_(whose)))


async def noted(database: Database, action: str) -> list[list[str]]:
    async with database.writing() as session:
        return list(await session.scalars(select(AuditEntry.fields).where(AuditEntry.action == action)))


async def test_a_post_of_ones_own(services: Services, database: Database, lc: int) -> None:
    """OFFICER is in the nation, REPRESENTATIVE in the LC, OTHER in another one."""
    claims = services[ClaimService]
    await claims.claim(await actor(services, REPRESENTATIVE), "leo", lc, FIRST, LAST)
    (waiting,) = await claims.open_claims(await actor(services, OFFICER))
    for users in ((), (OTHER,)):
        await leave_office(database, *users)
        representative = await actor(services, REPRESENTATIVE)
        assert await claims.open_claims(representative) == []
        with pytest.raises(NotAllowed, match="your own"):
            await claims.decide(representative, waiting.claim_id, confirm=True)
    await leave_office(database, OFFICER)
    (own,) = await claims.open_claims(representative)
    assert (own.claim_id, own.total) == (waiting.claim_id, 1)
    await claims.decide(representative, own.claim_id, confirm=True)
    assert {one.post_key for one in (await actor(services, REPRESENTATIVE)).current} == {LC_REPRESENTATIVE, "leo"}
    assert await noted(database, "post.confirm") == [["claim", "nobody_else"]]


@pytest.mark.usefixtures("lc")
@pytest.mark.parametrize("has_account", [True, False])
async def test_of_an_lc_without_officers_the_only_national_officer_is_asked(
    services: Services, database: Database, has_account: bool
) -> None:
    await leave_office(database, REPRESENTATIVE)
    await appoint_to(services, NEWCOMER, NATIONAL_OFFICER)
    officer, confirming = await join(services, OFFICER, "役員 一号", lc=LcAnswer.IN), services[ConfirmingService]
    assert await confirming.waiting(officer) == ([], 0)
    (waiting,), _ = await confirming.waiting(await actor(services, NEWCOMER))
    with pytest.raises(NotAllowed, match=r"your own|yourself"):
        await confirming.decide(officer, [waiting.claim_id], confirm=True)
    if has_account:
        await leave_office(database, NEWCOMER)
    else:  # in office by name alone, they can't decide anything here
        async with database.writing() as session:
            gone = update(Person).where(Person.discord_user_id == NEWCOMER).values(discord_user_id=None)
            await session.execute(gone)
    (own,), count = await confirming.waiting(officer)
    assert (own.claim_id, count) == (waiting.claim_id, 1)
    await confirming.decide(officer, [own.claim_id], confirm=True)
    assert await noted(database, "member.confirm") == [["member", "nobody_else"]]


async def test_who_left_office_does_not_confirm_that_they_follow_themselves(
    services: Services, database: Database, lc: int
) -> None:
    """Whoever held a post last may confirm who follows; with nobody in office that gives them no right of their own."""
    async with database.writing() as session:
        whose = select(Person.id).where(Person.discord_user_id == REPRESENTATIVE)
        await session.execute(update(Term).where(Term.person_id.in_(whose)).values(ends_on=date(2026, 11, 20)))
    claims, former = services[ClaimService], await actor(services, REPRESENTATIVE)
    await claims.claim(former, LC_REPRESENTATIVE, lc, date(2026, 11, 21), LAST)
    (waiting,) = await claims.open_claims(await actor(services, OFFICER))
    await leave_office(database, OFFICER)
    assert await claims.open_claims(former) == []
    with pytest.raises(NotAllowed):
        await claims.decide(former, waiting.claim_id, confirm=True)


@pytest.mark.usefixtures("lc")
async def test_a_record_on_a_sheet_of_ones_own(services: Services, database: Database) -> None:
    officer, rosters = await join(services, OFFICER, "山田 花", "やまだ はな"), services[RosterService]
    sheet = "氏名,ふりがな,大学,同意\n山田 花,やまだ はな,東京大学,はい\n".encode()
    looked = await services[SheetService].begin(officer, "people", "meibo.csv", sheet)
    assert isinstance(looked, Preview)
    await services[SheetService].carry_out(officer, looked.upload_id)
    await rosters.request(officer)
    (request,) = await rosters.requests(officer)
    await appoint_to(services, NEWCOMER, NATIONAL_OFFICER)
    with pytest.raises(NotAllowed, match=r"your own|yourself"):
        await rosters.confirm(officer, request.request_id, request.likely[0].entry_id)
    await leave_office(database, NEWCOMER)
    await rosters.confirm(officer, request.request_id, request.likely[0].entry_id)
    async with database.reading() as connection:
        assert await connection.scalar(select(RosterEntry.claimed_by)) == officer.person_id
    assert await noted(database, "roster.claim") == [["nobody_else", "record"]]
