"""The order of the questions, names as people type them, what people's data are for, and when somebody is asked to
confirm. Pure decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import local_date
from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.features.members.models import Kind, LcAnswer
from bot.features.people.models import Level
from bot.features.people.rules import Holding
from bot.i18n import N_
from bot.typed import NO_INK, check_name, one_line

#: The local hour at which the officers of an LC hear who says they are in it: once a day.
GATHERED_AT = time(18)
#: Days after which they are asked once more, and after which the national officers are.
ASKED_AGAIN, ASKED_ABOVE = 7, 14
#: Days during which somebody who was not recognised is not put before the same officers again.
NOT_BEFORE = timedelta(days=30)
#: How many newcomers are greeted in one message: each with a mention, within Discord's 2,000 characters.
GREETED_TOGETHER = 50
#: How long it is remembered who has been greeted, and how long a greeting stands: within a week a newcomer has joined
#: or has looked around, and the panel leads into joining, too.
GREETING_KEPT = timedelta(days=7)


class Step(StrEnum):
    NAME = "name"
    INSTITUTION = "institution"
    YEAR = "year"
    LC = "lc"
    START = "start"
    INTERESTS = "interests"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Answers:
    """What has been answered. ``has_lc``: the directory has an LC for the school; ``is_association``: the
    organisation is one of LCs; ``has_committees``: it has committees to be interested in."""

    reading: str | None = None
    kind: Kind | None = None
    has_school: bool = False
    has_lc: bool = False
    lc_answer: LcAnswer | None = None
    would_start: bool | None = None
    interests_answered: bool = False
    contact: str | None = None
    is_association: bool = True
    has_committees: bool = True


def asked(answers: Answers) -> list[Step]:
    """The questions for this person, in their order, answered or not."""
    studies = answers.has_school and answers.kind in (None, Kind.STUDENT)
    without_lc = answers.lc_answer is LcAnswer.NONE if answers.has_lc else answers.is_association
    wanted = {
        Step.NAME: True,
        Step.INSTITUTION: True,
        Step.YEAR: answers.has_school,
        Step.LC: studies and answers.has_lc,
        Step.START: studies and without_lc,
        Step.INTERESTS: answers.has_committees,
        Step.CONTACT: True,
    }
    return [step for step in Step if wanted[step]]


def is_answered(step: Step, answers: Answers) -> bool:
    return {
        Step.NAME: answers.reading is not None,
        Step.INSTITUTION: answers.has_school or answers.kind in (Kind.HIGH_SCHOOL, Kind.WORKING),
        Step.YEAR: answers.kind is not None,
        Step.LC: answers.lc_answer is not None,
        Step.START: answers.would_start is not None,
        Step.INTERESTS: answers.interests_answered,
        Step.CONTACT: answers.contact is not None,
    }[step]


def open_step(answers: Answers) -> Step | None:
    """The first question that waits for an answer; None if all have one."""
    return next((step for step in asked(answers) if not is_answered(step, answers)), None)


def step_before(step: Step, answers: Answers) -> Step | None:
    """Where "Back" leads; None from the first question."""
    before = [one for one in asked(answers) if list(Step).index(one) < list(Step).index(step)]
    return before[-1] if before else None


def progress(step: Step, answers: Answers) -> tuple[int, int]:
    """This question's number, and of how many. As long as the school is open, those of a student are counted, so that
    they don't become more on the way."""
    if not is_answered(Step.INSTITUTION, answers):
        answers = replace(answers, has_school=True, has_lc=answers.is_association)
    order = asked(answers)
    return order.index(step) + 1 if step in order else 1, len(order)


def gathering(now: datetime, time_zone: str, days: int = 0) -> tuple[date, datetime]:
    """The day and instant of the gathered message that comes next, or so many days after it."""
    day = local_date(now, time_zone)
    if local_time(now, time_zone).time() >= GATHERED_AT:
        day += timedelta(days=1)
    day += timedelta(days=days)
    return day, instant(datetime.combine(day, GATHERED_AT), time_zone)


def goes_above(claimed_at: datetime, now: datetime, *, has_officers: bool) -> bool:
    """May the national officers by now decide whether somebody is in an LC?"""
    return not has_officers or now - claimed_at >= timedelta(days=ASKED_ABOVE)


