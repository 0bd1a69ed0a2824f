"""Which school a row is about: one of the directory, or a new one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from bot.features.local_committees.models import LcState
from bot.features.schools.models import MOST_REGIONS, SchoolKind
from bot.features.schools.names import fold
from bot.features.sheets.columns import value_of
from bot.features.sheets.kinds.local_committees.finding import (
    NewRegion,
    Regions,
    Schools,
    prefecture_names,
    prefecture_of,
    unused_code,
)
from bot.features.sheets.kinds.local_committees.lines import KEY, Line
from bot.features.sheets.kinds.local_committees.state import Directory, Place, RegionRow
from bot.i18n import N_

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_STAYS = N_("The directory already says {now}, so that stays.")


class Placing:
    """Remembers the rows before, so that no school comes twice. ``given_codes``: all that stand in the file."""

    def __init__(self, directory: Directory, given_codes: Iterable[str]) -> None:
        self._schools, self._regions = Schools(directory), Regions(directory)
        self._codes = {place.code for place in directory.places} | set(given_codes)
        self._position = max((place.position for place in directory.places), default=-1)
        self._rows: dict[object, int] = {}
        self._new_regions: set[str] = set()

    def known(self, line: Line) -> Place | None:
        """The school of the directory that the row is about; None for a new one.

        Raises:
            Unusable: it may be several, or the row contradicts itself.
        """
        by_code = self._schools.by_code(line.cells["code"]) if "code" in line.cells else None
        found = self._by_names(line, by_code)
        if by_code is not None:
            named = "name_ja" in line.cells or "name_en" in line.cells
            if any(place is not by_code for place in found.values()) or (named and not found):
                message = N_(
                    "This code belongs to {school}, but the row names another school. Please correct one of them."
                )
                raise line.bad("code", message, school=by_code.name)
            place: Place | None = by_code
        else:
            if len({place.school_id for place in found.values()}) > 1:
                message = N_(
                    "This is the English name of {school}, not of the school in this row. Please correct one of them."
                )
                raise line.bad("name_en", message, school=found["name_en"].name)
            if "name_ja" in line.cells and "name_ja" not in found and "name_en" in found:
                message = N_(
                    "“{name}” isn't in the directory. Going by the English name, this row is treated as {school}."
                )
                line.note("name_ja", message, name=line.cells["name_ja"], school=found["name_en"].name)
            place = next(iter(found.values()), None)
        if place is not None:
            self._compare(line, place)
            self._only_once(line, [place.school_id])
        return place

    def new(self, line: Line) -> tuple[Place, RegionRow | NewRegion]:
        """The school as the row describes it, and its region, which may be new too.

        Raises:
            Unusable: the row doesn't say enough, or the school stood in a row before.
        """
        cells = line.cells
        name = cells.get("name_ja") or cells.get("name_en") or ""
        if not fold(name):
            if "code" in cells and not name:
                message = N_("No school has this code. Please correct it, or enter the school's name.")
                raise line.bad("code", message)
            raise line.bad("name_ja", N_("Please enter the school's name."))
        if "prefecture" not in cells and "region" not in cells:
            raise self._unknown(line, name)
        prefecture = prefecture_of(cells["prefecture"]) if "prefecture" in cells else None
        if "prefecture" in cells and prefecture is None:
            raise line.bad(
                "prefecture",
                N_("There's no prefecture called “{value}”. Please correct it."),
                value=cells["prefecture"][:60],
            )
        region = self._region(line, prefecture)
        names: list[object] = [("name", fold(cells[key])) for key in ("name_ja", "name_en") if key in cells]
        self._only_once(line, [*names, ("code", cells["code"].casefold())] if "code" in cells else names)
        code = cells.get("code") or unused_code(_slug(cells.get("name_en"), name), self._codes)
        if not _CODE.fullmatch(code):
            raise line.bad(
                "code",
                N_("A code can only contain letters from A to Z, digits and hyphens. You can also leave it empty."),
            )
        self._codes.add(code)
        self._position += 1
        place = Place(
            school_id=0,
            code=code,
            name_ja=cells.get("name_ja") or name[:100],
            name_en=cells.get("name_en") or name,
            aliases="",
            former_names="",
            kind=line.word("school_kind") or SchoolKind.UNKNOWN.value,
            prefecture=prefecture,
            region_id=None,
            position=self._position,
            lc_id=0,
            state=LcState.NO_CONTACT.value,
            state_since=None,
            state_decision=None,
            own_name_ja="",
            own_name_en="",
            own_aliases="",
            club_type=None,
        )
        return place, region

    def _by_names(self, line: Line, by_code: Place | None) -> dict[str, Place]:
        """By which of its names the row's school is found. Of several that a name fits, the code may tell one."""
        found: dict[str, Place] = {}
        for key in ("name_ja", "name_en"):
            if key not in line.cells:
                continue
            name = line.cells[key]
            match = self._schools.by_name(name)
            if by_code is not None and by_code in match.places:
                found[key] = by_code
            elif len(match.places) > 1:
                message = N_("“{name}” matches {n} schools. Please enter the code or the full name.")
                raise line.bad(key, message, name=name, n=len(match.places))
            elif match.places:
                found[key] = match.places[0]
            if key in found and match.is_former:
                message = N_("“{name}” is now called {now}, so this row is treated as that school.")
                line.note(key, message, name=name, now=found[key].name)
        return found

    def _compare(self, line: Line, place: Place) -> None:
        """Note where the row and the directory differ about a school: the directory stays."""
        cells = line.cells
        if cells.get("code", place.code).casefold() != place.code.casefold():
            line.note("code", _STAYS, now=place.code)
        if "name_en" in cells and place not in self._schools.by_name(cells["name_en"]).places:
            line.note("name_en", _STAYS, now=place.name_en)
        if "prefecture" in cells and prefecture_of(cells["prefecture"]) != place.prefecture:
            line.note("prefecture", _STAYS, now=prefecture_names().get(place.prefecture, ("—", "—")))
        region = self._regions.named(cells["region"]) if "region" in cells else None
        if "region" in cells and (not isinstance(region, RegionRow) or region.region_id != place.region_id):
            line.note("region", _STAYS, now=self._regions.name_of.get(place.region_id or 0, ("—", "—")))
        if "school_kind" in cells and value_of(KEY, "school_kind", cells["school_kind"]) != place.kind:
            line.note("school_kind", N_("The directory says something else here, and it stays as it is."))

    def _unknown(self, line: Line, name: str) -> Exception:
        key = "name_ja" if "name_ja" in line.cells else "name_en"
        near = self._schools.nearest(name)
        if near is None:
            return line.bad(
                key,
                N_(
                    "No school found for “{name}”. Please correct the name. If it's a new school, enter its "
                    "prefecture or region."
                ),
                name=name,
            )
        return line.bad(
            key,
            N_(
                "No school found for “{name}” (similar: {near}). Please correct the name. If it's a new "
                "school, enter its prefecture or region."
            ),
            name=name,
            near=near.name,
        )

    def _region(self, line: Line, prefecture: str | None) -> RegionRow | NewRegion:
        if "region" in line.cells:
            cell = line.cells["region"]
            region = self._regions.named(cell)
            if region is None:
                names = self._regions.all
                both = ("、".join(one.name_ja for one in names), ", ".join(one.name_en for one in names))
                raise line.bad(
                    "region",
                    N_("There's no region called “{value}”. Use one of these: {names}"),
                    value=cell,
                    names=both,
                )
        else:
            assert prefecture is not None
            region = self._regions.around(prefecture)
            if region is None:
                message = N_(
                    "Please enter the region too. Your current regions don't say where this prefecture belongs."
                )
                raise line.bad("prefecture", message)
        if isinstance(region, NewRegion) and region.code not in self._new_regions:
            if len(self._regions.all) + len(self._new_regions) >= MOST_REGIONS:
                message = N_("You've reached the limit of {n} regions. Please remove one first.")
                raise line.bad("region" if "region" in line.cells else "prefecture", message, n=MOST_REGIONS)
            self._new_regions.add(region.code)
            message = N_("The region {region} doesn't exist yet. It will be created.")
            line.note("region", message, region=(region.name_ja, region.name_en))
        return region

    def _only_once(self, line: Line, keys: list[object]) -> None:
        first = next((self._rows[key] for key in keys if key in self._rows), None)
        if first is not None:
            message = N_("Row {n} is about the same school. Please keep only one of them.")
            raise line.bad("name_ja", message, n=first)
        self._rows.update(dict.fromkeys(keys, line.number))


def _slug(name_en: str | None, name: str) -> str:
    """A code for a new school: from its English name, else one that the same name always gets."""
    slug = re.sub(r"[^a-z0-9]+", "-", (name_en or "").casefold()).strip("-")[:40].strip("-")
    return slug or f"school-{hashlib.sha256(fold(name).encode()).hexdigest()[:10]}"
