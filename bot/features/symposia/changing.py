"""What several services do to a series within their transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NextStep, NotFound
from bot.features.events.homes import committee_key
from bot.features.people.changes import Change
from bot.features.people.models import Grant, Person, Post
from bot.features.people.rules import Right
from bot.features.symposia.models import Edition, EditionState, Slot, Speaker, Symposium
from bot.features.symposia.queries import GONE, KIND, SLOT, owns
from bot.features.symposia.rules import FILLED, LIVE, SlotDraft
from bot.features.symposia.steps import LIST
from bot.features.tasks.rules import TaskTemplate
from bot.features.tasks.service import DROP, TICK, NewTask, keep_set, settle
from bot.i18n import N_

#: To the owner, 90, 60 and 30 days before an edition, while nobody has accepted a slot of it. It is due at 30.
HOLE = TaskTemplate(
    "symposia:hole",
    N_("Find somebody: {title}"),
    offset=-30,
    reminders=(60, 30, 0),
    waits=60,
    step=NextStep(N_("Open the slot"), "symposia:slot:{subject}"),
)


@dataclass(frozen=True, slots=True)
class Doer:
    """Whose the tasks of a series are."""

    post_id: int | None
    lc_id: int | None
    person_id: int | None


def note(change: Change, symposium: Symposium, action: str, fields: Iterable[str] = ()) -> None:
    """In the history of the LC, where it is one's: its officers find it by that."""
    about = ("local_committee", symposium.lc_id) if symposium.lc_id is not None else (KIND, symposium.id)
    change.note(action, *about, fields)


async def hold(change: Change, symposium_id: int, people: Collection[int] = ()) -> Symposium:
    """The row, locked, whoever asks. ``people``: whom the change will name. Raises NotFound."""
    # Before the series, everybody: a deletion begins with the person.
    maker = select(Symposium.made_by_id).where(Symposium.id == symposium_id).scalar_subquery()
    named = Person.id.in_([change.actor.person_id or 0, *people]) | (Person.id == maker)
    query = select(Person.id).where(named).order_by(Person.id)
    await change.session.execute(query.with_for_update(read=True, key_share=True))
    return await change.lock(Symposium, symposium_id, GONE, LIST)


async def locked(change: Change, symposium_id: int, people: Collection[int] = ()) -> Symposium:
    """The same for those who keep it. Raises NotFound; NotAllowed."""
    symposium = await hold(change, symposium_id, people)
    if not await owns_now(change, symposium):
        key = await committee_key(change, symposium.committee_id)
        change.actor.require(Right.KEEP_SYMPOSIA, symposium.lc_id, key, (KIND, symposium.id))
    return symposium


async def owns_now(change: Change, symposium: Symposium) -> bool:
    key = None
    if symposium.post_id is not None:
        key = await change.session.scalar(select(Post.key).where(Post.id == symposium.post_id))
    return owns(change.actor, symposium.id, symposium.lc_id, key)


async def locked_edition(change: Change, edition_id: int) -> tuple[Symposium, Edition]:
    """For those who keep its series. Raises NotFound; NotAllowed."""
    query = select(Edition.symposium_id).where(Edition.id == edition_id)
    symposium_id = await change.session.scalar(query)
    if symposium_id is None:
        raise NotFound(GONE, next_steps=[LIST])
    symposium = await locked(change, symposium_id)
    return symposium, await change.lock(Edition, edition_id, GONE, LIST)


async def hold_slot(
    change: Change, slot_id: int, people: Collection[int] = (), *, by_keeper: bool = True
) -> tuple[Symposium, Edition, Slot]:
    """Raises NotFound; ``by_keeper``: NotAllowed."""
    query = select(Edition.symposium_id, Edition.id).join(Slot, Slot.edition_id == Edition.id)
    found = (await change.session.execute(query.where(Slot.id == slot_id))).one_or_none()
    if found is None:
        raise NotFound(GONE, next_steps=[LIST])
    take = locked if by_keeper else hold
    symposium = await take(change, found.symposium_id, people)
    edition = await change.lock(Edition, found.id, GONE, LIST)
    return symposium, edition, await change.lock(Slot, slot_id, GONE, LIST)


