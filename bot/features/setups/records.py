"""What the service takes from the form, and what it gives to its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.features.organisations.models import OrganisationKind


class Start(StrEnum):
    """What an organisation is, and with which directory it begins."""

    JAPAN_ASSOCIATION = "japan_association"  # the 82 medical schools of Japan
    ASSOCIATION = "association"
    PROGRAMME = "programme"
    SOCIETY = "society"

    @property
    def kind(self) -> OrganisationKind:
        return OrganisationKind.ASSOCIATION if self is Start.JAPAN_ASSOCIATION else OrganisationKind(self.value)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What the form asks. ``officers``: Discord user id → name, the first national officers."""

    name_ja: str
    name_en: str
    start: Start
    officers: Mapping[int, str]
    starts_on: date
    ends_on: date
    #: Of what the bot writes in public; the one in which it is set up.
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class OwnServer:
    """What makes a server an LC's own. ``announcements``: the channel that people chose for them, if they did."""

    lc_id: int
    name_ja: str
    name_en: str
    announcements: int | None


@dataclass(frozen=True, slots=True)
class LinkedServer:
    """Where a server stands. ``parts``: key → Discord id of what the bot made there; ``officers``: those in office,
    Discord id → name."""

    server_id: int
    organisation_id: int
    name_ja: str
    name_en: str
    kind: OrganisationKind
    language: str
    parts: Mapping[str, int]
    officers: Mapping[int, str]
    #: None for a server of the organisation itself.
    own: OwnServer | None


@dataclass(frozen=True, slots=True)
class Linkable:
    """An organisation that the caller, as one of its national officers, may link a server to."""

    organisation_id: int
    name_ja: str
    name_en: str
