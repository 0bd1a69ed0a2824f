from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    delete,
    false,
    select,
    true,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record, Snowflake
from bot.deliveries.models import KEY_LENGTH
from bot.i18n import N_
from bot.personal import Personal, Subject, by_person, unnamed

#: Of a row of ``signups`` and of a grant.
KIND = "event"


class EventState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    """Who may sign up."""

    EVERYBODY = "everybody"
    #: Everybody who has joined the organisation, with or without an LC.
    JOINED = "joined"
    #: Members of the event's LC.
    LC = "lc"


class Language(StrEnum):
    """In what an event is held."""

    JA = "ja"
    EN = "en"
    BOTH = "both"


class EventSeries(Record):
    """What an event repeats by. Its occurrences are events that are made ahead of time; each is known by the start
    that the series planned for it, whatever became of it."""

    __tablename__ = "event_series"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"), index=True)
    #: As ``repeats.as_text`` writes it.
    repeat: Mapped[str] = mapped_column(String(100))
    #: The wall clock at the first start, such as ``2026-11-30T19:00``, in ``time_zone``.
    starts_local: Mapped[str] = mapped_column(String(16))
    time_zone: Mapped[str] = mapped_column(String(50))
    #: From start to end on the wall clock; None: no end was said.
    minutes: Mapped[int | None]
    whole_days: Mapped[bool]
    #: Columns of ``Event`` with which the next ones are made, and ``closes``: minutes from the deadline to the start.
    template: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Planned starts that were left out before an event was made of them.
    skipped: Mapped[list[str]] = mapped_column(JSON)
    #: The planned start up to which events were made.
    made_until: Mapped[str] = mapped_column(String(16))
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    ended_at: Mapped[datetime | None]
    #: None once their data is deleted.
    made_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.repeat, cls.starts_local, cls.made_at, cls.ended_at).order_by(cls.id)
        title = N_("Repeating events you made")
        yield Personal(cls, "event_series", title, by_person(cls.made_by_id), taken, unnamed(None))


