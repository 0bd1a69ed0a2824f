from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.contacts import rules
from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.rules import LONGEST, Standing
from bot.features.people.models import Level
from bot.features.people.rules import Holding
from tests.people.test_rules import days, holdings

LC = 1


def may_see(held: list[Holding], today: date, visibility: Visibility) -> bool:
    return visibility in rules.seen_by(rules.standing(held, today, LC))


@given(st.lists(holdings(), max_size=6), days, st.sampled_from(Visibility))
def test_nobody_sees_a_detail_above_their_standing(held: list[Holding], today: date, visibility: Visibility) -> None:
    running = [one for one in held if one.starts_on <= today <= one.ends_on]
    in_office = [one for one in running if one.is_officer]
    own = [one for one in in_office if one.level is Level.NATION or one.lc_id == LC]
    entitled = {Visibility.MEMBERS: running, Visibility.OFFICERS: in_office, Visibility.OWN_OFFICERS: own}
    assert may_see(held, today, visibility) == bool(entitled[visibility])


@given(st.lists(holdings(), max_size=6), holdings(), days)
def test_holding_more_never_shows_less_and_whoever_sees_the_narrowest_sees_all(
    held: list[Holding], another: Holding, today: date
) -> None:
    fewer, more = rules.standing(held, today, LC), rules.standing([*held, another], today, LC)
    assert set(rules.seen_by(fewer)) <= set(rules.seen_by(more))
    for standing in Standing:
        if Visibility.OWN_OFFICERS in rules.seen_by(standing):
            assert set(rules.seen_by(standing)) == set(Visibility)
    assert rules.seen_by(Standing.STRANGER) == []


@given(st.sampled_from(Field), st.text(max_size=400))
def test_whatever_is_kept_fits_mentions_nobody_and_is_kept_the_same_again(field: Field, text: str) -> None:
    try:
        kept = rules.cleaned(field, text)
    except Invalid:
        return
    assert len(kept) <= LONGEST[field]
    assert "@everyone" not in kept.casefold()
    assert "<@" not in kept
    assert not any(ord(char) < 32 and char != "\n" for char in kept)
    assert rules.cleaned(field, kept) == kept


_label = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)


@given(_label, _label, st.sampled_from(["org", "example.jp", "ac.jp"]))
def test_an_address_is_taken_however_wide_it_was_typed(name: str, host: str, end: str) -> None:
    address = f"{name}@{host}.{end}"
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in address)
    assert rules.cleaned(Field.MAIL, f"  {wide} ") == address


@given(_label, st.from_regex(r"[A-Za-z0-9/_.?=&%~-]{0,60}", fullmatch=True))
def test_an_https_link_is_taken_and_any_other_scheme_is_not(host: str, path: str) -> None:
    link = f"https://{host}.example.org/{path}"
    assert rules.cleaned(Field.LINK, link) == link
    for other in ("http", "javascript", "ftp", "discord"):
        with pytest.raises(Invalid):
            rules.cleaned(Field.LINK, link.replace("https", other, 1))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.MAIL, "lc"),
        (Field.MAIL, "lc@example"),
        (Field.MAIL, "a@example.org, b@example.org"),
        (Field.MAIL, "東大 <lc@example.org>"),
        (Field.MAIL, "lc@example.org\nother@example.org"),
        (Field.LINK, "example.org"),
        (Field.LINK, "https://localhost/"),
        (Field.LINK, "https://example.org:8443/"),
        (Field.LINK, "https://ifmsa.example@evil.example/"),
        (Field.LINK, "https://example.org/) [x](https://evil.example"),
        (Field.LINK, "https://例え.example/"),
        (Field.LINK, "https://[::1"),
        (Field.HOW, "@everyone みてください"),
        (Field.HOW, "@ HERE"),
        (Field.HOW, "<@123456789012345678>"),
        (Field.TIMES, "<@&123>"),
        (Field.HOW, "あ" * 301),
        (Field.TIMES, "夜" * 101),
    ],
)
def test_what_is_refused(field: Field, text: str) -> None:
    with pytest.raises(Invalid):
        rules.cleaned(field, text)


def test_directions_that_would_hide_something_are_taken_out() -> None:
    assert rules.cleaned(Field.HOW, "LINE\u202eで\u0007 \n\n まず一言") == "LINEで\nまず一言"
