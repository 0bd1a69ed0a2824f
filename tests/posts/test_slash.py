from __future__ import annotations

import re
from datetime import date

import pytest
import simcord

from tests.support.pages import claim_post, end_term, lc_history, open_contacts, post_code, sees_all
from tests.support.worlds import Server, World, buttons, menus, page_text, shown, text_of

TERM = {"starts": "2025-04-01", "ends": "2026-03-31"}


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def setting(server: Server) -> tuple[simcord.MemberActor, simcord.MemberActor]:
    """A national officer, and the representative of the LC at 東京大学 whom they appointed."""
    officer, representative = server.person("officer"), server.person("rep")
    await server.set_up(server.admin(), officers=[officer])
    done = await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学", **TERM
    )
    assert "**rep** 東京大学の大学代表者：2025年4月1日(火)〜2026年3月31日(火)" in text_of(done)
    return officer, representative


async def test_a_representative_appoints_and_ends_for_the_own_lc(server: Server) -> None:
    _, representative = await setting(server)
    newcomer = server.person("leo")
    choices = await representative.autocomplete(server.channel, "officer appoint", "post", "leo", person=newcomer)
    assert [choice["value"] for choice in choices] == ["leo"]
    await representative.slash(server.channel, "officer appoint", person=newcomer, post="leo")
    assert "LEO（臨床交換留学 担当）（2026年3月31日(火)まで）" in text_of(await newcomer.slash(server.channel, "home"))
    terms = menus(shown(await representative.slash(server.channel, "officer posts")))["posts:end:0"]
    assert [*terms][-1] == "leo：東京大学のLEO（臨床交換留学 担当）（2026年3月31日(火)まで）"
    ended = await end_term(representative, server.channel, "leo：")
    assert "の任期は2026年1月1日(木)で終わります。" in text_of(ended)
    listed = await representative.slash(server.channel, "officer posts")
    assert "**leo** 東京大学のLEO（臨床交換留学 担当）：2026年1月1日(木)〜2026年1月1日(木)" in text_of(listed)


async def test_others_appoint_nobody(server: Server) -> None:
    _, representative = await setting(server)
    student = server.person("student")
    for person, options in (
        (student, {"post": "leo", "lc": "東京大学"}),
        (representative, {"post": "leo", "lc": "京都大学"}),
        (representative, {"post": "president"}),
    ):
        await sees_all(person)
        refused = await person.slash(server.channel, "officer appoint", person=student, **options)
        assert "全国役員だけができる操作" in text_of(refused)
    assert "いま役職に就いている人の登録はありません" in text_of(await student.slash(server.channel, "officer posts"))


async def test_what_is_wrong_is_said(server: Server) -> None:
    officer, _ = await setting(server)
    student = server.person("student")
    for options, said in (
        ({"post": "leo", "lc": "東京大学", "starts": "2026-03-31", "ends": "2025-04-01"}, "より前になっています"),
        ({"post": "lc_representative", "lc": "東京大学"}, "大学代表者は同時に1人だけです"),
        ({"post": "leo"}, "どのLCかを選んでください"),
        ({"post": "president", "lc": "東京大学"}, "LCは指定しないでください"),
        ({"post": "emperor", "lc": "東京大学"}, "その役職はありません"),
        ({"post": "leo", "lc": "東京大学", "starts": "きのう"}, "年も含めて、日付を書いてください"),
    ):
        refused = await officer.slash(server.channel, "officer appoint", person=student, **options)
        assert said in text_of(refused), options


async def test_a_new_representative_claims_and_a_fellow_officer_confirms(server: Server) -> None:
    _, representative = await setting(server)
    newcomer, student = server.person("lpo"), server.person("student")
    claimed = await claim_post(newcomer, server.channel, post="lpo", lc="東京大学")
    assert "同じLCの役員、前任者、または全国役員が確認します" in text_of(claimed)
    again = await claim_post(newcomer, server.channel, post="lpo", lc="東京大学")
    assert "すでに確認待ちになっています" in text_of(again)
    assert "posts:claims" not in buttons(shown(await student.slash(server.channel, "home")))
    home = await representative.slash(server.channel, "home")
    assert "新しい役員の確認：1件" in text_of(home)
    await representative.click(shown(home), custom_id="posts:claims")
    assert "**lpo**さんより：東京大学のLPO（公衆衛生 担当）になりました" in page_text(shown(home))
    stale = await representative.slash(server.channel, "home")
    await representative.click(shown(stale), custom_id="posts:claims")
    await representative.click(shown(home), label="lpoさんを確認")
    assert "確認待ちのものはありません" in page_text(shown(home))
    late = await representative.click(shown(stale), label="心当たりがない")
    assert "すでにほかの人が対応しました" in text_of(late)
    assert "LPO（公衆衛生 担当）" in text_of(await newcomer.slash(server.channel, "home"))
    history = text_of(await lc_history(representative, server.channel))
    assert "新しい役員の確認：rep" in history
    assert "役職に就いたという申し出" in history


