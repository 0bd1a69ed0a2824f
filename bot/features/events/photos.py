"""Pictures that people send: what can be used, and how it is kept. Pillow opens them, and is loaded for the first."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

from bot.errors import Invalid
from bot.i18n import N_

#: Bytes that are taken, and pixels after a JPEG was read in the size that is needed.
MOST_BYTES, MOST_PIXELS = 8 * 1024 * 1024, 30_000_000
#: Pixels of the longer side as it is kept.
LONGEST = 1600
#: By their content, whatever their name says.
_FORMATS = ("JPEG", "PNG", "WEBP")
#: A large one takes a hundred megabytes for a moment: one after the other.
_turn = threading.Lock()

TOO_LARGE = N_("The picture is larger than {n} MB. Please send a smaller one, such as a screenshot of it.")
NO_PICTURE = N_("That isn't a picture that can be used here. Please send a JPEG, PNG or WebP file.")
TOO_MANY_PIXELS = N_("The picture has too many pixels. Please send a smaller one, such as a screenshot of it.")


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without anything beside its pixels."""

    content: bytes
    width: int
    height: int


def check_size(size: int) -> None:
    """Before it is fetched. ``size``: bytes. Raises Invalid."""
    if size > MOST_BYTES:
        raise Invalid(TOO_LARGE, n=MOST_BYTES // 1024 // 1024)


def prepared(content: bytes, longest: int = LONGEST) -> Photo:
    """As it is kept: upright, at most ``longest`` pixels long, and without place, camera or comment. It takes a moment,
    so call it in a thread.

    Raises:
        Invalid: it is too large, or no picture of a kind that every Discord shows.
    """
    check_size(len(content))
    with _turn:
        return _prepared(content, longest)


def _prepared(content: bytes, longest: int) -> Photo:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            opened.draft("RGB", (longest, longest))  # a JPEG is read in a size near to this one
            if opened.width * opened.height > MOST_PIXELS:
                raise Invalid(TOO_MANY_PIXELS)
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
            upright.thumbnail((longest, longest))
    except Image.DecompressionBombError:
        raise Invalid(TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError):  # as Pillow says that a file is broken
        raise Invalid(NO_PICTURE) from None
    # A new one: what stood beside the pixels stays behind.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A"))
    jpeg = io.BytesIO()
    clean.save(jpeg, "JPEG", quality=85, optimize=True)
    return Photo(jpeg.getvalue(), *clean.size)
