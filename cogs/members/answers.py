"""The other questions, with the components that answer them."""

from __future__ import annotations

import discord

from bot.features.local_committees.models import LcState
from bot.features.members.models import Contact, Kind, LcAnswer, Visibility
from bot.features.members.rules import MAX_NAME, Step
from bot.features.members.service import ChoiceService, MemberService
from bot.features.members.values import ProfileCard
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number, chosen_numbers, chosen_one
from bot.ui.committees import committee_name
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.members import render
from cogs.members.views import CARD_ITEMS, CardButton, StepButton, answers, go_on, own_card, show_card

GRADUATED = "graduated"


@answers(Step.NAME)
async def _name(request: MemberRequest, _card: ProfileCard) -> list[list[Item]]:
    return [[NameButton.make(request.words("Enter your name"), emoji="✏️", style=discord.ButtonStyle.primary)]]


class NameButton(RoutedButton, route="members:name"):
    async def act(self, request: MemberRequest) -> None:
        card = await own_card(request)
        await NameForm(request.words, card).open(request.interaction)


class NameForm(Form, route="members:called", title=N_("Your name")):
    name = Text(N_("Your name"), MAX_NAME, hint=N_("What should we call you?"))
    reading = Text(N_("Reading (optional)"), MAX_NAME, hint=N_("For example やまだ はな"), required=False)

    def __init__(self, words: Words, card: ProfileCard) -> None:
        super().__init__(words)
        self.name, self.reading = card.name, card.reading or ""

    async def act(self, request: MemberRequest) -> None:
        await go_on(request, await request.services[MemberService].set_name(request.actor, self.name, self.reading))


@answers(Step.YEAR)
async def _year(request: MemberRequest, card: ProfileCard) -> list[list[Item]]:
    words = request.words
    options = [
        discord.SelectOption(label=words("Year {n}", n=year), value=str(year), default=card.year_of_study == year)
        for year in range(1, 6)
    ]
    options.append(discord.SelectOption(label=words("Year 6 or above"), value="6", default=card.year_of_study == 6))
    options.append(discord.SelectOption(label=words("Graduated"), value=GRADUATED))
    return [[YearSelect.make(words("Choose your year"), options)]]


