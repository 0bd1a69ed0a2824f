"""``/manage handover``: on which days holders are asked, and the checklist of each post."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.features.handovers.checklists import ALL, LONGEST, ChecklistService
from bot.features.posts.service import PostService
from bot.i18n import N_, Words
from bot.ui.fields import LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named


class HandoverManagement(app_commands.Group, name="handovers"):
    @app_commands.command(
        name=named("command", "handover"), description=N_("Handover settings: reminders and checklists")
    )
    async def handover(self, interaction: Interaction) -> None:
        await show(await MemberRequest.open(interaction))


async def show(request: MemberRequest) -> None:
    found = await request.services[ChecklistService].overview(request.actor)
    posts = await request.services[PostService].posts(request.actor)
    words = request.words
    own = words(" (customised)")
    entries = [(ALL, words("For all posts"))] + [
        (post.key, words.either(post.name_ja, post.name_en)) for post in posts if post.key != "lc_member"
    ]
    menu = [
        discord.SelectOption(label=(text[:80] + own) if key in found.changed else text[:100], value=key)
        for key, text in entries
    ]
    rows: list[list[Item]] = [
        [ListSelect.make(words("Edit a checklist"), menu[start : start + 25], part=start // 25)]
        for start in range(0, len(menu), 25)  # four at most: an organisation has 100 posts, one of them the members'
    ]
    rows.append([DaysButton.make(words("Change when to ask")), home_button(words)])
    await request.show(
        Page(
            title=words("Handovers"),
            text=words(
                "Holders are asked about their successor **{days}** days before their last day. They see the "
                "checklist for their post and the one for all posts.",
                days=words(", ").join(map(str, found.notice_days)),
            ),
            rows=rows,
        )
    )


class DaysButton(RoutedButton, route="handovers:days"):
    async def act(self, request: MemberRequest) -> None:
        found = await request.services[ChecklistService].overview(request.actor)
        days = ", ".join(map(str, found.notice_days))
        await DaysForm(request.words, days).open(request.interaction)


class DaysForm(Form, route="handovers:days", title=N_("When to ask holders")):
    days = Text(N_("Days before the last day"), hint=N_("Such as 60, 30, 7"))

    def __init__(self, words: Words, days: str) -> None:
        super().__init__(words)
        self.days = days

    async def act(self, request: MemberRequest) -> None:
        await request.services[ChecklistService].set_notice_days(request.actor, self.days)
        request.done = request.words("Saved.")
        await show(request)


class ListSelect(RoutedSelect, route="handovers:list:{part:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], part: int) -> None:
        items = await request.services[ChecklistService].items(request.actor, chosen[0])
        await ListForm(request.words, chosen[0], *items).open(request.interaction)


class ListForm(Form, route="handovers:list", title=N_("Checklist")):
    ja = LongText(
        N_("Japanese, one item per line"),
        LONGEST,
        hint=N_("Leave both empty to return to the default list"),
        required=False,
    )
    en = LongText(N_("English, one item per line"), LONGEST, required=False)

    def __init__(self, words: Words, post_key: str, ja: list[str], en: list[str]) -> None:
        super().__init__(words)
        self.post_key, self.ja, self.en = post_key, "\n".join(ja), "\n".join(en)

    async def act(self, request: MemberRequest) -> None:
        await request.services[ChecklistService].set_items(request.actor, self.post_key, self.ja, self.en)
        request.done = request.words("Saved.")
        await show(request)
