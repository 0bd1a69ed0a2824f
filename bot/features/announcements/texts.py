"""The same announcement as plain text, for where Discord's marks mean nothing: LINE and mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Characters of one message on LINE that people still read; longer texts are split.
LINE_LIMIT = 1_000
_MARKS = re.compile(r"\*\*\*|\*\*|__|~~|\|\||```[a-z]*\n?|`|^#{1,3} |^-# |^>>> |^> ", re.MULTILINE)
_LINKED = re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)")
_MENTION = re.compile(r" ?<(?:@[!&]?|#)\d+>|<a?(:\w+:)\d+>")


def plain(text: str) -> str:
    """Without Discord's marks: emphasis, code fences, mentions (which name nobody elsewhere), masked links."""
    text = _LINKED.sub(r"\1 \2", text)
    text = _MENTION.sub(lambda match: match[1] or "", text)
    return _MARKS.sub("", text).strip()


def line_texts(title: str, text: str, endings: Sequence[str]) -> list[str]:
    """One message for LINE, or several that are numbered, each at most 1,000 characters.

    ``endings``: lines after the text, such as the deadline and the links.
    """
    whole = "\n".join([f"【{title}】", plain(text), *(["", *endings] if endings else [])])
    if len(whole) <= LINE_LIMIT:
        return [whole]
    parts = _split(whole, LINE_LIMIT - len("(99/99)\n"))
    return [f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1)]


def mail_texts(organisation: str, title: str, text: str, endings: Sequence[str]) -> tuple[str, str]:
    """Subject and body."""
    subject = f"[{organisation}] {title}"
    return " ".join(subject.split()), "\n".join([plain(text), *(["", *endings] if endings else [])])


def _split(text: str, most: int) -> list[str]:
    """Into parts of at most ``most`` characters: at the end of a paragraph, a line or a sentence, where there is one
    in the second half."""
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
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts
