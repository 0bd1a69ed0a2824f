"""What an address lets people do, and what it doesn't."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import Database, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.events.answers import AnswerService
from bot.features.events.choices import ChoicesDraft, ChoiceService
from bot.features.events.models import AnswerKind, EventAnswer, EventState
from bot.features.events.question_rules import QuestionDraft, QuestionsChanged
from bot.features.events.questions import QuestionService
from bot.features.events.service import EventService
from bot.features.guests.inviting import InvitingService
from bot.features.guests.lists import NameListService
from bot.features.guests.models import GuestAddress
from bot.features.guests.rules import KEPT_FOR, SameName
from bot.features.guests.service import GuestService
from bot.features.institutions.entering import EnteringService
from bot.features.institutions.models import EnteredPerson
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.record_keeping.merging import MergingService
from bot.features.signups.models import PartyMember, PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.watching import SignUpWatch
from bot.features.tasks.service import TaskService
from tests.guests.support import TEXT, enter, look, opened, shared
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, actor


def until(clock: FakeClock, at: datetime) -> None:
    clock.go(seconds=(at - clock.last).total_seconds())


async def count(database: Database, table: Any) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def board(services: Services, maker: Actor, signup_id: int | None) -> list[tuple[str, str]]:
    assert signup_id is not None
    found = await services[SignUpService].board(await actor(services, maker.caller.discord_user_id), signup_id)
    return [(one.name, one.state.value) for one in found.people]


async def test_looking_shows_the_event_and_nobodys_name_and_changes_nothing(
    services: Services, database: Database, representative: Actor
) -> None:
    _, token = await opened(services, representative)
    await enter(services, token, "札幌 四郎", "札幌医科大学")
    people = await count(database, Person)
    shown = await look(services, token)
    assert (shown.event.title_ja, shown.event.link, shown.name, shown.is_open) == ("症例勉強会", "", "", True)
    assert shown.event.counts is not None
    assert shown.event.counts.accepted == 1
    assert "札幌" not in repr(shown)
    assert await count(database, Person) == people


async def test_full_then_a_line_an_offer_and_a_place_by_addresses_alone(
    services: Services, database: Database, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    first, second, third = [await enter(services, token, name) for name in ("一 郎", "二 郎", "三 郎")]
    assert len({token, first, second, third}) == 4
    shown = await look(services, first)
    assert shown.event.mine is not None
    assert (shown.event.mine.state, shown.event.link) == (PartyState.ACCEPTED, "https://us02web.zoom.us/j/123")
    waits = await look(services, third)
    assert waits.event.mine is not None
    assert (waits.event.mine.state, waits.event.mine.position, waits.event.link) == (PartyState.WAITING, 1, "")
    await services[GuestService].leave(second)
    left = await look(services, second)
    assert left.event.mine is not None
    assert (left.event.mine.state, left.event.link) == (PartyState.WITHDRAWN, "")
    offered = await look(services, third)
    assert offered.event.mine is not None
    assert (offered.event.mine.state, offered.event.mine.may_accept, offered.event.link) == (
        PartyState.OFFERED, True, "",
    )  # fmt: skip
    mine = await actor(services, representative.caller.discord_user_id)
    (task,) = await services[TaskService].mine(mine)
    assert "症例勉強会" in task.title_ja, "the organiser has to tell them, as the bot can't"
    await services[GuestService].accept(third)
    assert (await look(services, third)).event.link
    assert await board(services, representative, event.signup_id) == [("一 郎", "accepted"), ("三 郎", "accepted")]
    await services[GuestService].again(second)
    again = await look(services, second)
    assert again.event.mine is not None
    assert again.event.mine.state is PartyState.WAITING


async def test_an_offer_is_passed_on_and_one_too_late_says_so(
    services: Services, representative: Actor, clock: FakeClock
) -> None:
    event, token = await opened(services, representative, TEXT.replace("2名", "1名"))
    first, second, third = [await enter(services, token, name) for name in ("一 郎", "二 郎", "三 郎")]
    await services[GuestService].leave(first)
    await services[GuestService].refuse(second)
    offered = (await look(services, third)).event.mine
    assert offered is not None
    assert offered.offer_until is not None
    clock.go(days=3)
    assert event.signup_id is not None
    await services[SignUpWatch].look(event.signup_id)
    mine = (await look(services, third)).event.mine
    assert mine is not None
    assert mine.state is not PartyState.ACCEPTED
    if mine.state is PartyState.OFFERED:
        await services[GuestService].refuse(third)
    for late in (second, first):
        with pytest.raises(Conflict):
            await services[GuestService].accept(late)


async def test_the_same_name_is_asked_about_and_the_same_form_is_once(
    services: Services, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    own = await enter(services, token, "佐藤 花子", once="A" * 43)
    assert await enter(services, token, "佐藤　花子", once="A" * 43) == own, "sent twice"
    with pytest.raises(SameName):
        await enter(services, token, "ｻﾄｳ 花子".replace("ｻﾄｳ", "佐藤"), once="B" * 43)
    other = await enter(services, token, "佐藤 花子", once="B" * 43, is_another=True)
    assert other != own
    friend = await enter(services, token, "鈴木 一", once="A" * 43)
    assert friend not in (own, other), "another name in the same form is somebody else"
    assert len(await board(services, representative, event.signup_id)) == 3


async def test_what_cannot_be_a_name_leaves_nothing(
    services: Services, database: Database, representative: Actor
) -> None:
    _, token = await opened(services, representative)
    before = await count(database, Person)
    for name, school in (("", ""), ("@everyone", ""), ("あ" * 101, ""), ("佐藤", "い" * 101)):
        with pytest.raises(Invalid):
            await enter(services, token, name, school)
    assert await count(database, Person) == before
    assert await count(database, GuestAddress) == 1


async def test_officers_see_where_a_record_comes_from(
    services: Services, database: Database, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    await enter(services, token, "札幌 四郎", "札幌医科大学")
    officer = await actor(services, representative.caller.discord_user_id)
    (entry,) = await services[EnteringService].found(officer, event.lc_id)
    assert (entry.name, entry.affiliation, entry.entered_by) == ("札幌 四郎", "札幌医科大学", "")
    assert "症例勉強会" in entry.source
    async with database.reading() as connection:
        noted = await fetch(connection, select(AuditEntry.action, AuditEntry.actor_discord_id))
    assert 0 not in [row.actor_discord_id for row in noted], "nothing that people do for themselves is noted"


async def test_somebody_changes_their_name_and_deletes_themselves(
    services: Services, database: Database, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    own = await enter(services, token, "札幌 四郎")
    await services[GuestService].rename(own, "札幌 五郎")
    with pytest.raises(Invalid):
        await services[GuestService].rename(own, "@everyone")
    assert await board(services, representative, event.signup_id) == [("札幌 五郎", "accepted")]
    await services[GuestService].forget(own)
    assert await services[GuestService].look(own) is None
    assert await board(services, representative, event.signup_id) == []
    assert await count(database, EnteredPerson) == 0
    assert await count(database, GuestAddress) == 1


async def test_an_address_ends_with_a_word_of_the_organiser_or_after_the_event(
    services: Services, representative: Actor, clock: FakeClock
) -> None:
    event, token = await opened(services, representative)
    another = await shared(services, representative, event.event_id)
    own = await enter(services, another, "札幌 四郎")
    await services[InvitingService].end(representative, event.event_id)
    for ended in (token, another):
        assert await services[GuestService].look(ended) is None
        with pytest.raises(NotFound):
            await enter(services, ended, "遅れ 太郎")
    newest = await shared(services, representative, event.event_id)
    assert (await look(services, newest)).is_open
    assert (await look(services, own)).event.link, "personal ones stay"
    assert event.ends_at is not None
    until(clock, event.ends_at + timedelta(minutes=1))
    assert not (await look(services, newest)).is_open
    with pytest.raises(Conflict):
        await enter(services, newest, "遅れ 太郎")
    until(clock, event.ends_at + KEPT_FOR + timedelta(minutes=1))
    assert await services[GuestService].look(own) is None
    assert await services[GuestService].look(newest) is None
    with pytest.raises(Conflict):
        await services[InvitingService].text(
            await actor(services, representative.caller.discord_user_id), event.event_id, is_public=True
        )


async def test_a_cancelled_event_says_so_and_takes_nobody(services: Services, representative: Actor) -> None:
    event, token = await opened(services, representative)
    own = await enter(services, token, "札幌 四郎")
    await services[EventService].cancel(representative, event.event_id, "台風のため")
    shown = await look(services, own)
    assert (shown.event.state, shown.event.reason, shown.event.link) == (EventState.CANCELLED, "台風のため", "")
    for again in (enter(services, token, "遅れ 太郎"), services[GuestService].again(own)):
        with pytest.raises(Conflict):
            await again


async def test_required_questions_are_answered_with_the_place(
    services: Services, database: Database, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    asking, guests = services[QuestionService], services[GuestService]
    drafts = (
        QuestionDraft("学年", "Year", AnswerKind.CHOICE, ("1年", "2年"), is_required=True),
        QuestionDraft("一言", "A word", AnswerKind.LONG),
        QuestionDraft("食べられないもの", "Food", AnswerKind.SEVERAL, ("卵", "そば")),
    )
    year, word, food = [await asking.add(representative, event.event_id, draft) for draft in drafts]
    before = await count(database, Person)
    for given in ({}, {word: ["こんにちは"]}, {year: ["9年"]}):
        with pytest.raises(QuestionsChanged):
            await enter(services, token, "札幌 四郎", given=given)
    assert await count(database, Person) == before, "nothing is kept"
    own = await enter(services, token, "札幌 四郎", given={year: ["2年"], word: ["二行\nです"], food: ["卵"]})
    assert (await look(services, own)).given == {year: ["2年"], word: ["二行\nです"], food: ["卵"]}
    assert (await look(services, token)).given == {}
    await guests.answer(own, {year: ["1年"], food: []})
    assert (await look(services, own)).given == {year: ["1年"], word: ["二行\nです"], food: []}
    with pytest.raises(QuestionsChanged):
        await guests.answer(own, {year: []})
    maker = await actor(services, representative.caller.discord_user_id)
    replies = await services[AnswerService].replies(maker, event.event_id)
    assert replies.people is not None
    assert [(one.name, given[year]) for one, given in replies.people] == [("札幌 四郎", ["1年"])]
    await guests.leave(own)
    with pytest.raises(Conflict):
        await guests.answer(own, {year: ["2年"]})
    await guests.again(own, given={year: ["2年"]})
    await guests.forget(own)
    assert await count(database, EventAnswer) == 0


async def test_a_shared_address_is_nobodys_own(services: Services, representative: Actor) -> None:
    _, token = await opened(services, representative)
    guests = services[GuestService]
    for step in (guests.accept, guests.refuse, guests.leave, guests.forget, guests.again):
        with pytest.raises(NotFound):
            await step(token)
    own = await enter(services, token, "札幌 四郎")
    with pytest.raises(NotFound):
        await enter(services, own, "遅れ 太郎")


async def test_somebody_who_joins_later_keeps_their_place(
    services: Services, database: Database, representative: Actor
) -> None:
    event, token = await opened(services, representative)
    own = await enter(services, token, "札幌 四郎")
    joined = await join(services, NEWCOMER, "札幌 四郎", school="札幌医科大学")
    async with database.reading() as connection:
        guest = await connection.scalar(select(GuestAddress.person_id).where(GuestAddress.person_id.is_not(None)))
    assert joined.person_id is not None
    assert guest is not None
    officer, merging = await actor(services, OFFICER), services[MergingService]
    preview = await merging.preview(officer, joined.person_id, guest)
    await merging.merge(officer, joined.person_id, guest, preview.token)
    seen = await services[EventService].event(await actor(services, NEWCOMER), event.event_id)
    assert seen.mine is not None
    assert seen.mine.state is PartyState.ACCEPTED
    shown = await look(services, own)
    assert not shown.may_change, "their name is their account's now"
    for step in (services[GuestService].rename(own, "別人"), services[GuestService].forget(own)):
        with pytest.raises(NotFound):
            await step
    await services[GuestService].leave(own)
    assert await board(services, representative, event.signup_id) == []


async def test_a_lost_address_is_made_anew_by_an_organiser(
    services: Services, database: Database, representative: Actor
) -> None:
    _, token = await opened(services, representative)
    own = await enter(services, token, "札幌 四郎")
    async with database.reading() as connection:
        party_id = await connection.scalar(select(PartyMember.party_id))
    assert party_id is not None
    with pytest.raises(NotAllowed):
        await services[InvitingService].personal(await actor(services, OTHER), party_id)
    made = await services[InvitingService].personal(representative, party_id)
    new = made.token
    assert await services[GuestService].look(own) is None
    assert (await look(services, new)).name == "札幌 四郎"
    assert (await look(services, token)).is_shared, "the shared one stays"


async def test_texts_tell_what_changed_until_it_is_sent(services: Services, representative: Actor) -> None:
    event, _ = await opened(services, representative)
    inviting, events = services[InvitingService], services[EventService]
    assert (await inviting.text(representative, event.event_id, is_public=False)).token is None
    for place, link in (("本館", ""), ("別館", "https://us02web.zoom.us/j/999")):
        now = await events.event(representative, event.event_id)
        await events.edit(representative, event.event_id, now.version, place=place, link=link)
    found = await inviting.text(representative, event.event_id, is_public=True)
    assert found.before == {"place": event.place, "link": ""}
    assert found.event.place == "別館"
    await inviting.sent(representative, event.event_id)
    assert (await inviting.text(representative, event.event_id, is_public=True)).before == {}


async def test_where_there_are_several_ways_one_is_chosen(services: Services, representative: Actor) -> None:
    event, token = await opened(services, representative)
    await services[ChoiceService].set(representative, event.event_id, ChoicesDraft("会場: 1\nオンライン"))
    hall, online = [one.choice_id for one in (await look(services, token)).event.choices]
    for choice_id in (None, 9_999):
        with pytest.raises(Invalid):
            await enter(services, token, "札幌 四郎", choice_id=choice_id)
    await enter(services, token, "札幌 四郎", choice_id=hall)
    waits = await enter(services, token, "鈴木 一", choice_id=hall)
    mine = (await look(services, waits)).event.mine
    assert mine is not None
    assert mine.state is PartyState.WAITING
    await services[GuestService].leave(waits)
    await services[GuestService].again(waits, online)
    mine = (await look(services, waits)).event.mine
    assert mine is not None
    assert (mine.state, mine.choice_id) == (PartyState.ACCEPTED, online)
    assert event.signup_id is not None
    with pytest.raises(Conflict):
        await services[NameListService].paste(representative, event.signup_id, "佐藤 参加")
