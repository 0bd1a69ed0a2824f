"""Rules of the house that can be read off the files."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

from tests.codebase.figures import length, states_set_by_hand

ROOT = Path(__file__).parents[2]
FILES = [ROOT / name for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()]
CODE = [file for file in FILES if file.suffix == ".py" and file.parts[len(ROOT.parts)] in ("bot", "cogs")]


def test_nobody_asks_the_clock_on_their_own() -> None:
    found = {file.relative_to(ROOT) for file in CODE if _asks_the_machine(ast.parse(file.read_text()))}
    assert found == {Path("bot/clock.py")}


def _asks_the_machine(tree: ast.AST) -> bool:
    """Under whatever names ``datetime``, ``date`` and ``time`` were imported."""
    asking = {
        "datetime.datetime": {"now", "utcnow", "today"},
        "datetime.date": {"today"},
        "time": {"time", "time_ns", "localtime", "gmtime"},
        "sqlalchemy.func": {"now", "current_timestamp"},
    }
    meant: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            meant |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            meant |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            begin, _, rest = ast.unparse(node.value).partition(".")
            of = ".".join(filter(None, (meant.get(begin, begin), rest)))
            if node.attr in asking.get(of, set()) or (of.startswith("discord") and node.attr == "utcnow"):
                return True
    imported = {name for module, names in asking.items() for name in (f"{module}.{one}" for one in names)}
    return bool(imported & set(meant.values()))


def test_a_state_follows_another_by_a_step_of_its_lifecycle_alone() -> None:
    """So no transition happens that isn't in the table (``people/lifecycles.py``)."""
    assert states_set_by_hand({file: ast.parse(file.read_text()) for file in CODE}) == {}


#: What is done in several transactions, each of which looks at the clock once.
SEVERAL_CHANGES = {
    ("record_keeping/retention.py", "run"), ("record_keeping/retention.py", "of"), ("sheets/service.py", "begin"),
    ("sheets/service.py", "look"), ("sheets/service.py", "carry_out"),
}  # fmt: skip


def test_a_change_looks_at_the_clock_once_and_passes_it_on() -> None:
    """As far as it can be read off one file: two looks are two instants, between which a deadline may lie."""
    features = ROOT / "bot" / "features"
    found = {
        (str(file.relative_to(features)), name)
        for file in CODE
        if file.is_relative_to(features)
        for name in _looking_twice(ast.parse(file.read_text()))
    }
    assert found == SEVERAL_CHANGES


def _looking_twice(tree: ast.AST) -> list[str]:
    functions: dict[str, tuple[int, list[str]]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
        # A change can go by an instant that its caller has looked up already.
        called = [one.func for one in calls if not any(keyword.arg == "now" for keyword in one.keywords)]
        looks = sum(ast.unparse(one) in ("self.clock.now", "clock.now", "change_by") for one in called)
        own = [one.attr for one in called if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "self"]
        functions[node.name] = looks, own + [one.id for one in called if isinstance(one, ast.Name)]

    def looks_of(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above or name not in functions:
            return 0
        looks, called = functions[name]
        return looks + sum(looks_of(one, (*above, name)) for one in called)

    return [name for name in functions if not name.startswith("_") and looks_of(name) > 1]


def test_a_day_is_a_local_one() -> None:
    """``now().date()`` is a day of UTC; the one place of it leaves a day for every time zone."""
    of_utc = re.compile(r"(?:clock\.now\(\)\W*|\bnow)\.date\(\)")
    found = {file.relative_to(ROOT) for file in CODE if of_utc.search(file.read_text())}
    local = {Path("bot/demo/world.py"), Path("bot/demo/lobby.py"), Path("cogs/announcements/planning.py")}
    assert found - local == set()


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


def test_functions_stay_readable() -> None:
    """A file is as long as its use case; what has to be understood at once is a function. Ruff limits its branches."""
    long = {
        f"{file.relative_to(ROOT)}: {node.name}": length(node)
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in long.items() if lines > 75} == {}


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


def test_no_page_has_small_text() -> None:
    """The demo shows Discord's mark for it as it stands. Italics do as well."""
    small = re.compile(r"[\"'n]-# ")
    assert [file.name for file in CODE if small.search(file.read_text())] == []