class Event(Record):
    """Something at a place and a time to which people come.

    It belongs to an LC, to a committee, to a committee within an LC, or to the organisation. Its organisers are the
    people with a ``Grant`` of ``Right.ORGANISE`` on it. Its sign-up is the row of ``signups`` with its number.
    """

    __tablename__ = "events"
    __table_args__ = (
        # All that a list looks at to find and count its events.
        Index(None, "organisation_id", "state", "starts_at", "ends_at", "audience", "lc_id"),
        Index(None, "lc_id", "starts_at"),
        Index(None, "series_id", "occurrence", unique=True),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"))
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    #: Counts every change, so that two people who edit at once notice each other.
    version: Mapped[int] = mapped_column(default=0)
    #: What calendars know it by; it never changes.
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    #: Rises with every change that calendars have to hear of.
    sequence: Mapped[int] = mapped_column(default=0)
    #: Counts the changes of what its posts show; an edit of an older turn isn't made again.
    turn: Mapped[int] = mapped_column(default=0)
    title_ja: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    #: "" where the other text is for everybody.
    text_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: ``Language``; None: nothing was said.
    language: Mapped[str | None] = mapped_column(String(4))
    #: What a draft was read from, as people wrote it; "" once its time was typed by itself.
    pasted: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Wall clock, such as ``2026-11-28T19:00``, in ``time_zone``; of whole days the first, at midnight. None while a
    #: draft lacks it.
    starts_local: Mapped[str | None] = mapped_column(String(16))
    #: Of whole days the midnight after the last.
    ends_local: Mapped[str | None] = mapped_column(String(16))
    whole_days: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: IANA name.
    time_zone: Mapped[str] = mapped_column(String(50))
    #: The same as instants. Without an end, it counts as two hours long.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(200))
    #: Only those who come and the organisers see it.
    link: Mapped[str] = mapped_column(String(300))
    is_online: Mapped[bool] = mapped_column(default=False, server_default=false())
    audience: Mapped[str] = mapped_column(String(10))
    #: What a draft says of places; from the posting on, the sign-up has it.
    limit: Mapped[int | None]
    #: The same for all other rules of it, as ``placing.as_json`` writes them; None: nothing was set.
    place_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: What a draft says of ways to take part (Japanese, English, limit); once it is posted, the sign-up has them, too.
    choices: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default="[]")
    cost: Mapped[str] = mapped_column(String(100))
    #: None: nothing was said.
    alcohol: Mapped[bool | None]
    #: Until when people can sign up; None: until it starts.
    closes_local: Mapped[str | None] = mapped_column(String(16))
    #: What those who come were told last (``rules.told``); None until it is posted.
    told: Mapped[dict[str, str] | None] = mapped_column(JSON)
    #: Why it was cancelled.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Of a draft: how it will repeat, as ``repeats.as_text`` writes it; "" if it doesn't.
    repeat: Mapped[str] = mapped_column(String(100), default="", server_default="")
    series_id: Mapped[int | None] = mapped_column(Id, ForeignKey("event_series.id"))
    #: The start that its series planned for it, on the wall clock.
    occurrence: Mapped[str | None] = mapped_column(String(16))
    #: Somebody changed this one alone, so what becomes of the others leaves it as it is.
    is_changed: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Where its post goes; None until somebody chooses.
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    #: Counts the planned looks at invitations that nobody has answered: part of their keys.
    looks: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    #: The picture that somebody added; without one, its posts have a drawn banner if it ``has_banner``.
    picture_id: Mapped[int | None] = mapped_column(Id, ForeignKey("event_pictures.id"), index=True)
    has_banner: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Its posts name those who come and have agreed to it (``EventName``).
    shows_names: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: What it was like, as its organisers tell others; "" while nobody has.
    report: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: None once their data is deleted.
    made_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        texts = (cls.title_ja, cls.title_en, cls.starts_local, cls.ends_local, cls.place, cls.text, cls.text_en)
        taken = select(*texts, cls.made_at).order_by(cls.id)
        yield Personal(cls, "events", N_("Events you made"), by_person(cls.made_by_id), taken, _forget)


async def _forget(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Drafts are nobody else's; what was posted stays without a maker."""
    drafts = delete(Event).where(part.rows(subject), Event.state == EventState.DRAFT)
    await session.execute(drafts.execution_options(synchronize_session=False))
    await unnamed(None)(part, session, subject, now)


class EventTemplate(Record):
    """What others of its kind begin with: kept of an event, by a name, for those who make events at the same place."""

    __tablename__ = "event_templates"
    __table_args__ = (Index(None, "organisation_id", "lc_id", "committee_id"), {"sqlite_autoincrement": True})

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    committee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("standing_committees.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    #: As ``copies.content_of`` writes it.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: None once their data is deleted.
    made_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.name, cls.made_at).order_by(cls.id)
        title = N_("Templates of events you made")
        yield Personal(cls, "event_templates", title, by_person(cls.made_by_id), taken, unnamed(None))


class EventHost(Record):
    """Who hosts an event besides its own place: an LC, which is asked first, or others outside by their name."""

    __tablename__ = "event_hosts"
    __table_args__ = (UniqueConstraint("event_id", "lc_id"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(Id, ForeignKey("institutions.id"), index=True)
    #: Of others than LCs and known institutions; "" else.
    name: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime]
    #: None once their data is deleted.
    asked_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: At most one of them; both None while an LC hasn't answered, which is no yes.
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    #: Counts how often an LC was asked: part of the keys of its messages.
    turn: Mapped[int]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Event.title_ja, cls.asked_at).join(Event, Event.id == cls.event_id).order_by(cls.id)
        title = N_("Co-hosts you asked for an event")
        yield Personal(cls, "event_hosts", title, by_person(cls.asked_by_id), taken, unnamed(None))


class EventPost(Record):
    """A message in a channel that shows an event, with its buttons. Somebody may have deleted it since."""

    __tablename__ = "event_posts"

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), index=True)
    #: Discord's.
    channel_id: Mapped[int] = mapped_column(Snowflake)
    #: Of the delivery that brings it.
    delivery_key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    #: Discord's; kept when the delivery arrived, as deliveries are forgotten after a while.
    message_id: Mapped[int | None] = mapped_column(Snowflake)
    #: What it shows as a picture, by ``posting.mark_of``; "" for none.
    picture: Mapped[str] = mapped_column(String(24), default="", server_default="")
    #: A newer post in the same channel has taken its place.
    is_replaced: Mapped[bool] = mapped_column(default=False, server_default=false())


class EventPicture(Record):
    """A picture that somebody added to an event, drawn anew: no place and no camera is known of it. Its row never
    changes. The dates of a series share one."""

    __tablename__ = "event_pictures"

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    #: A JPEG.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    #: None once their data is deleted.
    added_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.added_at, cls.width, cls.height).order_by(cls.id)
        title = N_("Pictures you added to events")
        yield Personal(cls, "event_pictures", title, by_person(cls.added_by_id), taken, _forget_pictures, is_late=True)


async def _forget_pictures(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Those of drafts, which have gone by now, go too. A picture that an event shows stays, without a name."""
    is_shown = select(Event.id).where(Event.picture_id == EventPicture.id).exists()
    gone = delete(EventPicture).where(part.rows(subject), ~is_shown)
    await session.execute(gone.execution_options(synchronize_session=False))
    await unnamed(None)(part, session, subject, now)


class EventReportPicture(Record):
    """What an event was like: a picture that an organiser added when it was over, drawn anew as an ``EventPicture``.
    They said that everybody in it agreed, and that no child's face is in it."""

    __tablename__ = "event_report_pictures"

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), index=True)
    #: A JPEG.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    #: None once their data is deleted.
    added_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Event.title_ja, Event.title_en, cls.added_at).select_from(cls).join(Event).order_by(cls.id)
        title = N_("Pictures you added of events that are over")
        yield Personal(cls, "event_report_pictures", title, by_person(cls.added_by_id), taken, unnamed(None))


class EventInvitation(Record):
    """Somebody was asked to come. Signing up is an answer, too, and stands in the sign-up."""

    __tablename__ = "event_invitations"
    __table_args__ = (UniqueConstraint("event_id", "person_id"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    invited_at: Mapped[datetime]
    #: When they answered that they can't come.
    answered_at: Mapped[datetime | None]
    #: When it was their turn to be reminded, whether or not the bot could write to them: nobody is reminded twice.
    reminded_at: Mapped[datetime | None]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        answers = (cls.invited_at, cls.answered_at.label("could_not_come_at"), cls.reminded_at)
        taken = select(Event.title_ja, Event.title_en, *answers).select_from(cls).join(Event).order_by(cls.id)
        title, whose = N_("Events you were invited to"), by_person(cls.person_id)
        yield Personal(cls, "event_invitations", title, whose, taken, done_at=cls.answered_at)


class EventSubscription(Record):
    """Somebody wants to be told once a week of new events. Without one of the four there is no row."""

    __tablename__ = "event_subscriptions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), unique=True)
    #: Events of their LC, of the committees that interest them, of LCs in their region, and online ones.
    lc: Mapped[bool]
    committees: Mapped[bool]
    region: Mapped[bool]
    online: Mapped[bool]
    #: What was posted until then isn't new to them.
    told_until: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.lc, cls.committees, cls.region, cls.online, cls.told_until)
        title = N_("Events you want to be told of")
        yield Personal(cls, "event_subscriptions", title, by_person(cls.person_id), taken)


class WeekOff(Record):
    """An LC whose officers don't want the weekly summary of events."""

    __tablename__ = "event_weeks_off"

    lc_id: Mapped[int] = mapped_column(Id, ForeignKey("local_committees.id"), unique=True)
    since: Mapped[datetime]


class MirrorTrouble(StrEnum):
    """Why a mirror isn't as it should be."""

    #: The bot may not make or change events in the server.
    FORBIDDEN = "forbidden"
    #: The server has as many events as Discord allows.
    FULL = "full"
    #: Discord didn't take it.
    REFUSED = "refused"
    #: Somebody deleted it by hand; it stays deleted.
    DELETED = "deleted"


class EventMirror(Record):
    """An event as one of Discord's scheduled events in a server, or that it is about to be made there."""

    __tablename__ = "event_mirrors"
    __table_args__ = (UniqueConstraint("event_id", "server_id"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    server_id: Mapped[int] = mapped_column(Id, ForeignKey("servers.id", ondelete="CASCADE"), index=True)
    #: Discord's; ``mirroring.PENDING`` while it isn't made, or its answer didn't come.
    discord_id: Mapped[int] = mapped_column(Snowflake)
    #: ``Event.sequence`` of what it shows, or of what was tried last.
    sequence: Mapped[int]
    #: When it begins in Discord, by what it shows.
    starts_at: Mapped[datetime]
    #: ``MirrorTrouble``; None if all is well.
    trouble: Mapped[str | None] = mapped_column(String(12))


class AnswerKind(StrEnum):
    """How a question is answered."""

    SHORT = "short"
    LONG = "long"
    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"


class EventQuestion(Record):
    """What an event asks those who come. Its answers are for the organisers alone."""

    __tablename__ = "event_questions"
    __table_args__ = (Index(None, "event_id", "position"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    text_ja: Mapped[str] = mapped_column(String(100))
    text_en: Mapped[str] = mapped_column(String(100))
    #: Those to choose from; [] for the other kinds.
    options: Mapped[list[str]] = mapped_column(JSON)
    #: Nobody takes a place without an answer.
    is_required: Mapped[bool]
    #: About health, food and the like: the answers are deleted some days after the event.
    is_sensitive: Mapped[bool]


class EventAnswer(Record):
    """What somebody answered. They were asked, even where they left it open."""

    __tablename__ = "event_answers"
    __table_args__ = (UniqueConstraint("question_id", "person_id"), {"sqlite_autoincrement": True})

    question_id: Mapped[int] = mapped_column(Id, ForeignKey("event_questions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: A text, or the options that were chosen; [] where it was left open.
    given: Mapped[list[str]] = mapped_column(JSON)
    answered_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = (
            select(Event.title_ja, Event.title_en, EventQuestion.text_ja, EventQuestion.text_en)
            .add_columns(cls.given, cls.answered_at)
            .select_from(cls)
            .join(EventQuestion, EventQuestion.id == cls.question_id)
            .join(Event, Event.id == EventQuestion.event_id)
            .order_by(cls.id)
        )
        title, whose = N_("Your answers about events"), by_person(cls.person_id)
        yield Personal(cls, "event_answers", title, whose, taken, done_at=cls.answered_at)


class EventName(Record):
    """Somebody agreed that the posts of an event name them while they have a place."""

    __tablename__ = "event_names"
    __table_args__ = (UniqueConstraint("event_id", "person_id"), {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("people.id"), index=True)
    agreed_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(Event.title_ja, Event.title_en, cls.agreed_at).select_from(cls).join(Event).order_by(cls.id)
        title, whose = N_("Events whose posts may name you"), by_person(cls.person_id)
        yield Personal(cls, "event_names", title, whose, taken, done_at=cls.agreed_at)


class Reminds(StrEnum):
    """Where a reminder goes."""

    #: To each of those who come, by the way they chose.
    PEOPLE = "people"
    THREAD = "thread"
    BOTH = "both"


class EventThread(Record):
    """A thread under the post of an event. Discord gives it the number of the post's message."""

    __tablename__ = "event_threads"

    event_id: Mapped[int] = mapped_column(Id, ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    #: Discord's; the channel is that of the post.
    channel_id: Mapped[int] = mapped_column(Snowflake)
    thread_id: Mapped[int] = mapped_column(Snowflake)
    #: ``Reminds``.
    reminds: Mapped[str] = mapped_column(String(8))
