"""How each kind of delivery becomes a message. The cogs register theirs; none knows the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import discord

from bot.deliveries.values import Due
from bot.features import Services
from bot.features.people.service import Address
from bot.i18n import Words
from bot.ui.pages import Item, Page


@dataclass(frozen=True, slots=True)
class Message:
    """``content``: what stands above the page; the place for pings, and only those in ``mentions`` ping."""

    page: Page
    content: str = ""
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)


@dataclass(frozen=True, slots=True)
class Line:
    """What a delivery says where several share one message. ``button`` leads on. ``count``: of how many things it
    tells, such as people who wait to be confirmed."""

    text: str
    button: Item | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a renderer may use: today's data, the reader's words, and where this is being said."""

    services: Services
    words: Words
    address: Address
    now: datetime


#: None: there is nothing to say any more (answered, cancelled, declined). It is not sent then.
MessageRenderer = Callable[[Occasion, Due], Awaitable[Message | None]]
LineRenderer = Callable[[Occasion, Due], Awaitable[Line | None]]
#: Work of the bot's own; done again after a crash, so it has to come out the same.
JobRunner = Callable[[Occasion, Due], Awaitable[None]]


class Renderers:
    """By kind of delivery."""

    def __init__(self) -> None:
        self.messages: dict[str, MessageRenderer] = {}
        self.lines: dict[str, LineRenderer] = {}
        self.jobs: dict[str, JobRunner] = {}

    def register(self, kind: str, message: MessageRenderer, line: LineRenderer | None = None) -> None:
        """``line`` is for kinds that may share a message with others (to persons and private threads)."""
        self.messages[kind] = message
        if line is not None:
            self.lines[kind] = line

    def register_job(self, kind: str, run: JobRunner) -> None:
        self.jobs[kind] = run
