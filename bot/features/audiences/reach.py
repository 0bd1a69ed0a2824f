"""From the rule to LCs, channels and people, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from bot.features.audiences.models import Place, Subscription
from bot.features.audiences.places import lc_posts, national_posts
from bot.features.audiences.rules import (
    IN_CONTACT,
    MEMBERS,
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    LcRule,
    Members,
    Replied,
    TheseLcs,
)
from bot.features.audiences.values import Addressee, ContactRoute, LcName, PostPlan, Reach, Unreached, WhyNot
from bot.features.committees.models import CommitteeAnswer, StandingCommittee
from bot.features.contacts.models import Field, LcContact
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Interest, Kind, Profile
from bot.features.memberships.queries import standings
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import fiscal_year
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.schools.models import School

#: How many people one statement looks up: databases limit its parameters.
AT_ONCE = 5_000


async def addressees(
    reader: Reader, organisation_id: int, rule: Members, today: date, *, direct: bool
) -> list[Addressee]:
    """The recipients today, each once. ``direct``: direct messages are among the chosen places."""
    holds_a_post = select(Term.id).where(Term.person_id == Person.id, Term.held_on(today))
    query = (
        select(Person.id, Person.discord_user_id, Subscription.id.label("subscription"))
        .outerjoin(Profile, Profile.person_id == Person.id)
        .outerjoin(
            Subscription,
            and_(
                Subscription.organisation_id == Person.organisation_id,
                Subscription.discord_user_id == Person.discord_user_id,
            ),
        )
        .where(
            Person.organisation_id == organisation_id,
            or_(Profile.id.is_not(None), holds_a_post.exists()),
            *_narrowed(rule),
        )
        .order_by(Person.id)
    )
    rows: Sequence[Any] = await fetch(reader, query)
    if rule.kinds:
        fitting: set[int] = set()
        for first in range(0, len(rows), AT_ONCE):
            some = [row.id for row in rows[first : first + AT_ONCE]]
            found = await standings(reader, organisation_id, some, today)
            fitting |= {person_id for person_id, one in found.items() if one.kind in rule.kinds}
        rows = [row for row in rows if row.id in fitting]
    return [Addressee(row.id, row.discord_user_id, _why_no_message(row, direct=direct)) for row in rows]


def _narrowed(rule: Members) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if rule.committee_ids:
        interested = select(Interest.person_id).where(Interest.committee_id.in_(rule.committee_ids))
        parts.append(Person.id.in_(interested))
    if rule.years or rule.walks:
        studies = (Profile.kind == Kind.STUDENT) & Profile.year_of_study.in_(rule.years)
        parts.append(studies | Profile.kind.in_(rule.walks))
    return parts


def _why_no_message(row: Any, *, direct: bool) -> WhyNot | None:
    if row.discord_user_id is None:
        return WhyNot.NO_ACCOUNT
    if not direct:
        return WhyNot.NOT_CHOSEN
    return None if row.subscription is not None else WhyNot.NOT_WANTED


async def resolve(
    reader: Reader, organisation_id: int, audience: Audience, chosen: Collection[Place], today: date
) -> Reach:
    """The recipients of an announcement, its messages, and the LCs it can't reach."""
    rule = audience.rule
    if isinstance(rule, Members):
        return await _persons(reader, organisation_id, rule, chosen, today)
    lcs = await _lcs(reader, organisation_id, rule, audience.excluded, today)
    posts = await national_posts(reader, organisation_id) if Place.NATIONAL in chosen else []
    of_lcs, why = await lc_posts(reader, organisation_id, list(lcs), chosen)
    posts += of_lcs
    if Place.DIRECT in chosen:
        posts += await _people(reader, organisation_id, audience, lcs, today)
    reached = {post.lc_id for post in posts}
    missed = [lc for lc_id, lc in lcs.items() if lc_id not in reached]
    routes = await contact_routes(reader, [lc.lc_id for lc in missed], today)
    unreached = [Unreached(lc, why[lc.lc_id], routes[lc.lc_id]) for lc in missed]
    return Reach(tuple(lcs.values()), tuple(posts), tuple(unreached))


async def _persons(
    reader: Reader, organisation_id: int, rule: Members, chosen: Collection[Place], today: date
) -> Reach:
    people = await addressees(reader, organisation_id, rule, today, direct=Place.DIRECT in chosen)
    posts = await national_posts(reader, organisation_id) if Place.NATIONAL in chosen else []
    posts += [
        PostPlan(Place.DIRECT, one.discord_user_id, None, None, ref=f"person:{one.person_id}")
        for one in people
        if one.why_not is None and one.discord_user_id is not None
    ]
    return Reach((), tuple(posts), (), tuple(people))


async def _lcs(
    reader: Reader, organisation_id: int, rule: LcRule, excluded: Collection[int], today: date
) -> dict[int, LcName]:
    query = lc_names().add_columns(LocalCommittee.state)
    query = query.where(LocalCommittee.organisation_id == organisation_id, *_meant(rule, today))
    rows = await fetch(reader, query)
    return {
        row.lc_id: LcName(row.lc_id, row.lc_ja, row.lc_en, row.state == LcState.DORMANT)
        for row in rows
        if row.lc_id not in excluded
    }


def lc_names() -> Any:
    """Id and names of LCs, in the directory's order."""
    lcs = select(LocalCommittee.id.label("lc_id"))
    return with_lc(lcs).order_by(LocalCommittee.position, LocalCommittee.id)


