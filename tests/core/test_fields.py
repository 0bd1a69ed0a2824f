"""A field says once what may be typed and what becomes of it: in a form and as the option of a command."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, assert_type

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.i18n import words_for
from bot.times import Moment
from bot.ui.choices import NOT_OFFERED
from bot.ui.fields import (
    Choice,
    Date,
    Day,
    File,
    Lines,
    LongText,
    Maybe,
    MonthDay,
    Number,
    People,
    Term,
    Text,
    Typed,
    User,
    When,
    or_none,
)
from bot.ui.forms import Form
from tests.wire.crawling import import_cogs, subclasses

TABLE = Path(__file__).parents[1] / "times" / "data" / "times_in_words.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
EN, JA = words_for("en"), words_for("ja")


class Asking:
    """Where and when a field is read: Sunday 29 November 2026, 10:00 in Tokyo."""

    now = datetime(2026, 11, 29, 1, tzinfo=UTC)
    time_zone = "Asia/Tokyo"
    today = date(2026, 11, 29)


ASKING: Any = Asking()


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class SomeForm(Form, route="fields_test:some", title="Some"):
    name = Text("Name", 10, hint="A hint", required=False)
    headline = LongText("Headline", 20, name="title")
    day = Day("Day")
    colour = Choice("Colour", {Colour.RED: "red", Colour.BLUE: "blue"})
    sure = Choice("Sure", {True: "yes", False: "no"})


class MoreForm(SomeForm, route="fields_test:more"):
    until = Maybe(Date("Until"))
    people = People("Who", 3)
    file = File("File", required=False)
    lines = Lines("Lines", 100)
    which = Choice("Which", or_none("nothing", {Colour.RED: "red"}))


def parts(form: Form) -> dict[str, Any]:
    """Discord's components as they are sent, with their labels."""
    labels: list[Any] = [one.to_component_dict() for one in form.children]
    return {one["component"]["custom_id"]: one for one in labels}


