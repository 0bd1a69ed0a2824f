"""Years without a sign of life, in simulated time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.db import Database, Record, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.events.answers import AnswerService
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.members import mydata
from bot.features.members.models import Contact, Deletion, Profile, Visibility
from bot.features.members.mydata import DELETED
from bot.features.members.service import MemberService
from bot.features.memberships import queries
from bot.features.memberships.models import Membership, MembershipKind
from bot.features.memberships.queries import begin_memberships
from bot.features.memberships.renewals import RenewalService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.terms import LC_MEMBER
from bot.features.record_keeping import retention
from bot.features.record_keeping.retention import KEEP, RetentionService, keeping_question
from tests.events.support import posted
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import GUILD, OFFICER, STUDENT, actor, appoint_to, found_organisation

SILENT, KEPT, BUSY = STUDENT + 60, STUDENT + 61, STUDENT + 62
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services, ends_on=date(2036, 3, 31))
    return await actor(services, OFFICER)


def to(clock: FakeClock, day: date) -> None:
    clock.go(seconds=(datetime(day.year, day.month, day.day, 3, tzinfo=TOKYO) - clock.now()).total_seconds())


async def rows(database: Database, table: type[Record]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def test_after_a_full_year_of_silence_people_are_asked_then_taken_out(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    service = services[RetentionService]
    silent = await join(services, SILENT, "黙田 静", contact=Contact.DIRECT)
    await join(services, KEPT, "残田 緑", contact=Contact.CHANNEL)
    await appoint_to(services, BUSY, LC_MEMBER, 5, date(2026, 4, 1), date(2029, 3, 31))
    async with database.writing() as session:
        for one in (SILENT, KEPT):
            person = (await actor(services, one)).person_id
            assert person is not None
            kind = MembershipKind.INDIVIDUAL
            await begin_memberships(session, officer.organisation.id, [person], kind, date(2026, 11, 21), clock.now())

    to(clock, date(2028, 3, 31))  # the end of the fiscal year after the last sign
    assert await service.run() == (0, 0)
    to(clock, date(2028, 4, 1))
    assert await service.run() == (2, 0)
    assert await service.run() == (0, 0), "asked once"
    asked = [row for row in await rows(database, Delivery) if row.kind == KEEP]
    assert [(row.recipient_id, row.is_reminder) for row in asked] == [(SILENT, True)] * 2
    (question,) = await facts_of(services, await actor(services, KEPT), keeping_question)
    assert question.until == date(2028, 5, 31)
    await service.keep(await actor(services, KEPT))
    with pytest.raises(Conflict):
        await service.keep(await actor(services, KEPT))
    to(clock, date(2028, 5, 31))
    assert await service.run() == (0, 0)
    to(clock, date(2028, 6, 1))
    assert await service.run() == (0, 1)
    assert await service.run() == (0, 0)

    people = {row.id: row for row in await rows(database, Person)}
    assert silent.person_id is not None
    gone = people[silent.person_id]
    assert (gone.display_name, gone.discord_user_id) == ("", None)
    assert silent.person_id not in [row.person_id for row in await rows(database, Profile)]
    assert [row.person_id for row in await rows(database, Deletion)] == [silent.person_id], "also after a restore"
    memberships = [row.person_id for row in await rows(database, Membership)]
    assert memberships.count(silent.person_id) == 1, "counts stay"
    noted = [(row.action, row.origin) for row in await rows(database, AuditEntry) if row.origin == "nightly"]
    assert noted.count(("person.ask_keep", "nightly")) == 2
    assert noted.count(("person.anonymise", "nightly")) == 1

    to(clock, date(2030, 4, 1))
    assert await service.run() == (2, 0), "who stayed is asked again after their year; so is who was busy until 2029"


async def test_a_sign_of_life_while_the_question_waits_is_an_answer(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    await join(services, SILENT, "黙田 静")
    service = services[RetentionService]
    to(clock, date(2028, 4, 1))
    assert await service.run() == (1, 0)
    await services[RenewalService].ask(officer.organisation.id, 2028, 0)
    await services[RenewalService].answer(await actor(services, SILENT), stay=True, year_of_study=4)
    to(clock, date(2028, 7, 1))
    assert await service.run() == (0, 0)
    assert (await actor(services, SILENT)).person_id is not None
    assert not await facts_of(services, await actor(services, SILENT), keeping_question)


async def test_people_are_taken_out_one_a_transaction(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    """Each time all deliveries are looked through, and nobody else may write meanwhile."""
    for number in range(3):
        await join(services, SILENT + 20 + number, f"黙田 {number}号")
    service = services[RetentionService]
    to(clock, date(2028, 4, 1))
    assert await service.run() == (3, 0)
    to(clock, date(2028, 7, 1))
    at_once: list[int] = []
    database.on_commit.append(lambda info: at_once.append(len(info.get(DELETED, []))))
    assert await service.run() == (0, 3)
    assert [n for n in at_once if n] == [1, 1, 1]


async def test_somebody_who_cannot_be_taken_out_keeps_nobody_else(
    monkeypatch: pytest.MonkeyPatch, services: Services, officer: Actor, clock: FakeClock
) -> None:
    people = [(await join(services, SILENT + 30 + n, f"黙田 {n}号")).person_id for n in range(3)]
    usual = mydata.take_out

    async def take_out(session: Any, person: Person, *rest: Any) -> None:
        assert person.id != people[0], "a fault of ours"
        await usual(session, person, *rest)

    to(clock, date(2028, 4, 1))
    assert await services[RetentionService].run() == (3, 0)
    to(clock, date(2028, 7, 1))
    with monkeypatch.context() as broken:
        broken.setattr(retention, "take_out", take_out)
        assert await services[RetentionService].run() == (0, 2)
    assert await services[RetentionService].run() == (0, 1), "the next night"


async def test_an_organisation_that_cannot_be_looked_through_keeps_no_other(
    monkeypatch: pytest.MonkeyPatch, services: Services, officer: Actor, clock: FakeClock
) -> None:
    await found_organisation(services, guild=GUILD + 1, name_ja="別の団体", name_en="AMSA", ends_on=date(2036, 3, 31))
    await join(services, SILENT, "黙田 静", guild=GUILD + 1)
    usual = queries.settings_of

    async def settings_of(session: Any, organisation_id: int) -> Any:
        assert organisation_id != officer.organisation.id, "a fault of ours"
        return await usual(session, organisation_id)

    monkeypatch.setattr(retention, "settings_of", settings_of)
    to(clock, date(2028, 4, 1))
    assert await services[RetentionService].run() == (1, 0)


async def test_officers_in_office_are_left_in_peace(services: Services, officer: Actor, clock: FakeClock) -> None:
    to(clock, date(2034, 4, 1))
    assert await services[RetentionService].run() == (0, 0)


@pytest.mark.parametrize("how", ["declines", "answers"])
async def test_an_answer_about_an_event_is_a_sign_of_life(
    services: Services, officer: Actor, clock: FakeClock, how: str
) -> None:
    silent = await join(services, SILENT, "黙田 静")
    assert silent.person_id is not None
    await services[MemberService].choose_visibility(silent, Visibility.EVERYBODY)
    to(clock, date(2027, 3, 1))
    card = await posted(services, officer, "2027年6月5日(土) 19時〜21時 Zoomで症例勉強会、誰でも")
    if how == "declines":
        await services[InvitationService].invite(officer, card.event_id, [silent.person_id])
    else:
        question = await services[QuestionService].add(officer, card.event_id, QuestionDraft("ひとこと"))
        await services[JoiningService].join(silent, card.event_id)
    to(clock, date(2027, 5, 1))
    if how == "declines":
        await services[InvitationService].decline(silent, card.event_id)
    else:
        await services[AnswerService].answer(silent, card.event_id, {question: ["はい"]})
    service = services[RetentionService]
    to(clock, date(2028, 4, 1))
    assert await service.run() == (0, 0), "they answered in the year before"
    to(clock, date(2029, 4, 1))
    assert await service.run() == (1, 0)
