"""The real bot in a simulated Discord: what a test of a command works with."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import discord
import simcord

from bot.app import Bot, build
from bot.demo.patience import PatientEnv
from bot.demo.simulator import SimulatedClock, expect_user_errors, localised
from bot.features import Services
from bot.settings import Settings
from tests.support.answering import watched
from tests.support.deliveries import keys_with_discord_ids
from tests.wire.contract import contract


class _Faults(logging.Handler):
    """Collects what the bot itself calls an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@dataclass
class World:
    env: simcord.Env
    url: str
    #: Set to True by a test that provokes an unexpected error.
    expects_faults: bool = False
    #: Discord's locale by user id; Japanese for everybody else.
    locales: dict[int, str] = field(default_factory=dict)
    faults: list[logging.LogRecord] = field(default_factory=list)

    @property
    def bot(self) -> Bot:
        assert isinstance(self.env.bot, Bot)
        return self.env.bot

    @property
    def services(self) -> Services:
        return self.bot.services

    def server(self, name: str = "IFMSA-Japan") -> Server:
        """A server with a channel, and the bot in it."""
        guild = self.env.create_guild(name, preferred_locale="ja")
        return Server(self, guild, guild.create_text_channel("general"))

    async def until(self, day: date) -> None:
        """Let the simulated time, which begins on 1 January 2026, go on while there is nothing in the world: that takes
        no time, as days do once an organisation has its daily work."""
        await self.env.advance_time((day - date(2026, 1, 1)).days * 86_400)

    async def restart(self) -> None:
        """Another process of the bot on the same world and the same database."""
        clock = SimulatedClock()
        clock.bind(self.env)
        old = self.bot
        await self.env.restart_bot(build(_settings(self.url), clock))
        await old.role_keeper.stop()
        await old.database.close()


@dataclass
class Server:
    world: World
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle

    def person(
        self, name: str, *, locale: str = "ja", permissions: discord.Permissions | None = None
    ) -> simcord.MemberActor:
        roles = [self.guild.create_role(f"{name}-rights", permissions=permissions)] if permissions else []
        member = self.guild.add_member(self.world.env.create_user(name), roles=roles)
        self.world.locales[member.id] = locale
        return member

    def admin(self, name: str = "admin", *, locale: str = "ja") -> simcord.MemberActor:
        return self.person(name, locale=locale, permissions=discord.Permissions(manage_guild=True))

    async def set_up(
        self,
        admin: simcord.MemberActor,
        *,
        officers: list[simcord.MemberActor] | None = None,
        start: str = "japan_association",
        term: str = "2025-04-01 ~ 2026-03-31",
        name_ja: str = "国際医学生連盟 日本",
        name_en: str = "IFMSA-Japan",
    ) -> simcord.InteractionResult:
        """Walk through ``/setup`` as an administrator does."""
        begun = await admin.slash(self.channel, "setup")
        form = await admin.click(shown(begun), custom_id="setups:create")
        return await admin.submit_modal(
            form,
            {
                "name_ja": name_ja,
                "name_en": name_en,
                "start": [start],
                "officers": officers or [admin],
                "term": term,
            },
        )


def shown(result: simcord.InteractionResult) -> Any:
    """The message that the person sees as the answer, which must be private. What comes after "just a moment" as a
    message of its own, such as what went wrong, is the answer."""
    message = result.followups[-1] if result.followups else result.response
    assert message is not None, f"no answer: {result!r}"
    assert message.ephemeral, "answered in public"
    return message


def text_of(result: simcord.InteractionResult) -> str:
    """Everything there is to read in the answer."""
    return page_text(shown(result))


def page_text(message: Any) -> str:
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.title or "", embed.description or ""]
        lines += [f"{item.name}\n{item.value}" for item in embed.fields]
        lines.append(embed.footer.text or "")
    return "\n".join(lines)


def labels(message: Any) -> list[str]:
    """The labels of all buttons, in their order."""
    return [item["label"] for row in _rows(message) for item in row["components"] if item["type"] == 2]


def buttons(message: Any) -> list[str]:
    """The ``custom_id`` of all buttons, in their order; links have none."""
    items = [item for row in _rows(message) for item in row["components"] if item["type"] == 2]
    return [item["custom_id"] for item in items if item.get("custom_id")]


def _rows(message: Any) -> list[dict[str, Any]]:
    return [row if isinstance(row, dict) else row.to_dict() for row in message.components]


def _menu(message: Any) -> list[dict[str, str]]:
    menus = [item for row in _rows(message) for item in row["components"] if item["type"] == 3]
    return list(menus[0]["options"]) if menus else []


def options(message: Any) -> list[str]:
    """The labels of the options of the first menu."""
    return [option["label"] for option in _menu(message)]


def descriptions(message: Any) -> dict[str, str]:
    """What stands below the options of the first menu, by their labels."""
    return {option["label"]: option.get("description") or "" for option in _menu(message)}


def menus(message: Any) -> dict[str, dict[str, str]]:
    """Of each menu, by its ``custom_id``: the values of its options by their labels."""
    found = [item for row in _rows(message) for item in row["components"] if item["type"] == 3]
    return {menu["custom_id"]: {one["label"]: one["value"] for one in menu["options"]} for menu in found}


async def choose(person: simcord.MemberActor, message: Any, label: str) -> simcord.InteractionResult:
    """Choose an option of the first menu by its label."""
    value = next(option["value"] for option in _menu(message) if option["label"] == label)
    return await person.select(message, values=[value])


def _against_contract(env: simcord.Env) -> list[str]:
    """What the official description has against the requests of this world."""
    if contract() is None:
        return []
    return [
        f"{request.method} {request.path}: {problem}"
        for request in env.http_requests
        for problem in contract().request(request.method, request.path, request.json)
    ]


def _settings(url: str) -> Settings:
    return Settings(database_url=url, guild_ready_timeout=0, send_rate=0, direct_message_rate=0)


@asynccontextmanager
async def open_world(url: str) -> AsyncIterator[World]:
    too_early: list[str] = []
    with watched(too_early.append):
        async with _open_world(url) as world:
            yield world
    assert too_early == [], too_early


@asynccontextmanager
async def _open_world(url: str) -> AsyncIterator[World]:
    clock = SimulatedClock()
    bot = build(_settings(url), clock)
    locales: dict[int, str] = {}
    handler = _Faults()
    logger = logging.getLogger("tsunagu")
    logger.addHandler(handler)
    env = PatientEnv(bot, check_errors=False)
    clock.bind(env)
    expect_user_errors(env)
    world = World(env, url, locales=locales, faults=handler.records)
    with localised(lambda user_id: locales.get(user_id, "ja")):
        try:
            await env.start()
            yield world
            assert _against_contract(env) == []
            assert await keys_with_discord_ids(world.bot.database) == []
            if not world.expects_faults:
                assert not handler.records, [record.getMessage() for record in handler.records]
                assert not env.errors, env.errors
        finally:
            await env.shutdown()
            logger.removeHandler(handler)
            await world.bot.role_keeper.stop()  # what a test wrote by itself set it going outside of the simulation
            await world.bot.database.close()
