from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, func, insert, select, update

from bot.db import Database
from bot.errors import NotAllowed, NotFound
from bot.features import Service, Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LocalCommittee
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Grant, Person, PostRight, Term
from bot.features.people.rules import Right
from bot.features.posts.service import PostService
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import GUILD, NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to, found_organisation


@pytest.fixture
def service(database: Database, clock: FakeClock) -> Service:
    return Service(database, clock)


async def noted(database: Database) -> list[AuditEntry]:
    async with database.writing() as session:
        return list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "lc.test")))


async def test_who_lacks_the_right_begins_no_transaction(services: Services, service: Service, lc: int) -> None:
    begun: list[str] = []

    async def note() -> None:
        begun.append("a transaction")

    newcomer, officer = await actor(services, NEWCOMER), await actor(services, OFFICER)
    service.database.before_writing.append(note)
    with pytest.raises(NotAllowed):
        async with change_by(service, newcomer, Right.EDIT_LC, lc):
            pytest.fail("it began")
    assert begun == []
    async with change_by(service, officer, Right.EDIT_LC, lc):
        assert begun == ["a transaction"]


async def test_all_of_a_change_is_of_one_instant(
    services: Services, service: Service, clock: FakeClock, lc: int
) -> None:
    officer = await actor(services, OFFICER)
    async with change_by(service, officer) as change:
        now = clock.last
        await change.lock(LocalCommittee, lc, "none")
        change.note("lc.test", "local_committee", lc, ("name", "aliases"))
        assert change.now == change.moment.now == now
    (entry,) = await noted(service.database)
    assert (entry.at, entry.actor_discord_id, entry.fields) == (now, OFFICER, ["aliases", "name"])
    assert clock.last == now, "nobody looked again"


async def test_an_error_leaves_nothing_of_a_change(services: Services, service: Service, lc: int) -> None:
    officer = await actor(services, OFFICER)

    async def fail() -> None:
        async with change_by(service, officer) as change:
            change.note("lc.test", "local_committee", lc)
            await change.lock(LocalCommittee, lc + 10_000, "nowhere")

    with pytest.raises(NotFound, match="nowhere"):
        await fail()
    assert await noted(service.database) == []


async def test_what_is_another_organisations_is_not_there(services: Services, service: Service, lc: int) -> None:
    await found_organisation(services, GUILD + 1, name_en="IIST", name_ja="医学国際")
    officer = await actor(services, OFFICER)
    others = select(LocalCommittee.id).where(LocalCommittee.organisation_id != officer.organisation.id)
    async with change_by(service, officer) as change:
        theirs = await change.session.scalar(others.limit(1))
        assert theirs is not None
        with pytest.raises(NotFound, match="nowhere"):
            await change.lock(LocalCommittee, theirs, "nowhere")


async def test_whose_term_was_ended_since_they_were_looked_up_may_not_any_more(
    services: Services, service: Service, lc: int
) -> None:
    representative = await actor(services, REPRESENTATIVE)
    await end_terms(service, representative, date(2026, 11, 20))
    assert representative.may(Right.EDIT_LC, lc), "by what stood there"
    with pytest.raises(NotAllowed) as refused:
        async with change_by(service, representative, Right.EDIT_LC, lc):
            pytest.fail("it went on")
    assert refused.value.params["date"] == date(2026, 11, 20)
    with pytest.raises(NotAllowed):
        await services[PostService].add(
            representative, NEWCOMER, "新人", "leo", lc, representative.today, date(2027, 3, 31)
        )
    async with service.database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(Person)) == 3, "nobody was appointed"


async def test_the_day_is_that_of_the_change(services: Services, service: Service, clock: FakeClock, lc: int) -> None:
    representative = await actor(services, REPRESENTATIVE)
    await end_terms(service, representative, representative.today)
    representative = await actor(services, REPRESENTATIVE)
    async with change_by(service, representative, Right.EDIT_LC, lc):
        pass
    clock.go(hours=29)  # midnight in Tokyo lies between
    with pytest.raises(NotAllowed):
        async with change_by(service, representative, Right.EDIT_LC, lc):
            pytest.fail("it went on")
    assert (representative.today, representative.officer_of) == (date(2026, 11, 23), [])


