"""Bringing about what the blueprint says, step by step; each step is noted at once, so a second run goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from bot.errors import Conflict
from bot.features.setups.service import PENDING, LinkedServer, SetupService
from bot.i18n import N_, Words, words_for
from bot.ui.home import HOME_STEP, panel_page
from bot.ui.pages import Page
from bot.ui.requests import Request, host
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
    #: Discord refused it, and it was about a role: then the order of the roles is the likely reason.
    permission_denied: bool = False
    about_roles: bool = False
    absent_officers: int = 0
    #: Those from whom the officers' role was taken.
    taken: list[str] = field(default_factory=list)


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
            self.report.about_roles = self._step.startswith("@")
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

    async def _part(self, key: str, name: str, present: Any, cut_off: Any, make: Callable[[], Awaitable[Any]]) -> Any:
        """``present`` if the part is there, else what ``make`` makes.

        That it is about to be made is noted before, and what was made at once after: ``cut_off``, something that looks
        just like it, is taken for ours only if a run broke off between the two.
        """
        self._step = name
        known = self.linked.parts.get(key)
        if present is None and known == PENDING:
            present = cut_off
        if present is not None:
            self.report.found.append(name)
        else:
            await self._note(key, PENDING)
            present = await make()
            self.report.made.append(name)
        if present.id != known:
            await self._note(key, present.id)
        return present

    async def _note(self, key: str, discord_id: int) -> None:
        service = self.request.services[SetupService]
        await service.note_part(self.request.caller, self.linked.server_id, key, discord_id)

    def _known(self, key: str) -> int:
        return self.linked.parts.get(key, PENDING)

    async def _role(self, plan: blueprint.RolePlan) -> discord.Role:
        name = self.words(plan.name)
        colour = discord.Colour(plan.colour)
        looks = (name, colour, plan.permissions)
        alike = (one for one in self.guild.roles if (one.name, one.colour, one.permissions) == looks)
        role: discord.Role = await self._part(
            plan.key,
            f"@{name}",
            self.guild.get_role(self._known(plan.key)),
            next(alike, None),
            lambda: self.guild.create_role(name=name, colour=colour, permissions=plan.permissions, reason="/setup"),
        )
        if not role.permissions.is_superset(plan.permissions):
            await role.edit(permissions=role.permissions | plan.permissions, reason="/setup")
        return role

    async def _category(self) -> discord.CategoryChannel:
        name = self.words(blueprint.CATEGORY_NAME)
        alike = (one for one in self.guild.categories if one.name == name and not one.channels)
        category: discord.CategoryChannel = await self._part(
            blueprint.CATEGORY_KEY,
            name,
            self.guild.get_channel(self._known(blueprint.CATEGORY_KEY)),
            next(alike, None),
            lambda: self.guild.create_category(name, reason="/setup"),
        )
        return category

    async def _channel(
        self, plan: blueprint.ChannelPlan, category: discord.CategoryChannel, officers: discord.Role
    ) -> discord.TextChannel:
        name, topic = self.words(plan.name), self.words(plan.topic)
        wanted = blueprint.overwrites(plan, self.guild, officers)
        alike = (one for one in category.text_channels if (one.name, one.overwrites) == (name, wanted))
        channel: discord.TextChannel = await self._part(
            plan.key,
            f"#{name}",
            self.guild.get_channel(self._known(plan.key)),
            next(alike, None),
            lambda: self.guild.create_text_channel(
                name, category=category, topic=topic, overwrites=wanted, reason="/setup"
            ),
        )
        return channel

    async def _panel(self, channel: discord.TextChannel) -> None:
        name = self.words("the pinned panel")
        self._step = name
        message: discord.Message = await self._part(
            blueprint.PANEL_KEY,
            name,
            await self._known_panel(channel),
            await self._panel_in_history(channel),
            lambda: self._send_panel(channel),
        )
        await self._renew_panel(message)
        if not message.pinned:
            await message.pin(reason="/setup")

    async def _known_panel(self, channel: discord.TextChannel) -> discord.Message | None:
        known = self._known(blueprint.PANEL_KEY)
        if known == PENDING:
            return None
        try:
            return await channel.fetch_message(known)
        except discord.NotFound:
            return None

    async def _panel_in_history(self, channel: discord.TextChannel) -> discord.Message | None:
        if self.linked.parts.get(blueprint.PANEL_KEY) != PENDING:
            return None
        async for message in channel.history(limit=20):
            if message.author == self.guild.me and HOME_STEP.custom_id in _button_ids(message):
                return message
        return None

    def _panel_page(self) -> Page:
        other = words_for("en" if self.linked.language == "ja" else "ja")
        items = [make(self.words, other) for make in host(self.request.interaction).home.panel_items]
        return panel_page(self.words.either(self.linked.name_ja, self.linked.name_en), self.words, other, items)

    async def _renew_panel(self, message: discord.Message) -> None:
        """A panel of an earlier version gets the buttons that have come since."""
        page = self._panel_page()
        wanted = {getattr(item, "custom_id", None) for row in page.rows for item in row}
        if _button_ids(message) != wanted:
            await message.edit(embed=page.embed(), view=page.view())

    async def _send_panel(self, channel: discord.TextChannel) -> discord.Message:
        page = self._panel_page()
        view = page.view()
        assert view is not None
        return await channel.send(embed=page.embed(), view=view)

    async def _officers(self, role: discord.Role) -> None:
        """The role is for those in office and nobody else: it is given, and taken when a term has ended."""
        self._step = f"@{role.name}"
        for discord_id in self.linked.officers:
            member = self.guild.get_member(discord_id)
            if member is None:
                self.report.absent_officers += 1
            elif role not in member.roles:
                await member.add_roles(role, reason="/setup")
        for member in former_officers(role, self.linked):
            await member.remove_roles(role, reason="/setup: the term has ended")
            self.report.taken.append(member.display_name)


def _button_ids(message: discord.Message) -> set[str | None]:
    return {getattr(item, "custom_id", None) for row in message.components for item in getattr(row, "children", ())}


def former_officers(role: discord.Role | None, linked: LinkedServer) -> list[discord.Member]:
    """Who has the officers' role without being in office."""
    return [member for member in role.members if member.id not in linked.officers] if role else []


def missing_parts(guild: discord.Guild, linked: LinkedServer) -> list[str]:
    """Message ids of what the blueprint has and the server hasn't. The panel is looked at only when it is made."""
    missing = []
    if guild.get_role(linked.parts.get(blueprint.OFFICER_ROLE.key, 0)) is None:
        missing.append(blueprint.OFFICER_ROLE.name)
    if guild.get_channel(linked.parts.get(blueprint.CATEGORY_KEY, 0)) is None:
        missing.append(blueprint.CATEGORY_NAME)
    missing += [plan.name for plan in blueprint.CHANNELS if guild.get_channel(linked.parts.get(plan.key, 0)) is None]
    return missing
