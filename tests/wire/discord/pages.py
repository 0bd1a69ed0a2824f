"""What stands on a message or in a form, as somebody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BUTTON, TEXT, STRINGS, USERS, ROLES, MENTIONABLES, CHANNELS = 2, 4, 3, 5, 6, 7, 8
LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
MENUS = (STRINGS, USERS, ROLES, MENTIONABLES, CHANNELS)


def items(shown: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every component that somebody can use, in its order."""

    def walk(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "custom_id" in component:
            yield component
        inside = [*component.get("components", []), component.get("component"), component.get("accessory")]
        for one in inside:
            if one:
                yield from walk(one)

    for component in shown.get("components", []):
        yield from walk(component)


def text(shown: dict[str, Any]) -> str:
    """All that a message or a form says, but for the labels of its buttons and menus."""
    lines = [shown.get("content", ""), shown.get("title", "")]
    for embed in shown.get("embeds", []):
        lines += [embed.get("title", ""), embed.get("description", "")]
        lines += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", [])]
        lines.append((embed.get("footer") or {}).get("text", ""))
    for component in shown.get("components", []):
        lines += [component.get("label") or "", component.get("description") or "", component.get("content") or ""]
    return "\n".join(line for line in lines if line)


def labels(shown: dict[str, Any]) -> list[str]:
    """The labels of all buttons."""
    return [one.get("label") or "" for one in items(shown) if one["type"] == BUTTON]


def is_form(shown: dict[str, Any]) -> bool:
    return "custom_id" in shown
