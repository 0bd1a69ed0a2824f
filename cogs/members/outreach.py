"""``/manage lc outreach``: where an LC could be next."""

from __future__ import annotations

from discord import app_commands

from bot.features.homes.facts import Facts
from bot.features.members.outreach import Candidate, OutreachService
from bot.features.people.rules import Right
from bot.features.sheets.cells import to_csv
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.home import HomePart
from bot.ui.local_committees import STATE_WORDS
from bot.ui.pages import Document
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.members.render import plain

PAGE = 15


class OutreachButton(Board, route="members:outreach:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[OutreachService].candidates(request.actor)
        told = [
            words(
                "Students at schools without a member LC: {n}. Would like to start one: {would}.",
                n=sum(one.students for one in found),
                would=sum(one.would_start for one in found),
            ),
            words(
                "To see who they are, use “Find a member”. Schools that aren't in the directory appear as "
                "students wrote them."
            ),
            "",
        ]
        await cls.lay_out(
            request,
            part_of(found, page, PAGE),
            title=words("Where the next LC could start"),
            above=told if found else [],
            line=_line,
            empty=words("No students from schools without a member LC have joined yet."),
            documents=[Document(_csv(found, words), "outreach.csv")] if found else [],
        )


def _line(one: Candidate, words: Words) -> str:
    line = "・" + words(
        "{school} ({state}): {would} of {n} would like to start one",
        school=plain(_name(one, words)),
        state=_state(one, words),
        would=one.would_start,
        n=one.students,
    )
    return line + words("; no medical programme: {n}", n=one.not_medical) if one.not_medical else line


def _name(one: Candidate, words: Words) -> str:
    return words.either(one.name_ja, one.name_en) or words("name not given")


def _state(one: Candidate, words: Words) -> str:
    return words(STATE_WORDS[one.state]) if one.state else words("not in the directory")


def _csv(found: list[Candidate], words: Words) -> bytes:
    head = [
        words("School"),
        words("State"),
        words("Students"),
        words("Would start an LC"),
        words("No medical programme"),
    ]
    return to_csv(
        [
            head,
            *(
                [_name(one, words), _state(one, words), str(one.students), str(one.would_start), str(one.not_medical)]
                for one in found
            ),
        ]
    )


class OutreachManagement(app_commands.Group, name="members"):
    @app_commands.command(
        name=named("command", "outreach"),
        description=N_("Schools without a member LC, and how many students would start one"),
    )
    async def outreach(self, interaction: Interaction) -> None:
        await OutreachButton.show(await MemberRequest.open(interaction))


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    button = OutreachButton.make(request.words("Where the next LC could start"), emoji="🌱", page=0)
    return HomePart(managing=[button] if request.actor.may(Right.CHANGE_LC_STATE) else [])
