"""What people hear about their posts, if they chose direct messages."""

from __future__ import annotations

from datetime import date

from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.features.posts.telling import PostWordService
from bot.features.posts.values import Declined, TermCard
from bot.i18n import Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.posts import post_of
from bot.ui.renderers import Line, Message, Occasion


def _post(one: TermCard | Declined, words: Words) -> str:
    return escape_markdown(post_of(words, one.post_ja, one.post_en, one.lc_ja, one.lc_en))


async def _given(occasion: Occasion, due: Due) -> TermCard | None:
    service = occasion.services[PostWordService]
    return await service.given(due.organisation_id, int(due.payload["term"]), occasion.today)


async def given(occasion: Occasion, due: Due) -> Message | None:
    """Somebody else has appointed them, or confirmed what they said. None if the term is over or gone."""
    term, words = await _given(occasion, due), occasion.words
    if term is None:
        return None
    starts, ends = long_date(term.starts_on, words), long_date(term.ends_on, words)
    lines = [
        words("**{post}**: {starts} – {ends}", post=_post(term, words), starts=starts, ends=ends),
        words("Your permissions, roles and channels work from the first day on. Your home shows what you can do."),
    ]
    return Message(Page(title=words("You've been appointed"), text="\n".join(lines), rows=[[home_button(words)]]))


async def given_line(occasion: Occasion, due: Due) -> Line | None:
    term, words = await _given(occasion, due), occasion.words
    return Line(words("You've been appointed: {post}", post=_post(term, words))) if term is not None else None


async def _ended(occasion: Occasion, due: Due) -> TermCard | None:
    last = date.fromisoformat(due.payload["last"])
    return await occasion.services[PostWordService].ended(due.organisation_id, int(due.payload["term"]), last)


async def ended(occasion: Occasion, due: Due) -> Message | None:
    """An officer has set the last day of their term. It is kind, and doesn't say who."""
    term, words = await _ended(occasion, due), occasion.words
    if term is None:
        return None
    lines = [
        words("**{post}**: your last day is {date}.", post=_post(term, words), date=long_date(term.ends_on, words)),
        words("Thank you for your work! If you didn't know about this, please ask an officer in office."),
    ]
    return Message(Page(title=words("Your term was ended"), text="\n".join(lines), rows=[[home_button(words)]]))


async def ended_line(occasion: Occasion, due: Due) -> Line | None:
    term, words = await _ended(occasion, due), occasion.words
    if term is None:
        return None
    return Line(
        words("**{post}**: your last day is {date}.", post=_post(term, words), date=long_date(term.ends_on, words))
    )


async def declined(occasion: Occasion, due: Due) -> Message | None:
    found = await occasion.services[PostWordService].declined(due.organisation_id, int(due.payload["claim"]))
    if found is None:
        return None
    words = occasion.words
    text = words(
        "An officer couldn't confirm that you are {post}. Please talk to an officer of the LC: they can appoint you. "
        "Nothing else changes for you.",
        post=_post(found, words),
    )
    return Message(Page(title=words("Your post"), text=text, rows=[[home_button(words)]]))
