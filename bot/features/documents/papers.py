"""What can be put on paper, or into a picture: one class for each template, with all that it shows.

Texts are in the reader's language already. A day is written as people read it, because a template knows no languages.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import segno

from bot.features.documents.typesetting import Form, Svg, Template, Typesetter


@dataclass(frozen=True, slots=True)
class Paper:
    template: ClassVar[Template]

    async def made(self, typesetter: Typesetter, form: Form = "pdf") -> bytes:
        return await typesetter.set(self.template, asdict(self), form)


@dataclass(frozen=True, slots=True)
class Roll(Paper):
    """A list for a desk, in large type: a box to tick, a number, a name, a note. A4 upright, on pages as needed."""

    template = Template.ROLL
    title: str
    about: str
    columns: tuple[str, str, str]
    rows: Sequence[tuple[str, str, str]]
    footer: str


@dataclass(frozen=True, slots=True)
class Badge:
    name: str
    note: str
    code: Svg


@dataclass(frozen=True, slots=True)
class Badges(Paper):
    """Ten on a page of A4, 91 × 55 mm each, with marks to cut along."""

    template = Template.BADGES
    event: str
    colour: str
    badges: Sequence[Badge]


@dataclass(frozen=True, slots=True)
class Notice(Paper):
    """A sheet for a door: large words, and a QR code."""

    template = Template.NOTICE
    title: str
    lines: Sequence[str]
    colour: str
    code: Svg
    footer: str


#: Where a template has room for a picture, and there is none.
NO_PICTURE = Svg()


def qr(text: str) -> Svg:
    """A QR code as SVG, never a Micro QR code, which scanners don't read."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, border=0)
    return Svg(out.getvalue().decode("ascii"))
