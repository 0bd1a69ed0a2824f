"""What is looked at again when the hour of a plan comes: meanwhile it, its sender and the world may have changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import Invalid
from bot.features import Services
from bot.features.announcements.audiences import Audience, TheseLcs
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.models import Announcement
from bot.features.announcements.models import State as AnnouncementState
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.records import Content
from bot.features.announcements.repeats import Every, Repeat
from bot.features.announcements.sending import SendingService
from bot.features.people.actors import Actor
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.records import NewQuestion
from tests.announcements.support import two_lcs
from tests.announcements.test_service import CONTENT, planned, rows
from tests.support.clocks import FakeClock
from tests.support.people import OFFICER, REPRESENTATIVE, actor


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
