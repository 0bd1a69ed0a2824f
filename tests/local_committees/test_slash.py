from __future__ import annotations

import pytest
import simcord

from tests.support.pages import find_lc
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    server = world.server()
    await server.set_up(server.admin())
    return server


async def find(person: simcord.MemberActor, server: Server, text: str) -> simcord.InteractionResult:
    return await find_lc(person, server.channel, text=text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("東大", "東京大学"),
        ("東京大学", "東京大学"),
        ("University of Tokyo", "東京大学"),
        ("東京医科歯科大学", "東京科学大学"),
        ("ｼﾞｭﾝﾃﾝﾄﾞｳ", "順天堂大学"),
        ("Ｊｕｎｔｅｎｄｏ", "順天堂大学"),
        ("juntendou", "順天堂大学"),
        ("慶応義塾", "慶應義塾大学"),
        ("独協", "獨協医科大学"),
        ("iuhw", "国際医療福祉大学"),
        ("琉", "琉球大学"),
    ],
)
async def test_every_name_people_use_leads_to_the_card(server: Server, typed: str, name: str | None) -> None:
    result = await find(server.person("student"), server, typed)
    if name is None:
        assert "見つかりませんでした" in text_of(result)
    else:
        assert shown(result).embeds[0].title == name


async def test_one_character_lists_in_order_and_a_26th_is_on_the_next_page(server: Server) -> None:
    student = server.person("student")
    first = await find(student, server, "東")
    assert "（1/2ページ）" in text_of(first)
    names = options(shown(first))
    assert len(names) == 25
    beginning = [name for name in names if name.startswith("東")]
    assert names[: len(beginning)] == beginning, "names that begin with it come first"
    assert labels(shown(first))[:2] == ["前へ", "次へ"]

    second = await student.click(shown(first), label="次へ")
    assert "（2/2ページ）" in page_text(shown(first)), "the same message turns its page"
    assert second.acknowledged
    others = options(shown(first))
    assert others
    assert not set(others) & set(names)

    await choose(student, shown(first), others[0])
    assert shown(first).embeds[0].title == others[0]


async def test_a_region_is_found_by_its_name(server: Server) -> None:
    result = await find(server.person("student"), server, "九州")
    assert "「九州」：11件" in text_of(result)
    assert options(shown(result))[0] == "九州大学"


async def test_english_reader_sees_english(server: Server) -> None:
    result = await find(server.person("exchange", locale="en-GB"), server, "tokyo medical univ")
    text = text_of(result)
    assert shown(result).embeds[0].title == "Tokyo Medical University"
    assert "no LC yet" in text
    assert "Kanto" in text


async def test_unknown_name_offers_the_three_nearest(server: Server) -> None:
    student = server.person("student")
    result = await find(student, server, "東京医療大学")
    assert "「東京医療大学」というLCは見つかりませんでした" in text_of(result)
    offered = labels(shown(result))
    assert sum(one.startswith("東京") for one in offered) == 3
    assert "東京医科大学" in offered
    assert {"もう一度書く", "LCをさがす"} <= set(offered), "what was typed is kept"
    await student.click(shown(result), label="東京医科大学")
    assert shown(result).embeds[0].title == "東京医科大学"

    english = await server.person("guest", locale="en-US").slash(server.channel, "lc", lc="Tokio Univercity")
    assert "No LC found for “Tokio Univercity”" in text_of(english)
    assert len(labels(shown(english))) == 4


async def test_nothing_to_search_by_is_said(server: Server) -> None:
    assert "1文字以上" in text_of(await find(server.person("student"), server, "・・・"))


async def test_wildcards_are_letters_like_others(server: Server) -> None:
    assert "見つかりませんでした" in text_of(await find(server.person("student"), server, "%大学"))


async def test_completion_follows_what_is_typed_in_the_readers_language(server: Server) -> None:
    student, guest = server.person("student"), server.person("guest", locale="en-US")
    choices = await student.autocomplete(server.channel, "lc", "lc", "東大")
    assert [choice["name"] for choice in choices] == ["東京大学（東京都・LCなし）"]
    choices = await guest.autocomplete(server.channel, "lc", "lc", "hokkai")
    assert "Hokkaido University (Hokkaido, no LC yet)" in [choice["name"] for choice in choices]
    everything = await student.autocomplete(server.channel, "lc", "lc", "")
    assert len(everything) == 25
    card = await student.slash(server.channel, "lc", lc=choices[0]["value"])
    assert "北海道" in text_of(card)


async def test_a_name_that_fits_several_lists_them(server: Server) -> None:
    student = server.person("student")
    result = await student.slash(server.channel, "lc", lc="東京")
    assert "「東京」：13件" in text_of(result)
    await choose(student, shown(result), "東京大学")
    assert shown(result).embeds[0].title == "東京大学"


async def test_coverage_adds_up_and_comes_with_a_map(server: Server) -> None:
    result = await server.person("student").slash(server.channel, "lc")
    message = shown(result)
    assert "82校のうち0校が団体会員です" in text_of(result)
    picture, numbers = message.embeds
    assert picture.image.url is not None
    assert not picture.fields, "the picture comes first, and little stands before it"
    counted = [int(field.name.rsplit("(", 1)[1].rstrip(")")) for field in numbers.fields]
    assert counted[0] == 82
    assert sum(counted[1:]) == 82
    assert [attachment.filename for attachment in message.attachments] == ["coverage.png"]


async def test_a_region_chosen_on_the_coverage_lists_its_lcs(server: Server) -> None:
    student = server.person("student")
    result = await student.slash(server.channel, "lc")
    await choose(student, shown(result), "四国")
    assert len(options(shown(result))) == 4
    assert not shown(result).attachments, "the map does not stay behind on the next page"


async def test_search_from_home_asks_in_a_form(server: Server) -> None:
    student = server.person("student")
    home = await student.slash(server.channel, "home")
    form = await student.click(shown(home), label="LCをさがす")
    assert form.modal is not None
    await student.submit_modal(form, {"text": "京大"})
    assert options(shown(home))[0] == "京都大学", "the exact name comes before 東京大学, which has it inside"


async def test_everything_still_works_after_a_restart(world: World, server: Server) -> None:
    student = server.person("student")
    found = await find(student, server, "東")
    await world.restart()
    await student.click(shown(found), label="次へ")
    assert "（2/2ページ）" in page_text(shown(found))


async def test_another_organisations_lc_does_not_exist_here(world: World, server: Server) -> None:
    other = world.server("Elsewhere")
    await other.set_up(other.admin("other-admin"), name_ja="よその組織", name_en="Elsewhere")
    student = other.person("stranger")
    mine = await student.autocomplete(other.channel, "lc", "lc", "東大")
    result = await server.person("student").slash(server.channel, "lc", lc=mine[0]["value"])
    assert "いまの名簿にありません" in text_of(result)
