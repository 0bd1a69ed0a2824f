"""A private page on which something was refused: it stays as it is, with the error above it.

The page is taken from the message that Discord sends along with a press, so that it works on every page, and
after a restart. An earlier error gives way: its text is known by its colour, its buttons by the mark
before their ``custom_id``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from types import SimpleNamespace
from typing import Any, cast

import discord

from bot.ui.lengths import beginning
from bot.ui.marks import LONGEST, unmarked
from bot.ui.pages import ERROR, WHOLE, WRITTEN, Item, Page, custom_id_of

#: What stands before the ``custom_id`` of an error's buttons, and of the one that opens the form again. No route begins
#: like it, and each takes it (``bot.ui.marks``).
_STEP, _AGAIN = "#step:", "#again:"
#: So many embeds, rows of components, and buttons in a row a message has at most.
_EMBEDS, _ROWS, _IN_ROW = 10, 5, 5


def _kept(attachment: discord.Attachment) -> Any:
    """A file that the message has already, as an edit names it."""
    named = {"id": attachment.id, "filename": attachment.filename}
    return SimpleNamespace(to_dict=lambda: named)


def with_error(
    interaction: discord.Interaction[Any], error: Page, steps: Sequence[Item], again: Item | None
) -> dict[str, Any] | None:
    """What to say in an edit of the private message that was pressed on. ``error``: what went wrong; its ``quoted`` is
    what was typed. ``steps`` and ``again``: buttons to go on with.

    None if its buttons leave no room for more.
    """
    message, data = interaction.message, cast("dict[str, Any]", interaction.data or {})
    assert message is not None
    rewritten = again is not None or error.quoted is not None
    rows = _rows(message, data, steps, again, rewritten=rewritten)
    if rows is None:
        return None
    edit: dict[str, Any] = {
        "embeds": _embeds(message, error, rewritten=rewritten),
        "view": Page("", rows=rows).view(),
    }
    old, new = _names_of_written(message) if rewritten else set(), error.files()
    if old or new:
        kept = [_kept(one) for one in message.attachments if one.filename not in old]
        edit["attachments"] = [*kept, *new]
    return edit


def _embeds(message: discord.Message, error: Page, *, rewritten: bool) -> list[discord.Embed]:
    goes = {ERROR, WRITTEN} if rewritten else {ERROR}
    standing = [one for one in message.embeds if one.colour not in goes]
    embeds = [error.embed()]
    if error.quoted is not None:
        embeds.append(error.quoted.embed(WHOLE - len(embeds[0])))
    names = {one.filename for one in message.attachments}
    for one in standing:
        copied = _copy(one, WHOLE - sum(map(len, embeds)), names)
        if copied is not None and len(embeds) < _EMBEDS:
            embeds.append(copied)
    return embeds


def _copy(embed: discord.Embed, room: int, names: Collection[str]) -> discord.Embed | None:
    """An embed of ours as it can be sent again, with so many of its last lines left out that it has ``room``.
    ``names``: those of the message's files."""
    copied = discord.Embed(title=embed.title, colour=embed.colour)
    if embed.footer.text:
        copied.set_footer(text=embed.footer.text)
    if len(copied) > room:
        return None
    copied.description = beginning(embed.description or "", room - len(copied)) or None
    if copied.description == embed.description:
        for field in embed.fields:
            if len(copied) + len(field.name or "") + len(field.value or "") > room:
                break
            copied.add_field(name=field.name, value=field.value, inline=field.inline)
    if embed.image.url:
        # A picture of the message's own has an address that ends, and would stand there twice.
        name = embed.image.url.partition("?")[0].rpartition("/")[2]
        copied.set_image(url=f"attachment://{name}" if name in names else embed.image.url)
    return copied


def _names_of_written(message: discord.Message) -> set[str]:
    """The files with what was typed into a form before."""
    said = [field.value or "" for embed in message.embeds if embed.colour == WRITTEN for field in embed.fields]
    return {one.filename for one in message.attachments if any(one.filename in text for text in said)}


def _rows(
    message: discord.Message, data: dict[str, Any], steps: Sequence[Item], again: Item | None, *, rewritten: bool
) -> list[list[Item]] | None:
    """The buttons of an error, and those of the page. The one that was pressed stays."""
    pressed = data.get("custom_id")
    standing = list[list[Item]]()
    view = discord.ui.View.from_message(message, timeout=None)
    for _, row in groupby(view.children, key=lambda item: item.row):
        kept = [one for one in row if custom_id_of(one) == pressed or not _goes(one, rewritten=rewritten)]
        standing.append(kept)
    standing = [row for row in standing if row]
    for one in [one for row in standing for one in row]:
        _keep_chosen(one, pressed, data.get("values") or [])
    known = {unmarked(custom_id_of(one) or "") for row in standing for one in row}
    new = list[Item]()
    for one in [*([again] if again else []), *steps]:
        custom_id = custom_id_of(one) or ""
        if custom_id not in known:
            known.add(custom_id)
            marked = f"{_AGAIN if one is again else _STEP}{custom_id}"
            if len(marked) <= LONGEST:
                one.custom_id = marked  # type: ignore[attr-defined]
            new.append(one)
    return _arranged(new, standing)


def _goes(item: Item, *, rewritten: bool) -> bool:
    """Is it of an earlier error? What opens a form again stays as long as its text stands there."""
    custom_id = custom_id_of(item) or ""
    return custom_id.startswith(_STEP) or (rewritten and custom_id.startswith(_AGAIN))


def _arranged(new: Sequence[Item], standing: list[list[Item]]) -> list[list[Item]] | None:
    """New buttons in rows of their own above the others, or else where there is room beside buttons."""
    own = [list(new[start : start + _IN_ROW]) for start in range(0, len(new), _IN_ROW)]
    if len(own) + len(standing) <= _ROWS:
        return [*own, *standing]
    rows, left = [list(row) for row in standing], list(new)
    for row in reversed(rows):
        if all(isinstance(one, discord.ui.Button) for one in row):
            while left and len(row) < _IN_ROW:
                row.append(left.pop(0))
    return None if left else rows


def _keep_chosen(item: Item, pressed: str | None, chosen: Sequence[str]) -> None:
    """Several that were chosen stay so. One alone isn't: Discord wouldn't send it when it is chosen once more."""
    if isinstance(item, discord.ui.Select) and item.custom_id == pressed and item.max_values > 1:
        for option in item.options:
            option.default = option.value in chosen
