"""The number of a delivery on its message, by which the bot knows it again after a crash (docs/decisions/0017).

It stands before the ``custom_id`` of a button, where nobody has to read it (``#8w:home``), and in the last line of a
message that has no button, as it did everywhere before. A look for it tries both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: What may stand before a ``custom_id``, as a regular expression. No route begins like it.
BEFORE = r"(?:#[0-9a-z]{1,13}:)?"
#: Characters that Discord takes.
LONGEST = 100


def mark_of(number: int) -> str:
    """The number in base 36, such as ``#8w``."""
    text = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return f"#{text}"


def put(mark: str, embed: discord.Embed, view: discord.ui.View | None) -> None:
    """Mark a message that is about to be sent: on its last button with room (mostly the way home), or its footer."""
    for item in reversed(view.children if view is not None else []):
        is_button = isinstance(getattr(item, "item", item), discord.ui.Button)
        marked = f"{mark}:{unmarked(getattr(item, 'custom_id', None) or '')}"
        if is_button and marked != f"{mark}:" and len(marked) <= LONGEST:
            item.custom_id = marked  # type: ignore[attr-defined]
            return
    embed.set_footer(text=f"{embed.footer.text}  {mark}" if embed.footer.text else mark)


def carries(message: discord.Message, mark: str) -> bool:
    if any((embed.footer.text or "").split(" ")[-1] == mark for embed in message.embeds):
        return True
    return any(custom_id.startswith(f"{mark}:") for custom_id in _custom_ids(message))


def unmarked(custom_id: str) -> str:
    """The ``custom_id`` as its route has it."""
    return re.sub(f"^{BEFORE}", "", custom_id)


def _custom_ids(message: discord.Message) -> Iterator[str]:
    for row in message.components:
        children: Any = getattr(row, "children", ())
        yield from (child.custom_id for child in children if getattr(child, "custom_id", None))
