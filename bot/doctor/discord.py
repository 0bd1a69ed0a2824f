"""Is the token right, and is the application set as the bot needs it? By REST alone, without the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot import endpoint
from bot.doctor.report import Report
from bot.settings import Settings
from bot.ui.permissions import invite_link, needed_permissions


@asynccontextmanager
async def logged_in(report: Report, settings: Settings) -> AsyncIterator[discord.Client | None]:
    """A client that may ask Discord; None if there is none, for a reason that stands in the report then."""
    words = report.words
    if settings.discord_token is None:
        report.problem(
            words("DISCORD_TOKEN isn't set, so Discord can't be checked."),
            words(
                "Copy it from where you keep it. If nobody has it: Developer Portal → your application → Bot "
                "→ Reset Token (the old token stops working)."
            ),
        )
        yield None
        return
    endpoint.point(settings)
    client = discord.Client(intents=discord.Intents.none())
    try:
        yield client if await _log_in(report, client, settings.discord_token.get_secret_value()) else None
    finally:
        await client.close()


async def _log_in(report: Report, client: discord.Client, token: str) -> bool:
    words = report.words
    try:
        await client.login(token)
    except discord.LoginFailure:
        report.problem(
            words("Discord rejected the DISCORD_TOKEN."),
            words("Developer Portal → your application → Bot → Reset Token, then put the new token in DISCORD_TOKEN."),
        )
        return False
    except (aiohttp.ClientError, OSError, TimeoutError, discord.HTTPException) as error:
        report.problem(
            words("Can't reach Discord right now ({reason}).", reason=type(error).__name__),
            words("Check this machine's internet connection and https://discordstatus.com, then try again."),
        )
        return False
    application = client.application
    assert application is not None
    report.ok(words("The token belongs to the application “{name}”.", name=application.name))
    _application(report, application)
    return True


def _application(report: Report, application: discord.AppInfo) -> None:
    words, flags = report.words, application.flags
    if flags.gateway_guild_members or flags.gateway_guild_members_limited:
        report.ok(words("The Server Members Intent is on."))
    else:
        report.problem(
            words("The Server Members Intent is off, so the bot can't start."),
            words(
                "Developer Portal → your application → Bot → Privileged Gateway Intents: turn on “Server "
                "Members Intent”."
            ),
        )
    if application.bot_require_code_grant:
        report.problem(
            words("“Requires OAuth2 Code Grant” is on, so the invite link doesn't work."),
            words("Developer Portal → your application → Bot: turn off “Requires OAuth2 Code Grant”."),
        )
    if application.team is None:
        report.notice(
            words("The application belongs to one person."),
            words("When they leave, nobody can renew the token. Transfer it to a Team (see docs/hosting.en.md)."),
        )
    else:
        report.ok(words("The application belongs to the Team “{name}”.", name=application.team.name))
    report.say(words("Invite link, with only the permissions the bot needs:"))
    report.say(f"    {invite_link(application.id, needed_permissions())}")
