"""The morning brief: what officers should know today. Each cog adds its part; none knows the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.renderers import Occasion


@dataclass(frozen=True, slots=True)
class BriefPart:
    """Lines under a heading. No lines: there is nothing to say."""

    heading: str
    lines: Sequence[str]


Contributor = Callable[[Occasion], Awaitable[BriefPart]]


@dataclass(slots=True)
class Brief:
    """The parts, in the order of their positions."""

    _contributors: list[tuple[int, Contributor]] = field(default_factory=list)

    def contribute(self, position: int, contributor: Contributor) -> None:
        self._contributors.append((position, contributor))
        self._contributors.sort(key=lambda pair: pair[0])

    async def page(self, occasion: Occasion, day: date) -> Page | None:
        """None if there is nothing to say."""
        parts = [await contributor(occasion) for _, contributor in self._contributors]
        fields = [(part.heading, "\n".join(f"・{line}" for line in part.lines), False) for part in parts if part.lines]
        if not fields:
            return None
        words = occasion.words
        return Page(
            title=words("This morning, {date}", date=long_date(day, words)),
            fields=fields,
            rows=[[home_button(words)]],
            footer=words("Updated every day at 8:00"),
        )
