"""The seal of an organisation, which stands on its certificates."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete, select

from bot.db import fetch
from bot.features import Service
from bot.features.certificates.models import CertificateSeal
from bot.features.certificates.values import Seal
from bot.features.events.photos import prepared
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right

#: Pixels of its longer side: it is printed in the size of a stamp.
LONGEST = 500


class SealService(Service):
    """For those who keep the organisation's lists. Raises NotAllowed."""

    async def seal(self, actor: Actor) -> Seal | None:
        actor.require(Right.EDIT_DIRECTORY)
        query = select(CertificateSeal.content, CertificateSeal.width, CertificateSeal.height)
        query = query.where(CertificateSeal.organisation_id == actor.organisation.id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return Seal(rows[0].content, rows[0].width, rows[0].height) if rows else None

    async def add(self, actor: Actor, content: bytes) -> None:
        """Print this seal from now on, also on certificates that are printed again. ``content``: a file as somebody
        sent it. Raises Invalid: it is no picture, or too large."""
        photo = await asyncio.to_thread(prepared, content, LONGEST)
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            await _drop(change)
            row = CertificateSeal(
                organisation_id=actor.organisation.id,
                content=photo.content,
                width=photo.width,
                height=photo.height,
                added_by_id=actor.person_id,
                added_at=change.now,
            )
            change.session.add(row)
            change.note("certificate.seal", "organisation", actor.organisation.id)

    async def remove(self, actor: Actor) -> None:
        """Print none. Twice is once."""
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            await _drop(change)
            change.note("certificate.seal", "organisation", actor.organisation.id)


async def _drop(change: Change) -> None:
    """Of two who change it at once, the second sees the seal of the first."""
    ours = change.moment.organisation_id
    await change.session.execute(select(Organisation.id).where(Organisation.id == ours).with_for_update())
    gone = delete(CertificateSeal).where(CertificateSeal.organisation_id == ours)
    await change.session.execute(gone.execution_options(synchronize_session=False))
