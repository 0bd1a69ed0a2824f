from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from bot import data
from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import FIND, UNKNOWN_LC
from bot.features.organisations.models import Organisation
from bot.features.organisations.naming import both_names, new_key
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.features.people.terms import changed
from bot.features.schools.directory import region_search
from bot.features.schools.models import MOST_REGIONS, Region, School
from bot.features.schools.names import fold
from bot.i18n import N_
from bot.kit.edits import merged

MOST_ALIASES = 5
NO_REGION = N_("That region no longer exists. Please open the list again.")


class RegionService(Service):
    async def entries(self, actor: Actor) -> list[RegionEntry]:
        """The regions in their order, with the number of their schools. One statement.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.EDIT_DIRECTORY)
        query = (
            select(Region.id, Region.name_ja, Region.name_en, Region.aliases, func.count(School.id).label("schools"))
            .outerjoin(School, School.region_id == Region.id)
            .where(Region.organisation_id == actor.organisation.id)
            .group_by(Region.id, Region.name_ja, Region.name_en, Region.aliases, Region.position)
            .order_by(Region.position, Region.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return [RegionEntry(row.name_ja, row.name_en, _lines(row.aliases), row.id, row.schools) for row in rows]

    async def to_add(self, actor: Actor) -> None:
        """Checked before a form for a new region opens. Raises as ``add`` would for any region."""
        _require_room(len(await self.entries(actor)))

    async def add(self, actor: Actor, draft: RegionDraft) -> int:
        """A new region at the end, without schools; its id.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: it has no name, or one that can't be used.
            Conflict: another has that name, or there are as many as a menu holds.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            regions = await self._locked(change)
            _require_room(len(regions))
            region = Region(
                organisation_id=actor.organisation.id,
                position=max((one.position for one in regions), default=-1) + 1,
            )
            changed = _set(region, regions, draft)
            region.code = new_key(region.name_en, {one.code for one in regions})
            change.session.add(region)
            await change.session.flush()
            change.note("region.create", "region", region.id, changed)
            return region.id

    async def edit(self, actor: Actor, region_id: int, draft: RegionDraft, seen: RegionDraft | None = None) -> None:
        """Change a region's names; its LCs are found by the new ones at once, and no longer by the old. ``seen``: see
        ``merged``.

        Raises:
            NotAllowed, Invalid, Conflict: as for ``add``.
            NotFound: there is no such region in the actor's organisation.
            Overtaken: somebody else has changed the same since it was seen.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            regions = await self._locked(change)
            region = _of(regions, region_id)
            kept = merged(draft, seen, RegionDraft(region.name_ja, region.name_en, _lines(region.aliases)))
            if changed := _set(region, [one for one in regions if one is not region], kept):
                change.note("region.edit", "region", region.id, changed)

    async def move(self, actor: Actor, region_id: int, *, up: bool) -> None:
        """Put a region before the one above it, or after the one below it; at the end, nothing.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such region in the actor's organisation.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            regions = await self._locked(change)
            at = regions.index(_of(regions, region_id))
            beside = at - 1 if up else at + 1
            if 0 <= beside < len(regions):
                regions[at], regions[beside] = regions[beside], regions[at]
                for position, region in enumerate(regions):
                    region.position = position
                change.note("region.edit", "region", regions[beside].id, ("position",))

    async def remove(self, actor: Actor, region_id: int) -> None:
        """Remove a region in which no school is left.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such region in the actor's organisation.
            Conflict: there are schools in it.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            region = _of(await self._locked(change), region_id)
            left = await change.session.scalar(select(func.count()).where(School.region_id == region_id))
            if left:
                raise Conflict(
                    N_("{n} schools are still in this region. Please move them to another one first."), n=left
                )
            await change.session.delete(region)
            change.note("region.remove", "region", region.id)

    async def bring(
        self, actor: Actor, region_id: int, lc_ids: Collection[int] = (), prefectures: Collection[str] = ()
    ) -> int:
        """Move LCs, and all schools of whole prefectures (``"01"`` to ``"47"``), to a region; how many were moved.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such region or LC in the actor's organisation, or no school in those prefectures.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            _of(await self._locked(change), region_id)
            query = (
                select(School, LocalCommittee.id)
                .outerjoin(LocalCommittee, LocalCommittee.school_id == School.id)
                .where(
                    School.organisation_id == actor.organisation.id,
                    or_(LocalCommittee.id.in_(lc_ids), School.prefecture.in_(prefectures)),
                )
                .order_by(School.id)
                .with_for_update(of=School)
            )
            found = [(row[0], row[1]) for row in await change.session.execute(query)]
            if set(lc_ids) - {lc_id for _, lc_id in found}:
                raise NotFound(UNKNOWN_LC, next_steps=[FIND])
            if not found:
                raise NotFound(N_("No schools found in those prefectures. Please check their names."))
            moved = [(school, lc_id) for school, lc_id in found if school.region_id != region_id]
            if moved:
                changed(change.session, actor.organisation.id)
            for school, lc_id in moved:
                school.region_id = region_id
                if lc_id is not None:
                    change.note("lc.region", "local_committee", lc_id, ("region",))
            return len(moved)

    async def _locked(self, change: Change) -> list[Region]:
        """The regions in their order; changes to them come one after another."""
        here = change.moment.organisation_id
        await change.session.execute(select(Organisation.id).where(Organisation.id == here).with_for_update())
        query = select(Region).where(Region.organisation_id == here)
        return list((await change.session.scalars(query.order_by(Region.position, Region.id))).all())


