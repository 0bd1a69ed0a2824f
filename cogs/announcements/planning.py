"""Sending now or at a time, and taking a plan back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord

from bot.features.announcements.drafts import DraftService
from bot.features.announcements.planning import PlanningService
from bot.i18n import Words
from bot.times import read_moment
from bot.ui.dates import stamp
from bot.ui.forms import Form, labelled
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.requests import MemberRequest, host
from cogs.announcements import counting, routes
from cogs.announcements.drafting import show_draft
from cogs.announcements.options import back
from cogs.announcements.status import follow, show_status


async def plan(request: MemberRequest, announcement_id: int, version: int, at: datetime | None) -> None:
    """Plan it; where the sender may ping is decided now, by what Discord says, and looked at again when it goes out."""
    await request.defer()
    drafts = request.services[DraftService]
    draft = await drafts.show(request.actor, announcement_id)
    reach = await drafts.reach(request.actor, announcement_id)
    user_id = request.caller.discord_user_id
    allowed = counting.channels_to_ping(host(request.interaction), reach.posts, draft.ping, user_id)
    goes_out = await request.services[PlanningService].plan(request.actor, announcement_id, version, at, allowed)
    words = request.words
    if draft.repeat is not None or at is not None or goes_out > host(request.interaction).clock.now():
        notice = words("✅ It goes out {time}.", time=stamp(goes_out))
        await show_draft(request, announcement_id, notice)
        return
    await show_status(request, announcement_id)
    follow(request, announcement_id)


class SendButton(RoutedButton, route=routes.SEND):
    """Asks first where nothing would arrive at Discord, as before the LCs have channels."""

    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.defer()  # of thousands of members it takes a while
        reach = await request.services[DraftService].reach(request.actor, announcement_id)
        if reach.posts or reach.people is not None or not reach.lcs:
            await plan(request, announcement_id, version, None)
            return
        words = request.words
        text = words(
            "None of these LCs has a channel for it, so nothing would arrive. /manage channels makes the channels. "
            "If you pass it on by LINE or mail, send it all the same: the page after this one has texts for that."
        )
        sure = AnywayButton.make(words("Send all the same"), announcement_id=announcement_id, version=version)
        rows = [[sure, *back(announcement_id, words)]]
        await request.show(Page(title=words("It would reach nobody on Discord"), text=text, rows=rows))


class AnywayButton(RoutedButton, route="announcements:send_anyway:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await plan(request, announcement_id, version, None)


class AtButton(RoutedButton, route=routes.AT):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[PlanningService].to_plan(request.actor, announcement_id, version)
        await AtForm(request.words, announcement_id, version).open(request.interaction)


class StopButton(RoutedButton, route=routes.STOP):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[PlanningService].stop(request.actor, announcement_id)
        await show_draft(request, announcement_id)


class AtForm(Form, route="announcements:at"):
    def __init__(self, words: Words, announcement_id: int, version: int) -> None:
        super().__init__(words("When it goes out"))
        self.announcement_id, self.version = announcement_id, version
        self.when: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="when", max_length=60)
        self.add_item(
            labelled(words("Day and time"), self.when, words("For example 明日19時, 11/25 21:00, in 2 hours"))
        )

    async def act(self, request: MemberRequest) -> None:
        now = host(request.interaction).clock.now()
        moment = read_moment(self.when.value, now, request.actor.organisation.time_zone)
        await plan(request, self.announcement_id, self.version, moment.at)
