"""What stands among Discord's scheduled events, in which server, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.events import mirroring
from bot.features.events.mirroring import AHEAD, MOST, PENDING, MirrorService, MirrorStep, Need
from bot.features.events.models import Audience, Event, EventMirror, EventState, MirrorTrouble
from bot.features.events.queries import EventCard
from bot.features.events.rules import read_when
from bot.features.events.service import EventService
from bot.features.organisations.models import Server
from bot.features.people.actors import Actor
from bot.i18n import words_for
from cogs.events.mirroring import DESCRIPTION, LOCATION, fields_of, mark_of
from tests.events.support import draft_of, posted
from tests.support.clocks import FakeClock
from tests.support.people import GUILD

OWN, THEIRS = GUILD + 1, GUILD + 2


@pytest.fixture
async def mirrors(services: Services, database: Database, representative: Actor, lc: int) -> MirrorService:
    """The organisation's server, one of the LC's own, and one of another LC."""
    other = lc + 1 if lc < 80 else lc - 1
    async with database.writing() as session:
        for guild, owner in ((OWN, lc), (THEIRS, other)):
            linked = datetime(2026, 1, 1, tzinfo=UTC)
            session.add(
                Server(
                    organisation_id=representative.organisation.id,
                    discord_guild_id=guild,
                    lc_id=owner,
                    linked_at=linked,
                )
            )
    return services[MirrorService]


async def needs(mirrors: MirrorService, *, is_daily: bool = False) -> dict[int, list[MirrorStep]]:
    """By Discord's id of the server."""
    return {plan.guild_id: list(plan.steps) for plan in await mirrors.plan(1, is_daily=is_daily)}


def kinds(found: dict[int, list[MirrorStep]]) -> dict[int, list[Need]]:
    return {guild: [one.need for one in steps] for guild, steps in found.items()}


async def make_all(mirrors: MirrorService) -> None:
    for steps in (await needs(mirrors)).values():
        await make(mirrors, steps)


async def make(mirrors: MirrorService, steps: Sequence[MirrorStep]) -> None:
    for step in steps:
        assert await mirrors.note(step)
        await mirrors.made(step, 7_000 + step.server_id)


async def edit(services: Services, actor: Actor, event: EventCard, **values: object) -> None:
    stands = await services[EventService].event(actor, event.event_id)
    await services[EventService].edit(actor, event.event_id, stands.version, **values)  # type: ignore[arg-type]


