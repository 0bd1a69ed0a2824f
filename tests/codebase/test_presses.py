from __future__ import annotations

from tests.support.processes import ROOT
from tests.wire.unpressed import NOT_PRESSED


def test_each_test_to_which_the_crawl_leaves_something_is_there() -> None:
    """That it presses it, ``tests/conftest.py`` looks after while it runs."""
    for named in sorted({*NOT_PRESSED.values()}):
        file, _, test = named.partition("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), named
