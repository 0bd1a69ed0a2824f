"""A refusal comes before a form or page opens: nobody types for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.db import Database
from bot.errors import Conflict, Invalid, Moved, NotAllowed
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.outside import OutsideService
from bot.features.announcements.planning import CheckService, PlanningService
from bot.features.announcements.rules import Every, Repeat
from bot.features.announcements.values import Content
from bot.features.audiences.rules import AllLcs, Audience
from bot.features.people.actors import Actor
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import NewQuestion
from tests.announcements.support import Setting, begin, two_lcs
from tests.announcements.test_service import CONTENT, planned, sent
from tests.support.pages import open_drafts
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to
from tests.support.refusals import alike, only_looking
from tests.support.worlds import World, choose, labels, shown, text_of

HOW_MANY = NewQuestion(QuestionKind.NUMBER, "何人", "", (), True)
TOO_LONG = Content("総会", "あ" * 4_000, "", "")


@pytest.fixture
async def lc(services: Services, database: Database) -> int:
    return await two_lcs(services, database)


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def test_the_look_before_a_change_of_a_draft_refuses_what_the_change_refuses(
    services: Services, officer: Actor, lc: int
) -> None:
    drafts, repeat = services[DraftService], Repeat(every=Every.WEEK)
    stranger, mine = await actor(services, NEWCOMER), await actor(services, REPRESENTATIVE)
    draft, going_out = await drafts.begin(officer, None, CONTENT), await planned(services, officer)
    gone, lcs = await sent(services, officer), await drafts.begin(mine, lc, CONTENT)
    await alike(drafts.to_change(officer, draft), drafts.set(officer, draft, is_urgent=True), None)
    await alike(drafts.to_change(officer, going_out), drafts.set(officer, going_out, is_urgent=True), None)
    await alike(drafts.to_change(officer, gone), drafts.set(officer, gone, is_urgent=True), Conflict)
    await alike(drafts.to_change(officer, draft, "repeat"), drafts.set(officer, draft, repeat=repeat), None)
    for one in (going_out, gone):
        await alike(drafts.to_change(officer, one, "repeat"), drafts.set(officer, one, repeat=repeat), Conflict)
    everybody = Audience(rule=AllLcs())
    await alike(drafts.to_change(officer, draft, "audience"), drafts.set(officer, draft, audience=everybody), None)
    await alike(drafts.to_change(mine, lcs, "audience"), drafts.set(mine, lcs, audience=everybody), Invalid)
    asking = "questions"
    await alike(drafts.to_change(officer, draft, asking), drafts.add_question(officer, draft, HOW_MANY), None)
    await alike(drafts.to_change(mine, lcs, asking), drafts.add_question(mine, lcs, HOW_MANY), Invalid)
    await alike(drafts.to_change(stranger, draft, asking), drafts.add_question(stranger, draft, HOW_MANY), NotAllowed)
    for _ in range(4):
        await drafts.add_question(officer, draft, HOW_MANY)
    await alike(drafts.to_change(officer, draft, "questions"), drafts.add_question(officer, draft, HOW_MANY), Conflict)


async def test_the_look_before_correcting_and_taking_back(services: Services, officer: Actor) -> None:
    corrections, content = services[CorrectionService], Content("総会", "2日です", "", "")
    draft, gone = await services[DraftService].begin(officer, None, CONTENT), await sent(services, officer)
    await alike(corrections.to_correct(officer, draft), corrections.correct(officer, draft, 0, content), Conflict)
    await alike(corrections.to_take_back(officer, draft), corrections.take_back(officer, draft), Conflict)
    await alike(corrections.to_correct(officer, gone), corrections.correct(officer, gone, 0, content), None)
    await alike(corrections.to_take_back(officer, gone), corrections.take_back(officer, gone), None)
    await alike(corrections.to_correct(officer, gone), corrections.correct(officer, gone, 1, content), Conflict)
    await alike(corrections.to_take_back(officer, gone), corrections.take_back(officer, gone), Conflict)


async def test_the_look_before_a_plan_and_before_a_check(services: Services, officer: Actor) -> None:
    drafts, planning, checks = services[DraftService], services[PlanningService], services[CheckService]
    await appoint_to(services, OTHER, "president")
    other = await actor(services, OTHER)
    one = await drafts.begin(officer, None, CONTENT)
    await alike(checks.to_answer(other, one, 1), checks.answer(other, one, 1, agrees=False), Conflict)
    await alike(checks.to_ask(officer, one), checks.ask(officer, one, OTHER), None)
    await alike(planning.to_plan(officer, one, 1), planning.plan(officer, one, 1), Conflict)
    await alike(checks.to_answer(officer, one, 1), checks.answer(officer, one, 1, agrees=False), NotAllowed)
    await alike(checks.to_answer(other, one, 0), checks.answer(other, one, 0, agrees=False), Moved)
    await alike(checks.to_answer(other, one, 1), checks.answer(other, one, 1, agrees=True), None)
    await alike(planning.to_plan(officer, one, 0), planning.plan(officer, one, 0), Moved)
    await alike(planning.to_plan(officer, one, 1), planning.plan(officer, one, 1), None)
    await alike(checks.to_ask(officer, one), checks.ask(officer, one, OTHER), Conflict)
    long = await drafts.begin(officer, None, TOO_LONG)
    await alike(planning.to_plan(officer, long, 1), planning.plan(officer, long, 1), Invalid)


async def test_looking_writes_nothing(services: Services, database: Database, officer: Actor) -> None:
    series = await planned(services, officer, repeat=Repeat(every=Every.WEEK))
    gone, draft = await sent(services, officer), await services[DraftService].begin(officer, None, CONTENT)
    with only_looking(database):
        assert len(await services[PlanningService].coming(officer, series)) == 3
        await services[DraftService].to_change(officer, draft, "repeat", "audience", "questions")
        await services[CorrectionService].to_correct(officer, gone)
        await services[PlanningService].to_plan(officer, draft, 1)
        await services[CheckService].to_ask(officer, draft)
        await services[OutsideService].routes(officer, gone)
        await services[OutsideService].invitable(officer)


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def second_page(setting: Setting) -> Any:
    """The same draft on another officer's screen."""
    listed = shown(await open_drafts(setting.other, setting.server.channel))
    await choose(setting.other, listed, "春の総会")
    return listed


