"""Certificates as people press them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from bot.features.members.models import Contact
from bot.features.members.service import MemberService
from tests.events.support import photo
from tests.events.test_slash import open_event, post, post_of
from tests.support.members import join
from tests.support.people import actor
from tests.support.worlds import Server, World, labels, menus, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 A棟で症例勉強会、誰でも 定員20名"
DAYS = 24 * 60 * 60


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


@pytest.fixture
async def student(world: World, server: Server, officer: simcord.MemberActor) -> simcord.MemberActor:
    """She and the officer come to an event, which is over by now."""
    student = server.person("student")
    await join(world.services, student.id, "東京 花子", guild=server.guild.id, contact=Contact.DIRECT)
    await post(server, officer, LINE)
    for one in (student, officer):
        await one.click(post_of(server), label="参加する")
    await world.env.advance_time(18 * DAYS)
    return student


async def pick(person: simcord.MemberActor, page: Any, menu: str, label: str) -> None:
    """An option of one of several menus."""
    ((custom_id, offered),) = [one for one in menus(shown(page)).items() if one[0].startswith(menu)]
    await person.select(shown(page), values=[offered[label]], custom_id=custom_id)


async def desk(server: Server, officer: simcord.MemberActor) -> Any:
    page = await officer.slash(server.channel, "event")
    await pick(officer, page, "events:which", "終わったイベント")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="参加者・主催者")
    await officer.click(shown(page), label="証明書")
    return page


async def give(officer: simcord.MemberActor, page: Any, **fields: Any) -> None:
    form = await officer.click(shown(page), label="証明書を出す…")
    await officer.submit_modal(form, {"kind": ["participation"], "until": "", **fields})
    preview = shown(page)
    assert "まだ出していません" in page_text(preview)
    assert sorted(one.filename for one in preview.attachments) == ["certificate.png", "preview.pdf"]
    (label,) = [one for one in labels(preview) if one.endswith("人に出す")]
    await officer.click(preview, label=label)


async def pdf_of(page: Any) -> bytes:
    (attachment,) = shown(page).attachments
    content: bytes = await attachment.read()
    assert content.startswith(b"%PDF")
    return content


async def code_of(world: World, person: simcord.MemberActor, server: Server) -> str:
    from bot.features.certificates.service import CertificateService

    who = await actor(world.services, person.id, server.guild.id)
    service = world.services[CertificateService]
    (one, *_) = await service.mine(who)
    return (await service.paper(who, one.certificate_id)).sheets[0].code


async def check(server: Server, person: simcord.MemberActor, code: str, name: str) -> str:
    page = await person.slash(server.channel, "event")
    form = await person.click(shown(page), label="証明書を確かめる")
    return text_of(await person.submit_modal(form, {"code": code, "name": name}))


async def test_organisers_issue_people_have_it_and_anybody_checks_it(
    world: World, server: Server, officer: simcord.MemberActor, student: simcord.MemberActor
) -> None:
    page = await desk(server, officer)
    assert "これから出す人：2人" in page_text(shown(page))
    await pick(officer, page, "certificates:tick", "☑️ 役員 花")
    assert "出さない人：1人" in page_text(shown(page))
    await give(officer, page, until="2027年3月31日")
    told = page_text(shown(page))
    assert "1枚出しました" in told
    assert "🎓 東京 花子" in told
    await world.env.advance_time(DAYS)
    (message,) = [one for one in student.user.dm_channel.history() if "証明書が届きました" in page_text(one)]
    assert "PDFで受け取る" in labels(message)
    own = await student.slash(server.channel, "me")
    await student.click(shown(own), label="わたしの証明書")
    assert "有効期限：2027年3月31日" in page_text(shown(own))
    await pick(student, own, "certificates:own", "症例勉強会")
    both = await pdf_of(own)
    await student.click(shown(own), label="わたしの証明書")
    await pick(student, own, "certificates:own", "症例勉強会")
    assert await pdf_of(own) == both, "the same file again"
    await student.click(shown(own), label="English")
    assert await pdf_of(own) != both
    code = await code_of(world, student, server)
    said = await check(server, officer, code, "東京花子")
    assert "本物の証明書です" in said
    assert "症例勉強会" in said
    assert "花子" not in said
    assert "証明書はありません" in await check(server, officer, code, "役員 花")
    assert "コードではない" in await check(server, officer, "ABC", "役員 花")


async def test_one_is_revoked_another_gets_a_new_name_and_all_are_printed(
    world: World, server: Server, officer: simcord.MemberActor, student: simcord.MemberActor
) -> None:
    page = await desk(server, officer)
    await give(officer, page)
    old = await code_of(world, student, server)
    await world.services[MemberService].set_name(
        await actor(world.services, student.id, server.guild.id), "札幌 花子", ""
    )
    page = await desk(server, officer)
    await pick(officer, page, "certificates:one", "✏️ 札幌 花子")
    await officer.click(shown(page), label="新しい名前で出し直す")
    assert "新しい名前で出しました" in page_text(shown(page))
    assert "出し直されています" in await check(server, officer, old, "東京 花子")
    await officer.click(shown(page), label="全員分を印刷")
    pdf = await pdf_of(page)
    assert int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0]) == 2
    await officer.click(shown(page), label="証明書")
    await officer.click(shown(page), label="アカウントのない人の分を印刷")
    assert "印刷する証明書がまだありません" in page_text(shown(page))
    page = await desk(server, officer)
    await pick(officer, page, "certificates:one", "🎓 札幌 花子")
    form = await officer.click(shown(page), label="取り消す")
    await officer.submit_modal(form, {"reason": "欠席"})
    assert "取り消しました" in page_text(shown(page))
    new = await student.slash(server.channel, "me")
    await student.click(shown(new), label="わたしの証明書")
    assert "理由：欠席" in page_text(shown(new))
    form = await officer.click(shown(page), label="すべて取り消す")
    await officer.submit_modal(form, {"reason": "中止だった"})
    assert "1枚を取り消しました" in page_text(shown(page))


async def test_national_officers_keep_the_seal(server: Server, officer: simcord.MemberActor) -> None:
    page = await officer.slash(server.channel, "home")
    await officer.click(shown(page), label="運営")
    await officer.click(shown(page), label="証明書の印")
    assert "まだ印がありません" in page_text(shown(page))
    form = await officer.click(shown(page), label="画像を追加")
    await officer.submit_modal(form, {"file": ("seal.png", photo(kind="PNG"))})
    assert "保存しました" in page_text(shown(page))
    await officer.click(shown(page), label="印なし")
    assert "まだ印がありません" in page_text(shown(page))
