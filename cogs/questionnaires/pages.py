"""The form for an LC's or a person's answer, and all answers for national officers: totals and LC by LC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.errors import NotAllowed
from bot.features.local_committees.acting import heard_by
from bot.features.local_committees.models import Via
from bot.features.people.rules import Right
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import (
    MAX_ANSWER,
    AllAnswers,
    AskedRow,
    BoardService,
    Paper,
    Party,
    QuestionCard,
    QuestionnaireService,
    Refused,
)
from bot.features.sheets.cells import cell_time, to_csv
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_one
from bot.ui.dates import stamp
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.lengths import shortened
from bot.ui.local_committees import VIA_WORDS, dormant_lines
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Document, Item, Page, in_rows
from bot.ui.paging import PLAIN
from bot.ui.requests import MemberRequest
from bot.ui.written import Written, shown_back

#: In a route: an LC's own officer answers.
NONE = "-"
NOT_ASKED = N_("Only the people asked, or officers of the LCs asked, can answer this. You aren't one of them.")


async def begin(request: MemberRequest, questionnaire_id: int) -> None:
    """The form for the reader or their LC; an officer of several LCs chooses first."""
    service = request.services[QuestionnaireService]
    parties = await service.asked_of(request.actor, questionnaire_id)
    if not parties:
        raise NotAllowed(NOT_ASKED)
    if len(parties) == 1:
        await open_form(request, questionnaire_id, parties[0], None)
        return
    papers = [await service.to_fill_in(request.actor, questionnaire_id, party, heard=False) for party in parties]
    words = request.words
    lcs: list[Item] = [
        LcButton.make(
            words.either(one.name_ja, one.name_en), questionnaire_id=questionnaire_id, lc_id=one.party.lc_id, via=NONE
        )
        for one in papers
    ]
    title, text = papers[0].title, words("Which LC are you answering for?")
    await request.show(Page(title=title, text=text, rows=in_rows([*lcs, home_button(words)])))


async def open_form(request: MemberRequest, questionnaire_id: int, party: Party, via: Via | None) -> None:
    if party.lc_id is not None:
        via = heard_by(request.actor, Right.ANSWER_FOR_LC, party.lc_id, via)
    service = request.services[QuestionnaireService]
    paper = await service.to_fill_in(request.actor, questionnaire_id, party, heard=via is not None)
    await AnswerForm(request.words, paper, via).open(request.interaction)


async def choose_via(request: MemberRequest, questionnaire_id: int, lc_id: int) -> None:
    """Ask a national officer how they heard the answer."""
    service, own = request.services[QuestionnaireService], lc_id in request.actor.officer_of
    paper = await service.to_fill_in(request.actor, questionnaire_id, Party(lc_id=lc_id), heard=not own)
    words = request.words
    row: list[Item] = [
        LcButton.make(words(text), questionnaire_id=questionnaire_id, lc_id=lc_id, via=via)
        for via, text in VIA_WORDS.items()
    ]
    await request.show(
        Page(
            title=words.either(paper.name_ja, paper.name_en),
            text=words("You enter this for the LC. How did you hear its answer?"),
            rows=[row, [home_button(words)]],
        )
    )


def value_text(question: QuestionCard, paper: Paper, words: Words) -> str:
    value = paper.sheet.values.get(question.question_id) if paper.sheet else None
    text = discord.utils.escape_markdown(str(value)) if value is not None else words("no answer yet")
    return f"**{words.either(question.text_ja, question.text_en)}**\n{text}"


def answered_page(paper: Paper, refused: Sequence[Refused], words: Words) -> Page:
    """The saved answers, and the values that couldn't be used."""
    lines = [
        "⚠️ "
        + words(
            "“{question}”: {why} Your other answers are saved.",
            question=words.either(one.question.text_ja, one.question.text_en),
            why=words(one.message),
        )
        for one in refused
    ]
    is_complete = paper.sheet is not None and paper.sheet.is_complete
    if not is_complete and not refused:
        lines.append(words("Saved so far. It counts once all required questions are answered."))
    if is_complete and not refused:
        until = paper.deadline_at
        if until is None:
            lines.append(words("Thank you. You can change the answer at any time."))
        else:
            time = stamp(until)
            lines.append(words("Thank you. You can change the answer until {time}.", time=time))
    lines += ["", *(value_text(question, paper, words) for question in paper.questions)]
    key: dict[str, Any] = {"questionnaire_id": paper.questionnaire_id}
    title, again = paper.title, words("Change the answer")
    button: Item
    if paper.party.lc_id is not None:
        via = paper.sheet.via.value if paper.sheet and paper.sheet.via else NONE
        button = LcButton.make(again, lc_id=paper.party.lc_id, via=via, **key)
        title = words("{lc}: {title}", lc=words.either(paper.name_ja, paper.name_en), title=title)
    else:
        button = AnswerButton.make(again, **key)
    return Page(title=title, text="\n".join(lines), rows=[[button, home_button(words)]])


