"""What people may do as members. Which membership gives which right is data: ``bot/data/membership_rights.csv``.

The rights of a kind of membership are for the whole organisation, from its first day to the last on which it counts,
days of grace included. ``lc_member`` stands for everybody of an LC, its officers too: their rights are for that LC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import ScalarSelect, case, exists, extract, func, select

from bot import data
from bot.features.memberships.models import Answer, Membership, MembershipKind, MembershipSetting, Renewal
from bot.features.memberships.rules import GRACE_DAYS, Span
from bot.features.people.entitlements import packed, unpacked
from bot.features.people.models import Person
from bot.features.people.rules import NATION, Entitlement, Holding, Right, Scope
from bot.features.people.terms import LC_MEMBER

Rights = Mapping[str, Collection[Right]]


def _shipped() -> Rights:
    rights: dict[str, list[Right]] = {}
    for row in data.rows("membership_rights"):
        rights.setdefault(row["membership"], []).append(Right(row["right"]))
    return rights


#: By ``LC_MEMBER`` or a ``MembershipKind`` that has days of its own.
RIGHTS = _shipped()
_KINDS = (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE, MembershipKind.INDIVIDUAL)
#: They leave in the year after the membership. Only one that ends with a year has days of grace.
_LEFT = exists().where(
    Renewal.person_id == Membership.person_id,
    Renewal.year == extract("year", Membership.ends_on),
    Renewal.answer == Answer.LEAVE,
)
_GRACE = select(MembershipSetting.grace_days).where(MembershipSetting.organisation_id == Membership.organisation_id)
#: Of a ``Person``: their memberships, each with the days of grace that it would have (0 for those who leave).
MEMBERSHIPS: ScalarSelect[str] = (
    select(
        packed(
            Membership.kind,
            Membership.starts_on,
            Membership.ends_on,
            case((Membership.is_ended, 1), else_=0),
            case((_LEFT, 0), else_=func.coalesce(_GRACE.scalar_subquery(), GRACE_DAYS)),
        )
    )
    .where(Membership.person_id == Person.id, Membership.kind.in_(_KINDS))
    .correlate(Person)
    .scalar_subquery()
)


def by_membership(holdings: Iterable[Holding], text: str | None) -> Iterator[Entitlement]:
    """``text``: what a statement read as ``MEMBERSHIPS``."""
    spans = [
        (
            Span(
                MembershipKind(kind),
                date.fromisoformat(starts_on),
                date.fromisoformat(ends_on) if ends_on else None,
                ended == "1",
            ),
            int(grace_days),
        )
        for kind, starts_on, ends_on, ended, grace_days in unpacked(text)
    ]
    yield from given(holdings, spans, RIGHTS)


def given(holdings: Iterable[Holding], spans: Collection[tuple[Span, int]], rights: Rights) -> Iterator[Entitlement]:
    """``spans``: memberships, each with its days of grace.

    Staff and candidates are individual members first: their rights hold on days on which both count.
    """
    for holding in holdings:
        if holding.lc_id is not None:
            for right in rights.get(LC_MEMBER, ()):
                yield Entitlement(right, Scope(holding.lc_id), holding.starts_on, holding.ends_on)
    individual = [(one, grace) for one, grace in spans if one.kind is MembershipKind.INDIVIDUAL]
    for span, grace in spans:
        for other, its_grace in individual if rights.get(span.kind) else ():
            if span.kind is MembershipKind.INDIVIDUAL and other is not span:
                continue
            first = max(span.starts_on, other.starts_on)
            last = min((day for day in (span.counts_until(grace), other.counts_until(its_grace)) if day), default=None)
            if last is None or first <= last:
                for right in rights[span.kind]:
                    yield Entitlement(right, NATION, first, last)
