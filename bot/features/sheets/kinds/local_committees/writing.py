"""Writing what was planned: thousands of rows in a handful of statements, while others wait for the lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Record, fetch
from bot.features.audit.service import Noted, add_entries
from bot.features.local_committees.acting import names_of, search_places
from bot.features.local_committees.models import LocalCommittee
from bot.features.people.actors import Actor
from bot.features.posts import claims
from bot.features.posts.models import ClaimCode
from bot.features.schools.directory import region_search
from bot.features.schools.models import Region, School
from bot.features.schools.names import search_text
from bot.features.sheets.breathing import breathe
from bot.features.sheets.kinds.local_committees.finding import NewRegion
from bot.features.sheets.kinds.local_committees.rows import CHANGING, Change
from bot.features.sheets.kinds.local_committees.state import Directory, Place
from bot.features.sheets.values import Handout, ImportPlan, Progress

#: Rows a statement: between two of them the event loop has its turn.
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows ready to be written. Those of a new school know it by its code until it has an id; of a region likewise."""

    actor: Actor
    at: datetime
    regions: list[dict[str, Any]]
    schools: list[dict[str, Any]]
    #: By the code of the school.
    new: dict[str, dict[str, Any]]
    changed: list[dict[str, Any]]
    #: (id of the LC, or the code of its school; the code's row)
    codes: list[tuple[int | str, dict[str, Any]]]
    #: (id of the LC, or the code of its school; action; fields)
    notes: list[tuple[int | str, str, tuple[str, ...]]]
    handouts: list[Handout]


def prepare(plan: ImportPlan, directory: Directory, actor: Actor, at: datetime) -> Prepared:
    organisation = actor.organisation.id
    ready = Prepared(actor, at, [], [], {}, [], [], [], [])
    position = max((region.position for region in directory.regions), default=-1) + 1
    known: set[str] = set()
    change: Change
    for number, change in enumerate(plan.changes):
        breathe(number)
        place, key = change.after, change.before.lc_id if change.before else change.after.code
        if isinstance(change.region, NewRegion) and change.region.code not in known:
            known.add(change.region.code)
            ready.regions.append(_region(organisation, change.region, position + len(ready.regions)))
        own = {name: getattr(place, name) for name in CHANGING}
        school = _school(organisation, place)
        own["search_names"] = search_text(names_of(School(**school), LocalCommittee(**own)))
        if change.before is None:
            region = change.region
            known_region = region.code if isinstance(region, NewRegion) else region.region_id if region else None
            ready.schools.append({**school, "region": known_region})
            ready.new[place.code] = {
                **own,
                "organisation_id": organisation,
                "search_places": search_places(place.prefecture),
                "position": place.position,
                "created_at": at,
            }
            ready.notes.append((key, "lc.add", ("school", *change.fields)))
        elif change.fields:
            ready.changed.append({"b_id": change.before.lc_id, **own})
            ready.notes.extend(_notes(key, change.fields))
        if change.appointment is not None:
            code = claims.new_code()
            starts, ends = change.appointment.starts_on, change.appointment.ends_on
            row = {
                "organisation_id": organisation,
                "digest": claims.digest(code),
                "post_id": directory.post_id,
                "starts_on": starts,
                "ends_on": ends,
                "created_at": at,
                "used_at": None,
            }
            ready.codes.append((key, row))
            ready.notes.append((key, "post.code", ("code",)))
            ready.handouts.append(Handout(place.name_ja, place.name_en, change.appointment.name, code, starts, ends))
    return ready


async def write(session: AsyncSession, ready: Prepared, progress: Progress) -> Sequence[Handout]:
    organisation = ready.actor.organisation.id
    progress.total = len(ready.schools) + len(ready.new) + len(ready.changed) + len(ready.codes) + len(ready.notes)
    await _insert(session, Region, ready.regions, progress)
    regions = {row.code: row.id for row in await fetch(session, _ids(Region, organisation))} if ready.schools else {}
    for school in ready.schools:
        region = school.pop("region")
        school["region_id"] = regions[region] if isinstance(region, str) else region
    await _insert(session, School, ready.schools, progress)
    lc_ids: dict[int | str, int] = {}
    if ready.new:
        schools = {row.code: row.id for row in await fetch(session, _ids(School, organisation))}
        for code, row in ready.new.items():
            row["school_id"] = schools[code]
        await _insert(session, LocalCommittee, list(ready.new.values()), progress)
        lcs = await fetch(
            session,
            select(School.code, LocalCommittee.id)
            .join(LocalCommittee, LocalCommittee.school_id == School.id)
            .where(School.organisation_id == organisation),
        )
        lc_ids.update((row.code, row.id) for row in lcs)
    # In the table's own words: the ORM would first look up what it has of each row.
    table: Any = LocalCommittee.__table__
    values: dict[str, Any] = {name: bindparam(name) for name in (*CHANGING, "search_names")}
    connection = await session.connection()
    for batch in _batches(ready.changed):
        await connection.execute(update(table).where(table.c.id == bindparam("b_id")).values(values), batch)
        progress.done += len(batch)

    def id_of(key: int | str) -> int:
        return key if isinstance(key, int) else lc_ids[key]

    await _insert(session, ClaimCode, [{**row, "lc_id": id_of(key)} for key, row in ready.codes], progress)
    for notes in _batches(ready.notes):
        await add_entries(
            session,
            [Noted(action, "local_committee", id_of(key), fields) for key, action, fields in notes],
            at=ready.at,
            organisation_id=organisation,
            actor_discord_id=ready.actor.caller.discord_user_id,
            origin=ready.actor.caller.origin,
        )
        progress.done += len(notes)
    return ready.handouts


def _notes(key: int | str, fields: tuple[str, ...]) -> Iterator[tuple[int | str, str, tuple[str, ...]]]:
    """A change of state and one of names are told apart in the LC's history, as when they are made by hand."""
    state = tuple(name for name in fields if name.startswith("state"))
    own = tuple(name for name in fields if not name.startswith("state"))
    if own:
        yield key, "lc.edit", own
    if state:
        yield key, "lc.state", state


def _region(organisation: int, region: NewRegion, position: int) -> dict[str, Any]:
    return {
        "organisation_id": organisation,
        **region._asdict(),
        "search_text": region_search([region.name_ja, region.name_en]),
        "position": position,
    }


def _school(organisation: int, place: Place) -> dict[str, Any]:
    return {
        "organisation_id": organisation,
        "code": place.code,
        "name_ja": place.name_ja,
        "name_en": place.name_en,
        "aliases": place.aliases,
        "former_names": place.former_names,
        "kind": place.kind,
        "prefecture": place.prefecture,
        "position": place.position,
    }


def _ids(table: type[Region] | type[School], organisation: int) -> Any:
    return select(table.code, table.id).where(table.organisation_id == organisation)


async def _insert(session: AsyncSession, table: type[Record], rows: list[dict[str, Any]], progress: Progress) -> None:
    for batch in _batches(rows):
        await session.execute(insert(table), batch)
        progress.done += len(batch)


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
