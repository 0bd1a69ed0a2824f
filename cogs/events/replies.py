"""What those who come have answered: counts for each question, and who said what for the organisers."""

from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot.features.events import question_rules
from bot.features.events.answers import AnswerService, Replies
from bot.features.events.question_rows import QuestionLine
from bot.features.events.question_rules import Given
from bot.features.events.steps import organise_step, questions_step
from bot.features.sheets.cells import to_csv
from bot.features.signups.values import Participant
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.items import RoutedButton
from bot.ui.lengths import shortened
from bot.ui.pages import Document
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.answering import YES_NO_WORDS
from cogs.events.own_answers import answer_text

PER_PAGE = 8
#: So many characters of an answer stand beside a name; the file has all of it.
BESIDE = 200


class RepliesButton(Board, route="events:replies:{event_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0, *, csv: bool = False) -> None:
        found, words = await request.services[AnswerService].replies(request.actor, event_id), request.words
        people = found.people or ()

        def line(one: tuple[Participant, Given], words: Words) -> str:
            return _line(one, found.questions, words)

        above = [words("Only the organisers see names and answers.")] if found.people is None else []
        document = Document(to_csv(_rows(found, words)), f"answers-{event_id}.csv")
        await cls.lay_out(
            request,
            part_of(people, page, PER_PAGE),
            title=words("Answers: {title}", title=render.headline(found.event, words)),
            above=above,
            line=line,
            empty="" if found.people is None else words("Nobody has signed up yet."),
            fields=[
                (words.either(one.text_ja, one.text_en), _counted(one, found, words), True) for one in found.questions
            ],
            beside=[[CsvButton.make(words("CSV"), emoji="📄", event_id=event_id)]] if people else [],
            last=[step_button(questions_step(event_id), words), step_button(organise_step(event_id), words)],
            documents=[document] if csv and people else [],
            event_id=event_id,
        )


def _line(one: tuple[Participant, Given], questions: Sequence[QuestionLine], words: Words) -> str:
    person, given = one
    lines = [f"**{escape_markdown(person.name) or words('somebody')}**"]
    for question in questions:
        told = shortened(" ".join(answer_text(question, given.get(question.id, ()), words).split()), BESIDE)
        if told:
            lines.append(
                f"・{escape_markdown(words.either(question.text_ja, question.text_en))}: {escape_markdown(told)}"
            )
    if len(lines) == 1:
        lines.append(words("・no answer yet"))
    return "\n".join(lines)


def _counted(question: QuestionLine, found: Replies, words: Words) -> str:
    counts = found.counts[question.id]
    if not question_rules.possible(question):
        return words.plural("{n} person answered", "{n} people answered", counts[""])
    names = {one: words(YES_NO_WORDS[one]) if one in YES_NO_WORDS and not question.options else one for one in counts}
    return "\n".join(f"{escape_markdown(names[one])} **{count}**" for one, count in counts.items())


def _rows(found: Replies, words: Words) -> list[list[str]]:
    """A row for each person who is signed up, empty where they answered nothing."""
    ways = {one.choice_id: words.either(one.label_ja, one.label_en) for one in found.event.choices}
    head = [words("Name"), *([words("Way to take part")] if ways else [])]
    rows = [[*head, *(words.either(one.text_ja, one.text_en) for one in found.questions)]]
    for person, given in found.people or ():
        answers = [answer_text(one, given.get(one.id, ()), words) for one in found.questions]
        way = [ways.get(person.choice_id or 0, "")] if ways else []
        rows.append([person.name or words("somebody"), *way, *answers])
    return rows


class CsvButton(RoutedButton, route="events:replies_csv:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await RepliesButton.show(request, event_id, csv=True)
