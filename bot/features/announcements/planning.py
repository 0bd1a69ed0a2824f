"""From a draft to a plan and back: review by a second officer, sending now, at a time or repeatedly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.deliveries import rules as delivery_rules
from bot.deliveries.models import Urgency
from bot.deliveries.outbox import cancel
from bot.deliveries.schedule import instant, local_time, minute
from bot.deliveries.values import NewDelivery
from bot.errors import Conflict, Invalid, Moved, NotAllowed
from bot.features import Service
from bot.features.announcements import notices, rules
from bot.features.announcements.access import draft_step, local, locked, open_draft, require, right_for
from bot.features.announcements.models import Announcement, AnnouncementState, CheckState, Ping
from bot.features.announcements.rules import Problem, occurrence
from bot.features.audiences.models import Place
from bot.features.audiences.reach import resolve
from bot.features.audiences.rules import Audience
from bot.features.audiences.values import PostPlan, Reach
from bot.features.homes.facts import Query
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, lcs_where
from bot.features.people.changes import Change, change_by
from bot.features.people.entitlements import columns, understood
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right, Scope, decide
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

#: Each decides itself what to do when it is late, and a series' announcements keep quiet hours themselves.
SEND = JobKind("announcements:send", N_("Sending an announcement (automatic)"), keys="announcement")
OCCUR = JobKind("announcements:occur", N_("Sending the next announcement in a series (automatic)"), keys="announcement")
CHANGED = N_("It was changed after you opened it. Please check it again, then send it.")
UNCHECKED = N_("It hasn't been approved yet. To send it anyway, withdraw the review request first.")


def plan_subject(announcement_id: int) -> str:
    """The subject of a plan's jobs."""
    return f"announcement:{announcement_id}:plan"


def send_job(row: Announcement, moment: Moment, due_at: datetime) -> NewDelivery:
    """The job that sends an announcement at its time."""
    return SEND.at(
        due_at,
        moment,
        f"{row.id}:send:{row.plan}",
        {"announcement": row.id, "plan": row.plan},
        about=plan_subject(row.id),
        urgency=urgency_of(row),
        planned_local=local(row.planned_local),
    )


def occur_job(row: Announcement, moment: Moment, number: int, at: datetime) -> NewDelivery:
    """The job that makes an occurrence of a series; ``at`` is local."""
    payload = {"announcement": row.id, "plan": row.plan, "number": number}
    return OCCUR.local(at, moment, f"{row.id}:occur:{row.plan}:{number}", payload, about=plan_subject(row.id))


#: The channels of these messages in which somebody may use this ping: read from the cache, never asked of Discord.
MayPing = Callable[[Sequence[PostPlan], Ping], Collection[int]]


class ArrivesNowhere(Conflict):
    """None of the recipient LCs has a place for it on Discord."""


@dataclass(frozen=True, slots=True)
class Planned:
    """``goes_out``: the real time, as announcements that aren't urgent wait for the morning. ``reach``: its recipients
    right now."""

    goes_out: datetime
    reach: Reach
    is_series: bool


