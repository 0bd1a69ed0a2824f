"""The lobby: a page on which a visitor picks a person and a place, and moves the simulated time."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import simcord
from aiohttp import web

from bot import data
from bot.demo.simulator import next_due
from bot.demo.world import DemoWorld, Persona
from bot.errors import StartError
from bot.features.members.greetings import EDITED_AFTER
from bot.i18n import Words, words_for
from bot.ui.dates import long_date

PAGES = Path(__file__).with_name("pages")
HOUR, DAY = 3600, 86_400
DIRECT = "direct"


class Lobby:
    """What the page shows and does.

    Everything that touches the simulation holds the lock: it does one thing at a time. ``port`` 0 takes a free one.
    """

    def __init__(
        self,
        create: Callable[[], Awaitable[DemoWorld]],
        close: Callable[[DemoWorld], Awaitable[None]],
        *,
        port: int,
    ) -> None:
        self._create = create
        self._close = close
        self.port = port
        self._preview_port = port + 1 if 0 < port < 65_535 else 0
        self.language = "ja"
        self.notice = ""
        self._world: DemoWorld | None = None
        self._preview: simcord.Preview | None = None
        self._lock = asyncio.Lock()

    @property
    def world(self) -> DemoWorld:
        assert self._world is not None, "the lobby is not open"
        return self._world

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """A world, and the page on loopback; yields its port.

        Raises:
            StartError: the port is taken.
        """
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, "127.0.0.1", self.port).start()
            except OSError as error:
                raise StartError(
                    f"Can't listen on 127.0.0.1:{self.port} ({error.strerror}). Set TSUNAGU_DEMO_PORT to a free port."
                ) from None
            self.port = int(runner.addresses[0][1])
            async with self._lock:
                self._world = await self._create()
            yield self.port
        finally:
            await self._end_preview()
            await runner.cleanup()
            if self._world is not None:
                await self._close(self._world)

    @property
    def locale(self) -> str:
        """Discord's locale of everybody in the demo."""
        return "ja" if self.language == "ja" else "en-US"

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._own_pages_only])
        app.router.add_get("/", self._index)
        app.router.add_static("/static", PAGES)
        app.router.add_static("/fonts", data.FOLDER / "fonts")
        for path, handler in (
            ("/open", self._open),
            ("/join", self._join),
            ("/time", self._time),
            ("/language", self._language),
            ("/reset", self._reset),
        ):
            app.router.add_post(path, handler)
        return app

    async def _end_preview(self) -> None:
        if self._preview is not None:
            await self._preview.close()
            self._preview = None

    @web.middleware
    async def _own_pages_only(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Nothing but this page may press its buttons: not another site that happens to be open."""
        hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and urlsplit(origin).netloc not in hosts):
            raise web.HTTPForbidden
        response: web.StreamResponse = await handler(request)
        return response

    async def _index(self, _request: web.Request) -> web.Response:
        async with self._lock:
            page = render(self.world, words_for(self.language), self.notice)
            self.notice = ""
        return web.Response(text=page, content_type="text/html")

    async def _open(self, request: web.Request) -> web.Response:
        """Show a place as a person sees it, in the tab that the form asked for."""
        form = await request.post()
        async with self._lock:
            persona = self.world.people.get(str(form.get("person")))
            if persona is None:
                raise web.HTTPSeeOther("/")
            place, viewer = self._place(persona, str(form.get("place")))
            await self._end_preview()
            self._preview = await self._show(place, viewer)
            raise web.HTTPSeeOther(self._preview.url)

    def _place(self, persona: Persona, place: str) -> tuple[simcord.ChannelHandle, Any]:
        if place != DIRECT:
            for channel in self.world.channels_for(persona):
                if str(channel.id) == place:
                    return channel, persona.member
        return persona.member.user.dm_channel, persona.member.user

    async def _show(self, place: simcord.ChannelHandle, viewer: Any) -> simcord.Preview:
        for port in (self._preview_port, 0):
            preview = self.world.env.preview(
                place, viewers=[viewer], layout="channel", locale=self.locale, timezone="Asia/Tokyo", port=port
            )
            try:
                await preview.__aenter__()
            except simcord.SetupError:
                if port == 0:
                    raise
            else:
                return preview
        raise AssertionError("port 0 is always free")

    async def _join(self, _request: web.Request) -> web.Response:
        async with self._lock:
            persona = self.world.newcomer_joins()
            # Until the greeting of the day names them, too.
            await self.world.env.advance_time(EDITED_AFTER.total_seconds() + 1)
            await self._refresh()
            words = words_for(self.language)
            self.notice = words("{name} joined the server.", name=persona.name)
        raise web.HTTPSeeOther("/")

    async def _time(self, request: web.Request) -> web.Response:
        form = await request.post()
        words = words_for(self.language)
        async with self._lock:
            seconds = {"hour": HOUR, "day": DAY, "due": next_due(self.world.env)}.get(str(form.get("by")))
            if seconds is None:
                self.notice = words("Nothing is scheduled, so the time stays as it is.")
            else:
                await self.world.env.advance_time(seconds)
                await self._refresh()
                self.notice = words("Moved the time forward.")
        raise web.HTTPSeeOther("/")

    async def _language(self, request: web.Request) -> web.Response:
        form = await request.post()
        async with self._lock:
            self.language = "en" if form.get("language") == "en" else "ja"
            await self._end_preview()
        raise web.HTTPSeeOther("/")

    async def _reset(self, _request: web.Request) -> web.Response:
        async with self._lock:
            await self._end_preview()
            await self._close(self.world)
            self._world = await self._create()
            words = words_for(self.language)
            self.notice = words("Everything has been reset.")
        raise web.HTTPSeeOther("/")

    async def _refresh(self) -> None:
        """Show in an open page what no click of its own caused."""
        preview = self._preview
        if preview is not None:
            try:
                await preview.refresh()
            except simcord.SetupError:  # the visitor has ended it in the browser
                self._preview = None


def render(world: DemoWorld, words: Words, notice: str) -> str:
    """The lobby's page."""
    now = world.env.now().astimezone(ZoneInfo("Asia/Tokyo"))
    other = "en" if words.language == "ja" else "ja"
    people = "\n".join(_person(world, persona, words) for persona in world.people.values())
    return Template((PAGES / "lobby.html").read_text("utf-8")).substitute(
        language=words.language,
        other=other,
        other_name="English" if other == "en" else "日本語",
        title=words("Tsunagu: the demo"),
        intro=words(
            "This is the real bot on a simulated Discord. Pick a person, open a channel and type / to "
            "look around. The schools are real and the people are made up. Nothing leaves this computer."
        ),
        now=f"{long_date(now.date(), words)} {now:%H:%M}",
        time=words("Simulated time"),
        hour=words("+1 hour"),
        day=words("+1 day"),
        due=words("Skip to the next event"),
        join=words("Add a newcomer"),
        reset=words("Start over"),
        who=words("Who do you want to be?"),
        notice=f'<p class="notice" role="status">{html.escape(notice)}</p>' if notice else "",
        people=people,
    )


def _person(world: DemoWorld, persona: Persona, words: Words) -> str:
    places = [(str(channel.id), f"# {channel.name}") for channel in world.channels_for(persona)]
    places.append((DIRECT, words("Direct messages")))
    buttons = "".join(f'<button name="place" value="{value}">{html.escape(label)}</button>' for value, label in places)
    return (
        '<form class="person" method="post" action="/open" target="tsunagu-discord">'
        f'<input type="hidden" name="person" value="{html.escape(persona.key)}">'
        f'<div class="face" aria-hidden="true">{html.escape(persona.name[0])}</div>'
        f"<div><h3>{html.escape(persona.name)}</h3><p>{html.escape(words(persona.about))}</p>"
        f'<div class="places">{buttons}</div></div></form>'
    )
