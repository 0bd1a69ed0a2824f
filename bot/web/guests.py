"""``/a/<token>``: an address without a login, for people on LINE, mail and paper.

The token is all that guards what it shows. It is never logged, as with calendars (``bot.web.calendars``). GET changes
nothing, as LINE and mail open what they show a preview of. Only POST does, and the answer leads to a page that can be
loaded again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from bot.errors import Invalid, NotFound, UserError
from bot.features.guests.rules import GONE, Entry, SameName, new_token
from bot.features.guests.service import GuestService
from bot.features.guests.values import Shown
from bot.i18n import DEFAULT_LANGUAGE, Words, words_for
from bot.limits import PerMinute
from bot.ui.replies import fill
from bot.web.answers import FAULT, HEADERS, ODD, Typed, answered, asked_for, busy, client_of, typed_in
from bot.web.guest_pages import gone_page, personal_page, plain_page, shared_page

log = structlog.get_logger("tsunagu.web.guests")

#: Requests a minute: of one client (a university may stand behind it), and to one address (a group of hundreds may have
#: a shared one).
LOOKS_OF_A_CLIENT, LOOKS_AT_AN_ADDRESS = 300, 600
SENDS_OF_A_CLIENT, SENDS_TO_AN_ADDRESS = 120, 300
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
Step = Callable[[GuestService, str, Mapping[str, str]], Awaitable[None]]


async def _nothing(_request: web.Request) -> Typed:
    return None


class Guests:
    """One for the process. ``public_url``: under which it is reached; None: nobody is told of an address."""

    def __init__(self, service: GuestService, public_url: str | None = None) -> None:
        self._service, self._public = service, public_url
        self._looks = PerMinute(LOOKS_OF_A_CLIENT), PerMinute(LOOKS_AT_AN_ADDRESS)
        self._sends = PerMinute(SENDS_OF_A_CLIENT), PerMinute(SENDS_TO_AN_ADDRESS)
        #: People who come by an address take no more of the database's connections; Discord's answers need them.
        self._at_work = asyncio.Semaphore(2)

    def routes(self) -> list[web.RouteDef]:
        """``GET``, ``HEAD`` and ``POST``."""
        return [web.get("/a/{token}", self.show), web.post("/a/{token}", self.send)]

    async def show(self, request: web.Request) -> web.Response:
        return await self._guarded(request, self._looks, self._show)

    async def send(self, request: web.Request) -> web.Response:
        return await self._guarded(request, self._sends, self._send, read=typed_in)

    async def _guarded(
        self,
        request: web.Request,
        limits: tuple[PerMinute, PerMinute],
        answer: Callable[[web.Request, Shown, Words, Typed], Awaitable[web.Response]],
        *,
        read: Callable[[web.Request], Awaitable[Typed]] = _nothing,
    ) -> web.Response:
        """``read`` takes in the request's body before the request has its turn: a slow sender keeps nobody waiting."""
        words = words_for(asked_for(request) or DEFAULT_LANGUAGE)
        of_client, to_address = limits
        now = self._service.clock.now()
        if not of_client.allows(client_of(request), now):
            return busy(words)
        try:
            typed = await read(request)
            async with self._at_work:
                shown = await self._looked(request.match_info["token"])
                if not to_address.allows(shown.address_id, now):
                    return busy(words)
                return await answer(request, shown, _words(request, shown), typed)
        except NotFound:
            return answered(gone_page(words), 404, words)
        except Exception as error:  # aiohttp's own line about it might have the address in it
            if isinstance(error, web.HTTPException):
                raise
            log.exception("an address couldn't be answered")
            page = plain_page(words, words("That didn't work"), words(FAULT))
            return answered(page, 503, words, {"Retry-After": "120"})

    async def _looked(self, token: str) -> Shown:
        """Raises NotFound. Nothing is looked up that can't be a token."""
        shown = await self._service.look(token) if _TOKEN.fullmatch(token) else None
        if shown is None:
            raise NotFound(GONE)
        return shown

    async def _show(self, request: web.Request, shown: Shown, words: Words, _typed: Typed) -> web.Response:
        return answered(self._page(request, shown, words, said=request.query.get("said", "")), 200, words)

    async def _send(self, request: web.Request, _shown: Shown, words: Words, typed: Typed) -> web.Response:
        token = request.match_info["token"]
        do = "" if typed is None else typed.get("do", "")
        if typed is None or (do != "enter" and do not in STEPS):
            return answered(plain_page(words, words("That didn't work"), words(ODD)), 400, words)
        try:
            if do == "enter":
                return _onwards(request, await self._service.enter(token, _entry(typed)), "entered")
            step, said = STEPS[do]
            await step(self._service, token, typed)
        except NotFound:
            raise
        except UserError as error:
            page = self._page(request, await self._looked(token), words, typed=typed, error=error)
            return answered(page, 422 if isinstance(error, Invalid) else 409, words)
        if do == "forget":
            return answered(plain_page(words, words("Deleted"), words("Your data was deleted. Thank you.")), 200, words)
        return _onwards(request, "", said)

    def _page(
        self,
        request: web.Request,
        shown: Shown,
        words: Words,
        *,
        said: str = "",
        typed: Mapping[str, str] | None = None,
        error: UserError | None = None,
    ) -> str:
        told = fill(error.message, error.params, words, escape=False) if error is not None else ""
        if shown.is_shared:
            is_same = isinstance(error, SameName)
            return shared_page(shown, words, once=new_token(), typed=typed, error=told, is_same_name=is_same)
        root = self._public or f"{request.scheme}://{request.host}"
        address = f"{root}/a/{request.match_info['token']}"
        return personal_page(shown, words, address=address, said=said, typed=typed, error=told)


