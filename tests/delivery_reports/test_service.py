from __future__ import annotations

from datetime import timedelta

import pytest

from bot.db import Database
from bot.deliveries.housekeeping import purge, sign
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import NewDelivery, Parcel, Permanent, Recipient
from bot.errors import Conflict, NotAllowed
from bot.features import Services
from bot.features.delivery_reports.service import DeliveryService
from tests.support.clocks import FakeClock
from tests.support.deliveries import CHANNEL, Mailbox, new, put, quiet_organisation, states, until_idle, worker_of
from tests.support.people import OFFICER, actor


async def run(database: Database, clock: FakeClock, mailbox: Mailbox) -> None:
    """A worker comes, does what is due, and goes."""
    worker = worker_of(database, clock, mailbox)
    await worker.start()
    await until_idle(worker)
    await worker.stop(1)


async def fail(parcel: Parcel) -> None:
    if parcel.first.recipient == CHANNEL:
        raise Permanent("50013")


async def test_officers_see_what_failed_by_cause_and_send_it_again(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await quiet_organisation(services)
    service, officer = services[DeliveryService], await actor(services, OFFICER)
    mailbox = Mailbox(before=fail)
    await put(database, clock, new("a", clock.now()), new("b", clock.now()), new("c", clock.now() + timedelta(hours=1)))
    await run(database, clock, mailbox)
    trouble = (await service.troubles(officer))[0]
    assert (trouble.kind, trouble.code, trouble.count, trouble.channels) == ("test", "50013", 2, (CHANNEL.id,))
    waiting = await service.waiting(officer)
    # c, and the notice to the officers
    assert (waiting.pending, waiting.late) == (2, 0)
    mailbox.before = None
    assert await service.retry(officer, "test", "50013") == 2
    await run(database, clock, mailbox)
    assert await service.troubles(officer) == []
    assert {key for keys in mailbox.arrived for key in keys} == {"a", "b"}
    with pytest.raises(Conflict):
        await service.retry(officer, "test", "50013")


async def test_what_is_put_aside_is_no_trouble_any_more(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await quiet_organisation(services)
    service, officer = services[DeliveryService], await actor(services, OFFICER)
    await put(database, clock, new("a", clock.now()))
    await run(database, clock, Mailbox(before=fail))
    assert await service.open_troubles(officer.organisation.id) == 1
    assert await service.put_aside(officer, "test", "50013") == 1
    assert await service.open_troubles(officer.organisation.id) == 0
    assert (await states(database))["a"] == "withdrawn"


@pytest.mark.parametrize("put_aside", [False, True])
async def test_what_was_dealt_with_and_comes_back_is_told_again(
    services: Services, database: Database, clock: FakeClock, put_aside: bool
) -> None:
    await quiet_organisation(services)
    service, officer = services[DeliveryService], await actor(services, OFFICER)
    mailbox = Mailbox(before=fail)

    async def told() -> int:
        clock.go(minutes=2)
        await run(database, clock, mailbox)
        return sum(keys[0].startswith("deliveries:trouble:") for keys in mailbox.arrived)

    clock.go(hours=14)  # morning in Tokyo
    await put(database, clock, new("a", clock.now()))
    await run(database, clock, mailbox)
    assert await told() == 1
    for times in (2, 3):
        if put_aside:
            await service.put_aside(officer, "test", "50013")
            await put(database, clock, new(f"again {times}", clock.now()))
        else:
            await service.retry(officer, "test", "50013")
        for _ in range(2):
            await run(database, clock, mailbox)
            assert await told() == times
        await put(database, clock, new(f"more {times}", clock.now()))
        assert (await told(), await told()) == (times, times), "once for each cause and day"
    # One that waits is enough.
    await service.retry(officer, "test", "50013")
    await run(database, clock, mailbox)
    await service.retry(officer, "test", "50013")
    await run(database, clock, mailbox)
    assert await told() == 4


@pytest.mark.parametrize("put_aside", [False, True])
async def test_a_cause_is_over_once_nothing_of_any_kind_is_left(
    services: Services, database: Database, clock: FakeClock, put_aside: bool
) -> None:
    await quiet_organisation(services)
    service, officer = services[DeliveryService], await actor(services, OFFICER)
    mailbox = Mailbox(before=fail)

    async def told_after(*news: NewDelivery) -> int:
        await put(database, clock, *news)
        await run(database, clock, mailbox)
        clock.go(minutes=2)
        await run(database, clock, mailbox)
        return sum(keys[0].startswith("deliveries:trouble:") for keys in mailbox.arrived)

    clock.go(hours=14)  # morning in Tokyo
    assert await told_after(new("a", clock.now()), new("b", clock.now(), kind="other")) == 1
    assert await service.put_aside(officer, "test", "50013") == 1
    assert await told_after(new("c", clock.now())) == 1, "the other kind is still open, and was said"
    for kind in ("test", "other"):
        if put_aside:
            await service.put_aside(officer, kind, "50013")
        else:
            await service.retry(officer, kind, "50013")
    assert await told_after(new("d", clock.now())) == 2


async def test_only_national_officers_see_and_change_them(services: Services) -> None:
    await quiet_organisation(services)
    service, student = services[DeliveryService], await actor(services)
    for call in (
        service.troubles(student),
        service.waiting(student),
        service.retry(student, "test", "50013"),
        service.put_aside(student, "test", "50013"),
    ):
        with pytest.raises(NotAllowed):
            await call


async def test_after_an_outage_the_officers_hear_once_what_was_missed_and_what_was_late(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await quiet_organisation(services)
    await sign(database, "test", clock.now())
    since = clock.now()
    await put(
        database,
        clock,
        new("late", since + timedelta(minutes=10), tolerance=None),
        new("missed", since + timedelta(minutes=10), tolerance=60),
        new("to come", since + timedelta(days=3)),
    )
    clock.go(hours=2)
    mailbox = Mailbox()
    await run(database, clock, mailbox)
    await run(database, clock, mailbox)  # a second start soon after is no second outage
    found = await states(database)
    assert (found["late"], found["missed"], found["to come"]) == ("sent", "missed", "pending")
    assert sum(key.startswith("deliveries:outage:") for key in found) == 1
    outage = await services[DeliveryService].outage(1, since, clock.now())
    assert (outage.late, outage.missed, outage.waiting) == (0, 1, 0), "sent at the very instant is not late"
    outage = await services[DeliveryService].outage(1, since, clock.now() - timedelta(seconds=1))
    assert (outage.late, outage.missed, outage.waiting) == (1, 1, 0)


async def test_a_short_absence_is_not_reported(services: Services, database: Database, clock: FakeClock) -> None:
    await quiet_organisation(services)
    await sign(database, "test", clock.now())
    await put(database, clock, new("a", clock.now() + timedelta(minutes=1)))
    clock.go(minutes=4)
    await run(database, clock, Mailbox())
    assert not [key for key in await states(database) if key.startswith("deliveries:outage:")]


async def test_old_rows_go_and_troubles_stay_longer(services: Services, database: Database, clock: FakeClock) -> None:
    await quiet_organisation(services)
    await put(
        database,
        clock,
        new("failed", clock.now()),
        new("sent", clock.now(), recipient=Recipient(RecipientKind.CHANNEL, 5)),
        new("to come", clock.now() + timedelta(days=300)),
    )
    await run(database, clock, Mailbox(before=fail))
    clock.go(days=91)
    assert await purge(database, clock.now()) == 1
    left = await states(database)
    assert {"failed", "to come"} <= set(left)
    assert "sent" not in left
    clock.go(days=300)
    await purge(database, clock.now())
    assert "failed" not in await states(database)
