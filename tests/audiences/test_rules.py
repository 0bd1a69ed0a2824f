"""Exactly whom a rule means, against a population by lot."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import Database
from bot.features import Services
from bot.features.audiences.models import Place
from bot.features.audiences.reach import addressees
from bot.features.audiences.rules import AllLcs, Audience, Members, possible_places, usual_places
from bot.features.members.models import Interest, Kind, Profile
from bot.features.memberships.models import Membership, MembershipKind
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from tests.support.clocks import FakeClock
from tests.support.people import (
    OFFICER,
    actor,
    found_organisation,
)


@pytest.fixture
async def officer(services: Services) -> Actor:
    await found_organisation(services)
    return await actor(services, OFFICER)


@dataclass
class Somebody:
    """What is known of a person of the population."""

    joined: bool
    walk: Kind | None
    year: int | None
    interests: frozenset[int]
    kind: MembershipKind


async def _population(database: Database, today: date) -> dict[int, Somebody]:
    """Forty people of all sorts, by lot but always the same."""
    chance, now = random.Random(20261122), FakeClock().now()
    found: dict[int, Somebody] = {}
    async with database.writing() as session:
        officer_post = await session.scalar(select(Post.id).where(Post.key == "national_treasurer"))
        for number in range(40):
            session.add(person := Person(organisation_id=1, display_name=f"{number}", created_at=now))
            await session.flush()
            here: dict[str, Any] = {"organisation_id": 1, "person_id": person.id}
            walk: Kind | None = chance.choice([Kind.STUDENT, Kind.STUDENT, Kind.STUDENT, *Kind])
            assert walk is not None
            year = chance.randint(1, 6) if walk is Kind.STUDENT else None
            joined = chance.random() < 0.8
            interests = frozenset(one for one in range(1, 7) if chance.random() < 0.3)
            if joined:
                about = {"purpose_version": "1", "consented_at": now, "kind": walk.value, "year_of_study": year}
                session.add(Profile(**here, **about))
            else:
                walk, year = None, None
            session.add_all([Interest(person_id=person.id, committee_id=one) for one in interests])
            kind = MembershipKind.ALUMNI if walk is Kind.GRADUATE else MembershipKind.FREE_LIST
            is_individual, is_officer = chance.random() < 0.4, chance.random() < 0.1
            if is_individual:
                kind = MembershipKind.INDIVIDUAL
                session.add(Membership(**here, kind="individual", starts_on=date(2026, 4, 1), created_at=now))
                if chance.random() < 0.5:
                    kind = MembershipKind.STAFF
                    session.add(Membership(**here, kind="staff", starts_on=date(2026, 4, 1), created_at=now))
            if is_officer:
                kind = MembershipKind.OFFICER
                session.add(
                    Term(
                        **here, post_id=officer_post, starts_on=today, ends_on=today + timedelta(days=9), created_at=now
                    )
                )  # fmt: skip
            found[person.id] = Somebody(joined or is_officer, walk, year, interests, kind)
    return found


rules = st.builds(
    Members,
    committee_ids=st.sets(st.integers(1, 6), max_size=3).map(tuple),
    years=st.sets(st.integers(1, 6), max_size=3).map(tuple),
    walks=st.sets(st.sampled_from([Kind.GRADUATE, Kind.HIGH_SCHOOL, Kind.WORKING]), max_size=2).map(tuple),
    kinds=st.sets(st.sampled_from(list(MembershipKind)), max_size=3).map(tuple),
)


@given(drawn=st.lists(rules, min_size=1, max_size=8))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_rule_means_exactly_the_members_that_it_says(
    services: Services, database: Database, officer: Actor, drawn: list[Members]
) -> None:
    if not hasattr(database, "population"):
        database.population = await _population(database, officer.today)  # type: ignore[attr-defined]
    population: dict[int, Somebody] = database.population  # type: ignore[attr-defined]
    for one in drawn:
        rule = Audience.model_validate_json(Audience(rule=one).model_dump_json()).rule
        assert isinstance(rule, Members)
        async with database.reading() as connection:
            found = await addressees(connection, 1, rule, officer.today, direct=True)
        meant = {
            person_id
            for person_id, known in population.items()
            if known.joined
            and (not rule.committee_ids or known.interests & set(rule.committee_ids))
            and (
                not (rule.years or rule.walks)
                or (known.walk is Kind.STUDENT and known.year in rule.years)
                or known.walk in rule.walks
            )
            and (not rule.kinds or known.kind in rule.kinds)
        }
        assert {person.person_id for person in found} - {officer.person_id} == meant, rule
        assert len(found) == len({person.person_id for person in found})


def test_where_persons_can_be_spoken_to() -> None:
    third_year = Members(years=(3,))
    assert usual_places(third_year) == possible_places(third_year, of_lc=False) == (Place.NATIONAL, Place.DIRECT)
    assert Place.NATIONAL not in possible_places(AllLcs(), of_lc=True)
    assert set(possible_places(AllLcs(), of_lc=False)) == set(Place)
