from __future__ import annotations

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot.features.organisations.models import OrganisationKind
from bot.features.setups.records import LinkedServer, Start
from bot.i18n import N_, Words
from bot.ui.building import Report, failed_fields
from bot.ui.home import home_button
from bot.ui.pages import COLOUR, TROUBLE, Item, Page, Rows
from cogs.setups.builder import SetupReport

START_WORDS = {
    Start.JAPAN_ASSOCIATION: N_("Association of LCs, starting with the 82 medical schools of Japan"),
    Start.ASSOCIATION: N_("Association of LCs, starting with an empty directory"),
    Start.PROGRAMME: N_("Programme"),
    Start.SOCIETY: N_("Society"),
}
KIND_WORDS = {
    OrganisationKind.ASSOCIATION: N_("association of LCs"),
    OrganisationKind.PROGRAMME: N_("programme"),
    OrganisationKind.SOCIETY: N_("society"),
}


def permissions_field(words: Words, missing: Sequence[str]) -> tuple[str, str, bool]:
    advice = words(
        "Server Settings → Roles → my role: switch these on, then run /setup again. Until then I change nothing."
    )
    return words("Permissions I lack"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False


def unlinked_page(words: Words, missing: Sequence[str], rows: Rows) -> Page:
    text = words(
        "This server isn't linked to an organisation yet. I would create an organisation with its first officers, "
        "and here a role, a category with four channels and a pinned panel. I change nothing that is here already."
    )
    own = words(
        "Does the server belong to a single LC? Then you need the code that a national officer gives to your LC."
    )
    return Page(
        title=words("Set up this server"),
        text=f"{text}\n{own}",
        fields=[permissions_field(words, missing)] if missing else [],
        rows=rows,
        colour=TROUBLE if missing else COLOUR,
    )


def _about(words: Words, linked: LinkedServer) -> str:
    name = words.either(linked.name_ja, linked.name_en)
    officers = words(", ").join(escape_markdown(officer) for officer in linked.officers.values())
    return "\n".join(
        [
            words("**{name}** ({kind})", name=escape_markdown(name), kind=words(KIND_WORDS[linked.kind])),
            words("National officers in office: {officers}", officers=officers or words("nobody")),
        ]
    )


def status_page(
    words: Words,
    linked: LinkedServer,
    missing: Sequence[str],
    missing_parts: Sequence[str],
    former_officers: Sequence[str],
    rows: list[list[Item]],
    *,
    knows_all: bool,
) -> Page:
    """``knows_all``: Discord has told of everybody who is in the server."""
    fields = [permissions_field(words, missing)] if missing else []
    if former_officers:
        names = escape_markdown("\n".join(f"・{name}" for name in former_officers))
        fields.append((words("Still have the officers' role, though the term has ended"), names, False))
    if missing_parts:
        fields.append((words("Not there"), "\n".join(f"・{words(name)}" for name in missing_parts), False))
    elif not missing and not former_officers:
        fields.append((words("All there"), words("Role, channels and permissions are as they should be."), False))
    if not knows_all:
        unknown = words(
            "Discord hasn't told me of everybody yet. Please look again in a minute to see who has the role."
        )
        fields.append((words("Who is in this server"), unknown, False))
    return Page(
        title=words("This server's set-up"),
        text=_about(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if missing else COLOUR,
    )


def _done_fields(words: Words, report: Report) -> list[tuple[str, str, bool]]:
    fields = []
    if report.made:
        fields.append((words("Made"), "\n".join(f"✅ {name}" for name in report.made), True))
    if report.found:
        fields.append((words("Already there"), "\n".join(f"・{name}" for name in report.found), True))
    return [*fields, *failed_fields(words, report)]


def report_page(words: Words, linked: LinkedServer, report: SetupReport, rows: list[list[Item]]) -> Page:
    fields = _done_fields(words, report)
    if report.taken:
        fields.append((words("Role taken, as the term has ended"), escape_markdown("\n".join(report.taken)), False))
    if report.absent_officers:
        fields.append(
            (
                words("Officers not in this server"),
                words.plural(
                    "{n} officer isn't in this server and has no role here.",
                    "{n} officers aren't in this server and have no role here.",
                    report.absent_officers,
                ),
                False,
            )
        )
    return Page(
        title=words("Set-up finished") if not report.is_unfinished else words("Set-up not finished"),
        text=_about(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if report.is_unfinished else COLOUR,
    )


def _own_names(words: Words, linked: LinkedServer) -> str:
    assert linked.own is not None
    return words(
        "The own server of **{lc}**, linked to {name}",
        lc=escape_markdown(words.either(linked.own.name_ja, linked.own.name_en)),
        name=escape_markdown(words.either(linked.name_ja, linked.name_en)),
    )


def own_page(
    words: Words,
    linked: LinkedServer,
    missing: Sequence[str],
    missing_parts: Sequence[str],
    announcements: str | None,
    rows: list[list[Item]],
) -> Page:
    """An LC's own server. ``announcements``: the mention of the channel in which they arrive, if there is one."""
    fields = [permissions_field(words, missing)] if missing else []
    if missing_parts:
        fields.append((words("Not there"), "\n".join(f"・{words(name)}" for name in missing_parts), False))
    fields.append((words("The nation's announcements arrive in"), announcements or words("no channel yet"), False))
    return Page(
        title=words("This server's set-up"),
        text=_own_names(words, linked),
        fields=fields,
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if missing or missing_parts else COLOUR,
    )


def own_report_page(words: Words, linked: LinkedServer, report: Report, rows: list[list[Item]]) -> Page:
    return Page(
        title=words("Set-up finished") if not report.is_unfinished else words("Set-up not finished"),
        text=_own_names(words, linked),
        fields=_done_fields(words, report),
        rows=[*rows, [home_button(words)]],
        colour=TROUBLE if report.is_unfinished else COLOUR,
    )
