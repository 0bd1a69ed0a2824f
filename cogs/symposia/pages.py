"""The list of series, the page of one with its editions, and the forms for its name and its slots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord.utils import escape_markdown

from bot.errors import NotAllowed
from bot.features.events.homes import Home
from bot.features.events.queries import LIST as EVENTS
from bot.features.sheets.cells import to_csv
from bot.features.symposia.editions import EditionService
from bot.features.symposia.queries import EditionCard, SymposiumCard
from bot.features.symposia.rules import written_template
from bot.features.symposia.service import SymposiumDraft, SymposiumService, TemplateDraft
from bot.features.symposia.sizes import NAME
from bot.features.symposia.steps import LIST, owners_step, plan_step, rule_step
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import Choice, Field, Lines, Number, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.symposia import words as told
from cogs.symposia.editions import EditionSelect

PER_PAGE = 12
NOBODY_STARTS = N_("Series are started by national officers and by those who lead an LC. Please ask one of them.")


class SymposiaButton(Board, route="symposia:list"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, service = request.words, request.services[SymposiumService]
        found = await service.series(request.actor, page)
        options = [option(told.name_of(one, words), one.symposium_id, told.host_of(one, words)) for one in found]
        last: list[Item] = []
        if await service.homes(request.actor):
            last.append(AddButton.make(words("Start a series"), emoji="➕"))
        last.append(step_button(EVENTS, words))
        await cls.lay_out(
            request,
            found,
            title=words("Series and symposia"),
            above=[words("Symposia and other talks that are numbered and planned for a year.")],
            line=_line,
            empty=words("No series is announced yet."),
            menus=[[SymposiumSelect.make(words("Choose a series"), options)]],
            last=last,
        )


def _line(one: SymposiumCard, words: Words) -> str:
    line = f"**{escape_markdown(told.name_of(one, words))}**"
    host = told.host_of(one, words)
    return words("{event} ({host})", event=line, host=escape_markdown(host)) if host else line


class SymposiumButton(Board, route="symposia:show:{symposium_id:int}"):
    """A series, with its editions: those to come first, then those that are over."""

    @classmethod
    async def show(cls, request: MemberRequest, symposium_id: int, page: int = 0) -> None:
        one, editions = await request.services[EditionService].editions(request.actor, symposium_id)
        words = request.words
        here = part_of(in_order(editions), page, PER_PAGE)
        above = [told.rule_line(one.rule, words)]
        if host := told.host_of(one, words):
            above.insert(0, words("Organised by: {host}", host=escape_markdown(host)))
        if one.post_id is not None and one.keeps:
            post = escape_markdown(words.either(one.post_ja, one.post_en))
            above.append(words("Looked after by the post: {post}", post=post))
        if one.keeps and (holes := sum(edition.holes for edition in editions)):
            above.append(words.plural("⚠️ {n} slot is open.", "⚠️ {n} slots are open.", holes))
        file = FileButton.make(words("As CSV"), emoji="📄", symposium_id=symposium_id)
        options = [option(told.heading(edition, words), edition.edition_id) for edition in here]
        await cls.lay_out(
            request,
            here,
            title=told.name_of(one, words),
            above=[*above, ""],
            line=told.edition_line,
            empty=words("No editions are planned yet. Check the rule and the slots, then plan a year."),
            menus=[[EditionSelect.make(words("Choose an edition"), options)]],
            beside=_keeping(one, words),
            last=[file, SymposiaButton.make(words("All series"))],
            symposium_id=symposium_id,
        )


def in_order(editions: list[EditionCard]) -> list[EditionCard]:
    ahead = [one for one in editions if one.is_ahead]
    return ahead + [one for one in reversed(editions) if not one.is_ahead]


def _keeping(one: SymposiumCard, words: Words) -> list[list[Item]]:
    if not one.keeps:
        return []
    number = one.symposium_id
    row: list[Item] = [
        step_button(plan_step(number), words),
        step_button(rule_step(number), words),
        TemplateButton.make(words("Slots"), emoji="🪑", symposium_id=number),
        RenameButton.make(words("Edit"), emoji="✏️", symposium_id=number),
        step_button(owners_step(number), words),
    ]
    return [row]


async def add(request: MemberRequest) -> None:
    homes = await request.services[SymposiumService].homes(request.actor)
    if not homes:
        raise NotAllowed(NOBODY_STARTS, next_steps=[LIST])
    await NewForm(request.words, homes).open(request.interaction)


AddButton = button_to("symposia:add", add)
SymposiumSelect = menu_to("symposia:one", SymposiumButton.show)


class NewForm(Form, route="symposia:new", title=N_("Start a series")):
    name_ja = Text(N_("Name in Japanese"), NAME, required=False)
    name_en = Text(N_("Name in English"), NAME, hint=N_("One of the two names is enough"), required=False)
    first_number = Number(N_("Number of the next edition"), hint=N_("For the 12th: 12. Later ones count on from it."))
    home = Choice[str](N_("Who hosts it?"), options={})

    def __init__(self, words: Words, homes: list[tuple[Home, tuple[str, str] | None]]) -> None:
        """``homes``: for whom its reader may start one."""
        self.homes = {_key(home): home for home, _ in homes}
        whole = words("The whole organisation")
        options = {_key(home): whole if names is None else words.either(*names) for home, names in homes}
        kind = type(self)
        fields: list[Field[Any]] = [kind.name_ja, kind.name_en, kind.first_number, replace(kind.home, options=options)]
        super().__init__(words, fields=fields)
        self.first_number, self.home = 1, _key(homes[0][0])

    async def act(self, request: MemberRequest) -> None:
        draft = SymposiumDraft(self.name_ja, self.name_en, self.first_number)
        symposium_id = await request.services[SymposiumService].begin(request.actor, self.homes[self.home], draft)
        request.done = request.words("Added.")
        await SymposiumButton.show(request, symposium_id)


def _key(home: Home) -> str:
    return f"{home['lc_id'] or 0}-{home['committee_id'] or 0}"


async def rename(request: MemberRequest, symposium_id: int) -> None:
    one = await request.services[SymposiumService].kept(request.actor, symposium_id)
    await RenameForm(request.words, SymposiumDraft(one.name_ja, one.name_en, one.first_number), symposium_id).open(
        request.interaction
    )


RenameButton = button_to("symposia:rename:{symposium_id:int}", rename)


class RenameForm(DraftForm[SymposiumDraft], route="symposia:rename", title=N_("Edit the series")):
    name_ja = Text(N_("Name in Japanese"), NAME, required=False)
    name_en = Text(N_("Name in English"), NAME, hint=N_("One of the two names is enough"), required=False)
    first_number = Number(
        N_("Number of the first edition"), hint=N_("It counts when a year is planned and none was announced before.")
    )

    def __init__(self, words: Words, kept: SymposiumDraft, symposium_id: int) -> None:
        super().__init__(words, kept)
        self.symposium_id = symposium_id

    async def act(self, request: MemberRequest) -> None:
        await request.services[SymposiumService].rename(request.actor, self.symposium_id, self.draft, self.kept)
        request.done = request.words("Saved.")
        await SymposiumButton.show(request, self.symposium_id)


async def write_template(request: MemberRequest, symposium_id: int) -> None:
    one = await request.services[SymposiumService].kept(request.actor, symposium_id)
    form = TemplateForm(request.words, TemplateDraft(written_template(one.template)), symposium_id)
    await form.open(request.interaction)


TemplateButton = button_to("symposia:template:{symposium_id:int}", write_template)


class TemplateForm(DraftForm[TemplateDraft], route="symposia:template", title=N_("Slots of a new edition")):
    lines = Lines(
        N_("One slot in each line"),
        1500,
        hint=N_("chair, speaker, discussant or discourse (from outside medicine), then “: title”"),
    )

    def __init__(self, words: Words, kept: TemplateDraft, symposium_id: int) -> None:
        super().__init__(words, kept)
        self.symposium_id = symposium_id

    async def act(self, request: MemberRequest) -> None:
        service = request.services[SymposiumService]
        await service.set_template(request.actor, self.symposium_id, self.draft, self.kept)
        request.done = request.words("Saved. It counts for editions that are planned from now on.")
        await SymposiumButton.show(request, self.symposium_id)


class FileButton(RoutedButton, route="symposia:file:{symposium_id:int}"):
    async def act(self, request: MemberRequest, symposium_id: int) -> None:
        await request.defer()
        one, editions = await request.services[EditionService].editions(request.actor, symposium_id)
        words = request.words
        heading = [
            words("Number"),
            words("Date"),
            words("Status"),
            words("Theme"),
            words("Place"),
            words("Role"),
            words("Title"),
            words("Who"),
            words("Speaker's status"),
        ]
        lines = [line for edition in editions for line in _cells(edition, words)]
        back = SymposiumButton.make(words("Back"), symposium_id=symposium_id)
        counted = words.plural("{n} edition", "{n} editions", len(editions))
        files = [Document(to_csv([heading, *lines]), "series.csv")]
        await request.show(Page(told.name_of(one, words), counted, documents=files, rows=[[back, home_button(words)]]))


def _cells(one: EditionCard, words: Words) -> list[list[str]]:
    """A line for each slot; contacts aren't in it."""
    about = [str(one.number), one.on.isoformat() if one.day else f"{one.year}-{one.month:02}"]
    about += [words(told.STATE_WORDS[one.state]), words.either(one.title_ja, one.title_en), one.place]
    if not one.slots:
        return [[*about, "", "", "", ""]]
    return [
        [
            *about,
            words(told.ROLE_WORDS[slot.role]),
            words.either(slot.title_ja, slot.title_en),
            told.who(slot.speaker, words) if slot.speaker is not None else words("open"),
            words(told.SPEAKER_WORDS[slot.speaker.state]) if slot.speaker is not None else "",
        ]
        for slot in one.slots
    ]
