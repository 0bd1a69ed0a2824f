"""An organisation that lives on the stand-in: how it begins, and what its people do again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.wire.discord import WireDiscord, organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.outbound import Sending, home, running
from tests.wire.people import Person, join

GUILD = 920_000_000_000_000_000
#: The server of one LC.
OWN = GUILD + 1_000_000
OFFICER, REPRESENTATIVE, STUDENT, OTHER = GUILD + 1, GUILD + 50, GUILD + 51, GUILD + 52
LC = "東京大学"


class Place:
    """``officer`` set the server up; the others come later."""

    def __init__(self, discord: WireDiscord, process: Sending | None = None) -> None:
        self.discord, self.running = discord, process
        self.officer = Person(discord, GUILD, OFFICER)
        self.representative = Person(discord, GUILD, REPRESENTATIVE)
        self.student = Person(discord, GUILD, STUDENT)
        self.other = Person(discord, GUILD, OTHER)

    @property
    def process(self) -> Sending:
        """The one that runs all the while, where there is one."""
        assert self.running is not None
        return self.running

    def channel(self, name: str, guild: int = GUILD) -> dict[str, Any]:
        """A text channel or thread by its name."""
        (there,) = (one for one in self.discord.guilds if one["id"] == str(guild))
        found = [one for one in (*there["channels"], *there["threads"]) if one["name"] == name and one["type"] != 4]
        (channel,) = found
        result: dict[str, Any] = channel
        return result

    def said(self, name: str, guild: int = GUILD) -> list[dict[str, Any]]:
        """The messages in a channel, the oldest first."""
        return self.discord.messages.channels[int(self.channel(name, guild)["id"])]

    async def until_said(self, name: str, words: str, guild: int = GUILD) -> dict[str, Any]:
        """Wait for the message in a channel that says something."""

        def find() -> dict[str, Any] | None:
            return next((one for one in self.said(name, guild) if words in text(one)), None)

        try:
            found: dict[str, Any] = await self.discord.until(find)
        except TimeoutError:
            said = "\n\n".join(text(one) for one in self.said(name, guild)[-5:])
            raise AssertionError(f"{words!r} isn't in {name}, but:\n{said}") from None
        return found

    def roles(self, user_id: int, guild: int = GUILD) -> set[str]:
        """The names of somebody's roles."""
        there = self.discord.servers.guild(str(guild))
        own = self.discord.servers.member(guild, user_id)["roles"]
        return {one["name"] for one in there["roles"] if one["id"] in own}

    async def set_up(self, **form: str) -> None:
        """The first thing that ever happens: ``/setup`` in a server with one person; ``form``: more of what is written
        in its form."""
        await self.officer.use("setup")
        await self.officer.press("setups:create")
        await self.officer.write(name_ja="国際医学生連盟 日本", name_en="IFMSA-Japan", **form)
        await self.officer.until("初期設定が終わりました")

    async def begin_lc(self) -> None:
        """The LC becomes a member, three students of it come, one of them represents it, and it has its channel."""
        officer = self.officer
        await officer.use("manage lc state", lc=LC, state="member", decision="総会 1号")
        came = ((self.representative, "東京 花子"), (self.student, "東京 次郎"), (self.other, "東京 三郎"))
        for person, name in came:
            await self.discord.servers.join(GUILD, person.user_id, name)
            await join(person, name, region="関東", school=LC, in_lc=True)
        await officer.use("officer appoint", person=REPRESENTATIVE, post="lc_representative", lc=LC)
        assert "東京 花子" in officer.reads
        await officer.use("manage lc channels")
        await officer.press("つくる")
        await officer.until("LCのチャンネルがそろいました")

    async def draft(self, title: str, words: str) -> None:
        """An announcement to all LCs that doesn't wait for the morning, as far as the page that shows it."""
        await self.officer.use("officer announce")
        await self.officer.write(title=title, text_ja=words)
        await self.officer.press("その他の設定")
        await self.officer.press("announcements:set_urgent")
        await self.officer.press("下書きに戻る")


def went_well(process: Sending) -> None:
    """The bot has met nothing that it calls an error."""
    assert [entry for entry in process.log if entry["level"] in ("error", "critical")] == []
    assert "Traceback" not in process.said


@asynccontextmanager
async def empty_server(url: str, log: Path) -> AsyncIterator[Place]:
    """A server that somebody has just made, and the bot on the machine's own clock. At the end it must have gone out
    without an error of its own."""
    async with (
        wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord,
        running(discord, home(url, TSUNAGU_SEND_RATE="45"), log) as process,
    ):
        await process.until_logged("ready")
        yield Place(discord, process)
        assert await process.end() == 0
    went_well(process)
