"""What tests begin with is copied: it is what the services would have made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Base, Database, fetch
from bot.features import Services
from tests.support import founding
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened
from tests.support.people import GUILD, found_organisation, represented_lc


async def _all(database: Database) -> dict[str, Sequence[Any]]:
    """All rows, without the nonces, which are drawn."""
    async with database.reading() as connection:
        return {
            table.name: await fetch(connection, select(*(one for one in table.c if one.name != "nonce")))
            for table in Base.metadata.sorted_tables
        }


async def test_a_copy_is_what_would_have_been_made(
    database_url: str, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: dict[Any, Any] = {}
    monkeypatch.setattr(founding, "_copies", copies)
    found: list[Any] = []
    url = database_url
    for number in range(2):
        if number:
            is_sqlite = database_url.startswith("sqlite")
            url = await (databases.sqlite_file(tmp_path / "another.db") if is_sqlite else databases.postgres())
        async with opened(url) as database:
            clock = FakeClock()
            lc = await represented_lc(Services(database, clock))
            # What comes after it has the next ids, too.
            other = await found_organisation(Services(database, clock), GUILD + 1, name_ja="別の団体")
            found.append((lc, other, clock.last, await _all(database)))
        assert len(copies) == 2, "an organisation, and one with LCs that are represented; no second time"
    made, copied = found
    assert made[:3] == copied[:3]
    for table, rows in made[3].items():
        assert rows == copied[3][table], table
    assert len(made[3]["organisations"]) == 2
