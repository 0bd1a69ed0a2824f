"""``python -m bot demo``: the world, the lobby, and nothing but a database of its own."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from bot import log as logging_setup
from bot.errors import StartError
from bot.runner import only_process
from bot.settings import Settings
from bot.signals import on_end

FOLDER = Path("var/demo")


def own_settings(settings: Settings, folder: Path = FOLDER) -> Settings:
    """The settings with the demo's own database.

    Raises:
        StartError: another database is asked for. The demo begins by emptying its database, so it takes no other.
    """
    if "database_url" in settings.model_fields_set:
        file = settings.database_file
        if file is None or folder.resolve() not in file.resolve().parents:
            raise StartError(
                f"The demo uses only a database of its own in {folder}/. Unset TSUNAGU_DATABASE_URL, "
                "or start the real bot: python -m bot run"
            )
    return settings.model_copy(
        update={
            "database_url": f"sqlite+aiosqlite:///{folder / 'tsunagu.db'}",
            "discord_token": None,
            "discord_api_url": None,
            "discord_gateway_url": None,
            "guild_ready_timeout": 0.0,
            # The simulated Discord has no limits, and its time stands still while somebody looks.
            "send_rate": 0.0,
            "direct_message_rate": 0.0,
        }
    )


async def demo(settings: Settings) -> None:
    """Run the demo until Ctrl-C or SIGTERM; prints one line with its address.

    Raises:
        StartError: the demo's packages are missing, its port is taken, or another demo is running.
    """
    if "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "error"})  # a visitor's terminal shows faults, no chatter
    settings = own_settings(settings)
    logging_setup.configure(settings)
    try:
        import simcord.preview  # noqa: F401
    except ModuleNotFoundError:
        raise StartError("The demo's packages are missing. Install requirements/demo.txt, or use: make run") from None
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    # The lock stands beside the folder, which is emptied.
    with only_process(FOLDER.parent / "demo-running"):
        await _until_stopped(settings)


async def _until_stopped(settings: Settings) -> None:
    from bot.demo.lobby import Lobby
    from bot.demo.simulator import localised
    from bot.demo.world import DemoWorld, close, create

    async def begin() -> DemoWorld:
        shutil.rmtree(FOLDER, ignore_errors=True)
        return await create(settings)

    lobby = Lobby(begin, close, port=settings.demo_port)
    with localised(lambda _user_id: lobby.locale):
        async with lobby.open() as port:
            print(f"Tsunagu demo: http://127.0.0.1:{port}/", flush=True)
            await _signal()


async def _signal() -> None:
    stop = asyncio.Event()
    on_end(stop.set)
    await stop.wait()
