"""Speed, as ratios and figures of one run: ``make bench``.

Each feature has a file here whose ``measure()`` gives its figures; files are found by themselves. Nothing here decides
whether a test passes: machines differ, and the table says so line by line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``target`` is an upper bound in the same unit, or a lower one (``at_least``); None: only for comparison."""

    name: str
    value: float
    unit: str
    target: float | None
    at_least: bool = False

    @property
    def ok(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target
