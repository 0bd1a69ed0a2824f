"""Speed, as ratios and figures of one run: ``make bench``.

Each feature has a file here whose ``measure()`` gives its figures; files are found by themselves. Nothing here decides
whether a test passes: machines differ, and the table says so line by line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``target`` is an upper bound in the same unit."""

    name: str
    value: float
    unit: str
    target: float

    @property
    def ok(self) -> bool:
        return self.value <= self.target
