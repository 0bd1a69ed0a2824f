from __future__ import annotations

from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid
from bot.features.handovers.service import HandoverService
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.i18n import N_
from bot.ui.completing import Choices, chosen_id, completion, fitting
from bot.ui.fields import Date, Maybe, Officers
from bot.ui.local_committees import LcText, lc_option, takes_lc, takes_own_lc
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.posts import catalogue, render, views


@completion
async def complete_post(request: MemberRequest, typed: str) -> Choices:
    posts = await request.services[PostService].posts(request.actor)
    return fitting([(request.words.either(post.name_ja, post.name_en), post.key) for post in posts], typed)


@completion
async def complete_term(request: MemberRequest, typed: str) -> Choices:
    terms = await request.services[PostService].terms(request.actor)
    return fitting([(render.term_line(term, request.words), f"#{term.term_id}") for term in terms], typed)


@completion
async def complete_entry(request: MemberRequest, typed: str) -> Choices:
    """Of all posts, retired ones too; nothing for those who don't keep the list."""
    entries, words = await request.services[PostCatalogueService].entries(request.actor), request.words
    return fitting([(words.either(one.name_ja, one.name_en), f"#{one.post_id}") for one in entries], typed)


class PostManagement(app_commands.Group, name="posts"):
    @app_commands.command(name=named("command", "posts"), description=N_("Which posts there are, and their order"))
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
_NAMES = {
    "person": named("option", "person"),
    "post": named("option", "post"),
    "starts": named("option", "starts"),
    "ends": named("option", "ends"),
    "term": named("option", "term"),
    "day": named("option", "day"),
    "code": named("option", "code"),
}
_POST = N_("Type a part of the post's name and choose")
_PERSON = Officers(N_("Whom"), 1)
_STARTS = Maybe(Date(N_("First day, such as 2026-04-01; today if left out")))
_ENDS = Maybe(Date(N_("Last day; the LC's handover or the end of the fiscal year if left out")))
_DAY = Maybe(Date(N_("Its last day, such as 2026-11-21; today if left out")))


class Posts(commands.GroupCog, group_name=named("command", "post"), group_description=N_("Posts and their terms")):
    @app_commands.command(name=named("command", "add"), description=N_("Appoint somebody for a term (officers)"))
    @app_commands.rename(person=_NAMES["person"], post=_NAMES["post"], starts=_NAMES["starts"], ends=_NAMES["ends"])
    @app_commands.describe(person=_PERSON.label, post=_POST, starts=_STARTS.label, ends=_ENDS.label)
    @app_commands.autocomplete(post=complete_post)
    @takes_own_lc
    async def add(
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
        first, last = await _term(request, lc_id, starts, ends)
        service = request.services[PostService]
        added = await service.add(request.actor, person.id, person.display_name, post, lc_id, first, last)
        await views.TermsButton.show(request, lc_id or views.ALL, is_founding=added.is_founding)

    @app_commands.command(name=named("command", "end"), description=N_("Let a term end on a day (officers)"))
    @app_commands.rename(term=_NAMES["term"], day=_NAMES["day"])
    @app_commands.describe(term=N_("Type a part of a name and choose"), day=_DAY.label)
    @app_commands.autocomplete(term=complete_term)
    async def end(self, interaction: Interaction, term: Text, day: Text | None = None) -> None:
        request = await MemberRequest.open(interaction)
        term_id = chosen_id(term)
        on = _DAY.read(day, request) or request.today
        await request.services[PostService].end(request.actor, term_id, on)
        await views.TermsButton.show(request)

    @app_commands.command(name=named("command", "list"), description=N_("Who holds which post until when (officers)"))
    @lc_option(N_("One LC; all that you may appoint for, if left out"))
    async def show(self, interaction: Interaction, lc: LcText | None = None) -> None:
        request = await MemberRequest.open(interaction)
        lc_id = views.ALL
        if lc is not None:
            lc_id = (await request.services[LocalCommitteeService].show(request.actor, lc)).lc_id
        await views.TermsButton.show(request, lc_id)

    @app_commands.command(
        name=named("command", "claim"), description=N_("Say that you hold a post of an LC now, or enter your code")
    )
    @app_commands.rename(post=_NAMES["post"], starts=_NAMES["starts"], ends=_NAMES["ends"], code=_NAMES["code"])
    @app_commands.describe(
        code=N_("The one-time code, if you were given one; then nothing else is needed"),
        post=_POST,
        starts=_STARTS.label,
        ends=_ENDS.label,
    )
    @app_commands.autocomplete(post=complete_post)
    @takes_lc
    async def claim(
        self,
        interaction: Interaction,
        code: Text | None = None,
        post: Text | None = None,
        lc: LcText | None = None,
        starts: Text | None = None,
        ends: Text | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        service = request.services[ClaimService]
        if code is not None:
            term = await service.use_code(request.actor, code)
            await request.show(render.taken_up_page(term, request.words))
            return
        if post is None or lc is None:
            raise Invalid(N_("Please enter your code, or choose the post and the LC."))
        card = await request.services[LocalCommitteeService].show(request.actor, lc)
        first, last = await _term(request, card.lc_id, starts, ends)
        await service.claim(request.actor, post, card.lc_id, first, last)
        await request.show(render.claimed_page(request.words))

    @app_commands.command(
        name=named("command", "code"), description=N_("A one-time code for whoever takes up a post (officers)")
    )
    @app_commands.rename(post=_NAMES["post"], starts=_NAMES["starts"], ends=_NAMES["ends"])
    @app_commands.describe(post=_POST, starts=_STARTS.label, ends=_ENDS.label)
    @app_commands.autocomplete(post=complete_post)
    @takes_own_lc
    async def code(
        self,
        interaction: Interaction,
        post: Text,
        lc: LcText | None = None,
        starts: Text | None = None,
        ends: Text | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        lc_id = await _place(request, post, lc)
        if lc_id is None:
            raise Invalid(N_("That post belongs to the whole organisation. Please appoint with /post add."))
        first, last = await _term(request, lc_id, starts, ends)
        code = await request.services[ClaimService].new_code(request.actor, post, lc_id, first, last)
        await request.show(render.code_page(code, request.words))


async def _term(request: MemberRequest, lc_id: int | None, starts: str | None, ends: str | None) -> tuple[date, date]:
    """The term as typed: from today, to the LC's own handover or the end of the fiscal year, where something is left
    out."""
    first, last = _STARTS.read(starts, request) or request.today, _ENDS.read(ends, request)
    return first, last or await request.services[HandoverService].default_end(request.actor, lc_id, first)


async def _place(request: MemberRequest, post_key: str, lc: str | None) -> int | None:
    """The LC that was named, else, for an LC's post, the one of which the actor is an officer."""
    if lc is not None:
        return (await request.services[LocalCommitteeService].show(request.actor, lc)).lc_id
    posts = await request.services[PostService].posts(request.actor)
    is_national = any(post.key == post_key and post.level == "nation" for post in posts)
    own = request.actor.officer_of
    return own[0] if len(own) == 1 and not is_national else None
