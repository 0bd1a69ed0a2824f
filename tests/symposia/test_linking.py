"""An edition as an event: what is filled in, and how the edition follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict
from bot.features import Services
from bot.features.events.rules import When
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.symposia.editions import EditionService
from bot.features.symposia.linking import LinkingService
from bot.features.symposia.models import EditionState
from bot.features.symposia.queries import EditionCard
from bot.features.tasks.models import Task
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor
from tests.symposia.support import begun, planned

TEXTS = ("演者：未定", "Speaker: open")


@pytest.fixture
async def owner(services: Services, lc: int) -> Actor:
    return await join(services, OFFICER, "役員 花")


@pytest.fixture
async def edition(services: Services, owner: Actor) -> EditionCard:
    """No. 512, on 28 November 2026; the clock begins on the 21st."""
    (found, *_) = await planned(services, owner, await begun(services, owner))
    editions = services[EditionService]
    draft, _ = await editions.to_edit(owner, found.edition_id)
    await editions.edit(owner, found.edition_id, replace(draft, when=(2026, 11, 28), title_ja="心臓"), draft)
    return (await editions.edition(owner, found.edition_id))[1]


async def due_days(database: Database, edition: EditionCard) -> set[date]:
    of = Task.subject_id.in_([one.slot_id for one in edition.slots])
    async with database.reading() as connection:
        rows = await fetch(connection, select(Task.anchor_on).where(of, Task.state == "open"))
    return {row.anchor_on for row in rows}


async def test_a_draft_is_filled_and_the_edition_follows_it(
    services: Services, database: Database, owner: Actor, edition: EditionCard
) -> None:
    events, editions = services[EventService], services[EditionService]
    event_id = await services[LinkingService].make_event(owner, edition.edition_id, *TEXTS)
    owner = await actor(services, OFFICER)
    event = (await events.draft(owner, event_id)).event
    assert (event.title_ja, event.text, event.text_en) == ("国際治療談話会 第512回 心臓", *TEXTS)
    assert event.when is not None
    assert event.when.starts == datetime.fromisoformat("2026-11-28T00:00")
    with pytest.raises(Conflict):
        await services[LinkingService].make_event(owner, edition.edition_id, *TEXTS)
    draft, _ = await editions.to_edit(owner, edition.edition_id)
    with pytest.raises(Conflict):
        await editions.edit(owner, edition.edition_id, replace(draft, when=(2026, 11, 29)), draft)
    when = When(
        datetime.fromisoformat("2026-12-05T18:00"), datetime.fromisoformat("2026-12-05T20:00"), whole_days=False
    )
    await events.edit(owner, event_id, event.version, when=when, place="学士会館")
    _, moved = await editions.edition(owner, edition.edition_id)
    assert (moved.when, moved.place, moved.state) == ((2026, 12, 5), "学士会館", EditionState.PLANNED)
    assert await due_days(database, edition) == {date(2026, 12, 5)}
    await events.post(owner, event_id, event.version + 1)
    _, seen = await editions.edition(await actor(services, NEWCOMER), edition.edition_id)
    assert (seen.state, seen.event_id) == (EditionState.ANNOUNCED, event_id)
    await events.cancel(owner, event_id, "台風")
    _, gone = await editions.edition(owner, edition.edition_id)
    assert (gone.state, gone.reason) == (EditionState.CANCELLED, "台風")
    assert await due_days(database, edition) == set()


async def test_a_discarded_draft_leaves_the_edition_as_it_is(
    services: Services, owner: Actor, edition: EditionCard
) -> None:
    event_id = await services[LinkingService].make_event(owner, edition.edition_id, *TEXTS)
    owner = await actor(services, OFFICER)
    await services[EventService].discard(owner, event_id)
    _, left = await services[EditionService].edition(owner, edition.edition_id)
    assert (left.event_id, left.when, left.state) == (None, (2026, 11, 28), EditionState.PLANNED)
    await services[LinkingService].make_event(owner, edition.edition_id, *TEXTS)
