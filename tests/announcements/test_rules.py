from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deliveries.schedule import instant, local_time
from bot.features.announcements import rules
from bot.features.announcements.outside import LINE_LIMIT, line_texts, mail_texts, plain
from bot.features.announcements.rules import Every, Repeat, nth_of_month, occurrence
from bot.links import address, is_link

days = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-12-31"))
repeats = st.sampled_from(list(Every))


def series(every: Every, first: datetime, count: int = 40) -> list[datetime]:
    repeat = Repeat(every=every, count=count)
    found = [occurrence(repeat, first, number) for number in range(count)]
    assert None not in found
    return [at for at in found if at is not None]


@given(every=repeats, first=days)
@settings(deadline=None)
def test_a_repeat_keeps_its_hour_and_goes_forward(every: Every, first: datetime) -> None:
    found = series(every, first)
    assert {at.time() for at in found} == {first.time()}
    assert all(earlier < later for earlier, later in pairwise(found))
    assert found[0] == first
    gaps = {(later.date() - earlier.date()).days for earlier, later in pairwise(found[1:])}
    assert (
        gaps <= {7} if every is Every.WEEK else gaps <= {14} if every is Every.TWO_WEEKS else gaps <= set(range(28, 37))
    )


@given(first=days)
@settings(deadline=None)
def test_monthly_repeats_stay_on_their_day(first: datetime) -> None:
    for at in series(Every.MONTH, first):
        assert at.day == min(first.day, monthrange(at.year, at.month)[1])
    for at in series(Every.NTH_WEEKDAY, first)[1:]:
        assert at.weekday() == first.weekday()
        assert nth_of_month(at.date()) == min(nth_of_month(first.date()), 4)
    for at in series(Every.LAST_WEEKDAY, first)[1:]:
        assert at.weekday() == first.weekday()
        assert at.day + 7 > monthrange(at.year, at.month)[1]


@given(every=repeats, first=days, count=st.integers(1, 30), ahead=st.integers(0, 400))
@settings(deadline=None)
def test_a_repeat_ends_when_it_was_said(every: Every, first: datetime, count: int, ahead: int) -> None:
    assert occurrence(Repeat(every=every, count=count), first, count - 1) is not None
    assert occurrence(Repeat(every=every, count=count), first, count) is None
    until = first.date() + timedelta(days=ahead)
    for number in range(60):
        at = occurrence(Repeat(every=every, until=until), first, number)
        assert at is None or at.date() <= until


