"""The organisers of an event look at who came, see a certificate as it will be, issue, print and revoke."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Invalid
from bot.features.certificates.issuing import IssuingService
from bot.features.certificates.models import REASON, CertificateKind
from bot.features.certificates.rules import Terms
from bot.features.certificates.values import Candidate, Desk, Standing
from bot.features.events.steps import certificates_step, organise_step
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.certificates import BOTH, KIND_WORDS, sheets
from bot.ui.choices import NOT_OFFERED
from bot.ui.dates import typed_date
from bot.ui.fields import Choice, Date, Maybe, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form, menu_to
from bot.ui.pages import Document, Item, Page, Picture
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host

#: Certificates in one file: a few seconds of work, and a third of what Discord takes.
PRINTED = 200
#: In a button, for a certificate that counts for ever.
NEVER = "-"
EVERYBODY, WITHOUT_ACCOUNT = 0, 1
MARKS = {
    Standing.READY: "☑️",
    Standing.SKIPPED: "⬜",
    Standing.UNPRINTABLE: "⚠️",
    Standing.ISSUED: "🎓",
    Standing.RENAMED: "✏️",
}
LACKS = N_("⚠️ The title or the venue has characters that can't be printed: {lacks}. Nothing can be issued with them.")


class DeskButton(Board, route="certificates:event:{event_id:int}"):
    """Everybody who had a place. Organisers untick those who didn't come."""

    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0) -> None:
        words = request.words
        desk = await request.services[IssuingService].desk(request.actor, event_id, page)
        await cls.lay_out(
            request,
            desk.people,
            title=words("Certificates"),
            above=_above(desk, words),
            line=_line,
            empty=words("Nobody had a place at this event, so nobody gets a certificate."),
            menus=_menus(desk, words),
            beside=_buttons(desk, words),
            last=[step_button(organise_step(event_id), words)],
            event_id=event_id,
        )


def _above(desk: Desk, words: Words) -> list[str]:
    counts = desk.counts
    lines = [f"**{escape_markdown(words.either(desk.event.title_ja, desk.event.title_en))}**"]
    if not desk.is_over:
        lines.append(words("Certificates can be issued once the event is over."))
    told = [
        words("☑️ {n} will get one", n=counts[Standing.READY]),
        words("⬜ {n} get none", n=counts[Standing.SKIPPED]),
        words("🎓 {n} have one", n=counts[Standing.ISSUED] + counts[Standing.RENAMED]),
    ]
    if counts[Standing.UNPRINTABLE]:
        told.append(words("⚠️ {n} can't be printed", n=counts[Standing.UNPRINTABLE]))
    return [*lines, "  ".join(told), *([words(LACKS, lacks=desk.lacks)] if desk.lacks else []), ""]


def _line(one: Candidate, words: Words) -> str:
    name = escape_markdown(one.name) or words("(no name)")
    if not one.has_account:
        name = words("{name} (without an account)", name=name)
    told = f"{MARKS[one.standing]} {name}"
    if one.standing is Standing.UNPRINTABLE and one.lacks:
        told += words(": the fonts lack {lacks}. Please ask them for another spelling.", lacks=one.lacks)
    if one.standing is Standing.RENAMED:
        told += words(": the certificate says “{name}”", name=escape_markdown(one.was))
    return told


def _menus(desk: Desk, words: Words) -> list[list[Item]]:
    number = desk.event.event_id
    has = [one for one in desk.people if one.certificate_id is not None]
    open_ = [one for one in desk.people if one.certificate_id is None]
    menus: list[list[Item]] = []
    if open_:
        options = [option(f"{MARKS[one.standing]} {one.name}", one.person_id) for one in open_]
        placeholder = words("Untick people, or tick them again")
        menus.append(
            [TickSelect.make(placeholder, options, max_values=len(options), event_id=number, page=desk.people.page)]
        )
    if has:
        options = [option(f"{MARKS[one.standing]} {one.name}", one.certificate_id) for one in has]
        menus.append([OneSelect.make(words("Revoke or replace one"), options, event_id=number)])
    return menus


