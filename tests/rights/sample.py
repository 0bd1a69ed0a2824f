"""An organisation with a little of everything, in which each kind of person tries each method."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Unpack

from sqlalchemy import insert, select, update

from bot.db import Database, Record, fetch
from bot.deliveries.models import Delivery, DeliveryState, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.features import Services
from bot.features.announcements.drafts import DraftService, Settable, TemplateService
from bot.features.announcements.models import Announcement, AnnouncementFile, AnnouncementTemplate
from bot.features.announcements.planning import CheckService, PlanningService
from bot.features.announcements.rules import Every, Repeat
from bot.features.announcements.sending import SendingService
from bot.features.announcements.values import Content
from bot.features.attendance.desks import DeskService
from bot.features.attendance.helping import HelpingService
from bot.features.attendance.models import AttendanceSession, CheckIn
from bot.features.attendance.ticking import TickingService
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience, CommitteeMembers, Members
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.service import CalendarService
from bot.features.calendars.values import Scope
from bot.features.certificates.issuing import IssuingService
from bot.features.certificates.models import Certificate, CertificateCopy
from bot.features.certificates.rules import Terms
from bot.features.channels.servers import LcServerService
from bot.features.committees.models import StandingCommittee
from bot.features.events.copies import CopyingService
from bot.features.events.homes import Home
from bot.features.events.hosts import HostService
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.models import Event, EventHost, EventReportPicture
from bot.features.events.organisers import OrganisersService
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.questions import QuestionService
from bot.features.events.reporting import ReportService
from bot.features.events.service import EventService
from bot.features.guests.lists import NameListService
from bot.features.handovers.models import Handover
from bot.features.handovers.notes import PostNoteService
from bot.features.handovers.service import HandoverService
from bot.features.institutions.entering import EnteringService
from bot.features.institutions.models import InstitutionKind
from bot.features.institutions.rules import ContactDraft, InstitutionDraft, PersonDraft
from bot.features.institutions.service import InstitutionService
from bot.features.links.rules import LinkDraft
from bot.features.links.service import LinkService
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.models import LcAnswer, LcClaim
from bot.features.members.service import MemberService
from bot.features.memberships.fees import FeeService
from bot.features.memberships.models import Fee, LcStay, Renewal
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import StaffService
from bot.features.people.actors import Actor, Caller
from bot.features.people.changes import change_by
from bot.features.people.models import Level, Post, Term
from bot.features.people.service import PeopleService
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE, NATIONAL_OFFICER
from bot.features.posts import claims
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.claims import ClaimService
from bot.features.posts.models import Claim
from bot.features.posts.values import PostDraft
from bot.features.questionnaires.models import Question, QuestionKind
from bot.features.questionnaires.service import NewQuestion
from bot.features.record_keeping.merging import MergingService
from bot.features.record_keeping.models import Keeping, RosterEntry, RosterRequest
from bot.features.record_keeping.service import RosterService
from bot.features.regions.service import RegionDraft, RegionService
from bot.features.sheets.service import SheetService
from bot.features.signups.models import Choice as SignUpChoice
from bot.features.signups.models import Mode
from bot.features.signups.models import Party as SignUpParty
from bot.features.signups.opening import open_signup
from bot.features.signups.service import SignUpService
from bot.features.signups.values import NewChoice, NewSignUp
from bot.features.symposia.editions import EditionService
from bot.features.symposia.rules import SpeakerDraft
from bot.features.symposia.service import SymposiumDraft, SymposiumService
from bot.features.symposia.speakers import SpeakerService
from bot.features.tasks.service import TaskDraft, TaskService
from tests.announcements.support import part
from tests.events.support import PHOTO
from tests.rights.kinds import JOINED, USERS, Kind
from tests.support.grants import in_charge
from tests.support.members import join
from tests.support.people import ADMIN, GUILD, OFFICER, STUDENT, actor, appoint_to, caller, found_organisation

#: The LC's own server, and one that belongs to nobody yet.
LC_GUILD, NEW_GUILD = GUILD + 1, GUILD + 2
FOREIGN_GUILD = GUILD + 3
#: It is 21 November 2026; terms end on 31 March.
MARCH, APRIL, NEXT_MARCH = date(2027, 3, 31), date(2027, 4, 1), date(2028, 3, 31)
CONTENT = Content("総会", "本文", "Text", "https://example.org")
HOW_MANY = NewQuestion(QuestionKind.NUMBER, "何人", "How many", (), True)
#: People beside the kinds, who claim, apply or are merged.
CLAIMANT, STAFF, CANDIDATE, KEPT, GONE, SOMEBODY = (STUDENT + 200 + number for number in range(6))
PERSONAL_CODE = "AAAAA-BBBBB"
SHEET = "大学,状態\n東京大学,休止中\n".encode()
PEOPLE_SHEET = "氏名,同意\n名簿 一子,はい\n".encode()


@dataclass
class Sample:
    """Ids and codes by their names. ``actors`` were looked up when all was there; ``kind``: who tries just now."""

    services: Services
    actors: dict[Kind, Actor] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    kind: Kind = Kind.STRANGER

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]

    @property
    def actor(self) -> Actor:
        return self.actors[self.kind]

    def caller(self, guild: int = GUILD) -> Caller:
        return caller_of(self.kind, guild)

    def now(self) -> datetime:
        return self.services[PeopleService].clock.now()

    async def acting(self, kind: Kind) -> Actor:
        return await self.services[PeopleService].actor(caller_of(kind))


def caller_of(kind: Kind, guild: int = GUILD) -> Caller:
    if kind is Kind.FOREIGN and guild == GUILD:
        guild = FOREIGN_GUILD
    return caller(USERS[kind], guild, manages=kind is Kind.MANAGER)


async def build(database: Database, services: Services) -> Sample:
    """Nothing is left out that a method needs to get past its checks."""
    sample = Sample(services)
    await found_organisation(services)
    await found_organisation(services, FOREIGN_GUILD, officer=USERS[Kind.FOREIGN], name_ja="別の団体", name_en="Other")
    await _lcs_and_people(sample, database)
    steps = (
        _announcements,
        _sent,
        _memberships,
        _claims_and_posts,
        _handovers,
        _directory,
        _records,
        _sign_ups,
        _events,
        _symposia,
    )
    for step in steps:
        await step(sample, database)
    sample.actors = {kind: await sample.acting(kind) for kind in Kind}
    return sample


async def _lcs_and_people(sample: Sample, database: Database) -> None:
    services = sample.services
    first = await actor(services, OFFICER)
    lcs = services[LocalCommitteeService]
    for name, school in (("lc", "東京大学"), ("other_lc", "京都大学"), ("empty_lc", "大阪大学")):
        sample.ids[name] = (await lcs.show(first, school)).lc_id
    async with database.writing() as session:
        members = LocalCommittee.id.in_([sample["lc"], sample["other_lc"]])
        await session.execute(update(LocalCommittee).where(members).values(state=LcState.MEMBER.value))
        here = StandingCommittee.organisation_id == first.organisation.id
        query = select(StandingCommittee.id).where(here).order_by(StandingCommittee.position).limit(2)
        sample.ids["committees"] = [*await session.scalars(query)]
        sample.ids["committee"] = sample.ids["committees"][0]
        whose = select(LocalCommittee.school_id).where(LocalCommittee.id == sample["lc"])
        sample.ids["school"] = await session.scalar(whose)
    keys = (f"channel:lc:{sample['lc']}", f"thread:lc:{sample['lc']}", "channel:announcements")
    for number, key in enumerate(keys, start=7_001):
        await part(database, key, number)
    elsewhere = {Kind.OTHER_MEMBER, Kind.OTHER_OFFICER}
    for kind in Kind:
        if kind in JOINED:
            await join(services, USERS[kind], f"見本 {kind}", school="京都大学" if kind in elsewhere else "東京大学")
    last_year = (date(2025, 4, 1), date(2026, 3, 31))
    await appoint_to(services, USERS[Kind.MEMBER], LC_MEMBER, sample["lc"])
    await appoint_to(services, USERS[Kind.OTHER_MEMBER], LC_MEMBER, sample["other_lc"])
    await appoint_to(services, USERS[Kind.REPRESENTATIVE], LC_REPRESENTATIVE, sample["lc"])
    await appoint_to(services, USERS[Kind.LC_OFFICER], "leo", sample["lc"])
    await appoint_to(services, USERS[Kind.OTHER_OFFICER], LC_REPRESENTATIVE, sample["other_lc"])
    await appoint_to(services, USERS[Kind.FORMER], LC_REPRESENTATIVE, sample["lc"], *last_year)
    await appoint_to(services, USERS[Kind.FORMER_NATIONAL], NATIONAL_OFFICER, None, *last_year)
    await appoint_to(services, USERS[Kind.NATIONAL], NATIONAL_OFFICER)
    await appoint_to(services, USERS[Kind.NATIONAL_COMMITTEE], "neo")
    await appoint_to(services, USERS[Kind.TREASURER], "national_treasurer")
    for kind in JOINED:
        sample.ids[f"person_{kind}"] = (await sample.acting(kind)).person_id
    sample.ids["person"] = sample[f"person_{Kind.MEMBER}"]


async def _announcements(sample: Sample, database: Database) -> None:
    """What isn't sent yet."""
    services = sample.services
    drafts, planning = services[DraftService], services[PlanningService]
    nation, lc = await sample.acting(Kind.NATIONAL), await sample.acting(Kind.REPRESENTATIVE)
    ids = sample.ids
    ids["draft"] = await drafts.begin(nation, None, CONTENT, ("a.txt", b"inside"))
    await drafts.add_question(nation, ids["draft"], HOW_MANY)
    ids["lc_draft"] = await drafts.begin(lc, ids["lc"], CONTENT)
    ids["checked"] = await drafts.begin(nation, None, CONTENT)
    await services[CheckService].ask(nation, ids["checked"], USERS[Kind.NATIONAL_COMMITTEE])
    ids["series"] = await drafts.begin(nation, None, CONTENT)
    await drafts.set(nation, ids["series"], repeat=Repeat(every=Every.WEEK, count=5))
    for name, days in (("series", 3), ("planned", 2)):
        if name == "planned":
            ids["planned"] = await drafts.begin(nation, None, CONTENT)
        version = (await drafts.show(nation, ids[name])).version
        await planning.plan(nation, ids[name], version, sample.now() + timedelta(days=days))
    await services[TemplateService].keep(nation, ids["draft"], "全国")
    await services[TemplateService].keep(lc, ids["lc_draft"], "大学")
    ids["template"] = await _id(database, AnnouncementTemplate, AnnouncementTemplate.lc_id.is_(None))
    ids["lc_template"] = await _id(database, AnnouncementTemplate, AnnouncementTemplate.lc_id == ids["lc"])
    for name in ("draft", "lc_draft", "checked"):
        ids[f"{name}_version"] = (await drafts.show(nation, ids[name])).version
    ids["question"] = await _id(database, Question)


