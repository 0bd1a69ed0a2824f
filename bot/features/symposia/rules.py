"""What can be in a series, and which step follows which: pure decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Invalid
from bot.features.institutions.rules import country_of
from bot.features.organisations.naming import both_names, one_name
from bot.features.people.lifecycles import Lifecycle
from bot.features.symposia.models import EditionState, Role, SpeakerState
from bot.features.symposia.sizes import (
    AFFILIATION,
    CONTACT,
    HIGHEST,
    NAME,
    PLACE,
    REASON,
    SLOTS,
    SPEAKER,
    TITLE,
)
from bot.i18n import N_

CHANGED = N_("Somebody else was faster: this has changed meanwhile. Nothing was changed now. Please look again.")
EDITIONS = Lifecycle(EditionState.PLANNED)
ANNOUNCE = EDITIONS.step([EditionState.PLANNED], EditionState.ANNOUNCED, CHANGED, action="edition.announce")
HOLD = EDITIONS.step([EditionState.ANNOUNCED], EditionState.HELD, CHANGED, action="edition.hold")
CANCEL = EDITIONS.step(
    [EditionState.PLANNED, EditionState.ANNOUNCED], EditionState.CANCELLED, CHANGED, action="edition.cancel"
)
SPEAKERS = Lifecycle(SpeakerState.ASKED)
ACCEPT = SPEAKERS.step([SpeakerState.ASKED], SpeakerState.ACCEPTED, CHANGED, action="speaker.accept")
DECLINE = SPEAKERS.step([SpeakerState.ASKED], SpeakerState.DECLINED, CHANGED, action="speaker.decline")
TITLED = SPEAKERS.step([SpeakerState.ACCEPTED], SpeakerState.TITLE, CHANGED, action="speaker.title")
SLIDES = SPEAKERS.step(
    [SpeakerState.ACCEPTED, SpeakerState.TITLE], SpeakerState.SLIDES, CHANGED, action="speaker.slides"
)
SETTLE = SPEAKERS.step(
    [SpeakerState.ACCEPTED, SpeakerState.TITLE, SpeakerState.SLIDES],
    SpeakerState.SETTLED,
    CHANGED,
    action="speaker.settle",
)
#: Those who said yes, and didn't take it back.
FILLED = (
    SpeakerState.ACCEPTED,
    SpeakerState.TITLE,
    SpeakerState.SLIDES,
    SpeakerState.SETTLED,
    SpeakerState.THANKED,
)
THANK = SPEAKERS.step(FILLED[:-1], SpeakerState.THANKED, CHANGED, action="speaker.thank")
WITHDRAW = SPEAKERS.step([SpeakerState.ASKED, *FILLED[:-1]], SpeakerState.WITHDRAWN, CHANGED, action="speaker.withdraw")
#: Steps that are ticked with a speaker, by the state to which they lead.
STEPS = {one.to: one for one in (ACCEPT, DECLINE, SLIDES, SETTLE, THANK, WITHDRAW)}
#: Those who have the slot, or may have it yet.
LIVE = (SpeakerState.ASKED, *FILLED)

NOT_OUTSIDE = N_(
    "This slot is for somebody from outside medicine, dentistry and pharmacy. Please choose another person, or say "
    "that they are from outside."
)
BAD_SLOT = N_("Please begin each line with chair, speaker, discussant or Discourse: “{line}” doesn't.")
BAD_NUMBER = N_("Please enter the number of the edition: 1 to {n}.")
NO_SLOTS = N_("Please enter 1 to {n} slots, one in each line.")
#: As people write roles; the second of each is for somebody from outside medicine.
_ROLES: dict[str, tuple[Role, bool]] = {
    "chair": (Role.CHAIR, False),
    "座長": (Role.CHAIR, False),
    "司会": (Role.CHAIR, False),
    "speaker": (Role.SPEAKER, False),
    "演者": (Role.SPEAKER, False),
    "講師": (Role.SPEAKER, False),
    "discussant": (Role.DISCUSSANT, False),
    "指定討論者": (Role.DISCUSSANT, False),
    "討論者": (Role.DISCUSSANT, False),
    "discourse": (Role.SPEAKER, True),
    "感想": (Role.SPEAKER, True),
}
_DISCOURSE = ("感想（Discourse）", "Discourse")


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A slot of the template, or of an edition. One of the titles may be left empty, or both."""

    role: Role
    title_ja: str = ""
    title_en: str = ""
    from_outside: bool = False

    @property
    def row(self) -> tuple[str, str, str, bool]:
        return self.role.value, self.title_ja, self.title_en, self.from_outside


