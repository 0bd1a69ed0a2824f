"""The demo's world: IFMSA-Japan's server, the 82 schools, 50 member LCs, and people who are plainly invented.

It comes about as a real one would: the national officer runs ``/setup``, and the rest goes through the same services.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import discord
import simcord
from sqlalchemy import delete

from bot.app import Bot, build
from bot.clock import local_date
from bot.deliveries.schedule import local_time
from bot.demo.gatherings import Cast, bring_crowd, join_crowd, plan_events
from bot.demo.patience import PatientEnv
from bot.demo.simulator import SimulatedClock, expect_user_errors, in_bot, name_bot
from bot.features.announcements.drafts import DraftService, TemplateService
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.values import Content
from bot.features.audiences.models import Place
from bot.features.audiences.rules import Audience, Everyone
from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.service import ContactService, Detail
from bot.features.local_committees.models import LcState
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members import rules
from bot.features.members.models import Contact, LcAnswer
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.actors import Actor, Caller
from bot.features.people.models import Preference
from bot.features.people.rules import fiscal_year
from bot.features.people.service import PeopleService
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import NewQuestion
from bot.i18n import N_
from bot.settings import Settings
from cogs.members.greetings import GATHERED_FOR, Greetings

#: The choice of LCs is the same on every machine, and in every picture of the documentation.
SEED = "tsunagu"
DECISION = "デモ用の決定 第1号"
STATES = ((LcState.MEMBER, 50), (LcState.DORMANT, 4), (LcState.LEAD, 3), (LcState.FOUNDING, 2), (LcState.APPLYING, 1))


@dataclass(frozen=True, slots=True)
class Persona:
    """A person that a visitor can be. ``about`` is a message id."""

    key: str
    name: str
    about: str
    member: simcord.MemberActor


@dataclass(slots=True)
class DemoWorld:
    env: simcord.Env
    bot: Bot
    guild: simcord.GuildHandle
    people: dict[str, Persona] = field(default_factory=dict)

    def add(self, key: str, name: str, about: str) -> Persona:
        user = self.env.create_user(key.replace("-", "_"), global_name=name)
        persona = Persona(key, name, about, self.guild.add_member(user))
        self.people[key] = persona
        return persona

    def newcomer_joins(self) -> Persona:
        """One more newcomer joins the server."""
        number = sum(key.startswith("newcomer") for key in self.people) + 1
        return self.add(f"newcomer-{number}", f"見本 {number}号", N_("has just joined the server"))

    def channels_for(self, persona: Persona) -> list[simcord.ChannelHandle]:
        """The text channels that this person sees, in the order of the server."""
        member = persona.member.member
        if member is None:
            return []
        visible = {channel.id for channel in member.guild.text_channels if channel.permissions_for(member).view_channel}
        return [channel for channel in persona.member.guild.channels.values() if channel.id in visible]


async def create(settings: Settings) -> DemoWorld:
    """A new world on a new database. ``close`` it at the end."""
    clock = SimulatedClock()
    bot = build(settings, clock)
    env = PatientEnv(bot, check_errors=False, settle_timeout=15)
    clock.bind(env)
    expect_user_errors(env)
    name_bot(env, "つなぐ")
    await env.start()
    guild = env.create_guild("IFMSA-Japan", preferred_locale="ja")
    talk = guild.create_text_channel("雑談")
    world = DemoWorld(env, bot, guild)
    officer = _officer(world)
    world.add("newcomer-1", "見本 1号", N_("a newcomer who hasn't registered yet"))
    student = world.add("student", "架空 そら", N_("a student without an LC"))
    member = world.add("member", "例田 みお", N_("a student in an LC"))
    representative = world.add("representative", "例山 けん", N_("the representative of an LC"))
    crowd = bring_crowd(env, guild)
    greetings = bot.get_cog("Greetings")
    assert isinstance(greetings, Greetings)
    greetings.gathered_for = 0.2  # a simulated action waits for what is due within a minute
    await env.advance_time(GATHERED_FOR)  # who is there before the bot's set-up is no newcomer to it
    await _set_up(officer.member, talk, clock)
    acting = await _acting(world, officer)
    home_lc = await _place_committees(bot, acting)
    today = local_date(clock.now(), acting.organisation.time_zone)
    first, last = fiscal_year(today)
    for persona, post in ((member, LC_MEMBER), (representative, LC_REPRESENTATIVE)):
        await _appoint(bot, acting, persona, post, home_lc, first, last)
    school = (await bot.services[LocalCommitteeService].show(acting, f"#{home_lc}")).name_ja
    await _introduce(world, officer, "かめい りく", "北海道大学", 5, LcAnswer.NOT_IN)
    await _introduce(world, student, "かくう そら", "香川大学", 1, LcAnswer.NONE)
    await _introduce(world, member, "れいだ みお", school, 2, LcAnswer.IN)
    await _introduce(world, representative, "れいやま けん", school, 4, LcAnswer.IN)
    async with bot.database.writing() as session:
        await session.execute(delete(Preference))  # the lobby's switch chooses the language
    await _give_contacts(bot, representative, home_lc)
    cast = Cast(
        acting,
        await _acting(world, representative),
        await _acting(world, member),
        await _acting(world, student),
        await join_crowd(bot, crowd, guild.id),
    )
    await in_bot(env, _announce(bot, acting))
    await in_bot(env, plan_events(bot, guild, cast))
    _blank_server(world)
    return world


async def close(world: DemoWorld) -> None:
    await world.env.shutdown()
    await world.bot.database.close()


def _officer(world: DemoWorld) -> Persona:
    """The national officer, who may manage the server too."""
    return _manager(world, world.guild, "officer", "仮名 りく", N_("a national officer who also manages the server"))


def _blank_server(world: DemoWorld) -> None:
    """A server in which the bot has just arrived, to try ``/setup``."""
    guild = world.env.create_guild("はじめてのサーバー", preferred_locale="ja")
    guild.create_text_channel("はじめに")
    about = N_("manages a server the bot has just joined: try /setup")
    _manager(world, guild, "founder", "新川 はじめ", about)


def _manager(world: DemoWorld, guild: simcord.GuildHandle, key: str, name: str, about: str) -> Persona:
    rights = guild.create_role("運営", permissions=discord.Permissions(manage_guild=True))
    member = guild.add_member(world.env.create_user(key, global_name=name), roles=[rights])
    persona = world.people[key] = Persona(key, name, about, member)
    return persona


async def _set_up(officer: simcord.MemberActor, channel: simcord.ChannelHandle, clock: SimulatedClock) -> None:
    first, last = fiscal_year(local_date(clock.now(), "Asia/Tokyo"))
    begun = await officer.slash(channel, "setup")
    assert begun.response is not None
    form = await officer.click(begun.response, custom_id="setups:create")
    await officer.submit_modal(
        form,
        {
            "name_ja": "国際医学生連盟 日本",
            "name_en": "IFMSA-Japan",
            "start": ["japan_association"],
            "officers": [officer],
            "term": f"{first} ~ {last}",
        },
    )


async def _acting(world: DemoWorld, persona: Persona) -> Actor:
    """Them as they are now, with their record and their posts."""
    caller = Caller(persona.member.id, persona.name, world.guild.id, locale="ja", origin="demo")
    return await world.bot.services[PeopleService].actor(caller)


async def _place_committees(bot: Bot, officer: Actor) -> int:
    """Give LCs their states and return the id of the member LC in which the demo's students are."""
    service = bot.services[LocalCommitteeService]
    pages = [(await service.find(officer, "大学", page)).hits for page in range(4)]
    hits = [hit for page in pages for hit in page]
    chosen = random.Random(SEED).sample([hit.lc_id for hit in hits], k=sum(number for _, number in STATES))
    position, members = 0, []
    for state, number in STATES:
        for lc_id in chosen[position : position + number]:
            since = officer.today - timedelta(days=30 + (lc_id * 37) % 1500)
            if state is LcState.DORMANT:
                await service.change_state(officer, lc_id, LcState.MEMBER, since, DECISION)
            await service.change_state(officer, lc_id, state, since, DECISION if state is LcState.MEMBER else None)
            if state is LcState.MEMBER:
                members.append(lc_id)
        position += number
    return min(members)


