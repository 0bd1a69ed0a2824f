from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import simcord
from sqlalchemy import func, select

from bot.features.contacts.models import HolderContact
from bot.features.people.actors import Caller
from bot.features.people.service import PeopleService
from bot.features.posts.catalogue import PostCatalogueService
from bot.housekeeping import forget
from tests.support.pages import end_term, lc_history, open_contacts, press
from tests.support.statements import statements_of
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

TERM = {"starts": "2025-04-01", "ends": "2026-03-31"}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def setting(server: Server) -> tuple[simcord.MemberActor, simcord.MemberActor]:
    """A national officer, and the representative of the LC at 東京大学 whom they appointed."""
    officer, representative = server.person("officer"), server.person("rep")
    await server.set_up(server.admin(), officers=[officer])
    await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学", **TERM
    )
    return officer, representative


async def enter(
    person: simcord.MemberActor, message: Any, button: str, text: str, visibility: str
) -> simcord.InteractionResult:
    """Press the button of a detail and send its form."""
    form = await person.click(message, label=button)
    assert form.modal is not None
    return await person.submit_modal(form, {"text": text, "visibility": [visibility]})


async def test_a_student_looks_up_who_answers(server: Server) -> None:
    officer_member, representative = await setting(server)
    newcomer = server.person("leo")
    await representative.slash(server.channel, "officer appoint", person=newcomer, post="leo")
    student = server.person("student")
    everything = text_of(await open_contacts(student, server.channel, lc="東京大学"))
    assert "LEO（臨床交換留学 担当）：**leo**" in everything
    assert "**rep**さんにおたずねください" in everything
    one = text_of(await open_contacts(student, server.channel, lc="東京大学", committee="scoph"))
    assert "LPO（公衆衛生 担当）については、**rep**さんにおたずねください。" in one
    empty = text_of(await open_contacts(student, server.channel, lc="京都大学"))
    assert "全国役員におたずねください" in empty
    officer = await server.world.services[PeopleService].actor(Caller(officer_member.id, "", server.guild.id))
    catalogue = server.world.services[PostCatalogueService]
    (lpo,) = [one for one in await catalogue.entries(officer) if one.key == "lpo"]
    await catalogue.retire(officer, lpo.post_id, retired=True)
    none = text_of(await open_contacts(student, server.channel, lc="東京大学", committee="scoph"))
    assert "担当するLCの役職がありません" in none
    card = await student.slash(server.channel, "lc", lc="東京大学")
    await student.click(shown(card), label="連絡先")
    assert "**leo**" in page_text(shown(card))
    await student.click(shown(card), label="LCを表示")
    assert shown(card).embeds[0].title == "東京大学"


async def test_a_representative_enters_how_to_reach_the_lc_and_each_sees_their_part(server: Server) -> None:
    officer, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="連絡先を編集")
    assert "まだ何も登録されていません" in page_text(shown(page))
    await enter(representative, shown(page), "メールアドレス", "ｌｃ＠example.org", "members")
    assert "lc@example.org *（メンバー全員）*" in page_text(shown(page))
    await enter(representative, shown(page), "連絡のとりかた", "まず*一言*\n# DMで", "own_officers")
    await enter(representative, shown(page), "ウェブ・SNS", "https://example.org/to_dai_", "officers")

    member, student = server.person("member"), server.person("student")
    await officer.slash(server.channel, "officer appoint", person=member, post="lc_member", lc="東京大学", **TERM)
    for person, sees, not_sees in (
        (officer, ["lc@example.org", "https://example.org/to_dai_", r"まず\*一言\*"], []),
        (member, ["lc@example.org"], ["https://", "一言", "メンバー全員"]),
        (student, ["ほかの連絡先も表示されることがあります"], ["lc@example.org", "https://", "一言"]),
    ):
        seen = text_of(await open_contacts(person, server.channel, lc="東京大学"))
        assert [text for text in sees if text not in seen] == []
        assert [text for text in not_sees if text in seen] == []
    assert "連絡先を編集" not in labels(shown(await open_contacts(member, server.channel, lc="東京大学")))
    assert "LCの連絡先：rep" in text_of(await lc_history(representative, server.channel))


async def test_holders_enter_their_own_for_their_post(server: Server) -> None:
    officer, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="自分の連絡先")
    assert "任期が終わると削除され" in page_text(shown(page))
    await enter(representative, shown(page), "メールアドレス（大学代表者）", "rep@example.org", "members")
    assert "rep@example.org *（メンバー全員）*" in page_text(shown(page))
    member = server.person("member")
    await officer.slash(server.channel, "officer appoint", person=member, post="lc_member", lc="京都大学", **TERM)
    for options in ({}, {"committee": "scoph"}):
        seen = text_of(await open_contacts(member, server.channel, lc="東京大学", **options))
        assert seen.count("rep@example.org") == 1, options
    assert "rep@example.org" not in text_of(
        await open_contacts(server.person("student"), server.channel, lc="東京大学")
    )
    await enter(representative, shown(page), "メールアドレス（大学代表者）", "", "members")
    assert "rep@example.org" not in page_text(shown(page))
    assert "自分の連絡先" not in labels(shown(await open_contacts(officer, server.channel, lc="東京大学")))


