"""What people type, before anything else looks at it."""

from __future__ import annotations

import re
from typing import Any

#: What shows nothing though it counts as a letter, a mark or a symbol: blank letters, signs of direction and of width
#: zero, tags, variation selectors.
INKLESS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

#: What no database can hold: PostgreSQL refuses NUL, and half a character (a surrogate alone) isn't text at all.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The value without what no database can hold, in all of its texts. Nobody types that on purpose: it comes from
    broken programs, and the text is worth more than an error."""
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
