"""How memberships, fees and steps look."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.features.memberships.models import FeeState, MembershipKind
from bot.features.memberships.rules import Standing, kinds
from bot.features.memberships.values import (
    CandidateLine,
    FeeLine,
    FeePage,
    OwnMembership,
    Settings,
    StaffLine,
    StayLine,
    StepCard,
)
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.pages import TROUBLE, Item, Page

STATE_WORDS = {
    FeeState.DUE: N_("not reported yet"),
    FeeState.REPORTED: N_("reported as paid"),
    FeeState.PAID: N_("received"),
}


def kind_name(kind: MembershipKind, words: Words) -> str:
    card = kinds()[kind]
    return words.either(card.name_ja, card.name_en)


def standing_line(standing: Standing, words: Words) -> str:
    name = f"**{kind_name(standing.kind, words)}**"
    if standing.until is None:
        return name
    day = long_date(standing.until, words)
    if standing.in_grace:
        return words("{kind} from last year, valid until {date}", kind=name, date=day)
    return words("{kind} until {date}", kind=name, date=day)


def fiscal(year: int, words: Words) -> str:
    return words("fiscal year {year}", year=year)


def own_page(own: OwnMembership, words: Words, rows: list[list[Item]]) -> Page:
    lines = [words("Your status: {standing}", standing=standing_line(own.standing, words))]
    if own.plain != own.standing:
        lines.append(words("Besides your post: {standing}", standing=standing_line(own.plain, words)))
    fields = []
    if own.open_renewal is not None:
        text = words(
            "A new fiscal year has begun. Are you staying? Please choose your current year of study below. "
            "Memberships don't renew automatically: without an answer, last year's membership ends {n} days after 1 "
            "April.",
            n=own.settings.grace_days,
        )
        if own.fee is None and own.is_student and own.plain.in_grace:
            owed = words(
                "If you were an individual member and stay, you pay the fee of {amount} yen again. You can withdraw "
                "until you have paid.",
                amount=f"{own.settings.fee:,}",
            )
            text = f"{text}\n{owed}"
        fields.append((words("Please answer"), text, False))
    for stay in own.stays[:1]:
        text = words(
            "Are you still in the LC at {lc}? If neither you nor its officers answer, you're a member until {date}.",
            lc=words.either(stay.lc_ja, stay.lc_en),
            date=long_date(stay.until, words),
        )
        fields.append((words("Your LC"), text, False))
    if own.fee is not None:
        fields.append((words("Fee for {year}", year=fiscal(own.year, words)), _fee_text(own, words), False))
    if own.steps:
        steps = "\n".join(step_line(step, words) for step in own.steps)
        fields.append((words("Becoming staff"), steps, False))
    return Page(title=words("My membership"), text="\n".join(lines), fields=fields, rows=rows)


def stay_page(settings: Settings, year: int, words: Words, rows: list[list[Item]], note: str) -> Page:
    """Before somebody owes a fee again."""
    text = words(
        "You were an individual member last year. If you stay one, you pay the fee of **{amount} yen** for {year}. "
        "You can withdraw at any time until you have paid.",
        amount=f"{settings.fee:,}",
        year=fiscal(year, words),
    )
    lines = [note, text, _how_to_pay(settings, words)]
    return Page(title=words("Stay an individual member?"), text="\n\n".join(filter(None, lines)), rows=rows)


def offer_page(settings: Settings, year: int, words: Words, rows: list[list[Item]], note: str) -> Page:
    """Before somebody owes a fee."""
    lines = [
        note,
        words(
            "Individual members pay a fee for each fiscal year: **{amount} yen** for {year}. It is due once you "
            "apply. You can withdraw at any time until you have paid.",
            amount=f"{settings.fee:,}",
            year=fiscal(year, words),
        ),
        _how_to_pay(settings, words),
    ]
    return Page(title=words("Become an individual member?"), text="\n\n".join(filter(None, lines)), rows=rows)


def _how_to_pay(settings: Settings, words: Words) -> str:
    if settings.how_to_pay:
        return escape_markdown(settings.how_to_pay)
    return words("There are no payment details yet. Please ask the treasurer.")


def _fee_text(own: OwnMembership, words: Words) -> str:
    fee = own.fee
    assert fee is not None
    if fee.state is FeeState.PAID:
        return words("✅ {amount} yen received. Thank you!", amount=f"{fee.amount:,}")
    lines = [words("**{amount} yen**", amount=f"{fee.amount:,}"), _how_to_pay(own.settings, words)]
    lines.append(
        words("Please put this number before your name on the transfer: **{reference}**", reference=fee.reference)
    )
    if fee.state is FeeState.REPORTED:
        lines.append(
            words(
                "You said you've paid, as {payer}. The treasurer will check it. There's nothing more for you to do.",
                payer=escape_markdown(fee.payer),
            )
        )
    return "\n".join(lines)


def step_line(step: StepCard, words: Words) -> str:
    name = escape_markdown(words.either(step.name_ja, step.name_en))
    return f"✅ {name}" if step.is_done else f"⬜ {name}"


def fees_above(page: FeePage, words: Words, text: str) -> list[str]:
    """Lines above the list: how many there are of the whole year, and what is searched for."""
    counts = [
        words("received: **{n}**", n=page.counts.get(FeeState.PAID, 0)),
        words("reported as paid: **{n}**", n=page.counts.get(FeeState.REPORTED, 0)),
        words("not reported yet: **{n}**", n=page.counts.get(FeeState.DUE, 0)),
    ]
    searched = [words("Search: {text}", text=escape_markdown(text))] if text else []
    return [words(" / ").join(counts), *searched]


def fee_line(line: FeeLine, words: Words) -> str:
    name = escape_markdown(line.name) or words("(deleted)")
    parts = [f"`{line.reference}`", f"**{name}**"]
    if line.payer:
        parts.append(words("paid as {payer}", payer=escape_markdown(line.payer)))
    elif line.reading:
        parts.append(escape_markdown(line.reading))
    parts.append(words("{amount} yen", amount=f"{line.amount:,}"))
    if line.state is FeeState.REPORTED:
        parts.append(words("reported"))
    return "・" + " ".join(parts)


def candidate_line(line: CandidateLine, words: Words) -> str:
    return words("・**{name}**: {done} of {n} steps", name=escape_markdown(line.name), done=line.done, n=line.steps)


def progress_page(name: str, steps: tuple[StepCard, ...], words: Words, rows: list[list[Item]]) -> Page:
    text = [words("Choose all completed steps. Once all are done, they become staff."), ""]
    text += [step_line(step, words) for step in steps]
    return Page(title=escape_markdown(name), text="\n".join(text), rows=rows)


def staff_line(line: StaffLine, words: Words) -> str:
    day = long_date(line.until, words)
    until = words("from last year, until {date}", date=day) if line.in_grace else words("until {date}", date=day)
    return words("・**{name}** {until}", name=escape_markdown(line.name), until=until)


def end_page(line: StaffLine, words: Words, rows: list[list[Item]]) -> Page:
    text = words(
        "They will no longer be staff or a candidate, and their roles will change too. Their membership and fee stay "
        "as they are, and they can apply again. They see this on “My membership”, and get a message if they asked for"
        " direct messages."
    )
    return Page(title=escape_markdown(line.name), text=text, rows=rows, colour=TROUBLE)


def ended_line(name: str, words: Words) -> str:
    return words("{name} is no longer staff or a candidate.", name=escape_markdown(name))


def leave_page(words: Words, rows: list[list[Item]]) -> Page:
    text = words(
        "Your membership doesn't change, and you can apply again at any time. You don't need to give a reason."
    )
    return Page(title=words("Stop working with the staff?"), text=text, rows=rows)


def stay_line(line: StayLine, words: Words) -> str:
    return words(
        "・**{name}**: {lc}, until {date}",
        name=escape_markdown(line.name),
        lc=words.either(line.lc_ja, line.lc_en),
        date=long_date(line.until, words),
    )
