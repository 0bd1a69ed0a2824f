"""What an organisation wants done at handovers: when its officers are asked, the checklists, and the ticks of
outgoing and incoming officers."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from itertools import zip_longest

from sqlalchemy import Date, String, delete, or_, select, update

from bot import data
from bot.db import Id, Reader, fetch, insert_if_absent
from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.handovers import rules
from bot.features.handovers.models import HandoverChecklist, HandoverDate, HandoverSetting, HandoverTick
from bot.features.handovers.queries import ending_of, endings, read_endings
from bot.features.handovers.values import ChecklistItem, Checklists, Ending
from bot.features.local_committees.acting import heard_by, locked
from bot.features.local_committees.models import Via
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, derived, list_parameter, names_in, values_of
from bot.features.people.changes import change_by
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import GRACE_DAYS, Holding, Right
from bot.features.people.terms import say_again
from bot.features.posts.service import note as note_post
from bot.i18n import N_
from bot.numerals import read_whole

#: The list that holds for every post, besides the post's own.
ALL = "*"
LONGEST, MOST = 1_500, 25


class ChecklistService(Service):
    async def overview(self, actor: Actor) -> Checklists:
        """Raises NotAllowed: the actor is no national officer in office."""
        actor.require(Right.EDIT_DIRECTORY)
        async with self.database.reading() as connection:
            notices = await notice_days(connection, actor.organisation.id)
            query = select(HandoverChecklist.post_key).where(HandoverChecklist.organisation_id == actor.organisation.id)
            return Checklists(notices, frozenset((await connection.scalars(query)).all()))

    async def items(self, actor: Actor, post_key: str) -> tuple[list[str], list[str]]:
        """A post's own list, or the one for all (``*``): Japanese and English, line by line."""
        actor.require(Right.EDIT_DIRECTORY)
        async with self.database.reading() as connection:
            return await items_of(connection, actor.organisation.id, post_key)

    async def set_items(self, actor: Actor, post_key: str, items_ja: str, items_en: str) -> None:
        """One item a line. Both empty: what ships with the program holds again.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such post.
            Invalid: it is too long, or the two languages have different numbers of lines.
        """
        actor.require(Right.EDIT_DIRECTORY)
        ja, en = (_lines(text) for text in (items_ja, items_en))
        if max(len("\n".join(ja)), len("\n".join(en))) > LONGEST:
            raise Invalid(N_("That is too long: at most {n} characters fit. Please shorten it."), n=LONGEST)
        if max(len(ja), len(en)) > MOST:
            raise Invalid(N_("There are too many items. The limit is {n}. Please combine some."), n=MOST)
        if ja and en and len(ja) != len(en):
            raise Invalid(
                N_(
                    "There are {ja} items in Japanese and {en} in English. Please match them line by line, or leave "
                    "one language empty."
                ),
                ja=len(ja),
                en=len(en),
            )
        here = actor.organisation.id
        mine = (HandoverChecklist.organisation_id == here) & (HandoverChecklist.post_key == post_key)
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            post = select(Post.id).where(Post.organisation_id == here, Post.key == post_key)
            if post_key != ALL and await change.session.scalar(post) is None:
                raise NotFound(N_("There is no such post. Please choose from the list."))
            if not ja and not en:
                await change.session.execute(delete(HandoverChecklist).where(mine))
            else:
                values = {"items_ja": "\n".join(ja or en), "items_en": "\n".join(en or ja)}
                await insert_if_absent(
                    change.session, HandoverChecklist, organisation_id=here, post_key=post_key, **values
                )
                await change.session.execute(update(HandoverChecklist).where(mine).values(**values))
            change.note("handover.checklist", "organisation", here, (post_key,))

    async def set_notice_days(self, actor: Actor, text: str) -> None:
        """Such as ``60, 30, 7``: one to five numbers from 1 to 365.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: it isn't that.
        """
        actor.require(Right.EDIT_DIRECTORY)
        parts = [part.strip().removesuffix("前") for part in re.split("[,、，・\\s]+", text) if part.strip()]
        try:
            days = sorted({read_whole(part, least=1, most=365) for part in parts}, reverse=True)
        except Invalid:
            days = []
        if not 1 <= len(days) <= 5:
            raise Invalid(N_("Please enter one to five numbers between 1 and 365, such as 60, 30, 7."))
        here = actor.organisation.id
        values = {"notice_days": ",".join(map(str, days))}
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            await insert_if_absent(change.session, HandoverSetting, organisation_id=here, **values)
            await change.session.execute(
                update(HandoverSetting).where(HandoverSetting.organisation_id == here).values(**values)
            )
            change.note("handover.days", "organisation", here, ("notice_days",))

    async def set_date(self, actor: Actor, lc_id: int, day: rules.YearDay | None, via: Via | None = None) -> None:
        """The day of the year on which an LC's new officers begin; None: the fiscal year's first, as everywhere.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: not every year has that day, or a national officer doesn't say how they heard it.
            NotFound: there is no such LC.
        """
        via = heard_by(actor, Right.EDIT_LC, lc_id, via)
        if day is not None and not rules.is_year_day(*day):
            raise Invalid(N_("Please enter a date that exists every year, such as 1 Nov."))
        async with change_by(self, actor, Right.EDIT_LC, lc_id) as change:
            await locked(change, lc_id)
            before = await _last_days(change.session, actor, lc_id)
            await change.session.execute(delete(HandoverDate).where(HandoverDate.lc_id == lc_id))
            if day is not None:
                change.session.add(
                    HandoverDate(organisation_id=actor.organisation.id, lc_id=lc_id, month=day[0], day=day[1])
                )
            await change.session.flush()
            moved = dict(before.items() ^ (await _last_days(change.session, actor, lc_id)).items())
            await say_again(change.session, actor.organisation.id, Term.id.in_(moved))
            change.note("handover.date", "local_committee", lc_id, ("month", "day"), via)


