from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.record_keeping import service
from bot.features.record_keeping.service import Likeness
from bot.features.schools.names import fold


def entry(name: str, reading: str = "", school_id: int | None = None) -> Any:
    return SimpleNamespace(name=name, reading=reading, school_id=school_id)


def test_the_same_name_at_the_same_school_comes_first() -> None:
    entries = [
        entry("別 人", school_id=1),
        entry("山田 花", "やまだ はな", 2),
        entry("誰か 他"),
        entry("ヤマダ　ハナ", school_id=1),
    ]
    found = Likeness(entries).likeliest(("山田 花", "やまだ はな"), 1, 24)
    assert found == [entries[3], entries[1], entries[0]]
    assert Likeness(entries).likeliest(("", ""), None, 24) == [], "no name is like no name"


def test_each_name_is_folded_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    folded: Counter[str] = Counter()

    def counting(text: str) -> str:
        folded[text] += 1
        return fold(text)

    monkeypatch.setattr(service, "fold", counting)
    entries = [entry(f"例田 {number}号", f"れいだ {number}", number % 80) for number in range(400)]
    found = Likeness(entries)
    for number in range(25):
        assert found.likeliest((f"訊田 {number}", ""), number, 24)
    assert max(folded[one.name] for one in entries) == max(folded[one.reading] for one in entries) == 1


_NAMES = st.sampled_from(["山田 花", "やまだ はな", "ﾔﾏﾀﾞ ﾊﾅ", "例", ""])
_SCHOOLS = st.sampled_from([None, 1, 2])


@given(st.lists(st.builds(entry, _NAMES, _NAMES, _SCHOOLS)), st.tuples(_NAMES, _NAMES), _SCHOOLS)
def test_it_weighs_as_if_each_were_compared(entries: list[Any], names: tuple[str, str], school: int | None) -> None:
    def weight(one: Any) -> int:
        same = {fold(one.name), fold(one.reading)} & ({fold(name) for name in names} - {""})
        return 2 * bool(same) + (school is not None and one.school_id == school)

    wanted = sorted((one for one in entries if weight(one)), key=weight, reverse=True)
    assert Likeness(entries).likeliest(names, school, 24) == wanted[:24]
