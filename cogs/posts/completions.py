"""What is offered while somebody types. Where no organisation is meant, nothing: the command itself explains."""

from __future__ import annotations

from discord import app_commands

from bot.errors import UserError
from bot.features.posts.service import PostService
from bot.ui.requests import Interaction, MemberRequest
from cogs.posts import render

Choices = list[app_commands.Choice[str]]


async def complete_post(interaction: Interaction, current: str) -> Choices:
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []
    posts = await request.services[PostService].posts(request.actor)
    return _fitting([(request.words.either(post.name_ja, post.name_en), post.key) for post in posts], current)


async def complete_term(interaction: Interaction, current: str) -> Choices:
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []
    terms = await request.services[PostService].terms(request.actor)
    return _fitting([(render.term_line(term, request.words), f"#{term.term_id}") for term in terms], current)


def _fitting(named: list[tuple[str, str]], typed: str) -> Choices:
    """The first 25 whose name has what was typed in it."""
    wanted = typed.casefold()
    fitting = [(name, value) for name, value in named if wanted in name.casefold()]
    return [app_commands.Choice(name=name[:100], value=value) for name, value in fitting[:25]]
