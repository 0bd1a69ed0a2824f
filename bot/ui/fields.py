"""The fields of a form. Each says once what it is called, what fits into it, and what becomes of what is typed::

    class MeetingForm(Form, route="meetings:form", title=N_("A meeting")):
        topic = Text(N_("Topic"), 100)
        day = Day(N_("Day"), hint=N_("Such as 11/28"))

        def __init__(self, words: Words, meeting: Meeting) -> None:
            super().__init__(words)
            self.topic, self.day = meeting.topic, meeting.day  # stand in it when it opens

        async def act(self, request: MemberRequest) -> None:
            await request.services[MeetingService].edit(request.actor, self.topic, self.day)  # a str and a date

All of them are read before ``act``: the first that can't be used raises Invalid. An option of a command is a field,
too: ``DAY.read(typed, request)`` reads it, and ``DAY.label`` describes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from dataclasses import field as dataclass_field
from datetime import date, time
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

import discord

from bot.errors import Invalid
from bot.i18n import N_, Words
from bot.numerals import NO_NUMBER, read_whole
from bot.times import Moment, read_date, read_day, read_moment, read_month_day, read_term
from bot.ui.choices import NOT_OFFERED
from bot.ui.dates import typed_date
from bot.ui.requests import Request

if TYPE_CHECKING:
    from bot.ui.forms import Form

T = TypeVar("T")
User = discord.User | discord.Member


@dataclass(eq=False)
class Field(Generic[T]):
    """``label`` and ``hint`` are message ids; Discord shows 45 and 100 characters of them. ``name`` is its custom_id,
    which is the attribute's name unless it says otherwise. Where a form shows one a little different, it takes a copy
    (``replace``)."""

    label: str
    _: KW_ONLY
    hint: str = ""
    required: bool = True
    name: str = ""

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = self.name or name

    @overload
    def __get__(self, form: None, _owner: type[Form]) -> Self: ...
    @overload
    def __get__(self, form: Form, _owner: type[Form]) -> T: ...
    def __get__(self, form: Form | None, _owner: type[Form]) -> Self | T:
        """The value in a form: read from what was typed, or as it was set, before the form is sent or where the field
        isn't shown."""
        if form is None:
            return self
        value: T = form.values[self.name]
        return value

    def __set__(self, form: Form, value: T) -> None:
        """Its content when the form opens."""
        form.values[self.name] = value
        if self.name in form.components:
            self.fill(form.components[self.name], value, form.words)

    def component(self, words: Words) -> Any:
        """Discord's component, empty."""
        raise NotImplementedError

    def fill(self, component: Any, value: T, words: Words) -> None:
        raise NotImplementedError

    def shown(self, component: Any, value: T, words: Words) -> str:
        """A value as its reader would see it in the form."""
        raise NotImplementedError

    def sent(self, component: Any, request: Request) -> T:
        """What was typed or chosen. Raises Invalid: it can't be used."""
        raise NotImplementedError


@dataclass(eq=False)
class Typed(Field[T]):
    """A line that is typed, or several if it ``is_long``. ``longest``: characters that it takes."""

    longest: int = 40
    is_long = False

    def read(self, typed: str, request: Request) -> T:
        """Raises Invalid: it can't be used."""
        raise NotImplementedError

    def written(self, value: T, words: Words) -> str:
        """As somebody would type it; it is read again."""
        return str(value)

    def example(self, words: Words) -> str:
        """Stands in it faintly while nothing is typed."""
        return ""

    def component(self, words: Words) -> discord.ui.TextInput[Any]:
        return discord.ui.TextInput(
            custom_id=self.name,
            style=discord.TextStyle.paragraph if self.is_long else discord.TextStyle.short,
            placeholder=self.example(words) or None,
            max_length=self.longest,
            required=self.required,
        )

    def fill(self, component: Any, value: T, words: Words) -> None:
        component.default = self.written(value, words)[: self.longest] or None

    def shown(self, component: Any, value: T, words: Words) -> str:
        return self.written(value, words)

    def sent(self, component: Any, request: Request) -> T:
        return self.read(component.value, request)


class Text(Typed[str]):
    """Just as it was typed: the service looks at it."""

    def read(self, typed: str, request: Request) -> str:
        return typed


class LongText(Text):
    is_long = True


class Lines(Typed[list[str]]):
    """One thing in each line; empty ones are none."""

    is_long = True

    def read(self, typed: str, request: Request) -> list[str]:
        return [line for line in typed.split("\n") if line.strip()]

    def written(self, value: list[str], words: Words) -> str:
        return "\n".join(value)


class Day(Typed[date]):
    """A day as it comes to mind, such as 11/28, 来週の土曜 or 2026-11-28."""

    def read(self, typed: str, request: Request) -> date:
        return read_day(typed, request.today)

    def written(self, value: date, words: Words) -> str:
        return typed_date(value, words)


class Date(Typed[date]):
    """A day with its year, for what is kept for years."""

    def read(self, typed: str, request: Request) -> date:
        return read_date(typed, request.today)

    def written(self, value: date, words: Words) -> str:
        return typed_date(value, words)


class Term(Typed[tuple[date, date]]):
    """A first and a last day."""

    def read(self, typed: str, request: Request) -> tuple[date, date]:
        return read_term(typed, request.today)

    def written(self, value: tuple[date, date], words: Words) -> str:
        joint = "〜" if words.language == "ja" else " – "
        return joint.join(typed_date(one, words) for one in value)


