from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import Invalid, Moved, NotAllowed, NotFound
from bot.features import Services
from bot.features.committees.models import CommitteeAnswer, Reply
from bot.features.committees.service import CommitteeService
from bot.features.local_committees.models import ClubType, Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.support.clocks import FakeClock
from tests.support.people import GUILD, OFFICER, OTHER, STUDENT, actor, appoint_to, found_organisation


@pytest.fixture
def committees(services: Services) -> CommitteeService:
    return services[CommitteeService]


async def replies(committees: CommitteeService, who: Actor, lc: int) -> dict[str, Reply | None]:
    return {one.abbreviation: one.reply for one in await committees.answers(who, lc)}


async def test_silence_is_never_a_yes(committees: CommitteeService, representative: Actor, lc: int) -> None:
    assert await replies(committees, representative, lc) == dict.fromkeys(
        ["SCOPE", "SCORE", "SCOPH", "SCORA", "SCOME", "SCORP"]
    )


async def test_an_lc_answers_changes_and_takes_back(
    committees: CommitteeService, representative: Actor, lc: int, database: Database
) -> None:
    scoph = (await committees.answers(representative, lc))[2].committee_id
    for reply in (Reply.JOINING, Reply.WATCHING, Reply.WATCHING, Reply.NOT_THIS_YEAR):
        await committees.answer(representative, lc, {scoph: reply})
        assert (await replies(committees, representative, lc))["SCOPH"] is reply
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(CommitteeAnswer)) == 1
    await committees.answer(representative, lc, {scoph: None})
    assert (await replies(committees, representative, lc))["SCOPH"] is None


async def test_all_committees_are_answered_at_once_or_none(
    committees: CommitteeService, services: Services, representative: Actor, lc: int
) -> None:
    asked = {one.abbreviation: one.committee_id for one in await committees.answers(representative, lc)}
    said = dict(zip(asked, (Reply.JOINING, Reply.WATCHING, *[Reply.NOT_THIS_YEAR] * 4), strict=True))
    await committees.answer(representative, lc, {asked[name]: reply for name, reply in said.items()}, year=2026)
    assert await replies(committees, representative, lc) == said
    lines = await services[OwnRecordService].history(representative, lc)
    answers = ("lc.answer", sorted(name.lower() for name in asked))
    assert [(one.action, one.fields) for one in lines] == [answers], "one line for one form"
    changed: dict[int, Reply | None] = {asked["SCOPE"]: None, asked["SCORE"]: Reply.JOINING}
    await committees.answer(representative, lc, changed)
    assert (await services[OwnRecordService].history(representative, lc))[0].fields == ["scope", "score"]
    assert await replies(committees, representative, lc) == said | {"SCOPE": None, "SCORE": Reply.JOINING}
    with pytest.raises(NotFound):
        await committees.answer(representative, lc, {asked["SCOPE"]: Reply.JOINING, 999_999: Reply.JOINING})
    with pytest.raises(Invalid):
        await committees.answer(representative, lc, {})
    assert (await replies(committees, representative, lc))["SCOPE"] is None


async def test_who_answers_for_one_committee_answers_for_no_other(
    committees: CommitteeService, services: Services, representative: Actor, lc: int
) -> None:
    await appoint_to(services, STUDENT + 6, "leo", lc)
    leo = await actor(services, STUDENT + 6)
    scope, score = [one.committee_id for one in (await committees.answers(leo, lc))[:2]]
    for both in ({scope: Reply.JOINING, score: Reply.JOINING}, {score: Reply.JOINING, scope: Reply.JOINING}):
        with pytest.raises(NotAllowed):
            await committees.answer(leo, lc, both)
    await committees.answer(leo, lc, {scope: Reply.JOINING})
    found = await replies(committees, representative, lc)
    assert (found["SCOPE"], found["SCORE"]) == (Reply.JOINING, None)


async def test_what_was_meant_for_last_year_is_not_kept_for_this_one(
    committees: CommitteeService, services: Services, lc: int, clock: FakeClock
) -> None:
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, lc, date(2027, 4, 1), date(2028, 3, 31))
    before = await actor(services, STUDENT)
    scope = (await committees.answers(before, lc))[0].committee_id
    clock.go(days=131)  # 1 April 2027 in Tokyo
    after = await actor(services, STUDENT)
    with pytest.raises(Moved):
        await committees.answer(after, lc, {scope: Reply.JOINING}, year=2026)
    assert (await replies(committees, after, lc))["SCOPE"] is None
    await committees.answer(after, lc, {scope: Reply.JOINING}, year=2027)


async def test_a_new_fiscal_year_begins_without_answers(
    committees: CommitteeService, services: Services, lc: int, clock: FakeClock
) -> None:
    await appoint_to(services, STUDENT, LC_REPRESENTATIVE, lc, date(2027, 4, 1), date(2028, 3, 31))
    before = await actor(services, STUDENT)
    scope = (await committees.answers(before, lc))[0].committee_id
    await committees.answer(before, lc, {scope: Reply.JOINING})
    clock.go(days=131)  # 1 April 2027 in Tokyo
    after = await actor(services, STUDENT)
    assert after.today == date(2027, 4, 1)
    assert (await replies(committees, after, lc))["SCOPE"] is None


