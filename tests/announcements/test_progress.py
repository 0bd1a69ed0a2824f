"""What everybody sees of the answers: a count where all read it, a tick where one LC does; no silent LC is named."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import AcknowledgementService
from bot.features.announcements.models import Announcement, AnnouncementPost
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.progress import ProgressService
from bot.features.announcements.sending import MESSAGE, SendingService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place
from bot.features.committees.models import StandingCommittee
from bot.features.people.actors import Actor
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.progress import ANSWERED
from bot.features.questionnaires.service import NewQuestion, Party, QuestionnaireService
from tests.announcements.support import Setting, begin, two_lcs
from tests.announcements.test_afterwards import answer, read_csv, with_questions
from tests.support.clocks import FakeClock
from tests.support.people import OFFICER, REPRESENTATIVE, actor
from tests.support.simulated import delete_message
from tests.support.worlds import World, page_text, text_of

CHANNEL, NATIONAL = 7_001, 7_003
HOW_MANY = NewQuestion(QuestionKind.NUMBER, "何人", "How many", (), True)


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


@pytest.fixture
async def asked(services: Services, database: Database, officer: Actor) -> tuple[int, int]:
    """An announcement to both LCs that asks them, sent and arrived; its questionnaire."""
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, Content("合宿", "本文", "", ""))
    await drafts.set(officer, announcement_id, places=[Place.NATIONAL, Place.LC_CHANNELS])
    await drafts.add_question(officer, announcement_id, HOW_MANY)
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    await services[SendingService].send_out(announcement_id, 1)
    await arrive(database)
    async with database.reading() as connection:
        questionnaire_id = await connection.scalar(
            select(Announcement.questionnaire_id).where(Announcement.id == announcement_id)
        )
    assert questionnaire_id is not None
    return announcement_id, questionnaire_id


async def arrive(database: Database, state: DeliveryState = DeliveryState.SENT) -> None:
    waits = update(Delivery).where(Delivery.state == DeliveryState.PENDING.value, Delivery.kind == str(MESSAGE))
    async with database.writing() as session:
        values = {"channel_id": Delivery.recipient_id, "message_id": Delivery.id + 9_000}
        await session.execute(waits.values(state=state.value, **values).execution_options(synchronize_session=False))


async def rows(database: Database, *which: Any) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(Delivery.__table__).where(*which).order_by(Delivery.id)))


async def edits(database: Database) -> list[int]:
    """The channels of the messages that are to be edited."""
    return [row.channel_id for row in await rows(database, Delivery.action == Action.EDIT.value)]


async def say(services: Services, questionnaire_id: int, lc: int, text: str) -> None:
    service, who = services[QuestionnaireService], await actor(services, REPRESENTATIVE)
    (question,) = (await service.paper(who, questionnaire_id, Party(lc))).questions
    await service.answer(who, questionnaire_id, Party(lc), {question.question_id: text})


async def shown(services: Services, announcement_id: int, lc_id: int | None) -> tuple[int, int, bool]:
    said = await services[AcknowledgementService].said(1, announcement_id)
    found = await services[ProgressService].of(said, lc_id)
    assert found is not None
    assert (found.lc is None) == (lc_id is None)
    return found.answered, found.asked, found.has_answered


async def test_an_answer_changes_the_count_and_the_tick_of_its_own_lc(
    services: Services, database: Database, lc: int, asked: tuple[int, int]
) -> None:
    announcement_id, questionnaire_id = asked
    assert await shown(services, announcement_id, None) == (0, 2, False)
    await say(services, questionnaire_id, lc, "3")
    await services[ProgressService].show(questionnaire_id)
    assert sorted(await edits(database)) == [CHANNEL, NATIONAL]
    assert await shown(services, announcement_id, None) == (1, 2, False)
    assert await shown(services, announcement_id, lc) == (1, 2, True)
    await services[ProgressService].show(questionnaire_id)
    assert len(await edits(database)) == 2, "done again after a crash it comes out the same"


async def test_many_answers_share_a_job_and_it_is_due_a_minute_later(
    services: Services, database: Database, clock: FakeClock, lc: int, asked: tuple[int, int]
) -> None:
    _, questionnaire_id = asked
    for text in ("3", "", "4"):
        await say(services, questionnaire_id, lc, text)
    (job,) = await rows(database, Delivery.kind == str(ANSWERED))
    assert (job.due_at - job.created_at).total_seconds() == pytest.approx(60)
    await say(services, questionnaire_id, lc, "5")
    assert len(await rows(database, Delivery.kind == str(ANSWERED))) == 1, "another number is no other answer"
    async with database.writing() as session:
        await session.execute(update(Delivery).where(Delivery.id == job.id).values(state=DeliveryState.CLAIMED.value))
    await say(services, questionnaire_id, lc, "")
    assert len(await rows(database, Delivery.kind == str(ANSWERED))) == 2, "the job may have looked already"


async def test_an_edit_that_still_waits_will_say_what_is_so(
    services: Services, database: Database, lc: int, asked: tuple[int, int]
) -> None:
    _, questionnaire_id = asked
    for text in ("3", "", "4"):
        await say(services, questionnaire_id, lc, text)
        await services[ProgressService].show(questionnaire_id)
    assert (await edits(database)).count(NATIONAL) == 1
    await arrive(database)
    await say(services, questionnaire_id, lc, "")
    await services[ProgressService].show(questionnaire_id)
    assert (await edits(database)).count(NATIONAL) == 2


async def test_a_tick_goes_when_the_answer_does(
    services: Services, database: Database, lc: int, asked: tuple[int, int]
) -> None:
    announcement_id, questionnaire_id = asked
    for text, has_answered in (("3", True), ("", False)):
        await say(services, questionnaire_id, lc, text)
        await services[ProgressService].show(questionnaire_id)
        assert (await shown(services, announcement_id, lc))[2] is has_answered
        async with database.reading() as connection:
            posts = await fetch(connection, select(AnnouncementPost.shows_answered, AnnouncementPost.lc_id))
        assert {row.lc_id: row.shows_answered for row in posts if row.lc_id} == {lc: has_answered}


async def test_what_is_just_being_sent_is_looked_at_once_more(
    services: Services, database: Database, lc: int, asked: tuple[int, int]
) -> None:
    _, questionnaire_id = asked
    async with database.writing() as session:
        national = update(Delivery).where(Delivery.recipient_id == NATIONAL, Delivery.kind == str(MESSAGE))
        await session.execute(national.values(state=DeliveryState.CLAIMED.value))
    await say(services, questionnaire_id, lc, "3")
    (job,) = await rows(database, Delivery.kind == str(ANSWERED))
    async with database.writing() as session:
        await session.execute(update(Delivery).where(Delivery.id == job.id).values(state=DeliveryState.CLAIMED.value))
    await services[ProgressService].show(questionnaire_id)
    assert await edits(database) == [CHANNEL]
    assert len(await rows(database, Delivery.kind == str(ANSWERED))) == 2


async def test_what_was_taken_back_shows_nothing_more(
    services: Services, database: Database, officer: Actor, lc: int, asked: tuple[int, int]
) -> None:
    announcement_id, questionnaire_id = asked
    await say(services, questionnaire_id, lc, "3")
    await services[ProgressService].show(questionnaire_id)
    await services[CorrectionService].take_back(officer, announcement_id)
    waiting = await rows(database, Delivery.action == Action.EDIT.value, Delivery.state == "pending")
    assert waiting == []
    await services[ProgressService].show(questionnaire_id)
    assert await rows(database, Delivery.action == Action.EDIT.value, Delivery.state == "pending") == []


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def to_all_places(setting: Setting, **changes: Any) -> None:
    """Ask, in the organisation's channel too."""
    page = await with_questions(setting)
    services = setting.world.services
    async with setting.world.bot.database.reading() as connection:
        (draft,) = await fetch(connection, select(Announcement.id, Announcement.created_by_discord_id))
    who = await actor(services, draft.created_by_discord_id, setting.server.guild.id)
    places = [Place.NATIONAL, Place.LC_CHANNELS]
    await services[DraftService].set(who, draft.id, places=places, **changes)
    status = await setting.officer.click(page, label="質問")
    await setting.officer.click(page, label="下書きに戻る")
    assert status is not None
    await setting.officer.click(page, label="いま送る")


