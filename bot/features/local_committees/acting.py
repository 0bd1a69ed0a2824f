"""Helpers that join somebody else's transaction: putting LCs on the map, and changing something about one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.errors import Invalid
from bot.features.local_committees.models import LcState, LocalCommittee, Via
from bot.features.local_committees.queries import FIND, UNKNOWN_LC
from bot.features.people.actors import Actor
from bot.features.people.changes import Change
from bot.features.people.rules import Right
from bot.features.schools.models import School
from bot.features.schools.names import readings_of, search_text
from bot.i18n import N_


def heard_by(actor: Actor, right: Right, lc_id: int, via: Via | None, committee: str | None = None) -> Via | None:
    """How the actor, who does something for an LC, heard what it wants: None for the LC's own officers. ``committee``:
    the key of the one that it is about.

    Raises:
        NotAllowed: the actor lacks the right.
        Invalid: a national officer from outside of the LC doesn't say how.
    """
    actor.require(right, lc_id, committee)
    if lc_id in actor.officer_of:
        return None
    if via is None:
        raise Invalid(N_("Please choose how the LC told you: LINE, email, phone or in person."))
    return via


async def locked(change: Change, lc_id: int) -> LocalCommittee:
    """The LC, locked, so that changes to it come one after another.

    Raises:
        NotFound: there is no such LC in the actor's organisation.
    """
    return await change.lock(LocalCommittee, lc_id, UNKNOWN_LC, FIND)


def add_local_committees(session: AsyncSession, schools: Iterable[School], at: datetime) -> list[LocalCommittee]:
    """An LC without contact for each school, findable by every name that people use for the school and its place."""
    added = [
        LocalCommittee(
            organisation_id=school.organisation_id,
            school_id=school.id,
            state=LcState.NO_CONTACT.value,
            search_names=search_text(names_of(school)),
            search_places=search_places(school.prefecture),
            position=school.position,
            created_at=at,
        )
        for school in schools
    ]
    session.add_all(added)
    return added


@cache
def search_places(prefecture: str | None) -> str:
    """The places by which an LC in a prefecture can be found, as its ``search_places`` keeps them."""
    row = next((row for row in data.rows("prefectures") if row["code"] == prefecture), None)
    if row is None:
        return search_text([])
    names = [row["name_ja"], row["short_ja"], row["area_ja"]]
    return search_text([*names, row["name_en"], *readings_of(*names)])


def names_of(school: School, lc: LocalCommittee | None = None) -> list[str]:
    """Every name that people use for a school and for its LC, where that has its own."""
    names = [school.name_ja, school.name_en, *school.aliases.split("\n"), *school.former_names.split("\n")]
    # "The University of Tokyo" is typed without its article, and as "Tokyo University".
    plain = school.name_en.removeprefix("The ")
    if plain.startswith("University of "):
        plain = plain.removeprefix("University of ").removeprefix("the ") + " University"
    names += [plain, *readings_of(school.name_ja, *school.former_names.split("\n"))]
    if lc is not None:
        names += [lc.own_name_ja, lc.own_name_en, *lc.own_aliases.split("\n")]
    return names
