from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Invalid, NotFound
from bot.features import Service
from bot.features.contacts import rules
from bot.features.contacts.models import HOLDER_FIELDS, ContactDetail, Field, HolderContact, LcContact, Visibility
from bot.features.contacts.rules import Standing
from bot.features.local_committees.acting import heard_by, locked
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.local_committees.queries import FIND, UNKNOWN_LC, with_lc
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.i18n import N_
from bot.kit.edits import merged

NOT_YOURS = N_(
    "You don't hold that post today, so nothing was changed. People can only enter their own contact details."
)


class ContactService(Service):
    async def of(self, actor: Actor, lc_id: int, committee: str | None = None) -> LcContacts:
        """How to reach an LC and the holders of its posts today, as far as the actor may see; for one committee, its
        post alone. Two statements.

        An unfilled post routes to the LC's representative; where there is none, ``holders`` is empty.

        Raises:
            NotFound: there is no such LC in the actor's organisation.
        """
        standing = rules.standing(actor.holdings, actor.today, lc_id)
        seen = rules.seen_by(standing)
        own = (
            with_lc(select(LcContact.field, LcContact.text, LcContact.visibility).select_from(LocalCommittee))
            .outerjoin(LcContact, (LcContact.lc_id == LocalCommittee.id) & LcContact.visibility.in_(seen))
            .where(LocalCommittee.id == lc_id, LocalCommittee.organisation_id == actor.organisation.id)
        )
        held = (
            select(
                Post.key, Post.name_ja, Post.name_en, Post.committee, Person.display_name, Term.id, Term.ends_on,
                HolderContact.field, HolderContact.text, HolderContact.visibility,
            )
            .select_from(Post)
            .outerjoin(
                Term,
                (Term.post_id == Post.id)
                & (Term.lc_id == lc_id)
                & Term.held_on(actor.today),
            )
            .outerjoin(Person, Person.id == Term.person_id)
            .outerjoin(HolderContact, (HolderContact.term_id == Term.id) & HolderContact.visibility.in_(seen))
            .where(
                Post.organisation_id == actor.organisation.id,
                Post.level == Level.LC,
                Post.is_officer,
                or_(Post.retired_at.is_(None), Term.id.is_not(None)),
            )
            .order_by(Post.position, Post.id, Term.starts_on, Term.id)
        )  # fmt: skip
        async with self.database.reading() as connection:
            own_rows = await fetch(connection, own)
            if not own_rows:
                raise NotFound(UNKNOWN_LC, next_steps=[FIND])
            held_rows = await fetch(connection, held)
        posts = _by_post(held_rows)
        representative = posts[LC_REPRESENTATIVE][1] if LC_REPRESENTATIVE in posts else []
        return LcContacts(
            lc_id,
            own_rows[0].lc_ja,
            own_rows[0].lc_en,
            _details(own_rows),
            [
                Contact(row.name_ja, row.name_en, holders or representative, not holders and bool(representative))
                for row, holders in posts.values()
                if committee is None or row.committee == committee
            ],
            standing,
        )

    async def set_for_lc(
        self, actor: Actor, lc_id: int, detail: Detail, via: Via | None = None, seen: Detail | None = None
    ) -> None:
        """Enter, change or take away one detail of an LC. ``seen``: see ``merged``.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: the text can't be used, or a national officer from outside doesn't say how they heard it.
            NotFound: there is no such LC in the actor's organisation.
            Overtaken: somebody else has changed it since it was seen.
        """
        via = heard_by(actor, Right.EDIT_LC, lc_id, via)
        detail = replace(detail, text=rules.cleaned(detail.field, detail.text))
        async with change_by(self, actor, Right.EDIT_LC, lc_id) as change:
            await locked(change, lc_id)
            this = {"lc_id": lc_id, "field": detail.field.value}
            kept = await change.session.scalar(select(LcContact).filter_by(**this))
            stands = Detail(detail.field, kept.text, Visibility(kept.visibility)) if kept else Detail(detail.field, "")
            detail = merged(detail, seen, stands)
            if await self._set(change.session, actor, LcContact, this, detail.text, detail.visibility, change.now):
                change.note("lc.contact", "local_committee", lc_id, [detail.field.value], via)

    async def own(self, actor: Actor, lc_id: int) -> list[OwnPost]:
        """The posts that the actor holds at an LC today, with what they entered for each."""
        query = (
            select(
                Term.id, Post.name_ja, Post.name_en, Term.ends_on,
                HolderContact.field, HolderContact.text, HolderContact.visibility,
            )
            .join(Post, Post.id == Term.post_id)
            .outerjoin(HolderContact, HolderContact.term_id == Term.id)
            .where(
                Term.person_id == actor.person_id,
                Term.lc_id == lc_id,
                Term.held_on(actor.today),
                Post.is_officer,
            )
            .order_by(Post.position, Term.id)
        )  # fmt: skip
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        by_term: dict[int, list[Row[Any]]] = {}
        for row in rows:
            by_term.setdefault(row.id, []).append(row)
        return [
            OwnPost(term_id, of[0].name_ja, of[0].name_en, of[0].ends_on, _details(of))
            for term_id, of in by_term.items()
        ]

    async def to_set_own(self, actor: Actor, lc_id: int, term_id: int, field: Field) -> Detail:
        """What the actor entered there, before they change it. Raises as ``set_own``."""
        if field not in HOLDER_FIELDS:
            raise Invalid(NOT_YOURS)
        for post in await self.own(actor, lc_id):
            if post.term_id == term_id:
                return next((one for one in post.details if one.field is field), Detail(field, ""))
        raise NotFound(NOT_YOURS)

    async def set_own(self, actor: Actor, term_id: int, detail: Detail) -> None:
        """Enter, change or take away one detail of the actor's own for a post that they hold today.

        Raises:
            NotFound: the actor holds no such post today.
            Invalid: the text can't be used, or holders have no such detail.
        """
        if detail.field not in HOLDER_FIELDS:
            raise Invalid(NOT_YOURS)
        text = rules.cleaned(detail.field, detail.text)
        async with change_by(self, actor) as change:
            lc_id = await change.session.scalar(
                select(Term.lc_id)
                .join(Post, Post.id == Term.post_id)
                .where(
                    Term.id == term_id,
                    Term.person_id == actor.person_id,
                    Term.held_on(actor.today),
                    Post.is_officer,
                )
                .with_for_update(of=Term)
            )
            if lc_id is None:
                raise NotFound(NOT_YOURS)
            this = {"term_id": term_id, "field": detail.field.value}
            if await self._set(change.session, actor, HolderContact, this, text, detail.visibility, change.now):
                change.note("holder.contact", "local_committee", lc_id, [detail.field.value])

    async def forget_ended(self) -> int:
        """Delete what holders entered for terms that are over in every time zone; returns how many details."""
        over = (self.clock.now() - timedelta(days=1)).date()
        async with self.database.writing() as session:
            gone = await session.scalars(
                delete(HolderContact)
                .where(HolderContact.term_id.in_(select(Term.id).where(Term.ends_on < over)))
                .returning(HolderContact.id)
            )
            return len(gone.all())

    async def _set(
        self,
        session: AsyncSession,
        actor: Actor,
        table: type[ContactDetail],
        this: dict[str, Any],
        text: str,
        visibility: Visibility,
        now: datetime,
    ) -> bool:
        """Returns whether that changed anything. The row it belongs to has to be locked."""
        kept = (await session.scalars(select(table).filter_by(**this))).one_or_none()
        if not text:
            if kept is not None:
                await session.delete(kept)
            return kept is not None
        if kept is None:
            kept = table(organisation_id=actor.organisation.id, **this)
            session.add(kept)
        elif (kept.text, kept.visibility) == (text, visibility.value):
            return False
        kept.text, kept.visibility, kept.changed_at = text, visibility.value, now
        return True


