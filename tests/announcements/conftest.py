from __future__ import annotations

import pytest

from cogs.announcements import status


@pytest.fixture(autouse=True)
def _nobody_waits_for_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a sending is looked at again after seconds, which the simulation would wait for."""
    monkeypatch.setattr(status, "FOLLOW_AFTER", 600.0)
