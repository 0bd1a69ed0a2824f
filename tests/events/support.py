"""Events in tests: one that stands in the LC at 東京大学, and people who come."""

from __future__ import annotations

import io

from PIL import Image

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


def photo(size: tuple[int, int] = (40, 30), kind: str = "JPEG", *, turned: bool = False) -> bytes:
    """A picture as a phone makes it: with its place and its camera. ``turned``: the phone was held upright."""
    image = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[_MAKE] = "Camera of Hanako"
    exif[_ORIENTATION] = 6 if turned else 1
    exif.get_ifd(_GPS).update({1: "N", 2: (35.0, 42.0, 45.0), 3: "E", 4: (139.0, 45.0, 43.0)})
    made = io.BytesIO()
    more = {"comment": b"by Hanako"} if kind == "JPEG" else {}
    image.save(made, kind, exif=exif, **more)
    return made.getvalue()


#: As EXIF numbers them.
_MAKE, _ORIENTATION, _GPS = 0x010F, 0x0112, 0x8825
PHOTO = photo()
