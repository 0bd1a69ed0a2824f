"""What the tests of announcements begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import simcord
from sqlalchemy import select, update

from bot.db import Database, insert_if_absent
from bot.features import Services
from bot.features.announcements.inbox import waiting_for_lcs, waiting_for_person
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import Server as LinkedServer
from bot.features.organisations.models import ServerPart
from bot.features.people.actors import Actor
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.schools.models import School
from bot.ui.items import offered
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.pages import latest_status
from tests.support.people import GUILD, represented_lc
from tests.support.simulated import as_bot
from tests.support.worlds import Server, World, page_text, shown


@dataclass
class Setting:
    """Two national officers, and three member LCs: two with a channel and a representative; 大阪大学 has neither."""

    server: Server
    officer: simcord.MemberActor
    #: A national officer too.
    other: simcord.MemberActor
    tokyo: simcord.MemberActor
    kyoto: simcord.MemberActor
    lc_ids: dict[str, int] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.server.world

    async def write(self, title: str = "春の総会", text: str = "総会のお知らせです。", **more: Any) -> Any:
        """The draft page."""
        form = await self.officer.slash(self.server.channel, "officer announce")
        return shown(await self.officer.submit_modal(form, {"title": title, "text_ja": text, **more}))

    async def send(self, title: str = "春の総会", **more: Any) -> Any:
        """Write and send; the page that follows."""
        page = await self.write(title, **more)
        await self.officer.click(page, label="いま送る")
        return page

    def channel(self, name: str) -> simcord.ChannelHandle:
        return self.server.guild.channels[name]

    def messages(self, name: str) -> list[Any]:
        return [message for message in self.channel(name).history() if message.embeds]

    def last(self, name: str) -> Any:
        return self.messages(name)[-1]

    def texts(self, name: str) -> list[str]:
        return [page_text(message) for message in self.messages(name)]

    def thread_texts(self, name: str) -> list[str]:
        """What the officers of an LC read in their private thread."""
        (thread,) = self.channel(name).threads
        return [page_text(message) for message in thread.history() if message.embeds]

    async def status(self, who: simcord.MemberActor | None = None) -> Any:
        return shown(await latest_status(who or self.officer, self.server.channel))

    async def go(self, *, hours: float = 0, days: int = 0) -> None:
        for _ in range(days):
            await self.world.env.advance_time(86_400)
        if hours:
            await self.world.env.advance_time(3600 * hours)


async def choose_in(person: simcord.MemberActor, message: Any, menu: str, value: str) -> None:
    """Choose in one of several menus: the one whose route begins so."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    ids = [item["custom_id"] for row in rows for item in row["components"] if item["type"] == 3]
    (custom_id,) = (one for one in ids if one.startswith(menu))
    await person.select(message, values=[offered(custom_id, value)], custom_id=custom_id)


async def hold(server: Server, person: simcord.MemberActor, post: str, lc_id: int | None) -> None:
    """Give somebody a post."""
    await as_bot(server.world.env, _hold(server, person, post, lc_id))


async def _hold(server: Server, person: simcord.MemberActor, post: str, lc_id: int | None) -> None:
    now = server.world.bot.clock.now()
    async with server.world.bot.database.writing() as session:
        one = await ensure_person(
            session, organisation_id=1, discord_user_id=person.id, display_name=person.name, at=now
        )
        await appoint(
            session, one, post, starts_on=date(2025, 4, 1), ends_on=date(2027, 3, 31), at=now, by_discord_id=1,
            origin="test", lc_id=lc_id,
        )  # fmt: skip


async def lc_ids_of(world: World, *names: str) -> dict[str, int]:
    async with world.bot.database.reading() as connection:
        query = select(School.name_ja, LocalCommittee.id).join(LocalCommittee, LocalCommittee.school_id == School.id)
        rows = await connection.execute(query.where(School.name_ja.in_(names)))
        return {row.name_ja: row.id for row in rows}


async def make_member(world: World, *lc_ids: int) -> None:
    async with world.bot.database.writing() as session:
        await session.execute(
            update(LocalCommittee).where(LocalCommittee.id.in_(lc_ids)).values(state=LcState.MEMBER.value)
        )


async def begin(world: World) -> Setting:
    """It is noon in Tokyo."""
    server = world.server()
    officer, other = server.admin("officer"), server.admin("other")
    await server.set_up(officer, officers=[officer, other], term="2025-04-01 ~ 2027-03-31")
    lc_ids = await lc_ids_of(world, "東京大学", "京都大学", "大阪大学")
    await make_member(world, lc_ids["東京大学"], lc_ids["京都大学"])
    tokyo, kyoto = server.person("tokyo"), server.person("kyoto")
    await hold(server, tokyo, LC_REPRESENTATIVE, lc_ids["東京大学"])
    await hold(server, kyoto, LC_REPRESENTATIVE, lc_ids["京都大学"])
    looked = await officer.slash(server.channel, "manage lc channels")
    await officer.click(shown(looked), label="つくる")
    world.env.settle_timeout = 5  # longer, and every timer within it is waited for
    await make_member(world, lc_ids["大阪大学"])
    setting = Setting(server, officer, other, tokyo, kyoto, lc_ids)
    await setting.go(hours=3)
    return setting


async def part(database: Database, key: str, discord_id: int) -> None:
    """Something that the bot has made in the server."""
    async with database.writing() as session:
        server = await session.scalar(select(LinkedServer.id).where(LinkedServer.discord_guild_id == GUILD))
        await insert_if_absent(
            session, ServerPart, server_id=server, key=key, discord_id=discord_id, made_at=FakeClock().now()
        )


async def two_lcs(services: Services, database: Database) -> int:
    """The LC at 東京大学, a member with a channel and a thread, whose id it is; that at 京都大学 is one without."""
    lc_id = await represented_lc(services)
    async with database.writing() as session:
        kyoto = select(LocalCommittee.id).join(School).where(School.name_ja == "京都大学").scalar_subquery()
        await session.execute(
            update(LocalCommittee)
            .where(LocalCommittee.id.in_([lc_id]) | (LocalCommittee.id == kyoto))
            .values(state=LcState.MEMBER.value)
            .execution_options(synchronize_session=False)
        )
    await part(database, f"channel:lc:{lc_id}", 7_001)
    await part(database, f"thread:lc:{lc_id}", 7_002)
    await part(database, "channel:announcements", 7_003)
    return lc_id


async def waiting(services: Services, who: Actor) -> list[int]:
    """The announcements that wait for somebody or for their LCs, by id."""
    kinds = (waiting_for_person, waiting_for_lcs)
    return [one.id or 0 for kind in kinds for one in await facts_of(services, who, kind)]
