from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import Database, fetch
from bot.deliveries.models import Urgency
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Grant
from bot.features.record_keeping.merging import MergingService
from bot.features.signups.messages import DECIDED, LAPSED, LAST_CALL, MOVED_UP, OFFERED
from bot.features.signups.models import Mode, Party, PartyMember, PartyState, QuotaKind, SignUp
from bot.features.signups.moving import ChoiceFull
from bot.features.signups.opening import cancel_signup, change_signup, open_signup, reopen, signup_of
from bot.features.signups.queries import counts, own_signups, party_of, people_of, signed_up
from bot.features.signups.service import SignUpService
from bot.features.signups.values import NewChoice, NewQuota, NewSignUp, Placed
from bot.features.tasks.service import TaskService
from tests.signups import support
from tests.signups.support import all_sent, look, opened, people, rows, said, state_of, states
from tests.support.clocks import FakeClock
from tests.support.homes import number_of
from tests.support.people import NEWCOMER, OFFICER, OTHER, actor

WAITING, ACCEPTED, OFFERED_STATE = PartyState.WAITING, PartyState.ACCEPTED, PartyState.OFFERED


@pytest.fixture
def signups(services: Services) -> SignUpService:
    return services[SignUpService]


async def full(services: Services, database: Database, by: Actor, **what: Any) -> tuple[int, list[Actor]]:
    """A sign-up with two places, and four people, of whom the first two have them."""
    signup_id = await opened(services, by, **({"limit": 2} | what))
    four = await people(services, database, 4)
    for one in four:
        await services[SignUpService].apply(one, signup_id, may_message=True)
    return signup_id, four


async def test_places_in_order_and_then_the_line(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, limit=2)
    four = await people(services, database, 4)
    placed = [await signups.apply(one, signup_id) for one in four]
    assert placed == [Placed(ACCEPTED), Placed(ACCEPTED), Placed(WAITING, 1, 1), Placed(WAITING, 2, 2)]
    async with database.reading() as connection:
        (found,) = (await counts(connection, [signup_id])).values()
        assert (found.accepted, found.offered, found.waiting, found.free) == (2, 0, 2, 0)
        mine = await party_of(connection, signup_id, four[3].person_id)
        assert mine is not None
        assert (mine.position, mine.length, mine.may_accept) == (2, 2, False)
        assert [one.position for one in await people_of(connection, signup_id)] == [None, None, 1, 2]
        (own,) = await own_signups(connection, four[2].person_id)
        assert (own.owner_kind, own.owner_id, own.state) == ("test", 1, WAITING)


async def test_nobody_is_in_it_twice_and_somebody_unknown_joins_first(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative)
    (one,) = await people(services, database, 1)
    await signups.apply(one, signup_id)
    with pytest.raises(Conflict):
        await signups.apply(one, signup_id)
    with pytest.raises(NotFound) as refused:
        await signups.apply(await actor(services, NEWCOMER), signup_id)
    assert refused.value.next_steps
    assert await states(database, signup_id) == [ACCEPTED]


async def test_somebody_who_leaves_makes_room_for_the_next_one_in_line(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signup_id, four = await full(services, database, representative)
    await signups.withdraw(four[0], signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, OFFERED_STATE, WAITING]
    (message,) = await said(database, OFFERED)
    assert message.recipient_id == four[2].caller.discord_user_id
    until = (await rows(database, signup_id))[2].offer_until
    assert until in await support.jobs(database, signup_id), "the bot looks when it ends"
    assert (await signups.accept(four[2], signup_id)).state == ACCEPTED
    assert (await signups.accept(four[2], signup_id)).state == ACCEPTED, "a second press changes nothing"
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, ACCEPTED, WAITING]


