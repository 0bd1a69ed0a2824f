"""A sign-up as the people in it see it: where they stand, and what they can do about it."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.signups.models import PartyState, SignUpState
from bot.features.signups.queries import invitations, places_waiting, signed_up, to_decide
from bot.features.signups.service import SignUpService
from bot.features.signups.values import ChoiceLine, OwnPage, OwnParty, OwnSignUp
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import stamp
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.own_places import NO, YES, own_place
from bot.ui.pages import Item, Page, Rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.signups.organising import PeopleButton
from cogs.signups.render import STATE_WORDS, counted, standing, title_of

PER_PAGE = 15


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """Places that wait for an answer, invitations, and the way to what one has signed up for."""
    words, waiting = request.words, list[HomeLine]()
    for one in facts[places_waiting]:
        title = escape_markdown(words.either(one.ja or "", one.en or ""))
        button = OwnButton.make(words("Take my place"), emoji="🎟️", style=ButtonStyle.success, signup_id=one.id)
        waiting.append(HomeLine(words("A place is free for you: {title}", title=title), button))
    for one in facts[invitations]:
        title = escape_markdown(words.either(one.ja or "", one.en or ""))
        answer = InvitationButton.make(words("Answer an invitation"), emoji="👥", party_id=one.id)
        waiting.append(HomeLine(words("Somebody would like to come with you: {title}", title=title), answer))
    for one in facts[to_decide]:
        title, n = escape_markdown(words.either(one.ja or "", one.en or "")), one.n or 0
        told = words.plural(
            "{n} person waits for your answer: {title}", "{n} people wait for your answer: {title}", n, title=title
        )
        waiting.append(HomeLine(told, PeopleButton.make(words("Say yes or no"), emoji="📝", signup_id=one.id)))
    has_some = any(one.n for one in facts[signed_up])
    return HomePart(waiting=waiting, actions=[MineButton.make(words("My sign-ups"), emoji="🎟️")] if has_some else [])


async def show_own(request: MemberRequest, signup_id: int, *, says: bool = True) -> None:
    """``says``: how the reader stands, unless they were told just now."""
    page = await request.services[SignUpService].own(request.actor, signup_id)
    words, party = request.words, page.party
    text = [counted(page.counts, words)]
    if page.state is SignUpState.CANCELLED:
        text.append(words("It was cancelled."))
    elif page.state is SignUpState.CLOSED:
        text.append(words("Sign-up is over."))
    if party is not None and says:
        text += standing(party, words)
    if party is not None and party.is_live:
        rows = _answers(party, signup_id, words)
        if party.may_message is None and not party.wants_none:
            text.append(words("May I message you about this, such as when a place is free?"))
    elif page.is_elsewhere:
        rows = []
        text += [words("You can sign up on its page.")] if page.state is SignUpState.OPEN else []
    else:
        rows = _ways_in(page, words) if page.state is SignUpState.OPEN else []
    last: list[Item] = [step_button(page.step, words), home_button(words)]
    if page.may_organise:
        last.insert(0, PeopleButton.make(words("Who comes"), emoji="📋", signup_id=signup_id))
    await request.show(Page(title_of(page, words), "\n".join(text), rows=[*rows, last]))


def _ways_in(page: OwnPage, words: Words) -> Rows:
    if not page.choices:
        label = words("Sign up") if page.counts.free != 0 else words("Join the line")
        return [[TakeButton.make(label, emoji="🙋", style=ButtonStyle.success, signup_id=page.signup_id)]]
    options = [
        option(words.either(one.label_ja, one.label_en), one.choice_id, _room(one, words)) for one in page.choices
    ]
    return [[TakeSelect.make(words("Choose an answer to sign up"), options, signup_id=page.signup_id)]]


def _room(choice: ChoiceLine, words: Words) -> str:
    if choice.limit is None:
        return words.plural("{n} person is in", "{n} people are in", choice.taken)
    return words("{n} of {limit} places taken", n=choice.taken, limit=choice.limit)


def _answers(party: OwnParty, signup_id: int, words: Words) -> Rows:
    """To accept or refuse, to leave, and whether one wants messages."""
    first: list[Item] = []
    if party.may_accept:
        first.append(AcceptButton.make(words("I'm coming"), emoji="✅", style=ButtonStyle.success, signup_id=signup_id))
    if party.state is PartyState.OFFERED:
        first.append(RefuseButton.make(words("I can't come"), signup_id=signup_id))
    else:
        first.append(LeaveButton.make(words("I can't come"), signup_id=signup_id))
    yes = MessagesButton.make(words("Yes, message me"), emoji="✉️", signup_id=signup_id, word=YES)
    no = MessagesButton.make(words("No messages"), signup_id=signup_id, word=NO)
    asked = {None: [yes, no], True: [no], False: [yes]}[party.may_message]
    return [first, [] if party.wants_none else asked]


class OwnButton(RoutedButton, route="signups:own:{signup_id:int}"):
    """To one's own place in a sign-up."""

    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await show_own(request, signup_id)


