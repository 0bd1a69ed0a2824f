"""A person's record as pages."""

from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot.clock import local_date
from bot.features.members import rules
from bot.features.members.models import Contact, Kind, LcAnswer, Visibility
from bot.features.members.rules import Step, progress
from bot.features.members.values import CommitteeChoice, ProfileCard
from bot.features.requests.models import RequestState
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Item, Page, Rows

KIND_WORDS = {
    Kind.STUDENT: N_("Student"),
    Kind.GRADUATE: N_("Graduated"),
    Kind.HIGH_SCHOOL: N_("In high school"),
    Kind.WORKING: N_("Working"),
}
CONTACT_WORDS = {
    Contact.CHANNEL: N_("By a mention in a channel"),
    Contact.DIRECT: N_("By direct message"),
    Contact.NOT: N_("I look by myself"),
}
VISIBILITY_WORDS = {
    Visibility.OFFICERS: N_("Only your LC's officers and the national officers in charge"),
    Visibility.LC: N_("Members of your LC, too"),
    Visibility.EVERYBODY: N_("Every member of the organisation"),
}
STEP_TITLES = {
    Step.NAME: N_("Your name"),
    Step.INSTITUTION: N_("Your school"),
    Step.YEAR: N_("Your year"),
    Step.LC: N_("The LC at your school"),
    Step.START: N_("Starting an LC"),
    Step.INTERESTS: N_("Committees that interest you"),
    Step.CONTACT: N_("How to reach you"),
}
CHANGE_WORDS = {
    Step.NAME: N_("Your name"),
    Step.INSTITUTION: N_("Affiliation"),
    Step.YEAR: N_("Year"),
    Step.LC: N_("LC"),
    Step.START: N_("Starting an LC"),
    Step.INTERESTS: N_("Committees"),
    Step.CONTACT: N_("How to reach you"),
}
STEP_TEXTS = {
    Step.NAME: N_(
        "How do you want to be called here? The reading helps others to say your name; you may leave it out."
    ),
    Step.INSTITUTION: N_(
        "Choose a region, then your school. Every faculty is welcome. With /join you can also type a part of its name."
    ),
    Step.YEAR: N_("Which year are you in?"),
    Step.LC: N_(
        "Are you in the LC (local committee) there? Whatever you answer, you can take part in everything right away."
    ),
    Step.START: N_(
        "Would you like to start an LC at your school one day? It binds you to nothing; the national officers then "
        "know where to help."
    ),
    Step.INTERESTS: N_("Choose as many as you like. You can change it at any time."),
    Step.CONTACT: N_(
        "How may I tell you about what you take part in? Direct messages come only if you choose them. With a mention "
        "you get the roles of the committees that interest you, where a server has them; everybody there sees them."
    ),
}


#: The same question where the school is not in the directory, so that nobody knows of an LC there.
START_ELSEWHERE = N_(
    "Your school isn't among those with an LC. Would you like to start one there one day? It binds you to nothing; the "
    "national officers then know where to help. You are a full member of everything here in any case."
)


def plain(text: str) -> str:
    """What somebody typed, without effect: no markup, no mention."""
    return escape_markdown(text).replace("<", "\\<").replace("@", "@\u200b")


def language_page(words: Words, other: Words, rows: Rows) -> Page:
    return Page(
        title=" / ".join([words("Welcome"), other("Welcome")]),
        text="\n".join([words("Which language do you prefer?"), other("Which language do you prefer?")]),
        rows=rows,
    )


def notice_page(name: str, words: Words, rows: Rows, *, is_new: bool) -> Page:
    """The purpose notice. ``is_new``: the person has agreed to an earlier one."""
    lines = [words(line, name=plain(name)) for line in rules.NOTICE]
    if is_new:
        lines.insert(0, words("The notice has changed since you joined. Please read it once more."))
    lines.append(words("Nothing is kept until you agree. It then takes about two minutes."))
    return Page(
        title=words("What your data are for"),
        text="\n".join(lines),
        rows=rows,
        footer=words("Version {version}", version=rules.VERSION),
    )


