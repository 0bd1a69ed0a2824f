"""Ways outside Discord: a text without Discord's markup for LINE and email, an invitation for each, who posted it.

No library removes the markup. Markdown parsers (markdown-it-py, mistune) don't know Discord's ``<t:…>``, ``</…>``,
``||…||`` and ``-#``, and read plain characters as marks. ``discord-markdown-ast-parser`` (2021) doesn't know times,
commands, masked links, headings or escapes, and its time grows with the square of the length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NextStep
from bot.features import Service
from bot.features.announcements.access import any_locked, require_theirs, status_step
from bot.features.announcements.models import Announcement, AnnouncementRoute, AnnouncementState, Route
from bot.features.audiences.places import national_posts
from bot.features.audiences.values import PostPlan
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.i18n import N_

#: Takes the place of a code while the bot asks Discord for one, with the seconds since 1970 at which it began.
_CLAIM = "claim:"
#: A process that hasn't brought an invitation by then has ended, and the next may make one.
CLAIM_LASTS = timedelta(minutes=2)
#: In these states an announcement gets no invitation any more.
_OVER = AnnouncementState.TAKEN_BACK, AnnouncementState.DISCARDED


def texts_step(announcement_id: int, route: Route) -> NextStep:
    """The step to the text for LINE or email."""
    return NextStep(N_("Back to the text"), f"announcements:text:{announcement_id}:{route.value}")


@dataclass(frozen=True, slots=True)
class RouteCard:
    """``invite``: Discord's code and the channel it leads to. ``posted_by``: a name; None for somebody unknown, and
    while nobody has posted it."""

    route: Route
    invite: tuple[str, int] | None
    posted_at: datetime | None
    posted_by: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The turn to make a route's invitation. ``left_at``: when an earlier process took the turn and never finished;
    Discord may have an invitation of its."""

    mark: str
    left_at: datetime | None


