"""1 April and a year around it, in simulated time: who gets what, and what becomes of who doesn't answer."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from bot.clock import local_date
from bot.db import Database, fetch
from bot.deliveries.models import Delivery, RecipientKind
from bot.deliveries.values import NewDelivery, Parcel, Recipient, Sent
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Services
from bot.features.members.models import Contact, Profile
from bot.features.memberships import renewals
from bot.features.memberships.fees import FeeService, fees_reported
from bot.features.memberships.models import Membership, MembershipKind, Renewal
from bot.features.memberships.queries import begin_memberships
from bot.features.memberships.renewals import APRIL_JOB, ASKING, FEBRUARY_JOB, RenewalService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import StaffService
from bot.features.people.actors import Actor
from tests.support.clocks import FakeClock
from tests.support.deliveries import Mailbox, new, put, states, until_idle, worker_of
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, found_organisation

TOKYO = ZoneInfo("Asia/Tokyo")
SILENT, STAYS, LEAVES, GRADUATES, HOME, SIXTH = (STUDENT + 20 + number for number in range(6))


class Post(Mailbox):
    """The far side of the worker, which does the bot's own work and leaves out what isn't needed, as the bot does."""

    def __init__(self, services: Services, clock: FakeClock) -> None:
        super().__init__()
        self.services, self.clock = services, clock
        #: (person, local day) by kind.
        self.got: dict[str, list[tuple[int, date]]] = defaultdict(list)

    async def send(self, parcel: Parcel) -> Sent:
        first = parcel.first
        service = self.services[RenewalService]
        if first.kind == APRIL_JOB:
            await service.ask(first.organisation_id, first.payload["year"], first.payload["after"])
            return Sent()
        if first.kind == FEBRUARY_JOB:
            await service.spare(first.organisation_id, first.payload["year"], first.payload["after"])
            return Sent()
        if first.recipient.kind is RecipientKind.JOB:
            return Sent()
        for row in parcel.rows:
            if row.kind == ASKING and not await service.is_open(row.payload["person_id"], row.payload["year"]):
                continue
            self.got[row.kind].append((row.recipient.id, self.clock.now().astimezone(TOKYO).date()))
        return await super().send(parcel)


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services, ends_on=date(2029, 3, 31))
    return await actor(services, OFFICER)


async def paid(services: Services, officer: Actor, user: int, name: str, **more: Any) -> Actor:
    member = await join(services, user, name, **more)
    await services[MembershipService].become_member(member)
    page = await services[FeeService].fees(officer, text=name)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    return member


async def kind_of(services: Services, user: int) -> tuple[MembershipKind, bool]:
    standing = (await services[MembershipService].own(await actor(services, user))).standing
    return standing.kind, standing.in_grace


def to(clock: FakeClock, day: date, hour: int = 9) -> None:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO)
    clock.go(seconds=(at - clock.now()).total_seconds())


async def test_1_april_passes(
    services: Services, officer: Actor, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewals, "BATCH", 2)
    service = services[RenewalService]
    for user, name in ((SILENT, "黙田 静"), (STAYS, "続木 緑"), (LEAVES, "去川 秋"), (GRADUATES, "卒田 春")):
        await paid(services, officer, user, name, contact=Contact.DIRECT, year=5)
    await paid(services, officer, HOME, "家田 内", contact=Contact.CHANNEL)
    post = Post(services, clock)
    worker = worker_of(database, clock, post)
    await worker.start()
    day = date(2027, 3, 25)
    answers: dict[date, Any] = {}

    async def stay() -> None:
        await service.answer(await actor(services, STAYS), stay=True, year_of_study=6)

    async def leave() -> None:
        await service.answer(await actor(services, LEAVES), stay=False)

    async def graduate() -> None:
        await service.graduated(await actor(services, GRADUATES))

    answers = {date(2027, 4, 2): stay, date(2027, 4, 10): leave, date(2027, 4, 20): graduate}
    while day < date(2027, 6, 10):
        to(clock, day)
        if day in answers:
            await answers[day]()
        worker.wake()
        await until_idle(worker)
        if day == date(2027, 5, 30):
            assert await kind_of(services, SILENT) == (MembershipKind.INDIVIDUAL, True)
        day += timedelta(days=1)
    await worker.stop(1)

    april = [date(2027, 4, 1), date(2027, 4, 15), date(2027, 4, 29)]
    got: dict[int, list[date]] = defaultdict(list)
    for person, at in post.got[ASKING]:
        got[person].append(at)
    assert got == {SILENT: april, STAYS: april[:1], LEAVES: april[:1], GRADUATES: april[:2]}
    assert await kind_of(services, SILENT) == (MembershipKind.FREE_LIST, False), "who doesn't answer falls back"
    assert await kind_of(services, LEAVES) == (MembershipKind.FREE_LIST, False)
    assert await kind_of(services, GRADUATES) == (MembershipKind.ALUMNI, False)
    stays = await services[MembershipService].own(await actor(services, STAYS))
    assert (stays.year_of_study, stays.fee is not None) == (6, True)
    assert stays.standing.kind is MembershipKind.FREE_LIST, "staying alone pays no fee"
    silent = await services[MembershipService].own(await actor(services, SILENT))
    assert (silent.year_of_study, silent.open_renewal) == (5, 2027), "the year of study rolls only with the answer"
    home = await services[MembershipService].own(await actor(services, HOME))
    assert home.open_renewal == 2027, "asked, and nobody wrote to them"
    async with database.reading() as connection:
        asked = await fetch(connection, select(Renewal.person_id))
        jobs = [key for key in (await states(database)) if key.startswith(APRIL_JOB)]
        people = await fetch(connection, select(Membership.person_id).where(Membership.starts_on >= date(2027, 4, 1)))
    assert len(asked) == 5
    assert sorted(key.split(":")[3] for key in jobs) == ["2027", "2027", "2027", "2028"], "three batches, and next year"
    assert len(people) == 1, "only the alumna begins something new by her answer"


async def test_the_work_of_1_april_done_again_asks_nobody_twice(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    await join(services, SILENT, "黙田 静", contact=Contact.DIRECT)
    to(clock, date(2027, 4, 1))
    for _ in range(3):
        await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.key, Delivery.is_budgeted).where(Delivery.kind == ASKING))
        asked = await fetch(connection, select(Renewal.id))
    assert len(rows) == 3
    assert all(row.is_budgeted for row in rows)
    assert len(asked) == 1


@pytest.mark.parametrize(("back", "expected"), [(date(2027, 4, 8), [8, 22, 36]), (date(2027, 4, 20), [20, 34, 48])])
async def test_after_an_outage_over_1_april_the_question_and_its_reminders_keep_their_distance(
    services: Services, officer: Actor, database: Database, clock: FakeClock, back: date, expected: list[int]
) -> None:
    await join(services, SILENT, "黙田 静", contact=Contact.DIRECT)
    service = services[RenewalService]
    to(clock, back)
    await service.plan_all()
    for _ in range(2):
        await service.ask(officer.organisation.id, 2027, 0)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.due_at).where(Delivery.kind == ASKING).order_by(Delivery.due_at))
    assert [(local_date(row.due_at, "Asia/Tokyo") - date(2027, 3, 31)).days for row in rows] == expected
    jobs = [key for key in await states(database) if key.startswith(APRIL_JOB)]
    assert sorted(key.split(":")[3] for key in jobs) == ["2027", "2028"], "planned at the founding, and next year's"


async def test_a_year_that_is_over_is_asked_of_nobody(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    await join(services, SILENT, "黙田 静", contact=Contact.DIRECT)
    to(clock, date(2028, 5, 8))
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    async with database.reading() as connection:
        asked = await fetch(connection, select(Renewal.year))
    assert [row.year for row in asked] == [2028]


async def test_who_joined_after_1_april_isnt_asked(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    to(clock, date(2027, 4, 3))
    late = await join(services, SILENT, "新田 四月")
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    assert (await services[MembershipService].own(late)).open_renewal is None
    with pytest.raises(Conflict, match="nothing to answer"):
        await services[RenewalService].answer(late, stay=True)
    with pytest.raises(Invalid):
        await services[RenewalService].answer(late, stay=True, year_of_study=7)


async def test_staff_stay_staff_only_by_saying_so(services: Services, officer: Actor, clock: FakeClock) -> None:
    member = await paid(services, officer, STAYS, "続木 緑")
    await services[MembershipService].become_candidate(member)
    staff = services[StaffService]
    ((line,), _) = await staff.candidates(officer)
    await staff.tick(officer, line.person_id, [one.step_id for one in await staff.steps(officer)])
    to(clock, date(2027, 4, 1))
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    await services[RenewalService].answer(await actor(services, STAYS), stay=True, year_of_study=3)
    assert await kind_of(services, STAYS) == (MembershipKind.STAFF, True)
    await staff.go_on(await actor(services, STAYS))
    page = await services[FeeService].fees(await actor(services, OFFICER))
    await services[FeeService].settle(await actor(services, OFFICER), [line.fee_id for line in page.lines])
    assert await kind_of(services, STAYS) == (MembershipKind.STAFF, False)
    to(clock, date(2028, 5, 30))
    assert await kind_of(services, STAYS) == (MembershipKind.STAFF, True), "the last day of grace"
    to(clock, date(2028, 5, 31))
    with pytest.raises(Conflict, match="too late to continue"):
        await staff.go_on(await actor(services, STAYS))


async def test_who_was_never_staff_cant_stay_so(services: Services, officer: Actor, clock: FakeClock) -> None:
    staff = services[StaffService]
    with pytest.raises(NotFound, match="join first"):
        await staff.go_on(await actor(services, SILENT))
    with pytest.raises(Conflict, match="weren't staff last year"):
        await staff.go_on(await paid(services, officer, HOME, "家田 内"))


async def test_year_6_is_reminded_of_nothing_in_february(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    """A year with a reminder each third day: year 6 and year 5 get the same, except in February."""
    await join(services, SIXTH, "六田 国試", year=6, contact=Contact.DIRECT)
    await join(services, STAYS, "続木 緑", year=5, contact=Contact.DIRECT)
    async with database.writing() as session:
        await session.execute(delete(Delivery).where(Delivery.kind.not_in([APRIL_JOB, FEBRUARY_JOB])))
    post = Post(services, clock)
    worker = worker_of(database, clock, post)
    await worker.start()
    first = date(2026, 12, 1)
    days = 365 if database.is_sqlite else 120
    for number in range(days):
        day = first + timedelta(days=number)
        to(clock, day)
        if number % 3 == 0:
            await put(
                database,
                clock,
                *(_reminder(person, day, clock.now()) for person in (SIXTH, STAYS)),
                _reminder(SIXTH, day, clock.now(), key="news", is_reminder=False),
            )
        worker.wake()
        await until_idle(worker)
    await worker.stop(1)
    got = {person: [day for who, day in post.got["test"] if who == person] for person in (SIXTH, STAYS)}
    assert [day for day in got[SIXTH] if (day.year, day.month) == (2027, 2)] == []
    assert len([day for day in got[STAYS] if (day.year, day.month) == (2027, 2)]) >= 9
    assert max(got[SIXTH]) == max(got[STAYS])
    february = [day for who, day in post.got["news"] if day.month == 2]
    assert len(february) >= 9, "what is no reminder arrives"
    assert "missed" not in set((await states(database)).values()), "nobody is troubled by what was left out on purpose"


def _reminder(person: int, day: date, at: datetime, key: str = "test", **changes: Any) -> NewDelivery:
    recipient = Recipient(RecipientKind.PERSON, person)
    options: dict[str, Any] = {"kind": key, "is_reminder": True, "tolerance": 5 * 86_400} | changes
    return new(f"{key}:{person}:{day}", at, recipient=recipient, **options)


@pytest.mark.parametrize("graduates", [False, True])
async def test_who_leaves_after_all_owes_nothing_any_more(
    services: Services, officer: Actor, clock: FakeClock, graduates: bool
) -> None:
    await paid(services, officer, LEAVES, "去川 秋")
    to(clock, date(2027, 4, 1))
    service, fees = services[RenewalService], services[FeeService]
    await service.ask(officer.organisation.id, 2027, 0)
    member, officer = await actor(services, LEAVES), await actor(services, OFFICER)
    await service.answer(member, stay=True, year_of_study=3)
    assert (await fees.fees(officer)).total == 1
    if graduates:
        await service.graduated(member)
    else:
        await service.answer(member, stay=False)
    assert (await fees.fees(officer)).total == 0
    assert (await services[MembershipService].own(member)).fee is None
    if not graduates:
        await service.answer(member, stay=True, year_of_study=3)
        assert (await fees.fees(officer)).total == 1, "and again, who stays after all"


async def test_what_was_paid_or_reported_stays_when_somebody_leaves(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    """The treasurer looks for the money, whatever its owner decides afterwards."""
    for user, name in ((LEAVES, "去川 秋"), (STAYS, "続木 緑")):
        await paid(services, officer, user, name)
    to(clock, date(2027, 4, 1))
    service, fees = services[RenewalService], services[FeeService]
    await service.ask(officer.organisation.id, 2027, 0)
    officer = await actor(services, OFFICER)
    for user in (LEAVES, STAYS):
        await service.answer(await actor(services, user), stay=True, year_of_study=3)
        await services[MembershipService].report_payment(await actor(services, user), "ナマエ")
    await fees.settle(officer, [line.fee_id for line in (await fees.fees(officer, text="続木")).lines])
    for user in (LEAVES, STAYS):
        await service.answer(await actor(services, user), stay=False)
    assert {state.value: n for state, n in (await fees.fees(officer)).counts.items()} == {"reported": 1, "paid": 1}


async def reported(services: Services, officer: Actor) -> dict[int, int]:
    """Fiscal year → how many say that they have paid."""
    return {one.id or 0: one.n or 0 for one in await facts_of(services, officer, fees_reported)}


async def test_who_reported_last_years_fee_is_counted_and_found(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    fees, memberships = services[FeeService], services[MembershipService]
    for user, name in ((LEAVES, "去川 秋"), (STAYS, "続木 緑")):
        await memberships.become_member(await join(services, user, name))
    await memberships.report_payment(await actor(services, LEAVES), "サリカワ")
    assert await reported(services, officer) == {2026: 1}
    to(clock, date(2027, 4, 1))
    officer = await actor(services, OFFICER)
    await memberships.become_member(await actor(services, STAYS))
    await memberships.report_payment(await actor(services, STAYS), "ツヅキ")
    counted = await reported(services, officer)
    assert counted == {2027: 1, 2026: 1}
    for year, n in counted.items():
        page = await fees.fees(officer, year)
        assert (page.year, page.years, {state.value: n for state, n in page.counts.items()}["reported"]) == (
            year,
            (2027, 2026),
            n,
        )
    assert (await fees.fees(officer, 2026)).total == 2, "and who hasn't paid last year's stands there, too"
    last = await fees.fees(officer, 2026, text="去川")
    assert await fees.settle_shown(officer, last.digest, "去川") == 0, "the present year's list shows others"
    assert await fees.settle_shown(officer, last.digest, "去川", year=2026) == 1
    assert await reported(services, officer) == {2027: 1}


async def test_who_is_a_member_of_the_new_year_already_owes_no_second_fee(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    """Taken over from a list, with the fee paid before the bot knew of it."""
    await paid(services, officer, STAYS, "続木 緑")
    to(clock, date(2027, 4, 1))
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    member = await actor(services, STAYS)
    assert member.person_id is not None
    async with database.writing() as session:
        await begin_memberships(
            session, member.organisation.id, [member.person_id], MembershipKind.INDIVIDUAL, member.today, clock.now()
        )
    await services[RenewalService].answer(member, stay=True, year_of_study=3)
    assert (await services[MembershipService].own(member)).fee is None


async def test_a_profile_keeps_its_year_when_an_answer_comes_twice(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    await paid(services, officer, STAYS, "続木 緑", year=2)
    clock.go(seconds=(datetime(2027, 4, 1, 1, tzinfo=UTC) - clock.now()).total_seconds())
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    member = await actor(services, STAYS)
    for year in (3, 3, 4):
        await services[RenewalService].answer(member, stay=True, year_of_study=year)
    async with database.reading() as connection:
        (row,) = await fetch(connection, select(Profile.year_of_study))
    assert row.year_of_study == 4, "the last answer counts"
    assert (await services[RenewalService].count_open(officer.organisation.id)) == (1, 0)
