"""The recipients of a rule at a moment, and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.features.audiences.models import Place


class Why(StrEnum):
    """Why an LC can't be reached."""

    #: It has no channel here and no server of its own, and none of its officers asked for direct messages.
    NO_PLACE = "no_place"
    #: It has a place, but not among the chosen ones.
    NOT_CHOSEN = "not_chosen"
    #: The bot was removed from the LC's own server.
    ABSENT = "absent"


class WhyNot(StrEnum):
    """Why a person gets no direct message."""

    #: They didn't ask for any.
    NOT_WANTED = "not_wanted"
    #: They have no known account on Discord.
    NO_ACCOUNT = "no_account"
    #: Direct messages aren't among the chosen places.
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True)
class LcName:
    """``is_dormant`` where somebody counts LCs: those that rest are members too."""

    lc_id: int
    name_ja: str
    name_en: str
    is_dormant: bool = False


@dataclass(frozen=True, slots=True)
class PostPlan:
    """One message to send. ``guild_id`` is None for a direct message. ``role_id``: the LC's role in that server.
    ``ref``: the recipient by ids of our own rows, as in the message's key."""

    place: Place
    recipient_id: int
    lc_id: int | None
    guild_id: int | None
    role_id: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ContactRoute:
    """How else to reach an LC: the name of its representative, if there is one, and its contact details (email, link,
    a note)."""

    representative: str | None
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreached:
    """An LC that can't be reached, and its contact details."""

    lc: LcName
    why: Why
    contact: ContactRoute


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient. ``why_not`` is None if they get a direct message."""

    person_id: int
    discord_user_id: int | None
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The recipients of an announcement right now. ``people`` is None if it is for LCs."""

    lcs: tuple[LcName, ...]
    posts: tuple[PostPlan, ...]
    unreached: tuple[Unreached, ...]
    people: tuple[Addressee, ...] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.lcs or self.people)

    @property
    def arrives_nowhere(self) -> bool:
        """It is for LCs, and none of it would arrive on Discord."""
        return bool(self.lcs) and not self.posts and self.people is None

    def at(self, *places: Place) -> list[PostPlan]:
        return [post for post in self.posts if post.place in places]
