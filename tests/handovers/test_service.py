from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.deliveries.models import Delivery, RecipientKind
from bot.errors import Conflict, Invalid, NotAllowed, NotFound, UserError
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.handovers.asking import ASK_KIND, VACANT_KIND, HandoverWatch
from bot.features.handovers.checklists import ALL, ChecklistService
from bot.features.handovers.notes import PostNoteService
from bot.features.handovers.rescue import COMMAND_LINE, NAMED_KIND, RescueService
from bot.features.handovers.service import HandoverService
from bot.features.local_committees.models import Via
from bot.features.organisations.models import ServerPart
from bot.features.people.actors import Caller
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.support.clocks import FakeClock
from tests.support.people import (
    ADMIN,
    GUILD,
    NEWCOMER,
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    actor,
    appoint_to,
    caller,
    found_organisation,
)

# It is 21 November 2026; terms end on 31 March 2027.
APRIL, MARCH = date(2027, 4, 1), date(2028, 3, 31)


@pytest.fixture
def handovers(services: Services) -> HandoverService:
    return services[HandoverService]


async def my_term(services: Services, user: int = REPRESENTATIVE) -> int:
    return (await services[HandoverService].mine(await actor(services, user)))[0].term_id


async def test_whom_the_holder_names_and_who_says_yes_follows_on_the_day(
    services: Services, handovers: HandoverService, lc: int, clock: FakeClock
) -> None:
    holder = await actor(services, REPRESENTATIVE)
    term = await my_term(services)
    card = await handovers.name(holder, term, NEWCOMER, "新人")
    assert (card.ending.candidate, card.ending.is_followed) == ("新人", False)
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    assert (asked.starts_on, asked.ends_on) == (APRIL, MARCH)
    assert (await actor(services, NEWCOMER)).holdings == (), "nothing before they say yes"
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    assert (await handovers.card(holder, term)).ending.is_followed
    clock.go(days=130)  # 31 March 2027
    assert not (await actor(services, NEWCOMER)).may(Right.EDIT_LC, lc)
    assert (await actor(services, REPRESENTATIVE)).may(Right.EDIT_LC, lc)
    clock.go(days=1)
    assert (await actor(services, NEWCOMER)).may(Right.EDIT_LC, lc)
    assert not (await actor(services, REPRESENTATIVE)).may(Right.EDIT_LC, lc)


async def test_saying_no_changes_nothing_and_another_can_be_named(
    services: Services, handovers: HandoverService, lc: int, database: Database
) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await my_term(services)
    await handovers.name(holder, term, NEWCOMER, "新人")
    first, second = await actor(services, NEWCOMER), await actor(services, NEWCOMER + 1)
    (asked,) = await handovers.asked(first)
    await handovers.answer(first, asked.handover_id, accept=False)
    with pytest.raises(Conflict):
        await handovers.answer(first, asked.handover_id, accept=True)
    await handovers.name(holder, term, NEWCOMER, "新人")
    await handovers.name(holder, term, NEWCOMER + 1, "別の人")
    assert await handovers.asked(first) == [], "who was named before is asked no more"
    (asked,) = await handovers.asked(second)
    with pytest.raises(NotFound):
        await handovers.answer(first, asked.handover_id, accept=True)
    await handovers.withdraw(holder, asked.handover_id)
    with pytest.raises(Conflict):
        await handovers.answer(second, asked.handover_id, accept=True)
    async with database.reading() as connection:
        noted = set(await connection.scalars(select(AuditEntry.action).where(AuditEntry.action.like("handover.%"))))
    assert noted == {"handover.name", "handover.decline", "handover.withdraw"}


async def test_of_two_who_answer_and_press_at_once_one_counts(
    services: Services, handovers: HandoverService, lc: int
) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await my_term(services)
    await handovers.name(holder, term, NEWCOMER, "新人")
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    results = await asyncio.gather(
        *(handovers.answer(newcomer, asked.handover_id, accept=True) for _ in range(3)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, UserError) for result in results if result is not None), results


