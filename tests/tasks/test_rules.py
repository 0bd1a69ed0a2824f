"""When something is said of a task, decided without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.tasks.rules import FURTHEST, GIVEN, TaskTemplate, check_day, template_of

DUE = date(2027, 3, 31)
days = st.integers(-40, 40).map(lambda number: DUE + timedelta(days=number))
templates = st.builds(
    lambda reminders, escalates: TaskTemplate("test:any", reminders=tuple(reminders), escalates=escalates),
    st.lists(st.integers(0, 30), max_size=4, unique=True),
    st.none() | st.integers(1, 20),
)


@given(templates, st.sets(days, min_size=1))
def test_each_reminder_is_said_once_and_the_overdue_one_last(template: TaskTemplate, looks: set[date]) -> None:
    said: list[date] = []
    for today in sorted(looks):  # mornings on which the bot was there
        if template.reminds(DUE, said[-1] if said else None, today):
            said.append(today)
    assert len(said) <= len(template.reminders) + 1
    assert sum(one > DUE for one in said) <= 1
    if any(one > DUE for one in looks):
        assert said, "whoever was never told is told once it is overdue"
        assert said[-1] == min(one for one in looks if one > DUE), "and hears nothing after that"


@given(templates, days)
def test_what_was_missed_is_made_up_for_once(template: TaskTemplate, today: date) -> None:
    if template.reminds(DUE, None, today):
        assert not template.reminds(DUE, today, today)


@given(templates, days, days)
def test_what_is_up_stays_up(template: TaskTemplate, today: date, later: date) -> None:
    if template.goes_up(DUE, today) and later >= today:
        assert template.goes_up(DUE, later)
    assert not template.goes_up(DUE, DUE)


def test_days_count_from_the_anchor() -> None:
    before = TaskTemplate("test:before", offset=-14, waits=3)
    assert before.due_on(DUE) == date(2027, 3, 17)
    assert before.waits_on(date(2027, 3, 17), date(2027, 1, 1)) == date(2027, 3, 14)
    assert GIVEN.waits_on(DUE, date(2027, 1, 1)) == date(2027, 1, 1)


def test_a_template_whose_feature_is_gone_is_as_one_that_was_set_by_hand() -> None:
    assert template_of("nobody:knows") is GIVEN
    assert template_of("tasks:given") is GIVEN


@pytest.mark.parametrize("off", [-1, FURTHEST + 1])
def test_a_day_that_is_over_or_far_away_is_refused(off: int) -> None:
    with pytest.raises(Invalid):
        check_day(DUE + timedelta(days=off), DUE)
    check_day(DUE, DUE)
