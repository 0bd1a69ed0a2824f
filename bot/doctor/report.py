"""What the doctor finds, written down as it is found."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.i18n import Words
from bot.log import redacted


class Report:
    """Lines for the person at the terminal, in their language. No secret leaves through it."""

    def __init__(self, words: Words, write: Callable[[str], None], secrets: Collection[str]) -> None:
        self.words = words
        self.problems = 0
        self.notices = 0
        self._write = write
        self._secrets = secrets

    def section(self, title: str) -> None:
        self.say(f"\n## {title}")

    def ok(self, text: str) -> None:
        """All is well here."""
        self._finding(self.words("ok"), text)

    def notice(self, text: str, advice: str) -> None:
        """Nothing is broken, but somebody should know."""
        self.notices += 1
        self._finding(self.words("notice"), text, advice)

    def problem(self, text: str, advice: str) -> None:
        """Something doesn't work, or won't."""
        self.problems += 1
        self._finding(self.words("problem"), text, advice)

    def _finding(self, level: str, text: str, advice: str | None = None) -> None:
        self.say(f"[{level}] {text}" + (f"\n    → {advice}" if advice else ""))

    def say(self, text: str) -> None:
        self._write(redacted(text, self._secrets))
