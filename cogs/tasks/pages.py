"""The lists of tasks, a task with what can be done about it, and the forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.rules import Right
from bot.features.tasks.models import TaskState
from bot.features.tasks.queries import TaskLine, tasks_waiting
from bot.features.tasks.rules import PARTY, TEXT, TITLE
from bot.features.tasks.service import TaskCard, TaskDraft, TaskService
from bot.i18n import N_, Words
from bot.paging import Part, part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import long_date
from bot.ui.fields import Date, Day, LongText, Maybe, Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.posts import post_of
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest

#: In the menu of who does it: oneself. Beside that, it has room for so many posts.
MYSELF, POSTS = "0", 24
SUCH_AS = N_("Such as 12/5 or next Friday")
#: A day without its year would be one to come.
SINCE = N_("Such as 21 Nov 2026")
STATE_WORDS = {
    TaskState.DONE: N_("✅ Done"),
    TaskState.DROPPED: N_("Dropped: no longer needed"),
    TaskState.SUPERSEDED: N_("Replaced by the next one"),
}
REMINDED = N_("Reminders come by direct message, and only to people who chose that on their page.")
REMINDED_IN_LC = N_("If nobody in this post did, they go to the thread of the LC's officers.")


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """Everybody who is known has the page, as they may set something for themselves."""
    words, actor = request.words, request.actor
    button = TasksButton.make(words("Tasks"), emoji="📌")
    n = sum(one.n or 0 for one in facts[tasks_waiting])
    waiting = [HomeLine(words.plural("{n} task to do", "{n} tasks to do", n), button)] if n else []
    managing: list[Item] = []
    if actor.may(Right.KEEP_TASKS):
        managing.append(AllTasksButton.make(words("All open tasks"), emoji="📌"))
    return HomePart(waiting=waiting, actions=[button] if actor.person_id is not None else [], managing=managing)


def title_of(task: TaskLine, words: Words) -> str:
    title = escape_markdown(words.either(task.title_ja, task.title_en))
    return words(task.template.called, title=title) if task.template.called else title


def whose(task: TaskLine, words: Words) -> str:
    post = post_of(words, task.post_ja, task.post_en, task.lc_ja, task.lc_en)
    return escape_markdown(task.person or post) or words("nobody")


def _dated(task: TaskLine, words: Words) -> str:
    date_ = long_date(task.due_on, words)
    return words("⚠️ was due on {date}", date=date_) if task.is_over else words("by {date}", date=date_)


def _waits(task: TaskLine, words: Words) -> str:
    if not task.waiting_for or task.waiting_since is None:
        return ""
    since = long_date(task.waiting_since, words)
    return words("Waiting for {who} since {date}", who=escape_markdown(task.waiting_for), date=since)


def told(task: TaskLine, words: Words) -> str:
    """For a list: the task, its day, its doer, and the party it waits for."""
    about = [_dated(task, words), whose(task, words), _waits(task, words)]
    return f"**{title_of(task, words)}**\n*{' · '.join(filter(None, about))}*"


def _menus(found: Part[TaskLine], words: Words) -> list[list[Item]]:
    options = [option(words.either(one.title_ja, one.title_en), one.task_id, _plain(one, words)) for one in found]
    ticked = [shown for one, shown in zip(found, options, strict=True) if one.step is None]
    tick: list[list[Item]] = [[TickSelect.make(words("Choose what you've finished"), ticked)]] if ticked else []
    return [*tick, [TaskSelect.make(words("Choose a task to view"), options)]]


def _plain(task: TaskLine, words: Words) -> str:
    return words("by {date}", date=long_date(task.due_on, words))


async def _lc_buttons(request: MemberRequest) -> list[Item]:
    """One for each LC whose tasks the actor keeps, by its name if there are several."""
    words, lcs = request.words, await request.services[TaskService].lcs(request.actor)
    buttons: list[Item] = []
    for one in lcs:
        of_lc = words("{lc}: {what}", lc=words.either(one.lc_ja, one.lc_en), what=words("Tasks"))
        label = of_lc if len(lcs) > 1 else words("My LC's tasks")
        buttons.append(LcTasksButton.make(label, emoji="🏫", lc_id=one.id))
    return buttons


class TasksButton(Board, route="tasks:mine"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, actor = request.words, request.actor
        found = await request.services[TaskService].mine(actor, page)
        add = AddTaskButton.make(words("Add a task"), emoji="➕", lc_id=0)
        of_lcs = await _lc_buttons(request)
        await cls.lay_out(
            request,
            found,
            title=words("Tasks"),
            line=told,
            empty=words("You have no open tasks right now."),
            menus=_menus(found, words),
            beside=[of_lcs[3:8]],  # a row of Discord's has five, of which two are taken in the last one
            last=[add, *of_lcs[:3]],
        )


class LcTasksButton(Board, route="tasks:lc:{lc_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, page: int = 0) -> None:
        words = request.words
        found = await request.services[TaskService].of_lc(request.actor, lc_id, page)
        lc = await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}")
        await cls.lay_out(
            request,
            found,
            title=words("{lc}: {what}", lc=words.either(lc.name_ja, lc.name_en), what=words("Tasks")),
            line=told,
            empty=words("The officers of this LC have no open tasks right now."),
            menus=_menus(found, words),
            last=[AddTaskButton.make(words("Add a task"), emoji="➕", lc_id=lc_id)],
            lc_id=lc_id,
        )


class AllTasksButton(Board, route="tasks:all"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[TaskService].all(request.actor, page)
        await cls.lay_out(
            request,
            found,
            title=words("All open tasks"),
            line=told,
            empty=words("There are no open tasks right now."),
            menus=_menus(found, words),
            last=[AddTaskButton.make(words("Add a task"), emoji="➕", lc_id=0)],
        )


class TickSelect(RoutedSelect, route="tasks:tick_one"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        task_id = chosen_number(chosen)
        await request.services[TaskService].tick(request.actor, task_id)
        request.done = request.words("Done. It is off the list.")
        await show_task(request, task_id)


class TickButton(RoutedButton, route="tasks:tick:{task_id:int}"):
    async def act(self, request: MemberRequest, task_id: int) -> None:
        await request.services[TaskService].tick(request.actor, task_id)
        request.done = request.words("Done. It is off the list.")
        await show_task(request, task_id)


class UntickButton(RoutedButton, route="tasks:untick:{task_id:int}"):
    async def act(self, request: MemberRequest, task_id: int) -> None:
        await request.services[TaskService].untick(request.actor, task_id)
        request.done = request.words("It is open again.")
        await show_task(request, task_id)


class ReallyDropButton(RoutedButton, route="tasks:really_drop:{task_id:int}"):
    async def act(self, request: MemberRequest, task_id: int) -> None:
        await request.services[TaskService].drop(request.actor, task_id)
        request.done = request.words("It was dropped. There are no more reminders.")
        await show_task(request, task_id)


async def show_task(request: MemberRequest, task_id: int, *, sure: bool = False) -> None:
    """A task and what its reader may do about it. ``sure``: ask whether to drop it."""
    words = request.words
    card = await request.services[TaskService].show(request.actor, task_id)
    task = card.line
    state = words(STATE_WORDS[task.state]) if task.state in STATE_WORDS else _dated(task, words)
    text = [state, words("Assigned to: {who}", who=whose(task, words))]
    if waits := _waits(task, words):
        text.append(waits)
    if task.ask_again:
        text += ["", words("Follow-up message:"), f"```\n{task.ask_again.replace('```', '')}\n```"]
    if task.state is TaskState.OPEN:
        text += ["", f"*{_reminded(task, words)}*"]
    rows = [_buttons(card, words)]
    if sure:
        text += ["", words("Drop this task? Reminders will stop, and this can't be undone.")]
        danger = discord.ButtonStyle.danger
        rows = [[ReallyDropButton.make(words("Yes, drop it"), style=danger, task_id=task_id)]]
    back = TasksButton.make(words("Back"))
    await request.show(Page(title_of(task, words), "\n".join(text), rows=[*rows, [back, home_button(words)]]))


TaskSelect = menu_to("tasks:one", show_task)
DropButton = button_to("tasks:drop:{task_id:int}", partial(show_task, sure=True))


def _reminded(task: TaskLine, words: Words) -> str:
    """Who gets its reminders. A task of an LC's post is told in the officers' thread if no holder chose direct
    messages."""
    is_of_lc_post = not task.person and (task.lc_ja or task.lc_en)
    return f"{words(REMINDED)} {words(REMINDED_IN_LC)}" if is_of_lc_post else words(REMINDED)


def _buttons(card: TaskCard, words: Words) -> Sequence[Item]:
    task, task_id = card.line, card.line.task_id
    if task.state is TaskState.DONE and card.may_tick and task.step is None:
        return [UntickButton.make(words("Mark as not done"), emoji="↩️", task_id=task_id)]
    if task.state is not TaskState.OPEN:
        return []
    found: list[Item] = [step_button(task.step, words)] if task.step else []
    if card.may_tick:
        if task.step is None:
            success = discord.ButtonStyle.success
            found.append(TickButton.make(words("Done"), emoji="✅", style=success, task_id=task_id))
        found.append(WaitButton.make(words("Waiting for…"), emoji="⏳", task_id=task_id))
    if card.may_drop and task.step is None:
        found.append(MoveButton.make(words("Change the date"), emoji="📅", task_id=task_id))
        found.append(DropButton.make(words("Drop"), emoji="🗑️", task_id=task_id))
    return found


class AddTaskButton(Board, route="tasks:add:{lc_id:int}"):
    """For oneself, or for a post of an LC or of the nation (0). It asks first who does it, unless that can only be
    oneself."""

    async def act(self, request: MemberRequest, **values: Any) -> None:
        lc_id = values["lc_id"]
        if lc_id:  # a page may be older than the end of an office: what was meant for the LC becomes no note to oneself
            request.actor.require(Right.KEEP_TASKS, lc_id)
        if await request.services[TaskService].doers(request.actor, lc_id or None):
            await self.show(request, **values)
        else:
            await AddForm(request.words, lc_id, int(MYSELF)).open(request.interaction)

    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, page: int = 0) -> None:
        words = request.words
        here = part_of(await request.services[TaskService].doers(request.actor, lc_id or None), page, POSTS)
        vacant = words("Vacant: goes to the national officers right away")
        options = [
            option(words.either(one.name_ja, one.name_en), one.id, vacant if one.is_vacant else "") for one in here
        ]
        menu = DoerSelect.make(words("Choose who will do it"), [option(words("Myself"), MYSELF), *options], lc_id=lc_id)
        await cls.lay_out(
            request,
            here,
            title=words("Add a task"),
            above=[words("Who will do it? If you choose a post, it is up to the person who holds it at the time.")],
            menus=[[menu]],
            last=[TasksButton.make(words("Back"))],
            lc_id=lc_id,
        )


class DoerSelect(RoutedSelect, route="tasks:doer:{lc_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int) -> None:
        post_id = chosen_number(chosen)
        if post_id:  # checked before the form opens
            request.actor.require(Right.KEEP_TASKS, lc_id or None)
        await AddForm(request.words, lc_id, post_id).open(request.interaction)


class AddForm(Form, route="tasks:add", title=N_("Add a task")):
    """``post_id`` 0: for oneself; ``lc_id`` 0: a post of the nation."""

    what = Text(N_("What needs to be done?"), TITLE, name="title")
    due = Day(N_("By when?"), hint=SUCH_AS)

    def __init__(self, words: Words, lc_id: int, post_id: int) -> None:
        super().__init__(words)
        self.lc_id, self.post_id = lc_id, post_id

    async def act(self, request: MemberRequest) -> None:
        draft = TaskDraft(self.what, self.due, person_id=request.actor.person_id)
        if self.post_id:
            draft = TaskDraft(self.what, self.due, self.post_id, self.lc_id or None)
        task_id = await request.services[TaskService].set(request.actor, draft)
        request.done = request.words("Added.")
        await show_task(request, task_id)


class MoveButton(RoutedButton, route="tasks:move:{task_id:int}"):
    async def act(self, request: MemberRequest, task_id: int) -> None:
        card = await request.services[TaskService].show(request.actor, task_id)
        await MoveForm(request.words, card.line).open(request.interaction)


class MoveForm(Form, route="tasks:move", title=N_("Change the date")):
    due = Day(N_("By when?"), hint=SUCH_AS)

    def __init__(self, words: Words, task: TaskLine) -> None:
        super().__init__(words)
        self.task_id, self.due = task.task_id, task.due_on

    async def act(self, request: MemberRequest) -> None:
        await request.services[TaskService].move_anchor(request.actor, self.task_id, self.due)
        request.done = request.words("Saved.")
        await show_task(request, self.task_id)


class WaitButton(RoutedButton, route="tasks:wait:{task_id:int}"):
    async def act(self, request: MemberRequest, task_id: int) -> None:
        card = await request.services[TaskService].show(request.actor, task_id)
        await WaitForm(request.words, card.line, request.actor.today).open(request.interaction)


class WaitForm(Form, route="tasks:wait", title=N_("Waiting for…")):
    """The party that a task waits for. Left empty, it waits for nobody."""

    party = Text(N_("Who are you waiting for?"), PARTY, hint=N_("Leave empty to stop waiting"), required=False)
    since = Maybe(Date(N_("Since when?"), hint=SINCE))
    again = LongText(N_("Follow-up message"), TEXT, hint=N_("Text to copy when you follow up"), required=False)

    def __init__(self, words: Words, task: TaskLine, today: date) -> None:
        super().__init__(words)
        self.task_id, self.party, self.again = task.task_id, task.waiting_for, task.ask_again
        self.since = task.waiting_since or today

    async def act(self, request: MemberRequest) -> None:
        service = request.services[TaskService]
        await service.wait_for(request.actor, self.task_id, self.party, self.since, self.again)
        request.done = request.words("Saved.")
        await show_task(request, self.task_id)
