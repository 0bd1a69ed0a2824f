"""Which LC a wrong name may mean, and which state may follow which: pure decisions."""

from __future__ import annotations

import difflib
from datetime import date

from bot.errors import Conflict, Invalid
from bot.features.local_committees.models import DECIDED, State
from bot.features.schools.names import fold
from bot.i18n import N_


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


def check_state(
    present: State, wanted: State, on: date, decision: str | None, today: date, *, is_first: bool = False
) -> None:
    """May an LC that stands at ``present`` stand at ``wanted`` as of the day ``on``?

    ``is_first``: nothing was ever said about where it stands; then it may be anywhere, as an LC that rests since long
    before there was a directory.

    Raises:
        Invalid: a state that takes a decision comes without its reference, or the day is yet to come.
        Conflict: the state can't follow the present one, or the LC stands there already.
    """
    if wanted in DECIDED and not decision:
        raise Invalid(N_("This state takes a decision. Please say where it stands: the meeting and its number."))
    if on > today:
        raise Invalid(N_("{date} is still to come. Please enter it when it has happened."), date=on)
    if wanted is present or (not is_first and wanted not in FOLLOWING[present]):
        raise Conflict(N_("An LC can't go to this state from where it stands now. Please look at its card."))
