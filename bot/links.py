"""Which links people may type: those that Discord takes behind a button and that lead where they seem to."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from bot.typed import INKLESS

#: What Discord takes behind a button.
LONGEST = 512
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
#: Blanks, controls, half characters, and what no address has unescaped.
_IMPOSSIBLE = re.compile(r'[\s\x00-\x20\x7f-\x9f\ud800-\udfff<>"\\^`{|}]')
_KEPT = "%/:=&?~#+!$,;'@()*[]"


def address(text: str) -> str | None:
    """The link as it is given to Discord: in ASCII, the host as the name service knows it.

    None for what is no link to a site of the web, names a user before the host, or is too long.
    """
    if _IMPOSSIBLE.search(text) or INKLESS.search(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.netloc.endswith(":"):
        return None
    host = _host(parts.hostname or "")
    if host is None or port == 0:
        return None
    rest = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    made = urlunsplit((parts.scheme, f"{host}:{port}" if port else host, *rest))
    return made if len(made) <= LONGEST else None


def is_link(text: str) -> bool:
    return address(text) is not None


def _host(name: str) -> str | None:
    labels = name.split(".")
    if len(labels) < 2:
        return None
    found = []
    for label in labels:
        try:
            plain = label if label.isascii() else label.encode("idna").decode("ascii")
            # Browsers know a newer way of writing names: where the two differ, the link would lead to another site.
            if not label.isascii() and plain.encode("ascii").decode("idna") != unicodedata.normalize("NFKC", label):
                return None
        except UnicodeError:
            return None
        if not _LABEL.fullmatch(plain):
            return None
        found.append(plain)
    # A host that ends in a number is taken for the address of a machine.
    return None if found[-1].isdecimal() or len(".".join(found)) > 253 else ".".join(found)
