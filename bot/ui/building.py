"""Making a server's roles, channels and messages one by one: what Discord refuses stops nothing else, and the next run
makes what is missing.

Each part is noted before and after (docs/decisions/0009). A part without a note is never touched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import discord
import structlog
from discord.utils import escape_markdown

from bot.errors import Conflict
from bot.features.organisations.parts import PENDING
from bot.i18n import N_, Words
from bot.ui.cut_off import Overwrites, cut_off_channel
from bot.ui.pages import Page
from bot.ui.patience import FAILURES
from bot.ui.permissions import grantable
from bot.ui.replies import HOME_STEP
from bot.ui.role_keeping import Kept, refused_at

log = structlog.get_logger("tsunagu.building")

#: Servers in which a run is going on in this process: two at once would make everything twice.
_running: set[int] = set()

#: Remembers that the part ``key`` is about to be made (``PENDING``) or is there.
Note = Callable[[str, int], Awaitable[None]]
Target = discord.Role | discord.Member | discord.Object
PANEL_KEY = "message:panel"

# What to do about a part that couldn't be made.
ROLE_DENIED = N_("Discord refused. Move the bot's role up in Server Settings → Roles, then try again.")
DENIED = N_("Discord refused. Check the bot's permissions there, then try again. Only what's missing will be created.")
NOT_NOW = N_("Discord didn't accept this just now. Please try again. Only what's missing will be created.")
NO_ANSWER = N_(
    "Discord isn't responding right now, so the bot stopped. Please try again later. Only what's "
    "missing will be created."
)
WAITS = N_("This belongs in something that couldn't be created. Fix that first, then try again.")
#: After so many parts in a row that failed on Discord's side, a run ends: each of them is tried for half a minute.
IN_A_ROW = 5
#: So many names are listed; of the others only the number is told.
SHOWN = 12


@dataclass(slots=True)
class Report:
    """What a run did. Names are as the server shows them; ``failed``: what couldn't be done, each with the message id
    of what to do about it."""

    made: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    #: Some people's roles or threads wait for the next look.
    is_late: bool = False

    @property
    def is_unfinished(self) -> bool:
        return bool(self.failed) or self.is_late


def failed_fields(words: Words, report: Report) -> list[tuple[str, str, bool]]:
    """What couldn't be done, gathered by what to do about it."""
    fields = []
    for advice in dict.fromkeys(report.failed.values()):
        names = [name for name, other in report.failed.items() if other == advice]
        lines = [words(advice), *(escape_markdown(f"・{name[:60]}") for name in names[:SHOWN])]
        if len(names) > SHOWN:
            lines.append(words.plural("and {n} more thing", "and {n} more things", len(names) - SHOWN))
        fields.append((words("Failed ({n})", n=len(names)), "\n".join(lines), False))
    if report.is_late:
        later = words("Discord didn't accept everything just now. The bot will try again automatically within an hour.")
        fields.append((words("Some roles aren't up to date yet"), later, False))
    return fields


@contextmanager
def alone(guild: discord.Guild) -> Iterator[None]:
    """One run at a time in a server. Read within what is known of it: a run may have just ended.

    Raises:
        Conflict: something is being made in this server already.
    """
    if guild.id in _running:
        raise Conflict(N_("The bot is already creating something in this server. Please wait until it's finished."))
    _running.add(guild.id)
    try:
        yield
    finally:
        _running.discard(guild.id)


class _NoAnswerError(Exception):
    """Discord is down."""


