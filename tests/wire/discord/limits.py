"""Discord's limits: 50 requests a second over all, 5 messages per 5 seconds in a channel, and the headers for them."""

from __future__ import annotations

import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

_CHANNEL = re.compile(r"/channels/(\d+)/messages(/\d+)?$")


@dataclass(frozen=True)
class Verdict:
    """``refusal``: the body of the 429, or None."""

    headers: dict[str, str]
    refusal: dict[str, Any] | None = None


@dataclass
class Limits:
    """Any ``overall`` requests within a second, and ``per_channel`` within ``channel_seconds`` for each channel and
    method. Answers to interactions are exempt."""

    overall: int = 50
    per_channel: int = 5
    channel_seconds: float = 5.0
    _all: deque[float] = field(default_factory=deque)
    _channels: defaultdict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def judge(self, method: str, path: str) -> Verdict:
        if path.startswith(("/interactions/", "/webhooks/")):
            return Verdict({})
        now = time.monotonic()
        wait = _wait(self._all, now, self.overall, 1.0)
        if wait > 0:
            return _refused(wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, is_global=True)
        headers = {}
        if (found := _CHANNEL.search(path)) and method != "GET":
            used = self._channels[method, found[1]]
            wait = _wait(used, now, self.per_channel, self.channel_seconds)
            if not wait:
                used.append(now)
            after = (used[0] + self.channel_seconds - now) if used else 0.0
            headers = {
                "X-RateLimit-Limit": str(self.per_channel),
                "X-RateLimit-Remaining": str(self.per_channel - len(used)),
                "X-RateLimit-Reset": f"{time.time() + after:.3f}",
                "X-RateLimit-Reset-After": f"{after:.3f}",
                "X-RateLimit-Bucket": f"{method.lower()}-messages",
            }
            if wait > 0:
                return _refused(wait, {**headers, "X-RateLimit-Scope": "user"}, is_global=False)
        self._all.append(now)
        return Verdict(headers)


def _wait(used: deque[float], now: float, most: int, seconds: float) -> float:
    """Forget what is over; how long until there is room."""
    while used and used[0] <= now - seconds:
        used.popleft()
    return used[0] + seconds - now if len(used) >= most else 0.0


def _refused(wait: float, headers: dict[str, str], *, is_global: bool) -> Verdict:
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": is_global}
    return Verdict({**headers, "Retry-After": str(int(wait) + 1), "Via": "1.1 stand-in"}, body)
