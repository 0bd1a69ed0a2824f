"""Discord doesn't tell of a server's members: it did less than 30 seconds ago. Every other server goes on."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.organisation import GUILD, OFFICER, Place, went_well
from tests.wire.outbound import PATIENT, home, running, sending
from tests.wire.people import Person

SECOND = GUILD + 5_000_000
STRANGER = 77
ROLE = "全国役員"


async def test_a_server_whose_members_are_not_told_keeps_no_other_waiting(database_url: str, tmp_path: Path) -> None:
    servers = [organisation(GUILD, "IFMSA-Japan"), organisation(SECOND, "AMSA")]
    async with wire_discord(guilds=servers) as discord:
        async with running(discord, home(database_url), tmp_path / "log") as process:
            await process.until_logged("ready")
            place = Place(discord, process)
            await place.set_up()
            other = Person(discord, SECOND, SECOND + 1)
            await other.use("setup")
            await other.press("setups:create")
            await other.write(name_ja="別の団体", name_en="AMSA")
            await other.until("初期設定が終わりました")
            assert await process.end() == 0
        went_well(process)

        gateway = discord.gateway
        for guild in (GUILD, SECOND):  # while the bot is away, somebody gives themselves the officers' role
            await discord.servers.join(guild, guild + STRANGER, "stranger")
            (role,) = (one for one in discord.servers.guild(str(guild))["roles"] if one["name"] == ROLE)
            await discord.servers.change_member(guild, guild + STRANGER, roles=[role["id"]])
        gateway.pass_time(31)
        gateway.members_told[str(SECOND)] = gateway.now() + 3_600  # not for a long time
        async with sending(discord, PATIENT | home(database_url), tmp_path / "log", chunk_wait=2) as process:
            place = Place(discord, process)
            await discord.until(lambda: place.roles(GUILD + STRANGER) == set())
            await discord.until(lambda: gateway.members_refused[str(SECOND)] >= 2)
            assert place.roles(SECOND + STRANGER, SECOND) == {ROLE}, "nothing is known of them yet"
            await Person(discord, SECOND, SECOND + 1).use("home")
            gateway.pass_time(3_631)
            await discord.until(lambda: place.roles(SECOND + STRANGER, SECOND) == set())

            # Both are kept right from now on, by what changes and by the regular look.
            for guild in (GUILD, SECOND):
                (role,) = (one for one in discord.servers.guild(str(guild))["roles"] if one["name"] == ROLE)
                await discord.servers.change_member(guild, guild + STRANGER, roles=[role["id"]])
            await process.tell(clock=1)
            await discord.until(lambda: not place.roles(GUILD + STRANGER) | place.roles(SECOND + STRANGER, SECOND))
            assert await process.end() == 0
        went_well(process)


async def test_nobody_is_called_absent_before_the_members_are_known(sqlite_url: str, tmp_path: Path) -> None:
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        async with running(discord, home(sqlite_url), tmp_path / "log") as process:
            await process.until_logged("ready")
            await Place(discord, process).set_up()
            assert await process.end() == 0
        async with running(discord, home(sqlite_url), tmp_path / "log") as process:
            await process.until_logged("members not told yet")  # it has just asked
            await process.until_logged("ready")
            officer = Person(discord, GUILD, OFFICER)
            await officer.use("setup")
            assert "まだDiscordから全員の情報が届いていません" in officer.reads
            await officer.press("setups:repair")
            await officer.until("まだそろっていないロールがあります")
            assert "このサーバーにいない役員" not in officer.reads

            discord.gateway.pass_time(31)
            await officer.press("もう一度試す")
            await officer.until("初期設定が終わりました")
            assert "このサーバーにいない役員" not in officer.reads, "counted when everybody is known"

            await discord.servers.leave(GUILD, OFFICER)
            other = Person(discord, GUILD, STRANGER, permissions=1 << 5)
            await discord.servers.join(GUILD, STRANGER, "stranger")
            await other.use("setup")
            assert "まだDiscordから" not in other.reads
            await other.press("setups:repair")
            await other.until("1人の役員がこのサーバーにいない")
            assert await process.end() == 0
        went_well(process)