class OutsideService(Service):
    async def routes(self, actor: Actor, announcement_id: int) -> dict[Route, RouteCard]:
        """All routes and their state.

        Raises:
            NotAllowed, NotFound: it isn't the actor's, or gone.
        """
        query = (
            select(
                AnnouncementRoute.route,
                AnnouncementRoute.invite_code,
                AnnouncementRoute.invite_channel_id,
                AnnouncementRoute.posted_at,
                Person.display_name,
            )
            .outerjoin(
                Person,
                and_(
                    Person.organisation_id == actor.organisation.id,
                    Person.discord_user_id == AnnouncementRoute.posted_by_discord_id,
                ),
            )
            .where(AnnouncementRoute.announcement_id == announcement_id)
        )
        async with self.database.reading() as connection:
            await require_theirs(connection, actor, announcement_id)
            rows = await fetch(connection, query)
        cards = {route: RouteCard(route, None, None, None) for route in Route}
        for row in rows:
            has_one = row.invite_code is not None and not row.invite_code.startswith(_CLAIM)
            invite = (row.invite_code, row.invite_channel_id) if has_one else None
            cards[Route(row.route)] = RouteCard(Route(row.route), invite, row.posted_at, row.display_name)
        return cards

    async def invitable(self, actor: Actor) -> list[PostPlan]:
        """The channels to which an invitation may lead. Raises NotAllowed."""
        actor.require(Right.ANNOUNCE_NATION)
        async with self.database.reading() as connection:
            return await national_posts(connection, actor.organisation.id)

    async def noted(self, actor: Actor) -> frozenset[str]:
        """The codes of the organisation's invitations. Raises NotAllowed."""
        actor.require(Right.ANNOUNCE_NATION)
        query = (
            select(AnnouncementRoute.invite_code)
            .join(Announcement, Announcement.id == AnnouncementRoute.announcement_id)
            .where(Announcement.organisation_id == actor.organisation.id, AnnouncementRoute.invite_code.is_not(None))
        )
        async with self.database.reading() as connection:
            return frozenset(row.invite_code for row in await fetch(connection, query))

    async def claim_invite(self, actor: Actor, announcement_id: int, route: Route) -> Claim:
        """Take the turn to make a route's one invitation, before asking Discord for it. It ends with ``note_invite`` or
        ``release_invite``, or after ``CLAIM_LASTS``.

        Raises:
            NotAllowed, NotFound: it isn't the actor's to change, or gone.
            Invalid: it is an LC's own.
            Conflict: there is an invitation already, somebody else has the turn, or the announcement was taken back.
        """
        back = [texts_step(announcement_id, route)]
        async with change_by(self, actor) as change:
            session, row = change.session, await any_locked(change, announcement_id)
            if row.lc_id is not None:
                raise Invalid(
                    N_("Only announcements from the organisation can have an invitation link."), next_steps=back
                )
            if row.state in _OVER:
                raise Conflict(N_("This announcement was withdrawn."), next_steps=[status_step(announcement_id)])
            await insert_if_absent(session, AnnouncementRoute, announcement_id=announcement_id, route=route.value)
            kept = await session.scalar(select(AnnouncementRoute.invite_code).where(*_this(announcement_id, route)))
            left_at = _claimed_at(kept)
            if kept is not None and left_at is None:
                raise Conflict(N_("It already has an invitation link. Nothing was changed."), next_steps=back)
            # A time in the future comes from a clock that was set back since: its age is unknown.
            if left_at is not None and timedelta(0) <= change.now - left_at < CLAIM_LASTS:
                raise Conflict(
                    N_("Somebody else is adding an invitation link right now. Please open the text again in a moment."),
                    next_steps=back,
                )
            claim = Claim(f"{_CLAIM}{int(change.now.timestamp())}", left_at)
            await _put(session, announcement_id, route, {"invite_code": claim.mark, "invite_channel_id": None})
        return claim

    async def note_invite(
        self, actor: Actor, announcement_id: int, route: Route, claim: Claim, code: str, channel_id: int
    ) -> bool:
        """Remember the invitation of a route and return True, if it is still the actor's turn and the announcement
        wasn't withdrawn meanwhile.

        Raises NotAllowed or NotFound.
        """
        return await self._end(actor, announcement_id, route, claim, code, channel_id)

    async def release_invite(self, actor: Actor, announcement_id: int, route: Route, claim: Claim) -> None:
        """Give the turn back at once, as Discord gave no invitation. Raises NotAllowed or NotFound."""
        await self._end(actor, announcement_id, route, claim, None, None)

    async def _end(
        self, actor: Actor, announcement_id: int, route: Route, claim: Claim, code: str | None, channel_id: int | None
    ) -> bool:
        async with change_by(self, actor) as change:
            session, row = change.session, await any_locked(change, announcement_id)
            kept = await session.scalar(select(AnnouncementRoute.invite_code).where(*_this(announcement_id, route)))
            if kept != claim.mark:
                return False
            is_over = row.state in _OVER
            invite = (None, None) if is_over else (code, channel_id)
            await _put(session, announcement_id, route, {"invite_code": invite[0], "invite_channel_id": invite[1]})
        return not is_over

    async def tick(self, actor: Actor, announcement_id: int, route: Route, *, posted: bool) -> None:
        """Note that the actor has just posted the text there, or that nobody has. Raises NotAllowed or NotFound."""
        async with change_by(self, actor) as change:
            by, at = (actor.caller.discord_user_id, change.now) if posted else (None, None)
            session = change.session
            await any_locked(change, announcement_id)
            await insert_if_absent(session, AnnouncementRoute, announcement_id=announcement_id, route=route.value)
            await _put(session, announcement_id, route, {"posted_by_discord_id": by, "posted_at": at})


def _this(announcement_id: int, route: Route) -> tuple[ColumnElement[bool], ...]:
    return (AnnouncementRoute.announcement_id == announcement_id, AnnouncementRoute.route == route)


async def _put(session: AsyncSession, announcement_id: int, route: Route, values: dict[str, object]) -> None:
    await session.execute(update(AnnouncementRoute).where(*_this(announcement_id, route)).values(**values))


def _claimed_at(kept: str | None) -> datetime | None:
    """When somebody's turn began, if the value is a turn."""
    if kept is None or not kept.startswith(_CLAIM):
        return None
    return datetime.fromtimestamp(int(kept.removeprefix(_CLAIM)), UTC)


