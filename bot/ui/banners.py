"""The banner of an event that has no picture of its own: its title and its day on the colour of its committee."""

from __future__ import annotations

import asyncio
import io
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from itertools import accumulate

from PIL import Image, ImageDraw

from bot.glyphs import MISSING, parts
from bot.i18n import Words
from bot.ui.dates import long_span
from bot.ui.lettering import fitting, width, write

#: Pixels. A phone shows it about 360 wide, three tenths of this.
WIDTH, HEIGHT = 1200, 400
MARGIN, _BAND = 60, 110
ROOM = WIDTH - 2 * MARGIN
#: Sizes of the title and of the day.
LARGEST, SMALLEST, DAY = 96, 48, 46
#: Above it, letters rather get smaller than a word is parted.
_SEAM = 64
_STEP = 4
#: How far two colours have to differ for everybody to read one on the other (WCAG 2.2, AA).
READABLE = 4.5
#: Black reads on whatever white doesn't.
_INKS = (0xFFFFFF, 0x14202A, 0x000000)
_BLACK, _WHITE = 0x000000, 0xFFFFFF
#: No line begins with these, or ends with those.
_NOT_FIRST = frozenset(
    "、。，．,.・：；:;！？!?）)」』】〕］]｝}〉》’”ー〜…々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%℃"
)
_NOT_LAST = frozenset("（(「『【〔［[｛{〈《‘“＃#￥¥")


async def banner(title: str, start: date, end: date | None, colour: int, words: Words) -> bytes:
    """A PNG of WIDTH x HEIGHT pixels, always the same for the same input. ``start`` and ``end``: days, or local times;
    ``colour``: red, green, blue.

    It is drawn beside the event loop, so Discord has to be answered before.
    """
    return await asyncio.to_thread(draw, title, long_span(start, end, words), colour)


@lru_cache(maxsize=64)
def draw(title: str, day: str, colour: int) -> bytes:
    """The picture. Without a title the day takes its place, as it does where most letters of a title are in no font."""
    ink, shade = ink_on(colour), shade_of(colour)
    image = Image.new("RGB", (WIDTH, HEIGHT), _hex(colour))
    pen = ImageDraw.Draw(image)
    title = tidy(title)
    if not title:
        title, day = day, ""
    pen.rectangle((0, HEIGHT - _BAND, WIDTH, HEIGHT), fill=_hex(shade))
    lines, size = fitted(title)
    for number, line in enumerate(lines):
        middle = (HEIGHT - _BAND) / 2 + (number - (len(lines) - 1) / 2) * size * 1.25
        write(pen, (MARGIN, middle), line, size, _hex(ink), "lm")
    write(pen, (MARGIN, HEIGHT - _BAND / 2), day, fitting(day, ROOM, DAY), _hex(ink), "lm")
    png = io.BytesIO()
    image.quantize(64).save(png, "PNG", optimize=True)
    return png.getvalue()


# Colours


def ink_on(colour: int) -> int:
    """White if it can be read there, or else black."""
    return next(ink for ink in _INKS if contrast(ink, colour) >= READABLE)


def shade_of(colour: int) -> int:
    """Of the band with the day: further away from the ink, which reads there even better."""
    away = _BLACK if ink_on(colour) == _WHITE else _WHITE
    mixed = [round(0.8 * (colour >> shift & 0xFF) + 0.2 * (away >> shift & 0xFF)) for shift in (16, 8, 0)]
    return mixed[0] << 16 | mixed[1] << 8 | mixed[2]


def contrast(one: int, other: int) -> float:
    """How far two colours differ for the eye, from 1 to 21, as WCAG 2.2 reckons it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: int) -> float:
    shares = [(colour >> shift & 0xFF) / 255 for shift in (16, 8, 0)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: int) -> str:
    return f"#{colour:06X}"


# The title


def tidy(title: str) -> str:
    """On one line, as far as it can be drawn."""
    text = "".join(piece for _, piece in parts(" ".join(title.split())))
    return "" if text.count(MISSING) * 2 > len(text) else text


def fitted(title: str) -> tuple[list[str], int]:
    """The title on at most two lines, and the size of its letters: as large as fits, or cut with … where none does."""
    for parting, smallest in ((_is_seam, _SEAM), (_may_part, SMALLEST)):
        for size in range(LARGEST, smallest - 1, -_STEP):
            whole = width(title, size)
            if whole <= ROOM:
                return [title], size
            if whole <= 2 * ROOM and (two := _halves(title, size, parting)):
                return two, size
    first = _beginning(title, SMALLEST)
    rest = title[len(first) :].strip()
    return [first.strip(), _cut(rest, SMALLEST)], SMALLEST


def _halves(title: str, size: int, parting: Callable[[str, int], bool]) -> list[str] | None:
    """Both lines, about as long as each other, if they fit."""
    ends = list(accumulate(width(character, size) for character in title))
    places = [at for at in range(1, len(title)) if parting(title, at)]
    if not places:
        return None
    at = min(places, key=lambda place: abs(2 * ends[place - 1] - ends[-1]))
    two = [title[:at].strip(), title[at:].strip()]
    return two if max(width(line, size) for line in two) <= ROOM else None


def _beginning(title: str, size: int) -> str:
    """As much as fits on a line; within a word only if the word is longer than the line."""
    end = _longest(title, size)
    whole = next((at for at in range(end, 0, -1) if _may_part(title, at)), 0)
    return title[: whole if whole > end / 2 else end]


def _cut(text: str, size: int) -> str:
    if width(text, size) <= ROOM:
        return text
    return text[: _longest(text, size, "…")].rstrip() + "…"


def _longest(text: str, size: int, ending: str = "") -> int:
    """How many characters fit on a line, with ``ending``; a mark stays with its letter."""
    least, most = 1, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if width(text[:middle] + ending, size) <= ROOM:
            least = middle
        else:
            most = middle - 1
    while least > 1 and least < len(text) and unicodedata.combining(text[least]):
        least -= 1
    return least


def _may_part(text: str, at: int) -> bool:
    """Whether a line may end there at all."""
    before, behind = text[at - 1], text[at]
    if before.isspace() or behind.isspace():
        return True
    if before in _NOT_LAST or behind in _NOT_FIRST or unicodedata.combining(behind):
        return False
    return before in "-/" or _is_wide(before) or _is_wide(behind)


def _is_seam(text: str, at: int) -> bool:
    """Whether a word ends there, as far as it can be told without a dictionary."""
    before, behind = text[at - 1], text[at]
    if not _may_part(text, at) or (before in "〜~-" and text[at - 2 : at - 1] in ("", " ")):
        return False
    if before.isspace() or behind.isspace() or behind in _NOT_LAST or not before.isalnum():
        return True
    return _is_hiragana(before) and not _is_hiragana(behind)


def _is_hiragana(character: str) -> bool:
    return "ぁ" <= character <= "ゖ"


def _is_wide(character: str) -> bool:
    """Kana, kanji, emoji: words in them have no space between."""
    return unicodedata.east_asian_width(character) in "WF"
