"""How an announcement went: counts, each LC in pages, and a file for a spreadsheet."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from bot.deliveries.models import State as DeliveryState
from bot.deliveries.schedule import instant
from bot.errors import Conflict, UserError
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.listing import ListService
from bot.features.announcements.loading import draft_step
from bot.features.announcements.models import State
from bot.features.announcements.records import LcStatus, PeopleCounts, Status
from bot.features.announcements.status import StatusService
from bot.features.questionnaires.service import board_step
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.choices import chosen_number
from bot.ui.dates import stamp
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import VIA_WORDS
from bot.ui.pages import Document, Item, Page
from bot.ui.patience import FAILURES
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render, routes
from cogs.announcements.routes import to

DELIVERY_WORDS = {
    DeliveryState.SENT: N_("delivered"),
    DeliveryState.PENDING: N_("waiting"),
    DeliveryState.CLAIMED: N_("being sent"),
    DeliveryState.FAILED: N_("failed"),
    DeliveryState.MISSED: N_("too late, not sent"),
    DeliveryState.UNREACHABLE: N_("takes no direct messages"),
    DeliveryState.NOT_NEEDED: N_("not needed any more"),
    DeliveryState.WITHDRAWN: N_("not sent any more"),
    DeliveryState.DONE: N_("done"),
}
DELIVERY_MARKS = {
    DeliveryState.SENT: "✅",
    DeliveryState.PENDING: "⏳",
    DeliveryState.CLAIMED: "⏳",
    DeliveryState.FAILED: "⚠️",
    DeliveryState.MISSED: "⚠️",
    DeliveryState.UNREACHABLE: "✉️",
    DeliveryState.NOT_NEEDED: "➖",
    DeliveryState.WITHDRAWN: "➖",
    DeliveryState.DONE: "✅",
}
#: LCs of one page.
PAGE = 15
#: Seconds after which a page that shows messages going out is looked at again, and how often at most.
FOLLOW_AFTER, FOLLOW_TIMES = 3.0, 20
_following: set[asyncio.Task[None]] = set()


async def show_status(request: MemberRequest, announcement_id: int) -> None:
    status = await status_of(request, announcement_id)
    await request.show(status_page(status, request.actor.organisation.time_zone, request.words))


async def status_of(request: MemberRequest, announcement_id: int) -> Status:
    """What was planned for now may not have begun: then it is still a draft with a plan."""
    draft = await request.services[DraftService].show(request.actor, announcement_id)
    if draft.state is State.SCHEDULED:
        return Status(announcement_id, draft.content.title, draft.state, draft.lc, None, draft.deadline, None, {})
    if draft.sent_at is None:
        raise Conflict(N_("It hasn't been sent yet."), next_steps=[draft_step(announcement_id)])
    return await request.services[StatusService].show(request.actor, announcement_id)


def follow(request: MemberRequest, announcement_id: int) -> None:
    """Keep the page of a request up to date while messages go out."""

    async def look() -> None:
        for _ in range(FOLLOW_TIMES):
            await asyncio.sleep(FOLLOW_AFTER)
            with suppress(UserError, *FAILURES):  # the sending goes on whether or not it can be shown
                status = await status_of(request, announcement_id)
                await request.show(status_page(status, request.actor.organisation.time_zone, request.words))
                if status.state is not State.SCHEDULED and not status.is_going_out:
                    return

    task = asyncio.create_task(look(), name=f"status of announcement {announcement_id}")
    _following.add(task)
    task.add_done_callback(_following.discard)


def status_page(status: Status, zone: str, words: Words) -> Page:
    lines = []
    if status.state is State.TAKEN_BACK:
        lines.append(words("↩️ It was taken back."))
    if status.sent_at is None:
        lines.append(words("📨 It is about to go out."))
    else:
        lines.append(words("Sent {time}", time=stamp(status.sent_at)))
        if status.lcs and status.lc is None and not status.posts:
            lines.append(words("⚠️ None of these LCs had a channel for it, so it arrived nowhere at Discord."))
    if status.deadline:
        lines.append(words("Deadline: {time}", time=stamp(instant(status.deadline, zone))))
    fields = []
    if status.posts:
        counts = [
            f"{DELIVERY_MARKS[state]} {words(DELIVERY_WORDS[state])} **{status.posts[state]}**"
            for state in DELIVERY_WORDS
            if status.posts.get(state)
        ]
        fields.append((words("Messages"), "\n".join(counts), True))
    if status.lcs and status.lc is None:
        read = sum(one.acknowledged_at is not None for one in status.lcs)
        told = [words("Read: **{n}** of {all} LCs", n=read, all=len(status.lcs))]
        if status.questionnaire_id is not None:
            answered = sum(bool(one.answered) for one in status.lcs)
            told.append(words("Answered: **{n}** of {all} LCs", n=answered, all=len(status.lcs)))
        fields.append((words("LCs"), "\n".join(told), True))
    if status.addressed is not None:
        fields.append((words("Persons meant"), _people_text(status.addressed, words), True))
    fields.append((words("People"), words.plural("**{n}** has read it", "**{n}** have read it", status.people), True))
    return Page(
        title=words("How it stands: {title}", title=status.title[:100]),
        text="\n".join(lines),
        fields=fields,
        rows=_rows(status, words),
    )


def _people_text(people: PeopleCounts, words: Words) -> str:
    all_ = people.meant
    told = [words("**{n}** people", n=all_)]
    told += [
        f"{DELIVERY_MARKS[state]} {words(DELIVERY_WORDS[state])} **{people.direct[state]}**"
        for state in DELIVERY_WORDS
        if people.direct.get(state)
    ]
    told += [f"🏠 {words(render.WHY_NOT_WORDS[one])} **{n}**" for one, n in people.why_not.items()]
    told.append(words("Read: **{n}** of {all} people", n=people.acknowledged, all=all_))
    if people.answered is not None:
        told.append(words("Answered: **{n}** of {all} people", n=people.answered, all=all_))
    return "\n".join(told)


def _rows(status: Status, words: Words) -> list[list[Item]]:
    key: dict[str, Any] = {"announcement_id": status.announcement_id}
    first = [to(routes.STATUS, words("Look again"), emoji="🔄", **key)]
    second: list[Item] = []
    if status.sent_at is not None:
        if status.addressed is not None:
            first += [
                to(routes.PEOPLE, words("Person by person"), emoji="👥", page=0, **key),
                to(routes.PEOPLE_CSV, words("CSV"), emoji="📄", **key),
            ]
        elif status.lc is None:
            first += [
                LcsButton.make(words("LC by LC"), emoji="🏫", page=0, **key),
                CsvButton.make(words("CSV"), emoji="📄", **key),
                to(routes.SILENT, words("Not heard of yet"), emoji="📞", page=0, **key),
            ]
        if status.questionnaire_id is not None:
            first.append(step_button(board_step(status.questionnaire_id), words))
        if status.state is State.SENT:
            second = [
                to(routes.TEXTS, words("Text for LINE and mail"), emoji="📋", **key),
                to(routes.CORRECT, words("Correct it"), emoji="✏️", **key),
                to(routes.TAKE_BACK, words("Take it back"), emoji="↩️", **key),
            ]
    return [first, second, [SentButton.make(words("All that was sent")), home_button(words)]]


def lc_line(one: LcStatus, words: Words) -> str:
    name = words.either(one.lc.name_ja, one.lc.name_en)
    told = [_delivered(one, words)]
    if one.answered is not None:
        told.append(words("answered") if one.answered else words("no answer yet"))
    if one.acknowledged_at is not None:
        heard = words(" (heard by {via})", via=words(VIA_WORDS[one.acknowledged_via])) if one.acknowledged_via else ""
        told.append(words("read {time}", time=stamp(one.acknowledged_at, "d")) + heard)
    elif one.answered is None:
        told.append(words("not read yet"))
    mark, how = DELIVERY_MARKS[one.delivered] if one.delivered else "📭", words(", ").join(told)
    return f"{mark} **{name}** {how}"


def _delivered(one: LcStatus, words: Words) -> str:
    if one.delivered is None:
        return words(render.WHY_WORDS[one.why]) if one.why else words("no message")
    return delivered_text(one.delivered, one.error_code, words)


def delivered_text(state: DeliveryState, error_code: str | None, words: Words) -> str:
    text = words(DELIVERY_WORDS[state])
    return f"{text} [{error_code}]" if error_code and state is not DeliveryState.SENT else text


def csv_rows(status: Status, words: Words) -> list[list[str]]:
    """A row for each LC; the times are UTC, as every spreadsheet reads them."""
    head = [words("LC"), words("delivery"), words("error"), words("read at (UTC)"), words("heard by")]
    head += [words("answered"), words("contact")]
    return [head, *(_csv_row(one, words) for one in status.lcs)]


def _csv_row(one: LcStatus, words: Words) -> list[str]:
    answered = words("yes") if one.answered else words("no")
    return [
        words.either(one.lc.name_ja, one.lc.name_en),
        _delivered(one, words),
        one.error_code or "",
        f"{one.acknowledged_at:%Y-%m-%d %H:%M}" if one.acknowledged_at else "",
        words(VIA_WORDS[one.acknowledged_via]) if one.acknowledged_via else "",
        "" if one.answered is None else answered,
        render.contact_text(one.contact, words),
    ]


class StatusButton(RoutedButton, route=routes.STATUS):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_status(request, announcement_id)


class StatusSelect(RoutedSelect, route="announcements:status"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_status(request, chosen_number(chosen))


class SentButton(Board, route=routes.SENT):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[ListService].sent(request.actor, page)
        options = [render.listed_option(one, words) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("All that was sent"),
            line=lambda one, _words: f"{stamp(one.at, 'd')} **{one.title[:80]}**",
            empty=words("Nothing has been sent yet."),
            menus=[[StatusSelect.make(words("Choose an announcement"), options)]],
        )


class LcsButton(Board, route="announcements:lcs:{announcement_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0) -> None:
        status, words = await status_of(request, announcement_id), request.words
        await cls.lay_out(
            request,
            part_of(status.lcs, page, PAGE),
            title=words("Each LC: {title}", title=status.title[:100]),
            line=lc_line,
            last=[to(routes.STATUS, words("Back"), announcement_id=announcement_id)],
            announcement_id=announcement_id,
        )


class CsvButton(RoutedButton, route="announcements:csv:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        status = await status_of(request, announcement_id)
        zone, words = request.actor.organisation.time_zone, request.words
        page = status_page(status, zone, words)
        document = Document(to_csv(csv_rows(status, words)), f"announcement-{announcement_id}.csv")
        whole = Page(title=page.title, text=page.text, fields=page.fields, rows=page.rows, documents=[document])
        await request.show(whole)
