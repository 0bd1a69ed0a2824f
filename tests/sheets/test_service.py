from __future__ import annotations

import asyncio
import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import ClubType, LcState, Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.people.actors import Actor
from bot.features.people.models import Level, Reach
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.claims import ClaimService
from bot.features.posts.models import ClaimCode
from bot.features.posts.values import PostDraft
from bot.features.schools.models import Region
from bot.features.setups.service import Start
from bot.features.sheets.columns import LEFT_OUT
from bot.features.sheets.models import SheetUpload
from bot.features.sheets.service import SheetService
from bot.features.sheets.uploads import upload_waiting
from bot.features.sheets.values import DoubledField, Finding, Imported, Preview, UnknownColumn
from bot.typed import name_problem
from tests.sheets.test_rules import NASTY
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.people import GUILD, OFFICER, STUDENT, actor, appoint_to, found_organisation

KIND = "local_committees"


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services)
    return await actor(services, OFFICER)


@pytest.fixture
def sheets(services: Services) -> SheetService:
    return services[SheetService]


def sheet(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


async def look(sheets: SheetService, who: Actor, *lines: str) -> Preview:
    found = await sheets.begin(who, KIND, "lc.csv", sheet(*lines))
    assert isinstance(found, Preview), found
    return found


async def bring_in(sheets: SheetService, who: Actor, *lines: str) -> Imported:
    preview = await look(sheets, who, *lines)
    assert preview.plan.bad == 0, preview.plan.findings
    return await sheets.carry_out(who, preview.upload_id)


def said(finding: Finding) -> tuple[int, str | None, str]:
    """Row, field and the first words of what is said."""
    return finding.number, finding.field, finding.message[:30]


async def count(database: Database, table: type) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_a_sheet_brings_lcs_and_their_representatives(
    sheets: SheetService, services: Services, officer: Actor, database: Database
) -> None:
    done = await bring_in(
        sheets,
        officer,
        "大学名,略称,団体名,団体種別,状態,加盟日,決定,代表者名,任期開始,任期終了",
        "東大,東医研、UTMS,東大国際保健,ESS,正会員,2024/4/1,2024総会 第1号,山田 花子,,",
        "京都大学医学部,,,,休止,,,佐藤 健,2026-10-01,2027-09-30",
    )
    assert (done.new, done.changed, done.unchanged) == (0, 2, 0)
    assert [(one.place_ja, one.name, one.starts_on, one.ends_on) for one in done.handouts] == [
        ("東京大学", "山田 花子", date(2026, 4, 1), date(2027, 3, 31)),
        ("京都大学", "佐藤 健", date(2026, 10, 1), date(2027, 9, 30)),
    ]
    card = await services[LocalCommitteeService].show(officer, "UTMS")
    assert (card.name_ja, card.own.name_ja, card.own.aliases) == ("東京大学", "東大国際保健", ["東医研", "UTMS"])
    assert card.own.club_type is ClubType.ENGLISH_CLUB
    assert (card.state, card.state_since) == (LcState.MEMBER, date(2024, 4, 1))
    assert card.state_decision == "2024総会 第1号"
    kyoto = await services[LocalCommitteeService].show(officer, "京大")
    assert (kyoto.state, kyoto.state_since) == (LcState.DORMANT, officer.today)
    term = await services[ClaimService].use_code(await actor(services, STUDENT), done.handouts[0].code)
    assert (term.lc_ja, term.ends_on) == ("東京大学", date(2027, 3, 31))
    changes = await services[OwnRecordService].history(officer, card.lc_id)
    assert {change.action for change in changes} == {"lc.edit", "lc.state", "post.code", "post.add"}
    async with database.reading() as connection:
        for table in ("people", "claim_codes", "local_committees", "audit_entries", "sheet_uploads"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608
            assert "山田" not in str(rows), table
            assert "山田".encode() not in b"".join(v for row in rows for v in row if isinstance(v, bytes)), table


async def test_the_second_import_of_a_file_changes_nothing(
    sheets: SheetService, services: Services, officer: Actor, database: Database
) -> None:
    lines = (
        "大学名,都道府県,略称,状態,加盟日,決定,代表者名",
        "東京大学,,東医研,団体会員,2024-04-01,第1号,山田 花子",
        "架空医科大学,福岡県,架空医大,,,,佐藤 健",
    )
    done = await bring_in(sheets, officer, *lines)
    assert (done.new, done.changed, len(done.handouts)) == (1, 1, 2)
    codes_left = [one.code for one in done.handouts]
    codes, notes = await count(database, ClaimCode), await count(database, AuditEntry)
    for noted in (3, 2):  # the school that had no LC is founding one once somebody represents it
        again = await look(sheets, officer, *lines)
        assert (again.plan.new, again.plan.changed, again.plan.unchanged, again.plan.codes) == (0, 0, 2, 0)
        assert again.plan.findings == []
        assert not again.can_be_imported
        assert not await facts_of(services, officer, upload_waiting), "nothing of it waits"
        with pytest.raises(NotFound):
            await sheets.carry_out(officer, again.upload_id)
        # The same once a code was used.
        await services[ClaimService].use_code(await actor(services, STUDENT), codes_left.pop())
        notes += noted
    assert (await count(database, ClaimCode), await count(database, AuditEntry)) == (codes, notes)


async def test_what_goes_out_comes_back_unchanged(sheets: SheetService, services: Services, officer: Actor) -> None:
    lcs, own = services[LocalCommitteeService], services[OwnRecordService]
    await bring_in(
        sheets, officer, "大学名,地方,英語名,代表者名", "日本語だけ大学,九州・沖縄,,山田", ",東北,Only English,佐藤"
    )
    tokyo = (await lcs.show(officer, "東京大学")).lc_id
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, tokyo, starts_on=date(2026, 6, 1))
    await lcs.change_state(officer, tokyo, LcState.MEMBER, date(2024, 4, 1), '=第1号, "案"')
    await own.edit(officer, tokyo, OwnNames("'=1+1", "@home\n+", ["-a", "b、c", "'@d"], ClubType.INDEPENDENT), Via.LINE)
    await own.edit(officer, tokyo + 1, OwnNames("＝", "\t=", ["x、y"], None), Via.LINE)
    for number, mark in enumerate(("同上", "''", "'\"", "\t〃", "なし", "-", "0"), tokyo + 2):
        await own.edit(officer, number, OwnNames(mark, mark, [mark], None), Via.LINE)
        await lcs.change_state(officer, number, LcState.MEMBER, date(2024, 4, 1), mark)
    for language in ("ja", "en"):
        reader = Actor(
            officer.caller, officer.organisation, language, officer.today, officer.person_id, officer.holdings
        )
        content = await sheets.export(reader, KIND)
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), row
        back = await sheets.begin(reader, KIND, "out.csv", content)
        assert isinstance(back, Preview)
        assert (back.plan.unchanged, back.plan.changes, back.plan.findings) == (84, [], [])


