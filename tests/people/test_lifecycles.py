"""Each lifecycle as it is used: whatever was done before, a service refuses exactly what the table doesn't have."""

from __future__ import annotations

import pkgutil
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

import bot.features
from bot.db import Database, Record
from bot.deliveries.models import DeliveryState
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, UserError
from bot.features import Services, import_models
from bot.features.announcements import rules as announcing
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementPost,
    AnnouncementState,
    AnnouncementTarget,
    CheckState,
)
from bot.features.announcements.planning import CheckService, PlanningService
from bot.features.announcements.sending import SendingService
from bot.features.audiences.rules import Audience, TheseLcs
from bot.features.certificates import rules as certificates
from bot.features.certificates.issuing import IssuingService
from bot.features.certificates.models import Certificate, CertificateCopy, CertificateSkip, CertificateState
from bot.features.events import rules as events
from bot.features.events.models import Event, EventPost, EventState
from bot.features.events.service import EventService
from bot.features.handovers import rules as handing_over
from bot.features.handovers.models import Handover
from bot.features.handovers.service import HandoverService
from bot.features.local_committees import rules as lcs
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members import confirming
from bot.features.members.confirming import ConfirmingService
from bot.features.members.models import LcAnswer, LcClaim
from bot.features.members.service import MemberService
from bot.features.memberships import rules as fees
from bot.features.memberships.fees import FeeService
from bot.features.memberships.models import Fee
from bot.features.memberships.service import MembershipService
from bot.features.people.lifecycles import Lifecycle, Step
from bot.features.people.models import Person, Post, Term
from bot.features.people.terms import LC_MEMBER
from bot.features.posts import claims
from bot.features.posts.claims import ClaimService
from bot.features.posts.models import Claim
from bot.features.record_keeping import service as rosters
from bot.features.record_keeping.models import RosterEntry, RosterRequest
from bot.features.record_keeping.service import RosterService
from bot.features.requests.deciding import Requests
from bot.features.requests.models import RequestState
from bot.features.sheets import uploads
from bot.features.sheets.models import SheetUpload
from bot.features.sheets.service import SheetService
from bot.features.signups import rules as signups
from bot.features.signups.models import SignUp
from bot.features.symposia import rules as symposia
from bot.features.symposia.editions import EditionService
from bot.features.symposia.models import Edition, EditionState, Speaker
from bot.features.symposia.speakers import SpeakerService
from bot.features.symposia.watching import SymposiumWatch
from bot.features.tasks import service as tasks
from bot.ui.actions import ACTION_WORDS
from tests.rights.kinds import USERS, Kind
from tests.rights.sample import CLAIMANT, CONTENT, MARCH, PERSONAL_CODE, SHEET, Sample, build
from tests.support.people import actor

import_models()
#: Lifecycle → where it is declared.
LIFECYCLES: dict[str, Lifecycle[Any]] = {}
for _module in pkgutil.walk_packages(bot.features.__path__, "bot.features."):
    for _name, _one in vars(import_module(_module.name)).items():
        if isinstance(_one, Lifecycle | Requests) and _name.isupper():
            _found = _one.lifecycle if isinstance(_one, Requests) else _one
            if _found not in LIFECYCLES.values():
                LIFECYCLES[f"{_module.name}.{_name}"] = _found


def states_of(lifecycle: Lifecycle[Any]) -> set[StrEnum]:
    return set(type(lifecycle.first).__members__.values())


