"""What an event was like: who says so, when, and what others see of it; on both databases."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events.lists import Which
from bot.features.events.on_home import lately
from bot.features.events.photos import MOST_BYTES
from bot.features.events.reporting import MOST, TEXT, ReportDraft, ReportService
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.kit.edits import Overtaken
from tests.events.support import PHOTO, people, photo, posted
from tests.events.test_hosts import facts
from tests.support.clocks import FakeClock
from tests.support.people import OTHER, REPRESENTATIVE, actor

EMPTY = ReportDraft("")


@pytest.fixture
def reports(services: Services) -> ReportService:
    return services[ReportService]


async def past(services: Services, clock: FakeClock, maker: Actor) -> tuple[int, Actor]:
    """An event that is over, and its maker on that day."""
    event = await posted(services, maker)
    clock.go(days=15)
    return event.event_id, await actor(services, REPRESENTATIVE)


async def test_pictures_and_sentences_are_seen_by_others(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event_id, maker = await past(services, clock, representative)
    (student,) = await people(services, 1)
    (fact,) = await facts(services, student, lately)
    assert not fact.of
    await reports.add(maker, event_id, photo((80, 30), turned=True), agreed=True)
    await reports.add(maker, event_id, PHOTO, agreed=True)
    await reports.write(maker, event_id, ReportDraft("  20人が来ました。  "), EMPTY)
    card = await services[EventService].event(student, event_id)
    assert (card.report, card.pictures) == ("20人が来ました。", 2)
    first, second = await reports.pictures(maker, event_id)
    image = Image.open(io.BytesIO(first.content))
    assert (image.size, dict(image.getexif())) == ((30, 80), {})
    assert b"Hanako" not in first.content
    assert [one.pictures for one in await services[EventService].coming(student, Which.OVER)] == [2]
    (fact,) = await facts(services, student, lately)
    assert (fact.id, fact.of) == (event_id, 2)
    await reports.remove(maker, event_id, first.picture_id)
    with pytest.raises(NotFound):
        await reports.remove(maker, event_id, first.picture_id)
    assert [one.picture_id for one in await reports.pictures(maker, event_id)] == [second.picture_id]
    await reports.write(maker, event_id, EMPTY, ReportDraft("20人が来ました。"))
    assert (await services[EventService].event(student, event_id)).report == ""


async def test_only_its_organisers_say_what_it_was_like(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event_id, maker = await past(services, clock, representative)
    await reports.add(maker, event_id, PHOTO, agreed=True)
    (picture,) = await reports.pictures(maker, event_id)
    (student,) = await people(services, 1)
    for nobody in (student, await actor(services, OTHER)):
        with pytest.raises(NotAllowed):
            await reports.add(nobody, event_id, PHOTO, agreed=True)
        with pytest.raises(NotAllowed):
            await reports.write(nobody, event_id, ReportDraft("よかった"), EMPTY)
        with pytest.raises(NotAllowed):
            await reports.remove(nobody, event_id, picture.picture_id)
    other = (await posted(services, maker, "12/20(日) 19時〜21時 別の会、誰でも")).event_id
    with pytest.raises(NotFound):  # a picture of another event
        await reports.remove(maker, other, picture.picture_id)
    assert len(await reports.pictures(maker, event_id)) == 1


@pytest.mark.parametrize("content", [b"", b"no picture", b"x" * (MOST_BYTES + 1)], ids=["empty", "text", "large"])
async def test_what_is_no_picture_is_refused(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor, content: bytes
) -> None:
    event_id, maker = await past(services, clock, representative)
    with pytest.raises(Invalid):
        await reports.add(maker, event_id, content, agreed=True)
    with pytest.raises(Invalid, match="tick both"):
        await reports.add(maker, event_id, PHOTO, agreed=False)
    with pytest.raises(Invalid):
        await reports.write(maker, event_id, ReportDraft("長" * (TEXT + 1)), EMPTY)
    assert await reports.pictures(maker, event_id) == []


async def test_nothing_is_said_before_it_is_over_or_of_a_cancelled_one(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    called_off = await posted(services, representative, "12/6(日) 19時〜21時 中止の会、誰でも")
    await services[EventService].cancel(representative, called_off.event_id, "台風のため")
    for number in (event.event_id, called_off.event_id):
        with pytest.raises(Conflict):
            await reports.add(representative, number, PHOTO, agreed=True)
        with pytest.raises(Conflict):
            await reports.write(representative, number, ReportDraft("よかった"), EMPTY)
        with pytest.raises(Conflict):
            await reports.to_write(representative, number)
    clock.go(days=20)
    maker = await actor(services, REPRESENTATIVE)
    assert await reports.to_write(maker, event.event_id) == EMPTY
    with pytest.raises(Conflict, match="cancelled"):
        await reports.add(maker, called_off.event_id, PHOTO, agreed=True)


async def test_of_many_at_once_no_more_are_kept_than_it_shows(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event_id, maker = await past(services, clock, representative)
    more = [reports.add(maker, event_id, PHOTO, agreed=True) for _ in range(MOST + 2)]
    done = await asyncio.gather(*more, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in done) == 2
    assert len(await reports.pictures(maker, event_id)) == MOST


async def test_two_who_write_at_once_notice_each_other(
    reports: ReportService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event_id, maker = await past(services, clock, representative)
    await reports.write(maker, event_id, ReportDraft("20人が来ました。"), EMPTY)
    with pytest.raises(Overtaken):
        await reports.write(maker, event_id, ReportDraft("30人が来ました。"), EMPTY)