async def _introduce(
    world: DemoWorld, persona: Persona, reading: str, school: str, year: int, answer: LcAnswer
) -> None:
    """Let somebody have joined before, so that there are people to find. Newcomers do it themselves."""
    services = world.bot.services
    members, people, choices = services[MemberService], services[PeopleService], services[ChoiceService]
    caller = Caller(persona.member.id, persona.name, world.guild.id, locale="ja", origin="demo")
    await members.consent(await people.actor(caller), "ja", rules.VERSION)
    actor = await people.actor(caller)
    await members.set_name(actor, persona.name, reading)
    await members.choose_school(actor, (await choices.complete_school(actor, school))[0].id)
    await members.choose_year(actor, year)
    await members.answer_lc(actor, answer)
    await members.answer_start(actor, would=answer is LcAnswer.NONE)
    committees = (await choices.committees(actor))[year - 1 : year + 1]
    await members.choose_interests(actor, [one.id for one in committees])
    await members.choose_contact(actor, Contact.CHANNEL)


async def _give_contacts(bot: Bot, representative: Persona, lc_id: int) -> None:
    """What the LC's representative entered: a little for every kind of reader, and all of it invented."""
    service = bot.services[ContactService]
    acting = await bot.services[PeopleService].actor(
        Caller(representative.member.id, representative.name, representative.member.guild.id, origin="demo")
    )
    for kind, text, visibility in (
        (Field.MAIL, "lc@example.org", Visibility.MEMBERS),
        (Field.LINK, "https://example.org/lc", Visibility.MEMBERS),
        (Field.TIMES, "平日の18時以降", Visibility.OFFICERS),
        (Field.HOW, "急ぎのときは、LCの役員用LINEグループへどうぞ。", Visibility.OWN_OFFICERS),
    ):
        await service.set_for_lc(acting, lc_id, Detail(kind, text, visibility))
    (own,) = await service.own(acting, lc_id)
    await service.set_own(acting, own.term_id, Detail(Field.MAIL, "ken@example.org", Visibility.OFFICERS))
    await service.set_own(acting, own.term_id, Detail(Field.HOW, "DiscordのDMがいちばん早いです。", Visibility.MEMBERS))


