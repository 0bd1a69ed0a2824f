"""The hours of a sign-up, and what its messages say when they go out."""

from __future__ import annotations

from sqlalchemy import select

from bot.db import fetch
from bot.features import Service
from bot.features.organisations.each import moment_of
from bot.features.signups.book import settle
from bot.features.signups.locking import locked
from bot.features.signups.models import Party, PartyState, SignUp
from bot.features.signups.values import News


class SignUpWatch(Service):
    async def look(self, signup_id: int) -> None:
        """An hour of a sign-up has come: look at all of it. Done late or twice, it comes out the same."""
        now = self.clock.now()
        async with self.database.writing() as session:
            query = select(SignUp.organisation_id).where(SignUp.id == signup_id)
            organisation_id = await session.scalar(query)
            moment = None if organisation_id is None else await moment_of(session, organisation_id, now)
            if moment is not None:
                signup = (await locked(session, moment, signup_id))[signup_id]
                await settle(session, moment, signup)

    async def news(self, party_id: int, generation: int) -> News | None:
        """What a message about a party says when it goes out; None if it is about something that has passed."""
        query = (
            select(
                SignUp.id,
                SignUp.title_ja,
                SignUp.title_en,
                SignUp.page,
                SignUp.is_calling,
                Party.state,
                Party.offer_until,
                Party.reason,
            )
            .join(Party, Party.signup_id == SignUp.id)
            .where(Party.id == party_id, Party.generation == generation)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        for row in rows:
            return News(
                row.id,
                row.title_ja,
                row.title_en,
                row.page,
                row.is_calling,
                PartyState(row.state),
                row.offer_until,
                row.reason,
            )
        return None
