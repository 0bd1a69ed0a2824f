"""``/manage channels``: first a look, then a button, then progress."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

import discord
import structlog

from bot.errors import Conflict, NotFound
from bot.features.channels.records import Choice, Roster
from bot.features.channels.rules import Plan, plan
from bot.features.channels.service import ChannelService
from bot.features.organisations.parts import OFFICER_CHANNEL, OFFICER_ROLE
from bot.features.people.rules import Right
from bot.i18n import N_, words_for
from bot.ui.building import alone
from bot.ui.choices import chosen_one
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.patience import FAILURES
from bot.ui.permissions import missing_permissions
from bot.ui.requests import MemberRequest, guild_of, host
from cogs.channels import render
from cogs.channels.builder import ChannelBuilder, ChannelReport, channel_name, present_in

log = structlog.get_logger("tsunagu.channels")

#: A message is edited no more often than this.
PACE = timedelta(seconds=2)


async def _look(request: MemberRequest, choice: Choice) -> tuple[discord.Guild, Roster]:
    """The server and what its channels are made from.

    Raises:
        NotFound: no LC is chosen.
        Conflict: the server has no role of national officers (any more), who are to see every channel.
    """
    roster = await request.services[ChannelService].roster(request.actor, choice)
    guild = guild_of(request)
    if not any(lc.is_chosen for lc in roster.lcs):
        raise NotFound(N_("No LC stands there yet. Enter where an LC stands with /manage lc, then come back."))
    if guild.get_role(roster.parts.get(OFFICER_ROLE, 0)) is None:
        raise Conflict(
            N_("This server has no role of national officers, who are to see the channels. Please run /setup first.")
        )
    return guild, roster


async def preview(request: MemberRequest, choice: Choice) -> None:
    """What would be made and what not, and why. Changes nothing."""
    guild, roster = await _look(request, choice)
    present = present_in(guild)
    planned, everything = plan(roster, present), plan(roster, present, again=True)
    missing = missing_permissions(guild.me.guild_permissions)
    words = request.words
    buttons: list[Item] = []
    if not missing:
        label, style = words("Check, and let people in and out"), discord.ButtonStyle.secondary
        if planned.made or planned.moved:
            label = words("Make them") if planned.made else words("Move them")
            style = discord.ButtonStyle.primary
        buttons.append(BuildButton.make(label, style=style, choice=choice.value, again=0))
        if len(everything.made) > len(planned.made):
            buttons.append(BuildButton.make(words("Make deleted ones again too"), choice=choice.value, again=1))
    own = words_for(roster.language)
    names = {lc.channel_key: channel_name(own.either(lc.name_ja, lc.name_en)) for lc in roster.lcs}
    page = render.preview_page(words, choice, roster, planned, present, names, missing, [*buttons, home_button(words)])
    await request.show(page)


class LookButton(RoutedButton, route="channels:look"):
    async def act(self, request: MemberRequest) -> None:
        await preview(request, Choice.IN_CONTACT)


class BuildButton(RoutedButton, route="channels:build:{choice}:{again:int}"):
    async def act(self, request: MemberRequest, choice: str, again: int) -> None:
        chosen = chosen_one(Choice, choice)
        with alone(guild_of(request)):
            guild, roster = await _look(request, chosen)
            if missing_permissions(guild.me.guild_permissions):
                await preview(request, chosen)
                return
            planned = plan(roster, present_in(guild), again=bool(again))
            await request.defer()
            progress = _Progress(request, planned)
            report = await ChannelBuilder(request, guild, roster, planned, bool(again), progress.tell).run()
            row: list[Item] = [home_button(request.words)]
            if report.is_unfinished:
                row.insert(0, BuildButton.make(request.words("Try again"), choice=choice, again=again))
            elif report.lost:
                row.insert(0, BuildButton.make(request.words("Make deleted ones again too"), choice=choice, again=1))
            await _tell(request, guild, roster, report, render.report_page(request.words, planned, report, row))


class _Progress:
    """Tells how far a run is by editing the one message, not above once in ``PACE``."""

    def __init__(self, request: MemberRequest, planned: Plan) -> None:
        self.request = request
        self.total = len(planned.lcs)
        self.clock = host(request.interaction).clock
        self.told: datetime = self.clock.now()

    async def tell(self, done: int) -> None:
        now = self.clock.now()
        if now - self.told < PACE:
            return
        self.told = now
        with contextlib.suppress(*FAILURES):  # after 15 minutes there is no message left to edit
            await self.request.show(render.progress_page(self.request.words, done, self.total))


async def _tell(
    request: MemberRequest, guild: discord.Guild, roster: Roster, report: ChannelReport, page: Page
) -> None:
    """Show how it went; where it took longer than the 15 minutes of an answer, in the officers' channel."""
    try:
        await request.show(page)
    except FAILURES as error:
        log.info("a long run could not be answered", why=str(error), made=len(report.made))
        channel = guild.get_channel(roster.parts.get(OFFICER_CHANNEL, 0))
        if isinstance(channel, discord.TextChannel):
            with contextlib.suppress(*FAILURES):
                await channel.send(embed=page.embed())


async def home_part(request: MemberRequest) -> HomePart:
    if not request.actor.may(Right.BUILD_CHANNELS):
        return HomePart()
    return HomePart(managing=[LookButton.make(request.words("Channels of the LCs"), emoji="#️⃣")])
