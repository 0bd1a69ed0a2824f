from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.symposia.models import Role
from bot.features.symposia.planning import (
    MONTHS,
    Rule,
    Standing,
    checked_rule,
    next_country,
    plan,
    read_months,
    rule_of,
)
from bot.features.symposia.rules import USUAL, SlotDraft, read_template, written_template

ODD = (1, 3, 5, 7, 9, 11)
YEAR = Rule(ODD, (11,))
FIRST = (2026, 11)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("奇数月", ODD),
        ("odd months", ODD),
        ("Even months", (2, 4, 6, 8, 10, 12)),
        ("毎月", tuple(MONTHS)),
        ("1月・5月・11月", (1, 5, 11)),
        ("１１，３", (3, 11)),
        ("Mar and October", (3, 10)),
        ("", ()),
    ],
)
def test_months_are_read_as_people_write_them(text: str, months: tuple[int, ...]) -> None:
    assert read_months(text) == months


@pytest.mark.parametrize("text", ["13", "0", "spring", "いつも", "2027"])
def test_other_texts_are_no_months(text: str) -> None:
    with pytest.raises(Invalid):
        read_months(text)


def test_a_general_meeting_is_in_a_month_with_an_edition() -> None:
    with pytest.raises(Invalid):
        checked_rule(Rule((1, 3), (11,)))


months = st.lists(st.sampled_from(MONTHS), min_size=1, unique=True).map(lambda found: tuple(sorted(found)))
rules = st.builds(
    lambda own, general, every, since, country: checked_rule(
        Rule(own, tuple(one for one in own if one in general), every, since, country)
    ),
    months, months, st.integers(1, 4), st.integers(1990, 2030), st.booleans(),
)  # fmt: skip


@given(rules)
def test_a_rule_is_read_as_it_was_written(rule: Rule) -> None:
    assert rule_of(rule.text) == rule
    # With the rest of the button it has to fit into a custom_id.
    assert len(f"symposia:apply:{10**12}:2099:{'a' * 10}:{rule.text}") <= 100


@pytest.mark.parametrize("text", ["", "12", "x///", "1/2/1/0/", "1//x/0/", "01//1/0/"])
def test_a_forged_rule_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rule_of(text)


standings = st.lists(
    st.tuples(st.integers(2025, 2028), st.sampled_from(MONTHS), st.booleans(), st.booleans()), max_size=12
).map(lambda found: [Standing(n, n, *one) for n, one in enumerate(sorted(found, key=lambda x: x[:2]), 1)])


@given(rules, standings, st.integers(2026, 2029))
def test_announced_editions_stay_and_nothing_that_was_done_is_lost(
    rule: Rule, standing: list[Standing], until: int
) -> None:
    found = plan(rule, standing, range(2026, until + 1), FIRST, 1)
    ids = [one.edition_id for one in found.fixed] + [one.edition_id for one in found.dropped]
    ids += [one.was.edition_id for one in found.editions if one.was is not None]
    assert sorted(ids) == [one.edition_id for one in standing]
    assert {one.edition_id for one in standing if one.is_fixed} <= {one.edition_id for one in found.fixed}
    assert not any(one.is_kept for one in found.dropped)
    numbers = [one.number for one in found.fixed] + [one.number for one in found.editions]
    assert len(set(numbers)) == len(numbers)
    own = [one.number for one in found.editions]
    assert own == sorted(own)
    wanted = set(rule.dates(range(2026, until + 1)))
    for one in found.editions:
        assert (one.year, one.month) in wanted or (one.was is not None and one.was.is_kept and not one.is_moved)
    # Every month of the rule has its edition.
    there = {(one.year, one.month) for one in found.fixed} | {(one.year, one.month) for one in found.editions}
    assert {date for date in wanted if date >= FIRST} <= there


@given(rules, standings)
def test_a_plan_that_was_taken_changes_nothing_more(rule: Rule, standing: list[Standing]) -> None:
    years = range(2026, 2029)
    once = plan(rule, standing, years, FIRST, 1)
    fixed, number = list(once.fixed), 100
    then = [
        Standing(one.was.edition_id if one.was else number + n, one.number, one.year, one.month, False,
                 one.was is not None and one.was.is_kept)
        for n, one in enumerate(once.editions)
    ]  # fmt: skip
    assert not plan(rule, [*fixed, *then], years, FIRST, 1).changes


def test_a_year_counts_on_from_the_last_announced_edition() -> None:
    found = plan(YEAR, [Standing(7, 511, 2026, 11, is_fixed=True)], range(2026, 2028), FIRST, 1)
    assert [(one.number, one.month) for one in found.editions] == [
        (512, 1), (513, 3), (514, 5), (515, 7), (516, 9), (517, 11)
    ]  # fmt: skip


def test_another_rule_moves_planned_editions_to_the_months_that_are_left() -> None:
    standing = [Standing(1, 1, 2027, 1), Standing(2, 2, 2027, 3, is_kept=True), Standing(3, 3, 2027, 5)]
    found = plan(Rule((1, 4)), standing, range(2027, 2028), FIRST, 1)
    assert [(one.number, one.month, one.was and one.was.edition_id) for one in found.editions] == [(1, 1, 1), (2, 4, 2)]
    assert [one.edition_id for one in found.dropped] == [3]


def test_a_host_country_is_proposed_by_turns() -> None:
    turns = Rule((7,), (), 2, 2019, changes_country=True)
    assert turns.dates(range(2019, 2024)) == [(2019, 7), (2021, 7), (2023, 7)]
    assert next_country(turns, ["DE", "JP"]) == "DE"
    assert next_country(turns, ["DE", "DE", "", "JP", "JP"]) == "DE"
    assert next_country(turns, ["JP"]) == ""
    assert next_country(YEAR, ["DE", "JP"]) == ""


def test_the_usual_slots_are_two_lectures_and_one_talk_from_outside_medicine() -> None:
    assert [one.from_outside for one in USUAL] == [False, False, False, True]
    assert read_template(written_template(USUAL)) == list(USUAL)


def test_slots_are_read_as_people_write_them() -> None:
    assert read_template(["座長", "演者：専門講演／Lecture", "感想"]) == [
        SlotDraft(Role.CHAIR),
        SlotDraft(Role.SPEAKER, "専門講演", "Lecture"),
        SlotDraft(Role.SPEAKER, "感想（Discourse）", "Discourse", from_outside=True),
    ]
    for lines in ([], ["司会者なし"], ["speaker"] * 21):
        with pytest.raises(Invalid):
            read_template(lines)
