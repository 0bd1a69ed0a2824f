from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.asks.asking import close
from bot.features.local_committees.models import Via
from bot.features.people.actors import Actor
from bot.features.questionnaires import service as drawing_up
from bot.features.questionnaires.models import AskedParty, QuestionKind
from bot.features.questionnaires.service import BoardService, NewQuestion, Party, QuestionnaireService
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import (
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    appoint_to,
    found_organisation,
    represented_lc,
)

HOW_MANY = NewQuestion(QuestionKind.NUMBER, "何人", "How many", (), True)
HOW = NewQuestion(QuestionKind.CHOICE, "手段", "", ("電車", "バス"), True)
WORD = NewQuestion(QuestionKind.TEXT, "ひとこと", "", (), False)


@pytest.fixture
async def lc(services: Services) -> int:
    return await represented_lc(services)


@pytest.fixture
async def asked(database: Database, clock: FakeClock, lc: int) -> int:
    """Three questions to the LC, until in a week."""
    async with database.writing() as session:
        questionnaire_id = await drawing_up.begin(session, 1, "合宿")
        for question in (HOW_MANY, HOW, WORD):
            await drawing_up.add_question(session, questionnaire_id, question)
        deadline = clock.now() + timedelta(days=7)
        await drawing_up.open_to(session, questionnaire_id, "合宿", [Party(lc)], deadline, clock.now())
    return questionnaire_id


@pytest.fixture
def service(services: Services) -> QuestionnaireService:
    return services[QuestionnaireService]


@pytest.fixture
async def mine(services: Services, lc: int) -> Actor:
    return await actor(services, REPRESENTATIVE)


async def ids(service: QuestionnaireService, who: Actor, asked: int, lc: int) -> list[int]:
    return [one.question_id for one in (await service.paper(who, asked, Party(lc))).questions]


async def test_one_answer_for_each_lc_changeable_until_the_deadline(
    service: QuestionnaireService, services: Services, mine: Actor, asked: int, lc: int, clock: FakeClock
) -> None:
    number, how, _ = await ids(service, mine, asked, lc)
    officer = await actor(services, OFFICER)
    assert (await services[BoardService].board(officer, asked)).answered == 0, "silence is no answer"
    await service.answer(mine, asked, Party(lc), {number: "３人"})
    assert (await services[BoardService].board(officer, asked)).answered == 0, "half an answer isn't one"
    await service.answer(mine, asked, Party(lc), {how: "バス"})
    await asyncio.gather(*(service.answer(mine, asked, Party(lc), {number: str(n)}) for n in (4, 5)))
    board = await services[BoardService].board(officer, asked)
    assert board.answered == 1
    (row,) = board.rows
    assert row.sheet is not None
    assert row.sheet.values[number] in (4, 5)
    assert row.sheet.values[how] == "バス"
    assert board.counts(board.questions[1]) == {"バス": 1}
    await service.answer(mine, asked, Party(lc), {number: ""})
    assert (await services[BoardService].board(officer, asked)).answered == 0, "taken back"
    assert (await service.to_fill_in(mine, asked, Party(lc), heard=False)).title == "合宿"
    clock.go(days=8)
    with pytest.raises(Conflict):
        await service.answer(mine, asked, Party(lc), {number: "6"})
    with pytest.raises(Conflict, match="closed on"):
        await service.to_fill_in(mine, asked, Party(lc), heard=False)
    assert await service.to_fill_in(officer, asked, Party(lc), heard=True), "what is heard late is worth knowing"
    await service.answer(officer, asked, Party(lc), {number: "6"}, Via.PHONE)
    (row,) = (await services[BoardService].board(officer, asked)).rows
    assert row.sheet is not None
    assert (row.sheet.via, row.sheet.by) == (Via.PHONE, "役員 一号")


async def test_who_may_answer_and_who_may_read(
    service: QuestionnaireService, services: Services, mine: Actor, asked: int, lc: int
) -> None:
    for user in (OTHER, NEWCOMER):
        with pytest.raises(NotAllowed):
            await service.answer(await actor(services, user), asked, Party(lc), {})
    for user in (OTHER, NEWCOMER, REPRESENTATIVE):
        with pytest.raises(NotAllowed):
            await services[BoardService].board(await actor(services, user), asked)
    officer = await actor(services, OFFICER)
    with pytest.raises(Invalid):
        await service.answer(officer, asked, Party(lc), {})
    assert await service.asked_of(officer, asked) == []
    assert await service.asked_of(mine, asked) == [Party(lc)]
    other = await actor(services, OTHER)
    with pytest.raises(NotFound):
        await service.paper(other, asked, Party(other.officer_of[0]))
    await found_organisation(services, guild=GUILD + 1)
    with pytest.raises(NotFound):
        await services[BoardService].board(await actor(services, OFFICER, GUILD + 1), asked)


async def test_what_cannot_be_used_leaves_the_question_as_it_was(
    service: QuestionnaireService, mine: Actor, asked: int, lc: int
) -> None:
    number, how, word = await ids(service, mine, asked, lc)
    await service.answer(mine, asked, Party(lc), {number: "3", how: "電車"})
    refused = await service.answer(mine, asked, Party(lc), {number: "many", how: "船", word: " はい "})
    assert [one.question.question_id for one in refused] == [number, how]
    sheet = (await service.paper(mine, asked, Party(lc))).sheet
    assert sheet is not None
    assert sheet.values == {number: 3, how: "電車", word: "はい"}


