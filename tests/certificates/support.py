"""An event that is over, with people who came, and their certificates."""

from __future__ import annotations

from datetime import datetime

from bot.features import Services
from bot.features.certificates.issuing import IssuingService
from bot.features.certificates.rules import Terms
from bot.features.certificates.service import CertificateService
from bot.features.certificates.values import Printed
from bot.features.events.joining import JoiningService
from bot.features.events.queries import EventCard
from bot.features.people.actors import Actor
from tests.events.support import posted
from tests.support.clocks import FakeClock
from tests.support.people import REPRESENTATIVE, actor

#: The day after the event of ``tests.events.support``.
AFTER = datetime.fromisoformat("2026-12-06T10:00+09:00")


def until(clock: FakeClock, at: datetime) -> None:
    clock.go(seconds=(at - clock.last).total_seconds())


async def held(services: Services, clock: FakeClock, maker: Actor, *came: Actor) -> EventCard:
    """They had a place, and it is over."""
    event = await posted(services, maker)
    for one in came:
        await services[JoiningService].join(one, event.event_id)
    until(clock, AFTER)
    return event


async def organiser(services: Services) -> Actor:
    return await actor(services, REPRESENTATIVE)


async def issued(services: Services, event_id: int, terms: Terms | None = None) -> int:
    """By the LC's representative, who made it."""
    return await services[IssuingService].issue(await organiser(services), event_id, terms or Terms())


async def own(services: Services, who: Actor) -> Printed:
    """What stands on the latest of theirs."""
    (one, *_) = await services[CertificateService].mine(who)
    (sheet,) = (await services[CertificateService].paper(who, one.certificate_id)).sheets
    return sheet
