"""The same announcement as plain text, for where Discord's marks mean nothing: LINE and mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.features.announcements.plaintext import Reader, plain

#: Characters of one message on LINE that people still read; longer texts are split.
LINE_LIMIT = 1_000
_LINK = re.compile(r"https?://\S+")


def line_texts(title: str, text: str, endings: Sequence[str], reader: Reader | None = None) -> list[str]:
    """One message for LINE, or several that are numbered, each at most 1,000 characters.

    ``endings``: lines after the text, such as the deadline and the links.
    """
    whole = "\n".join([f"【{_title(title, reader)}】", plain(text, reader), *(["", *endings] if endings else [])])
    if len(whole) <= LINE_LIMIT:
        return [whole]
    parts = _split(whole, LINE_LIMIT - len("(99/99)\n"))
    return [f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1)]


def mail_texts(
    organisation: str, title: str, text: str, endings: Sequence[str], reader: Reader | None = None
) -> tuple[str, str]:
    """Subject and body."""
    subject = f"[{organisation}] {_title(title, reader)}"
    return " ".join(subject.split()), "\n".join([plain(text, reader), *(["", *endings] if endings else [])])


def _title(title: str, reader: Reader | None) -> str:
    return plain(title, reader) or title


def _split(text: str, most: int) -> list[str]:
    """Into parts of at most ``most`` characters: at the end of a paragraph, a line or a sentence, where there is one
    in the second half; never within a link that fits into a part."""
    parts = []
    while len(text) > most:
        window = text[: most + 1]
        cut = next(
            (
                at + len(end)
                for end in ("\n\n", "\n", "。", ". ", " ")
                if (at := window.rfind(end, most // 2, most + 1 - len(end))) >= 0
            ),
            most,
        )
        cut = next((link.start() for link in _LINK.finditer(text) if 0 < link.start() < cut < link.end()), cut)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts
