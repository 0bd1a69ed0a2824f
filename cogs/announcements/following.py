"""Following up on missing replies: the reminder, and the officers' own list with a text to paste. Never in public."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle

from bot.deliveries.schedule import instant
from bot.deliveries.values import Due
from bot.errors import NotFound
from bot.features.announcements.correcting import CorrectionService, Withdrawal
from bot.features.announcements.inbox import AcknowledgementService, InboxService, RunningService, require_sent
from bot.features.announcements.reminding import ReminderService, to_be_reminded
from bot.features.announcements.status import OpenQuestion, StatusService
from bot.features.announcements.values import Content, LcStatus, PeopleCounts, Status
from bot.features.local_committees.models import Via
from bot.features.questionnaires.service import answer_step
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.brief import BriefPart
from bot.ui.choices import chosen_one
from bot.ui.dates import long_time, stamp
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.lengths import some
from bot.ui.local_committees import VIA_WORDS
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.paging import PLAIN
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render
from cogs.announcements.arriving import AcknowledgeButton, ReadButton
from cogs.announcements.drafting import TextForm
from cogs.announcements.options import draft_of
from cogs.announcements.render import to

PAGE = 10


async def _open(occasion: Occasion, due: Due) -> Status | None:
    payload = due.payload
    try:
        service = occasion.services[ReminderService]
        return await service.still_open(due.organisation_id, payload["announcement"], payload.get("lc"))
    except NotFound:
        return None


def _asked(status: Status, occasion: Occasion) -> str:
    """The missing reply, in one line."""
    words = occasion.words
    until = stamp(instant(status.deadline, occasion.address.time_zone)) if status.deadline is not None else None
    if status.questionnaire_id is None:
        text = words("Please read “{title}” and press the button.", title=status.title)
    elif until is None:
        text = words("We'd love to hear from your LC about “{title}”.", title=status.title)
    else:
        text = words("We'd love to hear from your LC about “{title}” by {time}.", title=status.title, time=until)
    return text


async def reminder(occasion: Occasion, due: Due) -> Message | None:
    status = await _open(occasion, due)
    if status is None:
        return None
    words = occasion.words
    key: dict[str, Any] = {"announcement_id": status.announcement_id}
    row: list[Item] = [ReadButton.make(words("Read"), emoji="📩", **key)]
    if status.questionnaire_id is not None:
        row.append(step_button(answer_step(status.questionnaire_id), words))
    else:
        row.append(AcknowledgeButton.make(words("I've read it"), **key))
    row.append(home_button(words))
    text = "\n".join(
        [_asked(status, occasion), words("If you've just done this, thank you! You can ignore this message.")]
    )
    return Message(Page(title=words("When you have a moment"), text=text, rows=[row]))


async def reminder_line(occasion: Occasion, due: Due) -> Line | None:
    status = await _open(occasion, due)
    if status is None:
        return None
    if status.questionnaire_id is not None:
        step = answer_step(status.questionnaire_id)
        label = occasion.words("Answer: {title}", title=status.title)
        button: Item = to(step.custom_id, label)
    else:
        label = occasion.words("Read: {title}", title=status.title)
        button = ReadButton.make(label, announcement_id=status.announcement_id)
    return Line(_asked(status, occasion), button)


async def silent_message(occasion: Occasion, due: Due) -> Message | None:
    """Tell the officers' channel how many LCs haven't replied, with a button to the list that only officers can
    open."""
    status = await _open(occasion, due)
    if status is None:
        return None
    if status.addressed is not None:
        return _silent_people(status, status.addressed, occasion.words)
    words, count = occasion.words, len(to_be_reminded(status))
    text = words.plural(
        "“{title}”: no reply yet from {n} LC. The list has its contact details and a message to send.",
        "“{title}”: no reply yet from {n} LCs. The list has their contact details and a message to send.",
        count,
        title=status.title,
    )
    button = to(render.SILENT, words("Open the list"), emoji="📞", announcement_id=status.announcement_id, page=0)
    return Message(Page(title=words("LCs that haven't replied"), text=text, rows=[[button, home_button(words)]]))


def _silent_people(status: Status, people: PeopleCounts, words: Words) -> Message:
    """A count without names: nobody has to reply."""
    text = words.plural(
        "“{title}”: {n} of {all} people hasn't answered yet. No more reminders will be sent.",
        "“{title}”: {n} of {all} people haven't answered yet. No more reminders will be sent.",
        people.silent,
        title=status.title,
        all=people.meant,
    )
    button = to(render.STATUS, words("Announcement status"), emoji="📊", announcement_id=status.announcement_id)
    return Message(Page(title=words("People who haven't answered"), text=text, rows=[[button, home_button(words)]]))


async def _open_question(occasion: Occasion, due: Due) -> OpenQuestion | None:
    service, payload = occasion.services[ReminderService], due.payload
    return await service.open_question(
        due.organisation_id, payload["announcement"], payload["person"], occasion.address.time_zone
    )


def _asked_of_you(one: OpenQuestion, occasion: Occasion) -> str:
    words = occasion.words
    if one.deadline is None:
        return words("We'd love to hear from you about “{title}”.", title=one.title)
    until = stamp(instant(one.deadline, occasion.address.time_zone))
    return words("We'd love to hear from you about “{title}” by {time}.", title=one.title, time=until)


async def own_reminder(occasion: Occasion, due: Due) -> Message | None:
    """Remind a person who was asked and hasn't answered."""
    one = await _open_question(occasion, due)
    if one is None:
        return None
    words = occasion.words
    row: list[Item] = [
        ReadButton.make(words("Read"), emoji="📩", announcement_id=one.announcement_id),
        step_button(answer_step(one.questionnaire_id), words),
        home_button(words),
    ]
    crossed = words("If you've just done this, thank you! You can ignore this message.")
    text = f"{_asked_of_you(one, occasion)}\n{crossed}"
    return Message(Page(title=words("When you have a moment"), text=text, rows=[row]))


