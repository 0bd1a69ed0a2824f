"""The command line: ``python -m bot run | demo | migrate | doctor | backup | restore | key | healthy | commands``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot import settings
from bot.errors import StartError
from bot.i18n import LANGUAGES


def command_line() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Tsunagu, the bot that connects committees.")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="run the bot on Discord (needs DISCORD_TOKEN)")
    run_parser.add_argument(
        "--worker", action="store_true", help="only send what is due, beside another process (needs PostgreSQL)"
    )
    commands.add_parser("demo", help="run the bot against a simulated Discord in your browser")
    commands.add_parser("migrate", help="bring the database up to date and stop")
    doctor_parser = commands.add_parser(
        "doctor", help="look at everything, and say what is wrong and what to do about it"
    )
    doctor_parser.add_argument("--language", choices=LANGUAGES, default="ja")
    commands.add_parser("backup", help="copy the database now; the bot may be running")
    restore_parser = commands.add_parser("restore", help="put a copy in the place of the database; stop the bot first")
    restore_parser.add_argument("file", nargs="?", help="the copy; the newest if left out")
    restore_parser.add_argument(
        "--remote", action="store_true", help="take it from TSUNAGU_BACKUP_COPY_TO, by its name"
    )
    restore_parser.add_argument(
        "--key", metavar="FILE", help="the private key of an encrypted copy; - reads it from input"
    )
    key_parser = commands.add_parser("key", help="make a pair of keys, to encrypt the copies that leave this machine")
    key_parser.add_argument("file", type=Path, help="where the private key is written; it must not be there yet")
    commands.add_parser("healthy", help="ask the bot running here whether it is ready; for a container's health check")
    reference_parser = commands.add_parser("commands", help="print the command reference as Markdown")
    reference_parser.add_argument("--language", choices=LANGUAGES, default="ja")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a command. 0: done; 1: not healthy, or the doctor found a problem; 2: couldn't start, and one line on
    standard error says why."""
    chosen = command_line().parse_args(arguments)
    try:
        if chosen.command == "doctor":  # which is there for wrong settings too
            from bot.doctor.main import examine

            return asyncio.run(examine(chosen.language))
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
                from bot.maintenance import back_up

                asyncio.run(back_up(loaded))
            case "restore":
                from bot.maintenance import restore

                asyncio.run(restore(loaded, chosen.file, remote=chosen.remote, key_file=chosen.key))
            case "key":
                from bot.maintenance import make_key

                make_key(chosen.file)
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