class PlanningService(Service):
    async def plan(
        self,
        actor: Actor,
        announcement_id: int,
        version: int,
        at: datetime | None = None,
        may_ping: MayPing = lambda _posts, _ping: (),
        *,
        even_to_nowhere: bool = True,
    ) -> Planned:
        """Send it in the minute of ``at``, or now if that is None; with a repeat, start the series then. The audience
        is resolved once for all decisions.

        ``may_ping``: where the actor may ping.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to send, or gone.
            Conflict: it was changed after the actor saw it (``version``), waits for a second person, or was sent.
            Invalid: it can't be sent as it is, or that minute has passed.
            ArrivesNowhere: unless ``even_to_nowhere``.
        """
        zone = actor.organisation.time_zone
        async with change_by(self, actor) as change:
            at = minute(at or change.now)
            row = await locked(change, announcement_id)
            _require_ready(announcement_id, row.version == version, row.check_state)
            reach = await self._require_sendable(change, row, at)
            if reach.arrives_nowhere and not even_to_nowhere:
                raise ArrivesNowhere(
                    NOWHERE if row.lc_id is None else NOWHERE_OWN, next_steps=[draft_step(announcement_id)]
                )
            await self._stop(change, row)
            row.plan += 1
            row.planned_local = local_time(at, zone).isoformat(timespec="minutes")
            row.ping_channels = list(may_ping(reach.posts, Ping(row.ping)))
            row.sent_by_discord_id = actor.caller.discord_user_id
            row.signed_ja, row.signed_en = _signature(actor, row.lc_id)
            step = rules.PLAN if row.repeat is None else rules.PLAN_SERIES
            step.move(change, row, "announcement", row.id, ("plan",))
            if row.repeat is None:
                job = send_job(row, change.moment, at)
            else:
                first = local(row.planned_local)
                assert first is not None
                job = occur_job(row, change.moment, 0, first)
            await change.send(job)
            goes_out = delivery_rules.earliest(at, zone, urgency_of(row))
            return Planned(goes_out, reach, row.repeat is not None)

    async def to_plan(self, actor: Actor, announcement_id: int, version: int) -> None:
        """Called before somebody chooses the time. Raises as ``plan`` does for any time."""
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        _require_ready(announcement_id, found.version == version, found.check)
        if found.problems:
            raise Invalid(found.problems[0].message, **found.problems[0].params)

    async def stop(self, actor: Actor, announcement_id: int) -> None:
        """Cancel the plan: it is a draft again. Messages already sent stay. Raises as ``plan``."""
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            await self._stop(change, row)
            rules.STOP.move(change, row, "announcement", row.id, ("plan",))
            row.planned_local = None
            row.plan += 1
            row.version += 1

    async def pause(self, actor: Actor, announcement_id: int, *, paused: bool) -> None:
        """Pause a series, or resume it with its next occurrence. Raises as ``plan``."""
        step = rules.PAUSE if paused else rules.RESUME
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            step.require(row.state)
            if not paused and row.check_state in (CheckState.ASKED, CheckState.RETURNED):
                raise Conflict(UNCHECKED)
            step.move(change, row, "announcement", row.id, ("plan",))

    async def skip(self, actor: Actor, announcement_id: int, number: int) -> None:
        """Skip one occurrence of a series, or restore it. Raises as ``plan``."""
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            rules.PAUSE.require(row.state)
            left_out = set(row.skipped)
            row.skipped = sorted(left_out ^ {number})
            change.note("announcement.skip", "announcement", row.id, ("plan",))

    async def coming(self, actor: Actor, announcement_id: int, count: int = 3) -> list[tuple[int, datetime]]:
        """The next occurrences of a series: number and local time. Raises as ``plan``."""
        now = local_time(self.clock.now(), actor.organisation.time_zone)
        async with self.database.reading() as connection:
            series = await open_draft(connection, actor, announcement_id)
        first, repeat = series.planned, series.repeat
        if first is None or repeat is None:
            return []
        found: list[tuple[int, datetime]] = []
        number = 0
        while len(found) < count and (at := occurrence(repeat, first, number)) is not None:
            if at > now:
                found.append((number, at))
            number += 1
        return found

    async def _require_sendable(self, change: Change, row: Announcement, at: datetime) -> Reach:
        zone = change.moment.time_zone
        reach = await reach_today(change.session, row, zone, change.now)
        problem = problem_of(row, reach, zone, at, local(row.deadline_local))
        if problem is not None:
            raise Invalid(problem.message, **problem.params)
        if at < minute(change.now):
            raise Invalid(N_("That time has already passed. Please choose a later one."))
        return reach

    async def _stop(self, change: Change, row: Announcement) -> None:
        await cancel(change.session, row.organisation_id, plan_subject(row.id), change.now)


def _require_ready(announcement_id: int, is_as_seen: bool, check: str) -> None:
    if not is_as_seen:
        raise Moved(CHANGED, next_steps=[draft_step(announcement_id)])
    if check in (CheckState.ASKED, CheckState.RETURNED):
        raise Conflict(UNCHECKED, next_steps=[draft_step(announcement_id)])


