"""Sending now or at a set time, repeating, and reviews by a second officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ButtonStyle

from bot.deliveries.schedule import instant, local_time
from bot.deliveries.values import Due
from bot.errors import Invalid, NotFound
from bot.features.announcements.access import draft_step
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import AcknowledgementService
from bot.features.announcements.models import AnnouncementState, CheckState, Ping
from bot.features.announcements.planning import MAX_NOTE, ArrivesNowhere, CheckService, PlanningService, to_check
from bot.features.announcements.rules import MOST, Every, Repeat
from bot.features.announcements.values import Draft
from bot.features.audiences.values import PostPlan
from bot.features.homes.facts import Facts
from bot.i18n import N_, Words
from bot.numerals import read_whole
from bot.paging import part_of
from bot.times import read_day
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import long_date, short_date, stamp
from bot.ui.fields import Choice, LongText, Text, When, or_none
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.announcements import render, status
from cogs.announcements.drafting import show_draft
from cogs.announcements.options import back, draft_of, draft_to_change
from cogs.announcements.status import follow, show_status


async def plan(
    request: MemberRequest, announcement_id: int, version: int, at: datetime | None, *, even_to_nowhere: bool = True
) -> None:
    """Plan it. Discord says now where the sender may ping, and again when it goes out.

    Raises as ``PlanningService.plan``."""
    await request.defer()  # takes a while with thousands of members
    bot, user_id = host(request.interaction), request.caller.discord_user_id

    def may_ping(posts: Sequence[PostPlan], ping: Ping) -> list[int]:
        return status.channels_to_ping(bot, posts, ping, user_id)

    planned = await request.services[PlanningService].plan(
        request.actor, announcement_id, version, at, may_ping, even_to_nowhere=even_to_nowhere
    )
    words, goes_out = request.words, planned.goes_out
    if planned.is_series or at is not None or goes_out > bot.clock.now():
        notice = words("✅ Scheduled for {time}.", time=stamp(goes_out))
        await show_draft(request, announcement_id, notice, planned.reach)
        return
    await show_status(request, announcement_id)
    follow(request, announcement_id)


class SendButton(RoutedButton, route=render.SEND):
    """Ask first if nothing would arrive on Discord, for example before the LCs have channels."""

    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        words = request.words
        try:
            await plan(request, announcement_id, version, None, even_to_nowhere=False)
        except ArrivesNowhere as error:
            sure = AnywayButton.make(words("Send anyway"), announcement_id=announcement_id, version=version)
            rows = [[sure, *back(announcement_id, words)]]
            title = words("No one on Discord would get it")
            await request.show(Page(title=title, text=words(error.message), rows=rows))


class AnywayButton(RoutedButton, route="announcements:send_anyway:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await plan(request, announcement_id, version, None)


class AtButton(RoutedButton, route=render.AT):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[PlanningService].to_plan(request.actor, announcement_id, version)
        await AtForm(request.words, announcement_id, version).open(request.interaction)


class StopButton(RoutedButton, route=render.STOP):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[PlanningService].stop(request.actor, announcement_id)
        request.done = request.words("It won't be sent. It's a draft again.")
        await show_draft(request, announcement_id)


class AtForm(Form, route="announcements:at", title=N_("When to send")):
    when = When(N_("Date and time"), 60, hint=N_("For example 明日19時, 11/25 21:00, in 2 hours"))

    def __init__(self, words: Words, announcement_id: int, version: int) -> None:
        super().__init__(words)
        self.announcement_id, self.version = announcement_id, version

    async def act(self, request: MemberRequest) -> None:
        await plan(request, self.announcement_id, self.version, self.when.at)


EVERY_WORDS = {
    Every.WEEK: N_("every week"),
    Every.TWO_WEEKS: N_("every two weeks"),
    Every.MONTH: N_("every month on the same day"),
    Every.NTH_WEEKDAY: N_("every month on the same weekday, such as the 2nd Wednesday"),
    Every.LAST_WEEKDAY: N_("every month on the same last weekday, such as the last Wednesday"),
}


def repeat_text(repeat: Repeat, words: Words) -> str:
    text = words(EVERY_WORDS[repeat.every])
    if repeat.count is not None:
        return words("{every}, {n} times", every=text, n=repeat.count)
    if repeat.until is not None:
        return words("{every}, until {date}", every=text, date=long_date(repeat.until, words))
    return words("{every}, with no end", every=text)


#: Dates on one page, and how many dates ahead the list goes: two years of weeks.
PAGE, AHEAD = 4, 104


def _line(number: int, at: datetime, draft: Draft, zone: str, words: Words) -> str:
    time = stamp(instant(at, zone))
    return words("➖ {time} (skipped)", time=time) if number in draft.skipped else f"📨 {time}"


def _skip_button(number: int, at: datetime, draft: Draft, words: Words) -> Item:
    day = short_date(at, words)
    label = words("Restore {day}", day=day) if number in draft.skipped else words("Skip {day}", day=day)
    return SkipButton.make(label, announcement_id=draft.announcement_id, number=number)


class RepeatButton(RoutedButton, route=render.REPEAT):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_to_change(request, announcement_id, "repeat")
        await RepeatForm(request.words, draft).open(request.interaction)


class SeriesButton(Board, route=render.SERIES):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0, number: int | None = None) -> None:
        """``number``: show the page with this occurrence."""
        draft, words = await draft_of(request, announcement_id), request.words
        zone = request.actor.organisation.time_zone
        key: dict[str, Any] = {"announcement_id": announcement_id}
        lines = [repeat_text(draft.repeat, words)] if draft.repeat else []
        rows: list[list[Item]] = []
        if draft.state in (AnnouncementState.REPEATING, AnnouncementState.PAUSED):
            all_coming = await request.services[PlanningService].coming(request.actor, announcement_id, AHEAD)
            place = next((place for place, (one, _) in enumerate(all_coming) if one == number), page * PAGE)
            coming = part_of(all_coming, place // PAGE, PAGE)
            lines += [_line(number, at, draft, zone, words) for number, at in coming]
            if not coming:
                lines.append(words("No more dates."))
            rows.append([_skip_button(number, at, draft, words) for number, at in coming])
            rows.append(cls.turning(coming, words, **key))
            resting = draft.state is AnnouncementState.PAUSED
            label = words("Resume") if resting else words("Pause")
            rows.append([PauseButton.make(label, emoji="▶️" if resting else "⏸️", wanted=int(not resting), **key)])
        rows.append(back(announcement_id, words))
        await request.show(Page(title=words("Series"), text="\n".join(lines), rows=rows))


class PauseButton(RoutedButton, route="announcements:pause:{announcement_id:int}:{wanted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, wanted: int) -> None:
        await request.services[PlanningService].pause(request.actor, announcement_id, paused=bool(wanted))
        request.done = request.words("The series is paused.") if wanted else request.words("The series goes on.")
        await SeriesButton.show(request, announcement_id)


class SkipButton(RoutedButton, route="announcements:skip:{announcement_id:int}:{number:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, number: int) -> None:
        await request.services[PlanningService].skip(request.actor, announcement_id, number)
        request.done = request.words("Saved.")
        await SeriesButton.show(request, announcement_id, number=number)


class RepeatForm(Form, route="announcements:repeat", title=N_("Repeat")):
    every = Choice(
        N_("How often"), or_none(N_("just once"), EVERY_WORDS), hint=N_("The first date sets the weekday and time")
    )
    end = Text(N_("Repeat until"), hint=N_("A date or a number of times. Leave empty for no end"), required=False)

    def __init__(self, words: Words, draft: Draft) -> None:
        super().__init__(words)
        self.announcement_id = draft.announcement_id
        self.every, self.end = (draft.repeat.every, _end(draft.repeat)) if draft.repeat else (None, "")

    async def act(self, request: MemberRequest) -> None:
        repeat = None
        if self.every is not None:
            repeat = parse_end(self.every, self.end, local_time(request.now, request.time_zone))
        await request.services[DraftService].set(request.actor, self.announcement_id, repeat=repeat)
        notice = ""
        if repeat is not None:
            words = request.words
            notice = "🔁 " + words("Repeats {how}. Now choose when it starts.", how=repeat_text(repeat, words))
        await show_draft(request, self.announcement_id, notice)


def _end(repeat: Repeat) -> str:
    return str(repeat.count if repeat.count is not None else repeat.until or "")


def _count(typed: str) -> int | None:
    """How many times, or None where a date is typed: 20270331 and 3日 are days, −1 and 三回 are numbers."""
    try:
        count = read_whole(typed, least=None)
    except Invalid:
        return None
    return None if count > 9999 or typed.strip().endswith("日") else count


def parse_end(every: Every, typed: str, now: datetime) -> Repeat:
    """The repeat with the end that was typed: a date, a number of times, or nothing.

    Raises:
        Invalid: it is neither, or over.
    """
    if not typed.strip():
        return Repeat(every=every)
    if (count := _count(typed)) is not None:
        if not 1 <= count <= MOST:
            raise Invalid(N_("Please enter a number of times from 1 to {n}."), n=MOST)
        return Repeat(every=every, count=count)
    either = N_("Please enter a date, such as 31 Mar 2027, or a number of times, such as 10.")
    until = read_day(typed, now.date(), either)
    if until < now.date():
        raise Invalid(N_("{date} has already passed. Please choose a later date."), date=until)
    return Repeat(every=every, until=until)


#: What the message to officers says, by the state of the request.
TOLD = {
    CheckState.ASKED: N_("{name}, please review the draft “{title}” before it's sent."),
    CheckState.APPROVED: N_("{name}, your draft “{title}” has been approved. You can send it now."),
    CheckState.RETURNED: N_("{name}, your draft “{title}” needs some changes."),
}
CHANGED = N_("{name}, “{title}” was changed after your review. It won't be sent until you've reviewed it again.")
#: People on one page: as many as a Discord menu holds.
CANDIDATES = 25


def _answers(request: MemberRequest, draft: Draft, words: Words) -> list[Item]:
    key: dict[str, Any] = {"announcement_id": draft.announcement_id}
    row: list[Item] = [WithdrawCheckButton.make(words("Withdraw the request"), **key)]
    if draft.checker_discord_id == request.caller.discord_user_id and draft.check is not CheckState.APPROVED:
        exact = key | {"version": draft.version}
        row = [
            AgreeButton.make(words("OK to send"), emoji="✅", style=ButtonStyle.success, **exact),
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
            lines.append(words("It can't be sent until they approve it. You can withdraw the request at any time."))
            if found:
                part = part_of(found, page, CANDIDATES)
                options = [option(one.name, one.discord_user_id) for one in part]
                rows.append([CheckerSelect.make(words("Choose who to ask"), options, **key)])
                rows.append(cls.turning(part, words, **key))
            else:
                lines.append(words("No other registered officer can review it."))
        else:
            name = discord.utils.escape_markdown(draft.checker or words("Somebody"))
            lines.append(words(render.CHECK_WORDS[draft.check], name=name))
            if draft.check_note:
                lines.append(f">>> {draft.check_note}")
            rows.append(_answers(request, draft, words))
        rows.append(back(announcement_id, words))
        await request.show(Page(title=words("A second pair of eyes"), text="\n".join(lines), rows=rows))


CheckButton = button_to(render.CHECK, CheckersButton.show)


class CheckerSelect(RoutedSelect, route="announcements:checker:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[CheckService].ask(request.actor, announcement_id, chosen_number(chosen))
        request.done = request.words("They were asked to review it.")
        await show_draft(request, announcement_id)


class WithdrawCheckButton(RoutedButton, route="announcements:check_withdraw:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[CheckService].withdraw(request.actor, announcement_id)
        request.done = request.words("The request was withdrawn.")
        await show_draft(request, announcement_id)


class AgreeButton(RoutedButton, route="announcements:check_agree:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[CheckService].answer(request.actor, announcement_id, version, agrees=True)
        request.done = request.words("You approved it. The author hears of it.")
        await show_draft(request, announcement_id)


class ReturnButton(RoutedButton, route="announcements:check_return:{announcement_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, version: int) -> None:
        await request.services[CheckService].to_answer(request.actor, announcement_id, version)
        await ReturnForm(request.words, announcement_id, version).open(request.interaction)


class ReturnForm(Form, route="announcements:check_return", title=N_("Ask for changes")):
    note = LongText(N_("What should be changed"), MAX_NOTE)

    def __init__(self, words: Words, announcement_id: int, version: int) -> None:
        super().__init__(words)
        self.announcement_id, self.version = announcement_id, version

    async def act(self, request: MemberRequest) -> None:
        service = request.services[CheckService]
        await service.answer(request.actor, self.announcement_id, self.version, agrees=False, note=self.note)
        request.done = request.words("You asked for changes. The author hears of it.")
        await show_draft(request, self.announcement_id)


async def check_message(occasion: Occasion, due: Due) -> Message | None:
    """A message to the officers that pings the one it is meant for."""
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


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    words = request.words
    return HomePart(
        waiting=[
            HomeLine(
                words("Please check before it is sent: {title}", title=(one.ja or "?")[:80]),
                step_button(draft_step(one.id or 0, one.ja or "?"), words),
            )
            for one in facts[to_check]
        ]
    )
