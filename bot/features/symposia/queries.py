"""Series, editions, slots and speakers as their readers may see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, select

from bot.db import Reader, fetch
from bot.errors import NotFound
from bot.features.committees.models import StandingCommittee
from bot.features.events.models import Event, EventState
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post
from bot.features.people.rules import Right
from bot.features.symposia.models import (
    Edition,
    EditionEvent,
    EditionState,
    Role,
    Slot,
    Speaker,
    SpeakerState,
    SpeakerStep,
    Symposium,
)
from bot.features.symposia.planning import Rule, rule_of
from bot.features.symposia.rules import FILLED, LIVE, SlotDraft
from bot.features.symposia.steps import LIST
from bot.i18n import N_

#: What grants, history and tasks are about.
KIND, SLOT = "symposium", "symposium_slot"
GONE = N_("That was not found. Please choose from the list of series.")


@dataclass(frozen=True, slots=True)
class SymposiumCard:
    """``keeps``: the reader may change it; ``owns``: and is in charge of it, so that they see contacts."""

    symposium_id: int
    name_ja: str
    name_en: str
    lc_id: int | None
    lc_ja: str | None
    lc_en: str | None
    committee_id: int | None
    committee_key: str | None
    committee_ja: str | None
    committee_en: str | None
    rule: Rule
    template: Sequence[SlotDraft]
    first_number: int
    planned_until: int
    post_id: int | None
    post_ja: str | None
    post_en: str | None
    keeps: bool
    owns: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """``by``: who took it; "" where nobody knows any more."""

    state: SpeakerState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SpeakerCard:
    """``contact``: "" for others than owners. ``is_me``: it is the reader."""

    speaker_id: int
    slot_id: int
    name: str
    affiliation: str
    contact: str
    is_outside: bool
    is_member: bool
    is_me: bool
    state: SpeakerState
    steps: Sequence[StepLine] = ()

    @property
    def has_accepted(self) -> bool:
        return self.state in FILLED


@dataclass(frozen=True, slots=True)
class SlotCard:
    """``speaker``: who has it, or is asked; None while it is open. ``former``: those who declined or withdrew."""

    slot_id: int
    edition_id: int
    role: Role
    title_ja: str
    title_en: str
    from_outside: bool
    speaker: SpeakerCard | None = None
    former: Sequence[SpeakerCard] = ()

    @property
    def is_hole(self) -> bool:
        """Nobody has accepted it."""
        return self.speaker is None or not self.speaker.has_accepted


@dataclass(frozen=True, slots=True)
class EditionCard:
    """``slots``: in their order; a reader from elsewhere sees only those speakers who accepted. ``event_id``: for them
    only once it is posted."""

    edition_id: int
    symposium_id: int
    number: int
    year: int
    month: int
    day: int | None
    is_general: bool
    state: EditionState
    title_ja: str
    title_en: str
    place: str
    country: str
    reason: str
    is_seen: bool
    event_id: int | None = None
    event_is_draft: bool = False
    slots: Sequence[SlotCard] = ()

    @property
    def when(self) -> tuple[int, int, int | None]:
        return self.year, self.month, self.day

    @property
    def on(self) -> date:
        return date(self.year, self.month, self.day or 1)

    @property
    def is_ahead(self) -> bool:
        return self.state in (EditionState.PLANNED, EditionState.ANNOUNCED)

    @property
    def holes(self) -> int:
        return sum(one.is_hole for one in self.slots) if self.is_ahead else 0


_COMMITTEE = (
    StandingCommittee.key.label("committee_key"),
    StandingCommittee.name_ja.label("committee_ja"),
    StandingCommittee.name_en.label("committee_en"),
)
_POST = (Post.key.label("post_key"), Post.name_ja.label("post_ja"), Post.name_en.label("post_en"))
_SYMPOSIA = with_lc(
    select(*Symposium.__table__.c, *_COMMITTEE, *_POST)
    .outerjoin(StandingCommittee, StandingCommittee.id == Symposium.committee_id)
    .outerjoin(Post, Post.id == Symposium.post_id),
    Symposium.lc_id,
    outer=True,
)


def symposia(organisation_id: int) -> Select[Any]:
    """All of an organisation, in the order of their names."""
    ours = Symposium.organisation_id == organisation_id
    return _SYMPOSIA.where(ours).order_by(Symposium.name_ja, Symposium.id)


def is_seen() -> Any:
    """Of a ``Symposium``: one of its editions was announced."""
    return exists().where(Edition.symposium_id == Symposium.id, Edition.announced_at.is_not(None))


def owns(actor: Actor, symposium_id: int, lc_id: int | None, post_key: str | None) -> bool:
    """Is the actor in charge of it today, by name or by its post?"""
    by_name = any(
        one.held_on(actor.today) and one.right is Right.KEEP_SYMPOSIA and one.scope.subject == (KIND, symposium_id)
        for one in actor.entitlements
    )
    return by_name or any(
        post_key is not None and (one.post_key, one.lc_id) == (post_key, lc_id) for one in actor.current
    )


def card(row: Row[Any], actor: Actor) -> SymposiumCard:
    is_owner = owns(actor, row.id, row.lc_id, row.post_key)
    keeps = is_owner or actor.may(Right.KEEP_SYMPOSIA, row.lc_id, row.committee_key, (KIND, row.id))
    return SymposiumCard(
        row.id,
        row.name_ja,
        row.name_en,
        row.lc_id,
        row.lc_ja,
        row.lc_en,
        row.committee_id,
        row.committee_key,
        row.committee_ja,
        row.committee_en,
        rule_of(row.rule),
        [SlotDraft(Role(role), ja, en, outside) for role, ja, en, outside in row.template],
        row.first_number,
        row.planned_until,
        row.post_id,
        row.post_ja,
        row.post_en,
        keeps,
        is_owner,
    )


async def symposium_of(reader: Reader, actor: Actor, symposium_id: int) -> SymposiumCard:
    """Raises NotFound: there is none, or nothing of it was announced to the reader."""
    query = symposia(actor.organisation.id).add_columns(is_seen().label("is_seen"))
    rows = await fetch(reader, query.where(Symposium.id == symposium_id))
    if rows:
        found = card(rows[0], actor)
        if found.keeps or rows[0].is_seen or await _takes_part(reader, actor, Edition.symposium_id == symposium_id):
            return found
    raise NotFound(GONE, next_steps=[LIST])


async def _takes_part(reader: Reader, actor: Actor, *among: Any) -> bool:
    """Was the actor asked for a slot there, and hasn't said no?"""
    query = _SPEAKERS.join(Edition, Edition.id == Slot.edition_id).where(*among, _mine(actor), _LIVE)
    return bool(await fetch(reader, query.limit(1)))


