"""What the service gives to its readers, and takes from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionDraft:
    """What may be said of a region. One of the names may be left empty."""

    name_ja: str
    name_en: str
    aliases: list[str]


@dataclass(frozen=True, slots=True)
class RegionEntry:
    region_id: int
    name_ja: str
    name_en: str
    aliases: list[str]
    schools: int
