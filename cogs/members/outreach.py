"""``/manage outreach``: where an LC could be next."""

from __future__ import annotations

from discord import app_commands

from bot.features.members.outreach import Candidate, OutreachService
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.local_committees import STATE_WORDS
from bot.ui.pages import Document, Item, Page
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.members.render import plain

PAGE = 15


async def show(request: MemberRequest, page: int = 0) -> None:
    words = request.words
    found = await request.services[OutreachService].candidates(request.actor)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages - 1)
    rows: list[list[Item]] = [[home_button(words)]]
    if pages > 1:
        rows.insert(
            0,
            [
                OutreachButton.make(words("Previous"), emoji="◀️", disabled=page == 0, page=max(page - 1, 0)),
                OutreachButton.make(words("Next"), emoji="▶️", disabled=page + 1 >= pages, page=page + 1),
            ],
        )
    await request.show(_page(found, page, pages, words, rows))


def _page(found: list[Candidate], page: int, pages: int, words: Words, rows: list[list[Item]]) -> Page:
    title = words("Where an LC could be next")
    if not found:
        text = words("No student of a school without a member LC has joined yet.")
        return Page(title=title, text=text, rows=rows)
    would, students = sum(one.would_start for one in found), sum(one.students for one in found)
    lines = [
        words(
            "Students of schools without a member LC: {n}. Of them would like to start one: {would}.",
            n=students,
            would=would,
        ),
        words("Names are in /member find; schools that aren't in the directory are as their students wrote them."),
        "",
        *(f"・{_line(one, words)}" for one in found[page * PAGE : (page + 1) * PAGE]),
    ]
    if pages > 1:
        title += words(" (page {page} of {pages})", page=page + 1, pages=pages)
    return Page(title=title, text="\n".join(lines), rows=rows, documents=[Document(_csv(found, words), "outreach.csv")])


def _line(one: Candidate, words: Words) -> str:
    line = words(
        "{school} ({state}): {would} of {n} would start one",
        school=plain(_name(one, words)),
        state=_state(one, words),
        would=one.would_start,
        n=one.students,
    )
    return line + words("; no medicine: {n}", n=one.not_medical) if one.not_medical else line


def _name(one: Candidate, words: Words) -> str:
    return words.either(one.name_ja, one.name_en) or words("name left out")


def _state(one: Candidate, words: Words) -> str:
    return words(STATE_WORDS[one.state]) if one.state else words("not in the directory")


def _csv(found: list[Candidate], words: Words) -> bytes:
    head = [words("School"), words("State"), words("Students"), words("Would start an LC"), words("No medicine there")]
    return to_csv(
        [
            head,
            *(
                [_name(one, words), _state(one, words), str(one.students), str(one.would_start), str(one.not_medical)]
                for one in found
            ),
        ]
    )


class OutreachButton(RoutedButton, route="members:outreach:{page:int}"):
    async def act(self, request: MemberRequest, page: int) -> None:
        await show(request, page)


class OutreachManagement(app_commands.Group, name="members"):
    @app_commands.command(
        name=named("command", "outreach"), description=N_("Schools without a member LC, and who would start one")
    )
    async def outreach(self, interaction: Interaction) -> None:
        await show(await MemberRequest.open(interaction))
