"""Two who do the same at once, on both databases: the second sees what the first has done."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Invalid
from bot.features import Services
from bot.features.events.answers import AnswerService
from bot.features.events.copies import MOST, CopyingService
from bot.features.events.joining import JoiningService
from bot.features.events.models import EventAnswer, EventTemplate
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.people.actors import Actor
from tests.events.support import draft_of, people, posted
from tests.support.people import REPRESENTATIVE, actor


async def test_two_answers_of_one_person_are_one(services: Services, database: Database, representative: Actor) -> None:
    card = await posted(services, representative)
    question = await services[QuestionService].add(representative, card.event_id, QuestionDraft("ひとこと"))
    answers = services[AnswerService]
    for student in await people(services, 5):
        await services[JoiningService].join(student, card.event_id)
        said = [f"答え {number}" for number in range(4)]
        await asyncio.gather(*(answers.answer(student, card.event_id, {question: [one]}) for one in said))
        query = select(EventAnswer.given).where(EventAnswer.person_id == student.person_id)
        async with database.reading() as connection:
            (row,) = await fetch(connection, query)
        assert row.given[0] in said
        paper = await answers.paper(student, card.event_id)
        assert paper.given == {question: row.given}


async def test_a_place_keeps_no_more_templates_than_its_limit(
    services: Services, database: Database, representative: Actor
) -> None:
    copying = services[CopyingService]
    cards = [await draft_of(services, representative) for _ in range(4)]
    for number in range(MOST - 1):
        await copying.keep(representative, cards[0].event_id, f"型 {number}")
    makers = [await actor(services, REPRESENTATIVE) for _ in cards]
    for _ in range(5):
        kept = await asyncio.gather(
            *(
                copying.keep(maker, card.event_id, f"最後 {number}")
                for number, (maker, card) in enumerate(zip(makers, cards, strict=True))
            ),
            return_exceptions=True,
        )
        (last,) = [one for one in kept if isinstance(one, int)]
        assert sum(isinstance(one, Invalid) for one in kept) == len(kept) - 1, kept
        async with database.reading() as connection:
            assert len(await fetch(connection, select(EventTemplate.id))) == MOST
        await copying.delete(representative, last)


async def test_no_two_templates_of_a_place_get_the_same_name(
    services: Services, database: Database, representative: Actor
) -> None:
    copying = services[CopyingService]
    cards = [await draft_of(services, representative) for _ in range(3)]
    other = await copying.keep(representative, cards[0].event_id, "ほか")
    third = await copying.keep(representative, cards[0].event_id, "三つ目")
    makers = [await actor(services, REPRESENTATIVE) for _ in range(5)]
    done = await asyncio.gather(
        *(copying.keep(maker, card.event_id, "定例勉強会") for maker, card in zip(makers[:3], cards, strict=True)),
        copying.rename(makers[3], other, "定例勉強会", "ほか"),
        copying.rename(makers[4], third, "定例勉強会", "三つ目"),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, Invalid) for one in refused), refused
    assert len(refused) == len(done) - 1
    async with database.reading() as connection:
        names = Counter(row.name for row in await fetch(connection, select(EventTemplate.name)))
    assert names["定例勉強会"] == 1
