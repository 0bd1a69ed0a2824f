"""Processes of ``tests.wire.sending`` from the nursery of this test process."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from tests.support.processes import ROOT, environment

_ours: list[socket.socket] = []
_beginning = threading.Lock()


class Forked:
    """What ``asyncio.subprocess.Process`` is to a process that we began ourselves, as far as tests need it."""

    def __init__(self, pid: int, stdin: asyncio.WriteTransport, ended: asyncio.Future[int]) -> None:
        self.pid, self.stdin, self._ended = pid, stdin, ended

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)


class _End(asyncio.Protocol):
    """Of the pipe that ends with the process, which stays there as long as nobody has asked for its code: so nobody
    else has its id."""

    def __init__(self, ended: asyncio.Future[int]) -> None:
        self._ended, self.pid = ended, 0

    def connection_lost(self, _error: Exception | None) -> None:
        self._ended.set_result(_ask({"ended": self.pid}))


async def fork(arguments: list[str], settings: Mapping[str, str], stderr: int) -> Forked:
    """``python -m tests.wire.sending`` with these arguments; ``stderr`` is a file of ours."""
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(_nursery)  # the first time, it imports the bot
    its_stdin, stdin = os.pipe()
    ends, its_end = os.pipe()
    stdin_pipe, end_pipe = os.fdopen(stdin, "wb", 0), os.fdopen(ends, "rb", 0)
    end = _End(loop.create_future())
    try:
        end.pid = _ask({"arguments": arguments, "environment": environment(settings)}, its_stdin, stderr, its_end)
    finally:
        os.close(its_stdin)
        os.close(its_end)
    await loop.connect_read_pipe(lambda: end, end_pipe)
    writing, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, stdin_pipe)
    return Forked(end.pid, writing, end._ended)


def _ask(order: dict[str, Any], *files: int) -> int:
    nursery = _nursery()
    socket.send_fds(nursery, [json.dumps(order).encode()], files)
    answer = nursery.recv(64)
    assert answer, "the nursery has ended"
    return int(json.loads(answer))


def _nursery() -> socket.socket:
    """Each test process has one, from the first time on."""
    with _beginning:
        if not _ours:
            ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with its:
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.wire.nursery", str(its.fileno())],
                    cwd=ROOT, env=environment({}), pass_fds=[its.fileno()], stdin=subprocess.DEVNULL,
                )  # fmt: skip
            atexit.register(_end, ours, process)
            assert ours.recv(64) == b"ready"
            _ours.append(ours)
        return _ours[0]


def _end(ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
    ours.close()
    process.wait()
