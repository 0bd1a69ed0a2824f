"""The services on both databases: who is meant, what is enqueued, what is counted, whoever comes twice or too late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Unpack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from bot.db import Database, fetch, insert_if_absent
from bot.deliveries.claims import Claims
from bot.deliveries.models import Delivery, DeliveryState, SparedSpell, Track
from bot.deliveries.schedule import local_time, minute
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService, Settable, TemplateService
from bot.features.announcements.inbox import (
    AcknowledgementService,
    InboxService,
    ListService,
    RunningService,
    latest_announcements,
    waiting_for_lcs,
)
from bot.features.announcements.models import Announcement, AnnouncementPost, AnnouncementState, Route
from bot.features.announcements.outside import OutsideService
from bot.features.announcements.planning import CheckService, PlanningService, to_check
from bot.features.announcements.reminding import ReminderService
from bot.features.announcements.rules import Every, Repeat
from bot.features.announcements.sending import SendingService
from bot.features.announcements.status import StatusService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place, Subscription
from bot.features.audiences.reach import resolve
from bot.features.audiences.rules import (
    IN_CONTACT,
    MEMBERS,
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    Replied,
    TheseLcs,
)
from bot.features.audiences.values import Why
from bot.features.committees.models import CommitteeAnswer, Reply, StandingCommittee
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import Server
from bot.features.people.actors import Actor
from bot.features.people.models import Post, Reach, Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.schools.models import School
from tests.announcements.support import two_lcs, waiting
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.people import (
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    appoint_to,
    found_organisation,
)

CONTENT = Content("総会", "本文", "Text", "https://example.org")


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def planned(services: Services, officer: Actor, **changes: Unpack[Settable]) -> int:
    """An announcement that is about to go out; its id."""
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    if changes:
        await drafts.set(officer, announcement_id, **changes)
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    return announcement_id


async def sent(services: Services, officer: Actor, **changes: Any) -> int:
    announcement_id = await planned(services, officer, **changes)
    await services[SendingService].send_out(announcement_id, 1)
    return announcement_id


async def rows(database: Database, kind: str) -> list[Any]:
    query = select(
        Delivery.key, Delivery.recipient_kind, Delivery.recipient_id, Delivery.due_at, Delivery.state, Delivery.subject
    ).where(Delivery.kind == kind)
    async with database.reading() as connection:
        return list(await fetch(connection, query.order_by(Delivery.id)))


async def arrive(database: Database, clock: FakeClock, **where: Any) -> None:
    """What waits has arrived."""
    async with database.writing() as session:
        await session.execute(
            update(Delivery)
            .filter_by(state=DeliveryState.PENDING.value, **where)
            .values(
                state=DeliveryState.SENT.value, settled_at=clock.now(), channel_id=Delivery.recipient_id,
                message_id=Delivery.id + 9_000,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip


async def test_the_audience_is_resolved_once_and_each_place_gets_one_message(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    announcement_id = await planned(services, officer)
    assert len(await rows(database, "announcements:send")) == 1
    await asyncio.gather(*(services[SendingService].send_out(announcement_id, 1) for _ in range(4)))
    (message,) = await rows(database, "announcements:message")
    assert (message.recipient_kind, message.recipient_id) == ("channel", 7_001)
    assert message.key == f"announcement:{announcement_id}:0:lc_channels:lc:{lc}:1"
    status = await services[StatusService].show(officer, announcement_id)
    assert [one.lc.name_ja for one in status.lcs] == ["東京大学", "京都大学"]
    assert [one.why for one in status.lcs] == [None, Why.NO_PLACE]
    assert status.lcs[1].contact.representative == "user 4"


async def test_a_plan_that_was_changed_sends_nothing(services: Services, database: Database, officer: Actor) -> None:
    announcement_id = await planned(services, officer)
    await services[PlanningService].stop(officer, announcement_id)
    await services[SendingService].send_out(announcement_id, 1)
    assert not await rows(database, "announcements:message")


async def test_an_hour_that_was_missed_by_a_day_sends_nothing_and_is_told(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id = await planned(services, officer)
    clock.go(hours=25)
    await services[SendingService].send_out(announcement_id, 1)
    assert not await rows(database, "announcements:message")
    (told,) = await rows(database, "announcements:missed")
    assert told.recipient_kind == "officers"
    assert (await services[DraftService].show(officer, announcement_id)).state is AnnouncementState.DRAFT


async def test_an_lc_that_joins_before_the_hour_is_among_them(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    announcement_id = await planned(services, officer)
    async with database.writing() as session:
        osaka = select(School.id).where(School.name_ja == "大阪大学").scalar_subquery()
        await session.execute(
            update(LocalCommittee)
            .where(LocalCommittee.school_id == osaka)
            .values(state=LcState.MEMBER.value)
            .execution_options(synchronize_session=False)
        )
    await services[SendingService].send_out(announcement_id, 1)
    status = await services[StatusService].show(officer, announcement_id)
    assert "大阪大学" in [one.lc.name_ja for one in status.lcs]


async def test_rights(services: Services, officer: Actor, lc: int) -> None:
    drafts = services[DraftService]
    mine, student = await actor(services, REPRESENTATIVE), await actor(services, NEWCOMER)
    national = await drafts.begin(officer, None, CONTENT)
    own = await drafts.begin(mine, lc, CONTENT)
    for who, lc_id in ((mine, None), (student, None), (student, lc), (await actor(services, OTHER), lc)):
        with pytest.raises(NotAllowed):
            await drafts.begin(who, lc_id, CONTENT)
    for who in (mine, student):
        with pytest.raises(NotAllowed):
            await drafts.show(who, national)
        with pytest.raises(NotAllowed):
            await services[PlanningService].plan(who, national, 1)
    with pytest.raises(NotAllowed):
        await drafts.show(await actor(services, OTHER), own)
    with pytest.raises(Invalid):
        await drafts.set(mine, own, audience=Audience(rule=AllLcs()))
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    for call in (drafts.show(stranger, national), drafts.discard(stranger, national)):
        with pytest.raises(NotFound):
            await call


async def test_of_two_who_write_at_once_the_second_is_told_and_keeps_the_text(
    services: Services, officer: Actor
) -> None:
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    texts = [Content("総会", f"{n}人目", "", "") for n in (1, 2)]
    found = await asyncio.gather(
        *(drafts.write(officer, announcement_id, 1, text) for text in texts), return_exceptions=True
    )
    (conflict,) = (one for one in found if one is not None)
    assert isinstance(conflict, Conflict)
    other = int(conflict.next_steps[0].custom_id.rpartition(":")[2])
    kept = {(await drafts.show(officer, one)).content.text_ja for one in (announcement_id, other)}
    assert kept == {"1人目", "2人目"}


async def test_what_cannot_be_sent_is_refused(services: Services, officer: Actor, clock: FakeClock) -> None:
    drafts, planning = services[DraftService], services[PlanningService]
    long = await drafts.begin(officer, None, Content("あ", "い" * 2_001, "", ""))
    with pytest.raises(Invalid, match="Japanese text"):
        await planning.plan(officer, long, 1)
    fine = await drafts.begin(officer, None, CONTENT)
    with pytest.raises(Invalid, match="already passed"):
        await planning.plan(officer, fine, 1, clock.now() - timedelta(minutes=1))
    with pytest.raises(Conflict):
        await planning.plan(officer, fine, 2)
    await drafts.set(officer, fine, audience=Audience(rule=TheseLcs(lc_ids=())), places=(Place.LC_CHANNELS,))
    with pytest.raises(Invalid, match="No one would get it"):
        await planning.plan(officer, fine, 2)
    with pytest.raises(Invalid, match="MB"):
        await drafts.begin(officer, None, CONTENT, ("a", b"0" * (8 * 1024 * 1024 + 1)))


async def test_acknowledging_counts_for_the_lc_of_its_officers_and_for_each_person_once(
    services: Services, officer: Actor, lc: int
) -> None:
    announcement_id = await sent(services, officer)
    service = services[AcknowledgementService]
    mine = await actor(services, REPRESENTATIVE)
    assert await waiting(services, mine) == [announcement_id]
    assert await waiting(services, await actor(services, NEWCOMER)) == []
    await asyncio.gather(*(service.acknowledge(mine, announcement_id) for _ in range(3)))
    assert (await service.acknowledge(await actor(services, NEWCOMER), announcement_id)).lcs == []
    status = await services[StatusService].show(officer, announcement_id)
    assert [one.acknowledged_at is not None for one in status.lcs] == [True, False]
    assert status.people == 2
    assert await waiting(services, mine) == []


async def test_home_has_the_one_that_was_sent_last_first_and_none_that_was_acknowledged(
    services: Services, officer: Actor, lc: int
) -> None:
    """A draft of long ago may be sent last."""
    first = await planned(services, officer)
    second = await sent(services, officer)
    await services[SendingService].send_out(first, 1)
    who = await actor(services, REPRESENTATIVE)
    found = {one.n: one.id for one in await facts_of(services, who, latest_announcements)}
    assert found == {1: first, 2: second}
    await services[AcknowledgementService].acknowledge(who, first)
    assert [one.id for one in await facts_of(services, who, latest_announcements)] == [second]


async def test_it_waits_for_those_who_may_answer_for_the_lc_and_counts_by_them(
    services: Services, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "leo", lc)
    announcement_id = await sent(services, officer)
    service, leo = services[AcknowledgementService], await actor(services, NEWCOMER)
    assert await waiting(services, leo) == []
    assert (await service.acknowledge(leo, announcement_id)).lcs == []
    with pytest.raises(NotAllowed):
        await service.acknowledge_for(leo, announcement_id, lc, None)
    mine = await actor(services, REPRESENTATIVE)
    assert [one.lc_id for one in await facts_of(services, mine, waiting_for_lcs)] == [lc]
    assert [one.lc_id for one in (await service.acknowledge(mine, announcement_id)).lcs] == [lc]


async def test_it_waits_for_an_lc_until_the_deadline(
    services: Services, officer: Actor, lc: int, clock: FakeClock
) -> None:
    deadline = local_time(clock.now(), "Asia/Tokyo") + timedelta(days=3)
    announcement_id = await sent(services, officer, deadline=deadline)
    mine = await actor(services, REPRESENTATIVE)
    clock.go(days=2)
    assert await waiting(services, mine) == [announcement_id]
    clock.go(days=2)
    assert await waiting(services, mine) == []


async def test_reminders_go_to_the_silent_alone_privately_and_once(
    services: Services, database: Database, officer: Actor, lc: int, clock: FakeClock
) -> None:
    announcement_id = await sent(services, officer)
    jobs = await rows(database, "announcements:remind")
    sent_at = (await services[DraftService].show(officer, announcement_id)).sent_at
    assert sent_at is not None
    assert [row.due_at - minute(sent_at) for row in jobs] == [timedelta(days=3), timedelta(days=6)]
    other = await actor(services, OTHER)
    await services[AcknowledgementService].subscribe(other, wanted=True)
    for _ in range(2):
        await services[ReminderService].remind(announcement_id, 1)
    reminders = [(row.recipient_kind, row.recipient_id) for row in await rows(database, "announcements:reminder")]
    assert reminders == [("thread", 7_002), ("person", OTHER)]
    still_open = services[ReminderService].still_open
    assert await still_open(1, announcement_id, lc) is not None
    await services[AcknowledgementService].acknowledge(await actor(services, REPRESENTATIVE), announcement_id)
    assert await still_open(1, announcement_id, lc) is None, "then it isn't said any more"
    await services[ReminderService].remind(announcement_id, 2)
    assert len(await rows(database, "announcements:reminder")) == 3


async def test_a_reminder_by_direct_message_leaves_in_peace_who_is_spared_and_has_its_place_in_the_week(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id, other = await sent(services, officer), await actor(services, OTHER)
    await services[AcknowledgementService].subscribe(other, wanted=True)
    await services[ReminderService].remind(announcement_id, 1)
    claims = Claims(database, clock, "test")
    async with database.writing() as session:
        spell = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=20)}
        await insert_if_absent(session, SparedSpell, discord_user_id=OTHER, **spell)
    clock.go(minutes=5)
    assert await claims.claim(Track.PEOPLE, 10) == []
    async with database.reading() as connection:
        query = select(Delivery.is_budgeted, Delivery.is_reminder, Delivery.state)
        found = await fetch(connection, query.where(Delivery.kind == "announcements:reminder").order_by(Delivery.id))
    assert [tuple(row) for row in found] == [(False, False, "pending"), (True, True, "not_needed")]


async def test_a_series_makes_each_occurrence_once_and_plans_the_next_before(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    repeat = Repeat(every=Every.WEEK, count=3)
    deadline = (clock.now() + timedelta(days=3)).replace(tzinfo=None)
    series_id = await planned(services, officer, repeat=repeat, deadline=deadline)
    sending = services[SendingService]
    await asyncio.gather(*(sending.occur(series_id, 1, 0) for _ in range(3)))
    async with database.reading() as connection:
        query = select(Announcement.deadline_local, Announcement.planned_local).where(
            Announcement.series_id == series_id
        )
        children = await fetch(connection, query)
    assert [row.deadline_local for row in children] == [deadline.isoformat(timespec="minutes")]
    assert len(await rows(database, "announcements:occur")) == 2
    clock.go(days=7)
    await services[PlanningService].skip(officer, series_id, 1)
    await sending.occur(series_id, 1, 1)
    clock.go(days=9)  # two days late
    await sending.occur(series_id, 1, 2)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).where(Announcement.series_id == series_id)) == 1
        state = await connection.scalar(select(Announcement.state).where(Announcement.id == series_id))
    assert state == AnnouncementState.ENDED
    assert len(await rows(database, "announcements:missed")) == 1


async def test_a_correction_edits_what_arrived_and_a_later_one_replaces_it(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id = await sent(services, officer)
    await arrive(database, clock, kind="announcements:message")
    corrections = services[CorrectionService]
    for edition, text in enumerate(("一", "二")):
        await corrections.correct(officer, announcement_id, edition, Content("総会", text, "", ""))
        await corrections.edit_messages(announcement_id, edition + 1, 0)
    await corrections.edit_messages(announcement_id, 1, 0)
    edits = [row for row in await rows(database, "announcements:message") if ":edit" in row.key]
    assert [row.state for row in edits] == ["withdrawn", "pending"]
    with pytest.raises(Conflict):
        await corrections.correct(officer, announcement_id, 1, CONTENT)


async def test_a_correction_that_cannot_be_said_so_leaves_no_draft(services: Services, officer: Actor) -> None:
    """Its form keeps the text. Of two who correct at once, the second's is kept as a draft."""
    announcement_id = await sent(services, officer)
    corrections, lists = services[CorrectionService], services[ListService]
    before = len(await lists.drafts(officer))
    for _ in range(3):
        with pytest.raises(Invalid):
            await corrections.correct(officer, announcement_id, 0, Content("総会", "長" * 2_100, "", ""))
    assert len(await lists.drafts(officer)) == before
    with pytest.raises(Conflict):
        await corrections.correct(officer, announcement_id, 7, CONTENT)
    assert len(await lists.drafts(officer)) == before + 1


