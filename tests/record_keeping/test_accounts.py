"""When two records become one, so does what stands under two Discord accounts, in whatever table it stands."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Column, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Database, Id, Instant, Snowflake
from bot.deliveries.models import Delivery, DeliveryState, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.features import Services
from bot.features.announcements.models import Announcement, AnnouncementPost
from bot.features.audiences.models import Subscription
from bot.features.audit.models import AuditEntry
from bot.features.handovers.models import Handover
from bot.features.history.service import AuditService, Filter
from bot.features.members.mydata import MyDataService
from bot.features.members.service import MemberService
from bot.features.people.actors import Actor
from bot.features.people.models import FormerRecord, Person, Preference, Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.record_keeping.merging import MergingService
from bot.features.record_keeping.repointing import STAYS, account_columns, exchanged
from bot.personal import within
from tests.members.test_mydata import everything, here_version
from tests.record_keeping.test_merging import NEW, OLD, merged, officer, rows, two
from tests.support.deliveries import new as delivery
from tests.support.people import GUILD, actor, appoint_to, found_organisation

__all__ = ["officer"]

#: Ids at Discord of something else than a user.
_PLACE = re.compile(r"(channel|message|guild|thread|application|role)_id$|^(server_parts|event_mirrors)\.discord_id$")
#: Have their own way (``readdress``).
_READDRESSED = {"deliveries.recipient_id", "deliveries.fallback_id", "deliveries.payload"}
#: Data in which no account is named.
_NAMES_NOBODY = {
    "announcement_templates.audience", "announcement_templates.places", "announcements.audience",
    "announcements.ping_channels", "announcements.places", "announcements.repeat", "announcements.skipped",
    "answer_sheets.given", "audit_entries.fields", "event_answers.given", "event_questions.options",
    "event_series.skipped", "event_series.template", "event_templates.content",
    "events.choices", "events.place_rules", "events.told", "signups.also_lc_ids",
    "guest_name_lists.known", "guest_name_lists.rows", "guest_name_lists.unclear", "guest_notices.told",
    "questions.options", "role_troubles.refused",
    "sheet_uploads.answers",
    "attendance_desks.doors",
    "attendance_lists.people",
    "attendance_lists.unclear",
    "sheet_uploads.columns",
    "symposia.template",
}  # fmt: skip
#: Where one of two has to stand: the one that is no person.
_ONE_OF_TWO = {"answer_sheets.lc_id", "asked_parties.lc_id"}


def test_every_column_with_an_account_moves_or_says_why_it_stays() -> None:
    """Of a table that comes later, too: declare it in ``personal``, or say here what else it is."""
    moved = {f"{column.table.name}.{column.name}" for column in account_columns()}
    unclear = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            assert not isinstance(column.type, BigInteger) or column.type in (Id, Snowflake), name
            is_discords = column.type is Snowflake and not _PLACE.search(name)
            if (is_discords or isinstance(column.type, JSON)) and name not in moved | _READDRESSED | _NAMES_NOBODY:
                unclear.add(name)
    assert unclear == set(STAYS)
    assert {"subscriptions.discord_user_id", "handovers.discord_user_id", "answer_sheets.by_discord_id"} <= moved


def test_each_of_them_belongs_to_an_organisation_or_to_the_account_everywhere() -> None:
    free = {column.table.name for column in account_columns() if within(column.table, 1) is None}
    assert free == {"preferences", "spared_spells"}


async def put(session: AsyncSession, table: Table, **given: Any) -> int:
    """A row of any table, with something in each column that needs it; one that is there already, if it clashes."""
    values = dict(given)
    for column in table.columns:
        is_optional = column.nullable and f"{table.name}.{column.name}" not in _ONE_OF_TWO
        if column.name in values or is_optional or column.primary_key or column.default or column.server_default:
            continue
        (key,) = column.foreign_keys or (None,)
        if key is not None:
            other = key.column.table
            values[column.name] = await session.scalar(select(func.min(other.c.id))) or await put(session, other)
        else:
            values[column.name] = _something(column)
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = await session.scalar(insert(table).values(values).on_conflict_do_nothing().returning(table.c.id))
    return int(made or await session.scalar(select(func.max(table.c.id))) or 0)


def _something(column: Column[Any]) -> Any:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    if isinstance(column.type, Instant):
        return now
    kinds: dict[type, Any] = {date: now.date(), str: "x", int: 1, bool: False, bytes: b"", dict: {}}
    return kinds[dict if isinstance(column.type, JSON) else column.type.python_type]


def places_of(tables: dict[str, list[dict[str, Any]]], *words: int) -> set[str]:
    return {
        f"{table}.{column}"
        for table, found in tables.items()
        for row in found
        for column, value in row.items()
        if any(str(word) in str(value) for word in words)
    }


async def test_nothing_stands_under_the_old_account_afterwards(
    services: Services, officer: Actor, database: Database
) -> None:
    """With a row in every column that holds an account, of both of them where both can have one of the same."""
    kept, gone = await two(services)
    async with database.writing() as session:
        for column in account_columns():
            for user in (NEW, OLD):
                assert isinstance(column.table, Table)
                await put(session, column.table, **{column.name: user})
    before = await everything(database)
    filled = {f"{column.table.name}.{column.name}" for column in account_columns()}
    assert filled <= places_of(before, NEW, OLD)
    assert len(places_of(before, OLD)) > 15
    await merged(services, officer, kept, gone)
    after = await everything(database)
    assert places_of(after, OLD) == {"former_records.discord_user_id", "audit_entries.actor_discord_id"}
    assert filled <= places_of(after, NEW)
    for column in account_columns():
        name = column.table.name
        doubled = len([row for row in before[name] if row[column.name] in (NEW, OLD)]) - len(
            [row for row in after[name] if row[column.name] == NEW]
        )
        assert doubled in (0, 1), name
        if name in ("person_acknowledgements", "subscriptions", "preferences"):
            assert doubled == 1, f"{name}: one of the same stays"
    assert (await actor(services, NEW)).person_id == kept.person_id


async def test_history_keeps_the_account_until_the_person_goes(
    services: Services, officer: Actor, database: Database
) -> None:
    kept, gone = await two(services)
    before = {row.id: row.actor_discord_id for row in await rows(database, AuditEntry)}
    await merged(services, officer, kept, gone)
    after = {row.id: row.actor_discord_id for row in await rows(database, AuditEntry)}
    assert {number: after[number] for number in before} == before
    assert OLD in before.values()
    theirs = await services[AuditService].all(officer, Filter(person=NEW))
    assert len(theirs) == len([user for user in before.values() if user in (NEW, OLD)]), "of both accounts"
    assert {entry.who for entry in theirs} == {"山田 花"}
    kept = await actor(services, NEW)
    held = {one.key: one.rows for one in await services[MyDataService].export(kept)}
    assert held["former_records"][0]["discord_user_id"] == str(OLD)
    await services[MyDataService].delete(kept)
    assert places_of(await everything(database), OLD, NEW) == set()
    assert [one.person_id for one in await services[MyDataService].deletions()] == [kept.person_id, gone.person_id]


async def test_who_joins_anew_with_the_old_account_keeps_their_own_history(
    services: Services, officer: Actor, database: Database
) -> None:
    kept, gone = await two(services)
    await merged(services, officer, kept, gone)
    await services[MemberService].consent(await actor(services, OLD), "ja", here_version())
    await services[MyDataService].delete(await actor(services, NEW))
    assert OLD in [row.actor_discord_id for row in await rows(database, AuditEntry)]
    assert (await actor(services, OLD)).person_id is not None


async def test_messages_go_to_the_account_that_stays_each_once(
    services: Services, officer: Actor, database: Database
) -> None:
    kept, gone = await two(services)
    at, year = (
        services[MergingService].clock.now(),
        gone.person_id,
    )  # among thousands, somebody has the number of a year

    def to(key: str, user: int, **more: Any) -> Any:
        return delivery(
            key, at, organisation_id=officer.organisation.id, recipient=Recipient(RecipientKind.PERSON, user), **more
        )

    async with database.writing() as session:
        await enqueue(
            session,
            [
                to(f"announcement:1:0:direct:person:{gone.person_id}", OLD),
                to(f"announcement:1:0:direct:person:{kept.person_id}", NEW),
                to(f"announcement:2:0:direct:person:{gone.person_id}", OLD),
                to(f"announcement:3:0:direct:person:{gone.person_id}", OLD),
                to(f"announcement:3:0:direct:person:{kept.person_id}", NEW),
                to(f"rosters:keep:{gone.person_id}:2027-01-01:0", OLD, payload={"person_id": gone.person_id}),
                to(
                    f"memberships:asking:{year}:{gone.person_id}:0",
                    OLD,
                    payload={"person_id": gone.person_id, "year": year},
                ),
                delivery(
                    "check", at, organisation_id=officer.organisation.id, payload={"user": OLD, "all": [NEW, OLD]}
                ),
            ],
            at,
        )
        # Of one, an attempt was made: whether it arrived is found out first.
        third = Delivery.key.startswith("announcement:3:")
        await session.execute(update(Delivery).where(third).values(attempted_at=at))
        announcement = await put(session, _table(Announcement))
        for number, who, user in ((1, gone, OLD), (1, kept, NEW), (9, gone, OLD)):
            about = {"announcement_id": announcement, "discord_user_id": user}
            key = f"announcement:{number}:0:direct:person:{who.person_id}"
            await put(session, _table(AnnouncementPost), delivery_key=key, **about)
    await merged(services, officer, kept, gone)
    found = {row.key: row for row in await rows(database, Delivery)}
    mine = f"direct:person:{kept.person_id}"
    double = next(key for key in found if re.fullmatch(rf"announcement:1:0:{mine}:\d+", key))
    assert found[double].state == DeliveryState.NOT_NEEDED, "the same comes once"
    assert {row.state for key, row in found.items() if key.startswith("announcement:3:")} == {DeliveryState.PENDING}
    assert found[f"announcement:1:0:{mine}"].state == DeliveryState.PENDING
    assert found[f"announcement:2:0:{mine}"].state == DeliveryState.PENDING
    asked = found[f"rosters:keep:{kept.person_id}:2027-01-01:0"]
    assert asked.payload == {"person_id": kept.person_id}
    assert found[f"memberships:asking:{year}:{kept.person_id}:0"].payload == {"person_id": kept.person_id, "year": year}
    assert {row.recipient_id for row in found.values() if row.recipient_kind == "person"} == {NEW}
    assert found["check"].payload == {"user": NEW, "all": [NEW]}
    posts = {row.delivery_key: row.discord_user_id for row in await rows(database, AnnouncementPost)}
    assert posts == dict.fromkeys((double, f"announcement:1:0:{mine}", f"announcement:9:0:{mine}"), NEW)


async def test_another_organisation_knows_the_old_account_as_before(
    services: Services, officer: Actor, database: Database
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    there = await actor(services, OLD, GUILD + 1)
    await services[MemberService].consent(there, "en", here_version())
    there = await actor(services, OLD, GUILD + 1)
    async with database.writing() as session:
        for organisation_id in (officer.organisation.id, there.organisation.id):
            await put(session, _table(Subscription), organisation_id=organisation_id, discord_user_id=OLD)
    kept, gone = await two(services)
    await merged(services, officer, kept, gone)
    assert (await actor(services, OLD, GUILD + 1)).person_id == there.person_id
    subscribed = {(row.organisation_id, row.discord_user_id) for row in await rows(database, Subscription)}
    assert subscribed == {(officer.organisation.id, NEW), (there.organisation.id, OLD)}
    assert {row.discord_user_id for row in await rows(database, Preference)} >= {NEW, OLD}


async def test_a_record_without_an_account_takes_over_the_others(
    services: Services, officer: Actor, database: Database
) -> None:
    kept, gone = await two(services)
    at, to, here = services[MergingService].clock.now(), Recipient(RecipientKind.PERSON, OLD), officer.organisation.id
    payloads: dict[str, dict[str, Any]] = {
        f"rosters:keep:{gone.person_id}:2027-01-01:0": {"person_id": gone.person_id},
        f"tasks:morning:2027-01-01:person:{gone.person_id}": {"reader": "person", "person": gone.person_id},
    }
    news = [delivery(key, at, organisation_id=here, recipient=to, payload=one) for key, one in payloads.items()]
    async with database.writing() as session:
        await session.execute(update(Person).where(Person.id == kept.person_id).values(discord_user_id=None))
        await enqueue(session, news, at)
    assert kept.person_id is not None
    assert gone.person_id is not None
    preview = await services[MergingService].preview(officer, kept.person_id, gone.person_id)
    assert preview.fields == ("account", "reading")
    await services[MergingService].merge(officer, kept.person_id, gone.person_id, preview.token)
    assert (await actor(services, OLD)).person_id == kept.person_id
    assert [row.discord_user_id for row in await rows(database, FormerRecord)] == [None]
    waiting = {row.key: row for row in await rows(database, Delivery) if row.recipient_id == OLD}
    assert {key: row.payload for key, row in waiting.items()} == {
        f"rosters:keep:{kept.person_id}:2027-01-01:0": {"person_id": kept.person_id},
        f"tasks:morning:2027-01-01:person:{kept.person_id}": {"reader": "person", "person": kept.person_id},
    }
    assert {(row.recipient_id, row.state) for row in waiting.values()} == {(OLD, DeliveryState.PENDING)}


async def test_of_two_who_were_named_for_the_same_term_the_last_follows(
    services: Services, officer: Actor, database: Database
) -> None:
    kept, gone = await two(services)
    for user in (NEW, OLD):
        await appoint_to(services, user, LC_REPRESENTATIVE, 7)
    async with database.writing() as session:
        for term in await session.scalars(select(Term).where(Term.lc_id == 7).order_by(Term.id)):
            await put(
                session, _table(Handover), term_id=term.id, discord_user_id=900 + term.id, state="named",
                organisation_id=officer.organisation.id,
            )  # fmt: skip
    await merged(services, officer, kept, gone)
    (term,) = [row for row in await rows(database, Term) if row.lc_id == 7]
    found = sorted(await rows(database, Handover), key=lambda row: row.id)
    assert [(row.term_id, row.state) for row in found] == [(term.id, "withdrawn"), (term.id, "named")]


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


IDS = st.just(OLD) | st.just(str(OLD)) | st.just(NEW)
PAYLOADS = st.recursive(
    IDS | st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just(str(OLD)), inner),
)


@given(PAYLOADS)
def test_in_data_one_account_takes_the_others_place_and_nothing_else_changes(payload: Any) -> None:
    after = exchanged(payload, str(OLD), str(NEW))
    assert str(OLD) not in json.dumps(after)
    if str(OLD) not in json.dumps(payload):
        assert after == payload
