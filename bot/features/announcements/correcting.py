"""After the sending: correcting an announcement, withdrawing it, and recording its results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.bundles import BUNDLE, edits_of_bundles
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.deliveries.on_the_way import LOOKS, next_look
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.values import NewDelivery
from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.announcements import rules
from bot.features.announcements.access import any_locked, draft_step, require_theirs, sent_draft, status_step
from bot.features.announcements.drafts import add_draft, put, touch
from bot.features.announcements.messages import (
    changed,
    count_subject,
    in_flight,
    messages_of,
    reminders_of,
    tick_subject,
)
from bot.features.announcements.models import Announcement, AnnouncementPost, AnnouncementState
from bot.features.announcements.reminding import reminder_subject
from bot.features.announcements.sending import later_subject, subject
from bot.features.announcements.values import Content, Draft
from bot.features.asks.asking import close
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience
from bot.features.organisations.each import zone_of
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.questionnaires.models import AskedParty
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

NOT_THERE = N_("It can no longer be corrected. Nothing was changed. You can send a new announcement instead.")
CORRECT = JobKind("announcements:correct", N_("Correcting an announcement (automatic)"), keys="announcement")
WITHDRAW = JobKind("announcements:withdraw", N_("Withdrawing an announcement (automatic)"), keys="announcement")
#: Corrections within so many seconds of each other edit each message only once.
GATHERED = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How far a withdrawal has come: messages deleted, still to be deleted, and failures (channel id, error code).

    ``bundled``: combined messages that no longer contain this announcement."""

    deleted: int
    waiting: int
    failed: list[tuple[int, str]]
    bundled: int