async def _sent(sample: Sample, database: Database) -> None:
    services, ids = sample.services, sample.ids
    drafts = services[DraftService]
    nation, lc = await sample.acting(Kind.NATIONAL), await sample.acting(Kind.REPRESENTATIVE)

    async def send(name: str, who: Actor, lc_id: int | None, *, asks: bool, **changes: Unpack[Settable]) -> None:
        ids[name] = await drafts.begin(who, lc_id, CONTENT, ("b.txt", b"inside"))
        if changes:
            await drafts.set(who, ids[name], **changes)
        if asks:
            await drafts.add_question(who, ids[name], HOW_MANY)
        version = (await drafts.show(who, ids[name])).version
        await services[PlanningService].plan(who, ids[name], version)
        await services[SendingService].send_out(ids[name], 1)
        async with database.reading() as connection:
            query = select(Announcement.state, Announcement.questionnaire_id, Announcement.file_id)
            (row,) = await fetch(connection, query.where(Announcement.id == ids[name]))
        assert row.state == "sent", (name, row.state)
        ids[f"{name}_questionnaire"], ids[f"{name}_file"] = row.questionnaire_id, row.file_id

    await send("sent", nation, None, asks=False)
    await send("asking", nation, None, asks=True, deadline=datetime(2026, 12, 20, 21, 0))  # noqa: DTZ001 - local
    to_people = Audience(rule=Members())
    await send("to_people", nation, None, asks=True, audience=to_people, places=(Place.NATIONAL,))
    await send("lc_sent", lc, ids["lc"], asks=False)
    officers = Audience(rule=CommitteeMembers(committee_id=ids["committee"]))
    await send("for_officers", nation, None, asks=False, audience=officers, places=(Place.LC_OFFICERS,))
    question = Question.questionnaire_id == ids["asking_questionnaire"]
    ids["asked_question"] = await _id(database, Question, question)


