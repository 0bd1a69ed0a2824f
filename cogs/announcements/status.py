"""The status of an announcement: counts, pages of LCs, and a file for a spreadsheet."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import discord
import structlog

from bot.deliveries.models import DeliveryState
from bot.deliveries.schedule import instant
from bot.errors import Conflict, UserError
from bot.features.announcements.access import draft_step
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.inbox import ListService, unanswered_by_lcs, unread_by_lcs
from bot.features.announcements.models import AnnouncementState, Ping
from bot.features.announcements.status import StatusService
from bot.features.announcements.values import LcStatus, PeopleCounts, PersonStatus, Status
from bot.features.audiences.models import Place
from bot.features.audiences.values import PostPlan, Reach
from bot.features.homes.facts import Facts
from bot.features.questionnaires.service import board_step
from bot.features.sheets.cells import cell_time, to_csv
from bot.i18n import N_, Words
from bot.paging import Part, part_of, within
from bot.ui.answering import at_work, is_overtaken
from bot.ui.board import Board
from bot.ui.choices import chosen_one
from bot.ui.dates import stamp
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.host import Host
from bot.ui.items import RoutedButton
from bot.ui.lengths import some
from bot.ui.local_committees import VIA_WORDS, dormant_lines
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.patience import FAILURES
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render
from cogs.announcements.render import to

DELIVERY_WORDS = {
    DeliveryState.SENT: N_("delivered"),
    DeliveryState.PENDING: N_("waiting"),
    DeliveryState.CLAIMED: N_("being sent"),
    DeliveryState.FAILED: N_("failed"),
    DeliveryState.MISSED: N_("skipped (too late)"),
    DeliveryState.UNREACHABLE: N_("doesn't accept DMs"),
    DeliveryState.NOT_NEEDED: N_("no longer needed"),
    DeliveryState.WITHDRAWN: N_("cancelled"),
    DeliveryState.DONE: N_("done"),
}
DELIVERY_MARKS = {
    DeliveryState.SENT: "📨",
    DeliveryState.PENDING: "⏳",
    DeliveryState.CLAIMED: "⏳",
    DeliveryState.FAILED: "⚠️",
    DeliveryState.MISSED: "⚠️",
    DeliveryState.UNREACHABLE: "✉️",
    DeliveryState.NOT_NEEDED: "➖",
    DeliveryState.WITHDRAWN: "➖",
    DeliveryState.DONE: "📨",
}
HEARD, SILENT = "✅", "⬜"
#: LCs on one page.
PAGE = 15


class Shown(StrEnum):
    """Which LCs of an announcement a list shows."""

    ALL = "all"
    SILENT = "silent"
    HEARD = "heard"


SHOWN_WORDS = {Shown.ALL: N_("All ({n})"), Shown.SILENT: N_("Unanswered ({n})"), Shown.HEARD: N_("Answered ({n})")}
#: Where nothing is asked.
UNASKED_WORDS = {Shown.SILENT: N_("Unread ({n})"), Shown.HEARD: N_("Read ({n})")}
#: While messages go out, the page is refreshed after so many seconds, at most so many times.
FOLLOW_AFTER, FOLLOW_TIMES = 3.0, 20
_following: set[asyncio.Task[None]] = set()


async def show_status(request: MemberRequest, announcement_id: int) -> None:
    status = await status_of(request, announcement_id)
    await request.show(status_page(status, request.actor.organisation.time_zone, request.words))


async def status_of(request: MemberRequest, announcement_id: int) -> Status:
    """The status, which is that of a planned draft if the sending was planned for now and hasn't begun."""
    draft = await request.services[DraftService].show(request.actor, announcement_id)
    if draft.state is AnnouncementState.SCHEDULED:
        return Status(announcement_id, draft.content.title, draft.state, draft.lc, None, draft.deadline, None, {})
    if draft.sent_at is None:
        raise Conflict(N_("It hasn't been sent yet."), next_steps=[draft_step(announcement_id)])
    return await request.services[StatusService].show(request.actor, announcement_id)


