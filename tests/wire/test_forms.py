"""What people send to a process that doesn't know of it: forms of the one before, and choices that nobody offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.ui.items import offered
from tests.support.databases import Databases
from tests.wire.discord import organisation, wire_discord
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
            await officer.use("announce new")
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
