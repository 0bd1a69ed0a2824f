from __future__ import annotations

import time


def breathe(number: int) -> None:
    """Called for each row in a thread: every twenty rows the others have their turn, or an answer would wait."""
    if number % 20 == 0:
        time.sleep(0.0005)
