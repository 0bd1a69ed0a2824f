"""One interaction, with everything that a handler needs: who asks, in which language, and how to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.clock import HOME_ZONE, local_date
from bot.errors import NotAllowed
from bot.features.people.actors import Actor, Caller
from bot.features.people.service import PeopleService
from bot.i18n import N_, Words, words_for
from bot.typed import discord_name
from bot.ui.answering import answer_once, is_answered, note_shown, note_turned
from bot.ui.marks import unmarked
from bot.ui.pages import Page

if TYPE_CHECKING:
    from bot.ui.host import Host

Interaction = discord.Interaction[Any]


def host(interaction: Interaction) -> Host:
    """The typed look-up of the bot behind an interaction."""
    return cast("Host", interaction.client)


def caller_of(interaction: Interaction) -> Caller:
    user, bot = interaction.user, host(interaction)
    in_guild = interaction.guild_id is not None
    data: Any = interaction.data or {}
    command = interaction.command
    custom_id = unmarked(str(data.get("custom_id", "")))
    if interaction.type is discord.InteractionType.modal_submit:
        custom_id = custom_id.rpartition(":")[0]  # a form's route, without what makes it this one form
    origin = f"/{command.qualified_name}" if command is not None else custom_id
    return Caller(
        discord_user_id=user.id,
        display_name=discord_name(user.display_name),
        guild_id=interaction.guild_id,
        guild_ids=() if in_guild else tuple(guild.id for guild in bot.guilds if guild.get_member(user.id)),
        may_share_more=not in_guild and not all(map(bot.role_keeper.knows_all, bot.guilds)),
        locale=str(interaction.locale),
        guild_locale=str(interaction.guild_locale) if interaction.guild_locale else None,
        manages_server=in_guild and interaction.permissions.manage_guild,
        owns_server=interaction.guild is not None and interaction.guild.owner_id == user.id,
        origin=origin[:100],
    )


async def acknowledge(interaction: Interaction) -> None:
    """The first answer to Discord, before any work."""
    if is_answered(interaction):
        return
    says = {} if on_private_message(interaction) else {"ephemeral": True, "thinking": True}
    await answer_once(interaction, lambda: interaction.response.defer(**says))


#: The interaction that the current task answers.
_answering: ContextVar[tuple[asyncio.Task[Any] | None, Interaction] | None] = ContextVar("answering", default=None)


#: In ``Interaction.extras``: since it was opened, something was written.
_WROTE = "wrote"


def note_written() -> None:
    """Called after every transaction that wrote."""
    task, interaction = _answering.get() or (None, None)
    if interaction is not None and task is asyncio.current_task():
        interaction.extras[_WROTE] = True


def has_written(interaction: Interaction) -> bool:
    """Was anything of the request saved? Then repeating it might do it twice."""
    return _WROTE in interaction.extras


async def answer_first() -> None:
    """Acknowledge the interaction that this task answers: called before every writing transaction, because one may wait
    for others, and Discord waits three seconds.

    Another task that this one has started has an interaction of its own to answer, or none.
    """
    task, interaction = _answering.get() or (None, None)
    if interaction is not None and task is asyncio.current_task():
        await acknowledge(interaction)


def on_private_message(interaction: Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


class Request:
    """An interaction by anybody, with or without an organisation. Its day is that of the organisation, or else of the
    usual time zone."""

    time_zone = HOME_ZONE

    def __init__(self, interaction: Interaction, caller: Caller, language: str) -> None:
        self.interaction = interaction
        self.caller = caller
        self.words: Words = words_for(language)
        self.services = host(interaction).services
        #: What has just been done: the next page says it first.
        self.done = ""

    @classmethod
    async def open(cls, interaction: Interaction) -> Self:
        """Read who asks; from now on this task acknowledges the interaction before it writes anything."""
        _answering.set((asyncio.current_task(), interaction))
        request = await cls._read(interaction)
        interaction.extras.pop(_WROTE, None)  # who asks was noted, perhaps; nothing was done yet
        return request

    @classmethod
    async def _read(cls, interaction: Interaction) -> Self:
        caller = caller_of(interaction)
        return cls(interaction, caller, await host(interaction).services[PeopleService].language_of(caller))

    @property
    def rights(self) -> tuple[Hashable, ...]:
        """All by which it is decided what they may see: while it stays the same, so does that."""
        return (self.caller.guild_id, self.caller.manages_server, self.caller.owns_server)

    @property
    def now(self) -> datetime:
        return host(self.interaction).clock.now()

    @property
    def today(self) -> date:
        return local_date(self.now, self.time_zone)

    async def defer(self) -> None:
        """Say "just a moment" before work that takes longer than a blink, as Discord waits three seconds. It is said
        only once, and before a writing transaction by itself."""
        await acknowledge(self.interaction)

    async def show(self, page: Page) -> None:
        """Answer privately. After a press on a private message of ours, that message turns into the page: a walk
        through the bot stays one message. A success (``done``) is said first."""
        if self.done:
            page = replace(page, done=self.done)
        note_turned(self.interaction, self._looked())
        message_id = await self._put(page)
        note_shown(self.interaction, message_id, self.rights)

    async def _put(self, page: Page) -> int | None:
        """The message that has the page now, if that is known."""
        view, response = page.view(), self.interaction.response
        if is_answered(self.interaction):
            message = await self.interaction.edit_original_response(
                content=None, embeds=page.embeds(), view=view, attachments=page.files()
            )
            return message.id
        if on_private_message(self.interaction):
            await answer_once(
                self.interaction,
                lambda: response.edit_message(content=None, embeds=page.embeds(), view=view, attachments=page.files()),
            )
            return self.interaction.message.id if self.interaction.message is not None else None
        extra: dict[str, Any] = {"view": view} if view else {}
        sent = await answer_once(
            self.interaction,
            lambda: response.send_message(embeds=page.embeds(), files=page.files(), ephemeral=True, **extra),
        )
        return sent.message_id if sent is not None else None

    def _looked(self) -> str:
        """The button that was pressed, if pressing it was no more than a look."""
        data: Any = self.interaction.data or {}
        is_button = self.interaction.type is discord.InteractionType.component and "values" not in data
        return unmarked(str(data["custom_id"])) if is_button and not has_written(self.interaction) else ""


class MemberRequest(Request):
    """An interaction within an organisation."""

    def __init__(self, interaction: Interaction, actor: Actor) -> None:
        super().__init__(interaction, actor.caller, actor.language)
        self.actor, self.time_zone = actor, actor.organisation.time_zone

    @property
    def today(self) -> date:
        return self.actor.today

    @property
    def rights(self) -> tuple[Hashable, ...]:
        one = self.actor
        return (*super().rights, one.organisation.id, one.person_id, one.today, *one.current, *one.entitlements)

    @classmethod
    async def _read(cls, interaction: Interaction) -> Self:
        """Raises NotFound or Conflict where no single organisation is meant (see ``PeopleService.actor``)."""
        return cls(interaction, await host(interaction).services[PeopleService].actor(caller_of(interaction)))


def guild_of(request: Request) -> discord.Guild:
    """The server in which somebody asks, with the bot as a member of it.

    Raises:
        NotAllowed: it is no server, or the bot was added for its commands alone, without the scope "bot".
    """
    guild = request.interaction.guild
    if guild is None:
        raise NotAllowed(N_("This is about a server, so please do it in one."))
    if guild.unavailable or guild.me is None:
        raise NotAllowed(
            N_("The bot isn't a member of this server. Please invite it again, including the “bot” scope.")
        )
    return guild
