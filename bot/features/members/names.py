"""Names as people type them, made fit to be shown and found."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import Invalid
from bot.i18n import N_
from bot.typed import NO_INK, check_name, one_line

MAX_NAME = 60
MAX_TYPED = 500
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_BLANKS = re.compile(r"\s+")
#: Marks piled on one letter beyond what any script needs.
_PILED = 3


def clean(text: str) -> str:
    """One line without what can't be seen: controls, zero-width and direction characters; width as usual for digits,
    blanks and Latin letters; every kanji as it was typed; not more marks on a letter than any language puts there."""
    text = one_line(_usual_width(one_line(text[:MAX_TYPED])))
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category[0] == "C":  # control, format, private, unassigned
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _PILED:
            kept.append(char)
    return _BLANKS.sub(" ", "".join(kept)).strip()


def _usual_width(text: str) -> str:
    """NFKC, but for kanji: whoever writes 神 with U+FA19 keeps it."""
    return "".join(
        part if _COMPATIBLE.match(part) else unicodedata.normalize("NFKC", part) for part in _COMPATIBLE.split(text)
    )


def clean_name(text: str) -> str:
    """A display name.

    Raises:
        Invalid: nothing readable is left, it is too long, or it mentions people.
    """
    name = clean(text)
    if not any(unicodedata.category(char)[0] in "LN" for char in name):
        raise Invalid(NO_INK)
    if len(name) > MAX_NAME:
        raise Invalid(N_("That name is too long. Please use at most {n} characters."), n=MAX_NAME)
    check_name(name)
    return name


def clean_reading(text: str) -> str:
    """How a name is said; "" if it was left out.

    Raises:
        Invalid: it is written in kanji, or is too long.
    """
    reading = clean(text)
    if len(reading) > MAX_NAME:
        raise Invalid(N_("That reading is too long. Please use at most {n} characters."), n=MAX_NAME)
    if text.strip():
        check_name(reading)
    if any("CJK" in unicodedata.name(char, "") for char in reading):
        raise Invalid(N_("Please write the reading in kana or in Roman letters, for example やまだ はな."))
    return reading


def clean_institution(text: str) -> str:
    """The name of a school that isn't in the list; "" if it was left out.

    Raises:
        Invalid: nothing of it can be seen, it is too long, or it mentions people.
    """
    name = clean(text)
    if len(name) > MAX_NAME:
        raise Invalid(N_("That name is too long. Please use at most {n} characters."), n=MAX_NAME)
    if text.strip():
        check_name(name)
    return name
