"""The checklist of a handover is ticked by who goes and who comes."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.handovers.checklists import ALL, ChecklistService, TickService
from bot.features.handovers.service import HandoverService
from bot.features.handovers.values import ChecklistItem
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.support.clocks import FakeClock
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to

# It is 21 November 2026; terms end on 31 March 2027.
APRIL, MARCH = date(2027, 4, 1), date(2028, 3, 31)


@pytest.fixture
def ticks(services: Services) -> TickService:
    return services[TickService]


async def term_of(services: Services, user: int = REPRESENTATIVE) -> int:
    return (await services[HandoverService].mine(await actor(services, user)))[0].term_id


async def items(services: Services, who: Actor, term: int) -> list[ChecklistItem]:
    return list((await services[HandoverService].card(who, term)).items)


def done(found: list[ChecklistItem]) -> list[str | None]:
    return [item.by for item in found if item.done_at is not None]


async def test_holder_and_successor_tick_and_it_is_seen_who_and_when(
    services: Services, ticks: TickService, lc: int, clock: FakeClock, database: Database
) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await term_of(services)
    await appoint_to(services, NEWCOMER, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    successor = await actor(services, NEWCOMER)
    keys = [item.key for item in await items(services, holder, term)]
    assert len(keys) == len(set(keys)) == 7
    await ticks.tick(holder, term, keys[:2], done=True)
    clock.go(days=1)
    await ticks.tick(successor, term, keys[1:3], done=True)
    ticked_at = clock.last
    seen = await items(services, await actor(services, OFFICER), term)
    assert done(seen) == ["user 3", "user 3", "user 5"], "the first who ticked an item is noted"
    assert seen[2].done_at == ticked_at
    await ticks.tick(holder, term, keys[:1], done=False)
    await ticks.tick(holder, term, keys[:1], done=False)
    assert done(await items(services, successor, term)) == ["user 3", "user 5"]
    async with database.reading() as connection:
        noted = await connection.scalars(select(AuditEntry.action).where(AuditEntry.action.like("handover.%tick")))
        assert list(noted) == ["handover.tick", "handover.tick", "handover.untick"], "what changes nothing isn't noted"


async def test_nobody_else_ticks(services: Services, ticks: TickService, lc: int) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await term_of(services)
    keys = [item.key for item in await items(services, holder, term)]
    await appoint_to(services, NEWCOMER, "leo", lc)
    for user in (OFFICER, OTHER, NEWCOMER, NEWCOMER + 1):
        with pytest.raises(NotAllowed):
            await ticks.tick(await actor(services, user), term, keys, done=True)
    for wrong in (["0" * 16], [*keys, "x"]):
        with pytest.raises(NotFound):
            await ticks.tick(holder, term, wrong, done=True)
    with pytest.raises(NotFound):
        await ticks.tick(holder, 999, keys, done=True)
    assert done(await items(services, holder, term)) == []
    assert not (await services[HandoverService].card(await actor(services, OFFICER), term)).may_tick


async def test_ticks_stay_with_their_handover_and_items_with_their_text(
    services: Services, ticks: TickService, lc: int
) -> None:
    checklists, officer = services[ChecklistService], await actor(services, OFFICER)
    await appoint_to(services, NEWCOMER, "leo", lc)
    await checklists.set_items(officer, ALL, "鍵\n印鑑\n鍵", "Key\nSeal\nKey")
    await checklists.set_items(officer, LC_REPRESENTATIVE, "名簿", "List")
    holder, term = await actor(services, REPRESENTATIVE), await term_of(services)
    found = await items(services, holder, term)
    assert [item.text_en for item in found] == ["List", "Key", "Seal"], "an item that stands there twice is one"
    await ticks.tick(holder, term, [item.key for item in found], done=True)
    leo, theirs = await actor(services, NEWCOMER), await term_of(services, NEWCOMER)
    assert done(await items(services, leo, theirs)) == [], "another handover has its own"
    await checklists.set_items(officer, ALL, "印鑑\n新しい項目", "")
    found = await items(services, holder, term)
    assert [(item.text_ja, item.done_at is not None) for item in found] == [
        ("名簿", True), ("印鑑", True), ("新しい項目", False),
    ]  # fmt: skip
    await checklists.set_items(officer, ALL, "鍵", "")
    assert done(await items(services, holder, term)) == ["user 3", "user 3"], "what comes back is as it was"


async def test_until_when_is_ticked(services: Services, ticks: TickService, lc: int, clock: FakeClock) -> None:
    term = await term_of(services)
    await appoint_to(services, NEWCOMER, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    assert [one.term_id for one in (await ticks.around(await actor(services, NEWCOMER)))[1]] == [term]
    assert (await ticks.around(await actor(services, REPRESENTATIVE)))[1] == []
    clock.go(days=160)  # 30 April 2027
    holder = await actor(services, REPRESENTATIVE)
    keys = [item.key for item in await items(services, holder, term)]
    await ticks.tick(holder, term, keys[:1], done=True)
    clock.go(days=1)
    holder, successor = await actor(services, REPRESENTATIVE), await actor(services, NEWCOMER)
    with pytest.raises(NotAllowed):
        await ticks.tick(holder, term, keys[1:2], done=True)
    await ticks.tick(successor, term, keys[1:2], done=True)
    assert (await ticks.around(successor))[1] == [], "not offered any more"
    assert done(await items(services, successor, term)) == ["user 3", "user 5"]


async def test_of_many_who_tick_at_once_all_are_right(services: Services, ticks: TickService, lc: int) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await term_of(services)
    await appoint_to(services, NEWCOMER, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    successor = await actor(services, NEWCOMER)
    keys = [item.key for item in await items(services, holder, term)]
    await asyncio.gather(*(ticks.tick(who, term, keys, done=True) for who in (holder, successor, holder, successor)))
    assert len(done(await items(services, holder, term))) == 7