async def test_an_event_for_everybody_stands_in_the_organisations_server_and_in_its_lcs(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    await draft_of(services, representative)
    assert await needs(mirrors) == {}, "a draft is nobody else's business"
    event = await posted(services, representative)
    found = await needs(mirrors)
    assert kinds(found) == {GUILD: [Need.MAKE], OWN: [Need.MAKE]}
    await make_all(mirrors)
    assert await needs(mirrors) == {}, "once is enough"
    assert await needs(mirrors, is_daily=True) == {}
    await edit(services, representative, event, audience=Audience.LC)
    assert kinds(await needs(mirrors)) == {GUILD: [Need.TAKE], OWN: [Need.EDIT]}


async def test_an_event_for_an_lcs_members_stands_in_its_own_server_alone(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    draft = await draft_of(services, representative)
    await services[EventService].edit(representative, draft.event_id, draft.version, audience=Audience.LC)
    await services[EventService].post(representative, draft.event_id, draft.version + 1, 8_000)
    assert kinds(await needs(mirrors)) == {OWN: [Need.MAKE]}


async def test_changes_are_gathered_into_one_look(
    mirrors: MirrorService, services: Services, database: Database, representative: Actor
) -> None:
    event = await posted(services, representative)
    await edit(services, representative, event, place="A棟")
    await services[EventService].cancel(representative, event.event_id, "台風")
    async with database.reading() as connection:
        query = select(Delivery.due_at).where(Delivery.kind == mirroring.MIRROR, Delivery.subject.like("%:soon"))
        assert len(await fetch(connection, query)) == 1


async def test_a_change_is_an_edit_and_a_cancelled_event_is_taken_away(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    event = await posted(services, representative)
    await make_all(mirrors)
    await edit(services, representative, event, place="A棟")
    found = await needs(mirrors)
    assert kinds(found) == {GUILD: [Need.EDIT], OWN: [Need.EDIT]}
    for (step,) in found.values():
        assert step.place == "A棟"
        await mirrors.made(step, step.discord_id)
    assert await needs(mirrors) == {}
    await services[EventService].cancel(representative, event.event_id, "台風")
    found = await needs(mirrors)
    assert kinds(found) == {GUILD: [Need.TAKE], OWN: [Need.TAKE]}
    for (step,) in found.values():
        await mirrors.taken(step)
    assert await needs(mirrors, is_daily=True) == {}


async def test_a_mirror_that_was_only_noted_is_looked_for(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    event = await posted(services, representative)
    first = (await needs(mirrors))[GUILD][0]
    await mirrors.note(first)
    assert kinds(await needs(mirrors))[GUILD] == [Need.LOOK]
    await mirrors.found(first, 7_000)
    (step,) = (await needs(mirrors))[GUILD]
    assert (step.need, step.discord_id) == (Need.EDIT, 7_000), "nobody knows what it shows"
    await mirrors.made(step, 7_000)
    second = (await needs(mirrors))[OWN][0]
    await mirrors.note(second)
    await services[EventService].cancel(representative, event.event_id, "台風")
    (step,) = (await needs(mirrors))[OWN]
    assert (step.need, step.is_wanted) == (Need.LOOK, False)


@pytest.mark.parametrize("trouble", [MirrorTrouble.FORBIDDEN, MirrorTrouble.FULL])
async def test_where_nothing_can_be_made_it_is_tried_again_the_next_morning_alone(
    mirrors: MirrorService, services: Services, representative: Actor, trouble: MirrorTrouble
) -> None:
    await posted(services, representative)
    (step,) = (await needs(mirrors))[GUILD]
    await mirrors.note(step)
    await mirrors.failed(step, trouble)
    await posted(services, representative)
    assert GUILD not in await needs(mirrors), "a further event doesn't try it again"
    assert kinds(await needs(mirrors, is_daily=True))[GUILD] == [Need.MAKE, Need.MAKE]
    assert kinds(await needs(mirrors))[OWN] == [Need.MAKE, Need.MAKE], "other servers have theirs"
    await services[EventService].cancel(representative, step.event_id, "台風")
    (gone,) = (await needs(mirrors))[GUILD][:1]
    assert (gone.need, gone.discord_id) == (Need.TAKE, PENDING), "the note goes"


async def test_a_refused_edit_waits_for_a_change(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    event = await posted(services, representative)
    await make_all(mirrors)
    await edit(services, representative, event, place="A棟")
    (step,) = (await needs(mirrors))[GUILD]
    await mirrors.failed(step, MirrorTrouble.REFUSED)
    assert GUILD not in await needs(mirrors)
    await edit(services, representative, event, place="B棟")
    assert kinds(await needs(mirrors))[GUILD] == [Need.EDIT]


async def test_one_that_somebody_deleted_stays_deleted(
    mirrors: MirrorService, services: Services, representative: Actor
) -> None:
    event = await posted(services, representative)
    await make_all(mirrors)
    await edit(services, representative, event, place="A棟")
    (step,) = (await needs(mirrors))[GUILD]
    await mirrors.failed(step, MirrorTrouble.DELETED)
    await edit(services, representative, event, place="B棟")
    assert GUILD not in await needs(mirrors)
    assert GUILD not in await needs(mirrors, is_daily=True)


async def test_only_what_is_near_is_mirrored(
    mirrors: MirrorService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    now = clock.now()
    await _shift(database, event.event_id, now + AHEAD + timedelta(minutes=1))
    assert await needs(mirrors) == {}
    clock.go(days=1)
    assert kinds(await needs(mirrors, is_daily=True)) == {GUILD: [Need.MAKE], OWN: [Need.MAKE]}
    await make_all(mirrors)
    await _shift(database, event.event_id, clock.now() + AHEAD * 2)
    assert kinds(await needs(mirrors)) == {GUILD: [Need.EDIT], OWN: [Need.EDIT]}, "what stands there follows"


async def test_an_event_that_has_begun_is_left_alone(
    mirrors: MirrorService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    assert event.starts_at is not None
    await make_all(mirrors)
    clock.go(seconds=(event.starts_at - clock.now()).total_seconds() + 60)
    await services[EventService].cancel(representative, event.event_id, "台風")
    assert await needs(mirrors, is_daily=True) == {}
    async with database.writing() as session:
        await session.execute(update(Event).values(state=EventState.POSTED.value))
    await _shift(database, event.event_id, clock.now() + timedelta(days=2))
    found = list(kinds(await needs(mirrors)).values())
    assert found == [[Need.ANEW], [Need.ANEW]], "in both servers: Discord doesn't move one that has begun"


async def test_a_server_has_at_most_fifty_the_nearest_first(
    mirrors: MirrorService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    event = await posted(services, representative)
    async with database.writing() as session:
        row = await session.get_one(Event, event.event_id)
        columns = {one.name: getattr(row, one.name) for one in Event.__table__.c if one.name != "id"}
        for number in range(MOST + 3):
            starts_at = clock.now() + timedelta(days=1, hours=number)
            session.add(Event(**columns | {"uid": f"{number:032}", "starts_at": starts_at}))
        await session.execute(delete(EventMirror))
        row.starts_at = clock.now() + timedelta(days=20)
    found = (await needs(mirrors))[GUILD]
    assert [one.uid for one in found] == [f"{number:032}" for number in range(MOST)]
    await make_all(mirrors)
    assert await needs(mirrors, is_daily=True) == {}
    await _shift(database, event.event_id, clock.now() + timedelta(hours=1))
    found = (await needs(mirrors))[GUILD]
    assert [(one.need, one.uid) for one in found] == [(Need.TAKE, f"{MOST - 1:032}"), (Need.MAKE, event.uid)]


async def test_the_work_of_the_next_morning_is_planned(
    mirrors: MirrorService, database: Database, clock: FakeClock
) -> None:
    await mirrors.plan_all()
    await mirrors.plan_all()
    await mirrors.plan(1, is_daily=True)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.due_at).where(Delivery.kind == mirroring.MIRROR))
    assert len(rows) == 1
    assert rows[0].due_at > clock.now()
    assert await mirrors.plan(99, is_daily=True) == []


async def test_a_server_that_the_bot_left_is_left_out(
    mirrors: MirrorService, services: Services, database: Database, clock: FakeClock, representative: Actor
) -> None:
    await posted(services, representative)
    (step,) = (await needs(mirrors))[OWN]
    async with database.writing() as session:
        await session.execute(update(Server).where(Server.discord_guild_id == OWN).values(absent_since=clock.now()))
    assert not await mirrors.note(step)
    assert list(await needs(mirrors)) == [GUILD]


@pytest.mark.parametrize(("language", "where"), [("ja", "オンライン"), ("en", "Online")])
async def test_it_says_that_interested_is_no_sign_up_and_never_the_link(
    mirrors: MirrorService, services: Services, representative: Actor, language: str, where: str
) -> None:
    event = await posted(services, representative)
    await edit(services, representative, event, text="あ" * 2_000, place="", link="https://us02web.zoom.us/j/123")
    (step,) = (await needs(mirrors))[GUILD]
    fields = fields_of(step, words_for(language))
    assert len(fields["description"]) == DESCRIPTION
    assert fields["description"].endswith(f"\n{mark_of(event.uid)}")
    assert ("Interested" if language == "en" else "興味あり") in fields["description"]
    assert fields["entity_metadata"]["location"] == where
    assert "zoom.us" not in str(fields)
    await edit(services, representative, event, place="い" * 200)
    (step,) = (await needs(mirrors))[GUILD]
    assert len(fields_of(step, words_for(language))["entity_metadata"]["location"]) == LOCATION


async def _shift(database: Database, event_id: int, starts_at: datetime) -> None:
    values = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "sequence": Event.sequence + 1}
    async with database.writing() as session:
        await session.execute(update(Event).where(Event.id == event_id).values(**values))


async def test_one_that_has_begun_is_made_anew_when_its_event_moves_to_later(
    mirrors: MirrorService, services: Services, representative: Actor, clock: FakeClock
) -> None:
    event = await posted(services, representative)
    await make_all(mirrors)
    clock.go(days=14, hours=1)  # it has begun
    assert await needs(mirrors) == {}, "Discord ends it"
    await edit(services, representative, event, when=read_when("12/20 19:00-21:00", clock.now(), event.time_zone))
    again = await needs(mirrors)
    assert kinds(again) == {GUILD: [Need.ANEW], OWN: [Need.ANEW]}
    for steps in again.values():
        for step in steps:
            await mirrors.taken(step)
        await make(mirrors, steps)
    assert await needs(mirrors) == {}
