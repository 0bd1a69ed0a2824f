"""Texts as students paste them, and what becomes of each."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.events.reading import Audience, EventText, Part, Question, read_event
from bot.features.events.reading.event import read_pasted
from bot.features.events.reading.pasted import Pasted
from bot.features.events.reading.times import DEADLINE_TOO_LATE, OTHER_ZONE, TWO
from bot.features.events.reading.titles import LONGEST, NO_TITLE, TITLE_TOO_LONG
from bot.features.events.repeats import Repeat, as_text
from bot.i18n import words_for
from bot.times import read

#: Tuesday 24 November 2026, 10:00 in Tokyo.
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
ZONE = "Asia/Tokyo"
#: ``read`` has only the fields that say something; ``asks`` what the questions are about.
ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("data").joinpath("pasted.json").read_text("utf-8"))


def _read(text: str) -> EventText:
    return read_event(text, NOW, ZONE)


def _told(event: EventText) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in EventText.__slots__:
        value = getattr(event, name)
        if name == "unclear":
            name, value = "asks", [question.about.value for question in value]  # noqa: PLW2901 - as in the table
        if isinstance(value, datetime):
            value = f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, Repeat):
            value = as_text(value)
        if value or (name == "alcohol" and value is False):
            told[name] = value
    return told


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
def test_what_people_paste(row: dict[str, Any]) -> None:
    assert _told(_read(row["text"])) == row["read"]


def test_the_example_of_the_issue() -> None:
    assert _read("11/28(土) 19時〜21時 Zoomで症例勉強会、誰でも") == EventText(
        title="症例勉強会",
        start=datetime.fromisoformat("2026-11-28T19:00"),
        end=datetime.fromisoformat("2026-11-28T21:00"),
        whole_days=False,
        place="Zoom",
        link="",
        is_online=True,
        limit=None,
        audience=Audience.EVERYBODY,
        cost="",
        alcohol=None,
        deadline=None,
        text="",
        unclear=(),
    )


# What is asked


def test_a_weekday_that_is_another_is_asked_about_and_never_bent() -> None:
    event = _read("11/28(日) 19時〜 症例勉強会")
    assert (event.start, event.text) == (None, "11/28(日) 19時〜")
    (question,) = event.unclear
    assert question.about is Part.WHEN
    assert question.values == {"day": date(2026, 11, 28), "other": date(2026, 11, 29)}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("12/1 19時\nhttps://ifmsa.jp", Question(Part.TITLE, NO_TITLE)),
        ("会" * 300 + " 12/1 19時", Question(Part.TITLE, TITLE_TOO_LONG, {"n": LONGEST})),
        (
            "定員10名 上限12名 勉強会 12/1 19時",
            Question(Part.LIMIT, TWO, {"one": "定員10名", "other": "上限12名"}),
        ),
        ("会議 12/1 9:00 GMT", Question(Part.WHEN, OTHER_ZONE, {"text": "12/1 9:00 GMT"})),
        (
            "会議 12/1 9:00 締切12/3",
            Question(Part.DEADLINE, DEADLINE_TOO_LATE, {"deadline": datetime.fromisoformat("2026-12-03T23:59")}),
        ),
        (
            "勉強会 12/1 19時 / 12/2 19時",
            Question(Part.WHEN, TWO, {"one": "12/1 19時", "other": "12/2 19時"}),
        ),
    ],
)
def test_a_question_says_what_it_is_about(text: str, question: Question) -> None:
    assert _read(text).unclear == (question,)


@pytest.mark.parametrize("typed", ["12/1 21:00-20:00", "12/1 22時〜21時", "2/30 19時"])
def test_the_reason_is_the_one_that_the_reader_of_times_gives(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(typed, NOW, ZONE)
    event = _read(f"勉強会 {typed}")
    assert [(one.message, one.values) for one in event.unclear] == [(refused.value.message, refused.value.params)]
    assert (event.start, event.title, event.text) == (None, "勉強会", typed)


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_question_can_be_said(row: dict[str, Any], language: str) -> None:
    for question in _read(row["text"]).unclear:
        assert words_for(language)(question.message, **question.values)


def test_a_time_is_read_in_the_zone_of_the_organisation() -> None:
    event = read_event("Meeting 29 March 2026 at 02:30", datetime(2026, 3, 1, tzinfo=UTC), "Europe/Berlin")
    assert event.start is None  # the clocks go forward then
    assert [one.about for one in event.unclear] == [Part.WHEN]
    event = read_event("Meeting tomorrow at 9:00 CET", datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Berlin")
    assert (event.start, event.unclear) == (datetime.fromisoformat("2026-03-03T09:00"), ())


def test_half_a_character_and_controls_are_left_out() -> None:
    event = _read("症例\x00勉強会\ud800 12/1\x0719時\r\n持ち物：筆記用具\x1b")
    assert (event.title, event.start) == ("症例 勉強会", datetime.fromisoformat("2026-12-01T19:00"))
    assert event.text == "持ち物：筆記用具"


# Nothing is lost

_PIECES = [
    "11/28(土) 19時〜21時", "12/1 19:00", "来週の土曜 夜7時から", "Sat 28 Nov 7-9pm", "11/28(日)", "2/30",
    "締切11/30", "Zoomで",
    "オンライン", "@渋谷", "定員20名", "20名まで", "誰でも", "1年生歓迎", "スタッフ限定", "参加費500円", "無料",
    "飲み会", "ノンアル",
    "https://zoom.us/j/1", "https://forms.gle/x", "日時：", "場所：", "対象：", "定員：", "【", "】", "「", "」",
    "・", "●", "\n", " ",
    "、", "。", "に", "で", "は", "の", "を", "症例勉強会", "新歓", "max 20", "on", "at", "free", "(", ")", "Title:",
    "①", "㈯", "🎉",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=14).map("".join)
#: Letters that no word of any reader is made of.
_STRANGE = st.text("ΓΔΘΛΞΠΣΦΨΩ", min_size=1, max_size=4)


def _ink(text: str) -> Counter[str]:
    return Counter(char for char in text if unicodedata.category(char)[0] in "LN")


def _shown(event: EventText) -> str:
    return "".join((event.title, event.place, event.link, event.cost, event.text))


@given(_TEXTS)
def test_nothing_is_said_twice_and_every_letter_has_an_owner(text: str) -> None:
    pasted = Pasted(text)
    event = read_pasted(pasted, NOW, ZONE)
    owned = dict.fromkeys(Part, "")
    for char, owner in zip(pasted.text, pasted.owners, strict=True):
        owned[owner or Part.TEXT] += char
    assert _ink(event.text) == _ink(owned[Part.TEXT])
    assert _ink(event.title) <= _ink(owned[Part.TITLE])
    assert _ink(event.cost) == _ink(owned[Part.COST])
    assert len(event.title) <= LONGEST


@given(st.lists(st.sampled_from(_PIECES) | _STRANGE.map(lambda word: f" {word} "), max_size=12).map("".join))
def test_text_that_no_reader_knows_is_kept_exactly_once(text: str) -> None:
    strange = Counter(char for char in text if char in "ΓΔΘΛΞΠΣΦΨΩ")
    shown = Counter(char for char in _shown(_read(text)) if char in "ΓΔΘΛΞΠΣΦΨΩ")
    assert shown == strange


@given(st.text(max_size=60) | _TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    event = _read(text)
    assert event.end is None or (event.start is not None and event.start < event.end)
    assert event.title or Part.TITLE in {question.about for question in event.unclear}
    assert event.start is not None or Part.WHEN in {question.about for question in event.unclear}
    assert not any(char in field for char in "\x00\r\ud800" for field in (event.title, event.place, event.text))


@given(
    title=st.sampled_from(
        [
            "症例勉強会",
            "ぬいぐるみ病院",
            "Case study night",
            "第3回「心不全」勉強会",
            "🎄クリスマス会🎄",
            "【SCORA】総会",
        ]
    ),
    day=st.dates(date(2026, 11, 25), date(2027, 11, 1)),
    hour=st.integers(0, 20),
    place=st.sampled_from(["", "渋谷ヒカリエ 8階", "Zoom", "Main Hall, 2F", "第2講義室＋オンライン"]),
    limit=st.none() | st.integers(1, 500),
    audience=st.sampled_from(["", "誰でも", "LCメンバー", "スタッフ"]),
    cost=st.sampled_from(["", "500円", "無料", "1年生無料、2年生以上2000円"]),
    text=st.sampled_from(["", "持ち物：筆記用具", "はじめての人もどうぞ。\n\nお菓子があります。"]),
)
def test_an_event_that_is_written_out_is_read_the_same_again(
    title: str, day: date, hour: int, place: str, limit: int | None, audience: str, cost: str, text: str
) -> None:
    lines = [
        title,
        f"日時：{day.year}年{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]}) {hour}:00〜{hour + 2}:30",
        *([f"場所：{place}"] if place else []),
        *([f"定員：{limit}名"] if limit else []),
        *([f"対象：{audience}"] if audience else []),
        *([f"参加費：{cost}"] if cost else []),
        *(["", text] if text else []),
    ]
    event = _read("\n".join(lines))
    assert event == _read("\n".join((event.title, *lines[1:])))
    assert (event.title, event.place, event.limit, event.cost, event.text) == (title, place, limit, cost, text)
    assert event.start == datetime.fromisoformat(f"{day}T{hour:02}:00")
    assert event.end == datetime.fromisoformat(f"{day}T{hour + 2:02}:30")
    assert (event.audience is None) == (not audience)
    assert event.unclear == ()


@pytest.mark.parametrize(
    "text",
    [
        "1", "一", "1 ", "明日", "11/28 ", "a ", "~", "(土)", "19時から", " ", "（", "「", "場所：", "・", "参加費",
        "20名まで",
        "https://", "zoom", "@", "を", "室", "Aa ", "お知らせ・", "a.b.", "・ ", "\n", "1\n", "は ", "in the ",
        "締切", "11/28 19時 と", "①",
    ],
)  # fmt: skip
def test_ten_thousand_characters_come_back(text: str) -> None:
    """Each of these once took a reader minutes that looks back and forth over them."""
    long = (text * 10_000)[:10_000]
    assert read_event(long, NOW, ZONE).link == ""
