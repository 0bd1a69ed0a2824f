"""The events of the demo's world, in the days after it begins, and the people who come to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import simcord

from bot.app import Bot
from bot.features.events.homes import Home
from bot.features.events.inviting import InvitationService
from bot.features.events.joining import JoiningService
from bot.features.events.service import EventService
from bot.features.members import rules
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.actors import Actor, Caller
from bot.features.people.service import PeopleService

#: Invented people who sign up, and their schools.
CROWD = (
    ("例川 ゆい", "札幌医科大学"),
    ("例本 そうた", "東北大学"),
    ("例沢 ひなた", "東京科学大学"),
    ("例村 あおい", "名古屋大学"),
    ("例島 はると", "京都大学"),
    ("例岡 さくら", "岡山大学"),
    ("例井 りん", "九州大学"),
    ("例原 みなと", "琉球大学"),
)
SATURDAY = 5
#: Where those that aren't an LC's own are posted.
NATIONAL = "お知らせ"


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo who make events and sign up. ``crowd``: those of ``CROWD``."""

    officer: Actor
    representative: Actor
    member: Actor
    student: Actor
    crowd: Sequence[Actor]


@dataclass(frozen=True, slots=True)
class Sample:
    """``committee``: its abbreviation, if it is one's event. ``title_en``: besides the one in the text.
    ``invites``: all members of the LC."""

    text: str
    maker: Actor
    people: Sequence[Actor] = ()
    committee: str = ""
    title_en: str = ""
    reason: str = ""
    invites: bool = False


def samples(today: date, cast: Cast) -> Iterator[Sample]:
    """Something for everybody, this week and later."""
    crowd, national, lc = cast.crowd, cast.officer, cast.representative
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7 or 7)
    assembly = saturday + timedelta(days=28)
    yield Sample(
        f"{_day(today + timedelta(days=2))} 19時〜21時 Zoomで心電図の勉強会、誰でも 定員8名\n"
        "https://us02web.zoom.us/j/81234567890\n"
        "1年生も歓迎です。症例を3つ、みんなで読みます。カメラはオフでかまいません。",
        lc,
        people=(cast.member, *crowd[:7], cast.student, crowd[7]),
        title_en="Reading ECGs together",
    )
    yield Sample(
        f"{_day(today + timedelta(days=4))} 20:00〜21:00 オンラインで「知っておきたい性と健康の話」\n"
        "https://meet.google.com/abc-defg-hij\n"
        "産婦人科の先生に、何でも聞ける1時間です。質問は名前を出さずに送れます。",
        national,
        people=crowd[2:6],
        committee="SCORA",
        title_en="Sexual health: ask a doctor anything",
    )
    yield Sample(
        f"{_day(today + timedelta(days=3))} 18:30〜20:30 LCの新メンバー歓迎会 部室で、LCメンバー限定\n"
        "お菓子と飲み物があります。アルコールなし",
        lc,
        people=(cast.member,),
        title_en="Welcome evening of our LC",
    )
    yield Sample(
        f"{_day(today + timedelta(days=5))} 17:00〜18:00 献血の呼びかけ、誰でも\n場所：駅前広場",
        lc,
        people=crowd[:2],
        title_en="Calling for blood donors",
        reason="大雨の予報のため。来月にもう一度行います。",
    )
    yield Sample(
        f"{_day(saturday + timedelta(days=7))} 10:00〜15:00 ぬいぐるみ病院 市民会館で、誰でも 定員20名\n"
        "子どもたちのぬいぐるみを診察します。はじめての方には、30分前に練習があります。参加費：無料",
        lc,
        people=crowd[1:7],
        title_en="Teddy Bear Hospital",
        invites=True,
    )
    yield Sample(
        f"{_day(today + timedelta(days=9))} 19:00-20:30 International Coffee Night, online, everyone welcome\n"
        "https://us02web.zoom.us/j/89876543210\n"
        "Meet exchange students from five countries. We speak slow and simple English.",
        national,
        people=crowd[4:8],
        committee="SCOPE",
    )
    yield Sample(
        f"{_day(assembly - timedelta(days=1))}〜{_day(assembly + timedelta(days=1))} 日本総会 "
        "国立オリンピック記念青少年総合センターで、会員対象 定員400名\n"
        "全国のLCが集まる3日間です。1日だけの参加もできます。参加費：3,000円",
        national,
        people=(*crowd, cast.representative),
        title_en="National General Assembly",
    )
    yield Sample(
        f"{_day(today + timedelta(days=16))} 21:00〜22:00 Zoomで基礎研究留学の体験談、誰でも\n"
        "https://us02web.zoom.us/j/85555555555\n"
        "去年留学した3人が、費用や準備の話をします。",
        national,
        people=crowd[:3],
        committee="SCORE",
        title_en="Research exchange: three students tell",
    )


def _day(day: date) -> str:
    return f"{day.month}/{day.day}({'月火水木金土日'[day.weekday()]})"


def bring_crowd(env: simcord.Env, guild: simcord.GuildHandle) -> list[simcord.MemberActor]:
    """They are in the server before the bot, so that it greets none of them."""
    return [
        guild.add_member(env.create_user(f"crowd_{number}", global_name=name)) for number, (name, _) in enumerate(CROWD)
    ]


async def join_crowd(bot: Bot, members: Sequence[simcord.MemberActor], guild_id: int) -> list[Actor]:
    """As somebody joins who presses "sign up" under an event."""
    people, found = bot.services[PeopleService], []
    for member, (name, school) in zip(members, CROWD, strict=True):
        caller = Caller(member.id, name, guild_id, locale="ja", origin="demo")
        stranger = await people.actor(caller)
        await bot.services[MemberService].join_on_the_way(stranger, "ja", rules.VERSION, name, school)
        found.append(await people.actor(caller))
    return found


async def plan_events(bot: Bot, guild: simcord.GuildHandle, cast: Cast) -> None:
    """Through the services, as people do with ``/event``."""
    for sample in samples(cast.officer.today, cast):
        national = sample.maker is cast.officer
        await _post(bot, sample, guild.channels[NATIONAL if national else "ラウンジ"].id)


async def _post(bot: Bot, sample: Sample, channel_id: int) -> None:
    events, maker = bot.services[EventService], sample.maker
    event_id = await events.begin(maker, sample.text, channel_id)
    event = (await events.draft(maker, event_id)).event
    if sample.committee:
        committees = await bot.services[ChoiceService].committees(maker)
        (committee_id,) = [one.id for one in committees if one.abbreviation == sample.committee]
        home: Home = {"lc_id": None, "committee_id": committee_id}
        await events.give_to(maker, event_id, event.version, home)
        event = (await events.draft(maker, event_id)).event
    if sample.title_en:
        await events.edit(maker, event_id, event.version, title_ja=event.title_ja, title_en=sample.title_en)
        event = (await events.draft(maker, event_id)).event
    await events.post(maker, event_id, event.version, channel_id)
    for actor in sample.people:
        await bot.services[JoiningService].join(actor, event_id)
    if sample.invites:
        await bot.services[InvitationService].invite_lc(maker, event_id)
    if sample.reason:
        await events.cancel(maker, event_id, sample.reason)
