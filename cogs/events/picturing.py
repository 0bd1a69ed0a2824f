"""The picture of an event, as its organisers choose it."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle

from bot.features.events.models import EventState
from bot.features.events.picturing import PictureService
from bot.features.events.posting import PostingService
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.events.steps import draft_step, organise_step
from bot.i18n import N_, Words
from bot.ui.fields import File
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from bot.ui.uploads import fetched
from cogs.events.pictures import picture_of
from cogs.events.posting import may_attach

NO_FILES = N_(
    "⚠️ In {channel} the bot can't attach files, so the post has no picture. Please allow “Attach Files” there."
)


async def show_picture(request: MemberRequest, event_id: int) -> None:
    """How its posts look, and what else they could show."""
    event = await request.services[EventService].to_edit(request.actor, event_id)
    words = request.words
    await request.defer()
    picture = await picture_of(request.services[PictureService], event, words)
    lines = [_what(event, words), *await picture_notes(request, event_id)]
    if event.series_id is not None:
        lines.append(words("A change here is also for the later dates of the series."))
    back = draft_step(event_id) if event.state is EventState.DRAFT else organise_step(event_id)
    rows: list[list[Item]] = [_choices(event, words), [step_button(back, words), home_button(words)]]
    await request.show(Page(words("Picture of the event"), "\n".join(lines), picture=picture, rows=rows))


def _what(event: EventCard, words: Words) -> str:
    if event.picture_id is not None:
        return words("Its posts show the picture that was added.")
    if event.has_banner:
        return words("Its posts show a banner with the title and the date. You can add a picture of your own.")
    return words("Its posts show no picture.")


async def picture_notes(request: MemberRequest, event_id: int) -> Sequence[str]:
    """Where a post can't have its picture."""
    words, bot = request.words, host(request.interaction)
    channels = await request.services[PostingService].channels(request.actor, event_id)
    return [words(NO_FILES, channel=f"<#{channel}>") for channel in channels if not may_attach(bot, channel)]


def _choices(event: EventCard, words: Words) -> list[Item]:
    number, is_added = event.event_id, event.picture_id is not None
    row: list[Item] = [AddButton.make(words("Add a picture"), style=ButtonStyle.primary, event_id=number)]
    if is_added or not event.has_banner:
        row.append(BannerButton.make(words("Use the banner"), event_id=number, yes=1))
    if is_added or event.has_banner:
        row.append(BannerButton.make(words("No picture"), event_id=number, yes=0))
    return row


class AddButton(RoutedButton, route="events:add_picture:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[EventService].to_edit(request.actor, event_id)  # checked before the form opens
        await PictureForm(request.words, event_id).open(request.interaction)


class PictureForm(Form, route="events:picture_form", title=N_("Picture of the event")):
    file = File(N_("Picture"), hint=N_("JPEG, PNG or WebP, up to 8 MB. People in it should agree that it is shown."))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        await request.defer()
        content = await fetched(self.file)
        await request.services[PictureService].add(request.actor, self.event_id, content)
        request.done = request.words("Saved. The place and the camera in the file were removed.")
        await show_picture(request, self.event_id)


class BannerButton(RoutedButton, route="events:banner:{event_id:int}:{yes:int}"):
    """The drawn banner, or none."""

    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        await request.services[PictureService].take_away(request.actor, event_id, has_banner=bool(yes))
        request.done = request.words("Saved.")
        await show_picture(request, event_id)


PictureButton = button_to("events:picture:{event_id:int}", show_picture)
