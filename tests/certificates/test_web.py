"""The page on which anybody checks a certificate, as phones see it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.features import Services
from bot.features.certificates.rules import PER_MINUTE, new_code, written
from bot.features.certificates.service import CertificateService
from bot.features.people.actors import Actor
from bot.web.certificates import LOOKS, Checks
from tests.certificates.support import held, issued, own
from tests.support.clocks import FakeClock
from tests.support.loopback import on_loopback
from tests.support.members import join
from tests.support.people import NEWCOMER


class Site:
    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self.http, self.root = http, f"http://127.0.0.1:{port}/c"

    async def get(self, query: str = "") -> tuple[int, str]:
        async with self.http.get(f"{self.root}{query}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.text()

    async def check(self, code: str, name: str, query: str = "", client: str = "192.0.2.1") -> tuple[int, str]:
        data, headers = {"code": code, "name": name}, {"X-Forwarded-For": client}
        async with self.http.post(f"{self.root}{query}", data=data, headers=headers) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def site(services: Services) -> AsyncIterator[Site]:
    app = web.Application()
    app.add_routes(Checks(services[CertificateService]).routes())
    async with on_loopback(app) as port, aiohttp.ClientSession() as http:
        yield Site(http, port)


@pytest.fixture
async def code(services: Services, clock: FakeClock, representative: Actor) -> str:
    """Of somebody's certificate."""
    hanako = await join(services, NEWCOMER, "東京 花子")
    event = await held(services, clock, representative, hanako)
    await issued(services, event.event_id)
    return written((await own(services, hanako)).code)


async def test_the_code_of_a_qr_stands_in_the_form_and_says_nothing_of_a_name(site: Site, code: str) -> None:
    status, page = await site.get(f"?code={code}")
    assert (status, f'value="{code}"' in page) == (200, True)
    assert "花子" not in page
    assert "症例勉強会" not in page
    _, odd = await site.get("?code=%22%3E%3Csvg%3E")
    assert "<svg" not in odd


async def test_the_answer_is_yes_or_no(site: Site, code: str) -> None:
    status, page = await site.check(code.lower(), "東京花子")
    assert status == 200
    for words in ("本物の証明書です", "参加証明書", "症例勉強会", "2026年12月5日"):
        assert words in page, words
    assert "花子" not in page
    _, english = await site.check(code, "東京 花子", "?lang=en")
    assert "This certificate is genuine." in english
    answers = [await site.check(code, "京都 次郎"), await site.check(new_code(), "東京 花子")]
    assert answers[0] == answers[1], "nobody learns which of the two is wrong"
    assert "症例勉強会" not in answers[0][1]
    status, page = await site.check("ABC", "東京 花子")
    assert (status, 'role="alert"' in page) == (422, True)
    assert 'value="東京 花子"' in page, "what was typed stays in the form"


async def test_guessing_and_looking_are_limited_for_each_client(site: Site, code: str, clock: FakeClock) -> None:
    for _ in range(PER_MINUTE):
        assert (await site.check(new_code(), "東京 花子"))[0] == 200
    assert (await site.check(code, "東京 花子"))[0] == 429
    assert (await site.check(code, "東京 花子", client="192.0.2.2"))[0] == 200
    clock.go(minutes=1)
    assert (await site.check(code, "東京 花子"))[0] == 200
    answers = [(await site.get())[0] for _ in range(LOOKS + 1)]
    assert answers.count(200) == LOOKS
    assert answers[-1] == 429


async def test_nothing_that_was_typed_is_logged(
    site: Site, code: str, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(services[CertificateService], "_check", broken)
    with structlog.testing.capture_logs() as lines:
        status, page = await site.check(code, "東京 花子")
    assert (status, "花子" in page) == (503, False)
    assert len(lines) == 1
    assert not re.search(f"花子|{code}", str(lines))


async def test_what_is_no_form_is_refused(site: Site) -> None:
    async with site.http.post(site.root, json={"code": "a"}) as answer:
        assert answer.status == 400
    async with site.http.put(site.root) as answer:
        assert answer.status == 405
