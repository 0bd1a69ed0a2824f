"""A private PostgreSQL cluster for the suite, where PostgreSQL is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.support.waiting import HANG

#: Nothing of it outlives the run, nobody copies it, and each test leaves its tables clean.
_SETTINGS = " ".join(
    f"-c {setting}"
    for setting in (
        "max_connections=200", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal",
        "max_wal_senders=0", "checkpoint_timeout=1h", "autovacuum=off", "jit=off",
    )
)  # fmt: skip


def _binary(name: str) -> str | None:
    """Debian keeps the servers' programs off the PATH; a version of theirs is preferred to a stray one on it."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return str(versions[-1]) if versions else shutil.which(name)


class Cluster:
    """Started by ``start``; ``url`` names a database of it. Only what was started here is stopped again."""

    def __init__(self, folder: Path, pg_ctl: str, port: int, as_user: list[str]) -> None:
        self._folder, self._pg_ctl, self._port, self._as_user = folder, pg_ctl, port, as_user

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self._port}/postgres"

    @classmethod
    def start(cls) -> Cluster | None:
        """A running cluster on a free loopback port, or None where PostgreSQL isn't installed."""
        initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
        if not initdb or not pg_ctl:
            return None
        # initdb refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        folder = Path(tempfile.mkdtemp(prefix="tsunagu-postgres-"))
        if as_user:
            shutil.chown(folder, "postgres")
        where = str(folder / "data")
        _run([*as_user, initdb, "-D", where, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
        for attempt in range(5):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            options = f"-p {port} -h 127.0.0.1 -k {folder} -F {_SETTINGS}"
            try:
                _run(
                    [
                        *as_user,
                        pg_ctl,
                        "-D",
                        where,
                        "-o",
                        options,
                        "-l",
                        str(folder / "log"),
                        "-w",
                        "-t",
                        str(int(HANG)),
                        "start",
                    ]
                )
            except subprocess.CalledProcessError:
                if attempt == 4:  # somebody took the port in between, but hardly five times
                    shutil.rmtree(folder, ignore_errors=True)
                    raise
            else:
                break
        return cls(folder, pg_ctl, port, as_user)

    def stop(self) -> None:
        _run([*self._as_user, self._pg_ctl, "-D", str(self._folder / "data"), "-m", "immediate", "stop"])
        shutil.rmtree(self._folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=HANG + 10)
