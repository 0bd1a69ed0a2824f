"""A socket-level stand-in for Discord: REST and gateway on a loopback port.

It speaks just what the program uses, refuses what Discord refuses, and holds every request against the official
description (``problems``). What happened stands in ``requests``; ``send`` pushes events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.contract import contract
from tests.wire.payloads import (
    APPLICATION_ID,
    BOT_ID,
    GATEWAY_ONLY,
    application,
    application_flags,
    in_list,
    member,
    user,
)

TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.secret.wire-stand-in-token"
_PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: Any


@dataclass
class WireDiscord:
    """``guilds`` are GUILD_CREATE payloads that every session gets."""

    port: int = 0
    token: str = TOKEN
    guilds: list[dict[str, Any]] = field(default_factory=list)
    allowed_intents: int = _PRIVILEGED
    #: What differs from the usual application; ids of messages that can be fetched.
    application: dict[str, Any] = field(default_factory=dict)
    messages: set[int] = field(default_factory=set)
    requests: list[Sent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: Awaited before an interaction is acknowledged: a test holds an answer back with it.
    before_callback: Callable[[], Any] | None = None
    sessions: list[web.WebSocketResponse] = field(default_factory=list)
    identified: asyncio.Event = field(default_factory=asyncio.Event)
    _sequence: int = 0
    _next_id: int = 910_000_000_000_000_000

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.token,
            "TSUNAGU_DISCORD_API_URL": f"http://127.0.0.1:{self.port}/api/v10",
            "TSUNAGU_DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{self.port}/gateway",
            "TSUNAGU_GUILD_READY_TIMEOUT": "0",
        }

    def new_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def sent(self, method: str, part: str) -> list[Sent]:
        return [one for one in self.requests if one.method == method and part in one.path]

    async def until(self, condition: Callable[[], Any], seconds: float = 15) -> Any:
        """Wait until ``condition()`` is true, and return what it gave."""
        async with asyncio.timeout(seconds):
            while not (result := condition()):  # noqa: ASYNC110 - the condition is the caller's
                await asyncio.sleep(0.02)
        return result

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """Push an event to every session."""
        self._sequence += 1
        for session in self.sessions:
            await session.send_str(json.dumps({"op": 0, "t": event, "s": self._sequence, "d": data}))

    async def slash(
        self, guild_id: int, channel_id: int, user_id: int, name: str, options: list[dict[str, Any]] | None = None
    ) -> int:
        """Somebody uses a command; returns the interaction's id."""
        data = {"id": str(self.new_id()), "name": name, "type": 1, "options": options or []}
        return await self.interact(guild_id, channel_id, user_id, 2, data)

    async def interact(
        self, guild_id: int, channel_id: int, user_id: int, kind: int, data: dict[str, Any], **more: Any
    ) -> int:
        """An interaction of any kind (2: a command, 3: a component); returns its id."""
        interaction_id = self.new_id()
        await self.send(
            "INTERACTION_CREATE",
            {
                "id": str(interaction_id),
                "application_id": str(APPLICATION_ID),
                "type": kind,
                "token": f"interaction-{interaction_id}",
                "version": 1,
                "guild_id": str(guild_id),
                "channel_id": str(channel_id),
                "channel": {"id": str(channel_id), "type": 0, "guild_id": str(guild_id), "name": "general"},
                "member": {**member(user_id), "permissions": "32"},
                "locale": "ja",
                "guild_locale": "ja",
                "app_permissions": "8",
                "entitlements": [],
                "authorizing_integration_owners": {},
                "context": 0,
                "attachment_size_limit": 10_485_760,
                "data": data,
                **more,
            },
        )
        return interaction_id

    # --- REST ---------------------------------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10")
        body = await _body(request)
        self.requests.append(Sent(request.method, path, body))
        by_token = path.startswith(("/interactions/", "/webhooks/"))
        if not by_token and request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        if contract() is not None:
            try:
                self.problems += contract().request(request.method, path, body, dict(request.query))
            except LookupError as unknown:
                self.problems.append(str(unknown))
        return await self._answer(request.method, path, body)

    async def _answer(self, method: str, path: str, body: Any) -> web.StreamResponse:
        parts = path.strip("/").split("/")
        match method, parts:
            case "GET", ["users", "@me"]:
                return _json(user(BOT_ID, "tsunagu", bot=True))
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return _json({**application(), "flags": application_flags(self.allowed_intents), **self.application})
            case "PUT", ["applications", _, "commands"]:
                return _json(
                    [
                        {**one, "id": str(self.new_id()), "application_id": str(APPLICATION_ID), "version": "1"}
                        for one in body
                    ]
                )
            case "POST", ["interactions", interaction_id, _, "callback"]:
                if self.before_callback is not None:
                    await self.before_callback()
                return _json(
                    {
                        "interaction": {"id": interaction_id, "type": 2, "response_message_ephemeral": True},
                        "resource": {"type": body["type"], "message": self.message(body.get("data") or {})},
                    }
                )
            case "PATCH", ["webhooks", _, _, "messages", "@original"]:
                return _json(self.message(body or {}))
        return self._look_up(method, path)

    def _look_up(self, method: str, path: str) -> web.StreamResponse:
        match method, path.strip("/").split("/"):
            case "GET", ["users", "@me", "guilds"]:
                return _json([in_list(guild) for guild in self.guilds])
            case "GET", ["guilds", guild_id, *rest]:
                return self._about_guild(guild_id, rest)
            case "GET", ["channels", channel_id, "messages", message_id]:
                if int(message_id) in self.messages:
                    return _json({**self.message({}), "id": message_id, "channel_id": channel_id})
                return _json({"message": "Unknown Message", "code": 10008}, 404)
        return _json({"message": f"the stand-in does not know {method} {path}", "code": 0}, 404)

    def _about_guild(self, guild_id: str, what: list[str]) -> web.StreamResponse:
        guild = next((guild for guild in self.guilds if guild["id"] == guild_id), None)
        if guild is None:
            return _json({"message": "Missing Access", "code": 50001}, 403)
        match what:
            case []:
                return _json({name: value for name, value in guild.items() if name not in GATEWAY_ONLY})
            case ["channels"]:
                return _json([{**channel, "guild_id": guild_id} for channel in guild["channels"]])
            case ["members", user_id]:
                return _json(next(member for member in guild["members"] if member["user"]["id"] == user_id))
        return _json({"message": "404: Not Found", "code": 0}, 404)

    def message(self, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": str(self.new_id()), "channel_id": "1", "author": user(BOT_ID, "tsunagu", bot=True),
            "content": body.get("content") or "", "timestamp": "2026-11-21T10:00:00+00:00", "edited_timestamp": None,
            "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
            "embeds": body.get("embeds") or [], "components": [], "pinned": False, "type": 0, "flags": 64,
        }  # fmt: skip

    # --- gateway ------------------------------------------------------------------------------------------------

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        session = web.WebSocketResponse()
        await session.prepare(request)
        await session.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 41_250}}))
        async for frame in session:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            match message["op"]:
                case 1:
                    await session.send_str(json.dumps({"op": 11}))
                case 2:
                    if message["d"]["token"] != self.token:
                        await session.close(code=4004)
                    elif message["d"]["intents"] & _PRIVILEGED & ~self.allowed_intents:
                        await session.close(code=4014)
                    else:
                        await self._begin(session)
                case 8:
                    await self._members(session, message["d"])
        if session in self.sessions:
            self.sessions.remove(session)
        return session

    async def _begin(self, session: web.WebSocketResponse) -> None:
        ready = {
            "v": 10, "user": user(BOT_ID, "tsunagu", bot=True), "session_id": "wire",
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway",
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in self.guilds],
            "application": {"id": str(APPLICATION_ID), "flags": 0},
        }  # fmt: skip
        self.sessions.append(session)
        await self.send("READY", ready)
        for guild in self.guilds:
            await self.send("GUILD_CREATE", {**guild, "members": guild["members"][:1]})
        self.identified.set()

    async def _members(self, session: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        guild = next(guild for guild in self.guilds if guild["id"] == str(asked["guild_id"]))
        pieces = [guild["members"][at : at + 1000] for at in range(0, len(guild["members"]), 1000)]
        for number, piece in enumerate(pieces):
            chunk = {
                "guild_id": guild["id"], "members": piece, "chunk_index": number, "chunk_count": len(pieces),
                "nonce": asked.get("nonce"), "not_found": [],
            }  # fmt: skip
            self._sequence += 1
            await session.send_str(json.dumps({"op": 0, "t": "GUILD_MEMBERS_CHUNK", "s": self._sequence, "d": chunk}))


async def _body(request: web.Request) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return json.loads(str(form["payload_json"]))
    return None


def _json(body: Any, status: int = 200) -> web.Response:
    # discord.py reads JSON only under exactly this content type.
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"})


@asynccontextmanager
async def wire_discord(**options: Any) -> AsyncIterator[WireDiscord]:
    """The stand-in, listening on a free loopback port."""
    stand_in = WireDiscord(**options)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", stand_in._gateway)
    app.router.add_get("/gateway/", stand_in._gateway)
    app.router.add_route("*", "/api/v10/{rest:.*}", stand_in._rest)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.port = runner.addresses[0][1]
    try:
        yield stand_in
    finally:
        await runner.cleanup()