AnswerButton = button_to("questionnaires:answer:{questionnaire_id:int}", begin)


class LcButton(RoutedButton, route="questionnaires:form:{questionnaire_id:int}:{lc_id:int}:{via}"):
    async def act(self, request: MemberRequest, questionnaire_id: int, lc_id: int, via: str) -> None:
        heard = None if via == NONE else chosen_one(Via, via)
        if heard is None and lc_id not in request.actor.officer_of:
            await choose_via(request, questionnaire_id, lc_id)
            return
        await open_form(request, questionnaire_id, Party(lc_id=lc_id), heard)


#: On the board: choose the LC whose answer a national officer enters.
ForLcSelect = menu_to("questionnaires:for:{questionnaire_id:int}", choose_via)


class AnswerForm(Form, route="questionnaires:answer"):
    def __init__(self, words: Words, paper: Paper, via: Via | None) -> None:
        super().__init__(words, paper.title)
        self.paper, self.via = paper, via
        self.inputs: dict[int, Any] = {}
        for number, question in enumerate(paper.questions, 1):
            given = paper.sheet.values.get(question.question_id) if paper.sheet else None
            field = self.inputs[question.question_id] = _input(question, given)
            text = words.either(question.text_ja, question.text_en)
            if len(text) <= 45:
                self.add_item(
                    labelled(text, field, words("Enter a number") if question.kind is QuestionKind.NUMBER else None)
                )
            else:
                self.add_item(labelled(words("Question {n}", n=number), field, text))

    async def act(self, request: MemberRequest) -> None:
        typed = self.paper.changes({question_id: _typed(field) for question_id, field in self.inputs.items()})
        service = request.services[QuestionnaireService]
        key = (self.paper.questionnaire_id, self.paper.party)
        refused = await service.answer(request.actor, *key, typed, self.via)
        paper = await service.paper(request.actor, *key)
        page, words = answered_page(paper, refused, request.words), request.words
        lost = [
            Written(words.either(one.question.text_ja, one.question.text_en), typed[one.question.question_id])
            for one in refused
        ]
        if above := shown_back(lost, words, may_open=False):
            page = replace(page, quoted=above)
        await request.show(page)


def _input(question: QuestionCard, given: str | int | None) -> Any:
    custom_id = f"q{question.question_id}"
    if question.kind is QuestionKind.CHOICE:
        return discord.ui.Select(
            custom_id=custom_id,
            required=question.is_required,
            options=[
                discord.SelectOption(label=option, value=str(index), default=option == given)
                for index, option in enumerate(question.options)
            ],
        )
    is_text = question.kind is QuestionKind.TEXT
    return discord.ui.TextInput(
        custom_id=custom_id,
        style=discord.TextStyle.paragraph if is_text else discord.TextStyle.short,
        max_length=MAX_ANSWER if is_text else 30,
        required=question.is_required,
        default=str(given) if given is not None else None,
    )


def _typed(field: Any) -> str:
    """The typed text, or the chosen option."""
    if isinstance(field, discord.ui.Select):
        return field.options[int(field.values[0])].label if field.values else ""
    return str(field.value)


#: Rows on one page; a Discord menu holds 25.
PAGE = 12
ENTERED = {
    Via.LINE: N_("entered by {name}, told by LINE"),
    Via.MAIL: N_("entered by {name}, told by email"),
    Via.PHONE: N_("entered by {name}, told by phone"),
    Via.IN_PERSON: N_("entered by {name}, told in person"),
}


