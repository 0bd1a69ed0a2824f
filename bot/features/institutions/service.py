from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, case, select, update

from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, NextStep, NotFound
from bot.features import Service
from bot.features.institutions.models import Institution, InstitutionContact, InstitutionKind
from bot.features.institutions.rules import (
    ContactDraft,
    InstitutionDraft,
    cleaned_contact,
    cleaned_institution,
    countries,
)
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.schools.models import School, SchoolKind
from bot.features.schools.names import fold, readings_of, search_text
from bot.i18n import N_
from bot.kit.edits import merged
from bot.paging import Part, fetch_part

PAGE = 10
GONE = N_("That institution was not found. Please choose one from the list.")
NO_CONTACT = N_("That contact has been removed. Please open the institution again.")
NOBODY = N_("That person was not found, or has been deleted. Please choose from the list.")
LIST = NextStep(N_("Institutions"), "institutions:list:0:")


@dataclass(frozen=True, slots=True)
class InstitutionEntry(InstitutionDraft):
    """``country`` is a code. ``is_school``: it is a school of the directory."""

    institution_id: int = 0
    is_school: bool = False
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class ContactLine(ContactDraft):
    """``is_over``: their last day is behind."""

    contact_id: int = 0
    institution_id: int = 0
    person_id: int = 0
    name: str = ""
    is_main: bool = False
    is_over: bool = False