def follow(request: MemberRequest, announcement_id: int) -> None:
    """Keep the page of a request up to date while messages go out, as long as nothing else is put on it."""

    async def look() -> None:
        for _ in range(FOLLOW_TIMES):
            await asyncio.sleep(FOLLOW_AFTER)
            with suppress(UserError, *FAILURES):  # the sending goes on even if it can't be shown
                status = await status_of(request, announcement_id)
                if is_overtaken(request.interaction):
                    return
                await request.show(status_page(status, request.actor.organisation.time_zone, request.words))
                if status.state is not AnnouncementState.SCHEDULED and not status.is_going_out:
                    return

    async def look_until_overtaken() -> None:
        with at_work(request.interaction):
            await look()

    task = asyncio.create_task(look_until_overtaken(), name=f"status of announcement {announcement_id}")
    _following.add(task)
    task.add_done_callback(_following.discard)


def status_page(status: Status, zone: str, words: Words) -> Page:
    lines = [heard_line(status, words)] if status.lcs and status.lc is None else []
    lines += dormant_lines(sum(one.lc.is_dormant for one in status.lcs), words) if lines else []
    if status.state is AnnouncementState.TAKEN_BACK:
        lines.append(words("↩️ Withdrawn."))
    if status.sent_at is None:
        lines.append(words("📨 Sending soon."))
    else:
        lines.append(words("Sent {time}", time=stamp(status.sent_at)))
        if status.lcs and status.lc is None and not status.posts:
            lines.append(words("⚠️ None of these LCs had a channel for it, so it reached no one on Discord."))
    if status.deadline:
        lines.append(words("Deadline: {time}", time=stamp(instant(status.deadline, zone))))
    fields = []
    if status.posts:
        counts = [
            f"{DELIVERY_MARKS[state]} {words(DELIVERY_WORDS[state])} **{status.posts[state]}**"
            for state in DELIVERY_WORDS
            if status.posts.get(state)
        ]
        fields.append((words("Messages"), "\n".join(counts), True))
    if status.lcs and status.lc is None and status.questionnaire_id is not None:
        read = sum(one.acknowledged_at is not None for one in status.lcs)
        fields.append((words("LCs"), words("Read: **{n}** of {all} LCs", n=read, all=len(status.lcs)), True))
    if status.addressed is not None:
        fields.append((words("Recipients"), _people_text(status.addressed, words), True))
    fields.append((words("People"), words.plural("**{n}** has read it", "**{n}** have read it", status.people), True))
    return Page(
        title=words("Announcement status: {title}", title=status.title[:100]),
        text="\n".join(lines),
        fields=fields,
        rows=_rows(status, words),
    )


def heard_line(status: Status, words: Words) -> str:
    """How many LCs have answered; where nothing is asked, how many have read it."""
    counts = {"n": len(status.lcs) - len(status.silent), "all": len(status.lcs)}
    if status.questionnaire_id is not None:
        return words("Answered: **{n}** of {all} LCs", **counts)
    return words("Read: **{n}** of {all} LCs", **counts)


def _people_text(people: PeopleCounts, words: Words) -> str:
    all_ = people.meant
    told = [words("**{n}** people", n=all_)]
    told += [
        f"{DELIVERY_MARKS[state]} {words(DELIVERY_WORDS[state])} **{people.direct[state]}**"
        for state in DELIVERY_WORDS
        if people.direct.get(state)
    ]
    told += [f"🏠 {words(render.WHY_NOT_WORDS[one])} **{n}**" for one, n in people.why_not.items()]
    told.append(words("Read: **{n}** of {all} people", n=people.acknowledged, all=all_))
    if people.answered is not None:
        told.append(words("Answered: **{n}** of {all} people", n=people.answered, all=all_))
    return "\n".join(told)


def _rows(status: Status, words: Words) -> list[list[Item]]:
    key: dict[str, Any] = {"announcement_id": status.announcement_id}
    first = [to(render.STATUS, words("Refresh"), emoji="🔄", **key)]
    second: list[Item] = []
    if status.sent_at is not None:
        if status.addressed is not None:
            first += [
                to(render.PEOPLE, words("Person by person"), emoji="👥", page=0, **key),
                to(render.PEOPLE_CSV, words("CSV"), emoji="📄", **key),
            ]
        elif status.lc is None:
            first += [
                LcsButton.make(words("LC by LC"), emoji="🏫", page=0, **key),
                CsvButton.make(words("CSV"), emoji="📄", **key),
                to(render.SILENT, words("LCs that haven't replied"), emoji="📞", page=0, **key),
            ]
        if status.questionnaire_id is not None:
            first.append(step_button(board_step(status.questionnaire_id), words))
        if status.state is AnnouncementState.SENT:
            second = [
                to(render.TEXTS, words("Text for LINE and email"), emoji="📋", **key),
                to(render.CORRECT, words("Correct"), emoji="✏️", **key),
                to(render.TAKE_BACK, words("Withdraw"), emoji="↩️", **key),
            ]
    return [first, second, [SentButton.make(words("Sent announcements")), home_button(words)]]


