from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database, Record, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.members import rules
from bot.features.members.models import Profile
from bot.features.members.service import MemberService
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.service import MembershipService
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.terms import NATIONAL_OFFICER
from bot.features.record_keeping.models import RosterEntry, RosterRequest
from bot.features.record_keeping.people_sheet.rows import Known, Namesakes, Outcome, print_of
from bot.features.record_keeping.service import RosterService, records_wanted
from bot.features.sheets.service import SheetService
from bot.features.sheets.values import Entry, Imported, Preview, Standing, UnclearRow
from tests.support.clocks import FakeClock
from tests.support.homes import number_of
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, appoint_to, found_organisation

HANA, KEN = STUDENT + 30, STUDENT + 31
HEAD = "氏名,ふりがな,大学,学年,会員種別,同意,出典"
HANAS = "山田 花,やまだ はな,東京大学,2年,個人会員,はい,"


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services)
    return await actor(services, OFFICER)


async def rows(database: Database, table: type[Record]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def preview(services: Services, officer: Actor, *lines: str) -> Preview:
    content = "\r\n".join([HEAD, *lines]).encode("cp932")
    looked = await services[SheetService].begin(officer, "people", "meibo.csv", content)
    assert isinstance(looked, Preview), looked
    return looked


async def brought_in(services: Services, officer: Actor, *lines: str) -> Imported:
    looked = await preview(services, officer, *lines)
    assert looked.can_be_imported, looked.plan.findings
    return await services[SheetService].carry_out(officer, looked.upload_id)


async def consented(services: Services, user: int) -> Actor:
    await services[MemberService].consent(await actor(services, user), "ja", rules.VERSION)
    return await actor(services, user)


async def test_each_row_needs_a_consent_or_a_source(services: Services, officer: Actor) -> None:
    looked = await preview(
        services,
        officer,
        HANAS,
        "例山 健,,京都大学,,,,2025年度の入会フォーム",
        "日付 子,,,,,2026-04-03,",
        "無年 子,,,,,4月3日,",
        "無印 太郎,,,,,,",
        "不同 意,,,,,いいえ,名簿",
        "謎 語,,,,,たぶん,",
    )
    assert [(one.number, one.field) for one in looked.plan.findings if one.bad] == [
        (6, "consent"),
        (7, "consent"),
        (8, "consent"),
    ]
    assert (looked.plan.new, looked.can_be_imported) == (4, False)
    with pytest.raises(Invalid, match="required column is missing"):
        await services[SheetService].begin(officer, "people", "x.csv", "氏名\n山田".encode())


async def test_bad_cells_are_said(services: Services, officer: Actor) -> None:
    looked = await preview(
        services,
        officer,
        ",,,,,はい,",
        "山田 花,山田花,,,,はい,",
        "例山 健,,,9年,,はい,",
        "見本 澪,,,,王様,はい,",
        f"{'長' * 61},,,,,はい,",
        "看護 学,,見本看護専門学校,,役員,はい,",
    )
    assert [(one.number, one.field) for one in looked.plan.findings if one.bad] == [
        (2, "name"),
        (3, "reading"),
        (4, "year"),
        (5, "kind"),
        (6, "name"),
    ]
    assert ("kind", 7) in [(one.field, one.number) for one in looked.plan.findings if not one.bad]


async def test_who_is_brought_in_is_nobody_until_they_claim_it(
    services: Services, officer: Actor, database: Database
) -> None:
    done = await brought_in(services, officer, HANAS)
    (handout,) = done.handouts
    assert (handout.name, handout.place_ja, handout.ends_on) == ("山田 花", "東京大学", date(2027, 1, 20))
    assert [person.display_name for person in await rows(database, Person)] == ["役員 一号"]
    assert await rows(database, Profile) == []
    (entry,) = await rows(database, RosterEntry)
    assert handout.code not in repr(entry), "only a digest of the code is kept"
    service = services[RosterService]
    with pytest.raises(Invalid, match="agree"):
        await service.claim(await actor(services, HANA), handout.code)
    hana = await consented(services, HANA)
    claimed = await service.claim(hana, handout.code.lower().replace("-", " "))
    assert claimed.name == "山田 花"
    card = await services[MemberService].card(hana)
    assert card is not None
    assert card.school is not None
    assert (card.name, card.reading, card.school.name_ja, card.year_of_study) == (
        "山田 花", "やまだ はな", "東京大学", 2,
    )  # fmt: skip
    assert (await services[MembershipService].own(hana)).standing.kind is MembershipKind.INDIVIDUAL
    (entry,) = await rows(database, RosterEntry)
    assert (entry.name, entry.reading, entry.school_id) == ("", "", None), "what is personal goes from the sheet's copy"
    with pytest.raises(Conflict, match="already claimed this record"):
        await service.claim(hana, handout.code)
    with pytest.raises(Conflict, match="already been used"):
        await service.claim(await consented(services, KEN), handout.code)
    assert "roster.claim" in [row.action for row in await rows(database, AuditEntry)]


async def test_what_somebody_said_themselves_stays(services: Services, officer: Actor) -> None:
    (handout,) = (await brought_in(services, officer, HANAS)).handouts
    hana = await join(services, HANA, "ハナ", "はな", school="京都大学", year=4)
    await services[RosterService].claim(hana, handout.code)
    card = await services[MemberService].card(hana)
    assert card is not None
    assert card.school is not None
    assert (card.name, card.school.name_ja, card.year_of_study) == ("ハナ", "京都大学", 4)


async def test_a_second_import_changes_nothing_before_and_after_the_claim(services: Services, officer: Actor) -> None:
    (handout,) = (await brought_in(services, officer, HANAS)).handouts
    for _ in range(2):
        looked = await preview(services, officer, HANAS, HANAS)
        assert (looked.plan.new, looked.plan.unchanged, looked.can_be_imported) == (0, 2, False)
        if (await actor(services, HANA)).person_id is None:
            await services[RosterService].claim(await consented(services, HANA), handout.code)


async def test_an_export_is_audited_and_brought_in_again_changes_nothing(
    services: Services, officer: Actor, database: Database
) -> None:
    await join(services, HANA, "=山田 花", "やまだ はな", school="京都大学", year=4)
    content = await services[SheetService].export(officer, "people")
    text = content.decode("utf-8-sig")
    assert "'=山田 花" in text, "a cell that a spreadsheet could run is defused"
    assert "京都大学,4,フリーメーリングリスト,はい" in text
    looked = await services[SheetService].begin(officer, "people", "people.csv", content)
    assert isinstance(looked, Preview)
    assert (looked.plan.new, looked.plan.unchanged, looked.plan.bad) == (0, 1, 0)
    noted = [row for row in await rows(database, AuditEntry) if row.action == "sheet.export"]
    assert [(row.fields, row.actor_discord_id) for row in noted] == [(["people"], OFFICER)]
    with pytest.raises(NotAllowed):
        await services[SheetService].export(await actor(services, HANA), "people")


async def test_without_a_code_an_officer_says_which_record_it_is(
    services: Services, officer: Actor, database: Database
) -> None:
    await brought_in(services, officer, HANAS, "例山 健,れいやま けん,京都大学,3,,はい,", "別 人,,香川大学,1,,はい,")
    service = services[RosterService]
    hana = await join(services, HANA, "ハナ", "やまだ はな")
    await service.request(hana)
    await service.request(hana)
    with pytest.raises(NotAllowed):
        await service.requests(hana)
    (request,) = await service.requests(officer)
    assert [entry.name for entry in request.likely] == ["山田 花"]
    assert await number_of(services, officer, records_wanted) == 1
    await service.confirm(officer, request.request_id, request.likely[0].entry_id)
    assert (await services[MembershipService].own(hana)).standing.kind is MembershipKind.INDIVIDUAL
    with pytest.raises(Conflict):
        await service.confirm(officer, request.request_id, None)
    ken = await join(services, KEN, "誰か 別")
    await service.request(ken)
    (request,) = await service.requests(officer)
    await service.confirm(officer, request.request_id, None)
    assert [row.state for row in await rows(database, RosterRequest)] == ["granted", "declined"]
    assert (await number_of(services, officer, records_wanted), await service.requests(officer)) == (0, [])
    await service.request(ken)
    assert await number_of(services, officer, records_wanted) == 1, "of the one that was declined nothing is left"
    assert [row.state for row in await rows(database, RosterRequest)] == ["granted", "pending"]


async def test_every_request_is_reached_however_many_wait(services: Services, officer: Actor) -> None:
    await brought_in(services, officer, HANAS)
    service = services[RosterService]
    for number in range(26):
        await service.request(await join(services, HANA + 100 + number, f"人 {number}"))
    first, last = await service.requests(officer), await service.requests(officer, 999)
    assert (len(first), len(last), last.page, last.pages) == (25, 1, 1, 2)
    (alone,) = await service.requests(officer, request_id=last[0].request_id)
    assert alone.name == "人 25"


async def test_nobody_confirms_themselves(services: Services, officer: Actor) -> None:
    await brought_in(services, officer, HANAS)
    await appoint_to(services, KEN, NATIONAL_OFFICER)
    mine = await join(services, OFFICER, "山田 花", "やまだ はな")
    await services[RosterService].request(mine)
    (request,) = await services[RosterService].requests(mine)
    with pytest.raises(NotAllowed, match="your own record"):
        await services[RosterService].confirm(mine, request.request_id, request.likely[0].entry_id)


async def test_after_60_days_a_record_is_gone(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    (handout,) = (await brought_in(services, officer, HANAS)).handouts
    service = services[RosterService]
    await service.request(await consented(services, HANA))
    clock.go(days=60)
    assert await service.forget_expired() == 0
    clock.go(days=1)
    with pytest.raises(NotFound):
        await service.claim(await actor(services, HANA), handout.code)
    assert await service.forget_expired() == 1
    assert await service.forget_expired() == 0
    assert await rows(database, RosterEntry) == []
    assert await rows(database, RosterRequest) == []
    assert [row.origin for row in await rows(database, AuditEntry) if row.action == "roster.expire"] == ["nightly"]


async def test_another_organisations_code_is_unknown(services: Services, officer: Actor) -> None:
    (handout,) = (await brought_in(services, officer, HANAS)).handouts
    other = officer.caller.guild_id + 5  # type: ignore[operator]
    await found_organisation(services, guild=other, officer=KEN)
    stranger = await actor(services, HANA, other)
    await services[MemberService].consent(stranger, "ja", rules.VERSION)
    with pytest.raises(NotFound):
        await services[RosterService].claim(await actor(services, HANA, other), handout.code)


async def test_a_mark_for_nothing_is_no_person_and_no_school(services: Services, officer: Actor) -> None:
    lcs = services[LocalCommitteeService]
    tokyo = (await lcs.show(officer, "東京大学")).lc_id
    await services[OwnRecordService].edit(officer, tokyo, OwnNames("", "", ["なし"], None), Via.PHONE)
    looked = await preview(
        services,
        officer,
        "山田 花,-,なし,-,未定,はい,",
        *(f"{mark},,東京大学,2,,はい," for mark in ("未定", "-", "空席", "0", "#REF!", "同上")),
    )
    assert [(new.name, new.school_id, new.institution, new.year) for new in looked.plan.changes] == [
        ("山田 花", None, "", None)
    ]
    assert sorted({finding.number for finding in looked.plan.findings if finding.bad}) == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("heading", ["No.", "会員番号", "番号", "ID"])
async def test_a_running_number_is_not_the_bots_own(services: Services, officer: Actor, heading: str) -> None:
    member = await join(services, HANA, "山田 花", "やまだ はな")
    content = f"{heading},氏名,同意\r\n{member.person_id},田中 健,はい".encode()
    looked = await services[SheetService].begin(officer, "people", "meibo.csv", content)
    assert isinstance(looked, Preview)
    assert (looked.plan.new, looked.plan.unchanged) == (1, 0), "no row is lost"


async def test_the_bots_own_number_counts_where_the_name_agrees(services: Services, officer: Actor) -> None:
    member = await join(services, HANA, "山田 花", "やまだ はな")
    number = member.person_id
    content = f"Tsunagu番号,氏名,同意\r\n{number},山田　花,はい\r\n{number},田中 健,はい\r\n,見本 澪,はい".encode()
    looked = await services[SheetService].begin(officer, "people", "meibo.csv", content)
    assert isinstance(looked, Preview)
    assert (looked.plan.unchanged, [new.name for new in looked.plan.changes]) == (1, ["見本 澪"])
    assert [(finding.number, finding.field) for finding in looked.plan.findings if finding.bad] == [(3, "number")]


async def test_two_people_of_one_name_are_asked_about(services: Services, officer: Actor) -> None:
    lines = [
        HEAD,
        "佐藤 愛,さとう あい,東京大学,2年,個人会員,はい,",
        "佐藤　愛,さとう あい,東大,5年,個人会員,はい,",  # another one, or a slip?
        "佐藤 愛,さとう まな,東京大学,2年,個人会員,はい,",  # said otherwise
        "佐藤 愛,さとう あい,京都大学,2年,個人会員,はい,",  # elsewhere
        "佐藤 愛,さとう あい,東京大学,2年,個人会員,はい,",  # twice the same
        "佐藤 愛,,東京大学,2年,個人会員,はい,",
    ]
    content = "\r\n".join(lines).encode("cp932")
    sheets = services[SheetService]

    async def next_question(upload_id: int, number: int, value: str) -> Standing:
        await sheets.set_answer(officer, upload_id, number, value)
        return await sheets.look(officer, upload_id)

    looked: Standing = await sheets.begin(officer, "people", "meibo.csv", content)
    assert isinstance(looked, UnclearRow)
    assert (looked.question.number, looked.left) == (3, 2)
    assert [choice.value for choice in looked.question.choices] == ["another", "row:2"]
    with pytest.raises(Invalid, match="Some rows in this file"):
        await sheets.carry_out(officer, looked.upload_id)
    assert isinstance(await next_question(looked.upload_id, 3, "row:99"), UnclearRow), "that was never offered"
    looked = await next_question(looked.upload_id, 3, "another")
    assert isinstance(looked, UnclearRow)
    assert [choice.value for choice in looked.question.choices] == ["another", "row:2", "row:3", "row:4"]
    looked = await next_question(looked.upload_id, looked.question.number, "row:2")
    assert isinstance(looked, Preview)
    assert [(new.reading, new.year) for new in looked.plan.changes] == [
        ("さとう あい", 2), ("さとう あい", 5), ("さとう まな", 2), ("さとう あい", 2),
    ]  # fmt: skip
    assert [(one.number, one.bad) for one in looked.plan.findings] == [(6, False), (7, False)]
    done = await sheets.carry_out(officer, looked.upload_id)
    assert len(done.handouts) == 4
    again = await sheets.begin(officer, "people", "meibo.csv", "\r\n".join(lines[:-1]).encode("cp932"))
    assert isinstance(again, Preview), "each is known again, without a question"
    assert (again.plan.new, again.plan.unchanged) == (0, 5)


async def test_somebody_of_the_name_of_an_earlier_list_is_asked_about(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    await brought_in(services, officer, HANAS)
    clock.go(days=20)
    officer = await actor(services, OFFICER)
    sheets = services[SheetService]
    other = f"{HEAD}\r\n{HANAS.replace('2年', '5年')}".encode()
    looked: Standing = await sheets.begin(officer, "people", "meibo.csv", other)
    assert isinstance(looked, UnclearRow)
    assert [choice.value for choice in looked.question.choices] == ["another", "earlier"]
    await sheets.set_answer(officer, looked.upload_id, 2, "another")
    looked = await sheets.look(officer, looked.upload_id)
    assert isinstance(looked, Preview)
    assert len((await sheets.carry_out(officer, looked.upload_id)).handouts) == 1
    both = f"{HEAD}\r\n{HANAS}\r\n{HANAS.replace('2年', '5年')}".encode()
    again = await sheets.begin(officer, "people", "meibo.csv", both)
    assert isinstance(again, Preview)
    assert again.plan.unchanged == 2


def test_a_year_later_the_same_person_is_in_the_next_year_of_study() -> None:
    found = print_of("山田 花", "やまだ はな", "1", 3)
    entry = Entry(2, {})
    for brought_in, expected in ((2025, Outcome.KNOWN), (2026, Outcome.ASKED)):
        known = [Known(found.fingerprint, 2, brought_in)]
        assert Namesakes(known, 2026).meet(entry, "山田 花", found) is expected
