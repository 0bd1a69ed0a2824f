"""What a page says is shown whole, or it says how much isn't shown; always within what Discord takes."""

from __future__ import annotations

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.homes.facts import Facts
from bot.paging import part_of
from bot.ui.home import HomePart, ManagePageButton
from bot.ui.pages import Item, Page, in_rows
from bot.ui.requests import MemberRequest
from tests.support.worlds import World, labels, shown

LINES = st.lists(st.text("あa1 ", max_size=400).map(str.strip), max_size=40).map("\n".join)
SHORT = st.text("あa", min_size=1, max_size=300)
PAGES = st.builds(
    Page,
    title=SHORT,
    text=LINES,
    fields=st.lists(st.tuples(SHORT, LINES.filter(bool), st.booleans()), max_size=28),
    footer=st.text("あa", max_size=2_100),
)


def lines_of(*texts: str) -> int:
    return sum(bool(line.strip()) for text in texts for line in text.split("\n"))


def within_limits(embeds: list[discord.Embed]) -> None:
    for embed in embeds:
        assert len(embed.title or "") <= 256
        assert len(embed.description or "") <= 4096
        assert len(embed.fields) <= 25
        assert all(1 <= len(field.name or "") <= 256 and 1 <= len(field.value or "") <= 1024 for field in embed.fields)
        assert len(embed.footer.text or "") <= 2048 - len("  #zzzzzzzz")
    assert sum(len(embed) for embed in embeds) <= 6000 - len("  #zzzzzzzz")


@given(PAGES, st.none() | PAGES)
def test_a_page_is_within_what_discord_takes(page: Page, above: Page | None) -> None:
    both = Page(page.title, page.text, page.fields, footer=page.footer, quoted=above)
    within_limits(both.embeds())


@given(PAGES)
def test_what_is_not_shown_is_counted(page: Page) -> None:
    embed = page.embed()
    shown = [embed.description or "", *(field.value or "" for field in embed.fields)]
    is_whole = "".join("".join(shown).split()) == "".join("".join([page.text, *(v for _, v, _ in page.fields)]).split())
    assert is_whole != ("more line" in (embed.footer.text or "") or any(text.endswith("…") for text in shown))


def test_a_long_checklist_goes_on_in_further_fields() -> None:
    items = "\n".join(f"☐ {number} " + "や" * 90 for number in range(30))
    embed = Page(title="引き継ぎ", text="本文", fields=[("チェックリスト", items, False), ("あと", "x", True)]).embed()
    assert [field.name for field in embed.fields] == [
        "チェックリスト", "チェックリスト (2)", "チェックリスト (3)", "あと",
    ]  # fmt: skip
    assert "\n".join(str(field.value) for field in embed.fields[:-1]) == items
    assert embed.footer.text is None


def test_a_text_longer_than_a_description_goes_on_beneath() -> None:
    text = "\n".join("あ" * 99 for _ in range(50))
    embed = Page(title="LINE", text=text, fields=[("リンク", "https://example.org", False)]).embed()
    assert "\n".join([embed.description or "", *(str(field.value) for field in embed.fields[:-1])]) == text
    assert embed.fields[-1].name == "リンク"


def test_beyond_six_thousand_characters_it_says_how_many_lines_are_left_out() -> None:
    text = "\n".join("あ" * 99 for _ in range(100))
    embed = Page(title="一覧", text=text, footer="8:00").embed()
    shown = lines_of(embed.description or "", *(str(field.value) for field in embed.fields))
    assert embed.footer.text == f"8:00  …ほか{100 - shown}行 / … {100 - shown} more lines"
    assert 50 < shown < 60


def test_of_buttons_that_do_the_same_the_first_is_kept() -> None:
    buttons: list[Item] = [discord.ui.Button(label=str(n), custom_id=f"{n % 7}") for n in range(20)]
    links: list[Item] = [discord.ui.Button(label="link", url="https://example.org") for _ in range(2)]
    rows = in_rows([*buttons, *links])
    assert [[one.label for one in row] for row in rows] == [["0", "1", "2", "3", "4"], ["5", "6", "link", "link"]]  # type: ignore[attr-defined]


def test_a_button_too_many_is_never_left_out_in_silence() -> None:
    buttons: list[Item] = [discord.ui.Button(label=str(n), custom_id=str(n)) for n in range(26)]
    assert sum(map(len, in_rows(buttons[:25]))) == 25
    with pytest.raises(AssertionError, match="26 buttons"):
        in_rows(buttons)


@given(st.integers(0, 10**19), st.integers(0, 2_000), st.integers(1, 50))
def test_a_page_past_the_end_is_the_last_one(page: int, count: int, size: int) -> None:
    rows = list(range(count))
    part = part_of(rows, page, size)
    assert [row for number in range(part.pages) for row in part_of(rows, number, size)] == rows
    assert part.page == min(page, part.pages - 1)
    assert bool(part) is bool(rows)
    assert part.total == count


async def test_more_buttons_at_home_than_a_message_has_room_for_are_turned_to(world: World) -> None:
    async def many(_request: MemberRequest, _facts: Facts) -> HomePart:
        return HomePart(actions=[ManagePageButton.make(f"{n}", page=n) for n in range(60)])

    server = world.server()
    officer = server.admin("officer")
    await server.set_up(officer)
    world.bot.home.contribute(99, many)
    home = shown(await officer.slash(server.channel, "home"))
    found = labels(home)
    while labels(home)[-2:] == ["前へ", "次へ"] and len(found) < 200 and "59" not in found:
        await officer.click(home, label="次へ")
        found += labels(home)
    assert {str(n) for n in range(60)} <= set(found)


async def test_more_buttons_in_management_than_a_message_has_room_for_are_turned_to(world: World) -> None:
    async def many(_request: MemberRequest, _facts: Facts) -> HomePart:
        return HomePart(managing=[ManagePageButton.make(f"{n}", page=100 + n) for n in range(60)])

    server = world.server()
    officer = server.admin("officer")
    await server.set_up(officer)
    world.bot.home.contribute(99, many)
    page = shown(await officer.slash(server.channel, "home"))
    await officer.click(page, label="運営")
    found = labels(page)
    while "次へ" in labels(page) and len(found) < 200 and "59" not in found:
        await officer.click(page, label="次へ")
        found += labels(page)
    assert {str(n) for n in range(60)} <= set(found)
    await officer.click(page, label="前へ")
    assert "ホーム" in labels(page)
    assert "59" not in labels(page)


async def test_doubles_at_home_fill_no_page(world: World) -> None:
    """Buttons that do the same are one button, before they are counted."""

    async def doubled(_request: MemberRequest, _facts: Facts) -> HomePart:
        return HomePart(actions=[ManagePageButton.make(f"{n}", page=n % 2) for n in range(60)])

    server = world.server()
    officer = server.admin("officer")
    await server.set_up(officer)
    world.bot.home.contribute(99, doubled)
    home = shown(await officer.slash(server.channel, "home"))
    assert "次へ" not in labels(home)
    assert {"0", "1"} <= set(labels(home))
