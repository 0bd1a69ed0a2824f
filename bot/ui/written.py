"""What somebody typed into a form that came to nothing: shown back to them alone, whole, so that it can be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.i18n import Words
from bot.ui.pages import WRITTEN, Document, Page

_TEXT_INPUT = 4
#: So many characters of a field, and of all of them, stand on the page; what is longer becomes a file.
_FIELD, _ALL = 1_000, 3_000


@dataclass(frozen=True, slots=True)
class Written:
    """A field's name, empty where nobody knows it any more, and what was typed into it."""

    label: str
    text: str


def answers_in(data: Any) -> Iterator[dict[str, Any]]:
    """The fields of a form as Discord sends them: ``type``, ``custom_id``, ``value`` or ``values``."""
    for one in (data or {}).get("components", []):
        inner = [*one.get("components", []), *([one["component"]] if "component" in one else [])]
        yield from inner or [one]


def written_in(data: Any, labels: Mapping[str, str]) -> list[Written]:
    """What was typed into the form that ``data`` is of; ``labels`` are the names of its fields by ``custom_id``."""
    return [
        Written(labels.get(str(one.get("custom_id")), ""), str(one["value"]))
        for one in answers_in(data)
        if one.get("type") == _TEXT_INPUT and str(one.get("value") or "").strip()
    ]


def shown_back(written: Sequence[Written], words: Words, *, may_open: bool) -> Page | None:
    """A page with all of it, and its files; None if nothing was typed. ``may_open``: the form can be opened with it."""
    if not written:
        return None
    fields, files, room = list[tuple[str, str, bool]](), list[Document](), _ALL
    for number, one in enumerate(written, 1):
        label = one.label or words("Field {n}", n=number)
        if len(one.text) <= min(_FIELD, room) and "```" not in one.text:
            room -= len(one.text)
            value = f"```\n{one.text}\n```"
        else:
            files.append(Document(one.text.encode(), f"text-{number}.txt"))
            value = words("In the file {name}", name=files[-1].filename)
        fields.append((label, value, False))
    if may_open:
        text = words("Your text isn't lost. “Write again” reopens the form with it. You can also copy it from here.")
    else:
        text = words("Your text isn't lost. Copy it from here, open the form again and paste it.")
    return Page(title=words("What you wrote"), text=text, fields=fields, documents=files, colour=WRITTEN)
