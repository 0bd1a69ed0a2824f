"""Announcements to persons: who is meant on the day, who gets a direct message, who finds it, who is reminded."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.db import Database
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import AcknowledgementService, InboxService, RunningService
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.reminding import ReminderService
from bot.features.announcements.sending import SendingService
from bot.features.announcements.status import StatusService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience, Members
from bot.features.audiences.values import WhyNot
from bot.features.members.models import Interest, Profile
from bot.features.members.mydata import MyDataService
from bot.features.memberships.models import MembershipKind
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import NewQuestion, Party, QuestionnaireService
from tests.announcements.support import part, waiting
from tests.announcements.test_service import rows
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import (
    NEWCOMER,
    OFFICER,
    REPRESENTATIVE,
    STUDENT,
    actor,
    appoint_to,
    found_organisation,
    represented_lc,
)
from tests.support.statements import statements_of

CONTENT = Content("合宿", "本文", "Text", "")
ANN, BEN, CAY = STUDENT + 10, STUDENT + 11, STUDENT + 12
THIRD_YEAR = Members(years=(3,))
HOW_MANY = NewQuestion(QuestionKind.NUMBER, "何人", "How many", (), True)


@pytest.fixture
async def officer(services: Services, database: Database) -> Actor:
    await found_organisation(services)
    await part(database, "channel:announcements", 7_003)
    return await actor(services, OFFICER)


@pytest.fixture
async def three(services: Services, officer: Actor) -> dict[int, Actor]:
    """Ann and Ben are in their third year, Cay in the second; Ann alone asked for direct messages."""
    found = {
        ANN: await join(services, ANN, "安 一", year=3),
        BEN: await join(services, BEN, "便 二", year=3),
        CAY: await join(services, CAY, "慶 三", year=2),
    }
    await services[AcknowledgementService].subscribe(found[ANN], wanted=True)
    return found


async def planned(services: Services, officer: Actor, rule: Members = THIRD_YEAR, *, asks: bool = False) -> int:
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    await drafts.set(officer, announcement_id, audience=Audience(rule=rule), places=(Place.NATIONAL, Place.DIRECT))
    if asks:
        await drafts.add_question(officer, announcement_id, HOW_MANY)
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    return announcement_id


async def sent(services: Services, officer: Actor, rule: Members = THIRD_YEAR, *, asks: bool = False) -> int:
    announcement_id = await planned(services, officer, rule, asks=asks)
    await services[SendingService].send_out(announcement_id, 1)
    return announcement_id


async def test_who_fits_when_it_goes_out_gets_it_once_and_the_others_are_counted(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor]
) -> None:
    announcement_id = await planned(services, officer)
    late = await join(services, NEWCOMER, "間に合う", year=3)
    await services[AcknowledgementService].subscribe(late, wanted=True)
    await asyncio.gather(*(services[SendingService].send_out(announcement_id, 1) for _ in range(3)))
    messages = [(row.recipient_kind, row.recipient_id) for row in await rows(database, "announcements:message")]
    assert messages == [("channel", 7_003), ("person", ANN), ("person", NEWCOMER)], "nobody who didn't ask for it"
    status = await services[StatusService].show(officer, announcement_id)
    assert status.lcs == []
    assert status.addressed is not None
    assert status.addressed.direct == {DeliveryState.PENDING: 2}
    assert status.addressed.why_not == {WhyNot.NOT_WANTED: 1}
    assert (status.addressed.meant, status.addressed.answered) == (3, None)


async def test_the_preview_says_who_is_meant_and_why_somebody_gets_no_message(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor]
) -> None:
    async with database.writing() as session:
        session.add(away := Person(organisation_id=1, display_name="外", created_at=FakeClock().now()))
        await session.flush()
        profile = {"purpose_version": "1", "consented_at": FakeClock().now(), "kind": "student", "year_of_study": 3}
        session.add(Profile(organisation_id=1, person_id=away.id, **profile))
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)

    async def why(*places: Place) -> list[WhyNot | None]:
        await drafts.set(officer, announcement_id, audience=Audience(rule=THIRD_YEAR), places=places)
        reach = await drafts.reach(officer, announcement_id)
        assert (reach.lcs, reach.unreached) == ((), ())
        return [one.why_not for one in reach.people or ()]

    assert await why(Place.DIRECT, Place.LC_CHANNELS) == [None, WhyNot.NOT_WANTED, WhyNot.NO_ACCOUNT]
    assert await why(Place.NATIONAL) == [WhyNot.NOT_CHOSEN, WhyNot.NOT_CHOSEN, WhyNot.NO_ACCOUNT]
    await drafts.set(officer, announcement_id, audience=Audience(rule=Members(years=(6,))), places=(Place.DIRECT,))
    version = (await drafts.show(officer, announcement_id)).version
    with pytest.raises(Invalid, match="No one would get it"):
        await services[PlanningService].plan(officer, announcement_id, version)


async def test_whoever_is_meant_finds_it_until_they_have_read_it_and_nobody_else_does(
    services: Services, officer: Actor, three: dict[int, Actor], clock: FakeClock
) -> None:
    announcement_id = await sent(services, officer)
    inbox = services[InboxService]

    async def finds(user: int) -> tuple[list[int], list[int]]:
        who = await actor(services, user)
        return (
            [one.announcement_id for one in await inbox.inbox(who)],
            await waiting(services, who),
        )

    assert await finds(ANN) == ([announcement_id], [announcement_id])
    assert await finds(BEN) == ([announcement_id], [announcement_id]), "without a message too"
    assert await finds(CAY) == ([], [])
    assert await finds(NEWCOMER) == ([], []), "of whom nothing is known"
    service = services[AcknowledgementService]
    assert (await service.acknowledge(three[BEN], announcement_id)).is_addressed
    assert not (await service.acknowledge(three[CAY], announcement_id)).is_addressed
    assert await finds(BEN) == ([announcement_id], [])
    status = await services[StatusService].show(officer, announcement_id)
    assert status.addressed is not None
    assert (status.addressed.acknowledged, status.people) == (1, 2)
    clock.go(days=61)
    assert await finds(ANN) == ([announcement_id], []), "it doesn't wait for ever"


async def test_persons_are_seen_by_national_officers_and_of_them_by_who_may_find_them(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor]
) -> None:
    async with database.writing() as session:
        await session.execute(insert(Interest), [{"person_id": three[BEN].person_id, "committee_id": 3}])
    announcement_id = await sent(services, officer)
    service = services[StatusService]
    assert [one.name for one in await service.people(officer, announcement_id)] == ["便 二", "安 一"]
    (second,) = await service.people(officer, announcement_id, (1, 5))
    assert (second.name, second.why_not, second.delivered) == ("安 一", None, DeliveryState.PENDING)
    await appoint_to(services, NEWCOMER, "npo")  # in charge of SCOPH, which interests Ben
    in_charge = await actor(services, NEWCOMER)
    assert [one.name for one in await service.people(in_charge, announcement_id)] == ["便 二", None]
    for who in (three[ANN], await actor(services, STUDENT)):
        with pytest.raises(NotAllowed):
            await service.people(who, announcement_id)


async def test_an_lcs_leader_keeps_to_the_own_lc(services: Services) -> None:
    lc = await represented_lc(services)
    mine = await actor(services, REPRESENTATIVE)
    own = await services[DraftService].begin(mine, lc, CONTENT)
    with pytest.raises(Invalid):
        await services[DraftService].set(mine, own, audience=Audience(rule=THIRD_YEAR))
    with pytest.raises(NotAllowed):
        await services[DraftService].begin(mine, None, CONTENT, like=(Audience(rule=THIRD_YEAR), (Place.DIRECT,)))


async def test_each_person_answers_for_themselves_and_only_the_silent_are_reminded(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor], clock: FakeClock
) -> None:
    await services[AcknowledgementService].subscribe(three[BEN], wanted=True)
    announcement_id = await sent(services, officer, Members(), asks=True)
    questionnaire_id = (await services[StatusService].show(officer, announcement_id)).questionnaire_id
    assert questionnaire_id is not None
    answers, reminding = services[QuestionnaireService], services[ReminderService]
    ben = Party(person_id=three[BEN].person_id)
    assert await answers.asked_of(three[BEN], questionnaire_id) == [ben]
    assert await waiting(services, three[BEN]) == [announcement_id]
    (question,) = (await answers.paper(three[BEN], questionnaire_id, ben)).questions
    await answers.answer(three[BEN], questionnaire_id, ben, {question.question_id: "3"})
    assert await waiting(services, three[BEN]) == []
    assert len(await rows(database, "announcements:remind")) == 2
    for _ in range(2):
        await reminding.remind(announcement_id, 1)
    (reminder,) = await rows(database, "announcements:own_reminder")
    assert (reminder.recipient_kind, reminder.recipient_id) == ("person", ANN), "Cay never asked for direct messages"
    async with database.reading() as connection:
        query = select(Delivery.is_budgeted, Delivery.is_reminder).where(Delivery.key == reminder.key)
        assert (await connection.execute(query)).one() == (True, True), "three a week at most, and none in February"
    ann = three[ANN]
    assert ann.person_id is not None
    assert await reminding.open_question(1, announcement_id, ann.person_id, "Asia/Tokyo") is not None
    (running,) = await services[RunningService].running(1, "Asia/Tokyo")
    assert (running.silent, running.all, running.of_people) == (3, 4, True), "Ann, Cay and the officer"
    silent = await reminding.still_open(1, announcement_id)
    assert silent is not None
    assert silent.addressed is not None
    assert silent.addressed.silent == 3
    await answers.answer(ann, questionnaire_id, Party(person_id=ann.person_id), {question.question_id: "1"})
    assert await reminding.open_question(1, announcement_id, ann.person_id, "Asia/Tokyo") is None, "not said any more"
    await reminding.remind(announcement_id, 2)
    assert len(await rows(database, "announcements:own_reminder")) == 1


async def test_after_the_deadline_nobody_is_reminded_or_waited_for(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor], clock: FakeClock
) -> None:
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    deadline = (clock.now() + timedelta(days=2)).replace(tzinfo=None)
    await drafts.set(
        officer, announcement_id, audience=Audience(rule=THIRD_YEAR), places=(Place.DIRECT,), deadline=deadline
    )
    await drafts.add_question(officer, announcement_id, HOW_MANY)
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    await services[SendingService].send_out(announcement_id, 1)
    ann = three[ANN]
    assert ann.person_id is not None
    assert len(await waiting(services, ann)) == 1
    clock.go(days=3)
    assert await waiting(services, ann) == []
    assert await services[ReminderService].open_question(1, announcement_id, ann.person_id, "Asia/Tokyo") is None
    await services[ReminderService].remind(announcement_id, 1)
    assert await rows(database, "announcements:own_reminder") == []


async def test_what_only_tells_something_reminds_nobody(
    services: Services, database: Database, officer: Actor, three: dict[int, Actor]
) -> None:
    await sent(services, officer)
    for kind in ("announcements:remind", "announcements:follow_up"):
        assert await rows(database, kind) == []
    assert await services[RunningService].running(1, "Asia/Tokyo") == []


async def test_who_is_gone_is_meant_no_more_and_the_rest_stands(
    services: Services, officer: Actor, three: dict[int, Actor]
) -> None:
    announcement_id = await sent(services, officer, asks=True)
    await services[MyDataService].delete(three[BEN])
    status = await services[StatusService].show(officer, announcement_id)
    assert status.addressed is not None
    assert (status.addressed.meant, status.addressed.silent) == (1, 1)
    await services[ReminderService].remind(announcement_id, 1)
    later = await join(services, NEWCOMER, "後から", year=3)
    with pytest.raises(NotFound):
        await services[QuestionnaireService].paper(
            later, status.questionnaire_id or 0, Party(person_id=later.person_id)
        )


async def test_the_statements_are_as_many_for_many_as_for_few(
    services: Services, database: Database, officer: Actor
) -> None:
    """The audience is found and written down in statements whose number doesn't grow with it."""

    async def count(people: int) -> int:
        await _populate(database, people)
        announcement_id = await planned(services, officer, Members(kinds=(MembershipKind.FREE_LIST,)), asks=True)
        with statements_of(database) as statements:
            await services[SendingService].send_out(announcement_id, 1)
            status = await services[StatusService].show(officer, announcement_id)
        assert status.addressed is not None
        assert status.addressed.meant >= people
        return len(statements)

    few, many = await count(10), await count(700)
    assert many <= few + 4, "inserts may go in a few batches"


async def _populate(database: Database, people: int) -> None:
    now = FakeClock().now()
    async with database.writing() as session:
        made = (
            await session.scalars(
                insert(Person).returning(Person.id),
                [{"organisation_id": 1, "display_name": f"{n}", "created_at": now} for n in range(people)],
            )
        ).all()
        common = {"organisation_id": 1, "purpose_version": "1", "consented_at": now}
        await session.execute(
            insert(Profile), [{**common, "person_id": one, "kind": "student", "year_of_study": 1} for one in made]
        )
