"""What can be made in a server, and changed, and deleted: channels, threads and invitations."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.messages import Messages, Refused
from tests.wire.discord.objects import BOT_ID, channel, snowflake, user
from tests.wire.discord.servers import Servers

TEXT, CATEGORY, PUBLIC_THREAD, PRIVATE_THREAD = 0, 4, 11, 12
#: Discord's own limits.
PER_CATEGORY, PER_SERVER = 50, 500


@dataclass
class Channels:
    """``inside``: who is in which thread. ``invites``: by their code."""

    servers: Servers
    messages: Messages
    inside: dict[str, set[int]] = field(default_factory=dict)
    invites: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def answer(  # noqa: PLR0911 - one for each route
        self, method: str, parts: list[str], query: dict[str, str], body: Any
    ) -> tuple[int, Any] | None:
        match method, parts:
            case "POST", ["guilds", guild_id, "channels"]:
                return 201, await self._make(guild_id, body)
            case "PATCH", ["guilds", guild_id, "channels"]:
                for one in body:
                    await self._change(str(one["id"]), {name: one[name] for name in one if name != "id"})
                return 204, None
            case "GET", ["guilds", guild_id, "threads", "active"]:
                threads = [one for one in self._guild(guild_id)["threads"] if not _rests(one)]
                return 200, {"threads": threads, "members": []}
            case "GET", ["guilds", guild_id, "invites"]:
                self._guild(guild_id)
                return 200, [one for one in self.invites.values() if one["guild"]["id"] == guild_id]
            case "DELETE", ["invites", code]:
                if code not in self.invites:
                    raise Refused(404, 10006, "Unknown Invite")
                return 200, self.invites.pop(code)
            case _, ["channels", place]:
                return await self._one(method, place, body)
            case _, ["channels", place, kind, *rest] if kind != "messages":
                return await self._part(method, place, [kind, *rest], query, body)
            case "POST", ["channels", place, "messages", begun_by, "threads"]:
                return 201, await self._begin_thread(place, body | {"type": PUBLIC_THREAD}, begun_by)
        return None

    async def _one(self, method: str, place: str, body: Any) -> tuple[int, Any] | None:
        match method:
            case "GET":
                return 200, self.find(place)
            case "PATCH":
                return 200, await self._change(place, body)
            case "DELETE":
                return 200, await self.delete(place)
        return None

    async def _part(  # noqa: PLR0911 - one for each route
        self, method: str, place: str, parts: list[str], query: dict[str, str], body: Any
    ) -> tuple[int, Any] | None:
        found = self.find(place)
        match method, parts:
            case "PUT", ["permissions", target]:
                others = [one for one in found["permission_overwrites"] if one["id"] != target]
                new = {"id": target, "type": body["type"], "allow": str(body["allow"]), "deny": str(body["deny"])}
                await self._change(place, {"permission_overwrites": [*others, new]})
                return 204, None
            case "DELETE", ["permissions", target]:
                others = [one for one in found["permission_overwrites"] if one["id"] != target]
                await self._change(place, {"permission_overwrites": others})
                return 204, None
            case "POST", ["threads"]:
                return 201, await self._begin_thread(place, body)
            case "GET", ["threads", "archived", _] | ["users", "@me", "threads", "archived", _]:
                resting = [one for one in self._guild_of(found)["threads"] if one["parent_id"] == place and _rests(one)]
                kind = PRIVATE_THREAD if parts[-1] == "private" else PUBLIC_THREAD
                return 200, {"threads": [one for one in resting if one["type"] == kind], "members": [],
                             "has_more": False}  # fmt: skip
            case "GET", ["thread-members"]:
                return 200, [_thread_member(place, one) for one in sorted(self.inside[place])]
            case "PUT" | "DELETE", ["thread-members", who]:
                await self.let(place, BOT_ID if who == "@me" else int(who), into=method == "PUT")
                return 204, None
            case "POST", ["invites"]:
                return 200, self._invite(found, body)
            case "GET", ["invites"]:
                return 200, [one for one in self.invites.values() if one["channel"]["id"] == place]
        return None

    def find(self, place: str) -> dict[str, Any]:
        """A channel or thread, as it is now."""
        for guild in self.servers.guilds:
            for one in (*guild["channels"], *guild["threads"]):
                if one["id"] == place:
                    found: dict[str, Any] = one
                    return {**found, "guild_id": guild["id"]}
        raise Refused(404, 10003, "Unknown Channel")

    async def delete(self, place: str) -> dict[str, Any]:
        """The channel goes, with its threads; the channels of a category stay."""
        found = self.find(place)
        guild = self._guild_of(found)
        is_thread = found["type"] in (PUBLIC_THREAD, PRIVATE_THREAD)
        for kind in ("channels", "threads"):
            guild[kind][:] = [one for one in guild[kind] if one["id"] != place]
        guild["threads"][:] = [one for one in guild["threads"] if one["parent_id"] != place]
        for one in guild["channels"]:
            if one["parent_id"] == place:
                await self._change(one["id"], {"parent_id": None})
        self.messages.gone.add(int(place))
        await self.servers.push("THREAD_DELETE" if is_thread else "CHANNEL_DELETE", found)
        return found

    async def let(self, thread: str, user_id: int, *, into: bool) -> None:
        """Somebody comes into a thread, or goes."""
        found = self.find(thread)
        if found["thread_metadata"]["archived"]:
            raise Refused(400, 50083, "Thread is archived")
        if into:
            self.servers.member(int(found["guild_id"]), user_id)
        inside = self.inside[thread]
        (inside.add if into else inside.discard)(user_id)
        self._stored(thread)["member_count"] = len(inside)
        changed = (
            {"added_members": [_thread_member(thread, user_id)]} if into else {"removed_member_ids": [str(user_id)]}
        )
        await self.servers.push(
            "THREAD_MEMBERS_UPDATE",
            {"id": thread, "guild_id": found["guild_id"], "member_count": len(inside), **changed},
        )

    async def rest(self, thread: str, *, archived: bool = True) -> None:
        """Nobody has written in a thread for a week, or somebody does again."""
        await self._change(thread, {"archived": archived})

    async def written_in(self, place: str) -> None:
        """A message wakes a thread that rests."""
        try:
            found = self.find(place)
        except Refused:
            return  # a direct message, or a place that only a test knows of
        if "thread_metadata" in found and found["thread_metadata"]["archived"]:
            await self.rest(place, archived=False)

    async def _make(self, guild_id: str, body: dict[str, Any]) -> dict[str, Any]:
        guild = self._guild(guild_id)
        parent = body.get("parent_id")
        beside = [one for one in guild["channels"] if one["parent_id"] == (parent and str(parent))]
        if len(guild["channels"]) >= PER_SERVER or (parent and len(beside) >= PER_CATEGORY):
            raise Refused(400, 30013, "Maximum number of guild channels reached")
        about = {name: body[name] for name in ("type", "topic", "nsfw", "rate_limit_per_user") if name in body}
        made = channel(snowflake(), body["name"], body.get("position", len(beside)), **about)
        made["parent_id"] = str(parent) if parent else None
        made["permission_overwrites"] = _overwrites(body.get("permission_overwrites") or [])
        guild["channels"].append(made)
        full = {**made, "guild_id": guild_id}
        await self.servers.push("CHANNEL_CREATE", full)
        return full

    async def _change(self, place: str, body: dict[str, Any]) -> dict[str, Any]:
        stored = self._stored(place)
        metadata = ("archived", "locked", "invitable", "auto_archive_duration")
        for name, value in body.items():
            if name == "permission_overwrites":
                stored[name] = _overwrites(value or [])
            elif name in metadata and "thread_metadata" in stored:
                stored["thread_metadata"][name] = value
            elif name == "parent_id":
                stored[name] = str(value) if value else None
            elif name != "lock_permissions":
                stored[name] = value
        full = self.find(place)
        await self.servers.push("THREAD_UPDATE" if "thread_metadata" in stored else "CHANNEL_UPDATE", full)
        return full

    async def _begin_thread(self, place: str, body: dict[str, Any], begun_by: str | None = None) -> dict[str, Any]:
        parent = self.find(place)
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        made = {
            "id": begun_by or str(snowflake()), "guild_id": parent["guild_id"], "parent_id": place,
            "owner_id": str(BOT_ID), "name": body["name"], "type": body.get("type", PRIVATE_THREAD), "member_count": 1,
            "message_count": 0, "total_message_sent": 0, "rate_limit_per_user": 0, "last_message_id": None, "flags": 0,
            "thread_metadata": {
                "archived": False, "auto_archive_duration": body.get("auto_archive_duration", 4320), "locked": False,
                "archive_timestamp": now, "invitable": body.get("invitable", True), "create_timestamp": now,
            },
        }  # fmt: skip
        self.inside[made["id"]] = {BOT_ID}
        made["member"] = _thread_member(made["id"], BOT_ID)
        self._guild_of(parent)["threads"].append(made)
        await self.servers.push("THREAD_CREATE", {**made, "newly_created": True})
        return made

    def _invite(self, place: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        guild = self._guild_of(place)
        code = f"wire{snowflake() % 10**9:09}"
        self.invites[code] = {
            "code": code, "type": 0, "uses": 0, "max_uses": body.get("max_uses", 0), "max_age": body.get("max_age", 0),
            "temporary": False, "created_at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
            "expires_at": None, "inviter": user(BOT_ID, "tsunagu", bot=True),
            "channel": {name: place[name] for name in ("id", "name", "type")},
            "guild": {
                name: guild[name] for name in (
                    "id", "name", "icon", "splash", "banner", "description", "features", "verification_level",
                    "vanity_url_code", "nsfw_level",
                )
            } | {"premium_subscription_count": 0},
        }  # fmt: skip
        return self.invites[code]

    def _stored(self, place: str) -> dict[str, Any]:
        guild = self._guild_of(self.find(place))
        found: dict[str, Any] = next(one for one in (*guild["channels"], *guild["threads"]) if one["id"] == place)
        return found

    def _guild(self, guild_id: str) -> dict[str, Any]:
        return self.servers.guild(guild_id)

    def _guild_of(self, place: dict[str, Any]) -> dict[str, Any]:
        return self.servers.guild(place["guild_id"])


def _rests(thread: dict[str, Any]) -> bool:
    return bool(thread["thread_metadata"]["archived"])


def _overwrites(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"id": str(one["id"]), "type": one["type"], "allow": str(one.get("allow", 0)), "deny": str(one.get("deny", 0))}
        for one in asked
    ]


def _thread_member(thread: str, user_id: int) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return {"id": thread, "user_id": str(user_id), "join_timestamp": now, "flags": 0}
