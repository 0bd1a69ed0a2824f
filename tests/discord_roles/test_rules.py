from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.discord_roles.rules import (
    OPENS_DOORS,
    Held,
    Known,
    RoleChange,
    differences,
    roles_in_lc,
    roles_of,
)
from bot.features.memberships.models import MembershipKind
from bot.features.organisations.parts import LC_OFFICER_ROLE, OFFICER_ROLE
from bot.features.people.models import Level

DAY = date(2026, 11, 21)
KEYS = [
    OFFICER_ROLE,
    LC_OFFICER_ROLE,
    "role:lc:1",
    "role:lc:2",
    "role:committee:scope",
    "role:region:3",
    "role:kind:staff",
    "role:interest:scope",
]
ROLES = {key: 100 + number for number, key in enumerate(KEYS)}
FOREIGN = [900, 901]

people = st.integers(1, 6)
keys = st.frozensets(st.sampled_from(KEYS))
has = st.frozensets(st.sampled_from([*ROLES.values(), *FOREIGN]))
made = st.sets(st.sampled_from(KEYS)).map(lambda chosen: {key: ROLES[key] for key in chosen})


def after(present: dict[int, frozenset[int]], changes: list[RoleChange]) -> dict[int, frozenset[int]]:
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
            kept_by_hand = (before & ours) - {roles.get(key, 0) for key in OPENS_DOORS}
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


anybody = st.builds(
    Known,
    terms=st.lists(terms).map(tuple),
    plain=st.sampled_from([None, *(set(MembershipKind) - {MembershipKind.OFFICER})]),
    interests=st.frozensets(st.sampled_from(["scope", "scoph"])),
)


def of_today(known: Known) -> Known:
    return replace(known, terms=tuple(term for term in known.terms if term.starts_on <= DAY <= term.ends_on))


@given(anybody)
def test_only_terms_of_today_give_roles_and_only_officers_get_theirs(known: Known) -> None:
    found = roles_of(known, DAY)
    assert found == roles_of(of_today(known), DAY)
    for role, level in ((OFFICER_ROLE, Level.NATION), (LC_OFFICER_ROLE, Level.LC)):
        assert (role in found) == any(
            term.is_officer and term.level is level and term.held_on(DAY) for term in known.terms
        )


@given(anybody)
def test_kinds_say_what_somebody_is_and_the_free_list_is_never_beside_another(known: Known) -> None:
    kinds = {key.removeprefix("role:kind:") for key in roles_of(known, DAY) if key.startswith("role:kind:")}
    assert ("officer" in kinds) == any(term.is_officer and term.held_on(DAY) for term in known.terms)
    assert kinds == {"free_list"} or "free_list" not in kinds
    if {"staff", "staff_candidate"} & kinds:
        assert "individual" in kinds
    if known.plain is None:
        assert kinds <= {"officer"}, "who hasn't joined is of no kind"
    elif known.plain is not MembershipKind.FREE_LIST:
        assert known.plain.value in kinds


@given(anybody, st.sampled_from([1, 2]))
def test_an_lcs_own_server_shows_nothing_of_others_nor_of_what_its_people_are_elsewhere(known: Known, lc: int) -> None:
    found = roles_in_lc(known, lc, DAY)
    here = [term for term in of_today(known).terms if term.lc_id == lc]
    if not here:
        assert found == frozenset(), "who isn't of the LC has no role, whatever is known of them"
        return
    assert f"role:lc:{lc}" in found
    assert (LC_OFFICER_ROLE in found) == any(term.is_officer for term in here)
    assert found == roles_in_lc(replace(known, terms=tuple(here)), lc, DAY), "other posts change nothing"
    assert not {OFFICER_ROLE, f"role:lc:{3 - lc}", "role:region:3", "role:kind:free_list", "role:kind:officer"} & found
    assert {key for key in found if key.startswith("role:post:")} <= {
        f"role:post:{term.post_key}" for term in here if term.is_officer
    }


def test_a_local_officer_for_exchange_gets_the_lc_the_committee_the_region_and_the_post() -> None:
    leo = Held("leo", Level.LC, True, "scope", 7, 3, DAY, DAY)
    assert roles_of(Known((leo,)), DAY) == {
        "role:post:leo", "role:committee:scope", "role:lc:7", "role:region:3", "role:kind:officer", LC_OFFICER_ROLE
    }  # fmt: skip
    assert roles_in_lc(Known((leo,)), 7, DAY) == {"role:post:leo", "role:committee:scope", "role:lc:7", LC_OFFICER_ROLE}
    assert roles_in_lc(Known((leo,)), 8, DAY) == frozenset()
    assert roles_of(Known((leo,)), DAY + timedelta(days=1)) == frozenset()


def test_staff_with_an_interest_have_both_kinds_and_the_interest() -> None:
    known = Known(plain=MembershipKind.STAFF, interests=frozenset({"scora"}))
    assert roles_of(known, DAY) == {"role:kind:staff", "role:kind:individual", "role:interest:scora"}
    assert roles_in_lc(known, 7, DAY) == frozenset(), "not in the LC"
    member = Held("lc_member", Level.LC, False, None, 7, 3, DAY, DAY)
    assert roles_in_lc(replace(known, terms=(member,)), 7, DAY) == {
        "role:lc:7", "role:kind:staff", "role:kind:individual", "role:interest:scora"
    }  # fmt: skip
