"""To whom, where, what is asked, and the finer points of a draft."""

from __future__ import annotations

from datetime import time
from typing import Any

import discord
from discord import SelectOption

from bot.features.announcements.drafts import DraftService
from bot.features.announcements.models import Ping
from bot.features.announcements.records import Draft
from bot.features.announcements.rules import MAX_REMINDERS
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Members, possible_places
from bot.features.audiences.service import ChoiceService
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.records import MAX_OPTION, MAX_QUESTION, MAX_QUESTIONS, NewQuestion
from bot.i18n import N_, Words
from bot.times import read_moment
from bot.ui.choices import chosen_number, chosen_one
from bot.ui.dates import long_time
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest, host
from cogs.announcements import render, routes
from cogs.announcements.drafting import show_draft
from cogs.announcements.routes import to

KIND_WORDS = {
    QuestionKind.CHOICE: N_("choose one option"),
    QuestionKind.NUMBER: N_("a number"),
    QuestionKind.TEXT: N_("free text"),
}
#: A day alone means its end.
END_OF_DAY = time(23, 59)
NOTHING = "-"


async def draft_of(request: MemberRequest, announcement_id: int) -> Draft:
    return await request.services[DraftService].show(request.actor, announcement_id)


async def draft_to_change(request: MemberRequest, announcement_id: int, *names: str) -> Draft:
    """Before a page or form is shown: the change would be refused whatever is chosen there, so it is said at once."""
    return await request.services[DraftService].to_change(request.actor, announcement_id, *names)


def back(announcement_id: int, words: Words) -> list[Item]:
    return [to(routes.DRAFT, words("Back to the draft"), announcement_id=announcement_id), home_button(words)]


