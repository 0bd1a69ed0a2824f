from __future__ import annotations

import asyncio
import inspect
import json
import pkgutil
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import structlog

from benchmarks import Figure


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    wanted = sys.argv[1:]
    figures: list[Figure] = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("_") or (wanted and module.name not in wanted):
            continue
        measure = getattr(import_module(f"benchmarks.{module.name}"), "measure", None)
        if measure is None:
            continue
        found = asyncio.run(measure()) if inspect.iscoroutinefunction(measure) else measure()
        for figure in found:
            print(_line(figure), flush=True)
        figures += found
    target = Path("var/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([{**asdict(figure), "ok": figure.ok} for figure in figures], indent=1) + "\n")
    print(f"written to {target}")


def _line(figure: Figure) -> str:
    measured = f"{figure.name:44} {figure.value:10.3f} {figure.unit:6}"
    if figure.target is None:
        return f"{measured} for comparison"
    bound, missed = (">=", "UNDER") if figure.at_least else ("<=", "OVER")
    return f"{measured} {bound} {figure.target:8.2f}  {'ok' if figure.ok else missed}"


main()
