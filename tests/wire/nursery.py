"""``python -m tests.wire.nursery FD`` has imported the bot, and forks a ``tests.wire.sending`` whenever it is asked.

To import the bot takes longer than everything else that a process does until it is killed again, and the tests of kills
start hundreds. A forked process is one of its own in all that these tests are about: it has its own memory, sockets,
files and signals. ``python -m bot run`` itself is started by the journeys (``outbound.running``).

The socket FD takes one line of JSON for each process, with three files: its standard input, its standard error, and a
pipe that nobody writes to. The pipe ends with the process. The answer is the process's id, and its code once the id is
sent back. The nursery ends with the socket.
"""

from __future__ import annotations

import gc
import json
import os
import random
import socket
import sys
from importlib import import_module

from bot.app import cog_names
from bot.features import import_models
from tests.wire import sending

#: Longer than any order.
MOST = 1 << 20


def main() -> int:
    import_models()
    for name in cog_names():
        import_module(f"cogs.{name}")
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        orders.send(b"ready")
        while True:
            line, files, _, _ = socket.recv_fds(orders, MOST, 3)
            if not line:
                return 0
            order = json.loads(line)
            if "ended" in order:
                _, status = os.waitpid(order["ended"], 0)
                orders.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())
                continue
            pid = os.fork()
            if not pid:
                break
            for file in files:
                os.close(file)
            orders.send(json.dumps(pid).encode())
    os.dup2(files[0], 0)
    os.dup2(files[1], 2)
    for file in files[:2]:
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv[1:] = order["arguments"]
    random.seed()
    return sending.main()


if __name__ == "__main__":
    sys.exit(main())
