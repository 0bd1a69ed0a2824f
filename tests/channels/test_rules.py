from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.features.channels.rules import (
    CHANNELS,
    IN_CATEGORY,
    ROLES,
    Fate,
    LcChannelsPlan,
    Present,
    Roster,
    RosterLc,
    plan,
)
from bot.features.organisations.parts import PENDING


def lc(number: int, region: int = 1, *, is_chosen: bool = True) -> RosterLc:
    return RosterLc(number, f"大学{number}", f"University {number}", region, "関東", "Kanto", is_chosen)


def roster(*lcs: RosterLc, parts: dict[str, int] | None = None) -> Roster:
    return Roster("ja", parts or {}, lcs)


def server(roles: int = 1, channels: int = 0, **more: dict[int, str]) -> Present:
    """A server with so many roles and channels that aren't ours."""
    own = more.get("own", {})
    return Present(
        {**{-number: "r" for number in range(1, roles + 1)}, **own},
        {**{-number: "c" for number in range(1, channels + 1)}, **own},
        {},
    )


def after(before: Roster, there: Present, made: LcChannelsPlan) -> tuple[Roster, Present]:
    """The server once the plan has been carried out, as Discord would show it."""
    parts = dict(before.parts)
    roles, channels, category_of = dict(there.roles), dict(there.channels), dict(there.category_of)
    number = max([*roles, *channels, *parts.values(), 0]) + 1
    for one in made.lcs:
        if one.category is not None and parts.get(one.category.key) not in channels:
            parts[one.category.key], channels[number] = number, "category"
            number += 1
        if one.role is Fate.NEW:
            parts[one.lc.role_key], roles[number] = number, "role"
            number += 1
        if one.channel is Fate.NEW:
            assert one.category is not None
            parts[one.lc.channel_key], channels[number] = number, "channel"
            category_of[number] = parts[one.category.key]
            number += 1
        if one.moves_from is not None:
            assert one.category is not None
            category_of[parts[one.lc.channel_key]] = parts[one.category.key]
        if one.thread is Fate.NEW:
            parts[one.lc.thread_key] = number
            number += 1
    return Roster("ja", parts, before.lcs), Present(roles, channels, category_of)


rosters = st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=150).map(
    lambda drawn: roster(*(lc(n, region, is_chosen=chosen) for n, (region, chosen) in enumerate(drawn, 1)))
)


@given(rosters, st.integers(1, 250), st.integers(0, 500))
def test_discords_limits_hold_whatever_is_there(lcs: Roster, roles: int, channels: int) -> None:
    there = server(roles, channels)
    made = plan(lcs, there)
    _, filled = after(lcs, there, made)
    assert len(filled.roles) <= ROLES
    assert len(filled.channels) <= CHANNELS
    assert max(Counter(filled.category_of.values()).values(), default=0) <= IN_CATEGORY
    chosen = [one for one in lcs.lcs if one.is_chosen]
    assert [one.lc for one in made.lcs] + list(made.without_room) == sorted(
        chosen, key=lambda one: (one in made.without_room, one.lc_id)
    ), "each chosen LC is planned or named as left out"


@given(rosters, st.integers(1, 250), st.integers(0, 500))
def test_a_second_run_makes_nothing_more(lcs: Roster, roles: int, channels: int) -> None:
    there = server(roles, channels)
    second = plan(*after(lcs, there, plan(lcs, there)))
    assert second.made == []
    assert second.new_categories == []


@given(rosters, st.data())
def test_a_run_that_was_cut_off_anywhere_is_gone_on_with(lcs: Roster, data: st.DataObject) -> None:
    there = server()
    whole = plan(lcs, there)
    assume(whole.made)
    done = data.draw(st.integers(0, len(whole.lcs) - 1))
    begun = LcChannelsPlan(lcs=whole.lcs[:done])
    before, halfway = after(lcs, there, begun)
    before = Roster("ja", {**before.parts, whole.lcs[done].lc.channel_key: PENDING}, before.lcs)
    rest = plan(before, halfway)
    assert [one.lc for one in rest.made] == [one.lc for one in whole.lcs[done:]]
    _, full = after(before, halfway, rest)
    _, at_once = after(lcs, there, whole)
    assert (len(full.roles), len(full.channels)) == (len(at_once.roles), len(at_once.channels))