class CorrectionService(Service):
    async def correct(self, actor: Actor, announcement_id: int, edition: int, content: Content) -> None:
        """Change the texts of a sent announcement. Its messages are edited soon after, each once.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Conflict: it isn't sent (any more), or somebody else corrected it meanwhile (``edition``).
                The actor's text is then saved as a separate draft, which is a next step.
            Invalid: the new text can't be sent.
        """
        problems = rules.text_problems(content.title, content.text_ja, content.text_en, content.link)
        kept: int | None = None
        async with change_by(self, actor) as change:
            row = await any_locked(change, announcement_id)
            if row.state != AnnouncementState.SENT:
                raise Conflict(NOT_THERE)
            if problems:
                raise Invalid(problems[0].message, next_steps=[status_step(announcement_id)], **problems[0].params)
            if row.edition != edition:
                chosen = [Place(place) for place in row.places]
                audience = Audience.model_validate(row.audience)
                kept = await add_draft(change, row.lc_id, content, audience, chosen)
            else:
                put(row, content)
                # Only the older edition's jobs: this one's wait until all messages that were going out are changed.
                await cancel(change.session, row.organisation_id, _edits(row.id, row.edition), change.now)
                row.edition += 1
                await touch(change, row, ("text",))
                await self._begin(change, row, CORRECT, change.now + GATHERED)
        if kept is not None:
            raise Conflict(
                N_("Somebody else corrected it first. Your text is saved as a separate draft."),
                next_steps=[draft_step(kept, N_("Draft with your text")), status_step(announcement_id)],
            )

    async def to_correct(self, actor: Actor, announcement_id: int) -> Draft:
        """The sent announcement, before somebody corrects it. Raises as ``correct`` does for any text."""
        async with self.database.reading() as connection:
            return await sent_draft(connection, actor, announcement_id, NOT_THERE)

    async def to_take_back(self, actor: Actor, announcement_id: int) -> Draft:
        """The same, before somebody withdraws it. Raises as ``take_back``."""
        async with self.database.reading() as connection:
            return await sent_draft(connection, actor, announcement_id, rules.TAKE_BACK.refusal)

    async def take_back(self, actor: Actor, announcement_id: int) -> None:
        """Delete it everywhere, cancel what hasn't gone out yet, and close its questions.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Conflict: it isn't sent, or was taken back already.
        """
        async with change_by(self, actor) as change:
            row = await any_locked(change, announcement_id)
            rules.TAKE_BACK.move(change, row, "announcement", row.id, ("state",))
            waiting = (subject(row.id), reminder_subject(row.id), later_subject(row.id))
            shown = (count_subject(row.id), tick_subject(row.id))
            for about in (*waiting, *shown, _about(row.id, CORRECT), _edits(row.id, row.edition)):
                await cancel(change.session, row.organisation_id, about, change.now)
            if row.questionnaire_id is not None:
                theirs = AskedParty.questionnaire_id == row.questionnaire_id
                await close(change.session, AskedParty, change.now, theirs)
            await self._begin(change, row, WITHDRAW, change.now)

    async def edit_messages(self, announcement_id: int, edition: int, turn: int) -> None:
        """The job of a correction: an edit for each sent message. Messages that still wait say the new text anyway."""
        async with self.database.writing() as session:
            row = await session.get_one(Announcement, announcement_id, with_for_update=True)
            if row.edition != edition or row.state != AnnouncementState.SENT:
                return
            now, about = self.clock.now(), _edits(row.id, edition)
            zone = await zone_of(session, row.organisation_id)
            rows, moment = await messages_of(session, row.id), Moment(row.organisation_id, zone, now)
            edits = [changed(row, one, Action.EDIT, f"edit:{edition}:{one.id}", about, moment) for one in rows]
            # They show the tick, or none, by what is so when they go out.
            theirs = AnnouncementPost.announcement_id == row.id
            await session.execute(update(AnnouncementPost).where(theirs).values(shows_answered=None))
            edits += await self._bundles(session, row, about, f"{announcement_id}:{edition}", now)
            await enqueue(session, edits, now)
            await self._again(session, row, CORRECT, turn, zone, now)

    async def delete_messages(self, announcement_id: int, turn: int) -> None:
        """The job of a withdrawal: a deletion for each sent message, reminders too."""
        async with self.database.writing() as session:
            row = await session.get_one(Announcement, announcement_id)
            now, about, zone = (
                self.clock.now(),
                f"announcement:{row.id}:deletions",
                await zone_of(session, row.organisation_id),
            )
            moment = Moment(row.organisation_id, zone, now)
            found = [(f"delete:{one.id}", one) for one in await messages_of(session, row.id)]
            found += [(f"delete:reminder:{one.id}", one) for one in await reminders_of(session, row)]
            deletions = [changed(row, one, Action.DELETE, what, about, moment) for what, one in found]
            deletions += await self._bundles(session, row, about, f"{announcement_id}:gone", now)
            await enqueue(session, deletions, now)
            await self._again(session, row, WITHDRAW, turn, zone, now)

    async def withdrawal(self, actor: Actor, announcement_id: int) -> Withdrawal:
        """How far a withdrawal has come. A message that may have arrived counts as waiting.

        Raises:
            NotAllowed, NotFound: it isn't the actor's, or gone.
        """
        about = Delivery.subject == f"announcement:{announcement_id}:deletions"
        query = select(Delivery.kind, Delivery.state, Delivery.channel_id, Delivery.error_code).where(
            Delivery.organisation_id == actor.organisation.id, about
        )
        going = select(func.count()).where(*in_flight(actor.organisation.id, announcement_id))
        async with self.database.reading() as connection:
            await require_theirs(connection, actor, announcement_id)
            rows = await fetch(connection, query)
            going_on = await connection.scalar(going) or 0
        states = [DeliveryState(row.state) for row in rows]
        done = [row.kind for row in rows if row.state == DeliveryState.SENT]
        return Withdrawal(
            deleted=len(done) - done.count(BUNDLE),
            waiting=states.count(DeliveryState.PENDING) + states.count(DeliveryState.CLAIMED) + going_on,
            failed=[
                (row.channel_id or 0, row.error_code or "")
                for row, state in zip(rows, states, strict=True)
                if state in (DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.UNREACHABLE)
            ],
            bundled=done.count(BUNDLE),
        )

    async def close_books(self, announcement_id: int) -> None:
        """The job weeks later: record the outcome of each message here, before the deliveries forget it."""
        async with self.database.writing() as session:
            query = (
                select(
                    AnnouncementPost.id,
                    Delivery.state,
                    Delivery.error_code,
                    Delivery.bundle_id,
                    Delivery.channel_id,
                    Delivery.message_id,
                )
                .join(Delivery, Delivery.key == AnnouncementPost.delivery_key)
                .where(AnnouncementPost.announcement_id == announcement_id)
            )
            for row in await fetch(session, query):
                ids = {} if row.bundle_id else {"channel_id": row.channel_id, "message_id": row.message_id}
                values = {"state": row.state, "error_code": row.error_code, **ids}
                await session.execute(update(AnnouncementPost).where(AnnouncementPost.id == row.id).values(**values))

    async def _bundles(
        self, session: AsyncSession, row: Announcement, about: str, mark: str, now: datetime
    ) -> list[NewDelivery]:
        """The edits of combined messages that contain it, reminders too."""
        subjects = (subject(row.id), reminder_subject(row.id))
        return await edits_of_bundles(session, row.organisation_id, subjects, about=about, mark=mark, now=now)

    async def _begin(self, change: Change, row: Announcement, kind: JobKind, due_at: datetime) -> None:
        """The job of a change. It replaces one that still waits."""
        await cancel(change.session, row.organisation_id, _about(row.id, kind), change.now)
        await change.send(_job(row, kind, 0, change.moment.time_zone, due_at))

    async def _again(
        self, session: AsyncSession, row: Announcement, kind: JobKind, turn: int, zone: str, now: datetime
    ) -> None:
        """Check again later if a message is being sent right now: it has no id yet, so it can't be changed."""
        going = select(func.count()).where(*in_flight(row.organisation_id, row.id))
        if turn < LOOKS and await session.scalar(going):
            await enqueue(session, [_job(row, kind, turn + 1, zone, next_look(turn, now))], now)


def _about(announcement_id: int, kind: str) -> str:
    return f"announcement:{announcement_id}:{kind.rpartition(':')[2]}"


def _edits(announcement_id: int, edition: int) -> str:
    """The subject of one edition's edits."""
    return f"announcement:{announcement_id}:edits:{edition}"


def _job(row: Announcement, kind: JobKind, turn: int, zone: str, due_at: datetime) -> NewDelivery:
    part = f"{row.id}:{kind.rpartition(':')[2]}:{row.edition}:{turn}"
    payload = {"announcement": row.id, "edition": row.edition, "turn": turn}
    return kind.at(due_at, Moment(row.organisation_id, zone, due_at), part, payload, about=_about(row.id, kind))
