"""Two who edit the same at once (``bot.kit.edits``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.edits import Overtaken, merged


@dataclass(frozen=True)
class Draft:
    name: str
    place: str
    note: str


drafts = st.builds(Draft, *[st.sampled_from("abc")] * 3)


@given(drafts, drafts, drafts)
def test_nothing_that_somebody_wrote_is_lost_unasked(draft: Draft, seen: Draft, now: Draft) -> None:
    written, before, stands = asdict(draft), asdict(seen), asdict(now)
    both = {name for name in written if written[name] != before[name] and stands[name] != before[name]}
    lost = {name for name in both if stands[name] != written[name]}
    if lost:
        with pytest.raises(Overtaken) as refused:
            merged(draft, seen, now)
        assert refused.value.stands == {name: stands[name] for name in lost}
        return
    kept = asdict(merged(draft, seen, now))
    for name, value in kept.items():
        assert value == (written[name] if written[name] != before[name] else stands[name])


@given(drafts, drafts)
def test_with_nobody_else_it_is_the_draft(draft: Draft, seen: Draft) -> None:
    assert merged(draft, seen, seen) == draft
    assert merged(draft, None, seen) == draft


def test_only_fields_that_stand_somewhere_count() -> None:
    class Row:
        name = "b"

    assert merged(Draft("a", "x", "y"), Draft("a", "", ""), Row()) == Draft("b", "x", "y")
