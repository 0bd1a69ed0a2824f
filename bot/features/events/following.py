"""What follows an event by itself: its posts show what is so, and those who come hear of changes and are reminded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind, Urgency
from bot.deliveries.outbox import cancel, enqueue, enqueue_once
from bot.deliveries.schedule import instant
from bot.deliveries.values import UNLESS_GONE, NewDelivery, Recipient
from bot.features import Service
from bot.features.events import rules
from bot.features.events.models import KIND, Audience, Event, EventPost, EventState, EventThread, Reminds
from bot.features.events.queries import EventCard, card_of, local
from bot.features.events.rules import When
from bot.features.members.models import Profile
from bot.features.organisations.each import moment_of
from bot.features.people.changes import Change
from bot.features.people.models import Person
from bot.features.signups import placing
from bot.features.signups.messages import may_be_told, wants_none
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.features.signups.opening import ToTell
from bot.features.signups.values import NewChoice, NewSignUp
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

POST = MessageKind("events:post", N_("Event"), urgency=Urgency.URGENT, tolerance=timedelta(days=7))
CHANGED = MessageKind("events:changed", N_("Change of an event"))
CANCELLED = MessageKind("events:cancelled", N_("Cancellation of an event"), tolerance=timedelta(days=7))
REMINDER = MessageKind("events:reminder", N_("Reminder of an event"))
IN_THREAD = MessageKind("events:in-thread", N_("Reminder in the thread of an event"), urgency=Urgency.URGENT)
SHOW = JobKind("events:show", N_("Updating the posts of an event (automatic)"))
TELL = JobKind("events:tell", N_("Telling people what changed in an event (automatic)"))
REMIND = JobKind("events:remind", N_("Reminding people of an event (automatic)"), tolerance=timedelta(days=1))
#: A post that is just arriving is looked at once more after this time.
AGAIN = timedelta(seconds=10)
#: Corrections within this time are told as one.
TOLD_AFTER = timedelta(minutes=2)
#: From so long before it begins, what changes is said at night, too.
SOON = timedelta(days=1)
#: A message on its way or arrived.
_THERE = (DeliveryState.SENT.value, DeliveryState.CLAIMED.value, DeliveryState.PENDING.value)
#: Those who hear of changes.
CONCERNED = (PartyState.APPLIED, PartyState.WAITING, PartyState.OFFERED, PartyState.ACCEPTED)


def note(change: Change, event: Event, action: str, fields: Iterable[str] = ()) -> None:
    """In the history of the LC, where it is one's: its officers find it by that."""
    about = ("local_committee", event.lc_id) if event.lc_id is not None else (KIND, event.id)
    change.note(action, *about, fields)


async def show_in(change: Change, event: Event, channel_id: int) -> None:
    await post_in(change.session, change.moment, event, channel_id)


async def post_in(session: AsyncSession, moment: Moment, event: Event, channel_id: int) -> None:
    """A post in a channel. It says what is so when it is sent."""
    posts = select(func.count(EventPost.id)).where(EventPost.event_id == event.id)
    number = await session.scalar(posts) or 0
    recipient = Recipient(RecipientKind.CHANNEL, channel_id, f"post:{number}")
    new = POST.to(recipient, moment, f"{event.id}:{number}", {"event": event.id}, about=f"event:{event.id}:post")
    older = update(EventPost).where(EventPost.event_id == event.id, EventPost.channel_id == channel_id)
    await session.execute(older.values(is_replaced=True).execution_options(synchronize_session=False))
    session.add(EventPost(event_id=event.id, channel_id=channel_id, delivery_key=new.key))
    await enqueue(session, [new], moment.now)


def new_signup(event: Event, committee: str | None, organiser_id: int | None) -> NewSignUp:
    """``committee``: the key of its committee, if it has one. ``organiser_id``: who hears what needs a hand."""
    closes, given = local(event.closes_local), placing.from_json(event.place_rules, event.limit)
    return NewSignUp(
        owner_kind=KIND,
        owner_id=event.id,
        lc_id=event.lc_id,
        committee=committee,
        for_lc_only=event.audience == Audience.LC,
        organiser_id=organiser_id,
        title_ja=event.title_ja,
        title_en=event.title_en,
        page=f"events:show:{event.id}",
        shows=SHOW,
        mode=given.mode,
        limit=event.limit,
        choices=[NewChoice(*one) for one in event.choices],
        held=given.held,
        opens_at=instant(given.opens, event.time_zone) if given.opens is not None else None,
        closes_at=instant(closes, event.time_zone) if closes is not None else None,
        begins_at=event.starts_at,
        last_call_hours=given.last_call_hours or None,
        quotas=placing.quotas_of(given, event.lc_id, event.time_zone),
    )


async def tell_soon(session: AsyncSession, event: Event, moment: Moment) -> None:
    about, part = f"event:{event.id}:tell", f"{event.id}:{event.sequence}"
    await _once(session, TELL, about, part, event.id, TOLD_AFTER, moment)


