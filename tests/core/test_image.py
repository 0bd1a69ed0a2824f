"""The image's own steps, without a Docker engine: what it copies, with its environment, in a read-only folder."""

from __future__ import annotations

import os
import re
import shutil
import socket
from pathlib import Path

import pytest
import yaml

from tests.support.processes import ROOT, bot_process, run_bot
from tests.wire.discord import guild, wire_discord

DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUILD = 920_000_000_000_000_000


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What the last stage copies, and nothing else, with the files that .dockerignore leaves out left out."""
    folder = tmp_path / "app"
    folder.mkdir()
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    copied = re.findall(r"^COPY (?!--from)(\S+) (\S+)$", last_stage, re.M)
    assert [source for source, _ in copied] == ["bot", "cogs", "migrations"]
    for source, target in copied:
        shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
    assert "bot/demo" in (ROOT / ".dockerignore").read_text().split()
    shutil.rmtree(folder / "bot" / "demo")
    for file in [folder, *folder.rglob("*")]:
        file.chmod(0o555 if file.is_dir() else 0o444)
    return folder


def environment(data: Path) -> dict[str, str]:
    """The ENV of the image, with its volume at ``data`` and the tools of this environment."""
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.M)
    assert block
    pairs = dict(part.split("=", 1) for part in block[1].replace("\\\n", " ").split())
    pairs["PATH"] = os.environ["PATH"]
    return {name: value.replace("/data", str(data)) for name, value in pairs.items()} | {"TSUNAGU_HTTP_PORT": "0"}


async def test_it_runs_writes_only_to_its_volume_and_is_healthy(image: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    env = environment(data)
    with socket.socket() as deaf:  # bound, so that nobody else takes the port, but not listening
        deaf.bind(("127.0.0.1", 0))
        ill = await run_bot("healthy", env={**env, "TSUNAGU_HTTP_PORT": str(deaf.getsockname()[1])})
    assert (ill.code, ill.out) == (1, "")
    assert ill.err.startswith("no answer")
    before = {file: file.stat().st_mtime_ns for file in image.rglob("*")}
    async with (
        wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord,
        bot_process("run", env={**env, **discord.environment}, folder=image) as process,
    ):
        port = str(await process.logged("health server", "port"))
        await process.logged("ready", "servers")
        well = await run_bot("healthy", env={**env, "TSUNAGU_HTTP_PORT": port}, folder=image)
        process.signal()
        ended = await process.finished()
    assert (well.code, well.err) == (0, "")
    assert ended.code == 0
    assert {file: file.stat().st_mtime_ns for file in image.rglob("*")} == before
    assert (data / "tsunagu.db").is_file()
    demo = await run_bot("demo", env=env, folder=image)
    assert (demo.code, demo.err) == (2, "The demo isn't part of this installation.\n")


def test_the_image_runs_as_nobody_special() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER 10001$", last_stage, re.M)
    assert re.search(r"^VOLUME /data$", last_stage, re.M)
    assert re.search(r"^HEALTHCHECK ", last_stage, re.M)
    assert re.search(r'^ENTRYPOINT \["python", "-m", "bot"\]$', last_stage, re.M)
    assert "TOKEN" not in DOCKERFILE


def test_compose_keeps_the_root_read_only_and_publishes_nothing() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["bot"]["read_only"] is True
    assert services["bot"]["volumes"] == ["data:/data"]
    assert services["bot"]["env_file"] == [".env"], "every setting that is written there reaches the bot"
    assert services["database"]["profiles"] == ["postgres"]
    for service in services.values():
        assert "ports" not in service


def test_the_image_can_copy_either_database_to_anywhere() -> None:
    server = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["database"]["image"]
    client = re.search(r"postgresql-client-(\d+)=", DOCKERFILE)
    assert client, "pg_dump refuses a server newer than itself"
    assert int(client[1]) >= int(re.search(r"postgres:(\d+)", server)[1])  # type: ignore[index]
    installed = set(re.findall(r"-r (requirements/\w+\.txt)", DOCKERFILE))
    assert installed == {"requirements/postgres.txt", "requirements/s3.txt"}
    copied = re.search(r"^COPY (requirements/.*) requirements/$", DOCKERFILE, re.M)
    assert copied
    assert set(copied[1].split()) == installed
