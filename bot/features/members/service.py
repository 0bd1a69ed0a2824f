from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch, insert_if_absent
from bot.errors import Invalid, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.members import queries, rules
from bot.features.members.confirming import claim_lc, leave_lc
from bot.features.members.models import Contact, Interest, Kind, LcAnswer, Profile, Visibility
from bot.features.members.rules import clean_institution, clean_name, clean_reading
from bot.features.members.values import JOIN, CommitteeChoice, ProfileCard, RegionChoice, SchoolChoice, Standing
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Preference
from bot.features.people.terms import changed, ensure_person
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.schools.names import fold_query, search_text
from bot.i18n import LANGUAGES, N_
from bot.paging import Part, fetch_part


class MemberService(Service):
    """Joining and correcting are the same: each answer may be given and changed at any time. Every method that takes
    an answer returns the whole card, from which the next open question follows.

    All of them raise NotFound if nothing is kept about the actor (any more).
    """

    async def card(self, actor: Actor) -> ProfileCard | None:
        """What the actor has said about themselves; None if they have not joined."""
        async with self.database.reading() as connection:
            return await queries.profile_of(connection, actor.organisation.id, actor.person_id, actor.today)

    async def standing(self, actor: Actor) -> Standing | None:
        """How far the actor has come with joining; None if they haven't begun. One statement."""
        async with self.database.reading() as connection:
            return await queries.standing_of(connection, actor.organisation.id, actor.person_id, actor.today)

    async def consent(self, actor: Actor, language: str, version: str) -> ProfileCard | None:
        """Agree to the purpose notice; from now on something is kept. Doing it twice changes nothing.

        Returns None, and keeps nothing, if the notice that was agreed to is not the present one.

        Raises:
            Invalid: there is no such language.
        """
        async with change_by(self, actor) as change:
            agreed = await _agree(change, language, version)
            if agreed is None:
                return None
            person, _ = agreed
            return await queries.profile_of(change.session, actor.organisation.id, person.id, actor.today)

    async def join_on_the_way(self, actor: Actor, language: str, version: str, name: str, school: str) -> bool:
        """Agree, and say name and school in one, for somebody who is about to take part in something. The other
        questions are asked later. ``school``: as they type it; one that isn't in the list is kept as written. Earlier
        answers stay, such as where a form was left open.

        Returns False, and keeps nothing, if the notice that was agreed to is not the present one.

        Raises:
            Invalid: the name or the school can't be read, or is too long.
        """
        name, school = clean_name(name), clean_institution(school)
        async with change_by(self, actor) as change:
            agreed = await _agree(change, language, version)
            if agreed is None:
                return False
            person, is_new = agreed
            if not is_new:
                return True
            profile = await locked_profile(change.session, person.id)
            person.display_name, profile.search = name, search_text([name])
            profile.school_id = await _school_called(change, school)
            listed = await change.session.scalar(select(School.kind).where(School.id == profile.school_id))
            profile.institution = school if listed == SchoolKind.OTHER else ""
            change.note("member.answer", "person", person.id, ("name", "school"))
        return True

    async def set_name(self, actor: Actor, name: str, reading: str) -> ProfileCard:
        """Raises Invalid for a name or reading that can't be read or is too long."""
        name, reading = clean_name(name), clean_reading(reading)
        async with self._answering(actor, "name", "reading") as change:
            change.person.display_name, change.profile.reading = name, reading
            change.profile.search = search_text([reading, name])  # lists are in the order of the readings
        return change.card

    async def choose_school(self, actor: Actor, school_id: int) -> ProfileCard:
        """A school of the directory. Where it is another one than before, what was said about its LC no longer counts.

        Raises:
            NotFound: there is no such school in the actor's organisation.
        """
        async with self._answering(actor, "school") as change:
            kind = await change.session.scalar(
                select(School.kind).where(School.id == school_id, School.organisation_id == actor.organisation.id)
            )
            if kind is None or kind == SchoolKind.OTHER:
                raise NotFound(N_("That school is no longer in the list. Please choose again."), next_steps=[JOIN])
            if change.profile.school_id != school_id:
                await self._leave_school(change)
            change.profile.school_id, change.profile.institution = school_id, ""
        return change.card

    async def choose_other_institution(self, actor: Actor, name: str) -> ProfileCard:
        """A school that isn't in the list; its name may be left out. Raises Invalid for a name that is too long."""
        name = clean_institution(name)
        async with self._answering(actor, "school") as change:
            other = await _school_called(change, "")
            if change.profile.school_id != other:
                await self._leave_school(change)
            change.profile.school_id, change.profile.institution = other, name
        return change.card

    async def choose_outside(self, actor: Actor, kind: Kind) -> ProfileCard:
        """In high school or at work: without a school of the list. Raises Invalid for another kind."""
        if kind not in (Kind.HIGH_SCHOOL, Kind.WORKING):
            raise Invalid(N_("Please choose from the list."))
        async with self._answering(actor, "school", "kind", "year_of_study") as change:
            await self._leave_school(change)
            change.profile.school_id, change.profile.institution, change.profile.kind = None, "", kind.value
        return change.card

    async def choose_year(self, actor: Actor, year: int | None) -> ProfileCard:
        """The year of study, or None for somebody who has graduated.

        Raises:
            Invalid: there is no such year, or no school has been named.
        """
        if year is not None and not 1 <= year <= 6:
            raise Invalid(N_("Please choose a year from 1 to 6."))
        async with self._answering(actor, "kind", "year_of_study") as change:
            if change.profile.school_id is None:
                raise Invalid(N_("Please choose your school first."), next_steps=[JOIN])
            change.profile.year_of_study = year
            change.profile.kind = (Kind.STUDENT if year is not None else Kind.GRADUATE).value
            if year is None:
                await leave_lc(change, change.person.id, change.profile.school_id)
                change.profile.lc_answer = change.profile.would_start = None
        return change.card

    async def answer_lc(self, actor: Actor, answer: LcAnswer) -> ProfileCard:
        """Say whether one is in the LC at one's school. After a yes, one becomes a member once its officers confirm it.

        Raises:
            Invalid: no school with an LC has been named, or it is no answer for one that has.
            Conflict: its officers did not recognise the actor lately.
        """
        async with self._answering(actor, "lc") as change:
            lc_id = await change.session.scalar(
                select(LocalCommittee.id).where(LocalCommittee.school_id == change.profile.school_id)
            )
            if lc_id is None:
                raise Invalid(N_("Please choose your school first."), next_steps=[JOIN])
            if answer is LcAnswer.NOT_MEDICAL:
                raise Invalid(ASKED_NO_MORE, next_steps=[JOIN])
            if answer is LcAnswer.IN:
                await claim_lc(change, change.person.id, lc_id)
            else:
                await leave_lc(change, change.person.id, change.profile.school_id)
            change.profile.lc_answer = answer.value
            if answer is not LcAnswer.NONE:
                change.profile.would_start = None
        return change.card

    async def answer_start(self, actor: Actor, would: bool) -> ProfileCard:
        """Would they like to start an LC at their school? Counted for outreach (``outreach.py``)."""
        async with self._answering(actor, "would_start") as change:
            change.profile.would_start = would
            if change.profile.lc_answer == LcAnswer.NOT_MEDICAL:
                change.profile.lc_answer = None
        return change.card

    async def answer_not_medical(self, actor: Actor) -> ProfileCard:
        """Say that at one's school, which isn't in the list, no medicine is taught: there is no LC to start there.

        Raises:
            Invalid: the school is in the list.
        """
        async with self._answering(actor, "lc", "would_start") as change:
            kind = await change.session.scalar(select(School.kind).where(School.id == change.profile.school_id))
            if kind != SchoolKind.OTHER:
                raise Invalid(ASKED_NO_MORE, next_steps=[JOIN])
            change.profile.lc_answer, change.profile.would_start = LcAnswer.NOT_MEDICAL.value, False
        return change.card

    async def choose_interests(self, actor: Actor, committee_ids: Collection[int]) -> ProfileCard:
        """The committees that interest them; none is an answer, too.

        Raises:
            NotFound: one of them is no committee of the actor's organisation.
        """
        wanted = set(committee_ids)
        async with self._answering(actor, "interests") as change:
            known = set(
                await change.session.scalars(
                    select(StandingCommittee.id).where(
                        StandingCommittee.organisation_id == actor.organisation.id, StandingCommittee.id.in_(wanted)
                    )
                )
            )
            if known != wanted:
                raise NotFound(N_("That committee no longer exists. Please choose another one."))
            await change.session.execute(delete(Interest).where(Interest.person_id == change.person.id))
            change.session.add_all(Interest(person_id=change.person.id, committee_id=one) for one in sorted(wanted))
            change.profile.interests_answered = True
        return change.card

    async def choose_contact(self, actor: Actor, contact: Contact) -> ProfileCard:
        async with self._answering(actor, "contact") as change:
            change.profile.contact = contact.value
        return change.card

    async def choose_visibility(self, actor: Actor, visibility: Visibility) -> ProfileCard:
        async with self._answering(actor, "visibility") as change:
            change.profile.visibility = visibility.value
        return change.card

    async def choose_event_messages(self, actor: Actor, *, yes: bool) -> ProfileCard:
        """May direct messages about events come, where they chose direct messages? Raises NotFound."""
        async with self._answering(actor, "hears_of_events") as change:
            change.profile.hears_of_events = yes
        return change.card

    @asynccontextmanager
    async def _answering(self, actor: Actor, *fields: str) -> AsyncIterator[Answering]:
        """One answer: the person is locked, so that of two at once the second sees the first. With the last answer they
        have joined.

        Raises:
            NotFound: nothing is kept about the actor (any more).
        """
        async with change_by(self, actor) as change:
            session = change.session
            person = await _own_person(session, actor)
            profile = await locked_profile(session, person.id) if person else None
            if person is None or profile is None:
                raise NotFound(NOTHING_KEPT, next_steps=[JOIN])
            answer = Answering(session, actor, change.moment, person, profile)
            yield answer
            await session.flush()
            card = await queries.profile_of(session, actor.organisation.id, person.id, actor.today)
            assert card is not None
            if card.joined_at is None and card.open_step is None:
                profile.joined_at = change.now
                card = replace(card, joined_at=change.now, has_just_joined=True)
            answer.card = card
            if card.has_just_joined or (card.joined_at is not None and SHOWN_BY_ROLES.intersection(fields)):
                changed(session, actor.organisation.id, person.discord_user_id)
            change.note("member.answer", "person", person.id, fields)

    async def _leave_school(self, change: Answering) -> None:
        profile = change.profile
        await leave_lc(change, change.person.id, profile.school_id)
        profile.lc_answer = profile.would_start = profile.kind = profile.year_of_study = None


