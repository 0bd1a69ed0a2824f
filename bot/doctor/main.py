"""The order of the checks, and the sum of what they found."""

from __future__ import annotations

import sys

from bot import log, settings
from bot.clock import SystemClock
from bot.doctor import backups, database, discord, servers, web
from bot.doctor.report import Report
from bot.i18n import words_for
from bot.settings import Problem, Settings


async def examine(language: str) -> int:
    """Look at everything and print what there is to say. 0 if nothing is wrong, else 1."""
    _survive_odd_consoles()
    found, problems = settings.read()
    log.configure(found.model_copy(update={"log_level": "error"}))
    words = words_for(language)
    report = Report(words, lambda line: print(line, flush=True), log.secrets_of(found))
    wrong = {problem.name for problem in problems}
    _settings(report, found, problems)

    def usable(*prefixes: str) -> bool:
        """Are the settings right that a group of checks goes by?"""
        return not any(name.startswith(prefixes) for name in wrong)

    known = None
    if usable("TSUNAGU_DATABASE_"):
        report.section(words("Database"))
        known = await database.check(report, found)
    if usable("TSUNAGU_BACKUP_", "TSUNAGU_DATABASE_"):
        report.section(words("Backups"))
        await backups.check(report, found, SystemClock().now())
    if usable("TSUNAGU_HTTP_", "TSUNAGU_PUBLIC_"):
        report.section(words("Web"))
        await web.check(report, found)
    if usable("DISCORD_TOKEN", "TSUNAGU_DISCORD_"):
        report.section(words("Discord"))
        async with discord.logged_in(report, found) as client:
            if client is not None:
                await servers.check(report, client, known)
    report.section(words("Summary"))
    problems_text = words.plural("{n} problem", "{n} problems", report.problems)
    notices_text = words.plural("{n} notice", "{n} notices", report.notices)
    report.say(words("{problems}, {notices}", problems=problems_text, notices=notices_text))
    return 1 if report.problems else 0


def _settings(report: Report, found: Settings, problems: list[Problem]) -> None:
    words = report.words
    report.section(words("Settings"))
    for problem in problems:
        said = words(problem.message, **problem.params)
        report.problem(
            f"{problem.name}: {said}", words("Correct this value. docs/operations.md explains every setting.")
        )
    if not problems:
        report.ok(words("All settings are valid."))
    else:
        report.say(words("Checks that need these settings were skipped."))


def _survive_odd_consoles() -> None:
    """A Windows console that doesn't know a character shows another one instead of ending the program."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