# No shrinking: each example founds an organisation, and minutes would go by.
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(names=st.tuples(NASTY, NASTY), aliases=st.lists(NASTY, max_size=3), decision=NASTY)
@example(names=("", '"'), aliases=["''"], decision="同上")
def test_nasty_names_go_out_and_come_back(names: tuple[str, str], aliases: list[str], decision: str) -> None:
    # What can't be seen or pings is refused as a name (tests/core/test_typed.py).
    assume(not any(name_problem(name) for name in (*names, *aliases) if name.strip()))

    async def run() -> None:
        from pathlib import Path
        from tempfile import TemporaryDirectory

        from bot import schema
        from tests.support.databases import opened

        with TemporaryDirectory() as folder:
            async with opened(f"sqlite+aiosqlite:///{Path(folder)}/a.db") as database:
                await schema.upgrade(database)
                services = Services(database, FakeClock())
                await found_organisation(services)
                who = await actor(services, OFFICER)
                lcs, own, sheets = services[LocalCommitteeService], services[OwnRecordService], services[SheetService]
                lc_id = (await lcs.show(who, "東京大学")).lc_id
                one_line = [" ".join(alias.split()) for alias in aliases]
                await own.edit(who, lc_id, OwnNames(*names, one_line, None), Via.MAIL)
                await lcs.change_state(who, lc_id, LcState.APPLYING, who.today, decision)
                back = await sheets.begin(who, KIND, "out.csv", await sheets.export(who, KIND))
                assert isinstance(back, Preview)
                assert (back.plan.unchanged, back.plan.findings) == (82, [])

    asyncio.run(run())


