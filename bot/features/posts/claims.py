"""Taking up a post by oneself: at once with a one-time code, else once somebody who knows confirms it."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Asker, lcs_where
from bot.features.people.changes import change_by
from bot.features.people.models import Level, Post, Term
from bot.features.people.rules import Holding, Right
from bot.features.people.terms import TENURES, Tenure, followers, tenure_values
from bot.features.posts import telling
from bot.features.posts.models import Claim, ClaimCode
from bot.features.posts.queries import TERMS, term_card
from bot.features.posts.service import (
    appoint_here,
    check_term,
    locked_place,
    note,
    post_of,
    require_appointing,
)
from bot.features.posts.values import Appointed, OpenClaim, TermCard
from bot.features.requests.deciding import Requests
from bot.i18n import N_
from bot.paging import Part, fetch_part

#: Days after the end of a term within which its holder may still say who comes next.
HANDOVER = timedelta(days=60)
CLAIMS = Requests(
    Claim,
    Right.APPOINT_LC,
    granted="post.confirm",
    declined="post.decline",
    answered=N_("Somebody else has already dealt with this claim. Nothing was changed."),
    not_own=N_("You can't confirm your own claim. Please ask a fellow officer or a national officer."),
)


class ClaimService(Service):
    async def claim(self, actor: Actor, post_key: str, lc_id: int, starts_on: date, ends_on: date) -> None:
        """Claim to hold a post of an LC now. It counts once somebody who knows confirms it.

        Raises:
            NotFound: there is no such post or LC in the actor's organisation.
            Invalid: the term is not one that could be, or the post is a national one.
            Conflict: the same claim waits already, or the actor holds the post.
        """
        check_term(starts_on, ends_on)
        async with change_by(self, actor) as change:
            post = await post_of(change, post_key)
            if post.level != Level.LC or not post.is_officer:
                raise Invalid(
                    N_("Only LC officer posts can be claimed. For other posts, please ask a national officer.")
                )
            await locked_place(change, post, lc_id)
            if any(one.post_key == post_key and one.lc_id == lc_id for one in actor.current):
                raise Conflict(N_("You already hold this post, so there is nothing to do."))
            same = (Claim.post_id == post.id, Claim.lc_id == lc_id, _is_own(Asker.of(actor)))
            if await CLAIMS.count(change.session, actor.organisation.id, *same):
                raise Conflict(N_("Your claim is already waiting for confirmation. There is nothing more to do."))
            change.session.add(
                Claim(
                    organisation_id=actor.organisation.id,
                    post_id=post.id,
                    lc_id=lc_id,
                    discord_user_id=actor.caller.discord_user_id,
                    display_name=actor.caller.display_name[:100],
                    starts_on=starts_on,
                    ends_on=ends_on,
                    asked_at=change.now,
                )
            )
            note(change, "post.claim", lc_id, ("claim",))

    async def open_claims(self, actor: Actor, page: int = 0, size: int = 25) -> Part[OpenClaim]:
        """A page of the claims that the actor may confirm, the oldest first: those of LCs for which they appoint, those
        to a post they held last, and all with a right to appoint in every LC. Each says how many there are. No
        statement for somebody who can't have any.
        """
        asker = Asker.of(actor)
        own = None if actor.may(Right.APPOINT_LC) else actor.lcs_where(Right.APPOINT_LC)
        query = (
            select(
                Claim.id,
                Claim.display_name,
                Post.name_ja.label("post_ja"),
                Post.name_en.label("post_en"),
                Claim.starts_on,
                Claim.ends_on,
                func.count().over().label("total"),
            )
            .join(Post, Post.id == Claim.post_id)
            .where(
                Claim.organisation_id == actor.organisation.id,
                Claim.waits(),
                CLAIMS.shown_to(asker, _is_own(asker), Claim.lc_id, own),
            )
            .order_by(Claim.id)
        )
        async with self.database.reading() as connection:
            if own is not None:
                handed_over = await _handed_over_by(connection, actor)
                if not own and not handed_over:
                    return Part()
                query = query.where(or_(Claim.lc_id.in_(own), *handed_over))
            return (await fetch_part(connection, with_lc(query, Claim.lc_id), page, size)).each(_open_claim)

    async def count_open(self, organisation_id: int) -> int:
        """How many claims of an organisation wait for somebody to confirm them."""
        async with self.database.reading() as connection:
            return await CLAIMS.count(connection, organisation_id)

    async def decide(self, actor: Actor, claim_id: int, *, confirm: bool) -> Appointed | None:
        """Confirm a claim, and with it the term, or decline it (None).

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national one, nor the predecessor; or made the claim,
                and somebody else could decide.
            NotFound: there is no such claim in the actor's organisation.
            Conflict: it has been decided already, or somebody else holds the single post in that time.
        """
        async with change_by(self, actor) as change:
            claim = await change.lock(Claim, claim_id, N_("That claim no longer exists. Please open the list again."))
            post = await change.session.get_one(Post, claim.post_id, with_for_update={"read": True})
            await locked_place(change, post, claim.lc_id)
            handed_over = (
                select(Claim.id)
                .join(Post, Post.id == Claim.post_id)
                .where(Claim.id == claim.id, or_(false(), *await _handed_over_by(change.session, actor)))
            )
            if await change.session.scalar(handed_over) is None:
                require_appointing(actor, post.level, claim.lc_id)
            is_own, lc_id = claim.discord_user_id == actor.caller.discord_user_id, claim.lc_id
            await CLAIMS.decide(
                change, claim, "local_committee", lc_id, ["claim"], grant=confirm, is_own=is_own, lc_id=lc_id
            )
            if not confirm:
                await telling.tell(change, telling.DECLINED, claim.discord_user_id, claim.id, {"claim": claim.id})
                return None
            return await appoint_here(
                change, post, claim.lc_id, claim.discord_user_id, claim.display_name, claim.starts_on, claim.ends_on
            )

    async def new_code(self, actor: Actor, post_key: str, lc_id: int, starts_on: date, ends_on: date) -> str:
        """A one-time code with which somebody takes up a post of an LC. It is shown once and never again.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
            NotFound: there is no such post or LC in the actor's organisation.
            Invalid: the term is not one that could be.
        """
        check_term(starts_on, ends_on)
        code = new_code()
        async with change_by(self, actor) as change:
            post = await post_of(change, post_key)
            await locked_place(change, post, lc_id)
            require_appointing(actor, post.level, lc_id)
            change.session.add(
                ClaimCode(
                    organisation_id=actor.organisation.id,
                    digest=digest(code),
                    post_id=post.id,
                    lc_id=lc_id,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    created_at=change.now,
                )
            )
            note(change, "post.code", lc_id, ("code",))
        return code

    async def use_code(self, actor: Actor, code: str) -> TermCard:
        """Take up the post behind a code; returns the term.

        Raises:
            NotFound: there is no such code in the actor's organisation.
            Conflict: the code was used, its term is over, or somebody else holds the single post.
        """
        async with change_by(self, actor) as change:
            unknown = N_("This code isn't valid. Please check each character, or ask for a new one.")
            kept = await change.lock(ClaimCode, ClaimCode.digest == digest(code), unknown)
            if kept.used_at is not None:
                raise Conflict(
                    N_("This code has already been used. If that wasn't you, please tell a national officer.")
                )
            if kept.ends_on < actor.today:
                raise Conflict(
                    N_("The term for this code ended on {date}. Please ask for a new code."), date=kept.ends_on
                )
            post = await change.session.get_one(Post, kept.post_id, with_for_update={"read": True})
            await locked_place(change, post, kept.lc_id)
            kept.used_at = change.now
            added = await appoint_here(
                change,
                post,
                kept.lc_id,
                actor.caller.discord_user_id,
                actor.caller.display_name[:100],
                kept.starts_on,
                kept.ends_on,
            )
            (row,) = await fetch(change.session, TERMS.where(Term.id == added.term_id))
            return term_card(row)


def _is_own(asker: Asker) -> ColumnElement[bool]:
    return Claim.discord_user_id == asker.discord_user_id


@cache
def _open(*, is_nation: bool) -> Query:
    own = lcs_where(Right.APPOINT_LC)
    query = select(func.count().label("n")).where(
        Claim.organisation_id == ASKER.organisation_id,
        Claim.waits(),
        CLAIMS.shown_to(ASKER, _is_own(ASKER), Claim.lc_id, None if is_nation else own),
    )
    return query if is_nation else query.where(Claim.lc_id.in_(own))


def claims_open(actor: Actor) -> Query | None:
    """For home: ``n`` people say that they hold a post, and the actor may confirm them by a right. The few
    who may do so because they held it last look at their list instead (``hands_over``)."""
    is_nation = actor.may(Right.APPOINT_LC)
    return _open(is_nation=is_nation) if is_nation or actor.lcs_where(Right.APPOINT_LC) else None


def hands_over(actor: Actor) -> bool:
    """Did a term of the actor's end not long ago, so that they may confirm who follows them?"""
    return bool(_ended(actor)) and not actor.may(Right.APPOINT_LC)


