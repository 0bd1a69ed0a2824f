"""A look at two records as one, and merging them."""

from __future__ import annotations

from collections.abc import Iterable

import discord
import structlog
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.discord_roles.rules import ServerRoles
from bot.features.discord_roles.service import DiscordRoleService
from bot.features.people.rules import Right
from bot.features.record_keeping.merging import MergePreview, MergingService, Side
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.fields import People
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.host import Host
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import TROUBLE, Item, Page
from bot.ui.patience import FAILURES, limited
from bot.ui.requests import MemberRequest, host
from bot.ui.role_keeping import REASON

FIELDS = {
    "account": N_("the Discord account"),
    "profile": N_("everything they entered about themselves"),
    "reading": N_("the reading of the name"),
    "school_id": N_("school and year"),
    "lc_answer": N_("the answer about the LC"),
    "would_start": N_("the answer about starting an LC"),
    "contact": N_("how they want to be reached"),
}


async def show(request: MemberRequest, kept_id: int, gone_id: int) -> None:
    preview = await request.services[MergingService].preview(request.actor, kept_id, gone_id)
    words = request.words
    row: list[Item] = [
        MergeButton.make(
            words("Merge"),
            style=ButtonStyle.danger,
            kept_id=kept_id,
            gone_id=gone_id,
            token=preview.token,
        ),
        TurnButton.make(words("Swap"), emoji="🔁", kept_id=gone_id, gone_id=kept_id),
        home_button(words),
    ]
    await request.show(_page(preview, words, row))


def _page(preview: MergePreview, words: Words, row: list[Item]) -> Page:
    comma = words(", ")
    afterwards = [words("Terms: {n}", n=preview.terms)]
    afterwards += [
        words(
            "Overlapping terms become one: {post}, {starts} to {ends}",
            post=words.either(one.post_ja, one.post_en),
            starts=long_date(one.starts_on, words),
            ends=long_date(one.ends_on, words),
        )
        for one in preview.joined
    ]
    if preview.fields:
        taken = comma.join(words(FIELDS[field]) for field in preview.fields)
        afterwards.append(words("Filled in because it was missing: {fields}", fields=taken))
    if preview.loses is not None:
        unseen = words("Officers of {lc} will no longer see this person.", lc=words.either(*preview.loses))
        afterwards.append(unseen)
    if preview.kept.discord_user_id is not None and preview.gone.discord_user_id is not None:
        afterwards.append(
            words(
                "<@{user}> loses its roles here. Messages to it and its past actions move to the other account.",
                user=preview.gone.discord_user_id,
            )
        )
    afterwards.append(
        words(
            "Answers, claims, memberships and fees of both are kept. If there are two fees for one year, the paid"
            " one is kept."
        )
    )
    return Page(
        title=words("Merge two records?"),
        text=words("This can't be undone. Please make sure they are the same person."),
        fields=[
            (words("Record to keep"), _side(preview.kept, words), True),
            (words("Record to merge"), _side(preview.gone, words), True),
            (words("After merging"), "\n".join(f"・{line}" for line in afterwards), False),
        ],
        rows=[row],
        colour=TROUBLE,
    )


def _side(side: Side, words: Words) -> str:
    lines = [f"**{escape_markdown(side.name)}** `#{side.person_id}`"]
    if side.reading:
        lines.append(escape_markdown(side.reading))
    if school := words.either(side.school_ja, side.school_en):
        lines.append(school)
    lines.append(f"<@{side.discord_user_id}>" if side.discord_user_id else words("no Discord account"))
    lines.append(
        words(
            "{terms} terms, {memberships} memberships, {fees} fees",
            terms=side.terms,
            memberships=side.memberships,
            fees=side.fees,
        )
    )
    return "\n".join(lines)


