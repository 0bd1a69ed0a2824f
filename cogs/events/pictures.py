"""The picture of an event: one that its organisers added, or a drawn banner."""

from __future__ import annotations

from datetime import date

from bot.features.events.picturing import PictureService
from bot.features.events.posting import is_drawn, mark_of
from bot.features.events.queries import EventCard
from bot.i18n import Words
from bot.ui.pages import COLOUR, Picture
from cogs.events import render

#: Of the file, as the message names it.
DRAWN, ADDED = "event.png", "event.jpg"


def mark(event: EventCard, words: Words) -> str:
    """Of the picture that it should show; "" for none."""
    if event.picture_id is not None:
        return mark_of(event.picture_id)
    return mark_of(None, *_drawing(event, words), words.language) if event.has_banner and event.when else ""


def _drawing(event: EventCard, words: Words) -> tuple[str, date, date | None, int]:
    """What a banner is drawn from: its title, its first and last day or its hours, its colour."""
    assert event.when is not None
    start: date = event.when.starts
    end: date | None = event.when.ends
    if event.when.whole_days:
        start, end = event.when.starts.date(), event.when.last_day
    return render.title_of(event, words), start, end, COLOUR.value if event.colour is None else event.colour


async def picture_of(service: PictureService, event: EventCard, words: Words) -> Picture | None:
    """The one that it should show, added or drawn; None for none."""
    if event.picture_id is not None:
        content = await service.content(event.picture_id)
        return None if content is None else Picture(content, ADDED, _described(event, words))
    if not event.has_banner or event.when is None:
        return None
    from bot.ui.banners import banner  # with its fonts, not before somebody needs one

    return Picture(await banner(*_drawing(event, words), words), DRAWN, _described(event, words))


def there(held: str, event: EventCard, words: Words) -> Picture:
    return Picture(b"", DRAWN if is_drawn(held) else ADDED, _described(event, words), is_there=True)


def _described(event: EventCard, words: Words) -> str:
    """Read out to those who can't see it."""
    title = render.title_of(event, words)
    return title if event.when is None else f"{title} ({render.plain_time(event.when, words, event.elsewhere)})"