async def _agree(change: Change, language: str, version: str) -> tuple[Person, bool] | None:
    """The actor with a profile, after they agreed to a version of the notice, and whether they had none before; None if
    it isn't the present one.

    Raises:
        Invalid: there is no such language.
    """
    if language not in LANGUAGES:
        raise Invalid(N_("Japanese and English are available. Please choose one."))
    if version != rules.VERSION:
        return None
    actor, user = change.actor, change.actor.caller.discord_user_id
    person = await ensure_person(
        change.session,
        organisation_id=actor.organisation.id,
        discord_user_id=user,
        display_name=_discord_name(actor),
        at=change.now,
    )
    await insert_if_absent(change.session, Preference, discord_user_id=user)
    await change.session.execute(update(Preference).where(Preference.discord_user_id == user).values(language=language))
    made = await insert_if_absent(
        change.session,
        Profile,
        organisation_id=actor.organisation.id,
        person_id=person.id,
        purpose_version=version,
        consented_at=change.now,
        search=search_text([person.display_name]),
    )
    profile = await locked_profile(change.session, person.id)
    if made is not None or profile.purpose_version != version:
        profile.purpose_version, profile.consented_at = version, change.now
        await change.session.flush()
        change.note("member.consent", "person", person.id, ("purpose_version",))
    return person, made is not None