def _mine(actor: Actor) -> Any:
    return Speaker.person_id == (actor.person_id or 0)


_LIVE = Speaker.state.in_([one.value for one in LIVE])
_SPEAKERS = (
    select(*Speaker.__table__.c, Person.display_name, Slot.edition_id)
    .join(Slot, Slot.id == Speaker.slot_id)
    .outerjoin(Person, Person.id == Speaker.person_id)
)


async def editions_of(
    reader: Reader, actor: Actor, symposium: SymposiumCard, edition_ids: Collection[int] | None = None
) -> list[EditionCard]:
    """Those of a series that the reader may see, in the order of their days, with their slots."""
    query = (
        select(*Edition.__table__.c, EditionEvent.event_id, Event.state.label("event_state"))
        .outerjoin(EditionEvent, EditionEvent.edition_id == Edition.id)
        .outerjoin(Event, Event.id == EditionEvent.event_id)
        .where(Edition.symposium_id == symposium.symposium_id)
    )
    if edition_ids is not None:
        query = query.where(Edition.id.in_(edition_ids))
    if not symposium.keeps:
        mine = select(Slot.edition_id).join(Speaker, Speaker.slot_id == Slot.id).where(_mine(actor), _LIVE)
        query = query.where(Edition.announced_at.is_not(None) | Edition.id.in_(mine))
    rows = await fetch(reader, query.order_by(Edition.year, Edition.month, Edition.day, Edition.number, Edition.id))
    slots = await _slots_of(reader, actor, symposium, [row.id for row in rows])
    return [
        EditionCard(
            row.id,
            row.symposium_id,
            row.number,
            row.year,
            row.month,
            row.day,
            row.is_general,
            EditionState(row.state),
            row.title_ja,
            row.title_en,
            row.place,
            row.country,
            row.reason,
            row.announced_at is not None,
            row.event_id if symposium.keeps or row.event_state != EventState.DRAFT else None,
            row.event_state == EventState.DRAFT,
            slots[row.id],
        )
        for row in rows
    ]


