"""Recipients as a rule that is stored as data and resolved when something goes out, so that an LC that joins before
then is included."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.features.audiences.models import Place
from bot.features.committees.models import Reply
from bot.features.local_committees.models import LcState
from bot.features.members.models import Kind
from bot.features.memberships.models import MembershipKind

#: Existing LCs, dormant ones too; and LCs that are being founded.
MEMBERS = (LcState.MEMBER, LcState.DORMANT)
IN_CONTACT = (*MEMBERS, LcState.APPLYING, LcState.FOUNDING, LcState.LEAD)


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True)


class Everyone(_Rule):
    """Every LC in contact, and everybody in the organisation's own servers."""

    kind: Literal["everyone"] = "everyone"


class AllLcs(_Rule):
    kind: Literal["all_lcs"] = "all_lcs"


class InRegions(_Rule):
    """The member LCs of some regions."""

    kind: Literal["regions"] = "regions"
    region_ids: tuple[int, ...]


class Replied(_Rule):
    """The member LCs that gave a committee one of these answers for the present fiscal year; None: none yet."""

    kind: Literal["replied"] = "replied"
    committee_id: int
    replies: tuple[Reply | None, ...]


class InStates(_Rule):
    kind: Literal["states"] = "states"
    states: tuple[LcState, ...]


class TheseLcs(_Rule):
    kind: Literal["lcs"] = "lcs"
    lc_ids: tuple[int, ...]


class CommitteeMembers(_Rule):
    """The people in charge of a committee: in each LC (else its representative) and nationally."""

    kind: Literal["committee"] = "committee"
    committee_id: int


class Members(_Rule):
    """Persons who have begun to join or hold a post today. Each part that isn't empty narrows them down.

    ``committee_ids``: interested in one of these. ``years`` (of study) and ``walks`` are one part: students of these
    years, and other kinds of people. ``kinds``: their membership on that day.
    """

    kind: Literal["members"] = "members"
    committee_ids: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    walks: tuple[Kind, ...] = ()
    kinds: tuple[MembershipKind, ...] = ()


LcRule = Everyone | AllLcs | InRegions | Replied | InStates | TheseLcs | CommitteeMembers
Rule = Annotated[LcRule | Members, Field(discriminator="kind")]


class Audience(_Rule):
    """``excluded``: LCs that don't get it."""

    rule: Rule
    excluded: tuple[int, ...] = ()


#: The places for persons; LCs' places are for LCs.
OF_PERSONS = (Place.NATIONAL, Place.DIRECT)


def possible_places(rule: Rule, *, of_lc: bool) -> tuple[Place, ...]:
    """The possible places for such an audience. ``of_lc``: an LC writes to its own people."""
    if isinstance(rule, Members):
        return OF_PERSONS
    return tuple(place for place in Place if not of_lc or place is not Place.NATIONAL)


def usual_places(rule: Rule) -> tuple[Place, ...]:
    """The usual places for such an audience."""
    match rule:
        case Everyone():
            return (Place.NATIONAL, Place.LC_CHANNELS, Place.LC_SERVERS, Place.DIRECT)
        case CommitteeMembers():
            return (Place.LC_OFFICERS, Place.DIRECT)
        case Members():
            return OF_PERSONS
        case _:
            return (Place.LC_CHANNELS, Place.LC_SERVERS, Place.DIRECT)
