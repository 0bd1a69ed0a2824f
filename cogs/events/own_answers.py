"""What somebody has answered to an event's own questions, and the way to change it."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import NotFound
from bot.features.events.answers import AnswerService, Paper
from bot.features.events.models import AnswerKind
from bot.features.events.question_rows import QuestionLine
from bot.features.events.question_rules import Given
from bot.features.events.steps import show_step
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events.answering import YES_NO_WORDS, AnswerForm
from cogs.events.pages import show_event


async def show_answers(request: MemberRequest, event_id: int) -> None:
    paper, words = await request.services[AnswerService].paper(request.actor, event_id), request.words
    lines = [words("Only the organisers see this.")]
    if paper.is_open:
        lines.append(words("You can change it until the event begins."))
    for one in paper.questions:
        sign = "🔒 " if one.is_sensitive else ""
        told = answer_text(one, paper.given.get(one.id, ()), words) or words("no answer yet")
        lines += ["", f"{sign}**{escape_markdown(words.either(one.text_ja, one.text_en))}**", escape_markdown(told)]
    row: list[Item] = []
    if paper.is_open:
        label = words("Answer the questions") if paper.open_questions else words("Change my answers")
        row.append(AnswerButton.make(label, emoji="📝", style=ButtonStyle.success, event_id=event_id))
    title = words("Your answers: {title}", title=escape_markdown(words.either(paper.title_ja, paper.title_en)))
    rows = [row, [step_button(show_step(event_id), words), home_button(words)]]
    await request.show(Page(title, "\n".join(lines), rows=rows))


def answer_text(question: QuestionLine, given: Sequence[str], words: Words) -> str:
    """As people read it; "" where nothing was answered."""
    if question.kind is AnswerKind.YES_NO:
        return words(", ").join(words(YES_NO_WORDS[one]) for one in given)
    return words(", ").join(given)


class AnswerButton(RoutedButton, route="events:answer:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        async def read(request: MemberRequest) -> Paper | None:
            try:
                return await request.services[AnswerService].to_answer(request.actor, event_id)
            except NotFound:
                return None

        async def send(request: MemberRequest, given: Given) -> None:
            await request.services[AnswerService].answer(request.actor, event_id, given)
            request.done = request.words("Your answer is saved.")
            await show_event(request, event_id)

        paper = await request.services[AnswerService].to_answer(request.actor, event_id)
        await AnswerForm(request.words, paper, read, send).open(request.interaction)


AnswersButton = button_to("events:answers:{event_id:int}", show_answers)
