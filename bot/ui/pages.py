"""A page: what one message says, before it becomes one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.i18n import words_for
from bot.ui.lengths import beginning, line_count, pieces, shortened

#: What Discord takes: characters of each part of an embed, fields of it, characters of all embeds of one message.
TITLE, TEXT, NAME, VALUE, FOOTER, FIELDS, WHOLE = 256, 4096, 256, 1024, 2048, 25, 6000
#: Kept free in the footer for the number of a delivery, and for saying how much isn't shown.
_NUMBER, _NOTE = 16, 60
#: The colour at the side of every page.
COLOUR = discord.Colour(0x1F7A8C)
TROUBLE = discord.Colour(0xC77D0A)
#: Those of an error, and of what was typed in vain: by them they are found again (``bot.ui.in_place``).
ERROR, WRITTEN = discord.Colour(0xC77D0B), discord.Colour(0xC77D0C)

Item = discord.ui.Item[Any]
Rows = Sequence[Sequence[Item]]


def custom_id_of(item: Item) -> str | None:
    """What a press of it sends; None for a link."""
    return getattr(item, "custom_id", None)


def each_once(items: Sequence[Item]) -> list[Item]:
    """Of buttons that do the same, the first: Discord refuses a message that has one ``custom_id`` twice, with
    everything in it."""
    kept: dict[Any, Item] = {}
    for item in items:
        kept.setdefault(custom_id_of(item) or id(item), item)
    return list(kept.values())


def in_rows(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Buttons in rows of five, each once (``each_once``).

    Discord takes 25. None is left out here, so a caller that may have more shows a page of them (``bot.ui.board``).
    """
    once = each_once(items)
    assert len(once) <= 25, f"{len(once)} buttons: {[custom_id_of(item) for item in once]}"
    return [once[start : start + 5] for start in range(0, len(once), 5)]


@dataclass(frozen=True, slots=True)
class Picture:
    """A file beside the text. ``description`` is read out to those who can't see it. ``is_there``: the message that is
    edited has it already, so it isn't sent again."""

    content: bytes
    filename: str
    description: str
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file to download, under the text."""

    content: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Page:
    """At most 25 fields (name, text, beside each other?) and 5 rows of components, as Discord allows.

    A text or field that is longer than Discord takes in one piece goes on in further fields. All together may have
    6,000 characters. The footer says how many lines aren't shown.

    ``done``: what has just been done, said above all else.

    ``quoted``: a page that stands above this one in the same message, without its buttons, such as what is about to be
    sent. The 6,000 characters are for both.
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
    done: str = ""

    def embeds(self) -> list[discord.Embed]:
        if self.quoted is None:
            return [self.embed()]
        above = self.quoted.embed()
        return [above, self.embed(WHOLE - len(above))]

    def embed(self, room: int = WHOLE) -> discord.Embed:
        """``room``: characters that it may have."""
        embed = discord.Embed(title=shortened(self.title, TITLE), colour=self.colour)
        footer = shortened(self.footer, FOOTER - _NUMBER - _NOTE)
        left = _fill(embed, self._blocks(), room - len(embed) - len(footer) - _NUMBER)
        if left:
            footer = "  ".join(filter(None, (footer, _not_shown(left))))
        if self.picture:
            embed.set_image(url=f"attachment://{self.picture.filename}")
        if footer:
            embed.set_footer(text=footer)
        return embed

    def _blocks(self) -> list[tuple[str, str, bool]]:
        """Text and fields in pieces that Discord takes, in their order. The first is the description."""
        text = f"✅ {self.done}\n\n{self.text}".rstrip() if self.done else self.text
        first, *further = pieces(text, TEXT, VALUE)
        blocks = [("", first, False), *((_NO_NAME, piece, False) for piece in further)]
        for name, value, inline in self.fields:
            title, parts = shortened(name, NAME - 5), pieces(value, VALUE, VALUE)
            for number, piece in enumerate(parts, 1):
                whole = len(parts) == 1
                blocks.append((title if number == 1 else f"{title} ({number})", piece, inline and whole))
        return blocks

    def files(self) -> list[discord.File]:
        files = [discord.File(io.BytesIO(document.content), document.filename) for document in self.documents]
        if self.picture and not self.picture.is_there:
            picture = discord.File(
                io.BytesIO(self.picture.content), self.picture.filename, description=self.picture.description[:1024]
            )
            files.insert(0, picture)
        return [*(self.quoted.files() if self.quoted is not None else ()), *files]

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


#: Discord wants a name for each field.
_NO_NAME = "\u200b"


def _fill(embed: discord.Embed, blocks: Sequence[tuple[str, str, bool]], room: int) -> int:
    """Put in what there is room for, the first block as the description. How many lines are left out."""
    size = sum(len(name) + len(value) for name, value, _ in blocks)
    if size > room or len(blocks) > 1 + FIELDS:
        room -= _NOTE
    left = 0
    for number, (name, value, inline) in enumerate(blocks):
        shown = "" if left or number > FIELDS else beginning(value, room - len(name))
        left += line_count(value) - line_count(shown)
        if shown or not value:
            room -= len(name) + len(shown)
            if number == 0:
                embed.description = shown or None
            elif not left or shown:
                embed.add_field(name=name, value=shown, inline=inline)
    return left


def _not_shown(lines: int) -> str:
    """In both languages, as a page knows nothing of its reader."""
    ja, en = words_for("ja"), words_for("en")
    told = [words.plural("… {n} more line", "… {n} more lines", lines) for words in (ja, en)]
    return " / ".join(told)