def _signature(actor: Actor, lc_id: int | None) -> tuple[str, str]:
    """The post in which the actor writes: for an LC one there, else the first they hold."""
    held = [one for one in actor.current if one.is_officer]
    fitting = [one for one in held if one.lc_id == lc_id] or held
    return (fitting[0].name_ja, fitting[0].name_en) if fitting else ("", "")


TOO_EARLY_DEADLINE = N_("The deadline is before the sending time. Please change one of them.")
NOWHERE = N_(
    "None of these LCs has a channel for it yet, so it wouldn't reach anyone. You can create "
    "channels with /manage lc channels. To pass it on by LINE or email, send it anyway: the next "
    "page has texts for that."
)
#: For officers of an LC, who make no channels.
NOWHERE_OWN = N_(
    "Your LC has no place on Discord for it yet, so it wouldn't reach anyone. Please ask a national officer for a "
    "channel, or for a code that links your LC's own server. To pass it on by LINE or email, send it anyway: the next "
    "page has texts for that."
)
NOBODY = N_("No one would get it. Please choose the recipients and where to send it.")


def urgency_of(row: Announcement) -> Urgency:
    return Urgency.URGENT if row.is_urgent else Urgency.DAILY


async def reach_today(reader: Reader, row: Any, zone: str, now: datetime) -> Reach:
    """Its recipients right now. ``row``: an announcement, or its columns with owner, audience and places."""
    audience, places = Audience.model_validate(row.audience), [Place(place) for place in row.places]
    return await resolve(reader, row.organisation_id, audience, places, local_date(now, zone))


def problem_of(row: Announcement, reach: Reach, zone: str, at: datetime, deadline: datetime | None) -> Problem | None:
    """Why it can't be sent at the instant ``at``; None if it can. At night, it goes out later unless it is urgent.

    ``deadline``: local, as it would be sent.
    """
    problems = rules.text_problems(row.title, row.text_ja, row.text_en, row.link)
    if problems:
        return problems[0]
    if deadline is not None and instant(deadline, zone) <= delivery_rules.earliest(at, zone, urgency_of(row)):
        return Problem(TOO_EARLY_DEADLINE, {})
    return Problem(NOBODY, {}) if reach.is_empty else None


MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    discord_user_id: int
    name: str


