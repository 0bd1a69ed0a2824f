"""An event that people come to by an address."""

from __future__ import annotations

from bot.features import Services
from bot.features.events.queries import EventCard
from bot.features.guests.inviting import InvitingService
from bot.features.guests.rules import Entry
from bot.features.guests.service import GuestService
from bot.features.guests.values import Shown
from bot.features.people.actors import Actor
from tests.events.support import posted

#: Two weeks after the clock's first day, with two places.
TEXT = "12/5(土) 19時〜21時 Zoomで症例勉強会、誰でも 定員2名\nhttps://us02web.zoom.us/j/123"


async def opened(services: Services, maker: Actor, text: str = TEXT) -> tuple[EventCard, str]:
    """An event, and the token of its shared address."""
    event = await posted(services, maker, text)
    return event, await shared(services, maker, event.event_id)


async def shared(services: Services, maker: Actor, event_id: int) -> str:
    found = await services[InvitingService].text(maker, event_id, is_public=True)
    assert found.token is not None
    return found.token


async def enter(services: Services, token: str, name: str, school: str = "", **more: object) -> str:
    """The token of their own address."""
    return await services[GuestService].enter(token, Entry(name, school, **more))  # type: ignore[arg-type]


async def look(services: Services, token: str) -> Shown:
    shown = await services[GuestService].look(token)
    assert shown is not None
    return shown
