from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    String,
    TupleType,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.db import Id, fetch
from bot.errors import Invalid, Moved, NotFound
from bot.features import Service
from bot.features.committees.models import CommitteeAnswer, Reply, StandingCommittee
from bot.features.homes.facts import Query
from bot.features.local_committees.acting import heard_by, locked
from bot.features.local_committees.models import LcState, LocalCommittee, Via
from bot.features.local_committees.queries import CARD, FIND, UNKNOWN_LC, as_card, card_parameters, with_lc
from bot.features.local_committees.values import Card
from bot.features.organisations.models import OrganisationKind
from bot.features.people import rules
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, list_parameter, parameter
from bot.features.people.changes import change_by
from bot.features.people.rules import Right
from bot.i18n import N_


@dataclass(frozen=True, slots=True)
class Answered:
    """A committee and what an LC says to it this year; ``reply`` None is no answer. ``via``: entered for the LC."""

    committee_id: int
    key: str
    abbreviation: str
    name_ja: str
    name_en: str
    reply: Reply | None
    answered_at: datetime | None
    via: Via | None


class CommitteeService(Service):
    async def answers(self, actor: Actor, lc_id: int) -> list[Answered]:
        """All committees of the actor's organisation with the LC's answers for this fiscal year. One statement."""
        parameters = {"organisation": actor.organisation.id, "lc": lc_id, "year": _year(actor)}
        async with self.database.reading() as connection:
            rows = await fetch(connection, _ANSWERS, parameters)
        return [_answered(row) for row in rows]

    async def card(self, actor: Actor, lc_id: int) -> tuple[Card, list[Answered]]:
        """An LC with its answers for this fiscal year. One statement.

        Raises:
            NotFound: there is no such LC in the actor's organisation.
        """
        parameters = {**card_parameters(actor, lc_id), "year": _year(actor)}
        async with self.database.reading() as connection:
            rows = await fetch(connection, _CARD_WITH_ANSWERS, parameters)
        if not rows:
            raise NotFound(UNKNOWN_LC, next_steps=[FIND])
        return as_card(rows[0]), [_answered(row) for row in rows if row.committee_id is not None]

    async def silent_lcs(self, organisation_id: int, today: date) -> int:
        """How many member LCs have answered no committee at all in the fiscal year around ``today``."""
        year = rules.fiscal_year(today)[0].year
        answered = select(CommitteeAnswer.lc_id).where(
            CommitteeAnswer.organisation_id == organisation_id, CommitteeAnswer.year == year
        )
        query = select(func.count()).where(
            LocalCommittee.organisation_id == organisation_id,
            LocalCommittee.state == LcState.MEMBER,
            LocalCommittee.id.not_in(answered),
        )
        async with self.database.reading() as connection:
            return await connection.scalar(query) or 0

    async def answer(
        self,
        actor: Actor,
        lc_id: int,
        replies: Mapping[int, Reply | None],
        via: Via | None = None,
        year: int | None = None,
    ) -> None:
        """Set, change or take back (None) what an LC answers committees, by their ids, for this fiscal year. ``year``:
        the one that the actor had before them. All of it or nothing. The line in the history names the committees.

        Raises:
            NotAllowed: the actor may answer neither for that LC nor for each of these committees.
            Invalid: nothing is answered, or a national officer from outside of the LC doesn't say how they heard it.
            Moved: another year has begun.
            NotFound: there is no such LC or committee in the actor's organisation.
        """
        if not replies:
            raise Invalid(N_("Nothing was changed: every answer is as it was. Please tick what your LC answers."))
        async with self.database.reading() as connection:
            found = await fetch(connection, _KEYS.where(StandingCommittee.organisation_id == actor.organisation.id))
        keys = {row.id: row.key for row in found}
        about = [keys.get(committee_id) for committee_id in replies]
        for committee in about:
            actor.require(Right.ANSWER_FOR_LC, lc_id, committee)
        if None in about:
            raise NotFound(N_("That committee no longer exists. Please choose another one."))
        heard_by(actor, Right.ANSWER_FOR_LC, lc_id, via, about[0])
        async with change_by(self, actor, Right.ANSWER_FOR_LC, lc_id, about[0]) as change:
            heard = [heard_by(change.actor, Right.ANSWER_FOR_LC, lc_id, via, committee) for committee in about]
            this_year = _year(change.actor)
            if year not in (None, this_year):
                raise Moved(N_("A new year has begun. Please open the answers anew and answer for this year."))
            await locked(change, lc_id)
            old = and_(CommitteeAnswer.committee_id.in_(replies), CommitteeAnswer.year == this_year)
            await change.session.execute(delete(CommitteeAnswer).where(CommitteeAnswer.lc_id == lc_id, old))
            for (committee_id, reply), told in zip(replies.items(), heard, strict=True):
                if reply is not None:
                    change.session.add(
                        CommitteeAnswer(
                            organisation_id=actor.organisation.id,
                            lc_id=lc_id,
                            committee_id=committee_id,
                            year=this_year,
                            reply=reply.value,
                            answered_at=change.now,
                            via=told,
                        )
                    )
            for way in dict.fromkeys(heard):
                answered = [keys[number] for number, told in zip(replies, heard, strict=True) if told == way]
                change.note("lc.answer", "local_committee", lc_id, answered, way)


