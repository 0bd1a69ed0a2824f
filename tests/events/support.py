"""Events in tests: one that stands in the LC at 東京大学, and people who come."""

from __future__ import annotations

from bot.features import Services
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from tests.support.members import join
from tests.support.people import NEWCOMER

#: Two weeks after the clock's first day.
TEXT = "12/5(土) 19時〜21時 Zoomで症例勉強会、誰でも"
CHANNEL = 8_000


async def draft_of(services: Services, maker: Actor, text: str = TEXT) -> EventCard:
    event_id = await services[EventService].begin(maker, text, CHANNEL)
    return (await services[EventService].draft(maker, event_id)).event


async def posted(services: Services, maker: Actor, text: str = TEXT) -> EventCard:
    """An event that people can sign up for."""
    draft = await draft_of(services, maker, text)
    await services[EventService].post(maker, draft.event_id, draft.version, CHANNEL)
    return await services[EventService].event(maker, draft.event_id)


async def people(services: Services, count: int) -> list[Actor]:
    """Students of 京都大学 without an LC."""
    return [
        await join(services, NEWCOMER + 100 + number, f"学生 {number}", school="京都大学") for number in range(count)
    ]
