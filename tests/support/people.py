"""Callers and organisations for tests of services."""

from __future__ import annotations

from datetime import date

from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.actors import Actor, Caller
from bot.features.people.service import PeopleService
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.setups.service import LinkedServer, NewOrganisation, SetupService, Start
from tests.support.founding import made_once

GUILD, ADMIN, OFFICER, STUDENT = (
    1_100_000_000_000_000_001,
    2_200_000_000_000_000_001,
    2_200_000_000_000_000_002,
    2_200_000_000_000_000_003,
)
#: Who represents the LCs of ``represented_lc``, and somebody without a post.
REPRESENTATIVE, OTHER, NEWCOMER = STUDENT, STUDENT + 1, STUDENT + 2


def caller(user: int = STUDENT, guild: int | None = GUILD, *, manages: bool = False, locale: str = "ja") -> Caller:
    return Caller(
        discord_user_id=user, display_name=f"user {user % 10}", guild_id=guild, locale=locale, manages_server=manages,
        origin="test",
    )  # fmt: skip


def new_organisation(
    *, start: Start = Start.JAPAN_ASSOCIATION, name_ja: str = "国際医学生連盟 日本", name_en: str = "IFMSA-Japan",
    starts_on: date = date(2026, 4, 1), ends_on: date = date(2027, 3, 31), officer: int = OFFICER,
) -> NewOrganisation:  # fmt: skip
    return NewOrganisation(name_ja, name_en, start, {officer: "役員 一号"}, starts_on, ends_on)


async def found_organisation(services: Services, guild: int = GUILD, **changes: object) -> LinkedServer:
    """An organisation with the 82 schools and one national officer, linked to ``guild``."""
    new = new_organisation(**changes)  # type: ignore[arg-type]
    return await made_once(services, (guild, repr(new)), lambda: create_organisation(services, guild, new))


async def create_organisation(services: Services, guild: int, new: NewOrganisation) -> LinkedServer:
    """What ``found_organisation`` does when it isn't copied."""
    return await services[SetupService].create(caller(ADMIN, guild, manages=True), new)


async def actor(services: Services, user: int = STUDENT, guild: int | None = GUILD) -> Actor:
    return await services[PeopleService].actor(caller(user, guild))


async def appoint_to(
    services: Services,
    user: int,
    post: str,
    lc_id: int | None = None,
    starts_on: date = date(2026, 4, 1),
    ends_on: date = date(2027, 3, 31),
    guild: int = GUILD,
) -> None:
    """Give somebody a post."""
    people = services[PeopleService]
    now = people.clock.now()
    organisation = (await people.actor(caller(OFFICER, guild))).organisation.id
    async with people.database.writing() as session:
        person = await ensure_person(
            session, organisation_id=organisation, discord_user_id=user, display_name=f"user {user % 10}", at=now
        )
        await appoint(
            session, person, post, starts_on=starts_on, ends_on=ends_on, at=now, by_discord_id=OFFICER, origin="test",
            lc_id=lc_id,
        )  # fmt: skip


async def represented_lc(services: Services) -> int:
    """An organisation in which REPRESENTATIVE represents the LC at 東京大学, whose id it is, and OTHER 京都大学."""
    return await made_once(services, "represented LCs", lambda: _represented_lc(services))


async def _represented_lc(services: Services) -> int:
    await found_organisation(services)
    officer = await actor(services, OFFICER)
    lcs = services[LocalCommitteeService]
    mine, theirs = [(await lcs.show(officer, name)).lc_id for name in ("東京大学", "京都大学")]
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, mine)
    await appoint_to(services, OTHER, LC_REPRESENTATIVE, theirs)
    return mine
