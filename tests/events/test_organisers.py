"""Who organises an event besides whoever made it, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict, Invalid, NotAllowed
from bot.features import Services
from bot.features.events.joining import JoiningService
from bot.features.events.lists import Which
from bot.features.events.models import KIND, Event
from bot.features.events.organisers import OrganisersService
from bot.features.events.placing import PlacingService
from bot.features.events.queries import organises
from bot.features.events.repeating import RepeatingService
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.people.models import Grant
from bot.features.people.terms import LC_MEMBER
from bot.features.signups.messages import DECIDE
from bot.features.signups.models import Mode
from bot.features.signups.service import SignUpService
from bot.features.tasks.models import Task
from tests.events.support import CHANNEL, TEXT, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OTHER, REPRESENTATIVE, actor, appoint_to

#: Somebody on the server who hasn't joined.
STRANGER = NEWCOMER + 900


@pytest.fixture
def organising(services: Services) -> OrganisersService:
    return services[OrganisersService]


WEEKLY = "12/5から毎週土曜 19:00-21:00 勉強会"


async def again(services: Services, person: Actor) -> Actor:
    """With what they may do now."""
    return await actor(services, person.caller.discord_user_id)


async def test_somebody_added_sees_who_comes_until_removed(
    organising: OrganisersService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative)
    assert card.signup_id is not None
    (student,) = await people(services, 1)
    with pytest.raises(NotAllowed):
        await services[SignUpService].board(student, card.signup_id)
    for _ in range(2):
        await organising.add(representative, card.event_id, [student.caller.discord_user_id])
    helper = await again(services, student)
    _, found = await organising.organisers(helper, card.event_id)
    assert [one.person_id for one in found] == [representative.person_id, student.person_id]
    await services[SignUpService].board(helper, card.signup_id)
    await organising.remove(helper, card.event_id, representative.person_id or 0)
    with pytest.raises(NotAllowed):
        await services[SignUpService].board(await again(services, representative), card.signup_id)
    with pytest.raises(Conflict):
        await organising.remove(helper, card.event_id, helper.person_id or 0)
    with pytest.raises(Conflict):
        await organising.remove(helper, card.event_id, representative.person_id or 0)


async def test_only_organisers_add_and_only_people_who_joined(
    organising: OrganisersService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative)
    (student,) = await people(services, 1)
    for nobody in (student, await actor(services, OTHER)):
        for attempt in (
            organising.add(nobody, card.event_id, [student.caller.discord_user_id]),
            organising.organisers(nobody, card.event_id),
            organising.remove(nobody, card.event_id, representative.person_id or 0),
        ):
            with pytest.raises(NotAllowed):
                await attempt
    with pytest.raises(Invalid):
        await organising.add(representative, card.event_id, [student.caller.discord_user_id, STRANGER])
    assert not organises(await again(services, student), card.event_id)


async def test_they_organise_the_later_ones_of_a_series(
    organising: OrganisersService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    coming = [one.event_id for one in await services[EventService].coming(representative, Which.COMING)]
    (student,) = await people(services, 1)
    await organising.add(representative, coming[1], [student.caller.discord_user_id])
    helper = await again(services, student)
    assert [organises(helper, one) for one in coming[:4]] == [False, True, True, True]
    assert card.event_id == coming[0]


async def in_charge(database: Database) -> dict[str, list[int]]:
    """Of each date of a series, who organises it."""
    query = (
        select(Event.occurrence, Grant.person_id)
        .outerjoin(Grant, (Grant.subject_id == Event.id) & (Grant.subject_kind == KIND))
        .where(Event.series_id.is_not(None))
        .order_by(Event.occurrence, Grant.id)
    )
    found: dict[str, list[int]] = {}
    async with database.reading() as connection:
        for row in await fetch(connection, query):
            found.setdefault(row.occurrence, []).append(row.person_id)
    return found


def number(person: Actor) -> int:
    assert person.person_id is not None
    return person.person_id


async def test_dates_made_ahead_have_all_who_organise_the_draft(
    organising: OrganisersService, services: Services, database: Database, representative: Actor
) -> None:
    draft = await draft_of(services, representative, WEEKLY)
    (student,) = await people(services, 1)
    await organising.add(representative, draft.event_id, [student.caller.discord_user_id])
    await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)
    found = await in_charge(database)
    assert len(found) > 5
    assert all(one == [number(representative), number(student)] for one in found.values())


async def test_dates_after_a_long_pause_have_those_who_were_in_charge_last(
    organising: OrganisersService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    (student,) = await people(services, 1)
    await organising.add(representative, card.event_id, [student.caller.discord_user_id])
    await organising.remove(await again(services, student), card.event_id, number(representative))
    before = set(await in_charge(database))
    clock.go(days=300)
    await services[RepeatingService].look(representative.organisation.id)
    after = await in_charge(database)
    assert set(after) > before
    assert all(people == [number(student)] for people in after.values())


async def test_no_later_date_is_left_without_an_organiser(
    organising: OrganisersService, services: Services, database: Database, representative: Actor
) -> None:
    await posted(services, representative, WEEKLY)
    coming = [one.event_id for one in await services[EventService].coming(representative, Which.COMING)]
    (student,) = await people(services, 1)
    await organising.add(representative, coming[1], [student.caller.discord_user_id])
    helper = await again(services, student)
    await organising.remove(helper, coming[2], number(representative))
    await organising.remove(await again(services, representative), coming[1], number(student))
    found = await in_charge(database)
    assert all(people == [number(representative)] for people in found.values()), found


async def test_who_was_removed_sees_no_names_of_a_later_date_that_was_called_off(
    organising: OrganisersService, services: Services, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    coming = [one.event_id for one in await services[EventService].coming(representative, Which.COMING)]
    (student,) = await people(services, 1)
    await organising.add(representative, card.event_id, [student.caller.discord_user_id])
    await services[EventService].cancel(representative, coming[1], "雨")
    await organising.remove(representative, card.event_id, number(student))
    gone = await again(services, student)
    assert not any(organises(gone, one) for one in coming)
    cancelled = await services[EventService].event(representative, coming[1])
    with pytest.raises(NotAllowed):
        await services[SignUpService].board(gone, cancelled.signup_id or 0)


async def test_an_officer_who_takes_charge_organises_the_later_ones_too(
    services: Services, lc: int, database: Database
) -> None:
    await appoint_to(services, NEWCOMER, LC_MEMBER, lc)
    maker = await join(services, NEWCOMER, "主催 一")
    await posted(services, maker, WEEKLY)
    coming = [one.event_id for one in await services[EventService].coming(maker, Which.COMING)]
    officer = await actor(services, REPRESENTATIVE)
    await services[EventService].take_charge(officer, coming[1])
    officer = await actor(services, REPRESENTATIVE)
    assert [organises(officer, one) for one in coming[:4]] == [False, True, True, True]


async def tasks_of(database: Database) -> list[int | None]:
    async with database.reading() as connection:
        rows = await fetch(connection, select(Task.person_id).where(Task.template == str(DECIDE)).order_by(Task.id))
    return [row.person_id for row in rows]


@pytest.mark.parametrize("is_draft", [False, True])
async def test_tasks_are_those_of_a_present_organiser(
    organising: OrganisersService, services: Services, database: Database, representative: Actor, *, is_draft: bool
) -> None:
    """Somebody else posts it, or takes over when the task is there already."""
    draft = await draft_of(services, representative, f"{TEXT} 定員5名")
    rules = replace(draft.place_rules, mode=Mode.APPROVAL)
    await services[PlacingService].set(representative, draft.event_id, rules, draft.place_rules)
    helper, guest = await people(services, 2)
    await organising.add(representative, draft.event_id, [helper.caller.discord_user_id])
    if is_draft:
        await organising.remove(await again(services, helper), draft.event_id, number(representative))
    draft = (await services[EventService].draft(await again(services, representative), draft.event_id)).event
    await services[EventService].post(await again(services, representative), draft.event_id, draft.version, CHANNEL)
    await services[JoiningService].join(guest, draft.event_id)
    if not is_draft:
        assert await tasks_of(database) == [representative.person_id]
        await organising.remove(await again(services, helper), draft.event_id, number(representative))
    assert await tasks_of(database) == [helper.person_id]


async def test_who_is_added_while_dates_are_made_organises_them_too(
    organising: OrganisersService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative, WEEKLY)
    for student in await people(services, 5):
        clock.go(days=7)
        maker = await again(services, representative)
        await asyncio.gather(
            organising.add(maker, card.event_id, [student.caller.discord_user_id]),
            services[RepeatingService].look(representative.organisation.id),
        )
        found = await in_charge(database)
        first = min(one for one in found if number(student) in found[one])
        assert all(number(student) in found[one] for one in found if one > max(first, "2027-01-30")), found
