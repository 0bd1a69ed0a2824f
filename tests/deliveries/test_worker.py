"""The worker on both databases: once, on time, in order, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, Lane, RecipientKind, Urgency
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.values import JOB, NewDelivery, Parcel, Permanent, Recipient, Sent, Transient
from bot.deliveries.worker import Worker
from bot.features import Services
from tests.support.clocks import FakeClock
from tests.support.deliveries import CHANNEL, Mailbox, new, put, quiet_organisation, states, until_idle, worker_of
from tests.support.people import GUILD, found_organisation
from tests.support.waiting import HANG


@pytest.fixture(autouse=True)
async def organisation(services: Services) -> None:
    await quiet_organisation(services)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@asynccontextmanager
async def working(database: Database, clock: FakeClock, mailbox: Mailbox, **options: Any) -> AsyncIterator[Worker]:
    worker = worker_of(database, clock, mailbox, **options)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop(1)


async def test_what_is_due_is_sent_once_and_marked(database: Database, clock: FakeClock, mailbox: Mailbox) -> None:
    await put(database, clock, new("a", clock.now()), new("later", clock.now() + timedelta(hours=1)))
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
        assert mailbox.arrived == [("a",)]
        assert await states(database) == {"a": "sent", "later": "pending"}
        clock.go(hours=1)
        worker.wake()
        await until_idle(worker)
    assert mailbox.arrived == [("a",), ("later",)]


async def test_the_same_key_is_the_same_row(database: Database, clock: FakeClock, mailbox: Mailbox) -> None:
    await put(database, clock, new("a", clock.now()), new("a", clock.now()))
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
        await put(database, clock, new("a", clock.now()))
        await until_idle(worker)
    assert mailbox.arrived == [("a",)]


async def test_enqueueing_wakes_the_worker_once_it_is_committed(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
        with pytest.raises(ZeroDivisionError):
            await _begin_and_fail(database, clock)
        async with database.writing() as session:
            await enqueue(session, [new("done", clock.now())], clock.now())
        await until_idle(worker)
    assert mailbox.arrived == [("done",)]
    assert await states(database) == {"done": "sent"}


async def _begin_and_fail(database: Database, clock: FakeClock) -> None:
    async with database.writing() as session:
        await enqueue(session, [new("undone", clock.now())], clock.now())
        raise ZeroDivisionError


async def test_what_waits_can_be_taken_back_and_what_was_sent_cannot(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("now", clock.now()), new("later", clock.now() + timedelta(days=1)))
        await until_idle(worker)
        async with database.writing() as session:
            assert await cancel(session, 1, "test:1", clock.now()) == 1
        clock.go(days=2)
        worker.wake()
        await until_idle(worker)
    assert await states(database) == {"now": "sent", "later": "withdrawn"}


async def test_a_bulk_of_messages_never_holds_back_what_is_prompt(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    bulk = [
        new(f"bulk-{n}", clock.now(), lane=Lane.BULK, recipient=Recipient(RecipientKind.CHANNEL, n)) for n in range(60)
    ]
    await put(database, clock, *bulk)
    async with working(database, clock, mailbox, rate=50) as worker:
        await mailbox.until(10)
        await put(database, clock, new("prompt", clock.now(), lane=Lane.PROMPT))
        await until_idle(worker)
    assert len(mailbox.arrived) == 61
    assert mailbox.arrived.index(("prompt",)) < 30


async def test_messages_to_the_same_channel_keep_their_order(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    on_their_way, most = 0, 0

    async def slow(_parcel: Parcel) -> None:
        nonlocal on_their_way, most
        on_their_way += 1
        most = max(most, on_their_way)
        await asyncio.sleep(0.01)
        on_their_way -= 1

    mailbox.before = slow
    await put(database, clock, *(new(f"{n:02}", clock.now() - timedelta(seconds=30 - n)) for n in range(20)))
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
    assert [keys[0] for keys in mailbox.arrived] == [f"{n:02}" for n in range(20)]
    assert most == 1, "the next waits for the one before"


async def test_a_trouble_that_passes_is_tried_again_later_and_later(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    tries: list[float] = []

    async def trouble(_parcel: Parcel) -> None:
        tries.append(clock.now().timestamp())
        if len(tries) < 6:
            raise Transient("503", may_have_arrived=True)

    mailbox.before = trouble
    await put(database, clock, new("a", clock.now()))
    async with working(database, clock, mailbox) as worker:
        for _ in range(400):
            await until_idle(worker)
            clock.go(seconds=1)
            worker.wake()
    assert mailbox.arrived == [("a",)]
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert all(w >= 2.5 * 2**n and w <= 5 * 2**n + 1 for n, w in enumerate(waits)), waits


async def test_what_will_never_arrive_ends_at_once_and_the_officers_hear_of_it_once(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async def gone(parcel: Parcel) -> None:
        if parcel.first.recipient == CHANNEL:
            raise Permanent("10003")

    mailbox.before = gone
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("a", clock.now()), new("b", clock.now()))
        await until_idle(worker)
        clock.go(minutes=2)
        worker.wake()
        await until_idle(worker)
    found = await states(database)
    assert (found.pop("a"), found.pop("b")) == ("failed", "failed")
    assert found == {"deliveries:trouble:1:10003:2026-11-21": "sent"}


async def test_a_person_who_takes_no_direct_messages_is_reached_by_the_way_round(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async def closed(parcel: Parcel) -> None:
        if parcel.first.recipient.kind is RecipientKind.PERSON:
            raise Permanent("50007", unreachable=True)

    mailbox.before = closed
    person = Recipient(RecipientKind.PERSON, 5)
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("a", clock.now(), recipient=person, fallback=CHANNEL))
        await until_idle(worker)
    assert await states(database) == {"a": "unreachable", "a:fallback": "sent"}


async def test_however_long_the_keys_are_each_has_a_way_round_of_its_own(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async def closed(parcel: Parcel) -> None:
        if parcel.first.recipient.kind is RecipientKind.PERSON:
            raise Permanent("50007", unreachable=True)

    mailbox.before = closed
    person = Recipient(RecipientKind.PERSON, 5)
    long = [f"{'x' * (149 - n)}{n}"[:150] for n in range(9)] + ["y" * 149 + "1", "y" * 149 + "2"]
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, *(new(key, clock.now(), recipient=person, fallback=CHANNEL) for key in long))
        await until_idle(worker)
    found = await states(database)
    assert sorted(found.values()) == ["sent"] * len(long) + ["unreachable"] * len(long)
    assert max(map(len, found)) <= 150


async def test_a_row_ends_by_what_became_of_it(database: Database, clock: FakeClock, mailbox: Mailbox) -> None:
    async def nothing_to_say(parcel: Parcel) -> None:
        mailbox.nonces[parcel.first.nonce] = Sent()

    mailbox.before = nothing_to_say
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("job", clock.now(), recipient=JOB), new("said", clock.now()))
        await until_idle(worker)
    assert await states(database) == {"job": "done", "said": "not_needed"}


async def test_too_late_is_missed_and_reported_never_sent(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    await put(database, clock, new("a", clock.now(), tolerance=3600), new("b", clock.now(), tolerance=None))
    clock.go(hours=2)
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
        clock.go(minutes=2)
        worker.wake()
        await until_idle(worker)
    found = await states(database)
    assert (found["a"], found["b"]) == ("missed", "sent")
    assert ("a",) not in mailbox.arrived
    assert found["deliveries:trouble:1:too_late:2026-11-21"] == "sent"


@pytest.mark.parametrize(("minutes", "remembers"), [(0.5, True), (30, False)])
@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_crash_an_attempt_is_finished_and_nothing_arrives_twice(
    database: Database, clock: FakeClock, mailbox: Mailbox, minutes: float, arrived: bool, remembers: bool
) -> None:
    crashed = asyncio.Event()

    async def crash(_parcel: Parcel) -> None:
        crashed.set()
        await asyncio.Event().wait()

    if arrived:
        mailbox.after = crash
    else:
        mailbox.before = crash
    await put(database, clock, new("a", clock.now(), tolerance=None))
    first = worker_of(database, clock, mailbox)
    await first.start()
    await crashed.wait()
    await first.stop(0)  # what it had in hand is lost, as in a kill
    assert await states(database) == {"a": "claimed"}
    mailbox.before = mailbox.after = None
    clock.go(minutes=minutes)
    if not remembers:
        mailbox.nonces.clear()
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
    assert mailbox.arrived == [("a",)]
    assert await states(database) == {"a": "sent"}
    assert bool(mailbox.looked) is not remembers


async def test_another_worker_takes_over_within_the_lease(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    crashed = asyncio.Event()

    async def crash(_parcel: Parcel) -> None:
        crashed.set()
        await asyncio.Event().wait()

    mailbox.before = crash
    await put(database, clock, new("a", clock.now()))
    first = worker_of(database, clock, mailbox, name="first")
    await first.start()
    await crashed.wait()
    await first.stop(0)
    mailbox.before = None
    async with working(database, clock, mailbox, name="second") as second:
        await until_idle(second)
        assert mailbox.arrived == [], "its holder may still be at it"
        clock.go(seconds=121)
        await second.look_after()
        await until_idle(second)
    assert mailbox.arrived == [("a",)]


async def test_a_clock_set_back_loses_and_doubles_nothing(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("a", clock.now()), new("b", clock.now() + timedelta(minutes=1)))
        await until_idle(worker)
        clock.go(hours=-1)
        await worker.look_after()
        await until_idle(worker)
        clock.go(hours=1, minutes=2)
        await worker.look_after()
        await until_idle(worker)
    assert mailbox.arrived == [("a",), ("b",)]


async def test_at_an_orderly_end_what_was_not_begun_is_given_back(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    await put(database, clock, *(new(f"{n}", clock.now()) for n in range(30)))
    async with working(database, clock, mailbox, rate=100) as worker:
        await mailbox.until(1)
        await worker.stop(1)
    found = await states(database)
    assert set(found.values()) == {"sent", "pending"}
    assert sum(state == "sent" for state in found.values()) == len(mailbox.arrived)


# --- kindness ---------------------------------------------------------------------------------------------------


def gently(key: str, at: Any, person: int = 5, **changes: Any) -> NewDelivery:
    row = new(
        key, at, recipient=Recipient(RecipientKind.PERSON, person), urgency=Urgency.DAILY, is_budgeted=True,
        tolerance=None,
    )  # fmt: skip
    return replace(row, **changes)


async def test_what_waits_for_the_same_person_is_one_message(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, gently("a", clock.now()), gently("b", clock.now()), gently("c", clock.now(), 6))
        await until_idle(worker)
    assert sorted(mailbox.arrived) == [("a", "b"), ("c",)]
    assert set((await states(database)).values()) == {"sent"}


async def test_each_organisation_speaks_to_somebody_by_itself(
    services: Services, database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    await found_organisation(services, GUILD + 1, name_ja="東京大学 英語会", name_en="UTokyo English Society")
    async with database.writing() as session:
        await session.execute(delete(Delivery))
    of_both = [gently(f"{number}", clock.now(), organisation_id=1 + number % 2) for number in range(4)]
    await put(database, clock, *of_both)
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
    assert sorted(mailbox.arrived) == [("0", "2"), ("1", "3")]


async def test_what_several_organisations_say_counts_together_towards_the_week(
    services: Services, database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    await found_organisation(services, GUILD + 1, name_ja="東京大学 英語会", name_en="UTokyo English Society")
    async with database.writing() as session:
        await session.execute(delete(Delivery))
    clock.go(hours=48)  # Monday
    async with working(database, clock, mailbox) as worker:
        for day in range(2):
            await put(database, clock, gently(f"{day}", clock.now()))
            await until_idle(worker)
            clock.go(hours=1)
        of_both = [gently(f"of {one}", clock.now(), organisation_id=one) for one in (1, 2)]
        await put(database, clock, *of_both)
        await until_idle(worker)
        assert mailbox.arrived == [("0",), ("1",), ("of 1",)], "three in a week"
        clock.go(days=6)  # Sunday, 21:00
        worker.wake()
        await until_idle(worker)
    assert mailbox.arrived[3:] == [("of 2",)]


async def test_what_waits_for_the_digest_is_late_only_after_it(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    clock.go(hours=48)  # Monday
    async with working(database, clock, mailbox) as worker:
        for number in range(5):
            one = gently(f"{number}", clock.now(), tolerance=86_400)
            await put(database, clock, one)
            await until_idle(worker)
            clock.go(hours=1)
        assert mailbox.arrived == [("0",), ("1",), ("2",)]
        for _ in range(6 * 24):  # until Sunday, midnight
            clock.go(hours=1)
            worker.wake()
            await until_idle(worker)
    assert mailbox.arrived[3:] == [("3", "4")]
    assert set((await states(database)).values()) == {"sent"}, "and no officer is alarmed"


async def test_a_digest_that_nobody_could_send_in_time_is_missed(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    clock.go(hours=48)
    async with working(database, clock, mailbox) as worker:
        for number in range(4):
            one = gently(f"{number}", clock.now(), tolerance=86_400)
            await put(database, clock, one)
            await until_idle(worker)
            clock.go(hours=1)
        clock.go(days=7)  # Monday again
        worker.wake()
        await until_idle(worker)
    assert (await states(database))["3"] == "missed"


async def test_a_bundle_is_the_same_after_a_crash_whatever_came_meanwhile(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    crashed = asyncio.Event()

    async def crash(_parcel: Parcel) -> None:
        crashed.set()
        await asyncio.Event().wait()

    mailbox.after = crash
    await put(database, clock, gently("a", clock.now()), gently("b", clock.now()))
    first = worker_of(database, clock, mailbox)
    await first.start()
    await crashed.wait()
    await first.stop(0)
    mailbox.after = None
    await put(database, clock, gently("c", clock.now()))
    clock.go(seconds=10)
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
    assert mailbox.arrived == [("a", "b"), ("c",)]


async def test_nights_are_quiet_for_all_that_is_not_urgent(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    clock.go(hours=4)  # 23:00 in Tokyo
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, gently("gentle", clock.now()), new("urgent", clock.now()))
        await until_idle(worker)
        assert mailbox.arrived == [("urgent",)]
        clock.go(hours=8, minutes=59)
        worker.wake()
        await until_idle(worker)
        assert mailbox.arrived == [("urgent",)]
        clock.go(minutes=1)
        worker.wake()
        await until_idle(worker)
    assert mailbox.arrived == [("urgent",), ("gentle",)]


async def test_a_repeat_of_a_failed_attempt_keeps_the_night_too(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async def limited(_parcel: Parcel) -> None:
        raise Transient("429", 2 * 3600, may_have_arrived=False)

    clock.go(hours=2)  # 21:00
    mailbox.before = limited
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, gently("a", clock.now()))
        await until_idle(worker)
        mailbox.before = None
    clock.go(hours=2, minutes=30)
    async with working(database, clock, mailbox) as worker:
        await until_idle(worker)
        assert mailbox.arrived == []
        clock.go(hours=9)
        worker.wake()
        await until_idle(worker)
    # Beside it comes a word on the hours between the two workers: it was due then, and nobody was there.
    assert [one for one in mailbox.arrived if not one[0].startswith("deliveries:outage")] == [("a",)]


async def test_the_fourth_ping_of_a_week_waits_for_the_digest(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async with working(database, clock, mailbox) as worker:
        clock.go(days=2, hours=-9)  # Monday, 10:00
        for day in range(5):
            await put(database, clock, gently(f"day-{day}", clock.now()))
            await until_idle(worker)
            clock.go(days=1)
            worker.wake()
            await until_idle(worker)
        assert mailbox.arrived == [("day-0",), ("day-1",), ("day-2",)]
        for _ in range(4):
            clock.go(hours=12)
            worker.wake()
            await until_idle(worker)
    assert mailbox.arrived == [("day-0",), ("day-1",), ("day-2",), ("day-3", "day-4")]


async def test_direct_messages_stop_at_the_first_sign_of_a_quarantine(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    tries: list[str] = []
    tried = asyncio.Event()

    async def quarantine(parcel: Parcel) -> None:
        if parcel.first.recipient.kind is RecipientKind.PERSON:
            tries.append(parcel.first.key)
            tried.set()
            raise Transient("40003", 600, may_have_arrived=False, holds_track=True)

    mailbox.before = quarantine
    async with working(database, clock, mailbox, rate=20, direct_rate=20):
        await put(database, clock, *(gently(f"{n}", clock.now(), n) for n in range(9)))
        await asyncio.wait_for(tried.wait(), HANG)
        channels = [Recipient(RecipientKind.CHANNEL, n) for n in range(9)]
        await put(database, clock, *(new(f"to-{n}", clock.now(), recipient=one) for n, one in enumerate(channels)))
        await mailbox.until(9)  # at the same pace: so many more would have gone out by now
    assert len(tries) == 1
    assert sorted(mailbox.arrived) == [(f"to-{n}",) for n in range(9)], "the channels aren't held back by it"
    assert sorted(set((await states(database)).values())) == ["pending", "sent"]


async def test_nothing_is_held_in_memory_beyond_a_few(database: Database, clock: FakeClock, mailbox: Mailbox) -> None:
    async def slow(_parcel: Parcel) -> None:
        await asyncio.sleep(0.05)

    mailbox.before = slow
    news = [new(f"{n}", clock.now(), recipient=Recipient(RecipientKind.CHANNEL, n)) for n in range(1000)]
    await put(database, clock, *news)
    async with working(database, clock, mailbox) as worker:
        most = 0
        while not worker.is_idle:
            most = max(most, worker.in_hand)
            await asyncio.sleep(0.01)
    assert len(mailbox.arrived) == 1000
    assert most <= 300


async def test_a_lost_claim_is_not_marked_by_who_lost_it(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    async def stolen(parcel: Parcel) -> None:
        async with database.writing() as session:
            await session.execute(update(Delivery).where(Delivery.id == parcel.first.id).values(claimed_by="other"))

    mailbox.after = stolen
    async with working(database, clock, mailbox) as worker:
        await put(database, clock, new("a", clock.now()))
        await until_idle(worker)
    async with database.reading() as connection:
        row = (await fetch(connection, select(Delivery.state, Delivery.claimed_by)))[0]
    assert tuple(row) == ("claimed", "other")


async def test_a_thread_has_two_gathered_messages_a_week(
    database: Database, clock: FakeClock, mailbox: Mailbox
) -> None:
    """What is urgent doesn't count. Announcements count, and wait for nothing."""
    thread = Recipient(RecipientKind.THREAD, 5)
    async with working(database, clock, mailbox) as worker:
        for number in range(3):
            urgent = gently(
                f"urgent {number}", clock.now(), recipient=thread, urgency=Urgency.URGENT, is_budgeted=False
            )
            said = gently(f"said {number}", clock.now(), recipient=thread, is_budgeted=False)
            await put(database, clock, urgent, *([said] if number < 2 else []))
            await until_idle(worker)
            clock.go(minutes=5)
        late, free = (
            gently("waits", clock.now(), recipient=thread),
            gently("announced", clock.now(), recipient=thread, is_budgeted=False),
        )
        await put(database, clock, late)
        await until_idle(worker)
        assert ("waits",) not in mailbox.arrived
        await put(database, clock, free)
        await until_idle(worker)
        assert ("announced",) in mailbox.arrived
        clock.go(days=1)
        worker.wake()
        await until_idle(worker)
    assert ("waits",) in mailbox.arrived, "on Sunday evening"
    assert (await states(database))["waits"] == "sent"
