"""Making roles, channels and threads with the real process, while Discord refuses single requests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.wire.discord import Fault, organisation, wire_discord
from tests.wire.organisation import GUILD, LC, OFFICER, OTHER, REPRESENTATIVE, STUDENT, Place, empty_server, went_well
from tests.wire.outbound import home, running
from tests.wire.people import join

TEXT = 0
PARTS = ("ホーム", "お知らせ", "ラウンジ", "全国役員")


def only(place: Place, number: int, method: str, part: str, fault: Fault) -> None:
    """Of the requests that fit, the one with this number meets the fault."""
    if number:
        place.discord.faults.add(Fault(method, part, times=number))  # these come through
    fault.method, fault.part = method, part
    place.discord.faults.add(fault)


def made_by(place: Place, since: int) -> list[str]:
    """What the bot made in the server since so many requests. Messages aren't counted: newcomers are greeted at a time
    of its own, which on a busy machine may be now."""
    sent = [one for one in place.discord.requests[since:] if one.method == "POST"]
    return [
        one.path
        for one in sent
        if not one.path.startswith(("/interactions", "/webhooks")) and not one.path.endswith("/messages")
    ]


@pytest.mark.parametrize(
    "kind", [{"status": 400}, {"status": 403, "code": 50013}, {"status": 404}, {"status": 503}, {"drop": "reset"}]
)
async def test_each_part_of_a_server_stands_alone(sqlite_url: str, tmp_path: Path, kind: dict[str, object]) -> None:
    async with empty_server(sqlite_url, tmp_path / "log") as place:
        officer, faults = place.officer, place.discord.faults
        only(place, 2, "POST", f"/guilds/{GUILD}/channels", Fault(**kind))  # type: ignore[arg-type]
        only(place, 0, "POST", f"/guilds/{GUILD}/roles", Fault(**kind))  # type: ignore[arg-type]
        only(place, 0, "PUT", "/messages/pins", Fault(**kind))  # type: ignore[arg-type]
        await officer.use("setup")
        await officer.press("setups:create")
        await officer.write(name_ja="国際医学生連盟 日本", name_en="IFMSA-Japan")
        await officer.until("初期設定はまだ終わっていません")
        assert not faults.waiting
        assert place.said("ホーム"), "the panel is there"
        since = len(place.discord.requests)
        await officer.press("もう一度試す")
        await officer.until("初期設定が終わりました")
        assert sorted(made_by(place, since)) == [f"/guilds/{GUILD}/channels", f"/guilds/{GUILD}/roles"]
        assert place.roles(OFFICER) == {"全国役員"}
        assert [one["pinned"] for one in place.said("ホーム")] == [True]
        assert officer.sees(int(place.channel("全国役員")["id"]))

        await officer.use("manage lc state", lc=LC, state="member", decision="総会 1号")
        for person, name in ((place.representative, "東京 花子"), (place.student, "東京 次郎")):
            await place.discord.servers.join(GUILD, person.user_id, name)
            await join(person, name, region="関東", school=LC, in_lc=True)
        await officer.use("officer appoint", person=REPRESENTATIVE, post="lc_representative", lc=LC)
        await officer.use("officer appoint", person=STUDENT, post="leo", lc=LC)
        await officer.use("manage lc channels")
        only(place, 0, "POST", f"/guilds/{GUILD}/roles", Fault(**kind))  # type: ignore[arg-type]
        only(place, 0, "POST", "/threads", Fault(**kind))  # type: ignore[arg-type]
        await officer.press("つくる")
        await officer.until("まだそろっていません")
        assert not faults.waiting
        place.channel(LC)
        since = len(place.discord.requests)
        only(place, 0, "PUT", "/thread-members", Fault(**kind))  # type: ignore[arg-type]
        await officer.press("もう一度試す")
        await place.discord.until(lambda: not faults.waiting)
        await officer.until(
            lambda: "LCのチャンネルがそろいました" in officer.reads or "まだそろっていません" in officer.reads
        )
        assert sorted(one.rsplit("/", 1)[1] for one in made_by(place, since)) == ["roles", "threads"]
        assert LC in place.roles(REPRESENTATIVE) & place.roles(STUDENT)
        thread = int(place.channel("LC役員専用")["id"])
        inside = {place.representative.sees(thread), place.student.sees(thread)}
        assert True in inside, "one who was refused keeps nobody else out"
        await officer.use("manage lc channels")
        await officer.press("確認して、メンバーをそろえる")
        await officer.until("LCのチャンネルがそろいました")
        assert place.representative.sees(thread)
        assert place.student.sees(thread)
        assert OTHER not in place.discord.channels.inside[str(thread)]


@pytest.mark.parametrize("refused", ["roles", "channels"])
async def test_what_a_killed_run_made_without_role_or_category_is_taken_over(
    sqlite_url: str, tmp_path: Path, refused: str
) -> None:
    own, name = home(sqlite_url, TSUNAGU_SEND_RATE="45"), "全国役員" if refused == "roles" else "ホーム"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place, faults = Place(discord), discord.faults
        (there,) = discord.guilds

        def called(name: str) -> list[dict[str, Any]]:
            return [one for one in there["channels"] if one["name"] == name and one["type"] == TEXT]

        async with running(discord, own, tmp_path / "log") as process:
            await process.until_logged("ready")
            faults.add(Fault("POST", f"/guilds/{GUILD}/{refused}", status=403, code=50013))
            if refused == "roles":
                faults.add(Fault("POST", f"/guilds/{GUILD}/channels", times=4))  # the category and three channels
            faults.add(Fault("POST", f"/guilds/{GUILD}/channels", delay=60, after=True))  # made, and never answered
            await place.officer.use("setup")
            await place.officer.press("setups:create")
            writing = asyncio.create_task(place.officer.write(name_ja="国際医学生連盟 日本", name_en="IFMSA-Japan"))
            await discord.until(lambda: called(name))
            await process.kill()
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        faults.waiting.clear()
        (before,) = called(name)
        discord.gateway.pass_time(31)
        async with running(discord, own, tmp_path / "log") as process:
            await process.until_logged("ready")
            await place.officer.use("setup")
            await place.officer.press("setups:repair")
            await place.officer.until("初期設定が終わりました")
            (channel,) = called(name)
            assert channel["id"] == before["id"]
            (category,) = (one for one in there["channels"] if one["name"] == "全国")
            assert {one["parent_id"] for part in PARTS for one in called(part)} == {category["id"]}
            (role,) = (one for one in there["roles"] if one["name"] == "全国役員")
            assert role["id"] in {one["id"] for one in channel["permission_overwrites"]}
            assert place.officer.sees(int(place.channel("全国役員")["id"]))
            since = len(discord.requests)
            await place.officer.use("setup")
            await place.officer.press("setups:repair")
            await place.officer.until("初期設定が終わりました")
            assert made_by(place, since) == []
            assert len([one for one in place.said("ホーム") if one["pinned"]]) == 1, "one panel"
            assert await process.end() == 0
        went_well(process)
