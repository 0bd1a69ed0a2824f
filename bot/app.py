"""``build(settings, clock)``: the one place where the bot's objects are made and joined."""

from __future__ import annotations

import hashlib
import json
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot import endpoint, schema
from bot.clock import Clock
from bot.db import WROTE, Database
from bot.deliveries.limiter import Limiter
from bot.deliveries.worker import Worker
from bot.features import Services
from bot.features.command_sets.service import CommandSetService
from bot.settings import Settings
from bot.ui import forms
from bot.ui.forms import Form, show_back
from bot.ui.host import Host
from bot.ui.replies import reply_error
from bot.ui.requests import answer_first, note_written
from bot.ui.role_keeping import ROLE_RATE
from bot.ui.sender import DiscordSender
from bot.ui.translator import CatalogueTranslator

log = structlog.get_logger("tsunagu.app")

COGS = Path(__file__).parent.parent / "cogs"


class Tree(app_commands.CommandTree[Any]):
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        await reply_error(interaction, error)


class Bot(Host):
    """The bot. Made by ``build``; started by the runner, the demo or a test."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(Tree, settings.guild_ready_timeout)
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database_url)
        self.services = Services(self.database, clock)
        self.worker = Worker(
            self.database,
            clock,
            DiscordSender(self),
            name=settings.process_name,
            rate=settings.send_rate,
            direct_rate=settings.direct_message_rate,
        )
        self.role_keeper.pace = Limiter(min(ROLE_RATE, settings.send_rate))
        self.add_items(forms)
        self.database.before_writing.append(answer_first)
        self.database.on_commit += [_on_commit, forms.on_commit, self.role_keeper.on_commit]

    async def setup_hook(self) -> None:
        await schema.upgrade(self.database)
        await self.load_commands()
        await self.tell_commands()

    async def load_commands(self) -> None:
        """Load every cog, with the languages of their commands."""
        await self.tree.set_translator(CatalogueTranslator())
        for name in cog_names():
            await self.load_extension(f"cogs.{name}")

    async def command_payload(self) -> list[dict[str, Any]]:
        """The commands as Discord is told of them, with all localisations."""
        assert self.tree.translator is not None
        return [
            await command.get_translated_payload(self.tree, self.tree.translator)
            for command in self.tree.get_commands()
        ]

    async def tell_commands(self) -> None:
        """Tell Discord of the commands, if they aren't the ones it was told of last."""
        assert self.application_id is not None
        payload = json.dumps(await self.command_payload(), sort_keys=True, default=str)
        digest = hashlib.sha256(payload.encode()).hexdigest()
        sets = self.services[CommandSetService]
        if await sets.is_known(self.application_id, digest):
            return
        await self.tree.sync()
        await sets.note_sent(self.application_id, digest)
        log.info("commands sent to Discord", count=len(self.tree.get_commands()))

    async def on_ready(self) -> None:
        if not self.worker.is_running:  # it comes again after each longer interruption
            await self.worker.start()
        log.info("ready", servers=len(self.guilds), members=sum(guild.member_count or 0 for guild in self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Messages are not commands here, and none is read."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer what nobody else will: components and forms from before an update or a restart."""
        self.interactions[interaction.type.name] += 1
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.component:
            known = self.knows_route(custom_id)
        elif interaction.type is discord.InteractionType.modal_submit:
            known = custom_id in Form.opened
        else:
            return
        if not known:
            await show_back(interaction)

    async def close(self) -> None:
        await self.role_keeper.stop()
        await self.worker.stop(0)
        await super().close()
        self.typesetter.close()
        await self.database.close()


def _on_commit(info: Mapping[Any, Any]) -> None:
    if WROTE in info:
        note_written()


def cog_names() -> Iterable[str]:
    """Every folder in ``cogs/`` that doesn't begin with an underscore."""
    return sorted(module.name for module in pkgutil.iter_modules([str(COGS)]) if not module.name.startswith("_"))


def build(settings: Settings, clock: Clock) -> Bot:
    """Make the bot: not started, nothing opened, nothing written."""
    endpoint.point(settings)
    return Bot(settings, clock)
