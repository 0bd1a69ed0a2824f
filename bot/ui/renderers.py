"""How each kind of delivery becomes a message. The cogs register theirs; none knows the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import discord

from bot.clock import local_date
from bot.deliveries.values import Due
from bot.features import Services
from bot.features.people.service import Address
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.pages import Item, Page


@dataclass(frozen=True, slots=True)
class Message:
    """``content``: what stands above the page; the place for pings, and only those in ``mentions`` ping.

    ``drops_files``: an edit takes away the files of the message, unless the page has new ones. ``after``: what is done
    once Discord has it; after a crash in between it isn't.
    """

    page: Page
    content: str = ""
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)
    drops_files: bool = False
    after: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a delivery says where several share one message. ``button`` leads on. ``count``: how many things it tells
    of, such as people who wait to be confirmed. ``title`` and ``besides`` (further text) are for kinds without a
    message of their own, where the line stands alone."""

    text: str
    button: Item | None = None
    count: int = 1
    title: str = ""
    besides: str = ""

    def alone(self, words: Words) -> Message:
        text = f"{self.text}\n{self.besides}" if self.besides else self.text
        row = [*([self.button] if self.button else []), home_button(words)]
        return Message(Page(self.title, text, rows=[row]))


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a renderer may use: today's data, the reader's words, and where this is being said."""

    services: Services
    words: Words
    address: Address
    now: datetime

    @property
    def today(self) -> date:
        """Where the organisation is."""
        return local_date(self.now, self.address.time_zone)


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

    def register_line(self, kind: str, line: LineRenderer) -> None:
        """For a kind that says the same alone and among others."""

        async def message(occasion: Occasion, due: Due) -> Message | None:
            said = await line(occasion, due)
            return said.alone(occasion.words) if said else None

        self.register(kind, message, line)

    def register_job(self, kind: str, run: JobRunner) -> None:
        self.jobs[kind] = run
