"""Forms (Discord's modals) with the shared answer to errors."""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakValueDictionary

import discord

from bot.ui.replies import reply_error
from bot.ui.requests import Interaction, MemberRequest, Request


class Form(discord.ui.Modal):
    """A form; ``act`` runs when it is sent. It lives in this process: one sent after a restart is answered as stale."""

    request_kind: ClassVar[type[Request]] = MemberRequest
    opened: ClassVar[WeakValueDictionary[str, Form]] = WeakValueDictionary()

    def __init__(self, title: str) -> None:
        super().__init__(title=title[:45], timeout=15 * 60)
        Form.opened[self.custom_id] = self

    async def on_submit(self, interaction: Interaction) -> None:
        try:
            await self.act(await self.request_kind.open(interaction))
        except Exception as error:
            await reply_error(interaction, error)

    async def act(self, request: Any) -> None:
        raise NotImplementedError


def labelled(text: str, component: Any, description: str | None = None) -> discord.ui.Label[Any]:
    """A form's component with its question and a hint (45 and 100 characters at most)."""
    return discord.ui.Label(text=text[:45], description=description[:100] if description else None, component=component)
