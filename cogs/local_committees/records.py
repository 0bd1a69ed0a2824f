"""What an LC says of itself, and its history."""

from __future__ import annotations

from typing import Any

import discord

from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import ClubType, Via
from bot.features.local_committees.service import LocalCommitteeService, OwnRecordService
from bot.features.local_committees.values import Card, OwnNames
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.local_committees import render

#: The value of "nothing chosen" in the form's menu.
NONE = "-"


async def edit(request: MemberRequest, ref: str, via: Via | None) -> None:
    """Open the form; the right is checked before somebody fills it in, and again when it is sent."""
    card = await request.services[LocalCommitteeService].show(request.actor, ref)
    via = heard_by(request.actor, Right.EDIT_LC, card.lc_id, via)
    await EditForm(request.words, card, via).open(request.interaction)


async def history(request: MemberRequest, ref: str, page: int = 0) -> None:
    card = await request.services[LocalCommitteeService].show(request.actor, ref)
    changes = await request.services[OwnRecordService].history(request.actor, card.lc_id, page)
    words, page = request.words, changes.page
    turning: list[Item] = []
    if page > 0:
        turning.append(HistoryButton.make(words("Newer"), emoji="◀️", lc_id=card.lc_id, page=page - 1))
    if page + 1 < changes.pages:
        turning.append(HistoryButton.make(words("Older"), emoji="▶️", lc_id=card.lc_id, page=page + 1))
    await request.show(render.history_page(card, changes, words, [turning, [home_button(words)]]))


class HistoryButton(RoutedButton, route="local_committees:history:{lc_id:int}:{page:int}"):
    async def act(self, request: MemberRequest, lc_id: int, page: int) -> None:
        await history(request, f"#{lc_id}", page)


class EditForm(Form, route="local_committees:edit"):
    def __init__(self, words: Words, card: Card, via: Via | None) -> None:
        super().__init__(words("What the LC says of itself"))
        self.lc_id, self.via = card.lc_id, via
        self.name_ja: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name_ja", default=card.own_name_ja, max_length=100, required=False
        )
        self.name_en: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name_en", default=card.own_name_en, max_length=100, required=False
        )
        self.aliases: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="aliases",
            default="\n".join(card.own_aliases),
            style=discord.TextStyle.paragraph,
            max_length=300,
            required=False,
        )
        chosen = card.club_type.value if card.club_type else NONE
        kinds = {NONE: words("not said"), **{one.value: words(text) for one, text in render.CLUB_WORDS.items()}}
        self.club_type: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="club_type",
            options=[
                discord.SelectOption(label=text, value=value, default=value == chosen) for value, text in kinds.items()
            ],
        )
        self.add_item(
            labelled(words("The LC's own name in Japanese"), self.name_ja, words("Besides the school's name"))
        )
        self.add_item(labelled(words("The LC's own name in English"), self.name_en))
        self.add_item(labelled(words("Other names, one a line"), self.aliases, words("It can be found by these too")))
        self.add_item(labelled(words("What kind of club it is"), self.club_type))

    async def act(self, request: MemberRequest) -> None:
        kind = self.club_type.values[0]
        own = OwnNames(
            name_ja=self.name_ja.value,
            name_en=self.name_en.value,
            aliases=self.aliases.value.split("\n"),
            club_type=None if kind == NONE else ClubType(kind),
        )
        await request.services[OwnRecordService].edit(request.actor, self.lc_id, own, self.via)
        card = await request.services[LocalCommitteeService].show(request.actor, f"#{self.lc_id}")
        await request.show(render.card_page(card, [], request.words, [home_button(request.words)]))
