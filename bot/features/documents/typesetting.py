"""PDF and PNG from the templates beside this file, set by typst.

The work is done in a process of its own: the event loop goes on meanwhile, and memory, which grows with each kind of
document up to some 250 MB, is given back when that process ends. A template gets its data as JSON and nothing else: no
fonts of the machine, no packages, no time of day. So the same data give the same bytes everywhere.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from bot.glyphs import FOLDER, drawable

TEMPLATES = Path(__file__).parent / "templates"
#: So many documents one process sets; then the next begins with little memory.
MOST = 200
#: Pixels per inch of a picture: at 8 inches, 1,152 pixels wide, readable on a phone.
PPI = 144
#: Instead of a time of day, which would make each file another one.
_SAME = datetime(2000, 1, 1, tzinfo=UTC)

Form = Literal["pdf", "png"]


class Svg(str):
    """A picture, as templates take it (``papers.qr``). It isn't a text for people."""

    __slots__ = ()


class Template(StrEnum):
    """A file of ``templates``; what it needs is declared in ``papers.py``."""

    ROLL = "roll"
    BADGES = "badges"
    NOTICE = "notice"
    CERTIFICATES = "certificates"


class Typesetter:
    """Sets one document after the other. The process begins with the first."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None

    async def set(self, template: Template, data: Mapping[str, Any], form: Form = "pdf") -> bytes:
        """The file; of a picture the first page. Characters that no font has are set as 〓 (``bot/glyphs.py``).

        Raises:
            RuntimeError: the data don't fit the template. That is a fault of ours.
        """
        text = json.dumps(self.drawable(data), ensure_ascii=False)
        loop = asyncio.get_running_loop()
        pool = self._begun()
        try:
            return await loop.run_in_executor(pool, typeset, template.value, text, form)
        except BrokenProcessPool:  # such as killed for its memory; once more in a new one
            if self.pool is pool:  # else another document that was cut off with this one has begun it
                self.close()
            return await loop.run_in_executor(self._begun(), typeset, template.value, text, form)

    @classmethod
    def drawable(cls, value: Any) -> Any:
        match value:
            case Svg():
                return str(value)
            case str():
                return drawable(value)
            case Mapping():
                return {key: cls.drawable(one) for key, one in value.items()}
            case list() | tuple():
                return [cls.drawable(one) for one in value]
        return value

    def _begun(self) -> ProcessPoolExecutor:
        if self.pool is None:
            self.pool = ProcessPoolExecutor(1, get_context("spawn"), _end_with_the_bot, max_tasks_per_child=MOST)
        return self.pool

    def close(self) -> None:
        """End the process. It begins again when it is needed."""
        pool, self.pool = self.pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _end_with_the_bot() -> None:
    """In the other process. Nobody tells it that the bot was killed, and it would wait for ever."""
    bot = parent_process()
    assert bot is not None

    def end() -> None:
        wait([bot.sentinel])
        os._exit(1)

    Thread(target=end, daemon=True).start()


def typeset(template: str, data: str, form: Form) -> bytes:
    """In the other process. PDF/A keeps fonts within the file, and refuses a character that none of them has."""
    import typst

    compiler = _compiler()
    options: dict[str, Any] = {"pdf_standards": "a-2b", "timestamp": _SAME} if form == "pdf" else {"ppi": PPI}
    try:
        made = compiler.compile(TEMPLATES / f"{template}.typ", format=form, sys_inputs={"data": data}, **options)
    except typst.TypstError:  # it can't travel between processes, and its text may have somebody's name
        raise RuntimeError(f"the template {template} refuses its data") from None
    first: bytes = made[0] if isinstance(made, list) else made
    return first


@cache
def _compiler() -> Any:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts)
