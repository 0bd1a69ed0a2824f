"""One's own membership: what one is, the fee, becoming staff, and the question of 1 April."""

from __future__ import annotations

from discord import ButtonStyle, SelectOption

from bot.errors import Invalid, NextStep
from bot.features.homes.facts import Facts
from bot.features.memberships.lc_stays import LcStayService
from bot.features.memberships.models import FeeState, MembershipKind
from bot.features.memberships.queries import april_question
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.rules import LAST_YEAR, proposed_year, year_of
from bot.features.memberships.service import OPEN, MembershipService
from bot.features.memberships.staff import LeavingStaffService, StaffService
from bot.features.memberships.values import FeeChanged, OwnMembership, OwnStay
from bot.i18n import N_, Words
from bot.ui.choices import NOT_OFFERED
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Item, in_rows
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: What 1 April asks, beside the years of study.
GRADUATED, LEAVE, STAY = "graduated", "leave", "stay"
#: The fiscal year and the fee where nothing was said to be due.
NOTHING = (0, 0)


async def show(request: MemberRequest, *, with_card: bool = False) -> None:
    """``with_card``: with the way to one's card, where more can be said."""
    own = await request.services[MembershipService].own(request.actor)
    words = request.words
    rows = _april(own, words)
    items: list[Item] = []
    if own.fee is None and own.is_student and not own.plain.is_member:
        items.append(BecomeButton.make(words("Become an individual member"), emoji="🎓", style=ButtonStyle.primary))
    if own.fee is not None and own.fee.state is not FeeState.PAID:
        items.append(PaidButton.make(words("I've paid"), emoji="💴", style=ButtonStyle.primary))
    if own.fee is not None and own.fee.state is FeeState.DUE:
        items.append(TakeBackButton.make(words("Withdraw application")))
    if own.plain.kind is MembershipKind.INDIVIDUAL:
        items.append(CandidateButton.make(words("Become staff"), emoji="🌱"))
    if own.was_staff and own.plain.kind is MembershipKind.STAFF and own.plain.in_grace:
        items.append(GoOnButton.make(words("Stay staff"), emoji="🌿", style=ButtonStyle.primary))
    if own.plain.kind in (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE):
        is_staff = own.plain.kind is MembershipKind.STAFF
        items.append(LeaveButton.make(words("Leave the staff") if is_staff else words("Withdraw as a candidate")))
    if with_card:
        items.append(step_button(NextStep(N_("My page"), "members:card"), words))
    rows += [list(row) for row in in_rows([*items, home_button(words)])]
    await request.show(render.own_page(own, words, rows))


def _april(own: OwnMembership, words: Words) -> list[list[Item]]:
    """What is open of 1 April, as rows: what is proposed, everything else, and the first LC."""
    found: list[list[Item]] = []
    if own.open_renewal is not None:
        label, choice = _proposed(own, words)
        found.append([ProposedButton.make(label, emoji="🌸", style=ButtonStyle.primary, choice=choice)])
        found.append([StaySelect.make(words("Choose another answer …"), _choices(own, words))])
    return [*found, *(_about_lc(stay, words) for stay in own.stays[:1])]


def _proposed(own: OwnMembership, words: Words) -> tuple[str, str]:
    """A year on; after the last one, that one has graduated."""
    year = proposed_year(own.year_of_study)
    if not own.is_student or own.year_of_study is None:
        return words("I'm staying"), STAY
    if year is None:
        return words("I've graduated"), GRADUATED
    return _in_year(year, words), str(year)


def _in_year(year: int, words: Words) -> str:
    return words("I'm staying: year 6 or above") if year == LAST_YEAR else words("I'm staying: year {n}", n=year)


