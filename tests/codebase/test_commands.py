"""The commands as Discord is told of them: names, languages, limits, and a word on each in the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.reference import reference
from bot.settings import Settings
from tests.support.worlds import World
from tests.wire.contract import contract, needs_contract

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def payload(world: World) -> list[dict[str, Any]]:
    return await world.bot.command_payload()


def walk(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Commands, groups and options, each with its path."""
    here = f"{path} {node['name']}".strip()
    yield here, node
    for option in node.get("options") or []:
        yield from walk(option, here)


@needs_contract
def test_discord_would_take_them(payload: list[dict[str, Any]]) -> None:
    assert contract().request("PUT", "/applications/1/commands", payload) == []


def test_every_name_and_description_is_there_in_japanese(payload: list[dict[str, Any]]) -> None:
    for command in payload:
        for path, node in walk(command):
            assert node["name_localizations"].get("ja"), path
            assert node["description_localizations"].get("ja"), path


def test_japanese_names_are_unique_where_they_stand(payload: list[dict[str, Any]]) -> None:
    def check(nodes: list[dict[str, Any]]) -> None:
        names = [node["name_localizations"]["ja"] for node in nodes]
        assert len(names) == len(set(names)), names
        for node in nodes:
            if node.get("options"):
                check(node["options"])

    check(payload)


def test_they_stay_within_discords_limits(payload: list[dict[str, Any]]) -> None:
    assert len(payload) <= 100
    for command in payload:
        leaves = [node for _, node in walk(command) if not node.get("options")]
        assert len(leaves) <= 25 * 25
        size = sum(
            len(text)
            for _, node in walk(command)
            for text in (
                max([node["name"], *node["name_localizations"].values()], key=len),
                max([node["description"], *node["description_localizations"].values()], key=len),
                *(choice["name"] for choice in node.get("choices") or []),
            )
        )
        assert size <= 8000, command["name"]


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_reference_is_the_programs_own(language: str) -> None:
    written = (ROOT / "docs" / f"commands.{language}.md").read_text()
    assert written == await reference(Settings(), language), "run `make reference`"


def test_nobody_is_pinged_by_default(world: World) -> None:
    assert world.bot.allowed_mentions is not None
    assert world.bot.allowed_mentions.to_dict()["parse"] == []
