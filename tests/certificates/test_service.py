"""Issuing, printing again, revoking, replacing and checking certificates, on both databases."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.attendance.checking_in import CheckInService
from bot.features.attendance.ticking import TickingService
from bot.features.certificates.issuing import CALLED_OFF, NOBODY, NOT_OVER, IssuingService
from bot.features.certificates.messages import ISSUED
from bot.features.certificates.models import Certificate, CertificateCopy, CertificateKind
from bot.features.certificates.rules import PER_MINUTE, TOO_OFTEN, Terms, Worth, new_code
from bot.features.certificates.seals import LONGEST, SealService
from bot.features.certificates.service import CertificateService
from bot.features.certificates.values import Candidate, Standing
from bot.features.events.models import Event
from bot.features.events.service import EventService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.record_keeping.merging import MergingService
from tests.attendance.support import FIRST, assembly, code, to_the_start
from tests.certificates.support import AFTER, held, issued, organiser, own, until
from tests.events.support import photo, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor

HANAKO, JIRO, SABURO = (NEWCOMER + number for number in (1, 2, 3))


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(*table.__table__.c).order_by(table.id)))


async def told(database: Database) -> list[Any]:
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == ISSUED).order_by(Delivery.id)
        return list(await fetch(connection, query))


async def people(services: Services) -> tuple[Actor, Actor]:
    """One who hears of it by direct message, and one who looks by herself."""
    hanako = await join(services, HANAKO, "東京 花子", contact=Contact.DIRECT)
    return hanako, await join(services, JIRO, "京都 次郎", school="京都大学")


async def standings(services: Services, event_id: int) -> dict[str, Standing]:
    desk = await services[IssuingService].desk(await organiser(services), event_id)
    return {one.name: one.standing for one in desk.people}


async def candidate(services: Services, event_id: int, name: str) -> Candidate:
    desk = await services[IssuingService].desk(await organiser(services), event_id)
    return next(one for one in desk.people if one.name == name)


async def test_those_who_came_get_one_each_and_those_unticked_none(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    issuing, maker = services[IssuingService], await organiser(services)
    assert await standings(services, event.event_id) == {"東京 花子": Standing.READY, "京都 次郎": Standing.READY}
    assert jiro.person_id is not None
    await issuing.turn(maker, event.event_id, [jiro.person_id])
    assert await issued(services, event.event_id, Terms(CertificateKind.ATTENDANCE, date(2029, 12, 31))) == 1
    assert await standings(services, event.event_id) == {"東京 花子": Standing.ISSUED, "京都 次郎": Standing.SKIPPED}
    (one,) = await services[CertificateService].mine(hanako)
    assert (one.kind, one.worth, one.expires_on) == (CertificateKind.ATTENDANCE, Worth.VALID, date(2029, 12, 31))
    assert await services[CertificateService].mine(jiro) == []
    with pytest.raises(Conflict) as refused:
        await issued(services, event.event_id)
    assert refused.value.message == NOBODY
    await issuing.turn(maker, event.event_id, [jiro.person_id])
    assert await issued(services, event.event_id) == 1, "he came late to the list"
    assert len(await rows(database, Certificate)) == 2
    assert [one.recipient_id for one in await told(database)] == [HANAKO], "once, and only who chose it"


async def test_where_people_checked_in_those_who_did_get_one_with_their_hours(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    event_id, (came, _stayed_away) = await assembly(services, representative, 2)
    to_the_start(clock)
    await services[CheckInService].check_in(came, event_id, await code(services, representative, event_id))
    walked_in = "飛入 三郎"
    await services[TickingService].walk_in(representative, event_id, FIRST, 0, walked_in)
    clock.go(days=4)
    found = {one.name: one for one in (await services[IssuingService].desk(representative, event_id)).people}
    assert set(found) == {"学生 0", walked_in}, "with or without a place, and nobody who stayed away"
    assert [one.minutes for one in found.values()] == [8 * 60, 8 * 60], "a day counts eight hours at most"
    assert await issued(services, event_id) == 2
    assert (await own(services, came)).minutes == 8 * 60


async def test_two_who_issue_at_once_give_nobody_two(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    event = await held(services, clock, representative, *await people(services))
    answers = await asyncio.gather(*(issued(services, event.event_id) for _ in range(3)), return_exceptions=True)
    assert sorted(str(type(one).__name__) for one in answers) == ["Conflict", "Conflict", "int"]
    assert len(await rows(database, Certificate)) == 2


async def test_before_the_end_and_after_a_cancellation_there_are_none(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    with pytest.raises(Conflict) as early:
        await issued(services, event.event_id)
    await services[EventService].cancel(representative, event.event_id, "台風")
    until(clock, AFTER)
    with pytest.raises(Conflict) as off:
        await issued(services, event.event_id)
    assert (early.value.message, off.value.message) == (NOT_OVER, CALLED_OFF)
    assert await rows(database, Certificate) == []


async def test_only_organisers_by_name_see_and_issue(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    hanako, _ = await people(services)
    event = await held(services, clock, representative, hanako)
    for user in (HANAKO, OFFICER):
        asker, issuing = await actor(services, user), services[IssuingService]
        for call in (issuing.desk(asker, event.event_id), issuing.issue(asker, event.event_id, Terms())):
            with pytest.raises(NotAllowed):
                await call
    await services[EventService].take_charge(await actor(services, OFFICER), event.event_id)
    assert await services[IssuingService].issue(await actor(services, OFFICER), event.event_id, Terms()) == 1


async def test_only_a_digest_is_kept_of_whose_it_is_and_it_outlives_the_person(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    await issued(services, event.event_id)
    sheet, checks = await own(services, hanako), services[CertificateService]
    assert (await own(services, hanako)) == sheet, "it can be had again"
    found = await checks.check(jiro, sheet.code.lower(), "東京花子")
    assert found is not None
    assert (found.worth, found.title_ja) == (Worth.VALID, event.title_ja)
    assert await checks.check(jiro, sheet.code, "京都 次郎") is None
    assert await checks.check(jiro, new_code(), "東京 花子") is None
    for row in await rows(database, Certificate):
        assert "花子" not in str(tuple(row))
        assert sheet.code not in str(tuple(row))
    await services[MyDataService].delete(hanako)
    assert {row.person_id for row in await rows(database, Certificate)} == {None, jiro.person_id}
    assert {row.person_id for row in await rows(database, CertificateCopy)} == {jiro.person_id}
    assert await checks.check(jiro, sheet.code, "東京 花子") == found, "it still counts"


async def test_a_revoked_one_is_told_with_the_right_name_alone(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    await issued(services, event.event_id)
    sheet, issuing, checks = await own(services, hanako), services[IssuingService], services[CertificateService]
    one, maker = await candidate(services, event.event_id, "東京 花子"), await organiser(services)
    assert one.certificate_id is not None
    with pytest.raises(Invalid):
        await issuing.revoke(maker, event.event_id, one.certificate_id, " ")
    await issuing.revoke(maker, event.event_id, one.certificate_id, "欠席")
    with pytest.raises(Conflict):
        await issuing.revoke(maker, event.event_id, one.certificate_id, "欠席")
    found = await checks.check(jiro, sheet.code, "東京 花子")
    assert found is not None
    assert found.worth is Worth.REVOKED
    assert await checks.check(jiro, sheet.code, "東京") is None
    (mine,) = await checks.mine(hanako)
    assert (mine.worth, mine.reason, mine.can_print) == (Worth.REVOKED, "欠席", False)
    with pytest.raises(NotFound):
        await checks.paper(hanako, mine.certificate_id)
    with pytest.raises(Conflict):
        await issued(services, event.event_id)
    assert (await told(database))[0].state == "withdrawn", "the message waits no longer"
    assert await checks.told(one.certificate_id, HANAKO) is None


async def test_all_of_an_event_are_revoked_together_and_those_of_another_stay(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    other = await posted(services, representative)
    event = await held(services, clock, representative, hanako, jiro)
    await issued(services, event.event_id)
    issuing, maker = services[IssuingService], await organiser(services)
    one = await candidate(services, event.event_id, "東京 花子")
    assert one.certificate_id is not None
    with pytest.raises(NotFound):
        await issuing.revoke(maker, other.event_id, one.certificate_id, "別のイベント")
    assert await issuing.revoke_all(maker, event.event_id, "中止だった") == 2
    with pytest.raises(Conflict):
        await issuing.revoke_all(maker, event.event_id, "中止だった")
    with pytest.raises(NotFound):
        await issuing.papers(maker, event.event_id, only_without_account=False)
    assert {(await services[CertificateService].mine(who))[0].worth for who in (hanako, jiro)} == {Worth.REVOKED}


async def test_after_a_change_of_name_the_old_one_counts_as_replaced(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    await issued(services, event.event_id, Terms(CertificateKind.ATTENDANCE, date(2028, 1, 1)))
    old, issuing, checks = await own(services, hanako), services[IssuingService], services[CertificateService]
    one, maker = await candidate(services, event.event_id, "東京 花子"), await organiser(services)
    assert one.certificate_id is not None
    with pytest.raises(Conflict):
        await issuing.replace(maker, event.event_id, one.certificate_id)
    await services[MemberService].set_name(hanako, "札幌 花子", "")
    assert await standings(services, event.event_id) == {"札幌 花子": Standing.RENAMED, "京都 次郎": Standing.ISSUED}
    await issuing.replace(maker, event.event_id, one.certificate_id)
    with pytest.raises(Conflict):
        await issuing.replace(maker, event.event_id, one.certificate_id)
    new = await own(services, hanako)
    assert (new.name, new.kind, new.expires_on) == ("札幌 花子", CertificateKind.ATTENDANCE, date(2028, 1, 1))
    assert new.code != old.code
    answers = [await checks.check(jiro, code, name) for code, name in ((old.code, old.name), (new.code, new.name))]
    assert [one.worth if one else None for one in answers] == [Worth.REPLACED, Worth.VALID]
    assert "札幌" not in str(answers[0])
    assert await checks.check(jiro, old.code, new.name) is None
    assert len(await checks.mine(hanako)) == 1


async def test_a_name_that_cannot_be_printed_is_said_before(
    services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    async with database.writing() as session:
        theirs = update(Person).where(Person.id == hanako.person_id).values(display_name="東京 \ua980")
        await session.execute(theirs)
    one = await candidate(services, event.event_id, "東京 \ua980")
    assert (one.standing, one.lacks) == (Standing.UNPRINTABLE, "\ua980")
    assert await issued(services, event.event_id) == 1
    async with database.writing() as session:
        await session.execute(update(Event).where(Event.id == event.event_id).values(title_en="\ua980"))
        await session.execute(update(Person).where(Person.id == hanako.person_id).values(display_name="東京 花"))
    desk = await services[IssuingService].desk(await organiser(services), event.event_id)
    assert desk.lacks == "\ua980"
    with pytest.raises(Invalid):
        await issued(services, event.event_id)


async def test_guessing_is_limited_for_each_who_guesses(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    checks = services[CertificateService]
    for _ in range(PER_MINUTE):
        assert await checks.check(hanako, new_code(), "東京 花子") is None
        assert await checks.check_outside("192.0.2.1", new_code(), "東京 花子") is None
    with pytest.raises(Conflict) as refused:
        await checks.check(hanako, new_code(), "東京 花子")
    assert refused.value.message == TOO_OFTEN
    with pytest.raises(Conflict):
        await checks.check_outside("192.0.2.1", new_code(), "東京 花子")
    assert await checks.check(jiro, new_code(), "東京 花子") is None
    clock.go(minutes=1)
    assert await checks.check(hanako, new_code(), "東京 花子") is None


async def test_two_records_of_one_person_keep_both_papers(
    services: Services, clock: FakeClock, representative: Actor
) -> None:
    hanako, jiro = await people(services)
    event = await held(services, clock, representative, hanako, jiro)
    await issued(services, event.event_id)
    sheets = [await own(services, one) for one in (hanako, jiro)]
    merging, officer = services[MergingService], await actor(services, OFFICER)
    assert hanako.person_id is not None
    assert jiro.person_id is not None
    preview = await merging.preview(officer, hanako.person_id, jiro.person_id)
    await merging.merge(officer, hanako.person_id, jiro.person_id, preview.token)
    checks = services[CertificateService]
    assert len(await checks.mine(await actor(services, HANAKO))) == 2
    for sheet in sheets:
        found = await checks.check(officer, sheet.code, sheet.name)
        assert found is not None
        assert found.worth is Worth.VALID
    with pytest.raises(Conflict):
        await issued(services, event.event_id)
    assert await services[IssuingService].revoke_all(await organiser(services), event.event_id, "間違い") == 2


async def test_the_seal_is_kept_small_and_without_a_place(services: Services, representative: Actor) -> None:
    service, officer = services[SealService], await actor(services, OFFICER)
    with pytest.raises(NotAllowed):
        await service.add(representative, photo())
    assert await service.seal(officer) is None
    for size in ((900, 600), (30, 30)):
        await service.add(officer, photo(size))
    with pytest.raises(Invalid):
        await service.add(officer, b"no picture")
    seal = await service.seal(officer)
    assert seal is not None
    assert (seal.width, seal.height) == (30, 30)
    assert b"Hanako" not in seal.content
    await service.add(officer, photo((900, 600)))
    seal = await service.seal(officer)
    assert seal is not None
    assert (seal.width, seal.height) == (LONGEST, LONGEST * 2 // 3)
    await service.remove(officer)
    assert await service.seal(officer) is None
