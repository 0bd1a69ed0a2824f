"""Schools without a member LC at which students are, and how many of them would like to start one."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bot.db import fetch
from bot.features import Service
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.members.models import Kind, LcAnswer, Profile
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.schools.models import School, SchoolKind
from bot.features.schools.names import fold_query


@dataclass(frozen=True, slots=True)
class Candidate:
    """A school at which an LC could be. ``state`` is None for one that isn't in the directory; its name is as most of
    its students wrote it, "" where they left it out. ``would_start`` and ``not_medical`` count among ``students``."""

    name_ja: str
    name_en: str
    state: LcState | None
    students: int
    would_start: int
    not_medical: int


@dataclass(slots=True)
class _Unlisted:
    names: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)


class OutreachService(Service):
    async def candidates(self, actor: Actor) -> list[Candidate]:
        """The schools with the most students who would start one come first. Graduates aren't counted, nor students who
        haven't joined.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.CHANGE_LC_STATE)
        query = (
            select(
                School.name_ja,
                School.name_en,
                School.kind,
                LocalCommittee.state,
                Profile.institution,
                func.count().label("students"),
                func.count().filter(Profile.would_start.is_(True)).label("would_start"),
                func.count().filter(Profile.lc_answer == LcAnswer.NOT_MEDICAL).label("not_medical"),
            )
            .join(School, School.id == Profile.school_id)
            .outerjoin(LocalCommittee, LocalCommittee.school_id == School.id)
            .where(
                Profile.organisation_id == actor.organisation.id,
                Profile.kind == Kind.STUDENT,
                Profile.joined_at.is_not(None),
                LocalCommittee.state.is_(None) | (LocalCommittee.state != LcState.MEMBER),
            )
            .group_by(School.id, School.name_ja, School.name_en, School.kind, LocalCommittee.state, Profile.institution)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        found, unlisted = [], defaultdict[str, _Unlisted](_Unlisted)
        for row in rows:
            if row.kind != SchoolKind.OTHER:
                state = LcState(row.state) if row.state else None
                found.append(Candidate(row.name_ja, row.name_en, state, row.students, row.would_start, row.not_medical))
                continue
            one = unlisted[fold_query(row.institution)]  # the same school as people write it
            one.names[row.institution] += row.students
            one.counts.update(students=row.students, would_start=row.would_start, not_medical=row.not_medical)
        for one in unlisted.values():
            name = max(one.names, key=lambda written: (one.names[written], written))
            counts = one.counts
            found.append(Candidate(name, name, None, counts["students"], counts["would_start"], counts["not_medical"]))
        return sorted(found, key=lambda one: (-one.would_start, -(one.students - one.not_medical), one.name_ja))