async def _once(
    session: AsyncSession, kind: JobKind, about: str, part: str, event_id: int, after: timedelta, moment: Moment
) -> None:
    """Have a job done, unless one waits that will see the same."""
    job = kind.at(moment.now + after, moment, part, {"event": event_id}, about=about)
    await enqueue_once(session, job, moment.now)


async def plan_reminder(session: AsyncSession, event: Event, when: When, moment: Moment) -> None:
    """Plan it for the present time of the event, in place of an earlier plan."""
    about = f"event:{event.id}:remind"
    await cancel(session, moment.organisation_id, about, moment.now)
    limit = await session.scalar(select(SignUp.limit).where(SignUp.owner_kind == KIND, SignUp.owner_id == event.id))
    by = rules.reminder_at(when, moment.now, event.time_zone, limit or 0)
    if by is not None:
        begins = by - max(rules.pace(limit or 0), rules.AHEAD)
        payload = {"event": event.id, "by": by.isoformat(), "plan": event.sequence}
        job = REMIND.at(begins, moment, f"{event.id}:{event.sequence}", payload, about=about)
        await enqueue(session, [job], moment.now)


async def tell_cancelled(change: Change, event: Event, people: Sequence[ToTell]) -> None:
    """``people``: those who had a place, or waited."""
    about, urgency = f"event:{event.id}:cancelled", _urgency(event, change.now)
    await change.send(
        *(
            CANCELLED.to(
                one.recipient,
                change.moment,
                f"{event.id}:{one.recipient.ref}",
                {"event": event.id},
                about=about,
                **urgency,
            )
            for one in people
            if one.recipient is not None
        )
    )
    for later in ("remind", "tell", "invitations"):
        await cancel(change.session, event.organisation_id, f"event:{event.id}:{later}", change.now)


