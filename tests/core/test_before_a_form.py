"""A refusal comes before a form or page opens, in the words of the change; and a look at
something writes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.contacts.models import Field
from bot.features.contacts.service import ContactService, Detail
from bot.features.events.inviting import InvitationService
from bot.features.handovers.notes import PostNoteService
from bot.features.handovers.service import HandoverService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import LeavingStaffService, StaffService
from bot.features.people.models import Level
from bot.features.posts.catalogue import MOST as MOST_POSTS
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.values import PostDraft
from bot.features.record_keeping.service import RosterService
from bot.features.regions.service import RegionDraft, RegionService
from bot.features.schools.models import MOST_REGIONS
from bot.features.setups.service import SetupService
from tests.events.support import draft_of, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import (
    ADMIN,
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    caller,
    found_organisation,
    new_organisation,
)
from tests.support.refusals import alike, only_looking


async def test_paying_and_leaving(services: Services, lc: int, database: Database) -> None:
    memberships, leaving = services[MembershipService], services[LeavingStaffService]
    stranger = await actor(services, NEWCOMER)
    ann = await join(services, NEWCOMER + 1, "安 一")
    await alike(memberships.to_report(stranger), memberships.report_payment(stranger, "アン"), NotFound)
    await alike(memberships.to_report(ann), memberships.report_payment(ann, "アン"), NotFound)
    await alike(leaving.to_leave(ann), leaving.leave(ann), Conflict)
    with only_looking(database):
        assert (await memberships.offer(ann)).fee == 1_500
        with pytest.raises(NotFound):
            await memberships.offer(stranger)
    await memberships.become_member(ann)
    with only_looking(database):
        assert await memberships.to_report(ann) == ""
    await memberships.report_payment(ann, "アン イチ")
    assert await memberships.to_report(ann) == "アン イチ"
    officer = await actor(services, OFFICER)
    fees = services[FeeService]
    await fees.settle(officer, [line.fee_id for line in (await fees.fees(officer)).lines])
    await alike(memberships.to_report(ann), memberships.report_payment(ann, "アン"), Conflict)
    with pytest.raises(Conflict):
        await memberships.offer(ann)
    await memberships.become_candidate(ann)
    with only_looking(database):
        await leaving.to_leave(ann)


async def test_the_steps_to_staff_are_shown_before_there_are_any(
    services: Services, lc: int, database: Database
) -> None:
    staff, officer = services[StaffService], await actor(services, OFFICER)
    with only_looking(database):
        shown = await staff.steps(officer)
    await staff.set_steps(officer, [(step.name_ja, step.name_en) for step in shown])
    kept = await staff.steps(officer)
    assert [(one.name_ja, one.name_en) for one in kept] == [(one.name_ja, one.name_en) for one in shown]
    assert all(one.step_id for one in kept)


async def test_naming_a_successor_and_writing_what_was_agreed(services: Services, lc: int, clock: FakeClock) -> None:
    handovers, notes = services[HandoverService], services[PostNoteService]
    mine, other, officer = [await actor(services, user) for user in (REPRESENTATIVE, OTHER, OFFICER)]
    term = (await handovers.mine(mine))[0].term_id
    await alike(handovers.to_name(other, term), handovers.name(other, term, NEWCOMER, "新人"), NotAllowed)
    await alike(handovers.to_name(mine, term), handovers.name(mine, term, NEWCOMER, "新人"), None)
    await alike(notes.to_write(mine, term), notes.write(mine, term, "鍵は部室"), None)
    await alike(notes.to_write(officer, term), notes.write(officer, term, "鍵"), NotAllowed)
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    await alike(handovers.to_name(mine, term), handovers.name(mine, term, NEWCOMER, "新人"), Conflict)
    theirs = (await handovers.mine(other))[0].term_id
    clock.go(days=(date(2027, 3, 31) - date(2026, 11, 21)).days + 20)
    late = await actor(services, REPRESENTATIVE)
    await alike(notes.to_write(late, term), notes.write(late, term, "鍵"), NotAllowed)
    clock.go(days=60)
    services_officer = await actor(services, OTHER)
    named = handovers.name(services_officer, theirs, NEWCOMER, "新人")
    await alike(handovers.to_name(services_officer, theirs), named, NotAllowed)


async def test_ones_own_contact_details_end_with_the_term(services: Services, lc: int, clock: FakeClock) -> None:
    contacts, mine = services[ContactService], await actor(services, REPRESENTATIVE)
    (post,) = await contacts.own(mine, lc)
    detail = Detail(Field.MAIL, "tokyo@example.org")
    await alike(
        contacts.to_set_own(mine, lc, post.term_id, Field.MAIL), contacts.set_own(mine, post.term_id, detail), None
    )
    assert (await contacts.to_set_own(mine, lc, post.term_id, Field.MAIL)).text == "tokyo@example.org"
    link = Detail(Field.LINK, "https://example.org")
    await alike(
        contacts.to_set_own(mine, lc, post.term_id, Field.LINK), contacts.set_own(mine, post.term_id, link), Invalid
    )
    clock.go(days=200)
    late = await actor(services, REPRESENTATIVE)
    await alike(
        contacts.to_set_own(late, lc, post.term_id, Field.MAIL), contacts.set_own(late, post.term_id, detail), NotFound
    )


async def test_a_server_is_set_up_once(services: Services) -> None:
    setups, admin = services[SetupService], caller(ADMIN, GUILD, manages=True)
    await setups.require_unlinked(admin)
    await found_organisation(services)
    await alike(setups.require_unlinked(admin), setups.create(admin, new_organisation()), Conflict)
    somebody = caller(NEWCOMER, GUILD)
    await alike(setups.require_unlinked(somebody), setups.create(somebody, new_organisation()), NotAllowed)


async def test_lists_that_are_full_take_no_more(services: Services, lc: int) -> None:
    officer, mine = await actor(services, OFFICER), await actor(services, REPRESENTATIVE)
    regions, posts = services[RegionService], services[PostCatalogueService]
    new = RegionDraft("新しい地域", "", [])
    await alike(regions.to_add(mine), regions.add(mine, new), NotAllowed)
    for number in range(MOST_REGIONS - len(await regions.entries(officer))):
        await regions.add(officer, RegionDraft(f"地域{number}", f"Region {number}", []))
    await alike(regions.to_add(officer), regions.add(officer, new), Conflict)
    post = PostDraft("新しい役職", "", Level.LC, None, False)
    await alike(posts.to_add(mine), posts.add(mine, post), NotAllowed)
    for number in range(MOST_POSTS - len(await posts.entries(officer))):
        await posts.add(officer, PostDraft(f"役職{number}", f"Post {number}", Level.LC, None, False))
    await alike(posts.to_add(officer), posts.add(officer, post), Conflict)


async def test_nobody_is_asked_for_a_record_before_they_joined(services: Services, lc: int, database: Database) -> None:
    rosters, stranger = services[RosterService], await actor(services, NEWCOMER)
    await alike(rosters.to_request(stranger), rosters.request(stranger), Invalid)
    ann = await join(services, NEWCOMER + 1, "安 一")
    with only_looking(database):
        await rosters.to_request(ann)


async def test_inviting_people_to_an_event(services: Services, lc: int, database: Database, clock: FakeClock) -> None:
    inviting, maker, other = (
        services[InvitationService],
        await actor(services, REPRESENTATIVE),
        await actor(services, OTHER),
    )
    draft, card = await draft_of(services, maker), await posted(services, maker)
    await alike(inviting.may_invite(other, card.event_id), inviting.invite(other, card.event_id, []), NotAllowed)
    await alike(inviting.may_invite(other, draft.event_id), inviting.invite(other, draft.event_id, []), NotFound)
    await alike(inviting.may_invite(maker, draft.event_id), inviting.invite(maker, draft.event_id, []), Conflict)
    with only_looking(database):
        await inviting.may_invite(maker, card.event_id)
    clock.go(days=14)
    await alike(inviting.may_invite(maker, card.event_id), inviting.invite(maker, card.event_id, []), Conflict)
