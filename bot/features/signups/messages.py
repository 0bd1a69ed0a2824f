"""What the bot says of sign-ups unasked, and its own work for them. None of it counts towards the three messages a
week: people said that they want to hear of what they signed up for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Delivery, DeliveryState, Lane, RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.errors import NextStep
from bot.features.members.models import Contact, Profile
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.features.signups.models import Party, PartyMember, SignUp
from bot.features.tasks.models import Task
from bot.features.tasks.queries import IS_OPEN
from bot.features.tasks.rules import TaskTemplate
from bot.features.tasks.service import NewTask, set_by_itself
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

OFFERED = MessageKind("signups:offer", N_("Offer of a place"), lane=Lane.PROMPT)
MOVED_UP = MessageKind("signups:moved-up", N_("Notice of a place"))
LAST_CALL = MessageKind("signups:last-call", N_("Last call to those in line"), urgency=Urgency.URGENT, lane=Lane.PROMPT)
LAPSED = MessageKind("signups:lapsed", N_("Notice that no place became free"))
DECIDED = MessageKind("signups:decided", N_("The organiser's decision on a sign-up"))
#: At each hour that matters to a sign-up: an offer, the last call or a reservation ends, or all of it.
LOOK = JobKind("signups:look", N_("Checking a sign-up (automatic)"))

#: Somebody may take a place and can't be written to, or waits for the organiser's yes.
TELL = TaskTemplate(
    "signups:tell",
    N_("Someone can't be reached about a place: {title}"),
    reminders=(),
    step=NextStep(N_("Open the list"), "signups:board:{subject}"),
)
DECIDE = TaskTemplate(
    "signups:decide",
    N_("People are waiting for your decision: {title}"),
    offset=2,
    reminders=(0,),
    step=NextStep(N_("Open the list"), "signups:board:{subject}"),
)
#: What tasks of a sign-up are about.
SUBJECT = "signup"


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody of a party. ``recipient``: None where the bot may not write to them."""

    party_id: int
    person_id: int
    recipient: Recipient | None


def may_be_told() -> ColumnElement[bool]:
    """Of a ``PartyMember`` with their ``Profile``: they said yes to messages about this; or they weren't asked, and
    generally want to hear directly of what they take part in. Nobody who wants no messages of events at all."""
    usually = and_(PartyMember.may_message.is_(None), Profile.contact == Contact.DIRECT)
    return and_(or_(PartyMember.may_message.is_(True), usually), ~wants_none())


def wants_none() -> ColumnElement[bool]:
    """Of a ``Profile``, which may be missing: no direct messages of events come, whatever else they chose."""
    return func.coalesce(~Profile.hears_of_events, false())


async def members_of(session: AsyncSession, party_ids: Iterable[int]) -> list[Reached]:
    """The people of parties, whether or not these have ended."""
    query = (
        select(
            PartyMember.party_id,
            PartyMember.person_id,
            Person.discord_user_id,
            may_be_told().label("may"),
        )
        .join(Person, Person.id == PartyMember.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(PartyMember.party_id.in_(list(party_ids)), PartyMember.agreed_at.is_not(None))
        .order_by(PartyMember.id)
    )
    found = []
    for row in await fetch(session, query):
        may = row.may and row.discord_user_id is not None
        to = Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.person_id}") if may else None
        found.append(Reached(row.party_id, row.person_id, to))
    return found


def about_offer(party: Party) -> str:
    return f"{OFFERED}:{party.id}:{party.generation}"


async def offers_said(session: AsyncSession, parties: Iterable[Party]) -> set[int]:
    """The parties whose present offer has reached one of them."""
    subjects = {about_offer(party): party.id for party in parties}
    query = select(Delivery.subject).where(
        Delivery.subject.in_(list(subjects)), Delivery.state == DeliveryState.SENT.value
    )
    return {subjects[row.subject] for row in await fetch(session, query)}


async def tell(
    session: AsyncSession, moment: Moment, kind: MessageKind, parties: Iterable[Party], **options: Any
) -> set[int]:
    """Have people of these parties told who may be written to; the parties of which that is somebody. Each party's
    generation tells this time from another."""
    by_id = {party.id: party for party in parties}
    if not by_id:
        return set()
    news, told = [], set()
    for one in await members_of(session, by_id):
        if one.recipient is not None:
            party = by_id[one.party_id]
            told.add(party.id)
            news.append(message(kind, moment, party, one, **options))
    await enqueue(session, news, moment.now)
    return told


def message(kind: MessageKind, moment: Moment, party: Party, to: Reached, **options: Any) -> NewDelivery:
    assert to.recipient is not None
    payload = {"signup": party.signup_id, "party": party.id, "generation": party.generation}
    part = f"{party.id}:{to.recipient.ref}"
    options.setdefault("about", f"signup:{party.signup_id}")
    return kind.to(to.recipient, moment, part, payload, generation=party.generation, **options)


async def give_task(session: AsyncSession, moment: Moment, template: TaskTemplate, signup: SignUp) -> None:
    """A task of the organiser, unless it is one already."""
    organiser_id = await _present_organiser(session, moment, signup)
    task = NewTask(
        template,
        SUBJECT,
        signup.id,
        moment.today,
        signup.title_ja,
        signup.title_en,
        person_id=organiser_id,
        lc_id=signup.lc_id if organiser_id is None else None,
    )
    await set_by_itself(session, moment, task)


async def _present_organiser(session: AsyncSession, moment: Moment, signup: SignUp) -> int | None:
    """Its organiser; if that is nobody in charge of it by name any more, the first who is."""
    query = select(Grant.person_id).where(is_charge_of(signup), Grant.held_on(moment.today)).order_by(Grant.id)
    found = list(await session.scalars(query))
    return signup.organiser_id if not found or signup.organiser_id in found else found[0]


def is_charge_of(signup: Any) -> ColumnElement[bool]:
    """Of a ``Grant``. ``signup``: a row or the table."""
    subject = (Grant.subject_kind == signup.owner_kind, Grant.subject_id == signup.owner_id)
    return and_(*subject, Grant.right == Right.ORGANISE.value)


async def pass_tasks(session: AsyncSession, signup: SignUp, was_id: int, person_id: int | None) -> None:
    """Its open tasks of somebody who doesn't organise it any more are somebody else's. It has to be locked."""
    theirs = (Task.subject_kind == SUBJECT, Task.subject_id == signup.id, Task.person_id == was_id, IS_OPEN)
    lc_id = signup.lc_id if person_id is None else None
    passed = update(Task).where(*theirs).values(person_id=person_id, lc_id=lc_id, said_on=None, escalated_on=None)
    await session.execute(passed.execution_options(synchronize_session=False))