async def test_what_a_post_allows_is_read_again_too(services: Services, service: Service, lc: int) -> None:
    representative = await actor(services, REPRESENTATIVE)
    async with service.database.writing() as session:
        await session.execute(delete(PostRight))
    with pytest.raises(NotAllowed, match="Your post doesn't include this"):
        async with change_by(service, representative, Right.EDIT_LC, lc):
            pytest.fail("it went on")


async def test_a_grant_holds_from_day_to_day_for_what_it_is_about(
    services: Services, service: Service, lc: int
) -> None:
    newcomer = await join(services, NEWCOMER, "新人")
    today = newcomer.today
    values = {"organisation_id": 1, "person_id": newcomer.person_id, "created_at": service.clock.now()}
    project = {"right": "announce_lc", "subject_kind": "project", "subject_id": 3}
    async with service.database.writing() as session:
        for more in (
            {**project, "starts_on": today, "ends_on": today},
            {"right": "keep_fees", "starts_on": today - timedelta(days=9), "ends_on": None},
            {"right": "edit_lc", "lc_id": lc, "committee": "scoph", "starts_on": today, "ends_on": today},
            {"right": "appoint_lc", "lc_id": lc, "starts_on": today + timedelta(days=1), "ends_on": None},
            {"right": "of another version", "starts_on": today, "ends_on": None},
        ):
            await session.execute(insert(Grant).values({**values, **more}))
    granted = await actor(services, NEWCOMER)
    assert granted.may(Right.KEEP_FEES)
    assert granted.may(Right.ANNOUNCE_LC, lc, "scoph", ("project", 3))
    assert not granted.may(Right.ANNOUNCE_LC, lc, "scoph", ("project", 4))
    assert not granted.may(Right.ANNOUNCE_LC, lc)
    assert granted.may(Right.EDIT_LC, lc, "scoph")
    assert not granted.may(Right.EDIT_LC, lc, "scope")
    assert not granted.may(Right.EDIT_LC, lc)
    assert not granted.may(Right.APPOINT_LC, lc), "from tomorrow on"
    async with change_by(service, granted, Right.KEEP_FEES), service.database.reading() as connection:
        assert len((await connection.execute(select(Grant.id))).all()) == 5
    async with service.database.writing() as session:
        await session.execute(delete(Grant))
    with pytest.raises(NotAllowed):
        async with change_by(service, granted, Right.KEEP_FEES):
            pytest.fail("it was taken back meanwhile")


@pytest.mark.parametrize(("who", "more"), [(NEWCOMER, 0), (REPRESENTATIVE, 1), (OFFICER, 1)])
async def test_looking_again_is_one_statement_and_none_for_who_has_no_right_to_lose(
    services: Services, service: Service, lc: int, who: int, more: int
) -> None:
    assert lc
    asking = await actor(services, who)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(service.database._writer.sync_engine, "before_cursor_execute", note)
    async with change_by(service, asking):
        pass
    event.remove(service.database._writer.sync_engine, "before_cursor_execute", note)
    assert len([one for one in seen if not one.startswith("BEGIN")]) == more


async def test_others_of_an_lc_stand_in_while_nobody_represents_it(
    services: Services, service: Service, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "lpo", lc)
    lpo = await actor(services, NEWCOMER)
    assert (lpo.may(Right.EDIT_LC, lc), lpo.may(Right.ANSWER_FOR_LC, lc, "scoph")) == (False, True)
    with pytest.raises(NotAllowed, match="ask the LC's representative"):
        lpo.require(Right.EDIT_LC, lc)
    await end_terms(service, await actor(services, REPRESENTATIVE), date(2026, 11, 20))
    assert (await actor(services, NEWCOMER)).may(Right.EDIT_LC, lc)


async def end_terms(service: Service, whose: Actor, last_day: date) -> None:
    """As somebody else does it beside."""
    async with service.database.writing() as session:
        await session.execute(update(Term).where(Term.person_id == whose.person_id).values(ends_on=last_day))
