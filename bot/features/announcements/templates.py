from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.announcements.loading import any_locked, require
from bot.features.announcements.models import AnnouncementTemplate
from bot.features.announcements.records import Content
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.typed import check_name, one_line

MAX_NAME = 60
#: A menu of Discord's holds as many.
MOST = 25
GONE = N_("That template doesn't exist any more. Please choose from the list.")


@dataclass(frozen=True, slots=True)
class Template:
    template_id: int
    name: str
    lc_id: int | None
    content: Content
    audience: Audience
    places: tuple[Place, ...]


class TemplateService(Service):
    async def keep(self, actor: Actor, announcement_id: int, name: str) -> None:
        """Keep the texts, to whom and where of an announcement under a name; one of that name is replaced.

        Raises:
            NotAllowed, NotFound: it isn't the actor's, or gone.
            Invalid: the name is empty or too long, or it mentions people.
            Conflict: there are as many as fit into a list.
        """
        name = one_line(name)
        if not 1 <= len(name) <= MAX_NAME:
            raise Invalid(N_("Please give it a name of at most {n} characters."), n=MAX_NAME)
        check_name(name)
        async with self.database.writing() as session:
            row = await any_locked(session, actor, announcement_id)
            whose: Any = AnnouncementTemplate.organisation_id == row.organisation_id
            whose &= (
                AnnouncementTemplate.lc_id.is_(None) if row.lc_id is None else AnnouncementTemplate.lc_id == row.lc_id
            )
            await session.execute(delete(AnnouncementTemplate).where(whose, AnnouncementTemplate.name == name))
            if len(await fetch(session, select(AnnouncementTemplate.id).where(whose))) >= MOST:
                raise Conflict(N_("There are {n} templates already. Please delete one that isn't needed."), n=MOST)
            session.add(
                AnnouncementTemplate(
                    organisation_id=row.organisation_id,
                    lc_id=row.lc_id,
                    name=name,
                    title=row.title,
                    text_ja=row.text_ja,
                    text_en=row.text_en,
                    link=row.link,
                    audience=row.audience,
                    places=row.places,
                    created_at=self.clock.now(),
                )
            )

    async def templates(self, actor: Actor) -> list[Template]:
        """Those of the organisation for national officers, and of each LC for its own officers, by name."""
        mine: Any = AnnouncementTemplate.lc_id.in_(actor.officer_of or [0])
        if actor.may(Right.ANNOUNCE_NATION):
            mine |= AnnouncementTemplate.lc_id.is_(None)
        query = _TEMPLATES.where(AnnouncementTemplate.organisation_id == actor.organisation.id, mine)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(AnnouncementTemplate.name, AnnouncementTemplate.id))
        return [_template(row) for row in rows]

    async def template(self, actor: Actor, template_id: int) -> Template:
        """Raises NotFound or NotAllowed."""
        async with self.database.reading() as connection:
            return await _theirs(connection, actor, template_id)

    async def remove(self, actor: Actor, template_id: int) -> None:
        """Raises as ``template``."""
        async with self.database.writing() as session:
            await _theirs(session, actor, template_id)
            await session.execute(delete(AnnouncementTemplate).where(AnnouncementTemplate.id == template_id))


_TEMPLATES = select(*(column for column in AnnouncementTemplate.__table__.columns))


async def _theirs(reader: Reader, actor: Actor, template_id: int) -> Template:
    query = _TEMPLATES.where(
        AnnouncementTemplate.organisation_id == actor.organisation.id, AnnouncementTemplate.id == template_id
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    require(actor, rows[0].lc_id)
    return _template(rows[0])


def _template(row: Any) -> Template:
    return Template(
        row.id,
        row.name,
        row.lc_id,
        Content(row.title, row.text_ja, row.text_en, row.link),
        Audience.model_validate(row.audience),
        tuple(Place(place) for place in row.places),
    )