async def _memberships(sample: Sample, database: Database) -> None:
    services, ids = sample.services, sample.ids
    nation, memberships = await sample.acting(Kind.NATIONAL), services[MembershipService]
    for kind in (Kind.MEMBER, Kind.OTHER_MEMBER):
        await memberships.become_member(await sample.acting(kind))
        ids[f"fee_{kind}"] = await _id(database, Fee, Fee.person_id == ids[f"person_{kind}"])
    ids["fee"] = ids[f"fee_{Kind.MEMBER}"]
    ids["paid"] = ids[f"fee_{Kind.OTHER_MEMBER}"]
    await services[FeeService].settle(nation, [ids["paid"]])
    for name, user in (("staff", STAFF), ("candidate", CANDIDATE)):
        person = await join(services, user, f"見本 {name}")
        ids[name] = person.person_id
        await memberships.become_member(person)
        await services[FeeService].settle(nation, [await _id(database, Fee, Fee.person_id == person.person_id)])
        await memberships.become_candidate(person)
    ids["steps"] = steps = [step.step_id for step in await services[StaffService].steps(nation)]
    await services[StaffService].tick(nation, ids["staff"], steps)
    term = await _id(database, Term, Term.person_id == ids["person"])
    async with database.writing() as session:
        stay = insert(LcStay).values(organisation_id=1, term_id=term, year=2026, until=MARCH)
        await session.execute(stay)
        await session.execute(
            insert(Renewal).values(organisation_id=1, person_id=ids["person"], year=2026, asked_at=sample.now())
        )
    ids["stay"] = await _id(database, LcStay)


