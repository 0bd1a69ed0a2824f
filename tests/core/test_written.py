"""Text typed into a form isn't lost where the form comes to nothing."""

from __future__ import annotations

import asyncio
import copy
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.errors import Moved, UserError
from bot.features.announcements.drafts import DraftService
from bot.features.people.terms import FORGOTTEN
from bot.i18n import words_for
from bot.ui.forms import AgainButton, Form
from bot.ui.marks import LONGEST
from bot.ui.pages import WHOLE
from bot.ui.replies import HOME_STEP, STALE, error_page
from bot.ui.written import Written
from tests.support.pages import sees_all
from tests.support.simulated import show_to_all
from tests.support.worlds import Server, World, labels, page_text, shown, text_of
from tests.wire.crawling import import_cogs, subclasses
from tests.wire.discord.pages import items

AGAIN, STALE_JA = "もう一度書く", "もう使えません"
LONG = "全国のLCのみなさんへ。\n" + "あ" * 3_900
TYPED = {"title": "春の総会", "text_ja": LONG, "text_en": "Write ```so```.", "link": "https://example.org/x"}


@pytest.fixture(autouse=True)
def none_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in ("late", "unsent"):
        monkeypatch.setattr(Form, kept, {})


@pytest.fixture
async def officer(world: World) -> simcord.MemberActor:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return await sees_all(officer)


async def out_of_office(world: World, ends: str = "2025-12-31") -> None:
    async with world.bot.database.writing() as session:
        await session.execute(text(f"UPDATE terms SET ends_on = '{ends}'"))  # noqa: S608 - a date of this test


async def refuse(officer: simcord.MemberActor, world: World) -> simcord.InteractionResult:
    """The announcement was written, but not by an officer any more: the post is over."""
    form = await write(officer, world)
    await out_of_office(world)
    return await officer.submit_modal(form, TYPED)


async def write(officer: simcord.MemberActor, world: World) -> simcord.InteractionResult:
    """The form of an announcement, open."""
    return await officer.slash(_server(world).channel, "officer announce")


async def drafts(world: World) -> int:
    async with world.bot.database.reading() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM announcements"))).scalar_one())


async def changed_meanwhile(world: World) -> None:
    async with world.bot.database.writing() as session:
        await session.execute(text("UPDATE announcements SET version = version + 1"))


def _server(world: World) -> Server:
    guild = world.env.guild
    return Server(world, guild, guild.channels["general"])


def fields(form: simcord.InteractionResult) -> dict[str, dict[str, Any]]:
    assert form.modal is not None
    return {one["custom_id"]: one for one in items(form.modal)}


async def in_files(message: Any) -> list[str]:
    return [(await one.read()).decode() for one in message.attachments]


async def test_a_form_that_is_refused_shows_the_text_and_opens_again_with_it(
    officer: simcord.MemberActor, world: World
) -> None:
    before = set(Form.opened)
    refused = await refuse(officer, world)
    message, said = shown(refused), text_of(refused)
    assert "```\n春の総会\n```" in said
    assert "```\nhttps://example.org/x\n```" in said
    assert await in_files(message) == [LONG, TYPED["text_en"]], "what doesn't fit or would break the page"
    assert labels(message)[0] == AGAIN
    again = await officer.click(message, label=AGAIN)
    assert {name: one.get("value") for name, one in fields(again).items() if name != "file"} == TYPED
    await out_of_office(world, "2026-03-31")
    done = await officer.submit_modal(again, TYPED)
    assert "📣 春の総会" in text_of(done)
    assert "https://example.org/x" in text_of(done)
    assert set(Form.opened) <= before, "what was sent isn't kept"


async def test_a_form_of_sixteen_minutes_ago_shows_the_text_and_opens_again_with_it(
    officer: simcord.MemberActor, world: World
) -> None:
    form = await write(officer, world)
    await world.env.advance_time(16 * 60)
    late = await officer.submit_modal(form, TYPED)
    assert STALE_JA in text_of(late)
    assert "件名\n```\n春の総会\n```" in text_of(late), "with the names of the fields"
    assert LONG in await in_files(shown(late))
    again = await officer.click(shown(late), label=AGAIN)
    assert fields(again)["text_ja"]["value"] == LONG
    done = await officer.submit_modal(again, TYPED)
    assert "春の総会" in text_of(done)


async def test_a_form_from_before_a_restart_shows_the_text(officer: simcord.MemberActor, world: World) -> None:
    form = await write(officer, world)
    Form.opened.clear()  # the forms of a process end with it
    await world.restart()
    late = await officer.submit_modal(form, TYPED)
    assert STALE_JA in text_of(late)
    assert "```\n春の総会\n```" in text_of(late)
    assert LONG in await in_files(shown(late))
    assert labels(shown(late)) == ["ホーム"]


