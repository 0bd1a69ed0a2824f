from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.local_committees.acting import heard_by, locked
from bot.features.local_committees.models import LcState, LocalCommittee, Via
from bot.features.local_committees.queries import with_lc
from bot.features.members.finding import visible
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.questionnaires.models import AnswerSheet, AskedParty, Question, QuestionKind, Questionnaire
from bot.features.questionnaires.progress import say_answered
from bot.i18n import N_
from bot.numerals import read_whole
from bot.typed import NO_INK, name_problem


def answer_step(questionnaire_id: int) -> NextStep:
    """The step to the form, for people who answer for an LC or for themselves."""
    return NextStep(N_("Answer"), f"questionnaires:answer:{questionnaire_id}")


def board_step(questionnaire_id: int) -> NextStep:
    """The step to all answers, for national officers."""
    return NextStep(N_("Answers"), f"questionnaires:board:{questionnaire_id}:0")


class QuestionnaireService(Service):
    async def paper(self, actor: Actor, questionnaire_id: int, party: Party) -> Paper:
        """The questions with the LC's or person's answers so far.

        Raises:
            NotAllowed: the actor is neither this person, nor an officer of this LC, nor (for an LC's answers) a
                national officer in office.
            NotFound: there are no such questions (any more), or this party isn't among those asked.
        """
        paper, _ = await self._paper(actor, questionnaire_id, party)
        return paper

    async def to_fill_in(self, actor: Actor, questionnaire_id: int, party: Party, *, heard: bool) -> Paper:
        """The same, before somebody answers. ``heard``: a national officer enters what an LC told them.

        Raises:
            NotAllowed, NotFound: as ``paper``.
            Conflict: ``answer`` would refuse any answer.
        """
        paper, row = await self._paper(actor, questionnaire_id, party)
        _require_open(row, actor, heard, self.clock.now())
        return paper

    async def _paper(self, actor: Actor, questionnaire_id: int, party: Party) -> tuple[Paper, Row[Any]]:
        _require(actor, party)
        async with self.database.reading() as connection:
            row, questions = await _asked(connection, actor, questionnaire_id, party)
            sheets = await fetch(connection, _sheets(questionnaire_id).where(_is(AnswerSheet, party)))
        paper = Paper(
            questionnaire_id,
            row.title,
            party,
            row.lc_ja or row.display_name,
            row.lc_en or row.display_name,
            row.deadline_at,
            questions,
            _sheet(sheets[0]) if sheets else None,
        )
        return paper, row

    async def answer(
        self,
        actor: Actor,
        questionnaire_id: int,
        party: Party,
        typed: Mapping[int, str],
        via: Via | None = None,
    ) -> list[Refused]:
        """Set the answer of an LC or a person. Unusable values are returned and leave their questions as they were.

        ``typed``: question id → typed or chosen value; an empty text removes the answer to that question.

        Raises:
            NotAllowed: the actor is neither this person, nor an officer of this LC, nor (for an LC) a national officer
                in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there are no such questions (any more), or this party isn't among those asked.
            Conflict: the deadline has passed (for the party itself), or the questionnaire is closed.
        """
        _require(actor, party)
        if party.lc_id is not None:
            via = heard_by(actor, Right.ANSWER_FOR_LC, party.lc_id, via)
        async with change_by(self, actor) as change:
            _require(actor, party)
            row, questions = await _asked(change.session, actor, questionnaire_id, party)
            _require_open(row, actor, via is not None, change.now)
            await _lock(change, party)  # with two answers at once, the second sees the first
            answered_at = await change.session.scalar(select(AskedParty.answered_at).where(AskedParty.id == row.id))
            this = (AnswerSheet.questionnaire_id == questionnaire_id, _is(AnswerSheet, party))
            before = await change.session.scalar(select(AnswerSheet.given).where(*this))
            values: dict[str, Any] = dict(before or {})
            refused = _take_over(questions, typed, values)
            changes: dict[str, Any] = {
                "given": values,
                "is_complete": all(str(one.question_id) in values for one in questions if one.is_required),
                "answered_at": change.now,
                "by_discord_id": actor.caller.discord_user_id,
                "via": via.value if via else None,
            }
            key = {"questionnaire_id": questionnaire_id, "lc_id": party.lc_id, "person_id": party.person_id}
            if await insert_if_absent(change.session, AnswerSheet, **key, **changes) is None:
                await change.session.execute(update(AnswerSheet).where(*this).values(**changes))
            said_at = change.now if changes["is_complete"] else None
            await change.session.execute(update(AskedParty).where(AskedParty.id == row.id).values(answered_at=said_at))
            if party.lc_id is not None and (answered_at is None) != (said_at is None):
                await say_answered(change.session, questionnaire_id, change.moment)
            if party.lc_id is not None:
                change.note("lc.question", "local_committee", party.lc_id, ("answer",), via)
            else:
                change.note("question.answer", "person", party.person_id or 0, ("answer",))
        return refused

    async def asked_of(self, actor: Actor, questionnaire_id: int) -> list[Party]:
        """The asked parties the actor may answer for: themselves and their own LCs, nobody else."""
        own: Any = AskedParty.lc_id.in_(actor.lcs_where(Right.ANSWER_FOR_LC))
        if actor.person_id is not None:
            own |= AskedParty.person_id == actor.person_id
        query = (
            select(AskedParty.lc_id, AskedParty.person_id)
            .where(AskedParty.questionnaire_id == questionnaire_id, own)
            .order_by(AskedParty.id)
        )
        async with self.database.reading() as connection:
            return [Party(row.lc_id, row.person_id) for row in await fetch(connection, query)]