async def own_reminder_line(occasion: Occasion, due: Due) -> Line | None:
    one = await _open_question(occasion, due)
    if one is None:
        return None
    button = to(answer_step(one.questionnaire_id).custom_id, occasion.words("Answer: {title}", title=one.title))
    return Line(_asked_of_you(one, occasion), button)


async def brief_part(occasion: Occasion) -> BriefPart:
    """For the morning brief: announcements with missing replies, the nearest deadline first."""
    words, address = occasion.words, occasion.address
    found = await occasion.services[RunningService].running(address.organisation_id, address.time_zone)
    lines = []
    for one in found:
        told: dict[str, Any] = {"title": one.title[:80], "n": one.silent, "all": one.all}
        line = (
            words("{title}: {n} of {all} people haven't answered", **told)
            if one.of_people
            else words("{title}: no reply yet from {n} of {all} LCs", **told)
        )
        if one.deadline is not None:
            until = stamp(instant(one.deadline, address.time_zone), "R")
            line = words("{line}, deadline {time}", line=line, time=until)
        lines.append(line)
    return BriefPart(words("Waiting for answers"), lines)


def _contact_line(one: LcStatus, words: Words) -> str:
    contact = render.contact_text(one.contact, words) or words("no contact listed")
    return f"・**{words.either(one.lc.name_ja, one.lc.name_en)}** {contact}"


async def show_one(request: MemberRequest, announcement_id: int, lc_id: int) -> None:
    """Show one LC: its contact, a text to send, and a way to record its reply."""
    status = await request.services[StatusService].show(request.actor, announcement_id)
    require_sent(status.state)  # nobody records replies to a withdrawn announcement
    words = request.words
    found = next((one for one in status.lcs if one.lc.lc_id == lc_id), None)
    if found is None or not found.is_silent:
        await SilentButton.show(request, announcement_id)
        return
    key: dict[str, Any] = {"announcement_id": announcement_id}
    rows: list[list[Item]] = []
    heard: str
    if status.questionnaire_id is not None:
        heard = words("Did they tell you their answer? Enter it here and choose how you heard it.")
        step = f"questionnaires:form:{status.questionnaire_id}:{lc_id}:-"
        rows.append([to(step, words("Enter their answer"), emoji="✏️")])
    else:
        heard = words("Did they tell you they've read it? Choose how you heard it.")
        rows.append([HeardButton.make(words(text), lc_id=lc_id, via=via, **key) for via, text in VIA_WORDS.items()])
    rows.append([to(render.SILENT, words("Back to the list"), page=0, **key), home_button(words)])
    text = await paste_text(request, status, found, words)
    contact = render.contact_text(found.contact, words) or words("no contact listed")
    lines = [contact, "", words("Message to send:"), f"```\n{text.replace('```', '')}\n```", heard]
    title = words.either(found.lc.name_ja, found.lc.name_en)
    await request.show(Page(title=title, text="\n".join(lines), rows=rows))


async def paste_text(request: MemberRequest, status: Status, one: LcStatus, words: Words) -> str:
    """A kind message to one LC, ready to be sent by LINE or email."""
    said = await request.services[InboxService].read(request.actor, status.announcement_id)
    organisation = request.actor.organisation
    opening = words(
        "Hello {lc},\nthis is {name} from {organisation}.",
        lc=words.either(one.lc.name_ja, one.lc.name_en),
        name=request.caller.display_name,
        organisation=words.either(organisation.name_ja, organisation.name_en),
    )
    if status.questionnaire_id is None:
        asked = words(
            "We recently sent you “{title}”. Could you have a look when you get a chance?", title=status.title
        )
    elif status.deadline is None:
        asked = words("We recently asked you about “{title}” and would love to hear from you.", title=status.title)
    else:
        day = long_time(status.deadline, words)
        asked = words(
            "We recently asked you about “{title}” and would love to hear from you by {time}.",
            title=status.title,
            time=day,
        )
    closing = words("A short reply to this message is fine. If you've already replied, please ignore this one.")
    return "\n".join(filter(None, (opening, asked, said.content.link, closing)))


