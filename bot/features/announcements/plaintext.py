"""Discord's marks taken off, for where they mean nothing.

No library is used. Parsers of Markdown (markdown-it-py, mistune) know nothing of Discord's ``<t:…>``, ``</…>``,
``||…||`` and ``-#``, and take for marks what Discord shows as it stands. ``discord-markdown-ast-parser`` (2021) knows
neither times, commands, masked links, headings nor escapes, and needs time by the square of the length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

#: Marks within marks beyond this stay as they are; people write three at most.
_DEEPEST = 20
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_FENCE = re.compile(r"```(?:[a-zA-Z0-9_+\-.#]+\n)?\n*([^\n](?:(?!```).)*?)\n*```", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`)(.*?[^`])\1(?!`)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<]+")
_ANGLED = re.compile(r"<(https?://[^\s<>]+|(?:mailto:|tel:|sms:)?(?:[^\s<>@:/]+@[^\s<>@]+|\+\d[\d -]+))>")
_MASKED = re.compile(
    r"\[((?:\\.|\[[^\[\]\n]*\]|[^\[\]\\\n])+)\]"
    r"\(\s*(?:<(https?://[^\s<>]+)>|(https?://(?:\([^\s()<>]*\)|[^\s()<>])+))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_MENTION = re.compile(r"<(@[!&]?|#)(\d{1,20})>")
_PLACE = re.compile(r"<id:(customize|browse|guide|home|linked-roles)(?::\d+)?>")
_TIME = re.compile(r"<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>")
_COMMAND = re.compile(r"</([^\s:<>]+(?: [^\s:<>]+){0,2}):\d+>")
_EMOJI = re.compile(r"<a?:(\w{1,64}):\d+>")
_SHRUG = r"¯\_(ツ)_/¯"
#: The longer first. An underscore by itself marks only words as a whole: snake_case stays.
_MARKS = ("***", "**", "*", "___", "__", "_", "~~", "||")
_LINE = re.compile(r"^(?:>>> |(?:> )+)?(?:#{1,3}[ \t]+|-#[ \t]+)?", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*-] (?=\S)", re.MULTILINE)
_INTERESTING = re.compile(r"[\\`<\[*_~|¯]|https?://")
#: Stands for the sign of a list while emphasis is looked for.
_DOT = "\x01"


def _nobody(_sign: str, _number: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """How what only Discord knows is written out.

    ``moment``: an instant and Discord's letter for how to write it. ``called``: a sign (``@``, ``@&``, ``#``, ``id``)
    and a number (a word after ``id``); the name, or "" for none.
    """

    moment: Callable[[datetime, str], str] = lambda at, _style: f"{at:%Y-%m-%d %H:%M} UTC"
    called: Callable[[str, str], str] = _nobody


def plain(text: str, reader: Reader | None = None) -> str:
    """What somebody sees who reads the text on Discord, without its looks. Links stay byte for byte."""
    reader, done, end = reader or Reader(), list[str](), 0
    for code in _FENCE.finditer(text):
        done += [_blocks(text[end : code.start()], reader), code[1]]
        end = code.end()
    return "".join([*done, _blocks(text[end:], reader)]).strip()


def _blocks(text: str, reader: Reader) -> str:
    text = _BULLET.sub(rf"\1{_DOT} ", _LINE.sub("", text.replace(_DOT, "")))
    return _inline(text, reader, 0).replace(_DOT, "-")


def _inline(text: str, reader: Reader, depth: int) -> str:
    done, at = list[str](), 0
    while at < len(text):
        found = _INTERESTING.search(text, at)
        if found is None:
            break
        done.append(text[at : found.start()])
        at = found.start()
        written, at = _piece(text, at, reader, depth)
        if not written and done and done[-1].endswith(" ") and text[at : at + 1] in ("", " ", "\n"):
            done[-1] = done[-1][:-1]  # a name that nobody knows goes with one of its blanks
        done.append(written)
    return "".join([*done, text[at:]])


def _piece(text: str, at: int, reader: Reader, depth: int) -> tuple[str, int]:
    """What stands at ``at``, written out, and where it ends."""
    if text.startswith(_SHRUG, at):
        return _SHRUG, at + len(_SHRUG)
    for pattern, write in _RULES:
        if found := pattern.match(text, at):
            return write(found, reader), found.end()
    if masked := _MASKED.match(text, at):
        return _masked(masked, text, reader, depth), masked.end()
    if depth < _DEEPEST:
        for mark in _MARKS:
            if text.startswith(mark, at) and (end := _closing(text, at, mark)):
                return _inline(text[at + len(mark) : end], reader, depth + 1), end + len(mark)
    return text[at], at + 1


def _closing(text: str, start: int, mark: str) -> int | None:
    """Where the mark that opens at ``start`` is closed. Marks within code and links count for nothing, but for those
    at the end of a link, where the link itself is marked."""
    first = at = start + len(mark)
    if mark == "*" and text[first : first + 1].isspace():
        return None
    while at < len(text):
        if url := _URL.match(text, at):
            if at > first - 1 and url[0].endswith(mark) and _closes(text, url.end() - len(mark), mark):
                return url.end() - len(mark)
            at = url.end()
        elif skipped := _ESCAPE.match(text, at) or _CODE.match(text, at) or _ANGLED.match(text, at):
            at = skipped.end()
        elif masked := _MASKED.match(text, at):
            at = masked.end()
        elif text.startswith(mark, at) and at > first and _closes(text, at, mark):
            return at
        elif len(mark) == 1 and text.startswith(mark * 2, at):
            at += 2
        elif mark == "_" and text[at] == "_":
            return None  # snake_case: a single one within words closes nothing and opens nothing
        else:
            at += 1
    return None


def _closes(text: str, at: int, mark: str) -> bool:
    after = text[at + len(mark) : at + len(mark) + 1]
    if mark == "_":
        return not (after.isascii() and (after.isalnum() or after == "_"))
    if mark == "*" and text[at - 1].isspace():
        return False
    return mark in ("~~", "||") or after != mark[0]


def _masked(found: re.Match[str], text: str, reader: Reader, depth: int) -> str:
    link = found[2] or found[3]
    label = _inline(found[1], reader, depth + 1).strip()
    # A blank on both sides: what follows a link without one is taken for a part of it.
    after = "" if text[found.end() : found.end() + 1] in ("", " ", "\n", "\t", "\r") else " "
    return f"{link}{after}" if label in ("", link) else f"{label} {link}{after}"


def _time(found: re.Match[str], reader: Reader) -> str:
    try:
        at = datetime.fromtimestamp(int(found[1]), UTC)
        return reader.moment(at, found[2] or "f")
    except (ValueError, OverflowError, OSError):
        return found[0]


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reader], str]], ...] = (
    (_ESCAPE, lambda found, _: found[1]),
    (_CODE, lambda found, _: found[2].strip() or found[2]),
    (_URL, lambda found, _: found[0]),
    (_ANGLED, lambda found, _: re.sub("^(?:mailto|tel|sms):", "", found[1])),
    (_MENTION, lambda found, reader: reader.called(found[1].replace("!", ""), found[2])),
    (_PLACE, lambda found, reader: reader.called("id", found[1])),
    (_TIME, _time),
    (_COMMAND, lambda found, _: f"/{found[1]}"),
    (_EMOJI, lambda found, _: f":{found[1]}:"),
)
