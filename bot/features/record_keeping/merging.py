"""Two records of one person become one, after a look at what will be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.asks.asking import close
from bot.features.handovers.models import Handover, HandoverState
from bot.features.handovers.rules import WITHDRAW
from bot.features.institutions.models import EnteredPerson, Institution, InstitutionContact
from bot.features.institutions.rules import joined_days
from bot.features.local_committees.models import LocalCommittee
from bot.features.members.models import LcClaim, Profile
from bot.features.members.queries import with_profile
from bot.features.members.rules import clean
from bot.features.memberships.models import BankRow, Fee, FeeState, Membership
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import FormerRecord, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import changed
from bot.features.record_keeping.models import Keeping, RosterRequest
from bot.features.record_keeping.repointing import Owner, hand_over, readdress, repoint
from bot.features.schools.models import School
from bot.features.schools.names import fold, search_text
from bot.features.signups.leaving import join_parties
from bot.i18n import N_

#: What a menu of Discord holds.
PAGE = 25


@dataclass(frozen=True, slots=True)
class PersonChoice:
    person_id: int
    name: str
    school_ja: str
    school_en: str


class MergingService(Service):
    async def complete(self, actor: Actor, text: str) -> list[PersonChoice]:
        """At most 25 people for what has been typed so far, a number or a part of a name; people with just that name
        come first. Raises NotAllowed."""
        actor.require(Right.KEEP_PEOPLE)
        query = with_profile(select(Person.id), outer=True).where(
            Person.organisation_id == actor.organisation.id, Person.display_name != ""
        )
        if typed := clean(text):
            number = typed.removeprefix("#")
            ways = [
                Person.display_name.contains(typed, autoescape=True),
                Profile.search.contains(fold(typed), autoescape=True),
                Person.id == (int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0),
            ]
            whole = [Person.display_name == typed, Profile.search.contains(f"\n{fold(typed)}\n", autoescape=True)]
            query = query.where(or_(*ways)).order_by(case((or_(*whole, ways[2]), 0), else_=1))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(Person.display_name, Person.id).limit(PAGE))
        return [PersonChoice(row.id, row.display_name, row.school_ja or "", row.school_en or "") for row in rows]

    async def preview(self, actor: Actor, kept_id: int, gone_id: int) -> MergePreview:
        """What would be if the record ``gone_id`` went into ``kept_id``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: both are the same record.
            NotFound: one of them is no person of the actor's organisation.
        """
        actor.require(Right.KEEP_PEOPLE)
        async with self.database.reading() as connection:
            return await compare(connection, actor, kept_id, gone_id)

    async def merge(self, actor: Actor, kept_id: int, gone_id: int, token: str) -> int | None:
        """Merge two records, as the preview with this ``token`` showed. Everything that points at the record that goes,
        or stands under its Discord account, belongs to the kept one afterwards.

        Returns the Discord account that is nobody's any more, if there is one.

        Raises:
            NotAllowed, Invalid, NotFound: as in ``preview``.
            Conflict: something has changed since the preview.
        """
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            await change.session.execute(
                select(Person.id).where(Person.id.in_([kept_id, gone_id])).order_by(Person.id).with_for_update()
            )
            preview = await compare(change.session, actor, kept_id, gone_id)
            if preview.token != token:
                raise Conflict(
                    N_("One of the two records has changed since you looked. Nothing was merged. Please check again.")
                )
            await make_one(change, preview)
        return preview.gone.discord_user_id if preview.kept.discord_user_id is not None else None

    async def record_of(self, actor: Actor, discord_user_id: int) -> int:
        """The number of the record of a Discord account.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: that account has no record in the actor's organisation.
        """
        actor.require(Right.KEEP_PEOPLE)
        query = select(Person.id).where(
            Person.organisation_id == actor.organisation.id, Person.discord_user_id == discord_user_id
        )
        async with self.database.reading() as connection:
            found = await connection.scalar(query)
        if found is None:
            raise NotFound(
                N_("This account has no record yet. Please ask the person to join first, or give them a code.")
            )
        return found


async def make_one(change: Change, preview: MergePreview) -> None:
    """Carry out what the preview says. Both people have to be locked."""
    session, kept_id, gone_id = change.session, preview.kept.person_id, preview.gone.person_id
    await join_terms(session, kept_id, gone_id)
    await fill_profile(session, kept_id, gone_id)
    await settle_fees(session, kept_id, gone_id)
    await drop_double_claims(session, kept_id, gone_id)
    has_account = preview.kept.discord_user_id is not None or preview.gone.discord_user_id is not None
    await join_entered(session, kept_id, gone_id, has_account=has_account)
    await join_contacts(session, kept_id, gone_id)
    await join_parties(session, change.moment, kept_id, gone_id)
    await repoint(session, "people", gone_id, kept_id)
    await ask_once(session, kept_id, change.now)
    await session.execute(delete(Person).where(Person.id == gone_id))
    await _unite_accounts(session, change.moment.organisation_id, preview, change.now)
    for person_id, action in ((kept_id, "person.merge"), (gone_id, "person.merged_away")):
        change.note(action, "person", person_id, ("terms", *preview.fields))


async def _unite_accounts(session: AsyncSession, organisation_id: int, preview: MergePreview, now: datetime) -> None:
    """Of two Discord accounts the kept record's is the person's; a record without one takes over the other's."""
    kept, gone = preview.kept, preview.gone
    session.add(
        FormerRecord(
            organisation_id=organisation_id,
            person_id=kept.person_id,
            former_person_id=gone.person_id,
            discord_user_id=gone.discord_user_id if kept.discord_user_id is not None else None,
            merged_at=now,
        )
    )
    account = kept.discord_user_id or gone.discord_user_id
    if gone.discord_user_id is not None and account is not None:
        if kept.discord_user_id is None:
            own = update(Person).where(Person.id == kept.person_id).values(discord_user_id=account)
            await session.execute(own.execution_options(synchronize_session=False))
        else:
            await hand_over(session, organisation_id, gone.discord_user_id, account)
        # Also where the account stays: messages name the record, whose number is another now.
        old, new = Owner(gone.person_id, gone.discord_user_id), Owner(kept.person_id, account)
        await readdress(session, organisation_id, old, new, now)
    changed(session, organisation_id, account)