class Builder:
    """One run in one server. A subclass says in ``everything`` what there is to make.

    ``known``: key → Discord id of what was noted so far; ``reason`` stands in the server's own audit log.
    """

    def __init__(self, guild: discord.Guild, known: Mapping[str, int], note: Note, reason: str) -> None:
        self.guild = guild
        self.known = dict(known)
        self.reason = reason
        self._note = note
        self._in_a_row = 0

    async def everything(self) -> None:
        raise NotImplementedError

    async def go(self, report: Report) -> None:
        """Make what is missing, within ``alone``; ``report`` tells what was made and what couldn't be."""
        self.report = report
        try:
            await self.everything()
        except _NoAnswerError:
            report.failed["Discord"] = NO_ANSWER

    def failed(self, name: str, error: Exception) -> None:
        """Discord refused ``name``; what comes after it goes on."""
        advice = NOT_NOW
        if isinstance(error, discord.Forbidden):
            advice = ROLE_DENIED if name.startswith("@") else DENIED
        self.report.failed[name] = advice
        log.warning("not made", reason=self.reason, what=name, why=repr(error))
        is_theirs = not isinstance(error, discord.HTTPException) or error.status >= 500 or error.status == 429
        self._in_a_row = self._in_a_row + 1 if is_theirs else 0
        if self._in_a_row == IN_A_ROW:
            raise _NoAnswerError

    def people(self, kept: Kept) -> None:
        """Roles and threads into which somebody couldn't be let, or out."""
        for name in refused_at(self.guild, kept):
            self.report.failed[name] = ROLE_DENIED if name.startswith("@") else DENIED
        self.report.is_late = bool(kept.failed)

    async def part(
        self,
        key: str,
        name: str,
        present: Any,
        cut_off: Any,
        make: Callable[[], Awaitable[Any]],
        finish: Callable[[Any], Awaitable[None]] | None = None,
    ) -> Any:
        """``present`` if the part is there, else what ``make`` makes; ``finish`` completes what is new. None if Discord
        didn't let it be made.

        That it is about to be made is noted before, and what was made at once after: ``cut_off``, something that looks
        just like it, is taken for ours only if a run broke off between the two.
        """
        noted = self.known.get(key)
        if present is None and noted == PENDING:
            present = cut_off
        is_new = present is None
        if is_new:
            await self.note(key, PENDING)
            try:
                present = await make()
            except FAILURES as error:
                self.failed(name, error)
                return None
        if finish is not None and present.id != noted:
            try:
                await finish(present)
            except FAILURES as error:  # it stays pending, so that the next run finishes it
                self.failed(name, error)
                return present
        self._in_a_row = 0
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
    ) -> discord.Role | None:
        """``permissions``: of them it gets those that the bot has itself, as Discord lets nobody give others. One that
        is there already gets what it lacks of them."""
        looks, given = (name, discord.Colour(colour)), grantable(self.guild, permissions)
        alike = (
            one
            for one in self._not_ours_yet(self.guild.roles)
            if (one.name, one.colour) == looks and one.permissions.is_subset(permissions)
        )
        role: discord.Role | None = await self.part(
            key,
            f"@{name}",
            self.guild.get_role(self.noted(key)),
            next(alike, None),
            lambda: self.guild.create_role(
                name=name, colour=discord.Colour(colour), permissions=given, reason=self.reason
            ),
            finish,
        )
        if role is not None:
            await self.mark(role, permissions)
        return role

    async def mark(self, role: discord.Role, wanted: discord.Permissions) -> None:
        """Give a role what it lacks of these permissions, and the bot has itself."""
        given = grantable(self.guild, wanted)
        if role.permissions.is_superset(given):
            return
        try:
            await role.edit(permissions=role.permissions | given, reason=self.reason)
        except FAILURES as error:
            self.failed(f"@{role.name}", error)

    async def category(self, key: str, name: str, orphans: Collection[str] = ()) -> discord.CategoryChannel | None:
        """``orphans``: keys of channels that a new category takes in where they stand in none."""

        async def take_in(made: discord.CategoryChannel) -> None:
            for channel in map(self.guild.get_channel, map(self.noted, orphans)):
                if not isinstance(channel, discord.TextChannel) or channel.category_id is not None:
                    continue
                try:
                    await channel.edit(category=made, reason=self.reason)
                except FAILURES as error:
                    self.failed(f"#{channel.name}", error)

        own = set(map(self.noted, orphans))  # a run may have been cut off after it had taken in some of them
        alike = (
            one
            for one in self._not_ours_yet(self.guild.categories)
            if one.name == name and own.issuperset(channel.id for channel in one.channels)
        )
        category: discord.CategoryChannel | None = await self.part(
            key,
            name,
            self.guild.get_channel(self.noted(key)),
            next(alike, None),
            lambda: self.guild.create_category(name, reason=self.reason),
            take_in,
        )
        return category

    async def text_channel(
        self,
        key: str,
        name: str,
        topic: str,
        category: discord.CategoryChannel | None,
        wanted: Overwrites,
        *,
        among: Sequence[discord.TextChannel] | None = None,
        **where: int,
    ) -> discord.TextChannel | None:
        """``among``: where one from a run that was cut off may stand; in the category or outside of all, if nothing
        else is said. ``where`` may hold the ``position`` of the channel after which a new one stands."""
        channels = self.guild.text_channels
        here = [one for one in channels if one.category == category] if among is None else among
        outside = [one for one in channels if one.category is None] if among is None else []
        ours = partial(cut_off_channel, name=name, topic=topic, wanted=wanted)
        cut_off = ours(self._not_ours_yet(here), self._not_ours_yet([*here, *outside]))

        async def complete(made: discord.TextChannel) -> None:
            if made is cut_off and (made.category, made.overwrites) != (category, dict(wanted)):
                await made.edit(category=category, overwrites=wanted, reason=self.reason)

        options: Any = where
        channel: discord.TextChannel | None = await self.part(
            key,
            f"#{name}",
            self.guild.get_channel(self.noted(key)),
            cut_off,
            lambda: self.guild.create_text_channel(
                name, category=category, topic=topic, overwrites=wanted, reason=self.reason, **options
            ),
            complete,
        )
        return channel

    async def panel(self, channel: discord.TextChannel | None, page: Page, words: Words) -> None:
        """The pinned message with the button that leads home, in ``channel`` if that is there."""
        name = words("the pinned panel")
        if channel is None:
            self.report.failed[name] = WAITS
            return
        try:
            await self._panel(channel, page, name)
        except FAILURES as error:
            self.failed(name, error)

    async def _panel(self, channel: discord.TextChannel, page: Page, name: str) -> None:
        view = page.view()
        assert view is not None
        message: discord.Message | None = await self.part(
            PANEL_KEY,
            name,
            await self._known_panel(channel),
            await self._panel_in_history(channel),
            lambda: channel.send(embed=page.embed(), view=view),
        )
        if message is None:
            return
        if not message.pinned:
            await message.pin(reason=self.reason)
        wanted = {getattr(item, "custom_id", None) for row in page.rows for item in row}
        if _button_ids(message) != wanted:  # a panel of an earlier version
            await message.edit(embed=page.embed(), view=view)

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
