"""Discord's limits, and the headers for them: 50 requests a second over all, 5 messages per 5 seconds in a channel, 10
roles given (and 10 taken) per 10 seconds in a server. Only the first stands in its documentation; of the others, bots
report what they were told in headers, and of the last, the 10 only: its window is taken to be as long."""

from __future__ import annotations

import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.objects import made_at

_CHANNEL = re.compile(r"/channels/(\d+)/messages(/\d+)?$")
_ROLE = re.compile(r"/guilds/(\d+)/members/\d+/roles/\d+$")

#: Seconds that Discord waits for the first answer to an interaction.
PATIENCE = 3.0


@dataclass(frozen=True)
class Verdict:
    """``refusal``: the body of the 429, or None."""

    headers: dict[str, str]
    refusal: dict[str, Any] | None = None


@dataclass
class Limits:
    """Any ``overall`` requests within a second, ``per_channel`` within ``channel_seconds`` for each channel and method,
    ``roles`` within ``role_seconds`` for each server and method. Answers to interactions are exempt."""

    overall: int = 50
    per_channel: int = 5
    channel_seconds: float = 5.0
    roles: int = 10
    role_seconds: float = 10.0
    #: Seconds; whoever answers an interaction later is told that there is none. Discord waits ``PATIENCE``; a test is
    #: about something else and may run on a busy machine.
    answered_within: float = 60.0
    _all: deque[float] = field(default_factory=deque)
    _buckets: defaultdict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def is_too_late(self, path: str) -> bool:
        """Is it the answer to an interaction that Discord has given up?"""
        parts = path.split("/")
        return parts[1] == "interactions" and time.time() - made_at(int(parts[2])) > self.answered_within

    def judge(self, method: str, path: str) -> Verdict:
        if path.startswith(("/interactions/", "/webhooks/")):
            return Verdict({})
        now = time.monotonic()
        wait = _wait(self._all, now, self.overall, 1.0)
        if wait > 0:
            return _refused(wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, is_global=True)
        headers = {}
        if (bucket := self._bucket(method, path)) is not None:
            name, place, most, seconds = bucket
            used = self._buckets[name, place]
            wait = _wait(used, now, most, seconds)
            if not wait:
                used.append(now)
            after = (used[0] + seconds - now) if used else 0.0
            headers = {
                "X-RateLimit-Limit": str(most),
                "X-RateLimit-Remaining": str(most - len(used)),
                "X-RateLimit-Reset": f"{time.time() + after:.3f}",
                "X-RateLimit-Reset-After": f"{after:.3f}",
                "X-RateLimit-Bucket": name,
            }
            if wait > 0:
                return _refused(wait, {**headers, "X-RateLimit-Scope": "user"}, is_global=False)
        self._all.append(now)
        return Verdict(headers)

    def _bucket(self, method: str, path: str) -> tuple[str, str, int, float] | None:
        """Its name, whose it is, and how many requests within how many seconds."""
        if method != "GET" and (found := _CHANNEL.search(path)):
            return f"{method.lower()}-messages", found[1], self.per_channel, self.channel_seconds
        if found := _ROLE.search(path):
            return f"{method.lower()}-roles", found[1], self.roles, self.role_seconds
        return None


def _wait(used: deque[float], now: float, most: int, seconds: float) -> float:
    """Forget what is over; how long until there is room."""
    while used and used[0] <= now - seconds:
        used.popleft()
    return used[0] + seconds - now if len(used) >= most else 0.0


def _refused(wait: float, headers: dict[str, str], *, is_global: bool) -> Verdict:
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": is_global}
    return Verdict({**headers, "Retry-After": str(int(wait) + 1), "Via": "1.1 stand-in"}, body)
