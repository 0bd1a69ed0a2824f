"""Reading and acknowledging, and the part of the home that tells what waits."""

from __future__ import annotations

from discord import ButtonStyle

from bot.deliveries.schedule import instant
from bot.features.announcements.acknowledging import AcknowledgementService
from bot.features.announcements.inbox import InboxService, Waiting
from bot.features.announcements.models import State
from bot.features.people.rules import Right
from bot.features.questionnaires.service import QuestionnaireService, answer_step
from bot.ui.board import Board, numbered
from bot.ui.choices import chosen_number
from bot.ui.dates import stamp
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.routes import to

#: So many things that wait are listed at home; of the others only the number is said.
LISTED = 5


async def read(request: MemberRequest, announcement_id: int) -> None:
    """One announcement, for whoever may read it: most are no secret within the organisation."""
    words, organisation = request.words, request.actor.organisation
    said = await request.services[InboxService].read(request.actor, announcement_id)
    if said.state is not State.SENT:
        await request.show(
            Page(
                title=words("Taken back"),
                text=words("This announcement was taken back. You need do nothing about it."),
                rows=[[home_button(words)]],
            )
        )
        return
    page = render.message_page(
        said.content,
        words,
        signature=render.signature(said, (organisation.name_ja, organisation.name_en), words),
        deadline=instant(said.deadline, organisation.time_zone) if said.deadline else None,
        filename=said.filename,
        personal=True,
    )
    row: list[Item] = [
        AcknowledgeButton.make(words("I've read it"), style=ButtonStyle.success, announcement_id=announcement_id)
    ]
    if said.questionnaire_id is not None and await _is_asked(request, said.questionnaire_id):
        row.append(step_button(answer_step(said.questionnaire_id), words))
    row += render.link_button(said.content.link, words)
    rows: list[list[Item]] = [row, [InboxButton.make(words("Announcements"), emoji="📣"), home_button(words)]]
    await request.show(Page(title=page.title, text=page.text, fields=page.fields, footer=page.footer, rows=rows))


async def _is_asked(request: MemberRequest, questionnaire_id: int) -> bool:
    return bool(await request.services[QuestionnaireService].asked_of(request.actor, questionnaire_id))


class ReadButton(RoutedButton, route="announcements:read:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await read(request, announcement_id)


class ReadSelect(RoutedSelect, route="announcements:read"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await read(request, chosen_number(chosen))


class InboxButton(Board, route="announcements:inbox"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        """What was announced to the reader; for those who may write, the way to that stands below."""
        words, service = request.words, request.services[AcknowledgementService]
        listed = await request.services[InboxService].inbox(request.actor, page)
        subscribed = await service.is_subscribed(request.actor)
        lines = [f"{stamp(one.at, 'd')} **{one.title[:100]}**" for one in listed]
        now = (
            words("You get announcements as direct messages, at most three a week.")
            if subscribed
            else words(
                "You get no direct messages. If you like, I send you announcements directly, at most three a week."
            )
        )
        text = "\n".join([*(lines or [words("Nothing has been announced to you yet.")]), "", now])
        rows: list[list[Item]] = []
        if listed:
            options = [render.listed_option(one, words) for one in listed]
            rows.append([ReadSelect.make(words("Choose one to read"), options)])
        rows.append(cls.turning(listed, words))
        label = words("No more direct messages") if subscribed else words("Send them to me directly")
        rows.append([SubscribeButton.make(label, wanted=int(not subscribed)), home_button(words)])
        if request.actor.officer_of or request.actor.may(Right.ANNOUNCE_NATION):
            rows.append(
                [
                    to(routes.NEW, words("Write an announcement"), emoji="✏️"),
                    to(routes.DRAFTS, words("Drafts")),
                    to(routes.SENT, words("All that was sent")),
                ]
            )
        await request.show(Page(title=numbered(words("Announcements"), listed, words), text=text, rows=rows))


class SubscribeButton(RoutedButton, route="announcements:subscribe:{wanted:int}"):
    async def act(self, request: MemberRequest, wanted: int) -> None:
        await request.services[AcknowledgementService].subscribe(request.actor, wanted=bool(wanted))
        await InboxButton.show(request)


class AcknowledgeButton(RoutedButton, route="announcements:acknowledge:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        words = request.words
        thanks = await request.services[AcknowledgementService].acknowledge(request.actor, announcement_id)
        if thanks.lcs:
            text = words("Noted for your LC: {lcs}.", lcs=render.lc_list(thanks.lcs, words))
        elif thanks.is_addressed:
            text = words("Noted for you.")
        else:
            text = words("Noted for yourself. For an LC, its officers press the button.")
        await request.show(
            Page(
                title=words("Thank you for reading"),
                text=text,
                rows=[[ReadButton.make(words("Read it again"), announcement_id=announcement_id), home_button(words)]],
            )
        )


def _waiting_line(one: Waiting, request: MemberRequest) -> str:
    words, title = request.words, one.title[:80]
    if one.lc_id is None:
        return _own_line(one, request)
    if one.questionnaire_id is None:
        return words("To be read by your LC: {title}", title=title)
    if one.deadline is None:
        return words("Your LC's answer: {title}", title=title)
    until = stamp(instant(one.deadline, request.actor.organisation.time_zone))
    return words("Your LC's answer until {time}: {title}", title=title, time=until)


def _own_line(one: Waiting, request: MemberRequest) -> str:
    words, title = request.words, one.title[:80]
    if one.questionnaire_id is None:
        return words("For you to read: {title}", title=title)
    if one.deadline is None:
        return words("Your answer: {title}", title=title)
    until = stamp(instant(one.deadline, request.actor.organisation.time_zone))
    return words("Your answer until {time}: {title}", title=title, time=until)


async def home_part(request: MemberRequest) -> HomePart:
    """What waits for the reader and their LCs, and the way to all announcements."""
    words = request.words
    waiting = await request.services[InboxService].waiting(request.actor)
    # Whoever is an officer of two LCs is asked for both, by one announcement.
    titles = {one.announcement_id: one.title for one in waiting}
    lines = list(dict.fromkeys(_waiting_line(one, request) for one in waiting))
    if (left := len(lines) - LISTED) > 0:  # all of them are in the list of announcements
        lines[LISTED:] = [words.plural("and {n} more thing", "and {n} more things", left)]
    return HomePart(
        waiting=lines,
        actions=[
            *(ReadButton.make(title, emoji="📩", announcement_id=one) for one, title in list(titles.items())[:2]),
            InboxButton.make(words("Announcements"), emoji="📣"),
        ],
    )
