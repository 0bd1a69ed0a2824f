from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from bot.db import fetch
from bot.errors import NextStep, NotFound
from bot.features import Service
from bot.features.homes.facts import Query
from bot.features.links.models import Link
from bot.features.links.rules import LinkDraft, cleaned, next_review
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.tasks.rules import TaskTemplate
from bot.features.tasks.service import DROP, TICK, NewTask, keep_set, settle, waiting_subjects
from bot.i18n import N_
from bot.kit.edits import merged

#: To its keeper, on the morning after the last day on which a link counts as right.
REVIEW = TaskTemplate(
    "links:review",
    N_("Is this useful link still correct? {title}"),
    reminders=(),
    waits=-1,
    escalates=None,
    step=NextStep(N_("Check the link"), "links:show:{subject}"),
    is_national=True,
)
GONE = N_("That link no longer exists. Please choose from the list.")
LIST = NextStep(N_("Useful links"), "links:list")


@dataclass(frozen=True, slots=True)
class LinkEntry(LinkDraft):
    """``keeper``: their name, "" if nobody keeps it; for others than national officers None. ``waits``: its day is
    over, and the reader should look at it."""

    link_id: int
    keeper: str | None
    waits: bool


class LinkService(Service):
    async def links(self, actor: Actor) -> list[LinkEntry]:
        """All links, in the order in which they were entered."""
        keeper = Person.display_name.label("keeper")
        query = select(*Link.__table__.c, keeper).outerjoin(Person, Person.id == Link.keeper_id)
        query = query.where(Link.organisation_id == actor.organisation.id).order_by(Link.id)
        keeps = actor.may(Right.EDIT_DIRECTORY)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            waiting = await waiting_subjects(connection, actor, "link") if keeps else ()
        return [
            LinkEntry(
                row.title_ja, row.title_en, row.address, row.purpose, row.review_on, row.id,
                (row.keeper or "") if keeps else None, row.id in waiting,
            )
            for row in rows
        ]  # fmt: skip

    async def link(self, actor: Actor, link_id: int) -> LinkEntry:
        """One of them, for its keepers. Raises: NotAllowed; NotFound."""
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

    async def edit(self, actor: Actor, link_id: int, draft: LinkDraft, seen: LinkDraft | None = None) -> None:
        """Change a link, which the actor keeps from then on. ``seen``: see ``merged``. Raises: NotAllowed; Invalid;
        NotFound; Overtaken."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            kept = cleaned(merged(draft, seen, link), actor.today)
            await _keep(change, link, "link.edit", asdict(kept))

    async def confirm(self, actor: Actor, link_id: int) -> None:
        """It is still right, for a year from today. The actor keeps it. Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            if link.review_on < actor.today:
                await settle(change, TICK, "link", link_id)
            await _keep(change, link, "link.confirm", {"review_on": next_review(actor.today, link.review_on)})

    async def remove(self, actor: Actor, link_id: int) -> None:
        """Raises: NotAllowed; NotFound."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            link = await change.lock(Link, link_id, GONE, LIST)
            await settle(change, DROP, "link", link_id)
            await change.session.delete(link)
            change.note("link.remove", "link", link_id)


async def _keep(change: Change, link: Link, action: str, values: Mapping[str, Any]) -> None:
    """The actor has looked at it, and keeps it from now on. The next look is planned."""
    changed = link.take(values)
    link.keeper_id = change.actor.person_id
    await change.session.flush()
    change.note(action, "link", link.id, changed)
    titles = (link.title_ja, link.title_en)
    await keep_set(change, NewTask(REVIEW, "link", link.id, link.review_on, *titles, person_id=link.keeper_id))


_KEPT = select(func.count().label("n")).where(Link.organisation_id == ASKER.organisation_id)


def links_kept(_actor: Actor) -> Query | None:
    """For home: ``n`` links are kept."""
    return _KEPT
