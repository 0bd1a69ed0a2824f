"""What goes wrong, on demand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Fault:
    """What happens to requests whose method and path fit. It comes after ``delay`` seconds: a ``status`` (0: none)
    with Discord's error ``code``, or the line breaks (``drop``: closed by the other side, or reset).

    ``after``: the request was carried out all the same, and only its answer is lost. ``times``: to so many requests.
    """

    method: str = "POST"
    part: str = "/messages"
    status: int = 0
    code: int = 0
    delay: float = 0
    drop: Literal["", "close", "reset"] = ""
    after: bool = False
    times: int = 1
    #: Of a 429: Discord's own answers came ``Via`` something, those of the wall before it did not.
    via: bool = True
    retry_after: float = 0.3
    is_global: bool = False
    #: Further headers and fields.
    headers: dict[str, str] = field(default_factory=dict)

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and self.part in path

    @property
    def answer(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Body and headers of the refusal."""
        body: dict[str, Any] = {"message": f"fault {self.status}", "code": self.code}
        headers = dict(self.headers)
        if self.status == 429:
            body = {"message": "You are being rate limited.", "retry_after": self.retry_after, "global": self.is_global}
            headers |= {"Retry-After": str(self.retry_after)} | ({"Via": "1.1 stand-in"} if self.via else {})
        return body, headers


class Faults:
    """Faults wait in a list, the first that fits is taken. ``weather`` may think one up for a request."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.happened: list[tuple[Fault, str]] = []
        self.weather: Callable[[str, str], Fault | None] | None = None

    def add(self, *faults: Fault) -> None:
        self.waiting += faults

    def take(self, method: str, path: str) -> Fault | None:
        fault = next((fault for fault in self.waiting if fault.fits(method, path)), None)
        if fault is not None:
            fault.times -= 1
            if fault.times == 0:
                self.waiting.remove(fault)
        elif self.weather is not None:
            fault = self.weather(method, path)
        if fault is not None:
            self.happened.append((fault, path))
        return fault


def storm(chance: random.Random, share: float) -> Callable[[str, str], Fault | None]:
    """Weather in which that share of the messages meets one fault or other."""
    kinds: list[Callable[[], Fault]] = [
        lambda: Fault(status=500, after=True),
        lambda: Fault(status=502),
        lambda: Fault(status=502, after=True),
        lambda: Fault(status=503),
        lambda: Fault(status=503, after=True),
        lambda: Fault(status=429),
        lambda: Fault(status=429, via=False),
        lambda: Fault(drop="close"),
        lambda: Fault(drop="reset"),
        lambda: Fault(drop="close", after=True),
        lambda: Fault(drop="reset", after=True),
        lambda: Fault(delay=chance.uniform(0, 0.5)),
    ]

    def weather(method: str, path: str) -> Fault | None:
        if method != "POST" or not path.endswith("/messages") or chance.random() > share:
            return None
        return chance.choice(kinds)()

    return weather