def lc_line(one: LcStatus, words: Words) -> str:
    name = words.either(one.lc.name_ja, one.lc.name_en)
    told = [_delivered(one, words)]
    if one.answered is not None:
        told.append(words("answered") if one.answered else words("no answer yet"))
    if one.acknowledged_at is not None:
        heard = (
            words(" (they told us: {via})", via=words(VIA_WORDS[one.acknowledged_via])) if one.acknowledged_via else ""
        )
        told.append(words("read {time}", time=stamp(one.acknowledged_at, "d")) + heard)
    elif one.answered is None:
        told.append(words("not read yet"))
    mark, how = _mark(one.delivered, "📭", is_heard=not one.is_silent), words(", ").join(told)
    return f"{mark} **{name}** {how}"


def _mark(delivered: DeliveryState | None, without: str, *, is_heard: bool) -> str:
    """The tick is for an answer, not for a delivery; of that only what is out of the ordinary has a mark."""
    if is_heard:
        return HEARD
    if delivered in (DeliveryState.SENT, DeliveryState.DONE):
        return SILENT
    return DELIVERY_MARKS[delivered] if delivered is not None else without


def _delivered(one: LcStatus, words: Words) -> str:
    if one.delivered is None:
        return words(render.WHY_WORDS[one.why]) if one.why else words("no message")
    return delivered_text(one.delivered, one.error_code, words)


def delivered_text(state: DeliveryState, error_code: str | None, words: Words) -> str:
    text = words(DELIVERY_WORDS[state])
    return f"{text} [{error_code}]" if error_code and state is not DeliveryState.SENT else text


def csv_rows(status: Status, zone: str, words: Words) -> list[list[str]]:
    """A row for each LC, those without an answer first; the times are the organisation's."""
    head = [words("LC"), words("delivery"), words("error"), words("read at ({zone})", zone=zone)]
    head += [words("how they told us"), words("answered"), words("contact")]
    return [head, *(_csv_row(one, zone, words) for one in silent_first(status.lcs))]


def silent_first(lcs: list[LcStatus]) -> list[LcStatus]:
    return sorted(lcs, key=lambda one: not one.is_silent)


def _csv_row(one: LcStatus, zone: str, words: Words) -> list[str]:
    answered = words("yes") if one.answered else words("no")
    return [
        words.either(one.lc.name_ja, one.lc.name_en),
        _delivered(one, words),
        one.error_code or "",
        cell_time(one.acknowledged_at, zone),
        words(VIA_WORDS[one.acknowledged_via]) if one.acknowledged_via else "",
        "" if one.answered is None else answered,
        render.contact_text(one.contact, words),
    ]


StatusButton = button_to(render.STATUS, show_status)
StatusSelect = menu_to("announcements:status", show_status)


class SentButton(Board, route=render.SENT):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[ListService].sent(request.actor, page)
        options = [render.listed_option(one, words) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("Sent announcements"),
            line=lambda one, _words: f"{stamp(one.at, 'd')} **{one.title[:80]}**",
            empty=words("Nothing has been sent yet."),
            menus=[[StatusSelect.make(words("Choose an announcement"), options)]],
        )


class LatestButton(RoutedButton, route=render.LATEST):
    async def act(self, request: MemberRequest) -> None:
        latest = await request.services[ListService].sent(request.actor)
        if latest:
            await show_status(request, latest[0].announcement_id)
        else:
            await SentButton.show(request)


