"""Japan as a map of 47 tiles, one a prefecture: how many of its schools have a member LC.

Pillow and the font are loaded only when a map is asked for.
"""

from __future__ import annotations

import io
from collections import Counter
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bot import data
from bot.features.local_committees.models import State
from bot.features.local_committees.records import Coverage
from bot.i18n import N_, words_for

_TILE, _GAP, _MARGIN, _COLUMNS, _ROWS = 84, 6, 36, 15, 12
_WIDTH = 2 * _MARGIN + _COLUMNS * (_TILE + _GAP) - _GAP
_HEIGHT = 2 * _MARGIN + _ROWS * (_TILE + _GAP) - _GAP
_BACKGROUND, _INK = "#F7F9FA", "#20303A"

#: What a tile's colour says, in the order of the legend: label, fill, ink.
_ALL = (N_("every school has a member LC"), "#1F7A8C", "#FFFFFF")
_SOME = (N_("some schools have one"), "#9CCFD8", _INK)
_COMING = (N_("none yet, but in contact"), "#D9C8F0", _INK)
_RESTING = (N_("resting"), "#F4E3A1", _INK)
_NONE = (N_("no LC yet"), "#DDE2E6", _INK)
_LEGEND = (_ALL, _SOME, _COMING, _RESTING, _NONE)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(data.FOLDER / "fonts" / "ipaexg.ttf", size)


def _meaning(counts: Counter[State]) -> tuple[str, str, str]:
    member, schools = counts[State.MEMBER], sum(counts.values())
    if member:
        return _ALL if member == schools else _SOME
    if counts[State.LEAD] + counts[State.FOUNDING] + counts[State.APPLYING]:
        return _COMING
    return _RESTING if counts[State.DORMANT] else _NONE


def _fitting(text: str, width: int, largest: int) -> ImageFont.FreeTypeFont:
    """The largest font in which ``text`` is no wider than ``width`` pixels."""
    size = largest
    while size > 10 and _font(size).getlength(text) > width:
        size -= 1
    return _font(size)


def draw(coverage: Coverage, language: str) -> bytes:
    """A PNG of 1416 x 1146 pixels."""
    say = words_for(language)
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _BACKGROUND)
    pen = ImageDraw.Draw(image)
    for row in data.rows("prefectures"):
        counts = coverage.by_prefecture.get(row["code"], Counter())
        _, fill, ink = _meaning(counts)
        left = _MARGIN + int(row["column"]) * (_TILE + _GAP)
        top = _MARGIN + int(row["row"]) * (_TILE + _GAP)
        pen.rounded_rectangle((left, top, left + _TILE, top + _TILE), radius=12, fill=fill)
        name = say.either(row["short_ja"], row["name_en"])
        middle = left + _TILE / 2
        pen.text((middle, top + 29), name, fill=ink, font=_fitting(name, _TILE - 8, 34), anchor="mm")
        share = f"{counts[State.MEMBER]}/{sum(counts.values())}"
        pen.text((middle, top + 62), share, fill=ink, font=_fitting(share, _TILE - 8, 30), anchor="mm")
    total = coverage.total
    pen.text((_MARGIN, _MARGIN), say("Member LCs / schools"), fill=_INK, font=_font(48))
    pen.text((_MARGIN, _MARGIN + 70), f"{total[State.MEMBER]} / {sum(total.values())}", fill=_ALL[1], font=_font(84))
    for number, (label, fill, _) in enumerate(_LEGEND):
        top = _MARGIN + 190 + number * 50
        pen.rounded_rectangle((_MARGIN, top, _MARGIN + 36, top + 36), radius=6, fill=fill)
        pen.text((_MARGIN + 50, top + 18), say(label), fill=_INK, font=_font(34), anchor="lm")
    png = io.BytesIO()
    image.quantize(64).save(png, "PNG", optimize=True)
    return png.getvalue()