def add_committees(session: AsyncSession, organisation_id: int) -> None:
    """Give a new association the six standing committees."""
    for position, row in enumerate(data.rows("committees")):
        values = {**row, "colour": int(row["colour"], 16)}
        session.add(StandingCommittee(organisation_id=organisation_id, position=position, **values))


def _year(actor: Actor) -> int:
    return rules.fiscal_year(actor.today)[0].year


_OWN_LCS = with_lc(select(LocalCommittee.id, LocalCommittee.id.label("lc_id"))).where(
    LocalCommittee.organisation_id == ASKER.organisation_id, LocalCommittee.id.in_(ASKER.lc_ids)
)


def own_lcs(actor: Actor) -> Query | None:
    """For home: the LCs to which the actor belongs today (``lc_id`` with its names)."""
    return _OWN_LCS if actor.lc_ids and actor.organisation.kind == OrganisationKind.ASSOCIATION else None


def _answers_for(actor: Actor) -> list[int]:
    """The LCs of the actor for which they answer about every committee."""
    return [lc_id for lc_id in actor.officer_of if actor.may(Right.ANSWER_FOR_LC, lc_id)]


def _answers_in_part(actor: Actor) -> list[tuple[int, str]]:
    """The LCs for which they answer about the committee of one of their posts, each with its key."""
    keys = dict.fromkeys(one.committee for one in actor.current if one.committee is not None)
    return [(lc_id, key) for lc_id in actor.officer_of for key in keys if actor.may(Right.ANSWER_FOR_LC, lc_id, key)]


_PLACE = (LocalCommittee.id, StandingCommittee.key)
_MISSING = (
    select(
        StandingCommittee.id,
        StandingCommittee.abbreviation.label("ja"),
        StandingCommittee.abbreviation.label("en"),
        StandingCommittee.position.label("n"),
        LocalCommittee.id.label("lc_id"),
    )
    .join(LocalCommittee, LocalCommittee.organisation_id == StandingCommittee.organisation_id)
    .where(
        StandingCommittee.organisation_id == ASKER.organisation_id,
        or_(
            LocalCommittee.id.in_(list_parameter(Id, lambda actor, _: _answers_for(actor))),
            tuple_(*_PLACE).in_(list_parameter(TupleType(Id, String()), lambda actor, _: _answers_in_part(actor))),
        ),
        ~exists().where(
            CommitteeAnswer.committee_id == StandingCommittee.id,
            CommitteeAnswer.lc_id == LocalCommittee.id,
            CommitteeAnswer.year == parameter(Integer(), lambda actor, _: _year(actor)),
        ),
    )
)


def missing_answers(actor: Actor) -> Query | None:
    """For home: the committees (``id``, ``ja``, ``en``: their names; ``n``: their place in the order) that an LC
    (``lc_id``) hasn't answered this year, of those for which the actor may answer there."""
    if actor.organisation.kind != OrganisationKind.ASSOCIATION:
        return None
    return _MISSING if _answers_for(actor) or _answers_in_part(actor) else None


def _answered(row: Row[Any]) -> Answered:
    return Answered(
        row.committee_id,
        row.committee_key,
        row.abbreviation,
        row.committee_ja,
        row.committee_en,
        Reply(row.reply) if row.reply else None,
        row.answered_at,
        Via(row.via) if row.via else None,
    )


_KEYS = select(StandingCommittee.id, StandingCommittee.key)
_COLUMNS = (
    StandingCommittee.id.label("committee_id"),
    StandingCommittee.key.label("committee_key"),
    StandingCommittee.abbreviation,
    StandingCommittee.name_ja.label("committee_ja"),
    StandingCommittee.name_en.label("committee_en"),
    CommitteeAnswer.reply,
    CommitteeAnswer.answered_at,
    CommitteeAnswer.via,
)
_THIS_YEARS = and_(
    CommitteeAnswer.committee_id == StandingCommittee.id,
    CommitteeAnswer.lc_id == bindparam("lc"),
    CommitteeAnswer.year == bindparam("year"),
)
_ANSWERS = (
    select(*_COLUMNS)
    .outerjoin(CommitteeAnswer, _THIS_YEARS)
    .where(StandingCommittee.organisation_id == bindparam("organisation"))
    .order_by(StandingCommittee.position)
)
_CARD_WITH_ANSWERS = (
    CARD.add_columns(*_COLUMNS)
    .outerjoin(StandingCommittee, StandingCommittee.organisation_id == LocalCommittee.organisation_id)
    .outerjoin(CommitteeAnswer, _THIS_YEARS)
    .order_by(StandingCommittee.position)
)
