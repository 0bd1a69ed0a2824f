"""The places for an audience: channels of LCs and of the organisation's own servers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.features.audiences.models import Place
from bot.features.audiences.values import PostPlan, Why
from bot.features.channels.rules import Places
from bot.features.channels.service import places
from bot.features.local_committees.models import LocalCommittee
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import ANNOUNCEMENTS, PENDING


async def lc_posts(
    reader: Reader, organisation_id: int, lc_ids: Collection[int], chosen: Collection[Place]
) -> tuple[list[PostPlan], dict[int, Why]]:
    """A message for each chosen place of these LCs, and the reason for each LC without one."""
    posts: list[PostPlan] = []
    why: dict[int, Why] = {}
    spots = await places(reader, organisation_id, lc_ids)
    roles = await _roles(reader, organisation_id)
    for lc_id in lc_ids:
        mine = _of_one(spots[lc_id], chosen, roles)
        posts += mine
        if not mine:
            why[lc_id] = _why(spots[lc_id], chosen)
    return posts, why


def _of_one(of: Places, chosen: Collection[Place], roles: dict[tuple[int, int], int]) -> list[PostPlan]:
    posts = []
    for spot in of.spots:
        if spot.absent_since is not None:
            continue
        ref = f"lc:{of.lc_id}:{spot.server_id}"
        if Place.LC_CHANNELS in chosen and spot.channel_id:
            role_id = roles.get((spot.guild_id, of.lc_id))
            posts.append(PostPlan(Place.LC_CHANNELS, spot.channel_id, of.lc_id, spot.guild_id, role_id, ref))
        if Place.LC_OFFICERS in chosen and spot.officers_thread_id:
            posts.append(PostPlan(Place.LC_OFFICERS, spot.officers_thread_id, of.lc_id, spot.guild_id, ref=ref))
    own = of.own
    if Place.LC_SERVERS in chosen and own and own.announcements_channel_id and own.absent_since is None:
        ref = f"lc:{of.lc_id}"
        posts.append(PostPlan(Place.LC_SERVERS, own.announcements_channel_id, of.lc_id, own.guild_id, ref=ref))
    return posts


def _why(of: Places, chosen: Collection[Place]) -> Why:
    here = [spot for spot in of.spots if spot.absent_since is None and (spot.channel_id or spot.officers_thread_id)]
    own = of.own
    if here or (own and own.announcements_channel_id and own.absent_since is None):
        return Why.NOT_CHOSEN
    if own is not None and own.absent_since is not None and Place.LC_SERVERS in chosen:
        return Why.ABSENT
    return Why.NO_PLACE


async def officers_threads(reader: Reader, organisation_id: int, lc_ids: Collection[int]) -> dict[int, int]:
    """The private thread of each LC's officers; LCs without one are missing."""
    found = await places(reader, organisation_id, lc_ids)
    return {
        lc_id: spot.officers_thread_id
        for lc_id, of in found.items()
        for spot in of.spots
        if spot.officers_thread_id and spot.absent_since is None
    }


async def national_posts(reader: Reader, organisation_id: int) -> list[PostPlan]:
    """A message for the announcements channel of each of the organisation's own servers."""
    query = (
        select(Server.id, Server.discord_guild_id, ServerPart.discord_id)
        .join(ServerPart, ServerPart.server_id == Server.id)
        .where(
            Server.organisation_id == organisation_id,
            Server.lc_id.is_(None),
            Server.absent_since.is_(None),
            ServerPart.key == ANNOUNCEMENTS,
            ServerPart.discord_id != PENDING,
        )
        .order_by(Server.id)
    )
    return [
        PostPlan(Place.NATIONAL, row.discord_id, None, row.discord_guild_id, ref=f"server:{row.id}")
        for row in await fetch(reader, query)
    ]


async def posts_in(reader: Reader, organisation_id: int, channel_ids: Collection[int]) -> list[PostPlan]:
    """The messages that could go to these channels, for any audience."""
    lc_ids = select(LocalCommittee.id).where(LocalCommittee.organisation_id == organisation_id)
    all_lcs = [row.id for row in await fetch(reader, lc_ids)]
    of_lcs, _ = await lc_posts(reader, organisation_id, all_lcs, (Place.LC_CHANNELS, Place.LC_SERVERS))
    posts = [*await national_posts(reader, organisation_id), *of_lcs]
    return [post for post in posts if post.recipient_id in channel_ids]


async def _roles(reader: Reader, organisation_id: int) -> dict[tuple[int, int], int]:
    """(server, LC) → the LC's role there."""
    query = (
        select(Server.discord_guild_id, ServerPart.key, ServerPart.discord_id)
        .join(ServerPart, ServerPart.server_id == Server.id)
        .where(
            Server.organisation_id == organisation_id,
            ServerPart.key.startswith("role:lc:"),
            ServerPart.discord_id != PENDING,
        )
    )
    return {
        (row.discord_guild_id, int(row.key.removeprefix("role:lc:"))): row.discord_id
        for row in await fetch(reader, query)
    }
