"""Events that begin as others were: a copy, or a template that a place keeps by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.events import rules
from bot.features.events.changing import locked, new_draft
from bot.features.events.homes import Home, committee_key, homes_of, makes, require_making
from bot.features.events.models import Event, EventState, EventTemplate
from bot.features.events.queries import EventCard, card_of
from bot.features.events.question_rows import as_data, from_data, questions_of
from bot.features.events.reading import read_event
from bot.features.events.rules import When
from bot.features.events.service import read_columns
from bot.features.events.steps import TEMPLATES
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.organisations.models import Organisation
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.signups import placing
from bot.i18n import N_
from bot.paging import Part, part_of

#: Characters of a name, templates of a place, and own events from which one may begin.
NAME, MOST, LAST_EVENTS = 50, 10, 8
PER_PAGE = 10
NO_TEMPLATE = N_("That template doesn't exist any more. Please choose from the list.")
NO_NAME = N_("The template needs a name. Please enter one.")
FULL = N_("A place keeps up to {n} templates. Please delete one first.")
TAKEN = N_("There is a template with this name already. Please choose another name.")
RENAMED = N_("Somebody else has renamed this template meanwhile. Please look at it again.")
#: What a copy and a template have of an event. Its link isn't among it: that is for those who come.
_COPIED = (
    "title_ja",
    "title_en",
    "text",
    "text_en",
    "language",
    "time_zone",
    "place",
    "is_online",
    "audience",
    "limit",
    "cost",
    "alcohol",
)


@dataclass(frozen=True, slots=True)
class Template:
    """``of``: the names of its LC or committee; None: the organisation."""

    template_id: int
    name: str
    title_ja: str
    title_en: str
    of: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Past:
    """An event that somebody made."""

    event_id: int
    title_ja: str
    title_en: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Sources:
    """From what somebody may begin an event."""

    templates: Sequence[Template]
    events: Sequence[Past]


class CopyingService(Service):
    async def sources(self, actor: Actor) -> Sources:
        """What the actor's places keep, and the last events that they made, each title once."""
        query = (
            select(Event.id, Event.title_ja, Event.title_en, Event.starts_local)
            .where(
                Event.organisation_id == actor.organisation.id,
                Event.made_by_id == (actor.person_id or 0),
                Event.state != EventState.DRAFT,
            )
            .order_by(Event.posted_at.desc(), Event.starts_at, Event.id)
            .limit(60)
        )
        async with self.database.reading() as connection:
            templates = await _templates(connection, actor)
            rows = await fetch(connection, query)
        events: dict[tuple[str, str], Past] = {}
        for row in rows:
            starts = datetime.fromisoformat(row.starts_local)
            events.setdefault((row.title_ja, row.title_en), Past(row.id, row.title_ja, row.title_en, starts))
        return Sources(templates, list(events.values())[:LAST_EVENTS])

    async def templates(self, actor: Actor, page: int = 0) -> Part[Template]:
        """Those of the places for which the actor makes events."""
        async with self.database.reading() as connection:
            return part_of(await _templates(connection, actor), page, PER_PAGE)

    async def template(self, actor: Actor, template_id: int) -> Template:
        """Raises NotFound: there is none, or the actor makes no events there."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, _TEMPLATES.where(EventTemplate.id == template_id, *_here(actor)))
        for row in rows:
            if makes(actor, row.lc_id, row.committee_key):
                return _template(row)
        raise NotFound(NO_TEMPLATE, next_steps=[TEMPLATES])

    async def keep(self, actor: Actor, event_id: int, name: str) -> int:
        """Make a template of an event, for all who make events at its place; its number.

        Raises:
            NotFound: there is no such event; NotAllowed: the actor doesn't organise it, or makes no events there.
            Invalid: the name can't be used, or the place has as many as it keeps.
        """
        async with change_by(self, actor) as change:
            await locked(change, event_id)
            event = await card_of(change.session, event_id, actor.organisation.id, change.now, actor)
            require_making(actor, event.lc_id, await committee_key(change, event.committee_id))
            here = await _hold_all(change, _home_of(event))
            count = await change.session.scalar(select(func.count(EventTemplate.id)).where(here))
            if (count or 0) >= MOST:
                raise Invalid(FULL, n=MOST, next_steps=[TEMPLATES])
            look, asked = await _look_of(change.session, event_id)
            template = EventTemplate(
                organisation_id=actor.organisation.id,
                lc_id=event.lc_id,
                committee_id=event.committee_id,
                name=await _free_name(change, here, name),
                content=content_of(event) | look | {"picture_id": None, "questions": asked},
                made_by_id=actor.person_id,
                made_at=change.now,
            )
            change.session.add(template)
            await change.session.flush()
            _note(change, template, "event.template")
            return template.id

    async def rename(self, actor: Actor, template_id: int, name: str, seen: str) -> None:
        """``seen``: its name as the actor saw it. Raises NotFound; Invalid: the name can't be used; Conflict: somebody
        else has renamed it."""
        async with change_by(self, actor) as change:
            template = await _locked(change, template_id)
            if template.name not in (seen, name):
                raise Conflict(RENAMED, next_steps=[TEMPLATES])
            here = await _hold_all(change, _home_of(template))
            template.name = await _free_name(change, and_(here, EventTemplate.id != template_id), name)
            _note(change, template, "event.template")

    async def delete(self, actor: Actor, template_id: int) -> None:
        """Events that began from it stay. Raises NotFound."""
        async with change_by(self, actor) as change:
            template = await _locked(change, template_id)
            await change.session.delete(template)
            _note(change, template, "event.no_template")

    async def begin_from(self, actor: Actor, template_id: int, text: str, here: int | None = None) -> int:
        """A draft from a template; its number. ``text``: what is different, such as the time, as people write it in
        LINE; "" for nothing yet. ``here``: as ``EventService.begin`` has it.

        Raises:
            NotFound: there is no such template, or the actor makes no events there.
            Invalid: the text is too long.
        """
        _check(text)
        async with change_by(self, actor) as change:
            template = await _locked(change, template_id)
            return await _begin(change, _home_of(template), here, template.content, text)

    async def begin_like(self, actor: Actor, event_id: int, text: str, here: int | None = None) -> int:
        """A draft that has all of an event but its times, people and posts; its number. ``text``, ``here``: as
        ``begin_from`` has them.

        Raises:
            NotFound: there is no such event.
            NotAllowed: the actor makes no events there.
            Invalid: the text is too long.
        """
        _check(text)
        async with change_by(self, actor) as change:
            home, content = await _copied(change, event_id)
            return await _begin(change, home, here, content, text)

    async def copy(self, actor: Actor, event_id: int, when: When, here: int | None = None) -> int:
        """The same with a time that was typed by itself. Raises as ``begin_like``, and Invalid: it has passed, or ends
        too early."""
        async with change_by(self, actor) as change:
            home, content = await _copied(change, event_id)
            rules.check_when(when, change.now, content["time_zone"])
            made = await new_draft(change, home, here, **drafted(content, when))
            _ask(change, made, content["questions"])
            return made


def content_of(event: EventCard) -> dict[str, Any]:
    """What a template keeps; times are told by the start that they are for."""
    return {name: getattr(event, name) for name in _COPIED} | {
        "audience": event.audience.value,
        "closes_local": rules.column(event.closes),
        "place_rules": placing.as_json(event.place_rules),
        "starts_local": rules.column(event.when.starts) if event.when is not None else None,
    }


def drafted(content: dict[str, Any], when: When | None) -> dict[str, Any]:
    """The columns of a draft that begins with it. Deadlines and the like move with the start."""
    was, closes = content["starts_local"], content["closes_local"]
    given = placing.from_json(content["place_rules"], content["limit"])
    if when is None or was is None:
        given, closes_local = placing.without_times(given), None
    else:
        by = when.starts - datetime.fromisoformat(was)
        given = placing.moved(given, by)
        closes_local = rules.column(datetime.fromisoformat(closes) + by) if closes else None
    return {
        **{name: content[name] for name in _COPIED},
        **rules.time_columns(when, content["time_zone"]),
        "link": content.get("link", ""),
        "closes_local": closes_local,
        "place_rules": placing.as_json(given),
        "picture_id": content.get("picture_id"),
        "has_banner": content["has_banner"],
        "choices": content["choices"],
    }


def _columns(change: Change, content: dict[str, Any], text: str, home: Home) -> dict[str, Any]:
    """Of a draft that begins with it, and what a text says besides."""
    zone = content["time_zone"]
    if not text.strip():
        return drafted(content, None)
    found = read_event(text, change.now, zone)
    said = read_columns(found, home["lc_id"], zone)
    when = None if found.start is None else When(found.start, found.end, found.whole_days)
    columns = drafted(content, when)
    if found.audience is None:
        del said["audience"]
    ours = {*rules.time_columns(when, zone), "is_online"}
    more = {name: value for name, value in said.items() if value not in ("", None) and name not in ours}
    columns["is_online"] |= said["is_online"]
    # Of a time that can't be read, the preview asks.
    return columns | more | ({"pasted": text.strip()} if when is None else {})


def _check(text: str) -> None:
    if len(text) > rules.TEXT:
        raise Invalid(N_("Please write 1 to {n} characters about the event."), n=rules.TEXT)


async def _copied(change: Change, event_id: int) -> tuple[Home, dict[str, Any]]:
    """Raises NotFound; NotAllowed: the actor makes no events at its place."""
    event = await card_of(change.session, event_id, change.moment.organisation_id, change.now, change.actor)
    require_making(change.actor, event.lc_id, await committee_key(change, event.committee_id))
    # Its organisers have its link anyway.
    link = {"link": event.link} if event.may_edit else {}
    look, asked = await _look_of(change.session, event_id)
    return _home_of(event), content_of(event) | link | look | {"questions": asked}


async def _look_of(reader: Reader, event_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Its picture and the ways to take part, and what it asks."""
    columns = select(Event.picture_id, Event.has_banner, Event.choices).where(Event.id == event_id)
    (row,) = await fetch(reader, columns)
    look = {"picture_id": row.picture_id, "has_banner": row.has_banner, "choices": row.choices}
    return look, as_data(await questions_of(reader, event_id))


