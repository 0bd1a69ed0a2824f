"""The bank's list of transfers: what is clear is ticked, what isn't is asked, and a second time nothing happens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.memberships.fee_sheet.matching import FeeRow, Fees, Matching, folded_name, yen
from bot.features.memberships.fees import FeeService
from bot.features.memberships.models import BankRow, Fee, FeeState
from bot.features.memberships.service import MembershipService
from bot.features.people.actors import Actor
from bot.features.sheets.service import LEFT_OUT_ROW, SheetService
from bot.features.sheets.values import Entry, Preview, Progress, Standing, UnclearRow
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, found_organisation

HEAD = "お取引日,お取引内容,お支払金額,お預り金額,差引残高"


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services, ends_on=date(2029, 3, 31))
    return await actor(services, OFFICER)


async def owing(services: Services, number: int, name: str, reading: str) -> str:
    """The reference of somebody who owes 1,500 yen."""
    member = await join(services, STUDENT + 50 + number, name, reading)
    await services[MembershipService].become_member(member)
    own = await services[MembershipService].own(member)
    assert own.fee is not None
    return own.fee.reference


async def owing_again(services: Services, number: int) -> str:
    """The reference of the same person for the fee of a new year."""
    member = await actor(services, STUDENT + 50 + number)
    await services[MembershipService].become_member(member)
    own = await services[MembershipService].own(member)
    assert own.fee is not None
    return own.fee.reference


def bank(*lines: str, encoding: str = "cp932") -> bytes:
    return "\r\n".join([HEAD, *lines]).encode(encoding)


async def begin(services: Services, officer: Actor, *lines: str, **more: Any) -> Standing:
    return await services[SheetService].begin(officer, "fees", "meisai.csv", bank(*lines, **more))


async def preview(services: Services, officer: Actor, *lines: str) -> Preview:
    looked = await begin(services, officer, *lines)
    assert isinstance(looked, Preview), looked
    return looked


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as connection:
        return {row.reference: row.state for row in await fetch(connection, select(Fee.reference, Fee.state))}


async def test_transfers_are_found_by_reference_and_by_name_and_ticked_once(
    services: Services, officer: Actor, database: Database
) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    ken = await owing(services, 2, "例山 健", "れいやま しょうけん")
    mio = await owing(services, 3, "見本 澪", "みほん みお")
    lines = [
        f'2026/11/20,振込＊{hana}ﾔﾏﾀﾞ ﾊﾊ,,"1,500","101,500"',  # paid by somebody else, with the number
        "2026/11/20,ﾚｲﾔﾏ ｼﾖｳｹﾝ,,1500,103000",  # banks write small kana large
        "2026/11/21,ATM,5000,,98000",
        "2026/11/21,カ）ミホンブツサン,,30000,128000",  # no fee at all
    ]
    looked = await preview(services, officer, *lines)
    assert (looked.plan.changed, looked.plan.bad, looked.plan.unchanged) == (2, 0, 0)
    assert [name for name, _ in looked.plan.changed_names] == ["山田 花", "例山 健"]
    assert [(finding.number, finding.bad) for finding in looked.plan.findings] == [(5, False)]
    assert set((await states(database)).values()) == {"due"}, "nothing before it is confirmed"
    await services[SheetService].carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "paid", ken: "paid", mio: "due"}
    again = await preview(services, officer, *lines)
    assert (again.plan.changed, again.plan.unchanged, again.can_be_imported) == (0, 2, False)
    with pytest.raises(NotFound):
        await services[SheetService].carry_out(officer, again.upload_id)
    own = await services[MembershipService].own(await actor(services, STUDENT + 51))
    assert own.standing.kind == "individual"
    async with database.reading() as connection:
        (first, *_) = await fetch(connection, select(BankRow.__table__))
    assert "ﾔﾏﾀﾞ" not in repr(first), "only a digest of the row is kept"


async def test_two_of_one_name_are_asked_about_and_never_guessed(
    services: Services, officer: Actor, database: Database
) -> None:
    first = await owing(services, 1, "山田 花", "やまだ はな")
    second = await owing(services, 2, "山田 華", "やまだ はな")
    sheets = services[SheetService]
    looked = await begin(services, officer, "2026/11/20,ﾔﾏﾀﾞ ﾊﾅ,,1500,1500")
    assert isinstance(looked, UnclearRow)
    assert (looked.left, looked.question.number) == (1, 2)
    assert {choice.hint.split(" / ")[-1] for choice in looked.question.choices} == {first, second}
    with pytest.raises(Invalid, match="Some rows in this file"):
        await sheets.carry_out(officer, looked.upload_id)
    await sheets.set_answer(officer, looked.upload_id, 2, "999999")
    still = await sheets.look(officer, looked.upload_id)
    assert isinstance(still, UnclearRow), "an answer that was never offered is none"
    chosen = next(choice for choice in looked.question.choices if choice.hint.endswith(second))
    await sheets.set_answer(officer, looked.upload_id, 2, chosen.value)
    clear = await sheets.look(officer, looked.upload_id)
    assert isinstance(clear, Preview)
    await sheets.carry_out(officer, looked.upload_id)
    assert await states(database) == {first: "due", second: "paid"}


async def test_a_wrong_amount_is_asked_about_and_can_be_left_out_for_good(
    services: Services, officer: Actor, database: Database
) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    line = f"2026/11/20,{hana}ヤマダ ハナ,,1000,1000"
    looked = await begin(services, officer, line)
    assert isinstance(looked, UnclearRow)
    sheets = services[SheetService]
    await sheets.set_answer(officer, looked.upload_id, 2, LEFT_OUT_ROW)
    clear = await sheets.look(officer, looked.upload_id)
    assert isinstance(clear, Preview)
    assert clear.plan.changed == 0
    await sheets.carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "due"}
    again = await preview(services, officer, line)
    assert again.plan.unchanged == 1, "what was left out isn't asked about again"


async def test_the_same_name_as_somebody_who_has_paid_is_asked_about(services: Services, officer: Actor) -> None:
    await owing(services, 1, "山田 花", "やまだ はな")
    page = await services[FeeService].fees(officer)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    await owing(services, 2, "山田 華", "やまだ はな")
    assert isinstance(await begin(services, officer, "2026/11/20,ヤマダハナ,,1500,1500"), UnclearRow)


async def test_in_the_second_year_a_name_still_finds_its_fee(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    """Who paid last year owes again this year: that is one person, not two of one name."""
    people = [("山田 花", "やまだ はな"), ("例山 健", "れいやま けん"), ("見本 澪", "みほん みお")]
    numbers = [await owing(services, number, *names) for number, names in enumerate(people)]
    names = ["ヤマダ ハナ", "レイヤマ ケン", "ミホン ミオ"]
    first = [f"2026/11/2{number},{name},,1500," for number, name in enumerate(names)]
    looked = await preview(services, officer, *first)
    await services[SheetService].carry_out(officer, looked.upload_id)
    clock.go(days=160)  # 30 April 2027
    officer = await actor(services, OFFICER)
    new = [await owing_again(services, number) for number in range(len(people))]
    second = [f"2027/4/2{number},{name},,1500," for number, name in enumerate(names)]
    looked = await preview(services, officer, *first, *second)
    assert (looked.plan.changed, looked.plan.unchanged) == (3, 3)
    await services[SheetService].carry_out(officer, looked.upload_id)
    assert await states(database) == dict.fromkeys([*numbers, *new], "paid")


@pytest.mark.parametrize("day", ["2027/3/30", "3月30日", ""])
async def test_a_transfer_that_may_be_last_years_is_asked_about(
    services: Services, officer: Actor, clock: FakeClock, day: str
) -> None:
    """Ticked by hand, last year's transfer isn't known: it must not count for this year."""
    await owing(services, 1, "山田 花", "やまだ はな")
    page = await services[FeeService].fees(officer)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    clock.go(days=160)
    officer = await actor(services, OFFICER)
    new = await owing_again(services, 1)
    looked = await begin(services, officer, f"{day},ヤマダハナ,,1500,")
    assert isinstance(looked, UnclearRow)
    assert [choice.hint.split(" / ")[-1] for choice in looked.question.choices] == [new]


async def test_a_day_without_a_year_is_the_last_one_that_was(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    await owing(services, 1, "山田 花", "やまだ はな")
    page = await services[FeeService].fees(officer)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    clock.go(days=160)
    officer = await actor(services, OFFICER)
    await owing_again(services, 1)
    looked = await preview(services, officer, "4月20日,ヤマダハナ,,1500,")
    assert looked.plan.changed == 1, "it was in this fiscal year"


async def test_both_years_unpaid_are_asked_about(services: Services, officer: Actor, clock: FakeClock) -> None:
    first = await owing(services, 1, "山田 花", "やまだ はな")
    clock.go(days=160)
    officer = await actor(services, OFFICER)
    second = await owing_again(services, 1)
    looked = await begin(services, officer, "2027/4/20,ヤマダハナ,,1500,")
    assert isinstance(looked, UnclearRow)
    assert {choice.hint.split(" / ")[-1] for choice in looked.question.choices} == {first, second}


def test_choices_are_sought_for_the_question_that_is_shown() -> None:
    """Likeness of names is slow; only one question can be seen at a time."""
    people = range(1, 301)
    fees = tuple(FeeRow(n, n, 2026, 1500, f"r{n}", "", "due", f"例田 {chr(0x4E00 + n)}", "れいだ") for n in people)
    rows = [Entry(n, {"date": "2026/11/20", "payer": "レイダ", "amount": "1500"}, answer=str(n - 1)) for n in (2, 3)]
    rows += [Entry(n, {"date": "2026/11/20", "payer": "レイダ", "amount": "1500"}) for n in people if n > 3]
    plan = Matching(Fees(fees, frozenset()), date(2026, 11, 21)).plan(rows, Progress())
    shown, *others = plan.questions
    assert (plan.changed, len(plan.questions)) == (2, 297)
    assert len(shown.choices) == 298, "the likeliest first, and nobody who owes is left out"
    assert not {"1", "2"} & {choice.value for choice in shown.choices}, "what an answer has ticked isn't offered"
    assert all(not question.choices for question in others)


async def test_two_alike_on_one_day_are_two_and_paid_twice_is_said(
    services: Services, officer: Actor, database: Database
) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    line = f"2026/11/20,{hana}ヤマダハナ,,1500,"
    looked = await preview(services, officer, line, line)
    assert looked.plan.changed == 1
    assert [finding.message for finding in looked.plan.findings] == [
        "The fee with this reference is already marked as received. Was it paid twice?"
    ]


async def test_all_or_nothing(services: Services, officer: Actor, database: Database) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    looked = await preview(services, officer, f"2026/11/20,{hana}ヤマダハナ,,1500,", "2026/11/20,ダレカ,,千五百円,")
    assert (looked.plan.bad, looked.can_be_imported) == (1, False)
    with pytest.raises(Invalid):
        await services[SheetService].carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "due"}


async def test_a_tick_by_hand_in_between_stops_the_import(services: Services, officer: Actor) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    looked = await preview(services, officer, f"2026/11/20,{hana}ヤマダハナ,,1500,")
    page = await services[FeeService].fees(officer)
    await services[FeeService].settle(officer, [line.fee_id for line in page.lines])
    with pytest.raises(Conflict):
        await services[SheetService].carry_out(officer, looked.upload_id)


async def test_a_tick_taken_back_is_ticked_again_by_the_same_file(
    services: Services, officer: Actor, database: Database
) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    line = f"2026/11/20,{hana}ヤマダハナ,,1500,"
    looked = await preview(services, officer, line)
    await services[SheetService].carry_out(officer, looked.upload_id)
    page = await services[FeeService].fees(officer, paid=True)
    await services[FeeService].take_back(officer, [one.fee_id for one in page.lines])
    assert (await states(database))[hana] == FeeState.DUE
    assert (await preview(services, officer, line)).plan.changed == 1


async def test_only_national_officers(services: Services, officer: Actor) -> None:
    await owing(services, 1, "山田 花", "やまだ はな")
    with pytest.raises(NotAllowed):
        await begin(services, await actor(services, STUDENT + 51), "2026/11/20,ヤマダハナ,,1500,")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1,500", 1500), ("¥1,500", 1500), ("１，５００円", 1500), ("1500", 1500), ("\\1500", 1500), ("1500.00", 1500),
     ("1,5", None), ("千五百", None), ("", None), ("+1,500", 1500), ("＋１，５００", 1500), ("*1,500", 1500),
     ("JPY 1,500", 1500), ("-1500", -1500), ("−1,500", -1500), ("－1500", -1500), ("▲1500", -1500), ("△ 1,500", -1500),
     ("(1,500)", -1500), ("（１，５００円）", -1500), ("¥-1,500", -1500), ("-¥1,500", -1500), ("1,500-", -1500),
     ("(1,500", None), ("--1500", None), ("(-1,500)", None), ("▲", None), ("1500/1500", None)],
)  # fmt: skip
def test_amounts_as_people_and_banks_write_them(cell: str, amount: int | None) -> None:
    assert yen(cell) == amount


@given(st.integers(0, 10**9))
def test_an_amount_is_read_as_it_was_written(amount: int) -> None:
    assert yen(f"{amount:,}") == yen(str(amount)) == amount


@given(st.text(alphabet="ァアィイカガキャッツテデュヨ ー", max_size=12))
def test_small_kana_width_and_digits_do_not_matter(text: str) -> None:
    large = text.translate(str.maketrans("ァィャッュ", "アイヤツユ"))
    assert folded_name(f"12345678 {text}") == folded_name(large)


async def test_a_banks_list_as_it_is(services: Services, officer: Actor, database: Database) -> None:
    """A preamble, signs, full-width digits, totals and notes."""
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    ken = await owing(services, 2, "例山 健", "れいやま けん")
    mio = await owing(services, 3, "見本 澪", "みほん みお")
    lines = [
        "お取引明細,,,,",
        "口座番号,普通 1234567,,,",
        "照会期間,2026/11/01 ～ 2026/11/30,,,",
        "",
        "お取引日,お取引内容,お引出し,お預入れ,残高",
        "前月繰越,,,,100000",
        "2026/11/20,ヤマダ ハナ,,＋１，５００,",
        '2026/11/20,レイヤマ ケン,,"▲1,500",',
        '2026/11/21,ミホン ミオ,,"(1,500)",',
        "2026/11/22,ATM,5000,-,",
        "お取引日,お取引内容,お引出し,お預入れ,残高",
        f"2026/11/23,{mio} ミホン,,￥1500,",
        "合計,,5000,3000,",
        "※ 表示は照会時点のものです。,,,,",
    ]
    content = "\r\n".join(lines).encode("utf-16")
    looked = await services[SheetService].begin(officer, "fees", "meisai.csv", content)
    assert isinstance(looked, Preview), looked
    assert (looked.plan.changed, looked.plan.bad) == (2, 0)
    shown = [finding.number for finding in looked.plan.findings]
    assert shown == [1, 2, 3, 6, 8, 9, 11, 13, 14], "what was passed over, and what went out, is shown"
    await services[SheetService].carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "paid", ken: "due", mio: "paid"}


async def test_a_column_that_says_in_or_out(services: Services, officer: Actor, database: Database) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    ken = await owing(services, 2, "例山 健", "れいやま けん")
    content = "\r\n".join(
        ["日付,摘要,入出金額,入払区分", "2026/11/20,ヤマダハナ,1500,入金", "2026/11/20,レイヤマケン,1500,2"]
    ).encode()
    looked = await services[SheetService].begin(officer, "fees", "meisai.csv", content)
    assert isinstance(looked, Preview), looked
    await services[SheetService].carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "paid", ken: "due"}
    unclear = "日付,摘要,入出金額,入払区分\r\n2026/11/20,レイヤマケン,1500,振替".encode()
    again = await services[SheetService].begin(officer, "fees", "meisai.csv", unclear)
    assert isinstance(again, Preview)
    assert [(finding.field, finding.bad) for finding in again.plan.findings] == [("direction", True)]


@pytest.mark.parametrize("amount", [3000, 1500])
async def test_two_references_in_one_transfer_are_asked_about(
    services: Services, officer: Actor, database: Database, amount: int
) -> None:
    hana = await owing(services, 1, "山田 花", "やまだ はな")
    ken = await owing(services, 2, "例山 健", "れいやま けん")
    line = f"2026/11/20,{hana} {ken} ヤマダハナ,,{amount},"
    looked = await begin(services, officer, line)
    assert isinstance(looked, UnclearRow), "the name would tell one, and the other would be forgotten"
    assert looked.question.params["references"] == f"{hana} / {ken}"
    values = [choice.value for choice in looked.question.choices]
    assert ("all" in values) == (amount == 3000), "both only if it pays both"
    sheets = services[SheetService]
    await sheets.set_answer(officer, looked.upload_id, 2, "all")
    clear = await sheets.look(officer, looked.upload_id)
    if amount == 1500:
        assert isinstance(clear, UnclearRow)
        return
    assert isinstance(clear, Preview)
    await sheets.carry_out(officer, looked.upload_id)
    assert await states(database) == {hana: "paid", ken: "paid"}
    assert (await preview(services, officer, line)).plan.unchanged == 1
