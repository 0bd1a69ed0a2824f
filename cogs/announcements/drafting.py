"""The draft: its preview, its recipients, and everything an officer can do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.models import Urgency
from bot.deliveries.rules import earliest
from bot.deliveries.schedule import instant
from bot.errors import Conflict, Invalid
from bot.features.announcements.access import require, status_step
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import ListService
from bot.features.announcements.models import OPEN_STATES, AnnouncementState, CheckState, Ping
from bot.features.announcements.rules import MAX_FILE
from bot.features.announcements.values import Content, Draft
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience
from bot.features.audiences.service import ChoiceService
from bot.features.audiences.values import Reach
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.ui.board import Board
from bot.ui.dates import stamp
from bot.ui.fields import Field, File, LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.local_committees import dormant_lines
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest, host
from cogs.announcements import render, status
from cogs.announcements.render import to

#: How much text a field of Discord takes.
_TYPED = 4_000
TOO_LARGE = N_("The file “{name}” is {size}; the limit is 8 MB. Your text is saved. You can add a link instead.")


async def show_draft(
    request: MemberRequest, announcement_id: int, notice: str = "", reach: Reach | None = None
) -> None:
    """Show the draft with its preview and counts.

    ``notice``: a line about what just happened. ``reach``: its recipients, if the caller knows them already."""
    drafts = request.services[DraftService]
    draft = await drafts.show(request.actor, announcement_id)
    if draft.state not in OPEN_STATES:
        raise Conflict(N_("It has already been sent. Nothing was changed."), next_steps=[status_step(announcement_id)])
    if reach is None:
        reach = await drafts.reach(request.actor, announcement_id)
    await request.show(await _page(request, draft, reach, notice))


async def _page(request: MemberRequest, draft: Draft, reach: Reach, notice: str) -> Page:
    words, organisation = request.words, request.actor.organisation
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id, draft.audience)
    names = render.names_of(choices, words)
    counts = status.count(host(request.interaction), reach, draft.ping, request.caller.discord_user_id)
    lines = [notice] if notice else []
    lines += render.problem_lines(draft, words)
    lines += _state_lines(draft, organisation.time_zone, words)
    to = render.audience_text(draft.audience, names, words)
    fields = [
        (words("Recipients if sent now"), _reach_text(to, draft, reach, counts, words), False),
    ]
    if reach.unreached:
        count = len(reach.unreached)
        title = words.plural("{n} LC can't be reached", "{n} LCs can't be reached", count)
        fields.append((title, render.unreached_text(reach.unreached, words), False))
    if counts.troubles:
        fields.append((words("Channels the bot can't post in"), "\n".join(counts.trouble_lines(words)), False))
    if draft.questions:
        asked = [f"{n}. {words.either(one.text_ja, one.text_en)}" for n, one in enumerate(draft.questions, 1)]
        fields.append((words("Questions"), "\n".join(asked), False))
    return Page(
        title=words("Review before sending: {title}", title=draft.content.title[:80]),
        text="\n".join(lines),
        fields=fields,
        rows=_rows(draft, words),
        quoted=render.quoted_page(draft, organisation, words),
    )


def _state_lines(draft: Draft, zone: str, words: Words) -> list[str]:
    lines = []
    if draft.state is AnnouncementState.SCHEDULED and draft.planned:
        urgency = Urgency.URGENT if draft.is_urgent else Urgency.DAILY
        at = earliest(instant(draft.planned, zone), zone, urgency)
        lines.append(words("🗓️ Scheduled for {time} ({relative}).", time=stamp(at), relative=stamp(at, "R")))
    if draft.state is AnnouncementState.PAUSED:
        lines.append(words("⏸️ The series is paused."))
    if (line := render.unplanned_line(draft, zone, words)) is not None:
        lines.append(line)
    if draft.check is not CheckState.NONE:
        name = draft.checker or words("Somebody")
        lines.append("👀 " + words(render.CHECK_WORDS[draft.check], name=escape_markdown(name)))
        if draft.check_note:
            lines.append(f"> {' '.join(draft.check_note.split())[:300]}")
    if draft.changed_by:
        changed = words(
            "Last edited by {name}, {time}",
            name=escape_markdown(draft.changed_by),
            time=stamp(draft.changed_at, "R"),
        )
        lines.append(f"*{changed}*")
    return lines


def _reach_text(to: str, draft: Draft, reach: Reach, counts: status.Counts, words: Words) -> str:
    places = words(", ").join(words(render.PLACE_WORDS[place]) for place in draft.places)
    if reach.people is not None:
        whom = [words("To: **{audience}** ({n} people)", audience=to, n=len(reach.people))]
        whom += render.people_lines(reach.people, words)
    else:
        whom = [words("To: **{audience}** ({n} LCs)", audience=to, n=len(reach.lcs))]
        whom += dormant_lines(sum(lc.is_dormant for lc in reach.lcs), words)
    lines = [
        *whom,
        words("Where: {places}", places=places or words("not set")),
        words(
            "**{channels}** channels, **{direct}** DMs; about **{people}** people can see it",
            channels=counts.channels,
            direct=counts.direct,
            people=counts.people,
        ),
    ]
    if draft.ping is Ping.NONE:
        lines.append(words("No one will be pinged."))
    else:
        lines.append(
            words(
                "Pings {whom}: about **{people}** people in {channels} channels",
                whom=words(render.PING_WORDS[draft.ping]),
                people=counts.pinged,
                channels=counts.pinging,
            )
        )
    lines += counts.doubt_lines(words)
    if draft.is_urgent:
        lines.append(words("Urgent: sent even at night."))
    else:
        lines.append(words("Not sent between 22:00 and 8:00; it waits until morning."))
    return "\n".join(lines)


def _rows(draft: Draft, words: Words) -> list[list[Item]]:
    key: dict[str, Any] = {"announcement_id": draft.announcement_id}
    exact = key | {"version": draft.version}
    in_check = draft.check in (CheckState.ASKED, CheckState.RETURNED)
    first: list[Item]
    if draft.state is AnnouncementState.DRAFT:
        blocked = bool(draft.problems) or in_check
        label = words("Start the series now") if draft.repeat else words("Send now")
        first = [
            to(render.SEND, label, emoji="📨", style=ButtonStyle.success, disabled=blocked, **exact),
            to(render.AT, words("Schedule"), emoji="🗓️", disabled=blocked, **exact),
            to(render.REPEAT, words("Repeat"), emoji="🔁", **key),
        ]
    else:
        first = [to(render.STOP, words("Cancel the schedule"), emoji="⏹️", **key)]
        if draft.state in (AnnouncementState.REPEATING, AnnouncementState.PAUSED):
            first.append(to(render.SERIES, words("Series"), emoji="🔁", **key))
    label = words("Review status") if draft.check is not CheckState.NONE else words("Ask for a review")
    first.append(to(render.CHECK, label, emoji="👀", **key))
    second = [
        to(render.EDIT, words("Edit the text"), emoji="✏️", **key),
        *([] if draft.lc else [to(render.AUDIENCE, words("Recipients"), emoji="👥", **key)]),
        to(render.PLACES, words("Where to send"), emoji="📍", **key),
        *([] if draft.lc else [to(render.QUESTIONS, words("Questions"), emoji="❓", **key)]),
        to(render.MORE, words("More settings"), emoji="⚙️", **key),
    ]
    third = [
        to(render.KEEP, words("Save as a template"), **key),
        to(render.DISCARD, words("Discard"), emoji="🗑️", disabled=draft.state is not AnnouncementState.DRAFT, **key),
        to(render.DRAFTS, words("Drafts")),
        home_button(words),
    ]
    return [first, second, third]


class TextForm(Form, route=""):
    """Title, texts and link of an announcement."""

    headline = Text(N_("Title"), 200, hint=N_("Up to 100 characters"), name="title")
    text_ja = LongText(N_("Text (Japanese)"), _TYPED, hint=N_("Up to 2,000 characters"))
    text_en = LongText(N_("Text (English)"), _TYPED, hint=N_("Optional"), required=False)
    link = Text(N_("Link"), 1_000, hint=N_("Starts with https://. Optional"), required=False)

    def __init__(self, words: Words, title: str, content: Content, fields: Sequence[Field[Any]] | None = None) -> None:
        super().__init__(words, title, fields)
        self.headline, self.link = content.title, content.link
        self.text_ja, self.text_en = content.text_ja, content.text_en

    @property
    def content(self) -> Content:
        return Content(self.headline, self.text_ja, self.text_en, self.link)


class DraftForm(TextForm, route="announcements:write"):
    """A form for a new draft, or for an existing one (``draft``), with its file."""

    file = File(N_("File"), hint=N_("Up to 8 MB"), required=False)

    def __init__(
        self,
        words: Words,
        content: Content,
        draft: Draft | None = None,
        lc_id: int | None = None,
        like: tuple[Audience, tuple[Place, ...]] | None = None,
    ) -> None:
        self.draft, self.lc_id, self.like = draft, lc_id, like
        *others, file = self.fields
        if draft and draft.file:
            file = replace(file, hint=words("Current: {name}. A new file replaces it", name=draft.file.filename))
        super().__init__(words, words("Announcement"), content, [*others, file])

    async def act(self, request: MemberRequest) -> None:
        await request.defer()
        upload, notice = await self._upload(request.words)
        drafts = request.services[DraftService]
        if self.draft is None:
            announcement_id = await drafts.begin(request.actor, self.lc_id, self.content, upload, self.like)
        else:
            announcement_id = self.draft.announcement_id
            await drafts.write(request.actor, announcement_id, self.draft.version, self.content, upload)
        request.done = request.words("The draft is saved. It hasn't been sent yet.")
        await show_draft(request, announcement_id, notice)

    async def _upload(self, words: Words) -> tuple[tuple[str, bytes] | None, str]:
        """The file, and a notice about one that is too large: the text is saved in any case."""
        if self.file is None:
            return None, ""
        if self.file.size > MAX_FILE:
            return None, "⚠️ " + words(TOO_LARGE, name=self.file.filename, size=render.size(self.file.size))
        return (self.file.filename, await self.file.read()), ""


async def speaker(request: MemberRequest, lc: str | None) -> int | None:
    """Which LC somebody speaks for: the one they named, none for national officers, else their own.

    Raises:
        NotAllowed: they hold no post that may.
        Invalid: they are officers of several LCs and named none.
    """
    actor = request.actor
    own = actor.lcs_where(Right.ANNOUNCE_LC) or actor.officer_of
    if lc is not None:
        lc_id: int | None = (await request.services[LocalCommitteeService].show(actor, lc)).lc_id
    elif actor.may(Right.ANNOUNCE_NATION) or not own:
        lc_id = None
    elif len(own) == 1:
        lc_id = own[0]
    else:
        raise Invalid(N_("Please choose an LC in this command's option."))
    require(actor, lc_id)
    return lc_id


async def write_new(request: MemberRequest, lc: str | None = None) -> None:
    """Open the empty form. The right is checked before somebody fills it in, and again when they submit it."""
    form = DraftForm(request.words, Content("", "", "", ""), lc_id=await speaker(request, lc))
    await form.open(request.interaction)


NewButton = button_to(render.NEW, write_new)


class DraftsButton(Board, route=render.DRAFTS):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[ListService].drafts(request.actor, page)
        options = [render.listed_option(one, words) for one in found]
        may_write = request.actor.may(Right.ANNOUNCE_NATION) or request.actor.lcs_where(Right.ANNOUNCE_LC)
        await cls.lay_out(
            request,
            found,
            title=words("Drafts"),
            line=lambda one, words: f"**{one.title[:80]}** {words(render.STATE_WORDS[one.state])}",
            empty=words("No drafts."),
            menus=[[DraftSelect.make(words("Choose a draft"), options)]],
            last=[NewButton.make(words("Write an announcement"), emoji="✏️")] if may_write else [],
        )


DraftSelect = menu_to("announcements:draft", show_draft)
DraftButton = button_to(render.DRAFT, show_draft)


class EditButton(RoutedButton, route=render.EDIT):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[DraftService].to_change(request.actor, announcement_id)
        await DraftForm(request.words, draft.content, draft).open(request.interaction)


class DiscardButton(RoutedButton, route=render.DISCARD):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[DraftService].show(request.actor, announcement_id)
        words = request.words
        sure = DiscardNowButton.make(
            words("Yes, discard it"), style=ButtonStyle.danger, announcement_id=announcement_id
        )
        back = DraftButton.make(words("Back to the draft"), announcement_id=announcement_id)
        text = words("This can't be undone.")
        await request.show(
            Page(title=words("Discard “{title}”?", title=draft.content.title[:80]), text=text, rows=[[sure, back]])
        )


class DiscardNowButton(RoutedButton, route="announcements:discard_now:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[DraftService].discard(request.actor, announcement_id)
        request.done = request.words("The draft was discarded.")
        await DraftsButton.show(request)