async def _claims_and_posts(sample: Sample, database: Database) -> None:
    services, ids = sample.services, sample.ids
    claimant = await join(services, CLAIMANT, "見本 志願")
    await services[MemberService].answer_lc(claimant, LcAnswer.IN)
    ids["lc_claim"] = await _id(database, LcClaim, LcClaim.person_id == claimant.person_id)
    await services[ClaimService].claim(claimant, "lore", ids["lc"], date(2026, 11, 1), MARCH)
    ids["claim"] = await _id(database, Claim)
    nation = await sample.acting(Kind.NATIONAL)
    ids["code"] = await services[ClaimService].new_code(nation, "lpo", ids["lc"], date(2026, 11, 1), MARCH)
    posts = services[PostCatalogueService]
    ids["post"] = await posts.add(nation, PostDraft("広報", "Publicity", Level.LC, None, is_single=False))
    await posts.add(nation, PostDraft("広報の長", "Head of publicity", Level.LC, None, is_single=False))


async def _handovers(sample: Sample, database: Database) -> None:
    """The LC's committee officer has named the member."""
    services, ids = sample.services, sample.ids
    here = Term.person_id == ids[f"person_{Kind.LC_OFFICER}"]
    ids["term"] = await _id(database, Term, here)
    ids["national_term"] = await _id(database, Term, Term.person_id == ids[f"person_{Kind.NATIONAL_COMMITTEE}"])
    ids["representatives_term"] = await _id(database, Term, Term.person_id == ids[f"person_{Kind.REPRESENTATIVE}"])
    holder = await sample.acting(Kind.LC_OFFICER)
    await services[HandoverService].name(holder, ids["term"], USERS[Kind.MEMBER], "見本")
    ids["handover"] = await _id(database, Handover)
    await services[PostNoteService].write(holder, ids["term"], "引き継ぎのメモ")
    async with database.reading() as connection:
        query = select(Post.key).join(Term, Term.post_id == Post.id).where(Term.id == ids["term"])
        ids["term_post"] = await connection.scalar(query)