@given(every=repeats, first=days, zone=st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York"]))
@settings(deadline=None, max_examples=50)
def test_the_clocks_may_change_and_the_hour_stays(every: Every, first: datetime, zone: str) -> None:
    first = first.replace(hour=19, minute=0, second=0, microsecond=0)
    for at in series(every, first, 30):
        assert local_time(instant(at, zone), zone) == at


@given(
    sent=days, ahead=st.none() | st.floats(0.1, 60), count=st.integers(0, rules.MAX_REMINDERS)
)  # fmt: skip
@settings(deadline=None)
def test_reminders_are_few_by_day_and_before_the_deadline(sent: datetime, ahead: float | None, count: int) -> None:
    deadline = sent + timedelta(days=ahead) if ahead is not None else None
    times = rules.reminder_times(sent, deadline, count)
    assert len(times) <= count
    assert times == sorted(set(times))
    for at in times:
        assert 8 <= at.hour < 22
        assert at >= sent + timedelta(days=1)
        assert deadline is None or at < deadline
    after = rules.follow_up_time(sent, deadline, count)
    assert after > sent
    if deadline is None:
        assert all(at < after for at in times)
        assert len(times) == count


@pytest.mark.parametrize(
    ("text", "n"), [("", 0), ("あ", 1), ("a" * 2_000, 2_000), ("😀", 2), ("👨‍👩‍👧", 8), ("が", 1), ("🇯🇵", 4)]
)
def test_length_counts_as_discord_does_at_most(text: str, n: int) -> None:
    assert rules.length(text) == n


@given(st.text(max_size=2_500))
@settings(deadline=None)
def test_what_is_too_long_is_said_with_the_count(text: str) -> None:
    problems = rules.text_problems("t", text, "", "")
    over = len(text.encode("utf-16-le", "surrogatepass")) // 2 - rules.MAX_TEXT if text.isascii() else None
    if over is not None:
        assert bool(problems) == (over > 0)
        if problems:
            assert problems[0].params["over"] == over


@pytest.mark.parametrize(
    ("link", "fits"),
    [
        ("https://example.org/a?b=c", True), ("http://例え.jp/", True), ("example.org", False),
        ("https://a..b", False), ("https://.a.b", False), ("https://a.b..", False), ("https://-a.org", False),
        ("https://a_.org/", False), (f"https://{'a' * 64}.org", False), ("https://u:p@example.org", False),
        ("https://example.org@evil.example", False), ("https://example.org:99999", False), ("https://1.2.3.4", False),
        ("https://example.org:8080/x", True), ("https://example.org/資料?q=あ", True), ("https://例え。jp/", False),
        ("https://example.org/\u200b", False), ("https://example.org/\n", False), ("https://example.org/a\0b", False),
        ("https://example.org/\ud800", False), ("ftp://example.org", False), ("HTTPS://EXAMPLE.ORG/", True),
        ("https://example.org/" + "a" * 492, True), ("https://example.org/" + "a" * 493, False),
        ("https://example.org/" + "あ" * 60, False), ("https://xn--wgv71a119e.jp", True), ("https://", False),
        ("https://straße.de/x", False),
        ("https://a b.org", False), ("javascript:alert(1)", False), ("https://[", False), ("https://localhost", False),
    ],
)  # fmt: skip
def test_links(link: str, fits: bool) -> None:
    assert is_link(link) is fits


@given(st.text(max_size=60))
def test_what_passes_as_a_link_is_ascii_short_and_stays_one(text: str) -> None:
    made = address(f"https://example.org/{text}")
    if made is not None:
        assert made.isascii()
        assert len(made) <= 512
        assert address(made) == made


def test_a_host_in_japanese_goes_to_discord_as_the_name_service_knows_it() -> None:
    assert address("https://日本語.jp/あ b") is None
    assert address("https://日本語.jp:81/あ?い#う") == "https://xn--wgv71a119e.jp:81/%E3%81%82?%E3%81%84#%E3%81%86"


@given(
    title=st.text("あいう総会abc", min_size=1, max_size=100),
    text=st.text("あいうえお。abc. \n*_`😀", max_size=4_000),
    endings=st.lists(st.text("締切https", min_size=1, max_size=100), max_size=3),
)
@settings(deadline=None)
def test_a_text_for_line_is_split_with_numbers_and_loses_nothing(title: str, text: str, endings: list[str]) -> None:
    parts = line_texts(title, text, endings)
    assert all(len(part) <= LINE_LIMIT for part in parts)
    if len(parts) > 1:
        for number, part in enumerate(parts, 1):
            assert part.startswith(f"({number}/{len(parts)})\n")
        parts = [part.split("\n", 1)[1] for part in parts]

    def letters(text: str) -> str:
        return "".join(text.split())

    whole = "\n".join([f"【{title}】", plain(text), *endings])
    assert letters("".join(parts)) == letters(whole)


def test_marks_of_discord_are_taken_off() -> None:
    text = "# 見出し\n**太字**と__下線__ [案内](https://example.org) <@123>さん <:hai:9> ```py\nx\n``` ||秘密||"
    assert plain(text) == "見出し\n太字と下線 案内 https://example.org さん :hai: x 秘密"
    subject, body = mail_texts("IFMSA-Japan", "総 会\n", "本文", ["締切"])
    assert (subject, body) == ("[IFMSA-Japan] 総 会", "本文\n\n締切")


def test_the_fifth_weekday_is_not_offered_and_becomes_the_fourth() -> None:
    first = datetime.fromisoformat("2026-07-29T19:00")  # the fifth Wednesday
    found = series(Every.NTH_WEEKDAY, first, 3)
    assert [at.date() for at in found] == [first.date(), date(2026, 8, 26), date(2026, 9, 23)]
