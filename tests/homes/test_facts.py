"""What home knows: by one statement, of the right people, the same on both databases."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.db import Database
from bot.features import Services
from bot.features.announcements.inbox import unanswered_by_lcs, unread_by_lcs
from bot.features.announcements.planning import to_check
from bot.features.committees.service import missing_answers
from bot.features.delivery_reports.service import deliveries_in_trouble
from bot.features.events.hosts import hosts_asked
from bot.features.homes.facts import FactKind
from bot.features.homes.service import HomeService
from bot.features.institutions.entering import entered_lists
from bot.features.members.confirming import members_to_confirm
from bot.features.memberships.fees import fees_reported
from bot.features.record_keeping.retention import keeping_question, silent_people
from bot.features.record_keeping.service import records_wanted
from bot.features.sheets.uploads import upload_waiting
from bot.features.signups.queries import invitations, places_waiting, signed_up, to_decide
from bot.settings import Settings
from tests.rights.kinds import ANNOUNCING, EVERYBODY, NATION, OFFICERS, OWN_OFFICERS, REPRESENTATIVES, UNKNOWN, Kind
from tests.rights.sample import build
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.processes import ROOT
from tests.support.statements import statements_of

#: The officers of the sample are still in office, and members are asked whether they stay.
APRIL = date(2026, 4, 2)
FEES = NATION | {Kind.TREASURER}
#: Of whom something may be asked at all: for the others, the database isn't even asked.
ASKED: dict[FactKind, frozenset[Kind]] = {
    deliveries_in_trouble: NATION,
    entered_lists: NATION | REPRESENTATIVES,
    fees_reported: FEES,
    keeping_question: EVERYBODY - UNKNOWN,
    members_to_confirm: NATION | REPRESENTATIVES,
    hosts_asked: OWN_OFFICERS | {Kind.OTHER_OFFICER},
    invitations: EVERYBODY - UNKNOWN,
    places_waiting: EVERYBODY - UNKNOWN,
    records_wanted: NATION,
    signed_up: EVERYBODY - UNKNOWN,
    silent_people: NATION,
    to_check: OFFICERS,
    to_decide: EVERYBODY - UNKNOWN,
    unanswered_by_lcs: ANNOUNCING,
    unread_by_lcs: ANNOUNCING,
    upload_waiting: FEES,
}


async def all_kinds() -> list[FactKind]:
    """Those of the real bot."""
    from bot.app import build as build_bot
    from bot.clock import SystemClock

    bot = build_bot(Settings(), SystemClock())
    try:
        await bot.load_commands()
        return list(bot.home.kinds)
    finally:
        await bot.database.close()


async def test_one_statement_reads_all_of_it_for_everybody(database: Database) -> None:
    """Each kind by itself says what it says beside all others."""
    services = Services(database, FakeClock())
    sample = await build(database, services)
    home, kinds = services[HomeService], await all_kinds()
    assert len(kinds) >= 20
    for kind, actor in sample.actors.items():
        with statements_of(database) as found:
            together = await home.facts(actor, kinds)
        assert len(found) <= 1, kind
        for one in kinds:
            alone = await home.facts(actor, [one])
            assert list(alone[one]) == list(together[one]), (kind, one)


async def test_only_those_are_told_whom_it_concerns(database: Database) -> None:
    services = Services(database, FakeClock())
    sample = await build(database, services)
    for fact, who in ASKED.items():
        told = {kind for kind in EVERYBODY if fact(sample.actors[kind]) is not None}
        assert told == who, fact


async def test_a_kind_chooses_among_a_few_statements_that_are_built_once(database: Database) -> None:
    """Building costs more than reading: nothing in a statement is of one actor, one organisation or one day."""
    sample = await build(database, Services(database, FakeClock()))
    actors = [replace(actor, today=day) for actor in sample.actors.values() for day in (actor.today, APRIL)]
    for one in await all_kinds():
        assert 1 <= len({one(actor) for actor in actors} - {None}) <= 2, one


async def test_officers_for_one_committee_are_asked_about_that_alone(database: Database) -> None:
    services = Services(database, FakeClock())
    sample = await build(database, services)
    asked = {
        kind: {fact.ja for fact in await facts_of(services, sample.actors[kind], missing_answers)}
        for kind in (Kind.LC_OFFICER, Kind.REPRESENTATIVE)
    }
    assert len(asked[Kind.LC_OFFICER]) == 1
    assert asked[Kind.LC_OFFICER] < asked[Kind.REPRESENTATIVE]


async def test_what_waits_elsewhere_is_not_said_here(database: Database) -> None:
    """A national officer of another organisation learns nothing of this one."""
    services = Services(database, FakeClock())
    sample = await build(database, services)
    kinds = [one for one in ASKED if one is not keeping_question]
    found = await services[HomeService].facts(sample.actors[Kind.FOREIGN], kinds)
    assert not any(fact.n for facts in found.values() for fact in facts)


@pytest.mark.parametrize("file", sorted((ROOT / "cogs").rglob("*.py")), ids=lambda one: one.parent.name)
def test_parts_of_home_ask_the_database_for_nothing_else(file: Path) -> None:
    """Whatever features come, home stays as fast: these three are what it asks besides."""
    allowed = {"MemberService", "TickService", "ClaimService"}
    for function in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.AsyncFunctionDef) and "Facts" in ast.unparse(function.args):
            asked = {ast.unparse(one.slice) for one in ast.walk(function) if isinstance(one, ast.Subscript)}
            assert {one for one in asked if one.endswith("Service")} <= allowed, f"{file.name}: {function.name}"
