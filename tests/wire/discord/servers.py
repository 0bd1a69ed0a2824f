"""What the application and the servers say of themselves to whoever asks by REST, and who is in them with what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire.discord.messages import Refused
from tests.wire.discord.objects import BOT_ID, GATEWAY_ONLY, application, member


@dataclass
class Servers:
    """``push`` tells the gateway's sessions of an event; ``guilds`` are GUILD_CREATE payloads; ``application``: what
    differs from the usual one."""

    push: Callable[[str, Any], Awaitable[None]]
    guilds: list[dict[str, Any]] = field(default_factory=list)
    allowed_intents: int = 0
    application: dict[str, Any] = field(default_factory=dict)

    async def join(self, guild_id: int, user_id: int) -> None:
        """Somebody comes to a server."""
        guild = self._guild(str(guild_id))
        came = member(user_id, f"newcomer-{user_id % 10_000}", datetime.now(UTC).isoformat())
        guild["members"].append(came)
        guild["member_count"] += 1
        await self.push("GUILD_MEMBER_ADD", {**came, "guild_id": str(guild_id)})

    def member(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """As they are now.

        Raises:
            Refused: nobody of this id is there.
        """
        found = (one for one in reversed(self._guild(str(guild_id))["members"]) if one["user"]["id"] == str(user_id))
        one: dict[str, Any] | None = next(found, None)
        if one is None:
            raise Refused(404, 10007, "Unknown Member")
        return one

    async def answer(self, method: str, parts: list[str]) -> tuple[int, Any] | None:
        match method, parts:
            case "PUT" | "DELETE", ["guilds", guild_id, "members", user_id, "roles", role_id]:
                await self._change_role(int(guild_id), int(user_id), role_id, give=method == "PUT")
                return 204, None
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, {**application(), "flags": _flags(self.allowed_intents), **self.application}
            case "GET", ["users", "@me", "guilds"]:
                return 200, [_in_list(guild) for guild in self.guilds]
            case "GET", ["guilds", guild_id, *rest]:
                return self._about(guild_id, rest)
        return None

    def _guild(self, guild_id: str) -> dict[str, Any]:
        guild = next((guild for guild in self.guilds if guild["id"] == guild_id), None)
        if guild is None:
            raise Refused(403, 50001, "Missing Access")
        return guild

    async def _change_role(self, guild_id: int, user_id: int, role_id: str, *, give: bool) -> None:
        """Of a role below the bot's own."""
        positions = {role["id"]: role["position"] for role in self._guild(str(guild_id))["roles"]}
        if role_id not in positions:
            raise Refused(404, 10011, "Unknown Role")
        if positions[role_id] >= max((positions[one] for one in self.member(guild_id, BOT_ID)["roles"]), default=0):
            raise Refused(403, 50013, "Missing Permissions")
        one = self.member(guild_id, user_id)
        one["roles"] = sorted({*one["roles"], role_id} if give else {*one["roles"]} - {role_id})
        await self.push("GUILD_MEMBER_UPDATE", {**one, "guild_id": str(guild_id)})

    def _about(self, guild_id: str, what: list[str]) -> tuple[int, Any] | None:
        guild = self._guild(guild_id)
        match what:
            case []:
                return 200, {name: value for name, value in guild.items() if name not in GATEWAY_ONLY}
            case ["channels"]:
                return 200, [{**channel, "guild_id": guild_id} for channel in guild["channels"]]
            case ["members", user_id]:
                return 200, self.member(int(guild_id), int(user_id))
        return None


def _flags(intents: int) -> int:
    """Which privileged intents are switched on, as the application itself says it (in fewer than 100 servers)."""
    return (1 << 13 if intents & 1 << 8 else 0) | (1 << 15 if intents & 1 << 1 else 0)


def _in_list(guild: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": guild["id"], "name": guild["name"], "icon": None, "banner": None, "owner": False, "permissions": "0",
        "features": [],
    }  # fmt: skip
