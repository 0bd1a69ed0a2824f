"""Bringing about what the blueprint says, step by step; each step is noted at once, so a second run goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from bot.errors import Conflict
from bot.features.setups.service import LinkedServer, SetupService
from bot.i18n import N_, Words, words_for
from bot.ui.home import HOME_STEP, panel_page
from bot.ui.requests import Request
from cogs.setups import blueprint

log = structlog.get_logger("tsunagu.setups")

#: Servers in which a set-up is running in this process: two at once would make everything twice.
_running: set[int] = set()


@dataclass(slots=True)
class Report:
    """What a run did. Names are as the server shows them; ``failed`` is the step that broke off, if one did."""

    made: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failed: str | None = None
    permission_denied: bool = False
    absent_officers: int = 0


class Builder:
    def __init__(self, request: Request, guild: discord.Guild, linked: LinkedServer) -> None:
        self.request = request
        self.guild = guild
        self.linked = linked
        self.words: Words = words_for(linked.language)
        self.report = Report()
        self._step = ""

    async def run(self) -> Report:
        """Make what is missing. Nothing that the bot didn't make is changed.

        Raises:
            Conflict: a set-up of this server is running already.
        """
        if self.guild.id in _running:
            raise Conflict(N_("A set-up of this server is running already. Please wait until it has finished."))
        _running.add(self.guild.id)
        try:
            await self._everything()
        except discord.HTTPException as error:
            self.report.failed = self._step
            self.report.permission_denied = isinstance(error, discord.Forbidden)
            log.warning("set-up broke off", step=self._step, status=error.status, code=error.code)
        finally:
            _running.discard(self.guild.id)
        return self.report

    async def _everything(self) -> None:
        role = await self._role(blueprint.OFFICER_ROLE)
        category = await self._category()
        home: discord.TextChannel | None = None
        for plan in blueprint.CHANNELS:
            channel = await self._channel(plan, category, role)
            if plan is blueprint.HOME_CHANNEL:
                home = channel
        assert home is not None
        await self._panel(home)
        await self._officers(role)

    async def _part(self, key: str, name: str, present: Any, make: Callable[[], Awaitable[Any]]) -> Any:
        """``present`` if the part is there, else what ``make`` makes, noted at once."""
        self._step = name
        if present is not None:
            self.report.found.append(name)
            if self.linked.parts.get(key) == present.id:
                return present
        else:
            present = await make()
            self.report.made.append(name)
        service = self.request.services[SetupService]
        await service.note_part(self.request.caller, self.linked.server_id, key, present.id)
        return present

    def _known(self, key: str) -> int:
        return self.linked.parts.get(key, 0)

    async def _role(self, plan: blueprint.RolePlan) -> discord.Role:
        name = self.words(plan.name)
        role: discord.Role = await self._part(
            plan.key,
            f"@{name}",
            self.guild.get_role(self._known(plan.key)),
            lambda: self.guild.create_role(name=name, colour=discord.Colour(plan.colour), reason="/setup"),
        )
        return role

    async def _category(self) -> discord.CategoryChannel:
        name = self.words(blueprint.CATEGORY_NAME)
        present = self.guild.get_channel(self._known(blueprint.CATEGORY_KEY))
        category: discord.CategoryChannel = await self._part(
            blueprint.CATEGORY_KEY, name, present, lambda: self.guild.create_category(name, reason="/setup")
        )
        return category

    async def _channel(
        self, plan: blueprint.ChannelPlan, category: discord.CategoryChannel, officers: discord.Role
    ) -> discord.TextChannel:
        name = self.words(plan.name)
        # One of that name in our own category was made by a run that was cut off before it could note it.
        cut_off = discord.utils.get(category.text_channels, name=name)
        channel: discord.TextChannel = await self._part(
            plan.key,
            f"#{name}",
            self.guild.get_channel(self._known(plan.key)) or cut_off,
            lambda: self.guild.create_text_channel(
                name,
                category=category,
                topic=self.words(plan.topic),
                overwrites=blueprint.overwrites(plan, self.guild, officers),
                reason="/setup",
            ),
        )
        return channel

    async def _panel(self, channel: discord.TextChannel) -> None:
        name = self.words("the pinned panel")
        self._step = name
        present = await self._present_panel(channel)
        message: discord.Message = await self._part(
            blueprint.PANEL_KEY, name, present, lambda: self._send_panel(channel)
        )
        if not message.pinned:
            await message.pin(reason="/setup")

    async def _present_panel(self, channel: discord.TextChannel) -> discord.Message | None:
        if known := self._known(blueprint.PANEL_KEY):
            try:
                return await channel.fetch_message(known)
            except discord.NotFound:
                pass
        async for message in channel.history(limit=20):
            ids = {
                getattr(item, "custom_id", None) for row in message.components for item in getattr(row, "children", ())
            }
            if message.author == self.guild.me and HOME_STEP.custom_id in ids:
                return message
        return None

    async def _send_panel(self, channel: discord.TextChannel) -> discord.Message:
        other = words_for("en" if self.linked.language == "ja" else "ja")
        page = panel_page(self.words.either(self.linked.name_ja, self.linked.name_en), self.words, other)
        view = page.view()
        assert view is not None
        return await channel.send(embed=page.embed(), view=view)

    async def _officers(self, role: discord.Role) -> None:
        self._step = f"@{role.name}"
        for discord_id in self.linked.officers:
            member = self.guild.get_member(discord_id)
            if member is None:
                self.report.absent_officers += 1
            elif role not in member.roles:
                await member.add_roles(role, reason="/setup")


def missing_parts(guild: discord.Guild, linked: LinkedServer) -> list[str]:
    """Message ids of what the blueprint has and the server hasn't. The panel is looked at only when it is made."""
    missing = []
    if guild.get_role(linked.parts.get(blueprint.OFFICER_ROLE.key, 0)) is None:
        missing.append(blueprint.OFFICER_ROLE.name)
    if guild.get_channel(linked.parts.get(blueprint.CATEGORY_KEY, 0)) is None:
        missing.append(blueprint.CATEGORY_NAME)
    missing += [plan.name for plan in blueprint.CHANNELS if guild.get_channel(linked.parts.get(plan.key, 0)) is None]
    return missing
