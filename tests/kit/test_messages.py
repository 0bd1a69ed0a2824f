"""What a declared kind makes of a message or a job, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.deliveries.models import Lane, RecipientKind, Urgency
from bot.deliveries.values import JOB, Recipient
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

NOW = datetime(2026, 3, 28, 15, 30, tzinfo=UTC)  # past midnight in Tokyo
TOKYO, BERLIN = Moment(7, "Asia/Tokyo", NOW), Moment(7, "Europe/Berlin", NOW)
SOMEBODY = Recipient(RecipientKind.PERSON, 940, "person:3")


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of these tests aren't among those that the bot knows."""
    monkeypatch.setattr(MessageKind, "known", dict(MessageKind.known))


@pytest.fixture
def word() -> MessageKind:
    return MessageKind("kit:word", "A word", lane=Lane.BULK, tolerance=timedelta(days=2), is_budgeted=True)


@pytest.fixture
def work() -> JobKind:
    return JobKind("kit:work", "Work", keys="kit")


def test_a_message_goes_out_as_its_kind_says(word: MessageKind) -> None:
    new = word.to(SOMEBODY, TOKYO, 12, {"fee_id": 12})
    assert (new.kind, new.key, new.subject) == ("kit:word", "kit:word:12", "kit:word:7")
    assert (new.organisation_id, new.time_zone, new.recipient, new.due_at) == (7, "Asia/Tokyo", SOMEBODY, NOW)
    assert (new.urgency, new.lane, new.tolerance) == (Urgency.DAILY, Lane.BULK, 2 * 86_400)
    assert (new.is_budgeted, new.is_reminder) == (True, False)


def test_what_is_worth_saying_again_has_another_key(word: MessageKind) -> None:
    keys = [word.to(SOMEBODY, TOKYO, 12, {}, generation=n).key for n in range(3)]
    assert keys == ["kit:word:12", "kit:word:12:again:1", "kit:word:12:again:2"]


def test_one_message_may_be_unlike_the_others_of_its_kind(word: MessageKind) -> None:
    usual = word.to(SOMEBODY, TOKYO, 12, {})
    later = NOW + timedelta(hours=1)
    made = word.to(SOMEBODY, TOKYO, 12, {}, about="person:3", due_at=later, urgency=Urgency.URGENT)
    assert made == replace(usual, subject="person:3", due_at=later, urgency=Urgency.URGENT)


def test_a_kind_is_its_own_name(word: MessageKind) -> None:
    assert word == "kit:word"
    assert MessageKind.known["kit:word"] is word
    assert type(word.to(SOMEBODY, TOKYO, 1, {}).kind) is str, "as it goes into the database"


def test_a_job_is_done_at_its_hour_however_late(work: JobKind) -> None:
    planned = datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001 - the wall clock's; that night Berlin leaves it out
    new = work.local(planned, BERLIN, "7:spring", {"n": 1})
    assert (new.key, new.recipient, new.urgency, new.tolerance) == ("kit:7:spring", JOB, Urgency.URGENT, None)
    assert (new.planned_local, new.due_at) == (planned, datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "at", "day"),
    [(TOKYO, time(8), 29), (TOKYO, time(0, 30), 30), (BERLIN, time(8), 29), (BERLIN, time(17), 28)],
)
def test_a_daily_job_is_planned_for_the_next_time_to_come(work: JobKind, moment: Moment, at: time, day: int) -> None:
    new = work.daily(at, moment)
    assert new.payload == {"day": date(2026, 3, day).isoformat()}
    assert new.key == f"kit:7:2026-03-{day}"
    assert new.due_at > NOW
    assert work.daily(at, replace(moment, now=NOW + timedelta(minutes=1))).key == new.key


@pytest.mark.parametrize(
    ("weekday", "at", "day"),
    [(6, time(18), date(2026, 3, 29)), (6, time(0, 30), date(2026, 4, 5)), (2, time(18), date(2026, 4, 1))],
)
def test_a_weekly_job_is_planned_for_the_next_such_day(work: JobKind, weekday: int, at: time, day: date) -> None:
    """In Tokyo it is half past midnight on Sunday, 29 March."""
    new = work.weekly(weekday, at, TOKYO)
    assert (new.payload, new.key) == ({"day": day.isoformat()}, f"kit:7:{day}")
    assert NOW < new.due_at <= NOW + timedelta(days=7)
    after = work.weekly(weekday, at, replace(TOKYO, now=new.due_at))
    assert after.due_at == new.due_at + timedelta(days=7)
