from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image

from bot import data
from bot.features.local_committees.models import LcState
from bot.features.local_committees.values import Coverage
from bot.i18n import words_for
from bot.ui.lettering import fitting, width
from cogs.local_committees import drawing

#: A phone is 390 wide; of that the picture gets about so much.
PHONE = 360
PREFECTURES = data.rows("prefectures")


def test_each_prefecture_has_a_place_of_its_own_on_an_upright_map() -> None:
    places = [(int(row["column"]), int(row["row"])) for row in PREFECTURES]
    assert len(set(places)) == 47
    assert max(column for column, _ in places) == drawing.COLUMNS - 1
    assert max(row for _, row in places) == drawing.ROWS - 1
    assert drawing.HEIGHT > drawing.WIDTH


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_name_can_be_read_on_a_phone(language: str) -> None:
    words = words_for(language)
    for row in PREFECTURES:
        for line in drawing.lines_of(words.either(row["short_ja"], row["name_en"])):
            size = fitting(line, drawing.TILE - 8, 44)
            assert size * PHONE / drawing.WIDTH >= 9.5, line
    for label, _, _ in drawing.LEGEND:
        assert width(words(label), 32) <= drawing.WIDTH / 2, label


def test_the_ink_stands_out_from_every_tile() -> None:
    """At least 4.5 to 1, as the web's rules for everybody want it (WCAG 2.2, AA)."""
    for _, fill, ink in drawing.LEGEND:
        light, dark = sorted((brightness(fill), brightness(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, fill


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_map_is_a_picture_of_the_size_it_says(language: str) -> None:
    member = {row["code"]: Counter({LcState.MEMBER: 1, LcState.NO_CONTACT: 1}) for row in PREFECTURES}
    png = drawing.draw(Coverage({}, member), language)
    assert Image.open(io.BytesIO(png)).size == (drawing.WIDTH, drawing.HEIGHT)
    assert len(png) < 200_000, "it goes out with every answer"


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
