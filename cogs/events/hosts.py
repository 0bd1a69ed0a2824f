"""Who hosts an event besides its own place: the page of its organisers, and the answer of an LC."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.errors import Conflict
from bot.features.events.hosts import NAME, NO_HOST, Host, HostService, hosts_asked
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.steps import more_step, organise_step, show_step
from bot.features.homes.facts import Facts
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, button_to_form
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render

#: In a button: an LC's answer.
YES, NO = "yes", "no"


class HostsButton(Board, route="events:hosts:{event_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0) -> None:
        words = request.words
        event, hosts = await request.services[HostService].hosts(request.actor, event_id)
        options = [
            option(words.either(one.name_ja, one.name_en), one.host_id, _state(one, event, words)) for one in hosts
        ]
        beside: list[Item] = []
        is_draft = event.state is EventState.DRAFT
        if event.state is not EventState.CANCELLED:
            beside = [
                AskLcButton.make(words("Ask an LC"), emoji="🤝", event_id=event_id),
                AddHostButton.make(words("Add a group or institution"), emoji="➕", event_id=event_id),
            ]
        await cls.lay_out(
            request,
            part_of(hosts, page, len(hosts) or 1),
            title=words("Co-hosts"),
            above=[render.headline(event, words)],
            line=lambda one, words: _line(one, event, words),
            empty=words("Nobody else hosts it. An LC is asked, and hosts it once its officers say yes."),
            menus=[[HostSelect.make(words("Choose one to remove"), options, event_id=event_id)]],
            beside=[beside],
            last=[step_button(more_step(event_id) if is_draft else organise_step(event_id), words)],
            event_id=event_id,
        )


def _line(one: Host, event: EventCard, words: Words) -> str:
    return f"・{escape_markdown(words.either(one.name_ja, one.name_en))} – {_state(one, event, words)}"


def _state(one: Host, event: EventCard, words: Words) -> str:
    if one.accepted_at is not None:
        return words("hosts it")
    if event.state is EventState.DRAFT:
        return words("is asked once you post it")
    return words("said no") if one.declined_at is not None else words("hasn't answered yet")


class AskLcForm(Form, route="events:ask_lc_form", title=N_("Ask an LC")):
    lc = Text(N_("Which LC?"), 100, hint=N_("Its name, such as the university. Its officers are asked."))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        lc_id = await request.services[LocalCommitteeService].meant(request.actor, self.lc)
        await request.services[HostService].ask(request.actor, self.event_id, lc_id)
        request.done = request.words("Saved. An LC hosts the event once one of its officers says yes.")
        await HostsButton.show(request, self.event_id)


class AddHostForm(Form, route="events:add_host_form", title=N_("Add a group or institution")):
    name = Text(N_("Name"), NAME, hint=N_("A student group, a hospital, a city … as it should stand in the post"))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[HostService].add(request.actor, self.event_id, self.name)
        request.done = request.words("Added.")
        await HostsButton.show(request, self.event_id)


AskLcButton = button_to_form("events:ask_lc:{event_id:int}", AskLcForm)
AddHostButton = button_to_form("events:add_host:{event_id:int}", AddHostForm)


class HostSelect(RoutedSelect, route="events:host:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        host_id = chosen_number(chosen)
        _, hosts = await request.services[HostService].hosts(request.actor, event_id)
        one = next((host for host in hosts if host.host_id == host_id), None)
        if one is None:
            raise Conflict(NO_HOST, next_steps=[organise_step(event_id)])
        words = request.words
        name = escape_markdown(words.either(one.name_ja, one.name_en))
        yes = RemoveHostButton.make(
            words("Yes, remove"), style=ButtonStyle.danger, event_id=event_id, host_id=one.host_id
        )
        back = HostsButton.make(words("Back"), event_id=event_id)
        text = words("Remove {name} from those who host the event?", name=name)
        await request.show(Page(words("Co-hosts"), text, rows=[[yes, back], [home_button(words)]]))


class RemoveHostButton(RoutedButton, route="events:remove_host:{event_id:int}:{host_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, host_id: int) -> None:
        await request.services[HostService].remove(request.actor, event_id, host_id)
        request.done = request.words("Removed.")
        await HostsButton.show(request, event_id)


async def show_asked(request: MemberRequest, host_id: int) -> None:
    """For officers of the LC that is asked, or hosts it."""
    event, host = await request.services[HostService].asked(request.actor, host_id)
    words = request.words
    lc = escape_markdown(words.either(host.name_ja, host.name_en))
    lines = [
        words("Would {lc} like to host this event, too? Its members can sign up as the event's own.", lc=lc),
        _state(host, event, words),
    ]
    row: list[Item] = []
    if host.accepted_at is None:
        yes = words("Yes, we co-host it")
        row.append(HostAnswerButton.make(yes, emoji="🤝", style=ButtonStyle.success, host_id=host_id, word=YES))
    if host.declined_at is None:
        no = words("We no longer co-host it") if host.accepted_at is not None else words("No, thank you")
        row.append(HostAnswerButton.make(no, host_id=host_id, word=NO))
    rows = [row, [step_button(show_step(event.event_id), words), home_button(words)]]
    page = Page(words("Co-hosting an event"), "\n".join(lines), rows=rows, quoted=render.card_page(event, words))
    await request.show(page)


AskedButton = button_to("events:host_asked:{host_id:int}", show_asked)


class HostAnswerButton(RoutedButton, route="events:host_answer:{host_id:int}:{word}"):
    async def act(self, request: MemberRequest, host_id: int, word: str) -> None:
        await request.services[HostService].answer(request.actor, host_id, accepts=word == YES)
        words = request.words
        request.done = words("Your LC co-hosts it now.") if word == YES else words("Your answer is saved.")
        await show_asked(request, host_id)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    words, waiting = request.words, list[HomeLine]()
    for one in facts[hosts_asked]:
        title, lc = words.either(one.ja or "", one.en or ""), words.either(one.lc_ja, one.lc_en)
        told = words("{lc} is asked to co-host: {title}", lc=escape_markdown(lc), title=escape_markdown(title))
        waiting.append(HomeLine(told, AskedButton.make(words("Say yes or no"), emoji="🤝", host_id=one.id)))
    return HomePart(waiting=waiting)


async def asked(occasion: Occasion, due: Due) -> Line | None:
    """What an LC's officers are told; None once somebody has answered."""
    payload, words = due.payload, occasion.words
    found = await occasion.services[HostService].still_asked(payload["host"], payload["turn"])
    if found is None:
        return None
    title = escape_markdown(render.title_of(found.event, words))
    who = escape_markdown(render.organiser_of(found.event, words)) or words("The organisation")
    text = words(
        "{who} would like to hold **{title}** together with you. Nothing happens until you say yes.",
        who=who,
        title=title,
    )
    button = AskedButton.make(words("Say yes or no"), emoji="🤝", host_id=found.host_id)
    return Line(text, button, title=words("Co-hosting an event"))