#: Deeper nesting of marks stays as it is; people write three levels at most.
_DEEPEST = 20
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_FENCE = re.compile(r"```(?:[a-zA-Z0-9_+\-.#]+\n)?\n*([^\n](?:(?!```).)*?)\n*```", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`)(.*?[^`])\1(?!`)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<]+")
_ANGLED = re.compile(r"<(https?://[^\s<>]+|(?:mailto:|tel:|sms:)?(?:[^\s<>@:/]+@[^\s<>@]+|\+\d[\d -]+))>")
_MASKED = re.compile(
    r"\[((?:\\.|\[[^\[\]\n]*\]|[^\[\]\\\n])+)\]"
    r"\(\s*(?:<(https?://[^\s<>]+)>|(https?://(?:\([^\s()<>]*\)|[^\s()<>])+))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_MENTION = re.compile(r"<(@[!&]?|#)(\d{1,20})>")
_PLACE = re.compile(r"<id:(customize|browse|guide|home|linked-roles)(?::\d+)?>")
_TIME = re.compile(r"<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>")
_COMMAND = re.compile(r"</([^\s:<>]+(?: [^\s:<>]+){0,2}):\d+>")
_EMOJI = re.compile(r"<a?:(\w{1,64}):\d+>")
_SHRUG = r"¯\_(ツ)_/¯"
#: The longer first. An underscore by itself marks only words as a whole: snake_case stays.
_MARKS = ("***", "**", "*", "___", "__", "_", "~~", "||")
_LINE = re.compile(r"^(?:>>> |(?:> )+)?(?:#{1,3}[ \t]+|-#[ \t]+)?", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*-] (?=\S)", re.MULTILINE)
_INTERESTING = re.compile(r"[\\`<\[*_~|¯]|https?://")
#: Takes the place of a list sign while the code looks for emphasis.
_DOT = "\x01"


def _nobody(_sign: str, _number: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """How to write out what only Discord knows.

    ``moment``: an instant and Discord's letter for how to write it. ``called``: a sign (``@``, ``@&``, ``#``, ``id``)
    and a number (a word after ``id``); the name, or "" for none.
    """

    moment: Callable[[datetime, str], str] = lambda at, _style: f"{at:%Y-%m-%d %H:%M} UTC"
    called: Callable[[str, str], str] = _nobody


def plain(text: str, reader: Reader | None = None) -> str:
    """The text as a reader on Discord sees it, without formatting. Links stay byte for byte."""
    reader, done, end = reader or Reader(), list[str](), 0
    for code in _FENCE.finditer(text):
        done += [_blocks(text[end : code.start()], reader), code[1]]
        end = code.end()
    return "".join([*done, _blocks(text[end:], reader)]).strip()


def _blocks(text: str, reader: Reader) -> str:
    text = _BULLET.sub(rf"\1{_DOT} ", _LINE.sub("", text.replace(_DOT, "")))
    return _inline(text, reader, 0).replace(_DOT, "-")


def _inline(text: str, reader: Reader, depth: int) -> str:
    done, at = list[str](), 0
    while at < len(text):
        found = _INTERESTING.search(text, at)
        if found is None:
            break
        done.append(text[at : found.start()])
        at = found.start()
        written, at = _piece(text, at, reader, depth)
        if not written and done and done[-1].endswith(" ") and text[at : at + 1] in ("", " ", "\n"):
            done[-1] = done[-1][:-1]  # an unknown name goes, with one of the spaces around it
        done.append(written)
    return "".join([*done, text[at:]])


def _piece(text: str, at: int, reader: Reader, depth: int) -> tuple[str, int]:
    """What stands at ``at``, written out, and where it ends."""
    if text.startswith(_SHRUG, at):
        return _SHRUG, at + len(_SHRUG)
    for pattern, write in _RULES:
        if found := pattern.match(text, at):
            return write(found, reader), found.end()
    if masked := _MASKED.match(text, at):
        return _masked(masked, text, reader, depth), masked.end()
    if depth < _DEEPEST:
        for mark in _MARKS:
            if text.startswith(mark, at) and (end := _closing(text, at, mark)):
                return _inline(text[at + len(mark) : end], reader, depth + 1), end + len(mark)
    return text[at], at + 1


def _closing(text: str, start: int, mark: str) -> int | None:
    """Where the mark that opens at ``start`` is closed. Marks within code and links count for nothing, but for those
    at the end of a link, where the link itself is marked."""
    first = at = start + len(mark)
    if mark == "*" and text[first : first + 1].isspace():
        return None
    while at < len(text):
        if url := _URL.match(text, at):
            if at > first - 1 and url[0].endswith(mark) and _closes(text, url.end() - len(mark), mark):
                return url.end() - len(mark)
            at = url.end()
        elif skipped := _ESCAPE.match(text, at) or _CODE.match(text, at) or _ANGLED.match(text, at):
            at = skipped.end()
        elif masked := _MASKED.match(text, at):
            at = masked.end()
        elif text.startswith(mark, at) and at > first and _closes(text, at, mark):
            return at
        elif len(mark) == 1 and text.startswith(mark * 2, at):
            at += 2
        elif mark == "_" and text[at] == "_":
            return None  # snake_case: a single one within words closes nothing and opens nothing
        else:
            at += 1
    return None


def _closes(text: str, at: int, mark: str) -> bool:
    after = text[at + len(mark) : at + len(mark) + 1]
    if mark == "_":
        return not (after.isascii() and (after.isalnum() or after == "_"))
    if mark == "*" and text[at - 1].isspace():
        return False
    return mark in ("~~", "||") or after != mark[0]


def _masked(found: re.Match[str], text: str, reader: Reader, depth: int) -> str:
    link = found[2] or found[3]
    label = _inline(found[1], reader, depth + 1).strip()
    # A space on both sides: without one, readers' apps take what follows for a part of the link.
    after = "" if text[found.end() : found.end() + 1] in ("", " ", "\n", "\t", "\r") else " "
    return f"{link}{after}" if label in ("", link) else f"{label} {link}{after}"


def _time(found: re.Match[str], reader: Reader) -> str:
    try:
        at = datetime.fromtimestamp(int(found[1]), UTC)
        return reader.moment(at, found[2] or "f")
    except (ValueError, OverflowError, OSError):
        return found[0]


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reader], str]], ...] = (
    (_ESCAPE, lambda found, _: found[1]),
    (_CODE, lambda found, _: found[2].strip() or found[2]),
    (_URL, lambda found, _: found[0]),
    (_ANGLED, lambda found, _: re.sub("^(?:mailto|tel|sms):", "", found[1])),
    (_MENTION, lambda found, reader: reader.called(found[1].replace("!", ""), found[2])),
    (_PLACE, lambda found, reader: reader.called("id", found[1])),
    (_TIME, _time),
    (_COMMAND, lambda found, _: f"/{found[1]}"),
    (_EMOJI, lambda found, _: f":{found[1]}:"),
)
#: The longest LINE message that people still read; longer texts are split.
LINE_LIMIT = 1_000
_LINK = re.compile(r"https?://\S+")


