"""Decides who gets direct messages, and where the officers of an LC are told something. No other place does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, select

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from bot.features.channels.service import places
from bot.features.members.models import Contact, Profile
from bot.features.people.askers import Given
from bot.features.people.models import Person, Post, Term


async def asked_for_messages(reader: Reader, organisation_id: int, discord_user_ids: Iterable[int]) -> set[int]:
    """Those of them who chose to be reached by direct message about what they take part in. Nobody else is written to;
    announcements have a choice of their own."""
    wanted = set(discord_user_ids)
    if not wanted:
        return set()
    query = (
        select(Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(
            Person.organisation_id == organisation_id,
            Person.discord_user_id.in_(wanted),
            Profile.contact == Contact.DIRECT,
        )
    )
    return {row.discord_user_id for row in await fetch(reader, query)}


def hears_of_events() -> ColumnElement[bool]:
    """Of a ``Profile``: they chose direct messages, and didn't take events out."""
    return and_(Profile.contact == Contact.DIRECT, Profile.hears_of_events)


def with_officers(today: Given[date]) -> Select[int | None]:
    """The ids of the LCs that have an officer in office."""
    return (
        select(Term.lc_id)
        .join(Post, Post.id == Term.post_id)
        .where(Term.lc_id.is_not(None), Post.is_officer, Term.held_on(today))
        .distinct()
    )


async def has_officers(reader: Reader, lc_id: int, today: date) -> bool:
    return bool(await fetch(reader, with_officers(today).where(Term.lc_id == lc_id).limit(1)))


async def told_at(
    reader: Reader, organisation_id: int, lc_ids: Collection[int], today: date
) -> dict[int, list[Recipient]]:
    """Where the officers of each LC hear something: in their private thread, else each of them who chose direct
    messages. An empty list: nowhere; they see it in their home alone."""
    told: dict[int, list[Recipient]] = {}
    for lc_id, found in (await places(reader, organisation_id, lc_ids)).items():
        threads = [spot.officers_thread_id for spot in found.spots if spot.absent_since is None]
        made = [thread for thread in threads if thread is not None]
        told[lc_id] = [Recipient(RecipientKind.THREAD, thread, "thread") for thread in made[:1]]
    query = (
        select(Term.lc_id, Person.id, Person.discord_user_id)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(
            Term.lc_id.in_([lc_id for lc_id, threads in told.items() if not threads]),
            Post.is_officer,
            Term.held_on(today),
            Profile.contact == Contact.DIRECT,
            Person.discord_user_id.is_not(None),
        )
        .order_by(Person.discord_user_id)
        .distinct()
    )
    for row in await fetch(reader, query):
        told[row.lc_id].append(Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}"))
    return told