async def show_places(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    offered = possible_places(draft.audience.rule, of_lc=draft.lc is not None)
    options = [
        SelectOption(label=words(render.PLACE_WORDS[place])[:100], value=place.value, default=place in draft.places)
        for place in offered
    ]
    menu = PlacesSelect.make(
        words("Choose one or several places"), options, max_values=len(options), announcement_id=announcement_id
    )
    text = (
        words("Where it goes. In a channel everybody reads it; it says there for whom it is.")
        if isinstance(draft.audience.rule, Members)
        else words("Where it goes. Each LC gets it at every chosen place that it has.")
    )
    await request.show(Page(title=words("Where"), text=text, rows=[[menu], back(announcement_id, words)]))


async def show_more(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
    key: dict[str, Any] = {"announcement_id": announcement_id}
    pings = [
        SelectOption(label=words(text), value=ping.value, default=ping is draft.ping)
        for ping, text in render.PING_WORDS.items()
    ]
    rows: list[list[Item]] = [[PingSelect.make(words("Whom it pings"), pings, **key)]]
    to_persons = isinstance(draft.audience.rule, Members)
    if draft.lc is None:
        times = [
            SelectOption(label=_reminder_words(n, words), value=str(n), default=n == draft.reminders)
            for n in range(MAX_REMINDERS + 1)
        ]
        committees = [
            SelectOption(label=words("about no committee"), value=NOTHING, default=draft.committee_id is None)
        ]
        committees += [
            SelectOption(
                label=words("about {committee}", committee=short), value=str(one), default=one == draft.committee_id
            )
            for one, short in choices.committees
        ]
        rows.append([RemindersSelect.make(words("Reminders"), times, **key)])
        if not to_persons:
            rows.append([AboutSelect.make(words("Which committee it is about"), committees, **key)])
    label = words("Not urgent after all") if draft.is_urgent else words("Urgent: at night too")
    rows.append(
        [
            UrgentButton.make(label, emoji="🌙", wanted=int(not draft.is_urgent), **key),
            *([DropFileButton.make(words("Take the file away"), emoji="🗑️", **key)] if draft.file else []),
        ]
    )
    rows.append(back(announcement_id, words))
    lines = [
        words("It pings only where you may do so in Discord yourself; that is looked at when you send it."),
        words("Reminders go only to those who haven't answered the questions and asked for direct messages.")
        if to_persons
        else words("LCs that said “not this year” to the committee get the announcement, but no reminders."),
        words("Urgent ones go out between 22:00 and 8:00 too. Please choose that only where it can't wait."),
    ]
    await request.show(Page(title=words("More"), text="\n".join(f"・{line}" for line in lines), rows=rows))


def _reminder_words(count: int, words: Words) -> str:
    if not count:
        return words("no reminders")
    return words.plural("at most {n} reminder", "at most {n} reminders", count)


async def show_questions(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    key: dict[str, Any] = {"announcement_id": announcement_id}
    lines = [
        words("One answer for each person, changeable until the deadline. No answer is never counted as a yes.")
        if isinstance(draft.audience.rule, Members)
        else words("One answer for each LC, changeable until the deadline. No answer is never counted as a yes.")
    ]
    if draft.deadline:
        lines.append(words("Deadline: {time}", time=long_time(draft.deadline, words)))
    else:
        lines.append(words("No deadline yet."))
    for number, one in enumerate(draft.questions, 1):
        lines.append(f"\n**{number}. {words.either(one.text_ja, one.text_en)}**")
        told = [words(KIND_WORDS[one.kind]), words("needed") if one.is_required else words("may be left empty")]
        lines.append(words(", ").join(told) + (": " + " / ".join(one.options) if one.options else ""))
    rows: list[list[Item]] = []
    if draft.questions:
        options = [
            SelectOption(label=words.either(one.text_ja, one.text_en)[:100], value=str(one.question_id))
            for one in draft.questions
        ]
        rows.append([RemoveSelect.make(words("Take a question back"), options, **key)])
    full = len(draft.questions) >= MAX_QUESTIONS
    rows.append(
        [
            AddButton.make(words("Add a question"), emoji="➕", disabled=full, **key),
            DeadlineButton.make(words("Deadline"), emoji="⏰", **key),
        ]
    )
    rows.append(back(announcement_id, words))
    await request.show(Page(title=words("Questions"), text="\n".join(lines), rows=rows))


class PlacesButton(RoutedButton, route=routes.PLACES):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_places(request, announcement_id)


class PlacesSelect(RoutedSelect, route="announcements:set_places:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        places = tuple(place for place in Place if place.value in chosen)
        await request.services[DraftService].set(request.actor, announcement_id, places=places)
        await show_draft(request, announcement_id)


class MoreButton(RoutedButton, route=routes.MORE):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_more(request, announcement_id)


class PingSelect(RoutedSelect, route="announcements:set_ping:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, ping=chosen_one(Ping, chosen[0]))
        await show_more(request, announcement_id)


class RemindersSelect(RoutedSelect, route="announcements:set_reminders:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, reminders=chosen_number(chosen))
        await show_more(request, announcement_id)


class AboutSelect(RoutedSelect, route="announcements:set_about:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        committee = None if chosen[0] == NOTHING else chosen_number(chosen)
        await request.services[DraftService].set(request.actor, announcement_id, committee_id=committee)
        await show_more(request, announcement_id)


class UrgentButton(RoutedButton, route="announcements:set_urgent:{announcement_id:int}:{wanted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, wanted: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, is_urgent=bool(wanted))
        await show_more(request, announcement_id)


class DropFileButton(RoutedButton, route="announcements:drop_file:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, file=None)
        await show_draft(request, announcement_id)


class QuestionsButton(RoutedButton, route=routes.QUESTIONS):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_questions(request, announcement_id)


class RemoveSelect(RoutedSelect, route="announcements:remove_question:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].remove_question(request.actor, announcement_id, chosen_number(chosen))
        await show_questions(request, announcement_id)


class AddButton(RoutedButton, route="announcements:add_question:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await draft_to_change(request, announcement_id, "questions")
        await QuestionForm(request.words, announcement_id).open(request.interaction)


class DeadlineButton(RoutedButton, route="announcements:deadline:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_to_change(request, announcement_id)
        await DeadlineForm(request.words, draft).open(request.interaction)


class QuestionForm(Form, route="announcements:add_question"):
    def __init__(self, words: Words, announcement_id: int) -> None:
        super().__init__(words("A question"))
        self.announcement_id = announcement_id
        self.text_ja: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="text_ja", max_length=MAX_QUESTION)
        self.text_en: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text_en", max_length=MAX_QUESTION, required=False
        )
        self.kind: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="kind",
            options=[SelectOption(label=words(text), value=kind.value) for kind, text in KIND_WORDS.items()],
        )
        self.options: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="options", style=discord.TextStyle.paragraph, required=False, max_length=25 * (MAX_OPTION + 1)
        )
        self.needed: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="needed",
            options=[
                SelectOption(label=words("needed"), value="yes", default=True),
                SelectOption(label=words("may be left empty"), value="no"),
            ],
        )
        self.add_item(labelled(words("The question in Japanese"), self.text_ja))
        self.add_item(labelled(words("The question in English"), self.text_en, words("May be left empty")))
        self.add_item(labelled(words("How it is answered"), self.kind))
        self.add_item(labelled(words("Options, one a line"), self.options, words("Only to choose from: 2 to 25")))
        self.add_item(labelled(words("Must it be answered?"), self.needed))

    async def act(self, request: MemberRequest) -> None:
        new = NewQuestion(
            QuestionKind(self.kind.values[0]),
            self.text_ja.value,
            self.text_en.value,
            self.options.value.split("\n"),
            self.needed.values[0] == "yes",
        )
        await request.services[DraftService].add_question(request.actor, self.announcement_id, new)
        await show_questions(request, self.announcement_id)


class DeadlineForm(Form, route="announcements:deadline"):
    def __init__(self, words: Words, draft: Draft) -> None:
        super().__init__(words("Deadline"))
        self.announcement_id = draft.announcement_id
        # Without its weekday, which would contradict another day typed over it.
        now = f"{draft.deadline:%Y-%m-%d %H:%M}" if draft.deadline else None
        self.when: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="when", max_length=60, required=False, default=now
        )
        hint = words("For example 11/25 or 11/25 21:00. Empty: none")
        self.add_item(labelled(words("Until when"), self.when, hint))

    async def act(self, request: MemberRequest) -> None:
        deadline = None
        if self.when.value.strip():
            now, zone = host(request.interaction).clock.now(), request.actor.organisation.time_zone
            deadline = read_moment(self.when.value, now, zone, usual=END_OF_DAY).local
        await request.services[DraftService].set(request.actor, self.announcement_id, deadline=deadline)
        await show_questions(request, self.announcement_id)
