from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.terms import NATIONAL_OFFICER
from bot.features.symposia.editions import EditionService
from bot.features.symposia.models import EditionState, Speaker, SpeakerState
from bot.features.symposia.owners import OwnerService
from bot.features.symposia.planning import Rule
from bot.features.symposia.queries import EditionCard
from bot.features.symposia.service import SymposiumService, TemplateDraft
from bot.features.symposia.speakers import WITHDRAWN, SlotService, SpeakerService
from bot.features.symposia.watching import SymposiumWatch
from bot.features.tasks.models import Task
from bot.features.tasks.reminding import TaskWatch
from bot.kit.edits import Overtaken
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to
from tests.symposia.support import DRAFT, GUEST, OUTSIDER, asked, begun, planned

#: The first day of the clock.
TODAY = date(2026, 11, 21)
SECOND, STUDENT = NEWCOMER + 1, NEWCOMER + 2


@pytest.fixture
async def owner(services: Services, lc: int) -> Actor:
    """A national officer who has chosen to be written to directly."""
    return await join(services, OFFICER, "役員 花", contact=Contact.DIRECT)


@pytest.fixture
async def symposium_id(services: Services, owner: Actor) -> int:
    return await begun(services, owner)


@pytest.fixture
async def edition(services: Services, owner: Actor, symposium_id: int) -> EditionCard:
    """No. 515, in May 2027."""
    await planned(services, owner, symposium_id)
    found = await planned(services, owner, symposium_id)
    return next(one for one in found if (one.year, one.month) == (2027, 5))


async def open_tasks(database: Database) -> list[Any]:
    query = select(Task.subject_id, Task.due_on, Task.person_id, Task.post_id, Task.title_ja)
    async with database.reading() as connection:
        return list(await fetch(connection, query.where(Task.state == "open").order_by(Task.id)))


async def seen_by(services: Services, user: int, symposium_id: int) -> list[EditionCard]:
    return (await services[EditionService].editions(await actor(services, user), symposium_id))[1]


async def test_a_year_is_planned_with_its_slots_and_numbers(
    services: Services, owner: Actor, symposium_id: int
) -> None:
    assert [(one.number, one.year, one.month) for one in await planned(services, owner, symposium_id)] == [
        (512, 2026, 11)
    ]
    found = await planned(services, owner, symposium_id)
    assert [one.number for one in found] == [512, 513, 514, 515, 516, 517, 518]
    assert [one.month for one in found if one.is_general] == [11, 11]
    assert [slot.from_outside for slot in found[1].slots] == [False, False, False, True]
    assert {one.holes for one in found} == {4}
    assert (await services[SymposiumService].symposium(owner, symposium_id)).planned_until == 2027


async def test_a_preview_changes_nothing_and_is_taken_as_it_was_shown(
    services: Services, owner: Actor, symposium_id: int, edition: EditionCard
) -> None:
    editions = services[EditionService]
    await editions.announce(owner, edition.edition_id)
    before = await seen_by(services, OFFICER, symposium_id)
    rule = Rule((2, 5, 8))
    shown = await editions.preview(owner, symposium_id, rule)
    assert await seen_by(services, OFFICER, symposium_id) == before
    # Meanwhile somebody announces another one: the preview isn't true any more.
    await editions.announce(owner, before[1].edition_id)
    with pytest.raises(Conflict):
        await editions.apply(owner, symposium_id, shown.rule.text, shown.until, shown.plan.token)
    after = await planned(services, owner, symposium_id, rule)
    stays = [(one.number, one.year, one.month) for one in after if one.is_seen]
    assert stays == [(513, 2027, 1), (515, 2027, 5)]
    assert [(one.year, one.month) for one in after] == [(2027, 1), (2027, 2), (2027, 5), (2027, 8)]
    assert len({one.number for one in after}) == len(after)


async def test_strangers_see_what_is_announced_and_who_accepted(
    services: Services, owner: Actor, symposium_id: int, edition: EditionCard
) -> None:
    student = await actor(services, NEWCOMER)
    assert await services[SymposiumService].series(student) == []
    with pytest.raises(NotFound):
        await services[SymposiumService].symposium(student, symposium_id)
    with pytest.raises(NotFound):
        await services[EditionService].edition(student, edition.edition_id)
    first, second = edition.slots[1], edition.slots[2]
    accepted = await asked(services, owner, first.slot_id)
    await asked(services, owner, second.slot_id, replace(GUEST, name="鈴木"))
    await services[SpeakerService].take(owner, first.slot_id, accepted, SpeakerState.ACCEPTED)
    await services[EditionService].announce(owner, edition.edition_id)
    (seen,) = await seen_by(services, NEWCOMER, symposium_id)
    assert seen.number == edition.number
    assert [slot.speaker.name if slot.speaker else "" for slot in seen.slots] == ["", GUEST.name, "", ""]
    assert seen.slots[1].speaker is not None
    assert seen.slots[1].speaker.contact == ""
    with pytest.raises(NotAllowed):
        await services[SpeakerService].open_to(student, first.slot_id)


