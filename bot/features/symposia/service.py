from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.db import fetch
from bot.errors import Invalid, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.events.homes import Home, key_of_home
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.values import JOIN
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.rules import Right
from bot.features.symposia.changing import locked, note
from bot.features.symposia.models import Role, Symposium
from bot.features.symposia.owners import grant
from bot.features.symposia.planning import Rule, checked_rule
from bot.features.symposia.queries import KIND, SymposiumCard, card, is_seen, symposia, symposium_of
from bot.features.symposia.rules import BAD_NUMBER, USUAL, SlotDraft, cleaned_names, read_template, written_template
from bot.features.symposia.sizes import HIGHEST
from bot.i18n import N_
from bot.kit.edits import merged
from bot.paging import Part, part_of

PER_PAGE = 10
ODD_MONTHS = Rule((1, 3, 5, 7, 9, 11), (11,))


@dataclass(frozen=True, slots=True)
class SymposiumDraft:
    """One of the names may be left empty. ``first_number``: of the first edition that is planned here."""

    name_ja: str
    name_en: str
    first_number: int = 1


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """The slots of a new edition, one in each line (``rules.read_template``)."""

    lines: list[str]


class SymposiumService(Service):
    async def series(self, actor: Actor, page: int = 0) -> Part[SymposiumCard]:
        """Those that the actor keeps, and those with an edition that was announced."""
        query = symposia(actor.organisation.id).add_columns(is_seen().label("is_seen"))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        cards = [(card(row, actor), row.is_seen) for row in rows]
        return part_of([one for one, seen in cards if seen or one.keeps], page, PER_PAGE)

    async def symposium(self, actor: Actor, symposium_id: int) -> SymposiumCard:
        """Raises NotFound: there is none, or nothing of it was announced."""
        async with self.database.reading() as connection:
            return await symposium_of(connection, actor, symposium_id)

    async def kept(self, actor: Actor, symposium_id: int) -> SymposiumCard:
        """For those who keep it. Raises NotFound; NotAllowed."""
        found = await self.symposium(actor, symposium_id)
        if not found.keeps:
            actor.require(Right.KEEP_SYMPOSIA, found.lc_id, found.committee_key, (KIND, symposium_id))
        return found

    async def homes(self, actor: Actor) -> list[tuple[Home, tuple[str, str] | None]]:
        """For whom the actor may start a series, with the names of an LC or a committee; None is the organisation."""
        own = actor.lcs_where(Right.KEEP_SYMPOSIA)
        lcs = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id.in_(own)).order_by(LocalCommittee.id)
        committees = select(*StandingCommittee.__table__.c).order_by(StandingCommittee.position)
        committees = committees.where(StandingCommittee.organisation_id == actor.organisation.id)
        found: list[tuple[Home, tuple[str, str] | None]] = []
        if actor.may(Right.KEEP_SYMPOSIA):
            found.append(({"lc_id": None, "committee_id": None}, None))
        async with self.database.reading() as connection:
            places = await fetch(connection, lcs)
            groups = await fetch(connection, committees)
        found += [({"lc_id": row.id, "committee_id": None}, (row.lc_ja, row.lc_en)) for row in places]
        found += [
            ({"lc_id": None, "committee_id": row.id}, (row.name_ja, row.name_en))
            for row in groups
            if actor.may(Right.KEEP_SYMPOSIA, None, row.key)
        ]
        return found

    async def begin(self, actor: Actor, home: Home, draft: SymposiumDraft) -> int:
        """A new series, of which the actor is in charge; its number. It has the usual slots and odd months until
        somebody says otherwise.

        Raises:
            NotAllowed: the actor starts none there.
            NotFound: there is no such LC or committee, or they haven't joined.
            Invalid: a name or the number can't be used.
        """
        ja, en = cleaned_names(draft.name_ja, draft.name_en)
        if not 1 <= draft.first_number <= HIGHEST:
            raise Invalid(BAD_NUMBER, n=HIGHEST)
        async with change_by(self, actor) as change:
            key = await key_of_home(change, home)
            actor.require(Right.KEEP_SYMPOSIA, home["lc_id"], key)
            if actor.person_id is None:
                raise NotFound(N_("Please join first."), next_steps=[JOIN])
            symposium = Symposium(
                organisation_id=actor.organisation.id,
                **home,
                name_ja=ja,
                name_en=en,
                rule=checked_rule(ODD_MONTHS).text,
                template=[list(one.row) for one in USUAL],
                first_number=draft.first_number,
                planned_until=0,
                made_by_id=actor.person_id,
                made_at=change.now,
            )
            change.session.add(symposium)
            await change.session.flush()
            change.session.add(grant(change, symposium, actor.person_id))
            note(change, symposium, "symposium.begin")
            return symposium.id

    async def rename(
        self, actor: Actor, symposium_id: int, draft: SymposiumDraft, seen: SymposiumDraft | None = None
    ) -> None:
        """``seen``: see ``merged``. The number counts for what is planned next. Raises NotFound; NotAllowed; Invalid;
        Overtaken."""
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            kept = merged(draft, seen, symposium)
            ja, en = cleaned_names(kept.name_ja, kept.name_en)
            if not 1 <= kept.first_number <= HIGHEST:
                raise Invalid(BAD_NUMBER, n=HIGHEST)
            values = {"name_ja": ja, "name_en": en, "first_number": kept.first_number}
            if changed := symposium.take(values):
                note(change, symposium, "symposium.edit", changed)

    async def set_template(
        self, actor: Actor, symposium_id: int, draft: TemplateDraft, seen: TemplateDraft | None = None
    ) -> None:
        """The slots of editions that are planned from now on. ``seen``: see ``merged``. Raises NotFound; NotAllowed;
        Invalid; Overtaken."""
        read_template(draft.lines)
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            kept = merged(draft, seen, TemplateDraft(_written(symposium)))
            slots = [list(one.row) for one in read_template(kept.lines)]
            if changed := symposium.take({"template": slots}):
                note(change, symposium, "symposium.edit", changed)


def _written(symposium: Symposium) -> list[str]:
    return written_template([SlotDraft(Role(role), *rest) for role, *rest in symposium.template])
