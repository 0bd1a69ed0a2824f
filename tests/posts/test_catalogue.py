"""The list of posts: what national officers make of it, and what that does to those who appoint."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Services
from bot.features.contacts.service import ContactService
from bot.features.organisations.naming import both_names, new_key
from bot.features.people.actors import Actor
from bot.features.people.models import EVERYTHING, Level, Post, Reach
from bot.features.people.rules import LC_RIGHTS, Right
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE, NATIONAL_OFFICER
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.features.posts.values import PostDraft, PostEntry
from bot.paging import Part
from tests.support.people import GUILD, NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to, found_organisation

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
DRAFT = PostDraft("新歓担当", "Welcome officer", Level.LC, None, False)


@pytest.fixture
def catalogue(services: Services) -> PostCatalogueService:
    return services[PostCatalogueService]


@pytest.fixture
async def officer(services: Services, lc: int) -> Actor:
    return await actor(services, OFFICER)


async def entry(catalogue: PostCatalogueService, officer: Actor, key: str) -> PostEntry:
    return next(one for one in await catalogue.entries(officer) if one.key == key)


async def names(catalogue: PostCatalogueService, officer: Actor) -> list[str]:
    return [one.name_en for one in await catalogue.entries(officer)]


async def test_a_new_post_can_be_given_and_is_found_among_the_contacts(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    await catalogue.add(officer, replace(DRAFT, committee="scoph"))
    made = await entry(catalogue, officer, "welcome_officer")
    assert (made.level, made.committee, made.is_single, made.holders) == (Level.LC, "scoph", False, 0)
    await services[PostService].add(officer, NEWCOMER, "新人", made.key, lc, FIRST, LAST)
    assert (await entry(catalogue, officer, made.key)).holders == 1
    found = await services[ContactService].of(officer, lc, "scoph")
    assert [one.name for post in found.posts if post.post_ja == "新歓担当" for one in post.holders] == ["新人"]
    assert (await actor(services, NEWCOMER)).officer_of == [lc]


async def test_only_national_officers_keep_the_list(
    catalogue: PostCatalogueService, services: Services, lc: int
) -> None:
    for user in (REPRESENTATIVE, NEWCOMER):
        who = await actor(services, user)
        for attempt in (
            catalogue.entries(who),
            catalogue.add(who, DRAFT),
            catalogue.edit(who, 1, DRAFT),
            catalogue.move(who, 1, up=True),
            catalogue.retire(who, 1, retired=True),
            catalogue.allow(who, 2, Reach.PLACE, [EVERYTHING]),
        ):
            with pytest.raises(NotAllowed):
                await attempt


async def test_a_retired_post_is_given_to_nobody_and_its_terms_go_on(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    posts, claims = services[PostService], services[ClaimService]
    await posts.add(officer, NEWCOMER, "新人", "leo", lc, FIRST, LAST)
    code = await claims.new_code(officer, "leo", lc, FIRST, LAST)
    waiting = await actor(services, NEWCOMER + 1)
    await claims.claim(waiting, "leo", lc, FIRST, LAST)
    leo = await entry(catalogue, officer, "leo")
    await catalogue.retire(officer, leo.post_id, retired=True)
    assert "leo" not in [one.key for one in await posts.posts(officer)]
    (claim,) = await claims.open_claims(officer)
    for attempt in (
        posts.add(officer, NEWCOMER + 2, "次", "leo", lc, FIRST, LAST),
        claims.claim(await actor(services, NEWCOMER + 2), "leo", lc, FIRST, LAST),
        claims.new_code(officer, "leo", lc, FIRST, LAST),
        claims.use_code(await actor(services, NEWCOMER + 2), code),
        claims.decide(officer, claim.claim_id, confirm=True),
    ):
        with pytest.raises(Conflict, match="has been retired"):
            await attempt
    await claims.decide(officer, claim.claim_id, confirm=False)
    assert (await actor(services, NEWCOMER)).officer_of == [lc], "who is in office stays in office"
    held = [post for post in (await services[ContactService].of(officer, lc)).posts if post.post_en.startswith("LEO")]
    assert [one.name for post in held for one in post.holders] == ["新人"]
    term = next(one for one in await posts.terms(officer) if one.post_en.startswith("LEO"))
    await posts.end(officer, term.term_id, date(2026, 4, 1))
    found = await services[ContactService].of(officer, lc)
    assert not [post for post in found.posts if post.post_en.startswith("LEO")], "a retired post is no open one"
    await catalogue.retire(officer, leo.post_id, retired=False)
    await posts.add(officer, NEWCOMER + 2, "次", "leo", lc, FIRST, LAST)


@pytest.mark.parametrize("key", [NATIONAL_OFFICER, LC_REPRESENTATIVE, LC_MEMBER])
async def test_what_the_program_rests_on_is_renamed_and_never_retired(
    catalogue: PostCatalogueService, officer: Actor, key: str
) -> None:
    built_in = await entry(catalogue, officer, key)
    with pytest.raises(Conflict):
        await catalogue.retire(officer, built_in.post_id, retired=True)
    draft = PostDraft("支部の顔", "Face of the LC", Level.NATION, "scope", not built_in.is_single)
    await catalogue.edit(officer, built_in.post_id, draft)
    after = await entry(catalogue, officer, key)
    assert after == replace(built_in, name_ja="支部の顔", name_en="Face of the LC")


async def test_a_post_becomes_single_only_where_nobody_shares_it(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    posts = services[PostService]
    leo = await entry(catalogue, officer, "leo")
    single = PostDraft(leo.name_ja, leo.name_en, leo.level, leo.committee, True)
    for n in range(2):
        await posts.add(officer, NEWCOMER + n, f"{n}", "leo", lc, FIRST, LAST)
    with pytest.raises(Conflict, match="Several people"):
        await catalogue.edit(officer, leo.post_id, single)
    term = next(one for one in await posts.terms(officer) if one.name == "1")
    await posts.end(officer, term.term_id, date(2026, 4, 1))
    await catalogue.edit(officer, leo.post_id, single)
    with pytest.raises(Conflict):
        await posts.add(officer, NEWCOMER + 2, "次", "leo", lc, FIRST, LAST)


async def test_of_making_single_and_appointing_a_second_at_once_only_one_happens(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    posts = services[PostService]
    for number, key in enumerate(("leo", "lore", "lpo", "lora")):
        await posts.add(officer, NEWCOMER + number, "一人目", key, lc, FIRST, LAST)
        one = await entry(catalogue, officer, key)
        single = PostDraft(one.name_ja, one.name_en, one.level, one.committee, True)
        results = await asyncio.gather(
            catalogue.edit(officer, one.post_id, single),
            posts.add(officer, NEWCOMER + 10 + number, "二人目", key, lc, FIRST, LAST),
            return_exceptions=True,
        )
        assert [type(result) for result in results if isinstance(result, Exception)] == [Conflict], results
        after = await entry(catalogue, officer, key)
        assert (after.is_single, after.holders) in {(True, 1), (False, 2)}


async def test_posts_are_put_in_order_within_their_level(catalogue: PostCatalogueService, officer: Actor) -> None:
    before = await names(catalogue, officer)
    leo = await entry(catalogue, officer, "leo")
    await catalogue.move(officer, leo.post_id, up=True)
    assert (await catalogue.entries(officer))[9].key == "leo", "before the representative, after the national ones"
    await catalogue.move(officer, leo.post_id, up=True)
    assert (await catalogue.entries(officer))[9].key == "leo", "there is nothing above it"
    await catalogue.move(officer, leo.post_id, up=False)
    assert await names(catalogue, officer) == before


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (PostDraft(" ", "\n", Level.LC, None, False), Invalid),
        (PostDraft("あ" * 61, "", Level.LC, None, False), Invalid),
        (PostDraft("@everyone", "", Level.LC, None, False), Invalid),
        (PostDraft("新", "New", Level.LC, "scoop", False), Invalid),
        (PostDraft("会計", "Money", Level.LC, None, False), Conflict),
    ],
)
async def test_what_cannot_be_a_post_changes_nothing(
    catalogue: PostCatalogueService, officer: Actor, draft: PostDraft, error: type[Exception]
) -> None:
    before = await catalogue.entries(officer)
    leo = await entry(catalogue, officer, "leo")
    for attempt in (catalogue.add(officer, draft), catalogue.edit(officer, leo.post_id, draft)):
        with pytest.raises(error):
            await attempt
    assert await catalogue.entries(officer) == before


async def test_of_several_adding_the_same_one_does(catalogue: PostCatalogueService, officer: Actor) -> None:
    results = await asyncio.gather(*(catalogue.add(officer, DRAFT) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3


async def test_another_organisations_posts_are_not_there(
    catalogue: PostCatalogueService, services: Services, officer: Actor
) -> None:
    await found_organisation(services, guild=GUILD + 1)
    stranger = await actor(services, OFFICER, GUILD + 1)
    leo = await entry(catalogue, officer, "leo")
    for attempt in (
        catalogue.edit(stranger, leo.post_id, DRAFT),
        catalogue.move(stranger, leo.post_id, up=True),
        catalogue.retire(stranger, leo.post_id, retired=True),
    ):
        with pytest.raises(NotFound):
            await attempt
    await catalogue.add(stranger, DRAFT)
    assert "Welcome officer" not in await names(catalogue, officer)


@given(st.text(max_size=80), st.text(max_size=80))
def test_names_are_kept_on_one_line_and_neither_is_empty(ja: str, en: str) -> None:
    try:
        kept = both_names(ja, en, 60)
    except Invalid:
        return
    assert all(name and len(name) <= 60 and name.isprintable() and name == name.strip() for name in kept)
    assert both_names(*kept, 60) == kept


@given(st.lists(st.text(max_size=60), max_size=8))
def test_keys_are_plain_and_never_given_twice(given_names: list[str]) -> None:
    keys: list[str] = []
    for name in given_names:
        keys.append(new_key(name, keys))
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and 0 < len(key) <= 40 and key == key.casefold() for key in keys)


async def test_what_a_post_allows_is_said_and_holds_at_once(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "national_treasurer")
    treasurer = await entry(catalogue, officer, "national_treasurer")
    await catalogue.allow(officer, treasurer.post_id, Reach.PLACE, [Right.KEEP_FEES, Right.SEE_OFFICERS])
    holder = await actor(services, NEWCOMER)
    assert {right for right in Right if holder.may(right)} == {Right.KEEP_FEES, Right.SEE_OFFICERS}
    with pytest.raises(NotAllowed, match="Your post doesn't include this"):
        await catalogue.entries(holder)
    await catalogue.allow(officer, treasurer.post_id, Reach.PLACE, [EVERYTHING, Right.KEEP_FEES])
    assert (await entry(catalogue, officer, treasurer.key)).rights == {(EVERYTHING, "place")}
    holder = await actor(services, NEWCOMER)
    assert all(holder.may(right, lc) for right in Right)
    await catalogue.allow(officer, treasurer.post_id, Reach.PLACE, [])
    holder = await actor(services, NEWCOMER)
    assert not any(holder.may(right, lc) for right in Right)


async def test_rights_of_another_menu_stay(catalogue: PostCatalogueService, officer: Actor) -> None:
    treasurer = await entry(catalogue, officer, "national_treasurer")
    among = [Right.KEEP_FEES, Right.KEEP_PEOPLE]
    await catalogue.allow(officer, treasurer.post_id, Reach.PLACE, [Right.KEEP_PEOPLE], among)
    kept = {(right, "place") for right in (Right.KEEP_PEOPLE, Right.USE_SHEETS, Right.SEE_OFFICERS)}
    assert (await entry(catalogue, officer, treasurer.key)).rights == kept
    with pytest.raises(Invalid):
        await catalogue.allow(officer, treasurer.post_id, Reach.PLACE, [Right.SEE_DELIVERIES], among)


async def test_what_it_allows_otherwise_stays(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    await appoint_to(services, NEWCOMER, "lpo", lc)
    lpo = await entry(catalogue, officer, "lpo")
    await catalogue.allow(officer, lpo.post_id, Reach.PLACE, [Right.CONFIRM_MEMBER])
    await catalogue.allow(officer, lpo.post_id, Reach.COMMITTEE, [Right.ANSWER_FOR_LC])
    await catalogue.allow(officer, lpo.post_id, Reach.STAND_IN, [EVERYTHING])
    after = await entry(catalogue, officer, "lpo")
    assert after.rights == {("confirm_member", "place"), ("answer_for_lc", "committee"), (EVERYTHING, "stand_in")}
    holder = await actor(services, NEWCOMER)
    assert holder.may(Right.CONFIRM_MEMBER, lc)
    assert holder.may(Right.ANSWER_FOR_LC, lc, "scoph")
    assert not holder.may(Right.ANSWER_FOR_LC, lc)
    assert not holder.may(Right.EDIT_LC, lc), "somebody represents the LC"


async def test_somebody_can_always_appoint(catalogue: PostCatalogueService, services: Services, officer: Actor) -> None:
    built_in = await entry(catalogue, officer, NATIONAL_OFFICER)
    for reach in Reach:
        with pytest.raises(Conflict, match="always"):
            await catalogue.allow(officer, built_in.post_id, reach, [Right.SEE_OFFICERS])
    for one in await catalogue.entries(officer):
        if one.key not in (NATIONAL_OFFICER, LC_MEMBER):
            await catalogue.allow(officer, one.post_id, Reach.PLACE, [])
    assert (await actor(services, OFFICER)).may(Right.APPOINT_NATION)


async def test_who_may_not_appoint_gives_no_rights(
    catalogue: PostCatalogueService, services: Services, officer: Actor
) -> None:
    """Else whoever keeps the list of posts would give the own post everything."""
    await appoint_to(services, NEWCOMER, "president")
    president = await entry(catalogue, officer, "president")
    await catalogue.allow(officer, president.post_id, Reach.PLACE, [Right.EDIT_DIRECTORY])
    with pytest.raises(NotAllowed):
        await catalogue.allow(await actor(services, NEWCOMER), president.post_id, Reach.PLACE, [EVERYTHING])


@pytest.mark.parametrize(
    ("key", "reach", "rights"),
    [
        ("lpo", Reach.PLACE, ["keep_fees"]),
        ("lpo", Reach.PLACE, ["to fly"]),
        ("lc_treasurer", Reach.COMMITTEE, [EVERYTHING]),
        (LC_REPRESENTATIVE, Reach.STAND_IN, [EVERYTHING]),
        ("npo", Reach.STAND_IN, [EVERYTHING]),
        (LC_MEMBER, Reach.PLACE, ["confirm_member"]),
    ],
)
async def test_no_post_is_given_what_it_can_not_have(
    catalogue: PostCatalogueService, officer: Actor, key: str, reach: Reach, rights: list[str]
) -> None:
    before = await entry(catalogue, officer, key)
    with pytest.raises(Invalid):
        await catalogue.allow(officer, before.post_id, reach, rights)
    assert await entry(catalogue, officer, key) == before


async def test_a_post_of_ones_own_allows_what_officers_could_do_and_a_carried_over_one_asks_for_a_look(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int, database: Database
) -> None:
    await catalogue.add(officer, DRAFT)
    made = await entry(catalogue, officer, "welcome_officer")
    assert made.rights == {(EVERYTHING, "place")}
    assert not made.needs_look
    await appoint_to(services, NEWCOMER, made.key, lc)
    holder = await actor(services, NEWCOMER)
    assert all(holder.may(right, lc) for right in LC_RIGHTS)
    async with database.writing() as session:
        await session.execute(update(Post).values(rights_set_at=None))
    asked = {one.key for one in await catalogue.entries(officer) if one.needs_look}
    assert asked == {one.key for one in await catalogue.entries(officer)} - {NATIONAL_OFFICER, LC_MEMBER}
    await catalogue.allow(officer, made.post_id, Reach.PLACE, [EVERYTHING])
    assert not (await entry(catalogue, officer, made.key)).needs_look, "somebody looked, and left it"


async def test_what_somebody_appoints_is_what_they_see_of_claims_and_terms(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    for number, (name, right) in enumerate([("LC desk", Right.APPOINT_LC), ("Board desk", Right.APPOINT_NATION)]):
        post_id = await catalogue.add(officer, PostDraft(name, name, Level.NATION, None, is_single=False))
        await catalogue.allow(officer, post_id, Reach.PLACE, [right.value])
        await appoint_to(services, NEWCOMER + number, name.lower().replace(" ", "_"))
    claims, posts = services[ClaimService], services[PostService]
    await claims.claim(await actor(services, NEWCOMER + 2), "leo", lc, FIRST, LAST)
    lc_desk, board_desk = await actor(services, NEWCOMER), await actor(services, NEWCOMER + 1)
    assert await claims.open_claims(board_desk) == Part()
    (claim,) = await claims.open_claims(lc_desk)
    assert await claims.decide(lc_desk, claim.claim_id, confirm=True) is not None
    everything = await posts.terms(officer)
    assert await posts.terms(lc_desk) == [one for one in everything if one.lc_id is not None] != []
    assert await posts.terms(board_desk) == [one for one in everything if one.lc_id is None] != []


async def test_another_committee_is_another_right_where_a_post_allows_something_within_it(
    catalogue: PostCatalogueService, services: Services, officer: Actor, lc: int
) -> None:
    neo = await entry(catalogue, officer, "neo")
    await catalogue.allow(officer, neo.post_id, Reach.PLACE, [Right.EDIT_DIRECTORY.value])
    await appoint_to(services, NEWCOMER, "neo")
    holder = await actor(services, NEWCOMER)
    draft = PostDraft("NEO担当", "NEO desk", Level.NATION, "scora", is_single=False)
    with pytest.raises(NotAllowed):
        await catalogue.edit(holder, neo.post_id, draft)
    assert not (await actor(services, NEWCOMER)).may(Right.ANSWER_FOR_LC, lc, "scora")
    await catalogue.edit(holder, neo.post_id, replace(draft, committee="scope"))
    await catalogue.edit(officer, neo.post_id, draft)
    assert (await actor(services, NEWCOMER)).may(Right.ANSWER_FOR_LC, lc, "scora")
    plain = await catalogue.add(holder, PostDraft("書記", "Clerk", Level.NATION, None, is_single=False))
    await catalogue.edit(holder, plain, PostDraft("書記", "Clerk", Level.NATION, "scora", is_single=False))
