"""Forms (Discord's modals) with the shared answer to errors."""

from __future__ import annotations

import asyncio
import copy
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar, Self

import discord

from bot.errors import Conflict, Invalid, Moved, NextStep, UserError
from bot.features.people.terms import FORGOTTEN
from bot.i18n import N_, Words
from bot.kit.edits import Overtaken
from bot.ui.answering import answer_once, at_work
from bot.ui.choices import NOT_OFFERED
from bot.ui.fields import Field
from bot.ui.items import RoutedButton
from bot.ui.replies import HOME_STEP, STALE, reply_error
from bot.ui.requests import Interaction, MemberRequest, Request, has_written
from bot.ui.written import answers_in, written_in

#: Forms that are kept to be opened again, and for how long (seconds).
_KEPT, _KEPT_FOR = 500, 24 * 60 * 60

SENT = N_("You've already sent this. To write another one, open the form again.")


class Writing:
    """What somebody writes, in however many forms: each of them may be opened again, but it isn't done twice."""

    is_at_work, is_done = False, False

    @contextmanager
    def sending(self, interaction: Interaction) -> Iterator[None]:
        """Raises Moved: it is done already, or being done."""
        if self.is_at_work or self.is_done:
            raise Moved(SENT)
        self.is_at_work = True
        try:
            yield
        finally:
            self.is_at_work, self.is_done = False, has_written(interaction)


class Form(discord.ui.Modal):
    """A form; ``act`` runs when it is sent. Its fields (``bot.ui.fields``) have been read by then.

    It lives in this process and for 15 minutes: one sent later, twice or after a restart is answered as stale. Its
    text is shown back then, as it is after an error, and the form opens again with it while this process knows it,
    until something was saved by it. Its class names its route, which the audit keeps:
    ``class FindForm(Form, route="local_committees:find")``, and its title where that is always the same.
    """

    request_kind: ClassVar[type[Request]] = MemberRequest
    #: The forms that may still be sent, by their custom_id.
    opened: ClassVar[dict[str, Form]] = {}
    #: The forms that may be sent too late or without discord.py's knowing, the oldest first.
    late: ClassVar[dict[str, Form]] = {}
    #: The forms that were sent in vain and can be opened again with what was typed, the oldest first.
    unsent: ClassVar[dict[str, Form]] = {}
    route: ClassVar[str] = ""
    heading: ClassVar[str] = ""
    #: As they stand in the class, those of the class that it extends first.
    fields: ClassVar[tuple[Field[Any], ...]] = ()
    #: What it showed when it opened, if others edit the same: a draft that goes to the service (``bot.kit.edits``).
    kept: Any = None
    #: On whose clocks times are meant in it; None: the organisation's.
    time_zone: str | None = None

    def __init_subclass__(cls, *, route: str, title: str = "") -> None:
        cls.route, cls.heading = route, title
        cls.fields = (*cls.fields, *(one for one in vars(cls).values() if isinstance(one, Field)))
        super().__init_subclass__()

    def __init__(self, words: Words, title: str = "", fields: Sequence[Field[Any]] | None = None) -> None:
        """``title``: in the reader's words. ``fields``: those that are shown, if not all as they stand in the class."""
        self._begin(title or words(self.heading))
        #: The language in which its fields are filled.
        self.words = words
        self.writing = Writing()
        #: What each field holds, and its component if it is shown, by its name.
        self.values: dict[str, Any] = {}
        self.components: dict[str, Any] = {}
        self._shown = self.fields if fields is None else fields
        for one in self._shown:
            component = self.components[one.name] = one.component(words)
            self.add_item(labelled(words(one.label), component, words(one.hint) if one.hint else None))

    def _begin(self, title: str) -> None:
        super().__init__(title=title[:45], timeout=15 * 60, custom_id=f"{self.route}:{secrets.token_hex(8)}")
        #: Who has it before them, and when it was kept.
        self.writer, self._since = 0, 0.0

    async def open(self, interaction: Interaction) -> None:
        """Show it to who asked. It may be sent from then on; what can't be shown is forgotten."""
        self.writer = interaction.user.id
        await answer_once(interaction, lambda: interaction.response.send_modal(self))
        if interaction.response.is_done():
            Form.opened[self.custom_id] = self
        else:  # they have it before them, but discord.py won't tell of its sending: what they write is shown back
            self._keep(Form.late)

    async def on_timeout(self) -> None:
        Form.opened.pop(self.custom_id, None)
        self._keep(Form.late)

    async def on_submit(self, interaction: Interaction) -> None:
        sent = {one.name: copy.copy(self.components[one.name]) for one in self._shown}  # others may share them
        with at_work(interaction):
            try:
                with self.writing.sending(interaction):
                    request = await self.request_kind.open(interaction)
                    request.time_zone = self.time_zone or request.time_zone
                    self._check_choices()
                    self.values |= {one.name: one.sent(sent[one.name], request) for one in self._shown}
                    await self.act(request)
            except Exception as error:
                if isinstance(error, Overtaken):
                    self._show_what_stands(error)
                await show_back(interaction, error, self)
            finally:
                Form.opened.pop(self.custom_id, None)  # not before the answer: until then, it isn't stale
                self._forget_if_done()

    async def act(self, request: Any) -> None:
        raise NotImplementedError

    def _show_what_stands(self, error: Overtaken) -> None:
        """The reader is told what others have written. Sent again, the form takes its place."""
        self.kept, labels = replace(self.kept, **error.stands), self.labels()
        overtaken = [one for one in self._shown if one.name in error.stands]
        lines = [
            (labels[one.name], one.shown(self.components[one.name], error.stands[one.name], self.words))
            for one in overtaken
        ]
        error.params["now"] = "\n".join(f"{label}: {text or '-'}" for label, text in lines)

    def _check_choices(self) -> None:
        """Raises Invalid for what none of the menus offers."""
        menus = [item for item in self.walk_children() if isinstance(item, discord.ui.Select)]
        if any(not {option.value for option in menu.options}.issuperset(menu.values) for menu in menus):
            raise Invalid(NOT_OFFERED)

    def _forget_if_done(self) -> None:
        for kept in (Form.late, Form.unsent):
            for form in [one for one in kept.values() if one.writing is self.writing and self.writing.is_done]:
                del kept[form.custom_id]

    def _keep(self, kept: dict[str, Form]) -> None:
        if self.writing.is_done:
            return
        self._since = asyncio.get_running_loop().time()
        kept.pop(self.custom_id, None)  # it is the youngest now
        kept[self.custom_id] = self
        for old in list(kept.values()):
            if len(kept) <= _KEPT and self._since - old._since <= _KEPT_FOR:
                break
            del kept[old.custom_id]

    def keep_written(self, interaction: Interaction) -> NextStep:
        """Keep it with what was sent. The step opens it again."""
        self._take_in(interaction)
        self._keep(Form.unsent)
        return NextStep(N_("Write again"), AgainButton.custom_id_for(custom_id=self.custom_id))

    def labels(self) -> dict[str, str]:
        """What each field is called, by its custom_id."""
        return {
            str(getattr(one.component, "custom_id", "")): one.text
            for one in self.children
            if isinstance(one, discord.ui.Label)
        }

    def _take_in(self, interaction: Interaction) -> None:
        """Fill the form with what was sent when it opens the next time, except for files: they have to be chosen
        again."""
        self.writer = interaction.user.id
        sent = {one.get("custom_id"): one for one in answers_in(interaction.data)}
        for item in self.walk_children():
            one = sent.get(getattr(item, "custom_id", None), {})
            values = one.get("values") or []
            if isinstance(item, discord.ui.TextInput):
                item.default = str(one.get("value") or "")[: item.max_length] or None
            elif isinstance(item, discord.ui.Select | discord.ui.CheckboxGroup):
                for option in item.options:
                    option.default = option.value in values
            elif isinstance(item, discord.ui.UserSelect | discord.ui.ChannelSelect):
                item.default_values = [discord.Object(int(value)) for value in values if value.isdecimal()]

    def anew(self, reader: int) -> Self:
        """The form once more, with what ``reader`` typed. Raises Conflict for anybody else."""
        if reader != self.writer:
            raise Conflict(STALE)
        form = copy.copy(self)
        form._begin(self.title)
        form.values = dict(self.values)
        for item in self.children:
            form.add_item(item)
        return form


