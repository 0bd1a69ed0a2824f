"""What fits on a page, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest

from bot.features.memberships.models import FeeState, MembershipKind
from bot.features.memberships.rules import Standing
from bot.features.memberships.values import FeeCard, OwnMembership, Settings, StepCard
from bot.i18n import words_for
from cogs.memberships.render import own_page, progress_page
from cogs.memberships.staff import read_steps, steps_text


def candidate(steps: tuple[StepCard, ...]) -> OwnMembership:
    standing = Standing(MembershipKind.STAFF_CANDIDATE, date(2027, 3, 31))
    return OwnMembership(
        standing=standing, plain=standing, settings=Settings(1500, "振込先" * 160), year=2026,
        fee=FeeCard(2026, 1500, "26000018", FeeState.DUE, ""), open_renewal=2026, was_staff=False, is_student=True,
        year_of_study=2, stays=(), steps=steps, today=date(2026, 11, 22),
    )  # fmt: skip


def steps_of(length: int, mark: str = "あ") -> tuple[StepCard, ...]:
    return tuple(StepCard(n, f"項目{n:02} {mark * (length - 5)}", f"Step {n:02}") for n in range(1, 26))


@pytest.mark.parametrize("length", [20, 50, 100])
def test_all_25_steps_are_shown_to_a_candidate(length: int) -> None:
    page = own_page(candidate(steps_of(length)), words_for("ja"), [])
    embed = page.embed()
    text = "\n".join(field.value or "" for field in embed.fields)
    assert [number for number in range(1, 26) if f"項目{number:02}" not in text] == []
    assert len(embed) <= 6000


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_does_not_fit_is_counted(language: str) -> None:
    words = words_for(language)
    steps = tuple(StepCard(n, "_" * 100, "_" * 100) for n in range(1, 26))  # each is written with a backslash
    pages = [own_page(candidate(steps), words, []), progress_page("例", steps, words, [])]
    for page in pages:
        embed = page.embed()
        values = [embed.description or "", *(field.value or "" for field in embed.fields)]
        shown = sum(value.count("⬜") for value in values)
        left = words.plural("… {n} more line", "… {n} more lines", 25 - shown)
        assert 0 < shown <= 25
        assert shown == 25 or left in (embed.footer.text or "")
        assert len(embed) <= 6000


def test_the_form_gives_back_what_it_showed() -> None:
    """The longest steps that fit into the form still do when it is opened again; none is lost by saving."""
    both = tuple(StepCard(n, f"{n:02}{'あ' * 77}", f"{n:02}{'x' * 77}") for n in range(1, 26))
    one = tuple(StepCard(n, f"{n:02}{'あ' * 98}", f"{n:02}{'あ' * 98}") for n in range(1, 26))
    for steps in (both, one, steps_of(20)):
        text = steps_text(steps)
        assert len(text) <= 4000
        assert [(ja, en or ja) for ja, en in read_steps(text)] == [(step.name_ja, step.name_en) for step in steps]
