"""People sign up, leave, are asked and answer, early and late; limits and hours change: whatever happens, in whatever
order, what sign-ups promise holds after each step. Most histories run on paper, that is on the pure rules. The others
run on the services with both databases, which do what the paper says. ``TSUNAGU_TEST_HISTORIES`` runs more."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import UserError
from bot.features import Services
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.signups import rules
from bot.features.signups.models import Choice, Mode, Party, PartyMember, PartyState, Quota, QuotaKind, SignUp
from bot.features.signups.opening import cancel_signup, change_signup, open_signup, reopen, signup_of
from bot.features.signups.queries import people_of
from bot.features.signups.rules import Group, Times
from bot.features.signups.service import SignUpService
from bot.features.signups.values import NewChoice, NewQuota, NewSignUp
from bot.features.signups.watching import SignUpWatch
from bot.features.tasks.models import Task
from tests.signups.paper import LIVE, Entry, Human, Paper, Refused, fits_plainly
from tests.signups.support import all_sent, people
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, postgres_url
from tests.support.people import REPRESENTATIVE, actor, appoint_to, represented_lc

T = TypeVar("T")
HISTORIES = int(os.environ.get("TSUNAGU_TEST_HISTORIES", "250"))
STEPS = 40
YEARS = (1, 3, 1, 3, 3, 1, 3)
IN_LC = (0, 1, 2)
WHO = st.integers(0, len(YEARS) - 1)
_S = PartyState
#: What may follow what in one step of a history: a party may be placed and asked in the same one.
FOLLOWS = {(begin, step.to) for step in rules.PARTY.steps for begin in step.begins}
FOLLOWS |= {(one, other) for one, middle in FOLLOWS for begin, other in FOLLOWS if middle == begin}


class World:
    """A database with an organisation and some people, in which each history begins without sign-ups."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = Database(url)
        self.clock = FakeClock()
        self.services = Services(self.database, self.clock)
        self.run(self._build())

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def _build(self) -> None:
        self.lc = await represented_lc(self.services)
        self.actors = await people(self.services, self.database, len(YEARS), years=YEARS)
        for number in IN_LC:
            await appoint_to(self.services, self.actors[number].caller.discord_user_id, "lc_member", self.lc)
        self.organiser = await actor(self.services, REPRESENTATIVE)

    async def empty(self) -> None:
        async with self.database.writing() as session:
            for table in (PartyMember, Party, Quota, Choice, SignUp, Delivery, Task):
                await session.execute(delete(table).execution_options(synchronize_session=False))

    def close(self) -> None:
        self.run(self.database.close())
        self.loop.close()


class Real:
    """The services, asked for what the paper does."""

    def __init__(self, world: World, clock: FakeClock, paper: Paper) -> None:
        self.world = world
        self.services = Services(world.database, clock)
        self.signups = self.services[SignUpService]
        world.run(world.empty())
        self.id, self.choices = world.run(self._open(paper))
        self.parties: list[int] = []

    async def _open(self, paper: Paper) -> tuple[int, list[int]]:
        times = paper.times
        async with change_by(self.signups, self.world.organiser) as change:
            new = NewSignUp(
                "test",
                1,
                "links:list",
                "見本",
                "Sample",
                lc_id=self.world.lc,
                limit=paper.limit,
                held=paper.held,
                mode=paper.mode,
                has_line=paper.has_line,
                closes_at=times.closes_at,
                begins_at=times.begins_at,
                last_call_hours=times.last_call_hours,
                choices=[NewChoice("答え", "Answer", limit) for limit in paper.choices.values()],
                quotas=[
                    NewQuota(one.kind, one.seats, one.lc_id, one.first_year, one.last_year, one.until)
                    for one in paper.groups
                ],
            )
            signup = await open_signup(change, new)
            query = select(Choice.id).where(Choice.signup_id == signup.id).order_by(Choice.position)
            return signup.id, list(await change.session.scalars(query))

    def do(self, work: Awaitable[Any]) -> bool:
        """Did it work?"""
        try:
            self.world.run(work)
        except UserError:
            return False
        return True

    async def owner(self, do: Callable[[Any, SignUp], Awaitable[Any]]) -> None:
        async with change_by(self.signups, self.world.organiser) as change:
            signup = await signup_of(change, "test", 1)
            assert signup is not None
            await do(change, signup)

    async def apply(self, members: list[Actor], choice: int | None) -> None:
        which = None if choice is None else self.choices[choice]
        others = [one.person_id or 0 for one in members[1:]]
        await self.signups.apply(members[0], self.id, which, others, may_message=self._may(members[0]))
        for other in members[1:]:
            async with self.world.database.reading() as connection:
                party = await connection.scalar(select(func.max(Party.id)).where(Party.signup_id == self.id))
            await self.signups.answer_invitation(other, party or 0, agrees=True)
            await self.signups.allow_messages(other, self.id, self._may(other))

    def _may(self, one: Actor) -> bool:
        return self.world.actors.index(one) % 2 == 0

    async def rows(self) -> list[Any]:
        async with self.world.database.reading() as connection:
            query = select(Party.__table__).where(Party.signup_id == self.id).order_by(Party.id)
            return list(await fetch(connection, query))

    async def look(self) -> None:
        await self.services[SignUpWatch].look(self.id)


