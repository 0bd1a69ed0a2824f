"""Names and keys that an organisation gives to what is its own, such as posts and regions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.errors import Invalid
from bot.i18n import N_
from bot.typed import check_name, one_line


def one_name(text: str, longest: int) -> str:
    """The name as it is kept, on one line; "" if it was left out.

    Raises:
        Invalid: nothing of it can be seen, it is too long, or it mentions people.
    """
    name = one_line(text)
    if not name and not text.strip():
        return ""
    if len(name) > longest:
        raise Invalid(N_("That name is too long. The limit is {n} characters. Please shorten it."), n=longest)
    check_name(name)
    return name


def both_names(name_ja: str, name_en: str, longest: int) -> tuple[str, str]:
    """The names as they are kept, each on one line; where one is left out, the other stands for it.

    Raises:
        Invalid: both are empty, one can't be seen or is too long, or one mentions people.
    """
    ja, en = one_name(name_ja, longest), one_name(name_en, longest)
    if not (ja or en):
        raise Invalid(N_("Please enter a name."))
    return ja or en, en or ja


def new_key(name: str, taken: Collection[str]) -> str:
    """A key for something of that name. It stays when the name changes: ASCII, at most 40 characters, not ``taken``."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34] or "own"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
