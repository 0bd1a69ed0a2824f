"""Whether somebody on this machine has read what was sent to them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.waiting import HANG

_SOCKETS = Path("/proc/net/tcp")
#: Seconds, where the system doesn't tell.
_OTHERWISE = 0.3


async def has_been_read(port: int, by: int) -> None:
    """Wait until the process behind the local port ``by`` has taken everything that was sent to it from ``port``.

    An answer by HTTP that has been read is acted upon at the next turn of the reader's event loop, while a message
    that is sent from now on is only read then: so the answer comes first, however busy the machine is.
    """
    if not _SOCKETS.exists():
        await asyncio.sleep(_OTHERWISE)
        return
    async with asyncio.timeout(HANG):
        while _unread(port, by):  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.001)


def _unread(port: int, by: int) -> int:
    """Bytes that wait at the socket; 0 if it is gone."""
    ends = (f":{by:04X}", f":{port:04X}")
    for line in _SOCKETS.read_text("ascii").splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if (local[-5:], remote[-5:]) == ends:
            return int(queues.partition(":")[2], 16)
    return 0