def refusal(field: Typed[Any], typed: str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        field.read(typed, ASKING)
    return refused.value


async def test_a_form_shows_its_fields_with_what_stands_in_them() -> None:
    form = SomeForm(EN)
    form.name, form.headline, form.day, form.colour, form.sure = (
        "東京",
        "あ" * 30,
        date(2026, 12, 1),
        Colour.BLUE,
        False,
    )
    shown = parts(form)
    assert form.title == "Some"
    assert list(shown) == ["name", "title", "day", "colour", "sure"]
    name, title = shown["name"], shown["title"]["component"]
    assert (name["label"], name["description"]) == ("Name", "A hint")
    assert (name["component"]["value"], name["component"]["max_length"]) == ("東京", 10)
    assert (name["component"]["required"], title["required"]) == (False, True)
    assert (name["component"]["style"], title["style"]) == (1, 2)
    assert title["value"] == "あ" * 20, "Discord refuses a form whose text is longer than what may be typed"
    assert "description" not in shown["title"]
    assert shown["day"]["component"]["value"] == "1 Dec 2026"
    chosen = {name: [one["value"] for one in shown[name]["component"]["options"] if one["default"]] for name in shown
              if "options" in shown[name]["component"]}  # fmt: skip
    assert chosen == {"colour": ["blue"], "sure": ["no"]}


def typed_as(form: MoreForm) -> None:
    """Nothing at run time: mypy looks."""
    assert_type(form.name, str)
    assert_type(form.day, date)
    assert_type(form.colour, Colour)
    assert_type(form.sure, bool)
    assert_type(form.until, date | None)
    assert_type(form.people, Sequence[User])
    assert_type(form.file, discord.Attachment | None)
    assert_type(form.lines, list[str])
    assert_type(form.which, Colour | None)


async def test_what_was_set_is_read_again_and_a_type_checker_knows_it() -> None:
    form = MoreForm(EN, fields=[])
    form.name, form.day, form.colour, form.sure, form.until = "a", date(2026, 12, 1), Colour.RED, True, None
    form.people, form.file, form.lines, form.which = [], None, ["a", "b"], None
    assert parts(form) == {}, "a field that isn't shown keeps what it was set to"
    typed_as(form)
    assert (form.name, form.colour, form.sure, form.lines) == ("a", Colour.RED, True, ["a", "b"])


async def test_a_copy_of_a_field_is_the_same_field() -> None:
    form = SomeForm(EN, "Other", [replace(SomeForm.name, hint="Another hint", required=True)])
    form.name = "x"
    assert form.title == "Other"
    assert [(one["description"], one["component"]["value"]) for one in parts(form).values()] == [("Another hint", "x")]
    assert SomeForm.name.hint == "A hint"


async def test_fields_of_the_extended_form_come_first() -> None:
    assert [one.name for one in MoreForm.fields[:6]] == ["name", "title", "day", "colour", "sure", "until"]


async def test_a_form_speaks_the_readers_language() -> None:
    class Spoken(Form, route="fields_test:spoken", title="Find an LC"):
        text = Text("Find an LC", 10)

    form = Spoken(words_for("ja"))
    assert form.title == parts(form)["text"]["label"] == words_for("ja")("Find an LC") != "Find an LC"
    assert "description" not in parts(form)["text"], "no hint is no empty text: that has a translation"


@pytest.mark.parametrize("row", ROWS, ids=[row["input"] for row in ROWS])
def test_times_as_people_gave_them(row: dict[str, str]) -> None:
    """A day where a day is asked for, a time where a time is: the same table as that of the reader."""
    typed, start = row["input"], row["start"]
    if start in ("ask", "refuse"):
        for field in (Day(""), When(""), When("", usual=time(23, 59))):
            refusal(field, typed)
    elif "T" not in start:
        day = date.fromisoformat(start)
        assert Day("").read(typed, ASKING) == day
        refusal(When(""), typed)
        if day >= ASKING.today:
            assert When("", usual=time(23, 59)).read(typed, ASKING).local == datetime.combine(day, time(23, 59))
    else:
        refusal(Day(""), typed)
        if row["end"] or datetime.fromisoformat(start) < local_time(ASKING.now, ASKING.time_zone):
            refusal(When(""), typed)
        else:
            assert When("").read(typed, ASKING).local == datetime.fromisoformat(start)


@pytest.mark.parametrize(
    "typed",
    ["2026-11-28", "２０２６年１１月２８日", "2026/11/28", "令和8年11月28日", "令和八年十一月二十八日", "R8.11.28",
     "2026年11月28日(土)", "20261128", " 2026-11-28 ", "28 Nov 2026"],
)  # fmt: skip
def test_a_date_with_its_year(typed: str) -> None:
    for field in (Date(""), Day(""), Maybe(Date(""))):
        assert field.read(typed, ASKING) == date(2026, 11, 28)


@pytest.mark.parametrize(
    "typed", ["11/28", "来週の土曜", "明日", "令和8年", "", "いつか", "2026-02-30", "2026-11-28(月)"]
)
def test_what_is_no_date_with_its_year(typed: str) -> None:
    refusal(Date(""), typed)


@pytest.mark.parametrize(("typed", "day"), [("11/28(土)", 28), ("１１／３０", 30), ("11月30日", 30), ("明日", 30)])
def test_a_day_needs_no_year(typed: str, day: int) -> None:
    assert Day("").read(typed, ASKING) == date(2026, 11, day)


@pytest.mark.parametrize(
    "typed",
    ["2026-04-01 ~ 2027-03-31", "２０２６年４月１日～２０２７年３月３１日", "令和8年4月1日から令和9年3月31日まで",
     "2026-04-01, 2027-03-31"],
)  # fmt: skip
def test_a_term(typed: str) -> None:
    assert Term("").read(typed, ASKING) == (date(2026, 4, 1), date(2027, 3, 31))
    for wrong in ("2026-04-01", "4/1 ~ 3/31", ""):
        refusal(Term(""), wrong)


@pytest.mark.parametrize("typed", ["11-01", "１１月１日", "11/1", "十一月一日", " 11.1 ", "1 Nov", "November 1st"])
def test_a_day_of_every_year(typed: str) -> None:
    assert MonthDay("").read(typed, ASKING) == (11, 1)
    for wrong in ("2-29", "13-01", "2026-11-01", "29 Feb", "1 Nov 2026", "tomorrow", "1日", "31 Nov"):
        refusal(MonthDay(""), wrong)


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("１，５００円", 1500), ("三十", 30), ("約30人", 30), ("0", 0)]
)
def test_a_number(typed: str, number: int) -> None:
    assert Number("").read(typed, ASKING) == number


