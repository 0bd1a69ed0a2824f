"""Finding the channel that a run made before it was cut off, and nothing that people made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

Overwrites = Mapping[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]


def cut_off_channel(
    exactly: Sequence[discord.TextChannel],
    perhaps: Sequence[discord.TextChannel],
    name: str,
    topic: str,
    wanted: Overwrites,
) -> discord.TextChannel | None:
    """The one in ``exactly`` that is just like the wanted one. Else the one in ``perhaps`` from a run in which a role,
    a right of the bot or the category was still missing: it may lack what has come since, but it has the topic too."""
    for one in exactly:
        if (one.name, one.overwrites) == (name, dict(wanted)):
            return one
    for one in perhaps:
        if (one.name, one.topic) == (name, topic) and is_earlier(one.overwrites, wanted):
            return one
    return None


def is_earlier(had: Overwrites, wanted: Overwrites) -> bool:
    """Whether the bot may have written these when it had fewer rights and some roles weren't there: nothing in them is
    anybody else's, and only roles are left out, never the bot itself or @everyone."""
    later = wanted.keys() - had.keys()
    return all(isinstance(one, discord.Role) and not one.is_default() for one in later) and all(
        one in wanted and _within(rights, wanted[one]) for one, rights in had.items()
    )


def _within(had: discord.PermissionOverwrite, wanted: discord.PermissionOverwrite) -> bool:
    return all(part.is_subset(whole) for part, whole in zip(had.pair(), wanted.pair(), strict=True))