async def _begin(change: Change, home: Home, here: int | None, content: dict[str, Any], text: str) -> int:
    made = await new_draft(change, home, here, **_columns(change, content, text, home))
    _ask(change, made, content["questions"])
    return made


def _ask(change: Change, event_id: int, questions: Sequence[dict[str, Any]]) -> None:
    change.session.add_all(from_data(event_id, questions))


def _home_of(row: Any) -> Home:
    """``row``: a card, a template, or its columns."""
    return {"lc_id": row.lc_id, "committee_id": row.committee_id}


def _at(home: Home, actor: Actor) -> ColumnElement[bool]:
    return and_(
        *_here(actor),
        EventTemplate.lc_id.is_not_distinct_from(home["lc_id"]),
        EventTemplate.committee_id.is_not_distinct_from(home["committee_id"]),
    )


async def _hold_all(change: Change, home: Home) -> ColumnElement[bool]:
    """Which templates a place has. Of two who add or rename one there, the second sees the first's."""
    lc_id, here = home["lc_id"], change.moment.organisation_id
    place = select(Organisation.id).where(Organisation.id == here)
    if lc_id is not None:
        place = select(LocalCommittee.id).where(LocalCommittee.id == lc_id)
    # Rows that only name it don't wait.
    await change.session.execute(place.with_for_update(key_share=True))
    return _at(home, change.actor)