async def test_a_national_officer_enters_it_for_the_lc_and_says_how(server: Server) -> None:
    officer, _ = await setting(server)
    page = await open_contacts(officer, server.channel, lc="京都大学")
    await officer.click(shown(page), label="連絡先を編集")
    assert labels(shown(page)) == ["LINE", "メール", "電話", "対面", "戻る", "ホーム"]
    await officer.click(shown(page), label="電話")
    await enter(officer, shown(page), "メールアドレス", "kyoto@example.org", "own_officers")
    assert "kyoto@example.org *（このLCの役員）*" in page_text(shown(page))
    history = text_of(await lc_history(officer, server.channel, lc="京都大学"))
    assert "全国役員が電話で聞いて記録" in history


async def test_what_cannot_be_used_is_said_and_nothing_is_kept(server: Server) -> None:
    _, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="連絡先を編集")
    for button, text, said in (
        ("メールアドレス", "lc.example.org", "メールアドレスとして使えません"),
        ("ウェブ・SNS", "http://example.org/", "このリンクは使えません"),
        ("連絡のとりかた", "@everyone", "メンションは使わずに"),
    ):
        refused = await enter(representative, shown(page), button, text, "members")
        assert said in text_of(refused)
    assert "まだ何も登録されていません" in page_text(shown(page))


async def test_english_readers_are_answered_in_english(server: Server) -> None:
    officer, _ = await setting(server)
    guest = server.person("guest", locale="en-GB")
    await officer.slash(server.channel, "officer appoint", person=guest, post="leo", lc="東京大学", **TERM)
    page = await open_contacts(guest, server.channel, lc="東京大学")
    assert "LEO (Local Exchange Officer): **guest**" in text_of(page)
    await guest.click(shown(page), label="My contact details")
    await enter(guest, shown(page), "How to get in touch (LEO (Local Exchange Officer))", "evenings", "officers")
    assert "evenings *(All officers)*" in page_text(shown(page))
    stranger = server.person("stranger", locale="en-GB")
    seen = text_of(await open_contacts(stranger, server.channel, lc="東京大学"))
    assert "Members of the organisation may see more here" in seen
    assert "evenings" not in seen


async def test_old_buttons_decide_nothing_after_the_term(server: Server, world: World) -> None:
    await world.until(date(2026, 3, 28))
    _, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="連絡先を編集")
    own = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(own), label="自分の連絡先")
    form = await representative.click(shown(own), label="メールアドレス（大学代表者）")
    for _ in range(5):
        await world.env.advance_time(86_400)
    refused = await representative.click(shown(page), label="メールアドレス")
    assert "大学代表者としての任期は2026年3月31日(火)で終わっています" in text_of(refused)
    late = await representative.submit_modal(form, {"text": "a@example.org", "visibility": ["members"]})
    assert "もう使えません" in text_of(late), "the form of days ago"


async def test_the_nightly_chore_deletes_what_was_entered_for_a_term_that_is_over(server: Server, world: World) -> None:
    officer, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="自分の連絡先")
    await enter(representative, shown(page), "メールアドレス（大学代表者）", "rep@example.org", "members")
    await end_term(officer, server.channel, "rep：", day="2025-12-31")
    assert "rep" not in text_of(await open_contacts(officer, server.channel, lc="東京大学"))
    for days, left in ((0, 1), (1, 0)):
        await world.env.advance_time(days * 86_400)
        await forget(world.bot)
        async with world.bot.database.reading() as connection:
            assert await connection.scalar(select(func.count()).select_from(HolderContact)) == left


async def test_looking_a_contact_up_takes_at_most_three_statements(server: Server, world: World) -> None:
    officer, representative = await setting(server)
    page = await open_contacts(representative, server.channel, lc="東京大学")
    await representative.click(shown(page), label="連絡先を編集")
    await enter(representative, shown(page), "メールアドレス", "lc@example.org", "members")
    student = server.person("student")
    choices = await student.autocomplete(server.channel, "lc", "lc", "東大")
    for person in (student, representative, officer):
        # Officers also see where the LC is on Discord.
        with statements_of(world.bot.database) as statements:
            card = await person.slash(server.channel, "lc", lc=choices[0]["value"])
        assert 1 <= len(statements) <= (2 if person is student else 3), statements
        with statements_of(world.bot.database) as statements:
            await press(person, card, "contacts:show:")
        assert 1 <= len(statements) <= 3, statements
