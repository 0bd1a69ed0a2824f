"""Forms (Discord's modals) with the shared answer to errors."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

import discord

from bot.ui.replies import reply_error
from bot.ui.requests import Interaction, MemberRequest, Request


class Form(discord.ui.Modal):
    """A form; ``act`` runs when it is sent.

    It lives in this process and for 15 minutes: one sent later, twice or after a restart is answered as stale. Its
    class names its route, which the audit keeps: ``class FindForm(Form, route="local_committees:find")``.
    """

    request_kind: ClassVar[type[Request]] = MemberRequest
    #: The custom_ids of the forms that may still be sent.
    opened: ClassVar[set[str]] = set()
    route: ClassVar[str] = ""

    def __init_subclass__(cls, *, route: str) -> None:
        cls.route = route
        super().__init_subclass__()

    def __init__(self, title: str) -> None:
        super().__init__(title=title[:45], timeout=15 * 60, custom_id=f"{self.route}:{secrets.token_hex(8)}")
        Form.opened.add(self.custom_id)

    async def on_timeout(self) -> None:
        Form.opened.discard(self.custom_id)

    async def on_submit(self, interaction: Interaction) -> None:
        try:
            await self.act(await self.request_kind.open(interaction))
        except Exception as error:
            await reply_error(interaction, error)
        finally:
            Form.opened.discard(self.custom_id)

    async def act(self, request: Any) -> None:
        raise NotImplementedError


def labelled(text: str, component: Any, description: str | None = None) -> discord.ui.Label[Any]:
    """A form's component with its question and a hint (45 and 100 characters at most)."""
    return discord.ui.Label(text=text[:45], description=description[:100] if description else None, component=component)
