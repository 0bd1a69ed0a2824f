"""Events that repeat, on both databases: what is made ahead of time, and what becomes of one and of all later ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Services
from bot.features.events import following, series
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.models import Event, EventSeries, EventState
from bot.features.events.queries import EventCard
from bot.features.events.repeating import RepeatingService
from bot.features.events.repeats import as_text, from_text, occurrences
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.signups.service import SignUpService
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.people import REPRESENTATIVE, actor

ZONE = "Asia/Tokyo"
#: The clock stands at Saturday, 21 November 2026; Monday the 23rd is a holiday.
WEEKLY = "毎週月曜 19時〜20時半 部室で勉強会"


@pytest.fixture
def events(services: Services) -> EventService:
    return services[EventService]


@pytest.fixture
def repeating(services: Services) -> RepeatingService:
    return services[RepeatingService]


async def said(database: Database, kind: str) -> list[Any]:
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == kind).order_by(Delivery.id)
        return list(await fetch(connection, query))


async def made(database: Database) -> Sequence[Any]:
    """All events of series, by their planned start."""
    async with database.reading() as connection:
        query = select(*Event.__table__.c).where(Event.series_id.is_not(None)).order_by(Event.starts_local)
        return await fetch(connection, query)


async def starts(database: Database) -> list[str]:
    return [str(one.starts_local) for one in await made(database) if one.state == EventState.POSTED]


async def check(database: Database) -> None:
    """Each occurrence of each series, up to where it was made, is one event, was left out, or was over before."""
    async with database.reading() as connection:
        rows = await fetch(connection, select(*EventSeries.__table__.c))
    events = await made(database)
    for row in rows:
        mine = [one.occurrence for one in events if one.series_id == row.id]
        assert len(mine) == len(set(mine))
        if row.ended_at is not None:
            continue
        planned = occurrences(from_text(row.repeat), datetime.fromisoformat(row.starts_local), ZONE, limit=200)
        texts = [one.isoformat(timespec="minutes") for one in planned]
        wanted = [one for one in texts if one <= row.made_until and one not in row.skipped]
        assert sorted(mine) == wanted


async def test_a_line_becomes_a_series(
    events: EventService, services: Services, database: Database, representative: Actor
) -> None:
    draft = await draft_of(services, representative, WEEKLY)
    assert draft.repeat is not None
    assert as_text(draft.repeat) == "1;w1:MO"
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    days = ["11-23", "11-30", "12-07", "12-14", "12-21", "12-28", "2027-01-04", "2027-01-11", "2027-01-18"]
    assert await starts(database) == [f"{one if len(one) > 5 else f'2026-{one}'}T19:00" for one in days]
    coming = await events.coming(representative, Which.COMING)
    assert {one.title_ja for one in coming} == {"勉強会"}
    second = (await made(database))[1]
    card = await events.event(await actor(services, REPRESENTATIVE), second.id)
    assert (card.place, card.is_organiser, card.limit) == ("部室", True, None)
    assert card.signup_id is not None
    await check(database)


async def test_one_more_is_made_each_week_and_shown_a_week_before(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    assert len(await said(database, following.POST)) == 1, "the first at once, the others not yet"
    assert len(await said(database, series.SERIES)) == 1
    for _ in range(2):
        await repeating.look(representative.organisation.id)
    assert len(await said(database, following.POST)) == 1
    clock.go(days=8)  # Sunday, 29 November
    for _ in range(2):
        await repeating.look(representative.organisation.id)
    posts = await said(database, following.POST)
    assert [one.payload["event"] for one in posts] == [card.event_id, (await made(database))[1].id]
    assert (await starts(database))[-1] == "2027-01-25T19:00"
    await check(database)


async def test_dates_missed_while_nothing_ran_are_not_made_up_for(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    await posted(services, representative, "毎年12月1日 10:00 創立記念会")
    assert await starts(database) == ["2026-12-01T10:00"]
    clock.go(days=3 * 365)
    await repeating.look(representative.organisation.id)
    assert await starts(database) == ["2026-12-01T10:00", "2029-12-01T10:00"]


async def test_a_series_that_counts_ends_by_itself(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    await posted(services, representative, "毎日 7:00 朝会 20回")
    assert len(await made(database)) == series.MOST_AHEAD
    for _ in range(6):
        clock.go(days=5)
        await repeating.look(representative.organisation.id)
    assert len(await made(database)) == 20
    await check(database)


async def test_one_changed_alone_stays_while_the_later_ones_change(
    events: EventService, repeating: RepeatingService, services: Services, database: Database, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    second, third, fourth = (await made(database))[1:4]
    await events.edit(representative, third.id, third.version, place="講堂")
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, fourth.id)
    await repeating.edit_later(representative, second.id, second.version, place="B教室", limit=20)
    places = [one.place for one in await made(database)]
    assert places == ["部室", "B教室", "講堂", *["B教室"] * 6]
    assert (await events.event(student, fourth.id)).limit == 20
    assert (await events.event(student, card.event_id)).place == "部室"
    assert len([one for one in await said(database, following.TELL) if one.payload["event"] == fourth.id]) == 1
    await check(database)


async def test_a_new_weekday_moves_the_later_ones_alone(
    events: EventService,
    repeating: RepeatingService,
    services: Services,
    database: Database,
    clock: FakeClock,
    representative: Actor,
) -> None:
    await posted(services, representative, WEEKLY)
    second, third, fourth = (await made(database))[1:4]
    await events.edit(representative, third.id, third.version, when=read_when("12/8 18:00", clock.now(), ZONE))
    await events.cancel(representative, fourth.id, "試験")
    when = read_when("12/1 18:00-19:00", clock.now(), ZONE)
    await repeating.edit_later(representative, second.id, second.version, when=when)
    assert await starts(database) == [
        "2026-11-23T19:00", "2026-12-01T18:00", "2026-12-08T18:00", "2026-12-22T18:00", "2026-12-29T18:00",
        "2027-01-05T18:00", "2027-01-12T18:00", "2027-01-19T18:00",
    ]  # fmt: skip
    ends = {one.ends_local for one in await made(database) if one.starts_local == "2026-12-22T18:00"}
    assert ends == {"2026-12-22T19:00"}
    clock.go(days=14)
    await repeating.look(representative.organisation.id)
    assert (await starts(database))[-1] == "2027-02-02T18:00"
    await check(database)


async def test_a_series_on_several_days_moves_one_of_them_or_says_what_to_do(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, "毎週月・木曜 19時 練習")
    when = read_when("11/27 19:00", clock.now(), ZONE)  # Monday's would come after Thursday's
    with pytest.raises(Invalid):
        await repeating.edit_later(representative, card.event_id, card.version, when=when)
    assert (await starts(database))[:3] == ["2026-11-23T19:00", "2026-11-26T19:00", "2026-11-30T19:00"]
    second = (await made(database))[1]
    when = read_when("11/27 19:00", clock.now(), ZONE)
    await repeating.edit_later(representative, second.id, second.version, when=when)
    assert (await starts(database))[:4] == [
        "2026-11-23T19:00", "2026-11-27T19:00", "2026-11-30T19:00", "2026-12-04T19:00",
    ]  # fmt: skip


async def test_a_date_is_left_out_whether_it_is_made_or_not(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    second = (await made(database))[1]
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, second.id)
    signup_id = (await services[EventService].event(student, second.id)).signup_id
    assert signup_id is not None
    await services[SignUpService].allow_messages(student, signup_id, True)
    first_new = datetime.fromisoformat("2027-01-25T19:00")
    for planned in (datetime.fromisoformat("2026-11-30T19:00"), first_new):
        await repeating.skip(representative, card.event_id, planned, "この回はお休みです。")
    assert len(await said(database, following.CANCELLED)) == 1
    with pytest.raises(Conflict):
        await repeating.skip(representative, card.event_id, datetime.fromisoformat("2026-11-30T19:00"), "x")
    with pytest.raises(NotFound):
        await repeating.skip(representative, card.event_id, datetime.fromisoformat("2026-12-01T19:00"), "x")
    shown = await repeating.series(representative, card.event_id)
    assert [one.planned.day for one in shown.dates if one.is_off] == [30, 25]
    clock.go(days=21)
    await repeating.look(representative.organisation.id)
    assert "2027-01-25T19:00" not in await starts(database)
    assert "2027-02-01T19:00" in await starts(database)
    await check(database)


async def test_the_end_keeps_what_is_made_or_cancels_it(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    kept = await posted(services, representative, WEEKLY)
    await repeating.end(representative, kept.event_id)
    assert len(await starts(database)) == 9
    with pytest.raises(Conflict):
        await repeating.end(representative, kept.event_id, "x")
    gone = await posted(services, representative, "毎週火曜 19時 練習")
    await repeating.end(representative, gone.event_id, "部員不足のため")
    assert len(await starts(database)) == 9
    clock.go(days=21)
    await repeating.look(representative.organisation.id)
    assert len(await starts(database)) == 9
    assert len(await said(database, following.POST)) == 3, "what was kept is still shown a week before"


async def test_a_draft_repeats_as_it_is_told(
    events: EventService, repeating: RepeatingService, services: Services, database: Database, representative: Actor
) -> None:
    draft = await draft_of(services, representative, "11/22(日) 19時〜20時 勉強会")

    async def repeats(text: str, *, skips: bool = False) -> EventCard:
        version = (await events.draft(representative, draft.event_id)).event.version
        await repeating.repeat(representative, draft.event_id, version, text, skips_holidays=skips)
        return (await events.draft(representative, draft.event_id)).event

    card = await repeats("毎週月曜 12月末まで", skips=True)
    assert card.when is not None
    assert card.repeat is not None
    assert (as_text(card.repeat), card.when.starts.isoformat()) == (
        "1;w1:MO;until=2026-12-31;holidays=skip", "2026-11-30T19:00:00",
    )  # fmt: skip
    assert card.when.ends == datetime.fromisoformat("2026-11-30T20:00")
    for text in ("ときどき", "毎週"):
        with pytest.raises(Invalid):
            await repeating.repeat(representative, draft.event_id, card.version, text + "x", skips_holidays=False)
    assert (await repeats("")).repeat is None
    card = await repeats("毎週火曜 3回")
    await events.edit(
        representative,
        draft.event_id,
        card.version,
        when=read_when("12/2 8:00", services[EventService].clock.now(), ZONE),
    )
    card = (await events.draft(representative, draft.event_id)).event
    await events.post(representative, draft.event_id, card.version, CHANNEL)
    assert await starts(database) == ["2026-12-02T08:00", "2026-12-09T08:00", "2026-12-16T08:00"]
    single = await posted(services, representative)
    with pytest.raises(NotFound):
        await repeating.series(representative, single.event_id)


async def test_a_job_that_is_killed_in_between_leaves_nothing_twice(
    repeating: RepeatingService,
    services: Services,
    database: Database,
    clock: FakeClock,
    representative: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await posted(services, representative, WEEKLY)
    await posted(services, representative, "毎週火曜 19時 練習")
    clock.go(days=22)
    makes, done = series.post_near, 0

    async def dies(*args: Any) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise KeyboardInterrupt
        await makes(*args)

    monkeypatch.setattr(series, "post_near", dies)
    with pytest.raises(KeyboardInterrupt):
        await repeating.look(representative.organisation.id)
    monkeypatch.undo()
    await check(database)
    for _ in range(2):
        await repeating.look(representative.organisation.id)
    await check(database)
    posts = [one.payload["event"] for one in await said(database, following.POST)]
    assert len(posts) == len(set(posts)) == 4


async def test_a_maker_who_is_forgotten_leaves_the_series_to_its_lc(
    repeating: RepeatingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    await posted(services, representative, WEEKLY)
    async with database.writing() as session:
        await session.execute(update(EventSeries).values(made_by_id=None))
    clock.go(days=8)
    await repeating.look(representative.organisation.id)
    card = await services[EventService].event(representative, (await made(database))[-1].id)
    assert (card.is_organiser, card.may_edit) == (False, representative.may(Right.ORGANISE, card.lc_id))
