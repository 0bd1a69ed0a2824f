"""Making an event from a pasted text, and changing it later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord import ButtonStyle, SelectOption
from discord.utils import escape_markdown

from bot import times
from bot.deliveries.schedule import instant
from bot.errors import Invalid, NotAllowed
from bot.features.events import rules
from bot.features.events.changing import Settable
from bot.features.events.copies import CopyingService, Sources
from bot.features.events.homes import MEMBERS_MAKE, Home, may_make
from bot.features.events.models import Audience, EventState
from bot.features.events.queries import LIST, EventCard
from bot.features.events.reading import Part
from bot.features.events.repeats import occurrences
from bot.features.events.rules import When
from bot.features.events.service import Draft, DraftLine, EventService
from bot.features.events.steps import (
    TEMPLATES,
    details_step,
    edit_step,
    more_step,
    places_step,
    questions_step,
    repeat_step,
)
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import NOT_OFFERED, chosen_number, chosen_numbers, chosen_one
from bot.ui.dates import stamp, typed_date
from bot.ui.fields import Choice, Field, LongText, Maybe, Number, Text, Typed
from bot.ui.fields import When as Moment
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page, Rows
from bot.ui.repeats import dated, dated_day
from bot.ui.replies import fill, step_button
from bot.ui.requests import MemberRequest, Request, host
from bot.zones import city_of, zone_of
from cogs.events import render
from cogs.events.pages import show_event

#: In a menu: no channel, and the organisation itself.
NOWHERE = NATION = 0
#: In a menu: before the number of a template, and of an event. It holds so many options.
TEMPLATE, EVENT, MENU = "t", "e", 25
#: Of a series, so many dates stand in the preview.
DATES = 4
AUDIENCE_WORDS = {
    Audience.EVERYBODY: N_("Anyone can join"),
    Audience.JOINED: N_("Everybody who has joined the organisation"),
    Audience.LC: N_("Only members of the LC"),
}


class EventTime(Typed[When]):
    """Such as 11/28 19:00-21:00, 来週土曜 19時から2時間 or 11/21〜11/23, on the clocks of the form's time zone."""

    def read(self, typed: str, request: Request) -> When:
        return rules.read_when(typed, request.now, request.time_zone)

    def written(self, value: When, words: Words) -> str:
        first = typed_date(value.starts.date(), words)
        if value.whole_days:
            return f"{first} ~ {typed_date(value.last_day, words)}"
        begins = f"{first} {value.starts:%H:%M}"
        if value.ends is None:
            return begins
        if value.ends.date() == value.starts.date():
            return f"{begins}-{value.ends:%H:%M}"
        return f"{begins} ~ {typed_date(value.ends.date(), words)} {value.ends:%H:%M}"


class MakeButton(RoutedButton, route="events:make"):
    async def act(self, request: MemberRequest) -> None:
        if not may_make(request.actor):
            raise NotAllowed(MEMBERS_MAKE, next_steps=[LIST])
        sources = await request.services[CopyingService].sources(request.actor)
        await PasteForm(request.words, sources).open(request.interaction)


class PasteForm(Form, route="events:paste", title=N_("Create an event")):
    text = LongText(
        N_("Write it as you would in LINE"),
        rules.TEXT,
        hint=N_("Such as: Sat 28 Nov, 7-9pm, case study night on Zoom, anyone welcome"),
    )
    source = Choice[str | None](
        N_("Begin from…"), hint=N_("Then write only what is different, such as the time."), options={}, required=False
    )

    def __init__(self, words: Words, sources: Sources) -> None:
        """Where there is nothing to begin from, nobody is asked."""
        offered = source_options(sources, words)
        kind = type(self)
        fields: list[Field[Any]] = [kind.text]
        if len(offered) > 1:
            fields = [replace(kind.text, required=False), replace(kind.source, options=offered)]
        super().__init__(words, fields=fields)
        self.source = None

    async def act(self, request: MemberRequest) -> None:
        await show_draft(request, await begin(request, self.source, self.text))


def source_options(sources: Sources, words: Words) -> dict[str | None, str]:
    """What a draft may begin with: nothing, templates, and events that one made; a menu holds 25."""
    events = [(f"{EVENT}{one.event_id}", one) for one in sources.events]
    kept = sources.templates[: MENU - 1 - len(events)]
    found: dict[str | None, str] = {None: words("Nothing, only my text")}
    found |= {f"{TEMPLATE}{one.template_id}": f"📄 {one.name}" for one in kept}
    for value, past in events:
        found[value] = f"📅 {words.either(past.title_ja, past.title_en)} ({render.local_time(past.starts, words)})"
    return found


