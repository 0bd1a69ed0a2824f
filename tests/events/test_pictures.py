"""Pictures of events: what is taken, what is kept of it, and which post shows which."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from bot.db import Database, fetch
from bot.errors import Conflict, Invalid, NotAllowed
from bot.features import Services
from bot.features.events import following, photos
from bot.features.events.following import FollowingService
from bot.features.events.lists import Which
from bot.features.events.models import EventPicture, EventPost
from bot.features.events.photos import LONGEST, MOST_BYTES, NO_PICTURE, TOO_MANY_PIXELS, prepared
from bot.features.events.picturing import PictureService
from bot.features.events.posting import PostingService
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.members.mydata import MyDataService
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_MEMBER
from tests.events.support import CHANNEL, PHOTO, draft_of, photo, posted
from tests.events.test_service import MEMBER, said
from tests.support.members import join
from tests.support.people import appoint_to


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# What is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_beside_the_pixels_is_kept(kind: str) -> None:
    sent = photo(kind=kind)
    assert b"Hanako" in sent
    assert opened(sent).getexif().get_ifd(0x8825)
    kept = prepared(sent)
    image = opened(kept.content)
    assert image.format == "JPEG"
    assert image.size == (kept.width, kept.height) == (40, 30)
    assert dict(image.getexif()) == {}
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Hanako" not in kept.content
    assert b"Exif" not in kept.content


def test_it_is_upright_and_no_larger_than_needed() -> None:
    assert opened(prepared(photo((80, 30), turned=True)).content).size == (30, 80)
    assert opened(prepared(photo((4_000, 3_000))).content).size == (LONGEST, LONGEST * 3 // 4)


def test_what_is_seen_through_becomes_white() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(clear, "PNG")
    assert opened(prepared(clear.getvalue()).content).getpixel((1, 1)) == (255, 255, 255)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", 1_000)
    with pytest.raises(Invalid) as refused:
        prepared(photo((40, 30), "PNG"))
    assert refused.value.message == TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(40), b"%PDF-1.7", PHOTO[:200]],
)
def test_something_else_is_refused_by_its_content(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        prepared(content)
    assert refused.value.message == NO_PICTURE
    with pytest.raises(Invalid):
        prepared(bytes(MOST_BYTES + 1))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.sampled_from([PHOTO, photo(kind="PNG"), photo(kind="WEBP")]), st.data())
@settings(deadline=None, max_examples=150)
def test_a_broken_file_is_refused_or_read(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    broken = content[:at] + data.draw(st.binary(max_size=8)) + content[at + data.draw(st.integers(0, 9)) :]
    try:
        kept = prepared(broken)
    except Invalid:
        return
    assert opened(kept.content).format == "JPEG"


# Which picture an event has


async def pictures(database: Database) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(*EventPicture.__table__.c)))


async def seen(services: Services, actor: Actor, event_id: int) -> EventCard:
    return await services[EventService].to_organise(actor, event_id)


async def test_one_is_added_replaced_and_taken_away(
    services: Services, database: Database, representative: Actor
) -> None:
    event, service = await posted(services, representative), services[PictureService]
    assert event.picture_id is None
    assert event.has_banner
    await service.add(representative, event.event_id, PHOTO)
    (first,) = await pictures(database)
    assert await service.content(first.id) == first.content
    await service.add(representative, event.event_id, photo((50, 20)))
    (second,) = await pictures(database)
    assert (second.width, second.height) == (50, 20), "the one before is deleted"
    await service.take_away(representative, event.event_id, has_banner=False)
    assert await pictures(database) == []
    card = await seen(services, representative, event.event_id)
    assert (card.picture_id, card.has_banner) == (None, False)
    assert card.sequence == event.sequence, "calendars needn't hear of it"


async def test_a_file_that_is_none_changes_nothing(
    services: Services, database: Database, representative: Actor
) -> None:
    event, service = await posted(services, representative), services[PictureService]
    await service.add(representative, event.event_id, PHOTO)
    before = await pictures(database)
    with pytest.raises(Invalid):
        await service.add(representative, event.event_id, b"no picture")
    assert await pictures(database) == before
    await services[EventService].cancel(representative, event.event_id, "台風")
    with pytest.raises(Conflict):
        await service.add(representative, event.event_id, PHOTO)
    assert await pictures(database) == before


async def test_the_later_dates_of_a_series_share_it_and_so_do_those_that_are_made_later(
    services: Services, database: Database, representative: Actor
) -> None:
    draft = await draft_of(services, representative, "毎週月曜 19:00-20:00 勉強会")
    service = services[PictureService]
    await service.add(representative, draft.event_id, PHOTO)
    await services[EventService].post(representative, draft.event_id, draft.version, CHANNEL)
    dates = [one.event_id for one in await services[EventService].coming(representative, Which.COMING)]
    assert len(dates) > 3
    (picture,) = await pictures(database)
    for number in dates:
        assert (await seen(services, representative, number)).picture_id == picture.id
    await service.take_away(representative, dates[2], has_banner=True)
    assert len(await pictures(database)) == 1, "the first two show it"
    assert [(await seen(services, representative, one)).picture_id is None for one in dates[:4]] == [
        False, False, True, True,
    ]  # fmt: skip


async def test_it_goes_with_a_draft_and_stays_without_a_name(services: Services, database: Database, lc: int) -> None:
    await appoint_to(services, MEMBER, LC_MEMBER, lc)
    member = await join(services, MEMBER, "東京 次郎")
    first, second = await draft_of(services, member), await draft_of(services, member)
    event, service = await posted(services, member), services[PictureService]
    for number in (first.event_id, second.event_id, event.event_id):
        await service.add(member, number, PHOTO)
    await services[EventService].discard(member, first.event_id)
    assert len(await pictures(database)) == 2
    await services[MyDataService].delete(member)
    (kept,) = await pictures(database)
    assert kept.added_by_id is None


# Posts


async def posts(database: Database) -> list[Any]:
    async with database.reading() as connection:
        return list(await fetch(connection, select(*EventPost.__table__.c).order_by(EventPost.id)))


async def arrived(database: Database, *messages: int) -> None:
    """The posts have reached Discord."""
    async with database.writing() as session:
        there = (await session.scalars(select(EventPost).order_by(EventPost.id))).all()
        for post, message in zip(there, messages, strict=True):
            post.message_id = message


async def test_a_new_post_takes_the_place_of_an_older_one_in_its_channel(
    services: Services, database: Database, representative: Actor
) -> None:
    event, events = await posted(services, representative), services[EventService]
    await events.show_again(representative, event.event_id, 9_000, 9_000)
    await arrived(database, 77, 88)
    assert [one.is_replaced for one in await posts(database)] == [False, False], "it stands in another channel"
    await events.show_again(representative, event.event_id, CHANNEL, CHANNEL)
    await arrived(database, 77, 88, 99)
    assert [one.is_replaced for one in await posts(database)] == [True, False, False]
    for _ in range(2):
        await services[FollowingService].show(event.event_id)
    edits = [one for one in await said(database, following.POST) if one.action == "edit"]
    assert sorted(one.message_id for one in edits) == [77, 88, 88, 99, 99], "the older one is edited once more"
    (old,) = {one.payload["post"] for one in edits if one.message_id == 77}
    found = await services[PostingService].post("", old)
    assert found is not None
    assert (found.is_replaced, found.newer) == (True, 99)
    assert await services[PostingService].channels(representative, event.event_id) == [CHANNEL, 9_000]


async def test_an_older_post_stays_as_it_is_until_the_newer_one_is_there(
    services: Services, database: Database, representative: Actor
) -> None:
    event = await posted(services, representative)
    await arrived(database, 77)
    await services[EventService].show_again(representative, event.event_id, CHANNEL, CHANNEL)
    await services[FollowingService].show(event.event_id)
    assert [one for one in await said(database, following.POST) if one.action == "edit"] == []
    await arrived(database, 77, 88)
    await services[FollowingService].show(event.event_id)
    edits = [one for one in await said(database, following.POST) if one.action == "edit"]
    assert [one.message_id for one in edits] == [77, 88]


async def test_nobody_posts_again_where_they_cannot_write(
    services: Services, database: Database, representative: Actor
) -> None:
    event = await posted(services, representative)
    before = await posts(database)
    with pytest.raises(NotAllowed):
        await services[EventService].show_again(representative, event.event_id, 12_345, CHANNEL)
    assert await posts(database) == before
