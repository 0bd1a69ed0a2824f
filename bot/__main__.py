"""The command line: ``python -m bot run | demo | migrate | backup | restore | healthy | commands``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot import settings
from bot.errors import StartError
from bot.i18n import LANGUAGES


def main(arguments: list[str] | None = None) -> int:
    """Run a command. 0: done; 1: not healthy; 2: couldn't start, and one line on standard error says why."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Tsunagu, the bot that connects committees.")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="run the bot on Discord (needs DISCORD_TOKEN)")
    run_parser.add_argument(
        "--worker", action="store_true", help="only send what is due, beside another process (needs PostgreSQL)"
    )
    commands.add_parser("demo", help="run the bot against a simulated Discord in your browser")
    commands.add_parser("migrate", help="bring the database up to date and stop")
    commands.add_parser("backup", help="copy the database now; the bot may be running")
    restore_parser = commands.add_parser("restore", help="put a copy in the place of the database; stop the bot first")
    restore_parser.add_argument("file", nargs="?", type=Path, help="the copy; the newest if left out")
    commands.add_parser("healthy", help="ask the bot running here whether it is ready; for a container's health check")
    reference_parser = commands.add_parser("commands", help="print the command reference as Markdown")
    reference_parser.add_argument("--language", choices=LANGUAGES, default="ja")
    chosen = parser.parse_args(arguments)
    try:
        loaded = settings.load()
        match chosen.command:
            case "run":
                from bot.runner import run

                asyncio.run(run(loaded, worker_only=chosen.worker))
            case "demo":
                try:
                    from bot.demo.main import demo
                except ModuleNotFoundError:
                    raise StartError("The demo is not part of this installation.") from None
                asyncio.run(demo(loaded))
            case "migrate":
                from bot.runner import migrate

                asyncio.run(migrate(loaded))
            case "backup":
                from bot.runner import back_up

                asyncio.run(back_up(loaded))
            case "restore":
                from bot.runner import restore

                asyncio.run(restore(loaded, chosen.file))
            case "healthy":
                from bot.web.probe import ask

                return asyncio.run(ask(loaded))
            case "commands":
                from bot.reference import reference

                print(asyncio.run(reference(loaded, chosen.language)), end="")
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
