"""Repeats as they are typed, and as they are said. “Now” is Sunday 29 November 2026, 10:00 in Tokyo."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.events.repeat_reading import (
    AFTER_MIDNIGHT,
    NEVER,
    NOT_A_REPEAT,
    WHICH_DAY,
    WHICH_WEEKDAY,
    Repeating,
    read_repeat,
)
from bot.features.events.repeat_words import OUT_OF_RANGE
from bot.features.events.repeats import MonthlyByDay, Repeat, Weekly, Yearly, as_text, from_text, occurrences
from bot.i18n import words_for
from bot.times import Day, Moment, Span, Unclear
from bot.times.reading import BACKWARDS, OVER
from bot.times.results import TOO_FAR
from bot.ui.repeats import dated, described
from tests.events.test_repeats import patterns

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
TOKYO = "Asia/Tokyo"
JA, EN = words_for("ja"), words_for("en")


def told(found: Repeating) -> tuple[str, str]:
    """The repeat, and its first time."""
    match found.first:
        case Day(day):
            first = str(day)
        case Moment(local):
            first = f"{local:%Y-%m-%d %H:%M}"
        case Span(start, end):
            first = f"{start.local:%Y-%m-%d %H:%M}-{end.local:%H:%M}"
    return as_text(found.repeat).removeprefix("1;"), first


@pytest.mark.parametrize(
    ("typed", "repeat", "first"),
    [
        ("毎週月曜19時", "w1:MO", "2026-11-30 19:00"),
        ("毎週 月・木 19:00〜21:00", "w1:MO,TH", "2026-11-30 19:00-21:00"),
        ("毎週月水金 18時", "w1:MO,WE,FR", "2026-11-30 18:00"),
        ("毎週土日 10時から2時間", "w1:SA,SU", "2026-12-05 10:00-12:00"),
        ("毎週月〜金 12:15", "w1:MO,TU,WE,TH,FR", "2026-11-30 12:15"),
        ("毎週火曜日と金曜日の20時半から", "w1:TU,FR", "2026-12-01 20:30"),
        ("毎週日曜11時", "w1:SU", "2026-11-29 11:00"),
        ("毎週日曜9時", "w1:SU", "2026-12-06 09:00"),
        ("毎週月曜", "w1:MO", "2026-11-30"),
        ("隔週日曜9時", "w2:SU", "2026-12-06 09:00"),
        ("隔週の火曜 １９：００", "w2:TU", "2026-12-01 19:00"),
        ("2週間に1回 水曜 20時", "w2:WE", "2026-12-02 20:00"),
        ("3週間ごとの土曜 10時", "w3:SA", "2026-12-05 10:00"),
        ("毎日7時", "w1:MO,TU,WE,TH,FR,SA,SU", "2026-11-30 07:00"),
        ("毎朝7時", "w1:MO,TU,WE,TH,FR,SA,SU", "2026-11-30 07:00"),
        ("平日 8:00", "w1:MO,TU,WE,TH,FR;holidays=skip", "2026-11-30 08:00"),
        ("毎月第3土曜 14:00", "m1:3SA", "2026-12-19 14:00"),
        ("毎月第1・3土曜14時から16時", "m1:1SA,3SA", "2026-12-05 14:00-16:00"),
        ("毎月第1土曜・第3日曜 10時", "m1:1SA,3SU", "2026-12-05 10:00"),
        ("毎月第二木曜日 19時", "m1:2TH", "2026-12-10 19:00"),
        ("毎月最終金曜19時", "m1:-1FR", "2026-12-25 19:00"),
        ("月1回 第3土曜 10時", "m1:3SA", "2026-12-19 10:00"),
        ("隔月第2日曜 13時", "m2:2SU", "2026-12-13 13:00"),
        ("毎月末 20時", "m1:31", "2026-11-30 20:00"),
        ("毎月31日 19時", "m1:31", "2026-11-30 19:00"),
        ("毎月15日 19時", "m1:15", "2026-12-15 19:00"),
        ("3か月ごとの15日 12時", "m3:15", "2026-12-15 12:00"),
        ("毎年11月3日 10時", "y1:11-03", "2027-11-03 10:00"),
        ("毎年2/29 10:00", "y1:02-29", "2027-02-28 10:00"),
        ("12/7(月)から毎週月曜19時", "w1:MO", "2026-12-07 19:00"),
        ("12/7 19時から毎週", "w1:MO", "2026-12-07 19:00"),
        ("12/15から毎月 19時", "m1:15", "2026-12-15 19:00"),
        ("12/3から毎年 19時", "y1:12-03", "2026-12-03 19:00"),
        ("毎週月曜19時 12/7から3/31まで", "w1:MO;until=2027-03-31", "2026-12-07 19:00"),
        ("毎週火曜 19時 12/1~3/31", "w1:TU;until=2027-03-31", "2026-12-01 19:00"),
        ("毎週月曜19時 3月まで", "w1:MO;until=2027-03-31", "2026-11-30 19:00"),
        ("毎週月曜19時 年度末まで", "w1:MO;until=2027-03-31", "2026-11-30 19:00"),
        ("毎週月曜19時、全10回", "w1:MO;times=10", "2026-11-30 19:00"),
        ("毎週月曜19時（祝日は休み）", "w1:MO;holidays=skip", "2026-11-30 19:00"),
        ("毎週金曜25時", "w1:SA", "2026-12-05 01:00"),
        ("毎週日曜25時 12/27まで", "w1:MO;until=2026-12-28", "2026-11-30 01:00"),
        ("隔週木曜 18:30 12/10スタート", "w2:TH", "2026-12-10 18:30"),
        ("every Monday at 7pm", "w1:MO", "2026-11-30 19:00"),
        ("every other Tuesday", "w2:TU", "2026-12-01"),
        ("every 2 weeks on Monday at 7pm", "w2:MO", "2026-11-30 19:00"),
        ("every mon, wed and fri 18:00-19:30", "w1:MO,WE,FR", "2026-11-30 18:00-19:30"),
        ("Mondays and Thursdays at 7pm", "w1:MO,TH", "2026-11-30 19:00"),
        ("every weekday at 8am", "w1:MO,TU,WE,TH,FR", "2026-11-30 08:00"),
        ("every month on the 31st at 7pm", "m1:31", "2026-11-30 19:00"),
        ("on the last day of every month at 8pm", "m1:31", "2026-11-30 20:00"),
        ("every month on the 3rd Saturday at 10:00", "m1:3SA", "2026-12-19 10:00"),
        ("the 1st and 3rd Saturday of every month 10am", "m1:1SA,3SA", "2026-12-05 10:00"),
        ("every second Tuesday of the month at 7pm", "m1:2TU", "2026-12-08 19:00"),
        ("every last Friday at 8pm", "m1:-1FR", "2026-12-25 20:00"),
        ("every year on 3 November at 10:00", "y1:11-03", "2027-11-03 10:00"),
        ("every Monday 7pm from Mon 7 December until Wed 31 Mar 2027", "w1:MO;until=2027-03-31", "2026-12-07 19:00"),
        ("every Monday at 7pm until the end of March", "w1:MO;until=2027-03-31", "2026-11-30 19:00"),
        ("every Monday at 7pm for 10 times", "w1:MO;times=10", "2026-11-30 19:00"),
        ("every Monday 7pm except public holidays", "w1:MO;holidays=skip", "2026-11-30 19:00"),
    ],
)  # fmt: skip
def test_what_people_write(typed: str, repeat: str, first: str) -> None:
    assert told(read_repeat(typed, NOW, TOKYO)) == (repeat, first)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", NOT_A_REPEAT),
        ("明日19時", NOT_A_REPEAT),
        ("毎週月曜19時 なにか", NOT_A_REPEAT),
        ("毎週月曜19時 Zoomで勉強会", NOT_A_REPEAT),
        ("毎週月曜 隔週火曜 19時", NOT_A_REPEAT),
        ("毎週月曜 朝19時", NOT_A_REPEAT),
        ("毎月32日 19時", NOT_A_REPEAT),
        ("毎月0日 19時", NOT_A_REPEAT),
        ("毎月第6土曜 19時", NOT_A_REPEAT),
        ("毎週月曜 12/7~12/8~12/9", NOT_A_REPEAT),
        ("毎週月曜19時 全3回 3月まで", NOT_A_REPEAT),
        ("毎週月曜19時 明日19時", NOT_A_REPEAT),
        ("毎週月曜" * 60, NOT_A_REPEAT),
        ("毎週19時", WHICH_WEEKDAY),
        ("毎週末 10時", WHICH_WEEKDAY),
        ("every week at 7pm", WHICH_WEEKDAY),
        ("毎月19時", WHICH_DAY),
        ("毎年19時", WHICH_DAY),
        ("毎月第3金曜25時", AFTER_MIDNIGHT),
        ("隔週土日25時", AFTER_MIDNIGHT),
        ("平日 25時", AFTER_MIDNIGHT),
        ("毎週月曜19時 2026/12/31から2026/12/1まで", BACKWARDS),
        ("毎週月曜19時 2026/12/1から2026/12/3まで", NEVER),
        ("毎年1/1 10時 祝日を除く", NEVER),
        ("2026/11/2から毎週月曜19時", OVER),
        ("2126/1/5から毎週月曜19時", TOO_FAR),
        ("毎週月曜19時 4000回", OUT_OF_RANGE),
        ("毎週月曜19時 0回", OUT_OF_RANGE),
        ("100週間ごと月曜 19時", OUT_OF_RANGE),
        ("0週間ごと月曜 19時", OUT_OF_RANGE),
    ],
)
def test_a_refusal_says_what_to_do(typed: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_repeat(typed, NOW, TOKYO)
    assert refused.value.message == message
    assert not isinstance(refused.value, Unclear)


@pytest.mark.parametrize(
    "typed",
    [
        "every second Tuesday at 7pm",
        "every 3rd Saturday",
        "毎週月曜19時 12/8(月)から",
        "毎週月曜19時 3/30(水)まで",
        "12/1から毎週火曜19時 3/30(水)まで",
        "毎週月曜19時 11/20から",
        "毎週月曜 午後12時",
    ],
)
def test_words_with_two_meanings_are_asked_about(typed: str) -> None:
    with pytest.raises(Unclear):
        read_repeat(typed, NOW, TOKYO)


def test_the_first_monday_that_is_a_holiday_is_passed_over() -> None:
    november = datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert told(read_repeat("毎週月曜19時", november, TOKYO))[1] == "2026-11-23 19:00"
    assert told(read_repeat("毎週月曜19時 祝日を除く", november, TOKYO))[1] == "2026-11-30 19:00"
    after_two_weeks = read_repeat("11/23から隔週月曜19時 祝日を除く", november, TOKYO)
    assert told(after_two_weeks)[1] == "2026-12-07 19:00", "a first day that was said begins the rhythm"


@given(st.text(alphabet="毎週隔月年日曜火木第13土末回全まで〜 :/時every onthmdas27", max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        found = read_repeat(text, NOW, TOKYO)
    except Invalid:
        return
    assert from_text(as_text(found.repeat)) == found.repeat
    if isinstance(found.first, Moment):
        local = found.first.local
        assert next(occurrences(found.repeat, local, TOKYO, limit=1)) == local, "the first time is one of the series"


# As it is said


@pytest.mark.parametrize(
    ("text", "japanese", "english"),
    [
        ("w1:MO,TH", "毎週 月・木", "every week on Monday and Thursday"),
        ("w2:MO", "隔週 月曜", "every 2 weeks on Monday"),
        ("w3:MO,WE,FR", "3週間ごと 月・水・金", "every 3 weeks on Monday, Wednesday and Friday"),
        ("w1:MO,TU,WE,TH,FR,SA,SU", "毎日", "every day"),
        ("m1:3SA", "毎月第3土曜", "every month on the 3rd Saturday"),
        ("m1:1SA,3SA,-1SU", "毎月第1・第3土曜・最終日曜", "every month on the 1st and 3rd Saturday and last Sunday"),
        ("m2:15", "隔月15日", "every 2 months on the 15th"),
        ("m3:21", "3か月ごとの21日", "every 3 months on the 21st"),
        ("m1:12", "毎月12日", "every month on the 12th"),
        ("m1:28", "毎月28日", "every month on the 28th"),
        ("m1:29", "毎月29日（短い月は末日）", "every month on the 29th (or the last day)"),
        ("m1:30", "毎月30日（短い月は末日）", "every month on the 30th (or the last day)"),
        ("m1:31", "毎月末日", "every month on the last day"),
        ("y1:11-03", "毎年11月3日", "every year on 3 November"),
        ("y2:02-29", "隔年2月29日（ほかの年は28日）", "every 2 years on 29 February (28 in other years)"),
        ("w1:MO;until=2027-03-31", "毎週 月曜、2027年3月31日(水)まで", "every week on Monday, until Wed 31 Mar 2027"),
        ("w1:MO;times=1", "毎週 月曜、全1回", "every week on Monday, 1 time"),
        (
            "w1:MO;times=10;holidays=skip",
            "毎週 月曜、全10回、祝日を除く",
            "every week on Monday, 10 times, except on public holidays",
        ),
    ],
)
def test_a_repeat_is_said_in_both_languages(text: str, japanese: str, english: str) -> None:
    repeat = from_text(f"1;{text}")
    assert (described(repeat, JA), described(repeat, EN)) == (japanese, english)


repeats = st.one_of(
    st.builds(Repeat, patterns, st.none() | st.dates(date(2030, 1, 1), date(2040, 1, 1)), st.none(), st.booleans()),
    st.builds(Repeat, patterns, st.none(), st.integers(1, 999), st.booleans()),
).filter(lambda repeat: not _has_a_note(repeat))


def _has_a_note(repeat: Repeat) -> bool:
    pattern = repeat.pattern
    of_month = isinstance(pattern, MonthlyByDay) and pattern.day in (29, 30)
    return of_month or (isinstance(pattern, Yearly) and (pattern.month, pattern.day) == (2, 29))


@given(repeats, st.sampled_from(["ja", "en"]))
def test_a_repeat_in_words_can_be_typed(repeat: Repeat, language: str) -> None:
    said = described(repeat, words_for(language))
    try:
        found = read_repeat(f"{said} 19:00", NOW, TOKYO)
    except Invalid as refused:
        if refused.message == NEVER and (repeat.skips_holidays or repeat.until):
            return  # a holiday of every year, or nothing before the end
        raise
    assert found.repeat == repeat


def test_an_occurrence_has_its_holiday() -> None:
    local = datetime.fromisoformat("2026-11-23T19:00")
    assert dated(local, TOKYO, JA) == "2026年11月23日(月) 19:00（勤労感謝の日）"
    assert dated(local, TOKYO, EN) == "Mon 23 Nov 2026, 19:00 (Labour Thanksgiving Day)"
    assert dated(local, "Europe/Berlin", JA) == "2026年11月23日(月) 19:00"


def test_where_people_are_elsewhere_their_own_clock_counts() -> None:
    found = read_repeat("every Sunday at 7pm", datetime(2026, 11, 29, 1, tzinfo=UTC), "America/New_York")
    assert told(found) == ("w1:SU", "2026-11-29 19:00"), "it is still Saturday there"
    assert found.repeat == Repeat(Weekly((6,)))
