"""``python -m bot officer add``, as somebody on the host types it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.features import Services
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened
from tests.support.people import NEWCOMER, found_organisation
from tests.support.processes import run_bot


async def test_an_officer_is_named_on_the_host_with_a_trace_and_a_word_to_all(
    databases: Databases, tmp_path: Path
) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    async with opened(url) as database:
        await found_organisation(Services(database, FakeClock()))
    env = {"TSUNAGU_DATABASE_URL": url}
    add = ("officer", "add", "--user", str(NEWCOMER), "--name", "新役員")
    done = await run_bot(*add, "--from", "2030-04-01", "--until", "2031-03-31", env=env)
    assert (done.code, done.err.count("Traceback")) == (0, 0), done.err
    assert "新役員 is a national officer of IFMSA-Japan from 2030-04-01 to 2031-03-31." in done.out
    again = await run_bot(*add, "--from", "2030-04-01", env=env)
    assert again.code == 2
    assert "already holds the post" in again.err
    wrong = await run_bot(*add, "--organisation", "AMSA", env=env)
    assert wrong.code == 2
    assert "1 (IFMSA-Japan)" in wrong.err
    with closing(sqlite3.connect(tmp_path / "tsunagu.db")) as connection:
        query = "SELECT action, actor_discord_id FROM audit_entries WHERE origin = 'python -m bot officer add'"
        assert connection.execute(query).fetchall() == [("term.add", None)]
        query = "SELECT recipient_kind, urgency FROM deliveries WHERE kind = 'handovers:named'"
        assert connection.execute(query).fetchall() == [("officers", "urgent")]
