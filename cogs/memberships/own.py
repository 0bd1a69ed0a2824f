"""One's own membership: what one is, the fee, becoming staff, and the question of 1 April."""

from __future__ import annotations

import unicodedata
from typing import Any

import discord
from discord import ButtonStyle, SelectOption

from bot.errors import Invalid
from bot.features.memberships.leaving_staff import LeavingStaffService
from bot.features.memberships.models import FeeState, MembershipKind
from bot.features.memberships.records import OwnMembership, Settings
from bot.features.memberships.renewals import LAST_YEAR, RenewalService
from bot.features.memberships.service import MOST_TEXT, OPEN, MembershipService
from bot.features.memberships.staff import StaffService
from bot.i18n import N_, Words
from bot.ui.forms import Form, labelled
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.memberships import render
from cogs.memberships.choices import NOT_OFFERED

#: Values of the menu of 1 April beside the years of study.
GRADUATED, LEAVE, STAY = "graduated", "leave", "stay"


async def show(request: MemberRequest, note: str = "") -> None:
    own = await request.services[MembershipService].own(request.actor)
    words = request.words
    rows: list[list[Item]] = []
    if own.open_renewal is not None:
        rows.append([StaySelect.make(words("Do you stay? Which year are you in now?"), _choices(own, words))])
    items: list[Item] = []
    if own.fee is None and own.is_student:
        items.append(BecomeButton.make(words("Become an individual member"), emoji="🎓", style=ButtonStyle.primary))
    if own.fee is not None and own.fee.state is not FeeState.PAID:
        items.append(PaidButton.make(words("I have paid"), emoji="💴", style=ButtonStyle.primary))
    if own.plain.kind is MembershipKind.INDIVIDUAL:
        items.append(CandidateButton.make(words("Become staff"), emoji="🌱"))
    if own.was_staff and own.plain.kind is MembershipKind.STAFF and own.plain.in_grace:
        items.append(GoOnButton.make(words("Stay staff"), emoji="🌿", style=ButtonStyle.primary))
    if own.plain.kind in (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE):
        is_staff = own.plain.kind is MembershipKind.STAFF
        items.append(LeaveButton.make(words("Stop being staff") if is_staff else words("Stop being a candidate")))
    rows.append([*items, home_button(words)])
    await request.show(render.own_page(own, words, rows, note))


def _choices(own: OwnMembership, words: Words) -> list[SelectOption]:
    if not own.is_student:
        options = [SelectOption(label=words("I stay"), value=STAY)]
    else:
        options = [
            SelectOption(label=words("I stay: year {n}", n=year), value=str(year)) for year in range(1, LAST_YEAR)
        ]
        options.append(SelectOption(label=words("I stay: year 6 or above"), value=str(LAST_YEAR)))
        options.append(SelectOption(label=words("I have graduated"), value=GRADUATED))
    options.append(
        SelectOption(
            label=words("I don't go on as a member"),
            value=LEAVE,
            description=words("You stay on the free list; /mydata deletes everything"),
        )
    )
    return options


class OpenButton(RoutedButton, route=OPEN.custom_id):
    async def act(self, request: MemberRequest) -> None:
        await show(request)


class BecomeButton(RoutedButton, route="memberships:become"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].become_member(request.actor)
        await show(request)


class PaidButton(RoutedButton, route="memberships:paid"):
    async def act(self, request: MemberRequest) -> None:
        own = await request.services[MembershipService].own(request.actor)
        await request.interaction.response.send_modal(PaidForm(request.words, own.fee.payer if own.fee else ""))


class PaidForm(Form, route="memberships:report"):
    def __init__(self, words: Words, payer: str) -> None:
        super().__init__(words("I have paid"))
        self.payer: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="payer", default=payer or None, max_length=60
        )
        hint = words("As the bank writes it, such as ヤマダ ハナ")
        self.add_item(labelled(words("The name on the transfer"), self.payer, hint))

    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].report_payment(request.actor, self.payer.value)
        await show(request, request.words("✅ Thank you. The treasurer will look for it."))


