"""People without an account: entered by officers, found by them, kept for a time, and deleted on their wish."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from bot.db import fetch
from bot.errors import NextStep, NotFound
from bot.features import Service
from bot.features.homes.facts import Query
from bot.features.institutions.models import EnteredPerson, Institution
from bot.features.institutions.rules import PersonDraft, cleaned_person, kept_until
from bot.features.institutions.service import GONE, LIST, NOBODY, PAGE, require_officer
from bot.features.local_committees.acting import locked
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.mydata import require_no_post, take_out
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, derived, lcs_where
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.people.terms import lock_people
from bot.features.posts.claims import digest, new_code
from bot.features.schools.models import School
from bot.features.schools.names import fold, search_text
from bot.i18n import N_
from bot.paging import Part, fetch_part

#: Days for which a one-time code can be used, and before the end of somebody's time from which it is said.
CODE_KEPT, TOLD_BEFORE = 60, 60


@dataclass(frozen=True, slots=True)
class EnteredEntry(PersonDraft):
    """``affiliation`` is what the organisation calls it in Japanese, ``affiliation_en`` in English. ``lc_ja``,
    ``lc_en``: the LC for whose uses they are here, "" for the organisation's. ``entered_by``: "" for somebody whose
    data is deleted. ``until``: the last day on which they are kept; ``ends_soon``: somebody should say whether for
    longer. ``code_until``: a code works until then."""

    person_id: int = 0
    affiliation_en: str = ""
    lc_id: int | None = None
    lc_ja: str = ""
    lc_en: str = ""
    entered_by: str = ""
    entered_at: datetime | None = None
    until: date = date.max
    ends_soon: bool = False
    code_until: date | None = None


@cache
def _lists_of(*, is_nation: bool) -> Query:
    told_on = derived(ASKER.today, Date(), lambda today: today + timedelta(days=TOLD_BEFORE))
    soon, number = EnteredPerson.until <= told_on, func.count(EnteredPerson.id)
    counted: tuple[Any, ...] = (number.label("of"), number.filter(soon).label("n"))
    if is_nation:
        return select(*counted).where(EnteredPerson.organisation_id == ASKER.organisation_id)
    lc_id = LocalCommittee.id
    query = select(lc_id.label("lc_id"), LocalCommittee.position.label("id"), *counted)
    query = with_lc(query.outerjoin(EnteredPerson, EnteredPerson.lc_id == lc_id))
    here = LocalCommittee.organisation_id == ASKER.organisation_id
    theirs = lc_id.in_(lcs_where(Right.ENTER_PEOPLE))
    return query.where(here, theirs).group_by(lc_id, School.name_ja, School.name_en)


def entered_lists(actor: Actor) -> Query | None:
    """For home: the lists that the actor may see, each with ``of`` people, of whom ``n`` will be deleted soon.

    National officers have one of everybody; officers of LCs one of each LC of theirs (``lc_id``), as the first entry is
    made from there.
    """
    is_nation = actor.may(Right.KEEP_PEOPLE)
    return _lists_of(is_nation=is_nation) if is_nation or actor.lcs_where(Right.ENTER_PEOPLE) else None


class EnteringService(Service):
    async def found(self, actor: Actor, lc_id: int | None = None, text: str = "", page: int = 0) -> Part[EnteredEntry]:
        """Ten people who have ``text`` in their name, its reading, or where they belong; without a text all. Of an LC,
        those entered for it; without one everybody, for national officers. Those whose time ends soon come first.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
        """
        query = _found(actor, lc_id, text)
        async with self.database.reading() as connection:
            return (await fetch_part(connection, query, page, PAGE)).each(lambda row: _entry(row, actor.today))

    async def all(self, actor: Actor, lc_id: int | None = None, text: str = "") -> list[EnteredEntry]:
        """For a file. Raises as ``found`` does."""
        query = _found(actor, lc_id, text)
        async with self.database.reading() as connection:
            return [_entry(row, actor.today) for row in await fetch(connection, query)]

    async def show(self, actor: Actor, person_id: int) -> EnteredEntry:
        """Somebody without an account.

        Raises:
            NotFound: there is nobody of that number, or they have an account.
            NotAllowed: they were entered for an LC of which the actor is no officer, or for the organisation.
        """
        require_officer(actor)
        query = _ENTERED.where(EnteredPerson.organisation_id == actor.organisation.id, Person.id == person_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(NOBODY, next_steps=_lists(actor))
        _require(actor, rows[0].lc_id)
        return _entry(rows[0], actor.today)

    async def enter(self, actor: Actor, draft: PersonDraft, lc_id: int | None = None) -> int:
        """Somebody without an account, for the uses of an LC or of the organisation; the number of their record.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a part of the draft is missing or can't be used.
            NotFound: there is no such LC or institution in the actor's organisation.
        """
        _require(actor, lc_id)
        kept = cleaned_person(draft)
        async with change_by(self, actor) as change:
            _require(actor, lc_id)
            if lc_id is not None:
                await locked(change, lc_id)
            return (await add_person(change, kept, lc_id, by=actor.person_id)).id

    async def edit(self, actor: Actor, person_id: int, draft: PersonDraft) -> None:
        """Change what is kept of somebody. Raises: NotFound; NotAllowed; Invalid."""
        kept = cleaned_person(draft)
        async with change_by(self, actor) as change:
            person, entered = await _locked(change, person_id)
            if changed := await _set(change, person, entered, kept):
                change.note("person.edit", "person", person_id, changed)

    async def keep(self, actor: Actor, person_ids: Collection[int]) -> None:
        """Keep at most ten people for another time, counted from today.

        Raises: NotFound, NotAllowed: about any of them; then nothing is changed.
        """
        async with change_by(self, actor) as change:
            for person_id in sorted(person_ids)[:PAGE]:
                _, entered = await _locked(change, person_id)
                entered.until = max(entered.until, kept_until(actor.today))
                change.note("person.prolong", "person", person_id)

    async def new_code(self, actor: Actor, person_id: int) -> str:
        """A one-time code by which the record becomes theirs when they have an account. It is shown once; an earlier
        one stops working. Raises: NotFound; NotAllowed."""
        code = new_code()
        async with change_by(self, actor) as change:
            _, entered = await _locked(change, person_id)
            entered.digest, entered.code_until = digest(code), actor.today + timedelta(days=CODE_KEPT)
            change.note("person.code", "person", person_id, ("code",))
        return code

    async def delete(self, actor: Actor, person_id: int) -> None:
        """Take somebody out of every table, on their wish. Counts stay, without their name.

        Raises:
            NotFound: there is nobody of that number, or they have an account.
            NotAllowed: the actor may not enter people for their LC, or for the organisation.
            Conflict: they hold an officer's post, which has to be handed over first.
        """
        async with change_by(self, actor) as change:
            person, _ = await _locked(change, person_id)
            await require_no_post(change.session, person.id, person.display_name, actor.today)
            await take_out(change.session, person, actor.today, change.now)
            change.note("person.delete", "person", person_id)


async def add_person(change: Change, draft: PersonDraft, lc_id: int | None, *, by: int | None) -> Person:
    """A record of somebody without an account; nothing is looked at before. ``draft``: as ``cleaned_person`` gives it.
    ``by``: the officer's record; None for people who entered themselves, of which the history says nothing."""
    here = {"organisation_id": change.moment.organisation_id}
    person = Person(**here, discord_user_id=None, display_name=draft.name, created_at=change.now)
    change.session.add(person)
    await change.session.flush()
    entered = EnteredPerson(
        **here,
        person_id=person.id,
        lc_id=lc_id,
        entered_by=by,
        entered_at=change.now,
        until=kept_until(change.moment.today),
    )
    changed = await _set(change, person, entered, draft)
    change.session.add(entered)
    await change.session.flush()
    if by is not None:
        change.note("person.enter", "person", person.id, changed)
    return person


