from __future__ import annotations

from typing import Any

from discord import ButtonStyle, SelectOption

from bot.features.people.rules import Right
from bot.features.sheets.columns import LEFT_OUT
from bot.features.sheets.records import DoubledField, Progress, Standing, UnclearRow, UnknownColumn
from bot.features.sheets.service import LEFT_OUT_ROW, SheetService
from bot.paging import part_of
from bot.ui.board import option
from bot.ui.choices import chosen_number
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.paging import turning
from bot.ui.progress import shown_meanwhile
from bot.ui.requests import MemberRequest
from cogs.sheets import render

#: The kind of sheet that ``/manage import`` brings in.
KIND = "local_committees"
#: The value of the option that stands for none of the fields; Discord wants one that isn't empty.
_NOTHING = "-"


async def take_in(request: MemberRequest, kind: str, filename: str, content: bytes) -> None:
    """Look at a file and show what it would do, or what has to be asked first. The request has to be deferred."""
    progress = Progress()
    async with shown_meanwhile(request, lambda: render.progress_page(progress, request.words)):
        standing = await request.services[SheetService].begin(request.actor, kind, filename, content, progress)
    await _show(request, standing)


#: Meanings of a row on one page: what a menu of Discord holds.
PAGE = 25


async def look(request: MemberRequest, upload_id: int, page: int = 0) -> None:
    """``page``: of the choices, where a row has more meanings than a menu holds."""
    await request.defer()
    progress = Progress()
    async with shown_meanwhile(request, lambda: render.progress_page(progress, request.words)):
        standing = await request.services[SheetService].look(request.actor, upload_id, progress)
    await _show(request, standing, page)


