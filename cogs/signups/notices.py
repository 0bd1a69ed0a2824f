"""The hours of a sign-up, and what those in it are told."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.features.signups.models import PartyState
from bot.features.signups.values import News
from bot.features.signups.watching import SignUpWatch
from bot.i18n import Words
from bot.ui.dates import stamp
from bot.ui.renderers import Line, Occasion
from cogs.signups.pages import OwnButton


async def look(occasion: Occasion, due: Due) -> None:
    await occasion.services[SignUpWatch].look(due.payload["signup"])


async def _news(occasion: Occasion, due: Due, *states: PartyState) -> News | None:
    """None if the party stands elsewhere by now, or something newer was said."""
    found = await occasion.services[SignUpWatch].news(due.payload["party"], due.payload["generation"])
    return found if found is not None and found.state in states else None


def _line(found: News, title: str, text: str, words: Words) -> Line:
    button = OwnButton.make(words("View or answer"), emoji="🎟️", signup_id=found.signup_id)
    return Line(text, button, title=title)


def _name(found: News, words: Words) -> str:
    return escape_markdown(words.either(found.title_ja, found.title_en))


async def offered(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _news(occasion, due, PartyState.OFFERED), occasion.words
    if found is None or found.offer_until is None or found.offer_until <= occasion.now:
        return None
    text = words(
        "A place is free for you: **{title}**. Please answer by {time}. After that, the next in line is asked.",
        title=_name(found, words),
        time=stamp(found.offer_until),
    )
    return _line(found, words("A place is free for you"), text, words)


async def moved_up(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _news(occasion, due, PartyState.ACCEPTED), occasion.words
    if found is None:
        return None
    text = words(
        "You have a place: **{title}**. If you can't come, please say so on the page.", title=_name(found, words)
    )
    return _line(found, words("You have a place"), text, words)


async def last_call(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _news(occasion, due, PartyState.WAITING), occasion.words
    if found is None or not found.is_calling:
        return None
    text = words("A place is free: **{title}**. The first to take it gets it.", title=_name(found, words))
    return _line(found, words("Last call"), text, words)


async def lapsed(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _news(occasion, due, PartyState.LAPSED), occasion.words
    if found is None:
        return None
    text = words(
        "Sign-up for **{title}** is over, and no place became free. Thank you for waiting.", title=_name(found, words)
    )
    return _line(found, words("No place became free"), text, words)


async def decided(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _news(occasion, due, PartyState.DECLINED, PartyState.REMOVED), occasion.words
    if found is None:
        return None
    title = _name(found, words)
    if found.state is PartyState.REMOVED:
        text = words("The organiser of **{title}** took your place back.", title=title)
    else:
        text = words("The organiser of **{title}** couldn't give you a place this time.", title=title)
    if found.reason:
        text += "\n" + words("The organiser's reason: {reason}", reason=escape_markdown(found.reason))
    return _line(found, words("About your sign-up"), text, words)
