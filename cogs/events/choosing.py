"""The ways to take part in an event: its organisers write them, and whoever signs up presses one."""

from __future__ import annotations

from bot.features.events.choices import TEXT, ChoicesDraft, ChoiceService, written
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.i18n import N_, Words
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import LongText
from bot.ui.items import RoutedButton
from bot.ui.requests import MemberRequest
from cogs.events.making import show_draft
from cogs.events.pages import show_event


class ChoicesForm(DraftForm[ChoicesDraft], route="events:choices_form", title=N_("Ways to take part")):
    lines = LongText(
        N_("One per line"),
        TEXT,
        hint=N_("Such as “On site: 30” and “Online”. Empty: people just sign up."),
        required=False,
    )

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words, ChoicesDraft(written(event.choices)))
        self.event = event

    async def act(self, request: MemberRequest) -> None:
        await request.services[ChoiceService].set(request.actor, self.event.event_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await (show_draft if self.event.state is EventState.DRAFT else show_event)(request, self.event.event_id)


class ChoicesButton(RoutedButton, route="events:choices:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        await ChoicesForm(request.words, event).open(request.interaction)
