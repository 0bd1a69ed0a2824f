"""`python -m bot doctor` as somebody at the terminal sees it, against the stand-in for Discord."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import delete, update

from bot import schema
from bot.backups import encryption
from bot.features import Services
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import PENDING
from bot.features.setups.service import SetupService
from bot.ui.building import PANEL_KEY
from bot.ui.permissions import needed_permissions
from cogs.setups import builder
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened, postgres_url
from tests.support.loopback import on_loopback
from tests.support.people import ADMIN, caller, found_organisation
from tests.support.processes import Finished, bot_process, run_bot
from tests.support.waiting import HANG
from tests.wire.discord import APPLICATION_ID, TOKEN, Fault, WireDiscord, guild, role, wire_discord
from tests.wire.s3 import SECRET_KEY, wire_s3

GUILD = 940_000_000_000_000_000
MINE, OFFICERS, LC_OFFICERS, PANEL = GUILD + 1, GUILD + 2, GUILD + 3, GUILD + 99
NEEDED = needed_permissions().value


def channels() -> dict[str, int]:
    """Key → id of the channels in the server."""
    return {plan.key: GUILD + 100 + number for number, plan in enumerate(builder.CHANNELS)}


def server(**changes: Any) -> dict[str, Any]:
    """A server in which all is as it should be."""
    made = guild(GUILD, "全国", channels=len(builder.CHANNELS))
    made["roles"] = [
        role(GUILD, "@everyone", 0), role(MINE, "Tsunagu", 5, NEEDED), role(OFFICERS, "全国役員", 2),
        role(LC_OFFICERS, "LC役員", 1),
    ]  # fmt: skip
    made["members"][0]["roles"] = [str(MINE)]
    made["channels"].append({**made["channels"][0], "id": str(GUILD + 90), "type": 4, "name": "全国"})
    return {**made, **changes}


@dataclass
class Installation:
    """A bot's settings, with its database linked to the server ``GUILD``."""

    folder: Path
    env: dict[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "tsunagu.db"

    def files(self) -> dict[Path, tuple[int, ...]]:
        return {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in self.folder.rglob("*")}

    async def at_rest(self) -> dict[Path, tuple[int, ...]]:
        """The files, once the bot has written what it writes at its start."""
        before = self.files()
        while True:
            await asyncio.sleep(0.5)
            if (now := self.files()) == before:
                return now
            before = now

    async def doctor(self, discord: WireDiscord | None, language: str = "en", **more: str) -> Finished:
        env = {**self.env, **(discord.environment if discord else {}), **more}
        ended = await run_bot("doctor", "--language", language, env=env)
        assert TOKEN not in ended.out + ended.err
        assert ended.err == ""
        return ended


async def link(url: str, parts: Mapping[str, int]) -> None:
    async with opened(url) as database:
        services = Services(database, FakeClock())
        linked = await found_organisation(services, GUILD)
        for key, part in parts.items():
            await services[SetupService].note_part(caller(ADMIN, GUILD, manages=True), linked.server_id, key, part)


def all_parts() -> dict[str, int]:
    return {
        builder.OFFICER_ROLE.key: OFFICERS, builder.LC_OFFICERS.key: LC_OFFICERS,
        builder.CATEGORY_KEY: GUILD + 90, PANEL_KEY: PANEL, **channels(),
    }  # fmt: skip


@pytest.fixture
async def home(databases: Databases, tmp_path: Path) -> Installation:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    await link(url, all_parts())
    backups, elsewhere = tmp_path / "backups", tmp_path / "nas"
    backups.mkdir()
    elsewhere.mkdir()
    made = f"tsunagu-{datetime.now(UTC) - timedelta(hours=3, minutes=1):%Y%m%d-%H%M%S}.db"
    shutil.copy(tmp_path / "tsunagu.db", backups / made)
    (elsewhere / f"{made}.age").write_bytes(b"")
    env = {
        "TSUNAGU_DATABASE_URL": url, "TSUNAGU_BACKUP_FOLDER": str(backups), "TSUNAGU_BACKUP_COPY_TO": str(elsewhere),
        "TSUNAGU_BACKUP_PUBLIC_KEY": encryption.new_key(tmp_path / "key.txt"), "TSUNAGU_HTTP_PORT": "0",
        "TSUNAGU_LOG_FORMAT": "json",
    }  # fmt: skip
    return Installation(tmp_path, env)


@pytest.fixture
async def discord() -> AsyncIterator[WireDiscord]:
    team: dict[str, Any] = {"id": "1", "name": "IFMSA-Japan", "icon": None, "owner_user_id": "1", "members": []}
    async with wire_discord(guilds=[server()], application={"team": team}) as stand_in:
        stand_in.messages.keep(channels()[builder.HOME_CHANNEL.key], PANEL)
        yield stand_in
        assert stand_in.problems == [], "every request holds against the official description"


def findings(ended: Finished, level: str) -> list[str]:
    """The findings of one level, each with its advice."""
    found = ended.out.replace("\n    →", " →").splitlines()
    return [line.removeprefix(f"[{level}] ") for line in found if line.startswith(f"[{level}] ")]


async def test_all_is_well_beside_a_running_bot_whose_files_it_leaves_alone(
    home: Installation, discord: WireDiscord
) -> None:
    # Of this minute: between 18:30 and 21:30 UTC one of three hours ago is not of last night, and the bot makes one.
    for folder in ("backups", "nas"):
        (copy,) = (home.folder / folder).iterdir()
        copy.rename(copy.with_name(f"tsunagu-{datetime.now(UTC):%Y%m%d-%H%M%S}{''.join(copy.suffixes)}"))
    async with bot_process("run", env={**home.env, **discord.environment}) as process:
        port = await process.logged("health server", "port")
        await process.logged("ready", "servers")
        before = await home.at_rest()
        ended = await home.doctor(discord, TSUNAGU_HTTP_PORT=str(port), TSUNAGU_PUBLIC_URL=f"http://127.0.0.1:{port}")
        after = home.files()
        process.signal()
        assert (await process.finished()).code == 0
    assert findings(ended, "problem") + findings(ended, "notice") == []
    assert ended.code == 0
    shm = home.folder / "tsunagu.db-shm"  # the readers' marks, which SQLite keeps in memory shared with the bot
    assert {**after, shm: ()} == {**before, shm: ()}
    well = findings(ended, "ok")
    assert "The bot has all the permissions it needs." in well
    assert "The bot's role is above the roles it manages." in well
    assert "Everything the bot created is in place." in well
    assert "The Server Members Intent is on." in well
    assert "The latest backup is 0 hours old." in well
    assert "The latest off-site backup is 0 hours old." in well
    assert f"The bot can be reached at http://127.0.0.1:{port}." in well
    assert f"The schema is up to date ({schema.revisions()[-1]})." in well
    link_line = next(line.strip() for line in ended.out.splitlines() if "oauth2/authorize" in line)
    assert link_line == (
        f"https://discord.com/oauth2/authorize?client_id={APPLICATION_ID}"
        f"&scope=bot+applications.commands&permissions={NEEDED}"
    )
    assert {one.method for one in discord.requests if not one.path.startswith("/applications")} <= {"GET"}


async def test_in_japanese_by_default(home: Installation, discord: WireDiscord) -> None:
    discord.guilds[0]["roles"][1]["position"] = 1
    ended = await run_bot("doctor", env={**home.env, **discord.environment})
    assert ended.code == 1
    assert "## サーバー「全国」" in ended.out
    assert [line for line in ended.out.splitlines() if line.startswith("[問題]")] == [
        "[問題] ボットのロール @Tsunagu の位置が低く、次のロールを付け外しできません：@全国役員"
    ]
    assert "サーバー設定 → ロール" in ended.out
    titles = [line.removeprefix("## ") for line in ended.out.splitlines() if line.startswith("## ")]
    assert titles == [
        "設定", "データベース", "バックアップ", "ウェブ", "Discord", "サーバー「全国」", "まとめ"
    ]  # fmt: skip


async def test_a_role_that_stands_too_low_says_which_to_move_and_where(
    home: Installation, discord: WireDiscord
) -> None:
    discord.guilds[0]["roles"][1]["position"] = 1
    ended = await home.doctor(discord)
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert "The bot's role @Tsunagu is too low, so it can't assign or remove @全国役員." in problem
    assert "drag @Tsunagu above @全国役員" in problem


async def test_a_bot_without_a_role_of_its_own_is_to_be_invited_again(home: Installation, discord: WireDiscord) -> None:
    discord.guilds[0]["members"][0]["roles"] = []
    ended = await home.doctor(discord)
    assert any("has no role of its own" in problem for problem in findings(ended, "problem"))


async def test_missing_permissions_are_named_as_the_settings_show_them(
    home: Installation, discord: WireDiscord
) -> None:
    discord.guilds[0]["roles"][1]["permissions"] = str(NEEDED & ~(1 << 28) & ~(1 << 4))
    ended = await home.doctor(discord)
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert "Missing permissions: Manage Channels, Manage Roles" in problem


async def test_without_the_permission_that_shows_officers_their_commands_it_says_how_to_give_it(
    home: Installation, discord: WireDiscord
) -> None:
    discord.guilds[0]["roles"][1]["permissions"] = str(NEEDED & ~(1 << 41))
    ended = await home.doctor(discord)
    assert findings(ended, "problem") == [], "all works without it"
    assert any("View Server Subscription Insights" in notice for notice in findings(ended, "notice"))
    assert f"permissions={NEEDED}" in ended.out


async def test_without_the_permission_to_make_events_it_says_what_is_missing_then(
    home: Installation, discord: WireDiscord
) -> None:
    discord.guilds[0]["roles"][1]["permissions"] = str(NEEDED & ~(1 << 44))
    ended = await home.doctor(discord)
    assert findings(ended, "problem") == [], "all else works without it"
    assert any("Create Events" in notice for notice in findings(ended, "notice"))


async def test_without_the_permission_for_threads_of_events_it_says_how_to_give_it(
    home: Installation, discord: WireDiscord
) -> None:
    assert NEEDED & 1 << 35, "the invite link has it"
    mine, everybody = discord.guilds[0]["roles"][1], discord.guilds[0]["roles"][0]
    mine["permissions"] = str(NEEDED & ~(1 << 35))
    everybody["permissions"] = str(int(everybody["permissions"]) & ~(1 << 35))
    ended = await home.doctor(discord)
    assert findings(ended, "problem") == [], "all else works without it"
    (notice,) = (one for one in findings(ended, "notice") if "threads" in one)
    assert notice.startswith("Without “Create Public Threads”, the bot can't make threads for events.")
    assert "@Tsunagu: turn these on, or open the invite link" in notice


async def test_a_channel_in_which_events_can_have_no_thread_is_named(home: Installation, discord: WireDiscord) -> None:
    """As /setup made the channels before it knew of threads."""
    numbers = {str(number): key for key, number in channels().items()}
    for one in discord.guilds[0]["channels"]:
        if numbers.get(one["id"]) in (builder.HOME_CHANNEL.key, "channel:announcements"):
            one["permission_overwrites"] = [{"id": str(GUILD), "type": 0, "allow": "0", "deny": str(1 << 35 | 1 << 38)}]
    ended = await home.doctor(discord)
    assert findings(ended, "problem") == []
    (notice,) = (one for one in findings(ended, "notice") if "threads" in one)
    assert "in #channel-1. It's missing: Create Public Threads, Send Messages in Threads" in notice
    assert "Edit Channel → Permissions → @Tsunagu" in notice


async def test_an_lcs_own_server_needs_manage_roles_only_where_roles_were_chosen(
    home: Installation, discord: WireDiscord
) -> None:
    discord.guilds[0]["roles"][1]["permissions"] = str(NEEDED & ~(1 << 28))
    async with opened(home.env["TSUNAGU_DATABASE_URL"]) as database, database.writing() as session:
        await session.execute(update(Server).values(lc_id=3))
        await session.execute(delete(ServerPart).where(ServerPart.key.startswith("role:")))
    ended = await home.doctor(discord)
    assert findings(ended, "problem") == []
    async with opened(home.env["TSUNAGU_DATABASE_URL"]) as database, database.writing() as session:
        session.add(ServerPart(server_id=1, key="role:lc:3", discord_id=OFFICERS, made_at=datetime.now(UTC)))
    ended = await home.doctor(discord)
    (problem,) = findings(ended, "problem")
    assert "Missing permissions: Manage Roles" in problem


async def test_a_channel_that_shuts_the_bot_out_is_named(home: Installation, discord: WireDiscord) -> None:
    discord.guilds[0]["channels"][2]["permission_overwrites"] = [
        {"id": str(GUILD), "type": 0, "allow": "0", "deny": str(1 << 11)}
    ]
    ended = await home.doctor(discord)
    (problem,) = findings(ended, "problem")
    assert "Missing permissions in #channel-2: Send Messages" in problem
    assert "Edit Channel → Permissions → @Tsunagu" in problem


async def test_what_has_gone_from_the_server_is_named(home: Installation, discord: WireDiscord) -> None:
    discord.messages.channels.clear()
    discord.guilds[0]["roles"].pop(2)
    discord.guilds[0]["channels"].pop(1)
    ended = await home.doctor(discord)
    (problem,) = findings(ended, "problem")
    assert "but they're gone: " in problem
    named = problem.partition("but they're gone: ")[2].partition(" →")[0]
    assert set(named.split(", ")) == {"National officers", "the pinned panel", "announcements"}
    assert "to run /setup" in problem


async def test_a_set_up_that_broke_off_is_seen(databases: Databases, home: Installation, discord: WireDiscord) -> None:
    async with opened(home.env["TSUNAGU_DATABASE_URL"]) as database:
        services = Services(database, FakeClock())
        asking = caller(ADMIN, GUILD, manages=True)
        linked = await services[SetupService].linked(asking)
        assert linked is not None
        await services[SetupService].note_part(asking, linked.server_id, PANEL_KEY, PENDING)
    ended = await home.doctor(discord)
    assert any("but they're gone: the pinned panel" in problem for problem in findings(ended, "problem"))


async def test_an_intent_that_is_switched_off_is_a_problem(home: Installation, discord: WireDiscord) -> None:
    discord.servers.allowed_intents = 0
    ended = await home.doctor(discord)
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert problem.startswith("The Server Members Intent is off")
    assert "Privileged Gateway Intents" in problem


async def test_a_refused_token_is_one_problem_and_the_rest_is_looked_at(
    home: Installation, discord: WireDiscord
) -> None:
    ended = await home.doctor(discord, DISCORD_TOKEN="OTAw.wrong.very-secret-token-value")
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert problem.startswith("Discord rejected the DISCORD_TOKEN.")
    assert "very-secret" not in ended.out
    assert "The latest backup is 3 hours old." in findings(ended, "ok")


async def test_an_application_of_one_person_and_one_that_asks_for_a_grant(
    home: Installation, discord: WireDiscord
) -> None:
    discord.servers.application = {"bot_require_code_grant": True}
    ended = await home.doctor(discord)
    assert any("OAuth2 Code Grant" in problem for problem in findings(ended, "problem"))
    assert any("belongs to one person" in notice for notice in findings(ended, "notice"))


async def test_servers_that_are_not_linked_and_links_without_the_bot(home: Installation, discord: WireDiscord) -> None:
    discord.guilds[:] = [{**server(), "id": str(GUILD + 1_000_000), "name": "新しい"}]
    discord.guilds[0]["roles"][0]["id"] = str(GUILD + 1_000_000)
    ended = await home.doctor(discord)
    assert ended.code == 0
    first, second = (notice for notice in findings(ended, "notice") if "free port" not in notice)
    assert first.startswith("It isn't linked to an organisation yet.")
    assert second.startswith(f"A server is linked to “IFMSA-Japan”, but the bot isn't in it (ID {GUILD}).")


async def test_a_server_that_discord_does_not_tell_of_hides_no_other(home: Installation, discord: WireDiscord) -> None:
    broken = {**server(), "id": str(GUILD - 1), "name": "壊れた"}
    broken["roles"] = [{**one, "id": str(GUILD - 1)} for one in broken["roles"][:1]]
    discord.guilds.insert(0, broken)
    discord.faults.add(Fault("GET", f"/guilds/{GUILD - 1}", status=400))
    ended = await home.doctor(discord)
    assert [problem for problem in findings(ended, "problem") if "was interrupted" in problem]
    assert "Linked to “IFMSA-Japan”." in ended.out


async def test_a_database_that_is_missing_is_not_made(home: Installation, discord: WireDiscord) -> None:
    home.database.unlink()
    ended = await home.doctor(discord)
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert problem.startswith(f"There's no database at {home.database}.")
    assert not home.database.exists()
    assert "isn't linked" not in ended.out, "what can't be known is not said"


async def test_a_database_that_is_outdated_newer_empty_or_no_database(home: Installation) -> None:
    def record(sql: str, *values: str) -> None:
        with closing(sqlite3.connect(home.database)) as connection, connection:
            connection.execute(sql, values)

    token = {"DISCORD_TOKEN": ""}
    record("UPDATE alembic_version SET version_num = ?", schema.revisions()[0])
    (first, *_) = findings(await home.doctor(None, **token), "notice")
    assert first.startswith(
        f"The schema is at version {schema.revisions()[0]}, but the program needs {schema.revisions()[-1]}."
    )
    assert "python -m bot backup" in first
    record("UPDATE alembic_version SET version_num = '9999'")
    assert "The database (9999) is newer than this program" in findings(await home.doctor(None, **token), "problem")[0]
    record("DROP TABLE alembic_version")
    assert "python -m bot migrate" in findings(await home.doctor(None, **token), "problem")[0]
    home.database.write_bytes(b"not a database" * 1000)
    broken = await home.doctor(None, **token)
    assert findings(broken, "problem")[0].startswith("Can't read the database (DatabaseError).")
    assert "python -m bot restore" in findings(broken, "problem")[0]
    assert sorted(file.name for file in home.folder.iterdir()) == ["backups", "key.txt", "nas", "tsunagu.db"]


async def test_a_path_with_blanks_and_japanese_in_it(home: Installation) -> None:
    folder = home.folder / "ボット 100% #1"
    folder.mkdir()
    shutil.copy(home.database, folder / "データ.db")
    ended = await home.doctor(None, TSUNAGU_DATABASE_URL=f"sqlite:///{folder}/データ.db")
    assert f"The schema is up to date ({schema.revisions()[-1]})." in findings(ended, "ok")


async def test_postgresql_present_and_absent(databases: Databases, home: Installation, discord: WireDiscord) -> None:
    if postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    url = await databases.postgres()
    await link(url, all_parts())
    ended = await home.doctor(discord, TSUNAGU_DATABASE_URL=url)
    assert ended.code == 0
    assert any(line.startswith("Connected to PostgreSQL ") for line in findings(ended, "ok"))
    assert "Everything the bot created is in place." in findings(ended, "ok")
    absent = url.replace("postgres@", "postgres:hunter2@").rsplit("/", 1)[0] + "/nowhere"
    ended = await home.doctor(discord, TSUNAGU_DATABASE_URL=absent)
    assert ended.code == 1
    assert findings(ended, "problem")[0].startswith("Can't read the database (")
    assert "hunter2" not in ended.out


async def test_copies_that_are_old_missing_unreadable_or_in_the_open(home: Installation) -> None:
    none = await home.doctor(None, TSUNAGU_BACKUP_COPY_TO="", TSUNAGU_BACKUP_FOLDER=str(home.folder / "empty"))
    assert any("There's no backup in" in notice for notice in findings(none, "notice"))
    assert any("only kept on this machine" in notice for notice in findings(none, "notice"))
    assert not (home.folder / "empty").exists()
    for file in (home.folder / "backups").iterdir():
        file.rename(file.with_name("tsunagu-20260101-000000.db"))
    unmounted = await home.doctor(
        None, TSUNAGU_BACKUP_COPY_TO=str(home.folder / "gone"), TSUNAGU_BACKUP_PUBLIC_KEY=""
    )  # fmt: skip
    problems = findings(unmounted, "problem")
    assert any(problem.startswith("The latest backup is ") for problem in problems)
    assert any("Check that it's mounted" in problem for problem in problems)
    assert any("aren't encrypted" in notice for notice in findings(unmounted, "notice"))
    async with wire_s3() as s3:
        seen = await home.doctor(None, **s3.environment)
        assert any("no off-site backup yet" in notice for notice in findings(seen, "notice"))
        s3.buckets.clear()
        lost = await home.doctor(None, **s3.environment)
    assert any("There's no bucket tsunagu at 127.0.0.1." in problem for problem in findings(lost, "problem"))
    assert SECRET_KEY not in seen.out + lost.out


async def test_addresses_that_do_not_answer_or_where_somebody_else_does(home: Installation) -> None:
    async def stranger(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/{rest:.*}", stranger)
    async with on_loopback(app) as port:
        taken = await home.doctor(None, TSUNAGU_HTTP_PORT=str(port), TSUNAGU_PUBLIC_URL=f"http://localhost:{port}")
    assert f"Another program is using http://127.0.0.1:{port}." in findings(taken, "problem")[0]
    assert f"can't be reached at http://localhost:{port} (HTTP 200)" in findings(taken, "problem")[1]
    silent = await home.doctor(None, TSUNAGU_HTTP_PORT=str(port), TSUNAGU_PUBLIC_URL=f"http://localhost:{port}")
    assert any("isn't running here" in notice for notice in findings(silent, "notice"))
    assert f"can't be reached at http://localhost:{port} (no response)" in findings(silent, "problem")[0]
    assert "Start the bot first" in findings(silent, "problem")[0]


async def test_every_wrong_setting_is_told_and_only_what_goes_by_it_is_left_out(home: Installation) -> None:
    ended = await home.doctor(
        None, TSUNAGU_DATABSE_URL="sqlite:///x", TSUNAGU_HTTP_PORT="70000", TSUNAGU_PUBLIC_URL="http://example.org",
        DISCORD_TOKEN="hunter2 hunter2",
    )  # fmt: skip
    assert ended.code == 1
    assert [problem.partition(":")[0] for problem in findings(ended, "problem")] == [
        "TSUNAGU_DATABSE_URL", "DISCORD_TOKEN", "TSUNAGU_HTTP_PORT", "TSUNAGU_PUBLIC_URL",
    ]  # fmt: skip
    assert "did you mean TSUNAGU_DATABASE_URL?" in ended.out
    assert "hunter2" not in ended.out
    assert "## Web" not in ended.out
    assert "## Discord" not in ended.out
    assert "The latest backup is 3 hours old." in findings(ended, "ok")


async def test_without_a_token_it_still_says_what_it_can(home: Installation) -> None:
    ended = await home.doctor(None)
    assert ended.code == 1
    (problem,) = findings(ended, "problem")
    assert problem.startswith("DISCORD_TOKEN isn't set")
    assert "The latest backup is 3 hours old." in findings(ended, "ok")


async def test_a_console_that_does_not_know_japanese_is_no_reason_to_stop(home: Installation) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", env={**home.env, "PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), HANG)
    assert process.returncode == 1
    assert b"DISCORD_TOKEN" in out
    assert err == b""