class YearSelect(RoutedSelect, route="members:year"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        year = None if chosen == [GRADUATED] else chosen_number(chosen)
        await go_on(request, await request.services[MemberService].choose_year(request.actor, year))


@answers(Step.LC)
async def _lc(request: MemberRequest, card: ProfileCard) -> list[list[Item]]:
    words = request.words
    # Where the directory knows of none, saying so comes first.
    lacking = card.lc is None or card.lc.state is LcState.NO_CONTACT
    items: list[Item] = [
        LcButton.make(
            words("I'm a member"),
            style=discord.ButtonStyle.secondary if lacking else discord.ButtonStyle.primary,
            answer=LcAnswer.IN.value,
        ),
        LcButton.make(words("I'm not a member"), answer=LcAnswer.NOT_IN.value),
        LcButton.make(
            words("No LC at my school"),
            style=discord.ButtonStyle.primary if lacking else discord.ButtonStyle.secondary,
            answer=LcAnswer.NONE.value,
        ),
    ]
    return [items]


class LcButton(RoutedButton, route="members:lc:{answer}"):
    async def act(self, request: MemberRequest, answer: str) -> None:
        service = request.services[MemberService]
        await go_on(request, await service.answer_lc(request.actor, chosen_one(LcAnswer, answer)))


@answers(Step.START)
async def _start(request: MemberRequest, card: ProfileCard) -> list[list[Item]]:
    words = request.words
    items: list[Item] = [
        StartButton.make(words("Yes, maybe"), style=discord.ButtonStyle.primary, word="yes"),
        StartButton.make(words("Not now"), word="no"),
    ]
    if not card.is_listed_school:
        items.append(StartButton.make(words("My school has no medical programme"), word="nonmedical"))
    return [items]


class StartButton(RoutedButton, route="members:start:{word}"):
    async def act(self, request: MemberRequest, word: str) -> None:
        service = request.services[MemberService]
        if word == "nonmedical":
            await go_on(request, await service.answer_not_medical(request.actor))
        else:
            await go_on(request, await service.answer_start(request.actor, word == "yes"))


@answers(Step.INTERESTS)
async def _interests(request: MemberRequest, card: ProfileCard) -> list[list[Item]]:
    words = request.words
    committees = await request.services[ChoiceService].committees(request.actor)
    present = {one.id for one in card.interests}
    options = [
        discord.SelectOption(
            label=committee_name(one.abbreviation, words),
            description=words.either(one.name_ja, one.name_en)[:100],
            value=str(one.id),
            default=one.id in present,
        )
        for one in committees
    ]
    select = InterestSelect.make(words("Choose one or more committees"), options, max_values=len(options))
    return [[select], [NoInterestButton.make(words("None in particular"))]]


class InterestSelect(RoutedSelect, route="members:interests"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        service = request.services[MemberService]
        await go_on(request, await service.choose_interests(request.actor, chosen_numbers(chosen)))


class NoInterestButton(RoutedButton, route="members:interests:none"):
    async def act(self, request: MemberRequest) -> None:
        await go_on(request, await request.services[MemberService].choose_interests(request.actor, []))


@answers(Step.CONTACT)
async def _contact(request: MemberRequest, _card: ProfileCard) -> list[list[Item]]:
    words = request.words
    return [[ContactButton.make(words(text), how=how.value) for how, text in render.CONTACT_WORDS.items()]]


class ContactButton(RoutedButton, route="members:contact:{how}"):
    async def act(self, request: MemberRequest, how: str) -> None:
        service = request.services[MemberService]
        await go_on(request, await service.choose_contact(request.actor, chosen_one(Contact, how)))


class VisibilityButton(RoutedButton, route="members:visibility"):
    """Not a question of joining: nobody finds you until you choose so."""

    async def act(self, request: MemberRequest) -> None:
        words = request.words
        card = await own_card(request)
        options = [
            discord.SelectOption(label=words(text)[:100], value=who.value, default=card.visibility is who)
            for who, text in render.VISIBILITY_WORDS.items()
        ]
        rows: list[list[Item]] = [
            [VisibilitySelect.make(words("Who can find you"), options)],
            [CardButton.make(words("Back"), emoji="↩️"), home_button(words)],
        ]
        text = words(
            "Officers of your LC and the national officers in charge can always find you. Please choose who else can."
        )
        await request.show(Page(title=words("Who can find you"), text=text, rows=rows))


class VisibilitySelect(RoutedSelect, route="members:visible"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        service = request.services[MemberService]
        card = await service.choose_visibility(request.actor, chosen_one(Visibility, chosen[0] if chosen else ""))
        request.done = request.words("Saved.")
        await show_card(request, card)


def _visibility_item(words: Words) -> Item:
    return VisibilityButton.make(words("Who can find you"), emoji="👁️")


CARD_ITEMS.append(_visibility_item)


async def show_event_messages(request: MemberRequest) -> None:
    """Direct messages about events, or none at all."""
    words, card = request.words, await own_card(request)
    hears, chose = card.hears_of_events, card.contact is Contact.DIRECT
    lines = [
        words("Direct messages about events are on: invitations, changes and reminders.")
        if hears
        else words("Direct messages about events are off. Invitations and your events are on /home."),
    ]
    if hears and not chose:
        lines.append(words("You get them only for events where you said yes, as direct messages are off otherwise."))
    label = words("No messages about events") if hears else words("Messages about events again")
    toggle = SetEventMessagesButton.make(label, emoji="🔕" if hears else "🔔", yes=int(not hears))
    rows: list[list[Item]] = [[toggle], [CardButton.make(words("Back"), emoji="↩️"), home_button(words)]]
    await request.show(Page(title=words("Messages about events"), text="\n".join(lines), rows=rows))


EventMessagesButton = button_to("members:event_messages", show_event_messages)


class SetEventMessagesButton(RoutedButton, route="members:event_messages:{yes:int}"):
    async def act(self, request: MemberRequest, yes: int) -> None:
        await request.services[MemberService].choose_event_messages(request.actor, yes=bool(yes))
        request.done = request.words("Saved.")
        await show_event_messages(request)


def _event_messages_item(words: Words) -> Item:
    return EventMessagesButton.make(words("Messages about events"), emoji="🔔")


CARD_ITEMS.append(_event_messages_item)


@answers(Step.INSTITUTION)
async def _rows(request: MemberRequest, _card: ProfileCard) -> list[list[Item]]:
    words = request.words
    regions = await request.services[ChoiceService].regions(request.actor)
    options = [
        discord.SelectOption(
            label=words.either(region.name_ja, region.name_en) or words("Other regions"), value=str(region.id)
        )
        for region in regions
    ]
    others: list[Item] = []
    if len(options) > 25:  # 25 regions are the most; those without one stand beside the menu
        last = options.pop()
        others.append(RegionButton.make(last.label, region_id=int(last.value), page=0))
    others += [
        OtherButton.make(words("Other institution")),
        OutsideButton.make(words("High-school student"), kind=Kind.HIGH_SCHOOL.value),
        OutsideButton.make(words("Working adult"), kind=Kind.WORKING.value),
    ]
    return [[RegionSelect.make(words("Choose a region"), options)], others] if options else [others]


class RegionButton(Board, route="members:region:{region_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, region_id: int, page: int = 0) -> None:
        """A page of the walk: its title says how many questions are left."""
        words = request.words
        card = await own_card(request)
        schools = await request.services[ChoiceService].schools(request.actor, region_id, page)
        options = [option(words.either(school.name_ja, school.name_en), school.id) for school in schools]
        rows: list[list[Item]] = [[SchoolSelect.make(words("Choose your school"), options)]] if options else []
        rows.append(cls.turning(schools, words, region_id=region_id))
        back = StepButton.make(words("Back"), emoji="↩️", step=Step.INSTITUTION.value)
        rows.append([OtherButton.make(words("Other institution")), back])
        await request.show(render.step_page(card, Step.INSTITUTION, words, rows))


RegionSelect = menu_to("members:region", RegionButton.show)


class SchoolSelect(RoutedSelect, route="members:school"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await go_on(request, await request.services[MemberService].choose_school(request.actor, chosen_number(chosen)))


class OutsideButton(RoutedButton, route="members:outside:{kind}"):
    async def act(self, request: MemberRequest, kind: str) -> None:
        card = await request.services[MemberService].choose_outside(request.actor, chosen_one(Kind, kind))
        await go_on(request, card)


class OtherButton(RoutedButton, route="members:other"):
    async def act(self, request: MemberRequest) -> None:
        card = await own_card(request)
        await InstitutionForm(request.words, card.institution).open(request.interaction)


class InstitutionForm(Form, route="members:institution", title=N_("Other institution")):
    name = Text(N_("Name of your school"), MAX_NAME, hint=N_("Optional"), required=False)

    def __init__(self, words: Words, present: str) -> None:
        super().__init__(words)
        self.name = present

    async def act(self, request: MemberRequest) -> None:
        service = request.services[MemberService]
        await go_on(request, await service.choose_other_institution(request.actor, self.name))
