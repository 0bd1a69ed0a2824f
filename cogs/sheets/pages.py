"""Choosing a file, the questions about it, the preview, and the import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from discord import ButtonStyle, SelectOption
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.people.rules import Right
from bot.features.sheets.cells import to_csv
from bot.features.sheets.columns import LEFT_OUT, fields
from bot.features.sheets.reading import MAX_BYTES, MAX_ROWS
from bot.features.sheets.service import LEFT_OUT_ROW, SHEETS, SheetService
from bot.features.sheets.uploads import upload_waiting
from bot.features.sheets.values import (
    ColumnCard,
    DoubledField,
    Finding,
    Imported,
    Preview,
    Progress,
    Stage,
    Standing,
    UnclearRow,
    UnknownColumn,
)
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import option
from bot.ui.choices import chosen_number
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import COLOUR, TROUBLE, Document, Item, Page
from bot.ui.paging import TurningButton
from bot.ui.progress import shown_meanwhile
from bot.ui.replies import fill
from bot.ui.requests import MemberRequest


@dataclass(frozen=True, slots=True)
class KindTexts:
    """Message ids. ``again``: where to choose the corrected file; ``nothing``: all of it is there already; ``new`` and
    ``changed``: headings for new and changed rows; ``handout``: about the file with the codes, if there is one."""

    again: str
    nothing: str
    new: str
    changed: str
    handout: Sequence[str] = ()
    exported: str = ""
    #: The beginning of the names of its files.
    file: str = "sheet"


TEXTS = {
    "local_committees": KindTexts(
        again=N_("Please correct these cells in your file and choose it again with /manage sheet lc-import."),
        nothing=N_("All of this is already in the directory. There's nothing to import."),
        new=N_("New LCs"),
        changed=N_("Changed LCs"),
        handout=(
            N_("Please save this file now. It's only available here. If you lose it, you can create new codes."),
            N_("Give each person only their own code. They enter it in /me under “Post or post code”. It works once."),
        ),
        exported=N_(
            "This file contains people's names. Please keep it where only officers can see it. You can import it again."
        ),
        file="lc",
    ),
    "fees": KindTexts(
        again=N_("Please correct these cells in your file and choose it again with /manage sheet fee-import."),
        nothing=N_("All fees in this file are already marked as paid. There's nothing to do."),
        new=N_("New"),
        changed=N_("Fees to mark as paid"),
        file="fees",
    ),
    "people": KindTexts(
        again=N_("Please correct these cells in your file and choose it again with /manage sheet people-import."),
        nothing=N_("All of these people are already registered. There's nothing to import."),
        new=N_("New records"),
        changed=N_("Changed records"),
        handout=(
            N_("Please save this file now. It's only available here."),
            N_(
                "Give each person only their own code. They enter it in /me under “Claim my record”. It works "
                "once. Until then nobody can find the record, and if it isn't claimed within 60 days, it's "
                "deleted."
            ),
        ),
        exported=N_(
            "This file contains personal data. Please keep it where only officers can see it, and delete "
            "it when you're done. The audit log shows that you exported it."
        ),
        file="people",
    ),
}
_SHOWN, _LONGEST = 8, 200


def sheets_page(words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Sheets (Excel, CSV)"),
        text="\n".join(
            [
                words("Choose your file with /manage sheet lc-import. You'll see a preview before anything changes."),
                words(
                    ".xlsx, or CSV in UTF-8 or Shift_JIS, up to {rows} rows and {size} MB. Headings are found "
                    "automatically.",
                    rows=MAX_ROWS,
                    size=MAX_BYTES // 1024 // 1024,
                ),
                words("The template has every heading you can use. The export has what's in the directory now."),
            ]
        ),
        rows=rows,
    )


def template_page(content: bytes, words: Words) -> Page:
    return Page(
        title=words("Template"),
        text="\n".join(
            [
                words("Only the school is required. Leave other columns empty, or delete them."),
                words("A school that isn't in the directory yet needs its prefecture or region."),
                words("When you're done, choose it with /manage sheet lc-import."),
            ]
        ),
        documents=[Document(content, "lc-template.csv")],
        rows=[[home_button(words)]],
    )


def export_page(kind: str, content: bytes, today: date, words: Words) -> Page:
    return Page(
        title=words("Export"),
        text=words(TEXTS[kind].exported),
        documents=[Document(content, f"{TEXTS[kind].file}-{today}.csv")],
        rows=[[home_button(words)]],
    )


def progress_page(progress: Progress, words: Words) -> Page:
    stage = words("Importing …") if progress.stage is Stage.WRITING else words("Checking the rows …")
    filled = progress.done * 20 // progress.total if progress.total else 0
    return Page(title=stage, text=f"`{'█' * filled}{'░' * (20 - filled)}` {progress.done} / {progress.total}")


def unknown_page(asked: UnknownColumn, words: Words, rows: list[list[Item]]) -> Page:
    title = words.plural("{n} unknown column", "{n} unknown columns", asked.left)
    return Page(
        title=title,
        text="\n".join([_file(asked.filename), _column(asked.column, words), *_samples(asked.column)]),
        rows=rows,
        footer=words("Nothing has changed yet."),
    )


def unclear_page(asked: UnclearRow, words: Words, rows: list[list[Item]]) -> Page:
    question = asked.question
    return Page(
        title=words.plural("{n} row to check", "{n} rows to check", asked.left),
        text="\n".join(
            [
                _file(asked.filename),
                words("**Row {n}**", n=question.number),
                fill(question.message, question.params, words),
            ]
        ),
        rows=rows,
        footer=words("Nothing has changed yet."),
    )


def doubled_page(asked: DoubledField, words: Words, rows: list[list[Item]]) -> Page:
    name = asked.field.heading(words.language)
    return Page(
        title=words("Several columns for “{name}”", name=name),
        text="\n".join(
            [
                _file(asked.filename),
                words("Choose the one to use. The others are skipped."),
                *(_column(one, words) for one in asked.columns),
            ]
        ),
        rows=rows,
        footer=words("Nothing has changed yet."),
    )


def preview_page(preview: Preview, words: Words, rows: list[list[Item]]) -> Page:
    plan, texts = preview.plan, TEXTS[preview.kind]
    bad = [finding for finding in plan.findings if finding.bad]
    notes = [finding for finding in plan.findings if not finding.bad]
    counts = [
        words("New: **{n}**", n=plan.new),
        words("Changed: **{n}**", n=plan.changed),
        words("Unchanged: **{n}**", n=plan.unchanged),
        words("To correct: **{n}**", n=plan.bad),
    ]
    lines = [_file(preview.filename), words(" / ").join(counts)]
    if plan.codes:
        lines.append(words("One-time codes to be created: **{n}**", n=plan.codes))
    if bad:
        lines.append(words(texts.again))
    elif not plan.changes:
        lines.append(words(texts.nothing))
    parts = [
        (words("To correct"), _listed(bad, preview, words)),
        (words("Please check"), _listed(notes, preview, words)),
        (words(texts.new), _names(plan.new_names, words)),
        (words(texts.changed), _names(plan.changed_names, words)),
    ]
    documents = [Document(_findings_csv([*bad, *notes], preview, words), "check.csv")] if plan.findings else []
    return Page(
        title=words("Import preview"),
        text="\n".join(lines),
        fields=[(name, text, False) for name, text in parts if text],
        documents=documents,
        rows=rows,
        footer=words("Nothing has changed yet. This preview is kept for an hour.") if preview.waits else "",
        colour=TROUBLE if bad else COLOUR,
    )


def imported_page(done: Imported, words: Words) -> Page:
    lines = [
        _file(done.filename),
        words(
            "New: **{new}**, changed: **{changed}**, unchanged: **{unchanged}**",
            new=done.new,
            changed=done.changed,
            unchanged=done.unchanged,
        ),
    ]
    documents = []
    if done.handouts:
        n = len(done.handouts)
        lines += [
            words.plural("{n} one-time code is in the file below.", "{n} one-time codes are in the file below.", n),
            *(words(text) for text in TEXTS[done.kind].handout),
        ]
        table = [[words("School name"), words("Name"), words("Code"), words("First day"), words("Last day")]]
        table += [
            [words.either(one.place_ja, one.place_en), one.name, one.code, str(one.starts_on), str(one.ends_on)]
            for one in done.handouts
        ]
        documents = [Document(to_csv(table), "codes.csv")]
    return Page(title=words("Imported"), text="\n".join(lines), documents=documents, rows=[[home_button(words)]])


def discarded_page(words: Words) -> Page:
    return Page(
        title=words("Discarded"),
        text=words("The file was discarded. Nothing was changed."),
        rows=[[home_button(words)]],
    )


def _file(name: str) -> str:
    return f"📄 {escape_markdown(name)}"


def _column(column: ColumnCard, words: Words) -> str:
    heading = escape_markdown(column.heading[:100]) or words("(no heading)")
    return words("**Column {letter}: {heading}**", letter=column.letter, heading=heading)


def _samples(column: ColumnCard) -> list[str]:
    return [f"・{escape_markdown(sample[:80])}" for sample in column.samples]


def _heading(finding: Finding, preview: Preview, words: Words) -> str:
    """What the file calls the field, else what the template does."""
    if finding.field is None:
        return ""
    known = preview.headings.get(finding.field)
    return known or fields(preview.kind)[finding.field].heading(words.language)


def _listed(findings: Sequence[Finding], preview: Preview, words: Words) -> str:
    """The first few, so that they fit a field of 1,024 characters; the rest is in the file."""
    lines: list[str] = []
    comma = words(", ")
    for finding in findings[:_SHOWN]:
        row = words("Row {n}", n=finding.number) if finding.number else ""
        where = [row, escape_markdown(_heading(finding, preview, words)[:40])]
        what = fill(finding.message, finding.params, words)
        place = comma.join(filter(None, where))
        line = (f"**{place}** {what}" if place else what)[:_LONGEST]
        if sum(map(len, lines)) + len(lines) + len(line) > 940:
            break
        lines.append(line)
    more = len(findings) - len(lines)
    if more > 0:
        lines.append(words.plural("… and {n} more, in the file below.", "… and {n} more, in the file below.", more))
    return "\n".join(lines)


def _names(names: Sequence[tuple[str, str]], words: Words) -> str:
    shown = [escape_markdown(words.either(*name)) for name in names[:_SHOWN]]
    more = len(names) - len(shown)
    text = words(", ").join(shown)
    return text[:900] + (words.plural(" and {n} more", " and {n} more", more) if more > 0 else "")


def _findings_csv(findings: Sequence[Finding], preview: Preview, words: Words) -> bytes:
    table = [[words("Row"), words("Column"), words("Type"), words("What to do")]]
    for finding in findings:
        kind = words("To correct") if finding.bad else words("Please check")
        table.append(
            [
                str(finding.number or ""),
                _heading(finding, preview, words),
                kind,
                fill(finding.message, finding.params, words, escape=False),
            ]
        )
    return to_csv(table)


#: The kind of sheet that ``/manage sheet lc-import`` brings in.
KIND = "local_committees"
#: The value of the option that stands for none of the fields; Discord wants one that isn't empty.
_NOTHING = "-"


async def take_in(request: MemberRequest, kind: str, filename: str, content: bytes) -> None:
    """Look at a file and show what it would do, or what has to be asked first. The request has to be deferred."""
    progress = Progress()
    async with shown_meanwhile(request, lambda: progress_page(progress, request.words)):
        standing = await request.services[SheetService].begin(request.actor, kind, filename, content, progress)
    await _show(request, standing)


#: Meanings of a row on one page: what a menu of Discord holds.
PAGE = 25


async def look(request: MemberRequest, upload_id: int, page: int = 0) -> None:
    """``page``: of the choices, where a row has more meanings than a menu holds."""
    await request.defer()
    progress = Progress()
    async with shown_meanwhile(request, lambda: progress_page(progress, request.words)):
        standing = await request.services[SheetService].look(request.actor, upload_id, progress)
    await _show(request, standing, page)


async def _show(request: MemberRequest, standing: Standing, page: int = 0) -> None:
    words, upload_id = request.words, standing.upload_id
    discard: Item = DiscardButton.make(words("Discard"), emoji="🗑️", upload_id=upload_id)
    rows: list[list[Item]]
    if isinstance(standing, UnknownColumn):
        fields = [SelectOption(label=one.heading(words.language), value=one.key) for one in standing.fields]
        nothing = SelectOption(label=words("Skip this column"), value=_NOTHING, emoji="➖")
        rows = [
            [
                ColumnSelect.make(
                    words("What is in this column?"),
                    [*fields, nothing],
                    upload_id=upload_id,
                    index=standing.column.index,
                )
            ],
            [RestButton.make(words("Skip all unknown columns"), upload_id=upload_id), discard],
        ]
        await request.show(unknown_page(standing, words, rows))
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
            [
                DoubledSelect.make(
                    words("Which column should be used?"), columns[start : start + 25], part=start // 25, **key
                )
            ]
            for start in range(0, len(columns), 25)
        ]
        await request.show(doubled_page(standing, words, [*rows, [discard]]))
    elif isinstance(standing, UnclearRow):
        number = standing.question.number
        part = part_of(standing.question.choices, page, PAGE)
        choices = [option(words.either(one.name_ja, one.name_en), one.value, one.hint) for one in part]
        menu: list[Item] = []
        if choices:
            menu.append(RowSelect.make(words("Which is it?"), choices, upload_id=upload_id, number=number))
        none = NoneButton.make(words("None of these (skip it)"), emoji="➖", upload_id=upload_id, number=number)
        turn = ChoicesButton.turning(part, words, upload_id=upload_id)
        await request.show(unclear_page(standing, words, [menu, turn, [none, discard]]))
    else:
        buttons: list[Item] = []
        if standing.can_be_imported:
            label = words("Import")
            buttons.append(ImportButton.make(label, emoji="📥", style=ButtonStyle.success, upload_id=upload_id))
        if standing.waits:
            buttons.append(discard)
        await request.show(preview_page(standing, words, [[*buttons, home_button(words)]]))


async def show_template(request: MemberRequest) -> None:
    content = await request.services[SheetService].template(request.actor, KIND)
    await request.show(template_page(content, request.words))


async def show_export(request: MemberRequest, kind: str = KIND) -> None:
    request.services[SheetService].check(request.actor, 0)
    await request.defer()
    content = await request.services[SheetService].export(request.actor, kind)
    await request.show(export_page(kind, content, request.actor.today, request.words))


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


class ChoicesButton(TurningButton, route="sheets:choices:{upload_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, upload_id: int, page: int) -> None:
        await look(request, upload_id, page)


class NoneButton(RoutedButton, route="sheets:none:{upload_id:int}:{number:int}"):
    async def act(self, request: MemberRequest, upload_id: int, number: int) -> None:
        await request.services[SheetService].set_answer(request.actor, upload_id, number, LEFT_OUT_ROW)
        await look(request, upload_id)


class RestButton(RoutedButton, route="sheets:rest:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.services[SheetService].leave_rest_out(request.actor, upload_id)
        await look(request, upload_id)


LookButton = button_to("sheets:look:{upload_id:int}", look)


class DiscardButton(RoutedButton, route="sheets:discard:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.services[SheetService].discard(request.actor, upload_id)
        await request.show(discarded_page(request.words))


class ImportButton(RoutedButton, route="sheets:import:{upload_id:int}"):
    async def act(self, request: MemberRequest, upload_id: int) -> None:
        await request.defer()
        progress = Progress()
        async with shown_meanwhile(request, lambda: progress_page(progress, request.words)):
            done = await request.services[SheetService].carry_out(request.actor, upload_id, progress)
        await request.show(imported_page(done, request.words))


TemplateButton = button_to("sheets:template", show_template)
ExportButton = button_to("sheets:export", show_export)


class SheetsButton(RoutedButton, route=SHEETS.custom_id):
    """How to bring a sheet in, and the two files to begin with."""

    async def act(self, request: MemberRequest) -> None:
        words = request.words
        request.services[SheetService].check(request.actor, 0)
        row: list[Item] = [
            TemplateButton.make(words("Template"), emoji="📄"),
            ExportButton.make(words("Export"), emoji="📤"),
            home_button(words),
        ]
        await request.show(sheets_page(words, [row]))


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """A file of the reader's that waits, and the way to sheets."""
    words = request.words
    waiting = [
        HomeLine(
            words("A sheet that you haven't imported yet"),
            LookButton.make(words("Go on with the import"), emoji="📥", upload_id=one.id),
        )
        for one in facts[upload_waiting]
    ]
    keeps = request.actor.may(Right.USE_SHEETS) and request.actor.may(Right.CHANGE_LC_STATE)
    managing = [SheetsButton.make(words("Sheets (Excel, CSV)"), emoji="🗂️")]
    return HomePart(waiting=waiting, managing=managing if keeps else [])
