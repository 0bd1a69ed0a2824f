"""The official description of Discord's API, where it is at hand: every request is held against it."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("TSUNAGU_CONTRACT_DIR", Path(__file__).parents[2].parent / "shared" / "discord"))


@cache
def contract() -> Any:
    """The validator, or None where the description is absent."""
    script = FOLDER / "contract.py"
    if not script.exists():
        return None
    spec = importlib.util.spec_from_file_location("discord_contract", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Contract(strict=True)


needs_contract = pytest.mark.skipif(
    not (FOLDER / "contract.py").exists(),
    reason="the official API description is absent: set TSUNAGU_CONTRACT_DIR",
)
