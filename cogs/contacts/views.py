from __future__ import annotations

from typing import Any

import discord

from bot.features.contacts.models import HOLDER_FIELDS, Field, Visibility
from bot.features.contacts.records import Detail, LcContacts, OwnPost
from bot.features.contacts.rules import LONGEST
from bot.features.contacts.service import ContactService
from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.choices import chosen_one
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.local_committees import VIA_WORDS, card_step
from bot.ui.pages import Item
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.contacts import render

#: Stands in a route where an LC's own officer needs no ``via``.
NONE = "-"


async def show(request: MemberRequest, lc_id: int, committee: str | None = None) -> None:
    """How to reach an LC, and the ways to enter it for those who may."""
    contacts = await request.services[ContactService].of(request.actor, lc_id, committee)
    words, editing = request.words, list[Item]()
    if request.actor.may(Right.EDIT_LC, lc_id):
        editing.append(EditButton.make(words("Edit the LC's contact details"), emoji="✏️", lc_id=lc_id))
    if lc_id in request.actor.officer_of:
        editing.append(OwnButton.make(words("My own contact details"), emoji="🙋", lc_id=lc_id))
    around = [step_button(card_step(lc_id), words), home_button(words)]
    await request.show(render.contacts_page(contacts, words, [editing, around]))


async def _show_fields(request: MemberRequest, lc_id: int, via: Via | None) -> None:
    """The details of an LC, each with a button. Who enters them for the LC first says how they heard them."""
    request.actor.require(Right.EDIT_LC, lc_id)
    contacts = await request.services[ContactService].of(request.actor, lc_id)
    words, rows = request.words, list[list[Item]]()
    if via is None and lc_id not in request.actor.officer_of:
        text = words("You enter this for the LC. How did you hear it?")
        rows.append([ViaButton.make(words(VIA_WORDS[one]), lc_id=lc_id, via=one) for one in Via])
    else:
        text = words("Choose what to enter. Each has its own readers; what you leave empty is not shown to anybody.")
        rows.append(
            [
                FieldButton.make(words(render.FIELD_WORDS[field]), lc_id=lc_id, field=field, via=via or NONE)
                for field in Field
            ]
        )
    rows.append([ShowButton.make(words("Back"), lc_id=lc_id), home_button(words)])
    await request.show(render.fields_page(contacts, text, words, rows))


#: Posts of one page, a row each.
PAGE = 4


class OwnButton(Board, route="contacts:own:{lc_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int, page: int = 0) -> None:
        """What the reader entered for each of their posts at an LC."""
        own = part_of(await request.services[ContactService].own(request.actor, lc_id), page, PAGE)
        words = request.words
        await cls.lay_out(
            request,
            own,
            title=words("My own contact details"),
            line=render.own_lines,
            empty=words("You hold no post at this LC today."),
            below=["", render.own_use(words)],
            menus=[[_own_button(lc_id, post, field, words) for field in HOLDER_FIELDS] for post in own],
            last=[ShowButton.make(words("Back"), lc_id=lc_id)],
            in_last_row=True,
            lc_id=lc_id,
        )


def _own_button(lc_id: int, post: OwnPost, field: Field, words: Words) -> Item:
    label = words(
        "{field} ({post})", field=words(render.FIELD_WORDS[field]), post=words.either(post.post_ja, post.post_en)
    )
    return OwnFieldButton.make(label, lc_id=lc_id, term_id=post.term_id, field=field)


def _kept(details: list[Detail], field: Field) -> Detail:
    return next((one for one in details if one.field is field), Detail(field, ""))


class ShowButton(RoutedButton, route="contacts:show:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await show(request, lc_id)


class EditButton(RoutedButton, route="contacts:edit:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await _show_fields(request, lc_id, None)


class ViaButton(RoutedButton, route="contacts:edit:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, via: str) -> None:
        await _show_fields(request, lc_id, chosen_one(Via, via))


class FieldButton(RoutedButton, route="contacts:field:{lc_id:int}:{field}:{via}"):
    async def act(self, request: MemberRequest, lc_id: int, field: str, via: str) -> None:
        heard = heard_by(request.actor, Right.EDIT_LC, lc_id, None if via == NONE else chosen_one(Via, via))
        contacts: LcContacts = await request.services[ContactService].of(request.actor, lc_id)
        form = LcForm(request, _kept(contacts.details, chosen_one(Field, field)), lc_id, heard)
        await form.open(request.interaction)


class OwnFieldButton(RoutedButton, route="contacts:own:{lc_id:int}:{term_id:int}:{field}"):
    async def act(self, request: MemberRequest, lc_id: int, term_id: int, field: str) -> None:
        detail = await request.services[ContactService].to_set_own(
            request.actor, lc_id, term_id, chosen_one(Field, field)
        )
        await OwnForm(request, detail, lc_id, term_id).open(request.interaction)


class DetailForm(Form, route=""):
    """One detail and who may see it."""

    def __init__(self, title: str, request: MemberRequest, kept: Detail) -> None:
        super().__init__(title)
        words, self.field = request.words, kept.field
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text",
            default=kept.text,
            style=discord.TextStyle.paragraph if kept.field is Field.HOW else discord.TextStyle.short,
            max_length=LONGEST[kept.field],
            required=False,
        )
        self.visibility: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="visibility",
            options=[
                discord.SelectOption(label=words(text), value=value.value, default=value is kept.visibility)
                for value, text in render.VISIBILITY_WORDS.items()
            ],
        )
        self.add_item(labelled(words(render.FIELD_WORDS[kept.field]), self.text, words(render.FIELD_HINTS[kept.field])))
        self.add_item(
            labelled(
                words("Who may see it"),
                self.visibility,
                words("The LC's officers include the national officers in office, who must be able to reach it"),
            )
        )

    @property
    def detail(self) -> Detail:
        return Detail(self.field, self.text.value, Visibility(self.visibility.values[0]))


class LcForm(DetailForm, route="contacts:lc_form"):
    def __init__(self, request: MemberRequest, kept: Detail, lc_id: int, via: Via | None) -> None:
        super().__init__(request.words("How to reach the LC"), request, kept)
        self.lc_id, self.via = lc_id, via

    async def act(self, request: MemberRequest) -> None:
        await request.services[ContactService].set_for_lc(request.actor, self.lc_id, self.detail, self.via)
        await _show_fields(request, self.lc_id, self.via)


class OwnForm(DetailForm, route="contacts:own_form"):
    def __init__(self, request: MemberRequest, kept: Detail, lc_id: int, term_id: int) -> None:
        super().__init__(request.words("How to reach me"), request, kept)
        self.lc_id, self.term_id = lc_id, term_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[ContactService].set_own(request.actor, self.term_id, self.detail)
        await OwnButton.show(request, self.lc_id)
