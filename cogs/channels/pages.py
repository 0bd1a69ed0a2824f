"""``/manage lc channels``: first a look, then a button, then progress. An LC's own server: its code, unlinking it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import discord
import structlog
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Conflict, NotFound
from bot.features.channels.rules import CHANNELS, ROLES, Choice, Fate, LcChannelsPlan, LcPlan, Present, Roster, plan
from bot.features.channels.servers import LcServerService
from bot.features.channels.service import ChannelService
from bot.features.homes.facts import Facts
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.local_committees.values import Card
from bot.features.organisations.parts import OFFICER_CHANNEL, OFFICER_ROLE
from bot.features.people.rules import Right
from bot.i18n import N_, Words, words_for
from bot.ui.building import SHOWN, alone, failed_fields
from bot.ui.choices import chosen_one
from bot.ui.dates import stamp
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import COLOUR, TROUBLE, Item, Page
from bot.ui.patience import FAILURES
from bot.ui.permissions import missing_permissions
from bot.ui.requests import MemberRequest, guild_of, host
from cogs.channels.builder import ChannelBuilder, ChannelReport, channel_name, present_in

CHOICE_WORDS = {
    Choice.IN_CONTACT: N_("All LCs in contact (except those that left)"),
    Choice.MEMBERS: N_("Member LCs only (including inactive ones)"),
}
Field = tuple[str, str, bool]


def _names(words: Words, names: Iterable[str]) -> str:
    listed = list(names)
    text = words(", ").join(escape_markdown(name) for name in listed[:SHOWN])
    if len(listed) > SHOWN:
        more = len(listed) - SHOWN
        text = words.plural("{names} and {n} more", "{names} and {n} more", more, names=text)
    return text


def preview_page(
    words: Words,
    choice: Choice,
    roster: Roster,
    planned: LcChannelsPlan,
    present: Present,
    expected: Mapping[str, str],
    missing: Sequence[str],
    row: list[Item],
) -> Page:
    """``expected``: key → the name that the bot would give a channel; ``missing``: permissions that it lacks."""
    fields: list[Field] = []
    if missing:
        advice = words(
            "Server Settings → Roles → the bot's role: turn these on, then try again. Nothing changes until then."
        )
        fields.append(
            (words("Missing permissions"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False)
        )
    if planned.made:
        fields.append((words("To be created"), _to_make(words, planned), False))
    if planned.moved:
        moves = [_move(words, one, present) for one in planned.moved]
        lines = [f"・{move}" for move in moves[:SHOWN]]
        if len(moves) > SHOWN:
            lines.append(words.plural("{n} more LC", "{n} more LCs", len(moves) - SHOWN))
        fields.append((words("To be moved because their region changed"), "\n".join(lines), False))
    there = sum(not one.makes and not one.lost for one in planned.lcs)
    if there:
        fields.append((words("Already in place"), words.plural("{n} LC", "{n} LCs", there), True))
    fields += _left_alone(words, roster, planned, present, expected)
    if planned.without_room:
        limits = {
            ROLES: words("Discord allows up to 250 roles in a server."),
            CHANNELS: words("Discord allows up to 500 channels in a server, including categories."),
        }
        lines = [limits[limit] for limit in dict.fromkeys(planned.without_room.values())]
        lines.append(_names(words, (words.either(lc.name_ja, lc.name_en) for lc in planned.without_room)))
        lines.append(words("Delete what the server doesn't need, or choose member LCs only."))
        fields.append((words("No room for these ({n})", n=len(planned.without_room)), "\n".join(lines), False))
    text = words(
        "Each LC gets a channel that only its own people and the national officers can see. Inside "
        "is a private thread just for the LC's officers. Everyone in an LC gets its role here. "
        "Nobody is mentioned, but officers will see the thread they've been added to."
    )
    chosen = words("Chosen: {which}", which=words(CHOICE_WORDS[choice]))
    return Page(
        title=words("LC channels"),
        text=f"{text}\n{chosen}",
        fields=fields,
        rows=[row],
        footer=words(
            "After this: {roles} of 250 roles, {channels} of 500 channels",
            roles=len(present.roles) + _count(planned)["role"],
            channels=len(present.channels) + _count(planned)["channel"] + _count(planned)["category"],
        ),
        colour=TROUBLE if missing or planned.without_room else COLOUR,
    )


def _move(words: Words, one: LcPlan, present: Present) -> str:
    assert one.moves_from is not None
    return words(
        "{lc}: {before} → {after}",
        lc=escape_markdown(words.either(one.lc.name_ja, one.lc.name_en)),
        before=escape_markdown(present.channels[one.moves_from]),
        after=escape_markdown(words.either(one.lc.region_ja, one.lc.region_en)),
    )


def _count(planned: LcChannelsPlan) -> Counter[str]:
    count = Counter(
        what
        for one in planned.lcs
        for what, fate in (("role", one.role), ("channel", one.channel), ("thread", one.thread))
        if fate is Fate.NEW
    )
    count["category"] = len(planned.new_categories)
    return count


def _counted(words: Words, count: Counter[str]) -> str:
    """How many of each kind, without those of which there are none."""
    counted = {
        "channel": words.plural("{n} channel", "{n} channels", count["channel"]),
        "thread": words.plural("{n} private thread", "{n} private threads", count["thread"]),
        "role": words.plural("{n} role", "{n} roles", count["role"]),
        "category": words.plural("{n} category", "{n} categories", count["category"]),
    }
    return words(", ").join(text for kind, text in counted.items() if count[kind])


def _to_make(words: Words, planned: LcChannelsPlan) -> str:
    count = _count(planned)
    regions = Counter(
        words.either(one.lc.region_ja, one.lc.region_en) for one in planned.lcs if one.channel is Fate.NEW
    )
    return "\n".join([_counted(words, count), *(f"・{escape_markdown(name)} {n}" for name, n in regions.items())])


def _left_alone(
    words: Words, roster: Roster, planned: LcChannelsPlan, present: Present, expected: Mapping[str, str]
) -> list[Field]:
    """Changes that people made, and channels of LCs that aren't chosen: all of it stays."""
    fields: list[Field] = []
    homes = {noted for key, noted in roster.parts.items() if key.startswith("category:region:")}
    renamed = [
        present.channels[noted]
        for one in planned.lcs
        if (noted := roster.parts.get(one.lc.channel_key, 0)) in present.channels
        and (present.channels[noted] != expected[one.lc.channel_key] or present.category_of[noted] not in homes)
    ]
    if renamed:
        fields.append((words("Renamed or moved by hand: left as is"), _names(words, renamed), False))
    lost = [words.either(one.lc.name_ja, one.lc.name_en) for one in planned.lcs if one.lost]
    if lost:
        text = words("They're only created again if you press “Recreate deleted ones too”.")
        fields.append((words("Deleted by hand"), f"{_names(words, lost)}\n{text}", False))
    if planned.staying:
        names = (words.either(lc.name_ja, lc.name_en) for lc in planned.staying)
        text = words("The bot doesn't delete anything. If nobody needs them, you can delete them.")
        fields.append((words("LCs not chosen: their channels stay"), f"{_names(words, names)}\n{text}", False))
    return fields


