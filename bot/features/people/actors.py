"""The one who asks: person, organisation, language and posts, looked up once per interaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.errors import NotAllowed
from bot.features.people import rules
from bot.features.people.models import Level
from bot.i18n import N_
from bot.kit.moments import Moment


@dataclass(frozen=True, slots=True)
class Caller:
    """What Discord tells of who is asking and where. ``guild_ids``: the servers shared with the bot, for a DM."""

    discord_user_id: int
    display_name: str
    guild_id: int | None
    guild_ids: tuple[int, ...] = ()
    #: Discord hasn't told yet of everybody in each server.
    may_share_more: bool = False
    locale: str | None = None
    guild_locale: str | None = None
    manages_server: bool = False
    owns_server: bool = False
    #: The command or component that was used, for the audit.
    origin: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    id: int
    kind: str
    name_ja: str
    name_en: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller within an organisation. ``holdings`` are all terms ever held, past and future ones too."""

    caller: Caller
    organisation: OrganisationCard
    language: str
    today: date
    person_id: int | None = None
    holdings: tuple[rules.Holding, ...] = field(default=())

    @property
    def current(self) -> list[rules.Holding]:
        return [holding for holding in self.holdings if holding.held_on(self.today)]

    @property
    def lc_ids(self) -> list[int]:
        """The LCs that the actor belongs to today, as an officer or a member."""
        return list(dict.fromkeys(holding.lc_id for holding in self.current if holding.lc_id is not None))

    @property
    def officer_of(self) -> list[int]:
        """The LCs of which the actor is an officer today."""
        return list(dict.fromkeys(one.lc_id for one in self.current if one.is_officer and one.lc_id is not None))

    def moment(self, now: datetime) -> Moment:
        return Moment(self.organisation.id, self.organisation.time_zone, now)

    def may(self, right: rules.Right, lc_id: int | None = None) -> bool:
        return rules.decide(self.holdings, right, self.today, lc_id).allowed

    def require(self, right: rules.Right, lc_id: int | None = None) -> None:
        """Raise NotAllowed, saying whether the right never was there or ended with a term."""
        decision = rules.decide(self.holdings, right, self.today, lc_id)
        if decision.allowed:
            return
        if decision.ended is None and rules.NEEDED_LEVEL[right] is Level.LC:
            raise NotAllowed(N_("Only officers of this LC and national officers can do this. Please ask one of them."))
        if decision.ended is None:
            raise NotAllowed(N_("Only national officers can do this. If you need it, ask one of them."))
        raise NotAllowed(
            N_("Your term as {post} ended on {date}. Please ask a national officer in office."),
            post=(decision.ended.name_ja, decision.ended.name_en),
            date=decision.ended.ends_on,
        )
