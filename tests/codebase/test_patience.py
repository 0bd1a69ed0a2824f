"""No test depends on how fast the machine is. How fast things are is measured by ``make bench``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.codebase.test_repository import FILES, ROOT

#: Seconds; whoever waits for less makes a claim.
LEAST = 60
#: The stand-in keeps Discord's own limits and notes when what was said; the simulation is told when something hangs.
STAND_INS = ("wire/discord/", "support/patience.py")
STOPWATCHES = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time"}
#: What waits, and where among its arguments the limit stands.
WAITING = {
    "timeout": 0, "wait_for": 1, "until": 1, "until_logged": 1, "until_states": 2, "until_idle": 1, "finished": 0,
    "end": 0, "logged": 2, "run_bot": None, "communicate": None, "wait": None,
}  # fmt: skip
#: Sleeps that aren't for something to happen meanwhile: what they stand for.
SLEEPS = {
    ("deliveries/test_worker.py", "slow"): "a message that takes its time",
    ("wire/discord/gateway.py", "serve"): "the line's own time",
    ("wire/discord/receipts.py", "has_been_read"): "where the system doesn't tell",
}


def _tests() -> dict[Path, ast.AST]:
    there = ROOT / "tests"
    files = [file for file in FILES if file.suffix == ".py" and file.is_relative_to(there)]
    return {file.relative_to(there): ast.parse(file.read_text()) for file in files}


def test_no_test_looks_at_a_stopwatch() -> None:
    found = {
        f"{file}: {what}"
        for file, tree in _tests().items()
        if not str(file).startswith(STAND_INS)
        for what in stopwatches(tree)
    }
    assert found == set()


def test_nobody_waits_for_less_than_a_machine_may_need() -> None:
    assert {f"{file}: {what}" for file, tree in _tests().items() for what in short_limits(tree)} == set()


def test_no_test_sleeps_and_hopes() -> None:
    found = {(str(file), name) for file, tree in _tests().items() for name in sleeps(tree)}
    assert found == SLEEPS.keys()


def stopwatches(tree: ast.AST) -> list[str]:
    """Where seconds are taken, and asserts about seconds that somebody else has taken."""
    named = [one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and _is_stopwatch(one)]
    imported = [
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for one in node.names
    ]
    asserted = [
        ast.unparse(node.test)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        for one in ast.walk(node.test)
        if isinstance(one, ast.Compare) and _names(one) & {"seconds", "elapsed", "waited", "longest", "took"}
    ]
    return named + imported + asserted


def _is_stopwatch(node: ast.Attribute) -> bool:
    if node.attr in STOPWATCHES:
        return True
    of = ast.unparse(node.value)
    return node.attr in ("time", "time_ns") and (of == "time" or of.endswith(("loop", "loop()")))


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | {
        one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }


def short_limits(tree: ast.AST) -> list[str]:
    """Limits that are written down, at a call or as a default, in seconds (a browser's: in milliseconds)."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            limits = [one.value for one in node.keywords if one.arg == "seconds" and name in WAITING]
            limits += [one.value for one in node.keywords if one.arg == "timeout" and name in WAITING]
            place = WAITING.get(name)
            limits += [] if place is None else node.args[place : place + 1]
            in_browser = [one.value for one in node.keywords if one.arg == "timeout" and name.startswith("to_be_")]
            if any(_less(one, LEAST) for one in limits) or any(_less(one, LEAST * 1_000) for one in in_browser):
                found.append(ast.unparse(node))
        elif (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name in WAITING
            and any(_less(one, LEAST) for one in node.args.defaults)
        ):
            found.append(node.name)
    return found


def _less(node: ast.expr, than: float) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and 0 < node.value < than
    )


def sleeps(tree: ast.AST) -> set[str]:
    """The functions that sleep for a time that is written down, except between one look and the next (``while``)."""
    found: set[str] = set()

    def go(node: ast.AST, function: str, *, looks_again: bool) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function, looks_again = node.name, False
        elif isinstance(node, ast.While):
            looks_again = True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            amount = node.args[0] if node.args else None
            written = isinstance(amount, ast.Constant | ast.Name) and not _is_nothing(amount)
            if node.func.attr in ("sleep", "wait_for_timeout") and written and not looks_again:
                found.add(function)
        for child in ast.iter_child_nodes(node):
            go(child, function, looks_again=looks_again)

    go(tree, "", looks_again=False)
    return found


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


@pytest.mark.parametrize(
    "wrong",
    [
        "begun = time.monotonic()",
        "from time import perf_counter",
        "begun = asyncio.get_running_loop().time()",
        "assert ended.seconds < 10",
        "assert max(waited) < 3, 'quick'",
    ],
)
def test_stopwatches_are_found(wrong: str) -> None:
    assert stopwatches(ast.parse(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        "asyncio.timeout(10)",
        "asyncio.wait_for(x, 59.5)",
        "process.finished(10)",
        "run_bot('x', seconds=5)",
        "expect(x).to_be_visible(timeout=30_000)",
        "async def until(condition, seconds=20): ...",
    ],
)
def test_short_limits_are_found(wrong: str) -> None:
    assert short_limits(ast.parse(wrong))


def test_sleeps_that_hope_are_found_and_looks_again_and_again_are_not() -> None:
    assert sleeps(ast.parse("async def f():\n    for x in y:\n        await asyncio.sleep(0.3)")) == {"f"}
    assert sleeps(ast.parse("async def f():\n    while not x:\n        await asyncio.sleep(0.3)")) == set()
