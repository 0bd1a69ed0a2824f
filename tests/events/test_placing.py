"""The rules of an event's sign-up: in the draft, in the sign-up, and in the next ones of a series."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed
from bot.features import Services
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.placing import PlacingService
from bot.features.events.rules import MOST
from bot.features.events.service import EventService
from bot.features.homes.service import HomeService
from bot.features.people.actors import Actor
from bot.features.signups.messages import MOVED_UP
from bot.features.signups.models import Mode, PartyState, QuotaKind
from bot.features.signups.placing import PlaceRules, Seats
from bot.features.signups.queries import to_decide
from bot.features.signups.service import SignUpService
from bot.features.signups.watching import SignUpWatch
from bot.kit.edits import Overtaken
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.signups.support import people as students_of
from tests.signups.support import said
from tests.support.clocks import FakeClock
from tests.support.people import OTHER, actor

LIMITED = "12/5(土) 19時〜21時 Zoomで症例勉強会、誰でも 定員2名"
FIRST_YEARS = Seats(QuotaKind.RESERVED, 1, 1, 1, until=datetime.fromisoformat("2026-12-01T00:00"))


@pytest.fixture
def events(services: Services) -> EventService:
    return services[EventService]


@pytest.fixture
def placing(services: Services) -> PlacingService:
    return services[PlacingService]


async def test_a_draft_keeps_its_rules_and_the_sign_up_has_them_then(
    events: EventService, placing: PlacingService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative, LIMITED)
    wanted = PlaceRules(
        Mode.APPROVAL, 2, 1, 2, (FIRST_YEARS,), datetime.fromisoformat("2026-11-25T21:00"), last_call_hours=0
    )
    await placing.set(representative, draft.event_id, wanted, draft.place_rules)
    draft = (await events.draft(representative, draft.event_id)).event
    assert draft.place_rules == wanted
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    assert (await events.event(representative, draft.event_id)).place_rules == wanted


async def test_nobody_signs_up_before_it_opens(
    events: EventService, placing: PlacingService, services: Services, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    opens = replace(card.place_rules, opens=datetime.fromisoformat("2026-11-25T21:00"))
    await placing.set(representative, card.event_id, opens, card.place_rules)
    (student,) = await people(services, 1)
    joining = services[JoiningService]
    for attempt in (joining.way(student, card.event_id), joining.join(student, card.event_id)):
        with pytest.raises(Conflict) as refused:
            await attempt
        assert refused.value.params["time"] == datetime.fromisoformat("2026-11-25T21:00")
    clock.go(days=4, hours=2)
    assert (await joining.join(student, card.event_id)).state is PartyState.ACCEPTED


async def test_seats_of_first_years_are_for_all_after_the_day(
    placing: PlacingService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, LIMITED)
    assert card.signup_id is not None
    kept = replace(card.place_rules, groups=(FIRST_YEARS,))
    await placing.set(representative, card.event_id, kept, card.place_rules)
    older = await students_of(services, database, 2, years=(3, 3))
    (fresher,) = await students_of(services, database, 1, years=(1,), first=10)
    joining = services[JoiningService]
    assert (await joining.join(older[0], card.event_id)).state is PartyState.ACCEPTED
    assert (await joining.join(older[1], card.event_id)).state is PartyState.WAITING
    due = [row.due_at for row in await said(database, "signups:look")]
    assert datetime.fromisoformat("2026-12-01T00:00+09:00") in due
    clock.go(days=10)
    await services[SignUpWatch].look(card.signup_id)
    party = (await services[SignUpService].own(older[1], card.signup_id)).party
    assert party is not None
    assert party.state is PartyState.OFFERED
    assert (await joining.join(fresher, card.event_id)).state is PartyState.WAITING


async def test_who_has_applied_hears_and_the_organiser_sees_who_waits(
    placing: PlacingService, services: Services, database: Database, representative: Actor
) -> None:
    card = await posted(services, representative, LIMITED)
    assert card.signup_id is not None
    approved = replace(card.place_rules, mode=Mode.APPROVAL)
    await placing.set(representative, card.event_id, approved, card.place_rules)
    students = await students_of(services, database, 3)
    for one in students:
        assert (await services[JoiningService].join(one, card.event_id)).state is PartyState.APPLIED
    (fact,) = (await services[HomeService].facts(representative, [to_decide]))[to_decide]
    assert (fact.n, fact.id) == (3, card.signup_id)
    for nobody in (students[0], await actor(services, OTHER)):
        assert (await services[HomeService].facts(nobody, [to_decide]))[to_decide] == []
    board = await services[SignUpService].board(representative, card.signup_id)
    await services[SignUpService].approve(representative, board.people[0].party_id)
    assert len(await said(database, MOVED_UP)) == 1
    # Without approval, the others get their places in the order in which they applied.
    await placing.set(representative, card.event_id, replace(approved, mode=Mode.FIRST_COME), approved)
    states = [one.state for one in (await services[SignUpService].board(representative, card.signup_id)).people]
    assert states == [PartyState.ACCEPTED, PartyState.ACCEPTED, PartyState.WAITING]
    assert len(await said(database, MOVED_UP)) == 2
    assert (await services[HomeService].facts(representative, [to_decide]))[to_decide] == []


async def test_rules_that_cannot_be_kept_to_change_nothing(
    events: EventService, placing: PlacingService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, LIMITED)
    for wrong in (
        replace(card.place_rules, held=3),
        replace(card.place_rules, per_lc=3),
        replace(card.place_rules, opens=datetime.fromisoformat("2026-12-05T19:00")),
        replace(card.place_rules, groups=(replace(FIRST_YEARS, seats=5),)),
    ):
        with pytest.raises(Invalid) as refused:
            await placing.set(representative, card.event_id, wrong, card.place_rules)
        assert refused.value.next_steps
    stands = await events.event(representative, card.event_id)
    assert (stands.place_rules, stands.version) == (card.place_rules, card.version)
    with pytest.raises(NotAllowed):
        await placing.set(await actor(services, OTHER), card.event_id, PlaceRules(held=1), card.place_rules)


async def test_two_who_set_different_rules_keep_both(
    events: EventService, placing: PlacingService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, LIMITED)
    seen = card.place_rules
    await placing.set(representative, card.event_id, replace(seen, per_lc=1), seen)
    await placing.set(representative, card.event_id, replace(seen, held=1), seen)
    stands = (await events.event(representative, card.event_id)).place_rules
    assert (stands.per_lc, stands.held) == (1, 1)
    with pytest.raises(Overtaken):
        await placing.set(representative, card.event_id, replace(seen, per_lc=2), seen)


async def test_later_ones_of_a_series_have_them_as_long_before(
    events: EventService, placing: PlacingService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative, "12/5から毎週土曜 19:00-21:00 勉強会 定員5名")
    wanted = replace(
        draft.place_rules, groups=(FIRST_YEARS,), opens=datetime.fromisoformat("2026-11-28T21:00"), mode=Mode.APPROVAL
    )
    await placing.set(representative, draft.event_id, wanted, draft.place_rules)
    draft = (await events.draft(representative, draft.event_id)).event
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    second = (await events.coming(representative, Which.COMING))[1]
    card = await events.event(representative, second.event_id)
    assert card.place_rules.mode is Mode.APPROVAL
    assert card.place_rules.opens == datetime.fromisoformat("2026-12-05T21:00")
    assert card.place_rules.groups == (replace(FIRST_YEARS, until=datetime.fromisoformat("2026-12-08T00:00")),)


@pytest.mark.parametrize("is_posted", [False, True])
async def test_more_places_than_an_event_may_have_are_refused(
    placing: PlacingService, services: Services, representative: Actor, *, is_posted: bool
) -> None:
    made = posted if is_posted else draft_of
    card = await made(services, representative, LIMITED)
    most = Seats(QuotaKind.AT_MOST, MOST + 1, 1, 1)
    was = replace(card.place_rules, limit=None)
    for wrong in (
        replace(was, limit=MOST + 1),
        replace(was, limit=10**12),
        replace(was, per_lc=MOST + 1),
        replace(was, groups=(most,)),
        replace(was, limit=-1),
        replace(card.place_rules, held=-1),
    ):
        with pytest.raises(Invalid) as refused:
            await placing.set(representative, card.event_id, wrong, card.place_rules)
        assert refused.value.params == {"n": MOST}
    if is_posted:
        again = await services[EventService].event(representative, card.event_id)
    else:
        again = (await services[EventService].draft(representative, card.event_id)).event
    assert (again.place_rules, again.limit, again.version) == (card.place_rules, 2, card.version), "nothing changes"
    await placing.set(representative, card.event_id, replace(was, limit=MOST, per_lc=MOST), card.place_rules)
