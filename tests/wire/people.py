"""People at the other end of the wire: they press only what the bot has shown to them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.wire.discord import WireDiscord
from tests.wire.discord.objects import message, snowflake
from tests.wire.discord.server import LATE

_BUTTON, _SELECT, _LABEL, _TEXT = 2, 3, 18, 4
#: Seconds for a form. discord.py knows the form once Discord has confirmed it: nobody writes a name before that.
TYPING = 3.0
#: Flag of a private answer.
_PRIVATE = 64


class Person:
    """Somebody in a server, with one private message of the bot that every press changes. They read each page for
    ``reads_for`` seconds, and press again what the bot didn't answer in time (``repeats``). ``waited``: seconds that
    each answer took."""

    def __init__(self, discord: WireDiscord, guild_id: int, user_id: int, reads_for: float = 0) -> None:
        self._discord, self._guild_id, self.user_id, self._reads_for = discord, guild_id, user_id, reads_for
        #: The page, or the form that it has opened.
        self.shown: dict[str, Any] = {}
        self._rows: list[dict[str, Any]] = []
        self._message_id = snowflake()
        self.waited: list[float] = []
        self.repeats = 0

    async def use(self, command: str) -> None:
        """A command without options."""
        await self._do(2, {"id": str(snowflake()), "name": command, "type": 1, "options": []})

    async def press(self, custom_id: str) -> None:
        """A button of the message; the beginning of its ``custom_id`` is enough."""
        item = self._find(_BUTTON, custom_id)
        assert not item.get("disabled"), custom_id
        await self._do(3, {"component_type": _BUTTON, "custom_id": item["custom_id"]}, message=self._message)

    async def choose(self, custom_id: str, label: str) -> None:
        """An option of a menu, by its label."""
        item = self._find(_SELECT, custom_id)
        value = next(option["value"] for option in item["options"] if option["label"] == label)
        data = {"component_type": _SELECT, "custom_id": item["custom_id"], "values": [value]}
        await self._do(3, data, message=self._message)

    async def write(self, **texts: str) -> None:
        """Fill in the form that is open and send it."""
        fields = [label["component"]["custom_id"] for label in self.shown["components"]]
        assert texts.keys() <= set(fields), fields
        await asyncio.sleep(TYPING)
        filled = [
            {
                "type": _LABEL,
                "id": n,
                "component": {"type": _TEXT, "id": 100 + n, "custom_id": one, "value": texts.get(one, "")},
            }
            for n, one in enumerate(fields, 1)
        ]
        data = {"custom_id": self.shown["custom_id"], "components": filled}
        await self._do(5, data, message=self._message)

    @property
    def reads(self) -> str:
        """All that the page says."""
        (embed, *_) = self.shown["embeds"]
        fields = [f"{one['name']}\n{one['value']}" for one in embed.get("fields", [])]
        return "\n".join([embed["title"], embed.get("description", ""), *fields])

    @property
    def _message(self) -> dict[str, Any]:
        """The private message as Discord sends it along."""
        return {**message(self._message_id, self._guild_id + 100, {"flags": _PRIVATE}), "components": self._rows}

    def _find(self, kind: int, custom_id: str) -> dict[str, Any]:
        items = [item for row in self.shown["components"] for item in row["components"] if item["type"] == kind]
        for item in items:
            if item["custom_id"].startswith(custom_id):
                found: dict[str, Any] = item
                return found
        raise AssertionError(f"{custom_id} isn't offered, but {[item['custom_id'] for item in items]}: {self.reads}")

    async def _do(self, kind: int, data: dict[str, Any], **more: Any) -> None:
        seconds, shown = await self._discord.act(self._guild_id, self.user_id, kind, data, **more)
        self.waited.append(seconds)
        if shown is LATE:
            self.repeats += 1
            await self._do(kind, data, **more)
            return
        self.shown = shown
        if "embeds" in self.shown:  # and no form
            self._rows = self.shown.get("components", [])
            await asyncio.sleep(self._reads_for)


async def join(person: Person, name: str, *, region: str, school: str, in_lc: bool) -> None:
    """``/join`` from the first question to the last, as a student in year 2."""
    await person.use("join")
    await person.press("members:language:ja")
    await person.press("members:consent:ja")
    await person.press("members:name")
    await person.write(name=name, reading="")
    await person.choose("members:region", region)
    await person.choose("members:school", school)
    await person.choose("members:year", "2年")
    await person.press("members:lc:in" if in_lc else "members:lc:not_in")
    await person.choose("members:interests", "SCOPH")
    await person.press("members:contact:channel")
    assert f"{name}さん、ありがとうございます。" in person.reads, person.reads
