"""What is coming, and the page of one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from discord import ButtonStyle, SelectOption
from discord.utils import escape_markdown

from bot.errors import NotFound
from bot.features.events.answers import Paper
from bot.features.events.homes import may_make
from bot.features.events.invitations import Answer, invited
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import Clash, JoiningService, Way
from bot.features.events.models import EventState
from bot.features.events.news import may_subscribe
from bot.features.events.picturing import PictureService
from bot.features.events.queries import (
    GONE,
    LIST,
    EventCard,
    Stands,
    Which,
    called_off,
    lately,
    local,
    questions_open,
    this_week,
)
from bot.features.events.question_rules import Given
from bot.features.events.service import EventService
from bot.features.events.steps import (
    CHECK_CERTIFICATE,
    DRAFTS,
    MAKE,
    REPLIES,
    TELL_ME,
    answer_step,
    answers_step,
    decline_step,
    edit_step,
    organise_step,
    own_name_step,
    people_step,
    text_step,
)
from bot.features.homes.facts import Fact, Facts
from bot.features.members import rules as members
from bot.features.members.service import MemberService
from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.values import ChoiceLine, OwnParty, Placed
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.counts import choice_line
from bot.ui.dates import short_date
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page, in_rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import render
from cogs.events.answering import AnswerForm
from cogs.events.pictures import picture_of

#: In a button, where there are no several ways to take part.
NO_CHOICE = 0
WHICH_WORDS = {
    Which.COMING: N_("All coming events"),
    Which.WEEK: N_("The next seven days"),
    Which.MONTH: N_("The next month"),
    Which.MINE: N_("My events"),
    Which.LC: N_("My LC"),
    Which.COMMITTEE: N_("My committees"),
    Which.REGION: N_("My region"),
    Which.ONLINE: N_("Online"),
    Which.OVER: N_("Past events"),
}
NOTHING = {
    Which.COMING: N_("No events are planned right now. Past events show what there has been."),
    Which.MINE: N_("You haven't signed up for anything yet. Choose an event from all coming ones."),
    Which.OVER: N_("There are no past events yet."),
}
#: Of a message in Discord.
MOST_ROWS = 5
STANDING = {
    Stands.WAITS: N_("{event}: you're in line"),
    Stands.COMES: N_("{event}: you're signed up"),
    Stands.ASKED: N_("{event}: a place is free for you"),
}
NOTHING_HERE = N_("No events are planned here right now. Have a look at all coming events.")


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    words = request.words
    lines = [home_line(one, N_("{event}: cancelled"), words) for one in facts[called_off]]
    found = sorted(facts[this_week], key=lambda one: (-(one.of or 0), one.n, one.local))
    asked = {one.id for one in facts[invited]}  # these stand above, with their answers
    lines += [home_line(one, STANDING.get(Stands(one.of or 0)), words) for one in found if one.id not in asked]
    lines += [_asking_line(one, words) for one in facts[questions_open]]
    return HomePart(
        ideas=lines, actions=[EventsButton.make(words("Events"), emoji=render.EMOJI, which=Which.COMING.value)]
    )


async def quiet_part(request: MemberRequest, facts: Facts) -> HomePart:
    """In a week without events, below what one can do: to hear of the next ones, and what there was."""
    if facts[this_week]:
        return HomePart()
    words, lines = request.words, list[HomeLine]()
    if facts[may_subscribe]:
        told = words("Nothing is planned this week. We can tell you when something comes.")
        lines.append(HomeLine(told, step_button(TELL_ME, words)))
    past = sorted(facts[lately], key=lambda one: one.local or "", reverse=True)
    lines += [home_line(one, N_("{event}: see what it was"), words) for one in past]
    return HomePart(ideas=lines)


def home_line(one: Fact, standing: str | None, words: Words) -> HomeLine:
    """``standing``: a message id; how the reader stands towards it."""
    starts, title, host = local(one.local), words.either(one.ja, one.en), words.either(one.lc_ja, one.lc_en)
    assert starts is not None
    assert one.id is not None
    is_hour = starts.time() != time.min  # whole days begin at midnight
    when = render.local_time(starts, words) if is_hour else short_date(starts.date(), words)
    told = f"{when} {escape_markdown(title)}"
    if host:
        told = words("{event} ({host})", event=told, host=host)
    if standing is not None:
        told = words(standing, event=told)
    return HomeLine(told, ShowButton.make(title, emoji=render.EMOJI, event_id=one.id))


def _asking_line(one: Fact, words: Words) -> HomeLine:
    """The organisers ask something that the reader hasn't seen yet."""
    title, number = escape_markdown(words.either(one.ja, one.en)), one.n or 0
    told = words.plural(
        "{event}: the organisers ask {n} question", "{event}: the organisers ask {n} questions", number, event=title
    )
    return HomeLine(told, step_button(answer_step(one.id or 0), words))