async def test_the_predecessor_confirms_from_home_when_nobody_else_is_left(server: Server) -> None:
    await server.world.until(date(2026, 3, 28))
    _, representative = await setting(server)
    for _ in range(4):
        await server.world.env.advance_time(86_400)
    await claim_post(server.person("next"), server.channel, post="lc_representative", lc="東京大学")
    home = await representative.slash(server.channel, "home")
    assert "新しい役員の確認：1件" in text_of(home)
    await representative.click(shown(home), custom_id="posts:claims")
    await representative.click(shown(home), label="nextさんを確認")
    assert "確認待ちのものはありません" in page_text(shown(home))
    found = await open_contacts(server.person("student"), server.channel, lc="東京大学")
    assert "大学代表者：**next**" in text_of(found)
    assert "posts:claims" not in buttons(shown(await representative.slash(server.channel, "home")))


async def test_a_code_is_handed_out_and_used_once(server: Server) -> None:
    officer, _ = await setting(server)
    newcomer, thief = server.person("newcomer"), server.person("thief")
    made = await post_code(officer, server.channel, post="leo", lc="東京大学", **TERM)
    match = re.search(r"`([2-9A-Z]{5}-[2-9A-Z]{5})`", text_of(made))
    assert match
    assert "見つかりませんでした" in text_of(await claim_post(thief, server.channel, code="AAAAA-AAAAA"))
    used = await claim_post(newcomer, server.channel, code=match[1].lower())
    assert "東京大学のLEO（臨床交換留学 担当）です（2026年3月31日(火)まで）" in text_of(used)
    assert "すでに使われています" in text_of(await claim_post(thief, server.channel, code=match[1]))


async def test_a_term_ends_by_default_with_the_lcs_own_handover(server: Server) -> None:
    """It is 1 January 2026."""
    _, representative = await setting(server)
    newcomer, other = server.person("leo"), server.person("lpo")
    card = await representative.slash(server.channel, "officer handover")
    form = await representative.click(shown(card), label="LCの交代日")
    await representative.submit_modal(form, {"day": "11-01"})
    added = await representative.slash(server.channel, "officer appoint", person=newcomer, post="leo")
    assert "**leo** 東京大学のLEO（臨床交換留学 担当）：2026年1月1日(木)〜2026年10月31日(土)" in text_of(added)
    later = await representative.slash(
        server.channel, "officer appoint", person=newcomer, post="leo", starts="2026-11-01"
    )
    assert "2026年11月1日(日)〜2027年10月31日(日)" in text_of(later)
    await claim_post(other, server.channel, post="lpo", lc="東京大学")
    home = await representative.slash(server.channel, "home")
    await representative.click(shown(home), custom_id="posts:claims")
    assert "2026年1月1日(木)〜2026年10月31日(土)" in page_text(shown(home))
    code = await post_code(representative, server.channel, post="lore")
    match = re.search(r"`(\w{5}-\w{5})`", text_of(code))
    assert match is not None
    taken = await claim_post(server.person("lore"), server.channel, code=match[1])
    assert "2026年10月31日(土)まで" in text_of(taken)


async def test_who_appoints_the_first_representative_of_a_school_hears_that_its_lc_is_being_founded(
    server: Server,
) -> None:
    officer, _ = await setting(server)
    await officer.slash(server.channel, "language", language="en")
    first, second = server.person("first"), server.person("second")
    added = await officer.slash(
        server.channel, "officer appoint", person=first, post="lc_representative", lc="京都大学"
    )
    assert "its LC is marked as being founded" in text_of(added)
    assert "being founded" in text_of(await officer.slash(server.channel, "lc", lc="京都大学"))
    await claim_post(second, server.channel, post="lc_representative", lc="大阪大学")
    home = await officer.slash(server.channel, "home")
    await officer.click(shown(home), custom_id="posts:claims")
    await officer.click(shown(home), label="Confirm second")
    assert "its LC is marked as being founded" in page_text(shown(home))
    again = await officer.slash(server.channel, "officer appoint", person=first, post="leo", lc="京都大学")
    assert "its LC is marked as" not in text_of(again)
