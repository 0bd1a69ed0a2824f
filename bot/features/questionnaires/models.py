from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.features.asks.models import Ask
from bot.i18n import N_
from bot.personal import Personal, by_account, by_person, unnamed


class QuestionKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class Questionnaire(Record):
    """Up to five questions to LCs or to persons. They are written first, then opened for the people asked, then
    closed."""

    __tablename__ = "questionnaires"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    title: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime | None]
    #: Until when an answer may be changed; None: for as long as it is open.
    deadline_at: Mapped[datetime | None]
    #: Counts the times that an answer came or went, so that each showing of how many have answered is another one.
    turn: Mapped[int] = mapped_column(default=0, server_default="0")


class Question(Record):
    __tablename__ = "questions"

    questionnaire_id: Mapped[int] = mapped_column(Id, ForeignKey("questionnaires.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text_ja: Mapped[str] = mapped_column(String(200))
    text_en: Mapped[str] = mapped_column(String(200))
    #: The options to choose from; empty for the other kinds.
    options: Mapped[list[str]] = mapped_column(JSON)
    is_required: Mapped[bool]


#: Either LCs are asked, and answer, or persons.
EITHER = "(lc_id IS NULL) <> (person_id IS NULL)"


class AnswerSheet(Record):
    """The answer of an LC or a person. A missing or incomplete sheet is no answer."""

    __tablename__ = "answer_sheets"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "lc_id"),
        UniqueConstraint("questionnaire_id", "person_id"),
        CheckConstraint(EITHER, name="either"),
        {"sqlite_autoincrement": True},
    )

    questionnaire_id: Mapped[int] = mapped_column(Id, ForeignKey("questionnaires.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: Question id (as text) → answer.
    given: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_complete: Mapped[bool]
    answered_at: Mapped[datetime]
    by_discord_id: Mapped[int] = mapped_column(Snowflake)
    #: Set if a national officer entered it for the LC.
    via: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Questionnaire.title, cls.given, cls.answered_at).join(Questionnaire)
        yield Personal(cls, "own_answers", N_("Your own answers"), by_person(cls.person_id), taken)
        # The answer belongs to the LC and stays.
        taken = select(cls.lc_id, cls.given, cls.answered_at).where(cls.lc_id.is_not(None))
        whose, title = by_account(cls.by_discord_id), N_("Answers you gave for an LC")
        yield Personal(cls, "answer_sheets", title, whose, taken, unnamed(), is_late=True)


class AskedParty(Ask):
    """An LC or a person who was asked. They have answered once their sheet is complete. The questionnaire has the exact
    deadline."""

    __tablename__ = "asked_parties"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "lc_id"),
        UniqueConstraint("questionnaire_id", "person_id"),
        CheckConstraint(EITHER, name="either"),
        {"sqlite_autoincrement": True},
    )

    questionnaire_id: Mapped[int] = mapped_column(Id, ForeignKey("questionnaires.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Questionnaire.title, Questionnaire.opened_at, Questionnaire.deadline_at).join(cls)
        yield Personal(cls, "questions_asked", N_("Questions you were asked"), by_person(cls.person_id), taken)
