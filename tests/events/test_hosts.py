"""Who hosts an event besides its own place: an LC is asked, and its silence is never a yes. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.calendars.events import entry_of
from bot.features.events.hosts import ASKED, MOST, HostService, hosts_asked
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.models import Audience, Event
from bot.features.events.on_home import this_week
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.homes.service import HomeService
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import InstitutionDraft
from bot.features.institutions.service import InstitutionService
from bot.features.members.models import Contact
from bot.features.people.actors import Actor
from bot.features.signups.models import PartyState
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.signups.support import said
from tests.support.members import join
from tests.support.people import OFFICER, OTHER, actor

#: Within a week of the clock's first day.
SOON = "11/25(水) 19時〜21時 合同勉強会、LCのメンバーのみ"


@pytest.fixture
def hosting(services: Services) -> HostService:
    return services[HostService]


async def event_for_members(services: Services, maker: Actor) -> EventCard:
    card = await posted(services, maker, SOON)
    await services[EventService].edit(maker, card.event_id, card.version, audience=Audience.LC)
    return await services[EventService].event(maker, card.event_id)


async def host_of(hosting: HostService, maker: Actor, event_id: int) -> int:
    _, (one,) = await hosting.hosts(maker, event_id)
    return one.host_id


async def facts(services: Services, person: Actor, kind: Any) -> list[Any]:
    return list((await services[HomeService].facts(person, [kind]))[kind])


async def test_silence_is_no_yes_and_a_yes_makes_it_theirs_too(
    hosting: HostService, services: Services, database: Database, representative: Actor
) -> None:
    card = await event_for_members(services, representative)
    other = await join(services, OTHER, "京都 太郎")
    await hosting.ask(representative, card.event_id, other.lc_ids[0])
    (fact,) = await facts(services, other, hosts_asked)
    with pytest.raises(Conflict):
        await hosting.ask(representative, card.event_id, other.lc_ids[0])
    # Nobody has answered: nothing is theirs.
    assert (await services[EventService].event(representative, card.event_id)).hosts == ()
    with pytest.raises(NotFound):
        await services[EventService].event(other, card.event_id)
    with pytest.raises(NotAllowed):
        await services[JoiningService].join(other, card.event_id)
    assert await facts(services, other, this_week) == []
    await hosting.answer(other, fact.id, accepts=True)
    assert await facts(services, other, hosts_asked) == []
    (host,) = (await services[EventService].event(other, card.event_id)).hosts
    assert host.lc_id == other.lc_ids[0]
    assert [one.event_id for one in await services[EventService].coming(other, Which.LC)] == [card.event_id]
    (shown,) = await facts(services, other, this_week)
    assert (shown.id, shown.n) == (card.event_id, 0), "as one of their own LC"
    assert (await services[JoiningService].join(other, card.event_id)).state is PartyState.ACCEPTED
    async with database.reading() as connection:
        entry = await entry_of(connection, other, card.event_id)
    assert host.name_ja in entry.organiser


async def test_only_officers_of_the_lc_answer_for_it(
    hosting: HostService, services: Services, representative: Actor
) -> None:
    card = await event_for_members(services, representative)
    other = await actor(services, OTHER)
    await hosting.ask(representative, card.event_id, other.lc_ids[0])
    host_id = await host_of(hosting, representative, card.event_id)
    national = await join(services, OFFICER, "役員 花")
    (student,) = await people(services, 1)
    for nobody in (representative, national, student):
        with pytest.raises(NotAllowed):
            await hosting.answer(nobody, host_id, accepts=True)
        assert await facts(services, nobody, hosts_asked) == []
    with pytest.raises(NotAllowed):
        await hosting.hosts(other, card.event_id)
    with pytest.raises(NotAllowed):
        await hosting.ask(student, card.event_id, other.lc_ids[0])
    with pytest.raises(Invalid):
        await hosting.ask(representative, card.event_id, representative.lc_ids[0])
    with pytest.raises(NotFound):
        await hosting.ask(representative, card.event_id, 999_999)


async def test_a_draft_names_co_hosts_and_they_are_asked_once_it_is_posted(
    hosting: HostService, services: Services, database: Database, representative: Actor
) -> None:
    events, draft = services[EventService], await draft_of(services, representative, SOON)
    other = await join(services, OTHER, "京都 太郎", contact=Contact.DIRECT)
    await hosting.ask(representative, draft.event_id, other.lc_ids[0])
    await hosting.add(representative, draft.event_id, "国際学生の会")
    assert await facts(services, other, hosts_asked) == []
    assert await said(database, ASKED) == []
    _, (first, _) = await hosting.hosts(representative, draft.event_id)
    with pytest.raises(NotFound):  # nobody asks them yet
        await hosting.asked(other, first.host_id)
    with pytest.raises(NotFound):
        await hosting.answer(other, first.host_id, accepts=True)
    with pytest.raises(NotFound):  # nobody else sees the draft
        await hosting.ask(other, draft.event_id, other.lc_ids[0])
    with pytest.raises(Conflict):
        await hosting.ask(representative, draft.event_id, other.lc_ids[0])
    with pytest.raises(Conflict):  # an older preview, which names nobody
        await events.post(representative, draft.event_id, draft.version, CHANNEL)
    found = await events.draft(representative, draft.event_id)
    assert len(found.asks) == 1
    assert [one.name_ja for one in found.event.hosts] == ["国際学生の会"]
    await events.post(representative, draft.event_id, found.event.version, CHANNEL)
    (fact,) = await facts(services, other, hosts_asked)
    assert len(await said(database, ASKED)) == 1
    await hosting.answer(other, fact.id, accepts=True)
    assert len((await events.event(other, draft.event_id)).hosts) == 2


async def test_an_lc_whose_event_it_became_is_not_asked(
    hosting: HostService, services: Services, database: Database, representative: Actor
) -> None:
    """Who moves the draft to another home may have named that home before."""
    draft = await draft_of(services, representative, SOON)
    other = await join(services, OTHER, "京都 太郎", contact=Contact.DIRECT)
    await hosting.ask(representative, draft.event_id, other.lc_ids[0])
    async with database.writing() as session:
        moved = update(Event).where(Event.id == draft.event_id)
        await session.execute(moved.values(lc_id=other.lc_ids[0], channel_id=None))
    version = (await services[EventService].draft(other, draft.event_id)).event.version
    await services[EventService].post(other, draft.event_id, version)
    _, hosts = await hosting.hosts(other, draft.event_id)
    assert hosts == []
    assert await said(database, ASKED) == []


async def test_both_sides_may_end_it_and_a_no_may_be_asked_again(
    hosting: HostService, services: Services, database: Database, representative: Actor
) -> None:
    card = await event_for_members(services, representative)
    other = await actor(services, OTHER)
    await hosting.ask(representative, card.event_id, other.lc_ids[0])
    host_id = await host_of(hosting, representative, card.event_id)
    for accepts in (True, False):
        await hosting.answer(other, host_id, accepts=accepts)
    with pytest.raises(NotAllowed):
        await services[JoiningService].way(other, card.event_id)
    assert await facts(services, other, hosts_asked) == [], "they have said no"
    await hosting.ask(representative, card.event_id, other.lc_ids[0])
    assert len(await facts(services, other, hosts_asked)) == 1
    told = await said(database, ASKED)
    assert len({one.key for one in told}) == len(told)
    await hosting.answer(other, host_id, accepts=True)
    await hosting.remove(representative, card.event_id, host_id)
    assert (await services[EventService].event(representative, card.event_id)).hosts == ()
    with pytest.raises(NotFound):
        await hosting.answer(other, host_id, accepts=True)


async def test_others_outside_are_named_and_institutions_found(
    hosting: HostService, services: Services, representative: Actor
) -> None:
    national = await join(services, OFFICER, "役員 花")
    clinic = InstitutionDraft("中央病院", "Central Hospital", InstitutionKind.HOSPITAL, "JP")
    await services[InstitutionService].add(national, clinic)
    card = await event_for_members(services, representative)
    for name in ("中央病院", "国際学生の会"):
        await hosting.add(representative, card.event_id, name)
    for name in ("Central Hospital", "国際学生の会"):
        with pytest.raises(Conflict):
            await hosting.add(representative, card.event_id, name)
    for name in (" ", "あ" * 101):
        with pytest.raises(Invalid):
            await hosting.add(representative, card.event_id, name)
    hosts = (await services[EventService].event(representative, card.event_id)).hosts
    assert [one.name_en for one in hosts] == ["Central Hospital", "国際学生の会"]
    for number in range(MOST - 2):
        await hosting.add(representative, card.event_id, f"団体{number}")
    with pytest.raises(Conflict):
        await hosting.add(representative, card.event_id, "多すぎる")
