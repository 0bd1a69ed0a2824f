"""What an event asks: its organisers add questions, put them in order, change and remove them."""

from __future__ import annotations

from functools import partial

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.events import question_rules
from bot.features.events.models import AnswerKind, EventState
from bot.features.events.question_rows import QuestionLine, draft_of
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService, QuestionsPage
from bot.features.events.repeating import RepeatingService
from bot.features.events.steps import draft_step, organise_step, questions_step, replies_step
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.fields import Choice, Lines, Several, Text
from bot.ui.forms import Form
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render

KIND_WORDS = {
    AnswerKind.SHORT: N_("A short text"),
    AnswerKind.LONG: N_("A long text"),
    AnswerKind.CHOICE: N_("One of several"),
    AnswerKind.SEVERAL: N_("Any of several"),
    AnswerKind.YES_NO: N_("Yes or no"),
}
#: In the form: what a question is besides.
REQUIRED, SENSITIVE = "required", "sensitive"
ALSO_WORDS = {
    REQUIRED: N_("Nobody can sign up without an answer"),
    SENSITIVE: N_("Delete the answers 7 days after the event"),
}


async def show_questions(request: MemberRequest, event_id: int) -> None:
    page = await request.services[QuestionService].questions(request.actor, event_id)
    words, event = request.words, page.event
    lines = [words("Only the organisers see the answers. Up to {n} questions.", n=question_rules.MOST), ""]
    lines += [f"{number}. {_line(one, page, words)}" for number, one in enumerate(page.questions, 1)]
    if not page.questions:
        lines.append(words("No questions yet. People sign up with one press."))
    rows: list[list[Item]] = []
    if page.questions:
        options = [option(words.either(one.text_ja, one.text_en), one.id) for one in page.questions]
        rows.append([QuestionSelect.make(words("Choose a question to change it"), options)])
    first: list[Item] = []
    if len(page.questions) < question_rules.MOST:
        first.append(AddButton.make(words("Add a question"), emoji="➕", event_id=event_id))
    if page.questions and event.signup_id is not None:
        first.append(step_button(replies_step(event_id), words))
    if page.questions and event.series_id is not None and event.repeat is not None:
        first.append(LaterButton.make(words("Ask this at the later ones, too"), emoji="🔁", event_id=event_id))
    back = draft_step if event.state is EventState.DRAFT else organise_step
    rows += [first, [step_button(back(event_id), words)]]
    title = words("Questions: {title}", title=render.headline(event, words))
    await request.show(Page(title, "\n".join(lines), rows=rows))


def _line(one: QuestionLine, page: QuestionsPage, words: Words) -> str:
    about = [words(KIND_WORDS[one.kind])]
    if one.is_required:
        about.append(words("has to be answered"))
    if one.is_sensitive:
        about.append(words("🔒 deleted 7 days after the event"))
    if count := page.answers.get(one.id, 0):
        about.append(words.plural("{n} answer", "{n} answers", count))
    return f"**{escape_markdown(words.either(one.text_ja, one.text_en))}**\n{' · '.join(about)}"


async def show_question(request: MemberRequest, question_id: int, *, sure: bool = False) -> None:
    """``sure``: ask whether it goes, and say what becomes of the answers."""
    page, one = await request.services[QuestionService].question(request.actor, question_id)
    words, count = request.words, page.answers.get(question_id, 0)
    lines = [_line(one, page, words), *(f"・{escape_markdown(text)}" for text in one.options)]
    back = step_button(questions_step(page.event.event_id), words)
    if sure:
        if count:
            lines += ["", words.plural("{n} answer is deleted with it.", "{n} answers are deleted with it.", count)]
        yes = ReallyRemoveButton.make(words("Yes, remove it"), style=ButtonStyle.danger, question_id=question_id)
        await request.show(Page(words("Remove this question?"), "\n".join(lines), rows=[[yes, back]]))
        return
    if count:
        lines += ["", words("Answers that no longer fit after a change are deleted, and those people are asked again.")]
    row: list[Item] = [EditButton.make(words("Edit"), emoji="✏️", question_id=question_id)]
    if page.questions[0].id != question_id:
        row.append(UpButton.make(words("Move up"), emoji="⬆️", question_id=question_id))
    row.append(RemoveButton.make(words("Remove"), emoji="🗑️", question_id=question_id))
    await request.show(Page(words("Question"), "\n".join(lines), rows=[row, [back]]))


