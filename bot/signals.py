"""Being told to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable


def on_end(call: Callable[[], None]) -> None:
    """Have ``call`` called, in the running loop, when the process is told to end: SIGTERM or Ctrl-C."""
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(signum, call)
        except NotImplementedError:  # Windows' loops know no signals, but Python does
            signal.signal(signum, lambda *_: loop.call_soon_threadsafe(call))