def _buttons(desk: Desk, words: Words) -> list[list[Item]]:
    number, counts = desk.event.event_id, desk.counts
    row: list[Item] = []
    if desk.is_over and counts[Standing.READY]:
        label = words("Issue certificates…")
        row.append(TermsButton.make(label, emoji="🎓", style=ButtonStyle.primary, event_id=number))
    if counts[Standing.ISSUED] + counts[Standing.RENAMED]:
        row.append(PrintButton.make(words("Print all"), event_id=number, which=EVERYBODY))
        label = words("Print those without an account")
        row.append(PrintButton.make(label, event_id=number, which=WITHOUT_ACCOUNT))
        row.append(RevokeAllButton.make(words("Revoke all"), style=ButtonStyle.danger, event_id=number))
    return [row] if row else []


class TickSelect(RoutedSelect, route="certificates:tick:{event_id:int}:{page:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int, page: int) -> None:
        if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in chosen):
            raise Invalid(NOT_OFFERED)
        await request.services[IssuingService].turn(request.actor, event_id, [int(one) for one in chosen])
        await DeskButton.show(request, event_id, page)


class TermsForm(Form, route="certificates:terms", title=N_("Issue certificates")):
    kind = Choice(
        N_("Kind"),
        options={one: KIND_WORDS[one] for one in (CertificateKind.PARTICIPATION, CertificateKind.ATTENDANCE)},
    )
    until = Maybe(Date(N_("Last day on which they count"), hint=N_("Leave it empty if they count for ever.")))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id
        self.kind = CertificateKind.PARTICIPATION

    async def act(self, request: MemberRequest) -> None:
        await request.defer()
        await show_preview(request, self.event_id, Terms(self.kind, self.until))


TermsButton = button_to_form("certificates:prepare:{event_id:int}", TermsForm)


async def show_preview(request: MemberRequest, event_id: int, terms: Terms) -> None:
    """One as it will be, and the last question."""
    words, here = request.words, host(request.interaction)
    service = request.services[IssuingService]
    found = await service.preview(request.actor, event_id, terms)
    counts = (await service.desk(request.actor, event_id)).counts
    paper = sheets(found, BOTH, here.settings.public_url)
    image, pdf = await paper.made(here.typesetter, "png"), await paper.made(here.typesetter)
    lines = [
        words("Nothing is issued yet. Each certificate will look like this."),
        words("They can also be had in one language alone."),
        words(KIND_WORDS[terms.kind]),
    ]
    if terms.expires_on is not None:
        lines.append(words("Valid until {date}", date=typed_date(terms.expires_on, words)))
    if counts[Standing.UNPRINTABLE]:
        lines.append(
            words("⚠️ {n} get none for now, because their names can't be printed.", n=counts[Standing.UNPRINTABLE])
        )
    row: list[Item] = []
    if counts[Standing.READY]:
        label = words.plural("Issue it to {n} person", "Issue them to {n} people", counts[Standing.READY])
        until = terms.expires_on.isoformat() if terms.expires_on is not None else NEVER
        give = GiveButton.make(
            label, emoji="🎓", style=ButtonStyle.success, event_id=event_id, kind=terms.kind.value, until=until
        )
        row.append(give)
    rows: list[list[Item]] = [row, [step_button(certificates_step(event_id), words), home_button(words)]]
    picture = Picture(image, "certificate.png", words("A certificate as it will be"))
    documents = [Document(pdf, "preview.pdf")]
    await request.show(
        Page(words("Issue certificates"), "\n".join(lines), rows=rows, picture=picture, documents=documents)
    )


class GiveButton(RoutedButton, route="certificates:issue:{event_id:int}:{kind}:{until}"):
    async def act(self, request: MemberRequest, event_id: int, kind: str, until: str) -> None:
        count = await request.services[IssuingService].issue(request.actor, event_id, terms_of(kind, until))
        request.done = request.words.plural(
            "{n} certificate was issued. Its person finds it on /me.",
            "{n} certificates were issued. People find theirs on /me.",
            count,
        )
        await DeskButton.show(request, event_id)