class AgainButton(RoutedButton, route="forms:again:{custom_id:text}"):
    """Opens a form that came to nothing, as it was sent."""

    request_kind = Request

    async def act(self, request: Request, custom_id: str) -> None:
        form = Form.unsent.get(custom_id)
        if form is None:
            raise Conflict(
                N_(
                    "That form was already sent or has expired. If you still need it, copy your text above and "
                    "open the form again."
                )
            )
        await form.anew(request.interaction.user.id).open(request.interaction)


async def show_back(interaction: Interaction, error: BaseException | None = None, form: Form | None = None) -> None:
    """Answer a form that came to nothing, with what was typed. No ``error``: it isn't open any more.

    It isn't opened again where the same would be refused again, or where something was saved: nothing is done twice.
    """
    data: Any = interaction.data
    custom_id = str(data.get("custom_id", ""))
    form = form or Form.late.pop(custom_id, None) or Form.unsent.get(custom_id)
    may_again = form is not None and not isinstance(error, Moved) and not has_written(interaction)
    again = form.keep_written(interaction) if form is not None and may_again else None
    written = written_in(data, form.labels() if form else {})
    await reply_error(interaction, error or UserError(STALE, next_steps=[HOME_STEP]), written, again)


def on_commit(info: Mapping[Any, Any]) -> None:
    """Called after every transaction: with their data, what people were writing is forgotten, too."""
    gone = {user for users in info.get(FORGOTTEN, {}).values() for user in users}
    if not gone:
        return
    for kept in (Form.opened, Form.late, Form.unsent):
        for form in [one for one in kept.values() if one.writer in gone]:
            del kept[form.custom_id]
            form.stop()


def labelled(text: str, component: Any, description: str | None = None) -> discord.ui.Label[Any]:
    """A form's component with its question and a hint (45 and 100 characters at most)."""
    return discord.ui.Label(text=text[:45], description=description[:100] if description else None, component=component)
