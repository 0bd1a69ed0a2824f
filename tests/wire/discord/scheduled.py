"""The scheduled events of servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire.discord.messages import Refused
from tests.wire.discord.objects import BOT_ID, snowflake
from tests.wire.discord.servers import Servers

#: Discord's own limit of events that aren't over, for a server.
MOST = 100
NAME, LOCATION, DESCRIPTION = 100, 100, 1000


@dataclass
class Scheduled:
    """Their times are looked at by the machine's own clock."""

    servers: Servers
    #: By server's and event's id.
    events: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def of(self, guild_id: int) -> list[dict[str, Any]]:
        return list(self.events.get(str(guild_id), {}).values())

    def answer(self, method: str, parts: list[str], body: Any) -> tuple[int, Any] | None:
        match parts:
            case ["guilds", guild_id, "scheduled-events", *rest]:
                self.servers.guild(guild_id)
            case _:
                return None
        here = self.events.setdefault(guild_id, {})
        if method == "GET" and not rest:
            return 200, list(here.values())
        if not self.servers.may(int(guild_id), BOT_ID).create_events:
            raise Refused(403, 50013, "Missing Permissions")
        if method == "POST":
            if len(here) >= MOST:
                raise Refused(400, 30038, "Maximum number of guild scheduled events reached (100)")
            self._check(body)
            made = {
                "id": str(snowflake()), "guild_id": guild_id, "channel_id": None, "creator_id": str(BOT_ID),
                "entity_id": None, "image": None, "status": 1, "user_count": 0, "recurrence_rule": None, **body,
            }  # fmt: skip
            here[made["id"]] = made
            return 200, made
        event = here.get(rest[0])
        if event is None:
            raise Refused(404, 10070, "Unknown Guild Scheduled Event")
        if method == "PATCH":
            self._check({**event, **body})
            event.update(body)
            return 200, event
        del here[rest[0]]
        return 204, None

    def _check(self, event: dict[str, Any]) -> None:
        starts, ends = event["scheduled_start_time"], event.get("scheduled_end_time")
        where = event["entity_metadata"]["location"]
        is_good = (
            1 <= len(event["name"]) <= NAME
            and 1 <= len(where) <= LOCATION
            and len(event.get("description") or "") <= DESCRIPTION
            and ends is not None
            and datetime.now(UTC) < datetime.fromisoformat(starts) < datetime.fromisoformat(ends)
        )
        if not is_good:
            raise Refused(400, 50035, "Invalid Form Body")