class EventsButton(Board, route="events:list:{which}"):
    @classmethod
    async def show(cls, request: MemberRequest, which: str = Which.COMING.value, page: int = 0) -> None:
        words, shown = request.words, which_of(which)
        found = await request.services[EventService].coming(request.actor, shown, page)
        options = [
            option(render.title_of(one, words), one.event_id, render.plain_time(one.when, words, one.elsewhere))
            for one in found
        ]
        last = [step_button(MAKE, words), step_button(DRAFTS, words)] if may_make(request.actor) else []
        if last and host(request.interaction).settings.public_url is None:  # then texts have a code
            last.append(step_button(REPLIES, words))
        if request.actor.person_id is not None:
            last.append(step_button(TELL_ME, words))
        await cls.lay_out(
            request,
            found,
            title=_list_title(shown, words),
            line=render.list_line,
            empty=words(NOTHING.get(shown, NOTHING_HERE)),
            menus=[[EventSelect.make(words("Choose an event"), options)]],
            beside=[
                [WhichSelect.make(words("Show other events"), which_options(request, shown))],
                [step_button(CHECK_CERTIFICATE, words)],
            ],
            last=last,
            which=shown.value,
        )


def _list_title(shown: Which, words: Words) -> str:
    told = words(WHICH_WORDS[shown])
    return told if shown in (Which.COMING, Which.MINE, Which.OVER) else words("Events: {which}", which=told)


def which_of(text: str) -> Which:
    """A name that isn't known any more, as on an older button, means all that is coming."""
    return Which(text) if text in {one.value for one in Which} else Which.COMING


def which_options(request: MemberRequest, shown: Which) -> list[SelectOption]:
    words = request.words
    kinds = [one for one in Which if one is not Which.LC or request.actor.lc_ids]
    options = [option(words(WHICH_WORDS[one]), one.value) for one in kinds]
    for one in options:
        one.default = one.value == shown.value
    return options