async def test_owners_alone_see_a_contact(services: Services, owner: Actor, edition: EditionCard) -> None:
    slot_id = edition.slots[1].slot_id
    await asked(services, owner, slot_id)
    await appoint_to(services, SECOND, NATIONAL_OFFICER)
    second = await join(services, SECOND, "別の役員")
    assert (await services[SpeakerService].guest(owner, slot_id)).contact == GUEST.contact
    hidden = await services[SpeakerService].guest(second, slot_id)
    assert hidden == replace(GUEST, contact="")
    # What they don't see, they don't take away.
    await services[SpeakerService].edit_guest(second, slot_id, replace(hidden, affiliation="病院"), hidden)
    await services[OwnerService].take_charge(second, edition.symposium_id)
    second = await actor(services, SECOND)
    assert await services[SpeakerService].guest(second, slot_id) == replace(GUEST, affiliation="病院")


async def test_a_post_owns_it_and_its_tasks_are_its_holders(
    services: Services, database: Database, owner: Actor, edition: EditionCard
) -> None:
    service = services[OwnerService]
    (treasurer,) = [one for one in await service.posts(owner, edition.symposium_id) if one.name_en == "Treasurer"]
    await service.set_post(owner, edition.symposium_id, treasurer.id)
    assert {one.post_id for one in await open_tasks(database)} == {treasurer.id}
    await appoint_to(services, SECOND, "national_treasurer")
    second = await actor(services, SECOND)
    found = await services[SymposiumService].symposium(second, edition.symposium_id)
    assert found.keeps
    assert found.owns
    await service.remove(owner, edition.symposium_id, owner.person_id or 0)
    with pytest.raises(Conflict):
        await service.set_post(second, edition.symposium_id, None)


async def test_open_slots_are_tasks_at_90_60_and_30_days(
    services: Services, database: Database, clock: FakeClock, owner: Actor, edition: EditionCard
) -> None:
    for one in edition.slots[1:]:
        accepted = await asked(services, owner, one.slot_id, OUTSIDER)
        await services[SpeakerService].take(owner, one.slot_id, accepted, SpeakerState.ACCEPTED)
    (slot_id,) = [edition.slots[0].slot_id]
    mine = [one for one in await open_tasks(database) if one.subject_id in {slot.slot_id for slot in edition.slots}]
    assert [(one.subject_id, one.due_on, one.person_id) for one in mine] == [
        (slot_id, date(2027, 4, 1), owner.person_id)
    ]
    draft, _ = await services[EditionService].to_edit(owner, edition.edition_id)
    await services[EditionService].edit(owner, edition.edition_id, replace(draft, when=(2027, 5, 22)), draft)
    (moved,) = [one for one in await open_tasks(database) if one.subject_id == slot_id]
    assert moved.due_on == date(2027, 4, 22)
    said = []
    for _ in range(183):
        await services[TaskWatch].look(1)
        async with database.reading() as connection:
            query = select(Task.said_on).where(Task.subject_id == slot_id, Task.state == "open")
            said.append((await fetch(connection, query))[0].said_on)
        clock.go(days=1)
    days = [(date(2027, 5, 22) - day).days for day in dict.fromkeys(said) if day is not None]
    assert days == [90, 60, 30, 29]


