"""Copies of events and templates, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events.copies import MOST, CopyingService
from bot.features.events.placing import PlacingService
from bot.features.events.queries import EventCard
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.rules import When, read_when
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.signups.models import Mode, QuotaKind
from bot.features.signups.placing import Seats
from tests.events.support import draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.people import OTHER, actor

LINE = "12/5(土) 19時〜21時 A棟で症例勉強会、誰でも 定員20名 会費500円\nhttps://zoom.us/j/1"
KEPT = Seats(QuotaKind.RESERVED, 10, 1, 1, until=datetime.fromisoformat("2026-12-01T00:00"))


@pytest.fixture
def copying(services: Services) -> CopyingService:
    return services[CopyingService]


async def ruled(services: Services, maker: Actor) -> EventCard:
    """An event with rules for its sign-up."""
    card = await posted(services, maker, LINE)
    rules = replace(card.place_rules, mode=Mode.APPROVAL, groups=(KEPT,))
    await services[PlacingService].set(maker, card.event_id, rules, card.place_rules)
    await services[QuestionService].add(maker, card.event_id, QuestionDraft("学年"))
    return await services[EventService].event(maker, card.event_id)


async def asked(services: Services, maker: Actor, event_id: int) -> list[str]:
    return [one.text_ja for one in (await services[QuestionService].questions(maker, event_id)).questions]


async def draft(services: Services, maker: Actor, event_id: int) -> EventCard:
    return (await services[EventService].draft(maker, event_id)).event


def later(clock: FakeClock) -> When:
    return read_when("12/19 18:00-20:00", clock.now(), "Asia/Tokyo")


async def test_a_copy_has_all_but_times_people_and_posts(
    copying: CopyingService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await ruled(services, representative)
    made = await draft(services, representative, await copying.copy(representative, card.event_id, later(clock)))
    for name in ("title_ja", "place", "limit", "cost", "audience", "lc_id", "link", "text"):
        assert getattr(made, name) == getattr(card, name), name
    assert made.when == later(clock)
    assert made.signup_id is None
    assert await asked(services, representative, made.event_id) == ["学年"]
    assert made.uid != card.uid
    assert made.place_rules.mode is Mode.APPROVAL
    (kept,) = made.place_rules.groups
    assert kept.until == datetime.fromisoformat("2026-12-14T23:00"), "as long before the start"
    await services[EventService].post(representative, made.event_id, made.version)


async def test_a_copy_is_made_by_those_who_make_events_there(
    copying: CopyingService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await ruled(services, representative)
    (student,) = await people(services, 1)
    for nobody in (student, await actor(services, OTHER)):
        with pytest.raises(NotAllowed):
            await copying.copy(nobody, card.event_id, later(clock))
    own = await draft_of(services, representative)
    with pytest.raises(NotFound):
        await copying.copy(await actor(services, OTHER), own.event_id, later(clock))
    with pytest.raises(Invalid):
        await copying.copy(representative, card.event_id, read_when("2020-01-01 10:00", clock.now(), "Asia/Tokyo"))


async def test_a_template_begins_an_event_and_the_text_says_what_is_different(
    copying: CopyingService, services: Services, representative: Actor
) -> None:
    card = await ruled(services, representative)
    template = await copying.keep(representative, card.event_id, "定例勉強会")
    (one,) = (await copying.sources(representative)).templates
    assert (one.template_id, one.name) == (template, "定例勉強会")
    made = await draft(
        services, representative, await copying.begin_from(representative, template, "12/19 18:00-20:00")
    )
    assert (made.title_ja, made.place, made.limit, made.link) == ("症例勉強会", "A棟", 20, "")
    assert made.when is not None
    assert made.when.starts == datetime.fromisoformat("2026-12-19T18:00")
    assert await asked(services, representative, made.event_id) == ["学年"]
    assert made.place_rules.groups[0].until == datetime.fromisoformat("2026-12-14T23:00")
    other = await copying.begin_from(representative, template, "12/20 18:00-20:00 B棟で解剖勉強会 定員5名")
    made = await draft(services, representative, other)
    assert (made.title_ja, made.limit) == ("解剖勉強会", 5)
    assert "B棟" in made.place
    empty = await draft(services, representative, await copying.begin_from(representative, template, ""))
    assert empty.when is None
    assert empty.place_rules.groups == (replace(KEPT, until=None),)


async def test_own_last_events_are_there_to_begin_from_each_title_once(
    copying: CopyingService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, "12/5から毎週土曜 19:00-21:00 勉強会")
    (past,) = (await copying.sources(representative)).events
    made = await draft(services, representative, await copying.begin_like(representative, past.event_id, "12/20 10:00"))
    assert made.title_ja == card.title_ja
    (student,) = await people(services, 1)
    found = await copying.sources(student)
    assert (found.templates, found.events) == ([], [])


async def test_templates_are_renamed_deleted_and_nobody_elses(
    copying: CopyingService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative)
    template = await copying.keep(representative, card.event_id, "定例")
    other = await actor(services, OTHER)
    for attempt in (
        copying.template(other, template),
        copying.rename(other, template, "x", "定例"),
        copying.delete(other, template),
        copying.begin_from(other, template, "12/5 19:00"),
    ):
        with pytest.raises(NotFound):
            await attempt
    await copying.rename(representative, template, "新しい名前", "定例")
    with pytest.raises(Conflict):
        await copying.rename(representative, template, "別の名前", "定例")
    for wrong in ("", "あ" * 51):
        with pytest.raises(Invalid):
            await copying.rename(representative, template, wrong, "新しい名前")
    with pytest.raises(Invalid):
        await copying.keep(representative, card.event_id, "新しい名前")
    for number in range(MOST - 1):
        await copying.keep(representative, card.event_id, f"ひな形{number}")
    with pytest.raises(Invalid):
        await copying.keep(representative, card.event_id, "多すぎる")
    await copying.delete(representative, template)
    assert template not in [one.template_id for one in await copying.templates(representative)]