async def test_a_fault_of_ours_loses_no_text(officer: simcord.MemberActor, world: World) -> None:
    form = await write(officer, world)
    world.expects_faults = True
    async with world.bot.database.writing() as session:
        await session.execute(text("DROP TABLE announcements"))
    failed = await officer.submit_modal(form, TYPED)
    assert "こちらの不具合" in text_of(failed)
    assert "```\n春の総会\n```" in text_of(failed)
    assert AGAIN in labels(shown(failed))
    assert LONG not in str(world.faults[0].msg), "what people write isn't logged"
    world.env.errors  # noqa: B018 - looked at: they were provoked


async def test_nobody_else_opens_it_and_it_does_not_outlast_the_process(
    officer: simcord.MemberActor, world: World
) -> None:
    refused = shown(await refuse(officer, world))
    Form.unsent, kept = {}, Form.unsent  # as after a restart
    late = await officer.click(refused, label=AGAIN)
    assert "このフォームはすでに送信されたか、期限が切れています" in text_of(late)
    Form.unsent = kept
    show_to_all(world.env, refused)
    other = (await _server(world).person("other").click(refused, label=AGAIN)).response
    assert other is not None
    assert STALE_JA in page_text(other)
    assert "春の総会" not in page_text(other)


async def test_what_was_chosen_opens_again_too(world: World) -> None:
    server = world.server()
    admin, second = server.admin(), server.person("second")
    refused = await server.set_up(admin, officers=[second], start="society", term="いつか")
    again = await admin.click(shown(refused), label=AGAIN)
    found = fields(again)
    assert [one["value"] for one in found["start"]["options"] if one.get("default")] == ["society"]
    assert [int(one["id"]) for one in found["officers"]["default_values"]] == [second.id]
    assert found["term"]["value"] == "いつか"


async def test_a_day_later_it_is_no_longer_kept(officer: simcord.MemberActor, world: World) -> None:
    refused = await refuse(officer, world)
    await world.env.advance_time(25 * 60 * 60)
    await out_of_office(world, "2026-03-31")
    await refuse(officer, world)
    late = await officer.click(shown(refused), label=AGAIN)
    assert "このフォームはすでに送信されたか、期限が切れています" in text_of(late)


async def test_what_was_kept_for_its_writer_is_not_written_again(officer: simcord.MemberActor, world: World) -> None:
    """Each time would make one more draft."""
    page = shown(await officer.submit_modal(await write(officer, world), TYPED | {"text_ja": "こんにちは"}))
    edit = await officer.click(page, label="文面を編集")
    await changed_meanwhile(world)
    refused = await officer.submit_modal(edit, TYPED | {"title": "私の直し"})
    assert "別の下書き" in text_of(refused)
    assert "```\n私の直し\n```" in text_of(refused)
    assert AGAIN not in labels(shown(refused))
    assert await drafts(world) == 2


async def test_what_was_changed_meanwhile_is_looked_at_first(officer: simcord.MemberActor, world: World) -> None:
    page = shown(await officer.submit_modal(await write(officer, world), TYPED | {"text_ja": "こんにちは"}))
    at = await officer.click(page, custom_id="announcements:at:1:1")
    await changed_meanwhile(world)
    refused = await officer.submit_modal(at, {"when": "1月5日 10:00"})
    assert "```\n1月5日 10:00\n```" in text_of(refused)
    assert labels(shown(refused))[0] == "下書きを見る"
    assert AGAIN not in labels(shown(refused)), "the time would be refused for ever"


