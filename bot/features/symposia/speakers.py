"""The slots of an edition, and the way of each speaker: asked, accepted, title, slides, settled, thanked."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.members.models import Contact, Profile
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.lifecycles import Step
from bot.features.people.models import Grant, Person, Term
from bot.features.people.rules import Right
from bot.features.symposia.changing import (
    HOLE,
    add_slots,
    hold_slot,
    keep_holes,
    live_speaker,
    locked_edition,
    note,
    owns_now,
)
from bot.features.symposia.models import Edition, Slot, Speaker, SpeakerState, SpeakerStep, Symposium
from bot.features.symposia.queries import KIND, SLOT, EditionCard, SlotCard, SymposiumCard, slot_of
from bot.features.symposia.rules import (
    ACCEPT,
    CANCEL,
    DECLINE,
    NO_SLOTS,
    NOT_OUTSIDE,
    SPEAKERS,
    STEPS,
    TITLED,
    WITHDRAW,
    SlotDraft,
    SpeakerDraft,
    cleaned_slot,
    cleaned_speaker,
)
from bot.features.symposia.sizes import SLOTS, TITLE
from bot.features.symposia.steps import edition_step, slot_step
from bot.features.tasks.service import DROP, settle
from bot.i18n import N_
from bot.kit.edits import merged
from bot.kit.messages import MessageKind

#: To the owners of a series, at once: a slot is open again, perhaps the day before.
WITHDRAWN = MessageKind("symposia:withdrawn", N_("A speaker withdrew"))
NO_SPEAKER = N_("Nobody is asked for this slot any more. Please look at it again.")
HAS_SPEAKER = N_("Somebody has this slot, or is asked. Please tick first that they declined or withdrew.")
NOT_JOINED = N_("They haven't joined here yet. Please ask them to join with /join, or enter them as a guest.")
MEMBER = N_("They are a member and keep their own details. Nothing was changed.")
NO_TITLE = N_("Please enter the title of the talk.")
#: What a speaker with an account does about their own talk.
_OWN = (ACCEPT, DECLINE, WITHDRAW)


class SlotService(Service):
    async def slot(self, actor: Actor, slot_id: int) -> tuple[SymposiumCard, EditionCard, SlotCard]:
        """Raises NotFound."""
        async with self.database.reading() as connection:
            return await slot_of(connection, actor, slot_id)

    async def add(self, actor: Actor, edition_id: int, draft: SlotDraft) -> int:
        """One more slot of an edition; its number. Raises NotFound; NotAllowed; Invalid; Conflict: it is over."""
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            CANCEL.require(edition.state, edition_step(edition_id))
            count = select(func.count(Slot.id), func.max(Slot.position)).where(Slot.edition_id == edition_id)
            number, last = (await change.session.execute(count)).one()
            if number >= SLOTS:
                raise Invalid(NO_SLOTS, n=SLOTS, next_steps=[edition_step(edition_id)])
            (slot,) = add_slots(change, edition, [cleaned_slot(draft)], last or 0)
            await keep_holes(change, symposium, edition)
            note(change, symposium, "edition.slots")
            return slot.id

    async def edit(self, actor: Actor, slot_id: int, draft: SlotDraft, seen: SlotDraft | None = None) -> None:
        """``seen``: see ``merged``. Raises NotFound; NotAllowed; Invalid; Overtaken."""
        async with change_by(self, actor) as change:
            symposium, edition, slot = await hold_slot(change, slot_id)
            kept = cleaned_slot(merged(draft, seen, slot))
            speaker = await live_speaker(change, slot_id)
            if kept.from_outside and speaker is not None and not speaker.is_outside:
                raise Invalid(NOT_OUTSIDE, next_steps=[slot_step(slot_id)])
            values = {"role": kept.role.value, "title_ja": kept.title_ja, "title_en": kept.title_en}
            if slot.take(values | {"from_outside": kept.from_outside}):
                await keep_holes(change, symposium, edition)
                note(change, symposium, "edition.slots")

    async def remove(self, actor: Actor, slot_id: int) -> int:
        """A slot that nobody has; the number of its edition. Raises NotFound; NotAllowed; Conflict: somebody has it."""
        async with change_by(self, actor) as change:
            symposium, edition, slot = await hold_slot(change, slot_id)
            if await live_speaker(change, slot_id) is not None:
                raise Conflict(HAS_SPEAKER, next_steps=[slot_step(slot_id)])
            await settle(change, DROP, SLOT, slot_id, HOLE)
            await change.session.delete(slot)
            note(change, symposium, "edition.slots")
            return edition.id


class SpeakerService(Service):
    async def ask_member(self, actor: Actor, slot_id: int, user_id: int, *, is_outside: bool) -> None:
        """A member is asked for a slot; ``user_id``: their account in Discord.

        Raises:
            NotFound; NotAllowed.
            Invalid: they haven't joined, or the slot is for somebody from outside medicine.
            Conflict: the edition is over, or somebody has the slot.
        """
        async with change_by(self, actor) as change:
            query = select(Person.id).join(Profile, Profile.person_id == Person.id)
            here = Person.organisation_id == change.moment.organisation_id
            person_id = await change.session.scalar(query.where(here, Person.discord_user_id == user_id))
            if person_id is None:
                raise Invalid(NOT_JOINED, next_steps=[slot_step(slot_id)])
            draft = SpeakerDraft("", is_outside=is_outside)
            await _ask(change, slot_id, draft, person_id)

    async def ask_guest(self, actor: Actor, slot_id: int, draft: SpeakerDraft) -> None:
        """Somebody from outside is asked. Raises as ``ask_member``; Invalid: a part can't be used."""
        kept = cleaned_speaker(draft)
        async with change_by(self, actor) as change:
            await _ask(change, slot_id, kept, None)

    async def open_to(self, actor: Actor, slot_id: int) -> SlotCard:
        """For a form, before it opens. Raises NotFound; NotAllowed: the actor doesn't keep the series."""
        async with self.database.reading() as connection:
            symposium, _, slot = await slot_of(connection, actor, slot_id)
        if not symposium.keeps:
            about = (symposium.lc_id, symposium.committee_key, (KIND, symposium.symposium_id))
            actor.require(Right.KEEP_SYMPOSIA, *about)
        return slot

    async def guest(self, actor: Actor, slot_id: int) -> SpeakerDraft:
        """For the form of their details. Raises NotFound; NotAllowed; Conflict: it is a member."""
        slot = await self.open_to(actor, slot_id)
        if slot.speaker is None:
            raise NotFound(NO_SPEAKER, next_steps=[slot_step(slot_id)])
        if slot.speaker.is_member:
            raise Conflict(MEMBER, next_steps=[slot_step(slot_id)])
        one = slot.speaker
        return SpeakerDraft(one.name, one.affiliation, one.contact, one.is_outside)

    async def edit_guest(
        self, actor: Actor, slot_id: int, draft: SpeakerDraft, seen: SpeakerDraft | None = None
    ) -> None:
        """Their details. Others than owners leave the contact as it is. Raises NotFound; NotAllowed; Invalid;
        Overtaken; Conflict: it is a member."""
        async with change_by(self, actor) as change:
            symposium, _, slot = await hold_slot(change, slot_id)
            speaker = await _live(change, slot_id)
            if speaker.person_id is not None:
                raise Conflict(MEMBER, next_steps=[slot_step(slot_id)])
            if not await owns_now(change, symposium):
                draft = replace(draft, contact=speaker.contact)
                seen = seen and replace(seen, contact=speaker.contact)
            kept = cleaned_speaker(merged(draft, seen, speaker))
            _check_fits(slot, is_outside=kept.is_outside)
            values = {"name": kept.name, "affiliation": kept.affiliation, "contact": kept.contact}
            if changed := speaker.take(values | {"is_outside": kept.is_outside}):
                note(change, symposium, "speaker.edit", changed)

    async def take(self, actor: Actor, slot_id: int, speaker_id: int, to: SpeakerState) -> None:
        """A step with the speaker of a slot, by those who keep the series; a member takes their own: accepted,
        declined, withdrawn. After a withdrawal the slot is open at once, and the owners hear of it.

        Raises:
            NotFound: the slot isn't there, or has another speaker by now.
            NotAllowed.
            Conflict: their step is another one by now.
        """
        step = STEPS[to]
        async with change_by(self, actor) as change:
            query = select(Speaker.person_id).where(Speaker.id == speaker_id, Speaker.slot_id == slot_id)
            person_id = await change.session.scalar(query)
            is_own = person_id is not None and person_id == actor.person_id
            by_keeper = not (is_own and step in _OWN)
            symposium, edition, slot = await hold_slot(change, slot_id, by_keeper=by_keeper)
            speaker = await _live(change, slot_id)
            if speaker.id != speaker_id:
                raise NotFound(NO_SPEAKER, next_steps=[slot_step(slot_id)])
            await _take(change, step, symposium, edition, slot, speaker)
            if step is WITHDRAW:
                await _tell_owners(change, symposium, edition, slot, speaker)

    async def title(self, actor: Actor, slot_id: int, title_ja: str, title_en: str) -> None:
        """Their title has come; later, another one. One of the two may be left empty. Raises NotFound; NotAllowed;
        Invalid; Conflict: they haven't accepted."""
        ja, en = one_name(title_ja, TITLE), one_name(title_en, TITLE)
        if not ja and not en:
            raise Invalid(NO_TITLE, next_steps=[slot_step(slot_id)])
        async with change_by(self, actor) as change:
            symposium, edition, slot = await hold_slot(change, slot_id)
            speaker = await _live(change, slot_id)
            if speaker.state == SpeakerState.ASKED:
                raise TITLED.refused(slot_step(slot_id))
            slot.title_ja, slot.title_en = ja or en, en or ja
            if TITLED.may(speaker.state):
                await _take(change, TITLED, symposium, edition, slot, speaker)
            else:
                note(change, symposium, "speaker.edit")


