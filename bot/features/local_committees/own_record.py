"""What an LC says of itself, and the history of all that changed there."""

from __future__ import annotations

from bot.errors import Invalid
from bot.features import Service
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.acting import heard_by, locked, note
from bot.features.local_committees.directory import names_of
from bot.features.local_committees.models import Via
from bot.features.local_committees.records import HISTORY_PAGE, Change, OwnNames
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.people.trail import trail
from bot.features.schools.models import School
from bot.features.schools.names import search_text
from bot.i18n import N_
from bot.paging import Part, fetch_part


class OwnRecordService(Service):
    async def edit(self, actor: Actor, lc_id: int, own: OwnNames, via: Via | None = None) -> list[str]:
        """Set what an LC says of itself; returns the names of the fields that changed.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it, or a name is none.
            NotFound: there is no such LC in the actor's organisation.
        """
        via = heard_by(actor, Right.EDIT_LC, lc_id, via)
        values = {
            "own_name_ja": one_name(own.name_ja, 100),
            "own_name_en": one_name(own.name_en, 100),
            "own_aliases": "\n".join(dict.fromkeys(filter(None, (one_name(name, 100) for name in own.aliases)))),
            "club_type": own.club_type.value if own.club_type else None,
        }
        if len(values["own_aliases"] or "") > 400:
            raise Invalid(N_("The names are too long together. Please leave some out."))
        async with self.database.writing() as session:
            lc = await locked(session, actor, lc_id)
            changed = [name for name, value in values.items() if getattr(lc, name) != value]
            if changed:
                for name in changed:
                    setattr(lc, name, values[name])
                school = await session.get_one(School, lc.school_id)
                lc.search_names = search_text(names_of(school, lc))
                note(session, actor, self.clock.now(), lc_id, "lc.edit", changed, via)
        return changed

    async def history(self, actor: Actor, lc_id: int, page: int = 0) -> Part[Change]:
        """Ten changes of an LC, the latest first.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
        """
        actor.require(Right.SEE_LC_HISTORY, lc_id)
        query = trail(actor.organisation.id).where(
            AuditEntry.subject_kind == "local_committee", AuditEntry.subject_id == lc_id
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, HISTORY_PAGE)
        return rows.each(
            lambda row: Change(row.at, row.display_name, row.action, row.fields, Via(row.via) if row.via else None)
        )