async def _show(request: MemberRequest, standing: Standing, page: int = 0) -> None:
    words, upload_id = request.words, standing.upload_id
    discard: Item = DiscardButton.make(words("Discard"), emoji="🗑️", upload_id=upload_id)
    rows: list[list[Item]]
    if isinstance(standing, UnknownColumn):
        fields = [SelectOption(label=one.heading(words.language), value=one.key) for one in standing.fields]
        nothing = SelectOption(label=words("Leave this column out"), value=_NOTHING, emoji="➖")
        rows = [
            [
                ColumnSelect.make(
                    words("What is in this column?"),
                    [*fields, nothing],
                    upload_id=upload_id,
                    index=standing.column.index,
                )
            ],
            [RestButton.make(words("Leave out all that are unknown"), upload_id=upload_id), discard],
        ]
        await request.show(render.unknown_page(standing, words, rows))
    elif isinstance(standing, DoubledField):
        columns = [
            option(
                words("Column {letter}: {heading}", letter=one.letter, heading=one.heading),
                one.index,
                words(", ").join(one.samples) or words("(empty)"),
            )
            for one in standing.columns
        ]
        key: dict[str, Any] = {"upload_id": upload_id, "field": standing.field.key}
        rows = [  # three menus at most: a file has 60 columns
            [DoubledSelect.make(words("Which column counts?"), columns[start : start + 25], part=start // 25, **key)]
            for start in range(0, len(columns), 25)
        ]
        await request.show(render.doubled_page(standing, words, [*rows, [discard]]))
    elif isinstance(standing, UnclearRow):
        number = standing.question.number
        part = part_of(standing.question.choices, page, PAGE)
        choices = [option(words.either(one.name_ja, one.name_en), one.value, one.hint) for one in part]
        menu: list[Item] = []
        if choices:
            menu.append(RowSelect.make(words("Which is it?"), choices, upload_id=upload_id, number=number))
        none = NoneButton.make(words("None of them: leave it out"), emoji="➖", upload_id=upload_id, number=number)
        turn = turning(ChoicesButton.make, part.page, part.pages, words, upload_id=upload_id)
        await request.show(render.unclear_page(standing, words, [menu, turn, [none, discard]]))
    else:
        buttons: list[Item] = []
        if standing.can_be_imported:
            label = words("Import")
            buttons.append(ImportButton.make(label, emoji="📥", style=ButtonStyle.success, upload_id=upload_id))
        if standing.waits:
            buttons.append(discard)
        await request.show(render.preview_page(standing, words, [[*buttons, home_button(words)]]))


async def show_template(request: MemberRequest) -> None:
    content = await request.services[SheetService].template(request.actor, KIND)
    await request.show(render.template_page(content, request.words))


async def show_export(request: MemberRequest, kind: str = KIND) -> None:
    request.services[SheetService].check(request.actor, 0)
    await request.defer()
    content = await request.services[SheetService].export(request.actor, kind)
    await request.show(render.export_page(kind, content, request.actor.today, request.words))


class ColumnSelect(RoutedSelect, route="sheets:column:{upload_id:int}:{index:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], upload_id: int, index: int) -> None:
        field = LEFT_OUT if chosen[0] == _NOTHING else chosen[0]
        await request.services[SheetService].set_column(request.actor, upload_id, index, field)
        await look(request, upload_id)


class DoubledSelect(RoutedSelect, route="sheets:doubled:{upload_id:int}:{part:int}:{field}"):
    """``part``: of more columns than one menu holds."""

    async def act(self, request: MemberRequest, chosen: list[str], upload_id: int, part: int, field: str) -> None:
        await request.services[SheetService].set_column(request.actor, upload_id, chosen_number(chosen), field)
        await look(request, upload_id)


class RowSelect(RoutedSelect, route="sheets:row:{upload_id:int}:{number:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], upload_id: int, number: int) -> None:
        await request.services[SheetService].set_answer(request.actor, upload_id, number, chosen[0])
        await look(request, upload_id)


class ChoicesButton(RoutedButton, route="sheets:choices:{upload_id:int}:{page:int}"):
    async def act(self, request: MemberRequest, upload_id: int, page: int) -> None:
        await look(request, upload_id, page)


class NoneButton(RoutedButton, route="sheets:none:{upload_id:int}:{number:int}"):
    async def act(self, request: MemberRequest, upload_id: int, number: int) -> None:
        await request.services[SheetService].set_answer(request.actor, upload_id, number, LEFT_OUT_ROW)
        await look(request, upload_id)


class RestButton(RoutedButton, route="sheets:rest:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.services[SheetService].leave_rest_out(request.actor, upload_id)
        await look(request, upload_id)


class LookButton(RoutedButton, route="sheets:look:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await look(request, upload_id)


class DiscardButton(RoutedButton, route="sheets:discard:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.services[SheetService].discard(request.actor, upload_id)
        await request.show(render.discarded_page(request.words))


class ImportButton(RoutedButton, route="sheets:import:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.defer()
        progress = Progress()
        async with shown_meanwhile(request, lambda: render.progress_page(progress, request.words)):
            done = await request.services[SheetService].carry_out(request.actor, upload_id, progress)
        await request.show(render.imported_page(done, request.words))


class TemplateButton(RoutedButton, route="sheets:template"):
    async def act(self, request: MemberRequest) -> None:
        await show_template(request)


class ExportButton(RoutedButton, route="sheets:export"):
    async def act(self, request: MemberRequest) -> None:
        await show_export(request)


class SheetsButton(RoutedButton, route="sheets:open"):
    """How to bring a sheet in, and the two files to begin with."""

    async def act(self, request: MemberRequest) -> None:
        words = request.words
        request.services[SheetService].check(request.actor, 0)
        row: list[Item] = [
            TemplateButton.make(words("Template"), emoji="📄"),
            ExportButton.make(words("Export"), emoji="📤"),
            home_button(words),
        ]
        await request.show(render.sheets_page(words, [row]))


async def home_part(request: MemberRequest) -> HomePart:
    """For national officers alone, so others cost no statement: a file of theirs that waits, and the way to sheets."""
    if not request.actor.may(Right.USE_SHEETS):
        return HomePart()
    words = request.words
    actions: list[Item] = []
    waiting: list[str] = []
    upload_id = await request.services[SheetService].open_upload(request.actor)
    if upload_id is not None:
        waiting.append(words("A sheet that you chose and haven't imported yet"))
        actions.append(LookButton.make(words("Go on with the import"), emoji="📥", upload_id=upload_id))
    managing = [SheetsButton.make(words("Sheets (Excel, CSV)"), emoji="🗂️")]
    return HomePart(waiting=waiting, actions=actions, managing=managing)
