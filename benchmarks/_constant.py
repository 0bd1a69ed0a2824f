"""How long an answer takes, as a multiple of one that is always the same."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import discord
import simcord
from discord import app_commands

from tests.support.worlds import Server, World

ROUNDS = 150


async def to_constant(world: World, server: Server, person: simcord.MemberActor, command: str, **options: Any) -> float:
    """The command and one that answers a constant, in turn, in one process: the ratio of the medians."""
    if world.bot.tree.get_command("constant") is None:

        @app_commands.command(name="constant", description="answers a constant")
        async def constant(interaction: discord.Interaction[Any]) -> None:
            # SimCord polls every 50 ms for the end of a handler that never waits; two turns of the loop keep the
            # comparison from being one with that pause (measured: 0.4 ms instead of 51).
            for _ in range(2):
                await asyncio.sleep(0)
            await interaction.response.send_message("constant", ephemeral=True)

        world.bot.tree.add_command(constant)
        await world.bot.tree.sync()
    measured: list[float] = []
    bare: list[float] = []
    for round_ in range(ROUNDS + 10):
        begun = time.perf_counter()
        await person.slash(server.channel, command, **options)
        middle = time.perf_counter()
        await person.slash(server.channel, "constant")
        if round_ >= 10:
            measured.append(middle - begun)
            bare.append(time.perf_counter() - middle)
    return statistics.median(measured) / statistics.median(bare)