async def test_what_is_being_sent_while_it_is_taken_back_is_deleted_later(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id = await sent(services, officer)
    async with database.writing() as session:
        await session.execute(
            update(Delivery).where(Delivery.kind == "announcements:message").values(state=DeliveryState.CLAIMED.value)
        )
    corrections = services[CorrectionService]
    await corrections.take_back(officer, announcement_id)
    with pytest.raises(Conflict):
        await corrections.take_back(officer, announcement_id)
    await corrections.delete_messages(announcement_id, 0)
    assert len(await rows(database, "announcements:withdraw")) == 2, "it looks again in a minute"
    async with database.writing() as session:
        await session.execute(
            update(Delivery)
            .where(Delivery.kind == "announcements:message")
            .values(state=DeliveryState.SENT.value, channel_id=7_001, message_id=5)
        )
    for _ in range(2):
        await corrections.delete_messages(announcement_id, 1)
    deletions = [row for row in await rows(database, "announcements:message") if ":delete:" in row.key]
    assert len(deletions) == 1
    assert (await corrections.withdrawal(officer, announcement_id)).waiting == 1


async def test_the_books_outlive_the_deliveries(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id = await sent(services, officer)
    await arrive(database, clock, kind="announcements:message")
    await services[CorrectionService].close_books(announcement_id)
    async with database.writing() as session:
        await session.execute(delete(Delivery))
        assert await session.scalar(select(AnnouncementPost.message_id)) is not None
    status = await services[StatusService].show(officer, announcement_id)
    assert status.posts == {DeliveryState.SENT: 1}


async def test_a_check_holds_the_sending_back_until_somebody_else_agrees(services: Services, officer: Actor) -> None:
    await appoint_to(services, OTHER, "president")
    other, checks = await actor(services, OTHER), services[CheckService]
    drafts, planning = services[DraftService], services[PlanningService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    assert [one.discord_user_id for one in await checks.candidates(officer, None)] == [OTHER]
    with pytest.raises(Invalid):
        await checks.ask(officer, announcement_id, OFFICER)
    await checks.ask(officer, announcement_id, OTHER)
    with pytest.raises(Conflict):
        await planning.plan(officer, announcement_id, 1)
    with pytest.raises(NotAllowed):
        await checks.answer(officer, announcement_id, 1, agrees=True)
    await checks.answer(other, announcement_id, 1, agrees=True)
    await planning.plan(officer, announcement_id, 1)
    await drafts.write(officer, announcement_id, 1, Content("別の話", "本文", "", ""))
    changed = await drafts.show(officer, announcement_id)
    assert changed.state is AnnouncementState.DRAFT, "what was approved isn't what would go out"
    with pytest.raises(Conflict):
        await planning.plan(officer, announcement_id, changed.version)
    await checks.withdraw(officer, announcement_id)
    await planning.plan(officer, announcement_id, changed.version)


async def test_those_who_could_send_it_are_asked_to_check_it(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "leo", lc)
    await appoint_to(services, NEWCOMER, "national_treasurer")
    representative, checks = await actor(services, REPRESENTATIVE), services[CheckService]
    announcement_id = await services[DraftService].begin(representative, lc, CONTENT)
    assert await checks.candidates(officer, None) == []
    assert await checks.to_ask(representative, announcement_id) == []
    with pytest.raises(Invalid):
        await checks.ask(representative, announcement_id, NEWCOMER)
    async with database.reading() as connection:
        leo = await connection.scalar(select(Post.id).where(Post.key == "leo"))
    assert leo is not None
    await services[PostCatalogueService].allow(officer, leo, Reach.PLACE, [Right.ANNOUNCE_LC.value])
    assert [one.discord_user_id for one in await checks.to_ask(representative, announcement_id)] == [NEWCOMER]
    await checks.ask(representative, announcement_id, NEWCOMER)
    (asked,) = await facts_of(services, await actor(services, NEWCOMER), to_check)
    await checks.answer(await actor(services, NEWCOMER), asked.id or 0, 1, agrees=True)
    await services[PlanningService].plan(representative, announcement_id, 1)


async def test_those_who_stand_in_for_the_representative_check_for_one_another(
    services: Services, database: Database, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "leo", lc)
    await appoint_to(services, NEWCOMER + 1, "lpo", lc)
    representative, checks = await actor(services, REPRESENTATIVE), services[CheckService]
    assert await checks.candidates(representative, lc) == []
    async with database.writing() as session:
        mine = update(Term).where(Term.person_id == representative.person_id)
        await session.execute(mine.values(ends_on=representative.today - timedelta(days=1)))
    found = await checks.candidates(await actor(services, NEWCOMER), lc)
    assert [one.discord_user_id for one in found] == [NEWCOMER + 1]


async def test_those_in_charge_of_a_committee_and_the_representative_where_nobody_is(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "lpo", lc)
    async with database.writing() as session:
        scoph = await session.scalar(select(StandingCommittee.id).where(StandingCommittee.key == "scoph"))
        for user in (NEWCOMER, REPRESENTATIVE, OTHER, OFFICER):
            await insert_if_absent(
                session, Subscription, organisation_id=1, discord_user_id=user, subscribed_at=FakeClock().now()
            )
        assert scoph is not None
        audience = Audience(rule=CommitteeMembers(committee_id=scoph))
        reach = await resolve(session, 1, audience, (Place.DIRECT,), officer.today)
    assert {post.recipient_id for post in reach.posts} == {NEWCOMER, OTHER}, "東大 has one in charge, 京大 has none"


async def test_everyone_by_direct_message_is_who_asked_for_it(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    service = services[AcknowledgementService]
    for user in (NEWCOMER, NEWCOMER + 1):
        await service.subscribe(await actor(services, user), wanted=True)
    await service.subscribe(await actor(services, NEWCOMER + 1), wanted=False)
    async with database.reading() as connection:
        reach = await resolve(connection, 1, Audience(rule=Everyone()), (Place.DIRECT, Place.NATIONAL), officer.today)
    assert [(post.place, post.recipient_id) for post in reach.posts] == [
        (Place.NATIONAL, 7_003),
        (Place.DIRECT, NEWCOMER),
    ]


states = st.dictionaries(st.integers(1, 82), st.sampled_from(list(LcState)), max_size=30)
replies = st.dictionaries(st.integers(1, 82), st.sampled_from(list(Reply)), max_size=30)


@given(states=states, replies=replies, data=st.data())
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_a_rule_means_exactly_the_lcs_that_it_says(
    services: Services, database: Database, officer: Actor, states: dict[int, LcState], replies: dict[int, Reply],
    data: st.DataObject,
) -> None:  # fmt: skip
    async with database.writing() as session:
        await session.execute(update(LocalCommittee).values(state=LcState.NO_CONTACT.value))
        await session.execute(delete(CommitteeAnswer))
        committee = await session.scalar(select(StandingCommittee.id).limit(1))
        assert committee is not None
        for lc_id, state in states.items():
            await session.execute(update(LocalCommittee).where(LocalCommittee.id == lc_id).values(state=state.value))
        for lc_id, reply in replies.items():
            session.add(
                CommitteeAnswer(
                    organisation_id=1, lc_id=lc_id, committee_id=committee, year=2026, reply=reply.value,
                    answered_at=FakeClock().now(),
                )
            )  # fmt: skip
    async with database.reading() as connection:
        query = select(LocalCommittee.id, LocalCommittee.state, School.region_id).join(School)
        lcs = await fetch(connection, query)
    regions = tuple(data.draw(st.sets(st.sampled_from(sorted({row.region_id for row in lcs})), min_size=1)))
    wanted = tuple(data.draw(st.sets(st.sampled_from([*Reply, None]), min_size=1)))
    some = tuple(data.draw(st.sets(st.sampled_from(list(LcState)), min_size=1)))
    members = {row.id for row in lcs if row.state in MEMBERS}
    by_rule: dict[Any, set[int]] = {
        Everyone(): {row.id for row in lcs if row.state in IN_CONTACT},
        AllLcs(): members,
        InRegions(region_ids=regions): {row.id for row in lcs if row.region_id in regions} & members,
        InStates(states=some): {row.id for row in lcs if row.state in some},
        Replied(committee_id=committee, replies=wanted): {one for one in members if replies.get(one) in wanted},
    }
    out = tuple(data.draw(st.sets(st.integers(1, 82), max_size=5)))
    async with database.reading() as connection:
        for rule, meant in by_rule.items():
            audience = Audience.model_validate_json(Audience(rule=rule, excluded=out).model_dump_json())
            reach = await resolve(connection, 1, audience, tuple(Place), officer.today)
            assert {one.lc_id for one in reach.lcs} == meant - set(out), rule
            reached = {post.lc_id for post in reach.posts}
            assert {one.lc.lc_id for one in reach.unreached} == {one.lc_id for one in reach.lcs} - reached


async def test_an_lcs_own_server_is_a_place_while_the_bot_is_in_it(
    services: Services, database: Database, officer: Actor, lc: int, clock: FakeClock
) -> None:
    kyoto = (await actor(services, OTHER)).officer_of[0]
    async with database.writing() as session:
        session.add(
            Server(
                organisation_id=1, discord_guild_id=GUILD + 5, lc_id=kyoto, announcements_channel_id=7_004,
                linked_at=clock.now(),
            )
        )  # fmt: skip
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)

    async def found() -> tuple[set[int], list[Why]]:
        reach = await drafts.reach(officer, announcement_id)
        return {post.recipient_id for post in reach.posts}, [one.why for one in reach.unreached]

    assert await found() == ({7_001, 7_004}, [])
    await drafts.set(officer, announcement_id, places=(Place.LC_CHANNELS,))
    assert await found() == ({7_001}, [Why.NOT_CHOSEN])
    await drafts.set(officer, announcement_id, places=(Place.LC_SERVERS, Place.NATIONAL))
    assert await found() == ({7_003, 7_004}, [Why.NOT_CHOSEN])
    async with database.writing() as session:
        await session.execute(update(Server).where(Server.lc_id == kyoto).values(absent_since=clock.now()))
    assert await found() == ({7_003}, [Why.NOT_CHOSEN, Why.ABSENT])


async def test_the_inbox_has_what_went_to_everyone_and_to_ones_own_lc(services: Services, officer: Actor) -> None:
    to_all = await sent(services, officer, audience=Audience(rule=Everyone()))
    to_lcs = await sent(services, officer)
    service = services[AcknowledgementService]

    async def seen(user: int) -> list[int]:
        return [one.announcement_id for one in await services[InboxService].inbox(await actor(services, user))]

    assert await seen(NEWCOMER) == [to_all]
    assert await seen(REPRESENTATIVE) == [to_lcs, to_all]
    await services[CorrectionService].take_back(officer, to_all)
    assert await seen(NEWCOMER) == []
    with pytest.raises(Conflict):
        await service.acknowledge(await actor(services, NEWCOMER), to_all)


async def test_the_brief_counts_whom_it_waits_for(services: Services, officer: Actor, clock: FakeClock) -> None:
    await sent(services, officer)
    (one,) = await services[RunningService].running(1, "Asia/Tokyo")
    assert (one.title, one.silent, one.all) == ("総会", 2, 2)
    clock.go(days=15)
    assert await services[RunningService].running(1, "Asia/Tokyo") == []


async def test_templates_belong_to_who_may_use_them(services: Services, officer: Actor, lc: int) -> None:
    templates, drafts = services[TemplateService], services[DraftService]
    mine = await actor(services, REPRESENTATIVE)
    national = await drafts.begin(officer, None, CONTENT)
    own = await drafts.begin(mine, lc, CONTENT)
    for _ in range(2):
        await templates.keep(officer, national, " 月報 ")
    await templates.keep(mine, own, "月報")
    (kept,) = await templates.templates(officer)
    assert (kept.name, kept.content.title) == ("月報", "総会")
    with pytest.raises(NotAllowed):
        await templates.template(mine, kept.template_id)
    with pytest.raises(NotAllowed):
        await templates.keep(mine, national, "盗用")
    with pytest.raises(Invalid):
        await templates.keep(officer, national, " ")
    await templates.remove(officer, kept.template_id)
    with pytest.raises(NotFound):
        await templates.template(officer, kept.template_id)


async def test_routes_outside_keep_their_invitation_and_their_tick(services: Services, officer: Actor) -> None:
    announcement_id = await sent(services, officer)
    outside = services[OutsideService]
    claim = await outside.claim_invite(officer, announcement_id, Route.LINE)
    assert await outside.note_invite(officer, announcement_id, Route.LINE, claim, "abc", 7_003)
    await outside.tick(officer, announcement_id, Route.LINE, posted=True)
    cards = await outside.routes(officer, announcement_id)
    assert (cards[Route.LINE].invite, cards[Route.LINE].posted_by) == (("abc", 7_003), "役員 一号")
    assert cards[Route.MAIL].posted_at is None
    await outside.tick(officer, announcement_id, Route.LINE, posted=False)
    assert (await outside.routes(officer, announcement_id))[Route.LINE].posted_at is None
    with pytest.raises(NotAllowed):
        await outside.tick(await actor(services, NEWCOMER), announcement_id, Route.MAIL, posted=True)