async def test_everybody_reads_how_many_have_answered_and_the_lc_its_own_tick(setting: Setting) -> None:
    await to_all_places(setting)
    assert "3 LC中**0**が回答" in page_text(setting.last("お知らせ"))
    assert "回答済み" not in page_text(setting.last("東京大学"))
    await answer(setting)
    await setting.world.env.advance_time(120)
    national = page_text(setting.last("お知らせ"))
    assert "3 LC中**1**が回答" in national
    assert not [name for name in ("東京大学", "京都大学", "大阪大学") if name in national]
    assert "✅ 東京大学：回答済み" in page_text(setting.last("東京大学"))
    assert "回答済み" not in page_text(setting.last("京都大学"))
    assert "LC中" not in page_text(setting.last("京都大学"))


async def test_a_count_that_somebody_deleted_stays_deleted_and_troubles_nobody(setting: Setting) -> None:
    await to_all_places(setting)
    await delete_message(setting.world.env, setting.last("お知らせ"))
    await answer(setting)
    await setting.world.env.advance_time(120)
    assert not [text for text in setting.texts("お知らせ") if "LC中" in text]
    assert not [row for row in await rows(setting.world.bot.database) if row.state == DeliveryState.FAILED.value]


@pytest.mark.parametrize(("status", "code"), [(400, 50083), (403, 50001), (403, 50013)])
async def test_a_count_in_a_place_that_sleeps_or_is_closed_troubles_nobody(
    setting: Setting, status: int, code: int
) -> None:
    """A thread is archived after a while, and somebody may take the bot's rights away."""
    await to_all_places(setting)
    env, database = setting.world.env, setting.world.bot.database
    env.inject_error("PATCH", "/channels/*/messages/*", status=status, code=code, times=9)
    await answer(setting)
    await env.advance_time(120)
    edited = await rows(database, Delivery.action == Action.EDIT.value, Delivery.kind == str(MESSAGE))
    assert {row.state for row in edited} == {DeliveryState.NOT_NEEDED.value}
    assert not await rows(database, Delivery.state == DeliveryState.FAILED.value)