async def test_naming_another_while_the_first_says_yes_does_not_stand_in_their_way(
    services: Services, handovers: HandoverService, lc: int
) -> None:
    holder, term = await actor(services, REPRESENTATIVE), await my_term(services)
    newcomer = await actor(services, NEWCOMER)
    for _ in range(12):
        await handovers.name(holder, term, NEWCOMER, "新人")
        (asked,) = await handovers.asked(newcomer)
        answered, named = await asyncio.gather(
            handovers.answer(newcomer, asked.handover_id, accept=False),
            handovers.name(holder, term, OTHER, "別の人"),
            return_exceptions=True,
        )
        assert answered is None or isinstance(answered, Conflict), answered
        assert not isinstance(named, BaseException), named


async def test_others_name_nobody_and_their_superiors_do(
    services: Services, handovers: HandoverService, lc: int, clock: FakeClock
) -> None:
    term = await my_term(services)
    for user in (OTHER, NEWCOMER):
        with pytest.raises(NotAllowed):
            await handovers.name(await actor(services, user), term, NEWCOMER, "新人")
        with pytest.raises(NotAllowed):
            await handovers.card(await actor(services, user), term)
    with pytest.raises(NotFound):
        await handovers.card(await actor(services, OFFICER), 999)
    await handovers.name(await actor(services, OFFICER), term, NEWCOMER, "新人")
    for starts, ends in ((date(2026, 1, 1), MARCH), (date(2027, 9, 1), MARCH), (APRIL, date(2027, 3, 1))):
        with pytest.raises(Invalid):
            await handovers.name(await actor(services, OFFICER), term, NEWCOMER, "新人", starts, ends)


async def test_for_thirty_days_the_outgoing_holder_may_name_one_and_nothing_else(
    services: Services, handovers: HandoverService, lc: int, clock: FakeClock
) -> None:
    term = await my_term(services)
    clock.go(days=160)  # 30 April 2027, thirty days after
    gone = await actor(services, REPRESENTATIVE)
    assert [one.term_id for one in await handovers.mine(gone)] == [term]
    assert not any(gone.may(right, lc) for right in Right), "no other right, and that one only for the own post"
    await handovers.name(gone, term, NEWCOMER, "新人")
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    assert asked.starts_on == date(2027, 4, 30)
    clock.go(days=1)
    newcomer = await actor(services, NEWCOMER)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    assert (await actor(services, NEWCOMER)).may(Right.EDIT_LC, lc), "from the day on which they said yes"
    with pytest.raises(NotAllowed, match="30 days"):
        await handovers.name(await actor(services, REPRESENTATIVE), term, OTHER, "だれか")


async def test_an_lc_hands_over_on_its_own_date(
    services: Services, handovers: HandoverService, lc: int, clock: FakeClock
) -> None:
    checklists = services[ChecklistService]
    holder, term = await actor(services, REPRESENTATIVE), await my_term(services)
    with pytest.raises(Invalid):
        await checklists.set_date(holder, lc, (2, 29))
    with pytest.raises(NotAllowed):
        await checklists.set_date(await actor(services, OTHER), lc, (1, 1))
    with pytest.raises(Invalid, match="how the LC told"):
        await checklists.set_date(await actor(services, OFFICER), lc, (1, 1))
    await checklists.set_date(await actor(services, OFFICER), lc, (2, 1), Via.MAIL)
    await checklists.set_date(holder, lc, (1, 1))
    card = await handovers.card(holder, term)
    assert (card.ending.last_day, card.next_starts, card.next_ends) == (
        date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31),
    )  # fmt: skip
    await handovers.name(holder, term, NEWCOMER, "新人")
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    clock.go(days=41)  # 1 January 2027
    assert not (await actor(services, REPRESENTATIVE)).may(Right.EDIT_LC, lc), "the old term ends the day before"
    assert (await actor(services, NEWCOMER)).may(Right.EDIT_LC, lc)


async def give_thread(database: Database, clock: FakeClock, lc: int) -> None:
    async with database.writing() as session:
        session.add(ServerPart(server_id=1, key=f"thread:lc:{lc}", discord_id=32, made_at=clock.now()))


async def enqueued(database: Database, kind: str) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        query = select(Delivery.recipient_kind, Delivery.recipient_id).where(Delivery.kind == kind)
        return [(row.recipient_kind, row.recipient_id) for row in await connection.execute(query.order_by(Delivery.id))]


