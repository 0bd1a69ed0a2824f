"""Health for those who watch the process, and the bot's own pages. Listens where the settings say, loopback by
default."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.errors import StartError

#: Each answers None when well, else one line about what is wrong.
Check = Callable[[], Awaitable[str | None]]


@asynccontextmanager
async def serving(
    host: str, port: int, checks: dict[str, Check], metrics: Callable[[], bytes], pages: Sequence[web.RouteDef] = ()
) -> AsyncIterator[int]:
    """``/healthz``: the process lives. ``/readyz``: every check passes (200), or which don't (503). ``/metrics``.
    ``pages``: what else there is.

    Yields the port it listens on: for ``port`` 0 a free one.

    Raises:
        StartError: the address is taken.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        trouble = {name: problem for name, check in checks.items() if (problem := await check()) is not None}
        return web.json_response(
            {"status": "not ready", "trouble": trouble} if trouble else {"status": "ok"},
            status=503 if trouble else 200,
        )

    async def numbers(_request: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", numbers)
    app.add_routes(pages)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise StartError(
                f"Can't listen on {host}:{port} ({error.strerror}). Set TSUNAGU_HTTP_PORT to a free port."
            ) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