async def test_what_is_wrong_is_named_by_row_and_column(sheets: SheetService, officer: Actor) -> None:
    preview = await look(
        sheets,
        officer,
        "コード,大学名,英語名,都道府県,地方,団体種別,状態,加盟日,決定,代表者名,任期開始,任期終了,略称",
        ",東京大がく院,,,,,,,,,,,",
        ",新しい大学,,火星県,,,,,,,,,",
        ",別の大学,,,関頭,,,,,,,,",
        ",東京大学,,,,文芸部,会員,,,,,,",
        "kyoto,東北大学,,,,,,,,,,,",
        ",,,東京都,,,,,,,,,",
        ",弘前大学,,,,,退会,2027-01-01,第3号,山田,2027-04-01,2026-04-01,",
        ",秋田大学,,,,,,きのう,,鈴木,2020-04-01,2021-03-31,",
        ",弘前大学,,,,,,,,,,,",
        ",山形大学,Kyoto University,,,,,,,,,,,",
        f",福島県立医科大学,,,,,,,,{'長' * 101},,,{'あ' * 401}",
        ",北海道大学,,,,,,,,,,,,余り",
        "だめ,新設大学,,東京都,,,,,,,,,",
        "nowhere,,,,,,,,,,,,",
    )
    assert [said(finding) for finding in preview.plan.findings if finding.bad] == [
        (2, "name_ja", "No school found for “{name}”. "),
        (3, "prefecture", "There's no prefecture called “"),
        (4, "region", "There's no region called “{val"),
        (5, "club_type", "“{value}” can't be used here. "),
        (5, "state_since", "This status needs a date. Plea"),
        (5, "state_decision", "This status needs a decision. "),
        (6, "code", "This code belongs to {school},"),
        (7, "name_ja", "Please enter the school's name"),
        (8, "state_since", "{date} is in the future. Pleas"),
        (8, "ends", "The term ends ({ends}) before "),
        (9, "state_since", "“{value}” isn't a date. Please"),
        (9, "ends", "This term is already over. Ple"),
        (10, "name_ja", "Row {n} is about the same scho"),
        (11, "name_en", "This is the English name of {s"),
        (12, "representative", "This is too long. Please use a"),
        (12, "aliases", "This is too long. Please use a"),
        (13, None, "This row has more cells than h"),
        (14, "code", "A code can only contain letter"),
        (15, "code", "No school has this code. Pleas"),
    ]
    assert preview.plan.bad == 14
    assert not preview.can_be_imported
    with pytest.raises(Invalid, match="need to be corrected"):
        await sheets.carry_out(officer, preview.upload_id)


async def test_what_is_only_worth_a_look_is_said_and_imported(
    sheets: SheetService, services: Services, officer: Actor
) -> None:
    tokyo = (await services[LocalCommitteeService].show(officer, "東京大学")).lc_id
    await services[LocalCommitteeService].change_state(officer, tokyo, LcState.MEMBER, date(2024, 4, 1), "第1号")
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, tokyo, starts_on=date(2026, 11, 1))
    preview = await look(
        sheets,
        officer,
        "コード,大学名,英語名,都道府県,地方,設置区分,状態,加盟日,決定,代表者名",
        ",東京医科歯科大学,,,,,,,,山田",
        "todai,東京大学,Tokio Univ,京都府,九州・沖縄,私立,団体会員,2020-01-01,第9号,佐藤",
        ",キョウト大学,Kyoto University,,,,,,,山田",
    )
    assert [said(finding) for finding in preview.plan.findings] == [
        (2, "name_ja", "“{name}” is now called {now}, "),
        (3, "code", "The directory already says {no"),
        (3, "name_en", "The directory already says {no"),
        (3, "prefecture", "The directory already says {no"),
        (3, "region", "The directory already says {no"),
        (3, "school_kind", "The directory says something e"),
        (3, "state", "The LC already has this status"),
        (3, "representative", "This LC already has a represen"),
        (4, "name_ja", "“{name}” isn't in the director"),
        (4, "representative", "Row {n} has the same name."),
    ]
    done = await sheets.carry_out(officer, preview.upload_id)
    assert [one.place_ja for one in done.handouts] == ["東京科学大学", "京都大学"]


async def test_a_school_under_its_old_and_its_new_name_is_one(sheets: SheetService, officer: Actor) -> None:
    preview = await look(sheets, officer, "大学名", "東京医科歯科大学", "東京科学大学")
    assert (3, "name_ja", "Row {n} is about the same scho") in map(said, preview.plan.findings)


