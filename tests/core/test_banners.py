"""The drawn banner of an event: whatever its title and colour, it can be read."""

from __future__ import annotations

import io
import threading
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageColor

from bot import data
from bot.glyphs import FONTS, MISSING, parts
from bot.i18n import words_for
from bot.times import Days, Span, read
from bot.ui import banners
from bot.ui.banners import (
    HEIGHT,
    LARGEST,
    MARGIN,
    READABLE,
    ROOM,
    SMALLEST,
    WIDTH,
    banner,
    contrast,
    draw,
    fitted,
    ink_on,
    shade_of,
    tidy,
)
from bot.ui.dates import long_span
from bot.ui.lettering import width
from tests.core.test_lettering import NAMES, NOTHING, drawn
from tests.local_committees.test_drawing import brightness

JA, EN = words_for("ja"), words_for("en")
DAY = "2026年12月5日(土) 19:00〜21:00"
START, END = datetime.fromisoformat("2026-12-05T19:00"), datetime.fromisoformat("2026-12-05T21:00")
COLOURS = [int(row["colour"], 16) for row in data.rows("committees")]
TITLES = [
    "症例勉強会",
    "𠮷田先生と語る「臨床推論」ワークショップ 🩺✨",
    NAMES,
    "第3回 公衆衛生フォーラム 〜地域医療とSDGsを考える2日間〜",
    "Introduction to Global Health: what students can do in their own committees 🎉",
    "あ" * 300,
    "W" * 300,
    "i" * 300,
    "、" * 300,
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "two\nlines\tand  spaces",
    "か\u3099くせい",
    "",
    " \n ",
    "\u202e\u200f",
    "שלום עולם",
    "مرحبا بالعالم",
    "勉強会 שלום",
    NOTHING * 5,
]


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize("title", TITLES)
def test_every_title_gives_a_picture_of_its_size_within_its_margins(title: str) -> None:
    png = draw(title, DAY, COLOURS[0])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 100_000
    image = picture(png)
    assert image.size == (WIDTH, HEIGHT)
    for part in ((0, 0, WIDTH, HEIGHT - 110), (0, HEIGHT - 110, WIDTH, HEIGHT)):
        plain = image.crop(part)
        inked = ImageChops.difference(plain, Image.new("RGB", plain.size, plain.getpixel((0, 0)))).getbbox()
        if inked is None:
            assert part[1] > 0, "without a title the day stands in its place"
            assert tidy(title) == ""
            continue
        left, top, right, bottom = inked
        assert MARGIN - 10 <= left < right <= WIDTH - MARGIN + 10
        assert 5 < top < bottom < plain.height - 5


@pytest.mark.parametrize("title", TITLES)
def test_no_character_comes_out_as_the_box_of_a_missing_one(title: str) -> None:
    boxes = {name: drawn(name, NOTHING) for name in FONTS}
    for line in fitted(tidy(title) or DAY)[0]:
        for name, text in parts(line):
            assert [one for one in text if not one.isspace() and drawn(name, one) == boxes[name]] == [], name


def test_kanji_in_few_fonts_and_emoji_stand_in_the_title() -> None:
    assert "".join(fitted(tidy("𠮷田先生と語る「臨床推論」ワークショップ 🩺✨"))[0]) == (
        "𠮷田先生と語る「臨床推論」ワークショップ 🩺✨"
    )
    assert MISSING not in tidy(NAMES)


def test_a_title_in_a_script_without_a_font_is_left_to_the_text() -> None:
    assert tidy("שלום עולם") == tidy(NOTHING * 5) == ""
    assert tidy("勉強会の名前 של") == f"勉強会の名前 {MISSING * 2}"
    assert draw("שלום עולם", DAY, 0) == draw("", DAY, 0) != draw("a", DAY, 0)


# The title


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("症例勉強会", ["症例勉強会"]),
        ("𠮷田先生と語る「臨床推論」ワークショップ", ["𠮷田先生と語る", "「臨床推論」ワークショップ"]),
        (
            "第3回 公衆衛生フォーラム 〜地域医療とSDGsを考える2日間〜",
            ["第3回 公衆衛生フォーラム", "〜地域医療とSDGsを考える2日間〜"],
        ),
        (
            "Introduction to Global Health: what students can do",
            ["Introduction to Global", "Health: what students can do"],
        ),
    ],
)
def test_a_line_ends_where_a_word_does(title: str, lines: list[str]) -> None:
    assert fitted(title)[0] == lines


def test_letters_are_as_large_as_fits() -> None:
    sizes = [fitted("症例 " * times)[1] for times in range(1, 20)]
    assert sizes[0] == LARGEST
    assert sizes[-1] == SMALLEST
    assert sizes == sorted(sizes, reverse=True)


@given(st.text(max_size=300).map(tidy).filter(bool))
@settings(max_examples=60)
@example("あ" * 300)
@example("a" * 300)
@example("a, " * 100)
@example("a" * 22 + "、" * 50)
@example("e\u0302\u0323" * 99)
def test_every_title_fits_on_two_lines_whole_or_cut_with_a_sign(title: str) -> None:
    lines, size = fitted(title)
    assert 1 <= len(lines) <= 2
    assert SMALLEST <= size <= LARGEST
    assert max(width(line, size) for line in lines) <= ROOM
    shown, whole = "".join("".join(lines).split()), "".join(title.split())
    if shown != whole:
        assert lines[-1].endswith("…")
        assert whole.startswith(shown.removesuffix("…"))
        assert size == SMALLEST


