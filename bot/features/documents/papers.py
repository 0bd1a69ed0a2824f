"""What can be put on paper, or into a picture: one class for each template, with all that it shows.

Texts are in the reader's language already. A day is written as people read it, because a template knows no languages.
"""

from __future__ import annotations

import base64
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


@dataclass(frozen=True, slots=True)
class Statement:
    """What a certificate says in one language. ``facts``: pairs of a label and what stands beside it."""

    organisation: str
    heading: str
    before: str
    name: str
    after: str
    title: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """One certificate. ``parts``: what it says, in each language. ``check``: how to check it, ``code``: by what, as
    people read it, under its ``label``."""

    parts: Sequence[Statement]
    label: str
    code: str
    check: str
    qr: Svg


@dataclass(frozen=True, slots=True)
class Certificates(Paper):
    """Each on a page of A4 of its own, in one language or in two."""

    template = Template.CERTIFICATES
    title: str
    colour: str
    seal: Svg
    sheets: Sequence[CertificateSheet]


#: Where a template has room for a picture, and there is none.
NO_PICTURE = Svg()


def embedded(jpeg: bytes, width: int, height: int) -> Svg:
    """A photo as a template takes it. Sizes in pixels."""
    content = base64.b64encode(jpeg).decode("ascii")
    return Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{content}"/></svg>'
    )


def qr(text: str) -> Svg:
    """A QR code as SVG, never a Micro QR code, which scanners don't read."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, border=0)
    return Svg(out.getvalue().decode("ascii"))


def qr_png(text: str) -> bytes:
    """The same as a picture to show on a screen, with the white around it that scanners need."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=8, border=4)
    return out.getvalue()
