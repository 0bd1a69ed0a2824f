"""``/manage sheet``: what comes in and goes out as CSV or Excel: LCs, people, and the bank's list of transfers."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.errors import Invalid
from bot.features.sheets.service import SheetService
from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.sheets import pages


class SheetManagement(app_commands.Group, name="sheets"):
    @app_commands.command(name=named("command", "template"), description=N_("Template sheet for LCs"))
    async def template(self, interaction: Interaction) -> None:
        await pages.show_template(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "lc-export"), description=N_("Export LCs and representatives (CSV)"))
    async def export(self, interaction: Interaction) -> None:
        await pages.show_export(await MemberRequest.open(interaction))

    @app_commands.command(
        name=named("command", "lc-import"),
        description=N_("Import LCs and representatives (Excel or CSV)"),
    )
    @app_commands.rename(file=named("option", "file"))
    @app_commands.describe(file=N_("A file (.xlsx or CSV) from Excel or Google Sheets; you see first what it would do"))
    async def take_in(self, interaction: Interaction, file: discord.Attachment) -> None:
        await _take_in(interaction, pages.KIND, file)

    @app_commands.command(
        name=named("command", "fee-import"),
        description=N_("Mark fees as paid from a bank file (CSV or Excel)"),
    )
    @app_commands.rename(file=named("option", "file"))
    @app_commands.describe(file=N_("The file (CSV or .xlsx) that the bank gives; you see first what it would do"))
    async def take_in_fees(self, interaction: Interaction, file: discord.Attachment) -> None:
        await _take_in(interaction, "fees", file)

    @app_commands.command(
        name=named("command", "people-import"),
        description=N_("Import members (Excel or CSV)"),
    )
    @app_commands.rename(file=named("option", "file"))
    @app_commands.describe(file=N_("Each row needs a consent or a source; you see first what it would do"))
    async def take_in_people(self, interaction: Interaction, file: discord.Attachment) -> None:
        await _take_in(interaction, "people", file)

    @app_commands.command(
        name=named("command", "people-export"), description=N_("Export everyone who has joined (CSV)")
    )
    async def export_people(self, interaction: Interaction) -> None:
        await pages.show_export(await MemberRequest.open(interaction), "people")


async def _take_in(interaction: Interaction, kind: str, file: discord.Attachment) -> None:
    request = await MemberRequest.open(interaction)
    request.services[SheetService].check(request.actor, file.size)
    await request.defer()
    try:
        content = await file.read()
    except discord.HTTPException:
        raise Invalid(N_("Discord didn't hand the file over. Please choose it once more.")) from None
    await pages.take_in(request, kind, file.filename, content)