@given(rosters, st.data())
def test_what_people_delete_stays_away_until_somebody_asks(lcs: Roster, data: st.DataObject) -> None:
    there = server()
    made = plan(lcs, there)
    assume(made.made)
    full, present = after(lcs, there, made)
    gone = data.draw(st.sampled_from(made.lcs)).lc
    channels = {number: name for number, name in present.channels.items() if number != full.parts[gone.channel_key]}
    torn = Present(present.roles, channels, present.category_of)
    kept = plan(full, torn)
    assert kept.made == []
    assert [one.lc for one in kept.lcs if one.lost] == [gone]
    again = plan(full, torn, again=True)
    assert [(one.lc, one.role, one.channel, one.thread) for one in again.made] == [
        (gone, Fate.THERE, Fate.NEW, Fate.NEW)
    ]


def test_the_fifty_first_channel_of_a_region_opens_a_second_category() -> None:
    made = plan(roster(*(lc(n) for n in range(1, 83))), server())
    numbers = [one.category.number for one in made.lcs if one.category]
    assert numbers == [1] * 50 + [2] * 32
    assert [(one.region_ja, one.number) for one in made.new_categories] == [("関東", 1), ("関東", 2)]


def test_an_lc_that_left_keeps_its_channel() -> None:
    full, present = after(roster(lc(1), lc(2)), server(), plan(roster(lc(1), lc(2)), server()))
    made = plan(Roster("ja", full.parts, (lc(1), lc(2, is_chosen=False))), present)
    assert [one.lc_id for one in made.staying] == [2]
    assert made.made == []


def in_region(one: RosterLc, region: int) -> RosterLc:
    return replace(one, region_id=region)


@given(rosters, st.data())
def test_a_channel_follows_its_lc_into_another_region_once(lcs: Roster, data: st.DataObject) -> None:
    there = server()
    full, present = after(lcs, there, plan(lcs, there))
    changed = tuple(in_region(one, data.draw(st.integers(0, 4))) for one in full.lcs)
    elsewhere = Roster("ja", full.parts, changed)
    moving = plan(elsewhere, present)
    before = {one.lc_id: one.region_id for one in lcs.lcs}
    expected = [one.lc_id for one in changed if one.is_chosen and one.region_id != before[one.lc_id]]
    assert [one.lc.lc_id for one in moving.moved] == expected
    assert moving.made == []
    settled, moved = after(elsewhere, present, moving)
    assert max(Counter(moved.category_of.values()).values(), default=0) <= IN_CATEGORY
    for one in moving.lcs:
        home = moved.category_of[settled.parts[one.lc.channel_key]]
        assert home in {
            noted for key, noted in settled.parts.items() if key.startswith(f"category:region:{one.lc.region_id}:")
        }
    again = plan(settled, moved)
    assert (again.made, again.moved, again.new_categories) == ([], [], [])


def test_what_people_put_elsewhere_stays_though_the_region_changes() -> None:
    full, present = after(roster(lc(1), lc(2)), server(), plan(roster(lc(1), lc(2)), server()))
    theirs = 9_000
    category_of = {**present.category_of, full.parts["channel:lc:1"]: theirs, full.parts["channel:lc:2"]: None}
    put = Present(present.roles, {**present.channels, theirs: "大切なLC"}, category_of)
    changed = Roster("ja", full.parts, tuple(in_region(one, 2) for one in full.lcs))
    assert plan(changed, put).moved == []


def test_where_no_category_fits_any_more_the_lc_is_named() -> None:
    full, present = after(roster(lc(1)), server(), plan(roster(lc(1)), server()))
    filled = {**present.channels, **{-n: "c" for n in range(1, CHANNELS + 1 - len(present.channels))}}
    changed = Roster("ja", full.parts, (in_region(lc(1), 2),))
    planned = plan(changed, Present(present.roles, filled, present.category_of))
    assert planned.without_room == {changed.lcs[0]: CHANNELS}
    assert planned.moved == []