class WhichSelect(RoutedSelect, route="events:which"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await EventsButton.show(request, chosen[0])


class EventSelect(RoutedSelect, route="events:one"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_event(request, chosen_number(chosen))


class ShowButton(RoutedButton, route="events:show:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await show_event(request, event_id)


async def show_event(request: MemberRequest, event_id: int, *, says: bool = True) -> None:
    """``says``: how the reader stands, unless they were told just now."""
    event = await request.services[EventService].event(request.actor, event_id)
    items = [make(request.words, event_id) for make in host(request.interaction).event_items]
    answer = await request.services[InvitationService].answer(request.actor, event_id)
    page = event_page(event, request.words, items, is_over=is_over(event, request), says=says, answer=answer)
    if is_over(event, request) and event.state is EventState.POSTED:
        await request.defer()  # a banner may have to be drawn
        page = replace(page, picture=await picture_of(request.services[PictureService], event, request.words))
    await request.show(page)


def is_over(event: EventCard, request: MemberRequest) -> bool:
    return event.ends_at is not None and event.ends_at <= request.now


def event_page(
    event: EventCard,
    words: Words,
    items: Sequence[Item],
    *,
    is_over: bool,
    says: bool = True,
    answer: Answer | None = None,
) -> Page:
    """``items``: what other features add to it. ``answer``: of a reader who was invited."""
    is_open = event.state is EventState.POSTED and not is_over
    first = [words("This event is over.")] if is_over else []
    if says and event.state is EventState.POSTED and (mine := render.mine_line(event.mine, words)):
        first.append(f"**{mine}**")
        first += [
            escape_markdown(words.either(one.label_ja, one.label_en)) for one in event.choices if _is_own(one, event)
        ]
    if is_open and answer in render.INVITED_WORDS:
        first.append(f"**{words(render.INVITED_WORDS[answer])}**")
    private = [render.link_line(event, words), render.thread_line(event, words)]
    lines = [*first, *filter(None, private), *render.card_lines(event, words)]
    rows: list[list[Item]] = []
    if is_open:
        rows.append(_own(event, words, answer))
        if question := _question(event.mine):
            lines += ["", f"🔔 {words(question)}"]
    rows.append([step_button(text_step(event.event_id), words), *items])
    rows.append(_organising(event, words))
    rows.append([EventsButton.make(words("All events"), which=Which.COMING.value), home_button(words)])
    page = render.card_page(event, words, rows)
    return replace(page, text="\n".join(lines))


def _is_own(choice: ChoiceLine, event: EventCard) -> bool:
    return event.mine is not None and event.mine.is_live and event.mine.choice_id == choice.choice_id


def _question(mine: OwnParty | None) -> str | None:
    """A message id, while nobody knows yet whether they want messages."""
    if mine is None or not mine.is_live or mine.may_message is not None or mine.hears or mine.wants_none:
        return None
    if mine.state is PartyState.ACCEPTED:
        return N_("May I message you about this, such as changes and a reminder?")
    return N_("May I message you about this, such as when a place is free?")


def _own(event: EventCard, words: Words, answer: Answer | None) -> list[Item]:
    """What the reader can do about their own place."""
    mine, number = event.mine, event.event_id
    row: list[Item] = []
    if mine is None or not mine.is_live:
        if event.is_open:
            label = render.join_label(event, words)
            row.append(JoinButton.make(label, emoji="🙋", style=ButtonStyle.success, event_id=number))
        if answer is Answer.OPEN:
            row.append(step_button(decline_step(number), words))
        return row
    if mine.may_accept:
        take = words("Take the place")
        row.append(AcceptButton.make(take, emoji="🎟️", style=ButtonStyle.success, event_id=number))
    if mine.state is PartyState.OFFERED:
        row.append(RefuseButton.make(words("Pass"), event_id=number))
    else:
        label = words("Leave the line") if mine.state is PartyState.WAITING else words("Cancel my sign-up")
        row.append(LeaveButton.make(label, event_id=number))
    if event.unanswered:
        row.insert(0, step_button(answer_step(number), words))
    elif event.questions:
        row.append(step_button(answers_step(number), words))
    if event.shows_names:
        row.append(step_button(own_name_step(number), words))
    if not mine.wants_none:
        label = words("No more messages about this") if mine.hears else words("Message me about this")
        row.append(MessagesButton.make(label, emoji="🔔", event_id=number, yes=int(not mine.hears)))
    return row


def _organising(event: EventCard, words: Words) -> list[Item]:
    """Officers of the place become organisers before they see who comes."""
    if not event.may_edit:
        return []
    row: list[Item] = [step_button(organise_step(event.event_id), words)]
    if event.state is not EventState.CANCELLED:
        row.insert(0, step_button(edit_step(event.event_id), words))
    if event.signup_id is not None and event.is_organiser:
        row.insert(1, step_button(people_step(event.signup_id), words))
    elif event.signup_id is not None:
        row.append(ChargeButton.make(words("Become an organiser"), event_id=event.event_id))
    return row


class ChargeButton(RoutedButton, route="events:charge:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[EventService].take_charge(request.actor, event_id)
        request.done = request.words("You're one of its organisers now. You see who comes.")
        await show_event(request, event_id)


class JoinButton(RoutedButton, route="events:join:{event_id:int}"):
    """Under a post, and on the page of an event."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        if await request.services[MemberService].standing(request.actor) is None:
            await request.services[JoiningService].may_join(request.actor, event_id)
            await _show_notice(request, event_id)
            return
        way = await request.services[JoiningService].way(request.actor, event_id)
        if way.clashes:
            await _show_clashes(request, event_id, way.clashes)
            return
        await _choose_or_go(request, event_id, way)


class JoinAnywayButton(RoutedButton, route="events:join_anyway:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await _choose_or_go(request, event_id, await request.services[JoiningService].way(request.actor, event_id))


async def _choose_or_go(request: MemberRequest, event_id: int, way: Way) -> None:
    """Where there are several ways to take part, the reader presses one first."""
    if not way.choices:
        await _go(request, event_id, way)
        return
    words = request.words
    ways: list[Item] = [
        JoinAsButton.make(
            choice_line(one, words), style=ButtonStyle.success, event_id=event_id, choice_id=one.choice_id
        )
        for one in way.choices
    ]
    rows = [*in_rows(ways)]
    back = ShowButton.make(words("Back"), event_id=event_id)
    rows = [*rows, [back]] if len(rows) < MOST_ROWS else rows
    text = words("Press how you take part. If it is full, you wait in line for it.")
    await request.show(Page(words("How do you take part?"), text, rows=rows))


class JoinAsButton(RoutedButton, route="events:join_as:{event_id:int}:{choice_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, choice_id: int) -> None:
        way = await request.services[JoiningService].way(request.actor, event_id)
        if choice_id not in {one.choice_id for one in way.choices}:
            await _choose_or_go(request, event_id, way)  # it isn't offered any more
            return
        await _go(request, event_id, way, choice_id)


async def _go(request: MemberRequest, event_id: int, way: Way, choice_id: int | None = None) -> None:
    """People are told before that they could be named."""
    words = request.words
    if not way.shows_names:
        await _take(request, event_id, way, choice_id, is_named=False)
        return
    choice_id = choice_id or NO_CHOICE
    with_name = words("Sign up with my name")
    row = [
        NamedButton.make(with_name, style=ButtonStyle.success, event_id=event_id, choice_id=choice_id, yes=1),
        NamedButton.make(words("Sign up without my name"), event_id=event_id, choice_id=choice_id, yes=0),
        ShowButton.make(words("Back"), event_id=event_id),
    ]
    text = words(
        "The post of this event names those who come, and everybody in the channel reads it. You decide whether your "
        "name appears. You can change it later on the event's page."
    )
    await request.show(Page(words("Your name on the post"), text, rows=[row]))


class NamedButton(RoutedButton, route="events:named:{event_id:int}:{choice_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, choice_id: int, yes: int) -> None:
        way = await request.services[JoiningService].way(request.actor, event_id)
        await _take(request, event_id, way, choice_id or None, is_named=bool(yes))


async def _take(request: MemberRequest, event_id: int, way: Way, choice_id: int | None, *, is_named: bool) -> None:
    """The form, where something has to be answered before; else the place."""
    if way.paper is None or not way.asks_first:
        await _join(request, event_id, choice_id=choice_id, is_named=is_named)
        return

    async def read(request: MemberRequest) -> Paper | None:
        return (await request.services[JoiningService].way(request.actor, event_id)).paper

    async def send(request: MemberRequest, given: Given) -> None:
        await _join(request, event_id, given, choice_id, is_named=is_named)

    await AnswerForm(request.words, way.paper, read, send).open(request.interaction)


async def _join(
    request: MemberRequest,
    event_id: int,
    given: Given | None = None,
    choice_id: int | None = None,
    *,
    is_named: bool = False,
) -> None:
    service = request.services[JoiningService]
    placed = await service.join(request.actor, event_id, given, choice_id, is_named=is_named)
    request.done = _placed(placed, request.words)
    await show_event(request, event_id, says=False)


def _placed(placed: Placed, words: Words) -> str:
    if placed.state is PartyState.ACCEPTED:
        return words("You're signed up. See you there!")
    if placed.state is PartyState.WAITING and placed.position is not None:
        return words("It's full. You're number {n} in the line. We'll ask you when a place is free.", n=placed.position)
    return words("Your application has arrived. The organiser will answer.")


async def _show_clashes(request: MemberRequest, event_id: int, clashes: Sequence[Clash]) -> None:
    words = request.words
    lines = [
        f"・{escape_markdown(words.either(one.title_ja, one.title_en))} ({render.local_time(one.starts, words)})"
        for one in clashes
    ]
    text = words("You have something else at that time. You can sign up for both.")
    row = [
        JoinAnywayButton.make(words("Sign up anyway"), style=ButtonStyle.success, event_id=event_id),
        ShowButton.make(words("Back"), event_id=event_id),
    ]
    await request.show(Page(words("At the same time"), "\n".join([text, *lines]), rows=[row]))


async def _show_notice(request: MemberRequest, event_id: int) -> None:
    """For somebody who hasn't joined: what their data are for, and the one form."""
    words, organisation = request.words, request.actor.organisation
    name = words.either(organisation.name_ja, organisation.name_en)
    agree = AgreeButton.make(
        words("I agree, sign me up"), style=ButtonStyle.success, event_id=event_id, version=members.VERSION
    )
    page = Page(
        words("How we use your data"),
        "\n".join(
            [
                words("To sign up, please read this once. Then tell us your name and school."),
                *(words(line, name=escape_markdown(name)) for line in members.NOTICE),
                words("Nothing is saved until you agree."),
            ]
        ),
        rows=[[agree, ShowButton.make(words("Back"), event_id=event_id)]],
        footer=words("Version {version}", version=members.VERSION),
    )
    await request.show(page)


class AgreeButton(RoutedButton, route="events:agree:{event_id:int}:{version}"):
    async def act(self, request: MemberRequest, event_id: int, version: str) -> None:
        await NewcomerForm(request.words, event_id, version, request.caller.display_name).open(request.interaction)


class NewcomerForm(Form, route="events:newcomer", title=N_("Sign up")):
    name = Text(N_("Your name"), 100, hint=N_("What should we call you? It needn't be your full name."))
    school = Text(N_("Your school"), 100, hint=N_("Such as the University of Tokyo, or “high school”, or “work”"))

    def __init__(self, words: Words, event_id: int, version: str, called: str) -> None:
        super().__init__(words)
        self.event_id, self.version, self.name = event_id, version, called

    async def act(self, request: MemberRequest) -> None:
        service, language = request.services[MemberService], request.words.language
        if not await service.join_on_the_way(request.actor, language, self.version, self.name, self.school):
            await _show_notice(request, self.event_id)
            return
        joined = await MemberRequest.open(request.interaction)  # with the record that there is now
        way = await joined.services[JoiningService].way(joined.actor, self.event_id)
        if way.choices:
            joined.done = joined.words("Thank you. You've joined.")
            await _choose_or_go(joined, self.event_id, way)
        elif way.asks_first:
            await _show_questions(joined, self.event_id)
        else:
            await _join(joined, self.event_id)


async def _show_questions(request: MemberRequest, event_id: int) -> None:
    """A form can't open another one."""
    words = request.words
    go = JoinButton.make(words("Answer and sign up"), emoji="📝", style=ButtonStyle.success, event_id=event_id)
    text = words("One step is left: the organisers need a few answers. You have your place once you send them.")
    request.done = words("Thank you. You've joined.")
    await request.show(
        Page(words("Almost there"), text, rows=[[go, ShowButton.make(words("Back"), event_id=event_id)]])
    )


async def signup_of(request: MemberRequest, event_id: int) -> int:
    """The number of its sign-up. Raises NotFound: there is none (any more)."""
    event = await request.services[EventService].event(request.actor, event_id)
    if event.signup_id is None:
        raise NotFound(GONE, next_steps=[LIST])
    return event.signup_id


class LeaveButton(RoutedButton, route="events:leave:{event_id:int}"):
    """Where others wait, it asks first: the place, or the turn, would be gone."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].event(request.actor, event_id)
        words, state = request.words, event.mine.state if event.mine is not None else None
        waiting = event.counts.waiting if event.counts is not None else 0
        if state is PartyState.WAITING:
            title, yes = words("Leave the line"), words("Yes, leave the line")
            text = words("If you sign up again later, you start at the end of the line.")
        elif state is PartyState.ACCEPTED and waiting:
            title, yes = words("Cancel my sign-up"), words("Yes, give up my place")
            text = words.plural(
                "{n} person is waiting. If you cancel, your place goes to the next in line.",
                "{n} people are waiting. If you cancel, your place goes to the next in line.",
                waiting,
            )
        else:
            await _leave(request, event_id)
            return
        row = [
            ReallyLeaveButton.make(yes, style=ButtonStyle.danger, event_id=event_id),
            ShowButton.make(words("Back"), event_id=event_id),
        ]
        await request.show(Page(title, text, rows=[row]))


class ReallyLeaveButton(RoutedButton, route="events:really_leave:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await _leave(request, event_id)


async def _leave(request: MemberRequest, event_id: int) -> None:
    await request.services[SignUpService].leave(request.actor, await signup_of(request, event_id))
    request.done = request.words("Your sign-up was cancelled.")
    await show_event(request, event_id)


class AcceptButton(RoutedButton, route="events:accept:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[SignUpService].accept(request.actor, await signup_of(request, event_id))
        request.done = request.words("You're signed up. See you there!")
        await show_event(request, event_id, says=False)


class RefuseButton(RoutedButton, route="events:refuse:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[SignUpService].refuse(request.actor, await signup_of(request, event_id))
        request.done = request.words("Thank you. The next in line is asked.")
        await show_event(request, event_id)


class MessagesButton(RoutedButton, route="events:messages:{event_id:int}:{yes:int}"):
    """Changes, free places and a reminder come as direct messages, or not."""

    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        signup_id = await signup_of(request, event_id)
        await request.services[SignUpService].allow_messages(request.actor, signup_id, bool(yes))
        words = request.words
        if yes:
            request.done = words("We'll message you about changes, and remind you once before it starts.")
        else:
            request.done = words("You won't get messages about this event. If it is cancelled, /home says so.")
        await show_event(request, event_id)
