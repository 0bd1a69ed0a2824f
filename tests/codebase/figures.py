"""What the code weighs: ``python -m tests.codebase.figures [folder]``. One line a figure, so that two compare."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

#: Folders of the shared half, which are no features.
_SHARED = {"ui", "kit", "deliveries"}
_STATE = re.compile(r"(?:^|_)state$")
#: A condition of its own for what nobody has answered or closed yet, and a question with its reminders made by hand.
_ASK = re.compile(
    r"\b(?:answer|answered_at|kept_at|closed_at)\.is_\(None\)"
    r"|\bKeeping\.until\.is_not\(None\)"
    r"|\bis_complete\.is_\((?:True|False)\)"
    r"|in enumerate\(\(0, "
)
#: Each of these is to be written once.
_WRITTEN = {
    "joins for what a list shows of a person": re.compile(r"\.outerjoin\(School, School\.id == Profile\.school_id\)"),
    "look-ups of one organisation's zone": re.compile(
        r"select\(Organisation\.time_zone\)\.where\(Organisation\.id == [\w.]*organisation_id\)"
    ),
    "terms held on a day, written out": re.compile(
        r"(\w+)\.starts_on <= ([\w.]+)\)?\s*[,&]\s*\(?\1\.ends_on >= \2(?![\w.]| [-+])"
    ),
}
_KEY_SCAN = re.compile(r"\b(?:delivery_)?key\.(?:like|ilike|startswith|contains)\(", re.IGNORECASE)


def figures(root: Path) -> Iterator[tuple[str, float]]:
    """Name and value; lengths in lines."""
    files = sorted(path for top in ("bot", "cogs") for path in (root / top).rglob("*.py"))
    texts = {path.relative_to(root): path.read_text("utf-8") for path in files}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    lines = {path: len(text.splitlines()) for path, text in texts.items()}
    yield "files", len(files)
    yield "lines", sum(lines.values())
    features = Counter(name for path in texts if (name := feature_of(path)))
    yield "features", len(features)
    yield "files per feature, median", median(features.values())
    yield "files per feature, most", max(features.values())
    yield "lines of imports, %", 100 * sum(map(_import_lines, trees.values())) / sum(lines.values())
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    yield "longest function", max(map(length, functions))
    yield "dataclasses", sum(isinstance(node, ast.ClassDef) and _is_dataclass(node) for node in nodes)
    yield "classes of forms", _subclasses(nodes, "Form")
    yield "classes of routed components", _subclasses(nodes, "RoutedButton", "RoutedSelect")
    others = (tree for path, tree in trees.items() if path.as_posix() != "bot/ui/paging.py")
    yield "lists that are turned by hand", sum(_turns(node) for tree in others for node in ast.walk(tree))
    yield "messages built by hand", _calls(trees, "NewDelivery", {"bot/kit/messages.py"}, ("bot/deliveries/",))
    yield "states set by hand", sum(map(len, states_set_by_hand(trees).values()))
    yield "joins for an LC's name", sum(text.count("School.id == LocalCommittee.school_id") for text in texts.values())
    for name, pattern in _WRITTEN.items():
        yield name, sum(len(pattern.findall(text)) for text in texts.values())
    yield "planners of something daily or yearly", sum(one.name == "plan_all" for one in functions)
    yield (
        "ask mechanisms",
        sum(len(_ASK.findall(text)) for path, text in texts.items() if feature_of(path) != "asks"),
    )
    yield (
        "scans over keys of deliveries",
        sum(
            len(_KEY_SCAN.findall(text))
            for path, text in texts.items()
            if "Delivery" in text and "features" in path.parts
        ),
    )
    if (counted := root / "tests" / "homes" / "test_statements.py").exists():
        for who, most in re.findall(r'"(\w+)": (\d+)', counted.read_text("utf-8")):
            yield f"statements of /home at most, {who}", int(most)


def feature_of(path: Path) -> str | None:
    """A feature's files are those of its folder in ``bot/features`` and in ``cogs``, without empty markers."""
    top = path.parts[1:] if path.parts[0] == "cogs" else path.parts[2:] if path.parts[1] == "features" else ()
    return top[0] if len(top) > 1 and top[0] not in _SHARED else None


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    said = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) and first.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - said


def states_set_by_hand(trees: dict[Path, ast.Module]) -> dict[Path, list[int]]:
    """File → lines on which a feature sets the state of a row that is there already, besides the table that may
    (``people/lifecycles.py``). Those of deliveries are set in SQL by the outbox."""
    found: dict[Path, list[int]] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree) if "features" in path.parts else ():
            if isinstance(node, ast.Assign):
                targets = [one for target in node.targets for one in getattr(target, "elts", [target])]
                names = [one.attr for one in targets if isinstance(one, ast.Attribute)]
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "values":
                names = [one.arg or "" for one in node.keywords if "DeliveryState." not in ast.unparse(one)]
            else:
                continue
            if any(map(_STATE.search, names)):
                found.setdefault(path, []).append(node.lineno)
    return found


def _import_lines(tree: ast.Module) -> int:
    found = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in found)


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(one) for one in node.decorator_list)


def _subclasses(nodes: list[ast.AST], *of: str) -> int:
    found = [node for node in nodes if isinstance(node, ast.ClassDef)]
    return sum(any(ast.unparse(base).partition("[")[0] in of for base in node.bases) for node in found)


def _calls(trees: dict[Path, ast.Module], name: str, but: set[str], under: tuple[str, ...] = ()) -> int:
    return sum(
        isinstance(node, ast.Call) and ast.unparse(node.func) == name
        for path, tree in trees.items()
        if path.as_posix() not in but and not path.as_posix().startswith(under or ("\0",))
        for node in ast.walk(tree)
    )


def _turns(node: ast.AST) -> bool:
    """A button with the sign of a way back, which leads to a page."""
    if not isinstance(node, ast.Call) or "page" not in {one.arg for one in node.keywords}:
        return False
    return any(isinstance(one, ast.Constant) and str(one.value).startswith("◀") for one in ast.walk(node))


if __name__ == "__main__":
    for figure, value in figures(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2]):
        print(f"{figure:40} {value:10.1f}")