async def test_an_empty_organisation_gets_its_directory_from_a_sheet(services: Services, database: Database) -> None:
    await found_organisation(services, start=Start.ASSOCIATION)
    who, sheets = await actor(services, OFFICER), services[SheetService]
    done = await bring_in(
        sheets, who,
        "大学名,英語名,都道府県,地方,設置区分,代表者名",
        "見本大学,Example University,東京,,国立,山田",
        "例示大学,,,第1ブロック,,",
        "例示医科大学,,,第1ブロック,,",
    )  # fmt: skip
    assert done.new == 3
    async with database.reading() as connection:
        regions = (await connection.scalars(select(Region.name_ja).order_by(Region.position))).all()
    assert regions == ["関東", "第1ブロック"]
    coverage = await services[LocalCommitteeService].coverage(who)
    assert sum(coverage.total.values()) == 3
    card = await services[LocalCommitteeService].show(who, "Example")
    assert (card.name_ja, card.prefecture, card.region_ja, card.school_kind) == ("見本大学", "13", "関東", "national")
    again = await look(sheets, who, "大学名,地方", "四国の大学,四国")
    assert [said(one) for one in again.plan.findings] == [(2, "region", "There's no region called “{val")]


async def test_a_sheet_makes_no_more_regions_than_a_menu_holds(services: Services) -> None:
    await found_organisation(services, start=Start.ASSOCIATION)
    who, sheets = await actor(services, OFFICER), services[SheetService]
    lines = [f"第{n}大学,第{n}ブロック" for n in range(1, 28)]
    again = "第28大学,第1ブロック"
    refused = (await look(sheets, who, "大学名,地方", *lines, again)).plan
    bad = [said(one) for one in refused.findings if one.bad]
    assert bad == [(row, "region", "You've reached the limit of {n") for row in (27, 28)]
    assert (await bring_in(sheets, who, "大学名,地方", *lines[:25], again)).new == 26


async def test_unknown_and_doubled_columns_are_asked_about(sheets: SheetService, officer: Actor) -> None:
    content = sheet("がっこう,備考,大学,顧問,学校名", "東京大学,メモ,x大学,教授,東京大学", "京都大学,,,,京都大学")
    asked = await sheets.begin(officer, KIND, "lc.csv", content)
    assert isinstance(asked, DoubledField)
    assert [(one.letter, one.heading, list(one.samples)) for one in asked.columns] == [
        ("C", "大学", ["x大学"]),
        ("E", "学校名", ["東京大学", "京都大学"]),
    ]
    await sheets.set_column(officer, asked.upload_id, 4, "name_ja")
    asked2 = await sheets.look(officer, asked.upload_id)
    assert isinstance(asked2, UnknownColumn)
    assert (asked2.column.heading, asked2.left) == ("がっこう", 3)
    assert "name_ja" not in [field.key for field in asked2.fields]
    await sheets.set_column(officer, asked.upload_id, 0, LEFT_OUT)
    await sheets.set_column(officer, asked.upload_id, 1, "own_name_ja")
    await sheets.leave_rest_out(officer, asked.upload_id)
    preview = await sheets.look(officer, asked.upload_id)
    assert isinstance(preview, Preview)
    assert (preview.plan.changed, preview.plan.unchanged) == (1, 1)
    with pytest.raises(Invalid):
        await sheets.set_column(officer, asked.upload_id, 9, "name_ja")
    with pytest.raises(Invalid):
        await sheets.set_column(officer, asked.upload_id, 0, "password")


async def test_a_missing_column_is_said_at_once_or_once_all_is_asked(sheets: SheetService, officer: Actor) -> None:
    with pytest.raises(Invalid, match="required column is missing"):
        await sheets.begin(officer, KIND, "lc.csv", sheet("代表者名", "山田"))
    asked = await sheets.begin(officer, KIND, "lc.csv", sheet("がっこう,代表者名", "東京大学,山田"))
    assert isinstance(asked, UnknownColumn)
    with pytest.raises(Invalid, match="required column is missing"):
        await sheets.leave_rest_out(officer, asked.upload_id)
    await sheets.set_column(officer, asked.upload_id, 0, "name_ja")
    assert isinstance(await sheets.look(officer, asked.upload_id), Preview)


