"""The progress of long work, shown by editing the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bot.ui.pages import Page
from bot.ui.patience import FAILURES
from bot.ui.requests import Request

#: Seconds between two edits.
PAUSE = 2.0


@asynccontextmanager
async def shown_meanwhile(request: Request, page: Callable[[], Page]) -> AsyncIterator[None]:
    """While the body runs, show ``page()`` every two seconds. The request has to be deferred.

    Work that takes less than two seconds shows nothing: its result is there.
    """

    async def show() -> None:
        while True:
            await asyncio.sleep(PAUSE)
            with suppress(*FAILURES):  # the work goes on whether or not it can be shown
                await request.show(page())

    showing = asyncio.create_task(show(), name="progress")
    try:
        yield
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing
