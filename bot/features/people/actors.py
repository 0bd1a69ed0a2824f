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


@dataclass(slots=True)
class Actor:
    """A caller within an organisation. ``holdings`` are all terms ever held, past and future ones too.

    What somebody may do rests on ``today``, ``holdings`` and ``entitlements``. Each change reads these anew at its
    beginning (``changes.py``), so all that is decided in it goes by what stands then.
    """

    caller: Caller
    organisation: OrganisationCard
    language: str
    today: date
    person_id: int | None = None
    holdings: tuple[rules.Holding, ...] = field(default=())
    #: By grants and memberships.
    entitlements: tuple[rules.Entitlement, ...] = field(default=())

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

    def lcs_where(self, right: rules.Right) -> list[int]:
        """The single LCs for which the actor may do it: the own, and those of a grant. For others, see ``may``."""
        granted = (one.scope.lc_id for one in self.entitlements)
        here = dict.fromkeys([*self.officer_of, *(lc_id for lc_id in granted if lc_id is not None)])
        return [lc_id for lc_id in here if self.may(right, lc_id)]

    def may_in_part(self, right: rules.Right, lc_id: int) -> bool:
        """May the actor do it for the LC, or there for the committee of one of their posts?"""
        return any(self.may(right, lc_id, committee) for committee in {None, *(one.committee for one in self.current)})

    @property
    def has_rights(self) -> bool:
        """Is or was there anything that gives a right, or a place in an LC?"""
        return bool(self.entitlements or self.holdings)

    def moment(self, now: datetime) -> Moment:
        return Moment(self.organisation.id, self.organisation.time_zone, now)

    def may(
        self,
        right: rules.Right,
        lc_id: int | None = None,
        committee: str | None = None,
        subject: tuple[str, int] | None = None,
    ) -> bool:
        """May the actor do it, for this LC, committee (its key) and subject (its kind and id) if it is about one?"""
        return self._decided(right, rules.Scope(lc_id, committee, subject)).allowed

    def require(
        self,
        right: rules.Right,
        lc_id: int | None = None,
        committee: str | None = None,
        subject: tuple[str, int] | None = None,
    ) -> None:
        """Raise NotAllowed, saying whether the right never was there or ended with a term, and whom to ask."""
        scope = rules.Scope(lc_id, committee, subject)
        decision = self._decided(right, scope)
        if decision.allowed:
            return
        if decision.ended is None:
            raise NotAllowed(self._whom_to_ask(right, scope))
        raise NotAllowed(
            N_("Your term as {post} ended on {date}. Please ask a current national officer."),
            post=(decision.ended.name_ja, decision.ended.name_en),
            date=decision.ended.ends_on,
        )

    def _decided(self, right: rules.Right, scope: rules.Scope) -> rules.Decision:
        return rules.decide((*self.holdings, *self.entitlements), right, self.today, scope)

    def _whom_to_ask(self, right: rules.Right, scope: rules.Scope) -> str:
        """A message id. Somebody whose post there doesn't allow it isn't sent to people with that post."""
        officer = [one for one in self.current if one.is_officer]
        is_national = any(one.level is Level.NATION for one in officer)
        if right in rules.LC_RIGHTS and (scope.lc_id is not None or not is_national):
            if is_national or scope.lc_id in [one.lc_id for one in officer if one.lc_id is not None]:
                return N_("Your post doesn't include this. Please ask the LC's representative or the president.")
            return N_("Only officers of this LC and national officers can do this. Please ask one of them.")
        if is_national and right is rules.Right.KEEP_FEES:
            return N_("Your post doesn't include this. Please ask the treasurer or the president.")
        if is_national:
            return N_("Your post doesn't include this. Please ask the president or another national officer.")
        return N_("Only national officers can do this. If you need it, ask one of them.")
