"""Being somebody in the demo, in a real browser. ``TSUNAGU_TEST_PICTURES=docs/pictures`` keeps what it sees."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.waiting import until_it_is

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PICTURES = os.environ.get("TSUNAGU_TEST_PICTURES")
#: Without these Debian's Chromium looks up its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

#: For the modules that need it.
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]


#: A limit for what hangs: a busy machine has its time. Milliseconds.
LONGEST = 120_000
expect.set_options(timeout=LONGEST)


async def visitor(browser: Browser, **options: Any) -> BrowserContext:
    """Somebody at a browser, whose presses wait as long as ``expect`` does. Playwright's own limit is 30 seconds."""
    context = await browser.new_context(**options)
    context.set_default_timeout(LONGEST)
    return context


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png")


async def enter(lobby: Page, person: str, place: str | re.Pattern[str]) -> Page:
    """Become somebody somewhere: the tab that opens."""
    async with lobby.context.expect_page() as opened:
        await lobby.locator("form.person", has_text=person).get_by_role("button", name=place).click()
    page = await opened.value
    await expect(page.locator("#channel-composer-input")).to_be_visible()
    await at_rest(page)
    return page


async def pick(page: Page, menu: str, option: str) -> None:
    """Choose in a menu, once the preview is done with what came before: it takes no choice until then, although the
    answer can be read already."""
    await at_rest(page)
    await page.get_by_text(menu).click()
    await page.get_by_text(option, exact=True).last.click()


def offered(page: Page, option: str) -> Locator:
    """An option of the menu that is open. A message may have the same words, and is there before the menu opens."""
    return page.get_by_role("option").filter(has_text=option, visible=True).first


async def at_rest(page: Page) -> None:
    await until_it_is(lambda: page.evaluate("window.simcordPreview.ready"))


async def begin_command(page: Page, typed: str) -> None:
    """Type the beginning of a command and take the first offered."""
    await page.locator("#channel-composer-input").click()
    await page.keyboard.type(typed)
    await page.get_by_role("option").filter(visible=True).first.wait_for()
    await page.keyboard.press("Enter")


async def command(page: Page, typed: str, option: str = "") -> None:
    """The same, fill in its option, send."""
    await begin_command(page, typed)
    if option:
        await page.locator(".command-pill input").first.fill(option)
    await at_rest(page)
    await page.get_by_role("button", name="Send").click()


async def named_option(page: Page, typed: str, option: str, value: str) -> None:
    """Begin a command, choose one of the options that may be left out by the name it shows, fill it in, send."""
    await begin_command(page, typed)
    await page.get_by_role("button", name=re.compile(r"^\+\d+ options$")).click()
    await page.get_by_text(option, exact=True).last.click()
    await page.keyboard.type(value)
    await at_rest(page)
    await page.get_by_role("button", name="Send").click()


async def choose_file(page: Page, typed: str, file: str | Path, content: bytes) -> None:
    """Type a command whose only option is a file, and send it."""
    await begin_command(page, typed)
    chosen: Any = {"name": str(file), "mimeType": "text/csv", "buffer": content}
    await page.locator(".command-pill input[type=file]").set_input_files(chosen)
    await page.get_by_role("button", name="Send").click()
