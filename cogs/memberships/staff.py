"""Staff candidates and their steps, for officers."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle, SelectOption
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.memberships.staff import LeavingStaffService, StaffService
from bot.features.memberships.values import StepCard
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number, chosen_numbers
from bot.ui.dates import long_date
from bot.ui.fields import LongText, Text
from bot.ui.forms import Form
from bot.ui.home import HomePart
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, menu_to
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: Characters that a text field of a form holds.
_FORM = 4000


class CandidatesButton(Board, route="memberships:candidates:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        lines, _ = await request.services[StaffService].candidates(request.actor, page)
        options = [
            option(one.name, one.person_id, words("{done} of {n} steps", done=one.done, n=one.steps)) for one in lines
        ]
        await cls.lay_out(
            request,
            lines,
            title=words("Staff candidates"),
            line=render.candidate_line,
            empty=words("There are no staff candidates right now. Individual members can apply on “My membership”."),
            menus=[[CandidateSelect.make(words("Choose a candidate"), options)]],
            last=[
                StaffButton.make(words("Staff"), emoji="🌿", page=0, text=""),
                StepsButton.make(words("Edit steps"), emoji="✏️"),
            ],
            in_last_row=True,
        )


class CandidateSelect(RoutedSelect, route="memberships:whose"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        person_id = chosen_number(chosen)
        name, steps = await request.services[StaffService].progress(request.actor, person_id)
        words = request.words
        options = [
            SelectOption(
                label=words.either(step.name_ja, step.name_en)[:100], value=str(step.step_id), default=step.is_done
            )
            for step in steps
        ]
        select = StepSelect.make(
            words("Completed steps"), options, max_values=max(1, len(options)), person_id=person_id
        )
        none = NoStepButton.make(words("None completed yet"), person_id=person_id)
        end = EndButton.make(words("End candidacy"), person_id=person_id)
        back = CandidatesButton.make(words("Back"), emoji="↩️", page=0)
        await request.show(render.progress_page(name, steps, words, [[select], [none, end, back]]))


class StepSelect(RoutedSelect, route="memberships:steps:{person_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], person_id: int) -> None:
        await _tick(request, person_id, chosen_numbers(chosen))


class NoStepButton(RoutedButton, route="memberships:no_steps:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        await _tick(request, person_id, [])


async def _tick(request: MemberRequest, person_id: int, step_ids: list[int]) -> None:
    is_staff = await request.services[StaffService].tick(request.actor, person_id, step_ids)
    words = request.words
    request.done = words("All steps are completed. They are now staff.") if is_staff else words("Saved.")
    await CandidatesButton.show(request)


class StepsButton(RoutedButton, route="memberships:edit_steps"):
    async def act(self, request: MemberRequest) -> None:
        steps = await request.services[StaffService].steps(request.actor)
        await StepsForm(request.words, steps).open(request.interaction)


class StepsForm(Form, route="memberships:save_steps", title=N_("Steps to staff")):
    """One step in a line: the Japanese name, a bar, the English one."""

    steps = LongText(N_("Steps"), _FORM, hint=N_("One per line: Japanese | English. They appear in this order."))

    def __init__(self, words: Words, steps: tuple[StepCard, ...]) -> None:
        super().__init__(words)
        self.steps = steps_text(steps)

    async def act(self, request: MemberRequest) -> None:
        await request.services[StaffService].set_steps(request.actor, read_steps(self.steps))
        request.done = request.words("Steps saved. Completed steps stay marked.")
        await CandidatesButton.show(request)


def steps_text(steps: Sequence[StepCard]) -> str:
    """The steps as the form takes them. A text that it once took fits again."""
    for bar in (" | ", "|"):
        lines = [
            step.name_ja if step.name_en == step.name_ja else f"{step.name_ja}{bar}{step.name_en}" for step in steps
        ]
        text = "\n".join(lines)
        if len(text) <= _FORM:
            break
    return text


def read_steps(text: str) -> list[tuple[str, str]]:
    """Names in Japanese and English, a line each; "" where one is left out."""
    names = []
    for line in text.splitlines():
        if line.strip():
            ja, _, en = line.replace("｜", "|").partition("|")
            names.append((ja.strip(), en.strip()))
    return names


#: So long may what is searched for be, so that it fits into a button.
LONGEST = 30


class StaffButton(Board, route="memberships:staff:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, text: str = "", page: int = 0) -> None:
        words, text = request.words, text.strip()[:LONGEST]
        lines, _ = await request.services[LeavingStaffService].staff(request.actor, text, page)
        options = [
            option(one.name, one.person_id, words("until {date}", date=long_date(one.until, words))) for one in lines
        ]
        await cls.lay_out(
            request,
            lines,
            title=words.plural("{n} staff member", "{n} staff members", lines.total),
            above=[words("Search: {text}", text=escape_markdown(text))] if text else [],
            line=render.staff_line,
            empty=words("No one in this list."),
            menus=[[StaffSelect.make(words("Choose a staff member"), options)]],
            last=[FindButton.make(words("Search"), emoji="🔍")],
            in_last_row=True,
            text=text,
        )


class FindButton(RoutedButton, route="memberships:staff_search"):
    async def act(self, request: MemberRequest) -> None:
        request.actor.require(Right.TICK_STAFF_STEPS)
        await FindForm(request.words).open(request.interaction)


class FindForm(Form, route="memberships:staff_find", title=N_("Search")):
    text = Text(N_("Search for"), LONGEST, hint=N_("Part of a name"))

    async def act(self, request: MemberRequest) -> None:
        await StaffButton.show(request, self.text)


async def _look_twice(request: MemberRequest, person_id: int) -> None:
    line, words = await request.services[LeavingStaffService].line(request.actor, person_id), request.words
    label = words("End candidacy") if line.is_candidate else words("Remove from staff")
    sure = EndNowButton.make(label, style=ButtonStyle.danger, person_id=person_id)
    back = StaffButton.make(words("Back"), emoji="↩️", page=0, text="")
    await request.show(render.end_page(line, words, [[sure, back]]))


StaffSelect = menu_to("memberships:staff_whose", _look_twice)
#: On a candidate's page.
EndButton = button_to("memberships:end:{person_id:int}", _look_twice)


class EndNowButton(RoutedButton, route="memberships:end_now:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        name = await request.services[LeavingStaffService].end(request.actor, person_id)
        request.done = render.ended_line(name, request.words)
        await StaffButton.show(request)


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    button = CandidatesButton.make(request.words("Staff candidates"), emoji="🧑‍🎓", page=0)
    return HomePart(managing=[button] if request.actor.may(Right.TICK_STAFF_STEPS) else [])
