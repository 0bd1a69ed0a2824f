"""What the documentation says about the program is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import settings
from bot.__main__ import command_line
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "README.ja.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_SETTINGS = {"TSUNAGU_TEST_POSTGRES_URL", "TSUNAGU_CONTRACT_DIR"}


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row)}
    assert named == {settings.variable(name) for name in Settings.model_fields}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_settings_and_commands_that_are_mentioned_exist(document: Path) -> None:
    text = document.read_text()
    known = {settings.variable(name) for name in Settings.model_fields} | NOT_SETTINGS
    assert {name for name in re.findall(r"TSUNAGU_[A-Z_0-9]*[A-Z0-9]\b(?!…)", text) if name not in known} == set()
    commands = {name for action in command_line()._actions for name in action.choices or ()}
    said = set(re.findall(r"python -m bot ([a-z]+)", text))
    assert said <= commands


def anchors(document: Path) -> set[str]:
    """The headings, as GitHub makes them into anchors."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    lost = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []
