"""What SimCord's public interface doesn't offer. The one file that touches its internals.

SimCord sends every interaction in English and shows commands by their English names. Discord sends the user's locale
and shows the localised names; so does SimCord within ``localised``.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import simcord
import simcord.interactions
import simcord.preview._commands

from bot.errors import UserError


class SimulatedClock:
    """Our Clock on SimCord's time. It is made before the simulation, which needs the bot, and bound to it after."""

    def __init__(self) -> None:
        self._env: simcord.Env | None = None

    def bind(self, env: simcord.Env) -> None:
        self._env = env

    def now(self) -> datetime:
        assert self._env is not None, "the simulation has not begun"
        return self._env.now()


def expect_user_errors(env: simcord.Env) -> None:
    """Let SimCord not count it as a fault of the bot when a command tells its user what went wrong."""
    record = env._record_error

    def record_faults(error: BaseException) -> None:
        if not isinstance(error.__cause__ or error, UserError):
            record(error)

    env._record_error = record_faults  # type: ignore[method-assign]


def name_bot(env: simcord.Env, name: str) -> None:
    """Give the bot its name; SimCord calls every bot TestBot."""
    env.backend.bot_user.name = name


async def in_bot(env: simcord.Env, work: Coroutine[Any, Any, None]) -> None:
    """Do something as the bot itself would: what it sets going (timers, tasks) then follows simulated time."""
    with env._bot_scope():
        await asyncio.create_task(work)
    await env.settle()


def next_due(env: simcord.Env) -> float | None:
    """Seconds until the bot's next timer goes off; None if it waits for nothing."""
    from simcord._settlement import _next_virtual_timer

    when = _next_virtual_timer(env._settlement_state())
    return None if when is None else max(0.0, when - env._virtual_time)


@contextmanager
def localised(locale_of: Callable[[int], str]) -> Iterator[None]:
    """Send interactions in the locale of their user (``locale_of(discord_user_id)``, such as ``ja``), servers' in
    their own, and show the Preview's commands in the locale of the page's viewer."""
    base_payload = simcord.interactions.base_payload
    build_catalog = simcord.preview._commands.build_catalog

    def localised_payload(backend: Any, *, guild_id: int | None, user_id: int, **rest: Any) -> Any:
        record, payload = base_payload(backend, guild_id=guild_id, user_id=user_id, **rest)
        payload["locale"] = locale_of(user_id)
        if guild_id is not None:
            payload["guild_locale"] = getattr(backend.get_guild(guild_id), "preferred_locale", None) or "en-US"
        return record, payload

    def localised_catalog(preview: Any, page: Any) -> Any:
        catalog = build_catalog(preview, page)
        locale = locale_of(page.viewer.id)
        visible = preview.env.backend.visible_commands(user_id=page.viewer.id, channel_id=page.channel_id)
        commands = {str(command["id"]): command for command in visible}
        catalog["entries"] = [
            _localised_entry(entry, commands[entry["commandId"]], locale) for entry in catalog["entries"]
        ]
        return catalog

    simcord.interactions.base_payload = localised_payload
    simcord.preview._commands.build_catalog = localised_catalog
    try:
        yield
    finally:
        simcord.interactions.base_payload = base_payload
        simcord.preview._commands.build_catalog = build_catalog


def _localised_entry(entry: dict[str, Any], command: dict[str, Any], locale: str) -> dict[str, Any]:
    """An entry of the picker as a client of that locale shows it. What the page sends back stays as it was."""
    entry = copy.deepcopy(entry)
    names, node = [_named(command, locale)], command
    for part in entry["path"][1:]:
        node = next(option for option in node["options"] if option["name"] == part)
        names.append(_named(node, locale))
    entry["invocation"] = " ".join(names)
    entry["description"] = _described(node, locale)
    declared = {option["name"]: option for option in node.get("options") or []}
    for option in entry["options"]:
        option["description"] = _described(declared[option["name"]], locale)
    return entry


def _named(node: dict[str, Any], locale: str) -> str:
    return str((node.get("name_localizations") or {}).get(locale) or node["name"])


def _described(node: dict[str, Any], locale: str) -> str:
    return str((node.get("description_localizations") or {}).get(locale) or node.get("description", ""))