async def reached(session: AsyncSession, event_id: int, states: Collection[PartyState]) -> Sequence[Recipient]:
    """Those in these states to whom the bot may write about the event."""
    query = (
        select(Person.id, Person.discord_user_id)
        .join(PartyMember, PartyMember.person_id == Person.id)
        .join(Party, Party.id == PartyMember.party_id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(
            SignUp.owner_kind == KIND,
            SignUp.owner_id == event_id,
            PartyMember.is_live,
            Party.state.in_([one.value for one in states]),
            may_be_told(),
            Person.discord_user_id.is_not(None),
        )
        .order_by(Person.id)
    )
    rows = await fetch(session, query)
    return [Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}") for row in rows]


def _urgency(event: Event, now: datetime) -> dict[str, Any]:
    is_soon = event.starts_at is not None and event.starts_at - now < SOON
    return {"urgency": Urgency.URGENT if is_soon else Urgency.DAILY}


class FollowingService(Service):
    async def card(self, organisation_id: int, event_id: int) -> EventCard:
        """As everybody in a channel sees it. Raises NotFound: it is gone, or a draft."""
        async with self.database.reading() as connection:
            return await card_of(connection, event_id, organisation_id, self.clock.now())

    async def may_hear(self, organisation_id: int, discord_user_id: int) -> bool:
        """May a message about an event go out to them? They may have changed their mind since it was made."""
        theirs = select(Profile.hears_of_events).join(Person, Person.id == Profile.person_id)
        here = (Person.organisation_id == organisation_id, Person.discord_user_id == discord_user_id)
        async with self.database.reading() as connection:
            return await connection.scalar(theirs.where(*here)) is not False

    async def show(self, event_id: int) -> None:
        """The job after sign-ups and changes (``SignUp.shows``): edit each post."""
        async with self.database.writing() as session:
            event = await _locked(session, event_id)
            moment = await moment_of(session, event.organisation_id, self.clock.now()) if event else None
            if event is None or moment is None:
                return
            # A change holds the sign-up until its end, so nothing is on its way that this edit doesn't see.
            this = (SignUp.owner_kind == KIND, SignUp.owner_id == event_id)
            await session.scalar(select(SignUp.id).where(*this).with_for_update())
            event.turn += 1
            there: list[EventPost] = []
            is_arriving = False
            for post, delivery in await _posts(session, event_id):
                if post.message_id is None:
                    # One that waits will say what is so when it goes out.
                    is_arriving |= delivery is not None and delivery.state == DeliveryState.CLAIMED
                    if delivery is None or delivery.message_id is None:
                        continue
                    post.channel_id, post.message_id = delivery.channel_id, delivery.message_id
                there.append(post)
            # An older one stays as it is until the one that takes its place is there.
            newest = {post.channel_id for post in there if not post.is_replaced}
            edits = [_edit(event, one, moment) for one in there if not one.is_replaced or one.channel_id in newest]
            await enqueue(session, edits, moment.now)
            if is_arriving:
                part, payload = f"{event.id}:arriving:{event.turn}", {"owner": event.id}
                await enqueue(session, [SHOW.at(moment.now + AGAIN, moment, part, payload)], moment.now)

    async def tell(self, event_id: int) -> None:
        """The job after a change: those concerned hear once what is different from what they were told last."""
        async with self.database.writing() as session:
            event = await _locked(session, event_id)
            moment = await moment_of(session, event.organisation_id, self.clock.now()) if event else None
            if event is None or moment is None or event.state != EventState.POSTED:
                return
            before, after = event.told or {}, rules.told(event)
            names = [name for name in after if after[name] != before.get(name)]
            if not names or (event.ends_at is not None and event.ends_at < moment.now):
                return
            event.told = after
            # The link is nobody's but theirs who come, so no message keeps it.
            former = {name: "" if name == "link" else before.get(name, "") for name in names}
            payload = {"event": event.id, "before": former}
            about = f"event:{event.id}:changed"
            news = [
                CHANGED.to(
                    one,
                    moment,
                    f"{event.id}:{event.sequence}:{one.ref}",
                    payload,
                    about=about,
                    **_urgency(event, moment.now),
                )
                for one in await reached(session, event.id, CONCERNED)
            ]
            await enqueue(session, news, moment.now)

    async def remind(self, event_id: int, by: datetime, plan: int) -> None:
        """The job before an event: those who have a place are reminded, the last of them ``by`` an instant; once for
        each ``plan``, which is the event's ``sequence`` when it was made."""
        async with self.database.writing() as session:
            event = await _locked(session, event_id)
            moment = await moment_of(session, event.organisation_id, self.clock.now()) if event else None
            if event is None or moment is None or event.state != EventState.POSTED or event.starts_at is None:
                return
            if event.starts_at <= moment.now:
                return
            thread = await session.scalar(select(EventThread).where(EventThread.event_id == event.id))
            is_in_thread = thread is not None and thread.reminds == Reminds.THREAD
            people = [] if is_in_thread else await reached(session, event.id, [PartyState.ACCEPTED])
            due_at = max(moment.now, by - rules.pace(len(people)))
            left = int((event.starts_at - due_at).total_seconds())
            about = f"event:{event.id}:reminder"
            news = [
                REMINDER.to(
                    one,
                    moment,
                    f"{event.id}:{plan}:{one.ref}",
                    {"event": event.id, "starts": event.starts_local},
                    about=about,
                    due_at=due_at,
                    tolerance=left,
                )
                for one in people
            ]
            if thread is not None and thread.reminds != Reminds.PEOPLE:
                news.append(_in_thread(event, thread, moment, plan, max(moment.now, by)))
            await enqueue(session, news, moment.now)

    async def reminded(
        self, organisation_id: int, event_id: int, starts: str, discord_user_id: int
    ) -> EventCard | None:
        """The event of a reminder, with its link; None if it was moved or called off, or they don't come any more."""
        async with self.database.reading() as connection:
            comes = (
                select(Event.link, Event.starts_local)
                .join(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
                .join(PartyMember, PartyMember.signup_id == SignUp.id)
                .join(Party, Party.id == PartyMember.party_id)
                .join(Person, Person.id == PartyMember.person_id)
                .outerjoin(Profile, Profile.person_id == Person.id)
                .where(
                    Event.id == event_id,
                    Event.state == EventState.POSTED,
                    Event.starts_local == starts,
                    ~wants_none(),
                    Party.state == PartyState.ACCEPTED,
                    PartyMember.is_live,
                    Person.discord_user_id == discord_user_id,
                )
            )
            rows = await fetch(connection, comes)
            if not rows:
                return None
            card = await card_of(connection, event_id, organisation_id, self.clock.now())
        return replace(card, link=rows[0].link)


def _in_thread(event: Event, thread: EventThread, moment: Moment, plan: int, due_at: datetime) -> NewDelivery:
    """One message for all. Without the thread it is said where the post stands."""
    assert event.starts_at is not None
    return IN_THREAD.to(
        Recipient(RecipientKind.CHANNEL, thread.thread_id, f"thread:{thread.id}"),
        moment,
        f"{event.id}:{plan}:thread",
        {"event": event.id, "starts": event.starts_local},
        about=f"event:{event.id}:reminder",
        due_at=due_at,
        tolerance=int((event.starts_at - due_at).total_seconds()),
        fallback=Recipient(RecipientKind.CHANNEL, thread.channel_id),
    )


async def _locked(session: AsyncSession, event_id: int) -> Event | None:
    return await session.scalar(select(Event).where(Event.id == event_id).with_for_update())


async def _posts(session: AsyncSession, event_id: int) -> Sequence[tuple[EventPost, Any]]:
    query = (
        select(EventPost, Delivery)
        .outerjoin(Delivery, (Delivery.key == EventPost.delivery_key) & Delivery.state.in_(_THERE))
        .where(EventPost.event_id == event_id)
        .order_by(EventPost.id)
    )
    return [(post, delivery) for post, delivery in (await session.execute(query)).all()]


def _edit(event: Event, post: EventPost, moment: Moment) -> NewDelivery:
    # One that was replaced is edited for the last time.
    turn = "replaced" if post.is_replaced else event.turn
    return POST.to(
        Recipient(RecipientKind.CHANNEL, post.channel_id),
        moment,
        f"{event.id}:edit:{turn}:{post.id}",
        {"event": event.id, "post": post.id, UNLESS_GONE: True},
        about=f"event:{event.id}:edits",
        action=Action.EDIT,
        channel_id=post.channel_id,
        message_id=post.message_id,
    )