def line_texts(title: str, text: str, endings: Sequence[str], reader: Reader | None = None) -> list[str]:
    """One message for LINE, or several that are numbered, each at most 1,000 characters.

    ``endings``: lines after the text, such as the deadline and the links.
    """
    whole = "\n".join([f"【{_title(title, reader)}】", plain(text, reader), *(["", *endings] if endings else [])])
    if len(whole) <= LINE_LIMIT:
        return [whole]
    parts = _split(whole, LINE_LIMIT - len("(99/99)\n"))
    return [f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1)]


def mail_texts(
    organisation: str, title: str, text: str, endings: Sequence[str], reader: Reader | None = None
) -> tuple[str, str]:
    """Subject and body."""
    subject = f"[{organisation}] {_title(title, reader)}"
    return " ".join(subject.split()), "\n".join([plain(text, reader), *(["", *endings] if endings else [])])


def _title(title: str, reader: Reader | None) -> str:
    return plain(title, reader) or title


def _split(text: str, most: int) -> list[str]:
    """Split into parts of at most ``most`` characters: at the end of a paragraph, line or sentence if one is in the
    second half; never within a link that fits into a part."""
    parts = []
    while len(text) > most:
        window = text[: most + 1]
        cut = next(
            (
                at + len(end)
                for end in ("\n\n", "\n", "。", ". ", " ")
                if (at := window.rfind(end, most // 2, most + 1 - len(end))) >= 0
            ),
            most,
        )
        cut = next((link.start() for link in _LINK.finditer(text) if 0 < link.start() < cut < link.end()), cut)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts
