"""The command line: ``python -m bot run | demo | migrate | doctor | backup | restore | key | healthy | …``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

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
    doctor_parser = commands.add_parser("doctor", help="check everything, and say what's wrong and how to fix it")
    doctor_parser.add_argument("--language", choices=LANGUAGES, default="ja")
    commands.add_parser("backup", help="back up the database now; the bot may be running")
    restore_parser = commands.add_parser("restore", help="restore the database from a backup; stop the bot first")
    restore_parser.add_argument("file", nargs="?", help="the backup; the latest if left out")
    restore_parser.add_argument(
        "--remote", action="store_true", help="take it from TSUNAGU_BACKUP_COPY_TO, by its name"
    )
    restore_parser.add_argument(
        "--key", metavar="FILE", help="the private key of an encrypted backup; - reads it from standard input"
    )
    key_parser = commands.add_parser("key", help="create a key pair to encrypt off-site backups")
    key_parser.add_argument("file", type=Path, help="where to write the private key; the file must not exist yet")
    commands.add_parser("healthy", help="check whether the bot running here is ready; for a container's health check")
    officers = commands.add_parser(
        "officer", help="appoint a national officer when nobody can do it in Discord any more"
    )
    add_parser = officers.add_subparsers(dest="officer_command", required=True).add_parser(
        "add", help="audited, and announced to all officers; the bot may be running"
    )
    add_parser.add_argument("--user", type=int, required=True, metavar="ID", help="the person's Discord user id")
    add_parser.add_argument("--name", required=True, help="the name officers know them by")
    add_parser.add_argument("--organisation", help="its name or number; not needed where there is only one")
    add_parser.add_argument("--from", dest="starts", type=date.fromisoformat, metavar="DATE", help="today if left out")
    add_parser.add_argument(
        "--until", dest="ends", type=date.fromisoformat, metavar="DATE", help="the end of the fiscal year if left out"
    )
    _person_parsers(commands)
    reference_parser = commands.add_parser("commands", help="print the command reference as Markdown")
    reference_parser.add_argument("--language", choices=LANGUAGES, default="ja")
    return parser


def _person_parsers(commands: Any) -> None:
    person = commands.add_parser("person", help="export or delete the data of somebody who can't do it in Discord")
    chosen = person.add_subparsers(dest="person_command", required=True)
    export_parser = chosen.add_parser("export", help="write it into two files, JSON and CSV; audited")
    delete_parser = chosen.add_parser("delete", help="delete everything; audited")
    for parser in (export_parser, delete_parser):
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", type=int, metavar="ID", help="the person's Discord user id")
        who.add_argument("--record", type=int, metavar="NUMBER", help="the number of the record")
        parser.add_argument("--organisation", help="its name or number; not needed where there is only one")
    export_parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="here if left out")
    delete_parser.add_argument("--yes", action="store_true", help="don't ask once more")


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
                    raise StartError("The demo isn't part of this installation.") from None
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
            case "officer" | "person":
                asyncio.run(_about_somebody(chosen, loaded))
            case "commands":
                from bot.reference import reference

                print(asyncio.run(reference(loaded, chosen.language)), end="")
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def _about_somebody(chosen: argparse.Namespace, loaded: settings.Settings) -> None:
    from bot import officers, person

    if chosen.command == "officer":
        await officers.add(loaded, chosen.organisation, chosen.user, chosen.name, chosen.starts, chosen.ends)
        return
    wanted = person.Wanted(chosen.organisation, chosen.user, chosen.record)
    if chosen.person_command == "export":
        await person.export(loaded, wanted, chosen.to)
    else:
        await person.delete(loaded, wanted, is_sure=chosen.yes)


def _leave(code: int) -> NoReturn:
    """End the process. The library that copies to S3 has threads of its own, which no call of it ends: while Python
    takes itself apart one of them may abort the process (PyO3/pyo3-async-runtimes#40), so it isn't left to that."""
    if "obstore" in sys.modules:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    _leave(main())