async def test_what_was_saved_is_not_written_again(
    officer: simcord.MemberActor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft was made, and only its page couldn't be shown."""
    form = await write(officer, world)

    async def fail(_interaction: discord.Interaction[Any], **_page: Any) -> None:
        answer: Any = SimpleNamespace(status=503, reason="down")
        raise discord.DiscordServerError(answer, "down")

    monkeypatch.setattr(discord.Interaction, "edit_original_response", fail)
    world.expects_faults = True
    failed = await officer.submit_modal(form, TYPED)
    assert "保存されました" in text_of(failed)
    assert "```\n春の総会\n```" in text_of(failed)
    assert AGAIN not in labels(shown(failed))
    assert await drafts(world) == 1


async def test_what_was_sent_in_the_end_is_not_sent_a_second_time(officer: simcord.MemberActor, world: World) -> None:
    """The error, and a form that was opened from it twice, are still before them."""
    refused = await refuse(officer, world)
    first = await officer.click(shown(refused), label=AGAIN)
    second = await officer.click(shown(refused), label=AGAIN)
    await out_of_office(world, "2026-03-31")
    assert "📣 春の総会" in text_of(await officer.submit_modal(first, TYPED))
    again = await officer.submit_modal(second, TYPED | {"title": "秋の総会"})
    assert "すでに送信されています" in text_of(again)
    assert "```\n秋の総会\n```" in text_of(again)
    assert AGAIN not in labels(shown(again))
    assert await drafts(world) == 1
    assert not Form.unsent, "nor can it be opened once more"


async def test_what_is_being_sent_is_not_sent_a_second_time_meanwhile(
    officer: simcord.MemberActor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, tries = DraftService.begin, list[str]()

    async def begin_twice(service: DraftService, *args: Any, **named: Any) -> int:
        (form,) = Form.opened.values()
        interaction = copy.copy(form_sent[0])
        with pytest.raises(Moved), form.writing.sending(interaction):
            tries.append("twice")
        return await begin(service, *args, **named)

    form_sent: list[discord.Interaction[Any]] = []
    submit = Form.on_submit

    async def noted(form: Form, interaction: discord.Interaction[Any]) -> None:
        form_sent.append(interaction)
        await submit(form, interaction)

    monkeypatch.setattr(DraftService, "begin", begin_twice)
    monkeypatch.setattr(Form, "on_submit", noted)
    monkeypatch.setattr(Form, "opened", {})
    assert "📣 春の総会" in text_of(await officer.submit_modal(await write(officer, world), TYPED))
    assert tries == []
    assert await drafts(world) == 1


async def test_what_was_being_written_goes_with_its_writers_data(officer: simcord.MemberActor, world: World) -> None:
    refused = await refuse(officer, world)
    (kept,) = Form.unsent.values()
    assert kept.writer == officer.id
    again = await officer.click(shown(refused), label=AGAIN)
    gone: dict[int, set[int]] = {1: {officer.id}}
    async with world.bot.database.writing() as session:
        session.info[FORGOTTEN] = gone
    assert not Form.unsent
    assert officer.id not in {one.writer for one in Form.opened.values()}
    assert STALE_JA in text_of(await officer.submit_modal(again, TYPED))


async def test_forms_that_nobody_sends_push_out_none_that_was_sent(
    officer: simcord.MemberActor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ui.forms._KEPT", 2)
    refused = await refuse(officer, world)
    await out_of_office(world, "2026-03-31")
    for _ in range(3):
        await write(officer, world)
    await world.env.advance_time(16 * 60)
    assert len(Form.late) == 2
    assert (await officer.click(shown(refused), label=AGAIN)).modal is not None


async def test_what_is_sent_once_more_is_the_youngest(
    officer: simcord.MemberActor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refuse(officer, world)
    await out_of_office(world, "2026-03-31")
    await refuse(officer, world)
    first, second = Form.unsent.values()
    with monkeypatch.context() as clock:  # the simulated one is ours only within an interaction
        clock.setattr(asyncio.get_running_loop(), "time", lambda: second._since + 1)
        first._keep(Form.unsent)
    assert list(Form.unsent.values()) == [second, first]


def test_no_form_answers_for_itself() -> None:
    """All of them lose nothing, as one class answers for them."""
    import_cogs()
    assert [one for one in subclasses(Form) if {"on_submit", "on_error", "on_timeout"} & vars(one).keys()] == []
    longest = max((one.route for one in subclasses(Form)), key=len)
    again = AgainButton.custom_id_for(custom_id=f"{longest}:{'0' * 16}")
    assert len(f"#again:{again}") <= LONGEST, "an error that takes its place knows it by its mark"


@given(st.lists(st.text(min_size=1, max_size=4_000).filter(str.strip), min_size=1, max_size=5), st.booleans())
def test_all_of_it_is_shown_whole_and_fits(texts: list[str], may_open: bool) -> None:
    written = [Written("見出し" * 15, one) for one in texts]
    again = HOME_STEP if may_open else None
    page = error_page(UserError(STALE), words_for("ja"), written, again)
    above, below = page.embeds()
    assert len(above) + len(below) <= WHOLE
    assert words_for("ja")(STALE) in (below.description or "")
    assert len(above.fields) == len(texts)
    files = [one.content.decode() for one in (page.quoted.documents if page.quoted else ())]
    for field, one in zip(above.fields, texts, strict=True):
        assert field.value == f"```\n{one}\n```" or one in files
    assert "…" not in (above.footer.text or "")
