"""``/calendar/<token>.ics``: what calendar programs fetch, by an address that works without a login.

The token is all that guards a calendar. It is never logged: the server has no access log, no error here names the
address, and the log takes out whatever follows ``/calendar/`` (``bot.log``).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict

import structlog
from aiohttp import web

from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Address
from bot.features.documents.ics import render
from bot.limits import PerMinute

log = structlog.get_logger("tsunagu.web.calendars")

#: Programs ask some times an hour. So many times a minute one address is answered.
PER_MINUTE = 30
#: Octets of rendered calendars that are kept.
KEPT = 32 * 1024 * 1024

#: Of every answer. It may be kept by the program alone, which asks each time whether there is a newer one.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Calendars:
    """One for the process. ``rendered`` counts how often a calendar was made anew."""

    def __init__(self, service: CalendarService) -> None:
        self._service = service
        self._limit = PerMinute(PER_MINUTE)
        self._kept = _Kept()
        self._rendering = asyncio.Lock()
        self.rendered = 0
        #: Somebody who tries tokens takes no more of the database's connections; Discord's answers need them.
        self._looking = asyncio.Semaphore(2)

    def routes(self) -> list[web.RouteDef]:
        """``GET`` and ``HEAD``. Nothing is looked up that can't be a token."""
        return [web.get("/calendar/{token:[A-Za-z0-9_-]{43}}.ics", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        except Exception as error:  # aiohttp's own line about it might have the address in it
            if isinstance(error, web.HTTPException):
                raise
            log.exception("a calendar couldn't be read")
            return web.Response(status=503, text="Try again later.", headers={**_HEADERS, "Retry-After": "600"})

    async def _answer(self, request: web.Request) -> web.Response:
        async with self._looking:
            address = await self._service.behind(request.match_info["token"])
        if address is None:
            raise web.HTTPNotFound
        if not self._limit.allows(address.address_id, address.moment.now):
            return web.Response(status=429, text="Too many requests.", headers={**_HEADERS, "Retry-After": "60"})
        if address.last_fetched_on != address.moment.today:
            await self._service.note_fetched(address)
        tag = _tag(address)
        headers = {**_HEADERS, "ETag": f'"{tag}"'}
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        content = await self._content(address, tag)
        headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
        return web.Response(body=content, content_type="text/calendar", charset="utf-8", headers=headers)

    async def _content(self, address: Address, tag: str) -> bytes:
        kept = self._kept.get(address.address_id, tag)
        if kept is not None:
            return kept
        async with self._rendering:  # of several that ask at once, the first makes it for all
            kept = self._kept.get(address.address_id, tag)
            if kept is None:
                contents = await self._service.behind_contents(address)
                kept = await asyncio.to_thread(render, contents.name, contents.entries)
                self.rendered += 1
                self._kept.put(address.address_id, tag, kept)
        return kept


def _tag(address: Address) -> str:
    return hashlib.sha256(f"{address.address_id} {address.version}".encode()).hexdigest()[:32]


class _Kept:
    """The newest version of each calendar, as long as there is room; those that nobody asks for go first."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, tuple[str, bytes]] = OrderedDict()
        self._size = 0

    def get(self, address_id: int, tag: str) -> bytes | None:
        row = self._rows.get(address_id)
        if row is None or row[0] != tag:
            return None
        self._rows.move_to_end(address_id)
        return row[1]

    def put(self, address_id: int, tag: str, content: bytes) -> None:
        if address_id in self._rows:
            self._size -= len(self._rows.pop(address_id)[1])
        self._rows[address_id] = (tag, content)
        self._size += len(content)
        while self._size > KEPT and self._rows:
            self._size -= len(self._rows.popitem(last=False)[1][1])
