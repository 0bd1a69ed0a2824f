"""Several things that wait for the same person or group, as one message with a button each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Due
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.pages import Page, custom_id_of, in_rows
from bot.ui.renderers import Line, Message, Occasion, Renderers

#: So many are listed; of the rest only the number is said.
LISTED = 15


async def bundle_message(renderers: Renderers, occasion: Occasion, rows: Sequence[Due]) -> Message | None:
    """None if none of them is needed any more; the message of its own if only one is left."""
    rendered = [(due, await _line(renderers, occasion, due)) for due in rows]
    lines = _once([(due, line) for due, line in rendered if line is not None])
    if not lines:
        return None
    if len(lines) == 1:
        only = lines[0][0]
        return await renderers.messages[only.kind](occasion, only)
    words = occasion.words
    shown = [line for _, line in lines[:LISTED]]
    text = "\n".join(f"・{line.text}" for line in shown)
    if (left := len(lines) - len(shown)) > 0:
        text += "\n" + words.plural("and {n} more thing", "and {n} more things", left)
    buttons = [line.button for line in shown if line.button is not None]
    title = _title(rows[0], sum(line.count for _, line in lines), words)
    return Message(Page(title=title, text=text, rows=in_rows([*buttons, home_button(words)])))


def _title(due: Due, count: int, words: Words) -> str:
    """In the thread of an LC's officers the LC is asked, not the reader."""
    if due.recipient.kind is RecipientKind.THREAD:
        return words.plural("Your LC has {n} thing to answer", "Your LC has {n} things to answer", count)
    return words.plural("{n} thing is waiting for you", "{n} things are waiting for you", count)


def _once(lines: Sequence[tuple[Due, Line]]) -> list[tuple[Due, Line]]:
    """Lines with the same words, such as a question and its reminder, are said once: the latest of them."""
    asked = {
        (line.text, custom_id_of(line.button)) if line.button is not None else due.id: (due, line)
        for due, line in lines
    }
    return list(asked.values())


async def _line(renderers: Renderers, occasion: Occasion, due: Due) -> Line | None:
    """The kind's own line, or the title of its message."""
    if (render := renderers.lines.get(due.kind)) is not None:
        return await render(occasion, due)
    message = await renderers.messages[due.kind](occasion, due)
    return Line(message.page.title) if message else None