async def rename(change: Change, person_id: int, name: str) -> None:
    """Another name for somebody without an account. ``name``: as ``clean_name`` gives it."""
    person = await change.session.get_one(Person, person_id)
    entered = await change.session.scalar(select(EnteredPerson).where(EnteredPerson.person_id == person_id))
    person.display_name = name
    if entered is not None:
        entered.search = search_text([entered.reading, name, entered.affiliation])


def _require(actor: Actor, lc_id: int | None) -> None:
    """Raises NotAllowed: the actor may not enter people for this LC, or for the organisation."""
    if lc_id is None:
        actor.require(Right.KEEP_PEOPLE)
    else:
        actor.require(Right.ENTER_PEOPLE, lc_id)


def _lists(actor: Actor) -> list[NextStep]:
    """The way to a list that the actor may see: everybody's, or that of an LC of theirs. None if they have no LC."""
    lc_ids = [0] if actor.may(Right.KEEP_PEOPLE) else actor.lcs_where(Right.ENTER_PEOPLE)[:1]
    return [NextStep(N_("People without an account"), f"institutions:people:0:{lc_id}:") for lc_id in lc_ids]


async def _locked(change: Change, person_id: int) -> tuple[Person, EnteredPerson]:
    """Raises NotFound or NotAllowed as ``EnteringService.show``."""
    require_officer(change.actor)
    await lock_people(change.session, Person.id == person_id)
    entered = await change.lock(EnteredPerson, EnteredPerson.person_id == person_id, NOBODY, *_lists(change.actor))
    _require(change.actor, entered.lc_id)
    return await change.session.get_one(Person, person_id), entered