BUTTONS = ("文面を編集", "宛先", "届ける場所", "質問", "その他の設定", "定期送信", "日時を指定", "確認を依頼")


async def test_an_old_page_of_a_draft_opens_nothing_once_it_was_sent(setting: Setting) -> None:
    page = await setting.write()
    old = await second_page(setting)
    await setting.officer.click(page, label="いま送る")
    for label in BUTTONS:
        pressed = await setting.other.click(old, label=label)
        assert pressed.modal is None, label
        assert "すでに送信されています" in text_of(pressed), label


async def test_what_waits_in_a_menu_for_lcs_by_name_is_looked_at_before_its_form(setting: Setting) -> None:
    page = await setting.write()
    old = await second_page(setting)
    await setting.other.click(old, label="宛先")
    await setting.officer.click(page, label="いま送る")
    for named in (
        await choose(setting.other, old, "LCを指定する"),
        await setting.other.click(old, label="除くLCを指定"),
    ):
        assert named.modal is None
        assert "すでに送信されています" in text_of(named)


async def test_an_old_page_of_what_was_taken_back_corrects_nothing(setting: Setting) -> None:
    await setting.send()
    status, old = await setting.status(), await setting.status(setting.other)
    await setting.officer.click(status, label="取り下げる")
    await setting.officer.click(status, label="はい、すべて取り下げる")
    correcting = await setting.other.click(old, label="内容を訂正")
    assert correcting.modal is None
    assert "もう訂正できません" in text_of(correcting)
    again = await setting.other.click(old, label="取り下げる")
    assert "はい、すべて取り下げる" not in labels(shown(again))


async def test_who_looks_at_a_plan_that_was_changed_is_told_before_they_say_when(setting: Setting) -> None:
    page = await setting.write()
    old = await second_page(setting)
    form = await setting.officer.click(page, label="文面を編集")
    await setting.officer.submit_modal(form, {"title": "別の件", "text_ja": "本文"})
    late = await setting.other.click(old, label="日時を指定")
    assert late.modal is None
    assert "下書きを見る" in labels(shown(late))
