"""The real process against a real socket: start, refusal, locks, signals."""

from __future__ import annotations

import asyncio
import signal
import socket
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.housekeeping import last_night
from tests.support.loopback import on_loopback
from tests.support.processes import bot_process, run_bot
from tests.support.waiting import HANG
from tests.wire.contract import needs_contract
from tests.wire.discord import TOKEN, Fault, guild, wire_discord

GUILD = 920_000_000_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a process with a database of its own and any free port for its health."""
    return {
        "TSUNAGU_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/tsunagu.db",
        "TSUNAGU_HTTP_PORT": "0",
        "TSUNAGU_LOG_FORMAT": "json",
    }


async def test_without_a_token_it_says_so_in_one_line_and_never_serves_anything(home: dict[str, str]) -> None:
    ended = await run_bot("run", env=home)
    assert ended.code == 2
    assert ended.err.strip().startswith("DISCORD_TOKEN isn't set.")
    assert len(ended.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TSUNAGU_DATABSE_URL": "sqlite:///x"}, [
            "TSUNAGU_DATABSE_URL: no such setting; did you mean TSUNAGU_DATABASE_URL?",
        ]),
        ({"TSUNAGU_DATABASE_URL": "mysql://root:hunter2@x/y"}, [
            "TSUNAGU_DATABASE_URL: must start with sqlite or postgresql",
        ]),
        ({"TSUNAGU_DATABASE_URL": "hunter2"}, [
            "TSUNAGU_DATABASE_URL: is not a database URL; example: sqlite+aiosqlite:///var/tsunagu.db",
        ]),
        ({"TSUNAGU_HTTP_PORT": "70000", "TSUNAGU_LOG_LEVEL": "loud"}, [
            "TSUNAGU_HTTP_PORT: must be at most 65535",
            "TSUNAGU_LOG_LEVEL: must be one of: 'debug', 'info', 'warning' or 'error'",
        ]),
        ({"TSUNAGU_DATABASE_URL": "sqlite://"}, [
            "TSUNAGU_DATABASE_URL: must name a file; an in-memory database is lost when the bot stops",
        ]),
        ({"DISCORD_TOKEN": "hunter2 hunter2"}, [
            "DISCORD_TOKEN: contains spaces or line breaks; copy it again from the Developer Portal",
        ]),
        ({"TSUNAGU_PUBLIC_URL": "http://bot.example.org"}, [
            "TSUNAGU_PUBLIC_URL: must be an https address such as https://bot.example.org (http only for this machine)",
        ]),
        ({"TSUNAGU_PUBLIC_URL": "https://hunter2:hunter2@bot.example.org"}, [
            "TSUNAGU_PUBLIC_URL: must be a plain address, without a user name, a question mark or a #",
        ]),
        ({"TSUNAGU_BACKUP_COPY_TO": "s3://bucket/prefix"}, [
            "TSUNAGU_BACKUP_COPY_TO: needs TSUNAGU_BACKUP_S3_ACCESS_KEY and TSUNAGU_BACKUP_S3_SECRET_KEY",
        ]),
        ({"TSUNAGU_BACKUP_COPY_TO": "ftp://hunter2@bucket"}, [
            "TSUNAGU_BACKUP_COPY_TO: must be a folder, or s3://bucket/prefix",
        ]),
        ({"TSUNAGU_BACKUP_PUBLIC_KEY": "AGE-SECRET-KEY-1HUNTER2hunter2"}, [
            "TSUNAGU_BACKUP_PUBLIC_KEY: must be a public key (age1…); create a key pair with “python -m bot key FILE”",
        ]),
        ({"TSUNAGU_DISCORD_API_URL": "ftp://x"}, ["TSUNAGU_DISCORD_API_URL: must start with http:// or https://"]),
    ],
)  # fmt: skip
async def test_each_wrong_setting_is_one_clear_line(variables: dict[str, str], said: list[str]) -> None:
    ended = await run_bot("run", env=variables)
    assert ended.code == 2
    assert ended.err.strip().splitlines() == said
    assert "hunter2" not in ended.err


async def test_a_refused_token_ends_in_one_line_that_does_not_repeat_it(home: dict[str, str]) -> None:
    async with wire_discord() as discord:
        secret = "OTAw.wrong.very-secret-token-value"
        ended = await run_bot("run", env={**home, **discord.environment, "DISCORD_TOKEN": secret})
    assert ended.code == 2
    assert "Discord rejected the DISCORD_TOKEN" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err
    assert secret not in ended.err + ended.out


async def test_an_intent_that_is_switched_off_is_named(home: dict[str, str]) -> None:
    async with wire_discord(allowed_intents=0) as discord:
        ended = await run_bot("run", env={**home, **discord.environment})
    assert ended.code == 2
    assert "Server Members Intent" in ended.err.splitlines()[-1]


async def test_a_database_that_is_not_there_is_one_line(home: dict[str, str]) -> None:
    with socket.socket() as deaf:  # bound, so that nobody else takes the port, but not listening
        deaf.bind(("127.0.0.1", 0))
        url = f"postgresql://tsunagu:hunter2@127.0.0.1:{deaf.getsockname()[1]}/tsunagu"
        ended = await run_bot("migrate", env={**home, "TSUNAGU_DATABASE_URL": url})
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("The database can't be used")
    assert len(ended.err.strip().splitlines()) == 1


async def test_a_folder_that_cannot_be_written_is_one_line() -> None:
    for command in ("migrate", "run"):
        ended = await run_bot(
            command, env={"TSUNAGU_DATABASE_URL": "sqlite:////dev/null/x/y.db", "DISCORD_TOKEN": "a.b.c"}
        )
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("The database folder /dev/null/x can't be used")
        assert len(ended.err.strip().splitlines()) == 1


async def test_a_command_from_before_an_update_says_to_reload(home: dict[str, str]) -> None:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        env = {**home, **discord.environment}
        async with bot_process("run", env=env) as process:
            await asyncio.wait_for(discord.identified.wait(), HANG)
            await discord.slash(GUILD, GUILD + 100, GUILD + 10_000, "no-longer-there")
            (answer,) = await discord.until(lambda: discord.sent("POST", "/callback"))
            process.signal()
            ended = await process.finished()
    assert "このコマンドは新しくなりました" in answer.body["data"]["embeds"][0]["description"]
    assert "unexpected error" not in ended.err


async def test_it_becomes_ready_tells_its_health_and_ends_well_on_a_signal(home: dict[str, str]) -> None:
    async with wire_discord(guilds=[guild(GUILD, "Kansai", members=1500)]) as discord:
        async with bot_process("run", env={**home, **discord.environment}) as process, aiohttp.ClientSession() as http:
            await discord.until(lambda: discord.sent("PUT", "/commands"))
            await asyncio.wait_for(discord.identified.wait(), HANG)
            address = f"http://127.0.0.1:{await process.logged('health server', 'port')}"
            async with asyncio.timeout(HANG):
                while True:
                    async with http.get(f"{address}/readyz") as answer:
                        if answer.status == 200:
                            break
                        assert set((await answer.json())["trouble"]) <= {"gateway", "worker"}
                    await asyncio.sleep(0.05)
            async with http.get(f"{address}/healthz") as answer:
                assert (answer.status, await answer.json()) == (200, {"status": "ok"})
            await discord.slash(GUILD, GUILD + 100, GUILD + 10_000, "home")
            await discord.until(lambda: discord.sent("POST", "/callback"))
            async with http.get(f"{address}/metrics") as answer:
                numbers = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if line[0] != "#")
            assert numbers["tsunagu_ready"] == "1.0"
            assert (numbers["tsunagu_servers"], numbers["tsunagu_members"]) == ("1.0", "1500.0")
            assert numbers['tsunagu_interactions_total{kind="application_command"}'] == "1.0"
            assert numbers['tsunagu_errors_total{whose="user"}'] == "1.0", "the server isn't linked"
            assert numbers['tsunagu_errors_total{whose="fault"}'] == "0.0"
            assert "process_resident_memory_bytes" in numbers
            process.signal()
            ended = await process.finished()
        assert ended.code == 0
        assert "Traceback" not in ended.err
        assert TOKEN not in ended.err + ended.out

        async with bot_process("run", env={**home, **discord.environment}) as process:
            discord.identified.clear()
            await asyncio.wait_for(discord.identified.wait(), HANG)
            process.signal()
            await process.finished()
        assert len(discord.sent("PUT", "/commands")) == 1, "an unchanged set of commands is not sent again"
        assert discord.problems == []


async def test_somebody_else_hears_its_heart_while_it_is_well(home: dict[str, str]) -> None:
    heard = asyncio.Event()

    async def watcher(_request: web.Request) -> web.Response:
        heard.set()
        return web.Response()

    app = web.Application()
    app.router.add_get("/secret-address", watcher)
    async with on_loopback(app) as port:
        env = {
            **home,
            "TSUNAGU_HEARTBEAT_URL": f"http://127.0.0.1:{port}/secret-address",
            "TSUNAGU_HEARTBEAT_SECONDS": "5",
            "TSUNAGU_LOG_LEVEL": "debug",
        }
        async with (
            wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord,
            bot_process("run", env={**env, **discord.environment}) as process,
        ):
            finished = asyncio.create_task(process.finished())  # reads its log, which at this level fills a pipe
            await asyncio.wait_for(heard.wait(), HANG)
            assert discord.identified.is_set(), "not before it is connected"
            process.signal()
            ended = await finished
    assert ended.code == 0
    assert "secret-address" not in ended.err


async def test_a_new_place_has_a_copy_from_its_first_start(home: dict[str, str], tmp_path: Path) -> None:
    env = {**home, "TSUNAGU_BACKUP_FOLDER": str(tmp_path / "backups")}
    async with wire_discord() as discord, bot_process("run", env={**env, **discord.environment}) as process:
        assert Path(await process.logged("backup made", "file")).is_file()


async def test_metrics_tell_how_old_the_copies_are(home: dict[str, str], tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "backups", tmp_path / "nas"
    folder.mkdir()
    elsewhere.mkdir()
    now = SystemClock().now()
    here = max(now - timedelta(hours=1), last_night(now))  # so that there is no night to make up for
    for place, made in ((folder, here), (elsewhere, now - timedelta(days=3))):
        (place / f"tsunagu-{made:%Y%m%d-%H%M%S}.db").touch()
    env = {**home, "TSUNAGU_BACKUP_FOLDER": str(folder), "TSUNAGU_BACKUP_COPY_TO": str(elsewhere)}
    async with (
        wire_discord() as discord,
        bot_process("run", env={**env, **discord.environment}) as process,
        aiohttp.ClientSession() as http,
    ):
        address = f"http://127.0.0.1:{await process.logged('health server', 'port')}/metrics"
        async with asyncio.timeout(HANG):
            while True:
                async with http.get(address) as answer:
                    numbers = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if line[0] != "#")
                if "tsunagu_backup_copy_age_seconds" in numbers:
                    break
                await asyncio.sleep(0.05)
    assert float(numbers["tsunagu_backup_age_seconds"]) == pytest.approx((now - here).total_seconds(), abs=120)
    assert float(numbers["tsunagu_backup_copy_age_seconds"]) == pytest.approx(3 * 86_400, abs=120)


async def test_what_is_in_hand_is_finished_before_the_end(home: dict[str, str]) -> None:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        held, go_on = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            held.set()
            await go_on.wait()

        discord.routes.before_callback = hold
        async with bot_process("run", env={**home, **discord.environment}) as process:
            await asyncio.wait_for(discord.identified.wait(), HANG)
            await discord.slash(GUILD, GUILD + 100, GUILD + 10_000, "home")
            await asyncio.wait_for(held.wait(), HANG)
            process.signal()
            await process.logged("stopping", "event")
            assert process.process.returncode is None, "it waits for the answer to arrive"
            go_on.set()
            ended = await process.finished()
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert "before everything was done" not in ended.err
    assert discord.problems == []


async def test_it_ends_in_time_even_if_the_other_side_never_answers(home: dict[str, str]) -> None:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        held, never = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            held.set()
            await never.wait()

        discord.routes.before_callback = hold
        async with bot_process("run", env={**home, **discord.environment}) as process:
            await asyncio.wait_for(discord.identified.wait(), HANG)
            await discord.slash(GUILD, GUILD + 100, GUILD + 10_000, "home")
            await asyncio.wait_for(held.wait(), HANG)
            process.signal()
            ended = await process.finished()
        never.set()
    assert "before everything was done" in ended.err


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_end_while_it_logs_in_it_ends_well_at_once(home: dict[str, str], signum: signal.Signals) -> None:
    async with wire_discord() as discord:
        discord.faults.add(Fault(method="GET", part="/users/@me", delay=3600))
        async with bot_process("run", env={**home, **discord.environment}) as process:
            await discord.until(lambda: discord.sent("GET", "/users/@me"))
            process.signal(signum)
            ended = await process.finished()
        assert (ended.code, ended.out) == (0, "")
        assert "Traceback" not in ended.err
        # The file is free again.
        async with bot_process("run", env={**home, **discord.environment}) as process:
            await asyncio.wait_for(discord.identified.wait(), HANG)


async def test_a_second_process_on_the_same_file_is_refused(home: dict[str, str]) -> None:
    async with wire_discord() as discord, bot_process("run", env={**home, **discord.environment}):
        await asyncio.wait_for(discord.identified.wait(), HANG)
        for command in ("run", "migrate"):
            second = await run_bot(command, env={**home, **discord.environment})
            assert second.code == 2
            assert "Another process is using" in second.err.splitlines()[-1]
            assert "Traceback" not in second.err


async def test_a_taken_port_is_named(home: dict[str, str]) -> None:
    async with wire_discord() as discord:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            ended = await run_bot("run", env={**home, **discord.environment, "TSUNAGU_HTTP_PORT": port})
    assert ended.code == 2
    assert "Set TSUNAGU_HTTP_PORT to a free port" in ended.err


@needs_contract
async def test_real_answers_hold_against_the_official_description(home: dict[str, str]) -> None:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        process = bot_process("run", env={**home, **discord.environment})
        async with process:
            await asyncio.wait_for(discord.identified.wait(), HANG)
            for name in ("home", "setup"):
                await discord.slash(GUILD, GUILD + 100, GUILD + 10_000, name)
            await discord.until(lambda: len(discord.sent("POST", "/callback")) == 2)
    answers = [one.body["data"]["embeds"][0]["description"] for one in discord.sent("POST", "/callback")]
    assert any("どの組織ともつながっていません" in answer for answer in answers)
    assert discord.problems == []