async def live_speaker(change: Change, slot_id: int) -> Speaker | None:
    """Who has a slot, or is asked."""
    is_live = Speaker.state.in_([one.value for one in LIVE])
    query = select(Speaker).where(Speaker.slot_id == slot_id, is_live).order_by(Speaker.id.desc()).limit(1)
    return await change.session.scalar(query.with_for_update())


def add_slots(change: Change, edition: Edition, slots: Iterable[SlotDraft], after: int = 0) -> list[Slot]:
    made = [
        Slot(
            organisation_id=edition.organisation_id,
            edition_id=edition.id,
            position=after + number,
            role=one.role.value,
            title_ja=one.title_ja,
            title_en=one.title_en,
            from_outside=one.from_outside,
        )
        for number, one in enumerate(slots, 1)
    ]
    change.session.add_all(made)
    return made


async def doer_of(session: AsyncSession, today: date, symposium: Symposium) -> Doer:
    """The holders of its post, else the first of its owners, else the officers of its place."""
    if symposium.post_id is not None:
        return Doer(symposium.post_id, symposium.lc_id, None)
    about = (Grant.subject_kind == KIND, Grant.subject_id == symposium.id, Grant.right == Right.KEEP_SYMPOSIA.value)
    first = select(Grant.person_id).where(*about, Grant.held_on(today)).order_by(Grant.id).limit(1)
    person_id = await session.scalar(first)
    return Doer(None, symposium.lc_id if person_id is None else None, person_id)


async def keep_holes(change: Change, symposium: Symposium, *editions: Edition) -> None:
    """Their open slots have a task each, on the right day and of the right doer; others have none."""
    await change.session.flush()
    doer = await doer_of(change.session, change.moment.today, symposium)
    for edition in editions:
        slots = select(Slot).where(Slot.edition_id == edition.id).order_by(Slot.position, Slot.id)
        for slot in (await change.session.scalars(slots)).all():
            await _keep_hole(change, symposium, edition, slot, doer)


async def _keep_hole(change: Change, symposium: Symposium, edition: Edition, slot: Slot, doer: Doer) -> None:
    if await is_filled(change.session, slot.id):
        await settle(change, TICK, SLOT, slot.id, HOLE)
    elif not is_ahead(edition, change.moment.today):
        await settle(change, DROP, SLOT, slot.id, HOLE)
    else:
        await keep_set(change, hole_of(symposium, edition, slot, doer))


async def is_filled(session: AsyncSession, slot_id: int) -> bool:
    """Somebody has accepted it."""
    accepted = Speaker.state.in_([one.value for one in FILLED])
    query = select(Speaker.id).where(Speaker.slot_id == slot_id, accepted).limit(1)
    return await session.scalar(query) is not None


def is_ahead(edition: Edition, today: date) -> bool:
    """It is to take place: its day isn't behind, nor its month while only that is known."""
    if edition.state not in (EditionState.PLANNED, EditionState.ANNOUNCED):
        return False
    if edition.day is None:
        return (edition.year, edition.month) >= (today.year, today.month)
    return edition.on >= today


def hole_of(symposium: Symposium, edition: Edition, slot: Slot, doer: Doer) -> NewTask:
    """The task about an open slot."""
    ja, en = titles(symposium, edition, slot)
    new = NewTask(HOLE, SLOT, slot.id, edition.on, ja, en)
    return replace(new, post_id=doer.post_id, lc_id=doer.lc_id, person_id=doer.person_id)


def titles(symposium: Symposium, edition: Edition, slot: Slot) -> tuple[str, str]:
    """Of a task about a slot, in Japanese and English, at most 100 characters."""
    ja = f"第{edition.number}回 {slot.title_ja or _ROLE_JA[slot.role]}・{symposium.name_ja}"
    en = f"No. {edition.number}, {slot.title_en or slot.role}: {symposium.name_en}"
    return ja[:100], en[:100]


_ROLE_JA = {"chair": "座長", "speaker": "演者", "discussant": "指定討論者"}