def _require(actor: Actor, party: Party) -> None:
    if party.lc_id is not None:
        actor.require(Right.ANSWER_FOR_LC, party.lc_id)
    elif party.person_id != actor.person_id:
        raise NotAllowed(N_("Only the person asked can answer this."))


def _require_open(row: Row[Any], actor: Actor, heard: bool, now: datetime) -> None:
    if row.closed_at is not None:
        raise Conflict(N_("Answers are closed because the announcement was withdrawn. Nothing was changed."))
    # A national officer may still enter an answer they heard late.
    if not heard and row.deadline_at is not None and now > row.deadline_at:
        raise Conflict(
            N_(
                "Answers closed on {time}. Nothing was changed. If you still want to answer or change your "
                "answer, please contact the sender of the announcement."
            ),
            time=local_time(row.deadline_at, actor.organisation.time_zone),
        )


async def _lock(change: Change, party: Party) -> None:
    if party.lc_id is not None:
        await locked(change, party.lc_id)
    else:
        await change.session.execute(select(Person.id).where(Person.id == party.person_id).with_for_update())


def _is(table: type[AskedParty | AnswerSheet], party: Party) -> ColumnElement[bool]:
    if party.lc_id is not None:
        return table.lc_id == party.lc_id
    return table.person_id == party.person_id


def _take_over(questions: list[QuestionCard], typed: Mapping[int, str], values: dict[str, Any]) -> list[Refused]:
    refused = []
    for question in questions:
        if question.question_id not in typed:
            continue
        value, why = read_value(question, typed[question.question_id])
        if why is not None:
            refused.append(Refused(question, why))
        elif value is None:
            values.pop(str(question.question_id), None)
        else:
            values[str(question.question_id)] = value
    return refused