async def _last_days(reader: Reader, actor: Actor, lc_id: int) -> dict[int, date]:
    """Officers' terms in an LC that run → their last day in office."""
    organisation_id = actor.organisation.id
    query = endings(organisation_id).where(Term.lc_id == lc_id, Term.ends_on >= actor.today)
    return {one.term_id: one.last_day for one in await read_endings(reader, organisation_id, actor.today, query)}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


async def notice_days(reader: Reader, organisation_id: int) -> tuple[int, ...]:
    query = select(HandoverSetting.notice_days).where(HandoverSetting.organisation_id == organisation_id)
    own = await reader.scalar(query)
    return tuple(int(part) for part in own.split(",")) if own else rules.NOTICE_DAYS


async def items_of(reader: Reader, organisation_id: int, post_key: str) -> tuple[list[str], list[str]]:
    """The list of a post: the organisation's own, else the one that ships with the program. Japanese and English."""
    query = select(HandoverChecklist.items_ja, HandoverChecklist.items_en).where(
        HandoverChecklist.organisation_id == organisation_id, HandoverChecklist.post_key == post_key
    )
    for own in await fetch(reader, query):
        return own.items_ja.split("\n"), own.items_en.split("\n")
    shipped = [row for row in data.rows("handover_checklist") if row["post"] == post_key]
    return [row["text_ja"] for row in shipped], [row["text_en"] for row in shipped]


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
        async with change_by(self, actor) as change:
            await change.session.execute(select(Term.id).where(Term.id == term_id).with_for_update())
            ending = await ending_of(change.session, actor, term_id)
            if not may_tick(actor, ending):
                raise NotAllowed(
                    N_("Only the outgoing and the incoming officer can tick this checklist. Please ask one of them.")
                )
            items = {item.key: item for item in await checklist_of(change.session, actor.organisation.id, ending)}
            if not wanted <= items.keys():
                raise NotFound(N_("That item is no longer on the checklist. Please open the checklist again."))
            keys_left = sorted(key for key in wanted if (items[key].done_at is not None) != done)
            if not keys_left:
                return
            if done:
                for key in keys_left:
                    await insert_if_absent(
                        change.session,
                        HandoverTick,
                        organisation_id=actor.organisation.id,
                        term_id=term_id,
                        item=key,
                        ticked_at=change.now,
                        by_discord_id=actor.caller.discord_user_id,
                    )
            else:
                await change.session.execute(
                    delete(HandoverTick).where(HandoverTick.term_id == term_id, HandoverTick.item.in_(keys_left))
                )
            action = "handover.tick" if done else "handover.untick"
            note_post(change, action, ending.lc_id, ("checklist",), subject_id=term_id)

    async def around(self, actor: Actor) -> tuple[list[Ending], list[Ending]]:
        """The actor's own officers' terms (as ``HandoverService.mine``), and the terms that they take over, from when
        that is settled to 30 days after they ended. Two statements."""
        values = values_of(_NAMES, actor, self.clock.now())
        async with self.database.reading() as connection:
            found = await read_endings(connection, actor.organisation.id, actor.today, _AROUND, values)
        mine = [one for one in found if one.person_id == actor.person_id and is_of_interest(one, actor.today)]
        return mine, [one for one in found if one.person_id != actor.person_id and takes_over(actor, one)]


def _begun(actor: Actor) -> list[Holding]:
    """The actor's posts that somebody may be handing over to them."""
    latest = actor.today - 3 * _GRACE
    return [one for one in actor.holdings if one.is_officer and one.starts_on > latest and one.ends_on >= actor.today]


_IN_POST = (Term.person_id != ASKER.person_id) & Post.key.in_(
    list_parameter(String(), lambda actor, _: [one.post_key for one in _begun(actor)])
)
_LCS = list_parameter(Id, lambda actor, _: [one.lc_id for one in _begun(actor) if one.lc_id is not None])
#: The actor's own terms, and those in posts that they have begun lately; a few others may be among them. SQLite looks
#: into an index for each of three alternatives, and not if one is within another.
_AROUND = endings(ASKER.organisation_id).where(
    Term.ends_on >= derived(ASKER.today, Date(), lambda today: today - _GRACE),
    or_(
        (Term.person_id == ASKER.person_id) & (Term.starts_on <= ASKER.today),
        _IN_POST & Term.lc_id.in_(_LCS),
        _IN_POST & Term.lc_id.is_(None),
    ),
)
_NAMES = names_in(_AROUND)


def is_of_interest(ending: Ending, today: date) -> bool:
    """Does the term still run, or has nobody followed in it?"""
    return ending.ends_on >= today or not ending.is_followed


def takes_over(actor: Actor, ending: Ending) -> bool:
    """Does the actor follow that holder in the post, or has followed since it was handed over?"""
    return actor.person_id in ending.followers and any(
        (one.post_key, one.lc_id) == (ending.post_key, ending.lc_id)
        and rules.takes_over(one.starts_on, ending.ends_on)
        and one.ends_on >= actor.today
        for one in actor.holdings
    )


def may_tick(actor: Actor, ending: Ending) -> bool:
    """The outgoing officer, to 30 days after the end; the incoming one, for as long as they hold the post."""
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
