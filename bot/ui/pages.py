"""A page: what one message says, before it becomes one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

#: The colour at the side of every page.
COLOUR = discord.Colour(0x1F7A8C)
TROUBLE = discord.Colour(0xC77D0A)

Item = discord.ui.Item[Any]
Rows = Sequence[Sequence[Item]]


def custom_id_of(item: Item) -> str | None:
    """What a press of it sends; None for a link."""
    return getattr(item, "custom_id", None)


def in_rows(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Buttons in rows of five, 25 at most. Of those that do the same, the first: Discord refuses a message that has
    one ``custom_id`` twice, with everything in it."""
    kept: dict[Any, Item] = {}
    for item in items:
        kept.setdefault(custom_id_of(item) or id(item), item)
    once = list(kept.values())
    return [once[start : start + 5] for start in range(0, min(len(once), 25), 5)]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG beside the text. ``description`` is read out to those who can't see it."""

    png: bytes
    filename: str
    description: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file to download, under the text."""

    content: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Page:
    """At most 25 fields (name, text, beside each other?) and 5 rows of components, as Discord allows.

    ``quoted``: a page that stands above this one in the same message, without its buttons, such as what is about to be
    sent. Both together may have 6,000 characters.
    """

    title: str
    text: str = ""
    fields: Sequence[tuple[str, str, bool]] = ()
    rows: Rows = ()
    picture: Picture | None = None
    documents: Sequence[Document] = ()
    footer: str = ""
    colour: discord.Colour = field(default=COLOUR)
    quoted: Page | None = None

    def embeds(self) -> list[discord.Embed]:
        return [self.quoted.embed(), self.embed()] if self.quoted else [self.embed()]

    def embed(self) -> discord.Embed:
        embed = discord.Embed(title=self.title[:256], description=self.text[:4096] or None, colour=self.colour)
        for name, value, inline in self.fields:
            embed.add_field(name=name[:256], value=value[:1024], inline=inline)
        if self.picture:
            embed.set_image(url=f"attachment://{self.picture.filename}")
        if self.footer:
            embed.set_footer(text=self.footer[:2048])
        return embed

    def files(self) -> list[discord.File]:
        files = [discord.File(io.BytesIO(document.content), document.filename) for document in self.documents]
        if self.picture:
            picture = discord.File(
                io.BytesIO(self.picture.png), self.picture.filename, description=self.picture.description[:1024]
            )
            files.insert(0, picture)
        return files

    def view(self) -> discord.ui.View | None:
        """The components, arranged in their rows.

        Every component finds its way by its ``custom_id`` alone, so discord.py need not remember the view: a view that
        is stopped before it is sent isn't stored, and memory doesn't grow with each message.
        """
        rows = [row for row in self.rows if row]
        if not rows:
            return None
        view = discord.ui.View(timeout=None)
        for number, row in enumerate(rows):
            for item in row:
                item.row = number
                view.add_item(item)
        view.stop()
        return view
