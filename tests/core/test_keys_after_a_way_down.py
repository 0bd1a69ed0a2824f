"""News that is worth saying again is said after a way down and up too: no key of before is used a second time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot import schema
from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.discord_roles.service import TROUBLE_KIND, DiscordRoleService
from bot.features.handovers.asking import ASK_KIND, HandoverWatch
from bot.features.handovers.service import HandoverService
from bot.features.members.models import Contact
from bot.features.memberships.fees import PAID, FeeService
from bot.features.memberships.service import MembershipService
from tests.core.test_schema import empty_url, move
from tests.handovers.test_service import my_term
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.deliveries import new, put, states
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, STUDENT, actor, found_organisation, represented_lc

__all__ = ["empty_url"]


async def said(database: Database, kind: str) -> list[str]:
    async with database.reading() as connection:
        return [row.key for row in await fetch(connection, select(Delivery.key).where(Delivery.kind == kind))]


async def refused(services: Services, who: int) -> None:
    handovers, officer = services[HandoverService], await actor(services, OFFICER)
    await handovers.name(officer, await my_term(services, OFFICER), who, "新人")
    (asked,) = await handovers.asked(await actor(services, who))
    await handovers.answer(await actor(services, who), asked.handover_id, accept=False)
    await services[HandoverWatch].look(1)


async def test_a_refusal_is_told_and_nothing_else_is_said_twice(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        clock.go(days=80)
        await services[HandoverWatch].look(1)
        told = len(await said(database, ASK_KIND))
        for number in range(3):
            for _ in range(number):
                await refused(services, NEWCOMER + told)
                told += 1
                assert len(await said(database, ASK_KIND)) == told
            await move(database, "downgrade", "0020")
            assert not [key for key in await said(database, ASK_KIND) if ":again:" in key]
            await schema.upgrade(database)
            await services[HandoverWatch].look(1)
            assert len(await said(database, ASK_KIND)) == told


async def test_what_was_first_said_after_a_refusal_is_not_said_again(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        services = Services(database, clock)
        await represented_lc(services)
        clock.go(days=80)
        await services[HandoverWatch].look(1)
        await refused(services, NEWCOMER)
        clock.go(days=30)
        await services[HandoverWatch].look(1)
        told = await said(database, ASK_KIND)
        assert [key.count(":again:") for key in told] == [0, 1, 1]
        await move(database, "downgrade", "0020")
        await schema.upgrade(database)
        await services[HandoverWatch].look(1)
        assert len(await said(database, ASK_KIND)) == 3


async def test_a_tick_of_a_fee_is_told_and_one_on_its_way_still_counts(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        member = await join(services, STUDENT, "山田 花", contact=Contact.DIRECT)
        await services[MembershipService].become_member(member)
        officer, fees = await actor(services, OFFICER), services[FeeService]
        (line,) = (await fees.fees(officer)).lines
        for ticks in (1, 2, 3):
            await fees.settle(officer, [line.fee_id])
            assert len(await said(database, PAID)) == ticks
            await move(database, "downgrade", "0017")
            await schema.upgrade(database)
            assert await fees.is_paid(line.fee_id, ticks)
            await fees.take_back(officer, [line.fee_id])


async def test_trouble_with_roles_is_told(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        for times in (1, 2, 3):
            await services[DiscordRoleService].note_trouble(1, {times})
            assert len(await said(database, TROUBLE_KIND)) == times
            await move(database, "downgrade", ("0019", "0009", "0017")[times - 1])
            await schema.upgrade(database)


@pytest.mark.parametrize(
    ("target", "kind", "keys"),
    [
        ("0007", "announcements:message", ["announcement:1:0:lc_channels:post:1", "announcement:1:send:1"]),
        ("0008", "members:decided", ["members:decided:1"]),
        ("0008", "members:greeting", ["members:greeting:1:1"]),
        ("0009", "handovers:would-you", ["handovers:would-you:1"]),
        ("0010", "memberships:paid", ["memberships:paid:1:1"]),
        ("0014", "memberships:lc-ended", ["memberships:lc-ended:1"]),
        ("0044", "events:in-thread", ["events:in-thread:1:0:thread"]),
        ("0038", "events:unanswered", ["events:unanswered:1:person:1"]),
        ("0038", "events:news", ["events:news:person:1:2026-11-25"]),
        ("0038", "events:week", ["events:week:1:2026-11-22"]),
    ],
)
async def test_what_names_rows_of_a_table_that_goes_goes_with_it(
    empty_url: str, target: str, kind: str, keys: list[str]
) -> None:
    """After the way up, these ids are others': nobody hears of theirs what was said, or on its way, of the old ones."""
    async with opened(empty_url) as database:
        await schema.upgrade(database)
        clock = FakeClock()
        await found_organisation(Services(database, clock))
        await put(
            database, clock, *(replace(new(key, clock.now()), kind=kind) for key in keys), new("other", clock.now())
        )
        await move(database, "downgrade", target)
        await schema.upgrade(database)
        left = await states(database)
        assert not set(keys) & set(left)
        assert "other" in left
