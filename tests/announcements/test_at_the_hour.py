"""What is looked at again when the hour of a plan comes: meanwhile it, its sender and the world may have changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import AcknowledgementService
from bot.features.announcements.models import Announcement, AnnouncementState, Ping
from bot.features.announcements.planning import CheckService, PlanningService, to_check
from bot.features.announcements.rules import Every, Repeat
from bot.features.announcements.sending import PingService, SendingService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience, Everyone, TheseLcs
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Term
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import NewQuestion
from tests.announcements.support import two_lcs
from tests.announcements.test_service import CONTENT, planned, rows
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.people import OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to
from tests.support.statements import statements_of


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def told(database: Database) -> list[Any]:
    return await rows(database, "announcements:missed")


TOO_LONG = Content("総会", "あ" * 4_000, "y" * 4_000, "")
NO_LINK = Content("総会", "本文", "", "example")


@pytest.mark.parametrize("change", ["long", "link", "deadline", "nobody"])
async def test_what_became_unfit_after_the_planning_is_not_sent_and_the_officers_hear_why(
    services: Services, database: Database, officer: Actor, change: str
) -> None:
    announcement_id = await planned(services, officer)
    drafts = services[DraftService]
    version = (await drafts.show(officer, announcement_id)).version
    if change in ("long", "link"):
        await drafts.write(officer, announcement_id, version, TOO_LONG if change == "long" else NO_LINK)
    elif change == "deadline":
        await drafts.add_question(officer, announcement_id, NewQuestion(QuestionKind.NUMBER, "何人", "", (), True))
        await drafts.set(officer, announcement_id, deadline=datetime.fromisoformat("2020-01-01"))
    else:
        await drafts.set(officer, announcement_id, audience=Audience(rule=TheseLcs(lc_ids=())))
    for _ in range(2):
        await services[SendingService].send_out(announcement_id, 1)
    assert not await rows(database, "announcements:message")
    (notice,) = await told(database)
    assert notice.recipient_kind == "officers"
    found = await drafts.show(officer, announcement_id)
    assert found.state is AnnouncementState.DRAFT
    await drafts.write(officer, announcement_id, found.version, CONTENT)
    await drafts.set(officer, announcement_id, deadline=None, audience=Audience(rule=TheseLcs(lc_ids=(1,))))
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    await services[SendingService].send_out(announcement_id, 2)
    assert (await drafts.show(officer, announcement_id)).state is AnnouncementState.SENT


async def test_a_deadline_in_the_night_before_the_morning_on_which_it_goes_out_is_refused_at_once(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    night = datetime.fromisoformat("2026-12-01T23:00")
    await drafts.set(officer, announcement_id, deadline=night + timedelta(hours=6))
    at = night.replace(tzinfo=clock.now().tzinfo) - timedelta(hours=9)
    with pytest.raises(Invalid, match="deadline"):
        await services[PlanningService].plan(officer, announcement_id, 2, at)


async def test_a_series_that_became_unfit_rests_and_goes_on_once_it_is_mended(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    drafts, sending = services[DraftService], services[SendingService]
    series_id = await planned(services, officer, repeat=Repeat(every=Every.WEEK, count=3))
    version = (await drafts.show(officer, series_id)).version
    await drafts.write(officer, series_id, version, TOO_LONG)
    for _ in range(2):
        await sending.occur(series_id, 1, 0)
    assert len(await told(database)) == 1
    found = await drafts.show(officer, series_id)
    assert found.state is AnnouncementState.PAUSED
    await drafts.write(officer, series_id, found.version, CONTENT)
    await services[PlanningService].pause(officer, series_id, paused=False)
    clock.go(days=7)
    await sending.occur(series_id, 1, 1)
    assert await children(database, series_id) == [1]
    version = (await drafts.show(officer, series_id)).version
    await drafts.write(officer, series_id, version, NO_LINK)
    clock.go(days=7)
    await sending.occur(series_id, 1, 2)
    assert (await drafts.show(officer, series_id)).state is AnnouncementState.DRAFT, "the last one can be mended too"
    assert len(await told(database)) == 2


async def test_a_series_that_was_late_by_weeks_goes_on_by_itself(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    deadline = (clock.now() + timedelta(days=1)).replace(tzinfo=None)
    series_id = await planned(services, officer, repeat=Repeat(every=Every.WEEK), deadline=deadline)
    clock.go(days=14)
    for number in range(3):
        await services[SendingService].occur(series_id, 1, number)
    assert len(await told(database)) == 2
    assert await children(database, series_id) == [2]


async def children(database: Database, series_id: int) -> list[int]:
    query = select(Announcement.occurrence).where(Announcement.series_id == series_id)
    async with database.reading() as connection:
        return list(await connection.scalars(query))


async def test_an_lcs_own_officers_hear_of_their_announcement(
    services: Services, database: Database, officer: Actor, lc: int
) -> None:
    drafts, mine = services[DraftService], await actor(services, REPRESENTATIVE)
    announcement_id = await drafts.begin(mine, lc, CONTENT)
    await services[PlanningService].plan(mine, announcement_id, 1)
    await drafts.write(mine, announcement_id, 1, NO_LINK)
    await services[SendingService].send_out(announcement_id, 1)
    (notice,) = await told(database)
    assert (notice.recipient_kind, notice.recipient_id) == ("thread", 7_002)


async def test_how_often_it_goes_out_stays_while_it_is_planned(
    services: Services, database: Database, officer: Actor
) -> None:
    drafts, planning = services[DraftService], services[PlanningService]
    once, weekly = await planned(services, officer), await planned(services, officer, repeat=Repeat(every=Every.WEEK))
    for announcement_id, repeat in ((once, Repeat(every=Every.WEEK)), (weekly, None)):
        with pytest.raises(Conflict, match="Cancel the schedule first"):
            await drafts.set(officer, announcement_id, repeat=repeat)
    await planning.pause(officer, weekly, paused=True)
    with pytest.raises(Conflict):
        await drafts.set(officer, weekly, repeat=None)
    await planning.pause(officer, weekly, paused=False)
    await services[SendingService].occur(weekly, 1, 0)
    assert await children(database, weekly) == [0]
    await planning.stop(officer, weekly)
    await drafts.set(officer, weekly, repeat=None)


async def test_a_change_after_the_check_is_told_once_to_who_checked_and_a_correction_is_not(
    services: Services, database: Database, officer: Actor
) -> None:
    await appoint_to(services, OTHER, "president")
    other, checks, drafts = await actor(services, OTHER), services[CheckService], services[DraftService]
    series_id = await drafts.begin(officer, None, CONTENT)
    await drafts.set(officer, series_id, repeat=Repeat(every=Every.WEEK))
    await checks.ask(officer, series_id, OTHER)
    await checks.answer(other, series_id, 2, agrees=True)
    await services[PlanningService].plan(officer, series_id, 2)
    before = len(await rows(database, "announcements:check"))
    for version in (2, 3):
        await drafts.write(officer, series_id, version, CONTENT)
    assert len(await rows(database, "announcements:check")) == before + 1
    assert [one.id for one in await facts_of(services, other, to_check)] == [series_id], "it rests and waits for them"
    await checks.answer(other, series_id, 4, agrees=True)
    await services[PlanningService].pause(officer, series_id, paused=False)
    once = await drafts.begin(officer, None, CONTENT)
    await checks.ask(officer, once, OTHER)
    await checks.answer(other, once, 1, agrees=True)
    await services[PlanningService].plan(officer, once, 1)
    await services[SendingService].send_out(once, 1)
    before = len(await rows(database, "announcements:check"))
    await services[CorrectionService].correct(officer, once, 0, Content("訂正", "本文", "", ""))
    assert len(await rows(database, "announcements:check")) == before


async def series_with_ping(services: Services, officer: Actor) -> int:
    drafts = services[DraftService]
    series_id = await drafts.begin(officer, None, CONTENT)
    changes: dict[str, Any] = {"audience": Audience(rule=Everyone()), "places": (Place.NATIONAL, Place.LC_CHANNELS)}
    await drafts.set(officer, series_id, repeat=Repeat(every=Every.WEEK), ping=Ping.EVERYONE, **changes)
    await services[PlanningService].plan(officer, series_id, 2, may_ping=lambda _posts, _ping: (7_001, 7_003))
    return series_id


@pytest.mark.parametrize("pings", [False, True])
async def test_an_occurrence_goes_out_to_whom_the_series_was_found_to_mean(
    services: Services, database: Database, officer: Actor, pings: bool
) -> None:
    """In one go, so that nobody is looked for twice; where it pings, Discord is asked in between."""
    drafts, sending = services[DraftService], services[SendingService]
    series_id = await series_with_ping(services, officer)
    if not pings:
        await drafts.set(officer, series_id, ping=Ping.NONE)
    with statements_of(database) as found:
        await sending.occur(series_id, 1, 0)
    national = [one for one in found if "FROM servers JOIN server_parts" in one and "ORDER BY servers.id" in one]
    assert len(national) == 1
    async with database.reading() as connection:
        (child,) = await connection.execute(
            select(Announcement.id, Announcement.state).where(Announcement.series_id == series_id)
        )
    assert child.state == (AnnouncementState.SCHEDULED if pings else AnnouncementState.SENT)
    assert bool(await rows(database, "announcements:send")) == pings
    await sending.send_out(child.id, 1)
    assert (await drafts.show(officer, child.id)).state is AnnouncementState.SENT
    assert len(await rows(database, "announcements:message")) == 2


async def test_a_series_pings_only_where_its_sender_still_may(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    series_id, sending, pings = (
        await series_with_ping(services, officer),
        services[SendingService],
        services[PingService],
    )

    async def occurrence(number: int, may_ping: tuple[int, ...]) -> tuple[int, ...]:
        await sending.occur(series_id, 1, number)
        async with database.reading() as connection:
            query = select(Announcement.id).where(
                Announcement.series_id == series_id, Announcement.occurrence == number
            )
            child_id = await connection.scalar(query)
        assert child_id is not None
        plan = await pings.planned(child_id)
        assert plan is not None
        assert (plan.discord_user_id, sorted(post.recipient_id for post in plan.posts)) == (OFFICER, [7_001, 7_003])
        for _ in range(2):
            await sending.send_out(child_id, 1, may_ping)
        return (await services[AcknowledgementService].said(1, child_id)).ping_channels

    assert await occurrence(0, (7_001, 7_003)) == (7_001, 7_003)
    assert not await rows(database, "announcements:unpinged")
    clock.go(days=7)
    assert await occurrence(1, (7_003, 9_999)) == (7_003,)
    assert len(await rows(database, "announcements:unpinged")) == 1
    clock.go(days=7)
    await appoint_to(services, OTHER, "president")
    async with database.writing() as session:
        person = select(Person.id).where(Person.discord_user_id == OFFICER).scalar_subquery()
        await session.execute(
            update(Term)
            .where(Term.person_id == person)
            .values(ends_on=officer.today)
            .execution_options(synchronize_session=False)
        )
    assert await occurrence(2, (7_001, 7_003)) == ()
    assert len(await rows(database, "announcements:unpinged")) == 2
    assert len(await rows(database, "announcements:message")) == 6, "it goes out all the same"


async def test_without_a_ping_nothing_is_asked_or_told(services: Services, database: Database, officer: Actor) -> None:
    announcement_id = await planned(services, officer)
    assert await services[PingService].planned(announcement_id) is None
    assert await services[PingService].planned(announcement_id + 1) is None
    await services[SendingService].send_out(announcement_id, 1)
    assert not await rows(database, "announcements:unpinged")


@pytest.mark.parametrize("user", [OFFICER, REPRESENTATIVE])
@pytest.mark.parametrize("repeat", [None, Repeat(every=Every.WEEK)])
async def test_now_means_this_minute_on_a_clock_that_goes_on(
    services: Services, database: Database, lc: int, clock: FakeClock, user: int, repeat: Repeat | None
) -> None:
    mine, drafts = await actor(services, user), services[DraftService]
    announcement_id = await drafts.begin(mine, None if user == OFFICER else lc, CONTENT)
    await drafts.set(mine, announcement_id, repeat=repeat)
    clock.go(seconds=36.5)
    goes_out = (await services[PlanningService].plan(mine, announcement_id, 2)).goes_out
    found = await drafts.show(mine, announcement_id)
    assert goes_out <= clock.now()
    assert found.planned == local_time(goes_out, "Asia/Tokyo") == datetime.fromisoformat("2026-11-21T19:00")
    if repeat is None:
        await services[SendingService].send_out(announcement_id, 1)
    else:
        await services[SendingService].occur(announcement_id, 1, 0)
        query = select(Announcement.id).where(Announcement.series_id == announcement_id)
        async with database.reading() as connection:
            (announcement_id,) = await connection.scalars(query)
        await services[SendingService].send_out(announcement_id, 1)
    assert (await drafts.show(mine, announcement_id)).state is AnnouncementState.SENT


async def test_a_plan_is_made_for_a_minute_and_has_one_time(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    drafts, planning = services[DraftService], services[PlanningService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    clock.go(seconds=36)
    goes_out = (await planning.plan(officer, announcement_id, 1, clock.now() + timedelta(hours=2))).goes_out
    assert goes_out == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (await drafts.show(officer, announcement_id)).planned == datetime.fromisoformat("2026-11-21T21:00")
    await planning.stop(officer, announcement_id)
    this_minute = clock.now().replace(second=0, microsecond=0)
    assert (await planning.plan(officer, announcement_id, 2, this_minute)).goes_out == this_minute


async def test_who_is_asked_to_check_again_at_once_hears_of_it(
    services: Services, database: Database, officer: Actor
) -> None:
    await appoint_to(services, OTHER, "president")
    drafts, checks = services[DraftService], services[CheckService]
    announcement_id = await drafts.begin(officer, None, CONTENT)
    for _ in range(2):
        await checks.ask(officer, announcement_id, OTHER)
        await checks.withdraw(officer, announcement_id)
    assert len(await rows(database, "announcements:check")) == 2
