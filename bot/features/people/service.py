from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Update, bindparam, select, update

from bot.clock import local_date
from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import OFFICER_CHANNEL, PENDING
from bot.features.people import rules
from bot.features.people.actors import Actor, Caller, OrganisationCard
from bot.features.people.entitlements import columns, understood
from bot.features.people.models import Level, Person, Post, Preference, Term
from bot.i18n import LANGUAGES, N_, pick_language, words_for

NOT_LINKED = N_(
    "This server isn't linked to an organisation yet. Someone with the permission “Manage Server” can run /setup here."
)
NOWHERE = N_(
    "You and the bot don't share a server that is linked to an organisation. Please use the bot on your "
    "organisation's server."
)
NOT_YET = N_(
    "Discord hasn't told the bot yet which servers you're in. Please try again in a minute, or use the bot on your "
    "organisation's server."
)


@dataclass(frozen=True, slots=True)
class OfficerTerm:
    """A national officer as other officers see them."""

    display_name: str
    post_ja: str
    post_en: str
    starts_on: date
    ends_on: date


class PeopleService(Service):
    async def actor(self, caller: Caller) -> Actor:
        """Who is asking, within which organisation. One statement.

        Raises:
            NotFound: the server isn't linked, or in a DM there is no linked server that both share.
            Conflict: in a DM, several organisations could be meant; each is a next step.
        """
        guild_ids = (caller.guild_id,) if caller.guild_id is not None else caller.guild_ids
        async with self.database.reading() as connection:
            found = await fetch(connection, _actor(), {"guilds": guild_ids, "user": caller.discord_user_id})
        if not found:
            raise NotFound(NOT_LINKED if caller.guild_id is not None else _nowhere(caller))
        rows = _meant(found, caller)
        first = rows[0]
        organisation = OrganisationCard(
            first.organisation_id, first.kind, first.org_ja, first.org_en, first.time_zone, first.org_language
        )
        holdings, granted = understood(rows)
        return Actor(
            caller=caller,
            organisation=organisation,
            language=pick_language(first.chosen_language, caller.locale, first.org_language),
            today=local_date(self.clock.now(), first.time_zone),
            person_id=first.person_id,
            holdings=holdings,
            entitlements=granted,
        )

    async def language_of(self, caller: Caller) -> str:
        """The caller's language, by the same rule whether or not the server belongs to an organisation."""
        chosen = select(Preference.language).where(Preference.discord_user_id == caller.discord_user_id)
        own = (
            select(Organisation.language)
            .join(Server, Server.organisation_id == Organisation.id)
            .where(Server.discord_guild_id == (caller.guild_id or 0))
        )
        query = select(chosen.scalar_subquery().label("chosen"), own.scalar_subquery().label("own"))
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one()
        return pick_language(row.chosen, caller.locale, row.own or caller.guild_locale)

    async def choose_language(self, caller: Caller, language: str) -> None:
        """Remember the language. Raises Invalid for one we don't speak."""
        if language not in LANGUAGES:
            raise Invalid(N_("Japanese and English are available. Please choose one."))
        async with self.database.writing() as session:
            await insert_if_absent(session, Preference, discord_user_id=caller.discord_user_id)
            await session.execute(_preference_of(caller).values(language=language))

    async def choose_organisation(self, caller: Caller, organisation_id: int) -> tuple[str, str]:
        """Remember which organisation a direct message means, and return its name (Japanese, English).

        Raises:
            NotFound: the caller shares no server of that organisation with the bot.
        """
        query = (
            select(Organisation.name_ja, Organisation.name_en)
            .join(Server, Server.organisation_id == Organisation.id)
            .where(Organisation.id == organisation_id, Server.discord_guild_id.in_(caller.guild_ids))
        )
        async with self.database.writing() as session:
            name = (await session.execute(query.limit(1))).one_or_none()
            if name is None:
                raise NotFound(_nowhere(caller))
            await insert_if_absent(session, Preference, discord_user_id=caller.discord_user_id)
            await session.execute(_preference_of(caller).values(organisation_id=organisation_id))
        return name.name_ja, name.name_en

    async def officers(self, actor: Actor) -> list[OfficerTerm]:
        """The national officers in office and to come, first the one whose term ends first."""
        actor.require(rules.Right.SEE_OFFICERS)
        query = (
            select(Person.display_name, Post.name_ja, Post.name_en, Term.starts_on, Term.ends_on)
            .join(Term, Term.person_id == Person.id)
            .join(Post, Post.id == Term.post_id)
            .where(
                Person.organisation_id == actor.organisation.id,
                Post.level == Level.NATION,
                Post.is_officer,
                Term.ends_on >= actor.today,
            )
            .order_by(Term.ends_on, Post.position, Person.id)
        )
        async with self.database.reading() as connection:
            return [OfficerTerm(*row) for row in await connection.execute(query)]


