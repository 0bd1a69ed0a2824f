"""What lets somebody into an online meeting: only those who come may read it, wherever it was written."""

from __future__ import annotations

import re
import unicodedata

from bot.features.events.reading.words import is_meeting

_ID = r"(?:(?:ミーティング|会議|ウェビナー|meeting|webinar|zoom)\s*の?\s*(?:id|番号|number)|(?<![a-z])id)"
_WORD = (
    r"(?:(?:ミーティング|会議|参加用?)?の?(?:パスコード|パスワード|暗証番号)"
    r"|(?<![a-z])(?:passcode|password|pass ?code|pwd|pw|pass|pin)(?![a-z]))"
)
#: After the word come a sign or blanks and then something that could be typed; "how to keep a password" has none.
_SAID = r"(?:\s*(?:[:=]|は|→|is(?![a-z]))\s*|\s+|(?=[0-9]))[「『(\"']?"
_SECRET = re.compile(
    rf"{_ID}{_SAID}[0-9][0-9 \-]{{4,}}"
    rf"|{_WORD}{_SAID}(?=[!-~]*(?:[0-9]|(?<=[:=は→])\S|(?<=[:=は→] )\S))[!-~]+"
    # A telephone number begins with 0.
    r"|(?<![0-9\-])[1-9][0-9]{2}[ \-][0-9]{3,4}[ \-][0-9]{4}(?![0-9\-])"
)
_URL = re.compile(r"https?://[^\s<>\"「」、。（）]+")
_AT_THE_END = " \t\u3000、,・|｜/／:：;；(（「『【[［-–—"
_CLOSING = " \t\u3000)）」』】]］。、,/／"


def set_apart(text: str) -> tuple[str, list[str]]:
    """``text`` without what lets people into a meeting, and that, line by line. The words before it stay."""
    kept, secrets = list[str](), list[str]()
    for line in text.split("\n"):
        at = _first(line)
        if at is None:
            kept.append(line)
            continue
        before = line[:at].rstrip(_AT_THE_END)
        if any(unicodedata.category(one)[0] in "LN" for one in before):
            kept.append(before)
        secrets.append(line[at:].strip(_CLOSING))
    return "\n".join(kept).strip("\n") if secrets else text, secrets


def _first(line: str) -> int | None:
    """Where the first of it begins. Signs in full width count as the others: each stays one character."""
    found = [match.start() for match in _URL.finditer(line) if is_meeting(match.group())]
    plain = "".join(map(_folded, _URL.sub(lambda match: " " * len(match.group()), line))).lower()
    found += [match.start() for match in _SECRET.finditer(plain)]
    return min(found, default=None)


def _folded(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and len(folded.lower()) == 1 else char


def is_secret(line: str) -> bool:
    return _first(line) is not None
