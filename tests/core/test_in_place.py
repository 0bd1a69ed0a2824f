"""What is refused on a private page is said on that page, and people go on from there."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import update

from bot.errors import Conflict, NextStep, NotAllowed, UserError
from bot.features.local_committees.queries import FIND
from bot.features.people.models import Term
from bot.ui.answering import at_work, note_turned
from bot.ui.items import RoutedButton
from bot.ui.pages import ERROR, WRITTEN, Page
from bot.ui.replies import reply_error
from cogs.local_committees.views import AskButton
from tests.announcements.support import hold
from tests.support.pages import sees_all
from tests.support.worlds import Server, World, buttons, labels, page_text, shown, text_of

AGAIN, ANEW, ASK = "もう一度書く", "ページを開き直す", FIND.custom_id


@pytest.fixture
async def server(world: World) -> Server:
    server = world.server()
    await server.set_up(server.admin())
    return server


@pytest.fixture
def student(server: Server) -> simcord.MemberActor:
    return server.person("student")


async def card_of(student: simcord.MemberActor, server: Server) -> Any:
    """A private page with buttons: one to find an LC, one home."""
    return shown(await student.slash(server.channel, "lc", lc="東京大学"))


async def press_older(person: simcord.MemberActor, message: Any, custom_id: str) -> simcord.InteractionResult:
    """A button that isn't theirs, as an older message may have it."""
    backend: Any = person._env.backend
    kept = backend.get_message(message.channel_id, message.id)
    if custom_id not in buttons(message):
        made = {"type": 2, "style": 2, "label": "older", "custom_id": custom_id}
        kept.components.append({"type": 1, "components": [made]})
    return await person.click(message, custom_id=custom_id)


def of_colour(message: Any, colour: discord.Colour) -> list[Any]:
    return [one for one in message.embeds if one.colour == colour]


def refusing(monkeypatch: pytest.MonkeyPatch, *steps: NextStep) -> None:
    """From now on the button to find an LC is refused."""

    async def refuse(_button: RoutedButton, _request: Any) -> None:
        raise Conflict("Nothing of {what} there.", what="it", next_steps=steps)

    monkeypatch.setattr(AskButton, "act", refuse)


async def test_a_button_that_is_refused_leaves_the_page_with_the_error_above(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, NextStep("See", "homes:manage", translate=False), NextStep("Home", "homes:open"))
    card = await card_of(student, server)
    before, title = labels(card), card.embeds[0].title
    for _ in range(2):
        refused = await student.click(card, custom_id=ASK)
        assert shown(refused).id == card.id, "the same message"
        assert card.embeds[0].description == "⚠️ Nothing of it there."
        assert len(of_colour(card, ERROR)) == 1, "the newest error alone"
        assert [one.title for one in card.embeds[1:]] == [title]
        assert labels(card) == ["See", *before], "what stands there already isn't offered twice"
    await student.click(card, label="ホーム")
    assert of_colour(card, ERROR) == []
    assert "See" not in labels(card)


async def test_a_form_that_is_refused_leaves_the_page_and_what_was_typed(
    server: Server, student: simcord.MemberActor
) -> None:
    card = await card_of(student, server)
    before, title = labels(card), card.embeds[0].title
    for typed in ("そんな大学はない", "どこにもない"):
        form = await student.click(card, label=AGAIN if AGAIN in labels(card) else "LCをさがす")
        refused = await student.submit_modal(form, {"text": typed})
        assert shown(refused).id == card.id
        assert f"```\n{typed}\n```" in page_text(card)
        assert len(of_colour(card, ERROR)) == len(of_colour(card, WRITTEN)) == 1
        assert card.embeds[-1].title == title
        assert labels(card).count(AGAIN) == 1
        assert set(before) <= set(labels(card))
    form = await student.click(card, label=AGAIN)
    assert shown(await student.submit_modal(form, {"text": "京都大学"})).id == card.id
    assert of_colour(card, WRITTEN) == []
    assert AGAIN not in labels(card)


async def test_what_was_typed_stays_while_other_buttons_are_refused(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await card_of(student, server)
    form = await student.click(card, label="LCをさがす")
    await student.submit_modal(form, {"text": "どこにもない"})
    refusing(monkeypatch)
    await student.click(card, custom_id=ASK)
    assert card.embeds[0].description == "⚠️ Nothing of it there."
    assert "```\nどこにもない\n```" in page_text(card)
    assert AGAIN in labels(card)


async def test_after_a_command_and_on_what_others_see_it_is_a_message_of_its_own(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "どこにもない" in text_of(await student.slash(server.channel, "lc", lc="どこにもない"))
    refusing(monkeypatch)
    channel = server.world.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="open", custom_id=ASK))
    view.stop()
    public = await channel.send("for all", view=view)
    refused = await student.click(public, label="open")
    assert "Nothing of it there." in text_of(refused)
    assert shown(refused).id != public.id


