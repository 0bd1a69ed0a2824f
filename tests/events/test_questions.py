"""An event's own questions, on both databases: who asks, who answers, who reads it, and what becomes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events.answers import AnswerService
from bot.features.events.forgetting import FORGET, ForgettingService
from bot.features.events.joining import JoiningService
from bot.features.events.models import AnswerKind, Event, EventAnswer, EventQuestion
from bot.features.events.on_home import questions_open
from bot.features.events.queries import EventCard
from bot.features.events.question_rows import draft_of
from bot.features.events.question_rules import Given, QuestionDraft, QuestionsChanged
from bot.features.events.questions import QuestionService
from bot.features.events.repeating import RepeatingService
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.history.service import AuditService, Filter, Kind
from bot.features.homes.service import HomeService
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from bot.features.record_keeping.merging import MergingService
from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.kit.edits import Overtaken
from tests.events.support import CHANNEL, TEXT, people, posted
from tests.events.support import draft_of as event_draft
from tests.events.test_attacks import edited, until
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor, appoint_to
from tests.support.refusals import alike

MEAL = QuestionDraft("お弁当", "Lunch", AnswerKind.CHOICE, ("肉", "魚"), is_required=True)
ALLERGY = QuestionDraft("アレルギーはありますか")


@pytest.fixture
def questions(services: Services) -> QuestionService:
    return services[QuestionService]


@pytest.fixture
def answers(services: Services) -> AnswerService:
    return services[AnswerService]


@pytest.fixture
def joining(services: Services) -> JoiningService:
    return services[JoiningService]


async def kept(database: Database) -> list[tuple[int, list[str]]]:
    async with database.reading() as connection:
        rows = await fetch(connection, select(EventAnswer.question_id, EventAnswer.given).order_by(EventAnswer.id))
    return [(row.question_id, row.given) for row in rows]


async def test_a_place_is_taken_with_the_answers_it_needs(
    services: Services, database: Database, questions: QuestionService, joining: JoiningService, representative: Actor
) -> None:
    card = await posted(services, representative)
    meal = await questions.add(representative, card.event_id, MEAL)
    allergy = await questions.add(representative, card.event_id, ALLERGY)
    student, other = await people(services, 2)
    assert (await joining.way(student, card.event_id)).asks_first
    refused: list[Given | None] = [None, {}, {meal: []}, {allergy: ["えび"]}]
    for wrong in refused:
        with pytest.raises(QuestionsChanged):
            await joining.join(student, card.event_id, wrong)
    assert await kept(database) == []
    assert (await services[EventService].event(student, card.event_id)).mine is None
    placed = await joining.join(student, card.event_id, {meal: ["魚"], allergy: ["えび "]})
    assert placed.state is PartyState.ACCEPTED
    assert await kept(database) == [(meal, ["魚"]), (allergy, ["えび"])]
    with pytest.raises(Conflict):
        await joining.way(student, card.event_id)
    await joining.join(other, card.event_id, {meal: ["肉"]})
    assert (await services[EventService].event(other, card.event_id)).unanswered == 1


async def test_without_a_required_question_a_place_is_one_press(
    services: Services,
    questions: QuestionService,
    answers: AnswerService,
    joining: JoiningService,
    clock: FakeClock,
    representative: Actor,
) -> None:
    card = await posted(services, representative)
    allergy = await questions.add(representative, card.event_id, ALLERGY)
    (student,) = await people(services, 1)
    with pytest.raises(Conflict):
        await answers.answer(student, card.event_id, {allergy: ["えび"]})
    assert not (await joining.way(student, card.event_id)).asks_first
    await joining.join(student, card.event_id)
    home = services[HomeService]
    (asked,) = (await home.facts(student, [questions_open]))[questions_open]
    assert (asked.id, asked.n) == (card.event_id, 1)
    await answers.answer(student, card.event_id, {allergy: []})
    assert (await home.facts(student, [questions_open]))[questions_open] == [], "left open is an answer, too"
    await answers.answer(student, card.event_id, {allergy: ["そば"]})
    assert (await answers.paper(student, card.event_id)).given == {allergy: ["そば"]}
    second = await questions.add(representative, card.event_id, QuestionDraft("学年"))
    assert (await home.facts(student, [questions_open]))[questions_open], "one that was added later"
    until(clock, "2026-12-05T19:00+09:00")
    for attempt in (answers.answer(student, card.event_id, {second: ["2"]}), answers.to_answer(student, card.event_id)):
        with pytest.raises(Conflict):
            await attempt
    assert not (await answers.paper(student, card.event_id)).is_open
    assert (await home.facts(student, [questions_open]))[questions_open] == []
    late = QuestionDraft("遅い")
    await alike(
        questions.to_add(representative, card.event_id), questions.add(representative, card.event_id, late), Conflict
    )
    await alike(questions.to_edit(representative, second), questions.edit(representative, second, late), Conflict)


async def test_organisers_read_names_and_officers_counts(
    services: Services,
    questions: QuestionService,
    answers: AnswerService,
    joining: JoiningService,
    representative: Actor,
    lc: int,
) -> None:
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    maker = await join(services, NEWCOMER, "主催 一")
    card = await posted(services, maker)
    meal = await questions.add(maker, card.event_id, MEAL)
    wish = await questions.add(maker, card.event_id, QuestionDraft("ひとこと"))
    first, second, gone = await people(services, 3)
    for person, what in ((first, "肉"), (second, "魚"), (gone, "魚")):
        await joining.join(person, card.event_id, {meal: [what], wish: ["よろしく"]})
    await services[SignUpService].withdraw(gone, card.signup_id or 0)
    found = await answers.replies(maker, card.event_id)
    assert found.counts == {meal: {"肉": 1, "魚": 1}, wish: {"": 2}}
    assert found.people is not None
    assert [(one.name, given[meal]) for one, given in found.people] == [("学生 0", ["肉"]), ("学生 1", ["魚"])]
    officers = await answers.replies(representative, card.event_id)
    assert (officers.people, officers.counts) == (None, found.counts)
    with pytest.raises(NotAllowed):
        await answers.replies(first, card.event_id)
    with pytest.raises(NotAllowed):
        await questions.questions(first, card.event_id)


async def test_nobody_answers_for_another_event(
    services: Services, database: Database, questions: QuestionService, answers: AnswerService, representative: Actor
) -> None:
    card, other = await posted(services, representative), await posted(services, representative, TEXT)
    own = await questions.add(representative, card.event_id, ALLERGY)
    foreign = await questions.add(representative, other.event_id, ALLERGY)
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, card.event_id)
    for wrong in ({foreign: ["えび"]}, {own: ["そば"], foreign: ["えび"]}):
        with pytest.raises(QuestionsChanged):
            await answers.answer(student, card.event_id, wrong)
    with pytest.raises(Conflict):
        await answers.answer(student, other.event_id, {foreign: ["えび"]})
    with pytest.raises(NotFound):
        await answers.answer(student, 2**62, {own: ["えび"]})
    assert await kept(database) == []


async def test_a_change_asks_those_again_whose_answer_no_longer_fits(
    services: Services, database: Database, questions: QuestionService, joining: JoiningService, representative: Actor
) -> None:
    card = await posted(services, representative)
    meal = await questions.add(representative, card.event_id, MEAL)
    first, second = await people(services, 2)
    await joining.join(first, card.event_id, {meal: ["肉"]})
    await joining.join(second, card.event_id, {meal: ["魚"]})
    assert (await questions.questions(representative, card.event_id)).answers == {meal: 2}
    assert await questions.edit(representative, meal, replace(MEAL, options=("魚", "野菜"))) == 1
    assert await kept(database) == [(meal, ["魚"])]
    assert (await services[EventService].event(first, card.event_id)).unanswered == 1
    await questions.remove(representative, meal)
    assert await kept(database) == []
    with pytest.raises(NotFound):
        await questions.remove(representative, meal)


async def test_what_was_promised_to_be_deleted_is(
    services: Services, questions: QuestionService, joining: JoiningService, representative: Actor
) -> None:
    card = await posted(services, representative)
    allergy = await questions.add(representative, card.event_id, ALLERGY)
    (line,) = (await questions.questions(representative, card.event_id)).questions
    assert line.is_sensitive
    (student,) = await people(services, 1)
    await joining.join(student, card.event_id, {allergy: ["えび"]})
    with pytest.raises(Conflict):
        await questions.edit(representative, allergy, replace(draft_of(line), is_sensitive=False))


async def test_two_who_edit_one_question_notice_each_other(
    services: Services, questions: QuestionService, representative: Actor
) -> None:
    draft = await event_draft(services, representative)
    number = await questions.add(representative, draft.event_id, MEAL)
    await questions.edit(representative, number, replace(MEAL, text_en="Lunch box"), MEAL)
    with pytest.raises(Overtaken):
        await questions.edit(representative, number, replace(MEAL, text_en="Bento"), MEAL)
    await questions.edit(representative, number, replace(MEAL, is_required=False), MEAL)
    (line,) = (await questions.questions(representative, draft.event_id)).questions
    assert (line.text_en, line.is_required) == ("Lunch box", False)


async def test_five_questions_in_an_order(
    services: Services, questions: QuestionService, representative: Actor
) -> None:
    draft = await event_draft(services, representative)
    numbers = [await questions.add(representative, draft.event_id, QuestionDraft(f"質問 {n}")) for n in range(5)]
    sixth = QuestionDraft("六つ目")
    await alike(
        questions.to_add(representative, draft.event_id), questions.add(representative, draft.event_id, sixth), Conflict
    )
    await questions.move_up(representative, numbers[4])
    await questions.move_up(representative, numbers[0])
    page = await questions.questions(representative, draft.event_id)
    assert [one.id for one in page.questions] == [numbers[n] for n in (0, 1, 2, 4, 3)]
    (student,) = await people(services, 1)
    for attempt in (
        questions.add(student, draft.event_id, ALLERGY),
        questions.edit(student, numbers[0], ALLERGY),
        questions.move_up(student, numbers[1]),
        questions.remove(student, numbers[0]),
        questions.question(student, numbers[0]),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            await attempt


async def test_a_draft_takes_its_questions_along(
    services: Services, database: Database, questions: QuestionService, representative: Actor
) -> None:
    draft = await event_draft(services, representative)
    await questions.add(representative, draft.event_id, ALLERGY)
    assert (await services[EventService].draft(representative, draft.event_id)).event.questions == 1
    await services[EventService].discard(representative, draft.event_id)
    async with database.reading() as connection:
        assert await fetch(connection, select(EventQuestion.id)) == []


async def with_answers(services: Services, maker: Actor, *guests: Actor) -> tuple[EventCard, int]:
    card = await posted(services, maker)
    number = await services[QuestionService].add(maker, card.event_id, ALLERGY)
    for one in guests:
        await services[JoiningService].join(one, card.event_id, {number: [f"{one.person_id}"]})
    return card, number


async def test_answers_go_with_their_person(
    services: Services, database: Database, answers: AnswerService, representative: Actor
) -> None:
    first, second = await people(services, 2)
    card, number = await with_answers(services, representative, first, second)
    found = await services[MyDataService].export(first)
    assert str(first.person_id) in str(found)
    await services[MyDataService].delete(first)
    assert await kept(database) == [(number, [f"{second.person_id}"])]
    people_left = (await answers.replies(representative, card.event_id)).people
    assert people_left is not None
    assert [given for _, given in people_left if given] == [{number: [f"{second.person_id}"]}]


async def test_two_records_of_one_person_have_one_answer(
    services: Services, database: Database, representative: Actor
) -> None:
    first, second = await people(services, 2)
    _, number = await with_answers(services, representative, first, second)
    officer = await actor(services, OFFICER)
    merging = services[MergingService]
    assert first.person_id is not None
    assert second.person_id is not None
    token = (await merging.preview(officer, first.person_id, second.person_id)).token
    await merging.merge(officer, first.person_id, second.person_id, token)
    assert await kept(database) == [(number, [f"{first.person_id}"])]


async def test_a_question_that_goes_while_people_answer_leaves_no_half(
    services: Services, questions: QuestionService, joining: JoiningService, representative: Actor
) -> None:
    guests = await people(services, 6)
    for student in guests:
        card = await posted(services, representative)
        number = await questions.add(representative, card.event_id, MEAL)
        joined, removed = await asyncio.gather(
            joining.join(student, card.event_id, {number: ["肉"]}),
            questions.remove(representative, number),
            return_exceptions=True,
        )
        assert removed is None
        if isinstance(joined, BaseException):
            assert isinstance(joined, QuestionsChanged), joined
            assert (await services[EventService].event(student, card.event_id)).mine is None


async def test_texts_that_are_too_long_change_nothing(
    services: Services, database: Database, questions: QuestionService, joining: JoiningService, representative: Actor
) -> None:
    card = await posted(services, representative)
    with pytest.raises(Invalid):
        await questions.add(representative, card.event_id, QuestionDraft("長" * 300))
    number = await questions.add(representative, card.event_id, QuestionDraft("学年", kind=AnswerKind.SHORT))
    (student,) = await people(services, 1)
    with pytest.raises(Invalid):
        await joining.join(student, card.event_id, {number: ["長" * 300]})
    assert await kept(database) == []


async def test_sensitive_answers_are_deleted_seven_days_after_the_event(
    services: Services,
    database: Database,
    questions: QuestionService,
    joining: JoiningService,
    clock: FakeClock,
    representative: Actor,
) -> None:
    """After an outage, too: the look asks what there is to delete."""
    forgetting, organisation = services[ForgettingService], representative.organisation.id
    cards = [await posted(services, representative) for _ in range(3)]
    (student,) = await people(services, 1)
    numbers = []
    for card in cards:
        numbers.append(await questions.add(representative, card.event_id, ALLERGY))
        plain = await questions.add(representative, card.event_id, QuestionDraft("学年"))
        await joining.join(student, card.event_id, {numbers[-1]: ["えび"], plain: ["2"]})
    _, moved, called_off = cards
    when = read_when("12/19 19:00-21:00", clock.now(), "Asia/Tokyo")
    await edited(services, representative, moved.event_id, when=when)
    await services[EventService].cancel(representative, called_off.event_id, "台風")

    async def left() -> set[int]:
        return {number for number, given in await kept(database) if number in numbers}

    async def noted() -> int:
        lines = await services[AuditService].all(representative, Filter(kind=Kind.EVENTS))
        return sum(one.action == "event.forget_answers" for one in lines)

    for night, expected in (
        ("2026-11-27T04:00+09:00", numbers),
        ("2026-11-28T04:00+09:00", numbers[:2]),  # one was called off on 21 November
        ("2026-12-11T04:00+09:00", numbers[:2]),
        ("2026-12-12T04:00+09:00", numbers[1:2]),  # one was on 5 December
        ("2026-12-25T04:00+09:00", numbers[1:2]),
        ("2027-03-01T04:00+09:00", []),
    ):
        until(clock, night)
        for _ in range(2):
            await forgetting.look(organisation)
        assert await left() == set(expected), night
    assert len(await kept(database)) == 3, "the others stay"
    assert await noted() == 3
    await forgetting.plan_all()
    waiting = select(Delivery.id).where(Delivery.kind == FORGET, Delivery.state == DeliveryState.PENDING)
    async with database.reading() as connection:
        assert await fetch(connection, waiting), "the next night's"


async def test_a_series_asks_at_its_later_ones(
    services: Services,
    database: Database,
    questions: QuestionService,
    joining: JoiningService,
    clock: FakeClock,
    representative: Actor,
) -> None:
    draft = await event_draft(services, representative, "毎週月曜 19:00-21:00 部室で勉強会")
    await questions.add(representative, draft.event_id, MEAL)
    await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)

    async def asked() -> list[list[str]]:
        found = []
        for event_id in await events_made(database):
            page = await questions.questions(representative, event_id)
            found.append([one.text_ja for one in page.questions])
        return found

    _, second, third, *others = await events_made(database)
    assert await asked() == [["お弁当"]] * (len(others) + 3), "as the first asked when it was posted"
    (student,) = await people(services, 1)
    (meal,) = (await questions.questions(representative, third)).questions
    await joining.join(student, third, {meal.id: ["肉"]})
    await questions.add(representative, second, ALLERGY)
    assert (await asked())[3] == ["お弁当"], "one alone changes no other"
    assert await services[RepeatingService].ask_later(representative, second) == len(others)
    both = ["お弁当", ALLERGY.text_ja]
    assert await asked() == [["お弁当"], both, ["お弁当"], *([both] * len(others))], "nobody's answer is lost"
    clock.go(days=8)
    await services[RepeatingService].look(representative.organisation.id)
    assert (await asked())[-1] == both
    await edited(services, representative, second, place="A棟")
    card = await services[EventService].to_edit(representative, second)
    await services[RepeatingService].edit_later(representative, second, card.version, place="B棟")
    clock.go(days=7)
    await services[RepeatingService].look(representative.organisation.id)
    assert (await asked())[-1] == both, "another place changes no question"
    await services[RepeatingService].end(representative, second)
    with pytest.raises(Conflict):
        await services[RepeatingService].ask_later(representative, second)


async def events_made(database: Database) -> list[int]:
    async with database.reading() as connection:
        return [row.id for row in await fetch(connection, select(Event.id).order_by(Event.id))]
