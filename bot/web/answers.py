"""What pages without a login share: reading what a form sends, whom it comes from, in which language, and answering."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from bot.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, Words, supported, words_for
from bot.web.guest_pages import POLICY, plain_page

#: Octets of what is sent, and seconds until all of it has arrived: time enough for a phone on a train.
LARGEST, SLOWEST = 128 * 1024, 30.0
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
BUSY = N_("Too many requests arrive right now. Please try again in a minute.")
FAULT = N_("Something went wrong on our side, and nothing was changed. Please try again in a few minutes.")
ODD = N_("That couldn't be read. Please open the link again.")
SLOW = N_("Your answer took too long to arrive, and nothing was changed. Please try again.")

#: The fields of a form; None for anything else.
Typed = Mapping[str, str] | None


async def typed_in(request: web.Request) -> Typed:
    """Raises HTTPRequestTimeout: it took too long. HTTPBadRequest: the sender hung up, and reads no answer."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        async with asyncio.timeout(SLOWEST):
            body = await _body(request)
    except TimeoutError:
        words = words_for(asked_for(request) or DEFAULT_LANGUAGE)
        page = plain_page(words, words("That didn't work"), words(SLOW))
        late = web.HTTPRequestTimeout(text=page, content_type="text/html", headers=headers_in(words))
        late.force_close()
        raise late from None
    except (OSError, web.RequestPayloadError):
        raise web.HTTPBadRequest from None
    if body is None:
        return None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    typed: dict[str, str] = {}
    for name, value in pairs:  # a field that is there several times has several lines
        typed[name] = f"{typed[name]}\n{value}" if name in typed else value
    return typed


async def _body(request: web.Request) -> bytes | None:
    """None: it is larger than anything of ours."""
    body = b""
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


def busy(words: Words) -> web.Response:
    page = plain_page(words, words("Please wait a minute"), words(BUSY))
    return answered(page, 429, words, {"Retry-After": "60"})


def answered(page: str, status: int, words: Words, more: Mapping[str, str] | None = None) -> web.Response:
    headers = {**headers_in(words), **(more or {})}
    return web.Response(text=page, status=status, content_type="text/html", charset="utf-8", headers=headers)


def headers_in(words: Words) -> dict[str, str]:
    return {**HEADERS, "Content-Language": words.language}


def asked_for(request: web.Request) -> str | None:
    """The language that the reader chose, else the first of theirs that we speak."""
    if (chosen := request.query.get("lang")) in LANGUAGES:
        return chosen
    spoken = (supported(one.split(";")[0].strip()) for one in request.headers.get("Accept-Language", "").split(","))
    return next(filter(None, spoken), None)


def client_of(request: web.Request) -> str:
    """Who asks. A proxy on this machine or in its network says for whom: the last entry is its own."""
    peer = request.remote or ""
    try:
        is_near = ipaddress.ip_address(peer).is_private
    except ValueError:
        is_near = False
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told[:64] if is_near and told else peer
