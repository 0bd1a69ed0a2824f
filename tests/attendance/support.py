"""An assembly of three days, people who have a place in it, and its door."""

from __future__ import annotations

from bot.features import Services
from bot.features.attendance.desks import DeskService
from bot.features.events.joining import JoiningService
from bot.features.people.actors import Actor
from tests.events.support import people, posted
from tests.support.clocks import FakeClock

#: Two weeks after the clock's first day, from Saturday 10:00 to Monday 15:00.
TEXT = "12/5(土) 10:00〜12/7(月) 15:00 A棟で総会、誰でも"
FIRST, SECOND, THIRD = (0, 0), (1, 0), (2, 0)


async def assembly(services: Services, maker: Actor, count: int = 3) -> tuple[int, list[Actor]]:
    """The event, whose check-in is set up, and students with a place."""
    card = await posted(services, maker, TEXT)
    students = await people(services, count)
    for one in students:
        await services[JoiningService].join(one, card.event_id)
    await services[DeskService].open(maker, card.event_id)
    return card.event_id, students


def to_the_start(clock: FakeClock) -> None:
    """Saturday 5 December, 10:00 in Tokyo."""
    clock.go(days=13, hours=15)


async def code(services: Services, maker: Actor, event_id: int, key: tuple[int, int] = FIRST, door: int = 0) -> str:
    return (await services[DeskService].code(maker, event_id, key, door)).code