@pytest.mark.parametrize("bound", "、」ー々ゃっ？")
def test_no_line_begins_with_what_belongs_to_the_one_before(bound: str) -> None:
    assert fitted("漢" * 8 + bound + "漢" * 8)[0] == ["漢" * 8 + bound, "漢" * 8]


def test_no_line_ends_with_what_belongs_to_the_next() -> None:
    assert fitted("漢" * 8 + "「" + "漢" * 8)[0] == ["漢" * 8, "「" + "漢" * 8]


def test_a_mark_stays_with_its_letter() -> None:
    for before in ("", "あ"):
        first, second = fitted(before + "あ\u3099" * 200)[0]
        assert (first[-1], second[0], second[-2:]) == ("\u3099", "あ", "\u3099…")
    assert fitted("漢" * 8 + "あ\u3099" + "漢" * 8)[0] == ["漢" * 8 + "あ\u3099", "漢" * 8]


# Colours


def ratio(one: int, other: int) -> float:
    light, dark = sorted((brightness(f"#{one:06X}"), brightness(f"#{other:06X}")), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@given(st.integers(0, 0xFFFFFF))
@example(0x767676)
@example(0x777777)
@example(0x757575)
def test_the_ink_can_be_read_on_every_colour(colour: int) -> None:
    assert ratio(ink_on(colour), colour) >= READABLE
    assert ratio(ink_on(colour), shade_of(colour)) >= READABLE
    assert contrast(ink_on(colour), colour) == pytest.approx(ratio(ink_on(colour), colour))


@pytest.mark.parametrize("colour", [*COLOURS, 0, 0xFFFFFF, 0x808080])
def test_the_picture_has_these_colours(colour: int) -> None:
    image = picture(draw("症例勉強会", DAY, colour))
    found = {one for _, one in image.getcolors(WIDTH * HEIGHT) or []}
    colours = [ImageColor.getrgb(f"#{one:06X}") for one in (colour, shade_of(colour), ink_on(colour))]
    assert image.getpixel((0, 0)) == colours[0]
    assert set(colours) <= found


# For the same input the same


@pytest.mark.parametrize("title", [TITLES[1], TITLES[4]])
async def test_the_same_event_has_the_same_picture_to_the_byte(title: str) -> None:
    draw.cache_clear()
    first = await banner(title, START, END, COLOURS[0], JA)
    assert first == draw.__wrapped__(title, DAY, COLOURS[0])
    assert first == await banner(title, START, END, COLOURS[0], JA)
    assert draw.cache_info()[:2] == (1, 1), "drawn once"
    others = [
        await banner(f"{title}。", START, END, COLOURS[0], JA),
        await banner(title, START, None, COLOURS[0], JA),
        await banner(title, START, END, COLOURS[1], JA),
        await banner(title, START, END, COLOURS[0], EN),
    ]
    assert first not in others
    assert len(set(others)) == 4


async def test_it_is_drawn_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = list[threading.Thread]()

    def noted(title: str, day: str, colour: int) -> bytes:
        threads.append(threading.current_thread())
        return b""

    monkeypatch.setattr(banners, "draw", noted)
    await banner("症例勉強会", START, END, 0, JA)
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()


# From when to when


@pytest.mark.parametrize(
    ("start", "end", "japanese", "english"),
    [
        ("2026-12-05T19:00", None, "2026年12月5日(土) 19:00", "Sat 5 Dec 2026, 19:00"),
        ("2026-12-05T19:00", "2026-12-05T21:00", DAY, "Sat 5 Dec 2026, 19:00 – 21:00"),
        (
            "2026-11-30T19:00",
            "2026-12-02T12:00",
            "2026年11月30日(月) 19:00〜12月2日(水) 12:00",
            "Mon 30 Nov 2026, 19:00 – Wed 2 Dec, 12:00",
        ),
        (
            "2026-12-31T22:00",
            "2027-01-01T01:00",
            "2026年12月31日(木) 22:00〜2027年1月1日(金) 01:00",
            "Thu 31 Dec 2026, 22:00 – Fri 1 Jan 2027, 01:00",
        ),
        ("2026-12-05", "2026-12-05", "2026年12月5日(土)", "Sat 5 Dec 2026"),
        ("2026-12-05", "2026-12-07", "2026年12月5日(土)〜12月7日(月)", "Sat 5 Dec 2026 – Mon 7 Dec"),
    ],
)
def test_a_span_is_said_and_read_again(start: str, end: str | None, japanese: str, english: str) -> None:
    kind = datetime if "T" in start else date
    begins, ends = kind.fromisoformat(start), kind.fromisoformat(end) if end else None
    assert (long_span(begins, ends, JA), long_span(begins, ends, EN)) == (japanese, english)
    for said in (japanese, english):
        match read(said, datetime(2026, 11, 29, 1, tzinfo=UTC), "Asia/Tokyo"):
            case Span(first, last):
                assert (first.local, last.local) == (begins, ends)
            case Days(first_day, last_day):
                assert (first_day, last_day) == (begins, ends)
