"""The kinds of people for whom rights are looked at, and how a table says who may do what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.errors import NotAllowed, UserError
from tests.support.people import STUDENT


class Kind(StrEnum):
    """Each thing that is looked at belongs to one LC or to the organisation."""

    #: On the server, and no more.
    STRANGER = "stranger"
    #: As unknown as the stranger, but Discord lets them manage the server.
    MANAGER = "server_manager"
    MEMBER = "member"
    OTHER_MEMBER = "member_of_another_lc"
    REPRESENTATIVE = "representative"
    #: Of the LC, for one of the committees.
    LC_OFFICER = "lc_committee_officer"
    OTHER_OFFICER = "officer_of_another_lc"
    FORMER = "former_officer_of_the_lc"
    FORMER_NATIONAL = "former_national_officer"
    NATIONAL = "national_officer"
    #: For one of the committees.
    NATIONAL_COMMITTEE = "national_committee_officer"
    TREASURER = "national_treasurer"
    #: National officer of another organisation, in whose server they stand.
    FOREIGN = "national_officer_of_another_organisation"


USERS = {kind: STUDENT + 100 + number for number, kind in enumerate(Kind)}

EVERYBODY = frozenset(Kind) - {Kind.FOREIGN}
#: Of whom nothing is kept.
UNKNOWN = frozenset({Kind.STRANGER, Kind.MANAGER})
#: Who has joined.
JOINED = EVERYBODY - UNKNOWN
#: Whose post allows everything.
NATION = frozenset({Kind.NATIONAL})
#: The same for its LC, and those above.
LC_AND_NATION = NATION | {Kind.REPRESENTATIVE}
REPRESENTATIVES = frozenset({Kind.REPRESENTATIVE, Kind.OTHER_OFFICER})
#: Who may besides announce for the organisation and read what is answered.
ANNOUNCING = NATION | {Kind.NATIONAL_COMMITTEE}
#: Who may besides do what is about their committee, of which is what the sample has of a committee.
ABOUT_COMMITTEE = LC_AND_NATION | {Kind.LC_OFFICER, Kind.NATIONAL_COMMITTEE}
#: Whatever their post allows: in office for the nation, and in the LC.
IN_OFFICE = frozenset({Kind.NATIONAL, Kind.NATIONAL_COMMITTEE, Kind.TREASURER})
OWN_OFFICERS = frozenset({Kind.REPRESENTATIVE, Kind.LC_OFFICER})
OFFICERS = IN_OFFICE | OWN_OFFICERS | {Kind.OTHER_OFFICER}
NOBODY: frozenset[Kind] = frozenset()


class Nothing:
    """Instead of an error: who may not see anything gets nothing."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a method is called with, after the actor or caller."""

    args: Sequence[Any] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


def given(*args: Any, **named: Any) -> Given:
    return Given(args, named)


@dataclass(frozen=True, slots=True)
class May:
    """Who may call a method; everybody else gets ``refused``, and nothing changes. ``then``: what those who may get in
    the sample world, if the right alone isn't enough there."""

    who: frozenset[Kind]
    with_: Callable[[Any], Given] = lambda _sample: Given()
    refused: type[UserError | Nothing] = NotAllowed
    then: type[UserError] | None = None
    #: It takes several transactions, so it can't be taken back.
    in_steps: bool = False
    #: Who gets another error than the others.
    but: Mapping[Kind, type[UserError | Nothing]] = field(default_factory=dict)


class Process:
    """Only the process itself calls it: a job, a message that falls due, the command line. No person stands behind it,
    so it takes no actor, and no cog passes on to it what somebody asked for."""


class Part:
    """It joins the transaction of another method, which has looked at the right."""


SYSTEM, PART = Process(), Part()
Right = May | Process | Part


def system(*methods: str) -> dict[str, list[Right]]:
    """Methods that only the process itself calls."""
    return {method: [SYSTEM] for method in methods}


def anybody(with_: Callable[[Any], Given] = lambda _sample: Given(), then: type[UserError] | None = None) -> May:
    """It is everybody's to see, or about nobody but the one who calls."""
    return May(EVERYBODY, with_, then=then)