def _check_fits(slot: Slot, *, is_outside: bool) -> None:
    if slot.from_outside and not is_outside:
        raise Invalid(NOT_OUTSIDE, next_steps=[slot_step(slot.id)])


async def _live(change: Change, slot_id: int) -> Speaker:
    speaker = await live_speaker(change, slot_id)
    if speaker is None:
        raise NotFound(NO_SPEAKER, next_steps=[slot_step(slot_id)])
    return speaker


async def _ask(change: Change, slot_id: int, draft: SpeakerDraft, person_id: int | None) -> None:
    symposium, edition, slot = await hold_slot(change, slot_id, [] if person_id is None else [person_id])
    CANCEL.require(edition.state, edition_step(edition.id))
    _check_fits(slot, is_outside=draft.is_outside)
    if await live_speaker(change, slot_id) is not None:
        raise Conflict(HAS_SPEAKER, next_steps=[slot_step(slot_id)])
    speaker = Speaker(
        organisation_id=symposium.organisation_id,
        slot_id=slot_id,
        person_id=person_id,
        name=draft.name,
        affiliation=draft.affiliation,
        contact=draft.contact,
        is_outside=draft.is_outside,
        state=SPEAKERS.first.value,
    )
    change.session.add(speaker)
    await change.session.flush()
    _step(change, speaker, SPEAKERS.first)
    note(change, symposium, "speaker.ask")


