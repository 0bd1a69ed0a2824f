"""The seal on the certificates of the organisation, for those who keep its lists."""

from __future__ import annotations

from discord import ButtonStyle

from bot.features.certificates.seals import SealService
from bot.features.homes.facts import Facts
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.ui.fields import File
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page, Picture
from bot.ui.requests import MemberRequest
from bot.ui.uploads import fetched


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    if not request.actor.may(Right.EDIT_DIRECTORY):
        return HomePart()
    return HomePart(managing=[SealButton.make(request.words("Seal of certificates"), emoji="💮")])


async def show_seal(request: MemberRequest) -> None:
    words = request.words
    seal = await request.services[SealService].seal(request.actor)
    add = AddSealButton.make(words("Add a picture"), style=ButtonStyle.primary)
    row: list[Item] = [add]
    text, picture = words("Certificates have no seal yet. You can add a picture of it."), None
    if seal is not None:
        text = words("All certificates of the organisation have this seal, also when they are printed again.")
        picture = Picture(seal.content, "seal.jpg", words("Seal of certificates"))
        row.append(NoSealButton.make(words("No seal")))
    await request.show(Page(words("Seal of certificates"), text, picture=picture, rows=[row, [home_button(words)]]))


SealButton = button_to("certificates:seal", show_seal)


class AddSealButton(RoutedButton, route="certificates:add_seal"):
    async def act(self, request: MemberRequest) -> None:
        request.actor.require(Right.EDIT_DIRECTORY)
        await SealForm(request.words).open(request.interaction)


class SealForm(Form, route="certificates:seal_form", title=N_("Seal of certificates")):
    file = File(N_("Picture"), hint=N_("JPEG, PNG or WebP, up to 8 MB. A square with the seal alone looks best."))

    async def act(self, request: MemberRequest) -> None:
        await request.defer()
        await request.services[SealService].add(request.actor, await fetched(self.file))
        request.done = request.words("Saved. The place and the camera in the file were removed.")
        await show_seal(request)


class NoSealButton(RoutedButton, route="certificates:no_seal"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[SealService].remove(request.actor)
        request.done = request.words("Saved.")
        await show_seal(request)