def _choices(own: OwnMembership, words: Words) -> list[SelectOption]:
    if not own.is_student:
        options = [SelectOption(label=words("I'm staying"), value=STAY)]
    else:
        options = [SelectOption(label=_in_year(year, words), value=str(year)) for year in range(1, LAST_YEAR + 1)]
        options.append(SelectOption(label=words("I've graduated"), value=GRADUATED))
    options.append(
        SelectOption(
            label=words("I'm not continuing as a member"),
            value=LEAVE,
            description=words("You stay on the free list. To delete all your data, use “My page”."),
        )
    )
    return options


def _about_lc(stay: OwnStay, words: Words) -> list[Item]:
    label = words("Still in the LC: {lc}", lc=words.either(stay.lc_ja, stay.lc_en))
    return [
        LcButton.make(label, style=ButtonStyle.success, stay_id=stay.stay_id, word="stay"),
        LcButton.make(words("I've left the LC"), stay_id=stay.stay_id, word="left"),
        LcButton.make(words("I've changed schools"), stay_id=stay.stay_id, word="moved"),
    ]


OpenButton = button_to(OPEN.custom_id, show)


async def _offer(request: MemberRequest, note: str = "") -> None:
    settings = await request.services[MembershipService].offer(request.actor)
    words, year = request.words, year_of(request.actor.today)
    sure = BecomeNowButton.make(
        words("Yes, apply"), emoji="🎓", style=ButtonStyle.success, year=year, amount=settings.fee
    )
    back = OpenButton.make(words("Back"), emoji="↩️")
    await request.show(render.offer_page(settings, year, words, [[sure, back, home_button(words)]], note))


#: Says first what it costs: a fee is due only after a second press.
BecomeButton = button_to("memberships:become", _offer)


class BecomeNowButton(RoutedButton, route="memberships:become_now:{year:int}:{amount:int}"):
    async def act(self, request: MemberRequest, year: int, amount: int) -> None:
        try:
            await request.services[MembershipService].become_member(request.actor, (year, amount))
        except FeeChanged as changed:
            await _offer(request, request.words(changed.message))
        else:
            request.done = request.words("You've applied. It counts once the fee has arrived.")
            await show(request)


class TakeBackButton(RoutedButton, route="memberships:take_back"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].take_back(request.actor)
        request.done = request.words(
            "Application withdrawn. You don't owe anything, and you can apply again at any time."
        )
        await show(request)


class PaidButton(RoutedButton, route="memberships:paid"):
    async def act(self, request: MemberRequest) -> None:
        payer = await request.services[MembershipService].to_report(request.actor)
        await PaidForm(request.words, payer).open(request.interaction)


class PaidForm(Form, route="memberships:report", title=N_("I've paid")):
    payer = Text(N_("Name on the transfer"), 60, hint=N_("As shown by the bank, for example ヤマダ ハナ"))

    def __init__(self, words: Words, payer: str) -> None:
        super().__init__(words)
        self.payer = payer

    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].report_payment(request.actor, self.payer)
        request.done = request.words("Thank you. The treasurer will check your payment.")
        await show(request)


class CandidateButton(RoutedButton, route="memberships:candidate"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].become_candidate(request.actor)
        request.done = request.words("Welcome to the Staff Internship! The steps are below.")
        await show(request)


