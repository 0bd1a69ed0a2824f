from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.demo.browsing import CHROMIUM, FLAGS
from tests.support.processes import ROOT, BotProcess, bot_process
from tests.support.waiting import HANG


async def first_line(process: BotProcess) -> str:
    assert process.process.stdout is not None
    return (await asyncio.wait_for(process.process.stdout.readline(), HANG)).decode()


@dataclass(frozen=True)
class RunningDemo:
    address: str
    database: Path


@pytest.fixture
async def running() -> AsyncIterator[RunningDemo]:
    """`python -m bot demo` as a newcomer starts it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"TSUNAGU_DEMO_PORT": "0", "PYTHONPATH": str(ROOT)}
        async with bot_process("demo", env=env, folder=Path(folder)) as process:
            line = await first_line(process)
            match = re.fullmatch(r"Tsunagu demo: (http://127\.0\.0\.1:\d+/)\n", line)
            assert match, line
            yield RunningDemo(match[1], Path(folder) / "var/demo/tsunagu.db")
            process.signal()
            ended = await process.finished()
            assert ended.code == 0
            assert (ended.out, ended.err) == ("", ""), "one line, no more"


@pytest.fixture
async def address(running: RunningDemo) -> str:
    return running.address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
