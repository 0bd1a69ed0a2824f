"""Who may have left behind what Python complains of while it clears up."""

from __future__ import annotations

from collections import deque

import pytest

#: The tests that ended last in this process, the latest last.
_ended: deque[str] = deque(maxlen=30)


def look(item: pytest.Item, report: pytest.TestReport) -> None:
    """After each phase of a test. An object that was left open is found when Python looks for garbage, which is often
    in a later test that makes many objects. pytest lets that test fail, so the report names the earlier ones."""
    if report.failed and "PytestUnraisableExceptionWarning" in report.longreprtext:
        told = "It may be garbage of an earlier test in this process. These ended last, the latest last:"
        report.sections.append(("Left open by whom?", "\n".join([told, *_ended])))
    if report.when == "teardown":
        _ended.append(item.nodeid)
