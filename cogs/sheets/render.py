from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from discord.utils import escape_markdown

from bot.features.sheets.cells import to_csv
from bot.features.sheets.columns import fields
from bot.features.sheets.reading import MAX_BYTES, MAX_ROWS
from bot.features.sheets.records import (
    ColumnCard,
    DoubledField,
    Finding,
    Imported,
    Preview,
    Progress,
    Stage,
    UnclearRow,
    UnknownColumn,
)
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.pages import COLOUR, TROUBLE, Document, Item, Page
from bot.ui.replies import fill
from cogs.sheets.kinds import TEXTS

_SHOWN, _LONGEST = 8, 200


def sheets_page(words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Sheets (Excel, CSV)"),
        text="\n".join(
            [
                words("Type /manage import and choose your file. You see what it would do before anything changes."),
                words(
                    ".xlsx, or CSV in UTF-8 or Shift_JIS, up to {rows} rows and {size} MB. The headings are found by "
                    "themselves.",
                    rows=MAX_ROWS,
                    size=MAX_BYTES // 1024 // 1024,
                ),
                words(
                    "The template has all headings that are understood; the export has what the directory holds now."
                ),
            ]
        ),
        rows=rows,
    )


def template_page(content: bytes, words: Words) -> Page:
    return Page(
        title=words("Template"),
        text="\n".join(
            [
                words("Only the school is needed; leave out or leave empty what you don't have."),
                words("A school that isn't in the directory yet needs its prefecture or region."),
                words("When you are done: /manage import."),
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
    stage = words("Writing …") if progress.stage is Stage.WRITING else words("Looking through the rows …")
    filled = progress.done * 20 // progress.total if progress.total else 0
    return Page(title=stage, text=f"`{'█' * filled}{'░' * (20 - filled)}` {progress.done} / {progress.total}")


def unknown_page(asked: UnknownColumn, words: Words, rows: list[list[Item]]) -> Page:
    title = words.plural("{n} column that I don't know", "{n} columns that I don't know", asked.left)
    return Page(
        title=title,
        text="\n".join([_file(asked.filename), _column(asked.column, words), *_samples(asked.column)]),
        rows=rows,
        footer=words("Nothing is changed yet."),
    )


def unclear_page(asked: UnclearRow, words: Words, rows: list[list[Item]]) -> Page:
    question = asked.question
    return Page(
        title=words.plural("{n} row that isn't clear", "{n} rows that aren't clear", asked.left),
        text="\n".join(
            [
                _file(asked.filename),
                words("**Row {n}**", n=question.number),
                fill(question.message, question.params, words),
            ]
        ),
        rows=rows,
        footer=words("Nothing is changed yet."),
    )


def doubled_page(asked: DoubledField, words: Words, rows: list[list[Item]]) -> Page:
    name = asked.field.heading(words.language)
    return Page(
        title=words("Several columns for “{name}”", name=name),
        text="\n".join(
            [
                _file(asked.filename),
                words("Choose the one that counts; the others are left out."),
                *(_column(one, words) for one in asked.columns),
            ]
        ),
        rows=rows,
        footer=words("Nothing is changed yet."),
    )


def preview_page(preview: Preview, words: Words, rows: list[list[Item]]) -> Page:
    plan, texts = preview.plan, TEXTS[preview.kind]
    bad = [finding for finding in plan.findings if finding.bad]
    notes = [finding for finding in plan.findings if not finding.bad]
    counts = [
        words("New: **{n}**", n=plan.new),
        words("Changed: **{n}**", n=plan.changed),
        words("As before: **{n}**", n=plan.unchanged),
        words("To be mended: **{n}**", n=plan.bad),
    ]
    lines = [_file(preview.filename), words(" / ").join(counts)]
    if plan.codes:
        lines.append(words("One-time codes to be made: **{n}**", n=plan.codes))
    if bad:
        lines.append(words(texts.again))
    elif not plan.changes:
        lines.append(words(texts.nothing))
    parts = [
        (words("To be mended"), _listed(bad, preview, words)),
        (words("Worth a look"), _listed(notes, preview, words)),
        (words(texts.new), _names(plan.new_names, words)),
        (words(texts.changed), _names(plan.changed_names, words)),
    ]
    documents = [Document(_findings_csv([*bad, *notes], preview, words), "check.csv")] if plan.findings else []
    return Page(
        title=words("What the import would do"),
        text="\n".join(lines),
        fields=[(name, text, False) for name, text in parts if text],
        documents=documents,
        rows=rows,
        footer=words("Nothing is changed yet. This preview is kept for an hour.") if preview.waits else "",
        colour=TROUBLE if bad else COLOUR,
    )


def imported_page(done: Imported, words: Words) -> Page:
    lines = [
        _file(done.filename),
        words(
            "New: **{new}**, changed: **{changed}**, as before: **{unchanged}**",
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
        text=words("The file is forgotten. Nothing was changed."),
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
    table = [[words("Row"), words("Column"), words("What about it"), words("What to do")]]
    for finding in findings:
        kind = words("To be mended") if finding.bad else words("Worth a look")
        table.append(
            [
                str(finding.number or ""),
                _heading(finding, preview, words),
                kind,
                fill(finding.message, finding.params, words, escape=False),
            ]
        )
    return to_csv(table)
