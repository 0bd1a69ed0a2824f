"""People at the other end of the wire: they press only what the bot has shown to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.ui.marks import unmarked
from tests.wire.discord import WireDiscord
from tests.wire.discord.files import File
from tests.wire.discord.objects import member, snowflake
from tests.wire.discord.pages import (
    BUTTON,
    CHANNELS,
    CHECKBOX,
    LABEL,
    MENUS,
    RADIO,
    ROLES,
    STRINGS,
    TEXT,
    UPLOAD,
    USERS,
    is_form,
    items,
    text,
)
from tests.wire.discord.server import LATE

#: Types of the options of commands.
_SUB, _GROUP, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _ATTACHMENT = 1, 2, 3, 4, 5, 6, 7, 8, 11
_LOCALES = {"en": "en-US"}


class Person:
    """Somebody in a server (``guild_id``; None: in their direct messages with the bot), in ``channel_id`` or its first
    channel. ``locale``: ``ja`` or ``en``; ``permissions``: what Discord says they may do, if it isn't what their roles
    allow.

    Each private answer, each message in public and each direct message stands on its own; one is pressed on with
    ``on=``, and if nothing is said, ``page``: the private one that changed last. They read each page for ``reads_for``
    seconds, and press again what the bot didn't answer in time (``repeats``). ``waited``: seconds of each answer.
    """

    def __init__(
        self,
        discord: WireDiscord,
        guild_id: int | None,
        user_id: int,
        reads_for: float = 0,
        *,
        locale: str = "ja",
        permissions: int | None = None,
        channel_id: int = 0,
    ) -> None:
        self.discord, self.guild_id, self.user_id, self._reads_for = discord, guild_id, user_id, reads_for
        self.locale, self.permissions, self.channel_id = _LOCALES.get(locale, locale), permissions, channel_id
        #: The page, or the form that it has opened.
        self.shown: dict[str, Any] = {}
        #: The message that was shown last.
        self.page: dict[str, Any] = {}
        #: On what the form was opened.
        self._under: dict[str, Any] | None = None
        self.waited: list[float] = []
        self.repeats = 0

    # --- what they see ------------------------------------------------------------------------------------------

    @property
    def reads(self) -> str:
        """All that the page says, or the form."""
        return text(self.shown)

    @property
    def pages(self) -> list[dict[str, Any]]:
        """Their private messages, the oldest first."""
        return self.discord.interactions.private[self.user_id]

    @property
    def direct(self) -> list[dict[str, Any]]:
        """Their direct messages from the bot, the oldest first."""
        return self.discord.messages.channels[self.discord.messages.direct(self.user_id)]

    def sees(self, channel_id: int) -> bool:
        """May they look into a channel or thread of a server?"""
        place = self.discord.channels.find(str(channel_id))
        parent = int(place["parent_id"]) if "thread_metadata" in place else channel_id
        if not self.discord.servers.may(int(place["guild_id"]), self.user_id, parent).view_channel:
            return False
        return place["type"] != 12 or self.user_id in self.discord.channels.inside[place["id"]]

    async def until(self, what: str | Callable[[], Any]) -> Any:
        """Wait until the page says something, or something else is true."""
        condition = (lambda: what in self.reads) if isinstance(what, str) else what
        try:
            return await self.discord.until(condition)
        except TimeoutError:
            raise AssertionError(f"{what} didn't come about: {self.reads}") from None

    # --- what they do -------------------------------------------------------------------------------------------

    async def use(self, path: str, **options: Any) -> None:
        """A command, such as ``lc``. Options: texts, numbers, people and roles and channels by id, ``File``."""
        await self._do(2, self._command(path, options))

    async def complete(self, path: str, option: str, typed: str = "", **others: Any) -> list[dict[str, Any]]:
        """What Discord offers while they type an option: ``name`` and ``value`` of each choice."""
        data = self._command(path, others | {option: typed}, focused=option)
        _, shown = await self._act(4, data)
        return list(shown.get("choices", []))

    async def press(self, custom_id: str, *, on: dict[str, Any] | None = None) -> None:
        """A button of a message, by its label or its ``custom_id``, of which the beginning is enough."""
        message = on or self.page
        item = self._find((BUTTON,), custom_id, message)
        assert not item.get("disabled"), custom_id
        await self._do(3, {"component_type": BUTTON, "custom_id": item["custom_id"]}, source=message)

    async def choose(self, custom_id: str, *chosen: str | int, on: dict[str, Any] | None = None) -> None:
        """Something in a menu: options by their labels, or people, roles and channels by their ids."""
        message = on or self.page
        item = self._find(MENUS, custom_id, message)
        assert not item.get("disabled"), custom_id
        assert item.get("min_values", 1) <= len(chosen) <= (item.get("max_values") or 1), chosen
        values = _values(item, chosen)
        data = {"component_type": item["type"], "custom_id": item["custom_id"], "values": values}
        if item["type"] != STRINGS:
            data["resolved"] = self._resolved(item["type"], values)
        await self._do(3, data, source=message)

    async def write(self, fields: dict[str, Any] | None = None, /, **more: Any) -> None:
        """Fill in the form that is open and send it: texts, labels of options (one, or a list), yes or no, files. What
        isn't named stays as the form opened."""
        assert is_form(self.shown), self.reads
        filled, resolved = self._filled((fields or {}) | more)
        data = {"custom_id": self.shown["custom_id"], "components": filled, "resolved": resolved}
        await self._do(5, data, source=self._under)

    def attach(self, name: str, content: bytes, content_type: str = "") -> File:
        """A file for an option or a form."""
        return File(name, content, content_type)

    # --- how ----------------------------------------------------------------------------------------------------

    def _find(self, kinds: tuple[int, ...], custom_id: str, message: dict[str, Any]) -> dict[str, Any]:
        found = [item for item in items(message) if item["type"] in kinds]
        exact = [
            item for item in found if custom_id in (item["custom_id"], unmarked(item["custom_id"]), item.get("label"))
        ]
        begins = [item for item in found if unmarked(item["custom_id"]).startswith(custom_id)]
        for item in (*exact, *begins):
            return item
        raise AssertionError(f"{custom_id} isn't offered, but {[item['custom_id'] for item in found]}: {text(message)}")

    def _command(self, path: str, options: dict[str, Any], focused: str | None = None) -> dict[str, Any]:
        name, *subs = path.split()
        known = next((one for one in self.discord.routes.commands if one["name"] == name), None)
        described: list[dict[str, Any]] | None = None if known is None else known.get("options", [])
        for sub in subs:
            if described is not None:
                described = next(one for one in described if one["name"] == sub).get("options", [])
        kinds = {one["name"]: one for one in described or []}
        assert described is None or options.keys() <= kinds.keys(), f"/{path} takes {sorted(kinds)}"
        missing = {one["name"] for one in described or [] if one.get("required")} - options.keys()
        assert focused is not None or not missing, f"/{path} needs {sorted(missing)}"
        resolved: dict[str, Any] = {}
        values: list[dict[str, Any]] = []
        for key, given in options.items():
            kind = kinds[key]["type"] if key in kinds else _guessed(given)
            value = given
            for choice in kinds.get(key, {}).get("choices", []):
                if given == choice["name"]:
                    value = choice["value"]
            if kind == _ATTACHMENT:
                value = self._upload(given, resolved)
            elif kind in (_USER, _CHANNEL, _ROLE):
                value = str(given)
                menu = {_USER: USERS, _CHANNEL: CHANNELS, _ROLE: ROLES}[kind]
                _merge(resolved, self._resolved(menu, [value]))
            about = {"focused": True} if key == focused else {}
            values.append({"name": key, "type": kind, "value": value, **about})
        for depth, sub in enumerate(reversed(subs)):
            values = [{"name": sub, "type": _GROUP if depth else _SUB, "options": values}]
        identity = known["id"] if known else str(snowflake())
        return {"id": identity, "name": name, "type": 1, "options": values, "resolved": resolved}

    def _upload(self, file: File, resolved: dict[str, Any]) -> str:
        kept = self.discord.messages.files.keep(file)
        resolved.setdefault("attachments", {})[kept["id"]] = kept
        return str(kept["id"])

    def _resolved(self, kind: int, values: list[str]) -> dict[str, Any]:
        """What Discord tells of the people, roles or channels that were chosen."""
        if kind == CHANNELS:
            return {"channels": {one: {**self.discord.channels.find(one), "permissions": "0"} for one in values}}
        roles = {one["id"]: one for one in self.discord.servers.guild(str(self.guild_id))["roles"]}
        found: dict[str, Any] = {}
        for value in values:
            if value in roles and kind != USERS:
                found.setdefault("roles", {})[value] = roles[value]
                continue
            there = self._member(int(value))
            found.setdefault("users", {})[value] = there["user"]
            partial = {name: there[name] for name in there if name not in ("user", "deaf", "mute")}
            found.setdefault("members", {})[value] = {**partial, "permissions": "0"}
        return found

    def _member(self, user_id: int) -> dict[str, Any]:
        if self.guild_id is None:
            return member(user_id)
        return self.discord.servers.member(self.guild_id, user_id)

    def _filled(self, given: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        fields = {item["custom_id"]: item for item in items(self.shown)}
        assert given.keys() <= fields.keys(), f"the form has {list(fields)}"
        resolved: dict[str, Any] = {}
        filled = []
        for number, (custom_id, item) in enumerate(fields.items(), 1):
            answer: dict[str, Any] = {"type": item["type"], "id": 100 + number, "custom_id": custom_id}
            chosen = given.get(custom_id)
            if item["type"] == TEXT:
                answer["value"] = (item.get("value") or "") if chosen is None else chosen
                assert answer["value"] or not item.get("required", True), f"{custom_id} can't be empty"
                assert len(answer["value"]) <= (item.get("max_length") or 4_000), f"{custom_id} is too long"
            elif item["type"] == CHECKBOX:
                answer["value"] = bool(item.get("default")) if chosen is None else chosen
            elif item["type"] == UPLOAD:
                answer["values"] = [self._upload(file, resolved) for file in _listed(chosen)]
            else:
                values = _preset(item) if custom_id not in given else _values(item, _listed(chosen))
                if item["type"] in MENUS and item["type"] != STRINGS:
                    _merge(resolved, self._resolved(item["type"], values))
                if item["type"] == RADIO:
                    answer["value"] = values[0] if values else None
                else:
                    answer["values"] = values
            filled.append({"type": LABEL, "id": number, "component": answer})
        return filled, resolved

    async def _act(self, kind: int, data: dict[str, Any], source: dict[str, Any] | None = None) -> Any:
        direct = self.guild_id is None or (source is not None and self.discord.messages.person(_place(source)))
        guild_id = None if direct else self.guild_id
        permissions = self.permissions
        if guild_id is None:
            channel = self.discord.messages.direct(self.user_id)
        else:
            channel = _place(source) if source else self.channel_id or guild_id + 100
        if permissions is None:
            permissions = self.discord.may(guild_id, self.user_id, channel)
        return await self.discord.act(
            guild_id, self.user_id, kind, data, channel=channel, locale=self.locale, permissions=permissions,
            source=source, heard=True,  # discord.py knows a form only once it has heard that Discord has it
        )  # fmt: skip

    async def _do(self, kind: int, data: dict[str, Any], source: dict[str, Any] | None = None) -> None:
        seconds, shown = await self._act(kind, data, source)
        self.waited.append(seconds)
        if shown is LATE:
            self.repeats += 1
            await self._do(kind, data, source)
            return
        self.shown = shown
        if is_form(shown):
            self._under = source
        else:
            self.page = shown
            await asyncio.sleep(self._reads_for)


def _place(message: dict[str, Any]) -> int:
    return int(message["channel_id"])


def _guessed(value: Any) -> int:
    """The type of an option, where the bot hasn't told Discord of its commands."""
    if isinstance(value, File):
        return _ATTACHMENT
    return _BOOLEAN if isinstance(value, bool) else _INTEGER if isinstance(value, int) else _STRING


def _listed(chosen: Any) -> list[Any]:
    if chosen is None:
        return []
    return list(chosen) if isinstance(chosen, list | tuple) else [chosen]


def _values(item: dict[str, Any], chosen: Any) -> list[str]:
    if "options" not in item:
        return [str(one) for one in chosen]
    by_label = {option["label"]: option["value"] for option in item["options"]}
    values = {option["value"] for option in item["options"]}  # several may have one label
    for one in chosen:
        assert one in by_label or one in values, f"{one} isn't offered, but {list(by_label)}"
    return [by_label.get(one, one) for one in chosen]


def _preset(item: dict[str, Any]) -> list[str]:
    if "options" in item:
        return [option["value"] for option in item["options"] if option.get("default")]
    return [str(one["id"]) for one in item.get("default_values", [])]


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for name, found in more.items():
        into.setdefault(name, {}).update(found)


async def join(person: Person, name: str, *, region: str, school: str, in_lc: bool, contact: str = "channel") -> None:
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
    await person.choose("members:interests", "公衆衛生（SCOPH）")
    await person.press(f"members:contact:{contact}")
    assert f"{name}さん、ありがとうございます。" in person.reads, person.reads
