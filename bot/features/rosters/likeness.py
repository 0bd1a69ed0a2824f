"""Which records on a sheet may be somebody's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Row

from bot.features.schools.names import fold


class Likeness:
    """Over rows with ``name``, ``reading`` and ``school_id``. Names are folded once, however many people ask: it is the
    dear part."""

    def __init__(self, entries: Sequence[Row[Any]]) -> None:
        self._entries = entries
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_school: dict[int, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            for name in _folded((entry.name, entry.reading)):
                self._by_name[name].append(place)
            if entry.school_id is not None:
                self._by_school[entry.school_id].append(place)

    def likeliest(self, names: Iterable[str], school_id: int | None, most: int | None = None) -> list[Row[Any]]:
        """The records of that name, at the same school first, then the others of that school; ``most`` of them, or
        all."""
        named = {place for name in _folded(names) for place in self._by_name.get(name, ())}
        weights = Counter(dict.fromkeys(named, 2))
        if school_id is not None:
            weights.update(self._by_school.get(school_id, ()))
        places = sorted(weights, key=lambda place: (-weights[place], place))
        return [self._entries[place] for place in islice(places, most)]


def _folded(names: Iterable[str]) -> set[str]:
    return {fold(name) for name in names} - {""}