#: Of the symposia for which this was made first: two specialist lectures, and one talk from outside medicine.
USUAL = (
    SlotDraft(Role.CHAIR),
    SlotDraft(Role.SPEAKER, "専門講演1", "Specialist lecture 1"),
    SlotDraft(Role.SPEAKER, "専門講演2", "Specialist lecture 2"),
    SlotDraft(Role.SPEAKER, *_DISCOURSE, from_outside=True),
)


def cleaned_slot(draft: SlotDraft) -> SlotDraft:
    """Raises Invalid."""
    ja, en = one_name(draft.title_ja, TITLE), one_name(draft.title_en, TITLE)
    return SlotDraft(Role(draft.role), ja or en, en or ja, draft.from_outside)


def read_template(lines: Sequence[str]) -> list[SlotDraft]:
    """One slot in each line, as ``written_template`` writes them. Raises Invalid."""
    if not 1 <= len(lines) <= SLOTS:
        raise Invalid(NO_SLOTS, n=SLOTS)
    return [_read_slot(line) for line in lines]


def _read_slot(line: str) -> SlotDraft:
    word, _, title = line.replace("：", ":").partition(":")
    found = _ROLES.get(word.strip().casefold())
    if found is None:
        raise Invalid(BAD_SLOT, line=line.strip()[:60])
    role, from_outside = found
    ja, _, en = title.replace("／", "/").partition("/")
    if from_outside and not title.strip():
        ja, en = _DISCOURSE
    return cleaned_slot(SlotDraft(role, ja, en, from_outside))


def written_template(slots: Sequence[SlotDraft]) -> list[str]:
    """``speaker: 専門講演 / Specialist lecture``, which ``read_template`` reads again."""
    return [_written(one) for one in slots]


def _written(one: SlotDraft) -> str:
    word = "discourse" if one.from_outside else one.role.value
    title = one.title_ja if one.title_ja == one.title_en else f"{one.title_ja} / {one.title_en}"
    return f"{word}: {title}" if title else word


@dataclass(frozen=True, slots=True)
class EditionDraft:
    """What is typed of an edition. ``when``: year, month and day, which is None while only the month is known.
    ``country``: a name or a code."""

    number: int
    when: tuple[int, int, int | None]
    title_ja: str = ""
    title_en: str = ""
    place: str = ""
    country: str = ""


def cleaned_edition(draft: EditionDraft) -> EditionDraft:
    """Raises Invalid."""
    if not 1 <= draft.number <= HIGHEST:
        raise Invalid(BAD_NUMBER, n=HIGHEST)
    ja, en = one_name(draft.title_ja, TITLE), one_name(draft.title_en, TITLE)
    country = country_of(draft.country) if draft.country.strip() else ""
    return EditionDraft(draft.number, draft.when, ja or en, en or ja, one_name(draft.place, PLACE), country)


@dataclass(frozen=True, slots=True)
class SpeakerDraft:
    """Somebody from outside. ``affiliation`` and ``contact`` (mail or phone) may be empty."""

    name: str
    affiliation: str = ""
    contact: str = ""
    is_outside: bool = False


def cleaned_speaker(draft: SpeakerDraft) -> SpeakerDraft:
    """Raises Invalid."""
    name = one_name(draft.name, SPEAKER)
    if not name:
        raise Invalid(N_("Please enter the speaker's name."))
    contact = " ".join(draft.contact.split())
    if len(contact) > CONTACT:
        raise Invalid(N_("That is too long: at most {n} characters fit. Please shorten it."), n=CONTACT)
    return SpeakerDraft(name, one_name(draft.affiliation, AFFILIATION), contact, draft.is_outside)


def cleaned_names(ja: str, en: str) -> tuple[str, str]:
    """Of a series. Raises Invalid."""
    return both_names(ja, en, NAME)


def checked_reason(text: str) -> str:
    """Why an edition is cancelled. Raises Invalid."""
    if not 1 <= len(text.strip()) <= REASON:
        raise Invalid(N_("Please say in 1 to {n} characters why it is cancelled."), n=REASON)
    return text.strip()
