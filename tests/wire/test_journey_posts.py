"""The post of an event with the real process: its banner is sent once, another one once its title is another, and a
sign-up sends none; a picture of one's own comes out without its place; a post that is shown again takes the place of
the older one; names stand on it of those who agreed; its thread is reminded once; once sign-up is over nobody can press
it any more."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from tests.events.support import photo
from tests.wire.discord import organisation as new_server
from tests.wire.discord import wire_discord
from tests.wire.discord.files import File
from tests.wire.discord.objects import BOT_ID
from tests.wire.discord.pages import labels, text
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.test_journey_new_year import Days, days_from

TITLE, LATER = "症例勉強会", "公衆衛生フォーラム"
LINE = f"5/15(土) 19時〜21時 {TITLE}、誰でも"


class Post:
    """The message with the event, and what was sent for it."""

    def __init__(self, place: Place, days: Days, message: dict[str, Any]) -> None:
        self.place, self.days, self.message = place, days, message

    @property
    def edits(self) -> list[Any]:
        path = f"/channels/{self.message['channel_id']}/messages/{self.message['id']}"
        return list(self.place.discord.sent("PATCH", path))

    @property
    def pictures(self) -> list[bytes]:
        files = self.place.discord.messages.files
        return [files.read(one) for one in self.message["attachments"]]

    async def edited(self, later: str) -> bool:
        """Wait for the next edit. Did it bring a picture?"""
        before = len(self.edits)
        await self.days.go(later)
        await self.place.discord.until(lambda: len(self.edits) > before)
        return "attachments" in self.edits[-1].body


async def test_a_post_and_its_picture(database_url: str, tmp_path: Path) -> None:
    async with wire_discord(guilds=[new_server(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, tmp_path / "log", "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            maker = place.representative
            await maker.use("event")
            await maker.press("イベントをつくる")
            await maker.write(text=LINE)
            await maker.press("投稿する")
            post = Post(place, days, await place.until_said(LC, TITLE))
            await _the_banner(post)
            await _a_picture_of_ones_own(post)
            await _names(post)
            await _the_thread(post)
            await _once_more(post)
            assert await days.process.end() == 0


async def _open(place: Place) -> None:
    await place.representative.use("event")
    await place.representative.choose("events:one", LATER)


async def _the_banner(post: Post) -> None:
    place, maker = post.place, post.place.representative
    (first,) = post.pictures
    assert post.message["embeds"][0]["image"]["url"] == "attachment://event.png"
    await place.student.press("参加する", on=post.message)
    assert not await post.edited("05-10 12:05"), "a number needs no picture"
    assert post.pictures == [first]
    assert post.message["embeds"][0]["image"]["url"] == "attachment://event.png"
    await maker.use("event")
    await maker.choose("events:one", TITLE)
    await maker.press("events:edit")
    await maker.write(title_ja=LATER)
    assert await post.edited("05-10 12:10"), "another title is another banner"
    (second,) = post.pictures
    assert second != first
    await place.other.press("参加する", on=post.message)
    assert not await post.edited("05-10 12:15")
    assert post.pictures == [second]


async def _a_picture_of_ones_own(post: Post) -> None:
    maker = post.place.representative
    await _open(post.place)
    await maker.press("主催者メニュー")
    await maker.press("文章・画像")
    await maker.press("events:picture")
    await maker.press("events:add_picture")
    sent = photo((300, 200))
    assert b"Hanako" in sent
    await maker.write(file=File("IMG_0001.JPG", sent))
    assert "保存しました" in maker.reads, maker.reads
    assert await post.edited("05-10 12:20")
    (kept,) = post.pictures
    image = Image.open(io.BytesIO(kept))
    assert image.size == (300, 200)
    assert dict(image.getexif()) == {}
    assert b"Hanako" not in kept
    await maker.press("events:banner")
    assert await post.edited("05-10 12:25")
    assert Image.open(io.BytesIO(post.pictures[0])).format == "PNG"


async def _names(post: Post) -> None:
    """Only of those who were told before and said yes."""
    place, maker = post.place, post.place.representative
    await _open(place)
    await maker.press("主催者メニュー")
    await maker.press("投稿・日程")
    await maker.press("events:names")
    await maker.press("events:show_names")
    assert not await post.edited("05-10 12:27")
    assert "次郎" not in text(post.message), "both signed up before"
    await place.student.use("event")
    await place.student.choose("events:one", LATER)
    await place.student.press("events:own_name")
    await place.student.press("events:name_me")
    assert not await post.edited("05-10 12:28")
    assert "東京 次郎、ほか1人" in text(post.message)
    await maker.press("参加する", on=post.message)
    assert "あなたの名前が投稿に表示されます" in maker.reads
    await maker.press("events:named", on=maker.page)
    assert not await post.edited("05-10 12:29")
    assert "東京 次郎、東京 花子、ほか1人" in text(post.message)
    await place.student.use("event")
    await place.student.choose("events:one", LATER)
    await place.student.press("events:leave")
    assert not await post.edited("05-10 12:30")
    assert "次郎" not in text(post.message), "they don't come any more"
    assert post.message["mentions"] == []


async def _the_thread(post: Post) -> None:
    place, maker = post.place, post.place.representative
    await _open(place)
    await maker.press("主催者メニュー")
    await maker.press("投稿・日程")
    await maker.press("events:thread")
    await maker.press("events:make_thread")
    thread = place.channel(LATER)
    assert thread["id"] == post.message["id"]
    assert place.discord.channels.inside[thread["id"]] == {BOT_ID}, "nobody is added"
    assert f"<#{thread['id']}>" in maker.reads
    await maker.choose("events:remind_in", "スレッドに1回だけ、通知音なしで")
    await place.other.use("event")
    await place.other.choose("events:one", LATER)
    assert f"<#{thread['id']}>" in place.other.reads, "they come"
    await place.student.use("event")
    await place.student.choose("events:one", LATER)
    assert f"<#{thread['id']}>" not in place.student.reads


async def _once_more(post: Post) -> None:
    place, maker = post.place, post.place.representative
    maker.channel_id = int(post.message["channel_id"])
    await _open(place)
    await maker.press("主催者メニュー")
    await maker.press("投稿・日程")
    await maker.press("events:again")
    assert f"<#{maker.channel_id}> に投稿します" in maker.reads, maker.reads
    assert await post.edited("05-10 12:40")
    said = place.said(LC)
    (newer,) = (one for one in said if LATER in text(one) and one["id"] != post.message["id"])
    assert labels(post.message) == ["詳細"]
    assert newer["id"] in text(post.message), "it leads there"
    assert post.message["attachments"] == []
    assert len(newer["attachments"]) == 1
    again = Post(place, post.days, newer)
    await post.days.go("05-14 18:50")
    await post.days.go("05-14 19:10")
    (reminder,) = await place.discord.until(lambda: place.said(LATER))
    assert "まもなく" in text(reminder)
    assert reminder["content"] == ""
    assert not [one for one in place.other.direct if "まもなく" in text(one)]
    assert labels(newer) == ["参加する", "詳細"]
    await again.edited("05-15 19:01")
    assert labels(newer) == ["詳細"], "sign-up is over"
    assert "受付" in text(newer)
    assert len(newer["attachments"]) == 1
