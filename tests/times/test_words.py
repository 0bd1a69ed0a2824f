"""Words for times: what people mean by them at the hour at which they type."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.times import Day, Days, Moment, Span, Unclear, read, read_moment

ZONE = "Asia/Tokyo"


def _at(local: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _told(text: str, now: str, zone: str = ZONE) -> str:
    """What was read, as text: a day, a moment, or both ends."""
    match read(text, _at(now, zone), zone):
        case Day(day):
            return str(day)
        case Days(first, last):
            return f"{first}..{last}"
        case Moment(local):
            return f"{local:%Y-%m-%d %H:%M}"
        case Span(start, end):
            return f"{start.local:%Y-%m-%d %H:%M}..{end.local:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        # Wednesday 2 December 2026
        ("06:30", "今夜8時", "2026-12-02 20:00"),
        ("19:00", "今夜8時", "2026-12-02 20:00"),
        ("19:00", "今晩８時半", "2026-12-02 20:30"),
        ("06:30", "夜8時", "2026-12-02 20:00"),
        ("06:30", "夜8時スタート", "2026-12-02 20:00"),
        ("21:00", "夜8時", "2026-12-03 20:00"),
        ("06:30", "明晩7時半", "2026-12-03 19:30"),
        ("06:30", "tonight 9:30", "2026-12-02 21:30"),
        ("22:00", "tonight at 11", "2026-12-02 23:00"),
        ("06:30", "夜12時", "2026-12-03 00:00"),
        ("19:00", "今夜12時", "2026-12-03 00:00"),
        ("19:00", "midnight", "2026-12-03 00:00"),
        ("19:00", "明日の夜12時", "2026-12-04 00:00"),
        ("19:00", "明日の夜2時", "2026-12-04 02:00"),
        ("19:00", "明日の深夜1時", "2026-12-04 01:00"),
        ("19:00", "12/5 深夜0時", "2026-12-06 00:00"),
        ("19:00", "今夜2時", "2026-12-03 02:00"),
        ("00:30", "今夜2時", "2026-12-02 02:00"),
        ("00:30", "今夜8時", "2026-12-02 20:00"),
        ("00:30", "25時", "2026-12-02 01:00"),
        ("00:30", "２５：３０", "2026-12-02 01:30"),
        ("00:30", "12/1 25時", "2026-12-02 01:00"),
        ("00:30", "火曜25時", "2026-12-02 01:00"),
        ("00:30", "明日25時", "2026-12-04 01:00"),
        ("02:00", "25時", "2026-12-03 01:00"),
        ("19:00", "25時", "2026-12-03 01:00"),
        ("19:00", "明日未明3時", "2026-12-03 03:00"),
        ("19:00", "明朝6時", "2026-12-03 06:00"),
        ("06:30", "朝9時", "2026-12-02 09:00"),
        ("06:30", "昼12時", "2026-12-02 12:00"),
        ("06:30", "お昼の1時", "2026-12-02 13:00"),
        ("06:30", "夕方5時", "2026-12-02 17:00"),
        ("06:30", "this evening at 7", "2026-12-02 19:00"),
        ("06:30", "7 in the evening", "2026-12-02 19:00"),
        ("06:30", "午後0時半", "2026-12-02 12:30"),
        ("06:30", "正午", "2026-12-02 12:00"),
        ("06:30", "12pm", "2026-12-02 12:00"),
        ("06:30", "tomorrow 12am", "2026-12-03 00:00"),
        ("06:30", "tonight 12am", "2026-12-03 00:00"),
        ("06:30", "tonight 2am", "2026-12-03 02:00"),
    ],
)
def test_the_parts_of_a_day(now: str, typed: str, meant: str) -> None:
    assert _told(typed, f"2026-12-02 {now}") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("今週金曜", "2026-12-04"),
        ("this Friday", "2026-12-04"),
        ("Friday 7pm", "2026-12-04 19:00"),
        ("next Friday", "2026-12-11"),
        ("来週の月曜", "2026-12-07"),
        ("再来週の火曜", "2026-12-15"),
        ("水曜 9時", "2026-12-09 09:00"),
        ("次の水曜", "2026-12-09"),
        ("今度の土曜", "2026-12-05"),
        ("㈯ 19:00", "2026-12-05 19:00"),
        ("月末", "2026-12-31"),
        ("来月末", "2027-01-31"),
        ("年度末", "2027-03-31"),
        ("2月末", "2027-02-28"),
        ("12月末日", "2026-12-31"),
        ("end of January", "2027-01-31"),
        ("第3土曜", "2026-12-19"),
        ("第5土曜", "2027-01-30"),
        ("来月の第1月曜", "2027-01-04"),
        ("最終金曜", "2026-12-25"),
        ("the third Saturday of December", "2026-12-19"),
        ("12月第2火曜 19時", "2026-12-08 19:00"),
        ("Dec 3rd", "2026-12-03"),
        ("3 December", "2026-12-03"),
        ("3rd of December at 7pm", "2026-12-03 19:00"),
        ("2026.12.3", "2026-12-03"),
        ("20261203 19:00", "2026-12-03 19:00"),
        ("H30.4.1", "2018-04-01"),
        ("S63/12/31", "1988-12-31"),
        ("令和九年四月一日", "2027-04-01"),
        ("明々後日", "2026-12-05"),
        ("しあさって", "2026-12-05"),
        ("3日 19時", "2026-12-03 19:00"),
        ("1日", "2027-01-01"),
        ("来年1月5日", "2027-01-05"),
        ("11/29(日)", "2026-11-29"),
        ("12/5(土・祝)", "2026-12-05"),
        ("19-21時", "2026-12-02 19:00..2026-12-02 21:00"),
        ("7-9pm tomorrow", "2026-12-03 19:00..2026-12-03 21:00"),
        ("from 7pm to 9pm tomorrow", "2026-12-03 19:00..2026-12-03 21:00"),
        ("12/5 午後1時〜3時", "2026-12-05 13:00..2026-12-05 15:00"),
        ("夜10時〜2時", "2026-12-02 22:00..2026-12-03 02:00"),
        ("22:00から1:00まで", "2026-12-02 22:00..2026-12-03 01:00"),
        ("12/5 25時〜26時", "2026-12-06 01:00..2026-12-06 02:00"),
        ("12/5 19:00〜12/6 12:00", "2026-12-05 19:00..2026-12-06 12:00"),
        ("12月5日〜7日", "2026-12-05..2026-12-07"),
        ("12/28〜1/3", "2026-12-28..2027-01-03"),
        ("19時から2時間半", "2026-12-02 19:00..2026-12-02 21:30"),
        ("7pm for half an hour", "2026-12-02 19:00..2026-12-02 19:30"),
        ("1時間半後", "2026-12-02 11:30"),
        ("二時間後", "2026-12-02 12:00"),
        ("in an hour and a half", "2026-12-02 11:30"),
        ("1週間後", "2026-12-09 10:00"),
        ("3か月後の19時", "2027-03-02 19:00"),
        ("in 2 weeks at 7pm", "2026-12-16 19:00"),
    ],
)
def test_days_and_ranges(typed: str, meant: str) -> None:
    assert _told(typed, "2026-12-02 10:00") == meant


@pytest.mark.parametrize(
    ("now", "typed", "named"),
    [
        ("2026-11-25 10:00", "11/25(火) 21:00", ("2026-11-25", "2026-11-24")),
        ("2026-11-25 10:00", "11/24(水) 21:00", ("2026-11-24", "2026-11-25")),
        ("2026-11-25 10:00", "11/24 21:00", ("2026-11-24", "2027-11-24")),
        ("2026-11-29 10:00", "12/5(日) 19:00", ("2026-12-05", "2026-12-06")),
        ("2026-11-29 10:00", "土曜 12/6", ("2026-12-06", "2026-12-05")),
        ("2026-11-29 10:00", "Sat 6 Dec 2026, 19:00", ("2026-12-06", "2026-12-05")),
        ("2026-11-29 10:00", "明日(火) 19時", ("2026-11-30", "2026-12-01")),
        ("2026-11-29 10:00", "12/5日 19:00", ("2026-12-05", "2026-12-06")),
        ("2026-12-02 10:00", "今週の月曜", ("2026-11-30", "2026-12-07")),
        ("2026-12-02 10:00", "this Monday 7pm", ("2026-11-30", "2026-12-07")),
        ("2026-12-02 10:00", "今週の水曜 9時", ("2026-12-02", "2026-12-09")),
        ("2026-12-02 00:30", "今日25時", ("2026-12-02", "2026-12-03")),
    ],
)
def test_where_two_days_may_be_meant_both_are_named(now: str, typed: str, named: tuple[str, str]) -> None:
    with pytest.raises(Unclear) as asked:
        _told(typed, now)
    assert (str(asked.value.params["day"]), str(asked.value.params["other"])) == named


def test_a_weekday_of_a_date_just_over_chooses_no_other_year() -> None:
    with pytest.raises(Invalid, match="already passed"):
        read_moment("11/24(火) 21:00", _at("2026-11-25 10:00"), ZONE)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\x00",
        "🎉",
        "19",
        "1930",
        "いつか",
        "30:00",
        "19:60",
        "朝19時",
        "午前19時",
        "19am",
        "9-5pm",
        "12/3/2026",
        "26/12/3",
        "3.12.2026",
        "12-03 19:00",
        "明日 19時 20時",
        "明日19時かも",
        "19:00〜18:00",
        "12/5 19:00〜12/4 12:00",
        "~19:00",
        "毎週木曜19時",
        "every Monday",
        "来週",
        "明日の夜",
        "午後12時",
        "99999-01-01",
        "99999年1月1日 10:00",
        "0000-01-01",
        "9999-12-31 29:00",
        "9999年後",
        "in 1000000000000000000000000000000 days",
        "9" * 39 + "時間後",
        "9" * 200,
        "1" * 10_000,
        "令和0年1月1日",
        "2/30",
    ],
)
def test_what_isnt_understood_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read(typed, _at("2026-12-02 10:00"), ZONE)


def test_what_is_missing_is_said() -> None:
    now = _at("2026-12-02 10:00")
    for typed, said in (
        ("12/5", "add a time"),
        ("明日の夜", "add a time"),
        ("19時〜21時", "not a period"),
        ("毎日", "repeats"),
    ):
        with pytest.raises(Invalid, match=said):
            read_moment(typed, now, ZONE)


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        ("2026-10-24 19:30", "in 3 days", "2026-10-27 19:30"),
        ("2026-10-24 19:30", "1週間後", "2026-10-31 19:30"),
        ("2026-10-24 19:30", "1か月後", "2026-11-24 19:30"),
        ("2026-10-24 19:30", "72時間後", "2026-10-27 18:30"),
        ("2027-03-27 19:30", "in 24 hours", "2027-03-28 20:30"),
        ("2027-03-27 19:30", "in 1 day", "2027-03-28 19:30"),
    ],
)
def test_days_keep_the_clock_and_hours_elapse(now: str, typed: str, meant: str) -> None:
    assert _told(typed, now, "Europe/Berlin") == meant


def test_a_time_that_doesnt_exist_or_comes_twice_is_said() -> None:
    for now, typed, said in (
        ("2027-03-27 10:00", "明日2:30", "forward"),
        ("2027-03-27 02:30", "in 1 day", "forward"),
        ("2026-10-24 10:00", "明日2:30", "twice"),
        ("2026-10-24 10:00", "26:30", "twice"),
    ):
        with pytest.raises(Unclear, match=said):
            _told(typed, now, "Europe/Berlin")
    with pytest.raises(Unclear, match="forward"):
        read_moment("2027-03-28", _at("2026-12-02 10:00"), "Europe/Berlin", usual=time(2, 30))


_PIECES = st.sampled_from(
    [
        "今夜",
        "明日",
        "来週",
        "土曜",
        "(日)",
        "12/5",
        "12月5日",
        "2026-12-05",
        "令和8年",
        "R8.12.5",
        "19時",
        "19:00",
        "午後",
        "夜",
        "朝",
        "半",
        "25",
        "30時",
        "〜",
        "-",
        "から",
        "まで",
        "翌",
        "第3",
        "末",
        "来月",
        "2時間",
        "後",
        "in",
        "days",
        "at",
        "pm",
        "am",
        "noon",
        "midnight",
        "next",
        "Friday",
        "Dec",
        "3rd",
        ",",
        "の",
        "年",
        "月",
        "日",
        "99999",
        "三十",
        "week",
        "for",
        "tomorrow",
        "9999-12-31",
    ]
)


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=8).map(" ".join) | st.lists(_PIECES, max_size=8).map("".join))
@settings(deadline=None, max_examples=400)
def test_nothing_but_the_error_ever_comes_of_it(typed: str) -> None:
    for zone in (ZONE, "Europe/Berlin"):
        try:
            found = read(typed, _at("2026-12-02 00:30", zone), zone)
        except Invalid:
            continue
        if isinstance(found, Span):
            assert found.start.at < found.end.at
        if isinstance(found, Days):
            assert found.first <= found.last


@given(st.dates(date(2026, 12, 3), date(2027, 10, 1)), st.sampled_from("月火水木金土日"))
def test_a_weekday_is_its_dates_or_asked_about(day: date, weekday: str) -> None:
    typed = f"{day.month}/{day.day}({weekday})"
    if "月火水木金土日"[day.weekday()] == weekday:
        assert read(typed, _at("2026-12-02 10:00"), ZONE) == Day(day)
        return
    with pytest.raises(Unclear) as asked:
        read(typed, _at("2026-12-02 10:00"), ZONE)
    other = asked.value.params["other"]
    assert "月火水木金土日"[other.weekday()] == weekday
    assert abs(other - day) <= timedelta(days=3)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12/5(土)〜7(月)", "2026-12-05..2026-12-07"),
        ("12/30(水)~2(土)", "2026-12-30..2027-01-02"),
        ("12/5-6", "2026-12-05..2026-12-06"),
        ("12/5(土)・6(日)", "2026-12-05..2026-12-06"),
        ("12/5(土)と6(日)", "2026-12-05..2026-12-06"),
        ("28-30 Dec", "2026-12-28..2026-12-30"),
        ("28th to 30th Dec 2027", "2027-12-28..2027-12-30"),
        ("Dec 28-30", "2026-12-28..2026-12-30"),
        ("12.5(土) 19:00", "2026-12-05 19:00"),
    ],
)
def test_the_end_of_a_range_may_be_a_number_alone(typed: str, meant: str) -> None:
    assert _told(typed, "2026-12-02T06:30") == meant


@pytest.mark.parametrize(
    "typed", ["12/5(土)〜7(火)", "12/5-40", "12/5と12/19", "12/5・7", "19時〜21", "19時と21時", "12.5 19:00"]
)
def test_a_number_alone_is_nothing_else(typed: str) -> None:
    with pytest.raises(Invalid):
        _told(typed, "2026-12-02T06:30")
