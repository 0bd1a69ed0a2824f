from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from tests.support.processes import ROOT
from tests.support.waiting import HANG

#: The loop as Windows has it: it knows no signals.
_PROGRAM = """
import asyncio
from bot.signals import on_end

class Loop(asyncio.SelectorEventLoop):
    def add_signal_handler(self, *_):
        raise NotImplementedError

async def main():
    stop = asyncio.Event()
    on_end(stop.set)
    print("waiting", flush=True)
    await stop.wait()
    print("ended well", flush=True)

with asyncio.Runner(loop_factory={loop}) as runner:
    runner.run(main())
"""


@pytest.mark.parametrize("loop", ["Loop", "asyncio.SelectorEventLoop"])
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_well_with_and_without_signals_in_the_loop(loop: str, signum: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM.format(loop=loop), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), HANG) == b"waiting\n"
    process.send_signal(signum)
    out, _ = await asyncio.wait_for(process.communicate(), HANG)
    assert (process.returncode, out) == (0, b"ended well\n")
