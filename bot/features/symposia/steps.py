"""What an answer about series offers as the next step."""

from __future__ import annotations

from bot.errors import NextStep
from bot.i18n import N_

LIST = NextStep(N_("Series and symposia"), "symposia:list")


def symposium_step(symposium_id: int) -> NextStep:
    return NextStep(N_("The series"), f"symposia:show:{symposium_id}")


def plan_step(symposium_id: int) -> NextStep:
    return NextStep(N_("Plan a year"), f"symposia:plan:{symposium_id}")


def rule_step(symposium_id: int) -> NextStep:
    return NextStep(N_("Rule"), f"symposia:rule:{symposium_id}")


def owners_step(symposium_id: int) -> NextStep:
    return NextStep(N_("Owners"), f"symposia:owners:{symposium_id}")


def edition_step(edition_id: int) -> NextStep:
    return NextStep(N_("The edition"), f"symposia:edition:{edition_id}")


def slot_step(slot_id: int) -> NextStep:
    return NextStep(N_("The slot"), f"symposia:slot:{slot_id}")
