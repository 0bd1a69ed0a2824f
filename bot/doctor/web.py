"""Does the bot answer on its port, and through its public address?"""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.doctor.report import Report
from bot.settings import Settings
from bot.web.probe import local_address

_SECONDS = 10


async def check(report: Report, settings: Settings) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as http:
        running = await _port(report, settings, http)
        await _public_address(report, settings, http, running=running)


async def _port(report: Report, settings: Settings, http: aiohttp.ClientSession) -> bool:
    words = report.words
    if settings.http_port == 0:
        report.notice(
            words("The bot uses any free port, so this check can't tell whether it's running."),
            words("Set TSUNAGU_HTTP_PORT to a fixed port, usually 8081."),
        )
        return False
    address = local_address(settings)
    answer = await _ask(http, f"{address}/readyz")
    if answer is None:
        report.notice(
            words("The bot isn't running here: {address} doesn't respond.", address=address),
            words("Start it (python -m bot run), unless you stopped it on purpose."),
        )
        return False
    status, body = answer
    if body is None or "status" not in body:
        report.problem(
            words("Another program is using {address}.", address=address),
            words("Set TSUNAGU_HTTP_PORT to a free port."),
        )
        return False
    if status == 200:
        report.ok(words("The bot is running and ready at {address}.", address=address))
    else:
        trouble = ", ".join(f"{name} ({why})" for name, why in body.get("trouble", {}).items())
        report.problem(
            words("The bot is running but isn't ready: {trouble}", trouble=trouble),
            words("Wait a minute and check again. If nothing changes, look at its log."),
        )
    return True


async def _public_address(
    report: Report, settings: Settings, http: aiohttp.ClientSession, *, running: bool
) -> None:  # fmt: skip
    words, address = report.words, settings.public_url
    if address is None:
        report.ok(words("No public address is set, so the bot doesn't show links to its own pages."))
        return
    answer = await _ask(http, f"{address}/healthz")
    if answer is not None and answer[0] == 200 and answer[1] == {"status": "ok"}:
        report.ok(words("The bot can be reached at {address}.", address=address))
        return
    said = words("no response") if answer is None else f"HTTP {answer[0]}"
    advice = (
        words("Make sure the reverse proxy or tunnel forwards to {local}, and check its domain name and "
              "certificate.",
              local=local_address(settings))
        if running
        else words("Start the bot first, then check again.")
    )  # fmt: skip
    report.problem(words("The bot can't be reached at {address} ({said}).", address=address, said=said), advice)


async def _ask(http: aiohttp.ClientSession, address: str) -> tuple[int, dict[str, Any] | None] | None:
    """Status and JSON of what answers; None if nothing does."""
    try:
        async with http.get(address, allow_redirects=False) as answer:
            content = await answer.content.read(65_536)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return answer.status, body if isinstance(body, dict) else None