class InstitutionService(Service):
    async def found(self, actor: Actor, text: str = "", page: int = 0) -> Part[InstitutionEntry]:
        """Ten institutions that have ``text`` in a name, the place or the country, those of that name first; without a
        text all. Officers of LCs see those in use.

        Raises:
            NotAllowed: the actor is no officer in office.
        """
        query = _found(actor, text)
        async with self.database.reading() as connection:
            return (await fetch_part(connection, query, page, PAGE)).each(_entry)

    async def all(self, actor: Actor, text: str = "") -> list[InstitutionEntry]:
        """For a file. Raises as ``found`` does."""
        query = _found(actor, text)
        async with self.database.reading() as connection:
            return [_entry(row) for row in await fetch(connection, query)]

    async def show(self, actor: Actor, institution_id: int) -> tuple[InstitutionEntry, list[ContactLine]]:
        """An institution and its contacts: the main one, then the others, then former ones.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such institution in the actor's organisation.
        """
        query = _found(actor, "", Right.KEEP_PEOPLE).where(Institution.id == institution_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            if not rows:
                raise NotFound(GONE, next_steps=[LIST])
            contacts = await fetch(connection, _CONTACTS.where(InstitutionContact.institution_id == institution_id))
        lines = [_contact(row, actor.today) for row in contacts]
        return _entry(rows[0]), sorted(lines, key=lambda one: (one.is_over, not one.is_main))

    async def add(self, actor: Actor, draft: InstitutionDraft) -> int:
        """A new institution; its id. One with the name of a school of the directory is that school.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: a part of the draft is missing or can't be used.
            Conflict: it is there already.
        """
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            institution = Institution(organisation_id=actor.organisation.id, retired_at=None)
            changed = await _set(change, institution, cleaned_institution(draft))
            change.session.add(institution)
            await change.session.flush()
            change.note("institution.add", "institution", institution.id, changed)
            return institution.id

    async def edit(
        self, actor: Actor, institution_id: int, draft: InstitutionDraft, seen: InstitutionDraft | None = None
    ) -> None:
        """Change the names of an institution and what is kept of it. ``seen``: see ``merged``. Raises as ``add``;
        NotFound; Overtaken."""
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            institution = await change.lock(Institution, institution_id, GONE, LIST)
            kept = merged(cleaned_institution(draft), seen, _entry(institution))
            if changed := await _set(change, institution, kept):
                change.note("institution.edit", "institution", institution_id, changed)

    async def retire(self, actor: Actor, institution_id: int, *, retired: bool) -> None:
        """Take it out of use, or bring it back. Records that name it stay. Done twice, it changes nothing. Raises:
        NotAllowed; NotFound."""
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            institution = await change.lock(Institution, institution_id, GONE, LIST)
            if retired != (institution.retired_at is not None):
                institution.retired_at = change.now if retired else None
                action = "institution.retire" if retired else "institution.revive"
                change.note(action, "institution", institution_id)

    async def contact(self, actor: Actor, contact_id: int) -> ContactLine:
        """Raises: NotAllowed; NotFound."""
        actor.require(Right.KEEP_PEOPLE)
        here = InstitutionContact.organisation_id == actor.organisation.id
        async with self.database.reading() as connection:
            rows = await fetch(connection, _CONTACTS.where(here, InstitutionContact.id == contact_id))
        if not rows:
            raise NotFound(NO_CONTACT, next_steps=[LIST])
        return _contact(rows[0], actor.today)

    async def add_contact(self, actor: Actor, institution_id: int, person_id: int, draft: ContactDraft) -> int:
        """Make a person, with an account or without one, a contact of an institution; the contact's id. The first is
        the main one.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: a part of the draft is missing or can't be used.
            NotFound: there is no such person or institution in the actor's organisation.
            Conflict: they are a contact of it already.
        """
        kept = cleaned_contact(draft)
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            await change.lock(Person, (Person.id == person_id) & (Person.display_name != ""), NOBODY)
            institution = await change.lock(Institution, institution_id, GONE, LIST)
            main = select(InstitutionContact.id).where(
                InstitutionContact.institution_id == institution.id, InstitutionContact.is_main
            )
            made = await insert_if_absent(
                change.session,
                InstitutionContact,
                organisation_id=actor.organisation.id,
                institution_id=institution.id,
                person_id=person_id,
                is_main=await change.session.scalar(main) is None,
                **asdict(kept),
            )
            if made is None:
                raise Conflict(N_("They are already a contact of this institution. Please edit the existing entry."))
            change.note("institution.contact", "institution", institution.id, ("person", *asdict(kept)))
            return made

    async def edit_contact(
        self, actor: Actor, contact_id: int, draft: ContactDraft, seen: ContactDraft | None = None
    ) -> None:
        """``seen``: see ``merged``. Raises: NotAllowed; Invalid; NotFound; Overtaken."""
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            contact = await _locked(change, contact_id)
            if changed := contact.take(asdict(cleaned_contact(merged(draft, seen, contact)))):
                change.note("institution.contact", "institution", contact.institution_id, changed)

    async def make_main(self, actor: Actor, contact_id: int) -> None:
        """They are asked first from now on. Done twice, it changes nothing. Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            contact = await _locked(change, contact_id)
            if not contact.is_main:
                others = update(InstitutionContact).where(
                    InstitutionContact.institution_id == contact.institution_id, InstitutionContact.is_main
                )
                await change.session.execute(others.values(is_main=False))
                contact.is_main = True
                change.note("institution.contact", "institution", contact.institution_id, ("is_main",))

    async def remove_contact(self, actor: Actor, contact_id: int) -> None:
        """The person stays, and so does the institution. Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            contact = await _locked(change, contact_id)
            await change.session.delete(contact)
            change.note("institution.contact", "institution", contact.institution_id, ("person",))


def require_officer(actor: Actor) -> None:
    """Raises NotAllowed: the actor may enter people for nobody, neither the organisation nor an LC."""
    if actor.may(Right.KEEP_PEOPLE):
        return
    own = actor.lcs_where(Right.ENTER_PEOPLE) or actor.officer_of
    former = [one.lc_id for one in actor.holdings if one.is_officer]
    actor.require(Right.ENTER_PEOPLE, own[0] if own else former[-1] if former else None)


async def _set(change: Change, institution: Institution, draft: InstitutionDraft) -> list[str]:
    """Returns the names of the fields that changed. Of two who add the same, the second is told that it is there."""
    here = select(Organisation.id).where(Organisation.id == change.moment.organisation_id)
    await change.session.execute(here.with_for_update(key_share=True))
    school = await _school(change, draft)
    names = [draft.name_ja, draft.name_en]
    also = [*school.aliases.split("\n"), *school.former_names.split("\n")] if school is not None else []
    known = [*names, *also, *readings_of(*names), draft.place, *countries()[draft.country]]
    values = {**asdict(draft), "kind": draft.kind.value, "school_id": school.id if school is not None else None}
    same = [Institution.organisation_id == change.moment.organisation_id, Institution.id != (institution.id or 0)]
    if school is not None:
        same.append(Institution.school_id == school.id)
    else:
        same += [Institution.country == draft.country, Institution.place == draft.place]
        same += [Institution.name_ja == draft.name_ja, Institution.name_en == draft.name_en]
    for row in await fetch(change.session, select(Institution.id).where(*same)):
        there = NextStep(N_("View it"), f"institutions:show:{row.id}")
        raise Conflict(N_("This institution is already listed. Please edit the existing entry."), next_steps=[there])
    changed = institution.take(values)
    institution.search = search_text(known)[: Institution.search.type.length]
    return changed


async def _school(change: Change, draft: InstitutionDraft) -> School | None:
    """The school of the directory that has one of the names."""
    query = select(School).where(
        School.organisation_id == change.moment.organisation_id, School.kind != SchoolKind.OTHER.value
    )
    called = {fold(draft.name_ja), fold(draft.name_en)}
    found = [one for one in await change.session.scalars(query) if called & {fold(one.name_ja), fold(one.name_en)}]
    return found[0] if len(found) == 1 else None


async def _locked(change: Change, contact_id: int) -> InstitutionContact:
    """A contact, after its institution: changes to the contacts of one come one after another."""
    here = select(InstitutionContact.institution_id).where(InstitutionContact.id == contact_id)
    await change.lock(Institution, Institution.id.in_(here), NO_CONTACT, LIST)
    return await change.lock(InstitutionContact, contact_id, NO_CONTACT, LIST)


def _found(actor: Actor, text: str, right: Right | None = None) -> Select[Any]:
    """What the actor may see of it. Raises NotAllowed."""
    if right is not None:
        actor.require(right)
    else:
        require_officer(actor)
    query = select(*Institution.__table__.c).where(Institution.organisation_id == actor.organisation.id)
    if not actor.may(Right.KEEP_PEOPLE):
        query = query.where(Institution.retired_at.is_(None))
    if typed := fold(text):
        has = Institution.search.contains
        query = query.where(has(typed, autoescape=True))
        first = case((has(f"\n{typed}\n", autoescape=True), 0), (has(f"\n{typed}", autoescape=True), 1), else_=2)
        query = query.order_by(first)
    return query.order_by(Institution.retired_at.is_not(None), Institution.search, Institution.id)


_CONTACTS: Select[Any] = (
    select(*InstitutionContact.__table__.c, Person.display_name)
    .join(Person, Person.id == InstitutionContact.person_id)
    .order_by(InstitutionContact.starts_on, InstitutionContact.id)
)


def _entry(row: Row[Any] | Institution) -> InstitutionEntry:
    return InstitutionEntry(
        row.name_ja,
        row.name_en,
        InstitutionKind(row.kind),
        row.country,
        row.place,
        row.address,
        row.note,
        institution_id=row.id,
        is_school=row.school_id is not None,
        is_retired=row.retired_at is not None,
    )


def _contact(row: Row[Any], today: date) -> ContactLine:
    return ContactLine(
        row.role,
        row.mail,
        row.phone,
        row.starts_on,
        row.ends_on,
        contact_id=row.id,
        institution_id=row.institution_id,
        person_id=row.person_id,
        name=row.display_name,
        is_main=row.is_main,
        is_over=row.ends_on is not None and row.ends_on < today,
    )
