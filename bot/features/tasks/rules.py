"""What a feature declares of its tasks, and what is due on a day: pure decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

from bot.errors import Invalid, NextStep
from bot.i18n import N_

#: Characters of a title, of the party one waits for, and of the text with which it is asked again.
TITLE, PARTY, TEXT = 100, 100, 500
#: Days within which what is set by hand has to be done.
FURTHEST = 3 * 366


class TaskTemplate(str):
    """A kind of task. It is its own name, as it stands in the table; a feature declares it once.

    ``called``: a message id with the task's own title in ``{title}``; "" for that alone. ``offset``: days from the
    anchor to the day by which it has to be done, negative for days before. ``reminders``: days before that day; its
    doer is reminded on those mornings, and once more when it is overdue. ``waits``: days before it from which it waits
    on ``/home`` (-1: from the day after), None for from the beginning. ``escalates``: days after it on which it goes
    up, None for never. ``step``: where it is done, with ``{subject}`` for the number of its subject, if it isn't just
    ticked. ``is_national``: if its doer is no national officer in office, or nobody writes to them, it waits for all
    national officers.
    """

    known: ClassVar[dict[str, TaskTemplate]] = {}

    called: str
    offset: int
    reminders: tuple[int, ...]
    waits: int | None
    escalates: int | None
    step: NextStep | None
    is_national: bool

    def __new__(
        cls,
        name: str,
        called: str = "",
        *,
        offset: int = 0,
        reminders: tuple[int, ...] = (7, 1),
        waits: int | None = None,
        escalates: int | None = 7,
        step: NextStep | None = None,
        is_national: bool = False,
    ) -> Self:
        self = super().__new__(cls, name)
        self.called, self.offset, self.reminders, self.waits = called, offset, reminders, waits
        self.escalates, self.step, self.is_national = escalates, step, is_national
        cls.known[name] = self
        return self

    def due_on(self, anchor_on: date) -> date:
        return anchor_on + timedelta(days=self.offset)

    def waits_on(self, due_on: date, set_on: date) -> date:
        """The first day on which it waits on ``/home``."""
        return set_on if self.waits is None else due_on - timedelta(days=self.waits)

    def reminds(self, due_on: date, said_on: date | None, today: date) -> bool:
        """Is a reminder to be said, if the last one was said on ``said_on``? Of several that were missed, one."""
        days = [due_on - timedelta(days=before) for before in self.reminders] + [due_on + timedelta(days=1)]
        return any(day <= today and (said_on is None or said_on < day) for day in days)

    def goes_up(self, due_on: date, today: date) -> bool:
        """Is it overdue for so long that somebody else is told?"""
        return self.escalates is not None and today >= due_on + timedelta(days=self.escalates)


#: Set by people: notes to themselves, which are nobody else's business, and tasks for others.
OWN = TaskTemplate("tasks:own", escalates=None)
GIVEN = TaskTemplate("tasks:given")


def template_of(name: str) -> TaskTemplate:
    """The template of a row. If its feature is gone, it counts as set by hand."""
    return TaskTemplate.known.get(name, GIVEN)


def check_day(day: date, today: date) -> None:
    """Raises Invalid: what is set by hand can't be due then."""
    if not today <= day <= today + timedelta(days=FURTHEST):
        raise Invalid(N_("Please choose a date between today and three years from now."))
