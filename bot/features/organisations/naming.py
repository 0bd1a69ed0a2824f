"""Names and keys that an organisation gives to what is its own, such as posts and regions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.errors import Invalid
from bot.i18n import N_

_MENTION = re.compile(r"@\s*(everyone|here)\b|<[@#]", re.IGNORECASE)


def both_names(name_ja: str, name_en: str, longest: int) -> tuple[str, str]:
    """The names as they are kept, each on one line; where one is left out, the other stands for it.

    Raises:
        Invalid: both are empty, one is too long, or one mentions people.
    """
    ja, en = _one_line(name_ja), _one_line(name_en)
    if not (ja or en):
        raise Invalid(N_("Please give it a name."))
    if max(len(ja), len(en)) > longest:
        raise Invalid(N_("That name is too long: at most {n} characters fit. Please shorten it."), n=longest)
    if _MENTION.search(ja) or _MENTION.search(en):
        raise Invalid(N_("A name can't hold a mention. Please write it in plain words."))
    return ja or en, en or ja


def _one_line(text: str) -> str:
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or char.isprintable())
    return " ".join(kept.split())


def new_key(name: str, taken: Collection[str]) -> str:
    """A key for something named so, which stays when the name changes: ASCII, at most 40 characters, not ``taken``."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34] or "own"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
