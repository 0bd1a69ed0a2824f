"""How many have answered, for whoever shows it: a minute after an answer a job is due, and one waits at a time, so
however many answer, what is shown changes once a minute and then says what is so."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.outbox import enqueue_once
from bot.features.questionnaires.models import AnswerSheet, AskedParty, Questionnaire
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

#: The feature that asks registers what it does: its payload names the questionnaire.
ANSWERED = JobKind("questionnaires:answered", N_("Showing how many have answered (automatic)"))
SHOWN_AFTER = timedelta(minutes=1)


async def say_answered(session: AsyncSession, questionnaire_id: int, moment: Moment) -> None:
    """An answer came or went. The row of the questionnaire is locked until the end of the transaction: the job, which
    locks it too, can't have looked before that."""
    query = (
        update(Questionnaire)
        .where(Questionnaire.id == questionnaire_id)
        .values(turn=Questionnaire.turn + 1)
        .returning(Questionnaire.turn)
        .execution_options(synchronize_session=False)
    )
    turn = (await session.execute(query)).scalar_one()
    about = f"questionnaire:{questionnaire_id}:answered"
    part, payload = f"{questionnaire_id}:{turn}", {"questionnaire": questionnaire_id}
    job = ANSWERED.at(moment.now + SHOWN_AFTER, moment, part, payload, about=about)
    await enqueue_once(session, job, moment.now)


async def locked_turn(session: AsyncSession, questionnaire_id: int) -> int:
    """How many answers came or went up to now, while no other can."""
    query = select(Questionnaire.turn).where(Questionnaire.id == questionnaire_id).with_for_update()
    return (await session.execute(query)).scalar_one()


async def lcs_with_a_sheet(reader: Reader, questionnaire_id: int) -> set[int]:
    """The LCs that have ever written an answer, though it may be incomplete or taken back by now."""
    query = select(AnswerSheet.lc_id).where(
        AnswerSheet.questionnaire_id == questionnaire_id, AnswerSheet.lc_id.is_not(None)
    )
    return {row.lc_id for row in await fetch(reader, query)}


async def answered_lcs(reader: Reader, questionnaire_id: int) -> set[int]:
    query = select(AskedParty.lc_id).where(
        AskedParty.questionnaire_id == questionnaire_id,
        AskedParty.lc_id.is_not(None),
        AskedParty.answered_at.is_not(None),
    )
    return {row.lc_id for row in await fetch(reader, query)}
