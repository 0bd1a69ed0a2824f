from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import Base, Database, Record, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.contacts.models import Field, HolderContact
from bot.features.contacts.service import ContactService, Detail
from bot.features.members.models import Interest, LcAnswer, LcClaim, Profile
from bot.features.members.service import MemberService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.models import Fee, Membership, Renewal
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.service import MembershipService
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Term
from bot.features.people.terms import CHANGED, LC_REPRESENTATIVE
from bot.features.posts.claims import ClaimService
from bot.features.posts.models import Claim
from bot.features.questionnaires import service as drawing_up
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import BoardService, NewQuestion, Party, QuestionnaireService
from bot.features.record_keeping.merging import MergingService, overlapping
from bot.features.record_keeping.models import Keeping
from bot.features.record_keeping.repointing import references
from bot.features.record_keeping.retention import SilentService
from bot.features.schools.names import search_text
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor, appoint_to, represented_lc

NEW, OLD = STUDENT + 40, STUDENT + 41


@pytest.fixture
async def officer(services: Services) -> Actor:
    await represented_lc(services)
    return await actor(services, OFFICER)


async def rows(database: Database, table: type[Record]) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def two(services: Services) -> tuple[Actor, Actor]:
    """The same person twice: with the new account and the old one."""
    new = await join(services, NEW, "山田 花", "")
    old = await join(services, OLD, "やまだ", "やまだ はな")
    return new, old


async def merged(services: Services, officer: Actor, kept: Actor, gone: Actor) -> None:
    service = services[MergingService]
    assert kept.person_id is not None
    assert gone.person_id is not None
    preview = await service.preview(officer, kept.person_id, gone.person_id)
    await service.merge(officer, kept.person_id, gone.person_id, preview.token)


async def test_terms_claims_memberships_and_fees_of_both_are_one_persons(
    services: Services, officer: Actor, database: Database
) -> None:
    new, old = await two(services)
    lc, other = 5, 6
    await appoint_to(services, NEW, LC_REPRESENTATIVE, lc, date(2026, 4, 1), date(2026, 9, 30))
    await appoint_to(services, OLD, LC_REPRESENTATIVE, lc, date(2026, 9, 1), date(2027, 3, 31))
    await appoint_to(services, OLD, LC_REPRESENTATIVE, lc, date(2024, 4, 1), date(2025, 3, 31))
    old = await actor(services, OLD)
    (own,) = await services[ContactService].own(old, lc)
    await services[ContactService].set_own(old, own.term_id, Detail(Field.HOW, "夜に"))
    await services[ClaimService].claim(old, LC_REPRESENTATIVE, other, date(2026, 4, 1), date(2027, 3, 31))
    members = services[MemberService]
    for one in (new, old):
        await services[MembershipService].become_member(one)
        await members.choose_interests(one, [1, 2] if one is old else [2, 3])
        await members.answer_lc(one, LcAnswer.IN)
    fees = services[FeeService]
    paid = next(line for line in (await fees.fees(officer)).lines if line.name == "やまだ")
    await fees.settle(officer, [paid.fee_id])

    service = services[MergingService]
    assert new.person_id is not None
    assert old.person_id is not None
    preview = await service.preview(officer, new.person_id, old.person_id)
    assert (preview.kept.name, preview.gone.name, preview.kept.terms, preview.gone.terms) == ("山田 花", "やまだ", 1, 2)
    assert [(one.starts_on, one.ends_on) for one in preview.joined] == [(date(2026, 4, 1), date(2027, 3, 31))]
    assert (preview.terms, preview.fields) == (2, ("reading",))
    await service.merge(officer, new.person_id, old.person_id, preview.token)

    people = await rows(database, Person)
    assert old.person_id not in [person.id for person in people]
    terms = [term for term in await rows(database, Term) if term.person_id == new.person_id]
    assert sorted((term.starts_on, term.ends_on) for term in terms) == [
        (date(2024, 4, 1), date(2025, 3, 31)),
        (date(2026, 4, 1), date(2027, 3, 31)),
    ]
    (contact,) = await rows(database, HolderContact)
    assert contact.term_id in [term.id for term in terms], "what hung on a term that went hangs on the other"
    (fee,) = await rows(database, Fee)
    assert (fee.id, fee.person_id, fee.state) == (paid.fee_id, new.person_id, "paid"), "nobody is asked to pay twice"
    assert [row.person_id for row in await rows(database, Membership)] == [new.person_id]
    assert sorted(row.committee_id for row in await rows(database, Interest)) == [1, 2, 3]
    assert [row.person_id for row in await rows(database, LcClaim)] == [new.person_id]
    assert [row.discord_user_id for row in await rows(database, Claim)] == [NEW]
    (profile,) = [row for row in await rows(database, Profile) if row.person_id == new.person_id]
    assert (profile.reading, profile.search) == ("やまだ はな", search_text(["やまだ はな", "山田 花"]))
    actions = [(row.action, row.subject_id) for row in await rows(database, AuditEntry)]
    assert ("person.merge", new.person_id) in actions
    assert ("person.merged_away", old.person_id) in actions
    after = await actor(services, NEW)
    assert after.officer_of == [lc]
    assert (await actor(services, OLD)).person_id is None


