"""Writing an announcement: several officers can work on the same draft, and nobody's text is lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypedDict, Unpack

from pydantic import BaseModel
from sqlalchemy import delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.announcements import notices, rules
from bot.features.announcements.access import (
    any_locked,
    draft,
    draft_step,
    locked,
    open_draft,
    require,
    require_settable,
)
from bot.features.announcements.models import (
    OPEN_STATES,
    Announcement,
    AnnouncementFile,
    AnnouncementState,
    AnnouncementTemplate,
    CheckState,
    Ping,
)
from bot.features.announcements.rules import Repeat
from bot.features.announcements.values import Content, Draft
from bot.features.audiences.models import Place
from bot.features.audiences.reach import resolve
from bot.features.audiences.rules import AllLcs, Audience, Rule, TheseLcs, usual_places
from bot.features.audiences.values import Reach
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.features.questionnaires import service as questionnaires
from bot.features.questionnaires.service import NewQuestion
from bot.i18n import N_
from bot.typed import check_name, one_line


class Settable(TypedDict, total=False):
    """Fields of a draft that are set one by one. ``deadline`` is local. None removes the deadline, file, committee or
    repeat."""

    audience: Audience
    places: Collection[Place]
    is_urgent: bool
    ping: Ping
    committee_id: int | None
    reminders: int
    deadline: datetime | None
    file: None
    repeat: Repeat | None


class DraftService(Service):
    async def begin(
        self,
        actor: Actor,
        lc_id: int | None,
        content: Content,
        upload: tuple[str, bytes] | None = None,
        like: tuple[Audience, tuple[Place, ...]] | None = None,
    ) -> int:
        """Create a draft and return its id. ``lc_id``: the LC that writes to its own people, None for the organisation.

        ``upload``: name and content of a file. ``like``: a template's recipients and places.

        Raises:
            NotAllowed: the actor is no national officer in office, or no officer of that LC.
            Invalid: the file is too large.
        """
        require(actor, lc_id)
        rule: Rule = AllLcs() if lc_id is None else TheseLcs(lc_ids=(lc_id,))
        audience, chosen = like or (Audience(rule=rule), usual_places(rule))
        async with change_by(self, actor) as change:
            require(actor, lc_id)
            return await add_draft(change, lc_id, content, audience, chosen, upload)

    async def write(
        self,
        actor: Actor,
        announcement_id: int,
        version: int,
        content: Content,
        upload: tuple[str, bytes] | None = None,
    ) -> None:
        """Change the texts of a draft if it hasn't changed since the actor saw it (``version``).

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Conflict: somebody else changed it meanwhile. The actor's text is now a separate draft; both are next
                steps.
            Invalid: the file is too large.
        """
        other: int | None = None
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            if row.version != version:
                audience = Audience.model_validate(row.audience)
                chosen = [Place(place) for place in row.places]
                other = await add_draft(change, row.lc_id, content, audience, chosen, upload)
            else:
                if upload is not None:
                    row.file_id = await _keep_file(change, upload)
                put(row, content)
                await touch(change, row, ("text",))
        if other is not None:
            raise Conflict(
                N_("Somebody else changed this draft first. Your text is saved as a separate draft."),
                next_steps=[
                    draft_step(other, N_("Draft with your text")),
                    draft_step(announcement_id, N_("The other draft")),
                ],
            )

    async def set(self, actor: Actor, announcement_id: int, **changes: Unpack[Settable]) -> None:
        """Set one or several ``Settable`` fields. Each is independent, so the last change wins.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Invalid: an LC's officers chose another LC as recipient.
        """
        assert changes.keys() <= Settable.__annotations__.keys(), changes.keys()
        columns = {_COLUMN_OF.get(name, name): as_column(value) for name, value in changes.items()}
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            require_settable(row.state, row.lc_id, announcement_id, columns)
            row.take(columns)
            await touch(change, row, columns)

    async def add_question(self, actor: Actor, announcement_id: int, new: NewQuestion) -> None:
        """Add a question to its recipients.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Invalid: the question isn't valid, or an LC would ask itself.
            Conflict: there are five already.
        """
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            require_settable(row.state, row.lc_id, announcement_id, ["questions"])
            if row.questionnaire_id is None:
                row.questionnaire_id = await questionnaires.begin(change.session, row.organisation_id, row.title)
            await questionnaires.add_question(change.session, row.questionnaire_id, new)
            await touch(change, row, ("questions",))

    async def remove_question(self, actor: Actor, announcement_id: int, question_id: int) -> None:
        """Remove a question.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
        """
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            if row.questionnaire_id is None:
                return
            await questionnaires.remove_question(change.session, row.questionnaire_id, question_id)
            if not await questionnaires.questions_of(change.session, row.questionnaire_id):
                row.questionnaire_id = None
            await touch(change, row, ("questions",))

    async def show(self, actor: Actor, announcement_id: int) -> Draft:
        """A draft or a sent announcement, for somebody who may change it.

        Raises:
            NotAllowed: it isn't the actor's.
            NotFound: there is none (any more).
        """
        async with self.database.reading() as connection:
            return await draft(connection, actor, announcement_id)

    async def to_change(self, actor: Actor, announcement_id: int, *names: str) -> Draft:
        """A draft, before somebody changes its settings or its questions.

        Raises:
            NotAllowed, NotFound, Conflict, Invalid: any such change would be refused.
        """
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        require_settable(found.state, found.lc.lc_id if found.lc else None, announcement_id, names)
        if "questions" in names:
            questionnaires.require_room(len(found.questions))
        return found

    async def reach(self, actor: Actor, announcement_id: int) -> Reach:
        """Its recipients if it went out now. Raises as ``show``."""
        async with self.database.reading() as connection:
            one = await draft(connection, actor, announcement_id)
            return await resolve(connection, actor.organisation.id, one.audience, one.places, actor.today)

    async def discard(self, actor: Actor, announcement_id: int) -> None:
        """Discard a draft. Raises as ``set``; a plan has to be cancelled first."""
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            rules.DISCARD.move(change, row, "announcement", row.id, ("state",), draft_step(announcement_id))


async def add_draft(
    change: Change,
    lc_id: int | None,
    content: Content,
    audience: Audience,
    chosen: Collection[Place],
    upload: tuple[str, bytes] | None = None,
) -> int:
    """A new draft within somebody else's transaction."""
    user = change.actor.caller.discord_user_id
    row = Announcement(
        organisation_id=change.moment.organisation_id,
        lc_id=lc_id,
        state=AnnouncementState.DRAFT.value,
        version=1,
        edition=0,
        plan=0,
        file_id=await _keep_file(change, upload),
        audience=audience.model_dump(mode="json"),
        places=[place.value for place in chosen],
        is_urgent=False,
        ping=Ping.NONE.value,
        ping_channels=[],
        reminders=2,
        skipped=[],
        check_state=CheckState.NONE.value,
        check_note="",
        signed_ja="",
        signed_en="",
        created_by_discord_id=user,
        changed_by_discord_id=user,
        created_at=change.now,
        changed_at=change.now,
        **_columns(content),
    )
    change.session.add(row)
    await change.session.flush()
    change.note("announcement.new", "announcement", row.id, ("text",))
    return row.id


