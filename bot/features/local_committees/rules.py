"""How names are compared, and which state may follow which: pure decisions."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from bot.features.local_committees.models import State

#: Old and variant forms of characters that stand in names of schools, and how people type them.
_VARIANTS = str.maketrans("應獨醫學國澤齋﨑髙濱濵廣藝ヶ", "応独医学国沢斎崎高浜浜広芸ケ")
_LONG_VOWELS = (("ou", "o"), ("oo", "o"), ("uu", "u"), ("aa", "a"))
_ASCII_WORD = re.compile(r"[a-z]+")
_NOISE = re.compile(r"[\s\x00-\x1f・･.,'’`´\-_/()（）「」『』~～]+")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def fold(text: str) -> str:
    """The form in which names are compared: width, case, kana, old characters, marks and blanks no longer differ.

    Long vowels are shortened word by word, so that "Toukyou", "Tōkyō" and "Tokyo" are one. Words of a Latin name are
    joined too: "tokyo medical" finds "Tokyo Medical University".
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    # Marks come off; in kana alone the mark is part of the letter (か and が).
    text = "".join(char for char in unicodedata.normalize("NFD", text) if not _is_mark(char))
    text = unicodedata.normalize("NFC", text)
    text = text.translate(_KATAKANA_TO_HIRAGANA)
    text = _ASCII_WORD.sub(lambda match: _short(match.group()), text)
    return _NOISE.sub("", text)


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) > 0 and char not in "\u3099\u309a"


def _short(word: str) -> str:
    for long, short in _LONG_VOWELS:
        word = word.replace(long, short)
    return word


def search_text(names: Iterable[str]) -> str:
    """The folded names, each between line breaks, ready for ``like``: a prefix stands right after a break."""
    folded = dict.fromkeys(filter(None, (fold(name) for name in names)))
    return "".join(f"\n{name}" for name in folded) + "\n"


def nearest(text: str, candidates: dict[int, str], n: int = 3) -> list[int]:
    """The ids of the ``n`` candidates (id → search text) that look most like ``text``, best first; always ``n`` if
    there are that many, because a wrong guess costs a glance and no guess costs a dead end."""
    wanted = fold(text)
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)

    def likeness(names: str) -> float:
        best = 0.0
        for name in filter(None, names.split("\n")):
            matcher.set_seq1(name)
            if matcher.quick_ratio() > best:
                best = max(best, matcher.ratio())
        return best

    ranked = sorted(candidates, key=lambda key: -likeness(candidates[key]))
    return ranked[:n]


#: What may follow what. Only a decision of the association makes a member or lets one leave.
FOLLOWING: dict[State, frozenset[State]] = {
    State.NO_CONTACT: frozenset({State.LEAD, State.FOUNDING, State.APPLYING, State.MEMBER}),
    State.LEAD: frozenset({State.NO_CONTACT, State.FOUNDING, State.APPLYING, State.MEMBER}),
    State.FOUNDING: frozenset({State.NO_CONTACT, State.LEAD, State.APPLYING, State.MEMBER}),
    State.APPLYING: frozenset({State.FOUNDING, State.LEAD, State.NO_CONTACT, State.MEMBER}),
    State.MEMBER: frozenset({State.DORMANT, State.LEFT}),
    State.DORMANT: frozenset({State.MEMBER, State.LEFT}),
    State.LEFT: frozenset({State.LEAD, State.FOUNDING, State.APPLYING, State.MEMBER, State.NO_CONTACT}),
}
