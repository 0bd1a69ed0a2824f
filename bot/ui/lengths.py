"""Texts and the lengths that Discord takes: parted at the ends of lines, never cut without a sign."""

from __future__ import annotations

from collections.abc import Sequence

from bot.i18n import Words

#: Less of a line than this tells nobody anything.
SHORTEST = 20


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with the sign of being cut."""
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}…"


def pieces(text: str, first: int, further: int) -> list[str]:
    """The text in pieces of at most ``first`` and then ``further`` characters; a line is parted only if it is longer
    than a piece. At least one piece, which may be empty."""
    found, most = list[str](), first
    while len(text) > most:
        end = text.rfind("\n", 1, most + 1)
        piece = text[: end if end > 0 else most]
        if piece.strip():
            found.append(piece)
            most = further
        text = text[len(piece) :].removeprefix("\n")
    if text.strip() or not found:
        found.append(text)
    return found


def beginning(text: str, most: int) -> str:
    """The text, or its first lines that fit. If not even one fits, as much of it as makes sense."""
    if len(text) <= most:
        return text
    end = text.rfind("\n", 0, max(most, 0) + 1)
    if text[: max(end, 0)].strip():
        return text[:end]
    return shortened(text, most) if most >= SHORTEST else ""


def some(names: Sequence[str], most: int, between: str, words: Words) -> str:
    """The first of several names, and how many more there are."""
    left = len(names) - most
    return between.join(names[:most]) + (words.plural(" and {n} more", " and {n} more", left) if left > 0 else "")


def line_count(text: str) -> int:
    """Lines with something in them."""
    return sum(bool(line.strip()) for line in text.split("\n"))
