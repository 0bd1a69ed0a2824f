"""Days and times within longer texts."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.times import find, read

#: Tuesday 24 November 2026, 10:00 in Tokyo.
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
#: The moment at which the rows of the table were typed.
SUNDAY = datetime(2026, 11, 29, 1, tzinfo=UTC)
ZONE = "Asia/Tokyo"
TABLE = Path(__file__).with_name("data") / "times_in_words.csv"
ROWS = [row for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()) if row["start"] != "refuse"]


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("11/28(土) 19時〜21時 Zoomで症例勉強会", ["11/28(土) 19時〜21時"]),
        ("Case study night, Sat 28 Nov 7-9pm on Zoom, max 20", ["Sat 28 Nov 7-9pm"]),
        ("症例勉強会を来週の土曜の夜7時からやります", ["来週の土曜の夜7時から"]),
        ("11月28日（土）１９：００～２１：００＠渋谷", ["11月28日（土）１９：００～２１：００"]),
        ("11/28㈯ 19時 と ㈰", ["11/28㈯ 19時"]),
        ("12/5〜6 10:00〜 合宿", ["12/5〜6", "10:00〜"]),
        ("11/28(土)・29(日) 合宿", ["11/28(土)・29(日)"]),
        ("12/5・12/19 19時", ["12/5", "12/19 19時"]),
        ("11/28(土)、日曜は休み", ["11/28(土)", "日曜"]),
        ("締切は11/30(月)まで！", ["11/30(月)まで"]),
        ("11/28(土)19時から2時間 30分前集合", ["11/28(土)19時から2時間"]),
        ("12/5(土)10:00〜12/6(日)16:00 総会", ["12/5(土)10:00〜12/6(日)16:00"]),
        ("19時から明日の準備", ["19時から", "明日"]),
        ("28-30 Nov: camp", ["28-30 Nov"]),
        ("Nov 28-30, camp", ["Nov 28-30"]),
        ("11.28(土) 19:00", ["11.28(土) 19:00"]),
        ("毎週木曜19時から", ["毎週木曜19時から"]),
        ("2/30 10時から", ["2/30 10時"]),
        ("今夜は飲み会", ["今夜"]),
        ("RSVP by 1 December", ["1 December"]),
        ("we sat down, Sun 29 Nov", ["Sun 29 Nov"]),
        ("2泊3日の合宿、全3日", []),
        ("夜ご飯と朝活", []),
        ("夜11/28 朝㏡", ["11/28", "㏡"]),
        ("090-1234-5678 COVID-19時代 第3日目", []),
        ("当日参加OK、翌日は休み", []),
        ("①19時", ["19時"]),
        ("", []),
    ],
)
def test_where_times_stand(text: str, stand: list[str]) -> None:
    assert [text[one.start : one.end] for one in find(text, NOW, ZONE)] == stand


@pytest.mark.parametrize("row", ROWS, ids=[row["input"] for row in ROWS])
@pytest.mark.parametrize("around", ["{}", "勉強会、{}、誰でも", "【{}】勉強会"])
def test_a_time_that_is_read_alone_is_found_in_a_text(row: dict[str, str], around: str) -> None:
    (found,) = find(around.format(row["input"]), SUNDAY, ZONE)
    if row["start"] == "ask":
        with pytest.raises(Invalid) as refused:
            read(row["input"], SUNDAY, ZONE)
        assert found.problem is not None
        assert found.problem.message == refused.value.message
    else:
        assert found.said == read(row["input"], SUNDAY, ZONE)


def test_each_says_what_is_known_of_it() -> None:
    full, day, hours, until = find("11/28(土)19時、12/1。20:00〜 次は12/3まで", NOW, ZONE)
    assert (full.names_day, full.has_hours, full.is_plain, full.is_until) == (True, True, True, False)
    assert (day.names_day, day.has_hours) == (True, False)
    assert (hours.names_day, hours.has_hours) == (False, True)
    assert until.is_until
    (last,) = find("19:00〜21:00 11/28(土)", NOW, ZONE)
    assert last.names_day


@pytest.mark.parametrize(
    ("typed", "refused"),
    [("12/5と12/19", True), ("12/5・12/6", False), ("19時と21時", True), ("12/5(土)と6(日)", False)],
)
def test_two_days_are_a_range_only_if_they_follow_each_other(typed: str, refused: bool) -> None:
    if refused:
        with pytest.raises(Invalid):
            read(typed, NOW, ZONE)
    else:
        read(typed, NOW, ZONE)


_WORDS = [
    "11/28",
    "(土)",
    "19時",
    "〜",
    "から",
    "明日",
    "来週の金曜",
    " ",
    "と",
    "まで",
    "夜",
    "7pm",
    "Nov",
    "28",
    "、",
    "2時間",
    "毎週",
    "㈯",
]


@given(st.lists(st.sampled_from(_WORDS) | st.text(max_size=3), max_size=12).map("".join))
def test_none_lies_within_another_and_each_is_what_its_words_say(text: str) -> None:
    at = 0
    for one in find(text, NOW, ZONE):
        assert at <= one.start < one.end <= len(text)
        at = one.end
        assert (one.said is None) != (one.problem is None)
        if one.said is not None:
            assert one.said == read(one.core, NOW, ZONE)
