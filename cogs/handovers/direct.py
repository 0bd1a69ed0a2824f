"""What holders and successors get as direct messages, if they asked for them."""

from __future__ import annotations

from datetime import date

import discord
from discord import ButtonStyle

from bot.clock import local_date
from bot.deliveries.models import RecipientKind
from bot.deliveries.records import Due
from bot.features.handovers.direct import DirectWordService
from bot.features.handovers.records import Asked, Ending
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.renderers import Line, Message, Occasion
from cogs.handovers import render
from cogs.handovers.views import AskedButton, MineButton


def _today(occasion: Occasion) -> date:
    return local_date(occasion.now, occasion.address.time_zone)


async def _ending(occasion: Occasion, due: Due) -> Ending | None:
    service, last = occasion.services[DirectWordService], date.fromisoformat(due.payload["last"])
    return await service.ending(due.organisation_id, int(due.payload["term"]), last, _today(occasion))


async def ends(occasion: Occasion, due: Due) -> Message | None:
    """To the holder; where direct messages don't reach them, to their LC, where they are mentioned instead."""
    one, words = await _ending(occasion, due), occasion.words
    if one is None:
        return None
    hint = words("Press “Handover” for a checklist and to name your successor. If nobody is in sight, that is fine: "
                 "talk about it with your LC or the board early.")  # fmt: skip
    page = Page(
        title=words("Your term ends on {date}", date=long_date(one.last_day, words)),
        text=f"{render.ending_soon_line(one, words)}\n{hint}",
        rows=[[MineButton.make(words("Handover"), emoji="🤝"), home_button(words)]],
    )
    if due.recipient.kind is RecipientKind.PERSON or one.discord_user_id is None:
        return Message(page)
    holder = discord.Object(one.discord_user_id)
    mentions = discord.AllowedMentions(everyone=False, roles=False, users=[holder])
    return Message(page, content=f"<@{holder.id}>", mentions=mentions)


async def ends_line(occasion: Occasion, due: Due) -> Line | None:
    one, words = await _ending(occasion, due), occasion.words
    if one is None:
        return None
    return Line(render.ending_soon_line(one, words), MineButton.make(words("Handover"), emoji="🤝"))


async def _asked(occasion: Occasion, due: Due) -> Asked | None:
    service = occasion.services[DirectWordService]
    return await service.asked(due.organisation_id, int(due.payload["handover"]), _today(occasion))


async def follow(occasion: Occasion, due: Due) -> Message | None:
    """Somebody was named, and hasn't answered yet."""
    asked, words = await _asked(occasion, due), occasion.words
    if asked is None:
        return None
    row = [AskedButton.make(words("Answer"), emoji="🤝", style=ButtonStyle.primary), home_button(words)]
    text = f"{render.asked_line(asked, words)}\n{words(render.NO_REASON)}"
    return Message(Page(title=words("Would you take this on?"), text=text, rows=[row]))


async def follow_line(occasion: Occasion, due: Due) -> Line | None:
    asked, words = await _asked(occasion, due), occasion.words
    if asked is None:
        return None
    return Line(render.asked_line(asked, words), AskedButton.make(words("Answer"), emoji="🤝"))


async def _begun(occasion: Occasion, due: Due) -> Ending | None:
    service = occasion.services[DirectWordService]
    return await service.begun(due.organisation_id, int(due.payload["term"]), _today(occasion))


async def begins(occasion: Occasion, due: Due) -> Message | None:
    """Access has passed to somebody who said yes to it."""
    one, words = await _begun(occasion, due), occasion.words
    if one is None:
        return None
    text = words(
        "You are {post} now, until {date}. Rights, roles and channels are there. “Handover” shows what is left of the "
        "checklist and what was agreed.",
        post=render.post_of(one, words),
        date=long_date(one.ends_on, words),
    )
    row = [MineButton.make(words("Handover"), emoji="🤝"), home_button(words)]
    return Message(Page(title=words("Your term begins today"), text=text, rows=[row]))


async def begins_line(occasion: Occasion, due: Due) -> Line | None:
    one, words = await _begun(occasion, due), occasion.words
    if one is None:
        return None
    text = words("You are {post} now.", post=render.post_of(one, words))
    return Line(text, MineButton.make(words("Handover"), emoji="🤝"))
