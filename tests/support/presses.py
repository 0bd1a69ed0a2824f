"""Which buttons, menus and forms a test presses: what the crawl doesn't reach names the test that does instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.ui.forms import Form
from bot.ui.items import Routed, compile_route
from tests.wire.people import Person
from tests.wire.unpressed import NOT_PRESSED

#: By test: ``announcements/test_drafts.py::test_templates``.
_NAMED: dict[str, set[str]] = {}
for _route, _test in NOT_PRESSED.items():
    _NAMED.setdefault(f"tests/{_test}", set()).add(_route)


def promised(nodeid: str) -> set[str]:
    """The routes that a test is said to press."""
    return _NAMED.get(nodeid.partition("[")[0], set())


@contextmanager
def recorded() -> Iterator[set[str]]:
    """What is pressed meanwhile: routes, ids, and forms as ``form …``; in this process, or by people on the wire."""
    pressed: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        callback, submit, act = Routed.callback, Form.on_submit, Person._do

        async def pressing(self: Routed, interaction: Any) -> None:
            pressed.add(self.route)
            await callback(self, interaction)

        async def sending(self: Form, interaction: Any) -> None:
            pressed.add(f"form {self.route}")
            await submit(self, interaction)

        async def doing(self: Person, kind: int, data: dict[str, Any], source: dict[str, Any] | None = None) -> None:
            custom_id = str(data.get("custom_id", ""))
            pressed.add(custom_id if kind != 5 else f"form {custom_id.rpartition(':')[0]}")
            await act(self, kind, data, source)

        patch.setattr(Routed, "callback", pressing)
        patch.setattr(Form, "on_submit", sending)
        patch.setattr(Person, "_do", doing)
        yield pressed


def missing(routes: set[str], pressed: set[str]) -> set[str]:
    """Those routes that nobody pressed."""
    return {
        route
        for route in routes - pressed
        if route.startswith("form ") or not any(_fits(route, custom_id) for custom_id in pressed)
    }


def _fits(route: str, custom_id: str) -> bool:
    return re.fullmatch(compile_route(route)[0], custom_id) is not None