async def _directory(sample: Sample, database: Database) -> None:
    services, ids = sample.services, sample.ids
    nation = await sample.acting(Kind.NATIONAL)
    regions = services[RegionService]
    ids["region"] = await regions.add(nation, RegionDraft("離島", "Islands", []))
    ids["full_region"] = (await regions.entries(nation))[0].region_id
    ids["link"] = await services[LinkService].add(nation, LinkDraft("便覧", "", "https://example.org", "入門", MARCH))
    await _institutions(sample)
    await services[CalendarService].make(await sample.acting(Kind.MEMBER), Scope(ScopeKind.LC, ids["lc"]))
    tasks = services[TaskService]
    for post in ("leo", "neo"):
        ids[post] = await _id(database, Post, Post.key == post, Post.organisation_id == 1)
    for name in ("task", "done_task"):  # of the LC's committee officer
        ids[name] = await tasks.set(nation, TaskDraft("鍵を返す", MARCH, ids["leo"], ids["lc"]))
    await tasks.tick(nation, ids["done_task"])
    member = await sample.acting(Kind.MEMBER)
    ids["own_task"] = await tasks.set(member, TaskDraft("自分用", MARCH, person_id=member.person_id))
    servers = services[LcServerService]
    code, _ = await servers.new_code(nation, ids["lc"])
    await servers.link(caller(ADMIN, LC_GUILD, manages=True), code, None)
    ids["server_code"], _ = await servers.new_code(nation, ids["other_lc"])
    now = sample.now()
    message = NewDelivery(
        organisation_id=1, kind="test", key="test:1", subject="test:1", due_at=now, time_zone="Asia/Tokyo", payload={},
        recipient=Recipient(RecipientKind.CHANNEL, 7_001),
    )  # fmt: skip
    async with database.writing() as session:
        await enqueue(session, [message], now)
        failed = {"state": DeliveryState.FAILED.value, "error_code": "50013", "settled_at": now}
        await session.execute(update(Delivery).where(Delivery.key == "test:1").values(**failed))


async def _institutions(sample: Sample) -> None:
    services, ids = sample.services, sample.ids
    nation, leader = await sample.acting(Kind.NATIONAL), await sample.acting(Kind.REPRESENTATIVE)
    institutions, entering = services[InstitutionService], services[EnteringService]
    hospital = InstitutionDraft("見本病院", "", InstitutionKind.HOSPITAL, "JP")
    ids["institution"] = institution = await institutions.add(nation, hospital)
    somebody = PersonDraft("見本 外部", "", "見本病院", "本人の承諾")
    ids["entered"] = await entering.enter(nation, somebody)
    ids["lc_entered"] = await entering.enter(leader, somebody, ids["lc"])
    contact = ContactDraft("受付", "", "", date(2026, 4, 1))
    ids["contact"] = await institutions.add_contact(nation, institution, ids["entered"], contact)


async def _records(sample: Sample, database: Database) -> None:
    services, ids = sample.services, sample.ids
    nation, sheets = await sample.acting(Kind.NATIONAL), services[SheetService]
    upload = (await sheets.begin(nation, "people", "people.csv", PEOPLE_SHEET)).upload_id
    await sheets.carry_out(nation, upload)
    ids["entry"] = await _id(database, RosterEntry)
    ids["upload"] = (await sheets.begin(nation, "local_committees", "lcs.csv", SHEET)).upload_id
    await services[RosterService].request(await sample.acting(Kind.MEMBER))
    ids["request"] = await _id(database, RosterRequest)
    for name, user in (("kept", KEPT), ("gone", GONE)):
        ids[name] = (await join(services, user, f"見本 {name}")).person_id
    ids["token"] = (await services[MergingService].preview(nation, ids["kept"], ids["gone"])).token
    async with database.writing() as session:
        await session.execute(update(RosterEntry).values(digest=claims.digest(PERSONAL_CODE)))
        keeping = insert(Keeping).values(
            organisation_id=1, person_id=ids["person"], until=date(2027, 1, 31), asked_at=sample.now()
        )
        await session.execute(keeping)
    ids["file"] = await _id(database, AnnouncementFile)


