"""Who organises an event besides whoever made it, on both databases."""

from __future__ import annotations

import pytest

from bot.errors import Conflict, Invalid, NotAllowed
from bot.features import Services
from bot.features.events.organisers import OrganisersService
from bot.features.events.queries import Which, organises
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.signups.service import SignUpService
from tests.events.support import people, posted
from tests.support.people import NEWCOMER, OTHER, actor

#: Somebody on the server who hasn't joined.
STRANGER = NEWCOMER + 900


@pytest.fixture
def organising(services: Services) -> OrganisersService:
    return services[OrganisersService]


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
    card = await posted(services, representative, "12/5から毎週土曜 19:00-21:00 勉強会")
    coming = [one.event_id for one in await services[EventService].coming(representative, Which.COMING)]
    (student,) = await people(services, 1)
    await organising.add(representative, coming[1], [student.caller.discord_user_id])
    helper = await again(services, student)
    assert [organises(helper, one) for one in coming[:4]] == [False, True, True, True]
    assert card.event_id == coming[0]
