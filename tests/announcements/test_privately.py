"""What goes to officers among themselves stays among them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.announcements.inbox import AcknowledgementService, InboxService
from bot.features.audiences.models import Place
from bot.features.audiences.rules import AllLcs, Audience, CommitteeMembers, Everyone
from bot.features.committees.models import StandingCommittee
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from tests.announcements.support import Setting, begin, hold, two_lcs
from tests.announcements.test_service import sent
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to
from tests.support.worlds import World, choose, page_text, shown, text_of

OFFICERS, DIRECT, CHANNELS = Place.LC_OFFICERS, Place.DIRECT, Place.LC_CHANNELS


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


@pytest.fixture
async def member(services: Services, lc: int) -> Actor:
    """A plain member of the LC at 東京大学."""
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    return await actor(services, NEWCOMER)


async def scoph(database: Database) -> CommitteeMembers:
    async with database.reading() as connection:
        found = await connection.scalar(select(StandingCommittee.id).where(StandingCommittee.key == "scoph"))
    assert found is not None
    return CommitteeMembers(committee_id=found)


async def readable(services: Services, who: Actor, announcement_id: int) -> bool:
    """Does the list show it? Opening it comes to the same."""
    inbox = services[InboxService]
    listed = announcement_id in [one.announcement_id for one in await inbox.inbox(who)]
    if listed:
        assert (await inbox.read(who, announcement_id)).content.text_ja == "本文"
    return listed


@pytest.mark.parametrize("rule", ["committee", "all_lcs", "everyone"])
async def test_what_goes_to_officers_threads_is_read_by_officers_alone(
    services: Services, database: Database, officer: Actor, member: Actor, rule: str
) -> None:
    of = {"committee": await scoph(database), "all_lcs": AllLcs(), "everyone": Everyone()}[rule]
    places = (OFFICERS, DIRECT) if rule == "committee" else (OFFICERS,)
    announcement_id = await sent(services, officer, audience=Audience(rule=of), places=places)
    assert await readable(services, await actor(services, REPRESENTATIVE), announcement_id)
    assert not await readable(services, member, announcement_id)
    with pytest.raises(NotAllowed, match="only for LC officers"):
        await services[InboxService].read(member, announcement_id)
    assert (await services[InboxService].read(officer, announcement_id)).content.text_ja == "本文", "the nation may"


@pytest.mark.parametrize("places", [(CHANNELS,), (OFFICERS, CHANNELS), (OFFICERS, DIRECT), ()])
async def test_what_goes_to_others_too_is_read_by_members(
    services: Services, officer: Actor, member: Actor, places: tuple[Place, ...]
) -> None:
    announcement_id = await sent(services, officer, audience=Audience(rule=AllLcs()), places=places)
    assert await readable(services, member, announcement_id)


async def test_who_got_it_directly_can_read_it_again(
    services: Services, database: Database, officer: Actor, member: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "lpo", lc)
    await services[AcknowledgementService].subscribe(member, wanted=True)
    audience = Audience(rule=await scoph(database))
    announcement_id = await sent(services, officer, audience=audience, places=(OFFICERS, DIRECT))
    assert await readable(services, await actor(services, NEWCOMER), announcement_id)


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def test_a_plain_member_neither_sees_nor_opens_it(setting: Setting) -> None:
    member = setting.server.person("member")
    await hold(setting.server, member, LC_MEMBER, setting.lc_ids["東京大学"])
    page = await setting.write("役員のみ", "内々の話です")
    await setting.officer.click(page, label="届ける場所")
    await choose(setting.officer, page, "各LC役員のスレッド（非公開）")
    await setting.officer.click(page, label="いま送る")
    listed = shown(await setting.tokyo.slash(setting.server.channel, "announcements"))
    assert "役員のみ" in page_text(listed)
    assert "役員のみ" not in text_of(await member.slash(setting.server.channel, "announcements"))
    await choose(setting.tokyo, listed, "役員のみ")
    assert "内々の話です" in page_text(listed)
