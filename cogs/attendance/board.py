"""Who has a place and who has come: ticked many at once, from a list on paper, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.attendance.reading import Somebody
from bot.features.attendance.ticking import TickingService, Ticks, Which
from bot.features.institutions.rules import NAME as SCHOOL
from bot.features.members.rules import MAX_NAME
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number, chosen_numbers, chosen_one
from bot.ui.fields import Choice, LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.attendance.desk import DeskButton, show_desk
from cogs.attendance.words import person_line, slot_time, title_of

#: Characters of what is looked for, and of a list on paper.
SOUGHT, LONGEST = 20, 4000
WHICH_WORDS = {
    Which.ALL: N_("Everybody"),
    Which.MISSING: N_("Not here yet"),
    Which.CAME: N_("Has come"),
}
#: Names that a page shows at most; the others are counted.
NAMED = 60


class PeopleButton(
    Board, route="attendance:board:{page:int}:{event_id:int}:{day:int}:{session:int}:{door:int}:{which}:{text:text}"
):
    @classmethod
    async def show(
        cls,
        request: MemberRequest,
        event_id: int,
        day: int,
        session: int,
        door: int = 0,
        which: str = Which.ALL.value,
        text: str = "",
        page: int = 0,
    ) -> None:
        words, shown = request.words, chosen_one(Which, which)
        service = request.services[TickingService]
        found = await service.board(request.actor, event_id, (day, session), shown, text, page)
        where: dict[str, Any] = {"event_id": event_id, "day": day, "session": session, "door": door}
        above = [escape_markdown(slot_time(found.slot, found.door, words))]
        if name := found.door.door(door):
            above.append(words("Door: {name}", name=escape_markdown(name)))
        above.append(words("{came} have come, {n} have a place.", came=found.came, n=found.places))
        if text:
            above.append(words("Looking for: {text}", text=escape_markdown(text)))
        missing = [option(one.name, one.person_id) for one in found.people if not one.came]
        known = [option(one.name, one.person_id) for one in found.people]
        menus: list[list[Item]] = []
        if missing:
            label = words("Tick those who are here")
            menus.append([TickSelect.make(label, missing, max_values=len(missing), **where)])
        menus.append([PersonSelect.make(words("Correct one person"), known, **where)])
        others = [one for one in Which if one is not shown]
        beside: list[Item] = [SearchButton.make(words("Search"), emoji="🔎", **where)]
        beside += [cls.make(words(WHICH_WORDS[one]), **where, which=one.value, text=text, page=0) for one in others]
        nobody = words("Nobody is found. Please look for another part of the name.")
        await cls.lay_out(
            request,
            found.people,
            title=words("Who comes: {title}", title=title_of(found.door, words)),
            above=above,
            line=lambda one, words: person_line(one, found.door, words),
            empty=nobody if text else words("Nobody is in this list."),
            menus=menus,
            beside=[beside],
            last=[DeskButton.make(words("Back to the desk"), **where)],
            **where,
            which=which,
            text=text,
        )


class SearchForm(Form, route="attendance:search_form", title=N_("Search")):
    text = Text(N_("Part of a name"), SOUGHT)

    def __init__(self, words: Words, event_id: int, day: int, session: int, door: int) -> None:
        super().__init__(words)
        self.event_id, self.day, self.session, self.door = event_id, day, session, door

    async def act(self, request: MemberRequest) -> None:
        where = (self.event_id, self.day, self.session, self.door)
        await PeopleButton.show(request, *where, text=self.text.strip())


SearchButton = button_to_form("attendance:search:{event_id:int}:{day:int}:{session:int}:{door:int}", SearchForm)


class TickSelect(RoutedSelect, route="attendance:tick:{event_id:int}:{day:int}:{session:int}:{door:int}"):
    async def act(
        self, request: MemberRequest, chosen: list[str], event_id: int, day: int, session: int, door: int
    ) -> None:
        service = request.services[TickingService]
        list_id = await service.tick(request.actor, event_id, (day, session), door, chosen_numbers(chosen))
        await show_ticks(request, list_id)


async def show_ticks(request: MemberRequest, list_id: int) -> None:
    """What would become of a list: nobody is checked in yet."""
    words = request.words
    found = await request.services[TickingService].ticks(request.actor, list_id)
    back = DeskButton.make(
        words("Back to the desk"),
        event_id=found.door.event_id,
        day=found.slot.day,
        session=found.slot.session,
        door=found.door.doors.index(found.name) + 1 if found.name in found.door.doors else 0,
    )
    row: list[Item] = [back, home_button(words)]
    if found.new:
        label = words.plural("Check {n} person in", "Check {n} people in", len(found.new))
        row.insert(0, ConfirmButton.make(label, emoji="✅", style=ButtonStyle.success, list_id=list_id))
    title = words("Check in: {title}", title=title_of(found.door, words))
    await request.show(Page(title, "\n".join(_lines(found, words)), rows=[row]))


def _lines(found: Ticks, words: Words) -> list[str]:
    lines = [escape_markdown(slot_time(found.slot, found.door, words))]
    if found.name:
        lines.append(words("Door: {name}", name=escape_markdown(found.name)))
    lines.append(words("Nobody is checked in yet. Please look through it."))
    if found.new:
        lines.append(words("✅ Came: {names}", names=_names(found.new, words)))
    if found.there:
        lines.append(words("☑️ Checked in before: {names}", names=_names(found.there, words)))
    if found.unclear:
        names = words(", ").join(map(escape_markdown, found.unclear[:NAMED]))
        lines.append(words("❓ Nobody on the list, or more than one, has these names: {names}", names=names))
    return lines


def _names(people: Sequence[Somebody], words: Words) -> str:
    told = words(", ").join(escape_markdown(one.name) for one in people[:NAMED])
    more = len(people) - NAMED
    return told + (words(" and {n} more", n=more) if more > 0 else "")


class ConfirmButton(RoutedButton, route="attendance:confirm:{list_id:int}"):
    async def act(self, request: MemberRequest, list_id: int) -> None:
        done = await request.services[TickingService].confirm(request.actor, list_id)
        words = request.words
        told = words.plural("{n} person is checked in.", "{n} people are checked in.", done.noted)
        if done.there:
            told += " " + words.plural("{n} was there before.", "{n} were there before.", done.there)
        request.done = told
        await PeopleButton.show(request, done.event_id, *done.key, done.door_number)


class PaperForm(Form, route="attendance:paper_form", title=N_("Enter the paper list")):
    names = LongText(N_("Names, one per line"), LONGEST, hint=N_("As they stand on the printed list"), required=False)
    all_but = Choice(
        N_("What about these names?"),
        options={False: N_("These people came"), True: N_("All came but these")},
    )

    def __init__(self, words: Words, event_id: int, day: int, session: int, door: int) -> None:
        super().__init__(words)
        self.event_id, self.day, self.session, self.door = event_id, day, session, door
        self.all_but = False

    async def act(self, request: MemberRequest) -> None:
        list_id = await request.services[TickingService].read_paper(
            request.actor, self.event_id, (self.day, self.session), self.door, self.names, all_but=self.all_but
        )
        await show_ticks(request, list_id)


PaperButton = button_to_form("attendance:paper:{event_id:int}:{day:int}:{session:int}:{door:int}", PaperForm)


class WalkInForm(Form, route="attendance:walk_in_form", title=N_("Without a sign-up")):
    name = Text(N_("Name"), MAX_NAME)
    school = Text(N_("School"), SCHOOL, required=False)
    is_another = Choice(
        N_("Is somebody of that name on the list?"),
        options={False: N_("No, or I don't know"), True: N_("Yes, and this is somebody else")},
    )

    def __init__(self, words: Words, event_id: int, day: int, session: int, door: int) -> None:
        super().__init__(words)
        self.event_id, self.day, self.session, self.door = event_id, day, session, door
        self.is_another = False

    async def act(self, request: MemberRequest) -> None:
        await request.services[TickingService].walk_in(
            request.actor,
            self.event_id,
            (self.day, self.session),
            self.door,
            self.name,
            self.school,
            is_another=self.is_another,
        )
        request.done = request.words("{name} is checked in.", name=escape_markdown(self.name.strip()))
        await show_desk(request, self.event_id, self.day, self.session, self.door)


WalkInButton = button_to_form("attendance:walk_in:{event_id:int}:{day:int}:{session:int}:{door:int}", WalkInForm)


class PersonSelect(RoutedSelect, route="attendance:person:{event_id:int}:{day:int}:{session:int}:{door:int}"):
    async def act(
        self, request: MemberRequest, chosen: list[str], event_id: int, day: int, session: int, door: int
    ) -> None:
        await show_person(request, event_id, day, session, door, chosen_number(chosen))


async def show_person(
    request: MemberRequest, event_id: int, day: int, session: int, door_number: int, person_id: int
) -> None:
    service, words = request.services[TickingService], request.words
    door, slot, one = await service.person(request.actor, event_id, (day, session), person_id)
    lines = [escape_markdown(slot_time(slot, door, words)), person_line(one, door, words)]
    row: list[Item] = []
    if one.mark is not None:
        if one.mark.by:
            lines.append(words("Noted by {name}", name=escape_markdown(one.mark.by)))
        undo = words("Undo the check-in") if one.came else words("Not excused")
        check_in_id = one.mark.check_in_id
        row.append(UndoButton.make(undo, emoji="↩️", style=ButtonStyle.danger, check_in_id=check_in_id))
        if one.came:
            is_gone = one.mark.left_at is not None
            label = words("Came back") if is_gone else words("Leaves early")
            row.append(LeaveButton.make(label, emoji="🚪", check_in_id=check_in_id, yes=int(not is_gone)))
    else:
        about: dict[str, Any] = {"event_id": event_id, "day": day, "session": session, "person_id": person_id}
        row.append(ExcuseButton.make(words("Excused"), emoji="➖", **about))
    where: dict[str, Any] = {"event_id": event_id, "day": day, "session": session, "door": door_number}
    back = PeopleButton.make(words("Back to the list"), **where, which=Which.ALL.value, text="", page=0)
    await request.show(Page(escape_markdown(one.name), "\n".join(lines), rows=[row, [back, home_button(words)]]))


class UndoButton(RoutedButton, route="attendance:undo:{check_in_id:int}"):
    async def act(self, request: MemberRequest, check_in_id: int) -> None:
        event_id, key = await request.services[TickingService].undo(request.actor, check_in_id)
        request.done = request.words("Undone.")
        await PeopleButton.show(request, event_id, *key)


class LeaveButton(RoutedButton, route="attendance:leave:{check_in_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, check_in_id: int, yes: int) -> None:
        service = request.services[TickingService]
        event_id, key = await service.leave(request.actor, check_in_id, is_gone=bool(yes))
        request.done = request.words("Saved.")
        await PeopleButton.show(request, event_id, *key)


class ExcuseButton(RoutedButton, route="attendance:excuse:{event_id:int}:{day:int}:{session:int}:{person_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, day: int, session: int, person_id: int) -> None:
        await request.services[TickingService].excuse(request.actor, event_id, (day, session), person_id)
        request.done = request.words("Saved.")
        await PeopleButton.show(request, event_id, day, session)
