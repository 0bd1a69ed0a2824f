"""What an event was like: its page for organisers, and the pictures that others look at."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.events.reporting import MOST, TEXT, ReportDraft, ReportPicture, ReportService
from bot.features.events.service import EventService
from bot.features.events.steps import organise_step, report_step, show_step
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.choices import chosen_number
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import File, LongText, Several
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Document, Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from bot.ui.uploads import fetched
from cogs.events import render

#: What somebody who adds a picture ticks.
PEOPLE, CHILDREN = "people", "children"


async def show_pictures(request: MemberRequest, event_id: int) -> None:
    """All of them, for everybody who sees the event."""
    event, words = await request.services[EventService].event(request.actor, event_id), request.words
    await request.defer()
    found = await request.services[ReportService].pictures(request.actor, event_id)
    text = escape_markdown(event.report) or words("This is what it was like.")
    if not found:
        text = words("There are no pictures of this event any more.")
    last = [step_button(show_step(event_id), words), home_button(words)]
    page = Page(render.headline(event, words), text, rows=[last], documents=_documents(found, event_id))
    await request.show(page)


PicturesButton = button_to("events:report_pictures:{event_id:int}", show_pictures)


def _documents(found: Sequence[ReportPicture], event_id: int) -> list[Document]:
    return [Document(one.content, f"event-{event_id}-{number}.jpg") for number, one in enumerate(found, 1)]


async def show_report(request: MemberRequest, event_id: int) -> None:
    """For its organisers."""
    event, words = await request.services[EventService].to_organise(request.actor, event_id), request.words
    await request.services[ReportService].to_write(request.actor, event_id)  # is it over?
    await request.defer()
    found = list(await request.services[ReportService].pictures(request.actor, event_id))
    lines = [
        render.headline(event, words),
        words("Some pictures and a few sentences show others what your events are like."),
        escape_markdown(event.report) or words("(nothing written yet)"),
        words.plural("{n} picture", "{n} pictures", len(found)) if found else words("(no pictures yet)"),
    ]
    row: list[Item] = [WriteReportButton.make(words("Write a few sentences"), emoji="📝", event_id=event_id)]
    if len(found) < MOST:
        row.insert(0, AddReportPictureButton.make(words("Add a picture"), emoji="📷", event_id=event_id))
    rows: list[list[Item]] = [row]
    if found:
        options = [option(words("Picture {n}", n=n), one.picture_id) for n, one in enumerate(found, 1)]
        rows.append([ReportPictureSelect.make(words("Choose a picture to remove"), options, event_id=event_id)])
    rows.append([step_button(organise_step(event_id), words), home_button(words)])
    documents = _documents(found, event_id)
    await request.show(Page(words("What it was like"), "\n".join(lines), rows=rows, documents=documents))


ReportButton = button_to("events:report:{event_id:int}", show_report)


class ReportForm(DraftForm[ReportDraft], route="events:report_form", title=N_("What it was like")):
    text = LongText(
        N_("A few sentences"), TEXT, hint=N_("Such as how many came, and what they liked. No names."), required=False
    )

    def __init__(self, words: Words, event_id: int, draft: ReportDraft) -> None:
        super().__init__(words, draft)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[ReportService].write(request.actor, self.event_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await show_report(request, self.event_id)


class WriteReportButton(RoutedButton, route="events:write_report:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        draft = await request.services[ReportService].to_write(request.actor, event_id)
        await ReportForm(request.words, event_id, draft).open(request.interaction)


class ReportPictureForm(Form, route="events:report_picture_form", title=N_("Add a picture")):
    file = File(N_("Picture"), hint=N_("JPEG, PNG or WebP, up to 8 MB."))
    agreed = Several(
        N_("Please check and tick"),
        options={
            PEOPLE: N_("Everybody who can be recognised agreed that it is shown"),
            CHILDREN: N_("No child's face is in it"),
        },
    )

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        await request.defer()
        content = await fetched(self.file)
        agreed = {PEOPLE, CHILDREN} == set(self.agreed)
        await request.services[ReportService].add(request.actor, self.event_id, content, agreed=agreed)
        request.done = request.words("Saved. The place and the camera in the file were removed.")
        await show_report(request, self.event_id)


class AddReportPictureButton(RoutedButton, route="events:add_report_picture:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[ReportService].to_write(request.actor, event_id)  # checked before the form opens
        await ReportPictureForm(request.words, event_id).open(request.interaction)


class ReportPictureSelect(RoutedSelect, route="events:report_picture:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        picture_id, words = chosen_number(chosen), request.words
        await request.services[EventService].to_organise(request.actor, event_id)
        found = list(await request.services[ReportService].pictures(request.actor, event_id))
        yes = RemoveReportPictureButton.make(
            words("Yes, remove"), style=ButtonStyle.danger, event_id=event_id, picture_id=picture_id
        )
        back = step_button(report_step(event_id), words)
        shown = _documents([one for one in found if one.picture_id == picture_id], event_id)
        text = words("Remove this picture? It is deleted for good.")
        await request.show(
            Page(words("What it was like"), text, rows=[[yes, back], [home_button(words)]], documents=shown)
        )


class RemoveReportPictureButton(RoutedButton, route="events:remove_report_picture:{event_id:int}:{picture_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, picture_id: int) -> None:
        await request.services[ReportService].remove(request.actor, event_id, picture_id)
        request.done = request.words("Removed.")
        await show_report(request, event_id)
