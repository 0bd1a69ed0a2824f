"""Messages that nobody asked for: to holders before the end, to the LC and the nation when there is no successor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Due
from bot.features.handovers.asking import DirectWordService, HandoverWatch
from bot.features.handovers.rescue import RescueService
from bot.features.handovers.values import Asked, Ending
from bot.i18n import Words
from bot.ui.brief import BriefPart
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import TROUBLE, Page
from bot.ui.renderers import Line, Message, Occasion
from cogs.handovers import render
from cogs.handovers.render import post_in
from cogs.handovers.views import AskedButton, MineButton

#: So many posts are listed in a message; of the rest only the number is said.
LISTED = 15


async def look(occasion: Occasion, due: Due) -> None:
    await occasion.services[HandoverWatch].look(due.organisation_id)


async def _asked(occasion: Occasion, due: Due) -> tuple[list[Ending], date]:
    last = date.fromisoformat(due.payload["last"])
    found = await occasion.services[HandoverWatch].ending_on(
        due.organisation_id, due.payload["lc"], last, occasion.today
    )
    return found, last


def _listed(found: Sequence[Ending], words: Words) -> str:
    lines = []
    for one in found[:LISTED]:
        who = f"<@{one.discord_user_id}>" if one.discord_user_id else escape_markdown(one.name)
        text = words("{who}: {post}", who=who, post=post_in(one, words))
        if one.candidate:
            text = words("{line} (a successor has been asked)", line=text)
        lines.append(f"・{text}")
    if (more := len(found) - LISTED) > 0:
        lines.append(words.plural("and {n} more post", "and {n} more posts", more))
    return "\n".join(lines)


async def ask(occasion: Occasion, due: Due) -> Message | None:
    """The holders are mentioned where they are: in their own thread or channel. Those who hear it directly are named
    without a ping. None if all have a successor by now."""
    found, last = await _asked(occasion, due)
    if not found:
        return None
    words = occasion.words
    directly = await occasion.services[HandoverWatch].asked_for_messages(due.organisation_id, found[:LISTED])
    holders = [
        discord.Object(one.discord_user_id)
        for one in found[:LISTED]
        if one.discord_user_id and one.discord_user_id not in directly and not one.candidate
    ]
    hint = words("Press “Handover” to see the checklist and name your successor. It's fine if you have nobody in mind "
                 "yet: talk about it here early.")  # fmt: skip
    spared = await occasion.services[HandoverWatch].spared([holder.id for holder in holders])
    holders = [holder for holder in holders if holder.id not in spared]  # they are named, not pinged
    return Message(
        Page(
            title=words("Terms ending on {date}", date=long_date(last, words)),
            text=f"{_listed(found, words)}\n\n{hint}",
            rows=[[MineButton.make(words("Handover"), emoji="🤝"), home_button(words)]],
        ),
        content=" ".join(dict.fromkeys(f"<@{holder.id}>" for holder in holders)),
        mentions=discord.AllowedMentions(everyone=False, roles=False, users=holders),
    )


async def ask_line(occasion: Occasion, due: Due) -> Line | None:
    found, last = await _asked(occasion, due)
    if not found:
        return None
    words, count = occasion.words, len(found)
    day = long_date(last, words)
    text = words.plural(
        "{n} term ends on {date} and has no successor yet",
        "{n} terms end on {date} and have no successor yet",
        count,
        date=day,
    )
    return Line(text, MineButton.make(words("Handover"), emoji="🤝"), count)


async def _empty(occasion: Occasion, due: Due) -> list[Ending]:
    watch, today = occasion.services[HandoverWatch], occasion.today
    if "ended" in due.payload:
        ended = date.fromisoformat(due.payload["ended"])
        return await watch.vacant_for_nation(due.organisation_id, ended, due.payload["stage"], today)
    return await watch.vacant(due.organisation_id, today, due.payload["lc"])


async def vacant(occasion: Occasion, due: Due) -> Message | None:
    """To the LC's thread or the officers' channel. None if somebody has been found."""
    found = await _empty(occasion, due)
    if not found:
        return None
    words = occasion.words
    posts = [f"・{post_in(one, words)}" for one in found[:LISTED]]
    if (more := len(found) - LISTED) > 0:
        posts.append(words.plural("and {n} more post", "and {n} more posts", more))
    hint = words("The last holder can still name a successor for 30 days: “Handover” on their home. Officers can "
                 "appoint somebody at any time. Until then the LC representative looks after the post.")  # fmt: skip
    return Message(
        Page(
            title=words("These posts are vacant"),
            text="\n".join([*posts, "", hint]),
            rows=[[home_button(words)]],
            colour=TROUBLE,
        )
    )


async def vacant_line(occasion: Occasion, due: Due) -> Line | None:
    found = await _empty(occasion, due)
    if not found:
        return None
    words = occasion.words
    return Line(words.plural("{n} post is vacant", "{n} posts are vacant", len(found)), count=len(found))


async def named(occasion: Occasion, due: Due) -> Message | None:
    """To all officers: somebody became one in another way than by them."""
    found = await occasion.services[RescueService].named(int(due.payload["term"]))
    if found is None:
        return None
    words, (name, starts, ends) = occasion.words, found
    by = due.payload["by"]
    how = (
        words("<@{user}>, the owner of the server, named them because there was no national officer left.", user=by)
        if by
        else words("This was done on the host with “python -m bot officer add”.")
    )
    term = words(
        "{name}: {starts} – {ends}",
        name=escape_markdown(name),
        starts=long_date(starts, words),
        ends=long_date(ends, words),
    )
    check = words("If you didn't expect this, ask the bot's administrator. The change history has it too.")
    return Message(
        Page(
            title=words("A national officer was named"),
            text="\n".join([term, how, check]),
            rows=[[home_button(words)]],
            colour=TROUBLE,
        )
    )


async def brief_part(occasion: Occasion) -> BriefPart:
    """Posts that nobody took over."""
    words = occasion.words
    found = await occasion.services[HandoverWatch].vacant(occasion.address.organisation_id, occasion.today)
    line = words.plural(
        "{n} post has been vacant since its handover",
        "{n} posts have been vacant since their handover",
        len(found),
    )
    return BriefPart(words("Vacant posts"), [line] if found else [])


async def _ending(occasion: Occasion, due: Due) -> Ending | None:
    service, last = occasion.services[DirectWordService], date.fromisoformat(due.payload["last"])
    return await service.ending(due.organisation_id, int(due.payload["term"]), last, occasion.today)


async def ends(occasion: Occasion, due: Due) -> Message | None:
    """To the holder; where direct messages don't reach them, to their LC, where they are mentioned instead."""
    one, words = await _ending(occasion, due), occasion.words
    if one is None:
        return None
    hint = words("Press “Handover” to see the checklist and name your successor. It's fine if you have nobody in mind "
                 "yet: talk about it with your LC or the board early.")  # fmt: skip
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