class Histories(RuleBasedStateMachine):
    world: ClassVar[World | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        lc = self.world.lc if self.world is not None else 1
        self.humans = [Human(number, lc if number in IN_LC else None, year) for number, year in enumerate(YEARS)]

    @initialize(
        limit=st.sampled_from([1, 2, 2, 3, 5, None]),
        held=st.sampled_from([0, 0, 1]),
        mode=st.sampled_from([Mode.FIRST_COME, Mode.FIRST_COME, Mode.APPROVAL]),
        has_line=st.sampled_from([True, True, True, True, False]),
        choices=st.sampled_from([[], [], [1, None], [2, 1]]),
        group=st.sampled_from([None, None, "lc", "first_years", "first_years_for_a_day"]),
        begins=st.sampled_from([None, 40, 90, 200]),
        closes=st.sampled_from([None, None, None, None, 60]),
        last_call=st.sampled_from([6, 6, None, 30]),
        first=st.integers(0, len(YEARS) - 1),
    )
    def begin(
        self,
        limit: int | None,
        held: int,
        mode: Mode,
        has_line: bool,
        choices: list[int | None],
        group: str | None,
        begins: int | None,
        closes: int | None,
        last_call: int | None,
        first: int,
    ) -> None:
        now = self.clock.last
        groups = {
            None: [],
            "lc": [Group(QuotaKind.PER_LC, 1)],
            "first_years": [Group(QuotaKind.RESERVED, 1, None, 1, 1)],
            "first_years_for_a_day": [Group(QuotaKind.RESERVED, 2, None, 1, 1, now + timedelta(hours=30))],
        }[group]
        begins_at = None if begins is None else now + timedelta(hours=begins)
        closes_at = None if closes is None else now + timedelta(hours=closes)
        if begins_at is not None and closes_at is not None:
            closes_at = min(closes_at, begins_at)
        times = Times("Asia/Tokyo", closes_at, begins_at, 24, last_call)
        kinds = dict(enumerate(choices))
        self.paper = Paper(times, limit, min(held, limit or held), mode, has_line, kinds, groups)
        self.real = Real(self.world, self.clock, self.paper) if self.world is not None else None
        self._remember()
        for who in range(first):
            self._sign_up(who, who % 2)

    # --- what happens -------------------------------------------------------------------------------------------------

    @rule(number=st.integers(0, 20), choice=st.integers(0, 1))
    def somebody_signs_up(self, number: int, choice: int) -> None:
        """Somebody who isn't in it, if there is one."""
        there = [one for one in self.humans if not self.paper.live_of(one)] or self.humans
        self._sign_up(there[number % len(there)].number, choice)

    def _sign_up(self, who: int, choice: int) -> None:
        wanted = choice if self.paper.choices else None
        one = [self.humans[who]]
        self.do(lambda now: self.paper.apply(one, wanted, now), lambda real: real.apply(self.actors(who), wanted))

    @rule(who=WHO, with_=WHO, choice=st.integers(0, 1))
    def sign_up_together(self, who: int, with_: int, choice: int) -> None:
        team = [self.humans[one] for one in dict.fromkeys((who, with_))]
        if any(self.paper.live_of(one) for one in team) or not self.paper.has_line:
            return
        wanted = choice if self.paper.choices else None
        self.do(
            lambda now: self.paper.apply(team, wanted, now), lambda real: real.apply(self.actors(who, with_), wanted)
        )

    @rule(number=st.integers(0, 20), what=st.sampled_from(["accept", "refuse", "withdraw"]))
    def anybody_answers(self, number: int, what: str) -> None:
        self._answer(number % len(YEARS), what)

    @precondition(lambda self: self.paper.standing(_S.OFFERED, _S.WAITING))
    @rule(number=st.integers(0, 20), what=st.sampled_from(["accept", "accept", "refuse"]))
    def somebody_in_line_answers(self, number: int, what: str) -> None:
        there = self.paper.standing(_S.OFFERED) or self.paper.standing(_S.WAITING)
        self._answer(there[number % len(there)].people[-1].number, what)

    @precondition(lambda self: self.paper.standing(_S.ACCEPTED))
    @rule(number=st.integers(0, 20))
    def somebody_leaves(self, number: int) -> None:
        there = self.paper.standing(_S.ACCEPTED)
        self._answer(there[number % len(there)].people[-1].number, "withdraw")

    @precondition(lambda self: self.paper.entries)
    @rule(number=st.integers(0, 20), what=st.sampled_from(["approve", "decline", "remove", "accept_over"]))
    def organiser_decides(self, number: int, what: str) -> None:
        self._decide(number % len(self.paper.entries), what)

    @precondition(lambda self: self.paper.standing(_S.APPLIED))
    @rule(number=st.integers(0, 20))
    def organiser_says_yes(self, number: int) -> None:
        there = self.paper.standing(_S.APPLIED)
        self._decide(there[number % len(there)].number, "approve")

    def _decide(self, which: int, what: str) -> None:

        async def decide(real: Real) -> None:
            said = ("来られない",) if what == "remove" else ()
            await getattr(real.signups, what)(real.world.organiser, real.parties[which], *said)

        self.do(lambda now: getattr(self.paper, what)(which, now), decide)

    @rule(limit=st.sampled_from([None, 0, 1, 2, 3, 4]), held=st.sampled_from([0, 0, 1]))
    def limit_changes(self, limit: int | None, held: int) -> None:
        self.do(
            lambda now: self.paper.set_limit(limit, held, now),
            lambda real: real.owner(lambda change, signup: change_signup(change, signup, limit=limit, held=held)),
        )

    @precondition(lambda self: self.paper.times.begins_at is not None and self.paper.times.closes_at is None)
    @rule(hours=st.sampled_from([3, 10, 30, 100]))
    def it_is_moved(self, hours: int) -> None:
        begins_at = self.clock.last + timedelta(hours=hours)
        self._move(replace(self.paper.times, begins_at=begins_at))

    def _move(self, times: Times) -> None:
        if self.real is not None:  # a beginning that comes nearer ends offers at once: they have been said
            self.real.world.run(all_sent(self.real.world.database))
        what: dict[str, Any] = {"begins_at": times.begins_at, "closes_at": times.closes_at}
        self.do(
            lambda now: self.paper.set_times(times, now),
            lambda real: real.owner(lambda change, signup: change_signup(change, signup, **what)),
        )

    @rule(chance=st.integers(0, 19))
    def it_is_off(self, chance: int) -> None:
        if chance == 7:
            self.do(lambda _now: self.paper.cancel(), lambda real: real.owner(cancel_signup))

    @precondition(lambda self: self.paper.state != "open")
    @rule(hours=st.sampled_from([None, 30, 90]), change=st.booleans())
    def it_is_on_again(self, hours: int | None, change: bool) -> None:
        if change:
            begins_at = None if hours is None else self.clock.last + timedelta(hours=hours)
            self._move(replace(self.paper.times, begins_at=begins_at, closes_at=None))
        self.do(self.paper.reopen, lambda real: real.owner(reopen))

    @rule(
        hours=st.sampled_from([1, 5, 12, 25]),
        late=st.none() | WHO,
        what=st.sampled_from(["accept", "withdraw"]),
    )
    def hours_pass(self, hours: int, late: int | None, what: str) -> None:
        """Somebody may press in between, before the bot has looked."""
        if self.real is not None:
            self.real.world.run(all_sent(self.real.world.database))
        self.clock.go(hours=hours)
        if late is not None:
            self._answer(late, what)
        for _ in range(2):
            self.do(self.paper.settle, lambda real: real.look())
            self.all_of_it()

    def actors(self, *numbers: int) -> list[Actor]:
        assert self.world is not None
        return [self.world.actors[one] for one in dict.fromkeys(numbers)]

    def _answer(self, who: int, what: str) -> None:
        human = self.humans[who]
        self.do(
            lambda now: getattr(self.paper, what)(human, now),
            lambda real: getattr(real.signups, what)(real.world.actors[who], real.id),
        )

    def do(self, on_paper: Callable[[datetime], None], really: Callable[[Real], Awaitable[Any]]) -> None:
        """On paper and really: the one works where the other does."""
        worked = self.real is None or self.real.do(really(self.real))
        try:
            on_paper(self.clock.last)
        except Refused:
            assert self.real is None or not worked, "it worked, though the paper refuses it"
        else:
            assert worked, "it was refused, though it works on paper"
        if self.real is not None:
            self.real.parties = [row.id for row in self.real.world.run(self.real.rows())]

    # --- what holds ---------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self.before = {one.number: one.state for one in self.paper.entries}
        self.taken_before = self.paper.taken().total()
        self.line_before = [(one.number, one.is_passed) for one in self.paper.standing(_S.WAITING)]

    @invariant()
    def all_of_it(self) -> None:
        if not hasattr(self, "paper"):
            return
        self._never_over_the_limit()
        self._each_has_one_party()
        self._no_idle_seat()
        self._offers_end()
        self._order_is_kept()
        self._states_follow_the_table()
        if self.real is not None:
            self.real.world.run(self._is_as_on_paper(self.real))
        self._remember()

    def _never_over_the_limit(self) -> None:
        paper, taken = self.paper, self.paper.taken()
        over = [one for one in paper.standing(_S.ACCEPTED) if one.is_over]
        if paper.limit is not None:
            # A lower limit takes nothing away, so it may be over already; then nobody comes in but by the flag.
            new = sum(len(one.seats) for one in over if self.before.get(one.number) is not _S.ACCEPTED)
            assert taken.total() - new <= max(paper.limit - paper.held, self.taken_before)
        regular = taken - sum((type(taken)(one.seats) for one in over), type(taken)())
        for choice, limit in paper.choices.items():
            assert limit is None or sum(n for seat, n in regular.items() if seat.choice_id == choice) <= limit
        for group in paper.groups:
            for lc_id in {seat.lc_id for seat in regular} - {None}:
                if group.kind is QuotaKind.PER_LC:
                    assert sum(n for seat, n in regular.items() if seat.lc_id == lc_id) <= group.seats

    def _each_has_one_party(self) -> None:
        assert all(len(self.paper.live_of(one)) <= 1 for one in self.humans)

    def _no_idle_seat(self) -> None:
        paper, now = self.paper, self.clock.last
        if paper.state != "open" or paper.times.is_over(now):
            return
        fitting = [one for one in paper.standing(_S.WAITING) if self._fits(one)]
        if not paper.times.is_last_call(now):
            assert not fitting, "a party waits beside a free seat"
        else:
            assert paper.is_calling == bool(fitting), "all who wait know that the first who accept win"

    def _fits(self, one: Entry, without: Entry | None = None) -> bool:
        taken = self.paper.taken()
        if without is not None:
            taken.subtract(without.seats)
        return fits_plainly(self.paper, list(taken.elements()), one.seats, self.clock.last)

    def _offers_end(self) -> None:
        times, now = self.paper.times, self.clock.last
        for one in self.paper.standing(_S.OFFERED):
            assert one.until is not None
            assert one.until > now
            latest = [at for at in (times.last_call_at, times.ends_at) if at is not None]
            assert all(one.until <= at for at in latest)

    def _order_is_kept(self) -> None:
        """Of those who waited before, nobody is asked while somebody before them would have fitted instead."""
        numbers = {number: at for at, (number, _) in enumerate(self.line_before)}
        passed = dict(self.line_before)
        for asked in self.paper.standing(_S.OFFERED):
            if self.before.get(asked.number) is not _S.WAITING:
                continue
            for one in self.paper.standing(_S.WAITING):
                is_before = one.number in numbers and numbers[one.number] < numbers[asked.number]
                if is_before and not one.is_passed and passed.get(one.number) == passed[asked.number]:
                    assert not self._fits(one, without=asked), "somebody further back was asked first"

    def _states_follow_the_table(self) -> None:
        for one in self.paper.entries:
            before = self.before.get(one.number, _S.APPLIED)
            assert one.state is before or (before, one.state) in FOLLOWS or one.number not in self.before
        if self.paper.state != "open":
            assert not self.paper.standing(_S.APPLIED, _S.WAITING, _S.OFFERED)

    async def _is_as_on_paper(self, real: Real) -> None:
        rows, paper = await real.rows(), self.paper
        assert [row.state for row in rows] == [one.state for one in paper.entries]
        assert [row.is_over for row in rows] == [one.is_over for one in paper.entries]
        assert [row.is_passed for row in rows if row.state == "waiting"] == [
            one.is_passed for one in paper.standing(_S.WAITING)
        ]
        async with real.world.database.reading() as connection:
            looks = {row.due_at for row in await fetch(connection, select(Delivery.due_at))}
            assert all(row.offer_until in looks for row in rows if row.state == "offered"), "and the bot looks then"
            line = [one for one in await people_of(connection, real.id) if one.state is _S.WAITING]
            positions = list(dict.fromkeys((one.position, one.party_id) for one in line))
            assert [position for position, _ in positions] == list(range(1, len(positions) + 1))
            assert [party for _, party in positions] == [row.id for row in rows if row.state == "waiting"]
            live = select(func.count()).where(PartyMember.is_live)
            assert await connection.scalar(live) == sum(
                len(one.people) for one in paper.entries if one.state.value in LIVE
            )


def run(histories: int) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=histories, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_on_paper() -> None:
    Histories.world = None
    run(HISTORIES)


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_really(system: str, databases: Databases, tmp_path: Path) -> None:
    if system == "postgresql" and postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    url = asyncio.run(databases.postgres() if system == "postgresql" else databases.sqlite_file(tmp_path / "s.db"))
    world = World(url)
    try:
        Histories.world = world
        run(max(1, HISTORIES // 25))
    finally:
        Histories.world = None
        world.close()