class CandidateButton(RoutedButton, route="memberships:candidate"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[MembershipService].become_candidate(request.actor)
        await show(request, request.words("🌱 Welcome to the Staff Internship. Below are its steps."))


class GoOnButton(RoutedButton, route="memberships:go_on"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[StaffService].go_on(request.actor)
        await show(request, request.words("🌿 You stay staff. Thank you!"))


class LeaveButton(RoutedButton, route="memberships:leave_staff"):
    async def act(self, request: MemberRequest) -> None:
        words = request.words
        sure = LeaveNowButton.make(words("Yes, stop"), style=ButtonStyle.danger)
        back = OpenButton.make(words("Back"), emoji="↩️")
        await request.show(render.leave_page(words, [[sure, back]]))


class LeaveNowButton(RoutedButton, route="memberships:leave_staff_now"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[LeavingStaffService].leave(request.actor)
        await show(request, request.words("Noted. Thank you for your work; you can apply again at any time."))


class StaySelect(RoutedSelect, route="memberships:stay"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        service, words = request.services[RenewalService], request.words
        match chosen:
            case ["graduated"]:
                await service.graduated(request.actor)
                note = words("🎓 Congratulations! You are with us as alumni from now on.")
            case ["leave"]:
                await service.answer(request.actor, stay=False)
                note = words("Noted. Thank you for being with us; you are welcome back at any time.")
            case ["stay"]:
                await service.answer(request.actor, stay=True)
                note = words("✅ Noted. Good to have you!")
            case [value] if value in [str(year) for year in range(1, LAST_YEAR + 1)]:
                await service.answer(request.actor, stay=True, year_of_study=int(value))
                note = words("✅ Noted. Good to have you!")
            case _:
                raise Invalid(NOT_OFFERED)
        await show(request, note)


class SettingsForm(Form, route="memberships:settings"):
    def __init__(self, words: Words, present: Settings) -> None:
        super().__init__(words("Memberships"))
        self.fee = _number("fee", present.fee)
        self.how: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="how_to_pay",
            style=discord.TextStyle.paragraph,
            default=present.how_to_pay or None,
            required=False,
            max_length=MOST_TEXT,
        )
        self.grace = _number("grace_days", present.grace_days)
        self.kept = _number("kept_years", present.kept_years)
        self.add_item(labelled(words("Fee a year, in yen"), self.fee))
        self.add_item(labelled(words("How to pay"), self.how, words("Members see it beside what they owe")))
        hint = words("Days from 1 April for which last year's counts")
        self.add_item(labelled(words("Days of grace"), self.grace, hint))
        hint = words("Fiscal years after the last sign of life; then they are asked, then deleted")
        self.add_item(labelled(words("Years that people are kept"), self.kept, hint))

    async def act(self, request: MemberRequest) -> None:
        wanted = Settings(_read(self.fee), self.how.value, _read(self.grace), _read(self.kept))
        await request.services[MembershipService].change_settings(request.actor, wanted)
        words = request.words
        lines = [
            words("Fee: {n} yen a year", n=f"{wanted.fee:,}"),
            words("Days of grace: {n}", n=wanted.grace_days),
            words("People are kept for {n} fiscal years after their last sign of life.", n=wanted.kept_years),
        ]
        await request.show(Page(title=words("Saved"), text="\n".join(lines), rows=[[home_button(words)]]))


def _number(name: str, present: int) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(custom_id=name, default=str(present), max_length=9)


def _read(field: discord.ui.TextInput[Any]) -> int:
    text = unicodedata.normalize("NFKC", field.value).replace(",", "").strip()
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(N_("“{value}” is no number. Please use digits only."), value=field.value[:60])
    return int(text)


def card_item(words: Words) -> Item:
    """On the card of /me."""
    return OpenButton.make(words(OPEN.label), emoji="🎫")


async def home_part(request: MemberRequest) -> HomePart:
    """The question of 1 April while it waits, and the way to the page for those who have joined. One statement."""
    if request.actor.person_id is None:
        return HomePart()
    words = request.words
    waits, has_joined = await request.services[RenewalService].waits_for(request.actor)
    if not has_joined:
        return HomePart()
    waiting = [words("A new fiscal year: do you stay, and in which year are you now?")] if waits else []
    style = ButtonStyle.success if waits else ButtonStyle.secondary
    return HomePart(waiting=waiting, actions=[OpenButton.make(words(OPEN.label), emoji="🎫", style=style)])
