"""How names of schools and places are read and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from bot import data
from bot.typed import INKLESS

#: Old and variant forms of kanji, and how they are compared (``data/kanji_variants.csv``). Nothing that is shown goes
#: through this: people keep the letter with which they write their name.
_VARIANTS = {ord(variant): row["kept"] for row in data.rows("kanji_variants") for variant in row["variants"]} | {
    ord("ヶ"): "ケ"
}
_LONG_VOWELS = (("ou", "o"), ("oo", "o"), ("uu", "u"), ("aa", "a"))
_FACULTY = ("医学部医学科", "医学部", "医学科", "いがくぶいがくか", "いがくぶ", "いがくか")
#: Also what no database can hold: half a character, as broken programs send it. Waves and dashes of every width: people
#: type whichever their keyboard has.
_NOISE = re.compile(r"[\s\x00-\x1f\ud800-\udfff・･.,'’`´_/()（）「」『』~～〜〰\-‐‑‒–—―−]+")
#: 佐々木 is 佐佐木.
_REPEATED = re.compile(r"(.)々")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def fold(text: str) -> str:
    """The form in which names are compared: width, case, kana, old characters, marks and blanks no longer differ.

    Long vowels are shortened, so that "Toukyou", "Tōkyō" and "Tokyo" are one. Words of a Latin name are joined first:
    "tokyo medical" and "TokyoMedical" find "Tokyo Medical University".
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    # Marks come off; in kana alone the mark is part of the letter (か and が).
    text = "".join(char for char in unicodedata.normalize("NFD", INKLESS.sub("", text)) if not _is_mark(char))
    text = unicodedata.normalize("NFC", text)
    text = _REPEATED.sub(r"\1\1", _NOISE.sub("", text.translate(_KATAKANA_TO_HIRAGANA)))
    for long, short in _LONG_VOWELS:
        text = text.replace(long, short)
    return text


def fold_query(text: str) -> str:
    """``fold`` for what somebody typed: 東京大学医学部 means the LC at 東京大学."""
    folded = fold(text)
    for ending in _FACULTY:
        if folded.endswith(ending) and folded != ending:
            return folded.removesuffix(ending)
    return folded


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) > 0 and char not in "\u3099\u309a"


def search_text(names: Iterable[str]) -> str:
    """The folded names, each between line breaks, ready for ``like``: a prefix stands right after a break."""
    folded = dict.fromkeys(filter(None, (fold(name) for name in names)))
    return "".join(f"\n{name}" for name in folded) + "\n"


def readings_of(*names: str) -> list[str]:
    """The readings of those names that the shipped lists know; what an organisation made up has none."""
    known = _known()
    return [reading for name in names for reading in known.get(fold(name), ())]


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}

    def add(names: Iterable[str], readings: str) -> None:
        for name in filter(None, map(fold, names)):
            found[name] = (*found.get(name, ()), *readings.split("|"))

    for row in data.rows("medical_schools"):
        add((row["name_ja"], row["former_names_ja"]), row["readings_ja"])
    for row in data.rows("regions"):
        add((row["name_ja"], row["alias_ja"]), row["readings_ja"])
    for row in data.rows("prefectures"):
        add((row["name_ja"], row["short_ja"]), row["readings_ja"])
        add((row["area_ja"],), row["area_reading_ja"])
    return {name: tuple(dict.fromkeys(readings)) for name, readings in found.items()}
