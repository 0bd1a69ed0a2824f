from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy import ColumnElement, select

from bot.db import Reader, fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.members.models import Kind, Profile
from bot.features.members.rules import clean_name
from bot.features.members.values import JOIN
from bot.features.memberships import rules
from bot.features.memberships.models import Fee, FeeState, Membership, MembershipKind, MembershipSetting, Renewal
from bot.features.memberships.queries import (
    begin_memberships,
    drop_fee,
    ensure_steps,
    open_fee,
    open_stays,
    settings_of,
    standings,
    steps_of,
)
from bot.features.memberships.values import FeeCard, OwnMembership, Settings
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.people.terms import changed
from bot.i18n import N_
from bot.kit.edits import merged

#: Where somebody sees what they are and what they can do about it.
OPEN = NextStep(N_("My membership"), "memberships:open")
MOST_YEN, MOST_GRACE, MOST_YEARS, MOST_TEXT = 1_000_000, 180, 10, 500


class MembershipService(Service):
    async def own(self, actor: Actor) -> OwnMembership:
        """What the actor is, and what they can do about it.

        Raises:
            NotFound: they have not joined.
        """
        year = rules.year_of(actor.today)
        async with self.database.reading() as connection:
            profiles = await fetch(
                connection,
                select(Profile.kind, Profile.year_of_study).where(Profile.person_id == (actor.person_id or 0)),
            )
            if not profiles or actor.person_id is None:
                raise NotFound(_JOIN_FIRST, next_steps=[JOIN])
            person_id, organisation_id = actor.person_id, actor.organisation.id
            found = await standings(connection, organisation_id, [person_id], actor.today, with_posts=False)
            plain = found[person_id]
            offices = [held.ends_on for held in actor.current if held.is_officer]
            fees = await fetch(
                connection,
                select(Fee.year, Fee.amount, Fee.reference, Fee.state, Fee.payer).where(
                    Fee.person_id == person_id, Fee.year == year
                ),
            )
            renewals = await fetch(
                connection,
                select(Renewal.answer).where(Renewal.person_id == person_id, Renewal.year == year),
            )
            staff = await fetch(
                connection,
                select(Membership.ends_on).where(
                    Membership.person_id == person_id,
                    Membership.kind == MembershipKind.STAFF,
                    Membership.ends_on >= rules.first_day(year - 1),
                    ~Membership.is_ended,
                ),
            )
            is_candidate = plain.kind is MembershipKind.STAFF_CANDIDATE
            return OwnMembership(
                standing=rules.Standing(MembershipKind.OFFICER, max(offices)) if offices else plain,
                plain=plain,
                settings=await settings_of(connection, organisation_id),
                year=year,
                fee=FeeCard(year, fees[0].amount, fees[0].reference, FeeState(fees[0].state), fees[0].payer)
                if fees
                else None,
                open_renewal=year if renewals and renewals[0].answer is None else None,
                was_staff=bool(staff) and all(row.ends_on < actor.today for row in staff),
                is_student=profiles[0].kind == Kind.STUDENT,
                year_of_study=profiles[0].year_of_study,
                steps=await steps_of(connection, organisation_id, person_id) if is_candidate else (),
                stays=await open_stays(connection, organisation_id, person_id, actor.today),
                today=actor.today,
            )

    async def offer(self, actor: Actor) -> Settings:
        """What being an individual member of this fiscal year costs, before it is asked for.

        Raises:
            NotFound, Invalid, Conflict: as for ``become_member``.
        """
        async with self.database.reading() as connection:
            await _require_may_ask(connection, actor, await _own_id(connection, actor))
            return await settings_of(connection, actor.organisation.id)

    async def become_member(self, actor: Actor, shown: tuple[int, int] | None = None) -> None:
        """Ask to be an individual member of this fiscal year: from now on the fee is due. Doing it twice changes
        nothing. ``shown``: the year and the fee (yen) that the actor agreed to, None for whatever they are.

        Raises:
            NotFound: the actor has not joined.
            Invalid: they are no student.
            Conflict: they are an individual member this year, paid here or before they came with a list.
            FeeChanged: it isn't what was shown.
        """
        async with change_by(self, actor) as change:
            person = await own_person(change)
            await _require_may_ask(change.session, actor, person.id)
            await open_fee(
                change.session, actor.organisation.id, person.id, rules.year_of(actor.today), change.now, shown
            )
            change.note("membership.ask", "person", person.id, ("fee",))

    async def take_back(self, actor: Actor) -> None:
        """Withdraw: this fiscal year's fee is no longer due, as long as nobody has said that it is paid. One can apply
        again.

        Raises:
            NotFound: the actor has not joined.
            Conflict: nothing is due, or it is reported or paid already.
        """
        year = rules.year_of(actor.today)
        async with change_by(self, actor) as change:
            person = await own_person(change)
            fee = await change.session.scalar(
                select(Fee).where(Fee.person_id == person.id, Fee.year == year).with_for_update()
            )
            if fee is None:
                raise Conflict(N_("You don't owe a fee right now. Nothing was changed."), next_steps=[OPEN])
            if fee.state != FeeState.DUE:
                raise Conflict(
                    N_(
                        "You said you've paid, so the treasurer is checking it. If that's wrong, please tell the "
                        "treasurer."
                    ),
                    next_steps=[OPEN],
                )
            await drop_fee(change.session, person.id, year)
            change.note("membership.take_back", "person", person.id, ("fee",))

    async def to_report(self, actor: Actor) -> str:
        """The name on the transfer as it was given before, "" if it wasn't: for somebody who is about to report a
        payment. Raises as ``report_payment``, whatever the name would be."""
        year = rules.year_of(actor.today)
        async with self.database.reading() as connection:
            person_id = await _own_id(connection, actor)
            fees = await fetch(
                connection, select(Fee.state, Fee.payer).where(Fee.person_id == person_id, Fee.year == year)
            )
        _require_owed(fees[0].state if fees else None)
        return str(fees[0].payer)

    async def report_payment(self, actor: Actor, payer: str) -> None:
        """Say that one has paid: ``payer`` is the name on the transfer. It may be corrected until the treasurer has
        found it.

        Raises:
            NotFound: the actor has not joined, or owes nothing this year.
            Conflict: the treasurer has it already.
            Invalid: the name can't be read or is too long.
        """
        payer = clean_name(payer)
        async with change_by(self, actor) as change:
            person = await own_person(change)
            fee = await change.session.scalar(
                select(Fee).where(Fee.person_id == person.id, Fee.year == rules.year_of(actor.today)).with_for_update()
            )
            _require_owed(fee.state if fee else None)
            assert fee is not None
            rules.REPORT.move(change, fee, "person", person.id, ("state", "payer"))
            fee.payer, fee.reported_at = payer, change.now

    async def become_candidate(self, actor: Actor) -> None:
        """Begin the Staff Internship.

        Raises:
            NotFound: the actor has not joined.
            Conflict: they are staff already.
            Invalid: they are no individual member today.
        """
        async with change_by(self, actor) as change:
            person = await own_person(change)
            standing = await plain_standing(change.session, actor, person.id)
            if standing.kind is MembershipKind.STAFF:
                raise Conflict(N_("You're already staff."), next_steps=[OPEN])
            if standing.kind not in (MembershipKind.INDIVIDUAL, MembershipKind.STAFF_CANDIDATE):
                raise Invalid(
                    N_(
                        "Only individual members can apply to become staff. Please become an individual member "
                        "first, then apply."
                    ),
                    next_steps=[OPEN],
                )
            organisation_id = actor.organisation.id
            await change.session.execute(
                select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
            )
            await ensure_steps(change.session, organisation_id)
            await begin_memberships(
                change.session, organisation_id, [person.id], MembershipKind.STAFF_CANDIDATE, actor.today, change.now
            )
            changed(change.session, organisation_id, person.discord_user_id)
            change.note("membership.apply", "person", person.id, ("kind",))

    async def settings(self, actor: Actor) -> Settings:
        """What can be changed. Raises NotAllowed: the actor is no national officer in office."""
        actor.require(Right.KEEP_FEES)
        async with self.database.reading() as connection:
            return await settings_of(connection, actor.organisation.id)

    async def change_settings(self, actor: Actor, wanted: Settings, seen: Settings | None = None) -> Settings:
        """Fees that are owed already stay as they are; later ones follow the new settings, which are returned.
        ``seen``: see ``merged``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: a number is out of bounds, or the text is too long.
            Overtaken: somebody else has changed the same since it was seen.
        """
        actor.require(Right.KEEP_FEES)
        if not 0 <= wanted.fee <= MOST_YEN:
            raise Invalid(N_("Please enter the fee in yen, from 0 to {most}."), most=MOST_YEN)
        if not 0 <= wanted.grace_days <= MOST_GRACE:
            raise Invalid(N_("Please enter the days of grace, from 0 to {most}."), most=MOST_GRACE)
        if not 1 <= wanted.kept_years <= MOST_YEARS:
            raise Invalid(N_("Please enter the number of years, from 1 to {most}."), most=MOST_YEARS)
        if len(wanted.how_to_pay) > MOST_TEXT:
            raise Invalid(N_("That is too long. Please use at most {n} characters."), n=MOST_TEXT)
        organisation_id = actor.organisation.id
        async with change_by(self, actor, Right.KEEP_FEES) as change:
            before = asdict(await settings_of(change.session, organisation_id))
            await insert_if_absent(change.session, MembershipSetting, organisation_id=organisation_id, **before)
            kept = await change.session.scalar(
                select(MembershipSetting).where(MembershipSetting.organisation_id == organisation_id).with_for_update()
            )
            assert kept is not None
            wanted = merged(replace(wanted, how_to_pay=wanted.how_to_pay.strip()), seen, kept)
            if "grace_days" in kept.take(asdict(wanted)):
                changed(change.session, organisation_id)
            change.note("membership.settings", "organisation", organisation_id, tuple(asdict(wanted)))
        return wanted