async def _events(sample: Sample, database: Database) -> None:
    """A draft of the LC's representative, an event that is posted, one that repeats, and one that asks something, to
    which the member comes."""
    maker, service = await sample.acting(Kind.REPRESENTATIVE), sample.services[EventService]
    for name in ("draft_event", "event"):
        sample.ids[name] = await service.begin(maker, "2027年2月6日(土) 19:00-21:00 症例勉強会")
    await service.post(maker, sample["event"], 0)
    await sample.services[InvitationService].invite(maker, sample["event"], [sample[f"person_{Kind.MEMBER}"]])
    sample.ids["repeating_event"] = await service.begin(maker, "2027年2月6日から毎週土曜 19:00-21:00 勉強会")
    await service.post(maker, sample["repeating_event"], 0)
    sample.ids["asking_event"] = asking = await service.begin(maker, "2027年3月6日(土) 19:00-21:00 懇親会")
    await service.post(maker, asking, 0)
    sample.ids["event_question"] = await sample.services[QuestionService].add(maker, asking, QuestionDraft("学年"))
    await sample.services[JoiningService].join(await sample.acting(Kind.MEMBER), asking)
    sample.ids["shared_event"] = await service.begin(maker, "2027年2月7日(日) 19:00-21:00 合同勉強会")
    await service.post(maker, sample["shared_event"], 0)
    await sample.services[OrganisersService].add(maker, sample["shared_event"], [USERS[Kind.TREASURER]])
    await sample.services[HostService].ask(maker, sample["event"], sample["other_lc"])
    sample.ids["event_host"] = await _id(database, EventHost)
    await _past_event(sample, database, maker)
    await sample.services[ReportService].add(maker, sample["past_event"], PHOTO, agreed=True)
    sample.ids["report_picture"] = await _id(database, EventReportPicture)
    await _door(sample, database)
    copying = sample.services[CopyingService]
    sample.ids["event_template"] = await copying.keep(maker, sample["event"], "勉強会")


async def _past_event(sample: Sample, database: Database, maker: Actor) -> None:
    """The member has a certificate of it, another one's says a former name, and an officer of the LC has none yet."""
    service, issuing = sample.services[EventService], sample.services[IssuingService]
    sample.ids["past_event"] = event = await service.begin(maker, "2027年2月14日(日) 19:00-21:00 報告会")
    await service.post(maker, event, 0)
    await sample.services[OrganisersService].add(maker, event, [USERS[Kind.TREASURER]])
    for kind in (Kind.MEMBER, Kind.OTHER_MEMBER, Kind.LC_OFFICER):
        await sample.services[JoiningService].join(await sample.acting(kind), event)
    async with database.writing() as session:
        began = sample.now() - timedelta(days=3)
        times = {"starts_at": began, "ends_at": began + timedelta(hours=2)}
        await session.execute(update(Event).where(Event.id == event).values(times))
    maker = await sample.acting(Kind.REPRESENTATIVE)
    late = [sample[f"person_{Kind.LC_OFFICER}"]]
    await issuing.turn(maker, event, late)
    await issuing.issue(maker, event, Terms())
    await issuing.turn(maker, event, late)
    for name, kind in (("certificate", Kind.MEMBER), ("old_certificate", Kind.OTHER_MEMBER)):
        whose = Certificate.person_id == sample[f"person_{kind}"]
        async with database.writing() as session:
            sample.ids[name] = await session.scalar(select(Certificate.id).where(whose))
            if name == "old_certificate":
                copy = CertificateCopy.certificate_id == sample.ids[name]
                await session.execute(update(CertificateCopy).where(copy).values(name="旧姓 花子"))


async def _door(sample: Sample, database: Database) -> None:
    """An event that begins in half an hour: the member has a place, an officer of the LC helps at the desk."""
    services, maker = sample.services, await sample.acting(Kind.REPRESENTATIVE)
    events, desks = services[EventService], services[DeskService]
    sample.ids["door_event"] = event = await events.begin(maker, "2026年11月21日(土) 19:30-21:00 交流会")
    await events.post(maker, event, 0)
    member = await sample.acting(Kind.MEMBER)
    await services[JoiningService].join(member, event)
    await desks.open(maker, event)
    await services[HelpingService].add(maker, event, [USERS[Kind.LC_OFFICER]])
    await desks.add_session(maker, event, "挨拶", 1, "19:30-19:45")
    sample.ids["door_session"] = await _id(database, AttendanceSession)
    sample.ids["door_card"] = await events.event(member, event)
    sample.ids["door_code"] = (await desks.code(maker, event, (0, 0), 0)).code
    ticking = services[TickingService]
    await ticking.walk_in(maker, event, (0, 0), 0, "飛入 三郎")
    sample.ids["check_in"] = await _id(database, CheckIn)
    people = [sample[f"person_{Kind.MEMBER}"]]
    sample.ids["door_list"] = await ticking.tick(maker, event, (0, 0), 0, people)