def progress_page(words: Words, done: int, total: int) -> Page:
    filled = round(12 * done / max(total, 1))
    return Page(
        title=words("LC channels"),
        text="\n".join(["▓" * filled + "░" * (12 - filled), words("{done} of {total} LCs", done=done, total=total)]),
        footer=words("You can close this message. The work continues."),
    )


def report_page(words: Words, planned: LcChannelsPlan, report: ChannelReport, row: list[Item]) -> Page:
    kinds = Counter({"#": "channel", "@": "role", "🧵": "thread"}.get(name[0], "category") for name in report.made)
    fields: list[Field] = []
    if report.made:
        fields.append((words("Created"), _counted(words, kinds), False))
    if report.moved:
        fields.append((words("Moved"), _names(words, report.moved), False))
    fields += failed_fields(words, report)
    if report.let_in:
        times = words.plural("{n} time", "{n} times", report.let_in)
        fields.append((words("Added to roles and threads"), times, True))
    if report.let_out:
        times = words.plural("{n} time", "{n} times", report.let_out)
        fields.append((words("Removed because the term ended"), times, True))
    if report.lost:
        fields.append((words("Channels whose officers' thread was deleted"), _names(words, report.lost), False))
    if planned.without_room:
        names = (words.either(lc.name_ja, lc.name_en) for lc in planned.without_room)
        fields.append((words("No room for these ({n})", n=len(planned.without_room)), _names(words, names), False))
    return Page(
        title=words("LC channels aren't finished yet") if report.is_unfinished else words("LC channels are ready"),
        text="" if report.made or report.moved or report.is_unfinished else words("There was nothing to create."),
        fields=fields,
        rows=[row],
        colour=TROUBLE if report.is_unfinished or planned.without_room else COLOUR,
    )


