"""The statements behind the service."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, bindparam, select

from bot.features.local_committees.models import LocalCommittee
from bot.features.organisations.models import Organisation, Server
from bot.features.people.models import Level, Person, Post, Term
from bot.features.schools.models import School

SERVER = (
    select(
        Server.id,
        Server.organisation_id,
        Organisation.name_ja,
        Organisation.name_en,
        Organisation.kind,
        Organisation.language,
        Organisation.time_zone,
        Server.lc_id,
        Server.announcements_channel_id,
        School.name_ja.label("lc_ja"),
        School.name_en.label("lc_en"),
    )
    .join(Organisation, Organisation.id == Server.organisation_id)
    .outerjoin(LocalCommittee, LocalCommittee.id == Server.lc_id)
    .outerjoin(School, School.id == LocalCommittee.school_id)
    .where(Server.discord_guild_id == bindparam("guild"))
)


def officers_in_office(organisation_id: int, today: date) -> Select[int | None, str]:
    """National officers who are on Discord: id and name."""
    return (
        select(Person.discord_user_id, Person.display_name)
        .join(Term, Term.person_id == Person.id)
        .join(Post, Post.id == Term.post_id)
        .where(
            Person.organisation_id == organisation_id,
            Person.discord_user_id.is_not(None),
            Post.level == Level.NATION,
            Post.is_officer,
            Term.held_on(today),
        )
        .distinct()
        .order_by(Person.discord_user_id)
    )
