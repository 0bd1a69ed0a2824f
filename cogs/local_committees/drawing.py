"""The map of the coverage: a tile for each prefecture, upright, so that it fills a phone and can be read there."""

from __future__ import annotations

import io
import re
from collections import Counter

from PIL import Image, ImageDraw

from bot import data
from bot.features.local_committees.models import LcState
from bot.features.local_committees.values import Coverage
from bot.i18n import N_, Words, words_for
from bot.ui.lettering import fitting, width, write

#: Pixels. A phone shows the picture about 360 wide, a third of this: what has 30 here has 10 there.
TILE, GAP, MARGIN, COLUMNS, ROWS = 112, 6, 24, 9, 15
WIDTH = 2 * MARGIN + COLUMNS * (TILE + GAP) - GAP
HEIGHT = 2 * MARGIN + ROWS * (TILE + GAP) - GAP
#: The smallest letters.
SMALLEST = 30
_BACKGROUND, _INK = "#F7F9FA", "#20303A"
#: What a tile's colour says, in the order of the legend: label, fill, ink.
_ALL = (N_("every school has a member LC"), "#1F7A8C", "#FFFFFF")
_SOME = (N_("some schools have one"), "#9CCFD8", _INK)
_COMING = (N_("none yet, but in contact"), "#D9C8F0", _INK)
_RESTING = (N_("inactive"), "#F4E3A1", _INK)
_NONE = (N_("no LC yet"), "#DDE2E6", _INK)
LEGEND = (_ALL, _SOME, _COMING, _RESTING, _NONE)
#: Where the sea is: the numbers stand north of Japan's west, the legend south of its east.
_NUMBERS_AT, _LEGEND_AT = (MARGIN, MARGIN), (MARGIN + 4 * (TILE + GAP), MARGIN + 10 * (TILE + GAP))
_LEGEND_STEP, _SAMPLE = 76, 48
#: Before a consonant that begins a syllable: Fuku|shima.
_SYLLABLE = re.compile(r"(?<=\w)(?:(?=[sc]h[aiueo])|(?<![sc])(?=[bdfghjkmnprstwyz][aiueo]))")


def draw(coverage: Coverage, language: str) -> bytes:
    """A PNG of WIDTH x HEIGHT pixels."""
    say = words_for(language)
    image = Image.new("RGB", (WIDTH, HEIGHT), _BACKGROUND)
    pen = ImageDraw.Draw(image)
    for row in data.rows("prefectures"):
        counts = coverage.by_prefecture.get(row["code"], Counter())
        left = MARGIN + int(row["column"]) * (TILE + GAP)
        top = MARGIN + int(row["row"]) * (TILE + GAP)
        _tile(pen, (left, top), lines_of(say.either(row["short_ja"], row["name_en"])), counts)
    _numbers(pen, coverage.total, say)
    _legend(pen, say)
    png = io.BytesIO()
    image.quantize(64).save(png, "PNG", optimize=True)
    return png.getvalue()


def lines_of(name: str) -> list[str]:
    """The name of a prefecture, on two lines where one would be too small to read."""
    if width(name, SMALLEST) <= TILE - 8:
        return [name]
    middle = min((cut.start() for cut in _SYLLABLE.finditer(name)), key=lambda at: abs(at - len(name) / 2))
    return [f"{name[:middle]}-", name[middle:]]


def _tile(pen: ImageDraw.ImageDraw, corner: tuple[int, int], name: list[str], counts: Counter[LcState]) -> None:
    left, top = corner
    _, fill, ink = _meaning(counts)
    pen.rounded_rectangle((left, top, left + TILE, top + TILE), radius=14, fill=fill)
    lines = [*name, f"{counts[LcState.MEMBER]}/{sum(counts.values())}"]
    step = TILE / len(lines)
    largest = 44 if len(lines) == 2 else SMALLEST
    for number, line in enumerate(lines):
        middle = left + TILE / 2, top + step * (number + 0.5) + (3 if number == 0 else -3) * (len(lines) == 2)
        write(pen, middle, line, fitting(line, TILE - 8, largest), ink, "mm")


def _meaning(counts: Counter[LcState]) -> tuple[str, str, str]:
    member, schools = counts[LcState.MEMBER], sum(counts.values())
    if member:
        return _ALL if member == schools else _SOME
    if counts[LcState.LEAD] + counts[LcState.FOUNDING] + counts[LcState.APPLYING]:
        return _COMING
    return _RESTING if counts[LcState.DORMANT] else _NONE


def _numbers(pen: ImageDraw.ImageDraw, total: Counter[LcState], say: Words) -> None:
    left, top = _NUMBERS_AT
    title = say("Member LCs / schools")
    write(pen, (left, top), title, fitting(title, 6 * (TILE + GAP), 64), _INK)
    share = f"{total[LcState.MEMBER]} / {sum(total.values())}"
    write(pen, (left, top + 90), share, 150, _ALL[1])


def _legend(pen: ImageDraw.ImageDraw, say: Words) -> None:
    left, top = _LEGEND_AT
    room = WIDTH - MARGIN - left - _SAMPLE - 14
    for number, (label, fill, _) in enumerate(LEGEND):
        y, text = top + number * _LEGEND_STEP, say(label)
        pen.rounded_rectangle((left, y, left + _SAMPLE, y + _SAMPLE), radius=8, fill=fill)
        write(pen, (left + _SAMPLE + 14, y + _SAMPLE / 2), text, fitting(text, room, 40), _INK, "lm")
