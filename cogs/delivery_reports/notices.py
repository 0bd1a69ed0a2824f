"""The worker's own notices to officers, and its line in their brief and on their home page."""

from __future__ import annotations

from datetime import datetime

from discord.utils import format_dt

from bot.deliveries.values import Due
from bot.features.delivery_reports.service import DeliveryService, deliveries_in_trouble
from bot.features.homes.facts import Facts
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.ui.brief import BriefPart
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.pages import TROUBLE, Page
from bot.ui.renderers import Message, Occasion
from bot.ui.requests import MemberRequest
from cogs.delivery_reports.pages import DeliveriesButton, cause_texts

OPEN = N_("Not delivered: {n}. See “Deliveries” for what to do.")


async def trouble_notice(occasion: Occasion, due: Due) -> Message | None:
    """One notice for each cause and day, with today's count."""
    words, code = occasion.words, str(due.payload["code"])
    count = await occasion.services[DeliveryService].trouble_count(
        due.organisation_id, code, str(due.payload["day"]), due.time_zone
    )
    if not count:
        return None
    what, remedy = cause_texts(code, words)
    so_far = words.plural("{n} message so far", "{n} messages so far", count)
    return Message(
        Page(
            title=words("Some messages weren't delivered"),
            text="\n".join([f"**{what}**", remedy, so_far]),
            rows=[[DeliveriesButton.make(words("Deliveries")), home_button(words)]],
            colour=TROUBLE,
        )
    )


async def outage_report(occasion: Occasion, due: Due) -> Message | None:
    """After an outage: how much was missed, and how much went out late."""
    since, until = (datetime.fromisoformat(due.payload[name]) for name in ("since", "until"))
    found = await occasion.services[DeliveryService].outage(due.organisation_id, since, until)
    if not (found.missed or found.late or found.waiting):
        return None
    words = occasion.words
    lines = [
        words("The bot was offline from {since} to {until}.", since=format_dt(since, "f"), until=format_dt(until, "f")),
        words("Sent late: {n}", n=found.late),
        words("Skipped, no longer relevant: {n}", n=found.missed),
    ]
    if found.waiting:
        lines.append(words("Still being sent: {n}", n=found.waiting))
    return Message(
        Page(
            title=words("Back online"),
            text="\n".join(lines),
            rows=[[DeliveriesButton.make(words("Deliveries")), home_button(words)]],
        )
    )


async def brief_part(occasion: Occasion) -> BriefPart:
    words = occasion.words
    count = await occasion.services[DeliveryService].open_troubles(occasion.address.organisation_id)
    return BriefPart(words("Deliveries"), [words(OPEN, n=count)] if count else [])


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    count = sum(one.n or 0 for one in facts[deliveries_in_trouble])
    words = request.words
    button = DeliveriesButton.make(words("Deliveries"), emoji="📮")
    line = HomeLine(words(OPEN, n=count), button, Whose.NATION)
    return HomePart(
        waiting=[line] if count else [], managing=[button] if request.actor.may(Right.SEE_DELIVERIES) else []
    )
