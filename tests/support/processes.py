"""The bot as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import HANG

ROOT = Path(__file__).parents[2]


@dataclass
class Finished:
    code: int
    out: str
    err: str


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours without what a developer may have set, and with ``extra``. Copies go where one is from the far future: so
    no process makes up for a night, or makes its first, that isn't there for that."""
    copies = Path(tempfile.gettempdir()) / f"tsunagu-tests-{os.getpid()}"
    copies.mkdir(exist_ok=True)
    (copies / "tsunagu-29991231-000000.db").touch()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TSUNAGU_") and k != "DISCORD_TOKEN"}
    return {**kept, "PYTHONWARNINGS": "ignore", "TSUNAGU_BACKUP_FOLDER": str(copies), **extra}


class BotProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    async def logged(self, event: str, field: str, seconds: float = HANG) -> Any:
        """Read the (JSON) log up to an event and return one of its fields."""
        assert self.process.stderr is not None
        async with asyncio.timeout(seconds):
            while line := await self.process.stderr.readline():
                entry = json.loads(line)
                if entry["event"] == event:
                    return entry.get(field)
        raise AssertionError(f"it ended without {event!r}")

    async def finished(self) -> Finished:
        """Wait for its end."""
        out, err = await asyncio.wait_for(self.process.communicate(), HANG)
        assert self.process.returncode is not None
        return Finished(self.process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def bot_process(
    *arguments: str, env: Mapping[str, str], folder: Path = ROOT, stdin: int | None = None
) -> AsyncIterator[BotProcess]:
    """``python -m bot <arguments>`` in ``folder``; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        cwd=folder, env=environment(env), stdin=stdin, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield BotProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def run_bot(*arguments: str, env: Mapping[str, str], folder: Path = ROOT) -> Finished:
    async with bot_process(*arguments, env=env, folder=folder) as process:
        return await process.finished()
