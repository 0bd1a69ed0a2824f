"""The ways between the pages: each page names where its buttons lead, without knowing who is at home there."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ButtonStyle

from bot.ui.pages import Item

NEW = "announcements:new"
SENT = "announcements:sent"
DRAFT = "announcements:draft:{announcement_id:int}"
DRAFTS = "announcements:drafts"
EDIT = "announcements:edit:{announcement_id:int}"
DISCARD = "announcements:discard:{announcement_id:int}"
SEND = "announcements:send:{announcement_id:int}:{version:int}"
AT = "announcements:at:{announcement_id:int}:{version:int}"
STOP = "announcements:stop:{announcement_id:int}"
REPEAT = "announcements:repeat:{announcement_id:int}"
SERIES = "announcements:series:{announcement_id:int}"
CHECK = "announcements:check:{announcement_id:int}"
AUDIENCE = "announcements:audience:{announcement_id:int}"
NARROW = "announcements:narrow:{announcement_id:int}"
PLACES = "announcements:places:{announcement_id:int}"
QUESTIONS = "announcements:questions:{announcement_id:int}"
MORE = "announcements:more:{announcement_id:int}"
KEEP = "announcements:keep:{announcement_id:int}"
STATUS = "announcements:status:{announcement_id:int}"
TEXTS = "announcements:texts:{announcement_id:int}"
CORRECT = "announcements:correct:{announcement_id:int}"
TAKE_BACK = "announcements:take_back:{announcement_id:int}"
PEOPLE = "announcements:people:{announcement_id:int}:{page:int}"
PEOPLE_CSV = "announcements:people_csv:{announcement_id:int}"
SILENT = "announcements:silent:{announcement_id:int}:{page:int}"

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def to(
    route: str,
    label: str,
    *,
    emoji: str | None = None,
    style: ButtonStyle = ButtonStyle.secondary,
    disabled: bool = False,
    **values: Any,
) -> Item:
    """A button that leads along a route."""
    custom_id = _PARAMETER.sub(lambda match: str(values[match[1]]), route)
    return discord.ui.Button(label=label[:80], emoji=emoji, style=style, disabled=disabled, custom_id=custom_id)
