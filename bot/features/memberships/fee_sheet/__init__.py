"""The bank's list of transfers: each that is a fee ticks it. Unclear ones are asked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.features.members.models import Profile
from bot.features.memberships.fee_sheet.matching import KEY, FeeRow, Fees, Matching, Tick
from bot.features.memberships.fees import settle_fees
from bot.features.memberships.models import BankRow, Fee
from bot.features.memberships.rules import year_of
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.sheets.kinds import SheetKind
from bot.features.sheets.values import Entry, Handout, ImportPlan, Progress

#: Rows a statement.
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Prepared:
    actor: Actor
    at: datetime
    ticks: Sequence[Tick]


class FeeSheet(SheetKind[Fees, Prepared]):
    key = KEY
    needs = (("payer", "reference"), ("amount",))
    own = frozenset({"payer", "amount", "reference", "withdrawal", "balance", "direction"})
    right = Right.KEEP_FEES

    async def lock(self, session: AsyncSession, actor: Actor) -> None:
        """One import runs after another; somebody who ticks by hand waits for the fees."""
        organisation = actor.organisation.id
        await session.execute(
            select(Organisation.id).where(Organisation.id == organisation).with_for_update(key_share=True)
        )
        await session.execute(
            select(Fee.id).where(Fee.organisation_id == organisation).order_by(Fee.id).with_for_update()
        )

    async def look(self, reader: Reader, actor: Actor) -> Fees:
        """All fees of this year and the last, and which rows have been dealt with."""
        organisation = actor.organisation.id
        rows = await fetch(
            reader,
            select(
                Fee.id,
                Fee.person_id,
                Fee.year,
                Fee.amount,
                Fee.reference,
                Fee.payer,
                Fee.state,
                Person.display_name,
                Profile.reading,
            )
            .join(Person, Person.id == Fee.person_id)
            .outerjoin(Profile, Profile.person_id == Fee.person_id)
            .where(Fee.organisation_id == organisation, Fee.year >= year_of(actor.today) - 1)
            .order_by(Fee.id),
        )
        known = await fetch(reader, select(BankRow.digest).where(BankRow.organisation_id == organisation))
        return Fees(
            tuple(
                FeeRow(
                    row.id,
                    row.person_id,
                    row.year,
                    row.amount,
                    row.reference,
                    row.payer,
                    row.state,
                    row.display_name,
                    row.reading or "",
                )
                for row in rows
            ),
            frozenset(row.digest for row in known),
        )

    def plan(self, entries: Sequence[Entry], state: Fees, actor: Actor, progress: Progress) -> ImportPlan:
        return Matching(state, actor.today).plan(entries, progress)

    def prepare(self, plan: ImportPlan, state: Fees, actor: Actor, at: datetime) -> Prepared:
        return Prepared(actor, at, plan.changes)

    async def write(self, session: AsyncSession, prepared: Prepared, progress: Progress) -> Sequence[Handout]:
        ticks, actor, at = prepared.ticks, prepared.actor, prepared.at
        ids = [tick.fee_id for tick in ticks if tick.fee_id is not None]
        progress.total = len(ids) + len(ticks)
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            fees = (await session.scalars(select(Fee).where(Fee.id.in_(some)).order_by(Fee.id))).all()
            await settle_fees(session, actor, fees, at)
            progress.done += len(some)
        for start in range(0, len(ticks), _BATCH):
            rows = [
                {
                    "organisation_id": actor.organisation.id,
                    "digest": tick.digest,
                    "fee_id": tick.fee_id,
                    "created_at": at,
                }
                for tick in ticks[start : start + _BATCH]
            ]
            await session.execute(insert(BankRow), rows)
            progress.done += len(rows)
        return ()

    async def export(self, reader: Reader, actor: Actor) -> Sequence[Mapping[str, str]]:
        """What is owed and paid, in the form of a list of transfers."""
        fees = await self.look(reader, actor)
        return [
            {
                "date": "",
                "payer": fee.payer or fee.name,
                "amount": str(fee.amount),
                "reference": fee.reference,
                "withdrawal": "",
                "direction": "",
                "balance": "",
            }
            for fee in fees.fees
        ]


KIND = FeeSheet()
