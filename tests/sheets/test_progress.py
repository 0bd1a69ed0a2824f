from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

import pytest

from bot.features.sheets.values import Progress, Stage
from bot.i18n import words_for
from bot.ui import progress as shown
from bot.ui.pages import Page
from bot.ui.requests import Request
from cogs.sheets.pages import progress_page
from tests.support.waiting import until


class Shown:
    """Stands for a request that was deferred: notes what it is asked to show."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    async def show(self, page: Page) -> None:
        self.pages.append(page)


def _has(request: Shown, pages: int) -> bool:
    return len(request.pages) >= pages


async def test_progress_is_shown_now_and_then_and_never_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PAUSE", 0.01)
    request, progress = Shown(), Progress(total=100)
    async with shown.shown_meanwhile(cast("Request", request), lambda: progress_page(progress, words_for("ja"))):
        for wanted in (1, 2, 3):
            progress.done = 10 * wanted
            await until(partial(_has, request, wanted))
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "progress"]
    assert "内容を確認しています" in request.pages[0].title


async def test_what_is_done_at_once_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PAUSE", 3600)
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
    assert (page.title, page.text) == ("Importing …", "`██████████░░░░░░░░░░` 2500 / 5000")
