"""Comparing with nobody: ``column == None`` becomes ``IS NULL`` in SQL, and finds every row that has nothing there."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.operators import ColumnOperators


def refuse_none() -> None:
    """From now on a column that may be empty isn't compared with None: who means an empty one says ``is_(None)``, and
    who looks for somebody's rows has somebody. Rows on a sheet that nobody had claimed were once taken for those of
    everybody without a record."""
    for name in ("__eq__", "__ne__"):
        setattr(ColumnOperators, name, _watched(getattr(ColumnOperators, name)))


def _watched(compare: Any) -> Any:
    def watched(self: ColumnOperators, other: Any) -> Any:
        assert other is not None or not getattr(self, "nullable", False), f"{self} == None finds rows of nobody"
        return compare(self, other)

    return watched
