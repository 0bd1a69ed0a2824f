"""The editions of a series: planned for a year by its rule, announced, held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, exists, func, select

from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.events.steps import edit_step as event_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.features.symposia.changing import add_slots, keep_holes, locked, locked_edition, note
from bot.features.symposia.models import Edition, EditionEvent, EditionState, Role, Slot, Speaker, Symposium
from bot.features.symposia.planning import Plan, Planned, Rule, Standing, checked_rule, next_country, plan, rule_of
from bot.features.symposia.queries import KIND, SLOT, EditionCard, SymposiumCard, edition_of, editions_of, symposium_of
from bot.features.symposia.rules import (
    ANNOUNCE,
    CANCEL,
    EDITIONS,
    HOLD,
    EditionDraft,
    SlotDraft,
    checked_reason,
    cleaned_edition,
)
from bot.features.symposia.sizes import AHEAD
from bot.features.symposia.steps import edition_step, symposium_step
from bot.features.tasks.service import DROP, settle
from bot.i18n import N_
from bot.kit.edits import merged

OTHER_PLAN = N_("The editions have changed since this preview. Nothing was changed. Please look at the plan again.")
TOO_FAR = N_("Editions can be planned up to {n} years ahead.")
TAKEN = N_("Another edition has that number. Please choose another one.")
TOO_EARLY = N_("This edition hasn't taken place yet. Please tick it on its day or later.")
FOLLOWS = N_("This edition follows its event. Please change the date there.")
OVER = N_("This edition is over or cancelled. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would do. ``rule`` and ``until`` (the last year) are those for which it was made."""

    symposium: SymposiumCard
    rule: Rule
    until: int
    plan: Plan


class EditionService(Service):
    async def editions(self, actor: Actor, symposium_id: int) -> tuple[SymposiumCard, list[EditionCard]]:
        """All that the reader may see, in the order of their days. Raises NotFound."""
        async with self.database.reading() as connection:
            symposium = await symposium_of(connection, actor, symposium_id)
            return symposium, await editions_of(connection, actor, symposium)

    async def edition(self, actor: Actor, edition_id: int) -> tuple[SymposiumCard, EditionCard]:
        """Raises NotFound."""
        async with self.database.reading() as connection:
            return await edition_of(connection, actor, edition_id)

    async def to_edit(self, actor: Actor, edition_id: int) -> tuple[EditionDraft, str]:
        """For a form, before it opens: what is kept, and the host country that its rule proposes. Raises NotFound;
        NotAllowed; Conflict: it is over."""
        async with self.database.reading() as connection:
            symposium, edition = await edition_of(connection, actor, edition_id)
            _require(actor, symposium)
            others = await editions_of(connection, actor, symposium)
        if not edition.is_ahead:
            raise Conflict(OVER, next_steps=[edition_step(edition_id)])
        draft = EditionDraft(
            edition.number, edition.when, edition.title_ja, edition.title_en, edition.place, edition.country
        )
        before = [one.country for one in others if one.on < edition.on and one.state is not EditionState.CANCELLED]
        return draft, next_country(symposium.rule, before)

    async def preview(
        self, actor: Actor, symposium_id: int, rule: Rule | None = None, until: int | None = None
    ) -> Preview:
        """What would become of the editions under a rule (the present one if it is None), up to the end of a year: the
        next one that isn't planned, if ``rule`` and ``until`` are None. Raises NotFound; NotAllowed; Invalid."""
        async with self.database.reading() as connection:
            symposium = await symposium_of(connection, actor, symposium_id)
            _require(actor, symposium)
            found = await editions_of(connection, actor, symposium)
        last = max(symposium.planned_until, actor.today.year - 1)
        if until is None:
            until = last + 1 if rule is None else max(last, actor.today.year)
        kept = checked_rule(rule or symposium.rule)
        standing = [
            Standing(
                one.edition_id,
                0 if one.state is EditionState.CANCELLED else one.number,  # its number is free again
                one.year,
                one.month,
                one.state is not EditionState.PLANNED or one.event_id is not None,
                _is_kept(one),
            )
            for one in found
        ]
        return Preview(symposium, kept, until, _plan(kept, standing, until, actor, symposium.first_number))

    async def apply(self, actor: Actor, symposium_id: int, rule_text: str, until: int, token: str) -> int:
        """Take a plan as its preview showed it (``Plan.token``); how many editions lie ahead then. Announced ones stay.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it would do something else by now.
        """
        rule = rule_of(rule_text)
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            rows = await _locked_editions(change, symposium_id)
            standing = [await _standing(change, row) for row in rows.values()]
            found = _plan(rule, standing, until, actor, symposium.first_number)
            if found.token != token:
                raise Conflict(OTHER_PLAN, next_steps=[symposium_step(symposium_id)])
            for one in found.dropped:
                await _drop(change, one.edition_id)
            ahead = [await _placed(change, symposium, rule, rows, one) for one in found.editions]
            symposium.rule, symposium.planned_until = rule.text, max(until, symposium.planned_until)
            await keep_holes(change, symposium, *ahead)
            note(change, symposium, "symposium.plan")
            return len(ahead)

    async def edit(self, actor: Actor, edition_id: int, draft: EditionDraft, seen: EditionDraft | None = None) -> None:
        """Change what is typed of it; a moved date moves its open tasks. ``seen``: see ``merged``.

        Raises:
            NotFound; NotAllowed; Invalid; Overtaken.
            Conflict: it is over, another edition has the number, or its date is that of its event.
        """
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            CANCEL.require(edition.state, edition_step(edition_id))
            kept = asdict(merged(cleaned_edition(draft), seen, edition))
            await _check_number(change, edition, kept["number"])
            when = kept.pop("when")
            event_id = await event_of(change, edition_id)
            if event_id is not None and when != edition.when:
                raise Conflict(FOLLOWS, next_steps=[event_step(event_id)])
            if changed := edition.take(kept | dict(zip(("year", "month", "day"), when, strict=True))):
                note(change, symposium, "edition.edit", changed)
                await keep_holes(change, symposium, edition)

    async def announce(self, actor: Actor, edition_id: int) -> None:
        """From now on everybody sees it, with the speakers who accepted. Raises NotFound; NotAllowed; Conflict."""
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            ANNOUNCE.put(edition, edition_step(edition_id))
            edition.announced_at = change.now
            note(change, symposium, ANNOUNCE.action, ("state",))

    async def hold(self, actor: Actor, edition_id: int) -> None:
        """It took place. Raises NotFound; NotAllowed; Invalid: its day is yet to come; Conflict."""
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            if edition.on > change.moment.today:
                raise Invalid(TOO_EARLY, next_steps=[edition_step(edition_id)])
            HOLD.put(edition, edition_step(edition_id))
            await keep_holes(change, symposium, edition)
            note(change, symposium, HOLD.action, ("state",))

    async def cancel(self, actor: Actor, edition_id: int, reason: str) -> None:
        """Its open slots need nobody any more. Raises NotFound; NotAllowed; Invalid;
        Conflict: it is over or cancelled."""
        text = checked_reason(reason)
        async with change_by(self, actor) as change:
            symposium, edition = await locked_edition(change, edition_id)
            CANCEL.put(edition, edition_step(edition_id))
            edition.reason = text
            await keep_holes(change, symposium, edition)
            note(change, symposium, CANCEL.action, ("state",))