def put(row: Announcement, content: Content) -> None:
    row.take(_columns(content))


async def _keep_file(change: Change, upload: tuple[str, bytes] | None) -> int | None:
    if upload is None:
        return None
    filename, content = upload
    if len(content) > rules.MAX_FILE:
        raise Invalid(
            N_("The file is {size} MB; the limit is {most} MB. Please make it smaller or add a link to it instead."),
            size=f"{len(content) / 1024 / 1024:.1f}",
            most=rules.MAX_FILE // 1024 // 1024,
        )
    row = AnnouncementFile(
        organisation_id=change.moment.organisation_id,
        filename=filename[-255:],
        content=content,
        size=len(content),
        created_at=change.now,
    )
    change.session.add(row)
    await change.session.flush()
    return row.id


async def touch(change: Change, row: Announcement, fields: Collection[str]) -> None:
    """Note a change. A reviewer approved only what they saw, so a change asks them again, and it doesn't go out until
    they approve it."""
    row.version += 1
    row.changed_by_discord_id, row.changed_at = change.actor.caller.discord_user_id, change.now
    if row.check_state == CheckState.APPROVED and row.state in OPEN_STATES:
        rules.ASK_ANEW.put(row)
        if row.state == AnnouncementState.SCHEDULED:
            rules.PUT_BACK.put(row)
            row.plan += 1
        elif row.state == AnnouncementState.REPEATING:
            rules.REST.put(row)
        if (checker := row.checker_discord_id) is not None:
            await change.send(*await notices.check(change, row, checker, was_changed=True))
    change.note("announcement.edit", "announcement", row.id, fields)


_COLUMN_OF = {"deadline": "deadline_local", "file": "file_id"}


def _columns(content: Content) -> dict[str, str]:
    return {
        "title": one_line(content.title),
        "text_ja": content.text_ja.strip(),
        "text_en": content.text_en.strip(),
        "link": content.link.strip(),
    }


def as_column(value: Any) -> Any:
    """A value as the database stores it."""
    match value:
        case Enum():
            return value.value
        case BaseModel():
            return value.model_dump(mode="json")
        case datetime():
            return value.isoformat(timespec="minutes")
        case tuple():
            return [as_column(one) for one in value]
    return value


MAX_NAME = 60
#: A Discord menu holds as many.
MOST = 25
GONE = N_("That template no longer exists. Please choose from the list.")


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
        """Save an announcement's texts, recipients and places as a template. It replaces one with the same name.

        Raises:
            NotAllowed, NotFound: it isn't the actor's, or gone.
            Invalid: the name is empty or too long, or it mentions people.
            Conflict: the list is full.
        """
        name = one_line(name)
        if not 1 <= len(name) <= MAX_NAME:
            raise Invalid(N_("Please enter a name of up to {n} characters."), n=MAX_NAME)
        check_name(name)
        async with change_by(self, actor) as change:
            row = await any_locked(change, announcement_id)
            whose: Any = AnnouncementTemplate.organisation_id == row.organisation_id
            whose &= (
                AnnouncementTemplate.lc_id.is_(None) if row.lc_id is None else AnnouncementTemplate.lc_id == row.lc_id
            )
            await change.session.execute(delete(AnnouncementTemplate).where(whose, AnnouncementTemplate.name == name))
            if len(await fetch(change.session, select(AnnouncementTemplate.id).where(whose))) >= MOST:
                raise Conflict(
                    N_("There are already {n} templates, and no more fit. Please delete one you don't need."), n=MOST
                )
            change.session.add(
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
                    created_at=change.now,
                )
            )

    async def templates(self, actor: Actor) -> list[Template]:
        """The organisation's templates for national officers, and each LC's for its own officers, by name."""
        mine: Any = AnnouncementTemplate.lc_id.in_(actor.lcs_where(Right.ANNOUNCE_LC))
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
        async with change_by(self, actor) as change:
            await _theirs(change.session, actor, template_id)
            await change.session.execute(delete(AnnouncementTemplate).where(AnnouncementTemplate.id == template_id))


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
