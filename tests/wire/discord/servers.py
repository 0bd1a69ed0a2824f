"""What the application and the servers say of themselves to whoever asks by REST."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.messages import Refused
from tests.wire.discord.objects import GATEWAY_ONLY, application


@dataclass
class Servers:
    """``guilds`` are GUILD_CREATE payloads; ``application``: what differs from the usual one."""

    guilds: list[dict[str, Any]] = field(default_factory=list)
    allowed_intents: int = 0
    application: dict[str, Any] = field(default_factory=dict)

    def answer(self, method: str, parts: list[str]) -> tuple[int, Any] | None:
        match method, parts:
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, {**application(), "flags": _flags(self.allowed_intents), **self.application}
            case "GET", ["users", "@me", "guilds"]:
                return 200, [_in_list(guild) for guild in self.guilds]
            case "GET", ["guilds", guild_id, *rest]:
                return self._about(guild_id, rest)
        return None

    def _about(self, guild_id: str, what: list[str]) -> tuple[int, Any] | None:
        guild = next((guild for guild in self.guilds if guild["id"] == guild_id), None)
        if guild is None:
            raise Refused(403, 50001, "Missing Access")
        match what:
            case []:
                return 200, {name: value for name, value in guild.items() if name not in GATEWAY_ONLY}
            case ["channels"]:
                return 200, [{**channel, "guild_id": guild_id} for channel in guild["channels"]]
            case ["members", user_id]:
                return 200, next(member for member in guild["members"] if member["user"]["id"] == user_id)
        return None


def _flags(intents: int) -> int:
    """Which privileged intents are switched on, as the application itself says it (in fewer than 100 servers)."""
    return (1 << 13 if intents & 1 << 8 else 0) | (1 << 15 if intents & 1 << 1 else 0)


def _in_list(guild: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": guild["id"], "name": guild["name"], "icon": None, "banner": None, "owner": False, "permissions": "0",
        "features": [],
    }  # fmt: skip
