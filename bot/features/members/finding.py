"""Finding people by name, reading, school, LC or committee, for those who may."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true

from bot.db import Reader, fetch
from bot.errors import Invalid, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members import rules
from bot.features.members.models import Interest, LcClaim, Profile, Visibility
from bot.features.members.queries import profile_of, with_profile
from bot.features.members.rules import clean
from bot.features.members.values import JOIN, Found, FoundPage, MemberCard
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.schools.names import fold, fold_query
from bot.i18n import N_

PAGE = 10
MAX_TEXT = 60
_KANA = re.compile("[ぁ-ゖー]+")
#: So many kana are no person's name any more.
_SURELY_A_SCHOOL = 6
FIND = NextStep(N_("Search again"), "members:ask")
#: One answer for "there is nobody" and "not for you to see", so that it doesn't tell the one from the other.
NOBODY = N_("No members found among those you can see. Officers can find the members of their own LC.")


class FindService(Service):
    async def find(self, actor: Actor, text: str, page: int = 0) -> FoundPage:
        """One page of the people who match ``text`` and whom the actor may find. A page past the end is the last one.

        Raises:
            NotAllowed: the actor has neither joined nor holds a post.
            Invalid: nothing is left of the text to search by.
            NotFound: nobody matches.
        """
        text = clean(text)[:MAX_TEXT]
        async with self.database.reading() as connection:
            await _require_belonging(connection, actor)
            if not fold(text):
                raise Invalid(N_("Please type at least one letter of a name, a school or a committee."))
            query = await self._query(connection, actor, text)
            rows = await fetch(connection, query.limit(PAGE).offset(page * PAGE))
            if not rows and page:
                page = max(0, (await _total(connection, query) - 1) // PAGE)
                rows = await fetch(connection, query.limit(PAGE).offset(page * PAGE))
            if not rows:
                raise NotFound(NOBODY, next_steps=[FIND])
            total = rows[0].total
            found = await _named(connection, [row.person_id for row in rows])
        return FoundPage(text, found, total, page, (total - 1) // PAGE + 1)

    async def complete(self, actor: Actor, text: str) -> list[Found]:
        """At most 25 for what has been typed so far; nobody, as long as nothing has."""
        text = clean(text)[:MAX_TEXT]
        async with self.database.reading() as connection:
            if not fold(text) or not await _belongs(connection, actor):
                return []
            rows = await fetch(connection, (await self._query(connection, actor, text)).limit(25))
            return list(await _named(connection, [row.person_id for row in rows]))

    async def show(self, actor: Actor, person_id: int) -> MemberCard:
        """The card of somebody whom the actor may find.

        Raises:
            NotAllowed: the actor has neither joined nor holds a post.
            NotFound: there is nobody, or not for this reader.
        """
        query = select(Person.discord_user_id).join(Profile, Profile.person_id == Person.id)
        query = query.where(visible(actor), Profile.organisation_id == actor.organisation.id, Person.id == person_id)
        async with self.database.reading() as connection:
            await _require_belonging(connection, actor)
            row = (await connection.execute(query)).one_or_none()
            profile = await profile_of(connection, actor.organisation.id, person_id, actor.today) if row else None
            if row is None or profile is None:
                raise NotFound(NOBODY, next_steps=[FIND])
            posts = await fetch(
                connection,
                with_lc(select(Post.name_ja, Post.name_en).join(Term, Term.post_id == Post.id), Term.lc_id, outer=True)
                .where(
                    Term.person_id == person_id,
                    Post.is_officer,
                    Term.held_on(actor.today),
                )
                .order_by(Post.position),
            )
        held = tuple(
            ((one.name_ja, one.name_en), (one.lc_ja, one.lc_en) if one.lc_ja is not None else None) for one in posts
        )
        return MemberCard(profile, row.discord_user_id, held)

    async def _query(self, reader: Reader, actor: Actor, text: str) -> Select[Any]:
        """Ids with their rank: the whole name, its beginning, anywhere in it; then by school, LC and committee. Every
        column comes from one index (``ix_profiles_search``)."""
        folded = fold(text)
        organisation = actor.organisation.id
        search = Profile.search

        def has(pattern: str) -> ColumnElement[bool]:
            return search.contains(pattern, autoescape=True)

        rank = case((has(f"\n{folded}\n"), 0), (has(f"\n{folded}"), 1), (has(folded), 2), else_=3).label("rank")
        matches = [has(folded), *await _by_belonging(reader, organisation, text, actor)]
        return (
            select(Profile.person_id, rank, func.count().over().label("total"))
            .where(Profile.organisation_id == organisation, or_(*matches), visible(actor))
            .order_by(rank, search, Profile.person_id)
        )


async def _by_belonging(reader: Reader, organisation: int, text: str, actor: Actor) -> list[ColumnElement[bool]]:
    """Those at a school, in an LC or interested in a committee of that name."""
    asked = fold_query(text)
    lcs = await fetch(
        reader,
        select(LocalCommittee.id, LocalCommittee.school_id).where(
            LocalCommittee.organisation_id == organisation,
            _named_so(asked),
        ),
    )
    committees = await fetch(
        reader,
        select(
            StandingCommittee.id, StandingCommittee.abbreviation, StandingCommittee.name_ja, StandingCommittee.name_en
        ).where(StandingCommittee.organisation_id == organisation),
    )
    found: list[ColumnElement[bool]] = []
    if lcs:
        found.append(Profile.school_id.in_([row.school_id for row in lcs]))
        found.append(Profile.person_id.in_(_people_of([row.id for row in lcs], actor)))
    meant = [row.id for row in committees if _names_committee(fold(text), row)]
    if meant:
        found.append(Profile.person_id.in_(select(Interest.person_id).where(Interest.committee_id.in_(meant))))
    return found


def _named_so(asked: str) -> ColumnElement[bool]:
    """The LCs that ``asked`` may mean besides people. Kana is usually a person's name: やまだ isn't yet やまだい
    (山形大学), so a school's reading counts as a whole, up to its 大学, or at some length."""

    def has(pattern: str) -> ColumnElement[bool]:
        return LocalCommittee.search_names.contains(pattern, autoescape=True)

    if _KANA.fullmatch(asked):
        if len(asked) >= _SURELY_A_SCHOOL:
            return has(f"\n{asked}")
        return or_(has(f"\n{asked}\n"), has(f"\n{asked}だいがく"))
    return has(f"\n{asked}" if len(asked) < 2 else asked)


