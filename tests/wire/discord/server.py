"""The stand-in as a whole: what happened stands in ``requests``, what should not have in ``problems``."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.loopback import on_loopback
from tests.support.waiting import HANG, until
from tests.wire.contract import contract
from tests.wire.discord.channels import Channels
from tests.wire.discord.faults import Fault, Faults
from tests.wire.discord.files import File
from tests.wire.discord.gateway import PRIVILEGED, Gateway
from tests.wire.discord.interactions import Interactions
from tests.wire.discord.limits import Limits
from tests.wire.discord.messages import Messages, Refused
from tests.wire.discord.objects import APPLICATION_ID, TOKEN, direct_channel, member, snowflake, user
from tests.wire.discord.receipts import has_been_read
from tests.wire.discord.routes import Routes, UnknownRoute
from tests.wire.discord.servers import Servers

#: What somebody sees where the bot was silent for too long.
LATE: dict[str, Any] = {"content": "The application did not respond"}


@dataclass
class Sent:
    """A request. ``status``: what it was answered, 0 as long as it wasn't. ``at``: seconds since 1970."""

    method: str
    path: str
    body: Any
    status: int = 0
    at: float = field(default_factory=time.time)


@dataclass
class WireDiscord:
    """``guilds`` are GUILD_CREATE payloads that every session gets. ``limits``: None for none."""

    port: int = 0
    token: str = TOKEN
    guilds: list[dict[str, Any]] = field(default_factory=list)
    allowed_intents: int = PRIVILEGED
    limits: Limits | None = None
    beat_ms: int = 41_250
    #: What differs from the usual application.
    application: dict[str, Any] = field(default_factory=dict)
    messages: Messages = field(default_factory=Messages)
    faults: Faults = field(default_factory=Faults)
    requests: list[Sent] = field(default_factory=list)
    #: Breaches of Discord's official description, and routes that the stand-in doesn't know.
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.token, self.guilds, self.allowed_intents, self.beat_ms)
        self.servers = Servers(self.gateway.push, self.guilds, self.allowed_intents, self.application)
        self.channels = Channels(self.servers, self.messages)
        self.interactions = Interactions(self.messages)
        self.routes = Routes(self.messages, self.servers, self.channels, self.interactions)

    @property
    def identified(self) -> asyncio.Event:
        """Set when a session begins."""
        return self.gateway.begun

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.token,
            "TSUNAGU_DISCORD_API_URL": f"http://127.0.0.1:{self.port}/api/v10",
            "TSUNAGU_DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{self.port}/gateway",
            "TSUNAGU_GUILD_READY_TIMEOUT": "0",
        }

    def sent(self, method: str, part: str) -> list[Sent]:
        return [one for one in self.requests if one.method == method and part in one.path]

    async def until(self, condition: Callable[[], Any], seconds: float = HANG) -> Any:
        """Wait until ``condition()`` is true, and return what it gave."""
        return await until(condition, seconds)

    async def slash(
        self, guild_id: int, channel_id: int, user_id: int, name: str, options: list[dict[str, Any]] | None = None
    ) -> str:
        """Somebody uses a command; returns the interaction's token."""
        data = {"id": str(snowflake()), "name": name, "type": 1, "options": options or []}
        return await self.interact(guild_id, channel_id, user_id, 2, data)

    async def interact(
        self,
        guild_id: int | None,
        channel_id: int,
        user_id: int,
        kind: int,
        data: dict[str, Any],
        *,
        locale: str = "ja",
        permissions: int = 32,
        source: dict[str, Any] | None = None,
    ) -> str:
        """An interaction of any kind (2: a command, 3: a component, 4: completion, 5: a form), about the message
        ``source`` if it was pressed on one; returns its token. Without a server, it is a direct message."""
        token, begun = self.interactions.begin(user_id, channel_id, source)
        about: dict[str, Any] = {"message": source} if source is not None else {}
        if guild_id is None:
            about |= {
                "user": user(user_id, f"user-{user_id}"), "context": 1,
                "channel": direct_channel(channel_id, user_id),
            }  # fmt: skip
        else:
            about |= {
                "guild_id": str(guild_id), "context": 0, "app_permissions": "8",
                "channel": {"id": str(channel_id), "type": 0, "guild_id": str(guild_id), "name": "general"},
                "member": {**self._member(guild_id, user_id), "permissions": str(permissions)},
                "guild_locale": self._locale(guild_id),
            }  # fmt: skip
        payload = {
            "id": str(begun.id), "application_id": str(APPLICATION_ID), "type": kind, "token": token, "version": 1,
            "channel_id": str(channel_id), "locale": locale, "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10_485_760, "data": data, **about,
        }  # fmt: skip
        await self.gateway.push("INTERACTION_CREATE", payload)
        return token

    async def ask(
        self, guild_id: int, user_id: int, name: str, options: list[dict[str, Any]] | None = None
    ) -> tuple[float, dict[str, Any]]:
        """Use a command and wait for what it shows: seconds, and the message."""
        data = {"id": str(snowflake()), "name": name, "type": 1, "options": options or []}
        return await self.act(guild_id, user_id, 2, data)

    async def act(
        self, guild_id: int | None, user_id: int, kind: int, data: dict[str, Any], *, channel: int = 0,
        heard: bool = False, **more: Any,
    ) -> tuple[float, dict[str, Any]]:  # fmt: skip
        """The same for an interaction of any kind; a form that opens is shown, too. ``more``: see ``interact``.
        ``heard``: wait, too, until the bot knows that its answer arrived."""
        begun = time.perf_counter()
        token = await self.interact(guild_id, channel or (guild_id or 0) + 100, user_id, kind, data, **more)
        interaction = self.interactions.tokens[token]
        shown = await asyncio.wait_for(interaction.answer, HANG)
        seconds = time.perf_counter() - begun
        if heard:
            await has_been_read(self.port, interaction.by)
        return seconds, shown

    async def ask_many(
        self, guild_id: int, users: Iterable[int], name: str, options: list[dict[str, Any]], at_once: int
    ) -> list[float]:
        """Let each of ``users`` use a command, ``at_once`` at a time: the seconds that each waited."""
        waiting = iter(users)
        times: list[float] = []

        async def one_after_the_other() -> None:
            for person in waiting:
                seconds, _ = await self.ask(guild_id, person, name, options)
                times.append(seconds)

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        return times

    def _member(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """Whoever asks; those whom no test has put into a server are plain members of it."""
        try:
            return self.servers.member(guild_id, user_id)
        except Refused:
            return member(user_id)

    def may(self, guild_id: int | None, user_id: int, channel_id: int) -> int:
        """What Discord says with an interaction that its user may do there."""
        try:
            return 0 if guild_id is None else self.servers.may(guild_id, user_id, channel_id).value
        except Refused:
            return 32

    def _locale(self, guild_id: int) -> str:
        found = (one["preferred_locale"] for one in self.guilds if one["id"] == str(guild_id))
        return next(found, "ja")

    # --- REST ---------------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10")
        body, files = await _body(request)
        record = Sent(request.method, path, body)
        self.requests.append(record)
        by_token = path.startswith(("/interactions/", "/webhooks/"))
        if not by_token and request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        self._hold_against_contract(record, dict(request.query))
        fault = self.faults.take(record.method, path)
        if fault is not None and not fault.after:
            refusal = await _fail(request, fault)
            if refusal is not None:
                record.status = refusal.status
                return refusal
        answer = await self._answer(record, dict(request.query), files)
        record.status = answer.status
        if fault is not None and fault.after:
            answer = await _fail(request, fault) or answer
        if by_token:
            by = request.transport.get_extra_info("peername")[1] if request.transport is not None else 0
            try:
                await answer.prepare(request)
                await answer.write_eof()
            except ConnectionError:
                pass  # whoever answered is gone; what was shown stays
            self.interactions.confirmed(path.split("/")[3], by)
        return answer

    async def serve_file(self, request: web.Request) -> web.Response:
        """What somebody attached; anybody who knows the address may have it."""
        file = self.messages.files.contents[request.match_info["id"]]
        return web.Response(body=file.content, content_type=file.content_type or "application/octet-stream")

    def _hold_against_contract(self, record: Sent, query: dict[str, str]) -> None:
        if contract() is None:
            return
        try:
            self.problems += contract().request(record.method, record.path, record.body, query)
        except LookupError as unknown:
            self.problems.append(str(unknown))

    async def _answer(self, record: Sent, query: dict[str, str], files: Sequence[File]) -> web.StreamResponse:
        headers: dict[str, str] = {}
        if self.limits is not None:
            verdict = self.limits.judge(record.method, record.path)
            if verdict.refusal is not None:
                return _json(verdict.refusal, 429, verdict.headers)
            headers = verdict.headers
            if self.limits.is_too_late(record.path):
                self.interactions.show(record.path.split("/")[3], LATE)
                return _json({"message": "Unknown interaction", "code": 10062}, 404)
        try:
            status, answer = await self.routes.answer(record.method, record.path, query, record.body, files)
        except Refused as refused:
            return _json({"message": refused.word, "code": refused.code}, refused.status, headers)
        except UnknownRoute as unknown:
            self.problems.append(f"the stand-in does not know {unknown}")
            return _json({"message": f"the stand-in does not know {unknown}", "code": 0}, 501)
        if status == 204:
            return web.Response(status=204, headers=headers)
        return _json(answer, status, headers)


async def _fail(request: web.Request, fault: Fault) -> web.Response | None:
    """Let it go wrong; None if it was only slow."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.drop and request.transport is not None:
        if fault.drop == "reset":
            request.transport.abort()
        else:
            request.transport.close()
        return web.Response(status=499)  # nobody hears it
    if fault.status:
        body, headers = fault.answer
        return _json(body, fault.status, headers)
    return None


async def _body(request: web.Request) -> tuple[Any, list[File]]:
    """The body, and the files beside it in the order of their numbers."""
    if request.content_type == "application/json":
        return await request.json(), []
    if request.content_type == "multipart/form-data":
        form = await request.post()
        parts = sorted((int(name[6:-1]), part) for name, part in form.items() if name.startswith("files["))
        files = [File(part.filename, part.file.read(), part.content_type) for _, part in parts]  # type: ignore[union-attr]
        return json.loads(str(form["payload_json"])), files
    return None, []


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only under exactly this content type.
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


@asynccontextmanager
async def wire_discord(**options: Any) -> AsyncIterator[WireDiscord]:
    """The stand-in, listening on a free loopback port. At the end, what should not have been asked is an error."""
    stand_in = WireDiscord(**options)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", stand_in.gateway.serve)
    app.router.add_get("/gateway/", stand_in.gateway.serve)
    app.router.add_get("/attachments/{id}/{name}", stand_in.serve_file)
    app.router.add_route("*", "/api/v10/{rest:.*}", stand_in.serve)
    async with on_loopback(app) as stand_in.port:
        stand_in.messages.files.address = f"http://127.0.0.1:{stand_in.port}"
        stand_in.gateway.address = f"ws://127.0.0.1:{stand_in.port}/gateway"
        yield stand_in
    assert stand_in.problems == []
