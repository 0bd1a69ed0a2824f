"""How the names of Japan's schools, regions and prefectures are said, so that kana finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from bot import data
from bot.features.schools.names import fold


def readings_of(*names: str) -> list[str]:
    """The readings of those names that the shipped lists know; what an organisation made up has none."""
    known = _known()
    return [reading for name in names for reading in known.get(fold(name), ())]


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}

    def add(names: Iterable[str], readings: str) -> None:
        for name in filter(None, map(fold, names)):
            found[name] = (*found.get(name, ()), *readings.split("|"))

    for row in data.rows("medical_schools"):
        add((row["name_ja"], row["former_names_ja"]), row["readings_ja"])
    for row in data.rows("regions"):
        add((row["name_ja"], row["alias_ja"]), row["readings_ja"])
    for row in data.rows("prefectures"):
        add((row["name_ja"], row["short_ja"]), row["readings_ja"])
        add((row["area_ja"],), row["area_reading_ja"])
    return {name: tuple(dict.fromkeys(readings)) for name, readings in found.items()}