async def test_only_national_officers_in_office_use_sheets(
    sheets: SheetService, services: Services, officer: Actor, clock: FakeClock
) -> None:
    preview = await look(sheets, officer, "大学名,略称", "東京大学,とうだい")
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, 1)
    for who in (await actor(services, STUDENT), await actor(services, STUDENT + 5)):
        with pytest.raises(NotAllowed):
            sheets.check(who, 1)
        for asking in (
            sheets.template(who, KIND),
            sheets.export(who, KIND),
            sheets.begin(who, KIND, "x", b"x"),
            sheets.look(who, preview.upload_id),
            sheets.set_column(who, preview.upload_id, 0, ""),
            sheets.leave_rest_out(who, preview.upload_id),
            sheets.carry_out(who, preview.upload_id),
            sheets.discard(who, preview.upload_id),
        ):
            with pytest.raises(NotAllowed):
                await asking
    clock.go(days=365)
    with pytest.raises(NotAllowed):
        await sheets.export(await actor(services, OFFICER), KIND)


@pytest.mark.parametrize("right", [Right.KEEP_FEES, Right.USE_SHEETS])
async def test_a_sheet_takes_the_right_to_use_sheets_and_that_of_its_kind(
    sheets: SheetService, services: Services, officer: Actor, database: Database, right: Right
) -> None:
    catalogue = services[PostCatalogueService]
    post_id = await catalogue.add(officer, PostDraft("会計係", "Cash desk", Level.NATION, None, is_single=False))
    await catalogue.allow(officer, post_id, Reach.PLACE, [right.value])
    await appoint_to(services, STUDENT, "cash_desk")
    who = await actor(services, STUDENT)
    for asking in (sheets.template(who, "fees"), sheets.export(who, "fees"), sheets.begin(who, "fees", "x", b"x")):
        with pytest.raises(NotAllowed):
            await asking
    assert await count(database, SheetUpload) == 0
    await catalogue.allow(officer, post_id, Reach.PLACE, [Right.KEEP_FEES.value, Right.USE_SHEETS.value])
    who = await actor(services, STUDENT)
    assert await sheets.template(who, "fees")
    await sheets.begin(who, "fees", "x.csv", "なぞ,x\r\n1,2\r\n".encode())
    (waiting,) = await facts_of(services, who, upload_waiting)  # it asks what its columns hold
    upload_id = waiting.id or 0
    await catalogue.allow(officer, post_id, Reach.PLACE, [right.value])
    who = await actor(services, STUDENT)
    for later in (sheets.look(who, upload_id), sheets.carry_out(who, upload_id)):
        with pytest.raises(NotAllowed):
            await later


async def test_a_preview_serves_one_person_once_and_for_an_hour(
    sheets: SheetService, services: Services, officer: Actor, clock: FakeClock, database: Database
) -> None:
    await appoint_to(services, STUDENT, "national_officer")
    other = await actor(services, STUDENT)
    lines = ("大学名,代表者名", "東京大学,山田")
    preview = await look(sheets, officer, *lines)
    for asking in (sheets.carry_out(other, preview.upload_id), sheets.discard(other, preview.upload_id)):
        with pytest.raises(NotAllowed, match="Someone else"):
            await asking
    assert [one.id for one in await facts_of(services, officer, upload_waiting)] == [preview.upload_id]
    await sheets.carry_out(officer, preview.upload_id)
    assert not await facts_of(services, officer, upload_waiting)
    for asking2 in (sheets.carry_out(officer, preview.upload_id), sheets.look(officer, preview.upload_id)):
        with pytest.raises(Conflict, match="already been imported"):
            await asking2
    late = await look(sheets, officer, "大学名,代表者名", "京都大学,佐藤")
    clock.go(minutes=61)
    with pytest.raises(NotFound, match="expired"):
        await sheets.carry_out(officer, late.upload_id)
    lines = ("大学名,代表者名", "北海道大学,鈴木")
    replaced = await look(sheets, officer, *lines)
    newer = await look(sheets, officer, *lines)
    with pytest.raises(NotFound, match="replaced"):
        await sheets.look(officer, replaced.upload_id)
    await sheets.discard(officer, newer.upload_id)
    with pytest.raises(NotFound):
        await sheets.look(officer, newer.upload_id)
    await look(sheets, officer, *lines)
    clock.go(minutes=61)
    await sheets.forget_expired()
    assert await count(database, SheetUpload) == 0


