"""What other features do when an event changes: called within its transaction, once it is as it will be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.features.events.models import Event
from bot.features.people.changes import Change

Watcher = Callable[[Change, Event], Awaitable[None]]
_WATCHERS: list[Watcher] = []


def watches(watcher: Watcher) -> Watcher:
    """It is called from now on when an event was edited, posted or cancelled. The event is locked by then, so a watcher
    locks what is its own after it."""
    _WATCHERS.append(watcher)
    return watcher


async def tell_watchers(change: Change, event: Event) -> None:
    for watcher in _WATCHERS:
        await watcher(change, event)
