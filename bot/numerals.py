"""Whole numbers as people type them: 12, １，５００, 三十, 約30人, ８名くらい, −3."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import Invalid
from bot.i18n import N_

#: Larger than any count of people, days or yen that is asked for here.
LARGEST = 10**9
NO_NUMBER = N_("Please enter a whole number, such as 12.")
NOT_BELOW_ZERO = N_("This can't be less than 0. Please enter a number such as 12.")
TOO_LARGE = N_("That number is too large. Please enter a smaller one.")
KANJI = "〇零一二三四五六七八九十百千万"
_DIGITS = {**{char: digit for digit, char in enumerate("〇一二三四五六七八九")}, "零": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MOST = 40
_BEFORE = (
    r"(?:約|およそ|おおよそ|だいたい|大体|合計|計|全部で|about |around |approx\.? ?|approximately |some |ca\.? ?|~)"
)
_UNIT = (
    r"(?:人|名様?|件|個|枚|部|冊|本|台|回|校|年|日|日間|円|円也|people|persons?|participants?|members?|students?|yen|days?"
    r"|years?|times?|pcs)"
)
_AFTER = r"(?:くらい|ぐらい|位|ほど|程度?|前後|弱|強|です|の予定|予定|or so|approx\.?)"
_NUMBER = re.compile(
    rf"{_BEFORE}?\s*(?P<sign>[-+▲△]|マイナス)?\s*[¥\\]?\s*"
    rf"(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,{_MOST}}}(?P<man>万)?|[{KANJI}]{{1,{_MOST}}})(?:\.0+)?"
    rf"\s*{_UNIT}?\s*{_AFTER}{{0,3}}[.。]?"
)
_MINUS = str.maketrans("−–—‐‑‒―ー〜", "--------~")


def whole(digits: str) -> int | None:  # noqa: PLR0911 - one way of writing after the other
    """The number that bare digits or kanji such as ``25``, ``二十五`` or ``二五`` stand for; None if they are none."""
    if not digits or len(digits) > _MOST:
        return None
    if digits.isascii():
        return int(digits) if digits.isdecimal() else None
    if all(char in _DIGITS for char in digits):
        return int("".join(str(_DIGITS[char]) for char in digits))
    high, dot, low = digits.partition("万")
    if dot:
        front, back = whole(high), whole(low) if low else 0
        return None if front is None or back is None or back >= 10_000 else front * 10_000 + back
    total, digit, smallest = 0, None, 10_000
    for char in digits:
        if char in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[char]
        elif (place := _PLACES.get(char)) and place < smallest and digit != 0:
            total, digit, smallest = total + (digit or 1) * place, None, place
        else:
            return None
    return total + (digit or 0)


def read_whole(text: str, *, least: int | None = 0, most: int = LARGEST) -> int:
    """The number in ``text``, with what people write around one: a unit, “about”, “くらい”.

    Raises:
        Invalid: it is no whole number, or not between ``least`` (None: any) and ``most``.
    """
    tidy = unicodedata.normalize("NFKC", text[:200]).translate(_MINUS).lower().strip()
    match = _NUMBER.fullmatch(tidy)
    number = whole(match["number"].replace(",", "").removesuffix(match["man"] or "")) if match else None
    if match is None or number is None:
        raise Invalid(NO_NUMBER)
    if match["man"]:
        number *= 10_000
    if match["sign"] not in (None, "+"):
        number = -number
    if least is not None and number < least:
        message = N_("Please enter a number of {n} or more.")
        raise Invalid(NOT_BELOW_ZERO) if least == 0 else Invalid(message, n=least)
    if number > most or number < -LARGEST:
        raise (
            Invalid(TOO_LARGE)
            if most == LARGEST
            else Invalid(N_("Please enter a number of {n} or less."), n=f"{most:,}")
        )
    return number