async def _symposia(sample: Sample, database: Database) -> None:
    """A series of the LC: one edition is planned, and the member is asked to speak; another one is announced."""
    services, ids = sample.services, sample.ids
    leader = await sample.acting(Kind.REPRESENTATIVE)
    home: Home = {"lc_id": ids["lc"], "committee_id": None}
    series, editions = services[SymposiumService], services[EditionService]
    ids["symposium"] = symposium = await series.begin(leader, home, SymposiumDraft("見本談話会", "", 1))
    leader = await sample.acting(Kind.REPRESENTATIVE)
    for _ in range(2):
        preview = await editions.preview(leader, symposium)
        await editions.apply(leader, symposium, preview.rule.text, preview.until, preview.plan.token)
    _, (first, second, third, *_) = await editions.editions(leader, symposium)
    ids["edition"], ids["announced_edition"], ids["asking_edition"] = (
        first.edition_id,
        second.edition_id,
        third.edition_id,
    )
    ids["slot"], ids["member_slot"], ids["guest_slot"] = (third.slots[n].slot_id for n in range(3))
    speakers = services[SpeakerService]
    await speakers.ask_member(leader, ids["member_slot"], USERS[Kind.MEMBER], is_outside=False)
    await speakers.ask_guest(leader, ids["guest_slot"], SpeakerDraft("見本 演者"))
    for name in ("member", "guest"):
        found = await speakers.open_to(leader, ids[f"{name}_slot"])
        ids[f"{name}_speaker"] = found.speaker.speaker_id if found.speaker is not None else 0
    await editions.announce(leader, ids["announced_edition"])
    ids["plan"] = await editions.preview(leader, symposium)


async def _sign_ups(sample: Sample, database: Database) -> None:
    """Of the LC, and one of its committee: somebody has a place, the member an offer, and others wait."""
    services, ids = sample.services, sample.ids
    signups, leader = services[SignUpService], await sample.acting(Kind.REPRESENTATIVE)
    async with change_by(signups, leader) as change:
        common: dict[str, Any] = {"page": "homes:open", "title_ja": "見本", "title_en": "", "lc_id": ids["lc"]}
        kinds: dict[str, dict[str, Any]] = {
            "signup": {"limit": 1},
            "empty_signup": {},
            "committee_signup": {"committee": "scope"},
            "approved_signup": {"mode": Mode.APPROVAL, "limit": 1},
            "team_signup": {},
            "choice_signup": {"choices": [NewChoice("会場", "On site"), NewChoice("オンライン", "Online")]},
        }
        for number, (name, more) in enumerate(kinds.items()):
            new = NewSignUp("test", number, **common, **more)
            ids[name] = (await open_signup(change, new)).id
            in_charge(change, "test", number)
    other, member = await sample.acting(Kind.OTHER_MEMBER), await sample.acting(Kind.MEMBER)
    holder = await sample.acting(Kind.LC_OFFICER)
    for one in (other, member, await sample.acting(Kind.TREASURER)):
        await signups.apply(one, ids["signup"])
    await signups.set_limit(leader, ids["signup"], 2)
    for one in (other, member):
        await signups.apply(one, ids["approved_signup"])
    await signups.apply(holder, ids["team_signup"], with_people=[member.person_id or 0])
    ids["accepted_party"] = await _id(database, SignUpParty, SignUpParty.state == "accepted")
    ids["waiting_party"] = await _id(database, SignUpParty, SignUpParty.state == "waiting")
    ids["applied_party"] = await _id(
        database, SignUpParty, SignUpParty.state == "applied", SignUpParty.signup_id == ids["approved_signup"]
    )
    on_site = await _id(database, SignUpChoice, SignUpChoice.position == 0)
    ids["other_choice"] = await _id(database, SignUpChoice, SignUpChoice.position == 1)
    await signups.apply(other, ids["choice_signup"], on_site)
    ids["team"] = await _id(database, SignUpParty, SignUpParty.signup_id == ids["team_signup"])
    ids["name_list"] = await services[NameListService].paste(leader, ids["signup"], "佐藤 参加")


async def _id(database: Database, table: type[Record], *where: Any) -> int:
    """The first of the rows."""
    async with database.reading() as connection:
        found = await connection.scalar(select(table.id).where(*where).order_by(table.id).limit(1))
    assert found is not None, table
    return int(found)
