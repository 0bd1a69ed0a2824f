from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.links.rules import LinkDraft, cleaned, next_review
from bot.features.links.service import LinkService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.terms import NATIONAL_OFFICER
from bot.features.tasks.reminding import BUNDLE, TaskWatch
from bot.features.tasks.service import TaskService
from bot.kit.edits import Overtaken
from tests.support.clocks import FakeClock
from tests.support.members import join
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

#: The first day of the clock, and one of the next fiscal year.
TODAY, REVIEW_ON = date(2026, 11, 21), date(2027, 2, 1)
DRAFT = LinkDraft("精算書", "Expense form", "https://example.org/form", "交通費を受け取るとき", REVIEW_ON)
SECOND = NEWCOMER + 1


@pytest.fixture
def links(services: Services) -> LinkService:
    return services[LinkService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    """Who has chosen to be written to directly."""
    return await join(services, OFFICER, "役員 花", contact=Contact.DIRECT)


@pytest.fixture
async def second(services: Services, lc: int) -> Actor:
    """Another national officer, who looks for themselves."""
    await appoint_to(services, SECOND, NATIONAL_OFFICER, ends_on=date(2027, 2, 28))
    return await actor(services, SECOND)


async def said(services: Services, database: Database) -> list[Any]:
    """Whom a morning's look has told so far, and what."""
    await services[TaskWatch].look(1)
    async with database.reading() as connection:
        query = select(Delivery.recipient_id, Delivery.payload).where(Delivery.kind == BUNDLE)
        return list(await fetch(connection, query.order_by(Delivery.id)))


async def waiting(services: Services, user: int) -> list[int]:
    """What waits in somebody's home today."""
    return [one.link_id for one in await services[LinkService].links(await actor(services, user)) if one.waits]


async def test_everybody_reads_and_officers_alone_see_who_keeps(
    links: LinkService, services: Services, officer: Actor, second: Actor
) -> None:
    link_id = await links.add(officer, replace(DRAFT, title_en=" "))
    for user in (NEWCOMER, REPRESENTATIVE):
        (entry,) = await links.links(await actor(services, user))
        assert (entry.title_ja, entry.title_en, entry.address) == ("精算書", "精算書", "https://example.org/form")
        assert (entry.keeper, entry.waits) == (None, False)
    (entry,) = await links.links(second)
    assert (entry.link_id, entry.keeper, entry.review_on) == (link_id, "役員 花", REVIEW_ON)


async def test_only_national_officers_keep_them(links: LinkService, services: Services, officer: Actor) -> None:
    link_id = await links.add(officer, DRAFT)
    for user in (NEWCOMER, REPRESENTATIVE):
        who = await actor(services, user)
        for attempt in (
            links.link(who, link_id),
            links.add(who, DRAFT),
            links.edit(who, link_id, DRAFT),
            links.confirm(who, link_id),
            links.remove(who, link_id),
        ):
            with pytest.raises(NotAllowed):
                await attempt


async def test_another_organisation_neither_sees_nor_changes_them(
    links: LinkService, services: Services, officer: Actor
) -> None:
    link_id = await links.add(officer, DRAFT)
    await found_organisation(services, GUILD + 1, name_ja="別の団体", name_en="Another")
    foreign = await actor(services, OFFICER, GUILD + 1)
    assert await links.links(foreign) == []
    for attempt in (
        links.link(foreign, link_id),
        links.edit(foreign, link_id, DRAFT),
        links.confirm(foreign, link_id),
        links.remove(foreign, link_id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_whoever_changes_or_confirms_it_keeps_it(
    links: LinkService, database: Database, officer: Actor, second: Actor
) -> None:
    link_id = await links.add(officer, DRAFT)
    await links.edit(second, link_id, replace(DRAFT, purpose="宿泊費も"))
    kept = await links.link(officer, link_id)
    assert (kept.keeper, kept.purpose) == (f"user {SECOND % 10}", "宿泊費も")
    for _ in range(2):  # pressed twice, it comes out the same
        await links.confirm(officer, link_id)
        kept = await links.link(officer, link_id)
        assert (kept.keeper, kept.review_on) == ("役員 花", date(2027, 11, 21))
    await links.remove(second, link_id)
    with pytest.raises(NotFound):
        await links.confirm(officer, link_id)
    async with database.reading() as connection:
        query = select(AuditEntry.action, AuditEntry.fields).where(AuditEntry.subject_kind == "link")
        noted = [(row.action, row.fields) for row in await fetch(connection, query.order_by(AuditEntry.id))]
    assert [action for action, _ in noted] == ["link.add", "link.edit", "link.confirm", "link.confirm", "link.remove"]
    assert noted[1][1] == ["purpose"]


async def test_the_keeper_is_told_once_for_each_day(
    links: LinkService, services: Services, database: Database, clock: FakeClock, officer: Actor, second: Actor
) -> None:
    link_id = await links.add(officer, DRAFT)
    clock.go(days=(REVIEW_ON - TODAY).days)
    assert await said(services, database) == []
    assert await waiting(services, OFFICER) == []
    clock.go(days=1)
    assert await waiting(services, OFFICER) == [link_id]
    assert await waiting(services, SECOND) == []  # the keeper hears of it
    for _ in range(2):
        (told,) = await said(services, database)
    assert told.recipient_id == OFFICER
    (line,) = await services[TaskWatch].bundle(1, told.payload, date(2027, 2, 2))
    assert (line.title_ja, line.subject_id, line.is_over) == ("精算書", link_id, True)
    await links.confirm(await actor(services, OFFICER), link_id)
    assert await services[TaskWatch].bundle(1, told.payload, date(2027, 2, 2)) == []
    assert await waiting(services, OFFICER) == []
    clock.go(days=1)
    assert len(await said(services, database)) == 1
    clock.go(days=366)
    await appoint_to(services, OFFICER, NATIONAL_OFFICER, None, date(2027, 4, 1), date(2028, 3, 31))
    assert len(await said(services, database)) == 2, "of the next day it is told anew"
    assert await waiting(services, OFFICER) == [link_id]


async def test_its_task_goes_with_it_and_passes_to_whoever_changes_it(
    links: LinkService, services: Services, officer: Actor, second: Actor
) -> None:
    tasks, link_id = services[TaskService], await links.add(officer, DRAFT)
    await links.edit(officer, link_id, replace(DRAFT, title_ja="精算の書式", review_on=date(2027, 1, 1)))
    (line,) = await tasks.mine(officer)
    assert (line.title_ja, line.due_on, line.person) == ("精算の書式", date(2027, 1, 1), "役員 花")
    await links.edit(second, link_id, DRAFT)
    (line,) = await tasks.all(officer)
    assert (line.title_ja, line.due_on, line.person) == ("精算書", REVIEW_ON, f"user {SECOND % 10}")
    with pytest.raises(Conflict):
        await tasks.tick(second, line.task_id)  # it is done by saying that the link is right
    await links.remove(second, link_id)
    assert await tasks.all(officer) == []


async def test_it_waits_for_all_national_officers_where_its_keeper_is_not_written_to(
    links: LinkService, services: Services, database: Database, clock: FakeClock, second: Actor, officer: Actor
) -> None:
    link_id = await links.add(second, DRAFT)
    assert await services[TaskService].mine(officer) == [], "not a year ahead"
    clock.go(days=73)
    assert await said(services, database) == []
    assert await waiting(services, SECOND) == await waiting(services, OFFICER) == [link_id]
    assert await waiting(services, REPRESENTATIVE) == await waiting(services, NEWCOMER) == []


async def test_it_waits_for_the_others_once_its_keeper_is_out_of_office(
    links: LinkService, services: Services, database: Database, clock: FakeClock, officer: Actor
) -> None:
    review_on = date(2027, 4, 10)  # their term ends in March
    link_id = await links.add(officer, replace(DRAFT, review_on=review_on))
    await appoint_to(services, OTHER, NATIONAL_OFFICER, None, date(2027, 4, 1), date(2028, 3, 31))
    clock.go(days=(review_on - TODAY).days + 1)
    assert await said(services, database) == []
    assert await waiting(services, OTHER) == [link_id]


async def test_a_link_stays_when_its_keepers_data_goes(
    links: LinkService, services: Services, database: Database, clock: FakeClock, second: Actor, officer: Actor
) -> None:
    link_id = await links.add(second, DRAFT)
    taken = str(await services[MyDataService].export(second))
    assert "https://example.org/form" in taken
    clock.go(days=100)  # they are out of office
    await services[MyDataService].delete(await actor(services, SECOND))
    (entry,) = await links.links(await actor(services, OFFICER))
    assert (entry.link_id, entry.keeper, entry.address) == (link_id, "", DRAFT.address)
    assert await said(services, database) == []
    assert await waiting(services, OFFICER) == [link_id]


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: replace(draft, address="http://example.org"),
        lambda draft: replace(draft, address="example.org"),
        lambda draft: replace(draft, address="https://user@example.org"),
        lambda draft: replace(draft, address=f"https://example.org/{'a' * 300}"),
        lambda draft: replace(draft, title_ja="@everyone"),
        lambda draft: replace(draft, title_ja="", title_en=""),
        lambda draft: replace(draft, title_ja="あ" * 61),
        lambda draft: replace(draft, purpose="<@1> に聞く"),
        lambda draft: replace(draft, purpose=" "),
        lambda draft: replace(draft, review_on=TODAY),
        lambda draft: replace(draft, review_on=TODAY + timedelta(days=2000)),
    ],
)
def test_what_cannot_be_a_link(change: Callable[[LinkDraft], LinkDraft]) -> None:
    with pytest.raises(Invalid):
        cleaned(change(DRAFT), TODAY)


def test_brackets_do_not_end_the_link_in_a_text() -> None:
    assert cleaned(replace(DRAFT, address=" https://example.org/a_(b) "), TODAY).address.endswith("/a_%28b%29")


def test_the_next_look_is_a_year_from_today_unless_it_is_later() -> None:
    assert next_review(date(2028, 2, 29)) == date(2029, 2, 28)
    assert next_review(TODAY, REVIEW_ON) == date(2027, 11, 21)
    assert next_review(TODAY, date(2029, 1, 1)) == date(2029, 1, 1)


async def test_of_two_who_edit_at_once_neither_loses_what_they_wrote(
    links: LinkService, officer: Actor, second: Actor
) -> None:
    link_id = await links.add(officer, DRAFT)
    seen = await links.link(officer, link_id)
    await links.edit(second, link_id, replace(DRAFT, title_ja="精算書類", purpose="旅費"), seen)
    await links.edit(officer, link_id, replace(DRAFT, address="https://example.org/new", purpose="旅費"), seen)
    kept = await links.link(officer, link_id)
    assert (kept.title_ja, kept.address, kept.purpose) == ("精算書類", "https://example.org/new", "旅費")
    with pytest.raises(Overtaken) as refused:
        await links.edit(officer, link_id, replace(DRAFT, title_ja="精算の紙", title_en="Form"), seen)
    assert refused.value.stands == {"title_ja": "精算書類"}
    kept = await links.link(officer, link_id)
    assert (kept.title_ja, kept.title_en) == ("精算書類", "Expense form"), "nothing of it was kept"
    again = replace(seen, **refused.value.stands)
    await links.edit(officer, link_id, replace(DRAFT, title_ja="精算の紙", title_en="Form"), again)
    kept = await links.link(officer, link_id)
    assert (kept.title_ja, kept.title_en, kept.address) == ("精算の紙", "Form", "https://example.org/new")