async def _school_called(change: Change, name: str) -> int:
    """The one school of the list with this name, or the entry for all others."""
    here = School.organisation_id == change.moment.organisation_id
    if folded := fold_query(name):
        query = select(School.id).join(LocalCommittee, LocalCommittee.school_id == School.id)
        whole = LocalCommittee.search_names.contains(f"\n{folded}\n", autoescape=True)
        found = (await change.session.scalars(query.where(here, School.kind != SchoolKind.OTHER, whole).limit(2))).all()
        if len(found) == 1:
            return found[0]
    other = await change.session.scalar(select(School.id).where(here, School.kind == SchoolKind.OTHER))
    assert other is not None, "every organisation has it"
    return other


def _discord_name(actor: Actor) -> str:
    """The name on Discord, until they choose a name."""
    try:
        return clean_name(actor.caller.display_name)
    except Invalid:
        return "?"


NOTHING_KEPT = N_("We don't hold any data about you. To take part, please join first.")
ASKED_NO_MORE = N_("You don't need to answer this any more, because of your earlier answers.")
#: Answers from which roles in Discord follow. While somebody joins, they wait for the last one.
SHOWN_BY_ROLES = frozenset({"school", "kind", "interests", "contact"})


@dataclass(slots=True)
class Answering(Change):
    """An answer while it is written down; ``card`` is how all stands after it."""

    person: Person
    profile: Profile
    card: ProfileCard = field(init=False)