def _ended(actor: Actor) -> list[Holding]:
    return [
        one
        for one in actor.holdings
        if one.is_officer and one.lc_id is not None and one.ends_on < actor.today <= one.ends_on + HANDOVER
    ]


async def _handed_over_by(reader: Reader, actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on ``Claim`` and its ``Post``: it follows the actor's own term, which ended not long ago and in which
    nobody follows them. No statement for whoever has no such term."""
    ended = _ended(actor)
    if not ended:
        return []
    places = {(one.post_key, one.lc_id) for one in ended}
    values = tenure_values(actor.organisation.id, places, min(one.starts_on for one in ended))
    terms = [
        Tenure(row.id, row.person_id, (row.key, row.lc_id), row.is_single, row.starts_on, row.ends_on, row.ends_on)
        for row in await fetch(reader, TENURES, values)
    ]
    followed = followers(terms)
    still_open = {
        (term.place, term.starts_on)
        for term in terms
        if term.person_id == actor.person_id and not followed.get(term.term_id)
    }
    return [
        and_(
            Post.key == held.post_key,
            Claim.lc_id == held.lc_id,
            Claim.starts_on > held.ends_on,
        )
        for held in ended
        if ((held.post_key, held.lc_id), held.starts_on) in still_open
    ]


def _open_claim(row: Row[Any]) -> OpenClaim:
    return OpenClaim(
        row.id, row.display_name, row.post_ja, row.post_en, row.lc_ja, row.lc_en, row.starts_on, row.ends_on, row.total
    )


#: Without letters and digits that look like one another.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10


def new_code() -> str:
    """Fifty random bits, such as ``7KQ2M-XW4RT``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def digest(code: str) -> str:
    """What is kept of a code, however it was typed: width, case, blanks and dashes don't matter."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", code).upper() if char in _ALPHABET)
    return hashlib.sha256(f"tsunagu claim {plain}".encode()).hexdigest()