async def _set(change: Change, person: Person, entered: EnteredPerson, draft: PersonDraft) -> list[str]:
    """Returns the names of the fields that changed."""
    where = await _affiliation(change, draft, entered.institution_id)
    values = {"reading": draft.reading, "source": draft.source, **where}
    changed = [name for name, value in values.items() if getattr(entered, name) != value]
    for name in changed:
        setattr(entered, name, values[name])
    if person.display_name != draft.name:
        person.display_name = draft.name
        changed.append("name")
    entered.search = search_text([draft.reading, draft.name, entered.affiliation])
    return changed


async def _affiliation(change: Change, draft: PersonDraft, before: int | None) -> dict[str, Any]:
    """Somebody's affiliation: the institution that was chosen or has that name, else the school, else the text alone.

    Raises:
        NotFound: there is no such institution (any more) in the actor's organisation.
    """
    nowhere: dict[str, Any] = {"institution_id": None, "school_id": None, "affiliation": ""}
    here, typed = change.moment.organisation_id, fold(draft.affiliation)
    if (chosen := draft.institution_id) is not None:
        in_use = (Institution.id == chosen) & or_(Institution.retired_at.is_(None), Institution.id == (before or 0))
        await change.lock(Institution, in_use, GONE, LIST)
        return nowhere | {"institution_id": chosen}
    if not typed:
        return nowhere
    called = select(Institution.id, Institution.name_ja, Institution.name_en).where(
        Institution.organisation_id == here,
        Institution.retired_at.is_(None),
        Institution.search.contains(f"\n{typed}\n", autoescape=True),
    )
    rows = [row for row in await fetch(change.session, called) if typed in (fold(row.name_ja), fold(row.name_en))]
    if len(rows) == 1:
        return nowhere | {"institution_id": rows[0].id}
    schools = select(LocalCommittee.school_id).where(
        LocalCommittee.organisation_id == here, LocalCommittee.search_names.contains(f"\n{typed}\n", autoescape=True)
    )
    found = (await change.session.scalars(schools)).all()
    if not rows and len(found) == 1:
        return nowhere | {"school_id": found[0]}
    return nowhere | {"affiliation": draft.affiliation}


_ENTERER = aliased(Person)
_OF_LC = aliased(School)
_ENTERED: Select[Any] = (
    select(
        *EnteredPerson.__table__.c,
        Person.display_name,
        func.coalesce(Institution.name_ja, School.name_ja, EnteredPerson.affiliation).label("at_ja"),
        func.coalesce(Institution.name_en, School.name_en, EnteredPerson.affiliation).label("at_en"),
        _OF_LC.name_ja.label("lc_ja"),
        _OF_LC.name_en.label("lc_en"),
        _ENTERER.display_name.label("enterer"),
    )
    .select_from(EnteredPerson)
    .join(Person, Person.id == EnteredPerson.person_id)
    .outerjoin(Institution, Institution.id == EnteredPerson.institution_id)
    .outerjoin(School, School.id == EnteredPerson.school_id)
    .outerjoin(LocalCommittee, LocalCommittee.id == EnteredPerson.lc_id)
    .outerjoin(_OF_LC, _OF_LC.id == LocalCommittee.school_id)
    .outerjoin(_ENTERER, _ENTERER.id == EnteredPerson.entered_by)
)


def _found(actor: Actor, lc_id: int | None, text: str) -> Select[Any]:
    """Raises NotAllowed."""
    _require(actor, lc_id)
    query = _ENTERED.where(EnteredPerson.organisation_id == actor.organisation.id)
    if lc_id is not None:
        query = query.where(EnteredPerson.lc_id == lc_id)
    if typed := fold(text):
        at_school = select(LocalCommittee.school_id).where(
            LocalCommittee.organisation_id == actor.organisation.id, _has(LocalCommittee.search_names, typed)
        )
        ways = [
            _has(EnteredPerson.search, typed),
            _has(Institution.search, typed),
            EnteredPerson.school_id.in_(at_school),
        ]
        first = case((_has(EnteredPerson.search, f"\n{typed}\n"), 0), (ways[0], 1), else_=2)
        query = query.where(or_(*ways)).order_by(first)
    soon = EnteredPerson.until <= actor.today + timedelta(days=TOLD_BEFORE)
    return query.order_by(case((soon, 0), else_=1), EnteredPerson.search, EnteredPerson.id)


def _has(column: Any, typed: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.contains(typed, autoescape=True)
    return found


def _entry(row: Row[Any], today: date) -> EnteredEntry:
    return EnteredEntry(
        row.display_name,
        row.reading,
        row.at_ja,
        row.source,
        row.institution_id,
        person_id=row.person_id,
        affiliation_en=row.at_en,
        lc_id=row.lc_id,
        lc_ja=row.lc_ja or "",
        lc_en=row.lc_en or "",
        entered_by=row.enterer or "",
        entered_at=row.entered_at,
        until=row.until,
        ends_soon=row.until <= today + timedelta(days=TOLD_BEFORE),
        code_until=row.code_until if row.code_until is not None and row.code_until >= today else None,
    )
