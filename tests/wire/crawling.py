"""Everything that an answer shows is pressed: once per route, kind of person and language."""

from __future__ import annotations

import copy
import pkgutil
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from babel.messages.pofile import read_po

import cogs
from bot.i18n import words_for
from bot.ui.board import Board
from bot.ui.forms import Form
from bot.ui.items import Routed, RoutedButton
from bot.ui.marks import unmarked
from bot.ui.pages import ERROR
from tests.support.processes import ROOT
from tests.wire.discord import WireDiscord
from tests.wire.discord.interactions import PRIVATE
from tests.wire.discord.objects import message, snowflake
from tests.wire.discord.pages import (
    BUTTON,
    CHANNELS,
    CHECKBOX,
    MENUS,
    ROLES,
    STRINGS,
    TEXT,
    UPLOAD,
    USERS,
    is_form,
    items,
    text,
)
from tests.wire.people import Person
from tests.wire.watching import Watch

#: Routes that take something away: they come after all others of the same person.
_LATE = re.compile(
    r"delete|forget|discard|remove|retire|unlink|leave|really_take_back|drop|end_now|announcements:send|announcements:at|decide|silent_all|merge|stop|import:|none|"
    r"people:organisation"
)
#: What the button of a list's page may name.
_OF_A_LIST = {"page", "lc_id", "region_id", "request_id", "announcement_id", "shown", "text"}
#: Routes about one LC, person, announcement and so on.
_NAMES_SOMETHING = re.compile(r"_id:int\}|\{code|\{token|\{cause")
#: What Discord asks for by these types of options.
_USER_OPTION, _CHANNEL_OPTION, _ROLE_OPTION, _FILE_OPTION = 6, 7, 8, 11
#: So many options of a menu are tried, where one is to be chosen.
_OPTIONS = 5
_KANA = re.compile(r"[ぁ-んァ-ヴ]")
#: Where both languages stand by intention: the choice of a language, what nobody's language is known for,
#: and what is shown as it will be posted in the server's own language.
_BILINGUAL = re.compile(
    r"^・#|日本語|ようこそ|言語を選んで|such as ヤマダ|example ヤマダ|example やまだ|はじめまして|>\)です"
    r"|興味があること|よろしくお願いします"
)


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def import_cogs() -> None:
    """Have every class there that may stand behind a button."""
    for module in pkgutil.walk_packages(cogs.__path__, "cogs."):
        import_module(module.name)


def _is_ours(kind: type[Any]) -> bool:
    """Of the program: tests make buttons of their own."""
    return kind.__module__.startswith(("bot.", "cogs."))


def routes() -> dict[str, re.Pattern[str]]:
    """Every route of a button or menu in the program, and what its ids look like."""
    import_cogs()
    found = {
        one.route: one.__discord_ui_compiled_template__ for one in subclasses(Routed) if one.route and _is_ours(one)
    }
    return dict(sorted(found.items()))


def forms() -> set[str]:
    return {one.route for one in subclasses(Form) if one.route and _is_ours(one)}