class BoardButton(Board, route="questionnaires:board:{questionnaire_id:int}:{page:int}"):
    look = PLAIN

    @classmethod
    async def show(cls, request: MemberRequest, questionnaire_id: int, page: int, *, csv: bool = False) -> None:
        board = await request.services[BoardService].board(request.actor, questionnaire_id)
        words, rows = request.words, part_of(board.rows, page, PAGE)
        key: dict[str, Any] = {"questionnaire_id": questionnaire_id}
        lcs = [option(words.either(one.name_ja, one.name_en), one.party.lc_id) for one in rows if one.party.lc_id]
        entering = words("Enter an answer an LC told you")
        all_rows = csv_rows(board, request.actor.organisation.time_zone, words) if csv else []
        file = Document(to_csv(all_rows), f"answers-{questionnaire_id}.csv")
        await cls.lay_out(
            request,
            rows,
            title=words("Answers: {title}", title=board.title[:150]),
            above=_above(board, words),
            line=lambda row, words: _row_text(row, board, words),
            fields=[
                (words.either(one.text_ja, one.text_en), _summary(board, one, words), True) for one in board.questions
            ],
            menus=[[ForLcSelect.make(entering, lcs, **key)]] if lcs else [],
            last=[CsvButton.make(words("CSV"), emoji="📄", **key)],
            documents=[file] if csv else [],
            **key,
        )


def _above(board: AllAnswers, words: Words) -> list[str]:
    told = {"n": board.answered, "all": len(board.rows)}
    line = words("Answered: **{n}** of {all} LCs", **told)
    if board.of_people:
        line = words("Answered: **{n}** of {all} people", **told)
    lines = [line, *dormant_lines(sum(one.is_dormant for one in board.rows), words)]
    if board.deadline_at is None:
        return [*lines, ""]
    return [*lines, words("Deadline: {time}", time=stamp(board.deadline_at)), ""]


def _row_text(row: AskedRow, board: AllAnswers, words: Words) -> str:
    """Long answers are cut here; the file has them in full."""
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
    return discord.utils.escape_markdown(name) or words("(name hidden)")


def _summary(board: AllAnswers, question: QuestionCard, words: Words) -> str:
    counts = board.counts(question)
    match question.kind:
        case QuestionKind.CHOICE:
            return "\n".join(f"{option} **{counts[option]}**" for option in question.options)
        case QuestionKind.NUMBER:
            numbers = [int(value) for value in counts.elements()]
            told = {"sum": sum(numbers), "n": len(numbers)}
            if board.of_people:
                return words("Total **{sum}** ({n} people)", **told)
            return words("Total **{sum}** ({n} LCs)", **told)
        case QuestionKind.TEXT:
            if board.of_people:
                return words("{n} people", n=counts.total())
            return words("{n} LCs", n=counts.total())


def csv_rows(board: AllAnswers, zone: str, words: Words) -> list[list[str]]:
    """A row for each LC or person, empty without an answer. Times are the organisation's."""
    head = [
        words("Name") if board.of_people else words("LC"),
        *(words.either(one.text_ja, one.text_en) for one in board.questions),
    ]
    head += [words("complete"), words("answered at ({zone})", zone=zone)]
    if not board.of_people:
        head += [words("entered by"), words("how they told us")]
    rows = [head]
    for row in board.rows:
        sheet = row.sheet
        cells = [words.either(row.name_ja, row.name_en) or words("(name hidden)")]
        cells += [str(sheet.values.get(one.question_id, "")) if sheet else "" for one in board.questions]
        cells.append("" if sheet is None else words("yes") if sheet.is_complete else words("no"))
        cells.append(cell_time(sheet.answered_at if sheet else None, zone))
        if not board.of_people:
            cells.append((sheet.by or "") if sheet else "")
            cells.append(words(VIA_WORDS[sheet.via]) if sheet and sheet.via else "")
        rows.append(cells)
    return rows


class CsvButton(RoutedButton, route="questionnaires:csv:{questionnaire_id:int}"):
    async def act(self, request: MemberRequest, questionnaire_id: int) -> None:
        await BoardButton.show(request, questionnaire_id, 0, csv=True)
