"""A word to those about whose post somebody else has decided, if they chose direct messages. Others see it at home."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from bot.features import Service, reaching
from bot.features.local_committees.queries import with_lc
from bot.features.people.changes import Change
from bot.features.people.models import Post, Term
from bot.features.posts.models import Claim
from bot.features.posts.queries import TERMS, term_card
from bot.features.posts.values import Declined, TermCard
from bot.features.requests.models import RequestState
from bot.i18n import N_
from bot.kit.messages import MessageKind

GIVEN = MessageKind("posts:given", N_("Notice of an appointment"), is_budgeted=True)
ENDED = MessageKind("posts:ended", N_("Notice that a term was ended"), is_budgeted=True)
DECLINED = MessageKind("posts:declined", N_("Notice that a post wasn't confirmed"), is_budgeted=True)


async def tell(change: Change, kind: MessageKind, user_id: int | None, part: object, payload: dict[str, Any]) -> None:
    """Nobody is told what they have done themselves."""
    if user_id is None or user_id == change.actor.caller.discord_user_id:
        return
    for user in await reaching().asked_for_messages(change.session, change.moment.organisation_id, [user_id]):
        await change.send(kind.to(Recipient(RecipientKind.PERSON, user), change.moment, part, payload))


class PostWordService(Service):
    """Looks at send time at what still holds."""

    async def given(self, organisation_id: int, term_id: int, today: date) -> TermCard | None:
        """A term that runs, or is to come."""
        return await self._term(organisation_id, term_id, from_day=today)

    async def ended(self, organisation_id: int, term_id: int, last: date) -> TermCard | None:
        """A term, if its last day is still this one."""
        found = await self._term(organisation_id, term_id, from_day=last)
        return found if found is not None and found.ends_on == last else None

    async def declined(self, organisation_id: int, claim_id: int) -> Declined | None:
        """A claim that nobody confirmed."""
        query = with_lc(
            select(Post.name_ja.label("post_ja"), Post.name_en.label("post_en"))
            .join(Claim, Claim.post_id == Post.id)
            .where(
                Claim.id == claim_id, Claim.organisation_id == organisation_id, Claim.state == RequestState.DECLINED
            ),
            Claim.lc_id,
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return Declined(rows[0].post_ja, rows[0].post_en, rows[0].lc_ja, rows[0].lc_en) if rows else None

    async def _term(self, organisation_id: int, term_id: int, from_day: date) -> TermCard | None:
        query = TERMS.where(Term.id == term_id, Term.organisation_id == organisation_id, Term.ends_on >= from_day)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return term_card(rows[0]) if rows else None
