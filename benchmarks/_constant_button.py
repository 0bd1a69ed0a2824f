"""``python -m benchmarks._constant_button``: ``python -m bot run`` with a button that always answers the same."""

from __future__ import annotations

import asyncio
import sys

from bot import runner, settings
from bot.app import Bot, build
from bot.clock import Clock
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.requests import MemberRequest


class ConstantButton(RoutedButton, route="bench:constant"):
    async def act(self, request: MemberRequest) -> None:
        await request.show(Page("Constant", "Always the same"))


def main() -> None:
    def build_with_it(loaded: settings.Settings, clock: Clock) -> Bot:
        bot = build(loaded, clock)
        bot.add_items(sys.modules[__name__])
        return bot

    runner.build = build_with_it  # type: ignore[attr-defined, assignment]
    asyncio.run(runner.run(settings.load()))


if __name__ == "__main__":
    main()
