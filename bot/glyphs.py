"""Which font has which character: each in the first font that has it, so that no name loses one.

The letters of each font are read from its file.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from bot import data

FOLDER: Path = data.FOLDER / "fonts"
#: The look of everything, then what it lacks: further kanji, Latin, hangul, emoji.
FONTS = ("ipaexg.ttf", "NotoSansJP.ttf", "NotoSans.ttf", "NotoSansKR.ttf", "NotoEmoji.ttf")
#: Printers in Japan set this mark where they have no type for a character.
MISSING = "〓"
#: They say how the character before them looks. No font draws them.
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
#: Of a picture's font, where its wide table of characters stands: for Windows, all of Unicode.
_PLATFORM, _ENCODING, _FORMAT = 3, 10, 12


def parts(text: str) -> list[tuple[str, str]]:
    """The text as it is drawn, in pieces: the file of the font, and what is set in it."""
    composed = unicodedata.normalize("NFC", text)
    chosen = [_choice(one) for one in composed if not _is_silent(one)]
    return [(name, "".join(one for _, one in run)) for name, run in groupby(chosen, key=lambda pair: pair[0])]


def drawable(text: str) -> str:
    """The text as it is drawn, with ``MISSING`` for each character that no font has. Line breaks stay."""
    return "\n".join("".join(piece for _, piece in parts(line)) for line in text.splitlines())


def lacking(text: str) -> str:
    """The characters of it that no font has, each once, so that somebody can write them in another way."""
    composed = [one for one in unicodedata.normalize("NFC", text) if not _is_silent(one)]
    return "".join(dict.fromkeys(one for one in composed if not any(_has(name, one) for name in FONTS)))


def _choice(character: str) -> tuple[str, str]:
    for name in FONTS:
        if _has(name, character):
            return name, character
    return FONTS[0], MISSING


def _is_silent(character: str) -> bool:
    """Joiners, marks of direction and the like, and line breaks: a picture's text is one line."""
    code = ord(character)
    return unicodedata.category(character) in ("Cf", "Cc") or any(code in range_ for range_ in _SELECTORS)


def _has(name: str, character: str) -> bool:
    starts, ends = _characters(name)
    index = bisect_right(starts, ord(character)) - 1
    return index >= 0 and ord(character) <= ends[index]


@cache
def _characters(name: str) -> tuple[list[int], list[int]]:
    """The ranges of characters that a font has a glyph for: where each begins, and where it ends."""
    file = (FOLDER / name).read_bytes()
    for number in range(_at(">H", file, 4)[0]):
        tag, _, start, _ = _at(">4sIII", file, 12 + 16 * number)
        if tag == b"cmap":
            break
    for number in range(_at(">H", file, start + 2)[0]):
        platform, encoding, offset = _at(">HHI", file, start + 4 + 8 * number)
        if (platform, encoding) == (_PLATFORM, _ENCODING):
            break
    form, _, _, _, count = _at(">HHIII", file, start + offset)
    assert form == _FORMAT, f"{name}: a table of characters of another kind"
    groups = [_at(">III", file, start + offset + 16 + 12 * number) for number in range(count)]
    return [first for first, _, _ in groups], [last for _, last, _ in groups]


def _at(form: str, file: bytes, offset: int) -> tuple[Any, ...]:
    return struct.unpack_from(form, file, offset)
