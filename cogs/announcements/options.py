"""Recipients, places, questions and other settings of a draft; and templates saved from drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import discord
from discord import SelectOption

from bot.deliveries.schedule import instant
from bot.errors import Conflict
from bot.features.announcements.access import draft_step
from bot.features.announcements.drafts import MAX_NAME, MOST, DraftService, Settable, TemplateService
from bot.features.announcements.models import Ping
from bot.features.announcements.rules import MAX_REMINDERS
from bot.features.announcements.values import Draft
from bot.features.audiences.models import Place
from bot.features.audiences.rules import (
    AllLcs,
    Audience,
    CommitteeMembers,
    Everyone,
    InRegions,
    InStates,
    Members,
    Replied,
    Rule,
    TheseLcs,
    possible_places,
    usual_places,
)
from bot.features.audiences.service import ChoiceService
from bot.features.committees.models import Reply
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.models import Kind
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.rules import kinds
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import MAX_OPTION, MAX_QUESTION, MAX_QUESTIONS, NewQuestion
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.times import Moment
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number, chosen_numbers, chosen_one
from bot.ui.committees import committee_name
from bot.ui.dates import long_time
from bot.ui.fields import Choice, Lines, LongText, Maybe, Text, When
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.local_committees import STATE_WORDS as LC_STATE_WORDS
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.announcements import render
from cogs.announcements.drafting import DraftForm, show_draft
from cogs.announcements.render import to

KIND_WORDS = {
    QuestionKind.CHOICE: N_("choose one option"),
    QuestionKind.NUMBER: N_("a number"),
    QuestionKind.TEXT: N_("free text"),
}
#: A day without a time means the end of that day.
END_OF_DAY = time(23, 59)
NOTHING = "-"


async def draft_of(request: MemberRequest, announcement_id: int) -> Draft:
    return await request.services[DraftService].show(request.actor, announcement_id)


async def draft_to_change(request: MemberRequest, announcement_id: int, *names: str) -> Draft:
    """Refuse before a page or form is shown if the service would refuse the change whatever is chosen there."""
    return await request.services[DraftService].to_change(request.actor, announcement_id, *names)


def back(announcement_id: int, words: Words) -> list[Item]:
    return [to(render.DRAFT, words("Back to the draft"), announcement_id=announcement_id), home_button(words)]


async def show_places(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    offered = possible_places(draft.audience.rule, of_lc=draft.lc is not None)
    options = [
        SelectOption(label=words(render.PLACE_WORDS[place])[:100], value=place.value, default=place in draft.places)
        for place in offered
    ]
    menu = PlacesSelect.make(
        words("Choose where to send it"), options, max_values=len(options), announcement_id=announcement_id
    )
    text = (
        words("Choose where it's sent. In a channel everyone can read it, so it says who it's for.")
        if isinstance(draft.audience.rule, Members)
        else words("Choose where it's sent. Each LC gets it in every chosen place that it has.")
    )
    await request.show(Page(title=words("Where to send"), text=text, rows=[[menu], back(announcement_id, words)]))


async def show_more(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
    key: dict[str, Any] = {"announcement_id": announcement_id}
    pings = [
        SelectOption(label=words(text), value=ping.value, default=ping is draft.ping)
        for ping, text in render.PING_WORDS.items()
    ]
    rows: list[list[Item]] = [[PingSelect.make(words("Who to ping"), pings, **key)]]
    to_persons = isinstance(draft.audience.rule, Members)
    if draft.lc is None:
        times = [
            SelectOption(label=_reminder_words(n, words), value=str(n), default=n == draft.reminders)
            for n in range(MAX_REMINDERS + 1)
        ]
        committees = [
            SelectOption(label=words("not about a committee"), value=NOTHING, default=draft.committee_id is None)
        ]
        committees += [
            SelectOption(
                label=words("about {committee}", committee=committee_name(short, words)),
                value=str(one),
                default=one == draft.committee_id,
            )
            for one, short in choices.committees
        ]
        rows.append([RemindersSelect.make(words("Reminders"), times, **key)])
        if not to_persons:
            rows.append([AboutSelect.make(words("Related committee"), committees, **key)])
    label = words("Mark as not urgent") if draft.is_urgent else words("Urgent (send at night too)")
    rows.append(
        [
            UrgentButton.make(label, emoji="🌙", wanted=int(not draft.is_urgent), **key),
            *([DropFileButton.make(words("Remove the file"), emoji="🗑️", **key)] if draft.file else []),
        ]
    )
    rows.append(back(announcement_id, words))
    lines = [
        words("It only pings where you can ping on Discord yourself. This is checked when you send it."),
        words("Reminders only go to people who haven't answered the questions and have DMs turned on.")
        if to_persons
        else words("LCs that answered “not this year” for the committee get the announcement but no reminders."),
        words(
            "Urgent announcements also go out between 22:00 and 8:00. Only choose this if it can't wait until morning."
        ),
    ]
    await request.show(Page(title=words("More settings"), text="\n".join(f"・{line}" for line in lines), rows=rows))


def _reminder_words(count: int, words: Words) -> str:
    if not count:
        return words("no reminders")
    return words.plural("at most {n} reminder", "at most {n} reminders", count)


async def show_questions(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id), request.words
    key: dict[str, Any] = {"announcement_id": announcement_id}
    lines = [
        words("One answer per person. It can be changed until the deadline. No reply is never counted as a yes.")
        if isinstance(draft.audience.rule, Members)
        else words("One answer per LC. It can be changed until the deadline. No reply is never counted as a yes.")
    ]
    if draft.deadline:
        lines.append(words("Deadline: {time}", time=long_time(draft.deadline, words)))
    else:
        lines.append(words("Deadline: not set"))
    for number, one in enumerate(draft.questions, 1):
        lines.append(f"\n**{number}. {words.either(one.text_ja, one.text_en)}**")
        told = [words(KIND_WORDS[one.kind]), words("required") if one.is_required else words("optional")]
        lines.append(words(", ").join(told) + (": " + " / ".join(one.options) if one.options else ""))
    rows: list[list[Item]] = []
    if draft.questions:
        options = [
            SelectOption(label=words.either(one.text_ja, one.text_en)[:100], value=str(one.question_id))
            for one in draft.questions
        ]
        rows.append([RemoveSelect.make(words("Remove a question"), options, **key)])
    full = len(draft.questions) >= MAX_QUESTIONS
    rows.append(
        [
            AddButton.make(words("Add a question"), emoji="➕", disabled=full, **key),
            DeadlineButton.make(words("Deadline"), emoji="⏰", **key),
        ]
    )
    rows.append(back(announcement_id, words))
    await request.show(Page(title=words("Questions"), text="\n".join(lines), rows=rows))


PlacesButton = button_to(render.PLACES, show_places)


class PlacesSelect(RoutedSelect, route="announcements:set_places:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        places = tuple(place for place in Place if place.value in chosen)
        await request.services[DraftService].set(request.actor, announcement_id, places=places)
        request.done = request.words("Saved.")
        await show_draft(request, announcement_id)


MoreButton = button_to(render.MORE, show_more)


class PingSelect(RoutedSelect, route="announcements:set_ping:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, ping=chosen_one(Ping, chosen[0]))
        request.done = request.words("Saved.")
        await show_more(request, announcement_id)


class RemindersSelect(RoutedSelect, route="announcements:set_reminders:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, reminders=chosen_number(chosen))
        request.done = request.words("Saved.")
        await show_more(request, announcement_id)


class AboutSelect(RoutedSelect, route="announcements:set_about:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        committee = None if chosen[0] == NOTHING else chosen_number(chosen)
        await request.services[DraftService].set(request.actor, announcement_id, committee_id=committee)
        request.done = request.words("Saved.")
        await show_more(request, announcement_id)


class UrgentButton(RoutedButton, route="announcements:set_urgent:{announcement_id:int}:{wanted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, wanted: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, is_urgent=bool(wanted))
        request.done = request.words("Saved.")
        await show_more(request, announcement_id)


class DropFileButton(RoutedButton, route="announcements:drop_file:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.services[DraftService].set(request.actor, announcement_id, file=None)
        request.done = request.words("The file was removed.")
        await show_draft(request, announcement_id)


QuestionsButton = button_to(render.QUESTIONS, show_questions)


class RemoveSelect(RoutedSelect, route="announcements:remove_question:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await request.services[DraftService].remove_question(request.actor, announcement_id, chosen_number(chosen))
        request.done = request.words("The question was removed.")
        await show_questions(request, announcement_id)


class AddButton(RoutedButton, route="announcements:add_question:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await draft_to_change(request, announcement_id, "questions")
        await QuestionForm(request.words, announcement_id).open(request.interaction)


class DeadlineButton(RoutedButton, route="announcements:deadline:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_to_change(request, announcement_id)
        await DeadlineForm(request.words, draft, request.time_zone).open(request.interaction)


class QuestionForm(Form, route="announcements:add_question", title=N_("Add a question")):
    text_ja = Text(N_("Question (Japanese)"), MAX_QUESTION)
    text_en = Text(N_("Question (English)"), MAX_QUESTION, hint=N_("Optional"), required=False)
    kind = Choice(N_("Answer type"), KIND_WORDS)
    options = Lines(
        N_("Options, one per line"),
        25 * (MAX_OPTION + 1),
        hint=N_("Only for “choose one option”: 2 to 25"),
        required=False,
    )
    needed = Choice(N_("Required?"), {True: N_("required"), False: N_("optional")})

    def __init__(self, words: Words, announcement_id: int) -> None:
        super().__init__(words)
        self.announcement_id, self.needed = announcement_id, True

    async def act(self, request: MemberRequest) -> None:
        new = NewQuestion(self.kind, self.text_ja, self.text_en, self.options, self.needed)
        await request.services[DraftService].add_question(request.actor, self.announcement_id, new)
        request.done = request.words("The question was added.")
        await show_questions(request, self.announcement_id)


class DeadlineForm(Form, route="announcements:deadline", title=N_("Deadline")):
    when = Maybe(
        When(
            N_("Date and time"),
            60,
            hint=N_("For example 11/25 or 11/25 21:00. Leave empty for no deadline"),
            usual=END_OF_DAY,
        )
    )

    def __init__(self, words: Words, draft: Draft, zone: str) -> None:
        super().__init__(words)
        self.announcement_id = draft.announcement_id
        self.when = Moment(draft.deadline, instant(draft.deadline, zone)) if draft.deadline else None

    async def act(self, request: MemberRequest) -> None:
        deadline = self.when.local if self.when else None
        await request.services[DraftService].set(request.actor, self.announcement_id, deadline=deadline)
        request.done = request.words("Saved.")
        await show_questions(request, self.announcement_id)


RULES = {
    "all_lcs": N_("all member LCs"),
    "everyone": N_("everyone"),
    "regions": N_("LCs by region"),
    "replied": N_("LCs by their answer to a committee"),
    "states": N_("LCs by status"),
    "committee": N_("people in charge of a committee"),
    "lcs": N_("specific LCs"),
    "members": N_("members by committee, year or type"),
}
#: In these states an LC has somebody to speak to.
STATES = (LcState.MEMBER, LcState.DORMANT, LcState.APPLYING, LcState.FOUNDING, LcState.LEAD)


async def show_audience(request: MemberRequest, announcement_id: int) -> None:
    draft, words = await draft_to_change(request, announcement_id, "audience"), request.words
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id, draft.audience)
    kind = draft.audience.rule.kind
    options = [SelectOption(label=words(text), value=one, default=one == kind) for one, text in RULES.items()]
    text = render.audience_text(draft.audience, render.names_of(choices, words), words)
    explained = words("Recipients are decided when it's sent, so an LC that joins before then gets it too.")
    finer: Item
    if isinstance(draft.audience.rule, Members):
        explained = words("Recipients are decided when it's sent, so anyone who joins before then gets it too.")
        finer = to(
            render.NARROW, words("Narrow by committee, year or type"), emoji="🔎", announcement_id=announcement_id
        )
    else:
        finer = ExcludeButton.make(words("Exclude LCs"), emoji="➖", announcement_id=announcement_id)
    rows: list[list[Item]] = [
        [RuleSelect.make(words("Choose recipients"), options, announcement_id=announcement_id)],
        [finer],
        back(announcement_id, words),
    ]
    await request.show(Page(title=words("Recipients"), text=f"**{text}**\n{explained}", rows=rows))


async def set_rule(request: MemberRequest, announcement_id: int, rule: Rule) -> None:
    """Set the rule, and the places that go with it if the kind of rule changes."""
    draft = await draft_of(request, announcement_id)
    # Only LCs can be excluded, never persons.
    excluded = () if isinstance(rule, Members) else draft.audience.excluded
    changes: Settable = {"audience": Audience(rule=rule, excluded=excluded)}
    if draft.audience.rule.kind != rule.kind:
        changes["places"] = usual_places(rule)
    if isinstance(rule, Replied | CommitteeMembers):
        changes["committee_id"] = rule.committee_id
    await request.services[DraftService].set(request.actor, announcement_id, **changes)
    request.done = request.words("Saved.")


async def address(request: MemberRequest, announcement_id: int, rule: Rule) -> None:
    await set_rule(request, announcement_id, rule)
    await show_draft(request, announcement_id)


async def _ask(request: MemberRequest, announcement_id: int, menu: Item) -> None:
    words = request.words
    await request.show(Page(title=words("Recipients"), rows=[[menu], back(announcement_id, words)]))


AudienceButton = button_to(render.AUDIENCE, show_audience)


class RuleSelect(RoutedSelect, route="announcements:rule:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        words, key = request.words, {"announcement_id": announcement_id}
        await draft_to_change(request, announcement_id, "audience")
        match chosen[0]:
            case "everyone":
                await address(request, announcement_id, Everyone())
            case "all_lcs":
                await address(request, announcement_id, AllLcs())
            case "members":
                await set_rule(request, announcement_id, Members())
                await show_narrowing(request, announcement_id)
            case "lcs":
                await LcsForm(words, announcement_id, exclude=False).open(request.interaction)
            case "states":
                options = [SelectOption(label=words(LC_STATE_WORDS[one]), value=one.value) for one in STATES]
                menu = StatesSelect.make(words("Choose statuses"), options, max_values=len(options), **key)
                await _ask(request, announcement_id, menu)
            case "regions":
                choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
                options = [
                    SelectOption(label=words.either(ja, en)[:100], value=str(one)) for one, ja, en in choices.regions
                ]
                regions = RegionsSelect.make(words("Choose regions"), options, max_values=len(options), **key)
                await _ask(request, announcement_id, regions)
            case kind:
                choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
                options = [
                    SelectOption(label=committee_name(short, words), value=str(one))
                    for one, short in choices.committees
                ]
                which = CommitteeSelect.make(words("Choose a committee"), options, kind=kind, **key)
                await _ask(request, announcement_id, which)


class RegionsSelect(RoutedSelect, route="announcements:regions:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await address(request, announcement_id, InRegions(region_ids=tuple(chosen_numbers(chosen))))


class StatesSelect(RoutedSelect, route="announcements:states:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await address(request, announcement_id, InStates(states=tuple(chosen_one(LcState, one) for one in chosen)))


class CommitteeSelect(RoutedSelect, route="announcements:committee:{announcement_id:int}:{kind}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int, kind: str) -> None:
        committee_id, words = chosen_number(chosen), request.words
        if kind == "committee":
            await address(request, announcement_id, CommitteeMembers(committee_id=committee_id))
            return
        await draft_to_change(request, announcement_id, "audience")
        options = [
            SelectOption(label=words(text), value=reply.value if reply else NOTHING)
            for reply, text in render.REPLY_WORDS.items()
        ]
        menu = RepliesSelect.make(
            words("Choose answers"),
            options,
            max_values=len(options),
            announcement_id=announcement_id,
            committee_id=committee_id,
        )
        await _ask(request, announcement_id, menu)


class RepliesSelect(RoutedSelect, route="announcements:replies:{announcement_id:int}:{committee_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int, committee_id: int) -> None:
        replies = tuple(None if one == NOTHING else chosen_one(Reply, one) for one in chosen)
        await address(request, announcement_id, Replied(committee_id=committee_id, replies=replies))


class ExcludeButton(RoutedButton, route="announcements:exclude:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await draft_to_change(request, announcement_id, "audience")
        await LcsForm(request.words, announcement_id, exclude=True).open(request.interaction)


class LcsForm(Form, route="announcements:lcs"):
    """LCs by name, one per line: the recipients, or the excluded ones."""

    names = LongText(N_("LCs, one per line"), 2_000, hint=N_("Short names work too, for example 東大"))

    def __init__(self, words: Words, announcement_id: int, *, exclude: bool) -> None:
        title, names = words("specific LCs"), LcsForm.names
        if exclude:
            title, names = words("Exclude LCs"), replace(names, hint=N_("Leave empty to exclude none"), required=False)
        super().__init__(words, title, [names])
        self.announcement_id, self.exclude = announcement_id, exclude

    async def act(self, request: MemberRequest) -> None:
        service = request.services[LocalCommitteeService]
        names = [name.strip() for name in self.names.replace("、", "\n").split("\n") if name.strip()]
        lc_ids = tuple([(await service.show(request.actor, name)).lc_id for name in names])
        if not self.exclude:
            await address(request, self.announcement_id, TheseLcs(lc_ids=lc_ids))
            return
        draft = await draft_of(request, self.announcement_id)
        audience = Audience(rule=draft.audience.rule, excluded=lc_ids)
        await request.services[DraftService].set(request.actor, self.announcement_id, audience=audience)
        request.done = request.words("Saved.")
        await show_draft(request, self.announcement_id)


YEARS = range(1, 7)
#: For people who don't study at a university.
WALKS = (Kind.GRADUATE, Kind.HIGH_SCHOOL, Kind.WORKING)


async def show_narrowing(request: MemberRequest, announcement_id: int) -> None:
    words, rule = request.words, await _rule(request, announcement_id)
    choices = await request.services[ChoiceService].choices(request.actor.organisation.id)
    reach = await request.services[DraftService].reach(request.actor, announcement_id)
    key: dict[str, Any] = {"announcement_id": announcement_id}
    committees = [
        SelectOption(label=committee_name(short, words), value=str(one), default=one in rule.committee_ids)
        for one, short in choices.committees
    ]
    years = [
        SelectOption(label=render.year_text(year, words), value=str(year), default=year in rule.years) for year in YEARS
    ]
    years += [
        SelectOption(label=words(render.WALK_WORDS[walk]), value=walk.value, default=walk in rule.walks)
        for walk in WALKS
    ]
    standing = [
        SelectOption(label=render.kind_text(kind, words), value=kind.value, default=kind in rule.kinds)
        for kind in kinds()
    ]
    rows: list[list[Item]] = []
    if committees:
        anything = words("Interested in any committee")
        rows.append([CommitteesSelect.make(anything, committees, **_any_of(committees), **key)])
    rows += [
        [YearsSelect.make(words("Any year"), years, **_any_of(years), **key)],
        [KindsSelect.make(words("Any membership type"), standing, **_any_of(standing), **key)],
        back(announcement_id, words),
    ]
    people = reach.people or ()
    lines = [
        words(
            "**{audience}** ({n} people)",
            audience=render.members_text(rule, render.names_of(choices, words), words),
            n=len(people),
        ),
        *render.people_lines(people, words),
        words("Members have to match every menu you use. An empty menu doesn't filter anyone out."),
    ]
    await request.show(Page(title=words("Which members"), text="\n".join(lines), rows=rows))


def _any_of(options: list[SelectOption]) -> dict[str, int]:
    return {"min_values": 0, "max_values": len(options)}


async def _rule(request: MemberRequest, announcement_id: int) -> Members:
    """Raises Conflict if somebody else has changed the recipients meanwhile."""
    rule = (await draft_to_change(request, announcement_id, "audience")).audience.rule
    if not isinstance(rule, Members):
        raise Conflict(
            N_("Somebody else has just changed the recipients. Please check them again."),
            next_steps=[draft_step(announcement_id)],
        )
    return rule


async def _narrow(request: MemberRequest, announcement_id: int, **parts: Any) -> None:
    rule = (await _rule(request, announcement_id)).model_copy(update=parts)
    await request.services[DraftService].set(request.actor, announcement_id, audience=Audience(rule=rule))
    request.done = request.words("Saved.")
    await show_narrowing(request, announcement_id)


NarrowButton = button_to(render.NARROW, show_narrowing)


class CommitteesSelect(RoutedSelect, route="announcements:narrow_committees:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await _narrow(request, announcement_id, committee_ids=tuple(chosen_numbers(chosen)))


class YearsSelect(RoutedSelect, route="announcements:narrow_years:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        years = tuple(year for year in YEARS if str(year) in chosen)
        await _narrow(request, announcement_id, years=years, walks=tuple(one for one in WALKS if one.value in chosen))


class KindsSelect(RoutedSelect, route="announcements:narrow_kinds:{announcement_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], announcement_id: int) -> None:
        await _narrow(request, announcement_id, kinds=tuple(chosen_one(MembershipKind, one) for one in chosen))


async def write_from(request: MemberRequest, template_id: int) -> None:
    template = await request.services[TemplateService].template(request.actor, template_id)
    form = DraftForm(request.words, template.content, lc_id=template.lc_id, like=(template.audience, template.places))
    await form.open(request.interaction)


class KeepButton(RoutedButton, route=render.KEEP):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_of(request, announcement_id)
        form = KeepForm(request.words, announcement_id, draft.content.title)
        await form.open(request.interaction)


class KeepForm(Form, route="announcements:keep", title=N_("Save as a template")):
    name = Text(N_("Template name"), MAX_NAME, hint=N_("Replaces any template with the same name"))

    def __init__(self, words: Words, announcement_id: int, title: str) -> None:
        super().__init__(words)
        self.announcement_id, self.name = announcement_id, title

    async def act(self, request: MemberRequest) -> None:
        await request.services[TemplateService].keep(request.actor, self.announcement_id, self.name)
        notice = request.words("✅ Saved as the template “{name}”.", name=self.name)
        await show_draft(request, self.announcement_id, notice)


class TemplateSelect(RoutedSelect, route="announcements:template"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        template = await request.services[TemplateService].template(request.actor, chosen_number(chosen))
        words = request.words
        key: dict[str, Any] = {"template_id": template.template_id}
        text = "\n\n".join(filter(None, (f"**{template.content.title}**", template.content.text_ja)))
        rows: list[list[Item]] = [
            [
                UseButton.make(words("Use this template"), emoji="✏️", **key),
                RemoveTemplateButton.make(words("Delete the template"), emoji="🗑️", **key),
            ],
            [TemplatesButton.make(words("Templates")), home_button(words)],
        ]
        await request.show(Page(title=template.name, text=text, rows=rows))


class TemplatesButton(Board, route=render.TEMPLATES):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        # Each LC has 25 at most, so an officer of two LCs may have more.
        found = part_of(await request.services[TemplateService].templates(request.actor), page, MOST)
        options = [option(one.name, one.template_id, one.content.title) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("Templates"),
            line=lambda one, _words: f"**{discord.utils.escape_markdown(one.name)}**",
            empty=words("No templates yet. You can save any draft as a template."),
            menus=[[TemplateSelect.make(words("Choose a template"), options)]],
        )


UseButton = button_to("announcements:use:{template_id:int}", write_from)


class RemoveTemplateButton(RoutedButton, route="announcements:remove_template:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        await request.services[TemplateService].remove(request.actor, template_id)
        request.done = request.words("The template was deleted.")
        await TemplatesButton.show(request)
