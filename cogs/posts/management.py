"""``/manage posts``."""

from __future__ import annotations

from discord import app_commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.posts import catalogue
from cogs.posts.completions import complete_entry, typed_id


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
            await catalogue.show_post(request, typed_id(post))
