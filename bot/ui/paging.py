"""Turning the pages of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.i18n import N_, Words
from bot.ui.pages import Item

#: Instead of what was pressed for all on a page, if it would be about others by now.
CHANGED = N_("The list has changed meanwhile. Please look again.")


def turning(make: Callable[..., Item], page: int, pages: int, words: Words, **values: Any) -> list[Item]:
    """The buttons back and on, none if all is on one page. ``make`` makes one that leads to its ``page``."""
    if pages <= 1:
        return []
    return [
        make(words("Previous"), emoji="◀️", disabled=page == 0, page=max(page - 1, 0), **values),
        make(words("Next"), emoji="▶️", disabled=page + 1 >= pages, page=page + 1, **values),
    ]
