"""Who is in charge of a series."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.features.symposia.owners import Owner, OwnerService
from bot.features.symposia.steps import symposium_step
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import People
from bot.ui.forms import Form
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form
from bot.ui.pages import Item
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.symposia import words as told
from cogs.symposia.pages import SymposiaButton

#: So many are added by one form.
AT_ONCE = 5
#: In the menu of posts, for people alone.
NO_POST = 0


class OwnersButton(Board, route="symposia:owners:{symposium_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, symposium_id: int, page: int = 0) -> None:
        words, service = request.words, request.services[OwnerService]
        one, people = await service.owners(request.actor, symposium_id)
        posts = await service.posts(request.actor, symposium_id)
        options = [option(_name(owner, words), owner.person_id) for owner in people]
        choice = [option(words("People alone, no post"), NO_POST)]
        choice += [option(words.either(post.name_ja, post.name_en), post.id) for post in posts]
        above = [words("They plan it, get its tasks and see the contacts of guests.")]
        if one.post_id is not None:
            post = escape_markdown(words.either(one.post_ja, one.post_en))
            above.append(words("Looked after by the post: {post}", post=post))
        beside: list[Item] = [AddOwnerButton.make(words("Add owners"), emoji="➕", symposium_id=symposium_id)]
        if not one.owns:
            beside.append(ChargeButton.make(words("Become an owner"), symposium_id=symposium_id))
        menu = OwnerSelect.make(words("Choose somebody to remove"), options, symposium_id=symposium_id)
        by_post = PostSelect.make(words("Choose a post that owns it"), choice, symposium_id=symposium_id)
        await cls.lay_out(
            request,
            part_of(people, page, len(people) or 1),
            title=words("Owners: {name}", name=told.name_of(one, words)),
            above=above,
            line=lambda owner, words: f"・{escape_markdown(_name(owner, words))}",
            empty=words("Nobody owns it by name."),
            menus=[[menu]],
            beside=[[by_post], beside],
            last=[step_button(symposium_step(symposium_id), words)],
            symposium_id=symposium_id,
        )


def _name(one: Owner, words: Words) -> str:
    return one.name or words("somebody")


class OwnersForm(Form, route="symposia:owners_form", title=N_("Add owners")):
    who = People(N_("Who looks after it with you?"), hint=N_("They see the contacts of guests."), most=AT_ONCE)

    def __init__(self, words: Words, symposium_id: int) -> None:
        super().__init__(words)
        self.symposium_id = symposium_id

    async def act(self, request: MemberRequest) -> None:
        users = [one.id for one in self.who]
        await request.services[OwnerService].add(request.actor, self.symposium_id, users)
        request.done = request.words("Added.")
        await OwnersButton.show(request, self.symposium_id)


AddOwnerButton = button_to_form("symposia:add_owner:{symposium_id:int}", OwnersForm)


class ChargeButton(RoutedButton, route="symposia:charge:{symposium_id:int}"):
    async def act(self, request: MemberRequest, symposium_id: int) -> None:
        await request.services[OwnerService].take_charge(request.actor, symposium_id)
        request.done = request.words("You're one of its owners now.")
        await OwnersButton.show(request, symposium_id)


class PostSelect(RoutedSelect, route="symposia:post:{symposium_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], symposium_id: int) -> None:
        await request.services[OwnerService].set_post(request.actor, symposium_id, chosen_number(chosen) or None)
        request.done = request.words("Saved.")
        await OwnersButton.show(request, symposium_id)


class OwnerSelect(RoutedSelect, route="symposia:owner:{symposium_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], symposium_id: int) -> None:
        service, person_id, words = request.services[OwnerService], chosen_number(chosen), request.words
        await service.remove(request.actor, symposium_id, person_id)
        request.done = words("Removed.")
        if person_id == request.actor.person_id:  # they may not keep it any more
            await SymposiaButton.show(request)
        else:
            await OwnersButton.show(request, symposium_id)
