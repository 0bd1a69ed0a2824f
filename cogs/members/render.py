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
from bot.ui.committees import committee_names
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.pages import Page, Rows

KIND_WORDS = {
    Kind.STUDENT: N_("Student"),
    Kind.GRADUATE: N_("Graduated"),
    Kind.HIGH_SCHOOL: N_("High-school student"),
    Kind.WORKING: N_("Working adult"),
}
CONTACT_WORDS = {
    Contact.CHANNEL: N_("Mention me in a channel"),
    Contact.DIRECT: N_("Send me a direct message"),
    Contact.NOT: N_("I'll check myself"),
}
VISIBILITY_WORDS = {
    Visibility.OFFICERS: N_("Only your LC's officers and the national officers in charge"),
    Visibility.LC: N_("Members of your LC as well"),
    Visibility.EVERYBODY: N_("Every member of the organisation"),
}
STEP_TITLES = {
    Step.NAME: N_("Your name"),
    Step.INSTITUTION: N_("Your school"),
    Step.YEAR: N_("Your year"),
    Step.LC: N_("The LC at your school"),
    Step.START: N_("Starting an LC"),
    Step.INTERESTS: N_("Committees you're interested in"),
    Step.CONTACT: N_("How we contact you"),
}
CHANGE_WORDS = {
    Step.NAME: N_("Your name"),
    Step.INSTITUTION: N_("Affiliation"),
    Step.YEAR: N_("Year"),
    Step.LC: N_("LC"),
    Step.START: N_("Starting an LC"),
    Step.INTERESTS: N_("Committees"),
    Step.CONTACT: N_("How we contact you"),
}
STEP_TEXTS = {
    Step.NAME: N_("What should we call you? The reading helps others say your name. It's optional."),
    Step.INSTITUTION: N_(
        "Choose a region, then your school. All faculties are welcome. You can also type part of the name with /join."
    ),
    Step.YEAR: N_("Which year are you in?"),
    Step.LC: N_(
        "Are you a member of the LC (local committee) there? Either way, you can take part in everything right away."
    ),
    Step.START: N_(
        "Would you like to start an LC at your school one day? There's no commitment. It shows the national officers "
        "where to help."
    ),
    Step.INTERESTS: N_("Choose as many as you like. You can change this at any time."),
    Step.CONTACT: N_(
        "How should we contact you about what you take part in? We send direct messages only if you choose them. If "
        "you choose mentions, you get the roles of your committees on servers that have them. Everyone there can see "
        "your roles."
    ),
}


#: The same question where the school is not in the directory, so that nobody knows of an LC there.
START_ELSEWHERE = N_(
    "Your school isn't listed as having an LC. Would you like to start one there one day? There's no commitment. It "
    "shows the national officers where to help. Either way, you can take part in everything here."
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
        lines.insert(0, words("This notice has changed since you joined. Please read it again."))
    lines.append(words("Nothing is saved until you agree. Joining then takes about two minutes."))
    return Page(
        title=words("How we use your data"),
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
        return words("Not set")
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
            waiting = words("waiting for its officers to confirm; you can take part in everything meanwhile")
        elif card.lc.claim is RequestState.DECLINED:
            waiting = words("its officers didn't recognise your name; please talk to one of them")
        else:
            waiting = words(
                "your membership has ended; if you're still a member, press “LC” and choose “I'm a member” to be "
                "confirmed again"
            )
        return words(", ").join(filter(None, [names, waiting]))
    if names:
        leaves = card.lc_answer is LcAnswer.NOT_IN and card.lc is not None and card.lc.is_member
        return words("{names} (until the end of today)", names=names) if leaves else names
    if card.would_start:
        return words("none at your school; you'd like to start one")
    return words("none")


def committees_line(committees: Sequence[CommitteeChoice], words: Words) -> str:
    return committee_names([one.abbreviation for one in committees], words) or words("none in particular")


def done_page(card: ProfileCard, words: Words, rows: Rows) -> Page:
    """What comes next, once the last question has been answered."""
    lines = [words("Thank you, {name}. You've joined!", name=plain(card.name))]
    if card.lc is not None and card.lc_answer is LcAnswer.IN and not card.lc.is_member:
        lines.append(
            words(
                "The officers of the LC at {school} will be asked to confirm you. You don't need to wait for it.",
                school=words.either(card.school.name_ja, card.school.name_en) if card.school else "",
            )
        )
    elif not card.memberships and card.is_association:
        lines.append(words("You can join in without an LC."))
    if card.would_start:
        lines.append(words("We've noted that you'd like to start an LC. A national officer can help you."))
    if card.interests:
        lines.append(
            words(
                "Committees you're interested in: {committees}",
                committees=committees_line(card.interests, words),
            )
        )
    lines.append(words("Open Home to see what you can join next."))
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
            words("How we contact you"),
            _contact_line(card, words),
            True,
        ),
        (words("Who can find you"), words(VISIBILITY_WORDS[card.visibility]), True),
    ]
    return Page(
        title=words("My page"),
        text=words("This is the data we hold about you. Only you can see this page."),
        fields=fields,
        rows=rows,
        footer=words(
            "You agreed on {date} (version {version} of the notice).",
            date=long_date(local_date(card.consented_at, time_zone), words),
            version=card.purpose_version,
        ),
    )


def _contact_line(card: ProfileCard, words: Words) -> str:
    how = words(CONTACT_WORDS[card.contact]) if card.contact else words("Not set")
    return how if card.hears_of_events else words("{how} (nothing about events)", how=how)


def nothing_page(words: Words, rows: Rows) -> Page:
    return Page(
        title=words("My page"),
        text=words("You haven't joined yet."),
        rows=[*rows, [home_button(words)]],
    )
