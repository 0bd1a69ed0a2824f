"""All answers, for national officers: what was said how often, each LC or person in pages, a file for a spreadsheet."""

from __future__ import annotations

from typing import Any

import discord

from bot.features.local_committees.models import Via
from bot.features.questionnaires.boards import BoardService
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.records import AskedRow, Board, QuestionCard
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import option
from bot.ui.dates import stamp
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.lengths import shortened
from bot.ui.local_committees import VIA_WORDS
from bot.ui.pages import Document, Item, Page
from bot.ui.paging import turning
from bot.ui.requests import MemberRequest
from cogs.questionnaires.answering import ForLcSelect

#: Rows of one page; a menu of Discord's holds 25.
PAGE = 12
ENTERED = {
    Via.LINE: N_("entered by {name}, heard by LINE"),
    Via.MAIL: N_("entered by {name}, heard by mail"),
    Via.PHONE: N_("entered by {name}, heard by phone"),
    Via.IN_PERSON: N_("entered by {name}, heard in person"),
}


async def show_board(request: MemberRequest, questionnaire_id: int, page: int, *, csv: bool = False) -> None:
    board = await request.services[BoardService].board(request.actor, questionnaire_id)
    words = request.words
    rows = part_of(board.rows, page, PAGE)
    key: dict[str, Any] = {"questionnaire_id": questionnaire_id}
    options = [
        option(words.either(row.name_ja, row.name_en), row.party.lc_id) for row in rows if row.party.lc_id is not None
    ]
    controls: list[list[Item]] = [
        [ForLcSelect.make(words("Enter an answer that you heard from an LC"), options, **key)] if options else [],
        turning(BoardButton.make, rows.page, rows.pages, words, **key),
        [CsvButton.make(words("CSV"), emoji="📄", **key), home_button(words)],
    ]
    documents = [Document(to_csv(csv_rows(board, words)), f"answers-{questionnaire_id}.csv")] if csv else []
    await request.show(board_page(board, rows, words, controls, documents))


def board_page(
    board: Board, rows: list[AskedRow], words: Words, controls: list[list[Item]], documents: list[Document]
) -> Page:
    answered = {"n": board.answered, "all": len(board.rows)}
    lines = [
        words("Answered: **{n}** of {all} people", **answered)
        if board.of_people
        else words("Answered: **{n}** of {all} LCs", **answered)
    ]
    if board.deadline_at is not None:
        lines.append(words("Deadline: {time}", time=stamp(board.deadline_at)))
    lines.append("")
    lines += [_row_text(row, board, words) for row in rows]
    fields = [(words.either(one.text_ja, one.text_en), _summary(board, one, words), True) for one in board.questions]
    return Page(
        title=words("Answers: {title}", title=board.title[:150]),
        text="\n".join(lines),
        fields=fields,
        rows=controls,
        documents=documents,
    )


def _row_text(row: AskedRow, board: Board, words: Words) -> str:
    """Long answers are read in full in the file."""
    name = _name(row, words)
    if row.sheet is None:
        return f"⚪ {name}"
    given = [
        discord.utils.escape_markdown(shortened(" ".join(str(row.sheet.values[one.question_id]).split()), 60))
        for one in board.questions
        if one.question_id in row.sheet.values
    ]
    line = f"{'✅' if row.has_answered else '✏️'} **{name}** {' / '.join(given)}"
    if row.sheet.via:
        by = discord.utils.escape_markdown(row.sheet.by or words("Somebody"))
        line += f"\n*{words(ENTERED[row.sheet.via], name=by)}*"
    return line


def _name(row: AskedRow, words: Words) -> str:
    name = words.either(row.name_ja, row.name_en)
    if row.party.person_id is None:
        return name
    return discord.utils.escape_markdown(name) or words("(a name that isn't for you to see)")


def _summary(board: Board, question: QuestionCard, words: Words) -> str:
    counts = board.counts(question)
    match question.kind:
        case QuestionKind.CHOICE:
            return "\n".join(f"{option} **{counts[option]}**" for option in question.options)
        case QuestionKind.NUMBER:
            numbers = [int(value) for value in counts.elements()]
            told = {"sum": sum(numbers), "n": len(numbers)}
            if board.of_people:
                return words("Sum **{sum}** from {n} people", **told)
            return words("Sum **{sum}** from {n} LCs", **told)
        case QuestionKind.TEXT:
            if board.of_people:
                return words("{n} people", n=counts.total())
            return words("{n} LCs", n=counts.total())


def csv_rows(board: Board, words: Words) -> list[list[str]]:
    """A row for each LC or person; one without an answer has an empty row. Times are UTC."""
    head = [
        words("Name") if board.of_people else words("LC"),
        *(words.either(one.text_ja, one.text_en) for one in board.questions),
    ]
    head += [words("complete"), words("answered at (UTC)")]
    if not board.of_people:
        head += [words("entered by"), words("heard by")]
    rows = [head]
    for row in board.rows:
        sheet = row.sheet
        cells = [words.either(row.name_ja, row.name_en) or words("(a name that isn't for you to see)")]
        cells += [str(sheet.values.get(one.question_id, "")) if sheet else "" for one in board.questions]
        cells.append("" if sheet is None else words("yes") if sheet.is_complete else words("no"))
        cells.append(f"{sheet.answered_at:%Y-%m-%d %H:%M}" if sheet else "")
        if not board.of_people:
            cells.append((sheet.by or "") if sheet else "")
            cells.append(words(VIA_WORDS[sheet.via]) if sheet and sheet.via else "")
        rows.append(cells)
    return rows


class BoardButton(RoutedButton, route="questionnaires:board:{questionnaire_id:int}:{page:int}"):
    async def act(self, request: MemberRequest, questionnaire_id: int, page: int) -> None:
        await show_board(request, questionnaire_id, page)


class CsvButton(RoutedButton, route="questionnaires:csv:{questionnaire_id:int}"):
    async def act(self, request: MemberRequest, questionnaire_id: int) -> None:
        await show_board(request, questionnaire_id, 0, csv=True)
