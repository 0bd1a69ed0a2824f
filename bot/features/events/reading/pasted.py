"""A pasted text, whose pieces are claimed one after the other. Each character has at most one owner, so that nothing
is said twice, and what has none is the description, so that nothing is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.features.events.reading.results import Part

_DASHES = str.maketrans({**dict.fromkeys("‐‑‒–—―−─－", "-"), **dict.fromkeys("〜～∼˜〰", "~")})
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Controls and half characters, which no database can hold and nobody can see.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _plain(char: str) -> str:
    if unicodedata.category(char) == "No":
        return char  # ① begins a list and is no number
    folded = unicodedata.normalize("NFKC", char).translate(_DASHES).lower()
    return folded if len(folded) == 1 and (folded != "\n" or char == "\n") else char


class Pasted:
    """``plain`` has the characters of ``text`` in one form, in the same places."""

    def __init__(self, typed: str) -> None:
        self.text = _UNSEEN.sub(" ", _LINE_BREAKS.sub("\n", typed))
        self.plain = "".join(map(_plain, self.text))
        self.owners: list[Part | None] = [None] * len(self.text)

    def claim(self, start: int, end: int, part: Part) -> None:
        """Text that has an owner stays with it."""
        for at in range(start, end):
            self.owners[at] = self.owners[at] or part

    def release(self, start: int, end: int) -> None:
        self.owners[start:end] = [None] * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return not any(self.owners[start:end])

    def free(self, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """The longest pieces without an owner, each within a line."""
        end = len(self.text) if end is None else end
        pieces, begins = list[tuple[int, int]](), start
        for at in range(start, end + 1):
            if at == end or self.owners[at] is not None or self.text[at] == "\n":
                if begins < at:
                    pieces.append((begins, at))
                begins = at + 1
        return pieces

    def matches(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """All matches in what is free; a piece ends where another owner begins."""
        for begins, ends in self.free(start, end):
            yield from pattern.finditer(self.plain, begins, ends)

    def trimmed(self, start: int, end: int, chars: str) -> tuple[int, int]:
        """The range without these characters at its ends."""
        while start < end and self.text[start] in chars:
            start += 1
        while start < end and self.text[end - 1] in chars:
            end -= 1
        return start, end

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end