async def test_a_speaker_who_withdraws_the_day_before_leaves_a_hole_and_the_owner_hears_once(
    services: Services, database: Database, clock: FakeClock, owner: Actor, edition: EditionCard
) -> None:
    student = await join(services, STUDENT, "学生 演者")
    slot_id, speakers = edition.slots[1].slot_id, services[SpeakerService]
    draft, _ = await services[EditionService].to_edit(owner, edition.edition_id)
    await services[EditionService].edit(owner, edition.edition_id, replace(draft, when=(2027, 5, 22)), draft)
    await speakers.ask_member(owner, slot_id, STUDENT, is_outside=False)
    _, _, slot = await services[SlotService].slot(student, slot_id)
    assert slot.speaker is not None
    await speakers.take(student, slot_id, slot.speaker.speaker_id, SpeakerState.ACCEPTED)
    await speakers.title(owner, slot_id, "心電図の読み方", "")
    assert slot_id not in {one.subject_id for one in await open_tasks(database)}
    clock.go(days=(date(2027, 5, 21) - TODAY).days)
    await speakers.take(student, slot_id, slot.speaker.speaker_id, SpeakerState.WITHDRAWN)
    with pytest.raises(NotFound):
        await speakers.take(student, slot_id, slot.speaker.speaker_id, SpeakerState.WITHDRAWN)
    _, _, slot = await services[SlotService].slot(owner, slot_id)
    assert slot.is_hole
    (former,) = slot.former
    assert [(step.state, step.by) for step in former.steps] == [
        (SpeakerState.ASKED, "役員 花"),
        (SpeakerState.ACCEPTED, "学生 演者"),
        (SpeakerState.TITLE, "役員 花"),
        (SpeakerState.WITHDRAWN, "学生 演者"),
    ]
    assert [one.subject_id for one in await open_tasks(database)].count(slot_id) == 1
    async with database.reading() as connection:
        told = await fetch(connection, select(Delivery.recipient_id).where(Delivery.kind == WITHDRAWN))
    assert [one.recipient_id for one in told] == [OFFICER]
    assert await services[SymposiumWatch].opened(slot_id, former.speaker_id) is not None
    again = await asked(services, owner, slot_id)
    await speakers.take(owner, slot_id, again, SpeakerState.ACCEPTED)
    assert await services[SymposiumWatch].opened(slot_id, former.speaker_id) is None
    assert slot_id not in {one.subject_id for one in await open_tasks(database)}


async def test_a_slot_from_outside_medicine_takes_nobody_else(
    services: Services, owner: Actor, edition: EditionCard
) -> None:
    slot_id = edition.slots[3].slot_id
    with pytest.raises(Invalid):
        await asked(services, owner, slot_id)
    await asked(services, owner, slot_id, OUTSIDER)
    with pytest.raises(Conflict):
        await asked(services, owner, slot_id, OUTSIDER)
    kept = await services[SpeakerService].guest(owner, slot_id)
    with pytest.raises(Invalid):
        await services[SpeakerService].edit_guest(owner, slot_id, replace(kept, is_outside=False), kept)


async def test_another_persons_talk_is_nobodys_business(services: Services, owner: Actor, edition: EditionCard) -> None:
    slot_id, speakers = edition.slots[1].slot_id, services[SpeakerService]
    await join(services, STUDENT, "学生 演者")
    other = await join(services, STUDENT + 1, "学生 別人")
    await speakers.ask_member(owner, slot_id, STUDENT, is_outside=False)
    student = await actor(services, STUDENT)
    _, _, slot = await services[SlotService].slot(student, slot_id)
    assert slot.speaker is not None
    with pytest.raises(NotAllowed):
        await speakers.take(other, slot_id, slot.speaker.speaker_id, SpeakerState.ACCEPTED)
    with pytest.raises(NotAllowed):  # thanks are the owners' to say
        await speakers.take(student, slot_id, slot.speaker.speaker_id, SpeakerState.THANKED)


async def test_two_at_once_are_told_so(services: Services, owner: Actor, symposium_id: int) -> None:
    service = services[SymposiumService]
    await service.rename(owner, symposium_id, replace(DRAFT, name_ja="談話会"), DRAFT)
    with pytest.raises(Overtaken):
        await service.rename(owner, symposium_id, replace(DRAFT, name_ja="例会"), DRAFT)
    await service.rename(owner, symposium_id, replace(DRAFT, name_en="Talks"), DRAFT)
    found = await service.symposium(owner, symposium_id)
    assert (found.name_ja, found.name_en) == ("談話会", "Talks")
    await service.set_template(owner, symposium_id, TemplateDraft(["speaker"]))
    (first, *_) = await planned(services, owner, symposium_id)
    assert len(first.slots) == 1


async def test_leaders_of_an_lc_keep_its_series_alone(services: Services, lc: int, owner: Actor) -> None:
    representative = await join(services, REPRESENTATIVE, "代表 一子")
    symposium_id = await begun(services, representative, lc)
    other = await join(services, OTHER, "代表 二子", school="京都大学")
    with pytest.raises(NotAllowed):
        await begun(services, other, lc)
    with pytest.raises(NotAllowed):
        await begun(services, representative)
    with pytest.raises(NotFound):
        await services[SymposiumService].kept(other, symposium_id)
    with pytest.raises(NotAllowed):
        await services[OwnerService].add(other, symposium_id, [OTHER])
    assert (await services[SymposiumService].symposium(owner, symposium_id)).keeps