class SilentButton(Board, route=render.SILENT):
    look = PLAIN

    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0) -> None:
        status = await request.services[StatusService].show(request.actor, announcement_id)
        words, shown = request.words, part_of(to_be_reminded(status), page, PAGE)
        key: dict[str, Any] = {"announcement_id": announcement_id}
        options = [option(words.either(one.lc.name_ja, one.lc.name_en), one.lc.lc_id) for one in shown]
        await cls.lay_out(
            request,
            shown,
            title=words("LCs that haven't replied: {title}", title=status.title[:100]),
            above=[words("Only officers can see this list. Please contact each LC separately.")] if shown else [],
            line=_contact_line,
            empty=words("Every LC has replied."),
            menus=[[SilentSelect.make(words("Choose an LC to contact, or to record its reply"), options, **key)]],
            last=[to(render.STATUS, words("Back"), **key)],
            **key,
        )


SilentSelect = menu_to("announcements:silent:{announcement_id:int}", show_one)


class HeardButton(RoutedButton, route="announcements:heard:{announcement_id:int}:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, announcement_id: int, lc_id: int, via: str) -> None:
        service = request.services[AcknowledgementService]
        await service.acknowledge_for(request.actor, announcement_id, lc_id, chosen_one(Via, via))
        request.done = request.words("The LC's reply was recorded.")
        await SilentButton.show(request, announcement_id)


#: How many places are named; the others are only counted.
SHOWN = 20


class CorrectButton(RoutedButton, route=render.CORRECT):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[CorrectionService].to_correct(request.actor, announcement_id)
        said = await request.services[InboxService].read(request.actor, announcement_id)
        form = CorrectForm(request.words, draft.content, announcement_id, said.edition)
        await form.open(request.interaction)


class CorrectForm(TextForm, route="announcements:correct"):
    def __init__(self, words: Words, content: Content, announcement_id: int, edition: int) -> None:
        super().__init__(words, words("Correct the announcement"), content)
        self.announcement_id, self.edition = announcement_id, edition

    async def act(self, request: MemberRequest) -> None:
        service = request.services[CorrectionService]
        await service.correct(request.actor, self.announcement_id, self.edition, self.content)
        words = request.words
        text = words("The messages are being updated; older ones take a little longer. No one will be notified.")
        row: list[Item] = [
            to(render.STATUS, words("Announcement status"), announcement_id=self.announcement_id),
            home_button(words),
        ]
        await request.show(Page(title=words("Corrected"), text=text, rows=[row]))


class TakeBackButton(RoutedButton, route=render.TAKE_BACK):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await request.services[CorrectionService].to_take_back(request.actor, announcement_id)
        words = request.words
        row: list[Item] = [
            ReallyButton.make(
                words("Yes, withdraw it everywhere"), style=ButtonStyle.danger, announcement_id=announcement_id
            ),
            to(render.STATUS, words("No, keep it"), announcement_id=announcement_id),
        ]
        lines = [
            words(
                "“{title}” will be deleted everywhere it was sent, and its reminders will stop.",
                title=draft.content.title[:100],
            ),
            words("You keep the answers you've received. Some people may already have read it."),
        ]
        await request.show(Page(title=words("Withdraw this announcement?"), text="\n".join(lines), rows=[row]))


class ReallyButton(RoutedButton, route="announcements:really_take_back:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[CorrectionService].take_back(request.actor, announcement_id)
        await show_withdrawal(request, announcement_id)


async def show_withdrawal(request: MemberRequest, announcement_id: int) -> None:
    await draft_of(request, announcement_id)
    withdrawal = await request.services[CorrectionService].withdrawal(request.actor, announcement_id)
    words = request.words
    row: list[Item] = [
        WithdrawalButton.make(words("Refresh"), emoji="🔄", announcement_id=announcement_id),
        to(render.STATUS, words("Announcement status"), announcement_id=announcement_id),
        home_button(words),
    ]
    text = "\n".join(withdrawal_lines(withdrawal, words))
    await request.show(Page(title=words("Announcement withdrawn"), text=text, rows=[row]))


WithdrawalButton = button_to("announcements:withdrawal:{announcement_id:int}", show_withdrawal)


def withdrawal_lines(withdrawal: Withdrawal, words: Words) -> list[str]:
    lines = [words("Deleted: **{n}** messages", n=withdrawal.deleted)]
    if withdrawal.waiting:
        lines.append(words("Being deleted: **{n}**", n=withdrawal.waiting))
    if withdrawal.bundled:
        lines.append(words("Also removed from **{n}** combined messages", n=withdrawal.bundled))
    if withdrawal.failed:
        places = some([f"<#{channel}> [{code}]" for channel, code in withdrawal.failed], SHOWN, " ", words)
        lines.append(words("It couldn't be deleted here. Please delete it by hand: {places}", places=places))
    return lines


async def edit_job(occasion: Occasion, due: Due) -> None:
    payload = due.payload
    service = occasion.services[CorrectionService]
    await service.edit_messages(payload["announcement"], payload["edition"], payload["turn"])


async def delete_job(occasion: Occasion, due: Due) -> None:
    await occasion.services[CorrectionService].delete_messages(due.payload["announcement"], due.payload["turn"])


async def close_job(occasion: Occasion, due: Due) -> None:
    await occasion.services[CorrectionService].close_books(due.payload["announcement"])