async def test_of_two_questions_whether_to_be_kept_the_one_with_more_time_waits(
    services: Services, officer: Actor, database: Database
) -> None:
    new, old = await two(services)
    now, silent = services[MergingService].clock.now(), services[SilentService]
    async with database.writing() as session:
        for who, day in ((new, 20), (old, 10)):
            until = date(2027, 1, day)
            session.add(Keeping(organisation_id=1, person_id=who.person_id, until=until, asked_at=now))
    await merged(services, officer, new, old)
    listed = [(line.person_id, line.until) for line in (await silent.listed(officer)).lines]
    assert listed == [(new.person_id, date(2027, 1, 20))]
    assert await silent.count(1) == (1, 1)
    assert len(await rows(database, Keeping)) == 2


@pytest.mark.parametrize("said_by_kept", [True, False])
async def test_what_either_of_the_two_has_answered_stays_answered(
    services: Services, officer: Actor, database: Database, said_by_kept: bool
) -> None:
    new, old = await two(services)
    both = [Party(person_id=one.person_id) for one in (new, old)]
    now = services[MergingService].clock.now()
    async with database.writing() as session:
        asked = await drawing_up.begin(session, 1, "合宿")
        question = NewQuestion(QuestionKind.NUMBER, "何人", "How many", (), True)
        await drawing_up.add_question(session, asked, question)
        await drawing_up.open_to(session, asked, "合宿", both, None, now)
        for party in both:
            session.add(Renewal(organisation_id=1, person_id=party.person_id, year=2026, asked_at=now))
    who, answers = (new, both[0]) if said_by_kept else (old, both[1]), services[QuestionnaireService]
    (paper,) = (await answers.paper(who[0], asked, who[1])).questions
    other = (old, both[1]) if said_by_kept else (new, both[0])
    await answers.answer(other[0], asked, other[1], {})  # begun, and not complete
    await answers.answer(who[0], asked, who[1], {paper.question_id: "3"})
    await services[RenewalService].answer(who[0], stay=True, year_of_study=3)

    await merged(services, officer, new, old)
    (row,) = (await services[BoardService].board(officer, asked)).rows
    assert (row.party, row.has_answered) == (both[0], True)
    assert row.sheet is not None
    assert list(row.sheet.values.values()) == [3]
    (renewal,) = await rows(database, Renewal)
    assert (renewal.person_id, renewal.answer, renewal.answered_at is not None) == (new.person_id, "stay", True)


async def test_the_other_way_round_keeps_the_other_account(
    services: Services, officer: Actor, database: Database
) -> None:
    new, old = await two(services)
    await merged(services, officer, old, new)
    assert (await actor(services, OLD)).person_id == old.person_id
    assert (await actor(services, NEW)).person_id is None