class CheckService(Service):
    async def candidates(self, actor: Actor, lc_id: int | None) -> list[Candidate]:
        """The possible reviewers: other national officers, or the LC's other officers, who could send it today
        themselves. Nobody else could open it."""
        async with self.database.reading() as connection:
            return await self._candidates(connection, actor, lc_id)

    async def _candidates(self, reader: Reader, actor: Actor, lc_id: int | None) -> list[Candidate]:
        require(actor, lc_id)
        at_level = Post.level == Level.NATION if lc_id is None else Term.lc_id == lc_id
        officers = (
            select(Term.person_id)
            .join(Post, Post.id == Term.post_id)
            .where(Post.is_officer, at_level, Term.held_on(actor.today))
        )
        query = (
            select(Person.discord_user_id, Person.display_name, *columns())
            .select_from(Person)
            .join(Term, Term.person_id == Person.id)
            .join(Post, Post.id == Term.post_id)
            .where(
                Person.organisation_id == actor.organisation.id,
                Person.discord_user_id.is_not(None),
                Person.discord_user_id != actor.caller.discord_user_id,
                Person.id.in_(officers),
            )
            .order_by(Person.display_name, Person.discord_user_id)
        )
        found, rows = [], await fetch(reader, query)
        for (user_id, name), terms in groupby(rows, key=lambda row: (row.discord_user_id, row.display_name)):
            holdings, granted = understood(list(terms))
            if decide((*holdings, *granted), right_for(lc_id), actor.today, Scope(lc_id)).allowed:
                found.append(Candidate(user_id, name))
        return found

    async def to_ask(self, actor: Actor, announcement_id: int) -> list[Candidate]:
        """The people the actor can ask. Raises as ``ask`` does for anybody."""
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        _require_unplanned(found.state, announcement_id)
        return await self.candidates(actor, found.lc.lc_id if found.lc else None)

    async def ask(self, actor: Actor, announcement_id: int, checker_discord_id: int) -> None:
        """Ask a reviewer. It can't be sent until they approve it or the request is withdrawn.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Conflict: it is planned already.
            Invalid: that person may not review it.
        """
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            _require_unplanned(row.state, announcement_id)
            candidates = await self._candidates(change.session, actor, row.lc_id)
            if checker_discord_id not in {one.discord_user_id for one in candidates}:
                raise Invalid(
                    N_("This person can't review it: they no longer hold the right post. Please choose somebody else.")
                )
            rules.ASK.put(row)
            row.checker_discord_id, row.check_asked_by_discord_id = checker_discord_id, actor.caller.discord_user_id
            row.check_note = ""
            await self._tell(change, row, checker_discord_id)

    async def answer(self, actor: Actor, announcement_id: int, version: int, *, agrees: bool, note: str = "") -> None:
        """The reviewer's answer to what they saw (``version``).

        Raises:
            NotAllowed: the actor wasn't asked.
            NotFound: it is gone.
            Conflict: nobody is asked any more, or (Moved) it was changed after they looked.
        """
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            _require_asked(actor, announcement_id, row.check_state, row.checker_discord_id, row.version == version)
            (rules.APPROVE if agrees else rules.RETURN).move(change, row, "announcement", row.id, ("check",))
            row.check_note = note.strip()[:MAX_NOTE]
            if row.check_asked_by_discord_id is not None:
                await self._tell(change, row, row.check_asked_by_discord_id)

    async def to_answer(self, actor: Actor, announcement_id: int, version: int) -> None:
        """Called before the reviewer writes what should be changed. Raises as ``answer``."""
        async with self.database.reading() as connection:
            found = await open_draft(connection, actor, announcement_id)
        _require_asked(actor, announcement_id, found.check, found.checker_discord_id, found.version == version)

    async def withdraw(self, actor: Actor, announcement_id: int) -> None:
        """Withdraw the request. Raises NotAllowed or NotFound as ``ask``."""
        async with change_by(self, actor) as change:
            row = await locked(change, announcement_id)
            rules.ASK_NOBODY.move(change, row, "announcement", row.id, ("check",))
            row.checker_discord_id, row.check_note = None, ""

    async def _tell(self, change: Change, row: Announcement, user_id: int) -> None:
        await change.send(*await notices.check(change, row, user_id))


def _require_unplanned(state: str, announcement_id: int) -> None:
    if state != AnnouncementState.DRAFT:
        raise Conflict(
            N_("It's already scheduled. Cancel the schedule first, then ask for a review."),
            next_steps=[draft_step(announcement_id)],
        )


def _require_asked(actor: Actor, announcement_id: int, check: str, checker_id: int | None, is_as_seen: bool) -> None:
    rules.APPROVE.require(check, draft_step(announcement_id))
    if checker_id != actor.caller.discord_user_id:
        raise NotAllowed(N_("Somebody else has been asked to review this. You can still withdraw the request."))
    if not is_as_seen:
        raise Moved(CHANGED, next_steps=[draft_step(announcement_id)])


@cache
def _to_check(*, is_nation: bool) -> Query:
    own = Announcement.lc_id.in_(lcs_where(Right.ANNOUNCE_LC))
    return select(Announcement.id, func.coalesce(Announcement.title, "?").label("ja")).where(
        Announcement.organisation_id == ASKER.organisation_id,
        Announcement.state.in_([AnnouncementState.DRAFT, AnnouncementState.PAUSED]),
        Announcement.check_state == CheckState.ASKED,
        Announcement.checker_discord_id == ASKER.discord_user_id,
        or_(own, Announcement.lc_id.is_(None)) if is_nation else own,
    )


def to_check(actor: Actor) -> Query | None:
    """For home: announcements (``id``, ``ja``) that the actor is asked to check, of those that they could send."""
    if not any(holding.is_officer for holding in actor.current):
        return None
    return _to_check(is_nation=actor.may(Right.ANNOUNCE_NATION))
