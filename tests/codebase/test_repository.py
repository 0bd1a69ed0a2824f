"""Rules of the house that can be read off the files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [ROOT / name for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()]
CODE = [file for file in FILES if file.suffix == ".py" and file.parts[len(ROOT.parts)] in ("bot", "cogs")]


def test_nobody_asks_the_clock_on_their_own() -> None:
    asking = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(|func\.now\(|utcnow\(")
    found = [file.relative_to(ROOT) for file in CODE if asking.search(file.read_text())]
    assert found == [Path("bot/clock.py")]


def test_locks_name_hashes_and_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock
        pinned = re.findall(r"^([a-z0-9][\w.\-\[\],]*)==\S+( ;[^\\]*)? \\\n    --hash=sha256:", text, re.M)
        assert len(pinned) == len(re.findall(r"^[a-z0-9][\w.\-\[\],]*==", text, re.M)) > 10, lock


def test_every_feature_and_cog_has_tests_of_its_name() -> None:
    names = {
        file.parent.name for file in CODE if file.name in ("service.py", "cog.py") and file.parent.name != "features"
    } - {"audit", "command_sets"}  # helpers that are shown where they are used
    assert {name for name in names if not list((ROOT / "tests" / name).glob("test_*.py"))} == set()


def test_no_file_is_a_drawer() -> None:
    assert [file for file in FILES if file.name in ("utils.py", "helpers.py", "common.py", "misc.py")] == []


def test_files_stay_readable() -> None:
    long = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in CODE}
    assert {name: lines for name, lines in long.items() if lines > 330} == {}


def test_no_way_back_to_a_machine_or_a_registry() -> None:
    telling = re.compile("/" + "root/|/" + "work/|/" + "home/[a-z]|pypi" + r"\.org|files\.pythonhosted")
    found = [
        file.relative_to(ROOT)
        for file in FILES
        if file.suffix in (".py", ".md", ".toml", ".txt", ".yaml", ".yml", "")
        and telling.search(file.read_text("utf-8", "ignore"))
    ]
    assert found == []


def test_every_text_can_be_found_by_the_catalogue() -> None:
    """`words_for(language)("…")` and `f"{words('…')}"` are not seen by the extraction."""
    hidden = re.compile(r"words_for\([^()]*(\([^()]*\))?[^()]*\)\(|\{\s*([\w.]+\.)?(words|say)\(['\"]")
    assert [file.relative_to(ROOT) for file in CODE if hidden.search(file.read_text())] == []
