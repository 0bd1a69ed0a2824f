"""Two people edit the same at once. A field that one of them left as it was stays as the other has set it; where both
set the same field, the later one is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import Conflict
from bot.i18n import N_

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)


class Overtaken(Conflict):
    """Somebody else has set what the reader sets. ``stands``: what is there now, by the names of the fields."""

    def __init__(self, stands: Mapping[str, Any]) -> None:
        super().__init__(
            N_(
                "Someone else changed this after you opened it. It says now:\n{now}\n\nTo replace that with what you "
                "wrote, choose “Write again” and send it."
            ),
            now="\n".join(map(str, stands.values())),
        )
        self.stands = stands


def merged(draft: D, seen: D | None, now: object) -> D:
    """What is to be kept: what the author of ``draft`` has changed, and of everything else what stands ``now``.

    ``seen``: what their form showed when it opened; None if they saw nothing. ``now``: what was locked, as a draft or
    as a row with the same fields.

    Raises:
        Overtaken: somebody else has changed a field since then that they change, too, and to something else.
    """
    if seen is None:
        return draft
    names = [one.name for one in fields(draft) if hasattr(now, one.name)]
    written = [name for name in names if getattr(draft, name) != getattr(seen, name)]
    known = {name: (getattr(seen, name), getattr(draft, name)) for name in written}
    stands = {name: getattr(now, name) for name in written if getattr(now, name) not in known[name]}
    if stands:
        raise Overtaken(stands)
    return replace(draft, **{name: getattr(now, name) for name in names if name not in written})
