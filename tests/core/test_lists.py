"""Every list is turned to its end, at every length, and a page past the end is the last one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import discord
import simcord
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Record
from bot.deliveries.models import Delivery, DeliveryState
from bot.features.announcements.models import Announcement, AnnouncementState
from bot.features.announcements.sending import MESSAGE
from bot.features.audit.models import AuditEntry
from bot.features.handovers.models import Handover, HandoverState
from bot.features.homes.facts import Facts
from bot.features.local_committees.models import LocalCommittee
from bot.features.members.models import LcClaim, Profile
from bot.features.memberships.models import Fee, FeeState, LcStay, Membership, MembershipKind
from bot.features.organisations.models import Organisation, OrganisationKind
from bot.features.people.models import Grant, Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.posts.models import Claim
from bot.features.record_keeping.models import Keeping, RosterEntry, RosterRequest
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.signups.models import Party, PartyMember, SignUp
from bot.ui.home import HomeLine, HomePart
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.announcements.drafting import DraftsButton
from cogs.announcements.planning import CheckersButton
from cogs.announcements.status import SentButton
from cogs.contacts.pages import OwnButton
from cogs.delivery_reports.pages import DeliveriesButton
from cogs.handovers.views import AskedButton, MineButton
from cogs.history.pages import OPEN as ANY
from cogs.history.pages import PageButton as AuditButton
from cogs.local_committees.records import HistoryButton
from cogs.local_committees.views import RegionPageButton
from cogs.members.answers import RegionButton
from cogs.members.claims import ClaimsButton as MemberClaimsButton
from cogs.memberships.fees import OPEN as TO_COME
from cogs.memberships.fees import ListButton as FeesButton
from cogs.memberships.lc_stays import SilentButton as LcStaysButton
from cogs.memberships.staff import CandidatesButton, StaffButton
from cogs.people.pages import OfficersButton
from cogs.posts.catalogue import PostsButton
from cogs.posts.terms import TermsButton
from cogs.posts.views import ClaimsButton
from cogs.record_keeping.claims import RequestButton, RequestsButton
from cogs.record_keeping.keeping import SilentButton
from cogs.signups.organising import PeopleButton
from cogs.signups.pages import MineButton as OwnSignUpsButton
from tests.support.worlds import Server, World, labels, page_text, shown

#: How an item is called wherever it is listed.
NAME = "品{:03}"
NAMED = re.compile(r"品\d{3}")
STARTS, ENDS = date(2025, 4, 1), date(2026, 3, 31)
#: People beyond three pages of the longest page.
PEOPLE = 60
ON = ("次へ", "▶", "古い記録")


@dataclass
class Place:
    """An organisation with an officer, and people enough for every list."""

    server: Server
    officer: simcord.MemberActor
    now: datetime
    organisation: int = 0
    lc: int = 0
    #: Notes of an LC stay, so each list of that has one of its own.
    other_lc: int = 0
    school: int = 0
    #: One without schools, and one with a single LC.
    region: int = 0
    region_of_one: int = 0
    #: The officer's record.
    me: int = 0
    draft: int = 0
    request: int = 0
    signup: int = 0
    posts: dict[str, int] = field(default_factory=dict)
    #: Their numbers and Discord accounts.
    people: list[tuple[int, int]] = field(default_factory=list)
    #: What leads from home to the list.
    entry: Item | None = None

    def of(self, table: type[Any], **values: Any) -> Any:
        return table(organisation_id=self.organisation, **values)

    def term(self, person: int, post: int, *, lc: bool = True) -> Any:
        return self.of(
            Term, person_id=person, post_id=post, lc_id=self.lc if lc else None, starts_on=STARTS, ends_on=ENDS,
            created_at=self.now,
        )  # fmt: skip


Add = Callable[[AsyncSession, Place, int, int, int], Awaitable[list[Any]]]


@dataclass(frozen=True)
class Listing:
    """``size``: items of a page. ``open``: the button that leads to a page. ``add``: makes one item more, from its
    number, a person and their Discord account. ``own``: items that are there anyway."""

    size: int
    open: Callable[[Place, int], Item]
    add: Add
    own: int = 0


LISTS: dict[str, Listing] = {}


def listing(size: int, open_: Callable[[Place, int], Item], own: int = 0) -> Callable[[Add], Add]:
    def keep(add: Add) -> Add:
        LISTS[add.__name__] = Listing(size, open_, add, own)
        return add

    return keep


async def _post(session: AsyncSession, place: Place, n: int) -> Any:
    """A post that is called like the item."""
    name = NAME.format(n)
    post = place.of(
        Post, key=f"own_{n}", name_ja=name, name_en=name, level=Level.LC.value, is_officer=True, position=100 + n
    )
    session.add(post)
    await session.flush()
    return post


def _sign_up(place: Place, n: int) -> SignUp:
    name = NAME.format(n)
    made = place.of(
        SignUp, owner_kind="test", owner_id=n, title_ja=name, title_en=name, page="links:list", mode="first_come",
        offer_hours=24, state="open", created_at=place.now,
    )  # fmt: skip
    assert isinstance(made, SignUp)
    return made


async def _signed_up(session: AsyncSession, place: Place, signup_id: int, person: int) -> list[Any]:
    party = Party(signup_id=signup_id, state="accepted", applied_at=place.now)
    session.add(party)
    await session.flush()
    member = PartyMember(
        party_id=party.id, signup_id=signup_id, person_id=person, agreed_at=place.now, is_live=True
    )  # fmt: skip
    return [party, member]


@listing(15, lambda place, page: OwnSignUpsButton.make("開く", page=page))
async def own_sign_ups(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    signup = _sign_up(place, n)
    session.add(signup)
    await session.flush()
    return [signup, *await _signed_up(session, place, signup.id, place.me)]


@listing(20, lambda place, page: PeopleButton.make("開く", signup_id=place.signup, page=page))
async def people_signed_up(session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return await _signed_up(session, place, place.signup, person)


@listing(25, lambda place, page: RequestsButton.make("開く", page=page))
async def requests_for_records(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.of(RosterRequest, person_id=person, asked_at=place.now)]


@listing(25, lambda place, page: RequestButton.make("開く", request_id=place.request, page=page))
async def records_that_may_be_meant(
    _session: AsyncSession, place: Place, n: int, _person: int, _user: int
) -> list[Any]:
    return [
        place.of(
            RosterEntry, fingerprint=str(n), name=NAME.format(n), reading="", school_id=place.school, institution="",
            consent="", source="", digest=str(n), imported_at=place.now, expires_on=ENDS,
        )
    ]  # fmt: skip


@listing(25, lambda place, page: SilentButton.make("開く", page=page))
async def silent_for_long(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.of(Keeping, person_id=person, until=ENDS, asked_at=place.now)]


@listing(3, lambda place, page: ClaimsButton.make("開く", page=page))
async def claims_to_posts(_session: AsyncSession, place: Place, n: int, _person: int, user: int) -> list[Any]:
    return [
        place.of(
            Claim, post_id=place.posts["leo"], lc_id=place.lc, discord_user_id=user, display_name=NAME.format(n),
            starts_on=STARTS, ends_on=ENDS, asked_at=place.now,
        )
    ]  # fmt: skip


@listing(25, lambda place, page: FeesButton.make("開く", which=TO_COME, year=2025, page=page, text=""))
async def fees(_session: AsyncSession, place: Place, n: int, person: int, _user: int) -> list[Any]:
    return [
        place.of(
            Fee, person_id=person, year=2025, amount=1500, reference=f"{n:05}", state=FeeState.DUE.value,
            opened_at=place.now,
        )
    ]  # fmt: skip


def _membership(place: Place, person: int, kind: MembershipKind) -> Any:
    return place.of(Membership, person_id=person, kind=kind.value, starts_on=STARTS, ends_on=ENDS, created_at=place.now)


@listing(25, lambda place, page: StaffButton.make("開く", page=page, text=""))
async def staff(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [_membership(place, person, MembershipKind.STAFF)]


@listing(25, lambda place, page: CandidatesButton.make("開く", page=page))
async def candidates(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [_membership(place, person, MembershipKind.STAFF_CANDIDATE)]


@listing(25, lambda place, page: MemberClaimsButton.make("開く", lc_id=place.lc, page=page))
async def claims_of_members(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.of(LcClaim, person_id=person, lc_id=place.lc, asked_at=place.now)]


@listing(25, lambda place, page: LcStaysButton.make("開く", lc_id=place.lc, page=page))
async def asked_in_april(session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    term = place.term(person, place.posts["lc_member"])
    session.add(term)
    await session.flush()
    return [term, place.of(LcStay, term_id=term.id, year=2025, until=ENDS)]


def _change(place: Place, lc: int, user: int) -> Any:
    return place.of(
        AuditEntry, at=place.now, actor_discord_id=user, origin="test", action="lc.edit",
        subject_kind="local_committee", subject_id=lc, fields=["own_name_ja"],
    )  # fmt: skip


@listing(10, lambda place, page: AuditButton.make("開く", page=page, lc_id=place.lc, person=0, kind=ANY, days=0))
async def audit(_session: AsyncSession, place: Place, _n: int, _person: int, user: int) -> list[Any]:
    return [_change(place, place.lc, user)]


@listing(10, lambda place, page: HistoryButton.make("開く", lc_id=place.other_lc, page=page))
async def history_of_an_lc(_session: AsyncSession, place: Place, _n: int, _person: int, user: int) -> list[Any]:
    return [_change(place, place.other_lc, user)]


def _school(place: Place, n: int, region: int) -> Any:
    name = NAME.format(n)
    kind = SchoolKind.PUBLIC.value
    return place.of(School, code=f"own-{n}", name_ja=name, name_en=name, kind=kind, region_id=region, position=n)


@listing(25, lambda place, page: RegionButton.make("開く", region_id=place.region, page=page))
async def schools_of_a_region(_session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    return [_school(place, n, place.region)]


@listing(25, lambda place, page: RegionPageButton.make("開く", region_id=place.region_of_one, page=page), own=1)
async def lcs_of_a_region(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    school = _school(place, n, place.region_of_one)
    session.add(school)
    await session.flush()
    more = {"search_names": "", "search_places": "", "position": n, "created_at": place.now}
    return [school, place.of(LocalCommittee, school_id=school.id, **more)]


@listing(10, lambda place, page: DeliveriesButton.make("開く", page=page))
async def causes_of_failures(_session: AsyncSession, place: Place, n: int, _person: int, user: int) -> list[Any]:
    return [
        place.of(
            Delivery, kind=MESSAGE, key=f"own:{n}", subject="own", track="person", lane=0, urgency="normal",
            action="send", recipient_kind="person", recipient_id=user, is_budgeted=False, time_zone="Asia/Tokyo",
            due_at=place.now, payload={}, nonce=str(n), state=DeliveryState.FAILED.value, attempts=1,
            next_attempt_at=place.now, error_code=NAME.format(n), created_at=place.now, settled_at=place.now,
        )
    ]  # fmt: skip


@listing(25, lambda place, page: CheckersButton.make("開く", announcement_id=place.draft, page=page))
async def who_may_check(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.term(person, place.posts["national_officer"], lc=False)]


@listing(25, lambda place, page: OfficersButton.make("開く", page=page), own=1)
async def officers(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.term(person, place.posts["national_officer"], lc=False)]


@listing(15, lambda place, page: TermsButton.make("開く", lc_id=place.lc, page=page))
async def terms(_session: AsyncSession, place: Place, _n: int, person: int, _user: int) -> list[Any]:
    return [place.term(person, place.posts["leo"])]


@listing(25, lambda place, page: PostsButton.make("開く", page=page))
async def posts(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    return [await _post(session, place, n)]


async def _own_post(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    post = await _post(session, place, n)
    return [post, place.term(place.me, post.id)]


@listing(20, lambda place, page: MineButton.make("開く", page=page), own=1)
async def own_handovers(session: AsyncSession, place: Place, n: int, person: int, user: int) -> list[Any]:
    return await _own_post(session, place, n, person, user)


@listing(4, lambda place, page: OwnButton.make("開く", lc_id=place.lc, page=page))
async def own_contacts(session: AsyncSession, place: Place, n: int, person: int, user: int) -> list[Any]:
    return await _own_post(session, place, n, person, user)


@listing(4, lambda place, page: AskedButton.make("開く", page=page))
async def asked_to_follow(session: AsyncSession, place: Place, n: int, person: int, _user: int) -> list[Any]:
    post = await _post(session, place, n)
    term = place.term(person, post.id)
    session.add(term)
    await session.flush()
    handover = place.of(
        Handover, term_id=term.id, discord_user_id=place.officer.id, display_name="officer", starts_on=ENDS,
        ends_on=ENDS, state=HandoverState.NAMED.value, named_at=place.now,
    )  # fmt: skip
    return [post, term, handover]


async def _announcement(session: AsyncSession, place: Place, n: int, **more: Any) -> list[Any]:
    first = await session.get_one(Announcement, place.draft)
    values = {one.name: getattr(first, one.name) for one in Announcement.__table__.columns if one.name != "id"}
    return [Announcement(**(values | {"title": NAME.format(n)} | more))]


@listing(25, lambda place, page: DraftsButton.make("開く", page=page), own=1)
async def drafts(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    return await _announcement(session, place, n)


@listing(25, lambda place, page: SentButton.make("開く", page=page))
async def sent(session: AsyncSession, place: Place, n: int, _person: int, _user: int) -> list[Any]:
    return await _announcement(session, place, n, state=AnnouncementState.SENT.value, sent_at=place.now)


async def _place(world: World) -> Place:
    server = world.server()
    officer = server.admin("officer")
    await server.set_up(officer)
    form = await officer.slash(server.channel, "officer announce")
    await officer.submit_modal(form, {"title": "土台", "text_ja": "本文"})
    place = Place(server, officer, world.bot.clock.now())
    async with world.bot.database.writing() as session:
        place.organisation = (await session.scalars(select(Organisation.id))).one()
        place.draft = (await session.scalars(select(Announcement.id))).one()
        named = School.name_ja == "東京大学"
        place.school = (await session.scalars(select(School.id).where(named))).one()
        place.lc = (await session.scalars(select(LocalCommittee.id).join(School).where(named))).one()
        other = School.name_ja == "京都大学"
        place.other_lc = (await session.scalars(select(LocalCommittee.id).join(School).where(other))).one()
        place.me = (await session.scalars(select(Person.id).where(Person.discord_user_id == officer.id))).one()
        place.posts = {post.key: post.id for post in (await session.scalars(select(Post))).all()}
        people = [
            place.of(Person, discord_user_id=10**17 + n, display_name=NAME.format(n), created_at=place.now)
            for n in range(PEOPLE)
        ]
        asking = place.of(Person, discord_user_id=10**17 + 500, display_name="尋ねる人", created_at=place.now)
        regions = [place.of(Region, code=code, name_ja=code, name_en=code, position=99) for code in ("own", "one")]
        session.add_all([*people, asking, *regions])
        await session.flush()
        place.region, place.region_of_one = (one.id for one in regions)
        place.people = [(one.id, one.discord_user_id) for one in people]
        only = await session.scalars(select(School).where(School.name_ja == "大阪大学"))
        only.one().region_id = place.region_of_one
        for person_id, school in ((place.me, None), (asking.id, place.school), *((one.id, None) for one in people)):
            session.add(
                place.of(
                    Profile, person_id=person_id, purpose_version="1", consented_at=place.now, joined_at=place.now,
                    school_id=school,
                )
            )  # fmt: skip
        request = place.of(RosterRequest, person_id=asking.id, asked_at=place.now)
        session.add(request)
        await session.flush()
        place.request = request.id
        signup = _sign_up(place, 1_000)
        signup.title_ja = signup.title_en = "見本"
        signup.organiser_id = place.me
        in_charge = place.of(
            Grant, person_id=place.me, right=Right.ORGANISE.value, subject_kind="test", subject_id=1_000,
            starts_on=STARTS, created_at=place.now,
        )  # fmt: skip
        session.add(in_charge)
        session.add(signup)
        await session.flush()
        place.signup = signup.id

    async def part(_request: MemberRequest, _facts: Facts) -> HomePart:
        return HomePart(waiting=[HomeLine("開く", place.entry)] if place.entry is not None else [])

    world.bot.home.contribute(-1, part)
    return place


async def _open(place: Place, one: Listing, page: int) -> Any:
    place.entry = one.open(place, page)
    home = shown(await place.officer.slash(place.server.channel, "home"))
    await place.officer.click(home, label="開く")
    return home


def _items(message: Any) -> set[str]:
    """What is listed, be it in the text, in a menu or on a button."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return set(NAMED.findall(page_text(message) + str(rows)))