async def _still_asked(occasion: Occasion, due: Due) -> Asked | None:
    service = occasion.services[DirectWordService]
    return await service.asked(due.organisation_id, int(due.payload["handover"]), occasion.today)


async def follow(occasion: Occasion, due: Due) -> Message | None:
    """Somebody was named, and hasn't answered yet."""
    asked, words = await _still_asked(occasion, due), occasion.words
    if asked is None:
        return None
    row = [AskedButton.make(words("Answer"), emoji="🤝", style=ButtonStyle.primary), home_button(words)]
    text = f"{render.asked_line(asked, words)}\n{words(render.NO_REASON)}"
    return Message(Page(title=words("Would you take this on?"), text=text, rows=[row]))


async def follow_line(occasion: Occasion, due: Due) -> Line | None:
    asked, words = await _still_asked(occasion, due), occasion.words
    if asked is None:
        return None
    return Line(render.asked_line(asked, words), AskedButton.make(words("Answer"), emoji="🤝"))


async def _begun(occasion: Occasion, due: Due) -> Ending | None:
    service = occasion.services[DirectWordService]
    return await service.begun(due.organisation_id, int(due.payload["term"]), occasion.today)


async def begins(occasion: Occasion, due: Due) -> Message | None:
    """Access has passed to somebody who said yes to it."""
    one, words = await _begun(occasion, due), occasion.words
    if one is None:
        return None
    text = words(
        "You're now {post}, until {date}. Your permissions, roles and channels are ready. “Handover” shows "
        "what is left on the checklist, and the handover notes.",
        post=render.post_in(one, words),
        date=long_date(one.ends_on, words),
    )
    row = [MineButton.make(words("Handover"), emoji="🤝"), home_button(words)]
    return Message(Page(title=words("Your term begins today"), text=text, rows=[row]))


async def begins_line(occasion: Occasion, due: Due) -> Line | None:
    one, words = await _begun(occasion, due), occasion.words
    if one is None:
        return None
    text = words("You're now {post}.", post=render.post_in(one, words))
    return Line(text, MineButton.make(words("Handover"), emoji="🤝"))