def code_page(card: Card, code: str, until: datetime, words: Words, row: Sequence[Item]) -> Page:
    steps = words(
        "Give it to the person who manages the LC's server. They invite the bot there, run /setup, "
        "press “Link as an LC's server” and enter the code."
    )
    once = words(
        "It works once, until {time}. You can only see it now, and a new code replaces this one.",
        time=stamp(until),
    )
    return Page(
        title=words("Code for the LC's server: {lc}", lc=words.either(card.name_ja, card.name_en)),
        text=f"```\n{code}\n```\n{steps}\n{once}",
        rows=[row],
    )


def unlink_page(card: Card, server: str | None, words: Words, row: Sequence[Item]) -> Page:
    """``server``: its name, if the bot is still in it."""
    lines = [
        words("National announcements will stop arriving there, and the bot's commands will stop working there."),
        words("The channels and everything written in them stay. The bot doesn't delete anything."),
        words("To link a server again, you'll need a new code from a national officer."),
    ]
    if server is None:
        lines.insert(0, words("The bot is no longer in that server."))
    name = escape_markdown(server) if server else words.either(card.name_ja, card.name_en)
    return Page(
        title=words("Unlink the LC's server: {name}", name=name), text="\n".join(lines), rows=[row], colour=TROUBLE
    )


def unlinked_page(words: Words) -> Page:
    return Page(
        title=words("Unlinked"),
        text=words(
            "The server is no longer linked to the LC. If you don't need the bot there any more, you can remove it."
        ),
    )


log = structlog.get_logger("tsunagu.channels")
#: A message is edited no more often than this.
PACE = timedelta(seconds=2)


async def _look(request: MemberRequest, choice: Choice) -> tuple[discord.Guild, Roster]:
    """The server and what its channels are made from.

    Raises:
        NotFound: no LC is chosen.
        Conflict: the server has no role of national officers (any more), who are to see every channel.
    """
    roster = await request.services[ChannelService].roster(request.actor, choice)
    guild = guild_of(request)
    if not any(lc.is_chosen for lc in roster.lcs):
        raise NotFound(N_("There are no LCs for this yet. Enter an LC's status with /manage lc state, then try again."))
    if guild.get_role(roster.parts.get(OFFICER_ROLE, 0)) is None:
        raise Conflict(
            N_(
                "This server has no role for national officers yet. They need one to see the channels. "
                "Please run /setup first."
            )
        )
    return guild, roster


async def preview(request: MemberRequest, choice: Choice) -> None:
    """What would be made and what not, and why. Changes nothing."""
    guild, roster = await _look(request, choice)
    present = present_in(guild)
    planned, everything = plan(roster, present), plan(roster, present, again=True)
    missing = missing_permissions(guild.me.guild_permissions)
    words = request.words
    buttons: list[Item] = []
    if not missing:
        label, style = words("Check and update people"), discord.ButtonStyle.secondary
        if planned.made or planned.moved:
            label = words("Create them") if planned.made else words("Move them")
            style = discord.ButtonStyle.primary
        buttons.append(BuildButton.make(label, style=style, choice=choice.value, again=0))
        if len(everything.made) > len(planned.made):
            buttons.append(BuildButton.make(words("Recreate deleted ones too"), choice=choice.value, again=1))
    own = words_for(roster.language)
    names = {lc.channel_key: channel_name(own.either(lc.name_ja, lc.name_en)) for lc in roster.lcs}
    page = preview_page(words, choice, roster, planned, present, names, missing, [*buttons, home_button(words)])
    await request.show(page)


