from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import Database, Record, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.models import Contact
from bot.features.memberships import fees as fees_module
from bot.features.memberships.fees import PAID, FeeService
from bot.features.memberships.models import Fee, FeeState, Membership, MembershipKind, StaffStep
from bot.features.memberships.queries import begin_memberships
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import StaffService
from bot.features.memberships.values import FeeChanged, Settings
from bot.features.people.actors import Actor
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, STUDENT, actor, found_organisation

HANA, KEN, MIO = STUDENT + 10, STUDENT + 11, STUDENT + 12


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services)
    return await actor(services, OFFICER)


async def rows(database: Database, table: type[Record]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def owing(services: Services, user: int, name: str, reading: str = "", **more: Any) -> Actor:
    member = await join(services, user, name, reading, **more)
    await services[MembershipService].become_member(member)
    return member


async def paid(services: Services, officer: Actor, user: int, name: str, **more: Any) -> Actor:
    member = await owing(services, user, name, **more)
    page = await services[FeeService].fees(officer, text=name)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    return member


async def test_who_has_not_joined_is_told_to(services: Services, officer: Actor) -> None:
    for ask in (services[MembershipService].own, services[MembershipService].become_member):
        with pytest.raises(NotFound, match="join first"):
            await ask(await actor(services, NEWCOMER))


async def test_what_it_costs_is_said_first_and_it_can_be_taken_back_until_it_is_paid(
    services: Services, officer: Actor, database: Database
) -> None:
    service, fees = services[MembershipService], services[FeeService]
    hana = await join(services, HANA, "山田 花")
    assert (await service.offer(hana)).fee == 1500
    assert (await service.own(hana)).fee is None, "nothing is due by looking"
    with pytest.raises(Conflict):
        await service.take_back(hana)
    for _ in range(2):
        await service.become_member(hana)
        await service.take_back(hana)
        assert (await service.own(hana)).fee is None
        assert (await fees.fees(officer)).total == 0
    await service.become_member(hana)
    await service.report_payment(hana, "ヤマダ ハナ")
    with pytest.raises(Conflict, match="treasurer"):
        await service.take_back(hana)
    await fees.settle(officer, [line.fee_id for line in (await fees.fees(officer)).lines])
    with pytest.raises(Conflict):
        await service.offer(hana)
    with pytest.raises(Conflict):
        await service.take_back(hana)
    graduate = await join(services, KEN, "例山 健", year=None)
    with pytest.raises(Invalid):
        await service.offer(graduate)
    async with database.reading() as connection:
        query = select(AuditEntry.action).where(AuditEntry.action.like("membership.%")).order_by(AuditEntry.id)
        assert list(await connection.scalars(query)) == ["membership.ask", "membership.take_back"] * 2 + [
            "membership.ask"
        ]


async def test_a_student_becomes_a_member_when_the_treasurer_has_the_fee(
    services: Services, officer: Actor, database: Database
) -> None:
    service, fees = services[MembershipService], services[FeeService]
    hana = await join(services, HANA, "山田 花", "やまだ はな")
    assert (await service.own(hana)).standing.kind is MembershipKind.FREE_LIST
    await service.become_member(hana)
    await service.become_member(hana)
    own = await service.own(hana)
    assert own.fee is not None
    assert (own.fee.amount, own.fee.state, own.year) == (1500, FeeState.DUE, 2026)
    await service.report_payment(hana, "ﾔﾏﾀﾞ　ハナ")
    (line,) = (await fees.fees(officer)).lines
    assert (line.name, line.payer, line.state) == ("山田 花", "ヤマダ ハナ", FeeState.REPORTED)
    assert await fees.settle(officer, [line.fee_id]) == 1
    own = await service.own(hana)
    assert (own.standing.kind, own.standing.until) == (MembershipKind.INDIVIDUAL, date(2027, 3, 31))
    with pytest.raises(Conflict, match="already"):
        await service.report_payment(hana, "ヤマダ ハナ")
    with pytest.raises(Conflict, match="already marked this as received"):
        await fees.settle(officer, [line.fee_id])
    actions = [row.action for row in await rows(database, AuditEntry)]
    assert actions.count("fee.paid") == 1
    assert not [field for row in await rows(database, AuditEntry) for field in row.fields if "ヤマダ" in field]


async def test_a_tick_can_be_taken_back(services: Services, officer: Actor, database: Database) -> None:
    hana = await paid(services, officer, HANA, "山田 花")
    fees = services[FeeService]
    (line,) = (await fees.fees(officer, paid=True)).lines
    assert await fees.take_back(officer, [line.fee_id]) == 1
    assert (await services[MembershipService].own(hana)).standing.kind is MembershipKind.FREE_LIST
    assert await rows(database, Membership) == []
    with pytest.raises(Conflict):
        await fees.take_back(officer, [line.fee_id])
    assert await fees.settle(officer, [line.fee_id]) == 1


async def test_a_tick_after_one_that_was_taken_back_sends_word_again(
    services: Services, officer: Actor, database: Database
) -> None:
    await paid(services, officer, HANA, "山田 花", contact=Contact.DIRECT)
    fees = services[FeeService]
    (line,) = (await fees.fees(officer, paid=True)).lines
    await fees.take_back(officer, [line.fee_id])
    await fees.settle(officer, [line.fee_id])
    told = [row for row in await rows(database, Delivery) if row.kind == PAID]
    assert len({row.key for row in told}) == 2, "the first may have been sent, or put aside"
    needed = [await fees.is_paid(row.payload["fee_id"], row.payload["tick"]) for row in told]
    assert needed == [False, True], "what still waits of the first tick isn't said beside the second"


async def test_only_who_chose_direct_messages_is_told_directly(
    services: Services, officer: Actor, database: Database
) -> None:
    await paid(services, officer, HANA, "山田 花", contact=Contact.DIRECT)
    await paid(services, officer, KEN, "例山 健", contact=Contact.CHANNEL)
    told = [row.recipient_id for row in await rows(database, Delivery) if row.kind == PAID]
    assert told == [HANA]


async def test_two_treasurers_at_once_tick_it_once(services: Services, officer: Actor, database: Database) -> None:
    await owing(services, HANA, "山田 花")
    fees = services[FeeService]
    (line,) = (await fees.fees(officer)).lines
    done = await asyncio.gather(*(fees.settle(officer, [line.fee_id]) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]
    assert len(await rows(database, Membership)) == 1


async def test_saying_to_have_paid_while_the_treasurer_ticks_it_stands_in_nobodys_way(
    services: Services, officer: Actor
) -> None:
    member = await owing(services, HANA, "山田 花")
    fees, (line,) = services[FeeService], (await services[FeeService].fees(officer)).lines
    for _ in range(12):
        ticked, said = await asyncio.gather(
            fees.settle(officer, [line.fee_id]),
            services[MembershipService].report_payment(member, "ヤマダ ハナ"),
            return_exceptions=True,
        )
        assert not isinstance(ticked, BaseException), ticked
        assert said is None or isinstance(said, Conflict), said
        await fees.take_back(officer, [line.fee_id])


async def test_only_who_was_shown_is_ticked_with_all(
    services: Services, officer: Actor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague ticks one in the middle, and the next person moves up: nobody unseen is ticked."""
    monkeypatch.setattr(fees_module, "PAGE", 3)
    for number in range(5):
        await owing(services, STUDENT + 100 + number, f"例 {number}号")
    fees = services[FeeService]
    page = await fees.fees(officer)
    first, middle, last = (line.fee_id for line in page.lines)
    await fees.settle(officer, [middle])
    again = await fees.fees(officer)
    assert (again.lines[0].fee_id, len(again.lines)) == (first, 3)
    assert again.digest != page.digest
    assert await fees.settle_shown(officer, page.digest) == 0
    assert [row.id for row in await rows(database, Fee) if row.state == FeeState.PAID] == [middle]
    assert await fees.settle_shown(officer, again.digest) == 3
    assert {row.id for row in await rows(database, Fee) if row.state == FeeState.PAID} >= {first, last}
    assert await fees.settle_shown(officer, again.digest) == 0


async def test_the_list_has_pages_and_finds_by_name_reading_payer_and_reference(
    services: Services, officer: Actor
) -> None:
    for number in range(27):
        member = await owing(services, STUDENT + 100 + number, f"例田 {chr(0x4E00 + number)}", "れいだ")
    await services[MembershipService].report_payment(member, "サトウ ジロウ")
    fees = services[FeeService]
    first, second = await fees.fees(officer), await fees.fees(officer, page=1)
    assert (first.total, first.pages, len(first.lines), len(second.lines)) == (27, 2, 25, 2)
    assert first.lines[0].payer == "サトウ ジロウ", "who says to have paid comes first"
    for text in ("サトウ", first.lines[0].reference, first.lines[0].name):
        assert [line.fee_id for line in (await fees.fees(officer, text=text)).lines] == [first.lines[0].fee_id]
    assert (await fees.fees(officer, text="レイダ")).total == 27
    assert (await fees.fees(officer, text="100%_")).total == 0
    assert await fees.settle(officer, [line.fee_id for line in first.lines]) == 25
    assert (await fees.fees(officer, page=1)).total == 2, "a page that became empty shows the first"


async def test_only_national_officers_keep_fees_steps_and_settings(services: Services, officer: Actor) -> None:
    hana = await owing(services, HANA, "山田 花")
    fees, staff, service = services[FeeService], services[StaffService], services[MembershipService]
    for forbidden in (
        fees.fees(hana),
        fees.settle(hana, [1]),
        fees.settle_shown(hana, ""),
        fees.take_back(hana, [1]),
        staff.candidates(hana),
        staff.tick(hana, 1, []),
        staff.set_steps(hana, [("一", "one")]),
        service.change_settings(hana, Settings(0)),
    ):
        with pytest.raises(NotAllowed):
            await forbidden


async def test_another_organisations_fees_are_out_of_reach(services: Services, officer: Actor) -> None:
    await owing(services, HANA, "山田 花")
    (line,) = (await services[FeeService].fees(officer)).lines
    await found_organisation(services, guild=officer.caller.guild_id + 7, officer=KEN)  # type: ignore[operator]
    other = await actor(services, KEN, officer.caller.guild_id + 7)  # type: ignore[operator]
    assert (await services[FeeService].fees(other)).total == 0
    with pytest.raises(Conflict):
        await services[FeeService].settle(other, [line.fee_id])


async def test_the_fee_is_a_setting_and_what_is_owed_stays(services: Services, officer: Actor) -> None:
    service = services[MembershipService]
    hana = await owing(services, HANA, "山田 花")
    await service.change_settings(officer, Settings(2000, "見本銀行 本店 普通 1234567", 30, 2))
    ken = await owing(services, KEN, "例山 健")
    fees = [(await service.own(one)).fee for one in (hana, ken)]
    assert [fee.amount for fee in fees if fee] == [1500, 2000]
    assert (await service.own(ken)).settings == Settings(2000, "見本銀行 本店 普通 1234567", 30, 2)
    for wrong in (Settings(-1), Settings(1, "x" * 501), Settings(1, "", 181), Settings(1, "", 1, 0)):
        with pytest.raises(Invalid):
            await service.change_settings(officer, wrong)


async def test_only_students_become_individual_members(services: Services, officer: Actor) -> None:
    graduate = await join(services, HANA, "山田 花", year=None)
    with pytest.raises(Invalid, match="students"):
        await services[MembershipService].become_member(graduate)
    assert (await services[MembershipService].own(graduate)).standing.kind is MembershipKind.ALUMNI


async def test_a_candidate_becomes_staff_with_the_last_step(services: Services, officer: Actor) -> None:
    service, staff = services[MembershipService], services[StaffService]
    ken = await owing(services, KEN, "例山 健")
    with pytest.raises(Invalid, match="Only individual members"):
        await service.become_candidate(ken)
    hana = await paid(services, officer, HANA, "山田 花")
    await service.become_candidate(hana)
    await service.become_candidate(hana)
    ((line,), total) = await staff.candidates(officer)
    assert (line.name, line.done, line.steps, total) == ("山田 花", 0, 5, 1)
    assert len((await service.own(hana)).steps) == 5
    ids = [step.step_id for step in (await staff.progress(officer, line.person_id))[1]]
    assert not await staff.tick(officer, line.person_id, ids[:3])
    assert not await staff.tick(officer, line.person_id, ids[1:3])
    assert [step.is_done for step in (await service.own(hana)).steps] == [False, True, True, False, False]
    with pytest.raises(NotFound, match="step"):
        await staff.tick(officer, line.person_id, [*ids, 999])
    assert await staff.tick(officer, line.person_id, ids)
    own = await service.own(hana)
    assert (own.standing.kind, own.standing.until) == (MembershipKind.STAFF, date(2027, 3, 31))
    assert await staff.candidates(officer) == ([], 0)
    with pytest.raises(Conflict, match="already staff"):
        await service.become_candidate(hana)


async def test_the_steps_are_the_organisations_own(services: Services, officer: Actor) -> None:
    service, staff = services[MembershipService], services[StaffService]
    hana = await paid(services, officer, HANA, "山田 花")
    await service.become_candidate(hana)
    ((line,), _) = await staff.candidates(officer)
    first = (await staff.steps(officer))[0]
    await staff.tick(officer, line.person_id, [first.step_id])
    await staff.set_steps(officer, [("自己紹介を書く", "Introduce yourself"), (first.name_ja, first.name_en)])
    steps = (await service.own(hana)).steps
    assert [(step.name_en, step.is_done) for step in steps] == [("Introduce yourself", False), (first.name_en, True)]
    for wrong in ([], [("同じ", "same"), ("同じ", "again")], [("", "")], [(str(n), "") for n in range(26)]):
        with pytest.raises(Invalid):
            await staff.set_steps(officer, wrong)


async def test_a_look_at_the_steps_makes_none(services: Services, officer: Actor, database: Database) -> None:
    staff = services[StaffService]
    shown = await staff.steps(officer)
    assert shown[0].name_en == "Watch the orientation video"
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(StaffStep)) == 0
    names = [(step.name_ja, step.name_en) for step in shown]
    await staff.set_steps(officer, names[1:])
    assert [(step.name_ja, step.name_en) for step in await staff.steps(officer)] == names[1:]


async def test_an_officer_is_one_by_their_term(services: Services, officer: Actor) -> None:
    member = await join(services, OFFICER, "役員 一号")
    own = await services[MembershipService].own(member)
    assert (own.standing.kind, own.standing.until) == (MembershipKind.OFFICER, date(2027, 3, 31))
    assert own.plain.kind is MembershipKind.FREE_LIST


async def test_references_differ_within_an_organisation(services: Services, officer: Actor, database: Database) -> None:
    for number in range(30):
        await owing(services, STUDENT + 200 + number, f"例 {number}")
    references = [row.reference for row in await rows(database, Fee)]
    assert len(set(references)) == 30
    assert all(reference.startswith("26") and len(reference) == 8 for reference in references)


async def test_who_is_a_member_without_a_fee_is_asked_for_none(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    """Taken over from a list: they paid before the bot knew of it."""
    hana = await join(services, HANA, "山田 花")
    assert hana.person_id is not None
    async with database.writing() as session:
        await begin_memberships(
            session, hana.organisation.id, [hana.person_id], MembershipKind.INDIVIDUAL, hana.today, clock.now()
        )
    with pytest.raises(Conflict, match="already"):
        await services[MembershipService].become_member(hana)
    assert (await services[FeeService].fees(officer)).total == 0


async def test_only_the_fee_that_was_shown_becomes_due(services: Services, officer: Actor, clock: FakeClock) -> None:
    hana, service = await join(services, HANA, "山田 花"), services[MembershipService]
    fee = (await service.offer(hana)).fee
    for shown in ((2026, fee - 1), (2025, fee), (0, 0)):
        with pytest.raises(FeeChanged):
            await service.become_member(hana, shown)
        assert (await service.own(hana)).fee is None
    for _ in range(2):
        await service.become_member(hana, (2026, fee))
    await service.become_member(hana, (2026, fee + 1))
    own = (await service.own(hana)).fee
    assert own is not None
    assert own.amount == fee, "what is due already stays as it was"


async def test_in_april_there_is_a_new_fee(services: Services, officer: Actor, clock: FakeClock) -> None:
    await paid(services, officer, HANA, "山田 花")
    clock.go(seconds=(datetime(2027, 4, 2, tzinfo=UTC) - clock.now()).total_seconds())
    hana = await actor(services, HANA)
    own = await services[MembershipService].own(hana)
    assert (own.year, own.fee, own.standing.in_grace) == (2027, None, True)
    await services[MembershipService].become_member(hana)
    assert (await services[MembershipService].own(hana)).fee is not None