def _names_committee(folded: str, row: Any) -> bool:
    if folded == fold(row.abbreviation):
        return True
    return len(folded) > 1 and any(folded in fold(name) for name in (row.name_ja, row.name_en))


def _people_of(lc_ids: list[int], actor: Actor) -> Select[int]:
    return select(Term.person_id).where(Term.lc_id.in_(lc_ids), Term.held_on(actor.today))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The people whom the actor may find."""
    sight = rules.sight(actor.current)
    if sight.everyone:
        return true()
    ways: list[ColumnElement[bool]] = [Profile.visibility == Visibility.EVERYBODY]
    if actor.person_id is not None:
        ways.append(Profile.person_id == actor.person_id)
    if sight.cares_for:
        cared_for = list(sight.cares_for)
        ways.append(Profile.person_id.in_(_people_of(cared_for, actor)))
        ways.append(
            Profile.person_id.in_(select(LcClaim.person_id).where(LcClaim.lc_id.in_(cared_for), LcClaim.waits()))
        )
    if sight.lcs:
        fellows = Profile.person_id.in_(_people_of(list(sight.lcs), actor))
        ways.append((Profile.visibility == Visibility.LC) & fellows)
    if sight.committees:
        interested = (
            select(Interest.person_id)
            .join(StandingCommittee, StandingCommittee.id == Interest.committee_id)
            .where(
                StandingCommittee.organisation_id == actor.organisation.id,
                StandingCommittee.key.in_(sorted(sight.committees)),
            )
        )
        ways.append(Profile.person_id.in_(interested))
    return or_(false(), *ways)


async def _belongs(reader: Reader, actor: Actor) -> bool:
    if actor.current:
        return True
    if actor.person_id is None:
        return False
    own = select(Profile.id).where(Profile.person_id == actor.person_id)
    return (await reader.execute(own)).first() is not None


async def _require_belonging(reader: Reader, actor: Actor) -> None:
    if not await _belongs(reader, actor):
        raise NotAllowed(
            N_("Only members can search here. Please join first: it takes about two minutes."), next_steps=[JOIN]
        )


async def _total(reader: Reader, query: Select[Any]) -> int:
    rows = await fetch(reader, query.limit(1))
    return rows[0].total if rows else 0


async def _named(reader: Reader, person_ids: list[int]) -> tuple[Found, ...]:
    """The same people in the same order, with what a list shows of them."""
    rows = await fetch(reader, with_profile(select(Person.id)).where(Person.id.in_(person_ids)))
    by_id = {row.id: Found(row.id, row.display_name, row.reading or "", row.school_ja, row.school_en) for row in rows}
    return tuple(by_id[one] for one in person_ids if one in by_id)
