"""The table of inputs that people gave, row by row."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.times import Day, Moment, Span, Unclear, read

#: Sunday 29 November 2026, 10:00 in Tokyo.
NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
TABLE = Path(__file__).with_name("data") / "times_in_words.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[row["input"] for row in ROWS])
def test_a_row(row: dict[str, str]) -> None:
    if row["start"] in ("ask", "refuse"):
        with pytest.raises(Invalid) as refused:
            read(row["input"], NOW, "Asia/Tokyo")
        assert isinstance(refused.value, Unclear) == (row["start"] == "ask")
        return
    found = read(row["input"], NOW, "Asia/Tokyo")
    if "T" not in row["start"]:
        assert found == Day(date.fromisoformat(row["start"]))
    elif row["end"]:
        assert isinstance(found, Span)
        assert (found.start.local, found.end.local) == tuple(map(datetime.fromisoformat, (row["start"], row["end"])))
    else:
        assert isinstance(found, Moment)
        assert found.local == datetime.fromisoformat(row["start"])