async def test_only_its_own_officers_and_the_nation_answer_for_an_lc(
    committees: CommitteeService, services: Services, representative: Actor, lc: int
) -> None:
    scope = (await committees.answers(representative, lc))[0].committee_id
    for user in (OTHER, STUDENT + 7):
        with pytest.raises(NotAllowed):
            await committees.answer(await actor(services, user), lc, {scope: Reply.JOINING})
    officer = await actor(services, OFFICER)
    with pytest.raises(Invalid):
        await committees.answer(officer, lc, {scope: Reply.JOINING})
    assert (await replies(committees, officer, lc))["SCOPE"] is None
    await committees.answer(officer, lc, {scope: Reply.JOINING}, Via.LINE)
    assert (await committees.answers(officer, lc))[0].via is Via.LINE
    await committees.answer(representative, lc, {scope: Reply.WATCHING}, Via.LINE)
    assert (await committees.answers(officer, lc))[0].via is None, "its own officers need nobody in between"


async def test_what_is_elsewhere_cannot_be_answered(
    committees: CommitteeService, services: Services, representative: Actor, lc: int
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    theirs = (await committees.answers(stranger, 0))[0].committee_id
    with pytest.raises(NotFound):
        await committees.answer(representative, lc, {theirs: Reply.JOINING})
    with pytest.raises(NotFound):
        await committees.answer(stranger, lc, {theirs: Reply.JOINING}, Via.MAIL)


async def test_two_at_once_leave_one_answer(
    committees: CommitteeService, representative: Actor, lc: int, database: Database
) -> None:
    scope = (await committees.answers(representative, lc))[0].committee_id
    await asyncio.gather(*(committees.answer(representative, lc, {scope: reply}) for reply in (*Reply, *Reply)))
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(CommitteeAnswer)) == 1


async def test_an_lc_edits_what_it_says_of_itself_and_is_found_by_it(
    services: Services, representative: Actor, lc: int
) -> None:
    lcs, own_record = services[LocalCommitteeService], services[OwnRecordService]
    own = OwnNames(" 鉄門国際 ", "Tetsumon International", ["Tetsu", "", "Tetsu", "赤門LC"], ClubType.MEDICAL_CLUB)
    changed = await own_record.edit(representative, lc, own)
    assert sorted(changed) == ["club_type", "own_aliases", "own_name_en", "own_name_ja"]
    for name in ("鉄門国際", "tetsumon", "赤門", "東大"):
        assert (await lcs.find(representative, name)).hits[0].lc_id == lc, name
    card = await lcs.show(representative, f"#{lc}")
    assert (card.own.name_ja, card.own.aliases, card.own.club_type) == (
        "鉄門国際", ["Tetsu", "赤門LC"], ClubType.MEDICAL_CLUB,
    )  # fmt: skip
    assert await own_record.edit(representative, lc, own) == [], "the same again is no change"
    await own_record.edit(representative, lc, OwnNames("", "", [], None))
    with pytest.raises(NotFound):
        await lcs.find(representative, "赤門")


async def test_the_history_tells_who_and_how_to_officers_alone(
    committees: CommitteeService, services: Services, representative: Actor, lc: int
) -> None:
    own_record = services[OwnRecordService]
    officer = await actor(services, OFFICER)
    scope = (await committees.answers(officer, lc))[0].committee_id
    await own_record.edit(representative, lc, OwnNames("名", "", [], None))
    await committees.answer(officer, lc, {scope: Reply.WATCHING}, Via.PHONE)
    changes = await own_record.history(representative, lc)
    seen: list[tuple[Any, ...]] = [(change.action, change.who, change.via) for change in changes]
    assert seen == [("lc.answer", "役員 一号", Via.PHONE), ("lc.edit", "user 3", None)]
    assert changes.pages == 1
    for _ in range(10):
        await committees.answer(representative, lc, {scope: Reply.JOINING})
    first = await own_record.history(officer, lc)
    assert (len(first), first.pages) == (10, 2)
    rest = await own_record.history(officer, lc, 1)
    assert (len(rest), rest.page) == (2, 1)
    for user in (OTHER, STUDENT + 7):
        with pytest.raises(NotAllowed):
            await own_record.history(await actor(services, user), lc)


async def test_another_lcs_officer_changes_nothing(services: Services, lc: int) -> None:
    other = await actor(services, OTHER)
    with pytest.raises(NotAllowed):
        await services[OwnRecordService].edit(other, lc, OwnNames("よその名", "", [], None))
    ended = replace(await actor(services, STUDENT), today=date(2027, 4, 1))
    with pytest.raises(NotAllowed):
        await services[OwnRecordService].edit(ended, lc, OwnNames("よその名", "", [], None))
    assert (await services[LocalCommitteeService].show(other, f"#{lc}")).own.name_ja == ""
