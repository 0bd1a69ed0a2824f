"""The ways to take part in an event: typed, chosen, limited, and kept by a series; on both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.db import Database
from bot.errors import Conflict, Invalid, NotAllowed
from bot.features import Services
from bot.features.events.choices import ChoicesDraft, ChoiceService, read, written
from bot.features.events.joining import JoiningService
from bot.features.events.service import EventService
from bot.features.people.actors import Actor
from bot.features.signups.models import PartyState
from bot.features.signups.values import NewChoice
from bot.kit.edits import Overtaken
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.events.test_attacks import until
from tests.events.test_questions import events_made
from tests.support.clocks import FakeClock

WAYS = ChoicesDraft("会場で参加 | On site: 1\nオンラインで参加 | Online")


@pytest.fixture
def choices(services: Services) -> ChoiceService:
    return services[ChoiceService]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会場\nオンライン", [NewChoice("会場", "会場"), NewChoice("オンライン", "オンライン")]),
        ("会場: 30\nA | B：２人", [NewChoice("会場", "会場", 30), NewChoice("A", "B", 2)]),
        ("19:30から\n二次会 21:00", [NewChoice("19:30から", "19:30から"), NewChoice("二次会 21:00", "二次会 21:00")]),
        ("Room 2: 5\nRoom 3:5", [NewChoice("Room 2", "Room 2", 5), NewChoice("Room 3:5", "Room 3:5")]),
        ("", []),
        *(
            (f"{line}\nほか", [NewChoice(label, label, limit), NewChoice("ほか", "ほか")])
            for line, label, limit in [
                ("夜の部 19：30", "夜の部 19：30", None),
                ("二次会 21：00", "二次会 21：00", None),
                ("朝の部 ９：０５", "朝の部 ９：０５", None),
                ("夜の部 19:30〜21：00", "夜の部 19:30〜21：00", None),
                ("夜の部 19:30", "夜の部 19:30", None),
                ("夜の部 19：30: 20", "夜の部 19：30", 20),
                ("夜の部 19：30：20人", "夜の部 19：30", 20),
                ("グループ1:30人", "グループ1", 30),
                ("グループ1：30名", "グループ1", 30),
                ("グループ1: 30", "グループ1", 30),
                ("グループ1:30", "グループ1:30", None),
                ("Room 3:5 people", "Room 3", 5),
                ("3号室：5", "3号室", 5),
                ("101：30", "101", 30),
                ("会場：30", "会場", 30),
                ("会場:30", "会場", 30),
            ]
        ),
    ],
)
def test_lines_are_read_as_people_write_them(text: str, expected: list[NewChoice]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "一つだけ",
        "会場\n会場",
        "会場: 0\nB",
        "会場: 10001\nB",
        "長" * 61 + "\nB",
        "@everyone\nB",
        "\n".join(map(str, range(26))),
    ],
)
def test_what_cannot_be_offered_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read(text)


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=20), max_size=5).map("\n".join)
)
def test_what_was_read_is_written_and_read_again(text: str) -> None:
    try:
        found = read(text)
    except Invalid:
        return
    assert read(written(found)) == found


async def test_whoever_comes_says_how(services: Services, choices: ChoiceService, representative: Actor) -> None:
    draft = await draft_of(services, representative)
    await choices.set(representative, draft.event_id, WAYS)
    events, joining = services[EventService], services[JoiningService]
    draft = (await events.draft(representative, draft.event_id)).event
    assert written(draft.choices) == WAYS.lines
    await events.post(representative, draft.event_id, draft.version, CHANNEL)
    first, second, third = await people(services, 3)
    on_site, online = (await joining.way(first, draft.event_id)).choices
    for wrong in (None, 2**62):
        with pytest.raises(Invalid):
            await joining.join(first, draft.event_id, None, wrong)
    assert (await joining.join(first, draft.event_id, None, on_site.choice_id)).state is PartyState.ACCEPTED
    assert (await joining.join(second, draft.event_id, None, on_site.choice_id)).state is PartyState.WAITING
    assert (await joining.join(third, draft.event_id, None, online.choice_id)).state is PartyState.ACCEPTED
    with pytest.raises(Conflict):
        await joining.way(third, draft.event_id)
    card = await events.event(third, draft.event_id)
    assert [(one.label_en, one.taken) for one in card.choices] == [("On site", 1), ("Online", 1)]
    assert card.mine is not None
    assert card.mine.choice_id == online.choice_id
    await choices.set(representative, draft.event_id, ChoicesDraft("会場で参加: 2\nオンラインで参加"))
    card = await events.event(second, draft.event_id)
    assert card.mine is not None
    assert card.mine.state is PartyState.OFFERED, "a larger limit is offered to the line"


async def test_a_way_that_somebody_chose_stays(
    services: Services, choices: ChoiceService, clock: FakeClock, representative: Actor
) -> None:
    card = await posted(services, representative)
    events, joining = services[EventService], services[JoiningService]
    before, guest, late = await people(services, 3)
    await joining.join(before, card.event_id)
    await choices.set(representative, card.event_id, WAYS)
    on_site, _ = (await joining.way(guest, card.event_id)).choices
    await joining.join(guest, card.event_id, None, on_site.choice_id)
    with pytest.raises(Invalid):
        await choices.set(representative, card.event_id, ChoicesDraft("オンラインで参加\n遅れて参加"))
    with pytest.raises(Invalid):
        await choices.set(representative, card.event_id, ChoicesDraft(""))
    assert written((await events.event(guest, card.event_id)).choices) == WAYS.lines, "nothing was changed"
    await choices.set(representative, card.event_id, ChoicesDraft("会場で参加: 1\n遅れて参加"))
    assert [one.label_ja for one in (await joining.way(late, card.event_id)).choices] == ["会場で参加", "遅れて参加"]
    with pytest.raises(NotAllowed):
        await choices.set(guest, card.event_id, WAYS)
    with pytest.raises(Overtaken):
        await choices.set(representative, card.event_id, WAYS, ChoicesDraft(""))
    until(clock, "2026-12-05T19:00+09:00")
    with pytest.raises(Conflict):
        await choices.set(representative, card.event_id, WAYS)


async def test_a_series_keeps_its_ways(
    services: Services, database: Database, choices: ChoiceService, representative: Actor
) -> None:
    draft = await draft_of(services, representative, "毎週月曜 19:00-21:00 部室で勉強会")
    await choices.set(representative, draft.event_id, WAYS)
    await services[EventService].post(representative, draft.event_id, draft.version + 1, CHANNEL)
    (student,) = await people(services, 1)
    for event_id in await events_made(database):
        way = await services[JoiningService].way(student, event_id)
        assert [one.label_ja for one in way.choices] == ["会場で参加", "オンラインで参加"]