async def _asked(
    reader: Reader, actor: Actor, questionnaire_id: int, party: Party
) -> tuple[Row[Any], list[QuestionCard]]:
    asked = (
        select(AskedParty.id, AskedParty.closed_at, Questionnaire.title, Questionnaire.deadline_at, Person.display_name)
        .select_from(AskedParty)
        .join(Questionnaire, Questionnaire.id == AskedParty.questionnaire_id)
    )
    query = (
        with_lc(asked, AskedParty.lc_id, outer=True)
        .outerjoin(Person, Person.id == AskedParty.person_id)
        .where(
            Questionnaire.id == questionnaire_id,
            Questionnaire.organisation_id == actor.organisation.id,
            Questionnaire.opened_at.is_not(None),
            _is(AskedParty, party),
        )
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    return rows[0], await questions_of(reader, questionnaire_id)


def _sheets(questionnaire_id: int) -> Any:
    return (
        select(
            AnswerSheet.given,
            AnswerSheet.is_complete,
            AnswerSheet.answered_at,
            AnswerSheet.via,
            Person.display_name,
        )
        .join(Questionnaire, Questionnaire.id == AnswerSheet.questionnaire_id)
        .outerjoin(
            Person,
            and_(
                Person.organisation_id == Questionnaire.organisation_id,
                Person.discord_user_id == AnswerSheet.by_discord_id,
            ),
        )
        .where(AnswerSheet.questionnaire_id == questionnaire_id)
    )


def _sheet(row: Any) -> Sheet:
    return sheet_of(row, row.display_name)


#: A Discord form holds this many.
MAX_QUESTIONS = 5
#: A Discord menu holds this many options, each with at most so many characters.
MAX_OPTIONS, MAX_OPTION = 25, 100
MAX_QUESTION, MAX_ANSWER = 100, 500


@dataclass(frozen=True, slots=True)
class NewQuestion:
    kind: QuestionKind
    text_ja: str
    text_en: str
    options: Sequence[str]
    is_required: bool


@dataclass(frozen=True, slots=True)
class QuestionCard:
    question_id: int
    kind: QuestionKind
    text_ja: str
    text_en: str
    options: tuple[str, ...]
    is_required: bool


@dataclass(frozen=True, slots=True)
class Party:
    """The party that is asked: either an LC or a person."""

    lc_id: int | None = None
    person_id: int | None = None

    def __post_init__(self) -> None:
        assert (self.lc_id is None) != (self.person_id is None), "either an LC or a person"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of an LC or a person: question id → value (an option, a number, a text)."""

    values: Mapping[int, str | int]
    is_complete: bool
    answered_at: datetime
    #: The name of the person who entered it, None if they aren't known any more.
    by: str | None
    via: Via | None


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions with the answer of one LC or person."""

    questionnaire_id: int
    title: str
    party: Party
    name_ja: str
    name_en: str
    deadline_at: datetime | None
    questions: list[QuestionCard]
    sheet: Sheet | None

    def changes(self, typed: Mapping[int, str]) -> dict[int, str]:
        """Of what was typed over the paper, all that isn't left as it was: what another officer of the LC answers
        meanwhile stays."""
        given = self.sheet.values if self.sheet else {}
        return {number: text for number, text in typed.items() if text != str(given.get(number, ""))}


@dataclass(frozen=True, slots=True)
class AskedRow:
    """The names are empty if the reader may not see the person's name. ``is_dormant``: an LC that rests."""

    party: Party
    name_ja: str
    name_en: str
    sheet: Sheet | None
    has_answered: bool
    is_dormant: bool


@dataclass(frozen=True, slots=True)
class AllAnswers:
    """All answers to a questionnaire. ``of_people``: persons were asked, not LCs."""

    questionnaire_id: int
    title: str
    of_people: bool
    deadline_at: datetime | None
    questions: list[QuestionCard]
    rows: list[AskedRow] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(row.has_answered for row in self.rows)

    def counts(self, question: QuestionCard) -> Counter[str | int]:
        """How often each value was given."""
        given = (row.sheet.values.get(question.question_id) for row in self.rows if row.sheet)
        return Counter(value for value in given if value is not None)


@dataclass(frozen=True, slots=True)
class Refused:
    """An unusable value: the question, and the reason as a message id."""

    question: QuestionCard
    message: str


#: Without the ORM, which is slow over thousands of rows.
_ASKED: Any = AskedParty.__table__


async def begin(session: AsyncSession, organisation_id: int, title: str) -> int:
    """Create an empty questionnaire and return its id."""
    row = Questionnaire(organisation_id=organisation_id, title=title[:200])
    session.add(row)
    await session.flush()
    return row.id


def require_room(count: int) -> None:
    """Raises Conflict if the form is full."""
    if count >= MAX_QUESTIONS:
        raise Conflict(
            N_("There are already {n} questions, the most one form can hold. Remove one to add another."),
            n=MAX_QUESTIONS,
        )


async def add_question(session: AsyncSession, questionnaire_id: int, new: NewQuestion) -> None:
    """Add a question to a questionnaire that isn't open yet.

    Raises:
        Invalid: the text is empty or too long, or there are no options to choose from, or too many.
        Conflict: there are five already.
    """
    text_ja, text_en = new.text_ja.strip(), new.text_en.strip()
    options = list(dict.fromkeys(filter(None, (option.strip() for option in new.options))))
    if any(name_problem(one) for one in options):
        raise Invalid(N_("Please enter readable options without mentions."))
    if name_problem(text_ja) == NO_INK or (text_en and name_problem(text_en) == NO_INK):
        raise Invalid(N_("Please enter the question."))
    if max(len(text_ja), len(text_en)) > MAX_QUESTION:
        raise Invalid(
            N_("A question can have up to {n} characters. Please put longer explanations in the announcement text."),
            n=MAX_QUESTION,
        )
    if new.kind is QuestionKind.CHOICE and not 2 <= len(options) <= MAX_OPTIONS:
        raise Invalid(N_("Please enter 2 to {n} options to choose from, one per line."), n=MAX_OPTIONS)
    if any(len(option) > MAX_OPTION for option in options):
        raise Invalid(N_("An option can have up to {n} characters. Please shorten it."), n=MAX_OPTION)
    count = await session.scalar(
        select(func.count()).select_from(Question).where(Question.questionnaire_id == questionnaire_id)
    )
    require_room(count or 0)
    session.add(
        Question(
            questionnaire_id=questionnaire_id,
            kind=new.kind.value,
            text_ja=text_ja,
            text_en=text_en,
            options=options if new.kind is QuestionKind.CHOICE else [],
            is_required=new.is_required,
        )
    )


async def remove_question(session: AsyncSession, questionnaire_id: int, question_id: int) -> None:
    await session.execute(
        delete(Question).where(Question.id == question_id, Question.questionnaire_id == questionnaire_id)
    )


async def copy(session: AsyncSession, questionnaire_id: int) -> int:
    """Copy the questions into a new questionnaire that isn't open yet, and return its id."""
    old = await session.get_one(Questionnaire, questionnaire_id)
    new_id = await begin(session, old.organisation_id, old.title)
    for card in await questions_of(session, questionnaire_id):
        session.add(
            Question(
                questionnaire_id=new_id,
                kind=card.kind.value,
                text_ja=card.text_ja,
                text_en=card.text_en,
                options=list(card.options),
                is_required=card.is_required,
            )
        )
    return new_id


async def open_to(
    session: AsyncSession,
    questionnaire_id: int,
    title: str,
    parties: Collection[Party],
    deadline_at: datetime | None,
    at: datetime,
) -> None:
    """Ask these LCs or persons. It is opened once."""
    await session.execute(
        update(Questionnaire)
        .where(Questionnaire.id == questionnaire_id)
        .values(title=title[:200], opened_at=at, deadline_at=deadline_at)
    )
    rows = [
        {"questionnaire_id": questionnaire_id, "lc_id": party.lc_id, "person_id": party.person_id} for party in parties
    ]
    if rows:
        await session.execute(insert(_ASKED), rows)


async def questions_of(reader: Reader, questionnaire_id: int) -> list[QuestionCard]:
    query = (
        select(Question.id, Question.kind, Question.text_ja, Question.text_en, Question.options, Question.is_required)
        .where(Question.questionnaire_id == questionnaire_id)
        .order_by(Question.id)
    )
    return [
        QuestionCard(row.id, QuestionKind(row.kind), row.text_ja, row.text_en, tuple(row.options), row.is_required)
        for row in await fetch(reader, query)
    ]


GONE = N_("These questions no longer exist. You can see what is waiting for you on /home.")


class BoardService(Service):
    async def board(self, actor: Actor, questionnaire_id: int) -> AllAnswers:
        """All answers: LCs in the directory's order, persons by name, hidden names last. Parties that haven't answered
        are listed without an answer.

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
        return AllAnswers(
            questionnaire_id,
            heads[0].title,
            of_people,
            heads[0].deadline_at,
            questions,
            [
                AskedRow(
                    Party(row.lc_id, row.person_id),
                    (row.display_name if of_people else row.lc_ja) or "",
                    (row.display_name if of_people else row.lc_en) or "",
                    sheet_of(row, row.display_name) if row.given is not None else None,
                    row.has_answered,
                    not of_people and row.state == LcState.DORMANT,
                )
                for row in rows
            ],
        )


async def _lcs(reader: Reader, actor: Actor, questionnaire_id: int) -> Sequence[Row[Any]]:
    ours, by = Person.organisation_id == actor.organisation.id, Person.discord_user_id == AnswerSheet.by_discord_id
    query = (
        with_lc(_rows(questionnaire_id, AnswerSheet.lc_id == AskedParty.lc_id), AskedParty.lc_id)
        .add_columns(LocalCommittee.state)
        .outerjoin(Person, and_(ours, by))
        .add_columns(Person.display_name)
        .order_by(LocalCommittee.position, LocalCommittee.id)
    )
    return await fetch(reader, query)


async def _people(reader: Reader, actor: Actor, questionnaire_id: int) -> Sequence[Row[Any]]:
    name = name_for(actor)
    query = (
        _rows(questionnaire_id, AnswerSheet.person_id == AskedParty.person_id)
        .join(Person, Person.id == AskedParty.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .add_columns(name.label("display_name"))
        .order_by(name.is_(None), name, AskedParty.id)
    )
    return await fetch(reader, query)


def _rows(questionnaire_id: int, theirs: ColumnElement[bool]) -> Any:
    """Every asked party, with its answers from ``theirs`` or none."""
    return (
        select(
            AskedParty.lc_id,
            AskedParty.person_id,
            AskedParty.answered_at.is_not(None).label("has_answered"),
            AnswerSheet.given,
            AnswerSheet.is_complete,
            AnswerSheet.answered_at,
            AnswerSheet.via,
        )
        .select_from(AskedParty)
        .outerjoin(AnswerSheet, and_(AnswerSheet.questionnaire_id == questionnaire_id, theirs))
        .where(AskedParty.questionnaire_id == questionnaire_id)
    )


def name_for(actor: Actor) -> Any:
    """A person's name if a national officer may see it, else NULL. The query needs Person and a joined Profile.

    A person without a profile is known only by a post, and posts are no secret among officers.
    """
    return case((or_(Profile.id.is_(None), visible(actor)), Person.display_name))


def sheet_of(row: Any, by: str | None) -> Sheet:
    """The answer in a row; ``by``: the name of the person who entered it."""
    return Sheet(
        {int(question_id): value for question_id, value in row.given.items()},
        row.is_complete,
        row.answered_at,
        by,
        Via(row.via) if row.via else None,
    )


def read_value(question: QuestionCard, typed: str) -> tuple[str | int | None, str | None]:
    """The value of an answer, or the reason why it can't be used. (None, None): nothing was typed."""
    text = typed.strip()
    if not text:
        return None, None
    match question.kind:
        case QuestionKind.CHOICE:
            return (text, None) if text in question.options else (None, N_("Please choose one of the options."))
        case QuestionKind.NUMBER:
            try:
                return read_whole(text), None
            except Invalid as refused:
                return None, refused.message
        case QuestionKind.TEXT:
            if len(text) > MAX_ANSWER:
                return None, N_("That's too long. Please use up to 500 characters.")
            return text, None