async def locked_profile(session: AsyncSession, person_id: int) -> Any:
    return await session.scalar(select(Profile).where(Profile.person_id == person_id).with_for_update())


async def _own_person(session: AsyncSession, actor: Actor) -> Person | None:
    query = select(Person).where(
        Person.organisation_id == actor.organisation.id, Person.discord_user_id == actor.caller.discord_user_id
    )
    return await session.scalar(query.with_for_update())


#: What a menu of Discord holds.
MENU = 25


class ChoiceService(Service):
    async def committees(self, actor: Actor) -> list[CommitteeChoice]:
        async with self.database.reading() as connection:
            return await queries.committees_of(connection, actor.organisation.id)

    async def regions(self, actor: Actor) -> list[RegionChoice]:
        """The regions that have schools, and at the end, under 0, the schools that have none."""
        query = (
            select(Region.id, Region.name_ja, Region.name_en, func.count(School.id).label("n"))
            .select_from(School)
            .outerjoin(Region, Region.id == School.region_id)
            .where(School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER)
            .group_by(Region.id, Region.name_ja, Region.name_en, Region.position)
            .order_by(Region.id.is_(None), Region.position)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return [RegionChoice(row.id or 0, row.name_ja or "", row.name_en or "", row.n) for row in rows]

    async def schools(self, actor: Actor, region_id: int, page: int = 0) -> Part[SchoolChoice]:
        """A menu of the schools of a region (0: without one)."""
        query = (
            select(School.id, School.name_ja, School.name_en)
            .where(
                School.organisation_id == actor.organisation.id,
                School.kind != SchoolKind.OTHER,
                School.region_id == region_id if region_id else School.region_id.is_(None),
            )
            .order_by(School.position, School.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, MENU)
        return rows.each(lambda row: SchoolChoice(row.id, row.name_ja, row.name_en))

    async def complete_school(self, actor: Actor, text: str) -> list[SchoolChoice]:
        """At most 25 schools for what has been typed so far, by any of their names; whole names come first."""
        query = select(School.id, School.name_ja, School.name_en).where(
            School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER
        )
        if folded := fold_query(text):
            names = LocalCommittee.search_names
            query = query.join(LocalCommittee, LocalCommittee.school_id == School.id).where(
                names.contains(folded, autoescape=True)
            )
            whole, beginning = (names.contains(one, autoescape=True) for one in (f"\n{folded}\n", f"\n{folded}"))
            query = query.order_by(case((whole, 0), (beginning, 1), else_=2))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(School.position, School.id).limit(MENU))
        return [SchoolChoice(row.id, row.name_ja, row.name_en) for row in rows]