async def test_the_list_has_the_silent_first_and_can_be_narrowed(setting: Setting) -> None:
    await setting.officer.click(await with_questions(setting), label="いま送る")
    await answer(setting)
    status = await setting.status()
    seen = page_text(status)
    assert seen.index("回答：3件中**1**件") < seen.index("届きました"), "the count stands at the top"
    await setting.officer.click(status, label="LCごと")
    text = page_text(status)
    assert text.index("⬜ **京都大学**") < text.index("✅ **東京大学**")
    assert text.index("📭 **大阪大学**") < text.index("✅ **東京大学**")
    await setting.officer.click(status, label="未回答（2）")
    assert "東京大学" not in page_text(status)
    await setting.officer.click(status, label="回答済み（1）")
    assert "京都大学" not in page_text(status)
    await setting.officer.click(status, label="すべて（3）")
    assert "京都大学" in page_text(status)
    await setting.officer.click(status, label="戻る")
    await setting.officer.click(status, label="CSV")
    head, *found = await read_csv(status)
    assert "確認日時（Asia/Tokyo）" in head
    assert [row[0] for row in found][-1] == "東京大学"


async def test_times_in_a_file_are_the_organisations(setting: Setting) -> None:
    await setting.send()
    pressed = await setting.tokyo.click(setting.last("東京大学"), label="確認しました")
    assert "確認を記録しました" in text_of(pressed)
    status = await setting.status()
    await setting.officer.click(status, label="CSV")
    (row,) = [row for row in await read_csv(status) if row[0] == "東京大学"]
    assert row[3].startswith("2026-01-0")
    assert int(row[3][11:13]) >= 12, "it is the afternoon in Tokyo"


async def test_the_announcements_of_a_committee_look_like_it(setting: Setting) -> None:
    async with setting.world.bot.database.reading() as connection:
        query = select(StandingCommittee.id, StandingCommittee.emoji, StandingCommittee.colour)
        (scoph,) = await fetch(connection, query.where(StandingCommittee.key == "scoph"))
    await to_all_places(setting, committee_id=scoph.id)
    for name in ("お知らせ", "東京大学"):
        (embed,) = setting.last(name).embeds
        assert embed.title == f"{scoph.emoji} 合宿"
        assert embed.colour is not None
        assert embed.colour.value == scoph.colour


async def test_a_tick_goes_with_the_answer_also_where_the_message_came_after_it(
    services: Services, database: Database, lc: int, officer: Actor
) -> None:
    """The message showed the tick from the beginning, so nothing had noted that it does."""
    drafts = services[DraftService]
    announcement_id = await drafts.begin(officer, None, Content("合宿", "本文", "", ""))
    await drafts.set(officer, announcement_id, places=[Place.NATIONAL, Place.LC_CHANNELS])
    await drafts.add_question(officer, announcement_id, HOW_MANY)
    version = (await drafts.show(officer, announcement_id)).version
    await services[PlanningService].plan(officer, announcement_id, version)
    await services[SendingService].send_out(announcement_id, 1)
    async with database.reading() as connection:
        query = select(Announcement.questionnaire_id).where(Announcement.id == announcement_id)
        questionnaire_id = await connection.scalar(query)
    assert questionnaire_id is not None
    await say(services, questionnaire_id, lc, "3")
    await services[ProgressService].show(questionnaire_id)
    await arrive(database)
    await say(services, questionnaire_id, lc, "")
    await services[ProgressService].show(questionnaire_id)
    assert CHANNEL in await edits(database)


async def test_a_tick_goes_with_the_answer_also_after_a_correction_that_showed_it(
    services: Services, database: Database, lc: int, officer: Actor, asked: tuple[int, int], clock: FakeClock
) -> None:
    announcement_id, questionnaire_id = asked
    await say(services, questionnaire_id, lc, "3")
    edition = select(Announcement.edition).where(Announcement.id == announcement_id)
    async with database.reading() as connection:
        before = await connection.scalar(edition)
    await services[CorrectionService].correct(officer, announcement_id, before or 0, Content("合宿2", "本文", "", ""))
    clock.go(seconds=21)
    async with database.reading() as connection:
        after = await connection.scalar(edition)
    await services[CorrectionService].edit_messages(announcement_id, after or 0, 0)
    await arrive(database)
    await say(services, questionnaire_id, lc, "")
    edited = (await edits(database)).count(CHANNEL)
    clock.go(seconds=40)
    await services[ProgressService].show(questionnaire_id)
    assert (await edits(database)).count(CHANNEL) > edited