@pytest.mark.parametrize("name", LIFECYCLES)
def test_each_state_can_be_reached(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    reached, before = {lifecycle.first}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {step.to for step in lifecycle.steps if reached.intersection(step.begins)}
    assert reached == states_of(lifecycle)


def test_each_step_has_words_in_the_history() -> None:
    steps = [step for lifecycle in LIFECYCLES.values() for step in lifecycle.steps]
    assert {step.action for step in steps} - {""} <= ACTION_WORDS.keys()


def test_whatever_has_a_state_has_a_lifecycle() -> None:
    """Those of deliveries are set in SQL, by whoever has claimed them."""
    states: set[type] = set()
    for one in pkgutil.walk_packages(bot.features.__path__, "bot.features."):
        if one.name.endswith(".models"):
            found = [kind for kind in vars(import_module(one.name)).values() if isinstance(kind, type)]
            states |= {kind for kind in found if issubclass(kind, StrEnum) and kind.__name__.endswith("State")}
    assert states - {DeliveryState} == {type(lifecycle.first) for lifecycle in LIFECYCLES.values()}


@dataclass(frozen=True, slots=True, repr=False)
class Deed:
    """What somebody does or what falls due. Of the ``steps`` it takes the first that can be taken. Where none can,
    ``is_refused`` says whether that is told (None: sometimes)."""

    steps: Sequence[Step[Any]]
    do: Callable[[], Awaitable[Any]]
    is_refused: bool | None = True

    def __repr__(self) -> str:
        return " or ".join(f"{'/'.join(step.begins)} → {step.to}" for step in self.steps)


@dataclass(frozen=True, slots=True, repr=False)
class Walk:
    """``begin``: makes what goes with a state as it is where a row really has it."""

    lifecycle: Lifecycle[Any]
    table: type[Record]
    row_id: int
    begin: Callable[[Any], Awaitable[None]]
    deeds: Sequence[Deed]
    #: The last deeds of all examples: what was done, and what became of it.
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    def __repr__(self) -> str:
        return f"{self.table.__name__}.{self.lifecycle.column}"

    async def state(self, database: Database) -> str:
        column = self.table.__table__.c[self.lifecycle.column]
        async with database.reading() as connection:
            return str(await connection.scalar(select(column).where(self.table.id == self.row_id)))


async def put(database: Database, table: type[Record], row_id: int, **values: Any) -> None:
    async with database.writing() as session:
        await session.execute(update(table).where(table.id == row_id).values(**values))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
async def test_services_refuse_what_the_table_does_not_have(
    walks: list[Walk], database: Database, data: st.DataObject
) -> None:
    walk = data.draw(st.sampled_from(walks))
    present = data.draw(st.sampled_from(type(walk.lifecycle.first)))
    # The rows stay from one example to the next: what happened before belongs to what is told.
    seen = walk.seen
    for deed in data.draw(st.lists(st.sampled_from(walk.deeds), min_size=1, max_size=6)):
        await walk.begin(present)
        await put(database, walk.table, walk.row_id, **{walk.lifecycle.column: present.value})
        step = next((step for step in deed.steps if step.may(present)), None)
        refused: UserError | None = None
        try:
            await deed.do()
        except UserError as error:
            refused = error
        stands = await walk.state(database)
        seen.append(f"{walk!r} was {present.value}: {deed!r} → {stands}, {refused!r}")
        if step is not None or deed.is_refused is not None:
            assert (refused is not None) == (step is None and deed.is_refused), "\n".join(seen)
        after = step.to if step is not None else present
        assert stands == after, "\n".join(seen)
        present = after


def test_all_steps_are_walked(every_step: list[Step[Any]]) -> None:
    walked = {id(step) for step in every_step}
    # tests/tasks/test_machine.py and tests/signups/test_lifecycle.py walk theirs.
    elsewhere = (tasks.LIFE, signups.SIGNUP, signups.PARTY)
    there = [one for one in LIFECYCLES.values() if not any(one is other for other in elsewhere)]
    left = [step for lifecycle in there for step in lifecycle.steps if id(step) not in walked]
    # Nobody takes back that they hold a post: whoever knows says no.
    assert left == [claims.CLAIMS.take_back]


@pytest.fixture
async def walks(database: Database, services: Services) -> list[Walk]:
    sample = await build(database, services)
    return [
        _lcs(sample, database), _fees(sample, database), await _announcements(sample, database),
        _checks(sample, database), _uploads(sample, database), _handovers(sample, database),
        _claims(sample, database), _lc_claims(sample, database), _roster_requests(sample, database),
        _events(sample, database), _certificates(sample, database), _editions(sample, database),
        _speakers(sample, database),
    ]  # fmt: skip


@pytest.fixture
def every_step(walks: list[Walk]) -> list[Step[Any]]:
    return [step for walk in walks for deed in walk.deeds for step in deed.steps]


async def _nothing(_state: Any) -> None:
    pass


def _lcs(sample: Sample, database: Database) -> Walk:
    lc_id, nation, service = sample["empty_lc"], sample.actors[Kind.NATIONAL], sample.services[LocalCommitteeService]

    def deed(step: Step[Any]) -> Deed:
        return Deed([step], lambda: service.change_state(nation, lc_id, step.to, date(2026, 11, 1), "No. 1"))

    return Walk(lcs.LCS, LocalCommittee, lc_id, _nothing, [deed(step) for step in lcs.CHANGE.values()])


def _fees(sample: Sample, database: Database) -> Walk:
    fee, nation, service = sample["fee"], sample.actors[Kind.NATIONAL], sample.services[FeeService]
    member, own = sample.actors[Kind.MEMBER], sample.services[MembershipService]

    async def take_back(reported_at: datetime | None) -> None:
        await put(database, Fee, fee, reported_at=reported_at)
        await service.take_back(nation, [fee])

    deeds = [
        Deed([fees.REPORT], lambda: own.report_payment(member, "ミホン")),
        Deed([fees.SETTLE], lambda: service.settle(nation, [fee])),
        Deed([fees.TAKE_BACK], lambda: take_back(None)),
        Deed([fees.TAKE_BACK_REPORTED], lambda: take_back(sample.now())),
    ]
    return Walk(fees.FEES, Fee, fee, _nothing, deeds)


ONCE_A_WEEK = {"every": "week", "count": 1}


async def _announcements(sample: Sample, database: Database) -> Walk:
    nation = sample.actors[Kind.NATIONAL]
    drafts, planning = sample.services[DraftService], sample.services[PlanningService]
    sending = sample.services[SendingService]
    row_id = await drafts.begin(nation, None, CONTENT)
    checker = USERS[Kind.NATIONAL_COMMITTEE]

    async def one(column: Any) -> Any:
        async with database.reading() as connection:
            return await connection.scalar(select(column).where(Announcement.id == row_id))

    def wall_clock(days: int = 0) -> str:
        at = local_time(sample.now(), "Asia/Tokyo") + timedelta(days=days)
        return at.isoformat(timespec="minutes")

    places, audience = await one(Announcement.places), await one(Announcement.audience)
    nobody = Audience(rule=TheseLcs(lc_ids=(0,))).model_dump(mode="json")

    async def begin(state: AnnouncementState) -> None:
        repeat = ONCE_A_WEEK if state in (AnnouncementState.REPEATING, AnnouncementState.PAUSED) else None
        await put(
            database,
            Announcement,
            row_id,
            planned_local=wall_clock(),
            repeat=repeat,
            check_state="none",
            places=places,
            audience=audience,
        )
        async with database.writing() as session:  # it goes out once
            for table in (AnnouncementPost, AnnouncementPerson, AnnouncementTarget):
                await session.execute(delete(table).where(table.announcement_id == row_id))

    async def plan(repeat: dict[str, Any] | None) -> None:
        await put(database, Announcement, row_id, repeat=repeat)
        await planning.plan(nation, row_id, await one(Announcement.version))

    async def fall_due(days: int = 0, **changes: Any) -> None:
        await put(database, Announcement, row_id, planned_local=wall_clock(days), **changes)
        number = await one(Announcement.plan)
        await (sending.occur(row_id, number, 0) if await one(Announcement.repeat) else sending.send_out(row_id, number))

    async def edit() -> None:
        """What was approved is changed."""
        await put(database, Announcement, row_id, check_state="approved", checker_discord_id=checker)
        await drafts.set(nation, row_id, is_urgent=True)

    at_the_hour = [announcing.SEND, announcing.END]
    too_late, to_nobody = [announcing.END, announcing.PUT_BACK], [announcing.PUT_BACK, announcing.END]
    deeds = [
        Deed([announcing.PLAN], lambda: plan(None)),
        Deed([announcing.PLAN_SERIES], lambda: plan(ONCE_A_WEEK)),
        Deed([announcing.STOP], lambda: planning.stop(nation, row_id)),
        Deed([announcing.PAUSE], lambda: planning.pause(nation, row_id, paused=True)),
        Deed([announcing.RESUME], lambda: planning.pause(nation, row_id, paused=False)),
        Deed([announcing.DISCARD], lambda: drafts.discard(nation, row_id)),
        Deed([announcing.TAKE_BACK], lambda: sample.services[CorrectionService].take_back(nation, row_id)),
        Deed(at_the_hour, fall_due, is_refused=False),
        Deed(too_late, lambda: fall_due(-2), is_refused=False),
        Deed(to_nobody, lambda: fall_due(places=[], audience=nobody), is_refused=False),
        Deed([announcing.REST, announcing.PUT_BACK], edit, is_refused=None),
    ]
    return Walk(announcing.ANNOUNCEMENTS, Announcement, row_id, begin, deeds)


def _events(sample: Sample, database: Database) -> Walk:
    row_id, maker, service = sample["event"], sample.actors[Kind.REPRESENTATIVE], sample.services[EventService]

    async def begin(state: EventState) -> None:
        """A posted one has a sign-up that is open."""
        mine = (SignUp.owner_kind == "event", SignUp.owner_id == row_id)
        async with database.writing() as session:
            await session.execute(delete(EventPost).where(EventPost.event_id == row_id))
            await session.execute(update(Event).where(Event.id == row_id).values(channel_id=None, version=0))
            if state is EventState.DRAFT:
                await session.execute(delete(SignUp).where(*mine))
            else:
                is_open = "open" if state is EventState.POSTED else "cancelled"
                await session.execute(update(SignUp).where(*mine).values(state=is_open))
                if await session.scalar(select(SignUp.id).where(*mine)) is None:
                    session.add(
                        SignUp(
                            organisation_id=1, owner_kind="event", owner_id=row_id, title_ja="会", title_en="会",
                            page="homes:open", mode="first_come", offer_hours=24, state=is_open,
                            created_at=sample.now(),
                        )
                    )  # fmt: skip

    deeds = [
        Deed([events.POST], lambda: service.post(maker, row_id, 0)),
        Deed([events.CANCEL], lambda: service.cancel(maker, row_id, "台風")),
    ]
    return Walk(events.EVENTS, Event, row_id, begin, deeds)


def _certificates(sample: Sample, database: Database) -> Walk:
    row_id, maker, service = (
        sample["old_certificate"],
        sample.actors[Kind.REPRESENTATIVE],
        sample.services[IssuingService],
    )
    event_id, person_id = sample["past_event"], sample[f"person_{Kind.OTHER_MEMBER}"]

    async def begin(state: CertificateState) -> None:
        """It says a former name, as only then it can be replaced. What a walk before left goes."""
        async with database.writing() as session:
            newer = select(Certificate.id).where(Certificate.person_id == person_id, Certificate.id > row_id)
            await session.execute(delete(CertificateCopy).where(CertificateCopy.certificate_id.in_(newer)))
            await session.execute(delete(CertificateCopy).where(CertificateCopy.certificate_id == row_id))
            await session.execute(
                delete(Certificate).where(Certificate.person_id == person_id, Certificate.id > row_id)
            )
            await session.execute(delete(CertificateSkip).where(CertificateSkip.person_id == person_id))
            if state is CertificateState.VALID:
                session.add(
                    CertificateCopy(certificate_id=row_id, person_id=person_id, name="旧姓 花子", code="A" * 12)
                )

    deeds = [
        Deed([certificates.REVOKE], lambda: service.revoke(maker, event_id, row_id, "間違い")),
        Deed([certificates.REPLACE], lambda: service.replace(maker, event_id, row_id)),
    ]
    return Walk(certificates.CERTIFICATES, Certificate, row_id, begin, deeds)


def _editions(sample: Sample, database: Database) -> Walk:
    row_id, owner, service = sample["edition"], sample.actors[Kind.REPRESENTATIVE], sample.services[EditionService]

    async def begin(_state: EditionState) -> None:
        await put(database, Edition, row_id, year=2026, month=11, day=20)

    deeds = [
        Deed([symposia.ANNOUNCE], lambda: service.announce(owner, row_id)),
        Deed([symposia.HOLD], lambda: service.hold(owner, row_id)),
        Deed([symposia.HOLD], sample.services[SymposiumWatch].look, is_refused=False),
        Deed([symposia.CANCEL], lambda: service.cancel(owner, row_id, "台風")),
    ]
    return Walk(symposia.EDITIONS, Edition, row_id, begin, deeds)


def _speakers(sample: Sample, database: Database) -> Walk:
    slot_id, row_id, service = sample["guest_slot"], sample["guest_speaker"], sample.services[SpeakerService]
    owner = sample.actors[Kind.REPRESENTATIVE]

    def deed(step: Step[Any]) -> Deed:
        return Deed([step], lambda: service.take(owner, slot_id, row_id, step.to))

    # Later, another title is no step, and no refusal.
    title = Deed([symposia.TITLED], lambda: service.title(owner, slot_id, "講演", ""), is_refused=None)
    return Walk(symposia.SPEAKERS, Speaker, row_id, _nothing, [title, *map(deed, symposia.STEPS.values())])


def _checks(sample: Sample, database: Database) -> Walk:
    row_id, nation, checker = sample["checked"], sample.actors[Kind.NATIONAL], sample.actors[Kind.NATIONAL_COMMITTEE]
    service = sample.services[CheckService]

    async def begin(_state: CheckState) -> None:
        user = USERS[Kind.NATIONAL_COMMITTEE]
        await put(
            database, Announcement, row_id, checker_discord_id=user, check_asked_by_discord_id=USERS[Kind.NATIONAL]
        )

    async def answer(*, agrees: bool) -> None:
        async with database.reading() as connection:
            version = await connection.scalar(select(Announcement.version).where(Announcement.id == row_id))
        await service.answer(checker, row_id, version or 0, agrees=agrees)

    deeds = [
        Deed([announcing.ASK], lambda: service.ask(nation, row_id, USERS[Kind.NATIONAL_COMMITTEE])),
        Deed([announcing.APPROVE], lambda: answer(agrees=True)),
        Deed([announcing.RETURN], lambda: answer(agrees=False)),
        Deed([announcing.ASK_NOBODY], lambda: service.withdraw(nation, row_id)),
        Deed(
            [announcing.ASK_ANEW],
            lambda: sample.services[DraftService].set(nation, row_id, is_urgent=True),
            is_refused=False,
        ),
    ]
    return Walk(announcing.CHECKS, Announcement, row_id, begin, deeds)


def _uploads(sample: Sample, database: Database) -> Walk:
    row_id, nation, service = sample["upload"], sample.actors[Kind.NATIONAL], sample.services[SheetService]

    async def begin(_state: Any) -> None:
        """A file that would change nothing is forgotten."""
        await put(database, LocalCommittee, sample["lc"], state=LcState.MEMBER.value)
        await put(database, SheetUpload, row_id, content=SHEET)

    async def bring_in() -> None:
        await service.look(nation, row_id)
        await service.carry_out(nation, row_id)

    return Walk(uploads.UPLOADS, SheetUpload, row_id, begin, [Deed([uploads.IMPORT], bring_in)])


async def _end_terms(database: Database, user: int, post: str, *more: Any) -> None:
    async with database.writing() as session:
        person = select(Person.id).where(Person.discord_user_id == user)
        which = select(Post.id).where(Post.key == post)
        await session.execute(delete(Term).where(Term.person_id.in_(person), Term.post_id.in_(which), *more))


def _handovers(sample: Sample, database: Database) -> Walk:
    row_id, service = sample["handover"], sample.services[HandoverService]
    successor, holder = sample.actors[Kind.MEMBER], sample.actors[Kind.LC_OFFICER]

    async def begin(_state: Any) -> None:
        await _end_terms(database, USERS[Kind.MEMBER], "leo")

    deeds = [
        Deed([handing_over.ACCEPT], lambda: service.answer(successor, row_id, accept=True)),
        Deed([handing_over.DECLINE], lambda: service.answer(successor, row_id, accept=False)),
        Deed([handing_over.WITHDRAW], lambda: service.withdraw(holder, row_id)),
    ]
    return Walk(handing_over.HANDOVERS, Handover, row_id, begin, deeds)


def _claims(sample: Sample, database: Database) -> Walk:
    row_id, nation, service = sample["claim"], sample.actors[Kind.NATIONAL], sample.services[ClaimService]

    async def begin(_state: Any) -> None:
        await _end_terms(database, CLAIMANT, "lore")

    deeds = [
        Deed([claims.CLAIMS.grant], lambda: service.decide(nation, row_id, confirm=True)),
        Deed([claims.CLAIMS.decline], lambda: service.decide(nation, row_id, confirm=False)),
    ]
    return Walk(claims.CLAIMS.lifecycle, Claim, row_id, begin, deeds)


def _lc_claims(sample: Sample, database: Database) -> Walk:
    row_id, service, requests = sample["lc_claim"], sample.services[ConfirmingService], confirming.CLAIMS
    representative, members = sample.actors[Kind.REPRESENTATIVE], sample.services[MemberService]

    async def begin(state: RequestState) -> None:
        """Who was confirmed is a member; who took it back has just left."""
        await _end_terms(database, CLAIMANT, LC_MEMBER)
        now, ends = sample.now(), {RequestState.GRANTED: MARCH, RequestState.WITHDRAWN: date(2026, 11, 21)}
        async with database.writing() as session:
            claim = await session.get_one(LcClaim, row_id)
            claim.decided_at = sample.now()
            await session.execute(delete(LcClaim).where(LcClaim.person_id == claim.person_id, LcClaim.id != row_id))
            if state in ends:
                post = await session.scalar(select(Post.id).where(Post.key == LC_MEMBER, Post.organisation_id == 1))
                term = insert(Term).values(
                    organisation_id=1, person_id=claim.person_id, post_id=post, lc_id=claim.lc_id,
                    starts_on=date(2026, 11, 1), ends_on=ends[state], created_at=now,
                )  # fmt: skip
                await session.execute(term)

    async def answer(said: LcAnswer) -> None:
        await members.answer_lc(await actor(sample.services, CLAIMANT), said)

    deeds = [
        Deed([requests.grant], lambda: service.decide(representative, [row_id], confirm=True)),
        Deed([requests.decline], lambda: service.decide(representative, [row_id], confirm=False)),
        Deed([requests.take_back, confirming.LEAVE], lambda: answer(LcAnswer.NOT_IN), is_refused=False),
        Deed([confirming.COME_BACK], lambda: answer(LcAnswer.IN), is_refused=None),
    ]
    return Walk(requests.lifecycle, LcClaim, row_id, begin, deeds)


def _roster_requests(sample: Sample, database: Database) -> Walk:
    row_id, nation, service = sample["request"], sample.actors[Kind.NATIONAL], sample.services[RosterService]
    member, requests = sample.actors[Kind.MEMBER], rosters.REQUESTS

    async def begin(_state: Any) -> None:
        await put(database, RosterEntry, sample["entry"], claimed_by=None)

    deeds = [
        Deed([requests.grant], lambda: service.confirm(nation, row_id, sample["entry"])),
        Deed([requests.decline], lambda: service.confirm(nation, row_id, None)),
        Deed([requests.take_back], lambda: service.claim(member, PERSONAL_CODE), is_refused=False),
    ]
    return Walk(requests.lifecycle, RosterRequest, row_id, begin, deeds)


async def test_what_stands_elsewhere_stays_there(database: Database, services: Services, lc: int) -> None:
    """Of many rows those take a step that can."""
    founding, leaving = lcs.CHANGE[LcState.FOUNDING], lcs.CHANGE[LcState.LEFT]
    async with database.writing() as session:
        row = await session.get_one(LocalCommittee, lc)
        founding.put(row)
        with pytest.raises(Conflict, match="from its current one"):
            leaving.put(row)
        assert row.state == LcState.FOUNDING
        await lcs.CHANGE[LcState.MEMBER].put_all(session, LocalCommittee, LocalCommittee.id == lc)
        await lcs.CHANGE[LcState.DORMANT].put_all(session, LocalCommittee, state_since=date(2026, 11, 1))
    async with database.reading() as connection:
        query = select(LocalCommittee.id).where(LocalCommittee.state == LcState.DORMANT)
        assert list(await connection.scalars(query)) == [lc]
