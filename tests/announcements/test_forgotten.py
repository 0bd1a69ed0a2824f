"""Who got an announcement directly and deletes themselves: nothing leads to them, and the counts stay."""

from __future__ import annotations

from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import DeliveryState
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.inbox import AcknowledgementService
from bot.features.announcements.models import AnnouncementPost
from bot.features.announcements.status import StatusService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place
from bot.features.members.mydata import MyDataService
from bot.features.people.terms import LC_MEMBER
from tests.announcements.support import two_lcs
from tests.announcements.test_service import arrive, rows, sent
from tests.support.clocks import FakeClock
from tests.support.people import NEWCOMER, OFFICER, actor, appoint_to


async def test_a_direct_message_stays_counted_and_is_nobodys(
    services: Services, database: Database, clock: FakeClock
) -> None:
    lc = await two_lcs(services, database)
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    member, officer = await actor(services, NEWCOMER), await actor(services, OFFICER)
    await services[AcknowledgementService].subscribe(member, wanted=True)
    announcement_id = await sent(services, officer, places=(Place.LC_CHANNELS, Place.DIRECT))
    await arrive(database, clock, kind="announcements:message")
    before = (await services[StatusService].show(officer, announcement_id)).posts
    assert before == {DeliveryState.SENT: 2}
    await services[MyDataService].delete(member)
    async with database.reading() as connection:
        posts = await fetch(connection, select(AnnouncementPost.__table__))
    assert str(NEWCOMER) not in str([tuple(post) for post in posts])
    assert (await services[StatusService].show(officer, announcement_id)).posts == before
    corrections = services[CorrectionService]
    await corrections.correct(officer, announcement_id, 0, Content("訂正", "本文", "", ""))
    await corrections.edit_messages(announcement_id, 1, 0)
    edits = [row.recipient_kind for row in await rows(database, "announcements:message") if ":edit:" in row.key]
    assert edits == ["channel"], "nobody is left to whom it could be corrected"
