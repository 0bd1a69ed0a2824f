"""After the sending: correcting it, and taking it back."""

from __future__ import annotations

from typing import Any

import discord
from discord import ButtonStyle

from bot.deliveries.records import Due
from bot.features.announcements.correcting import CorrectionService, Withdrawal
from bot.features.announcements.inbox import InboxService
from bot.features.announcements.records import Content
from bot.i18n import Words
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.lengths import some
from bot.ui.pages import Item, Page
from bot.ui.renderers import Occasion
from bot.ui.requests import MemberRequest
from cogs.announcements import routes
from cogs.announcements.options import draft_of
from cogs.announcements.routes import to

#: So many places are named; of the others only the number is said.
SHOWN = 20
_TYPED = 4_000


class CorrectButton(RoutedButton, route=routes.CORRECT):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[CorrectionService].to_correct(request.actor, announcement_id)
        said = await request.services[InboxService].read(request.actor, announcement_id)
        form = CorrectForm(request.words, draft.content, announcement_id, said.edition)
        await form.open(request.interaction)


class CorrectForm(Form, route="announcements:correct"):
    def __init__(self, words: Words, content: Content, announcement_id: int, edition: int) -> None:
        super().__init__(words("Correct what was sent"))
        self.announcement_id, self.edition = announcement_id, edition
        paragraph = discord.TextStyle.paragraph
        self.headline: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="title", default=content.title, max_length=200
        )
        self.text_ja: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text_ja", default=content.text_ja, style=paragraph, max_length=_TYPED
        )
        self.text_en: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text_en", default=content.text_en or None, style=paragraph, max_length=_TYPED, required=False
        )
        self.link: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="link", default=content.link or None, max_length=1_000, required=False
        )
        self.add_item(labelled(words("Title"), self.headline, words("At most 100 characters")))
        self.add_item(labelled(words("Text in Japanese"), self.text_ja, words("At most 2,000 characters")))
        self.add_item(labelled(words("Text in English"), self.text_en, words("May be left empty")))
        self.add_item(labelled(words("Link"), self.link, words("Begins with https://. May be left empty")))

    async def act(self, request: MemberRequest) -> None:
        content = Content(self.headline.value, self.text_ja.value, self.text_en.value, self.link.value)
        await request.services[CorrectionService].correct(request.actor, self.announcement_id, self.edition, content)
        words = request.words
        text = words("The messages are being changed, old ones a few at a time. Nobody is pinged by it.")
        row: list[Item] = [
            to(routes.STATUS, words("How it stands"), announcement_id=self.announcement_id),
            home_button(words),
        ]
        await request.show(Page(title=words("Corrected"), text=text, rows=[row]))


class TakeBackButton(RoutedButton, route=routes.TAKE_BACK):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[CorrectionService].to_take_back(request.actor, announcement_id)
        words = request.words
        row: list[Item] = [
            ReallyButton.make(
                words("Yes, take it back everywhere"), style=ButtonStyle.danger, announcement_id=announcement_id
            ),
            to(routes.STATUS, words("No, leave it"), announcement_id=announcement_id),
        ]
        lines = [
            words(
                "“{title}” is deleted wherever it was sent, and its reminders stop.", title=draft.content.title[:100]
            ),
            words("Answers that were given stay with you. Some may have read it already."),
        ]
        await request.show(Page(title=words("Take it back?"), text="\n".join(lines), rows=[row]))


class ReallyButton(RoutedButton, route="announcements:really_take_back:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[CorrectionService].take_back(request.actor, announcement_id)
        await show_withdrawal(request, announcement_id)


class WithdrawalButton(RoutedButton, route="announcements:withdrawal:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_withdrawal(request, announcement_id)


async def show_withdrawal(request: MemberRequest, announcement_id: int) -> None:
    await draft_of(request, announcement_id)
    withdrawal = await request.services[CorrectionService].withdrawal(request.actor, announcement_id)
    words = request.words
    row: list[Item] = [
        WithdrawalButton.make(words("Look again"), emoji="🔄", announcement_id=announcement_id),
        to(routes.STATUS, words("How it stands"), announcement_id=announcement_id),
        home_button(words),
    ]
    text = "\n".join(withdrawal_lines(withdrawal, words))
    await request.show(Page(title=words("Taken back"), text=text, rows=[row]))


def withdrawal_lines(withdrawal: Withdrawal, words: Words) -> list[str]:
    lines = [words("Deleted: **{n}** messages", n=withdrawal.deleted)]
    if withdrawal.waiting:
        lines.append(words("Being deleted: **{n}**", n=withdrawal.waiting))
    if withdrawal.bundled:
        lines.append(words("**{n}** messages that say other things too don't say it any more.", n=withdrawal.bundled))
    if withdrawal.failed:
        places = some([f"<#{channel}> [{code}]" for channel, code in withdrawal.failed], SHOWN, " ", words)
        lines.append(words("It could not be deleted here; please do it by hand: {places}", places=places))
    return lines


async def edit_job(occasion: Occasion, due: Due) -> None:
    payload = due.payload
    service = occasion.services[CorrectionService]
    await service.edit_messages(payload["announcement"], payload["edition"], payload["turn"])


async def delete_job(occasion: Occasion, due: Due) -> None:
    await occasion.services[CorrectionService].delete_messages(due.payload["announcement"], due.payload["turn"])


async def close_job(occasion: Occasion, due: Due) -> None:
    await occasion.services[CorrectionService].close_books(due.payload["announcement"])