async def test_a_press_that_was_overtaken_does_not_bring_the_old_page_back(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse_late(_button: RoutedButton, request: Any) -> None:
        """Meanwhile another press on the same page shows the home."""
        other = copy.copy(request.interaction)
        with at_work(other):
            note_turned(other)
        raise Conflict("It was done already.")

    monkeypatch.setattr(AskButton, "act", refuse_late)
    card = await card_of(student, server)
    refused = await student.click(card, custom_id=ASK)
    assert of_colour(card, ERROR) == []
    assert shown(refused).id != card.id
    assert "It was done already." in text_of(refused)


async def test_what_goes_wrong_after_the_new_page_leaves_that_page(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def show_and_fail(_button: RoutedButton, request: Any) -> None:
        await request.show(Page("The new page"))
        raise Conflict("It came too late.")

    monkeypatch.setattr(AskButton, "act", show_and_fail)
    card = await card_of(student, server)
    refused = await student.click(card, custom_id=ASK)
    assert [one.title for one in card.embeds] == ["The new page"]
    assert shown(refused).id != card.id
    assert "It came too late." in text_of(refused)


@pytest.mark.parametrize("first", [NotAllowed("It isn't yours."), Conflict("It was first.")])
async def test_an_error_on_the_page_is_not_taken_away_by_that_of_another_press(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch, first: UserError
) -> None:
    async def refuse_late(_button: RoutedButton, request: Any) -> None:
        """Meanwhile another press on the same page is refused."""
        await request.defer()
        other = copy.copy(request.interaction)
        with at_work(other):
            await reply_error(other, first)
        raise Conflict("It was second.")

    monkeypatch.setattr(AskButton, "act", refuse_late)
    card = await card_of(student, server)
    refused = await student.click(card, custom_id=ASK)
    assert first.message in page_text(card)
    assert "It was second." not in page_text(card)
    assert "It was second." in text_of(refused)


async def test_five_rows_of_buttons_leave_room_beside_buttons_alone(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [NextStep(f"See {n}", f"local_committees:show:{n}", translate=False) for n in range(1, 26)]
    refusing(monkeypatch, *many)
    card = await card_of(student, server)
    refused = await student.click(card, custom_id=ASK)
    assert shown(refused).id != card.id, "no room for them: the answer is a message of its own"
    assert len(labels(shown(refused))) == 25
    refusing(monkeypatch, *many[:16])
    assert shown(await student.click(card, custom_id=ASK)).id != card.id
    refusing(monkeypatch, *many[:15])
    assert shown(await student.click(card, custom_id=ASK)).id == card.id


async def test_what_has_changed_meanwhile_is_opened_anew(
    server: Server, student: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button that has shown the page shows it again. After a command there is none but the way home."""
    page = await card_of(student, server)
    refusing(monkeypatch)
    await student.click(page, custom_id=ASK)
    assert ANEW not in labels(page)
    title = page.embeds[-1].title
    await student.click(page, label="連絡先")
    await student.click(page, label="LCを表示")
    await student.click(page, custom_id=ASK)
    assert labels(page)[0] == ANEW
    await student.click(page, label=ANEW)
    assert [one.title for one in page.embeds] == [title]


async def test_a_forbidden_press_leaves_the_page_that_its_reader_may_see(
    server: Server, student: simcord.MemberActor
) -> None:
    """After a command and after a button, with what was typed into a form."""
    card = await card_of(student, server)
    for _ in range(2):
        before, title = labels(card), card.embeds[-1].title
        refused = await press_older(student, card, "announcements:new")
        assert shown(refused).id == card.id
        assert "全国役員だけができる操作" in card.embeds[0].description
        assert card.embeds[-1].title == title
        assert set(before) <= set(labels(card))
        await student.click(card, label="ホーム")


async def test_a_page_that_its_reader_may_no_longer_see_goes_with_the_error(world: World, server: Server) -> None:
    """On the same day: their term was ended meanwhile, or the process doesn't remember them."""
    officer = await sees_all(server.person("officer"))
    await hold(server, officer, "national_officer", None)
    page = shown(await officer.slash(server.channel, "officer posts"))
    card = await card_of(officer, server)
    async with world.bot.database.writing() as session:
        await session.execute(update(Term).values(ends_on=date(2025, 12, 31)))
    for one in (page, card):
        before = one.embeds[0].title
        refused = await press_older(officer, one, "announcements:new")
        assert shown(refused).id == one.id
        assert "任期" in page_text(one)
        assert [shown_page.colour for shown_page in one.embeds] == [ERROR]
        assert before not in page_text(one)
        assert labels(one) == ["ホーム"]
