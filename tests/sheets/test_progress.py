from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from bot.features.sheets.records import Progress, Stage
from bot.i18n import words_for
from bot.ui import progress as shown
from bot.ui.pages import Page
from bot.ui.requests import Request
from cogs.sheets.render import progress_page


class Shown:
    """Stands for a request that was deferred: notes what it is asked to show."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    async def show(self, page: Page) -> None:
        self.pages.append(page)


async def test_progress_is_shown_now_and_then_and_never_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PAUSE", 0.05)
    request, progress = Shown(), Progress(total=100)
    async with shown.shown_meanwhile(cast("Request", request), lambda: progress_page(progress, words_for("ja"))):
        for done in range(100):
            progress.done = done
            await asyncio.sleep(0.003)
    seen = len(request.pages)
    assert 2 <= seen <= 0.5 / 0.05
    await asyncio.sleep(0.12)
    assert len(request.pages) == seen
    assert "内容を確認しています" in request.pages[0].title


async def test_what_is_done_at_once_shows_no_progress() -> None:
    request: Any = Shown()
    async with shown.shown_meanwhile(request, lambda: Page("…")):
        await asyncio.sleep(0)
    assert request.pages == []


async def test_a_failure_comes_through() -> None:
    request: Any = Shown()
    with pytest.raises(ZeroDivisionError):
        async with shown.shown_meanwhile(request, lambda: Page("…")):
            raise ZeroDivisionError


def test_the_bar_fills() -> None:
    page = progress_page(Progress(Stage.WRITING, 2500, 5000), words_for("en"))
    assert (page.title, page.text) == ("Writing …", "`██████████░░░░░░░░░░` 2500 / 5000")
