"""Which school a row means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from bot import data
from bot.features.local_committees import rules
from bot.features.schools.names import fold, fold_query, readings_of, search_text
from bot.features.sheets.kinds.local_committees.state import Directory, Place, RegionRow

#: The nearest names are looked for in a directory that a person could read through, and not again and again.
_NEAREST_WITHIN, _NEAREST_TIMES = 300, 10


class Match(NamedTuple):
    """``places`` that answer to a name: none, the one, or several. ``is_former``: it is what the school was called."""

    places: list[Place]
    is_former: bool = False


class Schools:
    """All schools by everything they are called, in the order in which names count: the school's own, short names and
    those that the LC gave itself, former ones."""

    def __init__(self, directory: Directory) -> None:
        self._places = directory.places
        self._by_code = {place.code.casefold(): place for place in directory.places}
        self._tiers: list[dict[str, list[Place]]] = [{}, {}, {}]
        for place in directory.places:
            for tier, names in zip(self._tiers, _names(place), strict=True):
                for folded in {fold(name) for name in names} - {""}:
                    tier.setdefault(folded, []).append(place)
        self._guesses = _NEAREST_TIMES if len(directory.places) <= _NEAREST_WITHIN else 0

    def by_code(self, code: str) -> Place | None:
        return self._by_code.get(code.casefold())

    def by_name(self, name: str) -> Match:
        for folded in dict.fromkeys((fold(name), fold_query(name))):
            for number, tier in enumerate(self._tiers):
                if folded in tier:
                    return Match(tier[folded], is_former=number == 2)
        return Match([])

    def nearest(self, name: str) -> Place | None:
        """The school whose name looks most like this one; None once there were enough guesses."""
        if self._guesses <= 0:
            return None
        self._guesses -= 1
        texts = {
            number: search_text(name for names in _names(place) for name in names)
            for number, place in enumerate(self._places)
        }
        near = rules.nearest(name, texts, 1)
        return self._places[near[0]] if near else None


def _names(place: Place) -> tuple[list[str], list[str], list[str]]:
    return (
        [place.name_ja, place.name_en],
        [
            *place.aliases.split("\n"),
            *readings_of(place.name_ja),
            place.own_name_ja,
            place.own_name_en,
            *place.own_aliases.split("\n"),
        ],
        place.former_names.split("\n"),
    )


class NewRegion(NamedTuple):
    """A region that doesn't exist yet."""

    code: str
    name_ja: str
    name_en: str


@cache
def _prefectures() -> Mapping[str, str]:
    return {
        fold(name): row["code"]
        for row in data.rows("prefectures")
        for name in (row["name_ja"], row["short_ja"], row["name_en"], *row["readings_ja"].split("|"))
    }


def prefecture_of(cell: str) -> str | None:
    """The code of a prefecture; None if there is none of that name."""
    return _prefectures().get(fold(cell))


@cache
def prefecture_names() -> Mapping[str | None, tuple[str, str]]:
    """(Japanese, English) by code."""
    return {row["code"]: (row["name_ja"], row["name_en"]) for row in data.rows("prefectures")}


@cache
def _usual_region(prefecture: str) -> NewRegion:
    """In which of the eight regions of Japan a prefecture lies."""
    name = prefecture_names()[prefecture][0]
    code = next(row["region"] for row in data.rows("medical_schools") if row["prefecture_ja"] == name)
    row = next(row for row in data.rows("regions") if row["code"] == code)
    return NewRegion(code, row["name_ja"], row["name_en"])


class Regions:
    """The organisation's groups. Where it has none yet, a file may bring them."""

    def __init__(self, directory: Directory) -> None:
        self.all = directory.regions
        self._by_name = {
            folded: region
            for region in directory.regions
            for folded in (
                fold(region.code),
                *region.search_text.split("\n"),
                fold(region.name_ja),
                fold(region.name_en),
            )
            if folded
        }
        homes: dict[str, Counter[int]] = {}
        for place in directory.places:
            if place.prefecture and place.region_id:
                homes.setdefault(place.prefecture, Counter())[place.region_id] += 1
        by_id = {region.region_id: region for region in directory.regions}
        self._by_prefecture = {key: by_id[counts.most_common(1)[0][0]] for key, counts in homes.items()}
        self.name_of = {region.region_id: (region.name_ja, region.name_en) for region in directory.regions}

    def named(self, cell: str) -> RegionRow | NewRegion | None:
        """The region of that name; None if there is none and the organisation has others."""
        found = self._by_name.get(fold(cell))
        if found is not None or self.all:
            return found
        for row in data.rows("regions"):
            if fold(cell) in {fold(name) for name in (row["code"], row["name_ja"], row["name_en"], row["alias_ja"])}:
                return NewRegion(row["code"], row["name_ja"], row["name_en"])
        return NewRegion(fold(cell)[:40] or "region", cell[:60], cell[:60])

    def around(self, prefecture: str) -> RegionRow | NewRegion | None:
        """The region in which a prefecture lies; None if the organisation's own groups don't tell."""
        found = self._by_prefecture.get(prefecture)
        if found is not None:
            return found
        usual = _usual_region(prefecture)
        return self._by_name.get(fold(usual.name_ja)) if self.all else usual


def unused_code(wanted: str, taken: Iterable[str] | set[str]) -> str:
    """``wanted``, or ``wanted-2``, ``wanted-3`` where it is taken."""
    code, number = wanted, 1
    while code in taken:
        number += 1
        code = f"{wanted}-{number}"
    return code