def step_page(card: ProfileCard, step: Step, words: Words, rows: Rows, note: str = "") -> Page:
    """A question. Before somebody has joined it says how many are left, afterwards what is to be changed."""
    title = words(STEP_TITLES[step])
    if card.joined_at is None:
        number, of = progress(step, card.answers)
        title = words("{n} of {of}: {title}", n=number, of=of, title=title)
    text = [words(START_ELSEWHERE if step is Step.START and not card.is_listed_school else STEP_TEXTS[step])]
    if note:
        text.insert(0, note)
    return Page(title=title, text="\n".join(text), rows=rows)


def school_line(card: ProfileCard, words: Words) -> str:
    """School and year, or what somebody is instead."""
    if card.kind in (Kind.HIGH_SCHOOL, Kind.WORKING):
        return words(KIND_WORDS[card.kind])
    if card.school is None:
        return words("not said yet")
    school = words.either(card.school.name_ja, card.school.name_en)
    if not card.is_listed_school and card.institution:
        school = plain(card.institution)
    if card.year_of_study:
        return words("{school}, year {n}", school=school, n=card.year_of_study)
    if card.kind is None:
        return school
    return words("{school} ({kind})", school=school, kind=words(KIND_WORDS[card.kind]))


def lc_line(card: ProfileCard, words: Words) -> str:
    """Where they stand with LCs; gentle where nobody recognised them."""
    names = words(", ").join(words.either(*names) for names in card.memberships)
    if card.lc is not None and not card.lc.is_member and card.lc_answer is LcAnswer.IN:
        if card.lc.claim is RequestState.PENDING:
            waiting = words("waiting for a word from its officers; you can take part in everything meanwhile")
        elif card.lc.claim is RequestState.DECLINED:
            waiting = words("its officers couldn't match your name; please speak with one of them")
        else:
            waiting = words("your time in it has ended; say that you are in it to be confirmed again")
        return words(", ").join(filter(None, [names, waiting]))
    if names:
        return names
    if card.would_start:
        return words("none at your school; you would like to start one")
    return words("none")


def committees_line(committees: Sequence[CommitteeChoice], words: Words) -> str:
    return words(", ").join(one.abbreviation for one in committees) or words("none in particular")


def done_page(card: ProfileCard, words: Words, rows: Rows) -> Page:
    """What comes next, once the last question has been answered."""
    lines = [words("Thank you, {name}. You are in.", name=plain(card.name))]
    if card.lc is not None and card.lc_answer is LcAnswer.IN and not card.lc.is_member:
        lines.append(
            words(
                "The officers of the LC at {school} are asked to confirm you. You need not wait for it.",
                school=words.either(card.school.name_ja, card.school.name_en) if card.school else "",
            )
        )
    elif not card.memberships and card.is_association:
        lines.append(words("You need no LC here: everything is open to you."))
    if card.would_start:
        lines.append(words("That you would like to start an LC is noted; a national officer can help you with it."))
    if card.interests:
        lines.append(
            words(
                "Committees that interest you: {committees}",
                committees=committees_line(card.interests, words),
            )
        )
    lines.append(words("Your home shows what you can join next."))
    return Page(title=words("Welcome"), text="\n".join(lines), rows=rows)


def card_page(card: ProfileCard, words: Words, time_zone: str, rows: Rows) -> Page:
    """All that is held, and who can see it."""
    fields = [
        (words("Your name"), plain(card.name) + (f"\n{plain(card.reading)}" if card.reading else ""), True),
        (words("Affiliation"), school_line(card, words), True),
    ]
    if card.is_association:
        fields.append((words("LC"), lc_line(card, words), True))
    if card.has_committees:
        fields.append((words("Committees"), committees_line(card.interests, words), True))
    fields += [
        (
            words("How to reach you"),
            words(CONTACT_WORDS[card.contact]) if card.contact else words("not said yet"),
            True,
        ),
        (words("Who can find you"), words(VISIBILITY_WORDS[card.visibility]), True),
    ]
    return Page(
        title=words("My card"),
        text=words("This is what is kept about you. Only you see this page."),
        fields=fields,
        rows=rows,
        footer=words(
            "You agreed on {date} (notice of {version}).",
            date=long_date(local_date(card.consented_at, time_zone), words),
            version=card.purpose_version,
        ),
    )


def nothing_page(words: Words, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("My card"),
        text=words("Nothing is kept about you here."),
        rows=[*rows, [home_button(words)]],
    )