async def begin(request: MemberRequest, source: str | None, text: str) -> int:
    """A draft; its number. Raises Invalid: it begins with nothing."""
    here, copying = writable_here(request), request.services[CopyingService]
    if source is None:
        return await request.services[EventService].begin(request.actor, text, here)
    (number,) = chosen_numbers([source[1:]])
    if source[0] == TEMPLATE:
        return await copying.begin_from(request.actor, number, text, here)
    return await copying.begin_like(request.actor, number, text, here)


def writable_here(request: MemberRequest) -> int | None:
    """The channel in which somebody asks, if Discord lets both them and the bot write there."""
    interaction = request.interaction
    if interaction.guild_id is None or interaction.channel_id is None:
        return None
    both = interaction.permissions.send_messages and interaction.app_permissions.send_messages
    return interaction.channel_id if both and interaction.app_permissions.embed_links else None


class DraftsButton(Board, route="events:drafts"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[EventService].drafts(request.actor, page)
        options = [option(_draft_title(one, words), one.event_id) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("My drafts"),
            line=lambda one, words: f"**{escape_markdown(_draft_title(one, words))}**\n{stamp(one.made_at, 'R')}",
            empty=words("No drafts. Create an event to begin one."),
            menus=[[DraftSelect.make(words("Choose a draft"), options)]],
            last=[step_button(TEMPLATES, words), step_button(LIST, words)],
        )


def _draft_title(one: DraftLine, words: Words) -> str:
    return words.either(one.title_ja, one.title_en) or words("(no title yet)")


class DraftSelect(RoutedSelect, route="events:one_draft"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_draft(request, chosen_number(chosen))


class DraftButton(RoutedButton, route="events:draft:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await show_draft(request, event_id)


async def show_draft(request: MemberRequest, event_id: int) -> None:
    """How it would look, what is still open, and where it would go."""
    draft = await request.services[EventService].draft(request.actor, event_id)
    words, event = request.words, draft.event
    lines = [words("Nothing is posted yet. If it looks right, press “Post it”.")]
    lines += [f"❓ {fill(one.message, one.values, words)}" for one in draft.unclear]
    if event.when is None and not any(one.about is Part.WHEN for one in draft.unclear):
        lines.append(f"❓ {words(rules.NO_START)}")
    if not event.title_ja and not any(one.about is Part.TITLE for one in draft.unclear):
        lines.append(f"❓ {words(rules.NO_TITLE)}")
    if event.link:
        lines.append(words("🔒 Only participants see this:"))
        lines.append(escape_markdown(event.link))
    elif event.is_online:
        lines.append(words("🔗 There is no link yet. You can enter it later, too: press “Edit”."))
    if event.limit is not None:
        lines.append(words.plural("🙋 {n} place", "🙋 {n} places", event.limit))
    if event.questions:
        lines.append(words.plural("📝 {n} question", "📝 {n} questions", event.questions))
    if draft.asks:
        names = words(", ").join(escape_markdown(words.either(*one)) for one in draft.asks)
        lines.append(words("🤝 Asked to co-host once it is posted: {names}", names=names))
    lines += _next_dates(event, words)
    await request.show(
        Page(
            words("Your event, before it is posted"),
            "\n".join(lines),
            rows=_draft_rows(request, draft),
            quoted=render.card_page(event, words),
        )
    )


def _next_dates(event: EventCard, words: Words) -> list[str]:
    """When it would be, with the holidays on those days."""
    if event.repeat is None or event.when is None:
        return []
    dates = occurrences(event.repeat, event.when.starts, event.time_zone, limit=DATES)
    if event.when.whole_days:
        return [words("🔁 The first dates:"), *(f"・{dated_day(one.date(), event.time_zone, words)}" for one in dates)]
    return [words("🔁 The first dates:"), *(f"・{dated(one, event.time_zone, words)}" for one in dates)]


def _draft_rows(request: MemberRequest, draft: Draft) -> Rows:
    words, event = request.words, draft.event
    number = event.event_id
    is_ready = bool(event.title_ja) and event.when is not None
    post = PostButton.make(
        words("Post it"),
        emoji="📣",
        style=ButtonStyle.success,
        disabled=not is_ready,
        event_id=number,
        version=event.version,
    )
    rows: list[list[Item]] = [
        [
            post,
            step_button(edit_step(number), words),
            step_button(details_step(number), words),
            step_button(repeat_step(number), words),
            DiscardButton.make(words("Discard"), emoji="🗑️", event_id=number),
        ],
        [ChannelSelect.make(words("Where to post it"), _channels(request, draft), event_id=number)],
    ]
    homes = _homes(draft, words)
    if len(homes) > 1:
        rows.append([HomeSelect.make(words("Whose event is it?"), homes, event_id=number, version=event.version)])
    audiences = [one for one in Audience if one is not Audience.LC or event.lc_id is not None]
    options = [option(words(AUDIENCE_WORDS[one]), one.value) for one in audiences]
    for one in options:
        one.default = one.value == event.audience.value
    rows.append([AudienceSelect.make(words("Who can join?"), options, event_id=number, version=event.version)])
    # One place of the row stays free, so that an error fits into the page.
    more = (places_step(number), questions_step(number), more_step(number))
    return [*rows, [*(step_button(step, words) for step in more), home_button(words)]]


def _channels(request: MemberRequest, draft: Draft) -> list[SelectOption]:
    words, bot, chosen = request.words, host(request.interaction), draft.event.channel_id
    here = writable_here(request)
    options = []
    for channel_id in dict.fromkeys(filter(None, (*draft.channels, here, chosen))):
        channel = bot.get_channel(channel_id)
        name = f"#{channel.name}" if channel is not None and hasattr(channel, "name") else words("a channel")
        options.append(option(words("{name} (here)", name=name) if channel_id == here else name, channel_id))
    options = [*options[:24], option(words("No post, only in the list of events"), NOWHERE)]
    for one in options:
        one.default = one.value == str(chosen or NOWHERE)
    return options


def _homes(draft: Draft, words: Words) -> list[SelectOption]:
    options = []
    for home, names in draft.homes:
        made = option(words.either(*names) if names else words("The whole organisation"), _home_value(home))
        made.default = (home["lc_id"], home["committee_id"]) == (draft.event.lc_id, draft.event.committee_id)
        options.append(made)
    return options


def _home_value(home: Home) -> str:
    return f"{home['lc_id'] or NATION}-{home['committee_id'] or NATION}"


class ChannelSelect(RoutedSelect, route="events:channel:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        channel_id = chosen_number(chosen) or None
        await request.services[EventService].choose_channel(request.actor, event_id, channel_id)
        await show_draft(request, event_id)


class HomeSelect(RoutedSelect, route="events:home:{event_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, version: int) -> None:
        if "-" not in chosen[0]:
            raise Invalid(NOT_OFFERED)
        lc_id, committee_id = (number or None for number in chosen_numbers(chosen[0].split("-", 1)))
        home: Home = {"lc_id": lc_id, "committee_id": committee_id}
        await request.services[EventService].give_to(request.actor, event_id, version, home)
        await show_draft(request, event_id)


class AudienceSelect(RoutedSelect, route="events:audience:{event_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, version: int) -> None:
        audience = chosen_one(Audience, chosen[0])
        await request.services[EventService].edit(request.actor, event_id, version, audience=audience)
        await show_draft(request, event_id)


class PostButton(RoutedButton, route="events:post:{event_id:int}:{version:int}"):
    async def act(self, request: MemberRequest, event_id: int, version: int) -> None:
        await request.services[EventService].post(request.actor, event_id, version, writable_here(request))
        request.done = request.words("Your event is posted. People can sign up now.")
        await show_event(request, event_id)


class DiscardButton(RoutedButton, route="events:discard:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[EventService].discard(request.actor, event_id)
        words = request.words
        request.done = words("The draft was discarded.")
        await DraftsButton.show(request)


async def _either(request: MemberRequest, event_id: int) -> EventCard:
    """The event, posted or not, for those who may change it. Raises NotFound; NotAllowed."""
    return await request.services[EventService].to_edit(request.actor, event_id)


async def _show(request: MemberRequest, event: EventCard) -> None:
    request.done = request.words("Saved.")
    await (show_draft if event.state is EventState.DRAFT else show_event)(request, event.event_id)


class EditButton(RoutedButton, route="events:edit:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await EditForm(request.words, await _either(request, event_id)).open(request.interaction)


class EditForm(Form, route="events:edit_form", title=N_("Edit the event")):
    title_ja = Text(N_("Event name"), rules.TITLE)
    when = EventTime(N_("Date and time"), rules.WHEN, hint=N_("Such as 11/28 19:00-21:00, or 12/5 ~ 12/7"))
    place = Text(N_("Venue"), rules.PLACE, required=False)
    link = LongText(
        N_("Link and passcode"),
        rules.LINK,
        hint=N_("Such as Zoom. Only people who come see it."),
        required=False,
    )
    limit = Maybe(Number(N_("Places"), 5, hint=N_("Leave it empty for no limit")))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.kept, self.time_zone = event, event.time_zone
        self.title_ja, self.place, self.link, self.limit = event.title_ja, event.place, event.link, event.limit
        if event.when is not None:
            self.when = event.when

    def settable(self) -> Settable:
        """What was typed."""
        return {
            "title_ja": self.title_ja,
            "title_en": self.title_ja if self.kept.title_en in ("", self.kept.title_ja) else self.kept.title_en,
            "when": self.when,
            "place": self.place,
            "link": self.link,
            "limit": self.limit,
            "is_online": self._is_online(),
        }

    async def act(self, request: MemberRequest) -> None:
        event: EventCard = self.kept
        await request.services[EventService].edit(
            request.actor, event.event_id, event.version, event, **self.settable()
        )
        await _show(request, event)

    def _is_online(self) -> bool:
        """An event that was read as online stays so while its place does."""
        stays = self.kept.is_online and self.place.strip() == self.kept.place
        return bool(self.link.strip()) or rules.is_tool(self.place) or stays


class DetailsButton(RoutedButton, route="events:details:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await DetailsForm(request.words, await _either(request, event_id)).open(request.interaction)


class DetailsForm(Form, route="events:details_form", title=N_("Description and more")):
    text = LongText(N_("Description"), rules.TEXT, required=False)
    cost = Text(N_("Cost"), rules.COST, hint=N_("Such as 500 yen, or free"), required=False)
    closes = Maybe(Moment(N_("Sign up by"), hint=N_("Such as 11/27 21:00. Empty: until it starts.")))
    alcohol = Choice(
        N_("Is there alcohol?"), options={None: N_("Not said"), True: N_("With alcohol"), False: N_("Without alcohol")}
    )

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.kept, self.time_zone = event, event.time_zone
        self.text, self.cost, self.alcohol = event.text, event.cost, event.alcohol
        if event.closes is not None:
            self.closes = times.Moment(event.closes, instant(event.closes, event.time_zone))

    async def act(self, request: MemberRequest) -> None:
        await request.services[EventService].edit(
            request.actor,
            self.kept.event_id,
            self.kept.version,
            self.kept,
            text=self.text,
            cost=self.cost,
            alcohol=self.alcohol,
            closes=self.closes.local if self.closes is not None else None,
        )
        await _show(request, self.kept)


class LanguagesButton(RoutedButton, route="events:languages:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await LanguagesForm(request.words, await _either(request, event_id)).open(request.interaction)


class Zone(Typed[str]):
    """Such as London, ロンドン or Europe/London."""

    def read(self, typed: str, request: Request) -> str:
        return zone_of(typed)

    def written(self, value: str, words: Words) -> str:
        return city_of(value, words.language)


class LanguagesForm(Form, route="events:languages_form", title=N_("Languages and time zone")):
    """A posted event keeps its zone: people know when it is."""

    language = Choice(N_("In which language is it held?"), options={None: N_("Not said"), **render.LANGUAGE_WORDS})
    title_en = Text(N_("Event name in English"), rules.TITLE, required=False)
    text_en = LongText(N_("Description in English"), rules.TEXT, required=False)
    zone = Zone(N_("Time zone"), 60, hint=N_("Enter a city, such as London. The times of the event are those there."))

    def __init__(self, words: Words, event: EventCard) -> None:
        is_draft = event.state is EventState.DRAFT
        super().__init__(words, fields=[one for one in self.fields if is_draft or one.name != "zone"])
        self.kept, self.is_draft = event, is_draft
        self.language, self.title_en, self.text_en = event.language, event.title_en, event.text_en
        if is_draft:
            self.zone = event.time_zone

    async def act(self, request: MemberRequest) -> None:
        event: EventCard = self.kept
        values: Settable = {
            "language": self.language,
            "title_ja": event.title_ja,
            "title_en": self.title_en,
            "text_en": self.text_en,
        }
        if self.is_draft:
            values["time_zone"] = self.zone
        await request.services[EventService].edit(request.actor, event.event_id, event.version, event, **values)
        await _show(request, event)


class AgainButton(RoutedButton, route="events:again:{event_id:int}"):
    """One more post, here: where somebody deleted it, or where others read. Where its reader can't write, it goes to
    the event's own channel."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        here = writable_here(request)
        channel = here or (await _either(request, event_id)).channel_id
        if channel is None:
            raise NotAllowed(N_("The bot or you can't write in this channel. Please do this in another one."))
        await request.services[EventService].show_again(request.actor, event_id, channel, here)
        request.done = request.words("It will be posted in {channel}.", channel=f"<#{channel}>")
        await show_event(request, event_id)


class CancelButton(RoutedButton, route="events:cancel:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await CancelForm(request.words, await _either(request, event_id)).open(request.interaction)


class CancelForm(Form, route="events:cancel_form", title=N_("Cancel the event")):
    reason = Text(N_("Why?"), rules.REASON, hint=N_("Everybody who signed up reads it."))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.event = event

    async def act(self, request: MemberRequest) -> None:
        await request.services[EventService].cancel(request.actor, self.event.event_id, self.reason)
        request.done = request.words("The event is cancelled. Those who signed up read it in a message or on /home.")
        await show_event(request, self.event.event_id)