class GoOnButton(RoutedButton, route="memberships:go_on"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[StaffService].go_on(request.actor)
        request.done = request.words("You're staying on as staff. Thank you!")
        await show(request)


class LeaveButton(RoutedButton, route="memberships:leave_staff"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[LeavingStaffService].to_leave(request.actor)
        words = request.words
        sure = LeaveNowButton.make(words("Yes, stop"), style=ButtonStyle.danger)
        back = OpenButton.make(words("Back"), emoji="↩️")
        await request.show(render.leave_page(words, [[sure, back]]))


class LeaveNowButton(RoutedButton, route="memberships:leave_staff_now"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[LeavingStaffService].leave(request.actor)
        request.done = request.words("Saved. Thank you for your work! You can apply again at any time.")
        await show(request)


async def _answer(request: MemberRequest, choice: str, shown: tuple[int, int]) -> str:
    """Write it down; what is said about it. ``shown``: what they were told is due, of which year."""
    service, words = request.services[RenewalService], request.words
    if choice == GRADUATED:
        await service.graduated(request.actor)
        return words("Congratulations! You're now one of our alumni.")
    if choice == LEAVE:
        await service.answer(request.actor, stay=False)
        return words("Saved. Thank you for being with us! You're welcome back at any time.")
    if choice == STAY:
        await service.answer(request.actor, stay=True, shown=shown)
    elif choice in [str(year) for year in range(1, LAST_YEAR + 1)]:
        await service.answer(request.actor, stay=True, year_of_study=int(choice), shown=shown)
    else:
        raise Invalid(NOT_OFFERED)
    return words("Saved. Good to have you with us!")


async def _answer_or_ask(request: MemberRequest, choice: str, note: str = "") -> None:
    """A fee is due only after a second press that has said so."""
    stays = choice not in (GRADUATED, LEAVE)
    costs = await request.services[RenewalService].costs(request.actor) if stays else None
    if costs is None:
        await _write(request, choice, NOTHING)
        return
    words, year = request.words, year_of(request.actor.today)
    sure = StayButton.make(
        words("Yes, I'm staying a member"),
        emoji="🌸",
        style=ButtonStyle.success,
        choice=choice,
        year=year,
        amount=costs.fee,
    )
    back = OpenButton.make(words("Back"), emoji="↩️")
    await request.show(render.stay_page(costs, year, words, [[sure, back, home_button(words)]], note))


async def _write(request: MemberRequest, choice: str, shown: tuple[int, int]) -> None:
    try:
        request.done = await _answer(request, choice, shown)
    except FeeChanged as changed:
        await _answer_or_ask(request, choice, request.words(changed.message))
    else:
        await show(request)


ProposedButton = button_to("memberships:proposed:{choice}", _answer_or_ask)


class StayButton(RoutedButton, route="memberships:stay_now:{choice}:{year:int}:{amount:int}"):
    async def act(self, request: MemberRequest, choice: str, year: int, amount: int) -> None:
        await _write(request, choice, (year, amount))


class StaySelect(RoutedSelect, route="memberships:stay"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        if len(chosen) != 1:
            raise Invalid(NOT_OFFERED)
        await _answer_or_ask(request, chosen[0])


class LcButton(RoutedButton, route="memberships:lc:{stay_id:int}:{word}"):
    async def act(self, request: MemberRequest, stay_id: int, word: str) -> None:
        service, words = request.services[LcStayService], request.words
        await service.answer(request.actor, stay_id, stays=word == "stay", moved=word == "moved")
        if word == "stay":
            request.done = words("You're staying in the LC until the end of the fiscal year.")
        elif word == "moved":
            request.done = words("Saved. Please choose your new school on “My page”. Then you can join its LC.")
        else:
            request.done = words("Saved. You're welcome back in the LC at any time: just choose it on “My page”.")
        await show(request, with_card=word != "stay")


def card_item(words: Words) -> Item:
    """On the page of /me."""
    return OpenButton.make(words(OPEN.label), emoji="🎫")


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """The question of 1 April while it waits, and the way to the page for those who have joined."""
    words = request.words
    for one in facts[april_question]:
        button = OpenButton.make(words(OPEN.label), emoji="🎫")
        if not one.n:
            return HomePart(actions=[button] if one.of else [])
        if not one.of:
            return HomePart(
                waiting=[HomeLine(words("New fiscal year: are you still in your LC? Please join first, then answer."))]
            )
        answer = OpenButton.make(words("Answer for this year"), emoji="🌸", style=ButtonStyle.success)
        return HomePart(
            waiting=[HomeLine(words("New fiscal year: are you staying, and which year are you in now?"), answer)]
        )
    return HomePart()
