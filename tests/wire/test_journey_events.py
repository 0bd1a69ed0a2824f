"""An event from a pasted line to its reminder: a newcomer signs up by pressing, a place goes on to the next in line, a
change and the reminder arrive once, and the bot is killed in between."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import labels, text
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

VISITOR = GUILD + 60
TITLE = "症例勉強会"
LINE = f"5/15(土) 19時〜21時 Zoomで{TITLE}、誰でも 定員2名\nhttps://us02web.zoom.us/j/123"


async def test_from_a_pasted_line_to_the_reminder(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        visitor = Person(discord, GUILD, VISITOR)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _made_with_one_press_after_the_text(place)
            await discord.servers.join(GUILD, VISITOR, "visitor")
            await _somebody_who_never_joined_signs_up(visitor)
            await _it_gets_full(place)
            await days.process.kill()
        async with days_from(place, database_url, log, "05-11 12:00") as days:
            await _a_place_goes_to_the_next_in_line(place, visitor)
            await _a_change_is_told_once(place, days, "05-11 12:30")
            await days.process.kill()

        def told(person: Person, words: str) -> list[str]:
            return [one for one in map(text, person.direct) if words in one]

        async with days_from(place, database_url, log, "05-14 18:50") as days:
            await days.go("05-14 19:10")
            await discord.until(lambda: told(place.other, "まもなく"))
            assert "https://us02web.zoom.us/j/123" in told(place.other, "まもなく")[0]
            assert not told(visitor, "まもなく"), "they left"
            await days.go("05-15 18:00")
            await place.representative.use("event")
            await place.representative.choose("events:one", TITLE)
            await place.representative.press("主催者メニュー")
            await place.representative.press("その他")
            await place.representative.press("イベントを中止する")
            await place.representative.write(reason="台風のため")
            assert "中止" in place.representative.reads
            await discord.until(lambda: told(place.other, "台風のため"))
            await place.until_said(LC, "台風のため")
            assert await days.process.end() == 0
        for words in ("まもなく", "台風のため", "Zoom → A棟"):
            assert len(told(place.other, words)) == 1, words


async def _made_with_one_press_after_the_text(place: Place) -> None:
    maker = place.representative
    await maker.use("event")
    await maker.press("イベントをつくる")
    await maker.write(text=LINE)
    assert TITLE in maker.reads
    await maker.press("投稿する")
    post = await place.until_said(LC, TITLE)
    assert "zoom.us" not in text(post), "the link is for those who come"
    assert labels(post) == ["参加する", "詳細"]


async def _somebody_who_never_joined_signs_up(visitor: Person) -> None:
    await visitor.use("event")
    await visitor.choose("events:one", TITLE)
    await visitor.press("参加する")
    assert "利用目的" in visitor.reads
    await visitor.press("events:agree")
    await visitor.write(name="札幌 四郎", school="札幌医科大学")
    assert "https://us02web.zoom.us/j/123" in visitor.reads, visitor.reads


async def _it_gets_full(place: Place) -> None:
    post = await place.until_said(LC, TITLE)
    await place.student.press("参加する", on=post)
    await place.other.press("参加する", on=post)
    assert "1番目" in place.other.reads, place.other.reads
    await place.other.press("events:messages")
    await place.until_said(LC, "満員です（定員2人） ・ キャンセル待ち1人")


async def _a_place_goes_to_the_next_in_line(place: Place, visitor: Person) -> None:
    await visitor.use("event")
    await visitor.choose("events:one", TITLE)
    await visitor.press("events:leave")
    assert "1人" in visitor.reads, "it says that somebody waits"
    await visitor.press("events:really_leave")
    other = place.other
    await place.discord.until(lambda: any(TITLE in text(one) for one in other.direct))
    await other.use("event")
    await other.choose("events:one", TITLE)
    await other.press("events:accept")
    assert "https://us02web.zoom.us/j/123" in other.reads, other.reads


async def _a_change_is_told_once(place: Place, days: object, later: str) -> None:
    maker = place.representative
    await maker.use("event")
    await maker.choose("events:one", TITLE)
    await maker.press("events:edit")
    await maker.write(place="A棟 2階")
    assert "A棟 2階" in maker.reads
    await days.go(later)  # type: ignore[attr-defined]
    await place.discord.until(lambda: any("A棟 2階" in text(one) for one in place.other.direct))
