"""What calendars show of events, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import NotFound
from bot.features import Services
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.committees.models import StandingCommittee
from bot.features.documents.ics import Days, Entry, Hours, Status, render
from bot.features.events.homes import Home
from bot.features.events.joining import JoiningService
from bot.features.events.models import Audience
from bot.features.events.queries import EventCard
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.signups.service import SignUpService
from tests.events.support import CHANNEL, TEXT, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import OFFICER, OTHER, actor

OWN, NATION = Scope(ScopeKind.OWN), Scope(ScopeKind.ORGANISATION)
LINK = "https://example.org/zoom"


@pytest.fixture
def calendars(services: Services) -> CalendarService:
    return services[CalendarService]


async def entries(calendars: CalendarService, who: Actor, scope: Scope = OWN) -> list[Entry]:
    contents = await calendars.contents(who, scope)
    render(contents.name, contents.entries)
    return list(contents.entries)


async def version(calendars: CalendarService, token: str) -> str:
    found = await calendars.behind(token)
    assert found is not None
    return found.version


async def online(services: Services, who: Actor, text: str = TEXT, **home: int | None) -> EventCard:
    """A posted event with a link for those who come. With a ``home`` that is an LC, it is for that LC alone."""
    events, draft = services[EventService], await draft_of(services, who, text)
    await events.edit(who, draft.event_id, draft.version, link="\n".join(filter(None, [LINK, draft.link])))
    version = draft.version + 1
    if home:
        place: Home = {"lc_id": home["lc_id"], "committee_id": home["committee_id"]}
        await events.give_to(who, draft.event_id, version, place)
        version += 1
    if home.get("lc_id"):
        await events.edit(who, draft.event_id, version, audience=Audience.LC)
        version += 1
    await events.post(who, draft.event_id, version, CHANNEL)
    return await events.event(who, draft.event_id)


async def test_ones_own_calendar_has_what_one_has_a_place_in(
    calendars: CalendarService, services: Services, representative: Actor
) -> None:
    event = await online(services, representative, f"{TEXT} 定員1名")
    first, second = await people(services, 2)
    assert await entries(calendars, first) == []
    for one in (first, second):
        await services[JoiningService].join(one, event.event_id)
    (entry,) = await entries(calendars, first)
    assert (entry.title, entry.url, entry.status) == ("症例勉強会", LINK, Status.CONFIRMED)
    assert entry.when == Hours(datetime(2026, 12, 5, 10, tzinfo=UTC), datetime(2026, 12, 5, 12, tzinfo=UTC))
    assert entry.organiser == "主催：東京大学"
    assert await entries(calendars, second) == [], "they wait"
    assert event.signup_id is not None
    await services[SignUpService].withdraw(first, event.signup_id)
    assert await entries(calendars, first) == []
    (offered,) = await entries(calendars, second)
    assert (offered.status, offered.title, offered.url) == (Status.TENTATIVE, "【繰り上げの案内】症例勉強会", "")
    await services[SignUpService].accept(second, event.signup_id)
    (entry,) = await entries(calendars, second)
    assert (entry.status, entry.url) == (Status.CONFIRMED, LINK)


async def test_an_id_and_a_passcode_stand_in_the_entries_of_those_who_come_alone(
    calendars: CalendarService, services: Services, representative: Actor, lc: int
) -> None:
    event = await online(services, representative, f"{TEXT}\nミーティングID: 812 3456 7890\nパスコード: neko42")
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, event.event_id)
    (own,) = await entries(calendars, student)
    (shared,) = await entries(calendars, representative, Scope(ScopeKind.LC, lc))
    assert own.url == LINK
    assert "neko42" in own.text
    assert "neko42" not in str(shared)


async def test_moved_and_cancelled_it_is_the_same_event_with_a_higher_sequence(
    calendars: CalendarService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, event.event_id)
    token = await calendars.make(student, OWN)
    (first,), was = await entries(calendars, student), await version(calendars, token)
    when = read_when("12/6 10:00-12:00", clock.now(), "Asia/Tokyo")
    await services[EventService].edit(representative, event.event_id, event.version, when=when)
    (moved,), then = await entries(calendars, student), await version(calendars, token)
    assert (moved.uid, moved.status) == (first.uid, Status.CONFIRMED)
    assert moved.when == Hours(datetime(2026, 12, 6, 1, tzinfo=UTC), datetime(2026, 12, 6, 3, tzinfo=UTC))
    assert moved.sequence > first.sequence
    await services[EventService].cancel(representative, event.event_id, "台風のため")
    (cancelled,), last = await entries(calendars, student), await version(calendars, token)
    assert (cancelled.uid, cancelled.status, cancelled.title) == (first.uid, Status.CANCELLED, "【中止】症例勉強会")
    assert cancelled.sequence > moved.sequence
    assert "台風のため" in cancelled.text
    assert len({was, then, last}) == 3
    clock.go(days=59)
    assert len(await entries(calendars, student)) == 1
    clock.go(days=2)
    assert await entries(calendars, student) == []


async def test_shared_calendars_hold_what_everybody_may_see_who_may_have_them(
    calendars: CalendarService, services: Services, database: Database, representative: Actor, lc: int
) -> None:
    async with database.reading() as connection:
        committee = int((await fetch(connection, select(StandingCommittee.id).limit(1)))[0].id)
    everybody = await online(services, representative)
    only_lc = await online(services, representative, "12/8 19:00-20:00 部会", lc_id=lc, committee_id=committee)
    officer = await join(services, OFFICER, "役員 花")
    national = await online(services, officer, "12/9 19:00-20:00 全国の会")
    theirs = await online(services, officer, "12/10 19:00-20:00 委員会の会", lc_id=None, committee_id=committee)
    await draft_of(services, officer, "12/11 19:00-20:00 下書き")
    assert (everybody.lc_id, only_lc.lc_id, national.lc_id) == (lc, lc, None)
    shown = {
        scope: await entries(calendars, who, scope)
        for who, scope in (
            (representative, Scope(ScopeKind.LC, lc)),
            (representative, NATION),
            (representative, Scope(ScopeKind.COMMITTEE, committee)),
        )
    }
    assert {scope.kind: [one.title for one in found] for scope, found in shown.items()} == {
        ScopeKind.LC: ["症例勉強会", only_lc.title_ja],
        ScopeKind.ORGANISATION: [national.title_ja, theirs.title_ja],
        ScopeKind.COMMITTEE: [theirs.title_ja],
    }
    assert LINK not in str(shown), "the way in is for those who come"
    other = await actor(services, OTHER)
    assert await entries(calendars, other, Scope(ScopeKind.LC, other.lc_ids[0])) == []
    assert await entries(calendars, representative) == [], "nobody signed up"


async def test_the_version_of_a_shared_calendar_follows_its_events(
    calendars: CalendarService, services: Services, representative: Actor, lc: int
) -> None:
    token = await calendars.make(representative, Scope(ScopeKind.LC, lc))
    seen = [await version(calendars, token)]
    event = await posted(services, representative)
    seen.append(await version(calendars, token))
    await services[EventService].edit(representative, event.event_id, event.version, place="A棟")
    seen.append(await version(calendars, token))
    await services[EventService].cancel(representative, event.event_id, "台風のため")
    seen.append(await version(calendars, token))
    assert len(set(seen)) == len(seen)
    assert await version(calendars, token) == seen[-1]


async def test_whole_days_stay_whole_and_what_is_long_over_goes(
    calendars: CalendarService, services: Services, clock: FakeClock, representative: Actor, lc: int
) -> None:
    await posted(services, representative, "12/5(土)〜12/7(月) 合宿")
    here = Scope(ScopeKind.LC, lc)
    (entry,) = await entries(calendars, representative, here)
    assert entry.when == Days(date(2026, 12, 5), date(2026, 12, 7))
    clock.go(days=60)
    assert len(await entries(calendars, representative, here)) == 1
    clock.go(days=330)
    assert await entries(calendars, representative, here) == []


async def test_one_event_is_a_file_for_whoever_sees_it(
    calendars: CalendarService, services: Services, representative: Actor, lc: int
) -> None:
    event = await online(services, representative)
    only_lc = await online(services, representative, "12/8 19:00-20:00 部会", lc_id=lc, committee_id=None)
    draft = await draft_of(services, representative)
    (student,) = await people(services, 1)
    contents = await calendars.event(student, event.event_id)
    assert [(one.title, one.url) for one in contents.entries] == [("症例勉強会", "")]
    await services[JoiningService].join(student, event.event_id)
    (entry,) = (await calendars.event(student, event.event_id)).entries
    assert entry.url == LINK
    assert (entry.uid, entry.sequence) == (contents.entries[0].uid, contents.entries[0].sequence)
    (whole,) = await entries(calendars, student)
    assert whole == entry, "taken in twice, it is one event"
    assert len((await calendars.event(representative, only_lc.event_id)).entries) == 1
    for event_id in (only_lc.event_id, draft.event_id, 999):
        with pytest.raises(NotFound):
            await calendars.event(student, event_id)
