"""From 20 March into April, with a week in which the bot is away: what days bring, told by the people who meet it.

The process is the real one on a clock that is moved; whatever goes by the clock happens as it would on those days.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.support.waiting import until
from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, LC, OTHER, REPRESENTATIVE, STUDENT, Place, went_well
from tests.wire.outbound import PATIENT, Sending, home, sending

THREAD, OFFICERS = "LC役員専用", "全国役員"


class Days:
    """The running process, and the time it believes in: always in Tokyo, written as ``03-31 23:59``."""

    def __init__(self, process: Sending, ahead: float) -> None:
        self.process, self._ahead = process, ahead

    async def go(self, to: str) -> None:
        """Let it be that time, and the chores of the time between be done."""
        ahead, before = _ahead(to), len(self.process.logged("clock moved"))
        await self.process.tell(days=ahead - self._ahead)
        self._ahead = ahead
        await until(lambda: len(self.process.logged("clock moved")) > before)


def _ahead(to: str) -> float:
    """Seconds by which a clock must be ahead to show that time in 2027."""
    wanted = datetime.strptime(f"2027-{to} +0900", "%Y-%m-%d %H:%M %z")
    return (wanted - datetime.now(UTC)).total_seconds()


@asynccontextmanager
async def days_from(place: Place, url: str, log: Path, begin: str) -> AsyncIterator[Days]:
    ahead = _ahead(begin)
    settings = home(url, TSUNAGU_SEND_RATE="45", TSUNAGU_BACKUP_FOLDER=str(log.parent / "copies")) | PATIENT
    async with sending(place.discord, settings, log, clock=ahead) as process:
        await process.until_logged("ready")
        yield Days(process, ahead)
    went_well(process)


async def test_the_last_days_of_a_year_and_the_first_of_the_next(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "03-20 12:00") as days:
            await place.set_up(term="2026-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _confirm(place)
            await _ask(place, "すぐの質問", "3/27 21:00")
            await _ask(place, "あとの質問", "4/2 21:00")
            await _mornings(place, days)
            await _name_a_successor(place)
            await days.process.kill()  # and nobody is there to start it again for a week
        async with days_from(place, database_url, log, "03-31 10:00") as days:
            await _the_week_that_was_missed(place, days)
            await _midnight(place, days)
            await _april(place, days)
            assert await days.process.end() == 0
    assert len(list((tmp_path / "copies").iterdir())) >= 3, "each day that was gone through has its copy of the night"


async def _confirm(place: Place) -> None:
    await place.representative.use("home")
    await place.representative.press("members:claims")
    await place.representative.press("members:confirm")
    await place.discord.until(lambda: LC in place.roles(STUDENT) & place.roles(OTHER))


async def _ask(place: Place, title: str, deadline: str) -> None:
    officer = place.officer
    await place.draft(title, f"{title}の本文")
    await officer.press("質問")
    await officer.press("質問を追加")
    await officer.write(text_ja="何人来ますか", kind="number")
    await officer.press("announcements:deadline")
    await officer.write(when=deadline)
    await officer.press("下書きに戻る")
    await officer.press("いま送る")
    await place.until_said(LC, f"{title}の本文")


async def _mornings(place: Place, days: Days) -> None:
    """On Sunday the first brief comes, on Monday another takes its place."""
    await days.go("03-21 08:01")
    brief = await place.until_said(OFFICERS, "けさの状況")
    assert "すぐの質問：1件中1件のLCから返事待ち" in text(brief)
    ending = await place.until_said(THREAD, "2027年3月31日(水)で任期が終わります")
    assert f"<@{REPRESENTATIVE}>" in ending["content"]
    await days.go("03-22 08:01")
    await place.discord.until(lambda: brief not in place.said(OFFICERS))
    await place.until_said(OFFICERS, "2027年3月22日(月)")
    await days.go("03-23 08:01")
    await place.until_said(OFFICERS, "2027年3月23日(火)")
    await days.go("03-24 08:01")
    await place.until_said(OFFICERS, "2027年3月24日(水)")
    assert _briefs(place) == 1, "it is edited until the next Monday"


async def _name_a_successor(place: Place) -> None:
    await place.representative.use("officer handover")
    await place.representative.press("後任を決める")
    await place.representative.write(person=STUDENT)
    await place.student.use("home")
    await place.student.press("handovers:asked")
    await place.student.press("handovers:answer")


async def _the_week_that_was_missed(place: Place, days: Days) -> None:
    """Nobody is reminded of what is over; what can still be answered is asked for; officers hear of the rest."""
    await place.until_said(OFFICERS, "2027年3月31日(水)")
    assert _briefs(place) == 1
    await days.go("03-31 20:00")
    missed = await place.until_said(OFFICERS, "届かなかった配信があります")
    assert "時期を過ぎたため送りませんでした" in text(missed)
    reminded = [text(one) for one in (*place.said(THREAD), *place.said(LC)) if "お待ちしています" in text(one)]
    assert not any("すぐの質問" in one for one in reminded)


async def _midnight(place: Place, days: Days) -> None:
    """The post passes on; both stay in the LC."""
    thread = int(place.channel(THREAD)["id"])
    await days.go("03-31 23:59")
    assert place.representative.sees(thread)
    assert not place.student.sees(thread)
    await days.go("04-01 00:01")
    await place.discord.until(lambda: place.student.sees(thread) and not place.representative.sees(thread))
    await place.discord.until(lambda: LC in place.roles(REPRESENTATIVE) & place.roles(STUDENT) & place.roles(OTHER))


async def _april(place: Place, days: Days) -> None:
    """Everybody is asked whether they stay, and nothing was renewed by itself."""
    await days.go("04-01 09:05")
    for person in (place.representative, place.other):
        await person.use("home")
        await person.until("新年度の確認")
    other = place.other
    await other.press("memberships:open")
    while "今年度も続けますか" not in other.reads:  # the day's work is some moments behind a clock that has jumped
        await other.use("home")
        await other.press("memberships:open")
    await other.choose("memberships:stay", "続けます：3年")
    await other.press("memberships:lc")
    await other.use("home")
    assert "新年度の確認" not in other.reads, other.reads
    await days.go("04-02 08:01")
    await place.until_said(THREAD, "「あとの質問」へのご回答を")
    reminded = [text(one) for one in place.said(THREAD) if "「あとの質問」へのご回答を" in text(one)]
    assert len(reminded) <= 2, "three days before, late by the outage, and one day before"
    await place.until_said(OFFICERS, "継続の確認に未回答：3人中2人")
    assert _briefs(place) == 1


def _briefs(place: Place) -> int:
    return sum("けさの状況" in text(one) for one in place.said(OFFICERS))