async def test_the_kept_accounts_roles_follow(services: Services, officer: Actor, database: Database) -> None:
    new, old = await two(services)
    said: list[Any] = []
    database.on_commit.append(lambda info: said.append(info.get(CHANGED)))
    await merged(services, officer, new, old)
    assert said == [{1: {NEW}}]


async def test_only_what_was_looked_at_is_done(services: Services, officer: Actor, database: Database) -> None:
    new, old = await two(services)
    service = services[MergingService]
    assert new.person_id is not None
    assert old.person_id is not None
    token = (await service.preview(officer, new.person_id, old.person_id)).token
    await services[MemberService].set_name(old, "別の人", "べつ")
    with pytest.raises(Conflict, match="changed since"):
        await service.merge(officer, new.person_id, old.person_id, token)
    assert len([row for row in await rows(database, Person) if row.discord_user_id in (NEW, OLD)]) == 2
    with pytest.raises(Invalid, match="same record"):
        await service.preview(officer, new.person_id, new.person_id)
    with pytest.raises(NotFound):
        await service.preview(officer, new.person_id, 9999)
    for forbidden in (
        service.preview(new, new.person_id, old.person_id),
        service.merge(new, new.person_id, old.person_id, token),
        service.complete(new, ""),
    ):
        with pytest.raises(NotAllowed):
            await forbidden


async def test_people_are_found_while_typing(services: Services, officer: Actor) -> None:
    await two(services)
    service = services[MergingService]
    assert [one.name for one in await service.complete(officer, "ヤマダ")] == ["やまだ"]
    assert [one.name for one in await service.complete(officer, "山田")] == ["山田 花"]
    assert await service.complete(officer, "%") == []


async def test_among_many_who_have_it_in_their_names_whoever_is_called_so_comes_first(
    services: Services, officer: Actor, database: Database
) -> None:
    async with database.writing() as session:
        for n in range(60):
            name = "林" if n == 59 else f"小林 {n:02}"
            account = STUDENT + 1_000 + n
            now = services[MergingService].clock.now()
            session.add(
                Person(
                    organisation_id=officer.organisation.id, discord_user_id=account, display_name=name, created_at=now
                )
            )
    found = await services[MergingService].complete(officer, "林")
    assert (len(found), found[0].name) == (25, "林")
    last = (await services[MergingService].complete(officer, "小林 58"))[0]
    for typed in (f"#{last.person_id}", str(last.person_id)):
        assert (await services[MergingService].complete(officer, typed))[0] == last, "by the number, too"


def test_every_reference_to_a_person_is_followed() -> None:
    """Whatever feature brings a column that points at people: it is repointed without being named here."""
    found = {f"{column.table.name}.{column.name}" for column in references("people")}
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name == "person_id"
    }
    assert named - found == {"deletions.person_id"}, "which is a number on a list, on purpose"
    assert {"terms.person_id", "profiles.person_id", "fees.person_id", "memberships.person_id"} <= found


class _Term:
    def __init__(self, post_id: int, lc_id: int | None, starts: int, length: int) -> None:
        self.post_id, self.lc_id = post_id, lc_id
        self.starts_on = date.fromordinal(738_000 + starts)
        self.ends_on = date.fromordinal(738_000 + starts + length)


@given(st.lists(st.builds(_Term, st.integers(1, 2), st.sampled_from([1, 2]), st.integers(0, 60), st.integers(0, 30))))
def test_groups_of_terms_never_overlap_and_lose_no_day(terms: list[_Term]) -> None:
    terms.sort(key=lambda term: (term.post_id, term.lc_id, term.starts_on))
    groups = overlapping(terms)
    assert sorted(map(id, (term for group in groups for term in group))) == sorted(map(id, terms))
    days = [
        (group[0].post_id, group[0].lc_id, day)
        for group in groups
        for day in range(
            min(term.starts_on for term in group).toordinal(), max(term.ends_on for term in group).toordinal() + 1
        )
    ]
    assert len(days) == len(set(days))
    before = {
        (term.post_id, term.lc_id, day)
        for term in terms
        for day in range(term.starts_on.toordinal(), term.ends_on.toordinal() + 1)
    }
    assert set(days) == before