async def _templates(reader: Reader, actor: Actor) -> list[Template]:
    """In the order of the places, and by name."""
    homes = [home for home, _ in await homes_of(reader, actor)]
    if not homes:
        return []
    query = _TEMPLATES.where(or_(*(_at(home, actor) for home in homes)))
    rows = await fetch(reader, query.order_by(EventTemplate.name, EventTemplate.id))
    return [_template(row) for home in homes for row in rows if _home_of(row) == home]


def _template(row: Any) -> Template:
    of = (row.lc_ja, row.lc_en) if row.lc_id is not None else (row.committee_ja, row.committee_en)
    content = row.content
    return Template(row.id, row.name, content["title_ja"], content["title_en"], of if any(of) else None)


def _here(actor: Actor) -> list[ColumnElement[bool]]:
    return [EventTemplate.organisation_id == actor.organisation.id]


_TEMPLATES = with_lc(
    select(
        *EventTemplate.__table__.c,
        StandingCommittee.key.label("committee_key"),
        StandingCommittee.name_ja.label("committee_ja"),
        StandingCommittee.name_en.label("committee_en"),
    ).outerjoin(StandingCommittee, StandingCommittee.id == EventTemplate.committee_id),
    EventTemplate.lc_id,
    outer=True,
)


async def _locked(change: Change, template_id: int) -> EventTemplate:
    """Raises NotFound: there is none, or the actor makes no events there."""
    template = await change.lock(EventTemplate, template_id, NO_TEMPLATE, TEMPLATES)
    if not makes(change.actor, template.lc_id, await committee_key(change, template.committee_id)):
        raise NotFound(NO_TEMPLATE, next_steps=[TEMPLATES])
    return template


async def _free_name(change: Change, among: ColumnElement[bool], name: str) -> str:
    """Raises Invalid: it is empty, too long, or taken."""
    cleaned = one_name(name, NAME)
    if not cleaned:
        raise Invalid(NO_NAME)
    if await change.session.scalar(select(EventTemplate.id).where(among, EventTemplate.name == cleaned)) is not None:
        raise Invalid(TAKEN)
    return cleaned


def _note(change: Change, template: EventTemplate, action: str) -> None:
    lc_id = template.lc_id
    about = ("local_committee", lc_id) if lc_id is not None else ("event_template", template.id)
    change.note(action, *about, ["name"])
