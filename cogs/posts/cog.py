from __future__ import annotations

import discord
from discord import app_commands

from bot.features.local_committees.service import LocalCommitteeService
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.service import PostService
from bot.i18n import N_
from bot.ui.completing import Choices, chosen_id, completion, fitting
from bot.ui.fields import Date, Maybe, Officers
from bot.ui.local_committees import LcText, lc_option, takes_own_lc
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.posts import catalogue, terms


@completion
async def complete_post(request: MemberRequest, typed: str) -> Choices:
    posts = await request.services[PostService].posts(request.actor)
    return fitting([(request.words.either(post.name_ja, post.name_en), post.key) for post in posts], typed)


@completion
async def complete_entry(request: MemberRequest, typed: str) -> Choices:
    """Of all posts, retired ones too; nothing for those who don't keep the list."""
    entries, words = await request.services[PostCatalogueService].entries(request.actor), request.words
    return fitting([(words.either(one.name_ja, one.name_en), f"#{one.post_id}") for one in entries], typed)


class PostManagement(app_commands.Group, name="posts"):
    @app_commands.command(name=named("command", "posts"), description=N_("Manage posts and their order"))
    @app_commands.rename(post=named("option", "post"))
    @app_commands.describe(post=N_("One post; all if left out"))
    @app_commands.autocomplete(post=complete_entry)
    async def posts(self, interaction: Interaction, post: app_commands.Range[str, 1, 100] | None = None) -> None:
        request = await MemberRequest.open(interaction)
        if post is None:
            await catalogue.PostsButton.show(request)
        else:
            await catalogue.show_post(request, chosen_id(post))


Text = app_commands.Range[str, 1, 100]
_PERSON = Officers(N_("Whom"), 1)
_STARTS = Maybe(Date(N_("First day, such as 1 Apr 2026; today if left out")))
_ENDS = Maybe(Date(N_("Last day; the LC's handover or the end of the fiscal year if left out")))


class Terms(app_commands.Group, name="terms"):
    @app_commands.command(
        name=named("command", "posts"), description=N_("Posts and terms: appoint, make a code, end a term")
    )
    @lc_option(N_("One LC; all that you may appoint for, if left out"))
    async def posts(self, interaction: Interaction, lc: LcText | None = None) -> None:
        request = await MemberRequest.open(interaction)
        lc_id = terms.ALL
        if lc is not None:
            lc_id = (await request.services[LocalCommitteeService].show(request.actor, lc)).lc_id
        await terms.TermsButton.show(request, lc_id)

    @app_commands.command(name=named("command", "appoint"), description=N_("Appoint somebody for a term"))
    @app_commands.rename(
        person=named("option", "person"),
        post=named("option", "post"),
        starts=named("option", "starts"),
        ends=named("option", "ends"),
    )
    @app_commands.describe(
        person=_PERSON.label,
        post=N_("Type a part of the post's name and choose"),
        starts=_STARTS.label,
        ends=_ENDS.label,
    )
    @app_commands.autocomplete(post=complete_post)
    @takes_own_lc
    async def appoint(
        self,
        interaction: Interaction,
        person: discord.Member,
        post: Text,
        lc: LcText | None = None,
        starts: Text | None = None,
        ends: Text | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        _PERSON.read([person])
        lc_id = await _place(request, post, lc)
        first, last = _STARTS.read(starts, request), _ENDS.read(ends, request)
        await terms.appoint(request, person, post, lc_id, first, last)


async def _place(request: MemberRequest, post_key: str, lc: str | None) -> int | None:
    """The LC that was named, else, for an LC's post, the one of which the actor is an officer."""
    if lc is not None:
        return (await request.services[LocalCommitteeService].show(request.actor, lc)).lc_id
    posts = await request.services[PostService].posts(request.actor)
    is_national = any(post.key == post_key and post.level == "nation" for post in posts)
    own = request.actor.officer_of
    return own[0] if len(own) == 1 and not is_national else None
