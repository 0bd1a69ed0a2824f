"""Students of schools without an LC: what they are asked, and what the national officers learn from it."""

from __future__ import annotations

import pytest
import simcord

from bot.db import Database
from bot.errors import Invalid, NotAllowed
from bot.features import Services
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.members.models import Contact, Kind, LcAnswer, Profile
from bot.features.members.outreach import OutreachService
from bot.features.members.rules import Step
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from tests.members.test_service import consent, lc_at, rows
from tests.members.test_slash import blank, consented, named, officer, server
from tests.sheets.test_slash import file_in
from tests.support.people import OFFICER, STUDENT, actor, found_organisation
from tests.support.worlds import Server, choose, labels, page_text, shown, text_of

__all__ = ["blank", "officer", "server"]


async def student_of(services: Services, user: int, school: str, *, would: bool | None, listed: bool = False) -> Actor:
    """``would`` None: no medicine is taught there, or in the directory, that they aren't in its LC."""
    who, service = await consent(services, user), services[MemberService]
    await service.set_name(who, f"例 {user % 1000}号", "")
    if listed:
        await service.choose_school(who, (await lc_at(services, school))[1])
    else:
        await service.choose_other_institution(who, school)
    card = await service.choose_year(who, 3)
    if listed:
        await service.answer_lc(who, LcAnswer.NOT_IN if would is None else LcAnswer.NONE)
    else:
        assert card.open_step is Step.START
    if would is not None:
        await service.answer_start(who, would)
    elif not listed:
        await service.answer_not_medical(who)
    await service.choose_interests(who, [])
    await service.choose_contact(who, Contact.NOT)
    return who


async def test_students_are_counted_by_school_however_it_is_written(services: Services, database: Database) -> None:
    await found_organisation(services)
    asking = await actor(services, OFFICER)
    service = services[OutreachService]
    assert await service.candidates(asking) == []
    users = iter(range(STUDENT + 1, STUDENT + 100))
    for name, would in (
        ("Ｋｏｂｅ看護大学", True), ("Kobe 看護大学", True), ("KOBE看護大学", False), ("", None),
        ("例示薬科大学", None),
    ):  # fmt: skip
        await student_of(services, next(users), name, would=would)
    await student_of(services, next(users), "香川大学", would=True, listed=True)
    await student_of(services, next(users), "東京大学", would=None, listed=True)
    member, _ = await lc_at(services, "順天堂大学")
    async with database.writing() as session:
        (await session.get_one(LocalCommittee, member)).state = LcState.MEMBER.value
    await student_of(services, next(users), "順天堂大学", would=True, listed=True)
    await consent(services, next(users))
    graduate = await student_of(services, next(users), "例示薬科大学", would=True)
    await services[MemberService].choose_year(graduate, None)
    found = await service.candidates(asking)
    assert [(one.name_ja, one.state, one.students, one.would_start, one.not_medical) for one in found] == [
        ("Kobe看護大学", None, 3, 2, 0),
        ("香川大学", LcState.NO_CONTACT, 1, 1, 0),
        ("東京大学", LcState.NO_CONTACT, 1, 0, 0),
        ("", None, 1, 0, 1),
        ("例示薬科大学", None, 1, 0, 1),
    ]
    with pytest.raises(NotAllowed):
        await service.candidates(await actor(services, STUDENT + 1))


async def test_only_a_school_outside_the_directory_can_be_without_medicine(
    services: Services, database: Database
) -> None:
    await found_organisation(services)
    who = await student_of(services, STUDENT, "例示薬科大学", would=None)
    service = services[MemberService]
    await service.answer_start(who, True)
    (profile,) = await rows(database, Profile)
    assert (profile.lc_answer, profile.would_start) == (None, True), "thought better of it"
    await service.choose_school(who, (await lc_at(services, "香川大学"))[1])
    await service.choose_year(who, 3)
    for forged in (service.answer_not_medical(who), service.answer_lc(who, LcAnswer.NOT_MEDICAL)):
        with pytest.raises(Invalid, match="don't need to answer"):
            await forged
    await service.choose_outside(who, Kind.WORKING)
    with pytest.raises(Invalid):
        await service.answer_not_medical(who)


async def test_a_student_of_another_institution_is_asked_what_fits(
    server: Server, officer: simcord.MemberActor
) -> None:
    for name, answer, school in (
        ("nurse", "関心があります", "例示看護大学"),
        ("pharmacist", "医学部・医学科がない学校です", "例示**薬科**大学"),
    ):
        person = server.person(name)
        message = await consented(person, server)
        await named(person, message, name)
        form = await person.click(message, label="その他の教育機関")
        await person.submit_modal(form, {"name": school})
        await choose(person, message, "2年")
        assert "あなたの学校には、まだLCがありません" in page_text(message)
        assert "所属しています" not in labels(message)
        await person.click(message, label=answer)
        assert "関心のある委員会" in page_text(message)
        await person.click(message, label="特にありません")
        await person.click(message, label="通知はいらない（自分で確認する）")
    told = await officer.slash(server.channel, "manage lc outreach")
    text = text_of(told)
    assert "加盟LCのない学校の学生は2人、そのうちLCをつくってみたい学生は1人" in text
    assert "例示看護大学（名簿にない学校）：1人中1人がつくりたい" in text
    assert "例示\\*\\*薬科\\*\\*大学（名簿にない学校）：1人中0人がつくりたい・医学部なし1人" in text
    csv = await file_in(shown(told), "outreach.csv")
    assert csv[1:] == [
        ["例示看護大学", "名簿にない学校", "1", "1", "0"],
        ["例示**薬科**大学", "名簿にない学校", "1", "0", "1"],
    ]
