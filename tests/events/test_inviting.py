"""Inviting people: who may, who hears of it, and that those who haven't answered are reminded once, by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events import following, invitations
from bot.features.events.following import FollowingService
from bot.features.events.invitations import (
    AFTER_INVITING,
    BEFORE,
    DAY_FROM,
    DAY_UNTIL,
    UNTIL_CLOSING,
    invited,
    reminded_at,
)
from bot.features.events.invited import Answer
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.models import Audience
from bot.features.events.queries import EventCard
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.homes.service import HomeService
from bot.features.members.models import Contact, LcAnswer, Visibility
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from bot.features.signups.models import SignUp
from bot.features.signups.service import SignUpService
from tests.events.support import TEXT, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OTHER, actor, appoint_to

ZONE = "Asia/Tokyo"
FIRST, SECOND = NEWCOMER + 1, NEWCOMER + 2


async def said(database: Database, kind: str, *states: str) -> list[Any]:
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == kind).order_by(Delivery.id)
        return [one for one in await fetch(connection, query) if not states or one.state in states]


@pytest.fixture
def inviting(services: Services) -> InvitationService:
    return services[InvitationService]


@pytest.fixture
async def members(services: Services, lc: int) -> list[Actor]:
    """Two of the LC; the first takes direct messages."""
    found = []
    for user, contact in ((FIRST, Contact.DIRECT), (SECOND, Contact.NOT)):
        await appoint_to(services, user, LC_MEMBER, lc)
        found.append(await join(services, user, f"部員 {user % 10}", contact=contact, lc=LcAnswer.IN))
    return found


async def planned(database: Database) -> list[datetime]:
    return [one.due_at for one in await said(database, invitations.LOOK, "pending")]


async def look(services: Services, clock: FakeClock, database: Database, event_id: int) -> None:
    """The work that is planned, at its time."""
    (due,) = await planned(database)
    clock.go(seconds=(due - clock.last).total_seconds())
    async with database.writing() as session:
        for job in await session.scalars(select(Delivery).where(Delivery.kind == str(invitations.LOOK))):
            job.state = "done"
    await services[InvitationService].look(event_id)


async def at_home(services: Services, person: Actor) -> list[int | None]:
    return [one.id for one in (await services[HomeService].facts(person, [invited]))[invited]]


# --- when ------------------------------------------------------------------------------------------------------------

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.floats(0, 2 * 365 * 24).map(lambda hours: BEGIN + timedelta(hours=hours))
HOURS = st.floats(0, 24 * 40)


@given(INSTANTS, HOURS, HOURS, st.sampled_from(ZONES))
def test_people_are_reminded_by_day_and_with_time_to_answer(at: datetime, left: float, later: float, zone: str) -> None:
    closes, now = at + timedelta(hours=left), at + timedelta(hours=later)
    found = reminded_at(at, closes, now, zone)
    if found is None:
        # There is no daytime between the two in which it isn't too soon or too late.
        assert closes - max(at, now) < timedelta(hours=24) or closes - at < timedelta(hours=30)
        return
    assert DAY_FROM <= local_time(found, zone).time() < DAY_UNTIL
    assert now <= found <= closes - UNTIL_CLOSING
    assert found >= at + AFTER_INVITING


@given(INSTANTS, st.floats(24 * 7, 24 * 40), st.sampled_from(ZONES))
def test_where_there_is_time_it_is_three_days_before(at: datetime, left: float, zone: str) -> None:
    closes = at + timedelta(hours=left)
    found = reminded_at(at, closes, at, zone)
    assert found is not None
    assert abs(closes - BEFORE - found) <= timedelta(hours=14)


@given(INSTANTS, st.floats(0, 24 * 40), st.sampled_from(ZONES))
def test_looking_again_at_that_time_finds_it_due(at: datetime, left: float, zone: str) -> None:
    closes = at + timedelta(hours=left)
    found = reminded_at(at, closes, at, zone)
    assert found is None or reminded_at(at, closes, found, zone) == found


# --- who -------------------------------------------------------------------------------------------------------------


async def test_all_members_are_invited_once_and_those_who_chose_it_get_a_message(
    inviting: InvitationService, services: Services, database: Database, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    assert await inviting.invite_lc(representative, card.event_id) == 2
    assert await inviting.invite_lc(representative, card.event_id) == 0
    (message,) = await said(database, invitations.INVITED)
    assert message.recipient_id == members[0].caller.discord_user_id
    assert message.is_budgeted
    for one in members:
        assert await at_home(services, one) == [card.event_id]
        assert (await services[EventService].event(one, card.event_id)).answer is Answer.OPEN
    assert (await services[EventService].event(representative, card.event_id)).answer is None
    assert await at_home(services, representative) == []


async def test_somebody_is_invited_by_name_if_the_inviter_may_find_them(
    inviting: InvitationService, services: Services, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    (hidden,) = await people(services, 1)
    assert hidden.person_id is not None
    with pytest.raises(NotFound):
        await inviting.invite(representative, card.event_id, [hidden.person_id])
    await services[MemberService].choose_visibility(hidden, Visibility.EVERYBODY)
    assert await inviting.invite(representative, card.event_id, [hidden.person_id]) == 1
    await services[EventService].edit(representative, card.event_id, card.version, audience=Audience.LC)
    with pytest.raises(Invalid):
        await inviting.invite(representative, card.event_id, [hidden.person_id])
    assert members[0].person_id is not None
    assert await inviting.invite(representative, card.event_id, [members[0].person_id]) == 1


async def test_others_invite_nobody(
    inviting: InvitationService, services: Services, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    other = await actor(services, OTHER)
    for person in (other, members[0]):
        for attempt in (
            inviting.invite_lc(person, card.event_id),
            inviting.invite(person, card.event_id, []),
            inviting.invitations(person, card.event_id),
        ):
            with pytest.raises(NotAllowed):
                await attempt


async def test_a_draft_and_a_cancelled_event_invite_nobody(
    inviting: InvitationService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    with pytest.raises(Conflict):
        await inviting.invite_lc(representative, draft.event_id)
    card = await posted(services, representative, f"{TEXT} 締切12/1(火) 20時")
    clock.go(days=11)
    with pytest.raises(Conflict):
        await inviting.invite_lc(representative, card.event_id)
    await services[EventService].cancel(representative, card.event_id, "台風")
    with pytest.raises(Conflict):
        await inviting.invite_lc(representative, card.event_id)


async def test_organisers_see_names_and_officers_counts(
    inviting: InvitationService, services: Services, representative: Actor, members: list[Actor], lc: int
) -> None:
    card = await posted(services, members[0])
    await inviting.invite_lc(members[0], card.event_id)  # the second and the representative
    await services[JoiningService].join(members[1], card.event_id)
    seen = await inviting.invitations(members[0], card.event_id)
    assert seen.people is not None
    assert {one.answer for one in seen.people} == {Answer.COMES, Answer.OPEN} or len(seen.people) == 1
    by_officer = await inviting.invitations(representative, card.event_id)
    assert by_officer.people is None
    assert by_officer.counts == seen.counts
    assert by_officer.counts[Answer.COMES] == 1


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_those_who_have_not_answered_are_reminded_once(
    inviting: InvitationService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    members: list[Actor], lc: int,
) -> None:  # fmt: skip
    third = NEWCOMER + 3
    await appoint_to(services, third, LC_MEMBER, lc)
    waits = await join(services, third, "部員 三", contact=Contact.DIRECT, lc=LcAnswer.IN)
    card = await posted(services, representative)
    await inviting.invite_lc(representative, card.event_id)
    assert await planned(database) == [datetime.fromisoformat("2026-12-02T19:00+09:00")]
    await inviting.decline(members[0], card.event_id)
    await inviting.decline(members[0], card.event_id)
    await look(services, clock, database, card.event_id)
    await inviting.look(card.event_id)
    (message,) = await said(database, invitations.UNANSWERED)
    assert message.recipient_id == waits.caller.discord_user_id
    assert message.is_reminder
    assert message.is_budgeted
    assert await planned(database) == []
    assert await at_home(services, members[0]) == []


async def test_signing_up_is_an_answer_even_if_they_leave(
    inviting: InvitationService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    members: list[Actor],
) -> None:  # fmt: skip
    card = await posted(services, representative)
    await inviting.invite_lc(representative, card.event_id)
    await services[JoiningService].join(members[0], card.event_id)
    with pytest.raises(Conflict):
        await inviting.decline(members[0], card.event_id)
    assert (await services[EventService].event(members[0], card.event_id)).answer is Answer.COMES
    await services[SignUpService].withdraw(members[0], card.signup_id or 0)
    assert (await services[EventService].event(members[0], card.event_id)).answer is Answer.CANNOT
    await look(services, clock, database, card.event_id)
    assert await said(database, invitations.UNANSWERED) == []


async def test_a_message_says_nothing_once_it_is_answered_or_over(
    inviting: InvitationService, services: Services, clock: FakeClock, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    await inviting.invite_lc(representative, card.event_id)
    asked = (1, card.event_id, members[0].caller.discord_user_id)
    assert await inviting.asked(*asked) is not None
    await services[MemberService].choose_event_messages(members[0], yes=False)
    assert await inviting.asked(*asked) is None
    await services[MemberService].choose_event_messages(members[0], yes=True)
    assert await inviting.asked(*asked) is not None
    clock.go(days=14)
    assert await inviting.asked(*asked) is None


async def moved(services: Services, maker: Actor, card: EventCard, when: str, clock: FakeClock) -> None:
    now = await services[EventService].event(maker, card.event_id)
    await services[EventService].edit(maker, card.event_id, now.version, when=read_when(when, clock.last, ZONE))


async def test_a_moved_event_moves_the_reminder_and_a_cancelled_one_ends_it(
    inviting: InvitationService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    members: list[Actor],
) -> None:  # fmt: skip
    card = await posted(services, representative)
    await inviting.invite_lc(representative, card.event_id)
    for day in (19, 12, 19):  # forth, back, and forth again: no key is used twice
        await moved(services, representative, card, f"2026-12-{day} 19:00-21:00", clock)
        assert await planned(database) == [datetime.fromisoformat(f"2026-12-{day - 3:02}T19:00+09:00")]
    await look(services, clock, database, card.event_id)
    await moved(services, representative, card, "2026-12-26 19:00-21:00", clock)
    assert await planned(database) == [], "nobody is reminded twice"
    assert len(await said(database, invitations.UNANSWERED)) == 1
    other = await posted(services, representative, "12/30(水) 19時〜21時 忘年会、誰でも")
    await inviting.invite_lc(representative, other.event_id)
    assert len(await planned(database)) == 1
    await services[EventService].cancel(representative, other.event_id, "大雪")
    assert await planned(database) == []
    assert await at_home(services, members[0]) == [card.event_id]


async def test_done_late_at_night_it_waits_for_the_morning(
    inviting: InvitationService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    members: list[Actor],
) -> None:  # fmt: skip
    card = await posted(services, representative)
    await inviting.invite_lc(representative, card.event_id)
    (due,) = await planned(database)
    clock.go(seconds=(due - clock.last).total_seconds() + 6 * 3600)  # 1 o'clock
    await inviting.look(card.event_id)
    assert await said(database, invitations.UNANSWERED) == []
    assert await planned(database) == [datetime.fromisoformat("2026-12-03T09:00+09:00")]


async def test_nobody_is_reminded_before_they_can_sign_up(
    inviting: InvitationService, services: Services, database: Database, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    async with database.writing() as session:
        signup = await session.get_one(SignUp, card.signup_id)
        signup.opens_at = datetime.fromisoformat("2026-12-03T12:00+09:00")
    await inviting.invite_lc(representative, card.event_id)
    assert await planned(database) == [datetime.fromisoformat("2026-12-04T15:30+09:00")], "halfway"


async def test_an_event_that_is_for_others_now_is_not_shown_at_home(
    inviting: InvitationService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    (student,) = await people(services, 1)
    assert student.person_id is not None
    await services[MemberService].choose_visibility(student, Visibility.EVERYBODY)
    await inviting.invite(representative, card.event_id, [student.person_id])
    assert await at_home(services, student) == [card.event_id]
    await services[EventService].edit(representative, card.event_id, card.version, audience=Audience.LC)
    assert await at_home(services, student) == []


async def test_who_wasnt_invited_declines_nothing(
    inviting: InvitationService, services: Services, representative: Actor, members: list[Actor]
) -> None:
    card = await posted(services, representative)
    with pytest.raises(NotFound):
        await inviting.decline(members[0], card.event_id)


# --- no messages at all ----------------------------------------------------------------------------------------------


async def test_nothing_is_sent_to_those_who_want_no_messages_of_events(
    inviting: InvitationService, services: Services, database: Database, clock: FakeClock, representative: Actor,
    members: list[Actor],
) -> None:  # fmt: skip
    quiet = members[0]
    card = await posted(services, representative)
    await services[JoiningService].join(quiet, card.event_id)
    await services[SignUpService].allow_messages(quiet, card.signup_id or 0, True)
    await services[MemberService].choose_event_messages(quiet, yes=False)
    seen = await services[EventService].event(quiet, card.event_id)
    assert seen.mine is not None
    assert (seen.mine.hears, seen.mine.wants_none) == (False, True)
    assert not await services[FollowingService].may_hear(1, quiet.caller.discord_user_id)
    other = await posted(services, representative, "12/12(土) 19時〜21時 忘年会、誰でも")
    await inviting.invite_lc(representative, other.event_id)
    assert await said(database, invitations.INVITED) == []
    assert await at_home(services, quiet) == [other.event_id]
    await services[FollowingService].remind(card.event_id, datetime.fromisoformat("2026-12-04T19:00+09:00"), 0)
    assert await said(database, following.REMINDER) == []
    await services[EventService].cancel(representative, card.event_id, "台風")
    assert await said(database, following.CANCELLED) == []
