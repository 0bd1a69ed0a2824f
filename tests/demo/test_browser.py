"""The demo in a real browser. `TSUNAGU_TEST_PICTURES=docs/pictures` keeps what it sees for the documentation."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.processes import ROOT, BotProcess, bot_process

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PICTURES = os.environ.get("TSUNAGU_TEST_PICTURES")
#: Without these Debian's Chromium looks up its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]


async def first_line(process: BotProcess) -> str:
    assert process.process.stdout is not None
    return (await asyncio.wait_for(process.process.stdout.readline(), 60)).decode()


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """`python -m bot demo` as a newcomer starts it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"TSUNAGU_DEMO_PORT": "0", "PYTHONPATH": str(ROOT)}
        async with bot_process("demo", env=env, folder=Path(folder)) as process:
            line = await first_line(process)
            match = re.fullmatch(r"Tsunagu demo: (http://127\.0\.0\.1:\d+/)\n", line)
            assert match, line
            yield match[1]
            process.signal()
            ended = await process.finished(10)
            assert ended.code == 0
            assert (ended.out, ended.err) == ("", ""), "one line, no more"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png")


async def enter(lobby: Page, person: str, place: str) -> Page:
    """Become somebody somewhere: the tab that opens."""
    async with lobby.context.expect_page() as opened:
        await lobby.locator("form.person", has_text=person).get_by_role("button", name=place).click()
    page = await opened.value
    await expect(page.get_by_placeholder(re.compile("Message"))).to_be_visible()
    return page


async def command(page: Page, typed: str, option: str = "") -> None:
    """Type the beginning of a command, take the first offered, fill in its option, send."""
    composer = page.get_by_placeholder(re.compile("Message"))
    await composer.click()
    await page.keyboard.type(typed)
    await page.wait_for_timeout(300)
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(200)
    if option:
        await page.keyboard.type(option)
        await page.wait_for_timeout(200)
    await page.keyboard.press("Enter")


async def test_lobby_to_student_to_card_in_japanese(address: str, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1100, "height": 900}, locale="ja-JP")
    lobby = await context.new_page()
    await lobby.goto(address)
    await expect(lobby.get_by_role("heading", name="だれになりますか？")).to_be_visible()
    await picture(lobby, "lobby")

    page = await enter(lobby, "架空 そら", "# ラウンジ")
    await command(page, "/lc", "東")
    await expect(page.get_by_text(re.compile("「東」：3[0-9]件（1/2ページ）"))).to_be_visible()
    await picture(page, "find")

    await page.get_by_text("LCを選んでください").click()
    await page.get_by_text("東北大学").last.click()
    await expect(page.get_by_text("Tohoku University")).to_be_visible()
    await expect(page.get_by_text("団体会員").first).to_be_visible()
    await picture(page, "card")

    await page.get_by_role("button", name="ホーム").click()
    await expect(page.get_by_text("LCの登録はありませんが")).to_be_visible()
    await picture(page, "home")
    await page.get_by_role("button", name="全国の状況").click()
    await expect(page.get_by_text("82校のうち50校が団体会員です。")).to_be_visible()
    await page.wait_for_timeout(500)
    await picture(page, "coverage")


async def test_a_phone_and_english(address: str, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    lobby = await context.new_page()
    await lobby.goto(address)
    await lobby.get_by_role("button", name="English").tap()
    await expect(lobby.get_by_role("heading", name="Who do you want to be?")).to_be_visible()
    width = await lobby.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out at the side"
    await picture(lobby, "lobby-phone")
    page = await enter(lobby, "仮名 りく", "# ホーム")
    await page.get_by_role("button", name="ホーム / Home").tap()
    await expect(page.get_by_text("Waiting for you", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Officers and terms")).to_be_visible()
    await picture(page, "home-phone")


async def test_an_officer_brings_the_example_sheet_in(address: str, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1100, "height": 1000}, locale="ja-JP")
    lobby = await context.new_page()
    await lobby.goto(address)
    page = await enter(lobby, "仮名 りく", "# 全国役員")
    composer = page.get_by_placeholder(re.compile("Message"))
    await composer.click()
    await page.keyboard.type("/運営 取り込み")
    await page.wait_for_timeout(300)
    await page.keyboard.press("Enter")
    await page.locator("input[type=file]").first.set_input_files(ROOT / "docs/examples/lc-sheet-cp932.csv")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("「東京医化大学」という大学は名簿にありません").first).to_be_visible()
    await expect(page.get_by_text("「文芸部」は使えません").first).to_be_visible()
    await expect(page.get_by_role("button", name="取り込む")).to_have_count(0)
    await picture(page, "import")
