"""Whether the first answer to an interaction goes out before anything that may take long.

Discord gives up after three seconds. How long something takes says nothing on a busy machine, so the order is held: no
writing transaction, no other request to Discord and no work in a thread begins before the first answer has arrived.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from unittest import mock

import discord
from discord.http import HTTPClient
from discord.state import ConnectionState
from discord.webhook.async_ import AsyncWebhookAdapter
from sqlalchemy import event

from bot.db import Database
from bot.ui.answering import ALREADY


@dataclass
class Asked:
    """An interaction, as the tasks see it that it has set going."""

    what: str
    answered: bool = False


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def watched(report: Callable[[str], None]) -> Iterator[None]:
    """Within it, ``report`` hears of whatever begins too early. Bots and databases have to be made within it, too."""

    def note(work: str) -> None:
        asked = _asked.get()
        if asked is not None and not asked.answered:
            report(f"{asked.what}: {work} before the first answer")

    parse, respond, begin = (
        ConnectionState.parse_interaction_create, AsyncWebhookAdapter.create_interaction_response, Database.__init__,
    )  # fmt: skip

    def parsed(self: Any, data: Any) -> None:
        token = _asked.set(Asked(_name(data)))
        try:
            parse(self, data)
        finally:
            _asked.reset(token)

    async def responded(self: Any, *args: Any, **named: Any) -> Any:
        asked = _asked.get()
        try:
            answer = await respond(self, *args, **named)
        except discord.HTTPException as error:
            if asked is not None and error.code == ALREADY:
                asked.answered = True
            raise
        if asked is not None:
            asked.answered = True
        return answer

    def begun(self: Database, url: str) -> None:
        begin(self, url)
        event.listen(self._writer.sync_engine, "begin", lambda _connection: note("a writing transaction"))

    def noted(real: Any, work: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            asks = f" {args[1].method} {args[1].path}" if work == "a request" else ""
            note(work + asks)
            return real(*args, **named)

        return call

    clients: list[Any] = [HTTPClient, *(one for one in HTTPClient.__subclasses__() if "request" in vars(one))]
    patches: list[Any] = [
        mock.patch.object(ConnectionState, "parse_interaction_create", parsed),
        mock.patch.object(AsyncWebhookAdapter, "create_interaction_response", responded),
        mock.patch.object(Database, "__init__", begun),
        mock.patch.object(asyncio, "to_thread", noted(asyncio.to_thread, "work in a thread")),
        *(mock.patch.object(kind, "request", noted(kind.request, "a request")) for kind in clients),
        *(mock.patch.object(kind, "get_from_cdn", noted(kind.get_from_cdn, "a file")) for kind in clients),
        *(
            mock.patch.object(discord.Guild, name, noted(getattr(discord.Guild, name), f"Guild.{name}"))
            for name in ("chunk", "query_members")
        ),
    ]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


def _name(data: Any) -> str:
    """A command by its path, everything else by its ``custom_id``."""
    inner = data["data"]
    if "custom_id" in inner:
        return str(inner["custom_id"])
    path, options = [inner["name"]], inner.get("options") or []
    while options and options[0]["type"] in (1, 2):
        path.append(options[0]["name"])
        options = options[0].get("options") or []
    return ("completing /" if data["type"] == 4 else "/") + " ".join(path)
