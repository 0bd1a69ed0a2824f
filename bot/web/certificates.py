"""``/c``: anybody checks a certificate, without a login. The name is typed, so that a code alone says nothing of whose
it is. Neither is logged, and nothing is changed or kept of who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from aiohttp import web

from bot.errors import Conflict, Invalid, UserError
from bot.features.certificates.service import CertificateService
from bot.features.certificates.values import Verdict
from bot.i18n import DEFAULT_LANGUAGE, N_, Words, words_for
from bot.limits import PerMinute
from bot.ui.certificates import verdict_lines
from bot.ui.replies import fill
from bot.web.answers import FAULT, ODD, answered, asked_for, busy, client_of, typed_in
from bot.web.guest_pages import boxed, plain_page, safe, send_button, text_field, whole_page

log = structlog.get_logger("tsunagu.web.certificates")

#: Requests a minute of one client, such as a university. Checks are limited much closer (``rules.PER_MINUTE``).
LOOKS = 300
TITLE = N_("Check a certificate")
HINT = N_("Type the code and the name as they stand on it. You then see whether it is genuine.")


class Checks:
    """One for the process."""

    def __init__(self, service: CertificateService) -> None:
        self._service = service
        self._looks = PerMinute(LOOKS)
        #: Requests from outside take no more of the database's connections; Discord's answers need them.
        self._at_work = asyncio.Semaphore(2)

    def routes(self) -> list[web.RouteDef]:
        """``GET``, ``HEAD`` and ``POST``."""
        return [web.get("/c", self.show), web.post("/c", self.send)]

    async def show(self, request: web.Request) -> web.Response:
        """The form. The QR code on a certificate brings its code along."""
        words = words_for(asked_for(request) or DEFAULT_LANGUAGE)
        if not self._looks.allows(client_of(request), self._service.clock.now()):
            return busy(words)
        return answered(check_page(words, {"code": request.query.get("code", "")[:40]}), 200, words)

    async def send(self, request: web.Request) -> web.Response:
        words = words_for(asked_for(request) or DEFAULT_LANGUAGE)
        client = client_of(request)
        if not self._looks.allows(client, self._service.clock.now()):
            return busy(words)
        typed = await typed_in(request)
        if typed is None:
            return answered(plain_page(words, words("That didn't work"), words(ODD)), 400, words)
        try:
            async with self._at_work:
                code, name = typed.get("code", ""), typed.get("name", "")
                found = await self._service.check_outside(client, code, name)
        except Conflict:
            return busy(words)
        except UserError as error:
            told = fill(error.message, error.params, words, escape=False)
            return answered(check_page(words, typed, error=told), 422 if isinstance(error, Invalid) else 409, words)
        except Exception:  # aiohttp's own line about it might have the name in it
            log.exception("a certificate couldn't be checked")
            page = plain_page(words, words("That didn't work"), words(FAULT))
            return answered(page, 503, words, {"Retry-After": "120"})
        return answered(verdict_page(words, found), 200, words)


def check_page(words: Words, typed: Mapping[str, str], *, error: str = "") -> str:
    fields = text_field("code", words("Code"), typed, required=True)
    fields += text_field("name", words("Name on the certificate"), typed, required=True)
    form = send_button("check", words("Check"), words, is_main=True, inner=fields)
    title = words(TITLE)
    return whole_page(title, [boxed(error, "bad"), f"<h1>{safe(title)}</h1><p>{safe(words(HINT))}</p>", form], words)


def verdict_page(words: Words, found: Verdict | None) -> str:
    """Yes or no. What was typed isn't in it."""
    title, (first, *rest) = words(TITLE), verdict_lines(found, words)
    lines = "".join(f"<p>{safe(one)}</p>" for one in rest)
    again = f'<p><a href="?lang={words.language}">{safe(words("Check another one"))}</a></p>'
    parts = [f"<h1>{safe(title)}</h1>", boxed(first, "" if found is not None else "bad"), lines, again]
    return whole_page(title, parts, words, may_turn=False)