class MergeButton(RoutedButton, route="rosters:merge:{kept_id:int}:{gone_id:int}:{token}"):
    async def act(self, request: MemberRequest, kept_id: int, gone_id: int, token: str) -> None:
        await request.defer()
        account = await request.services[MergingService].merge(request.actor, kept_id, gone_id, token)
        words = request.words
        lines = [words("The two records are now one. The merge is noted in the audit log.")]
        if account is not None and (left := await let_out(request, account, await given_to(request, account))):
            lines.append(
                words(
                    "Not all roles and threads could be removed from <@{user}> in {servers}. Please check its roles "
                    "there.",
                    user=account,
                    servers=words(", ").join(escape_markdown(name) for name in left),
                )
            )
        await request.show(Page(title=words("Records merged"), text="\n".join(lines), rows=[[home_button(words)]]))


class JoinedButton(RoutedButton, route="rosters:joined:{person_id:int}"):
    """Somebody whom an officer entered has an account: the form asks which one."""

    async def act(self, request: MemberRequest, person_id: int) -> None:
        request.actor.require(Right.KEEP_PEOPLE)
        await JoinedForm(request.words, person_id).open(request.interaction)


class JoinedForm(Form, route="rosters:joined", title=N_("They have an account")):
    who = People(N_("Which account is theirs?"), 1)

    def __init__(self, words: Words, person_id: int) -> None:
        super().__init__(words)
        self.person_id = person_id

    async def act(self, request: MemberRequest) -> None:
        kept_id = await request.services[MergingService].record_of(request.actor, self.who[0].id)
        await show(request, kept_id, self.person_id)


TurnButton = button_to("rosters:turn:{kept_id:int}:{gone_id:int}", show)


log = structlog.get_logger("tsunagu.roles")


async def given_to(request: MemberRequest, user: int) -> list[ServerRoles]:
    """The roles and threads that the bot may have given to a Discord user, by server. To be read while their record
    exists."""
    return await request.services[DiscordRoleService].plan(request.actor.organisation.id, [user])


async def let_out(request: MemberRequest, user: int, given: Iterable[ServerRoles]) -> list[str]:
    """Take the bot's roles from a Discord user, and remove them from the officers' threads. Returns the names of
    servers where something is left."""
    left = []
    for server in given:
        guild = host(request.interaction).get_guild(server.guild_id)
        if guild is None:
            continue
        if not await _let_out_of(request, guild, server, user):
            left.append(guild.name)
    return left


async def _let_out_of(request: MemberRequest, guild: discord.Guild, server: ServerRoles, user: int) -> bool:
    """Was everything taken? Each role and thread stands alone."""
    bot, service = host(request.interaction), request.services[DiscordRoleService]
    try:
        member = await _member(bot, guild, user)
    except FAILURES as error:
        log.warning("somebody may keep what was theirs", server=guild.id, why=repr(error))
        return False
    ours = set(server.roles.values())
    is_done = True
    for role in [role for role in member.roles if role.id in ours] if member is not None else []:
        assert member is not None
        await bot.role_keeper.pace.wait()
        try:
            async with limited():
                await member.remove_roles(role, reason=REASON)
        except FAILURES as error:
            is_done = False
            log.warning("somebody keeps a role that was theirs", server=guild.id, role=role.id, why=repr(error))
    for thread_id in server.threads.values():
        if user not in server.guests.get(thread_id, ()):
            continue
        if member is not None:
            await bot.role_keeper.pace.wait()
            try:
                async with limited():
                    await _leave(guild, thread_id, user)
            except FAILURES as error:
                is_done = False
                log.warning("somebody stays in a thread", server=guild.id, thread=thread_id, why=repr(error))
                continue
        await service.note_guests(server.organisation_id, thread_id, set(), {user})
    return is_done


async def _member(bot: Host, guild: discord.Guild, user: int) -> discord.Member | None:
    """None if they aren't in the server: where not everybody is known yet, Discord is asked."""
    member = guild.get_member(user)
    if member is not None or bot.role_keeper.knows_all(guild):
        return member
    try:
        async with limited():
            return await guild.fetch_member(user)
    except discord.NotFound:
        return None


async def _leave(guild: discord.Guild, thread_id: int, user: int) -> None:
    try:
        thread = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
    except discord.NotFound:
        return  # deleted, and nobody is in it
    if not isinstance(thread, discord.Thread):
        return
    if thread.archived:
        thread = await thread.edit(archived=False, reason=REASON)
    await thread.remove_user(discord.Object(user))