#: What a record without it takes over from the other. They go together: a year without its school says nothing.
TOGETHER = (
    ("reading",),
    ("school_id", "institution", "kind", "year_of_study"),
    ("lc_answer",),
    ("would_start",),
    ("contact",),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records."""

    person_id: int
    name: str
    reading: str
    discord_user_id: int | None
    school_ja: str
    school_en: str
    terms: int
    memberships: int
    fees: int


@dataclass(frozen=True, slots=True)
class JoinedTerm:
    """Terms of one post and place whose days overlap: they become this one."""

    post_ja: str
    post_en: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class MergePreview:
    """``terms``: how many there will be. ``fields``: what the kept record takes over because it has nothing there.
    ``loses``: the LC, in Japanese and English, whose officers don't see the person any more: of two who were entered,
    the kept one's LC stays. ``token``: what was looked at; only that is carried out."""

    kept: Side
    gone: Side
    terms: int
    joined: tuple[JoinedTerm, ...]
    fields: tuple[str, ...]
    loses: tuple[str, str] | None
    token: str


def _count(table: Any) -> Any:
    return select(func.count()).where(table.person_id == Person.id).correlate(Person).scalar_subquery()


_OF_LC = aliased(School)
_PEOPLE: Any = bindparam("people", expanding=True)
_SIDES = (
    select(
        Person.id,
        Person.organisation_id,
        Person.display_name,
        Person.discord_user_id,
        Profile.id.label("profile_id"),
        Profile.reading,
        Profile.school_id,
        Profile.institution,
        Profile.kind,
        Profile.year_of_study,
        Profile.lc_answer,
        Profile.would_start,
        Profile.contact,
        EnteredPerson.id.label("entered_id"),
        EnteredPerson.lc_id.label("entered_lc"),
        _OF_LC.name_ja.label("lc_ja"),
        _OF_LC.name_en.label("lc_en"),
        EnteredPerson.reading.label("entered_reading"),
        EnteredPerson.school_id.label("entered_school"),
        func.coalesce(School.name_ja, Institution.name_ja, EnteredPerson.affiliation).label("name_ja"),
        func.coalesce(School.name_en, Institution.name_en, EnteredPerson.affiliation).label("name_en"),
        _count(Term).label("terms"),
        _count(Membership).label("memberships"),
        _count(Fee).label("fees"),
    )
    .outerjoin(Profile, Profile.person_id == Person.id)
    .outerjoin(EnteredPerson, EnteredPerson.person_id == Person.id)
    .outerjoin(Institution, Institution.id == EnteredPerson.institution_id)
    .outerjoin(LocalCommittee, LocalCommittee.id == EnteredPerson.lc_id)
    .outerjoin(_OF_LC, _OF_LC.id == LocalCommittee.school_id)
    .outerjoin(School, School.id == func.coalesce(Profile.school_id, EnteredPerson.school_id))
    .where(Person.id.in_(_PEOPLE))
)
TERMS = (
    select(Term.id, Term.person_id, Term.post_id, Term.lc_id, Term.starts_on, Term.ends_on, Post.name_ja, Post.name_en)
    .join(Post, Post.id == Term.post_id)
    .where(Term.person_id.in_(_PEOPLE))
    .order_by(Term.post_id, Term.lc_id, Term.starts_on, Term.id)
)


async def compare(reader: Reader, actor: Actor, kept_id: int, gone_id: int) -> MergePreview:
    """Two statements. Raises Invalid or NotFound as ``MergingService.preview``."""
    if kept_id == gone_id:
        raise Invalid(N_("You chose the same record twice. Please choose two different ones."))
    rows = {row.id: row for row in await fetch(reader, _SIDES, {"people": [kept_id, gone_id]})}
    kept, gone = rows.get(kept_id), rows.get(gone_id)
    if kept is None or gone is None or {kept.organisation_id, gone.organisation_id} != {actor.organisation.id}:
        raise NotFound(N_("One of these people wasn't found. Please choose from the list that appears while you type."))
    terms = await fetch(reader, TERMS, {"people": [kept_id, gone_id]})
    groups = overlapping(terms)
    seen = repr([tuple(kept), tuple(gone), [tuple(term) for term in terms]])
    return MergePreview(
        kept=_side(kept),
        gone=_side(gone),
        terms=len(groups),
        joined=tuple(
            JoinedTerm(group[0].name_ja, group[0].name_en, *whole(group)) for group in groups if len(group) > 1
        ),
        fields=_taken_over(kept, gone),
        loses=_losing_lc(kept, gone),
        token=hashlib.sha256(seen.encode()).hexdigest()[:16],
    )


def overlapping(terms: Sequence[Any]) -> list[list[Any]]:
    """The terms in groups: those of one post and place of which some day is in two of them. ``terms`` are in the order
    of ``TERMS``."""
    groups: list[list[Any]] = []
    for term in terms:
        last = groups[-1] if groups else None
        if (
            last is not None
            and (last[0].post_id, last[0].lc_id) == (term.post_id, term.lc_id)
            and term.starts_on <= whole(last)[1]
        ):
            last.append(term)
        else:
            groups.append([term])
    return groups


def whole(group: Sequence[Any]) -> tuple[date, date]:
    return min(term.starts_on for term in group), max(term.ends_on for term in group)


def _side(row: Row[Any]) -> Side:
    return Side(
        row.id,
        row.display_name,
        row.reading or row.entered_reading or "",
        row.discord_user_id,
        row.name_ja or "",
        row.name_en or "",
        row.terms,
        row.memberships,
        row.fees,
    )


def _taken_over(kept: Row[Any], gone: Row[Any]) -> tuple[str, ...]:
    account = ("account",) if kept.discord_user_id is None and gone.discord_user_id is not None else ()
    entered = _from_what_was_entered(kept, gone)
    if gone.profile_id is None:
        return account + entered
    if kept.profile_id is None:
        return (*account, "profile", *entered)
    own = tuple(
        together[0]
        for together in TOGETHER
        if all(getattr(kept, name) in (None, "") for name in together)
        and any(getattr(gone, name) not in (None, "") for name in together)
    )
    return account + own + entered


def _losing_lc(kept: Row[Any], gone: Row[Any]) -> tuple[str, str] | None:
    has_account = kept.discord_user_id is not None or gone.discord_user_id is not None
    if has_account or kept.entered_id is None or gone.entered_lc in (None, kept.entered_lc):
        return None
    return gone.lc_ja, gone.lc_en


def _from_what_was_entered(kept: Row[Any], gone: Row[Any]) -> tuple[str, ...]:
    """What ``_say_for`` will fill in."""
    has_account = kept.discord_user_id is not None or gone.discord_user_id is not None
    if not has_account or (kept.profile_id is None and gone.profile_id is None):
        return ()
    is_called = kept.reading or gone.reading
    is_somewhere = any((kept.school_id, kept.kind, gone.school_id, gone.kind))
    found = []
    if not is_called and (kept.entered_reading or gone.entered_reading):
        found.append("reading")
    if not is_somewhere and (kept.entered_school or gone.entered_school):
        found.append("school_id")
    return tuple(found)


async def join_terms(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """Overlapping terms of one post and place become one, from the first day to the last."""
    for group in overlapping(await fetch(session, TERMS, {"people": [kept_id, gone_id]})):
        if len(group) == 1:
            continue
        stays = next((term for term in group if term.person_id == kept_id), group[0])
        starts_on, ends_on = whole(group)
        for term in group:
            if term.id != stays.id:
                await repoint(session, "terms", term.id, stays.id)
                await session.execute(delete(Term).where(Term.id == term.id))
        await session.execute(
            update(Term)
            .where(Term.id == stays.id)
            .values(starts_on=starts_on, ends_on=ends_on)
            .execution_options(synchronize_session=False)
        )
        await _name_once(session, stays.id)


async def _name_once(session: AsyncSession, term_id: int) -> None:
    """One person follows in a term: the last who was named for the terms that it was made of."""
    named = select(Handover).where(Handover.term_id == term_id, Handover.state == HandoverState.NAMED)
    for double in (await session.scalars(named.order_by(Handover.id.desc()).with_for_update())).all()[1:]:
        WITHDRAW.put(double)
    await session.flush()


async def fill_profile(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """The kept record takes over the fields in which it has nothing."""
    kept = await session.scalar(select(Profile).where(Profile.person_id == kept_id).with_for_update())
    gone = await session.scalar(select(Profile).where(Profile.person_id == gone_id).with_for_update())
    if kept is None or gone is None:
        return  # the only one there is goes along with the rest
    for together in TOGETHER:
        if all(getattr(kept, name) in (None, "") for name in together):
            for name in together:
                setattr(kept, name, getattr(gone, name))
    kept.hears_of_events &= gone.hears_of_events
    called = await session.scalar(select(Person.display_name).where(Person.id == kept_id))
    kept.search = search_text([kept.reading or "", called or ""])
    await session.flush()


async def settle_fees(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """Of two fees for one year, the one that is further along stays: nobody is asked to pay twice."""
    order = [FeeState.DUE.value, FeeState.REPORTED.value, FeeState.PAID.value]
    fees = (await session.scalars(select(Fee).where(Fee.person_id.in_([kept_id, gone_id])).with_for_update())).all()
    for mine in [fee for fee in fees if fee.person_id == kept_id]:
        for other in [fee for fee in fees if fee.person_id == gone_id and fee.year == mine.year]:
            worse, better = sorted((mine, other), key=lambda fee: order.index(fee.state))
            await session.execute(
                update(BankRow)
                .where(BankRow.fee_id == worse.id)
                .values(fee_id=better.id)
                .execution_options(synchronize_session=False)
            )
            await session.delete(worse)
    await session.flush()


async def drop_double_claims(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """An LC is asked about a person once, and an answered request doesn't stand in the way of one that waits."""
    answered = delete(RosterRequest).where(RosterRequest.person_id.in_([kept_id, gone_id]), ~RosterRequest.waits())
    await session.execute(answered.execution_options(synchronize_session=False))
    waiting = select(LcClaim.lc_id).where(LcClaim.person_id == kept_id, LcClaim.waits())
    await session.execute(
        delete(LcClaim)
        .where(LcClaim.person_id == gone_id, LcClaim.waits(), LcClaim.lc_id.in_(waiting))
        .execution_options(synchronize_session=False)
    )


async def ask_once(session: AsyncSession, person_id: int, now: datetime) -> None:
    """Of two who were asked whether they want to be kept, one is, by the later day: nobody has less time than they
    were told."""
    first = (
        select(Keeping.id)
        .where(Keeping.person_id == person_id, Keeping.waits())
        .order_by(Keeping.until.desc(), Keeping.id)
    )
    waits = Keeping.id.not_in(first.limit(1).scalar_subquery())
    await close(session, Keeping, now, Keeping.person_id == person_id, Keeping.waits(), waits)


async def join_entered(session: AsyncSession, kept_id: int, gone_id: int, *, has_account: bool) -> None:
    """Somebody with an account no longer counts as entered by an officer: what they haven't said themselves is taken
    over from that entry. Of two entries, one stays, for the longer time."""
    query = select(EnteredPerson).where(EnteredPerson.person_id.in_([kept_id, gone_id])).with_for_update()
    entered = {one.person_id: one for one in await session.scalars(query)}
    called = [one for one in (entered.get(kept_id), entered.get(gone_id)) if one is not None]
    if has_account:
        for entry in called:
            await _say_for(session, kept_id, gone_id, entry)
            await session.delete(entry)
    elif len(called) == 2:
        stays, double = called
        stays.reading = stays.reading or double.reading
        if not (stays.school_id or stays.institution_id or stays.affiliation):
            stays.school_id, stays.institution_id = double.school_id, double.institution_id
            stays.affiliation = double.affiliation
        stays.until = max(stays.until, double.until)
        name = await session.scalar(select(Person.display_name).where(Person.id == kept_id))
        stays.search = search_text([stays.reading, name or "", stays.affiliation])
        code = (double.digest, double.code_until)
        await session.delete(double)
        await session.flush()
        if stays.digest is None:
            stays.digest, stays.code_until = code
    await session.flush()


async def _say_for(session: AsyncSession, kept_id: int, gone_id: int, entered: EnteredPerson) -> None:
    """Fill what somebody with an account has left open with what an officer knew, after ``fill_profile``."""
    profiles = (await session.scalars(select(Profile).where(Profile.person_id.in_([kept_id, gone_id])))).all()
    profile = min(profiles, key=lambda one: one.person_id != kept_id, default=None)
    if profile is None:
        return
    if not profile.reading and entered.reading:
        profile.reading = entered.reading
        called = await session.scalar(select(Person.display_name).where(Person.id == kept_id))
        profile.search = search_text([entered.reading, called or ""])
    if profile.school_id is None and profile.kind is None and entered.school_id is not None:
        profile.school_id = entered.school_id


async def join_contacts(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """Somebody is asked at an institution once: from the first day to the last, and what one of the two hasn't said,
    the other has."""
    query = select(InstitutionContact).where(InstitutionContact.person_id.in_([kept_id, gone_id])).with_for_update()
    contacts = (await session.scalars(query.order_by(InstitutionContact.id))).all()
    of_kept = {one.institution_id: one for one in contacts if one.person_id == kept_id}
    for goes in [one for one in contacts if one.person_id == gone_id and one.institution_id in of_kept]:
        stays = of_kept[goes.institution_id]
        days = joined_days((stays.starts_on, stays.ends_on), (goes.starts_on, goes.ends_on))
        stays.starts_on, stays.ends_on = days
        stays.mail, stays.phone = stays.mail or goes.mail, stays.phone or goes.phone
        stays.is_main = stays.is_main or goes.is_main
        await session.delete(goes)
    await session.flush()