@dataclass(frozen=True, slots=True)
class Sight:
    """The people whom somebody may find besides those who chose to be found by everybody. ``everyone``: a national
    officer whose post is about no committee; ``committees``: keys of those that a national officer is in charge of;
    ``cares_for``: LCs of which they are an officer; ``lcs``: to which they belong."""

    everyone: bool
    committees: frozenset[str]
    cares_for: frozenset[int]
    lcs: frozenset[int]


def sight(holdings: Iterable[Holding]) -> Sight:
    """From the posts held today."""
    holdings = list(holdings)
    national = [one for one in holdings if one.is_officer and one.level is Level.NATION]
    return Sight(
        everyone=any(one.committee is None for one in national),
        committees=frozenset(one.committee for one in national if one.committee is not None),
        cares_for=frozenset(one.lc_id for one in holdings if one.is_officer and one.lc_id is not None),
        lcs=frozenset(one.lc_id for one in holdings if one.lc_id is not None),
    )


MAX_NAME = 60
MAX_TYPED = 500
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_BLANKS = re.compile(r"\s+")
#: Marks piled on one letter beyond what any script needs.
_PILED = 3


def clean(text: str) -> str:
    """One line without what can't be seen: controls, zero-width and direction characters; width as usual for digits,
    blanks and Latin letters; every kanji as it was typed; not more marks on a letter than any language puts there."""
    text = one_line(_usual_width(one_line(text[:MAX_TYPED])))
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category[0] == "C":  # control, format, private, unassigned
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _PILED:
            kept.append(char)
    return _BLANKS.sub(" ", "".join(kept)).strip()


def _usual_width(text: str) -> str:
    """NFKC, except for kanji: a 神 written with U+FA19 stays as it is."""
    return "".join(
        part if _COMPATIBLE.match(part) else unicodedata.normalize("NFKC", part) for part in _COMPATIBLE.split(text)
    )


def clean_name(text: str) -> str:
    """A display name.

    Raises:
        Invalid: nothing readable is left, it is too long, or it mentions people.
    """
    name = clean(text)
    if not any(unicodedata.category(char)[0] in "LN" for char in name):
        raise Invalid(NO_INK)
    if len(name) > MAX_NAME:
        raise Invalid(N_("That name is too long. Please use at most {n} characters."), n=MAX_NAME)
    check_name(name)
    return name


def clean_reading(text: str) -> str:
    """How a name is said; "" if it was left out.

    Raises:
        Invalid: it is written in kanji, or is too long.
    """
    reading = clean(text)
    if len(reading) > MAX_NAME:
        raise Invalid(N_("That reading is too long. Please use at most {n} characters."), n=MAX_NAME)
    if text.strip():
        check_name(reading)
    if any("CJK" in unicodedata.name(char, "") for char in reading):
        raise Invalid(N_("Please write the reading in kana or in Roman letters, for example やまだ はな."))
    return reading


def clean_institution(text: str) -> str:
    """The name of a school that isn't in the list; "" if it was left out.

    Raises:
        Invalid: nothing of it can be seen, it is too long, or it mentions people.
    """
    name = clean(text)
    if len(name) > MAX_NAME:
        raise Invalid(N_("That name is too long. Please use at most {n} characters."), n=MAX_NAME)
    if text.strip():
        check_name(name)
    return name


#: Goes up whenever the notice says something else; people who agreed to an older one are asked again.
VERSION = "2026-12-01"
NOTICE = (
    N_(
        "**What we use it for:** running {name}: letting you take part, sending you what you asked for, and letting "
        "your LC and the national officers know who their members are. Nothing else."
    ),
    N_(
        "**What we keep:** your Discord account, name and its reading, school and year, LC, the committees you're "
        "interested in, and how you want to be contacted. Later also your memberships and fees (with the payer's "
        "name), steps towards staff, events you're invited to or join, your answers to their questions, "
        "what you acknowledge and answer, and whether you stay each 1 April. No birth date, no phone number, no "
        "address."
    ),
    N_(
        "**Who sees it:** the officers of your own LC and the national officers in charge. Others see it only if you "
        "choose so. Your roles on a server show everyone there your LC, your posts and your kind of membership."
    ),
    N_(
        "**How long:** until you delete it. If you're inactive for more than a fiscal year, you are asked on /home "
        "whether to keep it (by direct message only if you chose those). Without an answer, it is deleted after 60 "
        "days."
    ),
    N_("**Where it is:** in the bot's database. Messages on Discord are stored by Discord."),
    N_(
        "**It stays yours:** use /me to see, correct, export or delete it at any time. Questions? Ask the national "
        "officers."
    ),
)
