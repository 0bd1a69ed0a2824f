"""The form in which an LC answers all committees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import simcord

from tests.wire.discord.pages import items


def answers_button(message: Any) -> str:
    """The ``custom_id`` of what leads to the form."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    found = [item["custom_id"] for row in rows for item in row["components"]]
    return str(next(one for one in found if one.startswith("local_committees:answers:")))


def ticks(form: simcord.InteractionResult, **said: Sequence[str]) -> dict[str, list[str]]:
    """The form as it opened, but for the groups that are named: with these committees."""
    assert form.modal is not None
    filled = dict[str, list[str]]()
    for group in items(form.modal):
        given = said.get(group["custom_id"])
        filled[group["custom_id"]] = [
            one["value"]
            for one in group["options"]
            if (one.get("default") if given is None else any(name in one["label"] for name in given))
        ]
    return filled


def ticked(form: simcord.InteractionResult) -> dict[str, int]:
    """How many stand ticked in each group when it opens."""
    return {name: len(values) for name, values in ticks(form).items()}