class LookButton(RoutedButton, route="channels:look"):
    async def act(self, request: MemberRequest) -> None:
        await preview(request, Choice.IN_CONTACT)


class BuildButton(RoutedButton, route="channels:build:{choice}:{again:int}"):
    async def act(self, request: MemberRequest, choice: str, again: int) -> None:
        chosen = chosen_one(Choice, choice)
        with alone(guild_of(request)):
            guild, roster = await _look(request, chosen)
            if missing_permissions(guild.me.guild_permissions):
                await preview(request, chosen)
                return
            planned = plan(roster, present_in(guild), again=bool(again))
            await request.defer()
            progress = _Progress(request, planned)
            report = await ChannelBuilder(request, guild, roster, planned, bool(again), progress.tell).run()
            row: list[Item] = [home_button(request.words)]
            if report.is_unfinished:
                row.insert(0, BuildButton.make(request.words("Try again"), choice=choice, again=again))
            elif report.lost:
                row.insert(0, BuildButton.make(request.words("Recreate deleted ones too"), choice=choice, again=1))
            await _tell(request, guild, roster, report, report_page(request.words, planned, report, row))


class _Progress:
    """Shows how far a run is by editing the one message, at most once in ``PACE``."""

    def __init__(self, request: MemberRequest, planned: LcChannelsPlan) -> None:
        self.request = request
        self.total = len(planned.lcs)
        self.clock = host(request.interaction).clock
        self.told: datetime = self.clock.now()

    async def tell(self, done: int) -> None:
        now = self.clock.now()
        if now - self.told < PACE:
            return
        self.told = now
        with contextlib.suppress(*FAILURES):  # after 15 minutes there is no message left to edit
            await self.request.show(progress_page(self.request.words, done, self.total))


async def _tell(
    request: MemberRequest, guild: discord.Guild, roster: Roster, report: ChannelReport, page: Page
) -> None:
    """Show the result. If it took longer than the 15 minutes of an answer, show it in the officers' channel."""
    try:
        await request.show(page)
    except FAILURES as error:
        log.info("a long run could not be answered", why=str(error), made=len(report.made))
        channel = guild.get_channel(roster.parts.get(OFFICER_CHANNEL, 0))
        if isinstance(channel, discord.TextChannel):
            with contextlib.suppress(*FAILURES):
                await channel.send(embed=page.embed())


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    if not request.actor.may(Right.BUILD_CHANNELS):
        return HomePart()
    return HomePart(managing=[LookButton.make(request.words("LC channels"), emoji="#️⃣")])


async def show_code(request: MemberRequest, card: Card) -> None:
    code, until = await request.services[LcServerService].new_code(request.actor, card.lc_id)
    await request.show(code_page(card, code, until, request.words, [home_button(request.words)]))


class UnlinkButton(RoutedButton, route="channels:unlink:{lc_id:int}"):
    """Says what unlinking does; changes nothing."""

    async def act(self, request: MemberRequest, lc_id: int) -> None:
        own = await request.services[LcServerService].own(request.actor, lc_id)
        card = await request.services[LocalCommitteeService].show(request.actor, f"#{lc_id}")
        guild = host(request.interaction).get_guild(own.guild_id)
        confirm = ConfirmButton.make(request.words("Unlink"), style=ButtonStyle.danger, lc_id=lc_id)
        row = [confirm, home_button(request.words)]
        await request.show(unlink_page(card, guild.name if guild else None, request.words, row))


class ConfirmButton(RoutedButton, route="channels:unlink_now:{lc_id:int}"):
    async def act(self, request: MemberRequest, lc_id: int) -> None:
        await request.services[LcServerService].unlink(request.actor, lc_id)
        await request.show(unlinked_page(request.words))