def _require_owed(state: str | None) -> None:
    if state is None:
        raise NotFound(N_("You don't owe a fee this year. Please open “My membership” first."), next_steps=[OPEN])
    rules.REPORT.require(state, OPEN)


async def _require_may_ask(reader: Reader, actor: Actor, person_id: int) -> None:
    kind = await reader.scalar(select(Profile.kind).where(Profile.person_id == person_id))
    if kind != Kind.STUDENT:
        raise Invalid(
            N_(
                "Only students of a university, college or vocational school can be individual members. If you're "
                "one, please correct your details on “My page”."
            ),
            next_steps=[NextStep(N_("My page"), "members:card")],
        )
    if (await plain_standing(reader, actor, person_id)).is_member:
        raise Conflict(
            N_("You're already an individual member. There's nothing more to pay for this fiscal year."),
            next_steps=[OPEN],
        )


async def plain_standing(reader: Reader, actor: Actor, person_id: int) -> rules.Standing:
    """What somebody is apart from their posts: an officer is a member or staff all the same."""
    found = await standings(reader, actor.organisation.id, [person_id], actor.today, with_posts=False)
    return found[person_id]


_OWN = select(Person).join(Profile, Profile.person_id == Person.id)
_JOIN_FIRST = N_("Please join first: it takes about two minutes.")


def _is_own(actor: Actor) -> ColumnElement[bool]:
    return (Person.organisation_id == actor.organisation.id) & (Person.discord_user_id == actor.caller.discord_user_id)


async def _own_id(reader: Reader, actor: Actor) -> int:
    """The actor's number, if they have joined. Raises NotFound."""
    person_id: int | None = await reader.scalar(_OWN.with_only_columns(Person.id).where(_is_own(actor)))
    if person_id is None:
        raise NotFound(_JOIN_FIRST, next_steps=[JOIN])
    return person_id


async def own_person(change: Change) -> Person:
    """The actor, locked, if they have joined."""
    mine = _OWN.where(_is_own(change.actor)).with_for_update(of=Person)
    person: Person | None = await change.session.scalar(mine)
    if person is None:
        raise NotFound(_JOIN_FIRST, next_steps=[JOIN])
    return person
