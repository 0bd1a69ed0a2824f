"""How often somebody is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from datetime import datetime

#: Of so many at most one minute remembers how often they asked; the others wait for the next.
REMEMBERED = 10_000


class PerMinute:
    """Counts the requests of the current minute, by whatever tells those who ask apart."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute: datetime | None = None
        self._asked: Counter[Hashable] = Counter()

    def allows(self, who: Hashable, now: datetime) -> bool:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._asked = minute, Counter()
        if who not in self._asked and len(self._asked) >= REMEMBERED:
            return False
        self._asked[who] += 1
        return self._asked[who] <= self._most
