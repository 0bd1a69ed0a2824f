from __future__ import annotations

import pytest

from bot.features.people.models import Person, Term


def test_what_may_be_empty_is_not_compared_with_nobody() -> None:
    with pytest.raises(AssertionError, match="rows of nobody"):
        _ = Person.discord_user_id == None  # noqa: E711
    with pytest.raises(AssertionError, match="rows of nobody"):
        _ = Term.lc_id != None  # noqa: E711
    assert str(Term.person_id == None) == "terms.person_id IS NULL", "no row is like that"  # noqa: E711
    assert str(Term.lc_id.is_(None)) == "terms.lc_id IS NULL"