async def test_pressed_twice_at_once_it_imports_once(sheets: SheetService, officer: Actor, database: Database) -> None:
    preview = await look(sheets, officer, "大学名,代表者名", "東京大学,山田", "京都大学,佐藤")
    results = await asyncio.gather(
        *(sheets.carry_out(officer, preview.upload_id) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Imported"]
    assert await count(database, ClaimCode) == 2


async def test_what_changes_meanwhile_stops_the_import(
    sheets: SheetService, services: Services, officer: Actor, database: Database
) -> None:
    await appoint_to(services, STUDENT, "national_officer")
    other = await actor(services, STUDENT)
    preview = await look(sheets, officer, "大学名,団体名,代表者名", "東京大学,国際部,山田")
    await bring_in(sheets, other, "大学名,代表者名", "東京大学,鈴木")
    with pytest.raises(Conflict, match="changed since") as caught:
        await sheets.carry_out(officer, preview.upload_id)
    assert [step.custom_id for step in caught.value.next_steps] == [f"sheets:look:{preview.upload_id}"]
    assert await count(database, ClaimCode) == 1
    again = await sheets.look(officer, preview.upload_id)
    assert isinstance(again, Preview)
    assert (again.plan.changed, again.plan.codes) == (1, 0)
    done = await sheets.carry_out(officer, preview.upload_id)
    assert (done.changed, list(done.handouts)) == (1, [])


async def test_of_two_imports_at_once_one_gives_way(
    sheets: SheetService, services: Services, officer: Actor, database: Database
) -> None:
    """Two people bring the same new school: it comes into being once, with one code."""
    await appoint_to(services, STUDENT, "national_officer")
    people = [officer, await actor(services, STUDENT)]
    lines = ("大学名,都道府県,代表者名", "架空大学,東京都,山田", "東京大学,,佐藤")
    previews = [await look(sheets, who, *lines) for who in people]
    results = await asyncio.gather(
        *(sheets.carry_out(who, one.upload_id) for who, one in zip(people, previews, strict=True)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Imported"]
    assert await count(database, ClaimCode) == 2


async def test_a_failure_in_the_middle_leaves_nothing(
    sheets: SheetService, officer: Actor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.features.sheets.kinds.local_committees import writing

    preview = await look(sheets, officer, "大学名,都道府県,代表者名", "架空大学,東京都,山田")

    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    before = await count(database, AuditEntry)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "add_entries", fail)
        with pytest.raises(ZeroDivisionError):
            await sheets.carry_out(officer, preview.upload_id)
    assert (await count(database, ClaimCode), await count(database, AuditEntry)) == (0, before)
    assert (await sheets.carry_out(officer, preview.upload_id)).new == 1


async def test_organisations_dont_see_each_other(sheets: SheetService, services: Services, officer: Actor) -> None:
    preview = await look(sheets, officer, "大学名,代表者名", "東京大学,山田")
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    with pytest.raises(NotFound):
        await sheets.carry_out(stranger, preview.upload_id)
    other = await look(sheets, stranger, "大学名,代表者名", "東京大学,山田")
    assert other.plan.codes == 1


async def test_the_template_is_understood_whole(sheets: SheetService, officer: Actor) -> None:
    for language in ("ja", "en"):
        reader = Actor(
            officer.caller, officer.organisation, language, officer.today, officer.person_id, officer.holdings
        )
        content = await sheets.template(reader, KIND)
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        with pytest.raises(Invalid, match="no rows"):
            await sheets.begin(reader, KIND, "t.csv", content)
        filled = content + "\r\n".join([",東京大学" + "," * 14]).encode()
        preview = await sheets.begin(reader, KIND, "t.csv", filled)
        assert isinstance(preview, Preview)
        assert preview.plan.unchanged == 1


async def test_five_thousand_rows(sheets: SheetService, officer: Actor) -> None:
    lines = ["大学名,都道府県,代表者名", *(f"第{n}東部大学,東京都,山田 {n}" for n in range(5000))]
    done = await bring_in(sheets, officer, *lines)
    assert (done.new, len({one.code for one in done.handouts})) == (5000, 5000)
    again = await look(sheets, officer, *lines)
    assert (again.plan.unchanged, again.plan.bad) == (5000, 0)