async def test_of_two_officers_who_answer_at_once_neither_loses_what_they_wrote(
    service: QuestionnaireService, mine: Actor, asked: int, lc: int
) -> None:
    number, how, word = await ids(service, mine, asked, lc)
    await service.answer(mine, asked, Party(lc), {number: "3", how: "電車", word: "はい"})
    seen = await service.paper(mine, asked, Party(lc))
    first, second = {number: "4", how: "電車", word: "はい"}, {number: "3", how: "電車", word: ""}
    for typed in (first, second):
        await service.answer(mine, asked, Party(lc), seen.changes(typed))
    sheet = (await service.paper(mine, asked, Party(lc))).sheet
    assert sheet is not None
    assert sheet.values == {number: 4, how: "電車"}


async def test_what_is_closed_takes_no_answers_and_a_copy_asks_the_same(
    service: QuestionnaireService, database: Database, mine: Actor, asked: int, lc: int, clock: FakeClock
) -> None:
    async with database.writing() as session:
        await close(session, AskedParty, clock.now(), AskedParty.questionnaire_id == asked)
        copied = await drawing_up.copy(session, asked)
    with pytest.raises(Conflict):
        await service.answer(mine, asked, Party(lc), {})
    for heard in (False, True):
        with pytest.raises(Conflict):
            await service.to_fill_in(mine, asked, Party(lc), heard=heard)
    with pytest.raises(NotFound):
        await service.paper(mine, copied, Party(lc))
    async with database.writing() as session:
        await drawing_up.open_to(session, copied, "再び", [Party(lc)], None, clock.now())
    again = await service.paper(mine, copied, Party(lc))
    assert [one.text_ja for one in again.questions] == ["何人", "手段", "ひとこと"]
    assert again.sheet is None


async def test_what_cannot_be_asked_is_refused(database: Database, services: Services, lc: int) -> None:
    async with database.writing() as session:
        questionnaire_id = await drawing_up.begin(session, 1, "合宿")
        for wrong in (
            NewQuestion(QuestionKind.TEXT, " ", "", (), True),
            NewQuestion(QuestionKind.TEXT, "あ" * 101, "", (), True),
            NewQuestion(QuestionKind.CHOICE, "手段", "", ("電車", " 電車"), True),
            NewQuestion(QuestionKind.CHOICE, "手段", "", [str(n) for n in range(26)], True),
            NewQuestion(QuestionKind.CHOICE, "手段", "", ("a", "b" * 101), True),
        ):
            with pytest.raises(Invalid):
                await drawing_up.add_question(session, questionnaire_id, wrong)
        for _ in range(5):
            await drawing_up.add_question(session, questionnaire_id, WORD)
        with pytest.raises(Conflict):
            await drawing_up.add_question(session, questionnaire_id, WORD)


async def test_persons_are_asked_by_the_same_means_each_for_themselves(
    services: Services, service: QuestionnaireService, database: Database, mine: Actor, lc: int, clock: FakeClock
) -> None:
    ann, ben = await join(services, NEWCOMER, "安 一"), await join(services, NEWCOMER + 1, "便 二")
    async with database.writing() as session:
        asked = await drawing_up.begin(session, 1, "進路")
        for question in (HOW_MANY, HOW):
            await drawing_up.add_question(session, asked, question)
        parties = [Party(person_id=one.person_id) for one in (ann, ben)]
        await drawing_up.open_to(session, asked, "進路", parties, clock.now() + timedelta(days=7), clock.now())
    own, theirs = parties
    assert await service.asked_of(ann, asked) == [own]
    assert await service.asked_of(mine, asked) == []
    paper = await service.paper(ann, asked, own)
    assert (paper.name_ja, paper.sheet) == ("安 一", None)
    number, how = [one.question_id for one in paper.questions]
    await asyncio.gather(service.answer(ann, asked, own, {number: "4"}), service.answer(ann, asked, own, {how: "バス"}))
    officer = await actor(services, OFFICER)
    board = await services[BoardService].board(officer, asked)
    assert (board.of_people, board.answered) == (True, 1), "of two answers at once, both are there"
    assert [(row.name_ja, row.has_answered) for row in board.rows] == [("便 二", False), ("安 一", True)]
    for who, party in ((ann, theirs), (officer, own), (mine, own)):
        with pytest.raises(NotAllowed):
            await service.answer(who, asked, party, {number: "9"})
    with pytest.raises(NotAllowed):
        await services[BoardService].board(ann, asked)
    with pytest.raises(NotFound):
        await service.answer(mine, asked, Party(lc_id=lc), {number: "9"})
    clock.go(days=8)
    with pytest.raises(Conflict):
        await service.answer(ann, asked, own, {number: "5"})


async def test_a_name_that_is_not_for_an_officer_to_see_is_not_on_their_board(
    services: Services, database: Database, lc: int, clock: FakeClock
) -> None:
    ann = await join(services, NEWCOMER, "安 一")
    await appoint_to(services, NEWCOMER + 1, "npo")
    async with database.writing() as session:
        asked = await drawing_up.begin(session, 1, "進路")
        await drawing_up.add_question(session, asked, HOW_MANY)
        await drawing_up.open_to(session, asked, "進路", [Party(person_id=ann.person_id)], None, clock.now())
    (row,) = (await services[BoardService].board(await actor(services, NEWCOMER + 1), asked)).rows
    assert (row.name_ja, row.name_en, row.party.person_id) == ("", "", ann.person_id)


async def test_an_asked_party_is_either_an_lc_or_a_person(database: Database, asked: int, lc: int) -> None:
    with pytest.raises(AssertionError):
        Party()
    with pytest.raises(AssertionError):
        Party(lc_id=lc, person_id=1)
    for values in ({}, {"lc_id": lc, "person_id": 1}):
        with pytest.raises(IntegrityError, match="either"):
            async with database.writing() as session:
                await session.execute(insert(AskedParty).values(questionnaire_id=asked, **values))
