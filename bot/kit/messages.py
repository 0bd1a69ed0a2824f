"""Messages that the bot sends unasked, and its own work that is planned: each kind is declared once, beside the feature
that says it. The cog has the words for its readers (``bot.ui.renderers``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from bot.deliveries.models import Lane, Urgency
from bot.deliveries.schedule import instant
from bot.deliveries.values import JOB, NewDelivery, Recipient, of_generation
from bot.kit.moments import Moment

_DAY = timedelta(days=1)


class MessageKind(str):
    """A kind of message. It is its own name, as it stands in the table, and knows how it goes out.

    ``called``: its name in lists of kinds, for officers (a message id). ``tolerance``: how long after its time it still
    makes sense, None for ever. ``is_budgeted``: counts towards what a person is told unasked in a week.
    ``is_reminder``: waits while its recipient is spared. ``keys``: what its keys begin with, if it isn't the name.
    """

    known: ClassVar[dict[str, MessageKind]] = {}

    urgency: Urgency
    lane: Lane
    tolerance: timedelta | None
    is_budgeted: bool
    is_reminder: bool
    keys: str
    called: str

    def __new__(
        cls,
        name: str,
        called: str,
        *,
        urgency: Urgency = Urgency.DAILY,
        lane: Lane = Lane.NORMAL,
        tolerance: timedelta | None = _DAY,
        is_budgeted: bool = False,
        is_reminder: bool = False,
        keys: str = "",
    ) -> Self:
        self = super().__new__(cls, name)
        self.called, self.urgency, self.lane, self.tolerance = called, urgency, lane, tolerance
        self.is_budgeted, self.is_reminder, self.keys = is_budgeted, is_reminder, keys or name
        cls.known[name] = self
        return self

    def to(
        self,
        recipient: Recipient,
        moment: Moment,
        part: object,
        payload: Mapping[str, Any],
        *,
        about: str | None = None,
        generation: int = 0,
        due_at: datetime | None = None,
        **options: Any,
    ) -> NewDelivery:
        """One message to one recipient, due at once unless ``due_at`` says when.

        ``part`` tells it from the others of its kind, by ids of our own rows and never by Discord's: the same part is
        the same message, and it is said once. It has the next ``generation`` once it is worth saying again. ``about``:
        the subject by which it can be taken back. ``options``: fields of ``NewDelivery`` in which this one is unlike
        others of its kind.
        """
        kept = None if self.tolerance is None else int(self.tolerance.total_seconds())
        usual: dict[str, Any] = {
            "urgency": self.urgency,
            "lane": self.lane,
            "tolerance": kept,
            "is_budgeted": self.is_budgeted,
            "is_reminder": self.is_reminder,
        }
        return NewDelivery(
            organisation_id=moment.organisation_id,
            kind=str(self),
            key=of_generation(f"{self.keys}:{part}", generation),
            subject=about or f"{self}:{moment.organisation_id}",
            recipient=recipient,
            due_at=due_at or moment.now,
            time_zone=moment.time_zone,
            payload=payload,
            **usual | options,
        )


class JobKind(MessageKind):
    """A kind of the bot's own work. It has an hour of its own, which may be at night as nobody hears of it, and it is
    done however late, unless its declaration says otherwise."""

    def __new__(
        cls,
        name: str,
        called: str,
        *,
        urgency: Urgency = Urgency.URGENT,
        tolerance: timedelta | None = None,
        keys: str = "",
    ) -> Self:
        return super().__new__(cls, name, called, urgency=urgency, tolerance=tolerance, keys=keys)

    def at(
        self, due_at: datetime, moment: Moment, part: object, payload: Mapping[str, Any], **options: Any
    ) -> NewDelivery:
        """The work of ``part``, at an instant. Takes what ``to`` takes."""
        return self.to(JOB, moment, part, payload, due_at=due_at, **options)

    def local(
        self, planned: datetime, moment: Moment, part: object, payload: Mapping[str, Any], **options: Any
    ) -> NewDelivery:
        """The work of ``part``, when the organisation's clocks show ``planned``."""
        due_at = instant(planned, moment.time_zone)
        return self.at(due_at, moment, part, payload, planned_local=planned, **options)

    def daily(self, at: time, moment: Moment) -> NewDelivery:
        """The next one of a daily work that is done at ``at`` on the wall clock; its day is in the payload. If it is
        planned, it is the same row."""
        return self._next(moment.today, _DAY, at, moment)

    def weekly(self, weekday: int, at: time, moment: Moment) -> NewDelivery:
        """The same of a weekly work. ``weekday``: Monday is 0."""
        return self._next(moment.today + _DAY * ((weekday - moment.today.weekday()) % 7), 7 * _DAY, at, moment)

    def _next(self, day: date, every: timedelta, at: time, moment: Moment) -> NewDelivery:
        if instant(datetime.combine(day, at), moment.time_zone) <= moment.now:
            day += every
        part = f"{moment.organisation_id}:{day.isoformat()}"
        return self.local(datetime.combine(day, at), moment, part, {"day": day.isoformat()})