async def _slots_of(
    reader: Reader, actor: Actor, symposium: SymposiumCard, edition_ids: Collection[int]
) -> dict[int, list[SlotCard]]:
    query = select(*Slot.__table__.c).where(Slot.edition_id.in_(edition_ids)).order_by(Slot.position, Slot.id)
    speakers: dict[int, list[SpeakerCard]] = {}
    for row in await fetch(reader, _SPEAKERS.where(Slot.edition_id.in_(edition_ids)).order_by(Speaker.id)):
        one = _speaker(row, actor, symposium)
        if symposium.keeps or one.has_accepted or one.is_me:
            speakers.setdefault(row.slot_id, []).append(one)
    found: dict[int, list[SlotCard]] = {edition_id: [] for edition_id in edition_ids}
    for row in await fetch(reader, query):
        here = speakers.get(row.id, [])
        live = [one for one in here if one.state in LIVE]
        former = [one for one in here if one.state not in LIVE and symposium.keeps]
        slot = SlotCard(row.id, row.edition_id, Role(row.role), row.title_ja, row.title_en, row.from_outside)
        found[row.edition_id].append(replace(slot, speaker=live[-1] if live else None, former=former))
    return found


def _speaker(row: Row[Any], actor: Actor, symposium: SymposiumCard) -> SpeakerCard:
    return SpeakerCard(
        row.id,
        row.slot_id,
        row.display_name or row.name,
        row.affiliation,
        row.contact if symposium.owns else "",
        row.is_outside,
        row.person_id is not None,
        row.person_id is not None and row.person_id == actor.person_id,
        SpeakerState(row.state),
    )


async def edition_of(reader: Reader, actor: Actor, edition_id: int) -> tuple[SymposiumCard, EditionCard]:
    """Raises NotFound."""
    query = select(Edition.symposium_id).where(
        Edition.id == edition_id, Edition.organisation_id == actor.organisation.id
    )
    rows = await fetch(reader, query)
    if rows:
        symposium = await symposium_of(reader, actor, rows[0].symposium_id)
        for found in await editions_of(reader, actor, symposium, [edition_id]):
            return symposium, found
    raise NotFound(GONE, next_steps=[LIST])


async def slot_of(reader: Reader, actor: Actor, slot_id: int) -> tuple[SymposiumCard, EditionCard, SlotCard]:
    """With the steps of those who have it, or had it. Raises NotFound."""
    query = select(Slot.edition_id).where(Slot.id == slot_id, Slot.organisation_id == actor.organisation.id)
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE, next_steps=[LIST])
    symposium, edition = await edition_of(reader, actor, rows[0].edition_id)
    slot = next(one for one in edition.slots if one.slot_id == slot_id)
    steps = await _steps_of(reader, slot_id) if symposium.keeps else {}
    former = [replace(one, steps=steps.get(one.speaker_id, ())) for one in slot.former]
    speaker = slot.speaker and replace(slot.speaker, steps=steps.get(slot.speaker.speaker_id, ()))
    return symposium, edition, replace(slot, speaker=speaker, former=former)


async def _steps_of(reader: Reader, slot_id: int) -> dict[int, list[StepLine]]:
    query = (
        select(SpeakerStep.speaker_id, SpeakerStep.state, SpeakerStep.taken_at, Person.display_name)
        .join(Speaker, Speaker.id == SpeakerStep.speaker_id)
        .outerjoin(Person, Person.id == SpeakerStep.taken_by_id)
        .where(Speaker.slot_id == slot_id)
        .order_by(SpeakerStep.id)
    )
    found: dict[int, list[StepLine]] = {}
    for row in await fetch(reader, query):
        line = StepLine(SpeakerState(row.state), row.taken_at, row.display_name or "")
        found.setdefault(row.speaker_id, []).append(line)
    return found
