"""What the stand-in answers to a request. What isn't here, it doesn't know, and says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.wire.discord.channels import Channels
from tests.wire.discord.files import File
from tests.wire.discord.interactions import Interactions
from tests.wire.discord.messages import Messages
from tests.wire.discord.objects import APPLICATION_ID, BOT_ID, direct_channel, snowflake, user
from tests.wire.discord.scheduled import Scheduled
from tests.wire.discord.servers import Servers


class UnknownRoute(Exception):
    """The stand-in doesn't know it: teach it, or don't ask."""


class Routes:
    """``commands``: the slash commands that the bot has told Discord of."""

    def __init__(self, messages: Messages, servers: Servers, channels: Channels, interactions: Interactions) -> None:
        self._messages, self._servers, self._channels = messages, servers, channels
        self._interactions = interactions
        self.commands: list[dict[str, Any]] = []
        self.scheduled = Scheduled(servers)
        #: Awaited before an interaction is acknowledged: a test holds an answer back with it.
        self.before_callback: Callable[[], Awaitable[object]] | None = None

    async def answer(
        self, method: str, path: str, query: dict[str, str], body: Any, files: Sequence[File] = ()
    ) -> tuple[int, Any]:
        """Status and body.

        Raises:
            UnknownRoute, Refused (see ``messages``)
        """
        parts = path.strip("/").split("/")
        found: tuple[int, Any] | None
        match parts[0]:
            case "interactions" | "webhooks":
                found = await self._interaction(method, parts, body, files)
            case "channels" | "users":
                found = await self._messaging(method, parts, query, body, files)
            case _:
                found = None
        found = (
            found
            or await self._channels.answer(method, parts, query, body)
            or self.scheduled.answer(method, parts, body)
            or await self._servers.answer(method, parts, query, body)
            or self._application(method, parts, body)
        )
        if found is None:
            raise UnknownRoute(f"{method} {path}")
        return found

    def _application(self, method: str, parts: list[str], body: Any) -> tuple[int, Any] | None:
        match method, parts:
            case "GET", ["users", "@me"]:
                return 200, user(BOT_ID, "tsunagu", bot=True)
            case "PUT", ["applications", _, "commands"]:
                made = {"application_id": str(APPLICATION_ID), "version": "1"}
                self.commands = [{**one, "id": str(snowflake()), **made} for one in body]
                return 200, self.commands
        return None

    async def _messaging(
        self, method: str, parts: list[str], query: dict[str, str], body: Any, files: Sequence[File]
    ) -> tuple[int, Any] | None:
        messages = self._messages
        answer: Any = None
        match method, parts:
            case "POST", ["users", "@me", "channels"]:
                person = int(body["recipient_id"])
                answer = direct_channel(messages.direct(person), person)
            case "POST", ["channels", channel, "messages"]:
                answer = messages.make(int(channel), body, files)
                await self._channels.written_in(channel)
                await self._servers.push("MESSAGE_CREATE", answer)
            case "GET", ["channels", channel, "messages"]:
                answer = messages.history(int(channel), query)
            case "GET", ["channels", channel, "messages", "pins"]:
                pinned = [{"pinned_at": one["timestamp"], "message": one} for one in messages.pinned(int(channel))]
                answer = {"items": pinned, "has_more": False}
            case "PUT" | "DELETE", ["channels", channel, "messages", "pins", pinned_id]:
                messages.find(int(channel), int(pinned_id))["pinned"] = method == "PUT"
                return 204, None
            case "GET", ["channels", channel, "messages", found]:
                answer = messages.find(int(channel), int(found))
            case "PATCH", ["channels", channel, "messages", edited]:
                answer = messages.edit(int(channel), int(edited), body, files)
            case "DELETE", ["channels", channel, "messages", deleted]:
                messages.delete(int(channel), int(deleted))
                return 204, None
        return None if answer is None else (200, answer)

    async def _interaction(
        self, method: str, parts: list[str], body: Any, files: Sequence[File]
    ) -> tuple[int, Any] | None:
        interactions = self._interactions
        match method, parts:
            case "POST", ["interactions", _, token, "callback"]:
                if self.before_callback is not None:
                    await self.before_callback()
                return 200, interactions.respond(token, body, files)
            case "POST", ["webhooks", _, token]:
                return 200, interactions.follow(token, body, files)
            case "GET", ["webhooks", _, token, "messages", message_id]:
                return 200, interactions.answered(token, message_id)
            case "PATCH", ["webhooks", _, token, "messages", message_id]:
                return 200, interactions.change(token, message_id, body or {}, files)
            case "DELETE", ["webhooks", _, token, "messages", message_id]:
                interactions.delete(token, message_id)
                return 204, None
        return None
