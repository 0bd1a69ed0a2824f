"""An organiser enters people who said elsewhere that they come: names from LINE or a sheet, looked at before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from bot.db import Reader, fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.events.models import KIND
from bot.features.events.reading.names import Answer
from bot.features.guests import names
from bot.features.guests.models import NameList
from bot.features.guests.names import Named, NameRows
from bot.features.institutions.entering import add_person
from bot.features.institutions.rules import SOURCE, PersonDraft, cleaned_person
from bot.features.members.finding import visible
from bot.features.members.models import Profile
from bot.features.members.queries import with_profile
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.schools.names import fold
from bot.features.signups.book import page_of
from bot.features.signups.desk import (
    UNKNOWN,
    Desk,
    after_leaving,
    desk_of,
    enrol,
    require_names,
    require_open,
    say,
)
from bot.features.signups.leaving import take_out
from bot.features.signups.messages import MOVED_UP
from bot.features.signups.models import Choice, Party, PartyMember, PartyState, SignUp
from bot.features.signups.rules import Seat
from bot.i18n import N_, words_for
from bot.paging import part_of

#: How long a list waits. It has names in it, so not long.
KEPT = timedelta(hours=1)
#: What a menu of Discord holds.
ASKED_AT_ONCE = 25
GONE = N_("This list has expired or was entered already. Please look at who comes, and paste it again if needed.")
UNANSWERED = N_("Some of these names are members'. Please look at the list again and say who is meant.")
SEVERAL_WAYS = N_(
    "People choose here in which way they take part, so nobody else can enter them. Please send them the sign-up link."
)
NO_CODE = N_("No event has this code. The code stands in the text for LINE, such as E12.")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody with an account who has that name, and whom the organiser may find."""

    name: str
    person_id: int
    school_ja: str
    school_en: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What would become of a list. ``asked``: who may be meant, at most so many as a menu holds; nothing is entered
    before that is answered. ``members``: said to be those with an account. ``new``: get a record without one.
    ``there``: are in it. ``leave``: said no, and are in it without an account. ``others``: said no or perhaps."""

    list_id: int
    signup_id: int
    title_ja: str
    title_en: str
    text: str
    asked: Sequence[Known]
    members: Sequence[Known]
    new: Sequence[str]
    there: Sequence[str]
    leave: Sequence[str]
    others: Sequence[str]
    unclear: Sequence[str]

    @property
    def may_confirm(self) -> bool:
        return not self.asked and bool(self.members or self.new or self.leave)


@dataclass(slots=True)
class Entered:
    """How many of a list ended up where."""

    signup_id: int
    accepted: int = 0
    waiting: int = 0
    left: int = 0
    #: No place was left, and there is no line.
    without: int = 0


@dataclass(slots=True)
class _Live:
    """Who is in a sign-up: people by record, and those without an account by folded name."""

    people: set[int] = field(default_factory=set)
    guests: dict[str, list[int]] = field(default_factory=dict)


class NameListService(Service):
    async def begin(self, actor: Actor, signup_id: int) -> None:
        """Before a form opens. Raises NotFound; NotAllowed: the actor isn't one of its organisers."""
        async with self.database.reading() as connection:
            await _require(connection, actor, signup_id)

    async def of_code(self, actor: Actor, text: str) -> int:
        """The sign-up of the event with a code. Raises NotFound: there is none that the actor organises."""
        event_id = names.code_in(text)
        query = select(SignUp.__table__).where(
            SignUp.owner_kind == KIND,
            SignUp.owner_id == (event_id or 0),
            SignUp.organisation_id == actor.organisation.id,
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(NO_CODE)
        require_names(actor, rows[0])
        return int(rows[0].id)

    async def paste(self, actor: Actor, signup_id: int, text: str) -> int:
        """Take names from a text, one to a line; the number of the list. Nobody is entered.

        Raises:
            NotFound: there is no such sign-up.
            NotAllowed: the actor isn't one of its organisers.
            Invalid: there are no names in it, or too many.
        """
        return await self._keep(actor, signup_id, text, names.pasted(text))

    async def take_in(self, actor: Actor, signup_id: int, content: bytes) -> int:
        """The same from a CSV or Excel file."""
        return await self._keep(actor, signup_id, "", names.in_sheet(content))

    async def look(self, actor: Actor, list_id: int) -> Looked:
        """What would become of a list now. Raises NotFound: it has expired, or is somebody else's; NotAllowed."""
        async with self.database.reading() as connection:
            row = await _found(connection, actor, list_id, self.clock.now() - KEPT)
            return await _look(connection, actor, row)

    async def answer(self, actor: Actor, list_id: int, person_ids: Sequence[int]) -> None:
        """Of those who were asked about, these are the ones with an account; the others aren't. Raises as ``look``."""
        async with change_by(self, actor) as change:
            row = await _locked(change, list_id)
            asked = (await _look(change.session, change.actor, row)).asked
            said = {one.name: one.person_id if one.person_id in person_ids else 0 for one in asked}
            row.known = {**row.known, **said}

    async def confirm(self, actor: Actor, list_id: int) -> Entered:
        """Enter those of a list who come, and take out those who don't, in the order of the list.

        Raises:
            NotFound: it has expired, or was entered already.
            NotAllowed: the actor isn't one of the organisers any more.
            Conflict: sign-up is over, or nobody has said yet which members are meant.
        """
        async with change_by(self, actor) as change:
            row = await _locked(change, list_id)
            desk = await desk_of(change, row.signup_id, *sorted({one for one in row.known.values() if one}))
            require_names(change.actor, desk.signup)
            await require_open(desk)
            done = Entered(row.signup_id)
            live = await _live(change.session, row.signup_id)
            known = await _known(change.session, actor, [one.name for one in _rows(row)])
            if _looked(row, desk.signup, live, known).asked:
                raise Conflict(UNANSWERED, next_steps=[desk.back])
            await _take_out(desk, row, live, done)
            by_name = {one.name: one for one in known}
            for one in _rows(row):
                if one.answer is Answer.YES:
                    await _enter(desk, one, _meant(one, row, by_name), live, done)
            desk.note("signup.enter", "person")
            await change.session.delete(row)
            return done

    async def _keep(self, actor: Actor, signup_id: int, text: str, found: NameRows) -> int:
        async with change_by(self, actor) as change:
            await _require(change.session, change.actor, signup_id)
            old = delete(NameList).where(
                or_(NameList.made_at <= change.now - KEPT, NameList.made_by_id == change.actor.person_id)
            )
            await change.session.execute(old.execution_options(synchronize_session=False))
            row = NameList(
                organisation_id=change.moment.organisation_id,
                signup_id=signup_id,
                made_by_id=change.actor.person_id,
                text=text,
                rows=[[one.name, one.answer.value, one.school] for one in found.rows],
                unclear=list(found.unclear),
                known={},
                made_at=change.now,
            )
            change.session.add(row)
            await change.session.flush()
            return row.id


async def _require(reader: Reader, actor: Actor, signup_id: int) -> Any:
    """The row of ``signups``. Raises NotFound; NotAllowed; Conflict: there are several ways to take part."""
    query = select(SignUp.__table__).where(SignUp.id == signup_id, SignUp.organisation_id == actor.organisation.id)
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(UNKNOWN)
    row: Any = rows[0]
    require_names(actor, row)
    ways = select(Choice.id).where(Choice.signup_id == signup_id).limit(1)
    if await reader.scalar(ways) is not None:
        raise Conflict(SEVERAL_WAYS, next_steps=[page_of(row)])
    return row


async def _found(reader: Reader, actor: Actor, list_id: int, since: Any) -> Any:
    mine = (NameList.id == list_id, NameList.made_by_id == (actor.person_id or 0), NameList.made_at > since)
    rows = await fetch(reader, select(NameList.__table__).where(*mine))
    if not rows:
        raise NotFound(GONE)
    return rows[0]


async def _locked(change: Change, list_id: int) -> NameList:
    mine = (NameList.id == list_id) & (NameList.made_by_id == (change.actor.person_id or 0))
    return await change.lock(NameList, mine & (NameList.made_at > change.now - KEPT), GONE)


async def _look(reader: Reader, actor: Actor, row: Any) -> Looked:
    signup = await _require(reader, actor, row.signup_id)
    live = await _live(reader, row.signup_id)
    return _looked(row, signup, live, await _known(reader, actor, [one.name for one in _rows(row)]))


def _rows(row: Any) -> list[Named]:
    return [Named(name, Answer(answer), school) for name, answer, school in row.rows]


async def _live(reader: Reader, signup_id: int) -> _Live:
    query = (
        select(PartyMember.id, PartyMember.person_id, Person.display_name, Person.discord_user_id)
        .join(Person, Person.id == PartyMember.person_id)
        .where(PartyMember.signup_id == signup_id, PartyMember.is_live)
        .order_by(PartyMember.id)
    )
    found = _Live()
    for row in await fetch(reader, query):
        found.people.add(row.person_id)
        if row.discord_user_id is None:
            found.guests.setdefault(fold(row.display_name), []).append(row.id)
    return found


async def _known(reader: Reader, actor: Actor, wanted: Sequence[str]) -> list[Known]:
    """Of each name, the one person with an account who has it, if the actor may find them and nobody else has it."""
    if not wanted:
        return []
    by_name = {fold(name): name for name in wanted}
    named = or_(*(Profile.search.contains(f"\n{name}\n", autoescape=True) for name in by_name))
    query = with_profile(select(Person.id, Profile.search), outer=False).where(
        Person.organisation_id == actor.organisation.id, Person.discord_user_id.is_not(None), named, visible(actor)
    )
    found: dict[str, list[Any]] = {}
    for row in await fetch(reader, query.order_by(Person.id)):
        for name in set(row.search.split("\n")) & by_name.keys():
            found.setdefault(name, []).append(row)
    return [
        Known(by_name[name], rows[0].id, rows[0].school_ja or "", rows[0].school_en or "")
        for name, rows in found.items()
        if len(rows) == 1
    ]


def _looked(row: Any, signup: Any, live: _Live, known: Sequence[Known]) -> Looked:
    by_name: Mapping[str, Known] = {one.name: one for one in known}
    asked, members = list[Known](), list[Known]()
    new, there, leave, others = list[str](), list[str](), list[str](), list[str]()
    for one in _rows(row):
        folded = fold(one.name)
        if one.answer is not Answer.YES:
            goes = one.answer is Answer.NO and len(live.guests.get(folded, [])) == 1
            (leave if goes else others).append(one.name)
            continue
        member = by_name.get(one.name)
        if folded in live.guests or (member is not None and member.person_id in live.people):
            there.append(one.name)
        elif member is not None and one.name not in row.known:
            asked.append(member)
        elif member is not None and row.known[one.name] == member.person_id:
            members.append(member)
        else:
            new.append(one.name)
    return Looked(
        row.id,
        signup.id,
        signup.title_ja,
        signup.title_en,
        row.text,
        part_of(asked, 0, ASKED_AT_ONCE),
        members,
        new,
        there,
        leave,
        others,
        row.unclear,
    )


def _meant(one: Named, row: NameList, known: Mapping[str, Known]) -> int | None:
    """The person with an account of whom the organiser said that it's them, if they still are the one of that name."""
    member = known.get(one.name)
    return member.person_id if member is not None and row.known.get(one.name) == member.person_id else None


async def _take_out(desk: Desk, row: NameList, live: _Live, done: Entered) -> None:
    """Who said no, and is in it without an account."""
    for one in _rows(row):
        members = live.guests.get(fold(one.name), [])
        if one.answer is Answer.NO and len(members) == 1:
            member = await desk.session.get_one(PartyMember, members[0])
            await take_out(desk.session, desk.moment, await desk.session.get_one(Party, member.party_id), member)
            live.guests.pop(fold(one.name))
            done.left += 1
    await after_leaving(desk)


async def _enter(desk: Desk, one: Named, person_id: int | None, live: _Live, done: Entered) -> None:
    if fold(one.name) in live.guests or person_id in live.people:
        return
    book = await desk.book(person_id)
    if not desk.signup.has_line and not book.fits([Seat()], desk.change.now):
        done.without += 1
        return
    is_member = person_id is not None
    if person_id is None:
        words = words_for(desk.change.actor.organisation.language)
        title = words.either(desk.signup.title_ja, desk.signup.title_en)
        source = words("Said elsewhere that they come: {title}", title=title)[:SOURCE]
        draft = cleaned_person(PersonDraft(one.name, "", one.school, source))
        by = desk.change.actor.person_id
        person_id = (await add_person(desk.change, draft, desk.signup.lc_id, by=by)).id
    party, placed = await enrol(desk, book, person_id, approved=True)
    done.accepted += placed.state is PartyState.ACCEPTED
    done.waiting += placed.state is PartyState.WAITING
    if is_member and placed.state is PartyState.ACCEPTED:
        await say(desk, party, MOVED_UP)
    live.people.add(person_id)
