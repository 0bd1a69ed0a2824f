"""What somebody answered who was invited to an event."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, case, exists, or_

from bot.features.events.models import KIND, EventInvitation
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp


class Answer(StrEnum):
    """Where somebody stands who was invited."""

    OPEN = "open"
    COMES = "comes"
    WAITS = "waits"
    CANNOT = "cannot"


ITS_SIGNUP = and_(SignUp.owner_kind == KIND, SignUp.owner_id == EventInvitation.event_id)


def _has(*conditions: ColumnExpressionArgument[bool]) -> ColumnElement[bool]:
    """Of an ``EventInvitation``: its person has, or had, a party in the sign-up, of which this is so."""
    return (
        exists()
        .where(
            ITS_SIGNUP,
            PartyMember.signup_id == SignUp.id,
            PartyMember.person_id == EventInvitation.person_id,
            PartyMember.agreed_at.is_not(None),
            Party.id == PartyMember.party_id,
            *conditions,
        )
        .correlate(EventInvitation)
    )


#: Of an ``EventInvitation``: its person hasn't answered.
IS_OPEN = and_(EventInvitation.answered_at.is_(None), ~_has())
#: The same, as one of ``Answer``.
ANSWER = case(
    (_has(PartyMember.is_live, Party.state == PartyState.ACCEPTED.value), Answer.COMES.value),
    (_has(PartyMember.is_live), Answer.WAITS.value),
    (or_(EventInvitation.answered_at.is_not(None), _has()), Answer.CANNOT.value),
    else_=Answer.OPEN.value,
)
