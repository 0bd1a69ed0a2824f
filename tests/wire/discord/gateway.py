"""The gateway: sessions that begin, break and are taken up again."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.discord.objects import APPLICATION_ID, BOT_ID, snowflake, user

PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
#: Events of a session that can be had again.
_KEPT = 1_000
#: The intent that a session needs for events that begin so. The first that fits counts.
_INTENTS = (("GUILD_MEMBERS_CHUNK", 0), ("GUILD_MEMBER_", 1 << 1), ("MESSAGE_", 1 << 9))


@dataclass
class Session:
    """``socket``: None while its line is broken."""

    id: str
    socket: web.WebSocketResponse | None = None
    sequence: int = 0
    intents: int = -1
    events: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    async def push(self, event: str, data: Any) -> None:
        if (self.intents & _needed(event)) != _needed(event):
            return
        self.sequence += 1
        frame = json.dumps({"op": 0, "t": event, "s": self.sequence, "d": data})
        self.events.append((self.sequence, frame))
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_str(frame)


def _needed(event: str) -> int:
    return next((intent for beginning, intent in _INTENTS if event.startswith(beginning)), 0)


class Gateway:
    """``guilds`` are GUILD_CREATE payloads that every session gets."""

    def __init__(self, token: str, guilds: Sequence[dict[str, Any]], allowed_intents: int, beat_ms: int) -> None:
        self._token, self.guilds, self._allowed, self._beat_ms = token, guilds, allowed_intents, beat_ms
        self.address = ""
        self.sessions: dict[str, Session] = {}
        self.begun = asyncio.Event()
        self.identified = 0
        self.resumed = 0
        #: Seconds between two requests for the members of one server; the earlier one gets none.
        self.members_every = 30.0
        #: Server → when its members were last told, and how often they weren't.
        self.members_told: dict[str, float] = {}
        self.members_refused: Counter[str] = Counter()
        self._ahead = 0.0
        #: Lines on which nothing is heard any more, nor answered, though they stand.
        self.silent: set[web.WebSocketResponse] = set()

    def now(self) -> float:
        """Seconds by Discord's own clock."""
        return time.monotonic() + self._ahead

    def pass_time(self, seconds: float) -> None:
        """Let time pass here alone."""
        self._ahead += seconds

    async def push(self, event: str, data: Any) -> None:
        """To every session; one whose line is broken gets it when it comes back."""
        for session in list(self.sessions.values()):
            await session.push(event, data)

    async def close(self, code: int, *, forget: bool = False) -> None:
        """Break every line; with ``forget``, no session can be taken up again."""
        for session in list(self.sessions.values()):
            if (socket := session.socket) is not None:
                session.socket = None
                await socket.close(code=code)
        if forget:
            self.sessions.clear()

    async def say(self, op: int, data: Any = None) -> None:
        """An opcode to every session: 7 asks for a reconnect, 9 says that the session is over (True: resumable)."""
        sockets = [session.socket for session in self.sessions.values() if session.socket is not None]
        if op == 9 and data is False:
            self.sessions.clear()
        for socket in sockets:
            if not socket.closed:
                await socket.send_str(json.dumps({"op": op, "d": data}))

    async def fall_silent(self) -> None:
        """Answer no heartbeat on the lines there are, nor anything else; a new line is another matter."""
        for session in self.sessions.values():
            if session.socket is not None:
                self.silent.add(session.socket)
                session.socket = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": self._beat_ms}}))
        session: Session | None = None
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            if socket in self.silent:
                continue
            message = json.loads(frame.data)
            match message["op"]:
                case 1:
                    await asyncio.sleep(0.02)  # over loopback, discord.py is told before it has noted the time
                    await socket.send_str(json.dumps({"op": 11}))
                case 2:
                    session = await self._identify(socket, message["d"])
                case 6:
                    session = await self._resume(socket, message["d"])
                case 8 if session is not None:
                    await self._members(session, message["d"])
        if session is not None and session.socket is socket:  # else it was broken from here, or is back already
            session.socket = None
            if socket.close_code in (1000, 1001):  # a good-bye
                self.sessions.pop(session.id, None)
        return socket

    async def _identify(self, socket: web.WebSocketResponse, asked: dict[str, Any]) -> Session | None:
        if asked["token"] != self._token:
            await socket.close(code=4004)
            return None
        if asked["intents"] & PRIVILEGED & ~self._allowed:
            await socket.close(code=4014)
            return None
        session = Session(f"wire-{snowflake()}", socket, intents=asked["intents"])
        self.sessions[session.id] = session
        await session.push(
            "READY",
            {
                "v": 10, "user": user(BOT_ID, "tsunagu", bot=True), "session_id": session.id,
                "resume_gateway_url": self.address,
                "guilds": [{"id": guild["id"], "unavailable": True} for guild in self.guilds],
                "application": {"id": str(APPLICATION_ID), "flags": 0},
            },
        )  # fmt: skip
        for guild in self.guilds:
            await session.push("GUILD_CREATE", {**guild, "members": guild["members"][:1]})
        self.identified += 1
        self.begun.set()
        return session

    async def _resume(self, socket: web.WebSocketResponse, asked: dict[str, Any]) -> Session | None:
        session = self.sessions.get(asked["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": 9, "d": False}))
            return None
        session.socket = socket
        for sequence, frame in list(session.events):
            if sequence > asked["seq"]:
                await socket.send_str(frame)
        await session.push("RESUMED", {})
        self.resumed += 1
        return session

    async def _members(self, session: Session, asked: dict[str, Any]) -> None:
        guild = next(guild for guild in self.guilds if guild["id"] == str(asked["guild_id"]))
        rest = self.members_told.get(guild["id"], -self.members_every) + self.members_every - self.now()
        if rest > 0:
            self.members_refused[guild["id"]] += 1
            meta = {"guild_id": guild["id"], "nonce": asked.get("nonce")}
            await session.push("RATE_LIMITED", {"opcode": 8, "retry_after": rest, "meta": meta})
            return
        self.members_told[guild["id"]] = self.now()
        pieces = [guild["members"][at : at + 1000] for at in range(0, len(guild["members"]), 1000)]
        for number, piece in enumerate(pieces):
            chunk = {
                "guild_id": guild["id"], "members": piece, "chunk_index": number, "chunk_count": len(pieces),
                "nonce": asked.get("nonce"), "not_found": [],
            }  # fmt: skip
            await session.push("GUILD_MEMBERS_CHUNK", chunk)
