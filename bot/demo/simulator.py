"""What SimCord's public interface doesn't offer. The one file that touches its internals.

SimCord sends every interaction in English and shows commands by their English names. Discord sends the user's locale
and shows the localised names; so does SimCord within ``localised``.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import simcord
import simcord.interactions
import simcord.preview._actions
import simcord.preview._commands
import simcord.preview._queries

from bot.errors import UserError

#: Small enough that a journey's looks don't add up to a second.
TICK = timedelta(microseconds=10)


class SimulatedClock:
    """Our Clock on SimCord's time. It is made before the simulation, which needs the bot, and bound to it after.

    SimCord's time stands still while the bot works; a real clock doesn't. So each look shows a little later than the
    last."""

    def __init__(self) -> None:
        self._env: simcord.Env | None = None
        self._last: datetime | None = None

    def bind(self, env: simcord.Env) -> None:
        self._env = env

    def now(self) -> datetime:
        assert self._env is not None, "the simulation has not begun"
        now = self._env.now()
        self._last = now if self._last is None else max(now, self._last + TICK)
        return self._last


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
    """Seconds until the bot's next timer has gone off; None if it waits for nothing.

    A second is added: our clock is some ticks ahead of the simulation's time, so a timer may ring that much too early
    and set itself once more.
    """
    from simcord._settlement import _next_virtual_timer

    when = _next_virtual_timer(env._settlement_state())
    return None if when is None else max(0.0, when - env._virtual_time) + 1.0


@contextmanager
def localised(locale_of: Callable[[int], str]) -> Iterator[None]:
    """Send interactions in the locale of their user (``locale_of(discord_user_id)``, such as ``ja``), servers' in
    their own, and show the Preview's commands in the locale of the page's viewer."""
    base_payload = simcord.interactions.base_payload
    build_catalog = simcord.preview._commands.build_catalog
    operations: Any = simcord.preview._actions._ActionOps
    prepare_action = operations._prepare_action
    queries: Any = simcord.preview._queries
    candidate_control = queries.candidate_control

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

    def localised_action(preview: Any, page: Any, kind: str, body: Mapping[str, Any]) -> Any:
        names = _declared(preview, page, body.get("command_id"), body.get("path"), locale_of(page.viewer.id))
        changed = dict(body)
        if isinstance(body.get("options"), dict):
            changed["options"] = {names.get(name, name): value for name, value in body["options"].items()}
        if "focused" in body:
            changed["focused"] = names.get(body["focused"], body["focused"])
        return prepare_action(preview, page, kind, changed)

    def localised_candidates(preview: Any, page: Any, control_key: str, *rest: Any, **more: Any) -> Any:
        kind, *parts = control_key.split(":")
        if kind == "command" and len(parts) == 4:
            names = _declared(preview, page, parts[0], parts[1].split("."), locale_of(page.viewer.id))
            control_key = ":".join([kind, *parts[:3], names.get(parts[3], parts[3])])
        return candidate_control(preview, page, control_key, *rest, **more)

    simcord.interactions.base_payload = localised_payload
    simcord.preview._commands.build_catalog = localised_catalog
    operations._prepare_action = localised_action
    queries.candidate_control = localised_candidates
    try:
        yield
    finally:
        operations._prepare_action = prepare_action
        queries.candidate_control = candidate_control
        simcord.interactions.base_payload = base_payload
        simcord.preview._commands.build_catalog = build_catalog


def _localised_entry(entry: dict[str, Any], command: dict[str, Any], locale: str) -> dict[str, Any]:
    """An entry of the picker as a client of that locale shows it."""
    entry = copy.deepcopy(entry)
    names, node = [_named(command, locale)], command
    for part in entry["path"][1:]:
        node = next(option for option in node["options"] if option["name"] == part)
        names.append(_named(node, locale))
    entry["invocation"] = " ".join(names)
    entry["description"] = _described(node, locale)
    declared = {option["name"]: option for option in node.get("options") or []}
    for option in entry["options"]:
        node = declared[option["name"]]
        option["description"] = _described(node, locale)
        for choice, made in zip(option["choices"], node.get("choices") or [], strict=True):
            choice["name"] = _named(made, locale)
        option["name"] = _named(node, locale)
    return entry


def _declared(preview: Any, page: Any, command_id: Any, path: Any, locale: str) -> dict[str, str]:
    """The options of a command: by the name that the page shows, the one that the bot gave."""
    found = simcord.preview._commands.visible_leaf(preview, page, command_id, path)
    return {_named(option, locale): option["name"] for option in (found[2].get("options") if found else None) or []}


def _named(node: dict[str, Any], locale: str) -> str:
    return str((node.get("name_localizations") or {}).get(locale) or node["name"])


def _described(node: dict[str, Any], locale: str) -> str:
    return str((node.get("description_localizations") or {}).get(locale) or node.get("description", ""))
