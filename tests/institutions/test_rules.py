"""What may be kept of institutions, contacts and people without an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import (
    ContactDraft,
    Days,
    InstitutionDraft,
    PersonDraft,
    cleaned_contact,
    cleaned_institution,
    cleaned_person,
    countries,
    country_of,
    joined_days,
    kept_until,
)

TODAY = date(2026, 11, 21)
HOSPITAL = InstitutionDraft("見本病院", "Sample Hospital", InstitutionKind.HOSPITAL, "日本", "横浜市")
CONTACT = ContactDraft("国際交流室", "office@example.org", "045-123-4567", TODAY)
PERSON = PersonDraft("例 花子", "れい はなこ", "見本病院", "本人の承諾(メール)")


@given(st.sampled_from(sorted(countries())), st.sampled_from([0, 1, 2]), st.booleans())
def test_every_country_is_known_by_its_names_and_letters(code: str, which: int, is_wide: bool) -> None:
    typed = (*countries()[code], code.lower())[which]
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in typed)
    assert country_of(wide if is_wide else f" {typed} ") == code


def test_what_is_no_country_is_asked_about() -> None:
    assert len(countries()) == 250, "ISO 3166-1 has 249; Kosovo has a code of its own"
    assert [country_of(text) for text in ("アメリカ", "UK", "米国", "ドイツ")] == ["US", "GB", "US", "DE"]
    for text in ("", " ", "EU", "ZZ", "どこか", "日"):
        with pytest.raises(Invalid):
            country_of(text)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_whoever_is_entered_stays_for_more_than_a_year_and_no_more_than_two(today: date) -> None:
    until = kept_until(today)
    assert (until.month, until.day) == (3, 31)
    assert 365 <= (until - today).days <= 731
    assert kept_until(until) > until, "each day on which they are needed keeps them for longer"


_DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
_SPANS = st.tuples(_DAYS, st.none() | _DAYS).filter(lambda span: span[1] is None or span[0] <= span[1])


@given(_SPANS, _SPANS, _DAYS)
def test_days_of_two_that_are_joined_hold_every_day_of_both(one: Days, other: Days, day: date) -> None:
    def holds(span: Days) -> bool:
        return span[0] <= day and (span[1] is None or day <= span[1])

    joined = joined_days(one, other)
    assert holds(joined) or not (holds(one) or holds(other))
    assert joined == joined_days(other, one) == joined_days(joined, one)
    assert joined[0] in (one[0], other[0])
    assert joined[1] in (one[1], other[1]), "no day that neither knew ends or begins it"


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: replace(draft, name_ja=" ", name_en=""),
        lambda draft: replace(draft, name_ja="あ" * 101),
        lambda draft: replace(draft, name_en="@everyone"),
        lambda draft: replace(draft, country="どこか"),
        lambda draft: replace(draft, place="あ" * 101),
        lambda draft: replace(draft, address="example"),
        lambda draft: replace(draft, address="javascript:alert(1)"),
        lambda draft: replace(draft, note="<@1> に聞く"),
    ],
)
def test_what_cannot_be_an_institution(change: Callable[[InstitutionDraft], InstitutionDraft]) -> None:
    with pytest.raises(Invalid):
        cleaned_institution(change(HOSPITAL))


def test_an_institution_is_kept_tidily() -> None:
    kept = cleaned_institution(replace(HOSPITAL, name_en="", place=" 横浜市\n中区 ", address=" https://例え.jp/a(b) "))
    assert (kept.name_en, kept.country, kept.place) == ("見本病院", "JP", "横浜市 中区")
    assert kept.address == "https://xn--r8jz45g.jp/a%28b%29"


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: replace(draft, role=" "),
        lambda draft: replace(draft, mail="office at example.org"),
        lambda draft: replace(draft, phone="夜だけ"),
        lambda draft: replace(draft, phone="1" * 41),
        lambda draft: replace(draft, phone="12"),
        lambda draft: replace(draft, ends_on=date(2026, 11, 20)),
    ],
)
def test_what_cannot_be_a_contact(change: Callable[[ContactDraft], ContactDraft]) -> None:
    with pytest.raises(Invalid):
        cleaned_contact(change(CONTACT))


def test_a_phone_number_is_read_in_any_width() -> None:
    assert cleaned_contact(replace(CONTACT, phone="０４５（１２３）４５６７ 内線12")).phone == "045(123)4567 内線12"
    assert cleaned_contact(replace(CONTACT, phone="+49 69/1234-0", mail="")).phone == "+49 69/1234-0"


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: replace(draft, name="@here"),
        lambda draft: replace(draft, name="\u200b"),
        lambda draft: replace(draft, reading="例花子"),
        lambda draft: replace(draft, source=""),
        lambda draft: replace(draft, source="あ" * 101),
        lambda draft: replace(draft, affiliation="あ" * 101),
    ],
)
def test_what_cannot_be_a_person(change: Callable[[PersonDraft], PersonDraft]) -> None:
    with pytest.raises(Invalid):
        cleaned_person(change(PERSON))
