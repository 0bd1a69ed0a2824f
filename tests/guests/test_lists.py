"""An organiser enters names: looked at first, then entered once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.events.service import EventService
from bot.features.guests.lists import KEPT, NameListService
from bot.features.guests.models import NameList
from bot.features.institutions.entering import EnteringService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.signups.service import SignUpService
from tests.events.support import posted
from tests.guests.support import TEXT, enter, shared
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, actor


@pytest.fixture
async def maker(services: Services, representative: Actor) -> Actor:
    return representative


@pytest.fixture
async def signup_id(services: Services, maker: Actor) -> int:
    event = await posted(services, maker, TEXT)
    assert event.signup_id is not None
    return event.signup_id


@pytest.fixture
def lists(services: Services) -> NameListService:
    return services[NameListService]


async def board(services: Services, maker: Actor, signup_id: int) -> list[tuple[str, str]]:
    found = await services[SignUpService].board(await actor(services, maker.caller.discord_user_id), signup_id)
    return [(one.name, one.state.value) for one in found.people]


async def count(database: Database, table: type) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_names_are_looked_at_then_entered_once_and_the_rest_waits(
    services: Services, database: Database, lists: NameListService, maker: Actor, signup_id: int
) -> None:
    before = await count(database, Person)
    list_id = await lists.paste(maker, signup_id, "佐藤 参加\n鈴木 参加\n田中 参加\n高橋 不参加\n山本 たぶん\n何か")
    found = await lists.look(maker, list_id)
    assert (list(found.new), list(found.others), list(found.unclear)) == (
        ["佐藤", "鈴木", "田中"], ["高橋", "山本"], ["何か"],
    )  # fmt: skip
    assert found.may_confirm
    assert await count(database, Person) == before, "nothing is entered yet"
    done = await lists.confirm(maker, list_id)
    assert (done.accepted, done.waiting, done.left, done.without) == (2, 1, 0, 0)
    assert await board(services, maker, signup_id) == [("佐藤", "accepted"), ("鈴木", "accepted"), ("田中", "waiting")]
    with pytest.raises(NotFound):
        await lists.confirm(maker, list_id)
    assert await count(database, NameList) == 0
    again = await lists.look(maker, await lists.paste(maker, signup_id, "佐藤 参加\n田中 参加"))
    assert (list(again.there), again.may_confirm) == (["佐藤", "田中"], False)
    officer = await actor(services, maker.caller.discord_user_id)
    entered = await services[EnteringService].found(officer, maker.lc_ids[0], "佐藤")
    assert [one.entered_by for one in entered] == ["user 3"]


async def test_who_says_no_afterwards_leaves_and_the_next_is_asked(
    services: Services, lists: NameListService, maker: Actor, signup_id: int
) -> None:
    await lists.confirm(maker, await lists.paste(maker, signup_id, "佐藤 参加\n鈴木 参加\n田中 参加"))
    list_id = await lists.paste(maker, signup_id, "佐藤 不参加\n高橋 参加")
    found = await lists.look(maker, list_id)
    assert (list(found.leave), list(found.new)) == (["佐藤"], ["高橋"])
    done = await lists.confirm(maker, list_id)
    assert (done.left, done.waiting) == (1, 1)
    assert await board(services, maker, signup_id) == [
        ("鈴木", "accepted"), ("田中", "offered"), ("高橋", "waiting"),
    ]  # fmt: skip


async def test_a_member_is_entered_only_after_asking(
    services: Services, database: Database, lists: NameListService, maker: Actor, signup_id: int
) -> None:
    member = await join(services, NEWCOMER, "東京 花子", "とうきょう はなこ")
    officer = await actor(services, OFFICER)
    event_of_nation = await posted(services, officer, TEXT)
    assert event_of_nation.signup_id is not None
    list_id = await lists.paste(officer, event_of_nation.signup_id, "東京花子 参加\n佐藤 参加")
    found = await lists.look(officer, list_id)
    assert [(one.name, one.person_id, one.school_ja) for one in found.asked] == [
        ("東京花子", member.person_id, "東京大学")
    ]
    assert not found.may_confirm
    assert member.person_id is not None
    await lists.answer(officer, list_id, [member.person_id])
    found = await lists.look(officer, list_id)
    assert ([one.name for one in found.members], list(found.new), found.may_confirm) == (["東京花子"], ["佐藤"], True)
    await lists.confirm(officer, list_id)
    seen = await services[EventService].event(await actor(services, NEWCOMER), event_of_nation.event_id)
    assert seen.mine is not None
    assert seen.mine.is_live
    # Somebody else of that name is somebody without an account.
    other = await posted(services, officer, TEXT)
    assert other.signup_id is not None
    list_id = await lists.paste(officer, other.signup_id, "東京花子 参加")
    await lists.answer(officer, list_id, [])
    assert list((await lists.look(officer, list_id)).new) == ["東京花子"]


async def test_of_two_members_with_one_name_none_is_meant(
    services: Services, lists: NameListService, maker: Actor
) -> None:
    for number in range(2):
        await join(services, NEWCOMER + number, "東京 花子")
    officer = await actor(services, OFFICER)
    event = await posted(services, officer, TEXT)
    assert event.signup_id is not None
    found = await lists.look(officer, await lists.paste(officer, event.signup_id, "東京 花子 参加"))
    assert (found.asked, list(found.new)) == ([], ["東京 花子"])


async def test_nobody_learns_of_members_whom_they_may_not_find(
    services: Services, lists: NameListService, maker: Actor, signup_id: int
) -> None:
    await join(services, NEWCOMER, "京都 花子", school="京都大学")
    found = await lists.look(maker, await lists.paste(maker, signup_id, "京都 花子 参加"))
    assert (found.asked, list(found.new)) == ([], ["京都 花子"])


async def test_a_sheet_and_people_who_entered_by_a_link_come_together(
    services: Services, lists: NameListService, maker: Actor
) -> None:
    event = await posted(services, maker, TEXT)
    assert event.signup_id is not None
    await enter(services, await shared(services, maker, event.event_id), "佐藤 花子")
    sheet = "氏名,大学名\n佐藤　花子,\n鈴木 一,札幌医科大学\n".encode()
    list_id = await lists.take_in(maker, event.signup_id, sheet)
    found = await lists.look(maker, list_id)
    assert (list(found.there), list(found.new)) == (["佐藤 花子"], ["鈴木 一"])
    await lists.confirm(maker, list_id)
    officer = await actor(services, maker.caller.discord_user_id)
    (entry,) = await services[EnteringService].found(officer, maker.lc_ids[0], "鈴木")
    assert entry.affiliation == "札幌医科大学"
    assert "症例勉強会" in entry.source


async def test_only_organisers_and_only_their_own_lists(
    services: Services, lists: NameListService, maker: Actor, signup_id: int, clock: FakeClock
) -> None:
    other, officer = await actor(services, OTHER), await actor(services, OFFICER)
    for stranger in (other, officer):
        with pytest.raises(NotAllowed):
            await lists.paste(stranger, signup_id, "佐藤 参加")
        with pytest.raises(NotAllowed):
            await lists.begin(stranger, signup_id)
    list_id = await lists.paste(maker, signup_id, "佐藤 参加")
    for step in (lists.look(officer, list_id), lists.confirm(officer, list_id), lists.answer(officer, list_id, [])):
        with pytest.raises(NotFound):
            await step
    newer = await lists.paste(maker, signup_id, "鈴木 参加")
    with pytest.raises(NotFound):
        await lists.look(maker, list_id)
    clock.go(seconds=(KEPT + timedelta(minutes=1)).total_seconds())
    with pytest.raises(NotFound):
        await lists.confirm(await actor(services, maker.caller.discord_user_id), newer)
    with pytest.raises(Invalid):
        await lists.paste(maker, signup_id, "\n")
    with pytest.raises(NotFound):
        await lists.begin(maker, 9_999)


async def test_an_event_is_found_by_its_code(services: Services, lists: NameListService, maker: Actor) -> None:
    event = await posted(services, maker, TEXT)
    assert await lists.of_code(maker, f" e{event.event_id} ") == event.signup_id
    with pytest.raises(NotAllowed):
        await lists.of_code(await actor(services, OTHER), f"E{event.event_id}")
    for code in ("E999", "12", ""):
        with pytest.raises(NotFound):
            await lists.of_code(maker, code)


async def test_nobody_is_entered_into_what_is_over(
    services: Services, lists: NameListService, maker: Actor, database: Database
) -> None:
    event = await posted(services, maker, TEXT)
    assert event.signup_id is not None
    list_id = await lists.paste(maker, event.signup_id, "佐藤 参加")
    await services[EventService].cancel(maker, event.event_id, "台風のため")
    people = await count(database, Person)
    with pytest.raises(Conflict):
        await lists.confirm(maker, list_id)
    assert await count(database, Person) == people
