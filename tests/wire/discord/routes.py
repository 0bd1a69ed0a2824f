"""What the stand-in answers to a request. What isn't here, it doesn't know, and says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.wire.discord.messages import Messages
from tests.wire.discord.objects import APPLICATION_ID, BOT_ID, direct_channel, message, snowflake, user
from tests.wire.discord.servers import Servers


class UnknownRoute(Exception):
    """The stand-in doesn't know it: teach it, or don't ask."""


class Routes:
    """``answered`` hears of each answer to an interaction: its token, and what it shows (None for a mere receipt)."""

    def __init__(
        self, messages: Messages, servers: Servers, answered: Callable[[str, dict[str, Any] | None], None]
    ) -> None:
        self._messages, self._servers, self._answered = messages, servers, answered
        #: Awaited before an interaction is acknowledged: a test holds an answer back with it.
        self.before_callback: Callable[[], Awaitable[object]] | None = None

    async def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Status and body.

        Raises:
            UnknownRoute, Refused (see ``messages``)
        """
        parts = path.strip("/").split("/")
        match parts[0]:
            case "channels" | "users":
                found = self._messaging(method, parts, query, body)
            case "interactions" | "webhooks":
                found = await self._interaction(method, parts, body)
            case _:
                found = None
        found = found or await self._servers.answer(method, parts) or self._application(method, parts, body)
        if found is None:
            raise UnknownRoute(f"{method} {path}")
        return found

    def _application(self, method: str, parts: list[str], body: Any) -> tuple[int, Any] | None:
        match method, parts:
            case "GET", ["users", "@me"]:
                return 200, user(BOT_ID, "tsunagu", bot=True)
            case "PUT", ["applications", _, "commands"]:
                made = {"application_id": str(APPLICATION_ID), "version": "1"}
                return 200, [{**one, "id": str(snowflake()), **made} for one in body]
        return None

    def _messaging(self, method: str, parts: list[str], query: dict[str, str], body: Any) -> tuple[int, Any] | None:
        messages = self._messages
        answer: Any = None
        match method, parts:
            case "POST", ["users", "@me", "channels"]:
                person = int(body["recipient_id"])
                answer = direct_channel(messages.direct(person), person)
            case "POST", ["channels", channel, "messages"]:
                answer = messages.make(int(channel), body)
            case "GET", ["channels", channel, "messages"]:
                answer = messages.history(int(channel), query)
            case "GET", ["channels", channel, "messages", found]:
                answer = messages.find(int(channel), int(found))
            case "PATCH", ["channels", channel, "messages", edited]:
                answer = messages.edit(int(channel), int(edited), body)
            case "DELETE", ["channels", channel, "messages", deleted]:
                messages.delete(int(channel), int(deleted))
                return 204, None
        return None if answer is None else (200, answer)

    async def _interaction(self, method: str, parts: list[str], body: Any) -> tuple[int, Any] | None:
        match method, parts:
            case "POST", ["interactions", interaction, token, "callback"]:
                if self.before_callback is not None:
                    await self.before_callback()
                data = body.get("data") or {}
                self._answered(token, None if body["type"] in (5, 6) else data)
                shown = {"type": body["type"], "message": message(snowflake(), 1, data)}
                about = {"id": interaction, "type": 2, "response_message_ephemeral": True}
                return 200, {"interaction": about, "resource": shown}
            case "PATCH", ["webhooks", _, token, "messages", "@original"]:
                self._answered(token, body or {})
                return 200, message(snowflake(), 1, body or {})
            case "POST", ["webhooks", _, token]:
                self._answered(token, body)
                return 200, message(snowflake(), 1, body)
        return None