def terms_of(kind: str, until: str) -> Terms:
    """As they stand in a button. Raises Invalid: somebody made that up."""
    try:
        return Terms(CertificateKind(kind), None if until == NEVER else date.fromisoformat(until))
    except ValueError:
        raise Invalid(NOT_OFFERED) from None


class PrintButton(Board, route="certificates:print:{event_id:int}:{which:int}"):
    """All of an event in one file, or in several."""

    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, which: int = EVERYBODY, page: int = 0) -> None:
        await request.defer()
        words, here = request.words, host(request.interaction)
        only = which == WITHOUT_ACCOUNT
        found = await request.services[IssuingService].papers(request.actor, event_id, only_without_account=only)
        part = part_of(found.sheets, page, PRINTED)
        content = await sheets(replace(found, sheets=part), BOTH, here.settings.public_url).made(here.typesetter)
        count = words.plural("{n} certificate", "{n} certificates", len(found.sheets))
        await cls.lay_out(
            request,
            part,
            title=words("Certificates"),
            above=[
                count,
                words("A PDF to print on A4. It has names and codes, so please give each to its person only."),
            ],
            last=[step_button(certificates_step(event_id), words)],
            documents=[Document(content, "certificates.pdf")],
            event_id=event_id,
            which=which,
        )


async def show_one(request: MemberRequest, event_id: int, certificate_id: int) -> None:
    words = request.words
    one = await request.services[IssuingService].one(request.actor, event_id, certificate_id)
    danger, primary = ButtonStyle.danger, ButtonStyle.primary
    row: list[Item] = [
        RevokeButton.make(words("Revoke"), style=danger, event_id=event_id, certificate_id=certificate_id)
    ]
    lines = [_line(one, words)]
    if one.standing is Standing.RENAMED:
        lines.append(words("You can issue another one with the new name. The old one then counts as replaced."))
        label = words("Issue it with the new name")
        row.insert(0, ReplaceButton.make(label, style=primary, event_id=event_id, certificate_id=certificate_id))
    else:
        lines.append(words("After a change of their name, you can issue another one here."))
    rows: list[list[Item]] = [row, [step_button(certificates_step(event_id), words), home_button(words)]]
    await request.show(Page(words("Certificate"), "\n".join(lines), rows=rows))


OneSelect = menu_to("certificates:one:{event_id:int}", show_one)


class ReplaceButton(RoutedButton, route="certificates:replace:{event_id:int}:{certificate_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, certificate_id: int) -> None:
        await request.services[IssuingService].replace(request.actor, event_id, certificate_id)
        request.done = request.words("It was issued with the new name.")
        await DeskButton.show(request, event_id)


class RevokeForm(Form, route="certificates:revoke_form", title=N_("Revoke a certificate")):
    reason = Text(N_("Reason"), REASON, hint=N_("The person sees it. People who check the certificate don't."))

    def __init__(self, words: Words, event_id: int, certificate_id: int) -> None:
        super().__init__(words)
        self.event_id, self.certificate_id = event_id, certificate_id

    async def act(self, request: MemberRequest) -> None:
        service = request.services[IssuingService]
        await service.revoke(request.actor, self.event_id, self.certificate_id, self.reason)
        request.done = request.words("It was revoked.")
        await DeskButton.show(request, self.event_id)


RevokeButton = button_to_form("certificates:revoke:{event_id:int}:{certificate_id:int}", RevokeForm)


class RevokeAllForm(Form, route="certificates:revoke_all_form", title=N_("Revoke all certificates of the event")):
    reason = Text(N_("Reason"), REASON, hint=N_("Everybody who has one sees it. This can't be undone."))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        count = await request.services[IssuingService].revoke_all(request.actor, self.event_id, self.reason)
        request.done = request.words.plural("{n} was revoked.", "{n} were revoked.", count)
        await DeskButton.show(request, self.event_id)


RevokeAllButton = button_to_form("certificates:revoke_all:{event_id:int}", RevokeAllForm)