class MonthDay(Typed[tuple[int, int]]):
    """Month and day of every year."""

    def read(self, typed: str, request: Request) -> tuple[int, int]:
        return read_month_day(typed)

    def written(self, value: tuple[int, int], words: Words) -> str:
        month, day = value
        return f"{month}月{day}日" if words.language == "ja" else f"{day} {date(2023, month, day):%b}"

    def example(self, words: Words) -> str:
        return self.written((11, 1), words)


@dataclass(eq=False)
class When(Typed[Moment]):
    """A future time. ``usual``: the time that a day alone means; without it, a time is required."""

    usual: time | None = None

    def read(self, typed: str, request: Request) -> Moment:
        return read_moment(typed, request.now, request.time_zone, usual=self.usual)

    def written(self, value: Moment, words: Words) -> str:
        joint = " " if words.language == "ja" else ", "
        return f"{typed_date(value.local.date(), words)}{joint}{value.local:%H:%M}"


class Number(Typed[int]):
    """A whole number from 0 on. A refusal names the number, as a form may have several."""

    def read(self, typed: str, request: Request) -> int:
        try:
            return read_whole(typed)
        except Invalid as refused:
            if refused.message != NO_NUMBER:
                raise
        raise Invalid(N_("“{value}” isn't a whole number. Please enter one such as 12."), value=typed[:60])


class Maybe(Typed[T | None]):
    """Another field that may be left empty, or an option that may be left out: None then."""

    def __init__(self, of: Typed[T]) -> None:
        super().__init__(of.label, of.longest, hint=of.hint, required=False)
        self.of, self.is_long = of, of.is_long

    def read(self, typed: str | None, request: Request) -> T | None:
        return self.of.read(typed, request) if typed and typed.strip() else None

    def written(self, value: T | None, words: Words) -> str:
        return "" if value is None else self.of.written(value, words)

    def example(self, words: Words) -> str:
        return self.of.example(words)


@dataclass(eq=False)
class Choice(Field[T]):
    """One of several, each with its words: members of an enumeration, yes and no (True, False), none (None), names."""

    options: Mapping[T, str]

    def component(self, words: Words) -> discord.ui.Select[Any]:
        options = [
            discord.SelectOption(label=words(text)[:100], value=_sign(one)) for one, text in self.options.items()
        ]
        return discord.ui.Select(custom_id=self.name, options=options, required=self.required)

    def fill(self, component: Any, value: T, words: Words) -> None:
        for option in component.options:
            option.default = option.value == _sign(value)

    def shown(self, component: Any, value: T, words: Words) -> str:
        return str(next(option.label for option in component.options if option.value == _sign(value)))

    def read(self, chosen: Sequence[str]) -> T:
        """Nothing chosen is none of them, where that is an answer. Raises Invalid: it isn't one of them."""
        for one in self.options:
            if [_sign(one)] == (list(chosen) or [_sign(None)]):
                return one
        raise Invalid(NOT_OFFERED)

    def sent(self, component: Any, request: Request) -> T:
        return self.read(component.values)


@dataclass(eq=False)
class Several(Field[list[T]]):
    """Any number of up to ten, each with its words; none is an answer, too. Each is one tap."""

    options: Mapping[T, str] = dataclass_field(default_factory=dict)

    def component(self, words: Words) -> discord.ui.CheckboxGroup[Any]:
        options = [
            discord.CheckboxGroupOption(label=words(text)[:100], value=_sign(one)) for one, text in self.options.items()
        ]
        return discord.ui.CheckboxGroup(
            custom_id=self.name, options=options, required=False, min_values=0, max_values=len(options)
        )

    def fill(self, component: Any, value: list[T], words: Words) -> None:
        for option in component.options:
            option.default = option.value in {_sign(one) for one in value}

    def sent(self, component: Any, request: Request) -> list[T]:
        """Raises Invalid: one of them isn't offered."""
        if not {_sign(one) for one in self.options}.issuperset(component.values):
            raise Invalid(NOT_OFFERED)
        return [one for one in self.options if _sign(one) in component.values]


def or_none(text: str, options: Mapping[T, str]) -> dict[T | None, str]:
    """The choices, after the one for none of them."""
    return dict([(None, text), *options.items()])


def _sign(one: object) -> str:
    """What stands for it in a menu."""
    if one is None:
        return "-"
    if isinstance(one, bool):
        return "yes" if one else "no"
    return str(one.value if isinstance(one, Enum) else one)


@dataclass(eq=False)
class People(Field[Sequence[User]]):
    """One to ``most`` people."""

    most: int

    def read(self, people: Sequence[User]) -> Sequence[User]:
        """Raises Invalid: there is nobody, or they can't be chosen here."""
        if not people:
            raise Invalid(NOT_OFFERED)
        return people

    def component(self, words: Words) -> discord.ui.UserSelect[Any]:
        return discord.ui.UserSelect(custom_id=self.name, required=self.required, max_values=self.most)

    def fill(self, component: Any, value: Sequence[User], words: Words) -> None:
        component.default_values = value

    def sent(self, component: Any, request: Request) -> Sequence[User]:
        return self.read(component.values)


class Officers(People):
    """People who are to be officers: no bots."""

    def read(self, people: Sequence[User]) -> Sequence[User]:
        if any(one.bot for one in people):
            raise Invalid(N_("A bot can't be an officer. Please choose people."))
        return super().read(people)


@dataclass(eq=False)
class File(Field[discord.Attachment | None]):
    """One file, which isn't read yet, or none."""

    def component(self, words: Words) -> discord.ui.FileUpload[Any]:
        return discord.ui.FileUpload(custom_id=self.name, required=self.required, max_values=1)

    def sent(self, component: Any, request: Request) -> discord.Attachment | None:
        return component.values[0] if component.values else None
