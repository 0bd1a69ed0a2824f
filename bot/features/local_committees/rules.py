"""Which LC a wrong name may mean, and which state may follow which: pure decisions."""

from __future__ import annotations

import difflib

from bot.features.local_committees.models import State
from bot.features.schools.names import fold


def nearest(text: str, candidates: dict[int, str], n: int = 3) -> list[int]:
    """The ids of the ``n`` candidates (id → search text) that look most like ``text``, best first; always ``n`` if
    there are that many, because a wrong guess costs a glance and no guess costs a dead end."""
    wanted = fold(text)
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)

    def likeness(names: str) -> float:
        best = 0.0
        for name in filter(None, names.split("\n")):
            matcher.set_seq1(name)
            if matcher.quick_ratio() > best:
                best = max(best, matcher.ratio())
        return best

    ranked = sorted(candidates, key=lambda key: -likeness(candidates[key]))
    return ranked[:n]


#: What may follow what. Only a decision of the association makes a member or lets one leave.
FOLLOWING: dict[State, frozenset[State]] = {
    State.NO_CONTACT: frozenset({State.LEAD, State.FOUNDING, State.APPLYING, State.MEMBER}),
    State.LEAD: frozenset({State.NO_CONTACT, State.FOUNDING, State.APPLYING, State.MEMBER}),
    State.FOUNDING: frozenset({State.NO_CONTACT, State.LEAD, State.APPLYING, State.MEMBER}),
    State.APPLYING: frozenset({State.FOUNDING, State.LEAD, State.NO_CONTACT, State.MEMBER}),
    State.MEMBER: frozenset({State.DORMANT, State.LEFT}),
    State.DORMANT: frozenset({State.MEMBER, State.LEFT}),
    State.LEFT: frozenset({State.LEAD, State.FOUNDING, State.APPLYING, State.MEMBER, State.NO_CONTACT}),
}
