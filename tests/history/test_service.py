from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.history.service import BEGINNINGS, PAGE, AuditService, Filter, Kind
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.service import PostService
from bot.ui.actions import ACTION_WORDS
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to, found_organisation


@pytest.fixture
def audits(services: Services) -> AuditService:
    return services[AuditService]


async def edit(services: Services, user: int, lc_id: int, name: str) -> None:
    names = OwnNames(name_ja=name, name_en="", aliases=[], club_type=None)
    await services[OwnRecordService].edit(await actor(services, user), lc_id, names)


async def test_each_officer_sees_their_own_scope(services: Services, audits: AuditService, lc: int) -> None:
    await edit(services, REPRESENTATIVE, lc, "東大国際医学")
    await edit(services, OTHER, await other_lc(services), "京大国際医学")
    mine = await audits.page(await actor(services, REPRESENTATIVE), Filter())
    assert mine.pages == 1
    assert {entry.lc_ja for entry in mine} == {"東京大学"}
    assert {entry.action for entry in mine} == {"lc.edit", "term.add"}, "terms of the LC belong to it"
    assert "国際医学" not in str(mine), "what changed, never what it says"
    everything = await audits.page(await actor(services, OFFICER), Filter())
    assert {"organisation.create", "server.link", "lc.edit", "term.add"} <= {entry.action for entry in everything}
    with pytest.raises(NotAllowed):
        await audits.page(await actor(services, REPRESENTATIVE), Filter(lc_id=await other_lc(services)))
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    for nobody in (NEWCOMER, NEWCOMER + 1):
        for wanted in (Filter(), Filter(lc_id=lc)):
            with pytest.raises(NotAllowed):
                await audits.all(await actor(services, nobody), wanted)


async def other_lc(services: Services) -> int:
    return (await services[LocalCommitteeService].show(await actor(services, OFFICER), "京都大学")).lc_id


async def test_filters(services: Services, audits: AuditService, lc: int, clock: FakeClock) -> None:
    officer = await actor(services, OFFICER)
    await edit(services, REPRESENTATIVE, lc, "a")
    clock.go(hours=6)  # the next day in Tokyo
    officer = await actor(services, OFFICER)
    await services[LocalCommitteeService].change_state(officer, lc, LcState.LEAD, date(2026, 11, 20))

    async def actions(**wanted: object) -> list[str]:
        return [entry.action for entry in await audits.all(officer, Filter(**wanted))]  # type: ignore[arg-type]

    assert await actions(lc_id=lc, kind=Kind.LC) == ["lc.state", "lc.edit"]
    assert await actions(person=REPRESENTATIVE) == ["lc.edit"]
    assert await actions(days=1) == ["lc.state"]
    assert await actions(days=2, kind=Kind.LC) == ["lc.state", "lc.edit"]
    assert set(await actions(kind=Kind.POSTS)) == {"term.add"}
    assert await actions(kind=Kind.HANDOVERS) == []


async def test_pages_are_those_of_the_lcs_history(services: Services, audits: AuditService, lc: int) -> None:
    for number in range(12):
        await edit(services, REPRESENTATIVE, lc, f"name {number}")
    holder = await actor(services, REPRESENTATIVE)
    first = await audits.page(holder, Filter(lc_id=lc, kind=Kind.LC))
    second = await audits.page(holder, Filter(lc_id=lc, kind=Kind.LC), 1)
    assert (len(first), first.pages, len(second), second.page) == (PAGE, 2, 2, 1)
    history = await services[OwnRecordService].history(holder, lc)
    assert [(one.at, one.who, one.action) for one in history] == [(one.at, one.who, one.action) for one in first]


async def test_another_organisations_changes_stay_there(services: Services, audits: AuditService) -> None:
    await found_organisation(services)
    await found_organisation(services, GUILD + 1, name_en="IIST")
    ours = await audits.all(await actor(services, OFFICER), Filter())
    theirs = await audits.all(await actor(services, OFFICER, GUILD + 1), Filter())
    assert len(ours) == len(theirs) == 3


async def test_every_action_that_is_noted_has_words_and_a_kind(services: Services, database: Database, lc: int) -> None:
    officer = await actor(services, OFFICER)
    await services[PostService].add(officer, NEWCOMER, "新人", "leo", lc, date(2026, 4, 1), date(2027, 3, 31))
    async with database.reading() as connection:
        noted = set(await connection.scalars(select(AuditEntry.action)))
    assert noted <= ACTION_WORDS.keys()
    beginnings = tuple(text for texts in BEGINNINGS.values() for text in texts)
    assert len(set(beginnings)) == len(beginnings), "each belongs to one kind"
    assert [action for action in ACTION_WORDS if not action.startswith(beginnings)] == []
