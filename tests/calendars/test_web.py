"""The route, as calendar programs see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web

from bot.features import Services
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.people.actors import Actor
from bot.web import calendars as module
from bot.web.calendars import PER_MINUTE, Calendars
from tests.calendars.support import Dates, entry
from tests.support.clocks import FakeClock
from tests.support.loopback import on_loopback

OWN = Scope(ScopeKind.OWN)


class Site:
    def __init__(self, http: aiohttp.ClientSession, port: int, calendars: Calendars) -> None:
        self.http, self.calendars = http, calendars
        self._root = f"http://127.0.0.1:{port}/calendar"

    async def get(self, token: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, f"{self._root}/{token}.ics", headers=found) as answer:
            return answer.status, answer.headers, await answer.read()


@pytest.fixture
def dates(services: Services) -> Dates:
    services[CalendarService].source = found = Dates()
    return found


@pytest.fixture
async def site(services: Services, dates: Dates) -> AsyncIterator[Site]:
    calendars = Calendars(services[CalendarService])
    app = web.Application()
    app.add_routes(calendars.routes())
    async with on_loopback(app) as port, aiohttp.ClientSession() as http:
        yield Site(http, port, calendars)


@pytest.fixture
async def token(services: Services, representative: Actor) -> str:
    return await services[CalendarService].make(representative, OWN)


async def test_it_is_a_calendar_for_the_program_alone(site: Site, token: str) -> None:
    status, headers, body = await site.get(token)
    assert status == 200
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "SUMMARY:症例勉強会" in body.decode()
    assert "X-WR-CALNAME:参加する予定" in body.decode()


async def test_head_tells_the_same_without_the_body(site: Site, token: str) -> None:
    _, told, body = await site.get(token)
    status, headers, nothing = await site.get(token, "HEAD")
    assert (status, nothing) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert headers[name] == told[name]
    assert int(headers["Content-Length"]) == len(body)


async def test_a_program_with_the_newest_is_told_so_and_each_version_is_made_once(
    site: Site, token: str, dates: Dates
) -> None:
    _, headers, first = await site.get(token)
    for known in (headers["ETag"], f'"other", W/{headers["ETag"]}', "*"):
        status, again, nothing = await site.get(token, If_None_Match=known)
        assert (status, nothing, again["ETag"]) == (304, b"", headers["ETag"])
    assert (await site.get(token))[2] == first
    assert site.calendars.rendered == 1
    dates.found = [entry(1, "延期になりました", 1)]
    status, changed, second = await site.get(token, If_None_Match=headers["ETag"])
    assert status == 200
    assert changed["ETag"] != headers["ETag"]
    assert "延期になりました" in second.decode()
    assert site.calendars.rendered == 2


async def test_unknown_and_revoked_are_answered_alike(
    site: Site, token: str, services: Services, representative: Actor
) -> None:
    await site.get(token)
    await services[CalendarService].revoke(representative, OWN)
    answers = [await site.get(one) for one in (token, "A" * 43, "A" * 42, "short", f"{'A' * 42}%00")]
    for status, headers, body in answers:
        assert (status, body) == (404, b"404: Not Found")
        assert headers.keys() == answers[0][1].keys()


async def test_one_address_that_asks_too_often_waits_and_the_others_do_not(
    site: Site, token: str, clock: FakeClock, services: Services, representative: Actor
) -> None:
    other = await services[CalendarService].make(representative, Scope(ScopeKind.ORGANISATION))
    assert [(await site.get(token))[0] for _ in range(PER_MINUTE + 1)] == [*[200] * PER_MINUTE, 429]
    assert (await site.get(token))[1]["Retry-After"] == "60"
    assert (await site.get(other))[0] == 200
    clock.go(minutes=1)
    assert (await site.get(token))[0] == 200


async def test_a_calendar_that_nobody_asks_for_makes_room(
    site: Site, token: str, services: Services, representative: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await services[CalendarService].make(representative, Scope(ScopeKind.ORGANISATION))
    size = len((await site.get(token))[2])
    monkeypatch.setattr(module, "KEPT", size + size // 2)
    await site.get(other)
    await site.get(other)
    assert site.calendars.rendered == 2
    await site.get(token)
    assert site.calendars.rendered == 3


async def test_a_fault_names_no_address(
    site: Site, token: str, services: Services, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(services[CalendarService].source, "version", broken)
    status, headers, body = await site.get(token)
    assert (status, headers["Retry-After"], body) == (503, "600", b"Try again later.")
    assert "a calendar couldn't be read" in caplog.text
    assert token not in caplog.text