def prefectures_named(texts: Iterable[str]) -> list[str]:
    """The codes of prefectures by any of their names: 山口県, 山口, Yamaguchi.

    Raises:
        Invalid: one of them is no prefecture.
    """
    by_name = {
        fold(name): row["code"]
        for row in data.rows("prefectures")
        for name in (row["name_ja"], row["short_ja"], row["name_en"], *row["readings_ja"].split("|"))
    }
    codes = []
    for text in texts:
        code = by_name.get(fold(text))
        if code is None:
            raise Invalid(N_("No prefecture found for “{text}”. Please write it like 山口県."), text=text[:60])
        codes.append(code)
    return codes


def _of(regions: Iterable[Region], region_id: int) -> Region:
    for region in regions:
        if region.id == region_id:
            return region
    raise NotFound(NO_REGION)


def _lines(aliases: str) -> list[str]:
    return list(filter(None, aliases.split("\n")))


def _set(region: Region, others: Iterable[Region], draft: RegionDraft) -> list[str]:
    """Give a region what the draft says. Returns the names of the fields that changed."""
    name_ja, name_en = both_names(draft.name_ja, draft.name_en, 60)
    if any(one.name_ja == name_ja or one.name_en == name_en for one in others):
        raise Conflict(N_("A region with that name already exists. Please choose another name."))
    aliases = [both_names(alias, "", 30)[0] for alias in draft.aliases if alias.strip()]
    if len(aliases) > MOST_ALIASES:
        raise Invalid(N_("You can add at most {n} other names. Please remove some."), n=MOST_ALIASES)
    values = {"name_ja": name_ja, "name_en": name_en, "aliases": "\n".join(dict.fromkeys(aliases))}
    changed = region.take(values)
    found_by = region_search([name_ja, name_en, *aliases])
    if len(found_by) > 400:
        raise Invalid(N_("The names are too long in total. Please remove some."))
    region.search_text = found_by
    return changed


def _require_room(count: int) -> None:
    if count >= MOST_REGIONS:
        raise Conflict(N_("You've reached the limit of {n} regions. Please remove one first."), n=MOST_REGIONS)


@dataclass(frozen=True, slots=True)
class RegionDraft:
    """What may be said of a region. One of the names may be left empty."""

    name_ja: str
    name_en: str
    aliases: list[str]


@dataclass(frozen=True, slots=True)
class RegionEntry(RegionDraft):
    region_id: int
    schools: int