def leaves(nodes: list[dict[str, Any]], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command that can be used, with what Discord was told of it."""
    for node in nodes:
        here = f"{path} {node['name']}".strip()
        inner = [one for one in node.get("options") or [] if one["type"] in (1, 2)]
        if inner:
            yield from leaves(inner, here)
        else:
            yield here, node


@dataclass
class Step:
    """Something to press: on which message, and how one came there."""

    message: dict[str, Any]
    item: dict[str, Any]
    route: str
    trail: tuple[str, ...]
    choice: str = ""


@dataclass
class Crawl:
    """``typed`` says what is written into a field or an option, by its name. ``secrets`` must be seen by nobody but
    those whose kinds stand beside them. ``faults`` collects what was wrong, ``pressed`` what was reached."""

    discord: WireDiscord
    secrets: dict[str, set[str]] = field(default_factory=dict)
    pressed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    #: Ids that each kind of person was offered.
    offered: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    #: What was refused, and how.
    refused: list[str] = field(default_factory=list)
    #: What forged presses changed: who, by which route, in which table.
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    presses: int = 0
    longest: float = 0
    #: Pages of lists that were asked for though there is one page.
    turned_to: set[str] = field(default_factory=set)
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=routes)
    _untranslated: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        japanese = words_for("ja")
        with (ROOT / "bot/locales/ja/LC_MESSAGES/bot.po").open("rb") as file:
            texts = [one.id for one in read_po(file, locale="ja") if isinstance(one.id, str)]
        self._untranslated = [
            one for one in texts if len(one) > 25 and "{" not in one and " " in one and japanese(one) != one
        ]

    def route_of(self, custom_id: str) -> str | None:
        """The most exact of the routes that fit."""
        fitting = [route for route, pattern in self._patterns.items() if pattern.fullmatch(custom_id)]
        return max(fitting, key=lambda one: one.count(":") + (1 if "{" not in one else 0), default=None)

    async def through(self, person: Person, kind: str, language: str, typed: Callable[[str, str], Any]) -> None:
        """All commands, then whatever the answers show, as far as it is new to this kind of person."""
        self.typed = typed
        steps: deque[Step] = deque()
        late: deque[Step] = deque()
        seen: set[str] = set()
        #: What would change the language; pressed at the very end, if nothing in one's own led there.
        foreign: dict[str, Step] = {}
        offered = self.offered.setdefault(kind, {})

        def take_in(shown: dict[str, Any], trail: tuple[str, ...]) -> None:
            kept = copy.deepcopy(shown)
            for item in items(kept):
                if item["type"] not in (BUTTON, *MENUS) or item.get("disabled"):
                    continue
                route = self.route_of(item["custom_id"])
                if route is None:
                    self.faults.append(f"{kind} {language} {trail}: {item['custom_id']} fits no route")
                    continue
                offered.setdefault(unmarked(item["custom_id"]), item)
                other = {"ja": "en", "en": "ja"}[language]
                if "{language}" in route and other in item["custom_id"].split(":"):
                    foreign.setdefault(route, Step(kept, item, route, trail))
                elif route not in seen:
                    seen.add(route)
                    choices = [one["value"] for one in item.get("options", [])][:_OPTIONS]
                    if item.get("max_values") != 1 or item.get("min_values", 1) != 1:
                        choices = choices[:1]
                    for choice in choices or [""]:
                        (late if _LATE.search(route) else steps).append(Step(kept, item, route, trail, choice))

        commands = dict(leaves(self.discord.routes.commands))

        async def use(path: str, node: dict[str, Any]) -> None:
            await self._tried(person, kind, language, (f"/{path}",), self._command(person, path, node))
            await self._look(person, kind, language, (f"/{path}",), f"/{path}", take_in)

        for path, node in sorted(commands.items()):
            await use(path, node)
        for panel in self._panels():
            take_in(panel, ("panel",))
        while steps or late:
            step = (steps or late).popleft()
            trail = (*step.trail, step.item.get("label") or step.item["custom_id"])
            await self._tried(person, kind, language, trail, self._press(person, step, copy.deepcopy(step.message)))
            await self._look(person, kind, language, trail, step.route, take_in)
        if kind in ("lc_officer", "national_officer"):
            await self.turned(person, kind, language)
        for step in foreign.values():
            if step.route not in seen:
                await self._tried(person, kind, language, step.trail, self._press(person, step, step.message))
                self.pressed[step.route] += 1

    def _panels(self) -> list[dict[str, Any]]:
        return [
            one
            for place in self.discord.guilds
            for channel in place["channels"]
            for one in self.discord.messages.channels[int(channel["id"])]
            if one.get("components")
        ]

    async def _command(self, person: Person, path: str, node: dict[str, Any]) -> None:
        options: dict[str, Any] = {}
        for option in node.get("options") or []:
            name = option["name"]
            value = self.typed(f"/{path}", name)
            if value is None and option.get("autocomplete"):
                others = {one["name"]: options[one["name"]] for one in node["options"] if one["name"] in options}
                choices = await person.complete(path, name, "", **others)
                value = choices[0]["value"] if choices else None
            if value is None and option.get("choices"):
                value = option["choices"][0]["value"]
            if value is None and option.get("required"):
                value = {3: "東京" if person.locale == "ja" else "Tokyo", 4: 1, _USER_OPTION: person.user_id}.get(
                    option["type"]
                )
            if value is not None and (option.get("required") or self.typed(f"/{path}", name) is not None):
                options[name] = value
        await person.use(path, **options)

    async def _press(self, person: Person, step: Step, message: dict[str, Any]) -> None:
        item = step.item
        if item["type"] == BUTTON:
            await person.press(item["custom_id"], on=message)
        elif item["type"] == STRINGS:
            least = max(1, item.get("min_values", 1))
            chosen = [step.choice] if least == 1 else [one["value"] for one in item["options"][:least]]
            await person.choose(item["custom_id"], *chosen, on=message)
        elif item["type"] == USERS:
            await person.choose(item["custom_id"], self.typed(step.route, "user"), on=message)
        elif item["type"] in (CHANNELS, ROLES):
            await person.choose(item["custom_id"], self.typed(step.route, "channel"), on=message)

    async def _tried(self, person: Person, kind: str, language: str, trail: tuple[str, ...], act: Any) -> None:
        self.presses += 1
        try:
            await act
        except (AssertionError, TimeoutError) as problem:
            person.shown = {}
            self.faults.append(f"{kind} {language} {' > '.join(trail)}: {type(problem).__name__} {problem}"[:400])
        if person.waited:
            self.longest = max(self.longest, person.waited[-1])

    async def _look(
        self, person: Person, kind: str, language: str, trail: tuple[str, ...], route: str,
        take_in: Callable[[dict[str, Any], tuple[str, ...]], None],
    ) -> None:  # fmt: skip
        """What was shown: a page, or a form that is filled in and sent, which shows a page."""
        self.pressed[route] += 1
        shown = person.shown
        if not shown:
            return
        if is_form(shown):
            self._judge(shown, kind, language, trail)
            form = shown["custom_id"].rpartition(":")[0]
            self.pressed[f"form {form}"] += 1
            await self._tried(person, kind, language, (*trail, "send"), person.write(self._filled(person, form, shown)))
            shown = person.shown
            if not shown or is_form(shown):
                return
            trail = (*trail, f"form {form}")
        self._judge(shown, kind, language, trail)
        take_in(shown, trail)

    def _filled(self, person: Person, form: str, shown: dict[str, Any]) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for item in items(shown):
            name = item["custom_id"]
            value = self.typed(f"form {form}", name)
            if value is None:
                if item["type"] == TEXT:
                    value = item.get("value") or ("見本" if person.locale == "ja" else "Sample")
                    value = value if item.get("required", True) else item.get("value")
                elif item["type"] in (UPLOAD, CHECKBOX):
                    continue
                elif "options" in item:
                    preset = [one["value"] for one in item["options"] if one.get("default")]
                    value = preset or [item["options"][0]["value"]]
                elif item["type"] == USERS and not item.get("default_values"):
                    value = [str(self.typed(form, "user"))]
            if value is not None:
                filled[name] = value
        return filled

    def _judge(self, shown: dict[str, Any], kind: str, language: str, trail: tuple[str, ...]) -> None:
        where = f"{kind} {language} {' > '.join(trail)}"
        said = text(shown)
        labels = [one.get("label") or one.get("placeholder") or "" for one in items(shown)]
        whole = "\n".join([said, *labels])
        if not is_form(shown):
            if not shown["flags"] & PRIVATE:
                self.faults.append(f"{where}: answered in public")
            if not any(not one.get("disabled") for one in items(shown)):
                self.faults.append(f"{where}: leads nowhere: {said[:160]!r}")
        if any(one.get("color") == ERROR.value for one in shown.get("embeds", [])):
            self.refused.append(f"{where}: {said!r}"[:400])
        if language == "en":
            wrong = [line for line in whole.splitlines() if _KANA.search(line) and not _BILINGUAL.search(line)]
        else:
            wrong = [one for one in self._untranslated if one in whole and one != "Which language do you prefer?"]
        self.faults += [f"{where}: the wrong language: {one[:160]!r}" for one in wrong]
        for secret, readers in self.secrets.items():
            if secret in whole and kind not in readers:
                self.faults.append(f"{where}: shows {secret}")

    async def turned(self, person: Person, kind: str, language: str) -> None:
        """Pages of lists, which are offered only where a list is long: somebody has a button of one that was longer."""
        known: dict[str, str] = {"text": "e"}
        for custom_id in self.offered[kind]:
            if (route := self.route_of(custom_id)) and (found := self._patterns[route].fullmatch(custom_id)):
                known |= found.groupdict()
        known["page"] = "1"
        for one in sorted(subclasses(RoutedButton), key=lambda one: one.route):
            names = set(one.__discord_ui_compiled_template__.groupindex)
            if "page" not in names or not _is_ours(one) or not names <= known.keys() & _OF_A_LIST:
                continue
            if one.route in self.pressed and not issubclass(one, Board):  # whose first page was pressed, perhaps
                continue
            label = "次へ" if language == "ja" else "Next"
            item = {"type": BUTTON, "style": 2, "label": label, "custom_id": one.custom_id_for(**known)}
            page = self._made(person, item)
            trail = ("turned", item["custom_id"])
            await self._tried(person, kind, language, trail, self._press(person, Step(page, item, one.route, ()), page))
            self._judge(person.shown, kind, language, trail)
            self.turned_to.add(one.route)

    def _made(self, person: Person, item: dict[str, Any]) -> dict[str, Any]:
        """A page with one button or menu, as a client of one's own would say that it saw it."""
        made = message(snowflake(), person.guild_id or 0, {"flags": PRIVATE})
        return {**made, "channel_id": str((person.guild_id or 0) + 100), "components": [_row(item)]}

    async def forged(self, person: Person, kind: str, wanted: str, watch: Watch) -> int:
        """Somebody of a ``kind`` sends, with a client of their own making, what only ``wanted`` was offered. How many
        that were. Changed tables are in ``changes``."""
        mine = {self.route_of(one) for one in self.offered.get(kind, {})}
        first = {self.route_of(one): one for one in reversed(self.offered[wanted])}
        if not mine:  # as much an officer as they are, but elsewhere: what names something of theirs
            first = {route: one for route, one in first.items() if route and _NAMES_SOMETHING.search(route)}
        for route, custom_id in sorted(first.items(), key=lambda one: str(one[0])):
            if route in mine:
                continue
            item = {**self.offered[wanted][custom_id], "disabled": False}
            page = self._made(person, item)
            step = Step(page, item, str(route), (), next((one["value"] for one in item.get("options", [])), ""))
            await self._tried(person, kind, "ja", ("forged", custom_id), self._press(person, step, page))
            if person.shown:
                self._judge(person.shown, kind, "ja", ("forged", custom_id))
            if person.shown and is_form(person.shown):
                form = person.shown["custom_id"].rpartition(":")[0]
                filled = self._filled(person, form, person.shown)
                await self._tried(person, kind, "ja", ("forged", custom_id, "send"), person.write(filled))
                if person.shown and not is_form(person.shown):
                    self._judge(person.shown, kind, "ja", ("forged", custom_id, "send"))
            self.changes += [(kind, str(route), table) for table in sorted(await watch.changed())]
        return len(first.keys() - mine)


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": [item]}
