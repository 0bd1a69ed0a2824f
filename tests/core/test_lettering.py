from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from bot import data
from bot.glyphs import FONTS, MISSING, parts
from bot.ui.lettering import fitting, width, write

#: Names as people write them, and what stands beside them.
NAMES = "𠮷田 髙橋 﨑山 槗本 渡邉 噓 김민준 한국 Đặng Nguyễn Łukasz Țepeș José Müller ŐŰ 🎉✅👩‍⚕️🇯🇵 ①㈱℡♥"
SIZE = 40
#: No font has it.
NOTHING = "\U0010ffff"


def drawn(name: str, text: str) -> bytes:
    font = ImageFont.truetype(data.FOLDER / "fonts" / name, SIZE, layout_engine=ImageFont.Layout.BASIC)
    return bytes(font.getmask(text))


def test_no_name_loses_a_character() -> None:
    """Each is drawn by a font that has it: none comes out as the box that stands for a missing one."""
    pieces = parts(NAMES)
    boxes = {name: drawn(name, NOTHING) for name in FONTS}
    for name, text in pieces:
        assert [one for one in text if not one.isspace() and drawn(name, one) == boxes[name]] == [], name
    assert MISSING not in "".join(text for _, text in pieces)
    assert {name for name, _ in pieces} == set(FONTS), "each font is there for something"


def test_the_box_of_each_font_would_be_seen() -> None:
    """Else the test above could not fail."""
    assert drawn(FONTS[0], "𠮷") == drawn(FONTS[0], NOTHING) != drawn(FONTS[0], "吉")


def test_what_no_font_has_is_the_printers_mark_and_what_is_never_seen_takes_no_room() -> None:
    assert parts(f"a{NOTHING}b") == [(FONTS[0], f"a{MISSING}b")]
    assert parts("葛\U000e0100城") == [(FONTS[0], "葛城")]
    assert parts("か\u3099\u200b") == [(FONTS[0], "が")]
    assert width("葛\U000e0100城", SIZE) == width("葛城", SIZE)


def test_a_line_is_as_wide_as_its_parts_and_fits_where_it_should() -> None:
    assert width(NAMES, SIZE) == sum(
        ImageFont.truetype(data.FOLDER / "fonts" / name, SIZE, layout_engine=ImageFont.Layout.BASIC).getlength(text)
        for name, text in parts(NAMES)
    )
    assert width("吉" * 10, fitting("吉" * 10, 200, SIZE)) <= 200
    assert fitting("吉", 200, SIZE) == SIZE


def test_all_of_a_line_is_in_the_picture() -> None:
    image = Image.new("L", (int(width(NAMES, SIZE)) + 20, 2 * SIZE), 255)
    write(ImageDraw.Draw(image), (10, SIZE), NAMES, SIZE, "#000000", "lm")
    left, top, right, bottom = image.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert 5 <= left <= 20
    assert image.width - 20 <= right <= image.width
    assert top > 0
    assert bottom < image.height
