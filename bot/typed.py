"""What people type, before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from bot.errors import Invalid
from bot.i18n import N_

#: What shows nothing though it counts as a letter, a mark or a symbol: blank letters, signs of direction and of width
#: zero, tags, variation selectors.
INKLESS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

#: What no database can hold: PostgreSQL refuses NUL, and half a character (a surrogate alone) isn't text at all.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The value, with characters that no database can hold taken out of all its texts. Nobody types them on purpose:
    they come from broken programs, and the text is worth more than an error."""
    match value:
        case str():
            return _UNSTORABLE.sub("", value) if _UNSTORABLE.search(value) else value
        case dict():
            return {storable(key): storable(one) for key, one in value.items()}
        case list():
            return [storable(one) for one in value]
        case tuple():
            return tuple(storable(one) for one in value)
    return value


#: What pings, or becomes a link to a person or a channel, wherever it is shown.
MENTION = re.compile(r"@\s*(?:everyone|here)|<[@#]", re.IGNORECASE)
#: Further texts that Discord turns into something else.
_TURNED = re.compile(r"</[^\s<>][^<>]*:\d|<t:-?\d|<id:")
#: Blank letters, which hold the place of one.
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
#: Selectors say how the letter before them is written (葛󠄀), and joiners make one emoji of several.
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINED = re.compile("(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])")
#: The signs with which a mention begins, in every form that is read as one of them.
_OPENING = re.compile("[@＠﹫<＜﹤]")
NO_INK = N_("Please enter a name with at least one letter, so that others can read it.")
NO_MENTION = N_("A name can't contain a mention. Please enter it as plain text.")


def one_line(text: str) -> str:
    """The text on one line, without what can't be seen; every letter stays as it was typed."""
    kept = list[str]()
    for at, char in enumerate(_BLANK.sub(" ", text)):
        is_seen = not INKLESS.match(char) and unicodedata.category(char)[0] != "C"
        if char.isspace():
            kept.append(" ")
        elif is_seen or _SELECTOR.match(char) or (char == "\u200d" and _JOINED.match(text, at)):
            kept.append(char)
    return " ".join("".join(kept).split())


def name_problem(text: str) -> str | None:
    """Why a text can't be a name or a title, as a message id; None if it can."""
    bare = INKLESS.sub("", _BLANK.sub("", text))
    plain = unicodedata.normalize("NFKC", bare)
    if MENTION.search(plain) or _TURNED.search(plain):
        return NO_MENTION
    return None if any(unicodedata.category(char)[0] in "LNPS" for char in bare) else NO_INK


def check_name(text: str) -> None:
    """Raises Invalid for what can't be a name or a title."""
    if problem := name_problem(text):
        raise Invalid(problem)


def discord_name(text: str) -> str:
    """Somebody's name at Discord, fit to be kept: nobody typed it here, so it is corrected and not refused."""
    name = one_line(text)[:100].strip()
    if name_problem(name) == NO_MENTION:
        name = one_line(_OPENING.sub(" ", name))  # no mention begins without one of them
    return name if name_problem(name) is None else "?"
