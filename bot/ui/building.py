"""Making a server's roles, channels and messages step by step, so that a run that breaks off is gone on with.

Each step is noted before and after (docs/decisions/0009). What has no note is never touched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from bot.errors import Conflict
from bot.features.organisations.parts import PENDING
from bot.i18n import N_, Words
from bot.ui.pages import Page
from bot.ui.replies import HOME_STEP

log = structlog.get_logger("tsunagu.building")

#: Servers in which a run is going on in this process: two at once would make everything twice.
_running: set[int] = set()

#: Remembers that the part ``key`` is about to be made (``PENDING``) or is there.
Note = Callable[[str, int], Awaitable[None]]
Target = discord.Role | discord.Member | discord.Object
Overwrites = Mapping[Target, discord.PermissionOverwrite]
PANEL_KEY = "message:panel"


@dataclass(slots=True)
class Report:
    """What a run did. Names are as the server shows them; ``failed`` is the step that broke off, if one did."""

    made: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failed: str | None = None
    #: Discord refused it, and it was about a role: then the order of the roles is the likely reason.
    permission_denied: bool = False
    about_roles: bool = False


def why(report: Report) -> str:
    """What to do about a run that broke off, as a message id."""
    if not report.permission_denied:
        return N_("Discord didn't accept it just now. Please try again: I go on where I stopped.")
    if report.about_roles:
        return N_("Discord didn't let me. Please move my role up in Server Settings → Roles, then try again.")
    return N_("Discord didn't let me. Please check what my role may do there, then try again: I go on where I stopped.")


@contextmanager
def alone(guild: discord.Guild) -> Iterator[None]:
    """One run at a time in a server. What is known of it has to be read within: a run may have just ended.

    Raises:
        Conflict: something is being made in this server already.
    """
    if guild.id in _running:
        raise Conflict(N_("I'm making something in this server already. Please wait until that has finished."))
    _running.add(guild.id)
    try:
        yield
    finally:
        _running.discard(guild.id)


class Builder:
    """One run in one server. A subclass says in ``everything`` what there is to make.

    ``known``: key → Discord id of what was noted so far; ``reason`` stands in the server's own audit log.
    """

    def __init__(self, guild: discord.Guild, known: Mapping[str, int], note: Note, reason: str) -> None:
        self.guild = guild
        self.known = dict(known)
        self.reason = reason
        self.step = ""
        self._note = note

    async def everything(self) -> None:
        raise NotImplementedError

    async def go(self, report: Report) -> None:
        """Make what is missing, within ``alone``; ``report`` tells how far it came."""
        self.report = report
        try:
            await self.everything()
        except discord.HTTPException as error:
            report.failed = self.step
            report.permission_denied = isinstance(error, discord.Forbidden)
            report.about_roles = self.step.startswith("@")
            log.warning("broke off", reason=self.reason, step=self.step, status=error.status, code=error.code)

    def refused_by(self, step: str | None) -> None:
        """Something was refused without an error that ends the run."""
        if step is not None:
            self.report.failed, self.report.permission_denied = step, True
            self.report.about_roles = step.startswith("@")

    async def part(
        self,
        key: str,
        name: str,
        present: Any,
        cut_off: Any,
        make: Callable[[], Awaitable[Any]],
        finish: Callable[[Any], Awaitable[None]] | None = None,
    ) -> Any:
        """``present`` if the part is there, else what ``make`` makes; ``finish`` completes what is new.

        That it is about to be made is noted before, and what was made at once after: ``cut_off``, something that looks
        just like it, is taken for ours only if a run broke off between the two.
        """
        self.step = name
        noted = self.known.get(key)
        if present is None and noted == PENDING:
            present = cut_off
        is_new = present is None
        if is_new:
            await self.note(key, PENDING)
            present = await make()
        if finish is not None and present.id != noted:
            await finish(present)
        (self.report.made if is_new else self.report.found).append(name)
        if present.id != noted:
            await self.note(key, present.id)
        return present

    async def note(self, key: str, discord_id: int) -> None:
        await self._note(key, discord_id)
        self.known[key] = discord_id

    def noted(self, key: str) -> int:
        return self.known.get(key, PENDING)

    def _not_ours_yet(self, things: Iterable[Any]) -> list[Any]:
        taken = set(self.known.values())
        return [thing for thing in things if thing.id not in taken]

    async def role(
        self,
        key: str,
        name: str,
        colour: int,
        permissions: discord.Permissions,
        finish: Callable[[discord.Role], Awaitable[None]] | None = None,
    ) -> discord.Role:
        looks = (name, discord.Colour(colour), permissions)
        alike = (
            one for one in self._not_ours_yet(self.guild.roles) if (one.name, one.colour, one.permissions) == looks
        )
        role: discord.Role = await self.part(
            key,
            f"@{name}",
            self.guild.get_role(self.noted(key)),
            next(alike, None),
            lambda: self.guild.create_role(
                name=name, colour=discord.Colour(colour), permissions=permissions, reason=self.reason
            ),
            finish,
        )
        return role

    async def category(self, key: str, name: str) -> discord.CategoryChannel:
        alike = (one for one in self._not_ours_yet(self.guild.categories) if one.name == name and not one.channels)
        category: discord.CategoryChannel = await self.part(
            key,
            name,
            self.guild.get_channel(self.noted(key)),
            next(alike, None),
            lambda: self.guild.create_category(name, reason=self.reason),
        )
        return category

    async def text_channel(
        self,
        key: str,
        name: str,
        topic: str,
        category: discord.CategoryChannel,
        wanted: Overwrites,
        *,
        among: Sequence[discord.TextChannel] | None = None,
        **where: int,
    ) -> discord.TextChannel:
        """``among``: where one from a run that was cut off may stand; in the category, if nothing else is said.
        ``where`` may hold the ``position`` of the channel after which a new one stands."""
        alike = (
            one
            for one in self._not_ours_yet(category.text_channels if among is None else among)
            if (one.name, one.overwrites) == (name, dict(wanted))
        )
        options: Any = where
        channel: discord.TextChannel = await self.part(
            key,
            f"#{name}",
            self.guild.get_channel(self.noted(key)),
            next(alike, None),
            lambda: self.guild.create_text_channel(
                name, category=category, topic=topic, overwrites=wanted, reason=self.reason, **options
            ),
        )
        return channel

    async def panel(self, channel: discord.TextChannel, page: Page, words: Words) -> None:
        """The pinned message with the button that leads home."""
        name = self.step = words("the pinned panel")
        view = page.view()
        assert view is not None
        message: discord.Message = await self.part(
            PANEL_KEY,
            name,
            await self._known_panel(channel),
            await self._panel_in_history(channel),
            lambda: channel.send(embed=page.embed(), view=view),
        )
        wanted = {getattr(item, "custom_id", None) for row in page.rows for item in row}
        if _button_ids(message) != wanted:  # a panel of an earlier version
            await message.edit(embed=page.embed(), view=view)
        if not message.pinned:
            await message.pin(reason=self.reason)

    async def _known_panel(self, channel: discord.TextChannel) -> discord.Message | None:
        if self.noted(PANEL_KEY) == PENDING:
            return None
        try:
            return await channel.fetch_message(self.noted(PANEL_KEY))
        except discord.NotFound:
            return None

    async def _panel_in_history(self, channel: discord.TextChannel) -> discord.Message | None:
        if self.known.get(PANEL_KEY) != PENDING:
            return None
        async for message in channel.history(limit=20):
            if message.author == self.guild.me and HOME_STEP.custom_id in _button_ids(message):
                return message
        return None


def _button_ids(message: discord.Message) -> set[str | None]:
    return {getattr(item, "custom_id", None) for row in message.components for item in getattr(row, "children", ())}
