from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Base, Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members import rules
from bot.features.members.arrivals import ArrivalService
from bot.features.members.confirming import ASK_JOB, DECIDED, TO_CONFIRM, TO_CONFIRM_ABOVE, UNTOLD, ConfirmingService
from bot.features.members.greetings import GREETING
from bot.features.members.models import Arrival, Contact, Kind, LcAnswer, LcClaim, Profile, Visibility
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Preference, Term
from bot.features.people.rules import fiscal_year
from bot.features.posts.service import PostService
from bot.features.requests.models import RequestState
from bot.features.setups.service import SetupService
from tests.support.clocks import FakeClock
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, actor, appoint_to, caller, found_organisation

LEADER = 2_200_000_000_000_000_090
HOME_CHANNEL = 3_300_000_000_000_000_001


@pytest.fixture(autouse=True)
async def organisation(services: Services) -> int:
    linked = await found_organisation(services)
    admin = caller(ADMIN, manages=True)
    await services[SetupService].note_part(admin, linked.server_id, "channel:home", HOME_CHANNEL)
    return linked.organisation_id


async def rows(database: Database, table: type[Base]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def deliveries(database: Database, kind: str) -> list[Any]:
    return [row for row in await rows(database, Delivery) if row.kind == kind]


async def consent(services: Services, user: int = STUDENT) -> Actor:
    """Somebody who has agreed and said nothing else."""
    assert await services[MemberService].consent(await actor(services, user), "ja", rules.VERSION)
    return await actor(services, user)


async def lc_at(services: Services, name: str) -> tuple[int, int]:
    """LC and school."""
    asking = await actor(services, OFFICER)
    card = await services[LocalCommitteeService].show(asking, name)
    (school,) = await services[ChoiceService].complete_school(asking, name)
    return card.lc_id, school.id


async def student(services: Services, user: int, school: str = "順天堂大学", name: str = "") -> Actor:
    who = await consent(services, user)
    service = services[MemberService]
    await service.set_name(who, name or f"例 {user % 1000}号", "れい")
    await service.choose_school(who, (await lc_at(services, school))[1])
    await service.choose_year(who, 2)
    return who


async def claiming(services: Services, user: int, school: str = "順天堂大学") -> Actor:
    who = await student(services, user, school)
    await services[MemberService].answer_lc(who, LcAnswer.IN)
    return who


async def test_nothing_is_kept_before_the_consent(services: Services, database: Database) -> None:
    service = services[MemberService]
    asking = await actor(services)
    assert await service.card(asking) is None
    for change in (
        service.set_name(asking, "例", ""),
        service.choose_year(asking, 2),
        service.choose_contact(asking, Contact.DIRECT),
    ):
        with pytest.raises(NotFound):
            await change
    assert await service.consent(asking, "ja", "2020-01-01") is None, "a notice of before"
    with pytest.raises(Invalid):
        await service.consent(asking, "fr", rules.VERSION)
    assert not await rows(database, Profile)
    assert not await rows(database, Preference)
    assert [person.discord_user_id for person in await rows(database, Person)] == [OFFICER]


async def test_two_presses_at_once_make_one_record(services: Services, database: Database) -> None:
    asking = await actor(services)
    service = services[MemberService]
    await asyncio.gather(*(service.consent(asking, "en", rules.VERSION) for _ in range(5)))
    assert len(await rows(database, Profile)) == 1
    assert [entry.action for entry in await rows(database, AuditEntry)].count("member.consent") == 1
    who = await student(services, STUDENT)
    await asyncio.gather(*(service.answer_lc(who, LcAnswer.IN) for _ in range(5)))
    assert len(await rows(database, LcClaim)) == 1


async def test_answers_are_kept_and_the_last_one_makes_somebody_joined(
    services: Services, database: Database, clock: FakeClock
) -> None:
    service = services[MemberService]
    who = await student(services, STUDENT, name="山田　花")
    card = await service.answer_lc(who, LcAnswer.NOT_IN)
    committees = await services[ChoiceService].committees(who)
    card = await service.choose_interests(who, [committees[1].id, committees[3].id])
    assert not card.has_just_joined
    clock.go(minutes=1)
    card = await service.choose_contact(who, Contact.CHANNEL)
    assert card.has_just_joined
    assert card.joined_at == clock.last
    assert (card.name, card.reading, card.kind, card.year_of_study) == ("山田 花", "れい", Kind.STUDENT, 2)
    assert [one.abbreviation for one in card.interests] == ["SCORE", "SCORA"]
    assert card.visibility is Visibility.OFFICERS, "nobody else finds them until they choose so"
    card = await service.choose_interests(who, [])
    assert not card.has_just_joined
    assert card.interests == ()
    assert "member.answer" in {entry.action for entry in await rows(database, AuditEntry)}
    assert not [entry for entry in await rows(database, AuditEntry) if "山田" in str(entry)]


async def test_another_school_asks_for_year_and_lc_anew(services: Services, database: Database) -> None:
    who = await claiming(services, STUDENT)
    _, tokyo = await lc_at(services, "東京大学")
    card = await services[MemberService].choose_school(who, tokyo)
    assert (card.kind, card.lc_answer, card.year_of_study) == (None, None, None)
    assert [claim.state for claim in await rows(database, LcClaim)] == [RequestState.WITHDRAWN]
    again = await services[MemberService].choose_school(who, tokyo)
    assert again == card


@pytest.mark.parametrize("bad", [0, -1, 10**15])
async def test_what_was_never_offered_is_refused(services: Services, bad: int) -> None:
    service = services[MemberService]
    who = await consent(services)
    with pytest.raises(NotFound):
        await service.choose_school(who, bad)
    with pytest.raises(NotFound):
        await service.choose_interests(who, [bad])
    with pytest.raises(Invalid):
        await service.choose_year(who, bad)
    with pytest.raises(Invalid):
        await service.choose_outside(who, Kind.STUDENT)
    with pytest.raises(Invalid):
        await service.answer_lc(who, LcAnswer.IN)


async def test_a_school_of_another_organisation_is_no_choice(services: Services) -> None:
    await found_organisation(services, guild=GUILD + 1)
    who = await consent(services)
    there = await actor(services, OFFICER, GUILD + 1)
    (school,) = await services[ChoiceService].complete_school(there, "順天堂大学")
    with pytest.raises(NotFound):
        await services[MemberService].choose_school(who, school.id)


async def test_every_region_fits_a_menu_and_the_schools_are_all_there(services: Services) -> None:
    service = services[ChoiceService]
    who = await actor(services)
    regions = await service.regions(who)
    assert sum(region.schools for region in regions) == 82
    found: Counter[int] = Counter()
    for region in regions:
        schools = await service.schools(who, region.id)
        assert schools.pages == 1
        assert len(schools) == region.schools <= 25
        found.update(school.id for school in schools)
    assert len(found) == 82
    assert set(found.values()) == {1}


async def test_a_new_notice_is_agreed_to_anew(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    who = await student(services, STUDENT)
    monkeypatch.setattr(rules, "VERSION", "2030-01-01")
    clock.go(days=1)
    before = clock.last
    card = await services[MemberService].consent(who, "ja", "2030-01-01")
    assert card is not None
    assert card.purpose_version == "2030-01-01"
    assert before < card.consented_at <= clock.last
    assert card.year_of_study == 2


async def test_the_officers_of_the_lc_confirm_or_do_not(services: Services, database: Database) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    people = [await claiming(services, STUDENT + n) for n in range(3)]
    leader, service = await actor(services, LEADER), services[ConfirmingService]
    claims, total = await service.waiting(leader)
    assert total == len(claims) == 3
    assert await service.waiting(await actor(services, OFFICER)) == ([], 0), "it is the LC's to say"
    assert await service.decide(leader, [claims[0].claim_id, claims[1].claim_id], confirm=True) == 2
    assert await service.decide(leader, [claims[2].claim_id], confirm=False) == 1
    with pytest.raises(Conflict):
        await service.decide(leader, [one.claim_id for one in claims], confirm=True)
    assert [(await actor(services, who.caller.discord_user_id)).lc_ids for who in people] == [[lc_id], [lc_id], []]
    terms = [term for term in await rows(database, Term) if term.lc_id == lc_id]
    assert {term.ends_on.isoformat() for term in terms} == {"2027-03-31"}
    with pytest.raises(Conflict):
        await services[MemberService].answer_lc(people[2], LcAnswer.IN)
    card = await services[MemberService].answer_lc(people[0], LcAnswer.IN)
    assert card.lc is not None
    assert card.lc.is_member


async def test_confirming_and_the_newcomers_own_answer_at_once_do_not_stand_in_each_others_way(
    services: Services, database: Database
) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    leader, service = await actor(services, LEADER), services[ConfirmingService]
    people = [await claiming(services, STUDENT + number) for number in range(6)]
    claims, _ = await service.waiting(leader)
    for who, claim in zip(people, claims, strict=True):
        confirmed, answered = await asyncio.gather(
            service.decide(leader, [claim.claim_id], confirm=True),
            services[MemberService].answer_lc(who, LcAnswer.NOT_IN),
            return_exceptions=True,
        )
        assert confirmed == 1 or isinstance(confirmed, Conflict), "whoever is first counts"
        assert not isinstance(answered, BaseException), answered
    assert {claim.state for claim in await rows(database, LcClaim)} <= {RequestState.GRANTED, RequestState.WITHDRAWN}


async def test_who_may_not_confirm_is_refused(services: Services) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    other, _ = await lc_at(services, "東京大学")
    await appoint_to(services, LEADER, "lc_representative", other)
    who = await claiming(services, STUDENT)
    service = services[ConfirmingService]
    claims, _ = await service.waiting(await actor(services, OFFICER), lc_id)
    for user in (STUDENT, STUDENT + 1, LEADER):
        with pytest.raises(NotAllowed):
            await service.decide(await actor(services, user), [claims[0].claim_id], confirm=True)
    with pytest.raises(NotAllowed):
        await service.waiting(who, lc_id)
    await appoint_to(services, STUDENT, "leo", lc_id)
    with pytest.raises(NotAllowed):
        await service.decide(await actor(services, STUDENT), [claims[0].claim_id], confirm=True)


async def test_who_is_no_longer_in_the_lc_leaves_it_by_saying_so(services: Services, clock: FakeClock) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, STUDENT, "lc_member", lc_id)
    who = await student(services, STUDENT)
    assert (await actor(services, STUDENT)).lc_ids == [lc_id]
    await services[MemberService].answer_lc(who, LcAnswer.NOT_IN)
    clock.go(days=1)
    assert (await actor(services, STUDENT)).lc_ids == []


async def confirmed(services: Services) -> tuple[Actor, Actor, int]:
    """A member and the representative who confirmed them, with their LC."""
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    who = await claiming(services, STUDENT)
    leader = await actor(services, LEADER)
    claims, _ = await services[ConfirmingService].waiting(leader)
    await services[ConfirmingService].decide(leader, [claims[0].claim_id], confirm=True)
    return who, leader, lc_id


async def test_a_change_of_mind_on_the_same_day_costs_nothing(services: Services, clock: FakeClock) -> None:
    who, leader, lc_id = await confirmed(services)
    service, juntendo = services[MemberService], (await lc_at(services, "順天堂大学"))[1]
    for _ in range(2):
        await service.answer_lc(who, LcAnswer.NOT_IN)
        await service.answer_lc(who, LcAnswer.IN)
    await service.choose_school(who, (await lc_at(services, "京都大学"))[1])
    await service.choose_school(who, juntendo)
    await service.answer_lc(who, LcAnswer.IN)
    clock.go(days=1)
    assert (await actor(services, STUDENT)).lc_ids == [lc_id]
    assert (await services[ConfirmingService].waiting(leader))[1] == 0


async def test_who_comes_back_later_is_confirmed_again(services: Services, clock: FakeClock) -> None:
    who, _, lc_id = await confirmed(services)
    await services[MemberService].answer_lc(who, LcAnswer.NOT_IN)
    clock.go(days=1)
    await services[MemberService].answer_lc(await actor(services, STUDENT), LcAnswer.IN)
    leader = await actor(services, LEADER)
    claims, total = await services[ConfirmingService].waiting(leader)
    assert total == 1
    await services[ConfirmingService].decide(leader, [claims[0].claim_id], confirm=True)
    assert (await actor(services, STUDENT)).lc_ids == [lc_id]


async def test_whom_an_officer_let_go_today_does_not_come_back_by_themselves(
    services: Services, database: Database, clock: FakeClock
) -> None:
    who, leader, lc_id = await confirmed(services)
    (term_id,) = [row.id for row in await rows(database, Term) if row.lc_id == lc_id and row.person_id == who.person_id]
    await services[PostService].end(leader, term_id, leader.today)
    for answer in (LcAnswer.NOT_IN, LcAnswer.IN):
        await services[MemberService].answer_lc(who, answer)
    claims, total = await services[ConfirmingService].waiting(leader)
    assert total == 1, "the officers are asked"
    await services[ConfirmingService].decide(leader, [claims[0].claim_id], confirm=True)
    clock.go(days=1)
    assert (await actor(services, STUDENT)).lc_ids == [lc_id], "confirmed on a day that still counts as a member's"


async def test_who_is_confirmed_on_the_last_day_is_in_the_lc_next_year(services: Services, clock: FakeClock) -> None:
    who, leader, lc_id = await confirmed(services)
    last = fiscal_year(who.today)[1]
    clock.go(days=(last - who.today).days)
    await appoint_to(services, LEADER, "leo", lc_id)
    await services[MemberService].answer_lc(await actor(services, STUDENT), LcAnswer.IN)
    leader = await actor(services, LEADER)
    claims, _ = await services[ConfirmingService].waiting(leader)
    await services[ConfirmingService].decide(leader, [claims[0].claim_id], confirm=True)
    clock.go(days=1)
    assert (await actor(services, STUDENT)).lc_ids == [lc_id]


async def test_silence_is_asked_once_more_and_then_goes_to_the_nation(
    services: Services, database: Database, clock: FakeClock, organisation: int
) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    await claiming(services, STUDENT)
    await claiming(services, STUDENT + 1)
    asked = await deliveries(database, ASK_JOB)
    assert [(row.due_at - clock.now()).days for row in asked] == [0, 7, 14], "one asking a day, however many claims"
    service = services[ConfirmingService]
    for row in asked:
        clock.go(seconds=(row.due_at - clock.now()).total_seconds())
        for _ in range(2):  # as after a crash
            await service.ask(organisation, lc_id, row.payload["day"])
    assert len(await deliveries(database, UNTOLD)) == 2, "its officers have no thread here"
    assert len(await deliveries(database, TO_CONFIRM_ABOVE)) == 1
    assert (await service.untold(organisation)).count == 0, "by now it is for the national officers"
    officer = await actor(services, OFFICER)
    claims, total = await service.waiting(officer)
    assert total == 2
    assert await service.open_count(organisation, None, above=True) == 2
    await service.decide(officer, [one.claim_id for one in claims], confirm=True)
    assert await service.open_count(organisation, None, above=True) == 0


async def test_after_an_outage_the_askings_of_several_days_are_one(
    services: Services, database: Database, clock: FakeClock, organisation: int
) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    await claiming(services, STUDENT)
    clock.go(days=1)
    await claiming(services, STUDENT + 1)
    days = [row.payload["day"] for row in await deliveries(database, ASK_JOB)]
    assert len(days) == 6
    clock.go(days=20)
    for day in sorted(days):
        await services[ConfirmingService].ask(organisation, lc_id, day)
    assert len(await deliveries(database, TO_CONFIRM_ABOVE)) == 1
    assert await deliveries(database, UNTOLD) == []


async def test_officers_are_told_in_their_lcs_thread_where_there_is_one(
    services: Services, database: Database, clock: FakeClock, organisation: int
) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    await claiming(services, STUDENT)
    setups, admin = services[SetupService], caller(ADMIN, manages=True)
    linked = await setups.linked(admin)
    assert linked is not None
    await setups.note_part(admin, linked.server_id, f"thread:lc:{lc_id}", 4_400)
    await services[ConfirmingService].ask(organisation, lc_id, "2026-11-22")
    (told,) = await deliveries(database, TO_CONFIRM)
    assert (told.recipient_kind, told.recipient_id, told.payload) == ("thread", 4_400, {"lc_id": lc_id})
    assert await services[ConfirmingService].open_count(organisation, lc_id, above=False) == 1


async def test_an_lc_without_a_thread_is_told_through_those_of_its_officers_who_want_direct_messages(
    services: Services, database: Database, organisation: int
) -> None:
    service, members = services[ConfirmingService], services[MemberService]
    told, untold = (await lc_at(services, "順天堂大学"))[0], (await lc_at(services, "東京大学"))[0]
    await appoint_to(services, LEADER, "lc_representative", told)
    await appoint_to(services, LEADER + 1, "leo", told)
    await appoint_to(services, LEADER + 2, "lc_representative", untold)
    for user, contact in ((LEADER, Contact.DIRECT), (LEADER + 1, Contact.NOT)):
        await members.choose_contact(await consent(services, user), contact)
    await claiming(services, STUDENT)
    for number in (1, 2):
        await claiming(services, STUDENT + number, "東京大学")
    for _ in range(2):
        for lc_id in (told, untold):
            await service.ask(organisation, lc_id, "2026-11-22")
    (direct,) = await deliveries(database, TO_CONFIRM)
    assert (direct.recipient_kind, direct.recipient_id, direct.payload) == ("person", LEADER, {"lc_id": told})
    (above,) = await deliveries(database, UNTOLD)
    assert (above.recipient_kind, above.payload) == ("officers", {})
    found = await service.untold(organisation)
    assert (found.count, [lc_id for lc_id, *_ in found.lcs]) == (2, [untold])
    assert (await service.waiting(await actor(services, LEADER + 2)))[1] == 2, "it stands in their home all the same"
    await members.choose_contact(await consent(services, LEADER + 2), Contact.DIRECT)
    assert (await service.untold(organisation)).count == 0


async def test_an_lc_without_officers_goes_straight_to_the_nation(
    services: Services, database: Database, clock: FakeClock, organisation: int
) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await claiming(services, STUDENT)
    clock.go(days=1)
    await services[ConfirmingService].ask(organisation, lc_id, "2026-11-22")
    assert not await deliveries(database, TO_CONFIRM)
    (told,) = await deliveries(database, TO_CONFIRM_ABOVE)
    assert told.recipient_kind == "officers"
    assert (await services[ConfirmingService].waiting(await actor(services, OFFICER)))[1] == 1


async def test_only_who_chose_direct_messages_gets_one(services: Services, database: Database) -> None:
    lc_id, _ = await lc_at(services, "順天堂大学")
    await appoint_to(services, LEADER, "lc_representative", lc_id)
    direct, silent = await claiming(services, STUDENT), await claiming(services, STUDENT + 1)
    await services[MemberService].choose_contact(direct, Contact.DIRECT)
    await services[MemberService].choose_contact(silent, Contact.NOT)
    leader, service = await actor(services, LEADER), services[ConfirmingService]
    claims, _ = await service.waiting(leader)
    await service.decide(leader, [one.claim_id for one in claims], confirm=True)
    (told,) = await deliveries(database, DECIDED)
    assert (told.recipient_id, told.is_budgeted) == (STUDENT, True)
    found = await service.decided(told.payload["claim_id"])
    assert found is not None
    assert found.is_confirmed


async def test_a_thousand_who_come_at_once_are_greeted_in_twenty_messages(
    services: Services, database: Database, clock: FakeClock
) -> None:
    service = services[ArrivalService]
    come = [(10**18 + n, clock.now()) for n in range(1_000)]
    assert await service.arrived(GUILD, come) == 1_000
    assert await service.arrived(GUILD, come) == 0, "found again after a restart"
    greetings = await deliveries(database, GREETING)
    assert len(greetings) == 20
    assert {row.recipient_id for row in greetings} == {HOME_CHANNEL}
    assert not [row for row in greetings if "1000000000000000" in str(row.payload)], "no Discord id in a delivery"
    greeted = [one for row in greetings for one in (await service.greeting(row.payload["batch"])).new]
    assert sorted(greeted) == [user for user, _ in come]


async def test_who_comes_back_is_recognised(services: Services, database: Database, clock: FakeClock) -> None:
    who = await student(services, STUDENT)
    service = services[ArrivalService]
    assert await service.arrived(GUILD, [(STUDENT, clock.now()), (STUDENT + 1, clock.now())]) == 2
    (row,) = await deliveries(database, GREETING)
    greeting = await service.greeting(row.payload["batch"])
    assert (greeting.new, greeting.back) == ((STUDENT + 1,), (STUDENT,))
    assert await services[MemberService].card(who) is not None, "all is as they left it"
    clock.go(days=8)
    assert await service.arrived(GUILD, [(STUDENT + 2, clock.now())]) == 1
    assert [arrival.discord_user_id for arrival in await rows(database, Arrival)] == [STUDENT + 2], (
        "forgotten after a week"
    )


async def test_who_came_is_forgotten_after_a_week(services: Services, database: Database, clock: FakeClock) -> None:
    service = services[ArrivalService]
    await service.arrived(GUILD, [(STUDENT, clock.now())])
    clock.go(days=6)
    assert await service.forget_greeted() == 0
    clock.go(days=2)
    assert await service.forget_greeted() == 1
    assert await rows(database, Arrival) == []


async def test_nobody_is_greeted_where_no_organisation_or_home_is(services: Services, clock: FakeClock) -> None:
    service = services[ArrivalService]
    assert await service.arrived(4_4, [(1, clock.now())]) == 0
    await found_organisation(services, guild=GUILD + 1)
    assert await service.arrived(GUILD + 1, [(1, clock.now())]) == 0


async def test_from_when_on_somebody_may_have_come_unnoticed(services: Services, clock: FakeClock) -> None:
    service = services[ArrivalService]
    linked = (await service.seen_until())[GUILD]
    assert FakeClock().last < linked <= clock.last
    clock.go(hours=2)
    came = clock.now()
    await service.arrived(GUILD, [(1, came), (2, came - timedelta(minutes=1))])
    assert await service.seen_until() == {GUILD: came - timedelta(minutes=5)}
