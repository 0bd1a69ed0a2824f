"""Making, changing and cancelling an event, and who may, on both databases."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events import following
from bot.features.events.changing import Settable
from bot.features.events.following import FollowingService
from bot.features.events.homes import may_make
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.models import Audience, Event, EventState
from bot.features.events.on_home import Stands, called_off, this_week
from bot.features.events.rules import read_when, written_when
from bot.features.events.service import EventService
from bot.features.history.service import AuditService, Filter, Kind
from bot.features.homes.service import HomeService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.kit.edits import Overtaken
from tests.events.support import CHANNEL, TEXT, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, actor, appoint_to

ZONE = "Asia/Tokyo"
#: Before the event of ``TEXT``.
EVENING = datetime.fromisoformat("2026-12-04T19:00+09:00")
MEMBER = NEWCOMER + 1


async def said(database: Database, kind: str) -> list[Any]:
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == kind).order_by(Delivery.id)
        return list(await fetch(connection, query))


@pytest.fixture
def events(services: Services) -> EventService:
    return services[EventService]


async def test_a_line_as_people_write_it_becomes_an_event(
    events: EventService, services: Services, database: Database, representative: Actor, lc: int
) -> None:
    draft = await draft_of(services, representative)
    assert (draft.title_ja, draft.lc_id, draft.audience) == ("症例勉強会", lc, Audience.EVERYBODY)
    assert draft.when is not None
    assert written_when(draft.when) == "2026-12-05 19:00-21:00"
    assert draft.is_online
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    card = await events.event(representative, draft.event_id)
    assert (card.state, card.is_organiser) == (EventState.POSTED, True)
    (post,) = await said(database, following.POST)
    assert post.recipient_id == CHANNEL
    (reminder,) = await said(database, following.REMIND)
    assert reminder.due_at == datetime.fromisoformat("2026-12-04T18:45+09:00")


async def test_a_draft_is_its_makers_and_its_officers(
    events: EventService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    other = await actor(services, OTHER)
    for attempt in (
        events.draft(other, draft.event_id),
        events.to_edit(other, draft.event_id),
        events.edit(other, draft.event_id, draft.version, place="x"),
        events.post(other, draft.event_id, draft.version, CHANNEL),
        events.discard(other, draft.event_id),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            await attempt
    await events.discard(representative, draft.event_id)
    with pytest.raises(NotFound):
        await events.draft(representative, draft.event_id)


async def test_members_make_events_for_their_own_lc_alone(
    events: EventService, services: Services, representative: Actor, lc: int
) -> None:
    (student,) = await people(services, 1)
    assert not may_make(student)
    with pytest.raises(NotAllowed):
        await events.begin(student, TEXT)
    draft = await draft_of(services, representative)
    other = (await actor(services, OTHER)).lc_ids[0]
    with pytest.raises(NotAllowed):
        await events.give_to(representative, draft.event_id, draft.version, {"lc_id": other, "committee_id": None})
    with pytest.raises(NotAllowed):
        await events.give_to(representative, draft.event_id, draft.version, {"lc_id": None, "committee_id": None})
    officer = await join(services, OFFICER, "役員 花")
    national = await draft_of(services, officer)
    assert national.lc_id is None


async def test_missing_parts_are_said_and_nothing_is_posted(
    events: EventService, services: Services, database: Database, representative: Actor
) -> None:
    for text in ("症例勉強会", "11/1 19:00 昔の会", "2020-01-01 19:00 昔の会"):
        draft = await draft_of(services, representative, text)
        with pytest.raises(Invalid):
            await events.post(representative, draft.event_id, draft.version, CHANNEL)
    assert await said(database, following.POST) == []
    with pytest.raises(Invalid):
        await events.begin(representative, "  ")


async def test_nobody_posts_where_they_cannot_write(
    events: EventService, services: Services, database: Database, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    await events.choose_channel(representative, draft.event_id, 9_999)
    with pytest.raises(NotAllowed):
        await events.post(representative, draft.event_id, draft.version, CHANNEL)
    assert await said(database, following.POST) == []
    await events.choose_channel(representative, draft.event_id, None)
    await events.post(representative, draft.event_id, draft.version)
    assert await said(database, following.POST) == []
    assert [one.title_ja for one in await events.coming(representative, Which.COMING)] == ["症例勉強会"]


async def test_a_week_and_a_month_end(events: EventService, services: Services, representative: Actor) -> None:
    """From now on: the evening of the last day is in it only up to this time of day."""
    for text in (
        "11/24 19時〜20時 近い",
        "11/28 9時〜10時 七日目",
        "11/28 20時〜21時 八日目",
        "2027/1/20 19時〜20時 来年",
    ):
        await posted(services, representative, f"{text} 部室")
    titles = {which: [one.title_ja for one in await events.coming(representative, which)] for which in Which}
    assert [len(titles[one]) for one in (Which.WEEK, Which.MONTH, Which.COMING)] == [2, 3, 4], titles


async def test_an_event_elsewhere_has_the_clocks_of_that_place(
    events: EventService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    await events.edit(representative, draft.event_id, draft.version, time_zone="Europe/London", text_en="Welcome!")
    with pytest.raises(Invalid):
        await events.edit(representative, draft.event_id, draft.version + 1, time_zone="Mars/Base")
    await events.post(representative, draft.event_id, draft.version + 1, CHANNEL)
    card = await events.event(representative, draft.event_id)
    assert (card.when, card.elsewhere, card.text_en) == (draft.when, "Europe/London", "Welcome!")
    assert draft.starts_at is not None
    assert card.starts_at == draft.starts_at + timedelta(hours=9)
    (line,) = await events.coming(representative, Which.COMING)
    assert line.elsewhere == "Europe/London"
    with pytest.raises(Conflict):
        await events.edit(representative, card.event_id, card.version, time_zone="Asia/Tokyo")
    assert (await events.event(representative, card.event_id)).starts_at == card.starts_at


async def test_two_who_edit_at_once_notice_each_other(
    events: EventService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative)
    done = await asyncio.gather(
        *(events.edit(representative, card.event_id, card.version, place=place) for place in ("A棟", "B棟")),
        return_exceptions=True,
    )
    assert {type(one) for one in done} == {type(None), Conflict}


async def test_those_who_come_hear_once_what_changed(
    events: EventService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    quiet, told = await people(services, 2)
    joining, signups = services[JoiningService], services[SignUpService]
    assert card.signup_id is not None
    for one in (quiet, told):
        await joining.join(one, card.event_id)
    await signups.allow_messages(told, card.signup_id, True)
    clock.go(minutes=5)
    for place in ("A棟", "B棟"):
        version = (await events.event(representative, card.event_id)).version
        await events.edit(representative, card.event_id, version, place=place)
    await services[FollowingService].tell(card.event_id)
    await services[FollowingService].tell(card.event_id)
    (news,) = await said(database, following.CHANGED)
    assert news.payload["before"] == {"place": "Zoom"}
    assert news.recipient_id == told.caller.discord_user_id
    version = (await events.event(representative, card.event_id)).version
    when = read_when("12/6 10:00-12:00", clock.now(), ZONE)
    await events.edit(representative, card.event_id, version, when=when)
    await services[FollowingService].tell(card.event_id)
    assert len(await said(database, following.CHANGED)) == 2
    pending = [one for one in await said(database, following.REMIND) if one.state == "pending"]
    assert [one.due_at for one in pending] == [datetime.fromisoformat("2026-12-05T18:45+09:00")]
    assert (await events.event(representative, card.event_id)).sequence > card.sequence


async def test_a_cancelled_event_tells_those_who_come_and_reminds_nobody(
    events: EventService, services: Services, database: Database, representative: Actor
) -> None:
    card = await posted(services, representative)
    (student,) = await people(services, 1)
    assert card.signup_id is not None
    await services[JoiningService].join(student, card.event_id)
    await services[SignUpService].allow_messages(student, card.signup_id, True)
    with pytest.raises(Invalid):
        await events.cancel(representative, card.event_id, " ")
    with pytest.raises(NotAllowed):
        await events.cancel(student, card.event_id, "雨")
    await events.cancel(representative, card.event_id, "台風のため")
    with pytest.raises(Conflict):
        await events.cancel(representative, card.event_id, "もう一度")
    (news,) = await said(database, following.CANCELLED)
    assert news.recipient_id == student.caller.discord_user_id
    assert [one.state for one in await said(database, following.REMIND)] == ["withdrawn"]
    await services[FollowingService].remind(card.event_id, EVENING, 0)
    assert await said(database, following.REMINDER) == []
    with pytest.raises(Conflict):
        await services[JoiningService].join((await people(services, 2))[1], card.event_id)
    seen = await events.event(student, card.event_id)
    assert (seen.state, seen.reason) == (EventState.CANCELLED, "台風のため")


async def test_only_those_who_come_see_the_link(
    events: EventService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, f"{TEXT}\nhttps://us02web.zoom.us/j/123")
    student, stranger = await people(services, 2)
    await services[JoiningService].join(student, card.event_id)
    assert (await events.event(student, card.event_id)).link == "https://us02web.zoom.us/j/123"
    assert (await events.event(stranger, card.event_id)).link == ""
    public = await services[FollowingService].card(stranger.organisation.id, card.event_id)
    assert (public.link, public.has_link) == ("", True)


async def test_the_way_in_is_for_those_who_come_wherever_it_was_written(
    events: EventService, services: Services, representative: Actor
) -> None:
    said = "ミーティングID: 823 4567 8901\nパスコード: 776655"
    draft = await draft_of(services, representative, f"{TEXT}\n{said}\n司会：例田")
    assert (draft.link, draft.text) == (said, "司会：例田")
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    (guest,) = await people(services, 1)
    event = await events.event(guest, draft.event_id)
    assert "776655" not in f"{event.title_ja}{event.place}{event.text}{event.link}"
    await events.edit(
        representative, draft.event_id, event.version, text="予備のID：900 0000 0001", place="Zoom pass: a1"
    )
    await services[JoiningService].join(guest, draft.event_id)
    event = await events.event(guest, draft.event_id)
    assert (event.text, event.place) == ("予備の", "Zoom")
    assert event.link == f"{said}\npass: a1\nID：900 0000 0001"
    with pytest.raises(Invalid):
        await events.edit(representative, draft.event_id, event.version, text=f"ID: 900 0000 0001 {'あ' * 300}")


async def test_the_page_knows_whether_somebody_hears_of_it(services: Services, representative: Actor) -> None:
    event = await posted(services, representative)
    for number, (contact, is_told) in enumerate(((Contact.DIRECT, True), (Contact.CHANNEL, False))):
        guest = await join(services, NEWCOMER + 200 + number, "学生", school="京都大学")
        await services[MemberService].choose_contact(guest, contact)
        await services[JoiningService].join(guest, event.event_id)
        mine = (await services[EventService].event(guest, event.event_id)).mine
        assert mine is not None
        assert (mine.may_message, mine.hears) == (None, is_told)
        await services[SignUpService].allow_messages(guest, mine.signup_id, not is_told)
        mine = (await services[EventService].event(guest, event.event_id)).mine
        assert mine is not None
        assert mine.hears is not is_told


async def test_home_tells_of_the_line_and_of_what_is_cancelled(
    events: EventService, services: Services, representative: Actor
) -> None:
    soon = await posted(services, representative, "11/24(火) 19時〜21時 症例勉強会、誰でも 定員1名")
    later = await posted(services, representative, "1/30(土) 10時〜12時 新年会、誰でも")
    comes, waits, other = await people(services, 3)
    for guest in (comes, waits):
        await services[JoiningService].join(guest, soon.event_id)
        await services[JoiningService].join(guest, later.event_id)

    async def told(guest: Actor) -> tuple[list[tuple[int | None, int | None]], list[int | None]]:
        facts = await services[HomeService].facts(guest, [this_week, called_off])
        return [(one.id, one.of) for one in facts[this_week]], [one.id for one in facts[called_off]]

    assert await told(comes) == ([(soon.event_id, Stands.COMES)], [])
    assert await told(waits) == ([(soon.event_id, Stands.WAITS)], [])
    await events.cancel(representative, later.event_id, "大雪のため")
    assert await told(waits) == ([(soon.event_id, Stands.WAITS)], [later.event_id])
    assert await told(other) == ([(soon.event_id, Stands.NOT)], [])
    # Nobody hears of something that they left before.
    await services[SignUpService].withdraw(waits, soon.signup_id or 0)
    await events.cancel(representative, soon.event_id, "大雪のため")
    assert await told(waits) == ([], [later.event_id])
    assert await told(comes) == ([], [soon.event_id, later.event_id])


async def test_an_event_of_an_lc_is_for_its_members(
    events: EventService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    await events.edit(representative, draft.event_id, draft.version, audience=Audience.LC)
    draft = (await events.draft(representative, draft.event_id)).event
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    (student,) = await people(services, 1)
    with pytest.raises(NotAllowed):
        await services[JoiningService].join(student, draft.event_id)
    with pytest.raises(NotFound):
        await events.event(student, draft.event_id)
    assert await events.coming(student, Which.COMING) == []
    assert [one.event_id for one in await events.coming(representative, Which.LC)] == [draft.event_id]


async def test_two_things_at_one_time_are_said_and_not_forbidden(services: Services, representative: Actor) -> None:
    first = await posted(services, representative)
    second = await posted(services, representative, "12/5(土) 20:30〜22:00 懇親会")
    later = await posted(services, representative, "12/5(土) 21:00〜22:00 反省会")
    (student,) = await people(services, 1)
    joining = services[JoiningService]
    assert (await joining.way(student, second.event_id)).clashes == []
    await joining.join(student, first.event_id)
    assert [one.event_id for one in (await joining.way(student, second.event_id)).clashes] == [first.event_id]
    assert (await joining.way(student, later.event_id)).clashes == [], "one begins as the other ends"
    await joining.join(student, second.event_id)


async def test_reminders_go_once_to_those_who_come_and_agreed(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, f"{TEXT} 定員1名")
    comes, waits = await people(services, 2)
    assert card.signup_id is not None
    for one in (comes, waits):
        await services[JoiningService].join(one, card.event_id)
        await services[SignUpService].allow_messages(one, card.signup_id, True)
    clock.go(days=13)
    for _ in range(2):
        await services[FollowingService].remind(card.event_id, EVENING, 0)
    (reminder,) = await said(database, following.REMINDER)
    assert reminder.recipient_id == comes.caller.discord_user_id
    payload = (comes.organisation.id, card.event_id, reminder.payload["starts"])
    assert await services[FollowingService].reminded(*payload, comes.caller.discord_user_id) is not None
    assert await services[FollowingService].reminded(*payload, waits.caller.discord_user_id) is None
    await services[SignUpService].withdraw(comes, card.signup_id)
    assert await services[FollowingService].reminded(*payload, comes.caller.discord_user_id) is None


async def test_many_sign_ups_are_one_edit_of_the_post(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    for student in await people(services, 3):
        await services[JoiningService].join(student, card.event_id)
    assert len([one for one in await said(database, following.SHOW) if one.state == "pending"]) == 1
    async with database.writing() as session:
        row = await session.scalar(select(Delivery).where(Delivery.kind == following.POST))
        assert row is not None
        row.state, row.channel_id, row.message_id = "sent", CHANNEL, 77
        for job in await session.scalars(select(Delivery).where(Delivery.kind == following.SHOW)):
            job.state = "done"
    await services[FollowingService].show(card.event_id)
    edits = [one for one in await said(database, following.POST) if one.action == "edit"]
    assert [(one.channel_id, one.message_id) for one in edits] == [(CHANNEL, 77)]


async def test_the_first_fifty_of_sixty_have_a_place(services: Services, representative: Actor) -> None:
    card = await posted(services, representative, f"{TEXT} 定員50名")
    crowd = await people(services, 60)
    placed = await asyncio.gather(*(services[JoiningService].join(one, card.event_id) for one in crowd))
    assert sum(one.state is PartyState.ACCEPTED for one in placed) == 50
    assert sorted(one.position for one in placed if one.position is not None) == list(range(1, 11))


async def test_an_event_stays_without_its_maker(services: Services, database: Database, lc: int) -> None:
    await appoint_to(services, MEMBER, LC_MEMBER, lc)
    member = await join(services, MEMBER, "東京 次郎")
    card = await posted(services, member)
    await services[MyDataService].delete(member)
    async with database.reading() as connection:
        (row,) = await fetch(connection, select(Event.state, Event.made_by_id).where(Event.id == card.event_id))
    assert (row.state, row.made_by_id) == (EventState.POSTED, None)


async def test_the_last_of_many_is_reminded_in_time(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    assert card.signup_id is not None
    for one in await people(services, 3):
        await services[JoiningService].join(one, card.event_id)
        await services[SignUpService].allow_messages(one, card.signup_id, True)
    clock.go(days=12)
    await services[FollowingService].remind(card.event_id, EVENING, 0)
    assert {one.due_at for one in await said(database, following.REMINDER)} == {EVENING - timedelta(seconds=6)}


async def test_nobody_is_reminded_at_night(services: Services, database: Database, representative: Actor) -> None:
    await posted(services, representative, "11/22(日) 9:00〜10:00 朝の散歩")  # it is 19:00 on the evening before
    assert await said(database, following.REMIND) == []
    await posted(services, representative, "11/22(日) 13:00〜14:00 昼の散歩")
    (job,) = await said(database, following.REMIND)
    assert job.due_at == datetime.fromisoformat("2026-11-22T09:45+09:00")


async def test_officers_of_the_lc_find_it_in_their_history(services: Services, representative: Actor) -> None:
    card = await posted(services, representative)
    await services[EventService].cancel(representative, card.event_id, "台風")
    page = await services[AuditService].page(representative, Filter(kind=Kind.EVENTS))
    assert [one.action for one in page] == ["event.cancel", "event.post", "event.begin"]


async def test_two_forms_lose_nothing_and_the_places_of_the_list_stay(
    events: EventService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, f"{TEXT} 定員2名")
    assert card.signup_id is not None
    number = card.event_id
    await services[SignUpService].set_limit(representative, card.signup_id, 50)
    shown: Settable = {"title_ja": card.title_ja, "title_en": card.title_en, "limit": card.limit, "link": card.link}
    await events.edit(representative, number, card.version, card, **(shown | {"place": "A棟"}))
    await events.edit(representative, number, card.version, card, title_ja="症例検討会", title_en=card.title_en)
    now = await events.event(representative, number)
    assert (now.title_ja, now.place, now.limit) == ("症例検討会", "A棟", 50)
    with pytest.raises(Overtaken) as refused:
        await events.edit(representative, number, card.version, card, place="B棟")
    assert refused.value.stands == {"place": "A棟"}
    await events.edit(representative, number, now.version, now, place="B棟")
    assert (await events.event(representative, number)).place == "B棟"


async def test_an_event_that_is_long_over_is_not_cancelled(
    events: EventService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    clock.go(days=40)
    with pytest.raises(Conflict):
        await events.cancel(representative, card.event_id, "間違い")
    assert await said(database, following.CANCELLED) == []
