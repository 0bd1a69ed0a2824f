"""The desk of an event: how many have come, and everything that is done at its door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.schedule import local_time
from bot.features.attendance.desks import DeskPage, DeskService
from bot.features.attendance.models import Way
from bot.features.attendance.reading import Door, Somebody
from bot.features.attendance.rules import Slot
from bot.features.documents.papers import qr_png
from bot.features.events.steps import organise_step, show_step
from bot.features.sheets.cells import cell_time, to_csv
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.choices import chosen_number
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Document, Item, Page, Picture, Rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.attendance.words import WAY_WORDS, length, slot_label, slot_time, title_of

#: In a button: no session is chosen, or no door.
NO_DOOR = 0


async def show_current(request: MemberRequest, event_id: int) -> None:
    """At the day or session that is on."""
    await _show(request, await request.services[DeskService].desk(request.actor, event_id), NO_DOOR)


async def show_desk(request: MemberRequest, event_id: int, day: int, session: int, door_number: int = NO_DOOR) -> None:
    found = await request.services[DeskService].desk(request.actor, event_id, (day, session))
    await _show(request, found, door_number)


async def _show(request: MemberRequest, found: DeskPage, door_number: int) -> None:
    words, door, slot = request.words, found.door, found.slot
    back = organise_step(door.event_id) if found.may_change else show_step(door.event_id)
    last: list[Item] = [step_button(back, words), home_button(words)]
    title = words("Check-in: {title}", title=title_of(door, words))
    if door.codes is None:
        text = words(
            "Check-in isn't set up yet. Then people with a place check in themselves by a code that you show at the "
            "door, and you tick the others."
        )
        begin = OpenButton.make(words("Set up check-in"), style=ButtonStyle.success, event_id=door.event_id)
        rows: Rows = [[begin] if found.may_change else [], last]
        await request.show(Page(title, text, rows=rows))
        return
    rows = [*_menus(door, slot, door_number, words), _work(found, door_number, words)]
    rows.append([_settings(found, words), *last] if found.may_change else last)
    await request.show(Page(title, "\n".join(_lines(found, door_number, words)), rows=rows))


def _lines(found: DeskPage, door_number: int, words: Words) -> list[str]:
    door, tally = found.door, found.tally
    lines = [f"**{escape_markdown(slot_time(found.slot, door, words))}**"]
    if name := door.door(door_number):
        lines.append(words("Door: {name}", name=escape_markdown(name)))
    came = tally.came - tally.walk_ins
    lines.append(words("✅ {came} of {n} with a place have come", came=came, n=tally.places))
    if tally.walk_ins:
        lines.append(words.plural("🚶 {n} came without a place", "🚶 {n} came without a place", tally.walk_ins))
    if tally.excused:
        lines.append(words.plural("➖ {n} is excused", "➖ {n} are excused", tally.excused))
    if found.is_over:
        missing = max(0, tally.places - came - tally.excused)
        lines.append(words.plural("⬜ {n} didn't come", "⬜ {n} didn't come", missing))
        lines.append(words("Together: {time}", time=length(tally.time, words)))
    elif found.is_open:
        lines.append(words("Check-in by the code is open now."))
    else:
        lines.append(words("Check-in by the code opens 30 minutes before the start."))
    if door.takes_walk_ins:
        lines.append(words("People without a place can check in by the code, too."))
    return lines


def _where(door: Door, slot: Slot, door_number: int) -> dict[str, Any]:
    return {"event_id": door.event_id, "day": slot.day, "session": slot.session, "door": door_number}


def _menus(door: Door, slot: Slot, door_number: int, words: Words) -> list[list[Item]]:
    """Only where there is something to choose. A menu holds 25: those around the one that is shown."""
    rows: list[list[Item]] = []
    if len(door.slots) > 1:
        at = list(door.slots).index(slot)
        first = max(0, min(at - 12, len(door.slots) - 25))
        shown = door.slots[first : first + 25]
        options = [option(slot_time(one, door, words), f"{one.day}-{one.session}") for one in shown]
        for one, offered in zip(shown, options, strict=True):
            offered.default = one.key == slot.key
        placeholder = words("Choose a day or session")
        rows.append([SlotSelect.make(placeholder, options, event_id=door.event_id, door=door_number)])
    if door.doors:
        doors = [option(words("No door"), NO_DOOR), *(option(name, n) for n, name in enumerate(door.doors, 1))]
        for offered in doors:
            offered.default = offered.value == str(door_number)
        where = {"event_id": door.event_id, "day": slot.day, "session": slot.session}
        rows.append([DoorSelect.make(words("At which door are you?"), doors, **where)])
    return rows


def _work(found: DeskPage, door_number: int, words: Words) -> list[Item]:
    from cogs.attendance.board import PaperButton, PeopleButton, WalkInButton

    where = _where(found.door, found.slot, door_number)
    return [
        CodeButton.make(words("Show the code"), emoji="🔢", style=ButtonStyle.primary, **where),
        PeopleButton.make(words("Tick people"), emoji="✅", **where, which="all", text="", page=0),
        PaperButton.make(words("Enter the paper list"), emoji="📝", **where),
        WalkInButton.make(words("Without a sign-up"), emoji="🚶", **where),
    ]


def _settings(found: DeskPage, words: Words) -> Item:
    from cogs.attendance.settings import SettingsButton

    return SettingsButton.make(words("Settings"), emoji="⚙️", event_id=found.door.event_id)


AtButton = button_to("attendance:at:{event_id:int}", show_current)
DeskButton = button_to("attendance:desk:{event_id:int}:{day:int}:{session:int}:{door:int}", show_desk)


class OpenButton(RoutedButton, route="attendance:open:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[DeskService].open(request.actor, event_id)
        request.done = request.words("Check-in is set up.")
        await show_current(request, event_id)


class SlotSelect(RoutedSelect, route="attendance:slot:{event_id:int}:{door:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, door: int) -> None:
        day, _, session = chosen[0].partition("-")
        await show_desk(request, event_id, chosen_number([day]), chosen_number([session]), door)


class DoorSelect(RoutedSelect, route="attendance:door:{event_id:int}:{day:int}:{session:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, day: int, session: int) -> None:
        await show_desk(request, event_id, day, session, chosen_number(chosen))


async def show_code(request: MemberRequest, event_id: int, day: int, session: int, door_number: int) -> None:
    found = await request.services[DeskService].code(request.actor, event_id, (day, session), door_number)
    words, door = request.words, found.door
    lines = [f"# {found.code[:3]} {found.code[3:]}", escape_markdown(slot_time(found.slot, door, words))]
    if name := door.door(door_number):
        lines.append(words("Door: {name}", name=escape_markdown(name)))
    until = f"{local_time(found.until, door.time_zone):%H:%M}"
    assert door.codes is not None
    if door.codes.is_fixed:
        lines.append(words("This code stays the same. It works until {time}.", time=until))
    else:
        lines.append(words("It works until {time}. Press “New code” every five minutes.", time=until))
    lines.append(words("People open /event, choose this event, press “Check in” and type the code."))
    where = _where(door, found.slot, door_number)
    renew = CodeButton.make(words("New code"), emoji="🔄", style=ButtonStyle.primary, **where)
    back: list[Item] = [DeskButton.make(words("Back to the desk"), **where), home_button(words)]
    row = back if door.codes.is_fixed else [renew, *back]
    picture = Picture(qr_png(found.code), "code.png", words("QR code: {code}", code=found.code))
    title = words("Check in: {title}", title=title_of(door, words))
    await request.show(Page(title, "\n".join(lines), rows=[row], picture=picture))


CodeButton = button_to("attendance:code:{event_id:int}:{day:int}:{session:int}:{door:int}", show_code)


class FileButton(RoutedButton, route="attendance:csv:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        door, found = await request.services[DeskService].attendance(request.actor, event_id)
        words = request.words
        told = [words(one) for one in HEADINGS]
        rows = [_cells(slot, one, door, words) for slot, people in found for one in people]
        text = words("It has names, so please keep it to the organisers.")
        row: list[Item] = [AtButton.make(words("Back to the desk"), event_id=event_id), home_button(words)]
        title = words("Attendance: {title}", title=title_of(door, words))
        files = [Document(to_csv([told, *rows]), "attendance.csv")]
        await request.show(Page(title, text, rows=[row], documents=files))


HEADINGS = (
    N_("Session"),
    N_("Name"),
    N_("Had a place"),
    N_("Attendance"),
    N_("How"),
    N_("Door"),
    N_("Came at"),
    N_("Left at"),
    N_("Noted by"),
)


def _cells(slot: Slot, one: Somebody, door: Door, words: Words) -> Sequence[str]:
    place = words("yes") if one.has_place else words("no")
    about = [slot_label(slot, words), one.name, place]
    if one.mark is None:
        return [*about, words("absent"), "", "", "", "", ""]
    state = words("attended") if one.came else words("excused")
    by = "" if one.mark.way is Way.CODE else one.mark.by
    came, left = (cell_time(at, door.time_zone) for at in (one.mark.came_at, one.mark.left_at))
    return [*about, state, words(WAY_WORDS[one.mark.way]), one.mark.door, came if one.came else "", left, by]
