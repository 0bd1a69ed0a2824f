"""What people try with an event that they shouldn't, or that its makers didn't think of, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.event import listen, remove

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events import following
from bot.features.events.following import FollowingService
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.models import Audience, Event
from bot.features.events.on_home import this_week
from bot.features.events.queries import EventCard
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.homes.service import HomeService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.watching import SignUpWatch
from tests.events.support import CHANNEL, TEXT, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to

ZONE = "Asia/Tokyo"


@pytest.fixture
def events(services: Services) -> EventService:
    return services[EventService]


async def edited(services: Services, by: Actor, event_id: int, **values: object) -> EventCard:
    events = services[EventService]
    version = (await events.to_edit(by, event_id)).version
    await events.edit(by, event_id, version, **values)  # type: ignore[arg-type]
    return await events.to_edit(by, event_id)


async def for_its_lc(services: Services, representative: Actor, text: str = TEXT) -> EventCard:
    draft = await draft_of(services, representative, text)
    draft = await edited(services, representative, draft.event_id, audience=Audience.LC)
    await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)
    return await services[EventService].event(representative, draft.event_id)


def until(clock: FakeClock, at: str) -> None:
    clock.go(seconds=(datetime.fromisoformat(at) - clock.last).total_seconds())


def signup_id(card: EventCard) -> int:
    assert card.signup_id is not None
    return card.signup_id


async def test_no_other_way_leads_into_an_event_of_an_lc(services: Services, representative: Actor) -> None:
    """The buttons of sign-ups know its number, too."""
    card = await for_its_lc(services, representative)
    (student,) = await people(services, 1)
    signups = services[SignUpService]
    with pytest.raises(NotAllowed):
        await signups.apply(student, signup_id(card))
    with pytest.raises(NotFound):
        await signups.own(student, signup_id(card))
    with pytest.raises(Conflict):
        await signups.apply(representative, signup_id(card))
    theirs = await join(services, REPRESENTATIVE, "代表 花")
    assert (await services[JoiningService].join(theirs, card.event_id)).state is PartyState.ACCEPTED


async def test_an_event_that_is_opened_to_all_lets_all_in(services: Services, representative: Actor) -> None:
    card = await for_its_lc(services, representative)
    (student,) = await people(services, 1)
    await edited(services, representative, card.event_id, audience=Audience.EVERYBODY)
    assert (await services[JoiningService].join(student, card.event_id)).state is PartyState.ACCEPTED


async def test_another_description_leaves_the_number_of_places(services: Services, representative: Actor) -> None:
    """The organiser changes the number on the list of people, too."""
    card = await posted(services, representative, f"{TEXT} 定員10名")
    await services[SignUpService].set_limit(representative, signup_id(card), 3)
    assert (await edited(services, representative, card.event_id, text="持ち物: 聴診器")).limit == 3
    assert (await edited(services, representative, card.event_id, limit=10)).limit == 10
    assert (await edited(services, representative, card.event_id, limit=None)).limit is None


async def test_a_later_time_opens_the_sign_up_again(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    (student,) = await people(services, 1)
    joining = services[JoiningService]
    until(clock, "2026-12-05T19:10+09:00")
    with pytest.raises(Conflict):
        await joining.join(student, card.event_id)
    await services[SignUpService].own(student, signup_id(card))
    await services[SignUpWatch].look(signup_id(card))
    when = read_when("12/12 19:00-21:00", clock.now(), ZONE)
    await edited(services, representative, card.event_id, when=when)
    assert (await joining.join(student, card.event_id)).state is PartyState.ACCEPTED


async def test_a_later_deadline_opens_the_sign_up_again(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    await edited(services, representative, card.event_id, closes=datetime.fromisoformat("2026-12-01T12:00"))
    (student,) = await people(services, 1)
    until(clock, "2026-12-01T13:00+09:00")
    await services[SignUpWatch].look(signup_id(card))
    with pytest.raises(Conflict):
        await services[JoiningService].join(student, card.event_id)
    await edited(services, representative, card.event_id, closes=datetime.fromisoformat("2026-12-03T12:00"))
    assert (await services[JoiningService].join(student, card.event_id)).state is PartyState.ACCEPTED


async def test_a_deadline_that_has_passed_is_noticed(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    draft = await edited(services, representative, draft.event_id, closes=datetime.fromisoformat("2026-11-30T12:00"))
    until(clock, "2026-12-01T13:00+09:00")
    with pytest.raises(Invalid):
        await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)


async def test_an_end_alone_is_looked_at(services: Services, representative: Actor) -> None:
    card = await posted(services, representative)
    for end in ("2027-12-05T21:00", "2026-12-05T18:00"):
        when = card.when
        assert when is not None
        with pytest.raises(Invalid):
            await edited(services, representative, card.event_id, when=replace(when, ends=datetime.fromisoformat(end)))


async def test_a_pasted_text_is_cleaned_as_a_typed_one(
    services: Services, database: Database, representative: Actor
) -> None:
    for text in ("12/5(土) 19時〜21時 @everyone 集合", "12/5(土) 19時〜21時 症例勉強会\n場所: @everyone <@&123>"):
        draft = await draft_of(services, representative, text)
        assert "@everyone" not in f"{draft.title_ja}{draft.title_en}{draft.place}{draft.cost}", text


async def test_no_message_keeps_the_link(services: Services, database: Database, representative: Actor) -> None:
    card = await posted(services, representative, f"{TEXT}\nhttps://zoom.us/j/1")
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, card.event_id)
    await services[SignUpService].allow_messages(student, signup_id(card), True)
    await edited(services, representative, card.event_id, link="https://zoom.us/j/2")
    await services[FollowingService].tell(card.event_id)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.kind, Delivery.payload))
    assert [row.kind for row in rows if row.kind == following.CHANGED]
    assert not [row for row in rows if "zoom.us" in str(row.payload)]


async def test_no_event_is_given_to_what_is_not_there(services: Services, representative: Actor) -> None:
    officer = await join(services, OFFICER, "役員 花")
    draft = await draft_of(services, officer)
    for lc_id, committee_id in ((2**62, None), (None, 2**62)):
        with pytest.raises((NotFound, NotAllowed, Invalid)):
            await services[EventService].give_to(
                officer, draft.event_id, draft.version, {"lc_id": lc_id, "committee_id": committee_id}
            )


async def test_a_form_that_was_left_open_changes_nobody(services: Services, representative: Actor) -> None:
    """The notice is still there after somebody has joined: a second form, or one of somebody who joined meanwhile."""
    (student,) = await people(services, 1)
    service = services[MemberService]
    before = await service.card(student)
    assert before is not None
    assert await service.join_on_the_way(student, "ja", before.purpose_version, "別の名前", "札幌医科大学")
    assert await service.card(student) == before


async def test_somebody_who_cannot_sign_up_is_not_asked_for_their_name(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    own = await for_its_lc(services, representative)
    stranger = await actor(services, NEWCOMER + 500)
    joining = services[JoiningService]
    await joining.way(stranger, card.event_id)
    with pytest.raises(NotAllowed):
        await joining.way(stranger, own.event_id)
    with pytest.raises(NotFound):
        await joining.way(stranger, 2**62)
    await services[EventService].cancel(representative, card.event_id, "台風")
    with pytest.raises(Conflict):
        await joining.way(stranger, card.event_id)


async def test_messages_that_come_anyway_can_be_stopped_by_one_press(services: Services, representative: Actor) -> None:
    """Somebody who generally hears directly of what they take part in wasn't asked about this event."""
    card = await posted(services, representative)
    (student,) = await people(services, 1)
    await services[JoiningService].join(student, card.event_id)
    await services[MemberService].choose_contact(student, Contact.DIRECT)
    mine = (await services[EventService].event(student, card.event_id)).mine
    assert mine is not None
    assert mine.hears
    await services[SignUpService].allow_messages(student, signup_id(card), False)
    mine = (await services[EventService].event(student, card.event_id)).mine
    assert mine is not None
    assert not mine.hears


