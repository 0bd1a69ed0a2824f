"""Text in pictures, set letter by letter (Pillow's basic layout): the other layout needs a library of the system, and a
picture would look different from one machine to the next.
"""

from __future__ import annotations

from functools import cache

from PIL import ImageDraw, ImageFont

from bot.glyphs import FOLDER, FONTS, parts

Font = ImageFont.FreeTypeFont


def width(text: str, size: int) -> float:
    return sum(font.getlength(run) for font, run in _runs(text, size))


def fitting(text: str, room: int, largest: int, smallest: int = 10) -> int:
    """The largest size in which ``text`` is no wider than ``room`` pixels."""
    size = largest
    while size > smallest and width(text, size) > room:
        size -= 1
    return size


def write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: str, anchor: str = "la"
) -> None:
    """Draw one line. ``anchor``: left or middle, then ascender or middle, as Pillow names them."""
    ascent, descent = _font(FONTS[0], size).getmetrics()
    x = at[0] - (width(text, size) / 2 if anchor[0] == "m" else 0)
    base = at[1] + (ascent if anchor[1] == "a" else (ascent - descent) / 2)
    for font, run in _runs(text, size):
        pen.text((x, base), run, fill=fill, font=font, anchor="ls")
        x += font.getlength(run)


def _runs(text: str, size: int) -> list[tuple[Font, str]]:
    return [(_font(name, size), run) for name, run in parts(text)]


@cache
def _font(name: str, size: int) -> Font:
    return ImageFont.truetype(FOLDER / name, size, layout_engine=ImageFont.Layout.BASIC)
