"""The rules of an event's sign-up: kept in the draft until it is posted, and in the sign-up from then on."""

from __future__ import annotations

from bot.errors import Conflict
from bot.features import Service
from bot.features.events import following
from bot.features.events.changing import check_places, locked, place_rules_of, take_limit
from bot.features.events.models import Event, EventState
from bot.features.events.queries import when_in
from bot.features.events.steps import show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.signups.desk import place_those_who_applied
from bot.features.signups.models import Mode, SignUp
from bot.features.signups.opening import change_signup
from bot.features.signups.placing import PlaceRules, as_json, quotas_of
from bot.i18n import N_
from bot.kit.edits import merged

OVER = N_("This event is over or was cancelled. Its rules stay as they are.")


class PlacingService(Service):
    async def set(self, actor: Actor, event_id: int, given: PlaceRules, seen: PlaceRules) -> None:
        """Give its sign-up other rules. Nobody loses a place by it. Applicants get their places, or their turns,
        where no approval is needed any more. ``seen``: what their author saw; the rest stays as others have set it.

        Raises:
            NotFound; NotAllowed.
            Invalid: the rules can't be kept to, such as more places kept than there are.
            Conflict: it is over or cancelled.
            Overtaken: somebody else has changed the same since ``seen``.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            _require_ahead(event, change)
            signup = await take_limit(change, event)
            was = place_rules_of(event)
            new = merged(given, seen, was)
            if new == was:
                return
            check_places(event, new)
            event.limit, event.place_rules = new.limit, as_json(new)
            if signup is not None:
                await _follow(change, event, signup, new)
                if new.limit != was.limit:  # more people take longer to remind
                    await _plan_reminder(change, event)
            event.version += 1
            event.changed_at = change.now
            following.note(change, event, "event.places", _changed(was, new))


def _require_ahead(event: Event, change: Change) -> None:
    is_over = event.ends_at is not None and event.ends_at <= change.now and event.state == EventState.POSTED
    if is_over or event.state == EventState.CANCELLED:
        raise Conflict(OVER, next_steps=[show_step(event.id)])


async def _follow(change: Change, event: Event, signup: SignUp, new: PlaceRules) -> None:
    """A posted event's sign-up does as its rules say, from now on."""
    what = following.new_signup(event, signup.committee, signup.organiser_id)
    was_approved = signup.mode == Mode.APPROVAL
    await change_signup(
        change,
        signup,
        limit=what.limit,
        held=what.held,
        mode=what.mode,
        opens_at=what.opens_at,
        last_call_hours=what.last_call_hours,
        quotas=quotas_of(new, event.lc_id, event.time_zone),
    )
    event.is_changed |= event.series_id is not None
    if was_approved and new.mode is Mode.FIRST_COME:
        await place_those_who_applied(change, signup.id)


async def _plan_reminder(change: Change, event: Event) -> None:
    when = when_in(event)
    assert when is not None, "a posted event has a time"
    event.sequence += 1
    await following.plan_reminder(change.session, event, when, change.moment)


def _changed(was: PlaceRules, new: PlaceRules) -> list[str]:
    names = ("mode", "limit", "held", "per_lc", "groups", "opens", "last_call_hours")
    return [name for name in names if getattr(was, name) != getattr(new, name)]
