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
            mark = "ok" if figure.ok else "OVER"
            print(
                f"{figure.name:38} {figure.value:10.3f} {figure.unit:6} target {figure.target:8.2f}  {mark}", flush=True
            )
        figures += found
    target = Path("var/bench.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([{**asdict(figure), "ok": figure.ok} for figure in figures], indent=1) + "\n")
    print(f"written to {target}")


main()
