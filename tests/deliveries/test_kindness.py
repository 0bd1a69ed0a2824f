"""A year of what the bot says unasked, day by day: nights are quiet, nobody gets too much, nothing is lost."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.db import Database
from bot.deliveries import rules
from bot.deliveries.models import RecipientKind, Urgency
from bot.deliveries.values import NewDelivery, Parcel, Recipient
from bot.features import Services
from tests.support.clocks import FakeClock
from tests.support.deliveries import Mailbox, new, put, quiet_organisation, states, until_idle, worker_of

SEED = 20261121
TOKYO = ZoneInfo("Asia/Tokyo")
#: Hours of a day at which the worker looks: in the morning, at the digest, in the night.
HOURS = (8, 18, 23)


async def test_a_year(services: Services, database: Database, clock: FakeClock) -> None:
    await quiet_organisation(services)
    chance = random.Random(SEED)
    mailbox = Mailbox()
    sent: list[tuple[datetime, Parcel]] = []

    async def note(parcel: Parcel) -> None:
        sent.append((clock.now(), parcel))

    mailbox.after = note
    worker = worker_of(database, clock, mailbox)
    await worker.start()
    expected: list[str] = []
    start = clock.now().astimezone(TOKYO).replace(hour=0, minute=0)
    days = 365 if database.is_sqlite else 60  # the decisions are the same; a year takes a while
    for day in range(days + 14):  # and what the last weeks put off
        for hour in HOURS:
            at = start + timedelta(days=day, hours=hour)
            clock.go(seconds=(at - clock.now()).total_seconds())
            news = _wishes(chance, at, len(expected)) if day < days else []
            expected += [one.key for one in news]
            await put(database, clock, *news)
            worker.wake()
            await until_idle(worker)
    await worker.stop(1)

    arrived = Counter(row.key for _, parcel in sent for row in parcel.rows)
    assert arrived == Counter(expected), "each once, none lost"
    assert set((await states(database)).values()) == {"sent"}
    by_person: dict[Recipient, list[datetime]] = defaultdict(list)
    for at, parcel in sent:
        local = at.astimezone(TOKYO)
        if any(row.urgency is not Urgency.URGENT for row in parcel.rows):
            assert rules.QUIET_UNTIL <= local.time() < rules.QUIET_FROM, (local, parcel)
        if parcel.first.is_budgeted and all(row.urgency is Urgency.DAILY for row in parcel.rows):
            by_person[parcel.first.recipient].append(at)
    for person, times in by_person.items():
        for index, at in enumerate(times):
            within = [other for other in times[index:] if other - at < rules.WEEK]
            assert len(within) <= rules.WEEKLY_PINGS, (person, within)
    digests = [
        (parcel.first.recipient, at.astimezone(TOKYO))
        for at, parcel in sent
        if any(row.urgency is Urgency.DIGEST for row in parcel.rows)
    ]
    assert digests, "the year was busy enough for some"
    assert {(at.weekday(), at.hour) for _, at in digests} == {(rules.DIGEST_WEEKDAY, rules.DIGEST_TIME.hour)}
    assert max(Counter(digests).values()) == 1, "one message each"
    for earlier, later in pairwise(sorted(sent, key=lambda pair: (pair[1].first.recipient.id, pair[0]))):
        same = earlier[1].first.recipient == later[1].first.recipient and earlier[0] == later[0]
        gentle = all(row.urgency is Urgency.DAILY for _, parcel in (earlier, later) for row in parcel.rows)
        assert not (same and gentle), "what waits for somebody is one message"


def _wishes(chance: random.Random, at: datetime, number: int) -> list[NewDelivery]:
    """What features want said at an hour: to eight plain members, two officers and their threads."""
    wishes = []
    for count in range(chance.choice((0, 0, 0, 1, 2, 6))):
        who = chance.randrange(10)
        urgent = chance.random() < 0.1
        kind = RecipientKind.THREAD if chance.random() < 0.3 else RecipientKind.PERSON
        wishes.append(
            new(
                f"{number + count}",
                at + timedelta(minutes=chance.choice((0, 0, 30, 600))),
                recipient=Recipient(kind, who),
                urgency=Urgency.URGENT if urgent else Urgency.DAILY,
                is_budgeted=kind is RecipientKind.PERSON and who < 8,
                tolerance=None,
            )
        )
    return wishes
