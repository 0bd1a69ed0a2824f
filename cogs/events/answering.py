"""The form with an event's own questions. Its opener says what becomes of the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import discord

from bot.errors import NextStep
from bot.features.events import question_rules
from bot.features.events.answers import Paper
from bot.features.events.models import AnswerKind
from bot.features.events.question_rows import QuestionLine
from bot.features.events.question_rules import Given, QuestionsChanged
from bot.i18n import N_, Words
from bot.ui.fields import Field, LongText, Text
from bot.ui.forms import Form
from bot.ui.lengths import shortened
from bot.ui.requests import Interaction, MemberRequest, Request

#: So many characters Discord shows of what a field is called, and of the line below.
LABEL, HINT = 45, 100
YES_NO_WORDS = {question_rules.YES: N_("Yes"), question_rules.NO: N_("No")}
FOR_ORGANISERS = N_("Only the organisers see your answer.")
FOR_SEVEN_DAYS = N_("🔒 Only the organisers see this. It is deleted 7 days after the event.")

#: What becomes of the answers. Raises QuestionsChanged; Invalid.
Send = Callable[[MemberRequest, Given], Awaitable[None]]
#: The event's questions as they are now, with what the reader has answered; None: it asks nothing.
Read = Callable[[MemberRequest], Awaitable[Paper | None]]


@dataclass(eq=False)
class Chosen(Field[list[str]]):
    """One option, or up to ``most``, each with its words."""

    options: Mapping[str, str]
    _: KW_ONLY
    most: int = 1
    required: bool = field(default=True)

    def component(self, words: Words) -> discord.ui.Select[Any]:
        options = [discord.SelectOption(label=shortened(text, 100), value=one) for one, text in self.options.items()]
        least = int(self.required)
        return discord.ui.Select(
            custom_id=self.name, options=options, required=self.required, min_values=least, max_values=self.most
        )

    def fill(self, component: Any, value: list[str], words: Words) -> None:
        for one in component.options:
            one.default = one.value in value

    def sent(self, component: Any, request: Request) -> list[str]:
        return list(component.values)


class AnswerForm(Form, route="events:answer_form"):
    """The typed text isn't lost where the questions have changed meanwhile: the form opens again as it is now."""

    def __init__(self, words: Words, paper: Paper, read: Read, send: Send) -> None:
        fields = [_field(one, number, words) for number, one in enumerate(paper.questions, 1)]
        super().__init__(words, shortened(words.either(paper.title_ja, paper.title_en), LABEL), fields)
        self.paper, self.read, self.send = paper, read, send
        self.fresh: Form = self
        for one, question in zip(fields, paper.questions, strict=True):
            if (value := paper.given.get(question.id)) is not None:
                one.__set__(self, list(value) if isinstance(one, Chosen) else "\n".join(value))

    async def act(self, request: MemberRequest) -> None:
        given = {one.id: _listed(self.values[_name(one)]) for one in self.paper.questions}
        try:
            await self.send(request, given)
        except QuestionsChanged:
            paper = await self.read(request)
            if paper is None:  # nothing is asked any more
                await self.send(request, {})
                return
            self.fresh = AnswerForm(self.words, paper, self.read, self.send)
            raise

    def keep_written(self, interaction: Interaction) -> NextStep:
        return super().keep_written(interaction) if self.fresh is self else self.fresh.keep_written(interaction)


def _name(question: QuestionLine) -> str:
    return f"q{question.id}"


def _listed(value: Sequence[str] | str) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    return list(value)


def _field(question: QuestionLine, number: int, words: Words) -> Field[Any]:
    """A long question stands below its number."""
    text = words.either(question.text_ja, question.text_en)
    hint = words(FOR_SEVEN_DAYS if question.is_sensitive else FOR_ORGANISERS)
    if len(text) > LABEL:
        label, hint = words("Question {n}", n=number), shortened(f"🔒 {text}" if question.is_sensitive else text, HINT)
    else:
        label = text
    about: dict[str, Any] = {"hint": hint, "required": question.is_required, "name": _name(question)}
    match question.kind:
        case AnswerKind.SHORT:
            return Text(label, question_rules.SHORT, **about)
        case AnswerKind.LONG:
            return LongText(label, question_rules.LONG, **about)
        case AnswerKind.YES_NO:
            return Chosen(label, {one: words(text) for one, text in YES_NO_WORDS.items()}, **about)
    options = {one: one for one in question.options}
    return Chosen(label, options, most=len(options) if question.kind is AnswerKind.SEVERAL else 1, **about)
