"""How check-in is set up, for the organisers of an event: sessions, doors, codes, and who helps."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.attendance.desks import DeskService
from bot.features.attendance.helping import HelpingService
from bot.features.attendance.models import DOOR, NAME
from bot.features.attendance.reading import Door
from bot.features.attendance.rules import DOORS
from bot.features.events.organisers import Organiser
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import Lines, Number, People, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, button_to_form
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.attendance.desk import AtButton, FileButton
from cogs.attendance.words import slot_time, title_of

#: So many people are asked to help by one form.
AT_ONCE = 10


async def show_settings(request: MemberRequest, event_id: int) -> None:
    door, helpers = await request.services[HelpingService].helpers(request.actor, event_id)
    words, sessions = request.words, [one for one in door.slots if one.session]
    lines = [words(DAYS_COUNT), *(f"・{escape_markdown(slot_time(one, door, words))}" for one in sessions)]
    lines += _told(door, helpers, words)
    rows: list[list[Item]] = []
    if sessions:
        options = [option(slot_time(one, door, words), one.session) for one in sessions]
        rows.append([RemoveSelect.make(words("Choose a session to remove"), options, event_id=event_id)])
    rows.append(
        [
            SessionButton.make(words("Add a session"), emoji="➕", event_id=event_id),
            DoorsButton.make(words("Doors"), emoji="🚪", event_id=event_id),
            HelpersButton.make(words("People at the desk"), emoji="🙋", event_id=event_id),
        ]
    )
    is_fixed = door.codes is not None and door.codes.is_fixed
    fixed = words("Change the code every 5 minutes") if is_fixed else words("Keep one code")
    walk_ins = words("Only with a place") if door.takes_walk_ins else words("Let people in without a place")
    rows.append(
        [
            FixedButton.make(fixed, event_id=event_id, yes=int(not is_fixed)),
            WalkInsButton.make(walk_ins, event_id=event_id, yes=int(not door.takes_walk_ins)),
            FileButton.make(words("As CSV"), emoji="📄", event_id=event_id),
        ]
    )
    rows.append([AtButton.make(words("Back to the desk"), event_id=event_id), home_button(words)])
    title = words("Settings of the check-in: {title}", title=title_of(door, words))
    await request.show(Page(title, "\n".join(lines), rows=rows))


DAYS_COUNT = N_("Each day of the event counts by itself. You can add sessions that count, too.")


def _told(door: Door, helpers: Sequence[Organiser], words: Words) -> list[str]:
    comma = words(", ")
    lines = []
    if door.doors:
        lines.append(words("Doors: {names}", names=comma.join(map(escape_markdown, door.doors))))
    if helpers:
        names = comma.join(escape_markdown(one.name) or words("somebody") for one in helpers)
        lines.append(words("At the desk besides the organisers: {names}", names=names))
    if door.codes is not None and door.codes.is_fixed:
        lines.append(words("The code stays the same for all of a session."))
    else:
        lines.append(words("The code changes every 5 minutes. The one before still works."))
    if door.takes_walk_ins:
        lines.append(words("People without a place can check in by the code, too."))
    return lines


SettingsButton = button_to("attendance:settings:{event_id:int}", show_settings)


class SessionForm(Form, route="attendance:session_form", title=N_("Add a session")):
    name = Text(N_("Name"), NAME, hint=N_("Such as Plenary 1"))
    day = Number(N_("On which day of the event?"), 2, hint=N_("1 is the first day."))
    hours = Text(N_("From when to when?"), 20, hint=N_("Such as 13:00-15:30"))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id, self.day = event_id, 1

    async def act(self, request: MemberRequest) -> None:
        service = request.services[DeskService]
        await service.add_session(request.actor, self.event_id, self.name, self.day, self.hours)
        request.done = request.words("Added.")
        await show_settings(request, self.event_id)


SessionButton = button_to_form("attendance:session:{event_id:int}", SessionForm)


class RemoveSelect(RoutedSelect, route="attendance:remove_session:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        await request.services[DeskService].remove_session(request.actor, event_id, chosen_number(chosen))
        request.done = request.words("Removed.")
        await show_settings(request, event_id)


class DoorsForm(Form, route="attendance:doors_form", title=N_("Doors")):
    names = Lines(N_("Names"), (DOOR + 1) * DOORS, hint=N_("One per line. Leave it empty for none."), required=False)

    def __init__(self, words: Words, event_id: int, names: Sequence[str]) -> None:
        super().__init__(words)
        self.event_id, self.names = event_id, list(names)

    async def act(self, request: MemberRequest) -> None:
        await request.services[DeskService].set_doors(request.actor, self.event_id, self.names)
        request.done = request.words("Saved.")
        await show_settings(request, self.event_id)


class DoorsButton(RoutedButton, route="attendance:doors:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        found = await request.services[DeskService].desk(request.actor, event_id)
        await DoorsForm(request.words, event_id, found.door.doors).open(request.interaction)


class FixedButton(RoutedButton, route="attendance:fixed:{event_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        await request.services[DeskService].set_fixed(request.actor, event_id, is_fixed=bool(yes))
        request.done = request.words("Saved.")
        await show_settings(request, event_id)


class WalkInsButton(RoutedButton, route="attendance:walk_ins:{event_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        await request.services[DeskService].set_walk_ins(request.actor, event_id, takes=bool(yes))
        request.done = request.words("Saved.")
        await show_settings(request, event_id)


class HelpersButton(Board, route="attendance:helpers:{event_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0) -> None:
        words = request.words
        door, people = await request.services[HelpingService].helpers(request.actor, event_id)
        found = part_of(people, page, 25)
        options = [option(one.name or words("somebody"), one.person_id) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("People at the desk"),
            above=[title_of(door, words), words("They see who comes and check people in. They change nothing else.")],
            line=lambda one, words: f"・{escape_markdown(one.name) or words('somebody')}",
            empty=words("Nobody yet. The organisers can do everything here."),
            menus=[[HelperSelect.make(words("Choose somebody to remove"), options, event_id=event_id)]],
            beside=[[AddHelperButton.make(words("Add people"), emoji="➕", event_id=event_id)]],
            last=[SettingsButton.make(words("Settings"), event_id=event_id)],
            event_id=event_id,
        )


class HelpersForm(Form, route="attendance:helpers_form", title=N_("People at the desk")):
    who = People(N_("Who helps at the desk?"), hint=N_("They see the names of those who come."), most=AT_ONCE)

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        users = [one.id for one in self.who]
        await request.services[HelpingService].add(request.actor, self.event_id, users)
        request.done = request.words("Added.")
        await HelpersButton.show(request, self.event_id)


AddHelperButton = button_to_form("attendance:add_helper:{event_id:int}", HelpersForm)


class HelperSelect(RoutedSelect, route="attendance:helper:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        person_id = chosen_number(chosen)
        _, people = await request.services[HelpingService].helpers(request.actor, event_id)
        words = request.words
        name = next((one.name for one in people if one.person_id == person_id), "") or words("somebody")
        text = words("Remove {name} from the desk? They no longer see who comes.", name=escape_markdown(name))
        yes = RemoveHelperButton.make(
            words("Yes, remove"), style=ButtonStyle.danger, event_id=event_id, person_id=person_id
        )
        back = HelpersButton.make(words("Back"), event_id=event_id)
        await request.show(Page(words("People at the desk"), text, rows=[[yes, back], [home_button(words)]]))


class RemoveHelperButton(RoutedButton, route="attendance:remove_helper:{event_id:int}:{person_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, person_id: int) -> None:
        await request.services[HelpingService].remove(request.actor, event_id, person_id)
        request.done = request.words("Removed.")
        await HelpersButton.show(request, event_id)
