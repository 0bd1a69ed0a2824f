"""Ticking what a handover's checklist asks for: by who goes and who comes, each item once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from itertools import zip_longest

from sqlalchemy import delete, or_, select

from bot.db import Reader, fetch, insert_if_absent
from bot.errors import NotAllowed, NotFound
from bot.features import Service
from bot.features.handovers import rules
from bot.features.handovers.checklists import ALL, items_of
from bot.features.handovers.models import HandoverTick
from bot.features.handovers.queries import ending_of, endings, read_endings
from bot.features.handovers.records import ChecklistItem, Ending
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import GRACE_DAYS
from bot.features.posts.appointing import note
from bot.i18n import N_

_GRACE = timedelta(days=GRACE_DAYS)


class TickService(Service):
    async def tick(self, actor: Actor, term_id: int, keys: Collection[str], *, done: bool) -> None:
        """Say that items of a term's handover are done, or take that back. One that stands so already changes nothing:
        of two who tick at once, both are right, and the first is noted.

        Raises:
            NotFound: there is no such term in the actor's organisation, or one of the items is gone.
            NotAllowed: the actor neither held the post nor takes it over, or it is long over.
        """
        wanted = set(keys)
        now = self.clock.now()
        async with self.database.writing() as session:
            await session.execute(select(Term.id).where(Term.id == term_id).with_for_update())
            ending = await ending_of(session, actor, term_id)
            if not may_tick(actor, ending):
                raise NotAllowed(N_("The checklist is ticked by whoever hands over and whoever takes over."))
            items = {item.key: item for item in await checklist_of(session, actor.organisation.id, ending)}
            if not wanted <= items.keys():
                raise NotFound(N_("That item isn't in the checklist any more. Please look at it again."))
            keys_left = sorted(key for key in wanted if (items[key].done_at is not None) != done)
            if not keys_left:
                return
            if done:
                for key in keys_left:
                    await insert_if_absent(
                        session,
                        HandoverTick,
                        organisation_id=actor.organisation.id,
                        term_id=term_id,
                        item=key,
                        ticked_at=now,
                        by_discord_id=actor.caller.discord_user_id,
                    )
            else:
                await session.execute(
                    delete(HandoverTick).where(HandoverTick.term_id == term_id, HandoverTick.item.in_(keys_left))
                )
            action = "handover.tick" if done else "handover.untick"
            note(session, actor, now, action, ending.lc_id, ("checklist",), subject_id=term_id)

    async def taken_over(self, actor: Actor) -> list[Ending]:
        """The terms that the actor takes over, from when that is settled to 30 days after they ended. No statement for
        whoever takes nothing over."""
        latest = actor.today - 3 * _GRACE
        own = [
            one for one in actor.holdings if one.is_officer and one.starts_on > latest and one.ends_on >= actor.today
        ]
        if not own:
            return []
        places = [
            (Post.key == one.post_key) & (Term.lc_id.is_(None) if one.lc_id is None else Term.lc_id == one.lc_id)
            for one in own
        ]
        query = endings(actor.organisation.id).where(
            or_(*places), Term.ends_on >= actor.today - _GRACE, Term.person_id != (actor.person_id or 0)
        )
        async with self.database.reading() as connection:
            found = await read_endings(connection, actor.organisation.id, actor.today, query)
        return [one for one in found if takes_over(actor, one)]


def takes_over(actor: Actor, ending: Ending) -> bool:
    """Does the actor follow that holder in the post, or has followed since it was handed over?"""
    return actor.person_id in ending.followers and any(
        (one.post_key, one.lc_id) == (ending.post_key, ending.lc_id)
        and rules.takes_over(one.starts_on, ending.ends_on)
        and one.ends_on >= actor.today
        for one in actor.holdings
    )


def may_tick(actor: Actor, ending: Ending) -> bool:
    """Who goes, to 30 days after the end; who comes, for as long as they hold the post."""
    own = ending.discord_user_id == actor.caller.discord_user_id
    return (own and actor.today <= ending.ends_on + _GRACE) or takes_over(actor, ending)


async def checklist_of(reader: Reader, organisation_id: int, ending: Ending) -> tuple[ChecklistItem, ...]:
    """The post's own items, then those for all posts, with what is done for this handover."""
    query = (
        select(HandoverTick.item, HandoverTick.ticked_at, Person.display_name)
        .outerjoin(
            Person,
            (Person.organisation_id == HandoverTick.organisation_id)
            & (Person.discord_user_id == HandoverTick.by_discord_id),
        )
        .where(HandoverTick.term_id == ending.term_id)
    )
    done = {row.item: row for row in await fetch(reader, query)}
    items: dict[str, ChecklistItem] = {}
    for post_key in (ending.post_key, ALL):
        for ja, en in zip_longest(*await items_of(reader, organisation_id, post_key), fillvalue=""):
            key = rules.item_key(ja or en)
            tick = done.get(key)
            at, by = (tick.ticked_at, tick.display_name) if tick else (None, None)
            items.setdefault(key, ChecklistItem(key, ja or en, en or ja, at, by))
    return tuple(items.values())