class QuestionForm(Form, route="events:question_form"):
    text_ja = Text(N_("Question"), question_rules.TEXT)
    text_en = Text(N_("Question in English"), question_rules.TEXT, required=False)
    kind = Choice(N_("How is it answered?"), options=KIND_WORDS)
    options = Lines(
        N_("Answers to choose from"),
        (question_rules.OPTION + 1) * question_rules.MOST_OPTIONS,
        hint=N_("One per line. Leave it empty for texts, and for yes or no."),
        required=False,
    )
    also = Several(N_("Besides"), options=ALSO_WORDS)

    def __init__(self, words: Words, event_id: int, question: QuestionLine | None = None) -> None:
        super().__init__(words, words("Add a question") if question is None else words("Change the question"))
        self.event_id, self.question_id = event_id, question.id if question is not None else None
        self.kept = kept = QuestionDraft() if question is None else draft_of(question)
        self.text_ja, self.text_en, self.kind, self.options = kept.text_ja, kept.text_en, kept.kind, list(kept.options)
        self.also = [one for one, is_so in ((REQUIRED, kept.is_required), (SENSITIVE, kept.is_sensitive)) if is_so]

    async def act(self, request: MemberRequest) -> None:
        service, words = request.services[QuestionService], request.words
        draft = QuestionDraft(
            self.text_ja, self.text_en, self.kind, tuple(self.options), REQUIRED in self.also, SENSITIVE in self.also
        )
        if self.question_id is None:
            question_id = await service.add(request.actor, self.event_id, draft)
            request.done = words("Added.")
        else:
            question_id = self.question_id
            gone = await service.edit(request.actor, question_id, draft, self.kept)
            request.done = words("Saved.")
            if gone:
                told = words.plural("{n} answer no longer fits.", "{n} answers no longer fit.", gone)
                request.done += " " + words("{told} Those people are asked again.", told=told)
        _, kept = await service.question(request.actor, question_id)
        if kept.is_sensitive and SENSITIVE not in self.also:
            request.done += " " + words("It sounds personal, so its answers are deleted 7 days after the event.")
        await show_questions(request, self.event_id)


class AddButton(RoutedButton, route="events:add_question:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[QuestionService].to_add(request.actor, event_id)
        await QuestionForm(request.words, event_id).open(request.interaction)


class EditButton(RoutedButton, route="events:edit_question:{question_id:int}"):
    async def act(self, request: MemberRequest, question_id: int) -> None:
        page, question = await request.services[QuestionService].to_edit(request.actor, question_id)
        await QuestionForm(request.words, page.event.event_id, question).open(request.interaction)


class UpButton(RoutedButton, route="events:question_up:{question_id:int}"):
    async def act(self, request: MemberRequest, question_id: int) -> None:
        page, _ = await request.services[QuestionService].question(request.actor, question_id)
        await request.services[QuestionService].move_up(request.actor, question_id)
        await show_questions(request, page.event.event_id)


class LaterButton(RoutedButton, route="events:ask_later:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        count = await request.services[RepeatingService].ask_later(request.actor, event_id)
        request.done = request.words.plural(
            "{n} later event asks the same now, and those that come after.",
            "{n} later events ask the same now, and those that come after.",
            count,
        )
        await show_questions(request, event_id)


class ReallyRemoveButton(RoutedButton, route="events:really_remove_question:{question_id:int}"):
    async def act(self, request: MemberRequest, question_id: int) -> None:
        page, _ = await request.services[QuestionService].question(request.actor, question_id)
        await request.services[QuestionService].remove(request.actor, question_id)
        request.done = request.words("Removed.")
        await show_questions(request, page.event.event_id)


QuestionsButton = button_to("events:questions:{event_id:int}", show_questions)
QuestionSelect = menu_to("events:one_question", show_question)
RemoveButton = button_to("events:remove_question:{question_id:int}", partial(show_question, sure=True))