async def test_holders_are_asked_on_three_days_once_for_each_place_and_again_after_an_outage(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    watch = services[HandoverWatch]
    await give_thread(database, clock, lc)
    await appoint_to(services, NEWCOMER, "leo", lc)
    so_far = 0
    for day in range(131):
        before = so_far
        await watch.look(1)
        await watch.look(1)
        so_far = len(await enqueued(database, ASK_KIND))
        assert so_far - before == (2 if 130 - day in (60, 30, 7) else 0), day
        clock.go(days=1)
    assert set(await enqueued(database, ASK_KIND)) == {
        (RecipientKind.THREAD, 32), (RecipientKind.OFFICERS, 1),
    }, "the other LC has no thread: its holder sees it at home"  # fmt: skip


async def test_days_are_data(services: Services, lc: int, clock: FakeClock, database: Database) -> None:
    checklists, officer = services[ChecklistService], await actor(services, OFFICER)
    for wrong in ("", "x", "0", "366", "1,2,3,4,5,6"):
        with pytest.raises(Invalid):
            await checklists.set_notice_days(officer, wrong)
    await checklists.set_notice_days(officer, "１４、 130")
    assert (await checklists.overview(officer)).notice_days == (130, 14)
    await services[HandoverWatch].look(1)
    assert await enqueued(database, ASK_KIND) == [(RecipientKind.OFFICERS, 1)]
    with pytest.raises(NotAllowed):
        await checklists.set_notice_days(await actor(services, REPRESENTATIVE), "60")


async def test_checklists_ship_and_can_be_changed_and_set_back(
    services: Services, handovers: HandoverService, lc: int
) -> None:
    checklists, officer = services[ChecklistService], await actor(services, OFFICER)
    holder, term = await actor(services, REPRESENTATIVE), await my_term(services)
    shipped = (await handovers.card(holder, term)).items
    assert len(shipped) == 7
    await checklists.set_items(officer, LC_REPRESENTATIVE, "部室の鍵を渡す\n\n  印鑑を渡す ", "")
    card = await handovers.card(holder, term)
    both = [(item.text_ja, item.text_en) for item in card.items[:2]]
    assert both == [("部室の鍵を渡す", "部室の鍵を渡す"), ("印鑑を渡す", "印鑑を渡す")], "better than nothing"
    assert (await checklists.overview(officer)).changed == {LC_REPRESENTATIVE}
    await checklists.set_items(officer, LC_REPRESENTATIVE, "", "")
    assert (await handovers.card(holder, term)).items == shipped
    assert len((await checklists.items(officer, ALL))[0]) == 4
    with pytest.raises(NotFound):
        await checklists.set_items(officer, "emperor", "x", "")
    with pytest.raises(Invalid):
        await checklists.set_items(officer, ALL, "x" * 1501, "")
    with pytest.raises(Invalid, match="line by line"):
        await checklists.set_items(officer, ALL, "鍵\n印鑑", "Key")
    with pytest.raises(Invalid, match="too many items"):
        await checklists.set_items(officer, ALL, "\n".join(map(str, range(26))), "")
    with pytest.raises(NotAllowed):
        await checklists.items(holder, ALL)


async def test_without_a_successor_the_lc_is_told_first_and_the_nation_after_a_week(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    watch = services[HandoverWatch]
    await give_thread(database, clock, lc)
    await appoint_to(services, OFFICER, "president", None, ends_on=date(2028, 3, 31))
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, NEWCOMER, "leo", lc)
    clock.go(days=130)
    await watch.look(1)
    assert await enqueued(database, VACANT_KIND) == []
    clock.go(days=1)
    await watch.look(1)
    await watch.look(1)
    assert sorted(await enqueued(database, VACANT_KIND)) == [(RecipientKind.OFFICERS, 1), (RecipientKind.THREAD, 32)]
    today = date(2027, 4, 1)
    at_once = await watch.vacant_for_nation(1, date(2027, 3, 31), "now", today)
    assert {one.post_key for one in at_once} == {"lc_representative", "national_officer"}, "nobody else could act there"
    for _ in range(8):
        clock.go(days=1)
        await watch.look(1)
    assert len(await enqueued(database, VACANT_KIND)) == 3
    all_of_them = await watch.vacant_for_nation(1, date(2027, 3, 31), "week", date(2027, 4, 9))
    assert "leo" in {one.post_key for one in all_of_them}


async def test_what_was_agreed_stays_with_the_post(services: Services, lc: int, clock: FakeClock) -> None:
    notes, term = services[PostNoteService], await my_term(services)
    holder = await actor(services, REPRESENTATIVE)
    await appoint_to(services, NEWCOMER, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, NEWCOMER + 1, "leo", lc, ends_on=MARCH)
    await notes.write(holder, term, "部室は5月まで借りている")
    await notes.write(holder, term, "部室は6月まで借りている")
    read = await notes.read(holder, term)
    assert (read.text, read.version, read.of, read.may_write) == ("部室は6月まで借りている", 2, 2, True)
    assert (await notes.read(await actor(services, OFFICER), term, 1)).text == "部室は5月まで借りている"
    for user in (NEWCOMER, NEWCOMER + 1, OTHER):
        with pytest.raises(NotAllowed):
            await notes.read(await actor(services, user), term)
    with pytest.raises(NotAllowed):
        await notes.write(await actor(services, OFFICER), term, "x")
    clock.go(days=131)
    theirs = await my_term(services, NEWCOMER)
    assert (await notes.read(await actor(services, NEWCOMER), theirs)).text == "部室は6月まで借りている"
    with pytest.raises(NotAllowed):
        await notes.read(await actor(services, REPRESENTATIVE), term)
    with pytest.raises(Invalid):
        await notes.write(await actor(services, NEWCOMER), theirs, "x" * 3001)


def owner(guild: int = GUILD) -> Caller:
    return Caller(ADMIN, "owner", guild, manages_server=True, owns_server=True, origin="setups:rescue")


async def test_the_owner_of_the_first_server_names_an_officer_only_when_none_is_left(
    services: Services, clock: FakeClock, database: Database
) -> None:
    rescue = services[RescueService]
    await found_organisation(services)
    assert not await rescue.may(owner())
    with pytest.raises(Conflict):
        await rescue.by_owner(owner(), NEWCOMER, "新人", MARCH)
    clock.go(days=131)
    assert await rescue.may(owner())
    assert not await rescue.may(owner(GUILD + 1))
    for other in (caller(ADMIN, manages=True), owner(GUILD + 1)):
        assert not await rescue.may(other)
        with pytest.raises(NotAllowed):
            await rescue.by_owner(other, NEWCOMER, "新人", MARCH)
    await rescue.by_owner(owner(), NEWCOMER, "新人", MARCH)
    assert (await actor(services, NEWCOMER)).may(Right.APPOINT_NATION)
    assert await enqueued(database, NAMED_KIND) == [(RecipientKind.OFFICERS, 1)]
    with pytest.raises(Conflict):
        await rescue.by_owner(owner(), NEWCOMER + 1, "もう一人", MARCH)


async def test_the_host_names_an_officer_with_a_trace(services: Services, database: Database) -> None:
    rescue = services[RescueService]
    with pytest.raises(NotFound):
        await rescue.by_host(None, NEWCOMER, "新人", None, None)
    await found_organisation(services)
    assert await rescue.by_host(None, NEWCOMER, "新人", None, None) == (
        "IFMSA-Japan", date(2026, 11, 21), date(2027, 3, 31),
    )  # fmt: skip
    with pytest.raises(Conflict):
        await rescue.by_host("1", NEWCOMER, "新人", None, None)
    with pytest.raises(NotFound):
        await rescue.by_host("AMSA", NEWCOMER, "新人", None, None)
    with pytest.raises(Invalid):
        await rescue.by_host(None, NEWCOMER + 1, " ", None, None)
    await found_organisation(services, GUILD + 1, name_en="IIST", name_ja="医学国際")
    with pytest.raises(NotFound, match="organisation"):
        await rescue.by_host(None, NEWCOMER + 1, "別の人", None, None)
    async with database.reading() as connection:
        traces = await connection.execute(
            select(AuditEntry.action, AuditEntry.actor_discord_id).where(AuditEntry.origin == COMMAND_LINE)
        )
        assert [tuple(row) for row in traces] == [("term.add", None)]