async def test_numbers_and_states_are_kept_straight(
    services: Services, clock: FakeClock, owner: Actor, edition: EditionCard
) -> None:
    editions = services[EditionService]
    draft, _ = await editions.to_edit(owner, edition.edition_id)
    with pytest.raises(Conflict):
        await editions.edit(owner, edition.edition_id, replace(draft, number=edition.number + 1), draft)
    await editions.announce(owner, edition.edition_id)
    with pytest.raises(Conflict):
        await editions.announce(owner, edition.edition_id)
    with pytest.raises(Invalid):
        await editions.hold(owner, edition.edition_id)
    await editions.cancel(owner, edition.edition_id, "会場の都合")
    (seen,) = await seen_by(services, NEWCOMER, edition.symposium_id)
    assert (seen.state, seen.reason) == (EditionState.CANCELLED, "会場の都合")
    with pytest.raises(Conflict):
        await editions.to_edit(owner, edition.edition_id)
    # Its number is free again, its month is not.
    other = next(one for one in await seen_by(services, OFFICER, edition.symposium_id) if one.month == 7)
    draft, _ = await editions.to_edit(owner, other.edition_id)
    await editions.edit(owner, other.edition_id, replace(draft, number=edition.number), draft)
    found = await planned(services, owner, edition.symposium_id)
    assert [one.month for one in found if one.year == 2027].count(5) == 1


async def test_a_host_country_is_proposed_and_stored_by_hand(services: Services, owner: Actor) -> None:
    symposium_id = await begun(services, owner)
    rule = Rule((7,), (), 2, 2027, changes_country=True)
    found = await planned(services, owner, symposium_id, rule, 2031)
    assert [one.year for one in found] == [2027, 2029, 2031]
    editions = services[EditionService]
    for one, country in zip(found, ("Germany", "日本"), strict=False):
        draft, _ = await editions.to_edit(owner, one.edition_id)
        await editions.edit(owner, one.edition_id, replace(draft, country=country), draft)
    draft, proposed = await editions.to_edit(owner, found[2].edition_id)
    assert (draft.country, proposed) == ("", "DE")
    assert [one.country for one in await seen_by(services, OFFICER, symposium_id)] == ["DE", "JP", ""]


async def test_a_night_settles_what_nobody_said(
    services: Services, database: Database, clock: FakeClock, owner: Actor, edition: EditionCard
) -> None:
    student = await join(services, STUDENT, "学生 演者")
    first, second, third = (one.slot_id for one in edition.slots[:3])
    speakers, watch = services[SpeakerService], services[SymposiumWatch]
    await speakers.ask_member(owner, first, STUDENT, is_outside=False)
    _, _, slot = await services[SlotService].slot(student, first)
    assert slot.speaker is not None
    await speakers.take(student, first, slot.speaker.speaker_id, SpeakerState.ACCEPTED)
    guest = await asked(services, owner, second)
    await speakers.take(owner, second, guest, SpeakerState.ACCEPTED)
    await asked(services, owner, third, replace(GUEST, name="来なかった人"))
    draft, _ = await services[EditionService].to_edit(owner, edition.edition_id)
    await services[EditionService].edit(owner, edition.edition_id, replace(draft, when=(2027, 5, 22)), draft)
    await services[EditionService].announce(owner, edition.edition_id)
    # Somebody's data is deleted: their slot is open again, and the next night says so.
    await services[MyDataService].delete(student)
    assert first not in {one.subject_id for one in await open_tasks(database)}
    assert await watch.look() == 0
    assert first in {one.subject_id for one in await open_tasks(database)}
    clock.go(days=(date(2027, 5, 23) - TODAY).days)
    assert await watch.look() == 0
    (seen,) = await seen_by(services, NEWCOMER, edition.symposium_id)
    assert seen.state is EditionState.HELD
    mine = {first, second, third}
    assert not mine & {one.subject_id for one in await open_tasks(database)}
    clock.go(days=364)
    assert await watch.look() == 0
    clock.go(days=3)
    assert await watch.look() == 2
    assert await watch.look() == 0
    async with database.reading() as connection:
        rows = await fetch(connection, select(Speaker.name, Speaker.contact))
    assert [(row.name, row.contact) for row in rows] == [(GUEST.name, "")]
