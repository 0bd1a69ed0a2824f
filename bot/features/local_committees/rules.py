"""LCs that a wrong name may mean, and states that may follow each other: pure decisions."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date

from bot.errors import Invalid
from bot.features.local_committees.models import DECIDED, LcState
from bot.features.people.lifecycles import Lifecycle
from bot.features.schools.names import fold
from bot.i18n import N_

#: What many names end with, which makes none of them near another; the longer first. What ends in a vowel shortens the
#: "u" of what follows: "Keio University" is folded into "keioniversity".
_ENDINGS = tuple(
    fold(ending)
    for ending in (
        "university school of medicine", "niversity school of medicine", "medical university", "medical school",
        "university", "niversity",
        "いかだいがく", "だいがく", "いだい", "だい", "医科大学", "医科大", "大学", "医大", "大",
    )
)  # fmt: skip
_BEGINNINGS = ("theuniversityof", "universityof")
#: Of the letters of two names that are near, so many are alike; and never fewer than two.
_NEAR, _LEAST = 0.6, 2


def nearest(text: str, candidates: dict[int, str], n: int = 3) -> list[int]:
    """The ids of at most ``n`` candidates (id → search text) that look like ``text``, best first: the ones that a
    mistyped name may have meant. Nothing looks like an emoji, nor like a name that is far from all."""
    wanted = fold(text)
    endings = [end for end in _ENDINGS if _ends_with(wanted, end)]
    found = {
        key: max((_likeness(wanted, endings, name) for name in names.split("\n") if name), default=(0.0, 0.0))
        for key, names in candidates.items()
    }
    return sorted((key for key in found if found[key][0] >= _NEAR), key=lambda key: found[key], reverse=True)[:n]


def _likeness(wanted: str, endings: Sequence[str], name: str) -> tuple[float, float]:
    """Each from 0 to 1: of what the names have for themselves (that both are universities says nothing), and of all."""
    best = _ratio(_own_part(wanted, endings[:1]), _own_part(name, [end for end in _ENDINGS if name.endswith(end)][:1]))
    shared = next((end for end in endings if name.endswith(end)), None)
    if shared is not None:
        best = max(best, _ratio(_own_part(wanted, [shared]), _own_part(name, [shared])))
    return (best, _ratio(wanted, name)) if best >= _NEAR else (0.0, 0.0)


def _own_part(name: str, endings: Sequence[str]) -> str:
    for beginning in _BEGINNINGS:
        name = name.removeprefix(beginning)
    return name[: -len(endings[0])] if endings and len(name) > len(endings[0]) else name


def _ends_with(name: str, ending: str) -> bool:
    """Also with a slip in it: "univercity"."""
    if len(name) <= len(ending):
        return False
    return name.endswith(ending) or (len(ending) > 4 and _ratio(ending, name[-len(ending) :]) >= 0.8)


def _ratio(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, other, one, autojunk=False)
    if matcher.quick_ratio() < _NEAR:
        return 0.0
    alike = sum(block.size for block in matcher.get_matching_blocks())
    return matcher.ratio() if alike >= _LEAST else 0.0


#: What may follow what. Only a decision of the association makes a member or lets one leave.
FOLLOWING: dict[LcState, frozenset[LcState]] = {
    LcState.NO_CONTACT: frozenset({LcState.LEAD, LcState.FOUNDING, LcState.APPLYING, LcState.MEMBER}),
    LcState.LEAD: frozenset({LcState.NO_CONTACT, LcState.FOUNDING, LcState.APPLYING, LcState.MEMBER}),
    LcState.FOUNDING: frozenset({LcState.NO_CONTACT, LcState.LEAD, LcState.APPLYING, LcState.MEMBER}),
    LcState.APPLYING: frozenset({LcState.FOUNDING, LcState.LEAD, LcState.NO_CONTACT, LcState.MEMBER}),
    LcState.MEMBER: frozenset({LcState.DORMANT, LcState.LEFT}),
    LcState.DORMANT: frozenset({LcState.MEMBER, LcState.LEFT}),
    LcState.LEFT: frozenset({LcState.LEAD, LcState.FOUNDING, LcState.APPLYING, LcState.MEMBER, LcState.NO_CONTACT}),
}
LCS = Lifecycle(LcState.NO_CONTACT)
CHANGE = {
    state: LCS.step(
        [before for before, following in FOLLOWING.items() if state in following],
        state,
        N_("An LC can't change to this status from its current one. Please check the LC's page."),
        action="lc.state",
    )
    for state in LcState
}


def check_state(
    present: LcState, wanted: LcState, on: date, decision: str | None, today: date, *, is_first: bool = False
) -> None:
    """May an LC that stands at ``present`` stand at ``wanted`` as of the day ``on``?

    ``is_first``: nothing was ever said about where it stands; then it may be anywhere, as an LC that rests since long
    before there was a directory.

    Raises:
        Invalid: a state that takes a decision comes without its reference, or the day is yet to come.
        Conflict: the state can't follow the present one, or the LC stands there already.
    """
    if wanted in DECIDED and not decision:
        raise Invalid(N_("This status needs a decision. Please enter the meeting and the number of the motion."))
    if on > today:
        raise Invalid(N_("{date} is in the future. Please record it once it has happened."), date=on)
    if wanted is present or not is_first:
        CHANGE[wanted].require(present)