def test_a_number_that_is_refused_is_named() -> None:
    assert refusal(Number(""), "たくさん").params == {"value": "たくさん"}
    assert "less than 0" in refusal(Number(""), "−3").message


@pytest.mark.parametrize("typed", ["", "  ", "　", None])
def test_what_may_be_left_empty_or_out(typed: str | None) -> None:
    for field in (Maybe(Date("")), Maybe(MonthDay("")), Maybe(When(""))):
        assert field.read(typed, ASKING) is None
        assert not field.required
    assert Maybe(Date("", 20)).component(EN).max_length == 20
    assert Maybe(LongText("", 20)).is_long
    with pytest.raises(Invalid):
        Maybe(Date("")).read("いつか", ASKING)


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
TIMES = st.builds(datetime.combine, st.dates(date(2026, 12, 1), date(2035, 12, 31)), CLOCKS)


#: A line without anything is none.
LINES = st.lists(st.text(st.characters(exclude_characters="\n")).filter(str.strip))


@given(DAYS, DAYS, TIMES, st.integers(0, 10**9), LINES)
def test_what_stands_in_a_field_is_read_as_it_was(
    day: date, other: date, at: datetime, number: int, lines: list[str]
) -> None:
    def again(field: Typed[Any], value: Any) -> Any:
        japanese = field.read(field.written(value, JA), ASKING)
        assert field.read(field.written(value, EN), ASKING) == japanese
        return japanese

    term = (min(day, other), max(day, other))
    every_year = (day.month, min(day.day, 28))
    moment = Moment(at, instant(at, "Asia/Tokyo"))
    for field, value in (
        (Day(""), day),
        (Date(""), day),
        (Maybe(Date("")), day),
        (Term(""), term),
        (MonthDay(""), every_year),
        (When(""), moment),
        (Number(""), number),
        (Lines(""), [line for line in lines if line.strip()]),
        (Text(""), "\n".join(lines)),
    ):
        assert again(field, value) == value, field
    assert again(Maybe(When("")), None) is None
    assert timedelta(0) <= moment.at - instant(at, "Asia/Tokyo") < timedelta(minutes=1)


def test_a_date_stands_in_every_form_as_people_write_it() -> None:
    """The longest ones have room, too: a cut date would be another date."""
    import_cogs()
    at = datetime(2026, 12, 30, 14, 59, tzinfo=UTC)
    moment = Moment(local_time(at, "Asia/Tokyo"), at)
    term = (date(2026, 12, 30), date(2027, 12, 30))
    samples: dict[type[Any], Any] = {Day: term[0], Date: term[0], Term: term, MonthDay: (12, 30), When: moment}
    seen = set()
    for form in subclasses(Form):
        for one in form.fields:
            plain = one.of if isinstance(one, Maybe) else one
            if type(plain) in samples:
                seen.add(type(plain))
                value = samples[type(plain)]
                for words in (JA, EN):
                    text = one.written(value, words)
                    cut = text[: one.longest]
                    assert cut == text, (form, one.name)
                    assert "-" not in text, (form, one.name)
                    assert one.read(text, ASKING) == value, (form, one.name)
    assert seen == set(samples)
    assert Term("").written(term, JA) == "2026年12月30日〜2027年12月30日"
    assert Term("").written(term, EN) == "30 Dec 2026 – 30 Dec 2027"
    assert MonthDay("").component(JA).placeholder == "11月1日"
    assert Maybe(MonthDay("")).component(EN).placeholder == "1 Nov"


def test_what_a_menu_does_not_offer_is_refused() -> None:
    """Who sends a form may send what they like."""
    which = MoreForm.which
    assert (which.read(["-"]), which.read(["red"]), SomeForm.sure.read(["yes"])) == (None, Colour.RED, True)
    assert which.read([]) is None, "nothing is chosen where that is an answer"
    for chosen in (["blue"], ["red", "-"], ["None"]):
        with pytest.raises(Invalid, match=NOT_OFFERED):
            which.read(chosen)
    with pytest.raises(Invalid, match=NOT_OFFERED):
        SomeForm.sure.read([])
    with pytest.raises(Invalid, match=NOT_OFFERED):
        People("", 2).read([])
