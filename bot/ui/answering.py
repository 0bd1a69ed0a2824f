"""The first answer to an interaction: Discord takes one, and its receipt may get lost on the way. And which of several
presses on one private message comes last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord

T = TypeVar("T")

#: Discord's error for a first answer where there was one already.
ALREADY = 40060
#: In ``Interaction.extras``: Discord has the first answer, though discord.py doesn't know of it.
_ANSWERED = "answered"

#: The tries of this task's first answer whose receipt got lost. discord.py repeats by itself and doesn't say so.
_lost: ContextVar[list[str] | None] = ContextVar("lost", default=None)


def tracing() -> aiohttp.TraceConfig:
    """For discord.py's requests: it hears of the receipts that got lost."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_note)
    return trace


async def _note(_session: aiohttp.ClientSession, _about: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
    lost = _lost.get()
    if lost is not None and end.response.status >= 500:
        lost.append(str(end.response.status))


async def answer_once(interaction: discord.Interaction[Any], answer: Callable[[], Awaitable[T]]) -> T | None:
    """Give the first answer, again if the line breaks. "There was one already" after a lost receipt means: this one.
    What ``answer`` returned, or None if its receipt got lost.

    Without a lost receipt somebody else has answered, perhaps another process: that is raised, as all else is.
    """
    lost: list[str] = []
    token = _lost.set(lost)
    try:
        try:
            return await answer()
        except (aiohttp.ClientError, OSError) as broken:
            lost.append(type(broken).__name__)
            return await answer()
    except discord.HTTPException as error:
        if error.code != ALREADY or not lost:
            raise
        interaction.extras[_ANSWERED] = True
        return None
    finally:
        _lost.reset(token)


def is_answered(interaction: discord.Interaction[Any]) -> bool:
    return interaction.response.is_done() or _ANSWERED in interaction.extras


#: In ``Interaction.extras``: another press has put its answer on the message meanwhile.
_OVERTAKEN = "overtaken"
#: In ``Interaction.extras``: this one has put a new page on it.
_TURNED = "turned"
#: The presses that are being answered, by their message.
_at_work: defaultdict[int, list[discord.Interaction[Any]]] = defaultdict(list)


@contextmanager
def at_work(interaction: discord.Interaction[Any]) -> Iterator[None]:
    """While a press or a form of a private message is answered: that message may change meanwhile."""
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        yield
        return
    _at_work[message.id].append(interaction)
    try:
        yield
    finally:
        _at_work[message.id].remove(interaction)
        if not _at_work[message.id]:
            del _at_work[message.id]


#: By private message, the button that has shown what stands there, so that it can be opened anew; of as many messages,
#: the latest. Other pages are left by the way home.
_shown_by: dict[int, str] = {}
#: By private message, the rights with which its reader was shown what stands there; of as many messages, the latest.
_shown_with: dict[int, Hashable] = {}
_KNOWN = 2_000


def note_answered(interaction: discord.Interaction[Any]) -> None:
    """The message shows the answer to this press: what others have to say of the page before belongs elsewhere."""
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        return
    for other in _at_work.get(message.id, ()):
        if other is not interaction:
            other.extras[_OVERTAKEN] = True


def note_turned(interaction: discord.Interaction[Any], button: str = "") -> None:
    """The same, and the answer is a page of its own.
    ``button``: the one that shows it and does nothing else, if it was one."""
    note_answered(interaction)
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        return
    _shown_by.pop(message.id, None)
    _shown_with.pop(message.id, None)
    if button:
        _keep(_shown_by, message.id, button)


def _keep(kept: dict[int, T], message_id: int, value: T) -> None:
    kept[message_id] = value
    if len(kept) > _KNOWN:
        del kept[next(iter(kept))]


def shown_by(interaction: discord.Interaction[Any]) -> str | None:
    """The button that opens the page anew on which something was pressed."""
    return _shown_by.get(interaction.message.id) if interaction.message is not None else None


def is_overtaken(interaction: discord.Interaction[Any]) -> bool:
    return _OVERTAKEN in interaction.extras


def note_shown(interaction: discord.Interaction[Any], message_id: int | None, rights: Hashable) -> None:
    """Discord has taken the page: the message isn't any more what it was when it was pressed. ``message_id``: the one
    with the page, if it is known. ``rights``: those of its reader."""
    interaction.extras[_TURNED] = True
    if message_id is not None:
        _keep(_shown_with, message_id, rights)


def shown_with(interaction: discord.Interaction[Any]) -> Hashable:
    """The rights with which the page was shown on which something was pressed; None if they aren't known any more."""
    return _shown_with.get(interaction.message.id) if interaction.message is not None else None


def has_shown(interaction: discord.Interaction[Any]) -> bool:
    return _TURNED in interaction.extras