def _step(change: Change, speaker: Speaker, state: SpeakerState) -> None:
    by = change.actor.person_id
    change.session.add(SpeakerStep(speaker_id=speaker.id, state=state.value, taken_at=change.now, taken_by_id=by))


async def _take(
    change: Change, step: Step[SpeakerState], symposium: Symposium, edition: Edition, slot: Slot, speaker: Speaker
) -> None:
    step.put(speaker, slot_step(slot.id))
    _step(change, speaker, step.to)
    await keep_holes(change, symposium, edition)
    note(change, symposium, step.action, ("state",))


async def _tell_owners(change: Change, symposium: Symposium, edition: Edition, slot: Slot, speaker: Speaker) -> None:
    """Those who chose direct messages, but for the one who ticked it; all of them have the task."""
    today = change.moment.today
    by_name = select(Grant.person_id).where(
        Grant.subject_kind == KIND,
        Grant.subject_id == symposium.id,
        Grant.right == Right.KEEP_SYMPOSIA.value,
        Grant.held_on(today),
    )
    by_post = select(Term.person_id).where(
        Term.post_id == (symposium.post_id or 0), Term.lc_id.is_not_distinct_from(symposium.lc_id), Term.held_on(today)
    )
    query = (
        select(Person.id, Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Person.id.in_(by_name) | Person.id.in_(by_post), Person.id != (change.actor.person_id or 0))
        .where(Profile.contact == Contact.DIRECT, Person.discord_user_id.is_not(None))
        .order_by(Person.id)
    )
    rows = (await change.session.execute(query)).all()
    payload = {"slot": slot.id, "speaker": speaker.id}
    for row in rows:
        to = Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}")
        await change.send(WITHDRAWN.to(to, change.moment, f"{speaker.id}:{row.id}", payload))
