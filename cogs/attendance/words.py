"""What pages about the door of an event say of it."""

from __future__ import annotations

from datetime import timedelta

from discord.utils import escape_markdown

from bot.deliveries.schedule import local_time
from bot.features.attendance.models import Way
from bot.features.attendance.reading import Door, Somebody
from bot.features.attendance.rules import Slot
from bot.i18n import N_, Words
from bot.ui.dates import short_date

WAY_WORDS = {
    Way.CODE: N_("by the code"),
    Way.TICKED: N_("ticked at the desk"),
    Way.PAPER: N_("from the paper list"),
    Way.WALK_IN: N_("came without a sign-up"),
    Way.EXCUSED: N_("excused"),
}


def title_of(door: Door, words: Words) -> str:
    return escape_markdown(words.either(door.title_ja, door.title_en))


def slot_label(slot: Slot, words: Words) -> str:
    """Plain, as a menu shows it."""
    day = short_date(slot.on, words)
    return words("{date} {name}", date=day, name=slot.name) if slot.name else day


def slot_time(slot: Slot, door: Door, words: Words) -> str:
    begins, ends = (local_time(at, door.time_zone) for at in (slot.starts_at, slot.ends_at))
    until = "24:00" if ends.date() > begins.date() and f"{ends:%H:%M}" == "00:00" else f"{ends:%H:%M}"
    return f"{slot_label(slot, words)} {begins:%H:%M}-{until}"


def length(time: timedelta, words: Words) -> str:
    """Hours and minutes."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return words("{h} h {m} min", h=hours, m=minutes) if minutes else words("{h} h", h=hours)


def person_line(one: Somebody, door: Door, words: Words) -> str:
    name = f"**{escape_markdown(one.name)}**"
    if one.mark is None:
        return f"⬜ {name}"
    if not one.came:
        return f"➖ {name} · {words(WAY_WORDS[Way.EXCUSED])}"
    parts = [f"{local_time(one.mark.came_at, door.time_zone):%H:%M}"]
    if one.mark.left_at is not None:
        parts[0] += f"-{local_time(one.mark.left_at, door.time_zone):%H:%M}"
    parts += [escape_markdown(one.mark.door)] if one.mark.door else []
    parts += [] if one.has_place else [words("no place before")]
    return f"✅ {name} · {' · '.join(parts)}"
