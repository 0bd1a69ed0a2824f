"""One-time codes: short enough to write on a card, and of use to nobody who reads the database."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

#: Without letters and digits that look like one another.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10


def new_code() -> str:
    """Fifty random bits, such as ``7KQ2M-XW4RT``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def digest(code: str) -> str:
    """What is kept of a code, however it was typed: width, case, blanks and dashes don't matter."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", code).upper() if char in _ALPHABET)
    return hashlib.sha256(f"tsunagu claim {plain}".encode()).hexdigest()