def _require(actor: Actor, symposium: SymposiumCard) -> None:
    if not symposium.keeps:
        about = (symposium.lc_id, symposium.committee_key, (KIND, symposium.symposium_id))
        actor.require(Right.KEEP_SYMPOSIA, *about)


def _is_kept(edition: EditionCard) -> bool:
    """Somebody was asked for it, or wrote something."""
    asked = any(one.speaker is not None or one.former for one in edition.slots)
    return asked or bool(edition.title_ja or edition.place or edition.country or edition.day)


def _plan(rule: Rule, standing: Sequence[Standing], until: int, actor: Actor, first_number: int) -> Plan:
    """Raises Invalid: it goes too far ahead."""
    today = actor.today
    if until > today.year + AHEAD:
        raise Invalid(TOO_FAR, n=AHEAD)
    return plan(rule, standing, range(today.year, until + 1), (today.year, today.month), first_number)


async def _locked_editions(change: Change, symposium_id: int) -> dict[int, Edition]:
    query = select(Edition).where(Edition.symposium_id == symposium_id).order_by(Edition.id).with_for_update()
    return {one.id: one for one in (await change.session.scalars(query)).all()}


async def _standing(change: Change, row: Edition) -> Standing:
    asked = select(exists().where(Speaker.slot_id == Slot.id, Slot.edition_id == row.id))
    is_kept = bool(row.title_ja or row.place or row.country or row.day) or bool(await change.session.scalar(asked))
    is_fixed = row.state != EditionState.PLANNED or await event_of(change, row.id) is not None
    number = 0 if row.state == EditionState.CANCELLED else row.number
    return Standing(row.id, number, row.year, row.month, is_fixed, is_kept)


async def event_of(change: Change, edition_id: int) -> int | None:
    """The event that an edition follows."""
    query = select(EditionEvent.event_id).where(EditionEvent.edition_id == edition_id)
    return await change.session.scalar(query)


async def _drop(change: Change, edition_id: int) -> None:
    """A planned edition for which nothing was done yet."""
    for slot_id in (await change.session.scalars(select(Slot.id).where(Slot.edition_id == edition_id))).all():
        await settle(change, DROP, SLOT, slot_id)
    gone = delete(Edition).where(Edition.id == edition_id)
    await change.session.execute(gone.execution_options(synchronize_session=False))


async def _placed(
    change: Change, symposium: Symposium, rule: Rule, rows: dict[int, Edition], planned: Planned
) -> Edition:
    is_general = planned.month in rule.general
    if planned.was is None:
        edition = Edition(
            organisation_id=symposium.organisation_id,
            symposium_id=symposium.id,
            number=planned.number,
            year=planned.year,
            month=planned.month,
            is_general=is_general,
            state=EDITIONS.first.value,
        )
        change.session.add(edition)
        await change.session.flush()
        add_slots(change, edition, [SlotDraft(Role(role), *rest) for role, *rest in symposium.template])
        return edition
    edition = rows[planned.was.edition_id]
    if planned.is_moved:
        edition.year, edition.month, edition.day = planned.year, planned.month, None
    edition.number, edition.is_general = planned.number, is_general
    return edition


async def _check_number(change: Change, edition: Edition, number: int) -> None:
    others = select(func.count(Edition.id)).where(
        Edition.symposium_id == edition.symposium_id,
        Edition.number == number,
        Edition.id != edition.id,
        Edition.state != EditionState.CANCELLED,
    )
    if await change.session.scalar(others):
        raise Conflict(TAKEN, next_steps=[edition_step(edition.id)])
