"""What people send to a process that doesn't know of it: forms of the one before, and choices that nobody offered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.ui.items import offered
from tests.support.databases import Databases
from tests.wire.discord import Fault, WireDiscord, organisation, wire_discord
from tests.wire.discord.interactions import PRIVATE
from tests.wire.discord.pages import labels, text
from tests.wire.organisation import GUILD, OFFICER, Place, went_well
from tests.wire.outbound import home, running

LONG = "全国のLCのみなさんへ。\n" + "総会のお知らせです。" * 390


async def test_a_form_that_outlasts_its_process_gives_back_what_was_typed(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    own, log = home(url, TSUNAGU_SEND_RATE="45"), tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        officer = place.officer
        async with running(discord, own, log) as process:
            await process.until_logged("ready")
            await place.set_up()
            await officer.use("officer announce")
            await process.kill()
        async with running(discord, own, log) as process:
            await process.until_logged("ready")
            await officer.write(title="春の総会", text_ja=LONG, link="https://example.org/form__x")
            assert officer.page["flags"] & PRIVATE
            assert "もう使えません" in officer.reads
            assert "```\n春の総会\n```" in officer.reads
            assert "```\nhttps://example.org/form__x\n```" in officer.reads
            (file,) = officer.page["attachments"]
            assert discord.messages.files.read(file).decode() == LONG
            assert "春の総会" not in process.said, "what people write isn't logged"
            await officer.press("ホーム")
            await officer.use("manage posts")
            data = {"component_type": 3, "custom_id": "posts:entry", "values": [offered("posts:entry", "999")]}
            about: dict[str, Any] = {
                "locale": "ja",
                "permissions": discord.may(GUILD, OFFICER, GUILD + 100),
                "source": officer.page,
            }
            _, refused = await discord.act(GUILD, OFFICER, 3, data, **about)
            assert "選択肢にない値です" in text(refused)
            assert "ホーム" in labels(refused)
            assert await process.end() == 0
        went_well(process)


#: Discord carries the bot's first answer out; what it says of that doesn't arrive.
LOST = [Fault("POST", "/callback", after=True, status=502), Fault("POST", "/callback", after=True, drop="reset")]


async def second_try(discord: WireDiscord) -> None:
    """The bot has tried once more and been told that there was an answer."""

    def tries() -> list[int]:
        return [one.status for one in discord.requests if one.path.endswith("/callback")]

    await discord.until(lambda: tries()[-1] == 400)


@pytest.mark.parametrize("fault", LOST, ids=["502", "reset"])
@pytest.mark.parametrize("step", ["open", "send", "press", "command"])
async def test_an_answer_whose_receipt_is_lost(databases: Databases, tmp_path: Path, fault: Fault, step: str) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    own, log = home(url, TSUNAGU_SEND_RATE="45"), tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        officer = (place := Place(discord)).officer
        async with running(discord, own, log) as process:
            await process.until_logged("ready")
            await place.set_up()
            if step == "open":
                discord.faults.add(replace(fault))
                await officer.use("officer announce")
                await second_try(discord)
                await officer.write(title="春の総会", text_ja="大切な文章")
                assert "件名\n```\n春の総会\n```" in officer.reads
                await officer.press("もう一度書く")
                await officer.write()
            else:
                await officer.use("officer announce")
                discord.faults.add(*([replace(fault)] if step == "send" else []))
                await officer.write(title="春の総会", text_ja="大切な文章")
            assert "📣 春の総会" in officer.reads
            if step == "press":
                discord.faults.add(replace(fault))
                await officer.press("announcements:more")
            discord.faults.add(*([replace(fault)] if step == "command" else []))
            await officer.use("announcements")
            await officer.press("announcements:drafts")
            assert officer.reads.count("春の総会") == 1
            assert await process.end() == 0
            assert [one["event"] for one in process.log if one["level"] in ("error", "critical")] == []


async def test_what_another_process_has_answered_is_left_to_it(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    own, log = home(url, TSUNAGU_SEND_RATE="45"), tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        officer = (place := Place(discord)).officer
        async with running(discord, own, log) as process:
            await process.until_logged("ready")
            await place.set_up()
            await officer.use("officer announce")
            form = officer.shown
            discord.faults.add(Fault("POST", "/callback", status=400, code=40060, times=2))
            data = {"custom_id": form["custom_id"], "components": form["components"], "resolved": {}}
            await discord.interact(GUILD, GUILD + 100, OFFICER, 5, data, locale="ja")
            await process.until_logged("an error could not be shown")
            await officer.use("announcements")
            await officer.press("announcements:drafts")
            assert "下書きはありません" in officer.reads
            await process.kill()