def _nowhere(caller: Caller) -> str:
    return NOT_YET if caller.may_share_more else NOWHERE


def _preference_of(caller: Caller) -> Update:
    return update(Preference).where(Preference.discord_user_id == caller.discord_user_id)


_USER: Any = bindparam("user")


@cache
def _actor() -> Select[Any]:
    return (
        select(
            Organisation.id.label("organisation_id"),
            Organisation.kind,
            Organisation.name_ja.label("org_ja"),
            Organisation.name_en.label("org_en"),
            Organisation.time_zone,
            Organisation.language.label("org_language"),
            Preference.language.label("chosen_language"),
            Preference.organisation_id.label("chosen_organisation"),
            Person.id.label("person_id"),
            *columns(),
        )
        .select_from(Server)
        .join(Organisation, Organisation.id == Server.organisation_id)
        .outerjoin(Preference, Preference.discord_user_id == _USER)
        .outerjoin(Person, (Person.organisation_id == Organisation.id) & (Person.discord_user_id == _USER))
        .outerjoin(Term, Term.person_id == Person.id)
        .outerjoin(Post, Post.id == Term.post_id)
        .where(Server.discord_guild_id.in_(bindparam("guilds", expanding=True)))
        .order_by(Organisation.id, Term.starts_on)
        .distinct()  # an organisation may have several servers that both share
    )


def _meant(rows: Sequence[Row[Any]], caller: Caller) -> list[Row[Any]]:
    """The rows of the one organisation that is meant."""
    by_organisation: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_organisation.setdefault(row.organisation_id, []).append(row)
    if len(by_organisation) == 1:
        return list(rows)
    if (chosen := rows[0].chosen_organisation) in by_organisation:
        return by_organisation[chosen]
    raise Conflict(
        N_("You belong to several organisations. Please choose one, then try again."),
        next_steps=[
            NextStep(
                words_for(pick_language(of[0].chosen_language, caller.locale, None)).either(of[0].org_ja, of[0].org_en),
                f"people:organisation:{organisation_id}",
                translate=False,
            )
            for organisation_id, of in by_organisation.items()
        ],
    )


@dataclass(frozen=True, slots=True)
class Address:
    """``language``: the person's, or the organisation's where nobody in particular reads it. ``officers_channel``:
    Discord's id, None if there is none (any more)."""

    organisation_id: int
    name_ja: str
    name_en: str
    time_zone: str
    language: str
    officers_channel: int | None


class AddressService(Service):
    async def look_up(self, organisation_id: int, discord_user_id: int | None = None) -> Address:
        """One statement."""
        parameters = {"organisation": organisation_id, "user": discord_user_id}
        async with self.database.reading() as connection:
            row = (await fetch(connection, _ADDRESS, parameters))[0]
        return Address(
            organisation_id=organisation_id,
            name_ja=row.name_ja,
            name_en=row.name_en,
            time_zone=row.time_zone,
            language=pick_language(row.chosen, None, row.language),
            officers_channel=row.officers_channel,
        )


_ADDRESSED: Any = bindparam("user")
_ADDRESS = select(
    Organisation.name_ja,
    Organisation.name_en,
    Organisation.time_zone,
    Organisation.language,
    select(Preference.language).where(Preference.discord_user_id == _ADDRESSED).scalar_subquery().label("chosen"),
    select(ServerPart.discord_id)
    .join(Server, Server.id == ServerPart.server_id)
    .where(
        Server.organisation_id == Organisation.id,
        ServerPart.key == OFFICER_CHANNEL,
        ServerPart.discord_id != PENDING,
    )
    .order_by(Server.id)
    .limit(1)
    .scalar_subquery()
    .label("officers_channel"),
).where(Organisation.id == bindparam("organisation"))
