"""The question for the school: a region, then a school; or another institution, high school, work."""

from __future__ import annotations

from typing import Any

import discord

from bot.features.members.choosing import ChoiceService
from bot.features.members.models import Kind
from bot.features.members.names import MAX_NAME
from bot.features.members.records import Profile
from bot.features.members.rules import Step
from bot.features.members.service import MemberService
from bot.i18n import Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number, chosen_one
from bot.ui.forms import Form, labelled
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.members import render
from cogs.members.walk import StepButton, answers, go_on, own_card


@answers(Step.INSTITUTION)
async def _rows(request: MemberRequest, _card: Profile) -> list[list[Item]]:
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
        OtherButton.make(words("Another institution")),
        OutsideButton.make(words("In high school"), kind=Kind.HIGH_SCHOOL.value),
        OutsideButton.make(words("Working"), kind=Kind.WORKING.value),
    ]
    return [[RegionSelect.make(words("Choose a region"), options)], others] if options else [others]


class RegionSelect(RoutedSelect, route="members:region"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await RegionButton.show(request, chosen_number(chosen))


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
        rows.append([OtherButton.make(words("Another institution")), back])
        await request.show(render.step_page(card, Step.INSTITUTION, words, rows))


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


class InstitutionForm(Form, route="members:institution"):
    def __init__(self, words: Words, present: str) -> None:
        super().__init__(words("Another institution"))
        self.name: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name", default=present or None, required=False, max_length=MAX_NAME
        )
        self.add_item(labelled(words("Its name"), self.name, words("You may leave it out")))

    async def act(self, request: MemberRequest) -> None:
        service = request.services[MemberService]
        await go_on(request, await service.choose_other_institution(request.actor, self.name.value))
