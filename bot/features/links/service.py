from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, select

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.errors import NextStep, NotFound
from bot.features import Service
from bot.features.links.models import Link
from bot.features.links.rules import LinkDraft, cleaned, next_review
from bot.features.members.reaching import asked_for_messages
from bot.features.organisations.each import moment_of
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind

LOOK = JobKind("links:look", N_("Looking whether a useful link was checked (my own work)"))
REVIEW = MessageKind("links:review", N_("Word to an officer that a useful link is to be checked"), is_budgeted=True)
#: On the morning after the last day on which a link counts as right.
AT = time(8)
GONE = N_("That link isn't there any more. Please choose from the list.")
LIST = NextStep(N_("Useful links"), "links:list")


@dataclass(frozen=True, slots=True)
class LinkEntry(LinkDraft):
    """``keeper``: their name, for national officers alone; "" if nobody keeps it. ``waits``: its day is over, and the
    reader is who should look at it."""

    link_id: int
    keeper: str
    waits: bool


class LinkService(Service):
    async def links(self, actor: Actor) -> list[LinkEntry]:
        """All links, in the order in which they were entered."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, _links(actor.organisation.id, actor.today))
            if not actor.may(Right.EDIT_DIRECTORY):
                return [_entry(row) for row in rows]
            over = [row for row in rows if row.review_on < actor.today]
            told = await _to_tell(connection, actor.organisation.id, over)
        waiting = [row for row in over if row.keeper_id == actor.person_id or row not in told]
        return [_entry(row, row.keeper or "", row in waiting) for row in rows]

    async def link(self, actor: Actor, link_id: int) -> LinkEntry:
        """One of them, for whoever keeps them. Raises: NotAllowed; NotFound."""
        actor.require(Right.EDIT_DIRECTORY)
        for entry in await self.links(actor):
            if entry.link_id == link_id:
                return entry
        raise NotFound(GONE, next_steps=[LIST])

    async def add(self, actor: Actor, draft: LinkDraft) -> int:
        """A new link, kept by the actor; its id. Raises: NotAllowed; Invalid."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = Link(organisation_id=actor.organisation.id)
            change.session.add(link)
            await _keep(change, link, "link.add", asdict(cleaned(draft, actor.today)))
            return link.id

    async def edit(self, actor: Actor, link_id: int, draft: LinkDraft) -> None:
        """Change a link, which the actor keeps from then on. Raises: NotAllowed; Invalid; NotFound."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            await _keep(change, link, "link.edit", asdict(cleaned(draft, actor.today)))

    async def confirm(self, actor: Actor, link_id: int) -> None:
        """It is still right, for a year from today. The actor keeps it. Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            await _keep(change, link, "link.confirm", {"review_on": next_review(actor.today, link.review_on)})

    async def remove(self, actor: Actor, link_id: int) -> None:
        """Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            await change.session.delete(link)
            change.note("link.remove", "link", link_id)

    async def look(self, organisation_id: int, link_id: int, review_on: date) -> None:
        """Have the keeper told that the day of a link is over. Done twice, it is said once."""
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is None:
                return
            for row in await _unchecked(session, organisation_id, link_id, review_on, moment.today):
                keeper = Recipient(RecipientKind.PERSON, row.discord_user_id)
                await enqueue(session, [REVIEW.to(keeper, moment, **_about(link_id, review_on))], moment.now)

    async def unchecked(self, organisation_id: int, link_id: int, review_on: date, today: date) -> LinkEntry | None:
        """The link, if its keeper still is to be told when the word goes out."""
        async with self.database.reading() as connection:
            rows = await _unchecked(connection, organisation_id, link_id, review_on, today)
        return _entry(rows[0]) if rows else None


async def _keep(change: Change, link: Link, action: str, values: Mapping[str, Any]) -> None:
    """The actor has looked at it, and keeps it from now on. The next look is planned."""
    changed = link.take(values)
    link.keeper_id = change.actor.person_id
    await change.session.flush()
    change.note(action, "link", link.id, changed)
    planned = datetime.combine(link.review_on + timedelta(days=1), AT)
    await change.send(LOOK.local(planned, change.moment, **_about(link.id, link.review_on)))


def _about(link_id: int, review_on: date) -> dict[str, Any]:
    """Which link and which of its days: said once for each, whatever else is planned."""
    payload = {"link": link_id, "review": review_on.isoformat()}
    return {"part": link_id, "payload": payload, "generation": review_on.toordinal()}


def _links(organisation_id: int, today: date) -> Select[Any]:
    nation = (Post.level == Level.NATION) & Post.is_officer
    in_office = exists().where(Term.person_id == Link.keeper_id, Term.post_id == Post.id, nation, Term.held_on(today))
    of_keeper = (Person.display_name.label("keeper"), Person.discord_user_id, in_office.label("is_in_office"))
    query = select(*Link.__table__.c, *of_keeper).outerjoin(Person, Person.id == Link.keeper_id)
    return query.where(Link.organisation_id == organisation_id).order_by(Link.id)


async def _to_tell(reader: Reader, organisation_id: int, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Those whose keeper is in office and written to directly. The others wait in the home of all national officers."""
    users = [row.discord_user_id for row in rows if row.is_in_office and row.discord_user_id is not None]
    direct = await asked_for_messages(reader, organisation_id, users)
    return [row for row in rows if row.is_in_office and row.discord_user_id in direct]


async def _unchecked(
    reader: Reader, organisation_id: int, link_id: int, review_on: date, today: date
) -> list[Row[Any]]:
    """The link if its day is over, nobody has looked at it, and its keeper is told directly."""
    query = _links(organisation_id, today).where(Link.id == link_id, Link.review_on == review_on)
    return await _to_tell(reader, organisation_id, await fetch(reader, query))


def _entry(row: Row[Any], keeper: str = "", waits: bool = False) -> LinkEntry:
    link = (row.title_ja, row.title_en, row.address, row.purpose, row.review_on)
    return LinkEntry(*link, row.id, keeper, waits)
