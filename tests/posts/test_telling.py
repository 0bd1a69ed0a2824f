"""Those about whose post somebody else decides hear of it, if they chose direct messages."""

from __future__ import annotations

from datetime import date

import pytest
import simcord
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict
from bot.features import Services
from bot.features.members.models import Contact
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.features.posts.telling import DECLINED, ENDED, GIVEN, PostWordService
from tests.channels.test_slash import begin, give
from tests.handovers.test_slash import letters, wants_messages
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, actor
from tests.support.worlds import World, text_of

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
WILLING, QUIET = NEWCOMER + 20, NEWCOMER + 21


async def told(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        query = select(Delivery.kind, Delivery.recipient_id).where(Delivery.kind.in_([GIVEN, ENDED, DECLINED]))
        return [(row.kind, row.recipient_id) for row in await fetch(connection, query.order_by(Delivery.id))]


async def people(services: Services) -> None:
    await join(services, WILLING, "花", contact=Contact.DIRECT)
    await join(services, QUIET, "健", contact=Contact.CHANNEL)


async def test_who_chose_direct_messages_hears_of_an_appointment_and_of_its_end(
    services: Services, representative: Actor, lc: int, database: Database
) -> None:
    await people(services)
    posts, word = services[PostService], services[PostWordService]
    for user in (WILLING, QUIET, NEWCOMER):
        added = await posts.add(representative, user, "新人", "leo", lc, FIRST, LAST)
        if user == WILLING:
            given = added
    assert await told(database) == [(GIVEN, WILLING)]
    term = await word.given(1, given.term_id, FIRST)
    assert term is not None
    assert (term.post_en.split()[0], term.ends_on) == ("LEO", LAST)
    end = date(2026, 12, 1)
    await posts.end(representative, given.term_id, end)
    assert await told(database) == [(GIVEN, WILLING), (ENDED, WILLING)]
    assert await word.ended(1, given.term_id, end) is not None
    assert await word.ended(1, given.term_id, LAST) is None, "what was said of another day holds no more"
    assert await word.given(1, given.term_id, date(2026, 12, 2)) is None
    assert await word.given(2, given.term_id, FIRST) is None, "of another organisation"


async def test_a_claim_is_answered_and_nobody_is_told_of_their_own_doing(
    services: Services, representative: Actor, lc: int, database: Database
) -> None:
    await people(services)
    claims, word = services[ClaimService], services[PostWordService]
    for post in ("leo", "lpo"):
        await claims.claim(await actor(services, WILLING), post, lc, FIRST, LAST)
    yes, no = [one.claim_id for one in await claims.open_claims(representative)]
    await claims.decide(representative, yes, confirm=True)
    await claims.decide(representative, no, confirm=False)
    assert await told(database) == [(GIVEN, WILLING), (DECLINED, WILLING)]
    assert await word.declined(1, yes) is None
    found = await word.declined(1, no)
    assert found is not None
    assert found.post_en.startswith("LPO")
    mine = await actor(services, WILLING)
    term = next(one for one in await services[PostService].terms(representative, lc) if one.name == "花")
    await services[PostService].end(await actor(services, OFFICER), term.term_id, date(2026, 12, 1))
    assert (await told(database))[-1] == (ENDED, WILLING)
    code = await claims.new_code(representative, "lome", lc, FIRST, LAST)
    await claims.use_code(mine, code)
    assert len(await told(database)) == 3, "they took it up themselves"


async def test_the_word_says_which_post_and_until_when(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    leader, successor = server.person("leader"), server.person("successor")
    await wants_messages(successor, server, "次田 葉")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    done = await appointed(officer, server.channel, successor)
    assert "✅ 任命しました：" in text_of(done)
    await world.env.advance_time(86_400)
    (letter,) = letters(successor)
    assert "役職に任命されました" in letter
    assert "2026年3月31日" in letter


async def appointed(
    officer: simcord.MemberActor, channel: simcord.ChannelHandle, person: simcord.MemberActor
) -> simcord.InteractionResult:
    options = {"person": person, "post": "leo", "lc": "#1", "starts": "2026-01-01", "ends": "2026-03-31"}
    return await officer.slash(channel, "officer appoint", **options)


async def test_an_end_on_the_last_day_changes_nothing_and_tells_nobody(
    services: Services, representative: Actor, lc: int, database: Database
) -> None:
    await people(services)
    added = await services[PostService].add(representative, WILLING, "新人", "leo", lc, FIRST, LAST)
    with pytest.raises(Conflict, match="ends on that day"):
        await services[PostService].end(representative, added.term_id, LAST)
    assert await told(database) == [(GIVEN, WILLING)]