async def test_drafts_go_with_their_maker(services: Services, database: Database, lc: int) -> None:
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    member = await join(services, NEWCOMER, "東京 次郎")
    draft = await draft_of(services, member)
    card = await posted(services, member)
    await services[MyDataService].delete(member)
    async with database.reading() as connection:
        left = [row.id for row in await fetch(connection, select(Event.id))]
    assert left == [card.event_id]
    assert draft.event_id not in left


async def test_posting_what_another_made_does_not_show_who_comes(
    services: Services, representative: Actor, lc: int
) -> None:
    """Officers of its place become organisers first, and the history says so."""
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    member = await join(services, NEWCOMER, "東京 次郎")
    draft = await draft_of(services, member)
    events = services[EventService]
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    card = await events.event(representative, draft.event_id)
    assert not card.is_organiser
    with pytest.raises(NotAllowed):
        await services[SignUpService].board(representative, signup_id(card))
    assert (await services[SignUpService].board(member, signup_id(card))).people == []


async def test_everything_at_once_leaves_no_half(services: Services, lc: int, clock: FakeClock) -> None:
    """Its maker is deleted while people sign up, edit and cancel: whoever is late hears it, and nothing waits."""
    for number in range(6):
        user = NEWCOMER + 700 + number
        await appoint_to(services, user, LC_MEMBER, lc)
        member = await join(services, user, f"部員 {number}")
        other = await join(services, user + 50, f"学生 {number}")
        card = await posted(services, member, f"{TEXT} 定員1名")
        events, joining, signups = services[EventService], services[JoiningService], services[SignUpService]
        await joining.join(other, card.event_id)
        done = await asyncio.gather(
            events.edit(member, card.event_id, card.version, place="A棟"),
            joining.join(member, card.event_id),
            services[MyDataService].delete(member),
            events.cancel(member, card.event_id, "雨"),
            signups.withdraw(other, signup_id(card)),
            services[FollowingService].show(card.event_id),
            services[FollowingService].tell(card.event_id),
            services[FollowingService].remind(card.event_id, clock.now(), 0),
            return_exceptions=True,
        )
        wrong = [one for one in done if isinstance(one, BaseException)]
        assert all(isinstance(one, Conflict | NotFound | NotAllowed) for one in wrong), wrong


async def test_lists_do_not_read_what_is_long_over(
    services: Services, database: Database, representative: Actor
) -> None:
    """Nothing lasts longer than ``LONGEST``: what began before that is over, and an index says so."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    listen(Engine, "before_cursor_execute", note)
    try:
        await services[EventService].coming(representative, Which.COMING)
        await services[HomeService].facts(representative, [this_week])
    finally:
        remove(Engine, "before_cursor_execute", note)
    found = [one for one, _ in asked if "FROM events" in one]
    assert len(found) == 2
    assert all("events.starts_at > " in one for one in found)
