"""Asking a second person, and what they say."""

from __future__ import annotations

from typing import Any

import discord
from discord import ButtonStyle

from bot.deliveries.records import Due
from bot.errors import NotFound
from bot.features.announcements.acknowledging import AcknowledgementService
from bot.features.announcements.checking import MAX_NOTE, CheckService
from bot.features.announcements.loading import draft_step
from bot.features.announcements.models import CheckState
from bot.features.announcements.records import Draft
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.forms import Form, labelled
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.drafting import show_draft
from cogs.announcements.options import back, draft_to_change

#: What the message to officers says, by what became of the request.
TOLD = {
    CheckState.ASKED: N_("{name}, please have a look at the draft “{title}” before it is sent."),
    CheckState.APPROVED: N_("{name}, your draft “{title}” was checked: it can be sent."),
    CheckState.RETURNED: N_("{name}, changes are asked for in your draft “{title}”."),
}

CHANGED = N_("{name}, “{title}” was changed after you checked it. It doesn't go out until you have looked again.")


#: People of one page: what a menu of Discord holds.
PAGE = 25


def _answers(request: MemberRequest, draft: Draft, words: Words) -> list[Item]:
    key: dict[str, Any] = {"announcement_id": draft.announcement_id}
    row: list[Item] = [WithdrawCheckButton.make(words("Take the request back"), **key)]
    if draft.checker_discord_id == request.caller.discord_user_id and draft.check is not CheckState.APPROVED:
        exact = key | {"version": draft.version}
        row = [
            AgreeButton.make(words("It can be sent"), emoji="✅", style=ButtonStyle.success, **exact),
            ReturnButton.make(words("Ask for changes"), emoji="✏️", **exact),
        ]
    return row


class CheckersButton(Board, route="announcements:checkers:{announcement_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0) -> None:
        draft, words = await draft_to_change(request, announcement_id), request.words
        key: dict[str, Any] = {"announcement_id": announcement_id}
        rows: list[list[Item]] = []
        lines = []
        if draft.check is CheckState.NONE:
            found = await request.services[CheckService].to_ask(request.actor, announcement_id)
            lines.append(words("Until they agree, it can't be sent. You can take the request back at any time."))
            if found:
                part = part_of(found, page, PAGE)
                options = [option(one.name, one.discord_user_id) for one in part]
                rows.append([CheckerSelect.make(words("Choose whom to ask"), options, **key)])
                rows.append(cls.turning(part, words, **key))
            else:
                lines.append(words("There is no other officer whom the bot knows and who could check it."))
        else:
            name = discord.utils.escape_markdown(draft.checker or words("Somebody"))
            lines.append(words(render.CHECK_WORDS[draft.check], name=name))
            if draft.check_note:
                lines.append(f">>> {draft.check_note}")
            rows.append(_answers(request, draft, words))
        rows.append(back(announcement_id, words))
        await request.show(Page(title=words("A second pair of eyes"), text="\n".join(lines), rows=rows))


class CheckButton(RoutedButton, route=routes.CHECK):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await CheckersButton.show(request, announcement_id)


class CheckerSelect(RoutedSelect, route="announcements:checker:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[CheckService].ask(request.actor, announcement_id, chosen_number(chosen))
        await show_draft(request, announcement_id)


class WithdrawCheckButton(RoutedButton, route="announcements:check_withdraw:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[CheckService].withdraw(request.actor, announcement_id)
        await show_draft(request, announcement_id)


class AgreeButton(RoutedButton, route="announcements:check_agree:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[CheckService].answer(request.actor, announcement_id, version, agrees=True)
        await show_draft(request, announcement_id)


class ReturnButton(RoutedButton, route="announcements:check_return:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[CheckService].to_answer(request.actor, announcement_id, version)
        await ReturnForm(request.words, announcement_id, version).open(request.interaction)


class ReturnForm(Form, route="announcements:check_return"):
    def __init__(self, words: Words, announcement_id: int, version: int) -> None:
        super().__init__(words("Ask for changes"))
        self.announcement_id, self.version = announcement_id, version
        self.note: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="note", style=discord.TextStyle.paragraph, max_length=MAX_NOTE
        )
        self.add_item(labelled(words("What should be changed"), self.note))

    async def act(self, request: MemberRequest) -> None:
        await request.services[CheckService].answer(
            request.actor, self.announcement_id, self.version, agrees=False, note=self.note.value
        )
        await show_draft(request, self.announcement_id)


async def check_message(occasion: Occasion, due: Due) -> Message | None:
    """To officers among themselves; the one who is meant is pinged."""
    found = await _told(occasion, due)
    if found is None:
        return None
    text, title = found
    words, user_id = occasion.words, due.payload["user"]
    page = Page(
        title=title,
        text=text,
        rows=[[step_button(draft_step(due.payload["announcement"]), words), home_button(words)]],
    )
    mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(user_id)])
    return Message(page, f"<@{user_id}>", mentions)


async def check_line(occasion: Occasion, due: Due) -> Line | None:
    found = await _told(occasion, due)
    if found is None:
        return None
    button = step_button(draft_step(due.payload["announcement"]), occasion.words)
    return Line(found[0], button)


async def _told(occasion: Occasion, due: Due) -> tuple[str, str] | None:
    try:
        said = await occasion.services[AcknowledgementService].said(due.organisation_id, due.payload["announcement"])
    except NotFound:
        return None
    words, state = occasion.words, CheckState(due.payload["state"])
    name = f"<@{due.payload['user']}>"
    text = CHANGED if due.payload.get("changed") else TOLD[state]
    return words(text, name=name, title=said.content.title[:100]), words("A second pair of eyes")


async def home_part(request: MemberRequest) -> HomePart:
    words = request.words
    found = await request.services[CheckService].to_check(request.actor)
    return HomePart(
        waiting=[words("To be checked before it is sent: {title}", title=one.title[:80]) for one in found],
        actions=[step_button(draft_step(one.announcement_id, one.title or "?"), words) for one in found],
    )
