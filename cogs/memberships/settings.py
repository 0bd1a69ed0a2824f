"""What an organisation sets about memberships."""

from __future__ import annotations

from typing import Any

import discord

from bot.errors import Invalid
from bot.features.memberships.records import Settings
from bot.features.memberships.service import MOST_TEXT, MembershipService
from bot.i18n import N_, Words
from bot.numerals import NO_NUMBER, read_whole
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.requests import MemberRequest


class SettingsForm(Form, route="memberships:settings"):
    def __init__(self, words: Words, present: Settings) -> None:
        super().__init__(words("Memberships"))
        self.fee = _number("fee", present.fee)
        self.how: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="how_to_pay",
            style=discord.TextStyle.paragraph,
            default=present.how_to_pay or None,
            required=False,
            max_length=MOST_TEXT,
        )
        self.grace = _number("grace_days", present.grace_days)
        self.kept = _number("kept_years", present.kept_years)
        self.add_item(labelled(words("Fee a year, in yen"), self.fee))
        self.add_item(labelled(words("How to pay"), self.how, words("Members see it beside what they owe")))
        hint = words("Days from 1 April for which last year's counts")
        self.add_item(labelled(words("Days of grace"), self.grace, hint))
        hint = words("Fiscal years after the last sign of life; then they are asked, then deleted")
        self.add_item(labelled(words("Years that people are kept"), self.kept, hint))

    async def act(self, request: MemberRequest) -> None:
        wanted = Settings(_read(self.fee), self.how.value, _read(self.grace), _read(self.kept))
        await request.services[MembershipService].change_settings(request.actor, wanted)
        words = request.words
        lines = [
            words("Fee: {n} yen a year", n=f"{wanted.fee:,}"),
            words("Days of grace: {n}", n=wanted.grace_days),
            words("People are kept for {n} fiscal years after their last sign of life.", n=wanted.kept_years),
        ]
        await request.show(Page(title=words("Saved"), text="\n".join(lines), rows=[[home_button(words)]]))


def _number(name: str, present: int) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(custom_id=name, default=str(present), max_length=9)


def _read(field: discord.ui.TextInput[Any]) -> int:
    try:
        return read_whole(field.value)
    except Invalid as refused:
        if refused.message != NO_NUMBER:
            raise
        raise Invalid(
            N_("“{value}” is no whole number. Please write one such as 12."), value=field.value[:60]
        ) from None
