"""What the application and the servers say of themselves to whoever asks by REST, and who is in them with what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord

from tests.wire.discord.messages import Refused
from tests.wire.discord.objects import BOT_ID, GATEWAY_ONLY, application, member, role, snowflake

#: Discord's own limit for a server.
ROLES = 250


@dataclass
class Servers:
    """``push`` tells the gateway's sessions of an event; ``guilds`` are GUILD_CREATE payloads; ``application``: what
    differs from the usual one."""

    push: Callable[[str, Any], Awaitable[None]]
    guilds: list[dict[str, Any]] = field(default_factory=list)
    allowed_intents: int = 0
    application: dict[str, Any] = field(default_factory=dict)

    async def add(self, guild: dict[str, Any]) -> None:
        """The bot is invited into a server."""
        self.guilds.append(guild)
        await self.push("GUILD_CREATE", {**guild, "members": guild["members"][:1]})

    async def remove(self, guild_id: int) -> None:
        """The bot is put out of a server, or leaves it."""
        self.guilds.remove(self.guild(str(guild_id)))
        await self.push("GUILD_DELETE", {"id": str(guild_id), "unavailable": False})

    async def join(self, guild_id: int, user_id: int, name: str = "") -> None:
        """Somebody comes to a server."""
        guild = self.guild(str(guild_id))
        came = member(user_id, name or f"newcomer-{user_id % 10_000}", datetime.now(UTC).isoformat())
        guild["members"].append(came)
        guild["member_count"] += 1
        await self.push("GUILD_MEMBER_ADD", {**came, "guild_id": str(guild_id)})

    async def leave(self, guild_id: int, user_id: int) -> None:
        """Somebody leaves a server."""
        guild, gone = self.guild(str(guild_id)), self.member(guild_id, user_id)
        guild["members"].remove(gone)
        guild["member_count"] -= 1
        await self.push("GUILD_MEMBER_REMOVE", {"guild_id": str(guild_id), "user": gone["user"]})

    async def change_member(self, guild_id: int, user_id: int, **changes: Any) -> None:
        """Somebody else than the bot changes a member: ``nick``, or ``roles`` (ids as texts)."""
        one = self.member(guild_id, user_id)
        one.update(changes)
        await self.push("GUILD_MEMBER_UPDATE", {**one, "guild_id": str(guild_id)})

    def may(self, guild_id: int, user_id: int, channel_id: int | None = None) -> discord.Permissions:
        """What somebody may do in a server, or in one of its channels (for a thread: in the channel it belongs to)."""
        guild, one = self.guild(str(guild_id)), self.member(guild_id, user_id)
        own = {str(guild_id), *one["roles"]}
        value = 0
        for held in guild["roles"]:
            value |= int(held["permissions"]) if held["id"] in own else 0
        if guild["owner_id"] == str(user_id) or discord.Permissions(value).administrator:
            return discord.Permissions.all()
        place = next((one for one in guild["channels"] if one["id"] == str(channel_id)), None)
        overwrites = {over["id"]: over for over in place["permission_overwrites"]} if place else {}
        for target in ([str(guild_id)], sorted(own - {str(guild_id)}), [str(user_id)]):
            fitting = [overwrites[one] for one in target if one in overwrites]
            for over in fitting:
                value &= ~int(over["deny"])
            for over in fitting:
                value |= int(over["allow"])
        return discord.Permissions(value)

    def member(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """As they are now.

        Raises:
            Refused: nobody of this id is there.
        """
        found = (one for one in reversed(self.guild(str(guild_id))["members"]) if one["user"]["id"] == str(user_id))
        one: dict[str, Any] | None = next(found, None)
        if one is None:
            raise Refused(404, 10007, "Unknown Member")
        return one

    async def answer(  # noqa: PLR0911 - one for each route
        self, method: str, parts: list[str], query: dict[str, str], body: Any
    ) -> tuple[int, Any] | None:
        match method, parts:
            case _, ["guilds", guild_id, "roles", *rest]:
                return await self._roles(method, guild_id, rest, body)
            case "GET", ["guilds", guild_id, "members"]:
                after, limit = int(query.get("after", 0)), int(query.get("limit", 1))
                everybody = sorted(self.guild(guild_id)["members"], key=lambda one: int(one["user"]["id"]))
                return 200, [one for one in everybody if int(one["user"]["id"]) > after][:limit]
            case "DELETE", ["users", "@me", "guilds", guild_id]:
                await self.remove(int(guild_id))
                return 204, None
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

    def guild(self, guild_id: str) -> dict[str, Any]:
        """A server that the bot is in."""
        guild = next((guild for guild in self.guilds if guild["id"] == guild_id), None)
        if guild is None:
            raise Refused(403, 50001, "Missing Access")
        return guild

    async def _roles(self, method: str, guild_id: str, rest: list[str], body: Any) -> tuple[int, Any] | None:
        guild = self.guild(guild_id)
        roles = guild["roles"]
        match method, rest:
            case "GET", []:
                return 200, roles
            case "POST", []:
                if len(roles) >= ROLES:
                    raise Refused(400, 30005, "Maximum number of guild roles reached")
                for one in roles:  # a new role is the lowest
                    if one["position"]:
                        one["position"] += 1
                        await self.push("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": one})
                made = _changed(role(snowflake(), "new role", 1), body)
                roles.append(made)
                await self.push("GUILD_ROLE_CREATE", {"guild_id": guild_id, "role": made})
                return 200, made
            case "PATCH", []:
                for asked in body:
                    one = self._role_below(guild, str(asked["id"]))
                    one["position"] = asked["position"]
                    await self.push("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": one})
                return 200, roles
            case "PATCH", [role_id]:
                one = _changed(self._role_below(guild, role_id), body)
                await self.push("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": one})
                return 200, one
            case "DELETE", [role_id]:
                roles.remove(self._role_below(guild, role_id))
                for one in guild["members"]:
                    one["roles"] = [other for other in one["roles"] if other != role_id]
                await self.push("GUILD_ROLE_DELETE", {"guild_id": guild_id, "role_id": role_id})
                return 204, None
        return None

    def _role_below(self, guild: dict[str, Any], role_id: str) -> dict[str, Any]:
        """A role below the bot's own: others aren't its to touch."""
        positions = {one["id"]: one["position"] for one in guild["roles"]}
        if role_id not in positions:
            raise Refused(404, 10011, "Unknown Role")
        own = self.member(int(guild["id"]), BOT_ID)["roles"]
        if positions[role_id] >= max((positions[one] for one in own), default=0):
            raise Refused(403, 50013, "Missing Permissions")
        found: dict[str, Any] = next(one for one in guild["roles"] if one["id"] == role_id)
        return found

    async def _change_role(self, guild_id: int, user_id: int, role_id: str, *, give: bool) -> None:
        self._role_below(self.guild(str(guild_id)), role_id)
        one = self.member(guild_id, user_id)
        one["roles"] = sorted({*one["roles"], role_id} if give else {*one["roles"]} - {role_id})
        await self.push("GUILD_MEMBER_UPDATE", {**one, "guild_id": str(guild_id)})

    def _about(self, guild_id: str, what: list[str]) -> tuple[int, Any] | None:
        guild = self.guild(guild_id)
        match what:
            case []:
                return 200, {name: value for name, value in guild.items() if name not in GATEWAY_ONLY}
            case ["channels"]:
                return 200, [{**channel, "guild_id": guild_id} for channel in guild["channels"]]
            case ["members", user_id]:
                return 200, self.member(int(guild_id), int(user_id))
        return None


def _changed(one: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A role with what was asked for."""
    one.update({name: body[name] for name in ("name", "hoist", "mentionable") if name in body})
    if body.get("permissions") is not None:
        one["permissions"] = str(body["permissions"])
    colour = (body.get("colors") or {}).get("primary_color", body.get("color"))
    if colour is not None:
        one |= {"color": colour, "colors": {"primary_color": colour, "secondary_color": None, "tertiary_color": None}}
    return one


def _flags(intents: int) -> int:
    """Which privileged intents are switched on, as the application itself says it (in fewer than 100 servers)."""
    return (1 << 13 if intents & 1 << 8 else 0) | (1 << 15 if intents & 1 << 1 else 0)


def _in_list(guild: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": guild["id"], "name": guild["name"], "icon": None, "banner": None, "owner": False, "permissions": "0",
        "features": [],
    }  # fmt: skip