async def _accept(service: GuestService, token: str, _typed: Mapping[str, str]) -> None:
    await service.accept(token)


async def _refuse(service: GuestService, token: str, _typed: Mapping[str, str]) -> None:
    await service.refuse(token)


async def _leave(service: GuestService, token: str, _typed: Mapping[str, str]) -> None:
    await service.leave(token)


async def _rename(service: GuestService, token: str, typed: Mapping[str, str]) -> None:
    await service.rename(token, typed.get("name", ""))


async def _again(service: GuestService, token: str, typed: Mapping[str, str]) -> None:
    await service.again(token, _number(typed.get("answer", "")), _given(typed))


async def _answer_questions(service: GuestService, token: str, typed: Mapping[str, str]) -> None:
    await service.answer(token, _given(typed))


async def _forget(service: GuestService, token: str, _typed: Mapping[str, str]) -> None:
    await service.forget(token)


#: What a personal page sends, and what is said afterwards.
STEPS: Mapping[str, tuple[Step, str]] = {
    "accept": (_accept, "accepted"),
    "refuse": (_refuse, "refused"),
    "leave": (_leave, "left"),
    "rename": (_rename, "renamed"),
    "again": (_again, "entered"),
    "answers": (_answer_questions, "answered"),
    "forget": (_forget, ""),
}


def _entry(typed: Mapping[str, str]) -> Entry:
    once = typed.get("once", "")
    return Entry(
        typed.get("name", ""),
        typed.get("school", ""),
        _number(typed.get("answer", "")),
        once if _TOKEN.fullmatch(once) else "",
        is_another=typed.get("another") == "1",
        given=_given(typed),
    )


def _given(typed: Mapping[str, str]) -> dict[int, list[str]]:
    """What was answered to the event's own questions: fields such as ``q12``. Several options stand on several lines;
    ``w12`` is what somebody wrote, on however many."""
    given: dict[int, list[str]] = {}
    for name, value in typed.items():
        number = _number(name[1:])
        if number is not None and name[0] == "q":
            given[number] = list(filter(None, value.split("\n")))
        elif number is not None and name[0] == "w":
            given[number] = [value] if value.strip() else []
    return given


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _onwards(request: web.Request, token: str, said: str) -> web.Response:
    """To a page that can be loaded again. Relative, as a proxy may have put the address below a path of its own."""
    language = asked_for(request)
    query = f"?said={said}" + (f"&lang={language}" if language else "")
    return web.Response(status=303, headers={**HEADERS, "Location": f"{token}{query}"})


def _words(request: web.Request, shown: Shown) -> Words:
    return words_for(asked_for(request) or shown.organisation.language)
