"""Codes, digests, names that can be printed, and what a certificate is worth: decisions without the database."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.errors import Invalid
from bot.features.certificates.models import REASON, CertificateKind, CertificateState
from bot.features.organisations.naming import one_name
from bot.features.people.lifecycles import Lifecycle
from bot.i18n import N_
from bot.typed import INKLESS

#: Without 0, O, 1 and I, which look alike on paper.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: Characters of a code: eleven that are random, so 55 bits, and one that follows from them.
LENGTH, GROUP = 12, 4
#: Stands in a preview. It has characters that no code has.
NO_CODE = "0" * LENGTH
#: Checks a minute that somebody may make.
PER_MINUTE = 10
#: The latest end that a certificate can have.
FURTHEST = timedelta(days=10 * 366)

BAD_CODE = N_("That isn't a code of a certificate. It has 12 letters and digits, such as {example}. Please check it.")
NO_NAME = N_("Please enter the name as it stands on the certificate.")
TOO_OFTEN = N_("Too many checks in a short time. Please try again in a minute.")
BAD_EXPIRY = N_("Please choose a last day between tomorrow and ten years from now.")
NO_REASON = N_("Please say why. The person sees the reason.")
ENDED = N_("This certificate was revoked or replaced already.")

CERTIFICATES = Lifecycle(CertificateState.VALID)
REVOKE = CERTIFICATES.step([CertificateState.VALID], CertificateState.REVOKED, ENDED, action="certificate.revoke")
REPLACE = CERTIFICATES.step([CertificateState.VALID], CertificateState.REPLACED, ENDED, action="certificate.replace")


class Worth(StrEnum):
    """The answer to a check of a certificate, if the name is right, too."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the certificates say that are issued together. ``expires_on``: the last day on which they count; None: they
    count for ever."""

    kind: CertificateKind = CertificateKind.PARTICIPATION
    expires_on: date | None = None


def new_code() -> str:
    """Nobody can guess it."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return code + _check_character(code)


def _check_character(code: str) -> str:
    """By Luhn's algorithm for an alphabet of 32 (ISO/IEC 7812 has it for 10): one wrong character is always noticed,
    and two that changed places nearly always."""
    total, factor = 0, 2
    for char in reversed(code):
        number = factor * ALPHABET.index(char)
        total += number // len(ALPHABET) + number % len(ALPHABET)
        factor = 3 - factor
    return ALPHABET[-total % len(ALPHABET)]


def written(code: str) -> str:
    """As people read it: ``ABCD-EFGH-JKL3``."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """Raises Invalid: it can't be a code."""
    code = re.sub(r"[\s\-‐‑‒–—―−ー_.]", "", unicodedata.normalize("NFKC", typed)).upper()
    fits = len(code) == LENGTH and all(char in ALPHABET for char in code)
    if not fits or _check_character(code[:-1]) != code[-1]:
        raise Invalid(BAD_CODE, example="ABCD-EFGH-JKL3")
    return code


def normalised(name: str) -> str:
    """A name without what people type in different ways: width, case, blanks, and marks that can't be seen. It must
    never change, as digests are made of it: so it is no ``fold``, which learns new variants."""
    seen = INKLESS.sub("", unicodedata.normalize("NFKC", name))
    return "".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def digest_of(code: str, name: str) -> str:
    """All that is kept of whose it is: SHA-256 in hexadecimal. The code is random enough that nobody finds a name by
    trying all names."""
    return hashlib.sha256(f"{code}\n{normalised(name)}".encode()).hexdigest()


def worth(state: str, expires_on: date | None, today: date) -> Worth:
    if state != CertificateState.VALID:
        return Worth(state)
    return Worth.EXPIRED if expires_on is not None and expires_on < today else Worth.VALID


def checked(terms: Terms, today: date) -> Terms:
    """Raises Invalid."""
    if terms.expires_on is not None and not today < terms.expires_on <= today + FURTHEST:
        raise Invalid(BAD_EXPIRY)
    return terms


def checked_reason(typed: str) -> str:
    """Raises Invalid."""
    reason = one_name(typed, REASON)
    if not reason:
        raise Invalid(NO_REASON)
    return reason
