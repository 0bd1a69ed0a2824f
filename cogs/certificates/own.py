"""Somebody's own certificates: the list, and each as a file, again at any time."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.errors import Invalid
from bot.features.certificates.rules import Worth
from bot.features.certificates.service import MINE, CertificateService
from bot.features.certificates.values import OwnCertificate
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.certificates import BOTH, KIND_WORDS, sheets, written_day
from bot.ui.choices import NOT_OFFERED
from bot.ui.dates import typed_date
from bot.ui.home import home_button
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.renderers import Line, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host

#: With the longest titles and reasons, a message has room for so many.
PER_PAGE = 10
#: Buttons say each language by its own name.
LANGUAGE_WORDS = {BOTH: "日本語 + English", "ja": "日本語", "en": "English"}
_EMOJI = {Worth.VALID: "🎓", Worth.EXPIRED: "⌛", Worth.REVOKED: "❌", Worth.REPLACED: "🔁"}


class MineButton(Board, route="certificates:mine"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        here = part_of(await request.services[CertificateService].mine(request.actor), page, PER_PAGE)
        options = [
            option(_title(one, words), one.certificate_id, written_day(one.when, words))
            for one in here
            if one.can_print
        ]
        menus: list[list[Item]] = [[OneSelect.make(words("Get one as a PDF"), options)]] if options else []
        await cls.lay_out(
            request,
            here,
            title=words("My certificates"),
            line=_line,
            empty=words("You have no certificates yet. The organisers of an event issue them after it."),
            menus=menus,
        )


def mine_item(words: Words) -> Item:
    return MineButton.make(words("My certificates"), emoji="🎓")


def _title(one: OwnCertificate, words: Words) -> str:
    return words.either(one.title_ja, one.title_en)


def _line(one: OwnCertificate, words: Words) -> str:
    title, day = escape_markdown(_title(one, words)), written_day(one.when, words)
    lines = [f"{_EMOJI[one.worth]} **{title}** ({day})", words(KIND_WORDS[one.kind])]
    if one.worth is Worth.REVOKED:
        lines.append(words("Revoked. Reason: {reason}", reason=escape_markdown(one.reason)))
    elif one.expires_on is not None:
        expired = one.worth is Worth.EXPIRED
        told = N_("It expired on {date}.") if expired else N_("Valid until {date}")
        lines.append(words(told, date=typed_date(one.expires_on, words)))
    return "\n".join(lines)


async def show_paper(request: MemberRequest, language: str, certificate_id: int) -> None:
    """The file, made anew."""
    if language not in LANGUAGE_WORDS:
        raise Invalid(NOT_OFFERED)
    await request.defer()
    words, here = request.words, host(request.interaction)
    found = await request.services[CertificateService].paper(request.actor, certificate_id)
    content = await sheets(found, language, here.settings.public_url).made(here.typesetter)
    others: list[Item] = [
        PaperButton.make(text, language=one, certificate_id=certificate_id)
        for one, text in LANGUAGE_WORDS.items()
        if one != language
    ]
    event = found.frame.event
    text = words("A PDF to print on A4. People can check it by its code and your name.")
    rows: list[list[Item]] = [others, [step_button(MINE, words), home_button(words)]]
    title = escape_markdown(words.either(event.title_ja, event.title_en))
    await request.show(Page(title, text, rows=rows, documents=[Document(content, "certificate.pdf")]))


async def show_one(request: MemberRequest, certificate_id: int) -> None:
    await show_paper(request, BOTH, certificate_id)


OneSelect = menu_to("certificates:own", show_one)
PaperButton = button_to("certificates:paper:{language}:{certificate_id:int}", show_paper)


async def issued(occasion: Occasion, due: Due) -> Line | None:
    words, number = occasion.words, due.payload["certificate"]
    one = await occasion.services[CertificateService].told(number, due.recipient.id)
    if one is None:
        return None
    text = words("🎓 You have a certificate: {title}", title=escape_markdown(_title(one, words)))
    button = PaperButton.make(words("Get it as a PDF"), language=BOTH, certificate_id=number)
    return Line(text, button, title=words("New certificate"))
