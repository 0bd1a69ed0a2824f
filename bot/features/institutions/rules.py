"""What institutions, contacts and people without an account may be: pure decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.errors import Invalid
from bot.features.contacts.models import Field
from bot.features.contacts.rules import cleaned as cleaned_detail
from bot.features.institutions.models import InstitutionKind
from bot.features.members.rules import clean, clean_name, clean_reading
from bot.features.organisations.naming import both_names, one_name
from bot.features.people.rules import fiscal_year
from bot.features.schools.names import fold
from bot.i18n import N_
from bot.links import address

#: Characters that each part takes.
NAME, PLACE, ADDRESS, NOTE, ROLE, MAIL, PHONE, SOURCE = 100, 100, 300, 300, 100, 254, 40, 100
#: What Babel knows beside the countries of ISO 3166-1: unions, islands of their own, the unknown one.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
#: As people write them; the rest is known by its names.
_ALSO = {
    "アメリカ": "US",
    "米国": "US",
    "usa": "US",
    "英国": "GB",
    "uk": "GB",
    "豪州": "AU",
    "korea": "KR",
    "大韓民国": "KR",
}
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,}(?: ?(?:内線|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InstitutionDraft:
    """One of the names may be left empty. ``country``: a code, or a name in Japanese or English. ``place``,
    ``address`` (of its site) and ``note`` may be empty."""

    name_ja: str
    name_en: str
    kind: InstitutionKind
    country: str
    place: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """``role`` has to be there, the ways to reach them needn't be."""

    role: str
    mail: str
    phone: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody without an account. ``affiliation``: a school, an institution, or anything else; ``source``: that they
    agreed, or where it comes from. ``institution_id`` says which, where several have that name."""

    name: str
    reading: str
    affiliation: str
    source: str
    institution_id: int | None = None


def cleaned_institution(draft: InstitutionDraft) -> InstitutionDraft:
    """The draft as it is kept. Raises Invalid: a part of it is missing or can't be used."""
    name_ja, name_en = both_names(draft.name_ja, draft.name_en, NAME)
    found = address(draft.address.strip()) if draft.address.strip() else ""
    if found is None or len(found) > ADDRESS:
        raise Invalid(N_("Please copy the website address from your browser, or leave it empty."))
    place, note = one_name(draft.place, PLACE), one_name(draft.note, NOTE)
    # Discord ends a link in a text at a bracket.
    found = found.replace("(", "%28").replace(")", "%29")
    return InstitutionDraft(name_ja, name_en, draft.kind, country_of(draft.country), place, found, note)


def cleaned_contact(draft: ContactDraft) -> ContactDraft:
    """The draft as it is kept. Raises Invalid: a part of it is missing or can't be used."""
    role = one_name(draft.role, ROLE)
    if not role:
        raise Invalid(N_("Please enter their role there, such as “international office”."))
    mail = cleaned_detail(Field.MAIL, draft.mail)
    phone = " ".join(unicodedata.normalize("NFKC", draft.phone).split())
    if phone and (len(phone) > PHONE or not _PHONE.fullmatch(phone)):
        raise Invalid(
            N_(
                "That doesn't look like a phone number. Please enter digits, such as +81 3-1234-5678, or leave it "
                "empty."
            )
        )
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        raise Invalid(N_("The last day is before the first day. Please check both dates."))
    return ContactDraft(role, mail, phone, draft.starts_on, draft.ends_on)


def cleaned_person(draft: PersonDraft) -> PersonDraft:
    """The draft as it is kept. Raises Invalid: a part of it is missing or can't be used."""
    source = one_name(draft.source, SOURCE)
    if not source:
        raise Invalid(N_("Please say how they gave their consent, or where you got their name."))
    name, reading = clean_name(draft.name), clean_reading(draft.reading)
    affiliation = one_name(clean(draft.affiliation), NAME)
    return PersonDraft(name, reading, affiliation, source, draft.institution_id)


def kept_until(today: date) -> date:
    """The last day on which somebody is kept, if they are entered or kept for longer today: 31 March of the next
    fiscal year."""
    _, last = fiscal_year(today)
    return last.replace(year=last.year + 1)


Days = tuple[date, date | None]


def joined_days(one: Days, other: Days) -> Days:
    """From the first day of both to the last; without a last day where one of them has none."""
    last = max(one[1], other[1]) if one[1] is not None and other[1] is not None else None
    return min(one[0], other[0]), last


@cache
def countries() -> Mapping[str, tuple[str, str]]:
    """Code → its names (Japanese, English): ISO 3166-1 and Kosovo."""
    from babel import Locale

    ja: Mapping[str, str] = Locale("ja").territories
    en: Mapping[str, str] = Locale("en").territories
    codes = [code for code in en if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return {code: (ja.get(code, en[code]), en[code]) for code in codes}


def country_of(text: str) -> str:
    """The code of a country, by its code or name. Raises Invalid: there is no country of that name."""
    found = _by_name().get(fold(text))
    if found is None:
        message = N_("No country found for “{text}”. Please enter its name or two-letter code, such as Germany or DE.")
        raise Invalid(message, text=text[:60])
    return found


@cache
def _by_name() -> Mapping[str, str]:
    named = {fold(name): code for code, names in countries().items() for name in names}
    return named | {fold(code): code for code in countries()} | {fold(name): code for name, code in _ALSO.items()}
