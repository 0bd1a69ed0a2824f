"""The pages behind an address, as phones and scanners see them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.db import Database
from bot.features import Services
from bot.features.events.lists import Which
from bot.features.events.models import AnswerKind
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.service import EventService
from bot.features.guests.inviting import InvitingService
from bot.features.guests.service import GuestService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.web import answers
from bot.web.answers import LARGEST
from bot.web.guest_pages import STYLE
from bot.web.guests import LOOKS_OF_A_CLIENT, Guests
from tests.guests.support import TEXT, opened
from tests.support.clocks import FakeClock
from tests.support.loopback import on_loopback
from tests.support.waiting import HANG, until

LINK = "https://us02web.zoom.us/j/123"


class Site:
    """``answered``: the status of each request that is done with."""

    def __init__(self, http: aiohttp.ClientSession, port: int, answered: list[int]) -> None:
        self.http, self.root, self.port, self.answered = http, f"http://127.0.0.1:{port}/a", port, answered

    async def begun(self, token: str, body: bytes, length: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A form of ``length`` octets that the server has begun to read. So far it has only ``body``."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"POST /a/{token} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        return reader, writer

    async def get(
        self, token: str, method: str = "GET", query: str = "", **headers: str
    ) -> tuple[int, Mapping[str, str], str]:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, f"{self.root}/{token}{query}", headers=found) as answer:
            return answer.status, answer.headers, await answer.text()

    async def post(self, token: str, query: str = "", **fields: str) -> tuple[int, Mapping[str, str], str]:
        async with self.http.post(f"{self.root}/{token}{query}", data=fields, allow_redirects=False) as answer:
            return answer.status, answer.headers, await answer.text()

    async def enter(self, token: str, name: str, **fields: str) -> str:
        """The token of their own address."""
        _, _, page = await self.get(token)
        (once,) = re.findall(r'name="once" value="([\w-]{43})"', page)
        status, headers, _ = await self.post(token, **{"do": "enter", "once": once, "name": name, **fields})
        assert status == 303, status
        return headers["Location"].partition("?")[0]


@pytest.fixture
async def site(services: Services) -> AsyncIterator[Site]:
    answered: list[int] = []

    @web.middleware
    async def noted(request: web.Request, handler: Any) -> web.StreamResponse:
        status = 500
        try:
            response: web.StreamResponse = await handler(request)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            answered.append(status)

    app = web.Application(middlewares=[noted])
    app.add_routes(Guests(services[GuestService], "https://bot.example.org").routes())
    async with on_loopback(app) as port, aiohttp.ClientSession() as http:
        yield Site(http, port, answered)


@pytest.fixture
async def token(services: Services, representative: Actor) -> str:
    return (await opened(services, representative))[1]


async def people(database: Database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(Person)) or 0


async def test_looking_changes_nothing_and_loads_nothing_from_elsewhere(
    site: Site, token: str, database: Database
) -> None:
    before = await people(database)
    for method in ("GET", "HEAD", "GET"):
        status, headers, page = await site.get(token, method)
        assert status == 200
    assert await people(database) == before
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert (headers["X-Frame-Options"], headers["X-Robots-Tag"]) == ("DENY", "noindex")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert f"<style>{STYLE}</style>" in page, "what the policy allows"
    assert "症例勉強会" in page
    assert "12月5日(土) 19:00〜21:00" in page
    assert LINK not in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="https?:', page)


async def test_each_reader_has_their_language(site: Site, token: str) -> None:
    for query, spoken, language in (
        ("", "", "ja"), ("", "en-GB,en;q=0.8", "en"), ("?lang=ja", "en", "ja"), ("?lang=en", "", "en"),
        ("?lang=fr", "fr, en;q=0.5", "en"),
    ):  # fmt: skip
        status, headers, page = await site.get(token, query=query, Accept_Language=spoken)
        assert (status, headers["Content-Language"]) == (200, language), (query, spoken)
        assert ("お名前" in page) is (language == "ja")


async def test_somebody_enters_and_sees_their_own_page(site: Site, token: str) -> None:
    own = await site.enter(token, "札幌 四郎", school="札幌医科大学")
    assert own != token
    status, _, page = await site.get(own, query="?said=entered")
    assert status == 200
    assert "申し込みを受け付けました" in page
    assert f'<a href="{LINK}" rel="noopener noreferrer">' in page
    assert f"https://bot.example.org/a/{own}" in page
    _, _, shared = await site.get(token)
    assert "札幌" not in shared
    assert "2人中1人" in shared


async def test_full_line_offer_accept_and_leave_by_buttons_alone(site: Site, token: str) -> None:
    first, second, third = [await site.enter(token, name) for name in ("一 郎", "二 郎", "三 郎")]
    assert "1人中1番目" in (await site.get(third))[2]
    assert LINK not in (await site.get(third))[2]
    assert (await site.post(first, do="leave"))[0] == 303
    page = (await site.get(third))[2]
    assert "席を確保しています" in page
    assert LINK not in page
    status, headers, _ = await site.post(third, "?lang=ja", do="accept")
    assert (status, headers["Location"]) == (303, "?said=accepted&lang=ja")
    assert LINK in (await site.get(third))[2]
    status, _, page = await site.post(first, do="accept")
    assert status == 409
    assert 'role="alert"' in page
    assert (await site.post(first, do="again"))[0] == 303
    assert "キャンセル待ち" in (await site.get(first))[2]
    assert LINK in (await site.get(second))[2]


async def test_an_error_is_shown_with_what_was_typed(site: Site, token: str, database: Database) -> None:
    before = await people(database)
    status, _, page = await site.post(token, do="enter", name="@everyone", school="<b>札幌</b>")
    assert status == 422
    assert 'value="@everyone"' in page
    assert 'value="&lt;b&gt;札幌&lt;/b&gt;"' in page
    assert 'role="alert"' in page
    assert await people(database) == before
    await site.enter(token, "札幌 四郎")
    status, _, page = await site.post(token, do="enter", name="札幌　四郎", school="北大")
    assert status == 409
    assert 'name="another"' in page
    assert 'value="北大"' in page
    assert (await site.post(token, do="enter", name="札幌 四郎", another="1"))[0] == 303


async def test_a_form_sent_twice_is_once(site: Site, token: str) -> None:
    _, _, page = await site.get(token)
    (once,) = re.findall(r'name="once" value="([\w-]{43})"', page)
    places = {(await site.post(token, do="enter", once=once, name="札幌 四郎"))[1]["Location"] for _ in range(2)}
    assert len(places) == 1
    assert (await site.post(token, do="enter", once=once, name="鈴木 一"))[1]["Location"] not in places


async def test_nothing_that_people_write_becomes_markup(site: Site, services: Services, representative: Actor) -> None:
    event, token = await opened(services, representative, TEXT.replace("症例勉強会", "<script>alert(1)</script>会"))
    await services[EventService].edit(
        representative, event.event_id, event.version, text='"><img src=x onerror=alert(1)>', place="<i>A棟</i>"
    )
    own = await site.enter(token, "<b>太郎</b>", school="'\"><svg>")
    for page in [(await site.get(one))[2] for one in (token, own)]:
        for markup in ("<script", "<img", "<i>", "<b>", "<svg"):
            assert markup not in page, markup


async def test_revoked_unknown_and_odd_addresses_are_answered_alike(
    site: Site, token: str, services: Services, representative: Actor
) -> None:
    (event,) = await services[EventService].coming(representative, Which.COMING, 0)
    await services[InvitingService].end(representative, event.event_id)
    answers = [await site.get(one) for one in (token, "A" * 43, "A" * 42, "short", f"{'A' * 42}%00", "..%2f..")]
    answers += [await site.post(one, do="enter", name="遅れ 太郎") for one in (token, "A" * 43)]
    for status, headers, page in answers:
        assert (status, page) == (404, answers[0][2])
        assert headers.keys() == answers[0][1].keys()
    assert "もう使えません" in answers[0][2]


async def test_what_is_no_form_of_ours_is_refused(site: Site, token: str) -> None:
    for data, kind in (
        (b"do=enter&name=" + b"a" * LARGEST, "application/x-www-form-urlencoded"),
        (b"do=enter&name=%ff%fe", "application/x-www-form-urlencoded"),
        (b"do=enter&name=\xff", "application/x-www-form-urlencoded"),
        ("&".join(f"a{n}=1" for n in range(50)).encode(), "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"do=drop", "application/x-www-form-urlencoded"),
        (b'{"do":"enter"}', "application/json"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ):
        url = f"{site.root}/{token}"
        async with site.http.post(url, data=data, headers={"Content-Type": kind}, allow_redirects=False) as answer:
            assert answer.status == 400, (data[:30], kind)
    async with site.http.put(f"{site.root}/{token}") as answer:
        assert answer.status == 405


async def test_names_are_changed_and_data_deleted(
    site: Site, token: str, services: Services, representative: Actor
) -> None:
    own = await site.enter(token, "札幌 四郎")
    assert (await site.post(own, do="rename", name="札幌 五郎"))[0] == 303
    assert "札幌 五郎" in (await site.get(own))[2]
    status, _, page = await site.post(own, do="rename", name="@here")
    assert (status, 'value="@here"' in page) == (422, True)
    status, _, page = await site.post(own, do="forget")
    assert (status, "削除しました" in page) == (200, True)
    assert (await site.get(own))[0] == 404


async def test_the_events_own_questions_stand_in_the_form_and_on_the_page(
    site: Site, services: Services, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    drafts = (
        QuestionDraft("学年", "Year", AnswerKind.CHOICE, ("1年", "2年"), is_required=True),
        QuestionDraft("一言<b>", "A word", AnswerKind.SHORT),
        QuestionDraft("食べられないもの", "Food", AnswerKind.SEVERAL, ("卵", "そば")),
        QuestionDraft("来ますか", "Sure?", AnswerKind.YES_NO),
    )
    year, word, food, sure = [
        await services[QuestionService].add(representative, event.event_id, draft) for draft in drafts
    ]
    page = (await site.get(token))[2]
    assert f'<select id="q{year}" name="q{year}" required>' in page
    assert "一言&lt;b&gt;" in page
    assert "7日" in page, "food is sensitive"
    status, _, page = await site.post(token, **{"do": "enter", "name": "札幌 四郎", f"w{word}": '"こん"'})
    assert status == 409
    assert 'value="&quot;こん&quot;"' in page
    fields = [
        ("do", "enter"), ("name", "札幌 四郎"), (f"q{year}", "2年"), (f"w{word}", "こん"), (f"q{food}", ""),
        (f"q{food}", "卵"), (f"q{food}", "そば"), (f"q{sure}", "yes"),
    ]  # fmt: skip
    async with site.http.post(f"{site.root}/{token}", data=fields, allow_redirects=False) as answer:
        own = answer.headers["Location"].partition("?")[0]
    page = (await site.get(own))[2]
    assert '<option value="2年" selected>' in page
    assert page.count(" checked>") == 2
    changed = await site.post(
        own, **{"do": "answers", f"q{year}": "1年", f"q{food}": "", f"w{word}": "", f"q{sure}": ""}
    )
    assert (changed[0], changed[1]["Location"]) == (303, "?said=answered")
    page = (await site.get(own, query="?said=answered"))[2]
    assert '<option value="1年" selected>' in page
    assert " checked>" not in page
    assert "回答を保存しました" in page


async def test_who_asks_too_often_waits_and_the_others_do_not(site: Site, token: str, clock: FakeClock) -> None:
    own = await site.enter(token, "札幌 四郎")
    clock.go(minutes=1)
    many = [(await site.get(own, X_Forwarded_For="spoofed, 192.0.2.1"))[0] for _ in range(LOOKS_OF_A_CLIENT + 1)]
    assert many == [*[200] * LOOKS_OF_A_CLIENT, 429]
    status, headers, page = await site.get(own, X_Forwarded_For="192.0.2.1")
    assert (status, headers["Retry-After"], "集中" in page) == (429, "60", True)
    assert (await site.get(own, X_Forwarded_For="192.0.2.1, 192.0.2.2"))[0] == 200, "the last entry is the proxy's"
    clock.go(minutes=1)
    assert (await site.get(own, X_Forwarded_For="192.0.2.1"))[0] == 200


async def test_a_fault_names_no_address(
    site: Site, token: str, services: Services, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(services[GuestService], "look", broken)
    status, headers, page = await site.get(token)
    assert (status, headers["Retry-After"]) == (503, "120")
    assert "不具合" in page
    assert "an address couldn't be answered" in caplog.text
    assert token not in caplog.text


async def test_slow_senders_keep_nobody_waiting(site: Site, token: str, database: Database) -> None:
    body = "do=enter&name=遅れ 太郎".encode()
    slow = [await site.begun(token, body[:5], len(body)) for _ in range(5)]
    async with asyncio.timeout(HANG):
        assert (await site.get(token))[0] == 200
        assert (await site.post(token, do="enter", name="札幌 四郎"))[0] == 303
    before = await people(database)
    reader, writer = slow[0]
    writer.write(body[5:])
    assert (await reader.readline()).startswith(b"HTTP/1.1 303 "), "it is read all the same"
    assert await people(database) == before + 1
    for _, writer in slow:
        writer.close()
    await until(lambda: len(site.answered) == 2 + len(slow))


async def test_a_form_that_never_arrives_is_not_waited_for_without_end(
    site: Site, token: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SLOWEST", 0.05)
    before = await people(database)
    reader, writer = await site.begun(token, b"do=enter&name=", 100)
    answer = (await reader.read()).decode()
    assert answer.startswith("HTTP/1.1 408 "), answer[:300]
    assert "Cache-Control: no-store" in answer
    assert "Connection: close" in answer
    assert "時間がかかりすぎ" in answer
    assert await people(database) == before
    writer.close()


async def test_a_sender_who_hangs_up_is_no_error(
    site: Site, token: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = await people(database)
    for end in (asyncio.StreamWriter.close, lambda writer: writer.transport.abort()):
        site.answered.clear()
        _, writer = await site.begun(token, b"do=enter&name=abc", 100)
        end(writer)
        await until(lambda: site.answered)
        assert site.answered == [400]
    assert [one.getMessage() for one in caplog.records if one.levelname in ("WARNING", "ERROR")] == []
    assert await people(database) == before