async def _announce(bot: Bot, officer: Actor) -> None:
    """One announcement that everybody has got, and one that waits until LCs have channels: it asks them something."""
    drafts, planning = bot.services[DraftService], bot.services[PlanningService]
    welcome = Content(
        "つなぐをはじめました",
        "全国とLCの連絡に、これからこのボットを使います。\n「ホーム」のボタンから、できることを見てみてください。",
        "From now on we use this bot to keep in touch. Press **Home** to see what you can do.",
        "",
    )
    first = await drafts.begin(officer, None, welcome)
    await drafts.set(officer, first, audience=Audience(rule=Everyone()), places=(Place.NATIONAL,))
    await planning.plan(officer, first, (await drafts.show(officer, first)).version)
    assembly = Content(
        "日本総会の参加人数について",
        "3月の日本総会に向けて、各LCの参加予定の人数を教えてください。\n未定の場合は、いまの見込みでかまいません。",
        "Please tell us how many of your LC will come to the National General Assembly in March.",
        "https://example.org/nga",
    )
    second = await drafts.begin(officer, None, assembly)
    now = local_time(bot.clock.now(), officer.organisation.time_zone)
    deadline = datetime.combine(now.date() + timedelta(days=10), time(23, 59))
    await drafts.set(officer, second, deadline=deadline)
    for question in (
        NewQuestion(QuestionKind.NUMBER, "参加予定の人数", "How many will come", (), True),
        NewQuestion(QuestionKind.CHOICE, "宿泊", "Lodging", ("必要", "不要", "未定"), True),
        NewQuestion(QuestionKind.TEXT, "質問や希望", "Questions and wishes", (), False),
    ):
        await drafts.add_question(officer, second, question)
    await bot.services[TemplateService].keep(officer, second, "日本総会の出欠")


async def _appoint(
    bot: Bot, officer: Actor, persona: Persona, post: str, lc_id: int, starts_on: date, ends_on: date
) -> None:
    now = bot.clock.now()
    async with bot.database.writing() as session:
        person = await ensure_person(
            session,
            organisation_id=officer.organisation.id,
            discord_user_id=persona.member.id,
            display_name=persona.name,
            at=now,
        )
        await appoint(
            session,
            person,
            post,
            starts_on=starts_on,
            ends_on=ends_on,
            at=now,
            by_discord_id=officer.caller.discord_user_id,
            origin="demo",
            lc_id=lc_id,
        )
