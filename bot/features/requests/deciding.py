"""How the requests of a table are decided: by somebody who has the right, and not by those who made them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from bot.db import Reader
from bot.errors import NotAllowed
from bot.features.people.askers import Asker, Given
from bot.features.people.changes import Change
from bot.features.people.lifecycles import Lifecycle
from bot.features.people.models import EVERYTHING, Level, Person, Post, PostRight, Reach, Term
from bot.features.people.rules import Right
from bot.features.requests.models import Request, RequestState

R = TypeVar("R", bound=Request)
#: In the history: somebody decided about their own request, as nobody else was there.
NOBODY_ELSE = "nobody_else"


class Requests(Generic[R]):
    """Declared once for each table, beside the service that decides.

    ``right``: who has it decides. ``granted`` and ``declined``: what the history calls it. ``answered``: what is said
    where somebody was faster; ``not_own``: to those who would decide about themselves.
    """

    def __init__(
        self, table: type[R], right: Right, *, granted: str, declined: str, answered: str, not_own: str
    ) -> None:
        self.table, self.right, self._not_own = table, right, not_own
        self.lifecycle = Lifecycle(RequestState.PENDING)
        waits = [RequestState.PENDING]
        self.grant = self.lifecycle.step(waits, RequestState.GRANTED, answered, action=granted)
        self.decline = self.lifecycle.step(waits, RequestState.DECLINED, answered, action=declined)
        self.take_back = self.lifecycle.step(waits, RequestState.WITHDRAWN, answered)

    async def decide(
        self,
        change: Change,
        request: R,
        subject_kind: str,
        subject_id: int,
        fields: Collection[str],
        *,
        grant: bool,
        is_own: bool,
        lc_id: int | None = None,
    ) -> None:
        """Grant or decline a request, which has to be locked; the caller has looked whether the actor may. Nobody
        decides about themselves, unless they have the right and nobody else is there: then the history says so.

        Raises:
            NotAllowed: it is the actor's own.
            Conflict: it has been decided or withdrawn.
        """
        if is_own:
            others = select(somebody_else(Asker.of(change.actor), self.right, lc_id))
            if not change.actor.may(self.right, lc_id) or await change.session.scalar(others):
                raise NotAllowed(self._not_own)
            fields = (*fields, NOBODY_ELSE)
        (self.grant if grant else self.decline).move(change, request, subject_kind, subject_id, fields)
        request.decided_at = change.now

    async def withdraw(self, change: Change, *among: ColumnElement[bool]) -> None:
        """Take back those among these that wait."""
        await self.take_back.put_all(change.session, self.table, *among, decided_at=change.now)

    async def count(self, reader: Reader, organisation_id: int, *among: ColumnElement[bool]) -> int:
        """How many of an organisation wait."""
        here = self.table.organisation_id == organisation_id
        return await reader.scalar(select(func.count()).where(here, self.table.waits(), *among)) or 0

    def shown_to(
        self, asker: Asker, is_own: ColumnElement[bool], lc_id: Any, theirs: Given[Collection[int]] | None
    ) -> ColumnElement[bool]:
        """Those on a list that aren't their own, or that nobody else could decide. ``lc_id``: the column. ``theirs``:
        the LCs for which they decide; None for all."""
        may = true() if theirs is None else lc_id.in_(theirs)
        return or_(~is_own, and_(may, ~somebody_else(asker, self.right, lc_id)))


def somebody_else(asker: Asker, right: Right, lc_id: Any) -> ColumnElement[bool]:
    """Is another officer in office, of the organisation or of the LC (a column, a number, or None), whose post gives
    the right there, if only at times, and who has an account by which they could decide?"""
    here = Post.level == Level.NATION if lc_id is None else or_(Post.level == Level.NATION, Term.lc_id == lc_id)
    return (
        select(Term.id)
        .join(Post, Post.id == Term.post_id)
        .join(PostRight, PostRight.post_id == Post.id)
        .join(Person, Person.id == Term.person_id)
        .where(
            Term.organisation_id == asker.organisation_id,
            Post.is_officer,
            PostRight.right.in_((right.value, EVERYTHING)),
            PostRight.reach != Reach.COMMITTEE.value,
            here,
            Term.held_on(asker.today),
            Person.discord_user_id.is_not(None),
            Person.discord_user_id != asker.discord_user_id,
        )
        .exists()
    )