def _meant(rule: LcRule, today: date) -> list[Any]:
    state = LocalCommittee.state
    match rule:
        case Everyone() | CommitteeMembers():
            return [state.in_(IN_CONTACT)]
        case AllLcs():
            return [state.in_(MEMBERS)]
        case InRegions(region_ids=region_ids):
            return [state.in_(MEMBERS), School.region_id.in_(region_ids)]
        case InStates(states=states):
            return [state.in_(states)]
        case TheseLcs(lc_ids=lc_ids):
            return [LocalCommittee.id.in_(lc_ids)]
        case Replied(committee_id=committee_id, replies=replies):
            this = and_(
                CommitteeAnswer.lc_id == LocalCommittee.id,
                CommitteeAnswer.committee_id == committee_id,
                CommitteeAnswer.year == fiscal_year(today)[0].year,
            )
            given = [reply for reply in replies if reply is not None]
            wanted: list[Any] = [select(CommitteeAnswer.id).where(this, CommitteeAnswer.reply.in_(given)).exists()]
            if None in replies:
                wanted.append(~select(CommitteeAnswer.id).where(this).exists())
            return [state.in_(MEMBERS), or_(*wanted)]


async def _people(
    reader: Reader, organisation_id: int, audience: Audience, lcs: Collection[int], today: date
) -> list[PostPlan]:
    """People of the audience who asked for direct messages, each once, with their LC."""
    query = (
        select(
            Subscription.id,
            Subscription.discord_user_id,
            Person.id.label("person_id"),
            Term.lc_id,
            Post.key,
            Post.level,
            Post.is_officer,
            StandingCommittee.id.label("committee_id"),
        )
        .outerjoin(
            Person,
            and_(Person.organisation_id == organisation_id, Person.discord_user_id == Subscription.discord_user_id),
        )
        .outerjoin(Term, and_(Term.person_id == Person.id, Term.held_on(today)))
        .outerjoin(Post, Post.id == Term.post_id)
        .outerjoin(
            StandingCommittee,
            and_(StandingCommittee.organisation_id == organisation_id, StandingCommittee.key == Post.committee),
        )
        .where(Subscription.organisation_id == organisation_id)
        .order_by(Subscription.id, case((Post.is_officer, 0), else_=1), Term.id)
    )
    rows = await fetch(reader, query)
    match audience.rule:
        case Everyone():
            fitting = [row for row in rows if row.lc_id is None or row.lc_id not in audience.excluded]
        case CommitteeMembers(committee_id=committee_id):
            filled = {row.lc_id for row in await fetch(reader, _filled(organisation_id, committee_id, today))}
            fitting = [
                row
                for row in rows
                if (row.committee_id == committee_id and (row.level == Level.NATION or row.lc_id in lcs))
                or (row.key == LC_REPRESENTATIVE and row.lc_id in lcs and row.lc_id not in filled)
            ]
        case _:
            fitting = [row for row in rows if row.lc_id in lcs]
    first: dict[int, Any] = {}
    for row in fitting:
        first.setdefault(row.discord_user_id, row)
    return [
        PostPlan(Place.DIRECT, user, row.lc_id if row.lc_id in lcs else None, None, ref=_ref(row))
        for user, row in first.items()
    ]


def _ref(row: Any) -> str:
    return f"person:{row.person_id}" if row.person_id is not None else f"subscription:{row.id}"


def _filled(organisation_id: int, committee_id: int, today: date) -> Any:
    """LCs in which somebody holds the post for a committee."""
    return (
        select(Term.lc_id)
        .join(Post, Post.id == Term.post_id)
        .join(
            StandingCommittee,
            and_(StandingCommittee.organisation_id == organisation_id, StandingCommittee.key == Post.committee),
        )
        .where(
            Term.organisation_id == organisation_id,
            Term.lc_id.is_not(None),
            StandingCommittee.id == committee_id,
            Term.held_on(today),
        )
        .distinct()
    )


async def contact_routes(reader: Reader, lc_ids: Collection[int], today: date) -> dict[int, ContactRoute]:
    """How else to reach each of these LCs: its representative today, and its own contact details."""
    routes: dict[int, ContactRoute] = {lc_id: ContactRoute(None, ()) for lc_id in lc_ids}
    if not routes:
        return routes
    representatives = (
        select(Term.lc_id, Person.display_name)
        .join(Post, Post.id == Term.post_id)
        .join(Person, Person.id == Term.person_id)
        .where(Term.lc_id.in_(lc_ids), Post.key == LC_REPRESENTATIVE, Term.held_on(today))
    )
    for row in await fetch(reader, representatives):
        routes[row.lc_id] = ContactRoute(row.display_name, ())
    details = (
        select(LcContact.lc_id, LcContact.text)
        .where(LcContact.lc_id.in_(lc_ids), LcContact.field.in_([Field.MAIL, Field.LINK, Field.HOW]))
        .order_by(LcContact.lc_id, LcContact.id)
    )
    for row in await fetch(reader, details):
        route = routes[row.lc_id]
        routes[row.lc_id] = ContactRoute(route.representative, (*route.details, row.text))
    return routes


async def officers_to_reach(
    reader: Reader, organisation_id: int, lc_ids: Collection[int], today: date
) -> dict[int, list[Recipient]]:
    """The officers of each LC who asked for direct messages."""
    query = (
        select(Term.lc_id, Person.id, Person.discord_user_id)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .join(
            Subscription,
            and_(
                Subscription.discord_user_id == Person.discord_user_id,
                Subscription.organisation_id == organisation_id,
            ),
        )
        .where(Term.lc_id.in_(lc_ids), Post.is_officer, Term.held_on(today))
        .order_by(Person.discord_user_id)
        .distinct()
    )
    found: dict[int, list[Recipient]] = defaultdict(list)
    for row in await fetch(reader, query):
        found[row.lc_id].append(Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}"))
    return found