class LcListButton(Board, route="announcements:lc_list:{announcement_id:int}:{shown}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, shown: str = Shown.ALL, page: int = 0) -> None:
        """LC by LC, those without an answer first."""
        status, words = await status_of(request, announcement_id), request.words
        which, silent = chosen_one(Shown, shown), status.silent
        lcs = {
            Shown.ALL: silent_first(status.lcs),
            Shown.SILENT: silent,
            Shown.HEARD: [one for one in status.lcs if not one.is_silent],
        }
        labels = SHOWN_WORDS if status.questionnaire_id is not None else SHOWN_WORDS | UNASKED_WORDS
        filters: list[Item] = [
            LcsShownButton.make(
                words(labels[one], n=len(lcs[one])),
                disabled=one is which,
                announcement_id=announcement_id,
                shown=one,
            )
            for one in Shown
        ]
        await cls.lay_out(
            request,
            part_of(lcs[which], page, PAGE),
            title=words("LC by LC: {title}", title=status.title[:100]),
            above=[heard_line(status, words)],
            line=lc_line,
            empty=words("No LC is in this list."),
            beside=[filters],
            last=[to(render.STATUS, words("Back"), announcement_id=announcement_id)],
            announcement_id=announcement_id,
            shown=shown,
        )


LcsShownButton = button_to("announcements:lcs_shown:{announcement_id:int}:{shown}", LcListButton.show)


class LcsButton(RoutedButton, route="announcements:lcs:{announcement_id:int}:{page:int}"):
    """All LCs; on older messages it turned the pages."""

    async def act(self, request: MemberRequest, announcement_id: int, page: int) -> None:
        await LcListButton.show(request, announcement_id, Shown.ALL, page)


class CsvButton(RoutedButton, route="announcements:csv:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.defer()
        status = await status_of(request, announcement_id)
        zone, words = request.actor.organisation.time_zone, request.words
        page = status_page(status, zone, words)
        document = Document(to_csv(csv_rows(status, zone, words)), f"announcement-{announcement_id}.csv")
        whole = Page(title=page.title, text=page.text, fields=page.fields, rows=page.rows, documents=[document])
        await request.show(whole)


#: Persons on one page.
PEOPLE_PAGE = 20


def name_of(one: PersonStatus, words: Words) -> str:
    return one.name if one.name is not None else words("(name hidden)")


def person_line(one: PersonStatus, words: Words) -> str:
    told = [_direct(one, words)]
    if one.answered is not None:
        told.append(words("answered") if one.answered else words("no answer yet"))
    if one.acknowledged_at is not None:
        told.append(words("read {time}", time=stamp(one.acknowledged_at, "d")))
    elif one.answered is None:
        told.append(words("not read yet"))
    heard = one.answered if one.answered is not None else one.acknowledged_at is not None
    mark = _mark(one.delivered, "🏠", is_heard=heard)
    name, how = discord.utils.escape_markdown(name_of(one, words)), words(", ").join(told)
    return f"{mark} **{name}** {how}"


def _direct(one: PersonStatus, words: Words) -> str:
    if one.why_not is not None:
        return words(render.WHY_NOT_WORDS[one.why_not])
    return delivered_text(one.delivered or DeliveryState.WITHDRAWN, one.error_code, words)


def people_csv_rows(people: list[PersonStatus], zone: str, words: Words) -> list[list[str]]:
    """A row for each person; the times are the organisation's."""
    head = [words("Name"), words("delivery"), words("error"), words("read at ({zone})", zone=zone), words("answered")]
    rows = [head]
    for one in people:
        answered = words("yes") if one.answered else words("no")
        rows.append(
            [
                name_of(one, words),
                _direct(one, words),
                one.error_code or "",
                cell_time(one.acknowledged_at, zone),
                "" if one.answered is None else answered,
            ]
        )
    return rows


class PeopleButton(Board, route=render.PEOPLE):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0) -> None:
        status, words = await status_of(request, announcement_id), request.words
        count = status.addressed.meant if status.addressed is not None else 0
        page, pages = within(page, count, PEOPLE_PAGE)
        service = request.services[StatusService]
        shown = await service.people(request.actor, announcement_id, (page * PEOPLE_PAGE, PEOPLE_PAGE))
        await cls.lay_out(
            request,
            Part(shown, page, pages, count),
            title=words("Person by person: {title}", title=status.title[:100]),
            above=[
                words(
                    "Only national officers can see this. Names are shown for people you can find in the member search."
                )
            ],
            line=person_line,
            last=[to(render.STATUS, words("Back"), announcement_id=announcement_id)],
            announcement_id=announcement_id,
        )


class PeopleCsvButton(RoutedButton, route=render.PEOPLE_CSV):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await request.defer()
        status, words = await status_of(request, announcement_id), request.words
        people = await request.services[StatusService].people(request.actor, announcement_id)
        zone = request.actor.organisation.time_zone
        page = status_page(status, zone, words)
        document = Document(to_csv(people_csv_rows(people, zone, words)), f"announcement-{announcement_id}-people.csv")
        whole = Page(title=page.title, text=page.text, fields=page.fields, rows=page.rows, documents=[document])
        await request.show(whole)


log = structlog.get_logger("tsunagu.announcements")
GONE, CLOSED = N_("{n} channels were deleted in Discord"), N_("no permission to post in {n} channels: {names}")


@dataclass(slots=True)
class Counts:
    """``people`` and ``pinged`` count everybody once. @here really pings fewer: only people who are online."""

    channels: int = 0
    direct: int = 0
    people: int = 0
    pinging: int = 0
    pinged: int = 0
    #: Channels in which the sender or the bot may not use this ping.
    without_ping: int = 0
    deleted: int = 0
    closed: list[str] = field(default_factory=list)
    #: Discord hasn't sent all members yet, so there may be more people.
    is_unsure: bool = False

    @property
    def troubles(self) -> bool:
        return bool(self.deleted or self.closed)

    def trouble_lines(self, words: Words) -> Iterable[str]:
        if self.deleted:
            yield words(GONE, n=self.deleted)
        if self.closed:
            yield words(
                CLOSED, n=len(self.closed), names=some([f"#{name}" for name in self.closed], 5, words(", "), words)
            )

    def doubt_lines(self, words: Words) -> Iterable[str]:
        if self.without_ping:
            yield words(
                "It can't ping in {n} channels: you and the bot both need the Discord permission “Mention "
                "@everyone, @here, and All Roles”.",
                n=self.without_ping,
            )
        if self.is_unsure:
            yield words(
                "Discord hasn't sent the full member list yet, so the real number may be higher. Please check "
                "again in a minute."
            )


def count(bot: Host, reach: Reach, ping: Ping, user_id: int) -> Counts:
    """The counts of an announcement if ``user_id`` sent it now."""
    counts, seen, pinged = Counts(), set[int](), set[int]()
    for post in reach.posts:
        if post.place is Place.DIRECT:
            counts.direct += 1
            seen.add(post.recipient_id)
            continue
        counts.channels += 1
        channel = _channel(bot, post)
        if channel is None:
            # An archived thread isn't in the cache; every channel is.
            counts.deleted += post.place is not Place.LC_OFFICERS
            continue
        if not _may_write(channel):
            counts.closed.append(channel.name)
            continue
        here = _readers(channel)
        seen |= here
        counts.is_unsure |= not bot.role_keeper.knows_all(channel.guild)
        if ping is Ping.NONE or isinstance(channel, discord.Thread):
            continue
        if not _may_ping(channel, post, ping, user_id):
            counts.without_ping += knows(bot, [post], user_id)
            continue
        counts.pinging += 1
        pinged |= _pinged(channel, post, ping, here)
    counts.people, counts.pinged = len(seen), len(pinged)
    return counts


def knows(bot: Host, posts: Iterable[PostPlan], user_id: int) -> bool:
    """Whether this process can tell for each server if somebody is in it: it may not know all members yet."""
    guilds = (bot.get_guild(post.guild_id or 0) for post in posts)
    return all(
        guild.get_member(user_id) is not None or bot.role_keeper.knows_all(guild)
        for guild in guilds
        if guild is not None
    )


def channels_to_ping(bot: Host, posts: Iterable[PostPlan], ping: Ping, user_id: int) -> list[int]:
    """Where somebody may use this ping, by their own and the bot's current permissions on Discord."""
    if ping is Ping.NONE:
        return []
    allowed = []
    for post in posts:
        channel = _channel(bot, post)
        if isinstance(channel, discord.TextChannel) and _may_ping(channel, post, ping, user_id):
            allowed.append(channel.id)
    return allowed


async def channels_to_ping_by_request(bot: Host, posts: Iterable[PostPlan], ping: Ping, user_id: int) -> list[int]:
    """The same for a process that has to ask Discord: it doesn't know the sender, or has no gateway session and so
    knows no server.

    Raises:
        discord.DiscordException, aiohttp.ClientError, OSError: Discord doesn't answer about any server.
    """
    assert bot.user is not None
    by_guild: dict[int, list[PostPlan]] = defaultdict(list)
    for post in posts:
        by_guild[post.guild_id or 0].append(post)
    allowed = []
    failed: Exception | None = None
    answered = False
    for guild_id, here in by_guild.items():
        try:
            guild = await bot.fetch_guild(guild_id, with_counts=False)
            both = [await guild.fetch_member(one) for one in (user_id, bot.user.id)]
            channels = {channel.id: channel for channel in await guild.fetch_channels()}
        except (discord.NotFound, discord.Forbidden):  # one of the two isn't there any more
            answered = True
            continue
        except FAILURES as error:  # one server doesn't hold up the announcement: it goes out there without a ping
            log.warning("a server couldn't be asked", server=guild_id, why=repr(error))
            failed = error
            continue
        answered = True
        for post in here:
            channel = channels.get(post.recipient_id)
            if isinstance(channel, discord.TextChannel) and _may_both_ping(channel, post, ping, both):
                allowed.append(channel.id)
    if failed is not None and not answered:
        raise failed
    return allowed


def _may_ping(channel: discord.TextChannel, post: PostPlan, ping: Ping, user_id: int) -> bool:
    return _may_both_ping(channel, post, ping, (channel.guild.get_member(user_id), channel.guild.me))


def _may_both_ping(
    channel: discord.TextChannel, post: PostPlan, ping: Ping, both: Iterable[discord.Member | None]
) -> bool:
    role = channel.guild.get_role(post.role_id or 0)
    if ping is Ping.LC_ROLE and (role is None or role.mentionable):
        return role is not None
    return all(one is not None and channel.permissions_for(one).mention_everyone for one in both)


def _channel(bot: Host, post: PostPlan) -> discord.TextChannel | discord.Thread | None:
    guild = bot.get_guild(post.guild_id or 0)
    found = guild.get_channel_or_thread(post.recipient_id) if guild else None
    return found if isinstance(found, discord.TextChannel | discord.Thread) else None


def _readers(channel: discord.TextChannel | discord.Thread) -> set[int]:
    if isinstance(channel, discord.Thread):
        return {member.id for member in channel.members if member.id != channel.guild.me.id}
    return {member.id for member in channel.members if not member.bot}


def _may_write(channel: discord.TextChannel | discord.Thread) -> bool:
    may = channel.permissions_for(channel.guild.me)
    writes = may.send_messages_in_threads if isinstance(channel, discord.Thread) else may.send_messages
    return may.view_channel and writes and may.embed_links


def _pinged(channel: discord.TextChannel, post: PostPlan, ping: Ping, here: set[int]) -> set[int]:
    if ping is not Ping.LC_ROLE:
        return here
    role = channel.guild.get_role(post.role_id or 0)
    return {member.id for member in role.members} if role else set()


def _not_answered(n: int, of: int, title: str, words: Words) -> str:
    return words.plural(
        "{n} of {of} LC hasn't answered: {title}", "{n} of {of} LCs haven't answered: {title}", n, of=of, title=title
    )


def _not_read(n: int, of: int, title: str, words: Words) -> str:
    return words.plural(
        "{n} of {of} LC hasn't read: {title}", "{n} of {of} LCs haven't read: {title}", n, of=of, title=title
    )


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """How many LCs have still to answer, or to read, what the nation announced."""
    words, lines = request.words, list[HomeLine]()
    for found, said in ((facts[unanswered_by_lcs], _not_answered), (facts[unread_by_lcs], _not_read)):
        for one in reversed(found):
            title = one.ja or "?"
            label = words("Status: {title}", title=title[:40])
            button = StatusButton.make(label, emoji="📊", announcement_id=one.id)
            lines.append(HomeLine(said(one.n or 0, one.of or 0, title[:60], words), button, Whose.NATION))
    return HomePart(waiting=lines)