async def test_an_offer_without_an_answer_goes_to_the_next(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signup_id, four = await full(services, database, representative)
    await signups.withdraw(four[0], signup_id)
    await all_sent(database)
    clock.go(days=2)
    with pytest.raises(Conflict, match="no longer open"):
        await signups.accept(four[2], signup_id)
    await look(services, signup_id)
    await look(services, signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, "expired", OFFERED_STATE]
    with pytest.raises(Conflict, match="no longer open"):
        await signups.accept(four[2], signup_id)
    await signups.refuse(four[3], signup_id)
    assert (await signups.apply(four[2], signup_id)).state == ACCEPTED, "they may come back"


async def test_a_refused_offer_goes_to_the_next_at_once(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, four = await full(services, database, representative)
    await signups.withdraw(four[0], signup_id)
    await signups.refuse(four[2], signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, "refused", OFFERED_STATE]
    with pytest.raises(Conflict, match="no longer open"):
        await signups.refuse(four[2], signup_id)


async def test_an_offer_that_could_not_be_said_passes_on_and_keeps_the_place(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signup_id, four = await full(services, database, representative)
    await signups.allow_messages(four[2], signup_id, yes=False)
    await signups.withdraw(four[0], signup_id)
    assert await said(database, OFFERED) == []
    (task,) = await services[TaskService].mine(representative)
    assert task.title_ja == "症例勉強会"
    clock.go(days=2)
    await look(services, signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, WAITING, OFFERED_STATE]
    async with database.reading() as connection:
        mine = await party_of(connection, signup_id, four[2].person_id)
    assert mine is not None
    assert (mine.position, mine.length) == (1, 1)
    await signups.withdraw(four[1], signup_id)
    assert await states(database, signup_id) == ["withdrawn", "withdrawn", OFFERED_STATE, OFFERED_STATE]
    await signups.told(representative, signup_id)
    assert await services[TaskService].mine(representative) == []
    clock.go(days=2)
    await look(services, signup_id)
    assert (await states(database, signup_id))[2] == "expired", "they were told in person"


async def test_at_night_an_offer_waits_for_the_morning_unless_it_begins_soon(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    night = datetime(2026, 11, 21, 16, tzinfo=UTC)  # 1:00 in Tokyo
    later = await full(services, database, representative, begins_at=night + timedelta(days=9))
    soon = await opened(services, representative, 2, limit=1, begins_at=night + timedelta(hours=20))
    for one in later[1][:2]:
        await signups.apply(one, soon, may_message=True)
    clock.go(hours=6)
    await signups.withdraw(later[1][0], later[0])
    await signups.withdraw(later[1][0], soon)
    waits, at_once = await said(database, OFFERED)
    assert waits.due_at == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert (await rows(database, later[0]))[2].offer_until == waits.due_at + timedelta(hours=24)
    assert (at_once.urgency, at_once.due_at < waits.due_at) == (Urgency.URGENT, True)
    assert (await rows(database, soon))[1].offer_until == night + timedelta(hours=14), "the last call"


async def test_at_the_last_call_the_first_who_accept_win(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    begins_at = clock.last + timedelta(days=2)
    signup_id, four = await full(services, database, representative, begins_at=begins_at)
    with pytest.raises(Conflict):
        await signups.accept(four[2], signup_id)
    clock.go(hours=43)
    await signups.withdraw(four[0], signup_id)
    await look(services, signup_id)
    assert {row.recipient_id for row in await said(database, LAST_CALL)} == {
        one.caller.discord_user_id for one in four[2:]
    }
    assert (await signups.accept(four[3], signup_id)).state == ACCEPTED
    with pytest.raises(Conflict, match="faster"):
        await signups.accept(four[2], signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, WAITING, ACCEPTED]
    clock.go(hours=6)
    await look(services, signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, "lapsed", ACCEPTED]
    assert await state_of(database, signup_id) == "closed"
    assert [row.recipient_id for row in await said(database, LAPSED)] == [four[2].caller.discord_user_id]
    with pytest.raises(Conflict, match="over"):
        await signups.apply((await people(services, database, 1, first=50))[0], signup_id)


async def test_a_raised_limit_is_offered_at_once_and_a_lower_one_removes_nobody(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, four = await full(services, database, representative)
    await signups.set_limit(representative, signup_id, 4)
    assert await states(database, signup_id) == [ACCEPTED, ACCEPTED, OFFERED_STATE, OFFERED_STATE]
    await signups.set_limit(representative, signup_id, 1)
    assert (await signups.accept(four[2], signup_id)).state == ACCEPTED, "an offer is kept"
    await signups.withdraw(four[0], signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, ACCEPTED, OFFERED_STATE]
    with pytest.raises(Invalid):
        await signups.hold_seats(representative, signup_id, 2)
    with pytest.raises(Invalid):
        await signups.set_limit(representative, signup_id, -1)


async def test_seats_that_are_kept_back_come_free(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, _ = await full(services, database, representative, limit=3, held=2)
    assert await states(database, signup_id) == [ACCEPTED, WAITING, WAITING, WAITING]
    await signups.hold_seats(representative, signup_id, 1)
    assert await states(database, signup_id) == [ACCEPTED, OFFERED_STATE, WAITING, WAITING]


async def test_over_the_limit_is_said_listed_and_counted(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, four = await full(services, database, representative)
    assert await signups.accept_over(representative, await support.party_of(database, signup_id, four[3]))
    assert await states(database, signup_id) == [ACCEPTED, ACCEPTED, WAITING, ACCEPTED]
    async with database.reading() as connection:
        (found,) = (await counts(connection, [signup_id])).values()
    assert (found.accepted, found.over, found.free) == (3, 1, 0)
    assert [one.is_over for one in (await signups.board(representative, signup_id)).people] == [
        False, False, False, True,
    ]  # fmt: skip
    assert len(await said(database, MOVED_UP)) == 1
    await signups.withdraw(four[0], signup_id)
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, WAITING, ACCEPTED], "no place is free yet"


async def test_answers_and_groups_have_limits_of_their_own(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    until = clock.last + timedelta(days=1)
    first_years = NewQuota(QuotaKind.RESERVED, 1, first_year=1, last_year=1, until=until)
    rooms = (NewChoice("和室", "Tatami", 1), NewChoice("洋室", "Beds"))
    signup_id = await opened(services, representative, limit=3, choices=rooms, quotas=[first_years])
    own = await signups.own(representative, signup_id)
    tatami, beds = (one.choice_id for one in own.choices)
    five = await people(services, database, 5, years=[3, 3, 3, 1, 3])
    with pytest.raises(Invalid):
        await signups.apply(five[0], signup_id)
    assert (await signups.apply(five[0], signup_id, tatami)).state == ACCEPTED
    assert (await signups.apply(five[1], signup_id, tatami)).state == WAITING, "the room is full"
    assert (await signups.apply(five[2], signup_id, beds)).state == ACCEPTED
    assert (await signups.apply(five[4], signup_id, beds)).state == WAITING, "the last seat is kept for a first-year"
    clock.go(days=2)
    await look(services, signup_id)
    assert await states(database, signup_id) == [ACCEPTED, WAITING, ACCEPTED, OFFERED_STATE], "the day is over"
    assert until in await support.jobs(database, signup_id)


async def test_at_most_so_many_of_each_lc(
    signups: SignUpService, services: Services, database: Database, representative: Actor, lc: int
) -> None:
    from tests.support.people import appoint_to

    signup_id = await opened(services, representative, quotas=[NewQuota(QuotaKind.PER_LC, 1)])
    four = await people(services, database, 4)
    for one in four[:2]:
        await appoint_to(services, one.caller.discord_user_id, "lc_member", lc)
    assert [(await signups.apply(one, signup_id)).state for one in four] == [ACCEPTED, WAITING, ACCEPTED, ACCEPTED]


async def test_a_team_is_placed_when_all_have_agreed_and_passed_over_where_it_does_not_fit(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, limit=2)
    four = await people(services, database, 4)
    ids = [one.person_id or 0 for one in four]
    assert (await signups.apply(four[0], signup_id, with_people=ids[:2])).state == PartyState.APPLIED
    assert (await signups.apply(four[2], signup_id)).state == ACCEPTED
    party = (await rows(database, signup_id))[0].id
    with pytest.raises(NotFound):
        await signups.answer_invitation(four[3], party, agrees=True)
    assert await signups.answer_invitation(four[1], party, agrees=True) == Placed(WAITING, 1, 1)
    for one in four[:2]:
        await signups.allow_messages(one, signup_id, True)
    assert (await signups.apply(four[3], signup_id)).state == ACCEPTED, "it fits, and the team doesn't"
    await signups.withdraw(four[2], signup_id)
    assert await states(database, signup_id) == [WAITING, "withdrawn", ACCEPTED]
    await signups.leave(four[1], signup_id)
    assert await states(database, signup_id) == [OFFERED_STATE, "withdrawn", ACCEPTED]
    async with database.reading() as connection:
        assert await party_of(connection, signup_id, four[1].person_id) is None
    told = [one.recipient_id for one in await said(database, OFFERED)]
    assert told == [four[0].caller.discord_user_id], "not somebody who left before"


async def test_with_approval_the_organiser_says_yes_first(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, four = await full(services, database, representative, mode=Mode.APPROVAL)
    assert await states(database, signup_id) == ["applied"] * 4
    assert len(await services[TaskService].mine(representative)) == 1
    parties = [row.id for row in await rows(database, signup_id)]
    stranger = await actor(services, OTHER)
    for call in (signups.approve(stranger, parties[0]), signups.decline(stranger, parties[0])):
        with pytest.raises(NotAllowed):
            await call
    assert [(await signups.approve(representative, one)).state for one in parties[:3]] == [ACCEPTED, ACCEPTED, WAITING]
    await signups.decline(representative, parties[3], "今回は1年生だけです")
    assert await services[TaskService].mine(representative) == []
    with pytest.raises(Conflict):
        await signups.approve(representative, parties[3])
    await signups.remove(representative, parties[0], "連絡がつかない")
    assert await states(database, signup_id) == ["removed", ACCEPTED, OFFERED_STATE, "declined"]
    assert len(await said(database, DECIDED)) == 2
    async with database.reading() as connection:
        mine = await party_of(connection, signup_id, four[0].person_id)
    assert mine is not None
    assert (mine.state, mine.reason) == (PartyState.REMOVED, "連絡がつかない")


async def test_of_ranked_choices_a_better_one_releases_a_worse_one(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    best, second = [
        await opened(services, representative, number, limit=1, rank_group="trips") for number in (1, 2)
    ]  # fmt: skip
    one, two, three = await people(services, database, 3)
    await signups.apply(one, best, rank=1)
    await signups.apply(two, best, rank=1)
    await signups.apply(two, second, rank=2)
    await signups.apply(three, second, rank=1)
    with pytest.raises(Conflict, match="higher"):
        await signups.apply(one, second, rank=2)
    await signups.withdraw(one, best)
    await signups.accept(two, best)
    assert await states(database, best) == ["withdrawn", ACCEPTED]
    assert await states(database, second) == ["withdrawn", OFFERED_STATE], "and the next is asked"


async def test_somebody_put_in_charge_by_name_organises_this_one_alone(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    mine, other = [await opened(services, representative, number) for number in (1, 2)]
    (student,) = await people(services, database, 1)
    with pytest.raises(NotAllowed):
        await signups.board(student, mine)
    grant = {"right": "organise", "subject_kind": "test", "subject_id": 1, "starts_on": representative.today}
    async with database.writing() as session:
        session.add(Grant(organisation_id=1, person_id=student.person_id, created_at=support.after(services), **grant))
    student = await actor(services, student.caller.discord_user_id)
    assert (await signups.board(student, mine)).people == []
    await signups.set_limit(student, mine, 5)
    with pytest.raises(NotAllowed):
        await signups.board(student, other)


async def test_a_sign_up_that_is_over_for_a_day_is_no_longer_listed(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    begins_at = clock.last + timedelta(days=2)
    signup_id = await opened(services, representative, begins_at=begins_at)
    (one,) = await people(services, database, 1)
    await signups.apply(one, signup_id)
    for hours, listed in ((0, 1), (60, 1), (24, 0)):
        clock.go(hours=hours)
        assert len(await signups.mine(one)) == listed
        assert await number_of(services, one, signed_up) == listed


async def test_a_full_one_without_a_line_is_full(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, limit=1, has_line=False)
    first, second = await people(services, database, 2)
    await signups.apply(first, signup_id)
    with pytest.raises(Conflict, match="All places are taken"):
        await signups.apply(second, signup_id)
    assert await states(database, signup_id) == [ACCEPTED]
    await signups.withdraw(first, signup_id)
    assert (await signups.apply(second, signup_id)).state == ACCEPTED


async def test_people_without_an_account_are_entered(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    from bot.features.institutions.entering import EnteringService
    from bot.features.institutions.rules import PersonDraft

    signup_id = await opened(services, representative, limit=1)
    draft = PersonDraft("見本 外部", "", "見本病院", "本人の承諾")
    entered = await services[EnteringService].enter(representative, draft, representative.lc_ids[0])
    assert (await signups.enter(representative, signup_id, entered)).state == ACCEPTED
    (one,) = await people(services, database, 1)
    with pytest.raises(Conflict):
        await signups.enter(representative, signup_id, one.person_id or 0)
    with pytest.raises(NotAllowed):
        await signups.enter(one, signup_id, entered)
    (line,) = (await signups.board(representative, signup_id)).people
    assert (line.name, line.has_account) == ("見本 外部", False)


async def test_forgetting_somebody_frees_the_seat(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id, four = await full(services, database, representative)
    await services[MyDataService].delete(four[0])
    assert await states(database, signup_id) == ["withdrawn", ACCEPTED, OFFERED_STATE, WAITING]
    async with database.reading() as connection:
        nobody = select(func.count()).where(PartyMember.person_id.is_(None))
        assert await connection.scalar(nobody) == 1


async def test_a_sign_up_that_has_begun_counts_a_forgotten_person(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signup_id, four = await full(services, database, representative, begins_at=clock.last + timedelta(days=2))
    clock.go(days=3)
    await look(services, signup_id)
    await services[MyDataService].delete(four[0])
    async with database.reading() as connection:
        (found,) = (await counts(connection, [signup_id])).values()
    assert found.accepted == 2


async def test_of_two_records_of_one_person_the_further_party_stays(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, limit=1)
    kept, gone, other = await people(services, database, 3)
    for one in (gone, kept, other):
        await signups.apply(one, signup_id)
    merging, officer = services[MergingService], await actor(services, OFFICER)
    ids = (kept.person_id or 0, gone.person_id or 0)
    await merging.merge(officer, *ids, (await merging.preview(officer, *ids)).token)
    assert await states(database, signup_id) == [ACCEPTED, "withdrawn", WAITING]
    async with database.reading() as connection:
        mine = await party_of(connection, signup_id, kept.person_id)
        assert mine is not None
        assert mine.state == ACCEPTED
        theirs = select(func.count()).where(PartyMember.person_id == kept.person_id)
        assert await connection.scalar(theirs) == 2, "what ended stays in the record"


async def test_its_owner_changes_cancels_and_opens_it_again(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    signup_id, four = await full(services, database, representative, begins_at=clock.last + timedelta(days=9))
    await signups.withdraw(four[0], signup_id)
    sooner = clock.last + timedelta(hours=18)
    async with change_by(signups, representative) as change:
        signup = await signup_of(change, "test", 1)
        assert signup is not None
        await change_signup(change, signup, begins_at=sooner, title_ja="勉強会")
    assert (await rows(database, signup_id))[2].offer_until == sooner - timedelta(hours=6)
    assert sooner in await support.jobs(database, signup_id)
    async with change_by(signups, representative) as change:
        signup = await signup_of(change, "test", 1)
        assert signup is not None
        told = await cancel_signup(change, signup)
    assert [(one.person_id, one.was) for one in told] == [
        (four[1].person_id, ACCEPTED), (four[2].person_id, OFFERED_STATE), (four[3].person_id, WAITING),
    ]  # fmt: skip
    assert all(one.recipient is not None for one in told)
    with pytest.raises(Conflict):
        await signups.accept(four[2], signup_id)
    async with change_by(signups, representative) as change:
        signup = await signup_of(change, "test", 1)
        assert signup is not None
        await reopen(change, signup)
    assert (await signups.apply(four[2], signup_id)).state == ACCEPTED


async def test_times_that_contradict_each_other_are_refused(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    now = clock.last
    wrong: list[dict[str, Any]] = [
        {"closes_at": now + timedelta(days=3), "begins_at": now + timedelta(days=2)},
        {"opens_at": now + timedelta(days=3), "begins_at": now + timedelta(days=2)},
        {"limit": 3, "held": 4},
        {"offer_hours": 0},
    ]
    for number, what in enumerate(wrong):
        with pytest.raises(Invalid):
            await opened(services, representative, number, **what)
    signup_id = await opened(services, representative, 9, opens_at=now + timedelta(days=1))
    (one,) = await people(services, database, 1)
    with pytest.raises(Conflict, match="sign up from"):
        await signups.apply(one, signup_id)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(SignUp)) == 1


async def test_people_who_said_yes_are_written_to_and_others_as_they_usually_want(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, limit=1)
    (one,) = await people(services, database, 1)
    (quiet,) = await people(services, database, 1, contact=Contact.NOT, first=10)
    (refused,) = await people(services, database, 1, first=20)
    (said_yes,) = await people(services, database, 1, contact=Contact.NOT, first=30)
    (usual,) = await people(services, database, 1, first=40)
    await signups.apply(one, signup_id, may_message=True)
    await signups.apply(quiet, signup_id)
    await signups.apply(refused, signup_id, may_message=False)
    await signups.apply(said_yes, signup_id, may_message=True)
    await signups.apply(usual, signup_id)
    await signups.set_limit(representative, signup_id, None)
    assert await states(database, signup_id) == [ACCEPTED, *[OFFERED_STATE] * 4]
    told = [one.recipient_id for one in await said(database, OFFERED)]
    assert told == [said_yes.caller.discord_user_id, usual.caller.discord_user_id]


async def test_one_open_sign_up_for_each_owner(
    signups: SignUpService, services: Services, representative: Actor, database: Database
) -> None:
    await opened(services, representative)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with change_by(signups, representative) as change:
            await open_signup(change, NewSignUp("test", 1, "links:list", "二つめ", ""))
    async with database.reading() as connection:
        assert len(await fetch(connection, select(Party.id))) == 0


async def test_nobody_is_brought_along_into_what_is_for_the_members_of_an_lc(
    services: Services, database: Database, representative: Actor
) -> None:
    signups = services[SignUpService]
    signup_id = await opened(services, representative, for_lc_only=True)
    (student,) = await people(services, database, 1)
    assert student.person_id is not None
    await signups.apply(representative, signup_id, with_people=[student.person_id])
    party = (await signups.own(representative, signup_id)).party
    assert party is not None
    with pytest.raises(NotAllowed):
        await signups.answer_invitation(student, party.party_id, agrees=True)
    await signups.answer_invitation(student, party.party_id, agrees=False)


HALL, ONLINE = NewChoice("会場", "Hall", 1), NewChoice("オンライン", "Online")


async def chosen(services: Services, signup_id: int, by: Actor) -> tuple[int, int]:
    """The numbers of the hall and of online."""
    hall, online = (await services[SignUpService].own(by, signup_id)).choices
    return hall.choice_id, online.choice_id


async def test_somebody_with_a_place_takes_part_in_another_way(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    """The total is full: it doesn't grow by that."""
    signup_id = await opened(services, representative, limit=2, choices=[HALL, ONLINE])
    first, second, third = await people(services, database, 3)
    hall, online = await chosen(services, signup_id, first)
    await signups.apply(first, signup_id, hall)
    await signups.apply(second, signup_id, online)
    assert (await signups.apply(third, signup_id, hall)).state is WAITING
    with pytest.raises(ChoiceFull):
        await signups.move(second, signup_id, hall)
    assert [one.taken for one in (await signups.own(first, signup_id)).choices] == [1, 1]
    assert await signups.move(first, signup_id, online) == Placed(ACCEPTED)
    assert await signups.move(first, signup_id, online) == Placed(ACCEPTED)
    assert await signups.move(second, signup_id, hall) == Placed(ACCEPTED)
    assert [one.taken for one in (await signups.own(first, signup_id)).choices] == [1, 1]
    with pytest.raises(Conflict):  # who waits has no place to move
        await signups.move(third, signup_id, online)


async def test_a_seat_that_somebody_moved_from_is_offered_to_the_line(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, choices=[HALL, ONLINE])
    first, second = await people(services, database, 2)
    hall, online = await chosen(services, signup_id, first)
    await signups.apply(first, signup_id, hall)
    await signups.apply(second, signup_id, hall)
    await signups.move(first, signup_id, online)
    assert list(await states(database, signup_id)) == [ACCEPTED, OFFERED_STATE]
    with pytest.raises(ChoiceFull):
        await signups.move(first, signup_id, hall)
    with pytest.raises(Invalid):
        await signups.move(first, signup_id, hall + online + 1)


async def test_whoever_waits_for_a_full_way_gives_up_their_place(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, choices=[HALL, NewChoice("オンライン", "Online", 1)])
    first, second, third = await people(services, database, 3)
    hall, online = await chosen(services, signup_id, first)
    await signups.apply(first, signup_id, hall, may_message=True)
    await signups.apply(second, signup_id, online, may_message=True)
    await signups.apply(third, signup_id, online, may_message=True)
    assert await signups.move(second, signup_id, hall, waits=True) == Placed(WAITING, 1, 1)
    async with database.reading() as connection:
        mine = await party_of(connection, signup_id, second.person_id)
        theirs = await party_of(connection, signup_id, third.person_id)
    assert mine is not None
    assert (mine.choice_id, mine.may_message) == (hall, True)
    assert theirs is not None
    assert theirs.state is OFFERED_STATE  # the place online is theirs to take


async def test_of_many_who_move_at_once_as_many_do_as_fit(
    signups: SignUpService, services: Services, database: Database, representative: Actor
) -> None:
    signup_id = await opened(services, representative, choices=[NewChoice("会場", "Hall", 2), ONLINE])
    crowd = await people(services, database, 6)
    hall, online = await chosen(services, signup_id, crowd[0])
    for one in crowd:
        await signups.apply(one, signup_id, online)
    done = await asyncio.gather(*(signups.move(one, signup_id, hall) for one in crowd), return_exceptions=True)
    assert sum(isinstance(one, Placed) for one in done) == 2
    assert sum(isinstance(one, ChoiceFull) for one in done) == 4
    assert [one.taken for one in (await signups.own(crowd[0], signup_id)).choices] == [2, 4]


async def test_nobody_moves_once_sign_up_is_over_or_out_of_a_party(
    signups: SignUpService, services: Services, database: Database, representative: Actor, clock: FakeClock
) -> None:
    closes = clock.now() + timedelta(hours=1)
    signup_id = await opened(services, representative, choices=[HALL, ONLINE], closes_at=closes)
    first, second, third = await people(services, database, 3)
    hall, online = await chosen(services, signup_id, first)
    await signups.apply(first, signup_id, online, [second.person_id or 0])
    async with database.reading() as connection:
        party = await party_of(connection, signup_id, first.person_id)
    assert party is not None
    await signups.answer_invitation(second, party.party_id, agrees=True)
    with pytest.raises(Conflict, match="together"):
        await signups.move(first, signup_id, hall)
    await signups.apply(third, signup_id, online)
    clock.go(hours=2)
    with pytest.raises(Conflict, match="over"):
        await signups.move(third, signup_id, hall)