def _details(rows: Iterable[Row[Any]]) -> list[Detail]:
    """The details in rows that are joined with them, in the order of the fields."""
    found = {
        Field(row.field): Detail(Field(row.field), row.text, Visibility(row.visibility)) for row in rows if row.field
    }
    return [found[field] for field in Field if field in found]


def _by_post(rows: Sequence[Row[Any]]) -> dict[str, tuple[Row[Any], list[Holder]]]:
    """Key → the post's row and its holders."""
    posts: dict[str, tuple[Row[Any], dict[int, list[Row[Any]]]]] = {}
    for row in rows:
        _, terms = posts.setdefault(row.key, (row, {}))
        if row.id is not None:
            terms.setdefault(row.id, []).append(row)
    return {
        key: (post, [Holder(of[0].display_name, of[0].ends_on, _details(of)) for of in terms.values()])
        for key, (post, terms) in posts.items()
    }


@dataclass(frozen=True, slots=True)
class Detail:
    """One way to reach somebody. An empty ``text`` takes it away."""

    field: Field
    text: str
    visibility: Visibility = Visibility.OWN_OFFICERS


@dataclass(frozen=True, slots=True)
class Holder:
    name: str
    ends_on: date
    details: list[Detail]


@dataclass(frozen=True, slots=True)
class Contact:
    """A post of an LC and the people who answer for it today. ``routed``: nobody holds it, so the LC's
    representative does."""

    post_ja: str
    post_en: str
    holders: list[Holder]
    routed: bool


@dataclass(frozen=True, slots=True)
class LcContacts:
    """``standing``: of the reader towards this LC."""

    lc_id: int
    name_ja: str
    name_en: str
    details: list[Detail]
    posts: list[Contact]
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post that the reader holds today, with all that they entered for it."""

    term_id: int
    post_ja: str
    post_en: str
    ends_on: date
    details: list[Detail]
