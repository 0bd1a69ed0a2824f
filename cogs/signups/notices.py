"""The hours of a sign-up, and what those in it are told."""

from __future__ import annotations

from bot.deliveries.values import Due
from bot.features.signups.watching import SignUpWatch
from bot.ui.renderers import Occasion


async def look(occasion: Occasion, due: Due) -> None:
    await occasion.services[SignUpWatch].look(due.payload["signup"])
