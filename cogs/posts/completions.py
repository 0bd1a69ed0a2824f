"""What is offered while somebody types. Where no organisation is meant, nothing: the command itself explains."""

from __future__ import annotations

from discord import app_commands

from bot.errors import Invalid, UserError
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.service import PostService
from bot.i18n import N_
from bot.ui.completing import fitting
from bot.ui.requests import Interaction, MemberRequest
from cogs.posts import render

Choices = list[app_commands.Choice[str]]


async def complete_post(interaction: Interaction, current: str) -> Choices:
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []
    posts = await request.services[PostService].posts(request.actor)
    return fitting([(request.words.either(post.name_ja, post.name_en), post.key) for post in posts], current)


async def complete_term(interaction: Interaction, current: str) -> Choices:
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []
    terms = await request.services[PostService].terms(request.actor)
    return fitting([(render.term_line(term, request.words), f"#{term.term_id}") for term in terms], current)


async def complete_entry(interaction: Interaction, current: str) -> Choices:
    """Of all posts, retired ones too; nothing for those who don't keep the list."""
    try:
        request = await MemberRequest.open(interaction)
        entries = await request.services[PostCatalogueService].entries(request.actor)
    except UserError:
        return []
    words = request.words
    return fitting([(words.either(one.name_ja, one.name_en), f"#{one.post_id}") for one in entries], current)


def typed_id(text: str) -> int:
    """The id that a completion put into an option.

    Raises:
        Invalid: the text was typed and not chosen.
    """
    if not text.startswith("#") or not text[1:].isdecimal() or len(text) > 19:
        raise Invalid(N_("Please choose from the list that appears while you type."))
    return int(text[1:])
