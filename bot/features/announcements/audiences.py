"""To whom: a rule that is kept as data and resolved when the announcement goes out, so that an LC that joins before
then is among them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.features.announcements.models import Place
from bot.features.committees.models import Reply
from bot.features.local_committees.models import State

#: LCs that are there, resting ones too; and those on their way.
MEMBERS = (State.MEMBER, State.DORMANT)
IN_CONTACT = (*MEMBERS, State.APPLYING, State.FOUNDING, State.LEAD)


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
    states: tuple[State, ...]


class TheseLcs(_Rule):
    kind: Literal["lcs"] = "lcs"
    lc_ids: tuple[int, ...]


class CommitteeMembers(_Rule):
    """Who answers for a committee in each LC, the representative where nobody does, and nationally."""

    kind: Literal["committee"] = "committee"
    committee_id: int


#: A rule about members by year or kind joins here once persons have them.
Rule = Annotated[
    Everyone | AllLcs | InRegions | Replied | InStates | TheseLcs | CommitteeMembers, Field(discriminator="kind")
]


class Audience(_Rule):
    """``excluded``: LCs that are left out."""

    rule: Rule
    excluded: tuple[int, ...] = ()


def usual_places(rule: Rule) -> tuple[Place, ...]:
    """Where an announcement to such an audience usually goes."""
    match rule:
        case Everyone():
            return (Place.NATIONAL, Place.LC_CHANNELS, Place.LC_SERVERS, Place.DIRECT)
        case CommitteeMembers():
            return (Place.LC_OFFICERS, Place.DIRECT)
        case _:
            return (Place.LC_CHANNELS, Place.LC_SERVERS, Place.DIRECT)