def _on(message: Any) -> str | None:
    """The label of the button to the next page, if one can press it."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    buttons = [item for row in rows for item in row["components"] if item.get("label") in ON]
    return next((button["label"] for button in buttons if not button.get("disabled")), None)


async def _to_the_end(place: Place, one: Listing) -> tuple[set[str], set[str], int]:
    """Every item, those of the last page, and how many pages there were."""
    page = await _open(place, one, 0)
    found = last = _items(page)
    pages = 1
    while (label := _on(page)) is not None and pages < 50:
        await place.officer.click(page, label=label)
        last, pages = _items(page), pages + 1
        found = found | last
    return found, last, pages


async def test_every_list_is_turned_to_its_end(world: World) -> None:
    place = await _place(world)
    for name, one in LISTS.items():
        made: list[tuple[type[Record], int]] = []
        own = one.own
        if name == "posts":
            own = len(place.posts)
        if name == "requests_for_records":
            own = 1  # that of whoever asks for a record at all
        counts = (0, 1, max(one.size - own % one.size, 1), min(2 * one.size + 3, PEOPLE))
        have = 0
        for count in counts:
            async with world.bot.database.writing() as session:
                for n in range(have, count):
                    rows = await one.add(session, place, n, *place.people[n])
                    session.add_all(rows)
                    await session.flush()
                    made += [(type(row), row.id) for row in rows]
            have = max(have, count)
            found, last, pages = await _to_the_end(place, one)
            assert found == {NAME.format(n) for n in range(have)}, (name, count)
            assert pages == max(1, -(-(have + own) // one.size)), (name, count)
            for far in (pages, 10**18):
                past = await _open(place, one, far)
                assert _items(past) == last, (name, count, far)
                assert _on(past) is None, (name, count, far)
                assert {"ホーム", "戻る"} & set(labels(past)), (name, count, far)
        async with world.bot.database.writing() as session:
            for table, row_id in reversed(made):
                if table is not AuditEntry:  # which stays for ever
                    await session.execute(delete(table).where(table.id == row_id))


async def test_more_organisations_than_a_page_are_offered_to_a_new_server(world: World) -> None:
    first, new = world.server(), world.server("new")
    officer = first.admin("officer")
    await first.set_up(officer)
    async with world.bot.database.writing() as session:
        now = world.bot.clock.now()
        for n in range(40):
            name = NAME.format(n)
            organisation = Organisation(kind=OrganisationKind.SOCIETY.value, name_ja=name, name_en=name, created_at=now)
            session.add(organisation)
            await session.flush()
            key = {"organisation_id": organisation.id}
            person = Person(discord_user_id=officer.id, display_name="officer", created_at=now, **key)
            post = Post(key="p", name_ja="p", name_en="p", level=Level.NATION.value, is_officer=True, position=0, **key)
            session.add_all([person, post])
            await session.flush()
            days = {"starts_on": STARTS, "ends_on": ENDS, "created_at": now}
            session.add(Term(person_id=person.id, post_id=post.id, **days, **key))
    rights = new.guild.create_role("rights", permissions=discord.Permissions(manage_guild=True))
    member = new.guild.add_member(officer.user, roles=[rights])
    world.locales[member.id] = "ja"
    page = shown(await member.slash(new.channel, "setup"))
    found = _items(page)
    while (label := _on(page)) is not None and len(found) < 100:
        await member.click(page, label=label)
        assert "組織をつくる" in "".join(labels(page))
        found |= _items(page)
    assert len(found) == 40
