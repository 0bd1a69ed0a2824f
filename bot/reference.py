"""The command reference as Markdown, written from the commands themselves: ``python -m bot commands --language ja``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.app import build
from bot.clock import SystemClock
from bot.i18n import Words, words_for
from bot.settings import Settings

_SUBCOMMANDS = (1, 2)


async def reference(settings: Settings, language: str) -> str:
    """All commands with their options, for readers of ``language``. Nothing is connected to."""
    bot = build(settings, SystemClock())
    try:
        await bot.load_commands()
        payload = await bot.command_payload()
    finally:
        await bot.database.close()
    words = words_for(language)
    headings = [words("command"), words("in the other language"), words("what"), words("options")]
    lines = [
        "# " + words("Commands"),
        "",
        words(
            "Written from the program by `make reference`. All answers are private. Discord shows the names in your "
            "language."
        ),
        "",
        f"| {' | '.join(headings)} |",
        "|---|---|---|---|",
    ]
    for path, node in _leaves(payload):
        name, other = (" ".join(_name(part, one) for part in path) for one in (language, _other(language)))
        options = "<br>".join(_option(option, words) for option in node.get("options") or [])
        lines.append(f"| `/{name}` | `/{other}` | {_description(node, language)} | {options} |")
    lines += ["", words("Options in brackets may be left out.")]
    return "\n".join(lines) + "\n"


def _other(language: str) -> str:
    return "en" if language == "ja" else "ja"


def _leaves(
    nodes: list[dict[str, Any]], path: tuple[dict[str, Any], ...] = ()
) -> Iterator[tuple[tuple[dict[str, Any], ...], dict[str, Any]]]:
    for node in sorted(nodes, key=lambda node: str(node["name"])):
        inner = [option for option in node.get("options") or [] if option["type"] in _SUBCOMMANDS]
        if inner:
            yield from _leaves(inner, (*path, node))
        else:
            yield (*path, node), node


def _name(node: dict[str, Any], language: str) -> str:
    return str((node.get("name_localizations") or {}).get(language) or node["name"])


def _description(node: dict[str, Any], language: str) -> str:
    return str((node.get("description_localizations") or {}).get(language) or node["description"])


def _option(option: dict[str, Any], words: Words) -> str:
    name = _name(option, words.language)
    name = f"`{name}`" if option.get("required") else words("[{option}]", option=f"`{name}`")
    return f"{name} {_description(option, words.language)}"
