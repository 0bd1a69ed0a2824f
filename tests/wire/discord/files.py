"""Files that somebody attached, and where they can be had."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.objects import snowflake


@dataclass(frozen=True)
class File:
    """What somebody attaches."""

    name: str
    content: bytes
    content_type: str = ""


@dataclass
class Files:
    """``address``: where the stand-in serves them; known once it listens."""

    address: str = ""
    contents: dict[str, File] = field(default_factory=dict)

    def keep(self, file: File, **about: Any) -> dict[str, Any]:
        """An attachment, as Discord describes it."""
        file_id = str(snowflake())
        self.contents[file_id] = file
        url = f"{self.address}/attachments/{file_id}/{file.name}"
        kind = file.content_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return {
            "id": file_id, "filename": file.name, "size": len(file.content), "url": url, "proxy_url": url,
            "content_type": kind, **about,
        }  # fmt: skip

    def read(self, attachment: dict[str, Any]) -> bytes:
        """What is in it."""
        return self.contents[attachment["id"]].content

    def attached(
        self, body: dict[str, Any], files: Sequence[File], before: Iterable[dict[str, Any]] = ()
    ) -> list[dict[str, Any]]:
        """The attachments of a message that ``body`` makes or edits. An edit keeps those of ``before`` that it names,
        or all where it says nothing of them."""
        known = {one["id"]: one for one in before}
        if "attachments" not in body:
            return [*known.values(), *(self.keep(file) for file in files)]
        found = []
        for one in body["attachments"] or []:
            if str(one["id"]) in known:
                found.append(known[str(one["id"])])
            else:
                about = {name: one[name] for name in ("description",) if one.get(name)}
                found.append(self.keep(files[int(one["id"])], **about))
        return found
