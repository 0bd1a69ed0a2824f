from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.discord_roles.rules import Change, Held, differences, roles_of
from bot.features.organisations.parts import OFFICER_ROLE
from bot.features.people.models import Level

DAY = date(2026, 11, 21)
KEYS = [OFFICER_ROLE, "role:lc:1", "role:lc:2", "role:committee:scope", "role:region:3"]
ROLES = {key: 100 + number for number, key in enumerate(KEYS)}
FOREIGN = [900, 901]

people = st.integers(1, 6)
keys = st.frozensets(st.sampled_from(KEYS))
has = st.frozensets(st.sampled_from([*ROLES.values(), *FOREIGN]))
made = st.sets(st.sampled_from(KEYS)).map(lambda chosen: {key: ROLES[key] for key in chosen})


def after(present: dict[int, frozenset[int]], changes: list[Change]) -> dict[int, frozenset[int]]:
    now = {user: set(roles) for user, roles in present.items()}
    for change in changes:
        (now[change.discord_user_id].add if change.give else now[change.discord_user_id].remove)(change.role_id)
    return {user: frozenset(roles) for user, roles in now.items()}


@given(st.dictionaries(people, keys), st.dictionaries(people, has), made, st.frozensets(people))
def test_who_is_known_has_exactly_what_the_records_say_and_nothing_else_changes(
    wanted: dict[int, frozenset[str]],
    present: dict[int, frozenset[int]],
    roles: dict[str, int],
    known: frozenset[int],
) -> None:
    changes = differences(wanted, present, roles, known)
    result = after(present, changes)
    ours = set(roles.values())
    for user, before in present.items():
        should = {roles[key] for key in wanted.get(user, ()) if key in roles}
        assert result[user] - ours == before - ours, "roles that the bot didn't make are never touched"
        assert should <= result[user]
        if user in known:
            assert result[user] & ours == should
        else:
            kept_by_hand = (before & ours) - {roles.get(OFFICER_ROLE, 0)}
            assert result[user] & ours == should | kept_by_hand
    assert differences(wanted, result, roles, known) == [], "a second look finds nothing"
    assert {change.discord_user_id for change in changes} <= present.keys(), "nobody who isn't there"


terms = st.builds(
    Held,
    post_key=st.sampled_from(["national_officer", "leo", "lc_member"]),
    level=st.sampled_from(Level),
    is_officer=st.booleans(),
    committee=st.sampled_from([None, "scope"]),
    lc_id=st.sampled_from([None, 1, 2]),
    region_id=st.sampled_from([None, 3]),
    starts_on=st.dates(DAY - timedelta(3), DAY + timedelta(3)),
    ends_on=st.dates(DAY - timedelta(3), DAY + timedelta(3)),
)


@given(st.lists(terms))
def test_only_terms_of_today_give_roles_and_only_national_officers_get_theirs(held: list[Held]) -> None:
    found = roles_of(held, DAY)
    assert found == roles_of([term for term in held if term.starts_on <= DAY <= term.ends_on], DAY)
    assert (OFFICER_ROLE in found) == any(
        term.is_officer and term.level is Level.NATION and term.held_on(DAY) for term in held
    )


def test_a_local_officer_for_exchange_gets_the_lc_the_committee_the_region_and_the_post() -> None:
    leo = Held("leo", Level.LC, True, "scope", 7, 3, DAY, DAY)
    assert roles_of([leo], DAY) == {"role:post:leo", "role:committee:scope", "role:lc:7", "role:region:3"}
    assert roles_of([leo], DAY + timedelta(days=1)) == frozenset()
