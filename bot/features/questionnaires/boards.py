"""All answers to some questions, for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, case, or_, select

from bot.db import Reader, fetch
from bot.errors import NotFound
from bot.features import Service
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.members.finding import visible
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.questionnaires.drawing_up import questions_of
from bot.features.questionnaires.models import AnswerSheet, AskedParty, Questionnaire
from bot.features.questionnaires.records import AskedRow, Board, Party, Sheet
from bot.features.schools.models import School
from bot.i18n import N_

GONE = N_("These questions don't exist any more.")


class BoardService(Service):
    async def board(self, actor: Actor, questionnaire_id: int) -> Board:
        """All answers: LCs in the directory's order, persons by name, those last whose names the actor may not see.
        Who hasn't answered is there, without an answer.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there are no such questions (any more).
        """
        actor.require(Right.READ_ANSWERS)
        head = select(Questionnaire.title, Questionnaire.deadline_at).where(
            Questionnaire.id == questionnaire_id,
            Questionnaire.organisation_id == actor.organisation.id,
            Questionnaire.opened_at.is_not(None),
        )
        is_of_people = select(AskedParty.id).where(
            AskedParty.questionnaire_id == questionnaire_id, AskedParty.person_id.is_not(None)
        )
        async with self.database.reading() as connection:
            heads = await fetch(connection, head)
            if not heads:
                raise NotFound(GONE)
            questions = await questions_of(connection, questionnaire_id)
            of_people = bool(await fetch(connection, is_of_people.limit(1)))
            rows = await (_people if of_people else _lcs)(connection, actor, questionnaire_id)
        return Board(
            questionnaire_id,
            heads[0].title,
            of_people,
            heads[0].deadline_at,
            questions,
            [
                AskedRow(
                    Party(row.lc_id, row.person_id),
                    row.name_ja or "",
                    row.name_en or "",
                    sheet_of(row, row.display_name) if row.answered_at is not None else None,
                )
                for row in rows
            ],
        )


async def _lcs(reader: Reader, actor: Actor, questionnaire_id: int) -> Sequence[Row[Any]]:
    query = (
        select(
            AskedParty.lc_id,
            AskedParty.person_id,
            School.name_ja,
            School.name_en,
            AnswerSheet.given,
            AnswerSheet.is_complete,
            AnswerSheet.answered_at,
            AnswerSheet.via,
            Person.display_name,
        )
        .select_from(AskedParty)
        .join(LocalCommittee, LocalCommittee.id == AskedParty.lc_id)
        .join(School, School.id == LocalCommittee.school_id)
        .outerjoin(
            AnswerSheet,
            and_(AnswerSheet.lc_id == AskedParty.lc_id, AnswerSheet.questionnaire_id == questionnaire_id),
        )
        .outerjoin(
            Person,
            and_(
                Person.organisation_id == actor.organisation.id,
                Person.discord_user_id == AnswerSheet.by_discord_id,
            ),
        )
        .where(AskedParty.questionnaire_id == questionnaire_id)
        .order_by(LocalCommittee.position, LocalCommittee.id)
    )
    return await fetch(reader, query)


async def _people(reader: Reader, actor: Actor, questionnaire_id: int) -> Sequence[Row[Any]]:
    name = name_for(actor)
    query = (
        select(
            AskedParty.lc_id,
            AskedParty.person_id,
            name.label("name_ja"),
            name.label("name_en"),
            AnswerSheet.given,
            AnswerSheet.is_complete,
            AnswerSheet.answered_at,
            AnswerSheet.via,
            name.label("display_name"),
        )
        .select_from(AskedParty)
        .join(Person, Person.id == AskedParty.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .outerjoin(
            AnswerSheet,
            and_(AnswerSheet.person_id == AskedParty.person_id, AnswerSheet.questionnaire_id == questionnaire_id),
        )
        .where(AskedParty.questionnaire_id == questionnaire_id)
        .order_by(name.is_(None), name, AskedParty.id)
    )
    return await fetch(reader, query)


def name_for(actor: Actor) -> Any:
    """A person's name where a national officer may see it, else NULL. It takes Person and, joined to it, Profile.

    Who has no profile is known by a post alone, and posts are no secret among officers.
    """
    return case((or_(Profile.id.is_(None), visible(actor)), Person.display_name))


def sheet_of(row: Any, by: str | None) -> Sheet:
    """The answer in a row; ``by``: the name of whoever entered it."""
    return Sheet(
        {int(question_id): value for question_id, value in row.given.items()},
        row.is_complete,
        row.answered_at,
        by,
        Via(row.via) if row.via else None,
    )
