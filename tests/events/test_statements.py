"""What a press costs to sign up: a crowd presses at once, so its statements are counted."""

from __future__ import annotations

from typing import Any

import pytest
import simcord
from sqlalchemy import select

from bot.features.signups.models import Quota, QuotaKind, SignUp
from tests.events.test_slash import post, post_of
from tests.support.members import join
from tests.support.statements import statements_of
from tests.support.worlds import World, open_world, text_of

LINE = "1/17(土) 19時〜21時 Zoomで症例勉強会、誰でも 定員{places}名\nhttps://us02web.zoom.us/j/123"
#: Who asks, and what comes before the place. In the transaction: the event, the person, the sign-up, whether its posts
#: are about to be shown anew, the book, and three that write. Then the page.
PRESS = 11
#: Discord's roles are kept by a task of its own.
ROLES = (
    "SELECT servers.",
    "SELECT DISTINCT servers.",
    "SELECT people.id, people.discord_user_id",
    "SELECT thread_guests",
)


@pytest.mark.parametrize("places", [9, 3], ids=["a place", "the line"])
async def test_a_press_takes_so_many_statements(database_url: str, places: int) -> None:
    """With a place and in the line; where a group has a limit of its own, three more read it and count by it."""
    async with open_world(database_url) as world:
        with world.env.time_context():
            server = world.server()
            officer, *students = [server.person(f"person {n}") for n in range(6)]
            await server.set_up(server.admin(), officers=[officer])
            for number, one in enumerate((officer, *students)):
                await join(world.services, one.id, f"学生 {number}", guild=server.guild.id)
            await post(server, officer, LINE.format(places=places))
            card = post_of(server)
            for one in students[:3]:  # the first one's work is planned, and one has to wait
                await one.click(card, label="参加する")
            found = await _pressed(world, students[3], card)
            assert len(found) == PRESS, "\n".join(found)
            async with world.bot.database.writing() as session:
                signup = (await session.scalars(select(SignUp))).one()
                session.add(
                    Quota(signup_id=signup.id, kind=QuotaKind.AT_MOST.value, seats=5, first_year=1, last_year=6)
                )
            with_group = await _pressed(world, students[4], card)
            assert len(with_group) == PRESS + 3, "\n".join(with_group)


async def _pressed(world: World, student: simcord.MemberActor, card: Any) -> list[str]:
    """The statements of a press that signs somebody up."""
    with statements_of(world.bot.database) as found:
        result = await student.click(card, label="参加する")
    assert "申し込みました" in text_of(result) or "キャンセル待ち" in text_of(result)
    return [one for one in found if not one.startswith(ROLES)]