class TakeButton(RoutedButton, route="signups:take:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await request.services[SignUpService].apply(request.actor, signup_id)
        await show_own(request, signup_id)


class TakeSelect(RoutedSelect, route="signups:take_as:{signup_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], signup_id: int) -> None:
        await request.services[SignUpService].apply(request.actor, signup_id, chosen_number(chosen))
        await show_own(request, signup_id)


async def _itself(_request: MemberRequest, signup_id: int) -> int:
    return signup_id


AcceptButton, RefuseButton, LeaveButton, ReallyLeaveButton, MessagesButton = own_place(
    "signups:{what}:{signup_id:int}", _itself, show_own
)


class MineButton(Board, route="signups:mine"):
    """What somebody has signed up for."""

    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = part_of(await request.services[SignUpService].mine(request.actor), page, PER_PAGE)
        options = [option(words.either(one.title_ja, one.title_en), one.signup_id) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("My sign-ups"),
            line=_own_line,
            empty=words("You haven't signed up for anything yet."),
            menus=[[MineSelect.make(words("Choose one to view"), options)]],
        )


def _own_line(one: OwnSignUp, words: Words) -> str:
    about = [words(STATE_WORDS[one.state]), stamp(one.begins_at) if one.begins_at is not None else ""]
    return f"**{title_of(one, words)}**\n{' · '.join(filter(None, about))}"


class MineSelect(RoutedSelect, route="signups:of_mine"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_own(request, chosen_number(chosen))


class InvitationButton(RoutedButton, route="signups:invited:{party_id:int}"):
    async def act(self, request: MemberRequest, party_id: int) -> None:
        found = await request.services[SignUpService].invitation(request.actor, party_id)
        words = request.words
        names = words(", ").join(escape_markdown(name) for name in found.names)
        yes = AnswerButton.make(
            words("Yes, together"), emoji="👥", style=ButtonStyle.success, party_id=party_id, word=YES
        )
        no = AnswerButton.make(words("No, thank you"), party_id=party_id, word=NO)
        text = words("{names} would like to sign up together with you.", names=names)
        title = escape_markdown(words.either(found.title_ja, found.title_en))
        await request.show(Page(title, text, rows=[[yes, no], [home_button(words)]]))


class AnswerButton(RoutedButton, route="signups:answer:{party_id:int}:{word}"):
    async def act(self, request: MemberRequest, party_id: int, word: str) -> None:
        found = await request.services[SignUpService].invitation(request.actor, party_id)
        await request.services[SignUpService].answer_invitation(request.actor, party_id, agrees=word == YES)
        request.done = request.words("Your answer is saved.")
        if word == YES:
            await show_own(request, found.signup_id)
        else:
            await MineButton.show(request)
