"""Names and titles: what nobody can see, or what pings, is refused wherever a person types one."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid, UserError
from bot.features import Services
from bot.features.announcements import rules as announcement_rules
from bot.features.announcements.drafts import DraftService, TemplateService
from bot.features.announcements.values import Content
from bot.features.handovers.rescue import RescueService
from bot.features.local_committees.service import OwnRecordService
from bot.features.local_committees.values import OwnNames
from bot.features.members.service import MemberService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.staff import StaffService
from bot.features.people.models import Level
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.values import PostDraft
from bot.features.regions.service import RegionDraft, RegionService
from bot.features.setups.service import SetupService
from bot.features.sheets.kinds.local_committees.lines import Line
from bot.features.sheets.values import Entry
from bot.typed import discord_name, name_problem, one_line
from tests.support.members import join
from tests.support.people import (
    ADMIN,
    GUILD,
    NEWCOMER,
    OFFICER,
    REPRESENTATIVE,
    actor,
    caller,
    new_organisation,
    represented_lc,
)

UNSEEN = [
    "\u3164",
    "\u115f\u1160",
    "\u2800",
    "\uffa0",
    "\u200b\u2060",
    "\u202e",
    "\U000e0041\U000e007f",
    "\u0301\u0302",
    "\ufe0f",
    "\u3164 \u3164",
]
PINGING = [
    "@everyone",
    "@here",
    "例 @EveryOne",
    "@\u200bhere",
    "＠ｅｖｅｒｙｏｎｅ",
    "@everyoneさん",
    "<@123>",
    "<@!1>",
    "<@&9>",
    "<#5>",
    "</home:1>",
    "<t:0:R>",
    "<id:guide>",
]


#: Signs that are written unlike ``<`` and ``@`` and mean the same where they are shown.
ALIKE = [
    "＜#general",
    "﹤#x",
    "﹫everyone",
    "＜/a:1",
    "＜t:1>",
    "﹤@1",
    "@ here",
    "@@everyone",
    "＜id:guide>",
    "＠\u3164here",
]


@pytest.mark.parametrize("called", [*UNSEEN, *PINGING, *ALIKE])
def test_whatever_somebody_is_called_at_discord_becomes_a_name(called: str) -> None:
    """Everybody who presses a button comes by here."""
    assert name_problem(discord_name(called)) is None


@given(st.text("@＠﹫<＜﹤‹#/:&!1a everyonhr\u3164\u200b", max_size=30))
def test_no_name_at_discord_is_too_much(called: str) -> None:
    assert name_problem(discord_name(called)) is None


@pytest.mark.parametrize("typed", UNSEEN + PINGING)
async def test_no_place_takes_it_for_a_name(services: Services, typed: str) -> None:
    lc = await represented_lc(services)
    officer, mine = await actor(services, OFFICER), await actor(services, REPRESENTATIVE)
    member = await join(services, NEWCOMER, "例 太郎")
    members, posts, regions = services[MemberService], services[PostCatalogueService], services[RegionService]
    own, templates = services[OwnRecordService], services[TemplateService]
    content = Content("題", "本文", "", "")
    draft = await services[DraftService].begin(officer, None, content)
    (region, *_) = await regions.entries(officer)
    places: Mapping[str, Callable[[], Awaitable[object]]] = {
        "name": lambda: members.set_name(member, typed, ""),
        "reading": lambda: members.set_name(member, "例", typed),
        "school": lambda: members.choose_other_institution(member, typed),
        "payer": lambda: services[MembershipService].report_payment(member, typed),
        "post": lambda: posts.add(officer, PostDraft(typed, "", Level.NATION, None, is_single=False)),
        "post in English": lambda: posts.add(officer, PostDraft("役", typed, Level.NATION, None, is_single=False)),
        "region": lambda: regions.add(officer, RegionDraft(typed, "", [])),
        "region again": lambda: regions.edit(officer, region.region_id, RegionDraft("北", typed, [])),
        "region's other name": lambda: regions.add(officer, RegionDraft("北の国", "", [typed])),
        "step": lambda: services[StaffService].set_steps(officer, [(typed, "")]),
        "LC": lambda: own.edit(mine, lc, OwnNames(typed, "", [], None)),
        "LC in English": lambda: own.edit(mine, lc, OwnNames("", typed, [], None)),
        "LC's short name": lambda: own.edit(mine, lc, OwnNames("", "", [typed], None)),
        "template": lambda: templates.keep(officer, draft, typed),
        "officer": lambda: services[RescueService].by_owner(caller(ADMIN, GUILD, manages=True), 5, typed, mine.today),
    }
    for place, attempt in places.items():
        with pytest.raises(UserError) as refused:
            await attempt()
        assert isinstance(refused.value, Invalid) or place == "officer", (place, refused.value)
    assert announcement_rules.text_problems(typed, "本文", "", "")
    assert Line(Entry(2, {"own_name_ja": typed})).is_bad
    assert Line(Entry(2, {"representative": typed})).is_bad


@pytest.mark.parametrize("typed", ["葛󠄀城", "神", "👩‍👩‍👧 会", "𠮷", "a<b", "A@B", "佐藤 (愛)", "C++", "🗾", "e\u0301"])
def test_what_can_be_seen_is_a_name_and_stays_as_it_was_typed(typed: str) -> None:
    assert one_line(f" {typed}\u200b\u3000") == typed
    assert name_problem(typed) is None


@given(st.text(max_size=30))
def test_one_line_is_one_line_and_stays_so(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line == line.strip()
    assert not any(char in line for char in "\n\r\t\0\u202e\u3164\u200b")
    assert all(unicodedata.category(char)[0] != "C" or char == "\u200d" or char >= "\U000e0100" for char in line)


@given(st.text(max_size=130) | st.lists(st.sampled_from([*UNSEEN, *PINGING, "あ"])).map("".join))
def test_a_name_from_discord_is_always_one(text: str) -> None:
    name = discord_name(text)
    assert name_problem(name) is None
    assert 0 < len(name) <= 100


async def test_an_organisation_has_a_name_that_can_be_read(services: Services) -> None:
    for typed in UNSEEN + PINGING:
        for names in ({"name_ja": typed, "name_en": ""}, {"name_ja": "会", "name_en": typed}):
            with pytest.raises(Invalid):
                await services[SetupService].create(caller(ADMIN, GUILD, manages=True), new_organisation(**names))  # type: ignore[arg-type]
