"""What was said in which channel, and by which nonce a repeat is known."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.files import File, Files
from tests.wire.discord.objects import message, snowflake


class Refused(Exception):
    """Discord says no: HTTP status, its own code, and a word."""

    def __init__(self, status: int, code: int, word: str) -> None:
        super().__init__(word)
        self.status, self.code, self.word = status, code, word


@dataclass
class Messages:
    """``nonces_kept``: seconds; Discord says "the past few minutes". Every channel is there unless it stands in
    ``gone``, and may be written to unless it stands in ``forbidden``; ``closed`` are people without direct messages."""

    nonces_kept: float = 180.0
    gone: set[int] = field(default_factory=set)
    forbidden: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    files: Files = field(default_factory=Files)
    #: Messages by channel, in their order.
    channels: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    #: Monotonic seconds at which each message was made, in their order.
    made_at: list[float] = field(default_factory=list)
    #: Repeats that were known by their nonce.
    repeats: int = 0
    _direct: dict[int, int] = field(default_factory=dict)
    _nonces: dict[tuple[int, str], tuple[float, int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.made_at)

    def direct(self, user_id: int) -> int:
        """The channel of the direct messages with somebody."""
        return self._direct.setdefault(user_id, snowflake())

    def person(self, channel: int) -> int | None:
        """Whose direct messages are in a channel."""
        return next((person for person, place in self._direct.items() if place == channel), None)

    def make(self, channel: int, body: dict[str, Any], files: Sequence[File] = ()) -> dict[str, Any]:
        self._may_be_used(channel)
        if channel in self.forbidden:
            raise Refused(403, 50013, "Missing Permissions")
        if any(self._direct.get(person) == channel for person in self.closed):
            raise Refused(403, 50007, "Cannot send messages to this user")
        now, nonce = time.monotonic(), str(body.get("nonce") or "")
        if nonce and body.get("enforce_nonce"):
            at, known = self._nonces.get((channel, nonce), (-1e9, 0))
            if now - at < self.nonces_kept:
                self.repeats += 1
                return self.find(channel, known)  # 404 if it was deleted meanwhile
        made = message(snowflake(), channel, body)
        made["attachments"] = self.files.attached(body, files)
        self.channels[channel].append(made)
        self.made_at.append(now)
        if nonce:
            self._nonces[channel, nonce] = now, int(made["id"])
        return made

    def keep(self, channel: int, message_id: int) -> None:
        """Let a message have been there for long."""
        self.channels[channel].append(message(message_id, channel, {}))

    def find(self, channel: int, message_id: int) -> dict[str, Any]:
        self._may_be_used(channel)
        kept = reversed(self.channels[channel])
        found: dict[str, Any] | None = next((one for one in kept if one["id"] == str(message_id)), None)
        if found is None:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def edit(self, channel: int, message_id: int, body: dict[str, Any], files: Sequence[File] = ()) -> dict[str, Any]:
        found = self.find(channel, message_id)
        self.change(found, body, files)
        return found

    def change(self, found: dict[str, Any], body: dict[str, Any], files: Sequence[File] = ()) -> None:
        """What an edit says takes the place of what there was; the rest stays."""
        said = ("content", "embeds", "components")
        found.update({name: body[name] or type(found[name])() for name in said if name in body})
        found["attachments"] = self.files.attached(body, files, found["attachments"])

    def pinned(self, channel: int) -> list[dict[str, Any]]:
        """The pinned messages, the newest first."""
        return [one for one in reversed(self.channels[channel]) if one["pinned"]]

    def delete(self, channel: int, message_id: int) -> None:
        self.channels[channel].remove(self.find(channel, message_id))

    def history(self, channel: int, query: dict[str, str]) -> list[dict[str, Any]]:
        """The newest first; with ``after``, those that follow it at once."""
        self._may_be_used(channel)
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Refused(400, 50035, "Invalid Form Body: limit")
        found = self.channels[channel]
        if after := int(query.get("after", 0)):
            return [one for one in found if int(one["id"]) > after][:limit][::-1]
        before = int(query.get("before", 1 << 63))
        return [one for one in found if int(one["id"]) < before][-limit:][::-1]

    def _may_be_used(self, channel: int) -> None:
        if channel in self.gone:
            raise Refused(404, 10003, "Unknown Channel")
