"""Certificates as they are printed, for their owners, their organisers, and people who come by an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.features.certificates.models import CertificateKind
from bot.features.certificates.rules import Worth, written
from bot.features.certificates.values import Frame, Papers, Printed, Verdict
from bot.features.documents.papers import NO_PICTURE, Certificates, CertificateSheet, Statement, embedded, qr
from bot.features.events.queries import EventCard
from bot.features.events.rules import When
from bot.i18n import N_, Words, words_for
from bot.ui.committees import committee_name
from bot.ui.dates import long_span, typed_date

#: In what a certificate is written: both on one sheet, or one alone.
BOTH, LANGUAGES = "both", ("ja", "en")
KIND_WORDS = {
    CertificateKind.ATTENDANCE: N_("Certificate of Attendance"),
    CertificateKind.PARTICIPATION: N_("Certificate of Participation"),
}
WORTH_WORDS = {
    Worth.VALID: N_("✅ This certificate is genuine."),
    Worth.EXPIRED: N_("⌛ This certificate was genuine. It has expired."),
    Worth.REVOKED: N_("❌ This certificate was revoked. It doesn't count any more."),
    Worth.REPLACED: N_("🔁 This certificate was replaced by a newer one."),
}
#: Nobody learns whether it is the code or the name.
UNKNOWN = N_("❌ There is no certificate with this code and this name. Please check both, letter by letter.")
_BEFORE = N_("This is to certify that")
_AFTER = {
    CertificateKind.ATTENDANCE: N_("attended the following event."),
    CertificateKind.PARTICIPATION: N_("took part in the following event."),
}
#: Of the frame.
_COLOUR = "#1f5f7a"


def sheets(papers: Papers, language: str, public_url: str | None) -> Certificates:
    """``language``: ``BOTH``, or one of ``LANGUAGES``. ``public_url``: where there is a page that checks them."""
    frame = papers.frame
    spoken = [words_for(one) for one in (LANGUAGES if language == BOTH else (language,))]
    seal = NO_PICTURE
    if frame.seal is not None:
        seal = embedded(frame.seal.content, frame.seal.width, frame.seal.height)
    title = spoken[0].either(frame.event.title_ja, frame.event.title_en)
    return Certificates(title, _COLOUR, seal, [_sheet(frame, one, spoken, public_url) for one in papers.sheets])


def _sheet(frame: Frame, one: Printed, spoken: Sequence[Words], public_url: str | None) -> CertificateSheet:
    code, joint = written(one.code), " / "
    return CertificateSheet(
        parts=[_statement(frame, one, words) for words in spoken],
        label=joint.join(words("Code") for words in spoken),
        code=code,
        check="\n".join(_how(words, public_url) for words in spoken),
        qr=qr(f"{public_url}/c?code={code}") if public_url is not None else NO_PICTURE,
    )


def _how(words: Words, public_url: str | None) -> str:
    if public_url is None:
        return words("It can be checked with /event on our Discord server.")
    return words("It can be checked at {address}", address=f"{public_url}/c")


def _statement(frame: Frame, one: Printed, words: Words) -> Statement:
    event = frame.event
    facts = [(words("Date"), written_when(event.when, words))] if event.when is not None else []
    if event.place:
        facts.append((words("Venue"), event.place))
    if one.minutes is not None:
        facts.append((words("Time attended"), written_minutes(one.minutes, words)))
    if host := _host(event, words):
        facts.append((words("Organised by"), host))
    facts.append((words("Issued on"), typed_date(one.issued_on, words)))
    if one.expires_on is not None:
        facts.append((words("Valid until"), typed_date(one.expires_on, words)))
    return Statement(
        organisation=words.either(frame.organisation_ja, frame.organisation_en),
        heading=words(KIND_WORDS[one.kind]),
        before=words(_BEFORE),
        name=one.name,
        after=words(_AFTER[one.kind]),
        title=words.either(event.title_ja, event.title_en),
        facts=facts,
    )


def _host(event: EventCard, words: Words) -> str:
    own = words.either(event.lc_ja, event.lc_en) if event.lc_id is not None else ""
    if not own and event.abbreviation is not None:
        own = committee_name(event.abbreviation, words)
    others = [words.either(one.name_ja, one.name_en) for one in event.hosts]
    return words(", ").join(filter(None, [own, *others]))


def written_when(when: When, words: Words) -> str:
    """On the event's own clocks."""
    if when.whole_days:
        first, last = when.starts.date(), when.last_day
        return long_span(first, None if last == first else last, words)
    return long_span(when.starts, when.ends, words)


def written_day(when: When, words: Words) -> str:
    """The days alone."""
    last = when.last_day if when.whole_days else (when.ends or when.starts).date()
    first: date = when.starts.date()
    return long_span(first, None if last == first else last, words)


def written_minutes(minutes: int, words: Words) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return words.plural("{n} minute", "{n} minutes", rest)
    said = words.plural("{n} hour", "{n} hours", hours)
    return f"{said}{'' if words.language == 'ja' else ' '}{written_minutes(rest, words)}" if rest else said


def verdict_lines(found: Verdict | None, words: Words) -> list[str]:
    """What whoever checks a certificate is told: nothing else than its kind, its event and the day."""
    if found is None:
        return [words(UNKNOWN)]
    lines = [words(WORTH_WORDS[found.worth]), words(KIND_WORDS[found.kind])]
    lines += [words.either(found.title_ja, found.title_en), written_day(found.when, words)]
    if found.worth is Worth.VALID and found.expires_on is not None:
        lines.append(words("Valid until {date}", date=typed_date(found.expires_on, words)))
    return lines
