"""The order of the questions, names as people type them, and when somebody is asked: by example and by Hypothesis."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.members import rules
from bot.features.members.models import Contact, Kind, LcAnswer
from bot.features.members.rules import MAX_NAME, Answers, Step, clean_institution, clean_name, clean_reading
from bot.i18n import words_for
from cogs.members.render import notice_page

ANSWERS = st.builds(
    Answers,
    reading=st.none() | st.just("") | st.just("やまだ"),
    kind=st.none() | st.sampled_from(Kind),
    has_school=st.booleans(),
    has_lc=st.booleans(),
    lc_answer=st.none() | st.sampled_from(LcAnswer),
    would_start=st.none() | st.booleans(),
    interests_answered=st.booleans(),
    contact=st.none() | st.sampled_from([one.value for one in Contact]),
    is_association=st.booleans(),
    has_committees=st.booleans(),
)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_purpose_notice_fits_on_a_phone_and_names_what_is_kept(language: str) -> None:
    words = words_for(language)
    page = notice_page("国際医学生連盟 日本", words, [], is_new=True)
    # A phone shows some 19 wide or 38 narrow characters a line, and some 34 lines beside the buttons.
    widths = [
        sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line) for line in page.text.split("\n")
    ]
    assert sum(-(-width // 44) for width in widths) <= 34
    named = {
        "ja": ("Discord", "会費", "名義", "手順", "4月1日", "保存期間"),
        "en": ("Discord", "fees", "steps", "How long"),
    }
    assert all(one in page.text for one in named[language])


@given(ANSWERS)
def test_the_open_question_is_the_first_that_is_asked_and_unanswered(answers: Answers) -> None:
    order, step = rules.asked(answers), rules.open_step(answers)
    if step is None:
        assert all(rules.is_answered(one, answers) for one in order)
    else:
        assert not rules.is_answered(step, answers)
        assert all(rules.is_answered(one, answers) for one in order[: order.index(step)])


@given(ANSWERS, st.sampled_from(Step))
def test_back_leads_to_an_earlier_question_and_at_last_to_the_first(answers: Answers, step: Step) -> None:
    seen = [step]
    while (before := rules.step_before(seen[-1], answers)) is not None:
        assert list(Step).index(before) < list(Step).index(seen[-1])
        assert before in rules.asked(answers)
        seen.append(before)
    assert seen[-1] is Step.NAME


@given(ANSWERS)
def test_whoever_answers_what_is_asked_arrives(answers: Answers) -> None:
    if answers.kind in (Kind.HIGH_SCHOOL, Kind.WORKING):
        assert Step.LC not in rules.asked(answers) or answers.has_school
    number, of = rules.progress(rules.open_step(answers) or Step.NAME, answers)
    assert 1 <= number <= of <= len(Step)


def test_only_students_are_asked_about_an_lc() -> None:
    student = Answers(reading="", kind=Kind.STUDENT, has_school=True, has_lc=True)
    assert Step.LC in rules.asked(student)
    for kind in (Kind.GRADUATE, Kind.HIGH_SCHOOL, Kind.WORKING):
        other = Answers(reading="", kind=kind, has_school=kind is Kind.GRADUATE, has_lc=True)
        assert not {Step.LC, Step.START} & set(rules.asked(other))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  山田　花 ", "山田 花"),
        ("Ｓｏｒａ　２号", "Sora 2号"),
        ("Zero\u200bwidth\u2060", "Zerowidth"),
        ("\u202eevil\u202c", "evil"),
        ("a\nb\tc", "a b c"),
        ("**太** _郎_", "**太** _郎_"),
        ("さくら🌸", "さくら🌸"),
        ("Z̸̢̨̛͈̰a", "Z̸̢̨a"),
    ],
)
def test_names_keep_what_can_be_read(typed: str, kept: str) -> None:
    assert unicodedata.normalize("NFC", clean_name(typed)) == unicodedata.normalize("NFC", kept)


@pytest.mark.parametrize("typed", [
        "", "   ", "\u200b\u200e", "🌸🌸", "\u3164", "\u3164\u115f", "\u2800", "\u0301\u0302", "\U000e0041", "\uffa0",
        "@everyone", "太郎 @here", "＠ｅｖｅｒｙｏｎｅ", "@\u200beveryone", "@everyoneさん", "<@123>", "<@&1>", "<#2>",
        "</home:1>", "<t:0:R>",
        "!!!", "あ" * 500, "x" * (MAX_NAME + 1),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_a_word(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_name(typed)


@pytest.mark.parametrize("typed", ["神", "葛󠄀城", "𠮷野", "塚本", "渡邉", "髙橋", "㟢", "侮"])
def test_every_kanji_stays_as_it_was_typed(typed: str) -> None:
    assert clean_name(f" {typed}　１ ") == f"{typed} 1"
    assert clean_institution(typed) == typed


@pytest.mark.parametrize("typed", ["山田", "ﾔﾏﾀﾞ 花", "@here", "\u3164", "<@1>"])
def test_a_reading_in_kanji_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_reading(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("ﾔﾏﾀﾞ ﾊﾅ", "ヤマダ ハナ"), ("やまだ　はな", "やまだ はな"), ("Ōno", "Ōno"), ("", "")]
)
def test_a_reading_is_kana_or_letters(typed: str, kept: str) -> None:
    assert clean_reading(typed) == kept


@given(st.text(max_size=600))
def test_any_text_becomes_a_name_or_a_refusal(text: str) -> None:
    for make in (clean_name, clean_reading, clean_institution):
        try:
            name = make(text)
        except Invalid:
            continue
        assert len(name) <= MAX_NAME
        assert name == name.strip()
        assert not any(unicodedata.category(char)[0] == "C" for char in name)
        assert make(name) == name, "cleaning twice is cleaning once"


INSTANTS = st.integers(0, 3 * 366 * 86_400).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


@given(INSTANTS, st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York"]))
def test_the_gathered_message_comes_within_a_day_and_by_day(now: datetime, zone: str) -> None:
    day, at = rules.gathering(now, zone)
    assert timedelta(0) < at - now <= timedelta(hours=25)
    later_day, later = rules.gathering(now, zone, rules.ASKED_ABOVE)
    assert (later_day - day).days == rules.ASKED_ABOVE
    assert rules.goes_above(now, later, has_officers=True)
    assert not rules.goes_above(now, rules.gathering(now, zone, rules.ASKED_AGAIN)[1], has_officers=True)
    assert rules.goes_above(now, at, has_officers=False)
