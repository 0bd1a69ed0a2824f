"""Joining as people do it, through the simulated Discord."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import simcord
from sqlalchemy import select, update

from bot.db import Base, fetch
from bot.features.members.models import Interest, Profile
from bot.features.people.models import Person, Preference, Term
from bot.features.schools.models import Region, School
from bot.ui.items import offered
from cogs.members.greetings import Greetings
from tests.support.pages import end_term
from tests.support.simulated import forge_option
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of


@pytest.fixture
async def blank(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(blank: Server) -> simcord.MemberActor:
    """A national officer, who manages the server too."""
    return blank.admin("officer")


@pytest.fixture
async def server(blank: Server, officer: simcord.MemberActor) -> Server:
    await blank.set_up(officer)
    return blank


async def rows(world: World, table: type[Base]) -> list[Any]:
    async with world.bot.database.reading() as connection:
        return list(await fetch(connection, select(table.__table__)))


async def consented(person: simcord.MemberActor, server: Server, label: str = "日本語") -> Any:
    """The private message of somebody who has agreed to the notice."""
    begun = await person.slash(server.channel, "join")
    await person.click(shown(begun), label=label)
    await person.click(shown(begun), label="同意する" if label == "日本語" else "I agree")
    return shown(begun)


async def named(person: simcord.MemberActor, message: Any, name: str, reading: str = "") -> simcord.InteractionResult:
    form = await person.click(message, custom_id="members:name")
    return await person.submit_modal(form, {"name": name, "reading": reading})


async def school(person: simcord.MemberActor, message: Any, region: str, name: str) -> None:
    await choose(person, message, region)
    await choose(person, message, name)


async def joined(
    person: simcord.MemberActor,
    server: Server,
    name: str,
    *,
    in_lc: bool = True,
    contact: str = "通知はいらない（自分で確認する）",
) -> Any:
    """Somebody at 東京大学 in year 2 who has answered everything."""
    message = await consented(person, server)
    await named(person, message, name)
    await school(person, message, "関東", "東京大学")
    await choose(person, message, "2年")
    await person.click(message, label="所属しています" if in_lc else "所属していません")
    await choose(person, message, "公衆衛生（SCOPH）")
    await person.click(message, label=contact)
    return message


async def test_a_newcomer_joins_from_the_panel_in_japanese(server: Server, world: World) -> None:
    newcomer = server.person("newcomer")
    panel = server.guild.channels["ホーム"].pinned_messages()[0]
    assert labels(panel) == ["ホーム / Home", "参加登録 / Join"]
    begun = await newcomer.click(panel, label="参加登録 / Join")
    message = shown(begun)
    assert "使う言語を選んでください。\nWhich language do you prefer?" in page_text(message)

    await newcomer.click(message, label="日本語")
    assert "利用目的" in page_text(message)
    assert "国際医学生連盟 日本の運営のため" in page_text(message)
    assert await rows(world, Profile) == []
    assert await rows(world, Preference) == []
    assert [row.display_name for row in await rows(world, Person)] == ["officer"], "nothing is kept before the consent"

    await newcomer.click(message, label="同意する")
    assert "1/6　お名前" in page_text(message)
    await named(newcomer, message, "山田 花", "やまだ はな")
    assert "2/6　あなたの学校" in page_text(message)
    await choose(newcomer, message, "関東")
    assert len(options(message)) == 25
    await choose(newcomer, message, "東京大学")
    assert "3/6　あなたの学年" in page_text(message)
    await choose(newcomer, message, "2年")
    assert "4/6　あなたの大学のLC" in page_text(message)
    await newcomer.click(message, label="所属しています")
    assert "5/6　関心のある委員会" in page_text(message)
    values = [option["value"] for option in message.components[0]["components"][0]["options"][:2]]
    await newcomer.select(message, custom_id="members:interests", values=values)
    assert "6/6　連絡の受け取り方" in page_text(message)
    await newcomer.click(message, label="チャンネルでのメンション")
    done = page_text(message)
    assert "山田 花さん、ありがとうございます。" in done
    assert "東京大学のLCの役員に確認をお願いします" in done
    assert "関心のある委員会：臨床交換留学（SCOPE）、基礎研究交換留学（SCORE）" in done

    await newcomer.click(message, label="マイページ")
    card = page_text(message)
    for line in (
        "山田 花\nやまだ はな",
        "東京大学 2年",
        "役員の確認待ち",
        "臨床交換留学（SCOPE）、基礎研究交換留学（SCORE）",
        "LCの役員と担当の全国役員だけ",
    ):
        assert line in card


async def test_a_student_without_an_lc_joins_in_english_and_is_a_full_user(server: Server, world: World) -> None:
    student = server.person("student", locale="en-US")
    message = await consented(student, server, "English")
    await named(student, message, "Sora")
    await school(student, message, "Shikoku", "Kagawa University")
    await choose(student, message, "Year 6 or above")
    assert "4 of 6: The LC at your school" in page_text(message)
    await student.click(message, label="No LC at my school")
    assert "5 of 7: Starting an LC" in page_text(message)
    await student.click(message, label="Yes, maybe")
    await student.click(message, label="None in particular")
    await student.click(message, label="I'll check myself")
    done = page_text(message)
    assert "You can join in without an LC." in done
    assert "We've noted that you'd like to start an LC." in done
    (profile,) = await rows(world, Profile)
    assert (profile.year_of_study, profile.would_start, profile.lc_answer) == (6, True, "none")
    home = await student.slash(server.channel, "home")
    assert "My page" in labels(shown(home))


async def test_no_step_of_joining_takes_over_what_was_chosen_in_another(server: Server, world: World) -> None:
    """Discord's client keeps a choice where the next menu of the message has the same value."""
    newcomer = server.person("newcomer")
    message = await consented(newcomer, server)
    await named(newcomer, message, "山田 花")
    seen: set[str] = set()

    def look() -> None:
        (menu,) = (item for row in message.components for item in row["components"] if item["type"] == 3)
        assert not any(option.get("default") for option in menu["options"]), "nothing is chosen beforehand"
        values = {option["value"] for option in menu["options"]}
        assert not values & seen
        seen.update(values)

    look()
    await choose(newcomer, message, "関東")
    look()
    await choose(newcomer, message, "東京大学")
    look()
    await choose(newcomer, message, "1年")
    await newcomer.click(message, label="所属しています")
    look()
    for value in ("1", offered("members:year", "1")):
        forge_option(world.env, message, "members:interests", value, plain=True)
        refused = await newcomer.select(message, custom_id="members:interests", values=[value])
        assert "もう使えません" in text_of(refused)
    assert not await rows(world, Interest), "nobody chose a committee"


async def test_every_step_works_after_a_restart_and_goes_on_from_home(server: Server, world: World) -> None:
    person = server.person("person")
    message = await consented(person, server)
    await world.restart()
    await named(person, message, "例 太郎")
    await world.restart()
    await school(person, message, "関東", "順天堂大学")
    home = await person.slash(server.channel, "home")
    assert "参加登録が途中です" in text_of(home)
    again = await person.click(shown(home), label="続ける")
    assert "3/6　あなたの学年" in text_of(again) or "3/6　あなたの学年" in page_text(shown(home))
    await world.restart()
    await choose(person, message, "1年")
    assert "4/6" in page_text(message)


async def test_with_as_many_regions_as_there_can_be_a_school_without_one_is_reached(
    server: Server, world: World
) -> None:
    async with world.bot.database.writing() as session:
        there = len((await session.scalars(select(Region.id))).all())
        for n in range(there, 25):
            region = Region(organisation_id=1, code=f"own-{n}", name_ja=f"第{n}", name_en=f"No. {n}", position=n)
            session.add(region)
            await session.flush()
            school = School(code=f"own-{n}", name_ja=f"第{n}大学", name_en="U", kind="public", region_id=region.id)
            school.organisation_id, school.position = 1, n
            session.add(school)
        await session.execute(update(School).where(School.name_ja == "東京大学").values(region_id=None))
    newcomer = server.person("newcomer")
    message = await consented(newcomer, server)
    await named(newcomer, message, "山田 花")
    assert len(options(message)) == 25
    await newcomer.click(message, label="その他の地域")
    await choose(newcomer, message, "東京大学")
    assert "あなたの学年" in page_text(message)


async def test_pressing_an_old_button_again_is_safe(server: Server, world: World) -> None:
    person = server.person("person")
    begun = await person.slash(server.channel, "join")
    await person.click(shown(begun), label="日本語")
    message = shown(begun)
    await person.click(message, label="同意する")
    other = await person.slash(server.channel, "join")
    await named(person, message, "例 太郎")
    await person.click(shown(other), custom_id="members:name")  # the question before, on another message
    await school(person, message, "四国", "香川大学")
    (before,) = await rows(world, Profile)
    assert before.school_id is not None
    third = await person.slash(server.channel, "join")
    assert "3/6" in text_of(third)
    await person.click(shown(third), label="戻る")
    assert "2/6" in page_text(shown(third))
    await school(person, shown(third), "四国", "香川大学")
    assert "3/6" in page_text(shown(third)), "the same answer again changes nothing"


async def test_the_school_can_be_typed_and_travels_until_the_consent(server: Server, world: World) -> None:
    person = server.person("person")
    found = await person.autocomplete(server.channel, "join", "school", "じゅんてんどう")
    assert [choice["name"] for choice in found] == ["順天堂大学"]
    found = await person.autocomplete(server.channel, "join", "school", "順天")
    assert [choice["name"] for choice in found] == ["順天堂大学"]
    begun = await person.slash(server.channel, "join", school=found[0]["value"])
    await person.click(shown(begun), label="日本語")
    assert await rows(world, Profile) == []
    await person.click(shown(begun), label="同意する")
    (profile,) = await rows(world, Profile)
    assert profile.school_id == int(found[0]["value"][1:])
    unclear = await person.slash(server.channel, "join", school="大学")
    assert "一覧から学校を選ぶか" in text_of(unclear)


async def test_others_than_students_join_too(server: Server, world: World) -> None:
    pupil, nurse, alumna = server.person("pupil"), server.person("nurse"), server.person("alumna")
    message = await consented(pupil, server)
    await named(pupil, message, "高校 生")
    await pupil.click(message, label="高校生")
    assert "3/4　関心のある委員会" in page_text(message)

    message = await consented(nurse, server)
    await named(nurse, message, "看護 学生")
    form = await nurse.click(message, label="その他の教育機関")
    await nurse.submit_modal(form, {"name": "見本看護専門学校"})
    await choose(nurse, message, "3年")
    assert "LCの設立" in page_text(message), "there is no LC to ask about"
    await nurse.click(message, label="今はいいです")

    message = await consented(alumna, server)
    await named(alumna, message, "卒業 生")
    await school(alumna, message, "関東", "東京大学")
    await choose(alumna, message, "卒業")
    assert "4/5　関心のある委員会" in page_text(message)
    profiles = {row.person_id: row for row in await rows(world, Profile)}
    assert sorted((row.kind, row.institution) for row in profiles.values()) == [
        ("graduate", ""), ("high_school", ""), ("student", "見本看護専門学校"),
    ]  # fmt: skip


async def test_an_officer_of_the_lc_confirms_several_with_one_press(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    representative = server.person("representative")
    await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学",
        starts="2025-04-01", ends="2026-03-31",
    )  # fmt: skip
    people = [server.person(f"person-{n}") for n in range(4)]
    for number, person in enumerate(people):
        await joined(person, server, f"例 {number}号")
    home = await representative.slash(server.channel, "home")
    assert "4人がLCのメンバーだと申し出ています" in text_of(home)
    await representative.click(shown(home), label="メンバーを確認する")
    message = shown(home)
    assert "・**例 0号** 東京大学 2年" in page_text(message)
    menus = [row["components"][0] for row in message.components[1:3]]
    value = next(one["value"] for one in menus[1]["options"] if one["label"] == "例 3号")
    await representative.select(message, custom_id=menus[1]["custom_id"], values=[value])
    assert "1人を追加しませんでした。" in page_text(message)
    await representative.click(message, label="この3人を承認する")
    assert "3人をLCのメンバーとして登録しました。" in page_text(message)
    assert "確認を待っている人はいません。" in page_text(message)
    assert len(await rows(world, Term)) == 2 + 3

    mine = await people[0].slash(server.channel, "me")
    assert "LC\n東京大学" in text_of(mine)
    declined = await people[3].slash(server.channel, "me")
    assert "役員がお名前を確認できませんでした" in text_of(declined)
    await people[3].click(shown(declined), label="LC")
    refused = await people[3].click(shown(declined), label="所属しています")
    assert "役員に直接声をかけてください" in text_of(refused)


async def test_officers_are_told_once_a_day_and_nobody_is_named(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    for number in range(3):
        await joined(server.person(f"person-{number}"), server, f"例 {number}号")
    channel = server.guild.channels["全国役員"]
    assert channel.history() == []
    await world.env.advance_time(86_400)
    (message,) = channel.history()
    assert "役員のいないLC" in page_text(message), "there are no officers, so it goes straight to the nation"
    assert "3人" in page_text(message)
    assert "例" not in page_text(message)
    answer = await officer.click(message, label="メンバーを確認する")
    await officer.click(shown(answer), label="この3人を承認する")
    for _ in range(20):
        await world.env.advance_time(86_400)
    assert len(channel.history()) == 1, "who has been answered is not asked about again"


async def test_at_home_a_national_officer_sees_their_own_lc_and_the_others_apart(
    server: Server, officer: simcord.MemberActor
) -> None:
    for number in range(2):
        await joined(server.person(f"person-{number}"), server, f"例 {number}号")
    said, theirs, mine = "2人がLCのメンバーだと申し出ています", "全国役員として", "LCのこと"
    home = shown(await officer.slash(server.channel, "home"))
    under = {field.name: field.value for field in home.embeds[0].fields}
    assert said in under[theirs]
    assert mine not in under
    await officer.slash(
        server.channel, "officer appoint", person=officer, post="lc_representative", lc="東京大学",
        starts="2025-04-01", ends="2026-03-31",
    )  # fmt: skip
    home = shown(await officer.slash(server.channel, "home"))
    under = {field.name: field.value for field in home.embeds[0].fields}
    assert said in under[mine]
    assert said not in under.get(theirs, "")
    assert labels(home).count("メンバーを確認する") == 1


async def test_who_was_not_shown_is_not_confirmed(server: Server, world: World, officer: simcord.MemberActor) -> None:
    people = [server.person(f"person-{number}") for number in range(3)]
    for number, person in enumerate(people):
        await joined(person, server, f"例 {number}号")
    await world.env.advance_time(86_400)
    answer = await officer.click(server.guild.channels["全国役員"].history()[0], label="メンバーを確認する")
    card = await people[1].slash(server.channel, "me")
    await people[1].click(shown(card), label="LC")
    await people[1].click(shown(card), label="所属していません")
    await officer.click(shown(answer), label="この3人を承認する")
    assert "一覧が変わっています" in page_text(shown(answer))
    await officer.click(shown(answer), label="この2人を承認する")
    assert "2人をLCのメンバーとして登録しました。" in page_text(shown(answer))


async def test_national_officers_hear_which_lcs_cannot_be_told_and_how_to_reach_them(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    representative = server.person("representative")
    await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学",
        starts="2025-04-01", ends="2026-03-31",
    )  # fmt: skip
    for number in range(2):
        await joined(server.person(f"person-{number}"), server, f"例 {number}号")
    await world.env.advance_time(86_400)
    (told,) = server.guild.channels["全国役員"].history()
    assert "東京大学" in page_text(told)
    assert "2人" in page_text(told)
    assert "あなたのLC" not in page_text(told)
    assert "例" not in page_text(told)
    reached = await officer.click(told, label="連絡先：東京大学")
    assert "representative" in text_of(reached)
    assert "2人がLCのメンバーだと申し出ています" in text_of(await representative.slash(server.channel, "home"))
    for _ in range(14):
        await world.env.advance_time(86_400)
    above = server.guild.channels["全国役員"].history()[-1]
    assert "2週間" in page_text(above)
    answer = await officer.click(above, label="メンバーを確認する")
    await officer.click(shown(answer), label="この2人を承認する")
    assert "2人をLCのメンバーとして登録しました。" in page_text(shown(answer))


async def test_an_officer_of_an_lc_without_a_thread_confirms_from_a_direct_message(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    representative = server.person("representative")
    await officer.slash(
        server.channel, "officer appoint", person=representative, post="lc_representative", lc="東京大学",
        starts="2025-04-01", ends="2026-03-31",
    )  # fmt: skip
    await joined(representative, server, "代表 一号", in_lc=False)
    message = shown(await representative.slash(server.channel, "me"))
    await representative.click(message, label="連絡の受け取り方")
    await representative.click(message, label="ダイレクトメッセージ")
    await joined(server.person("person"), server, "例 一号")
    await world.env.advance_time(86_400)
    (told,) = representative.user.dm_channel.history()
    assert "1人があなたのLCのメンバーだと申し出ています" in page_text(told)
    answer = await representative.user.click(told, label="メンバーを確認する")
    await representative.user.click(answer.response, label="この1人を承認する")
    assert "1人をLCのメンバーとして登録しました。" in page_text(answer.response)
    assert server.guild.channels["全国役員"].history() == []


async def test_an_officer_of_two_lcs_reads_which_is_meant(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    both = server.person("both")
    for name in ("東京大学", "京都大学"):
        await officer.slash(
            server.channel, "officer appoint", person=both, post="leo", lc=name, starts="2025-04-01", ends="2026-03-31",
        )  # fmt: skip
    await joined(both, server, "役員 一号", in_lc=False)
    message = shown(await both.slash(server.channel, "me"))
    await both.click(message, label="連絡の受け取り方")
    await both.click(message, label="ダイレクトメッセージ")
    await joined(server.person("person"), server, "例 一号")
    student = server.person("student")
    message = await consented(student, server)
    await named(student, message, "例 二号")
    await school(student, message, "近畿", "京都大学")
    await choose(student, message, "2年")
    await student.click(message, label="所属しています")
    await world.env.advance_time(86_400)
    (told,) = both.user.dm_channel.history()
    assert "東京大学のLC" in page_text(told)
    assert "京都大学のLC" in page_text(told)
    assert set(labels(told)) == {"メンバーを確認する：東京大学", "メンバーを確認する：京都大学", "ホーム"}, (
        "in any order"
    )


async def test_a_button_from_before_the_end_of_a_term_confirms_nothing(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    for language, said in (("ja", "任期は2026年1月1日(木)で終わっています"), ("en", "ended on Fri 2 Jan 2026")):
        representative = server.person(f"representative-{language}", locale="ja" if language == "ja" else "en-US")
        await officer.slash(
            server.channel, "officer appoint", person=representative, post="leo", lc="東京大学",
            starts="2025-04-01", ends="2026-03-31",
        )  # fmt: skip
        await joined(server.person(f"person-{language}"), server, "例 太郎")
        home = await representative.slash(server.channel, "home")
        await representative.click(shown(home), custom_id="members:claims:0")
        await end_term(officer, server.channel, f"representative-{language}")
        await world.env.advance_time(86_400)
        (menu,) = [row["components"][0] for row in shown(home).components[1:2]]
        refused = await representative.select(
            shown(home), custom_id=menu["custom_id"], values=[menu["options"][0]["value"]]
        )
        assert said in text_of(refused), text_of(refused)
    assert not [term for term in await rows(world, Term) if term.starts_on.year == 2026]


async def test_newcomers_are_greeted_together_and_only_they_are_mentioned(server: Server, world: World) -> None:
    await world.env.advance_time(60)
    home = server.guild.channels["ホーム"]
    greetings_of = world.bot.get_cog("Greetings")
    assert isinstance(greetings_of, Greetings)
    greetings_of.gathered_for = 3600  # however long a busy machine takes for a thousand
    people = [server.person(f"new-{n}") for n in range(1_000)]
    await world.env.advance_time(7200)
    greetings = [message for message in home.history() if message.content.startswith("<@")]
    assert 20 <= len(greetings) <= 21, "fifty to a message, and the one of before takes some"
    mentioned = Counter(one for message in greetings for one in message.content.split())
    assert all(mentioned[f"<@{person.id}>"] == 1 for person in people)
    assert all("参加登録 / Join" in labels(message) for message in greetings)


async def test_who_came_while_the_bot_was_away_is_greeted_at_its_return(server: Server, world: World) -> None:
    await world.env.advance_time(60)
    home = server.guild.channels["ホーム"]
    late = server.person("late")
    await world.restart()  # what was gathered in memory is gone
    await world.env.advance_time(120)
    assert [message.content.count(f"<@{late.id}>") for message in home.history()].count(1) == 1
    count = len(home.history())
    await world.restart()
    await world.env.advance_time(120)
    assert len(home.history()) == count


async def test_a_panel_of_before_gets_its_button_when_check_is_pressed(
    server: Server, world: World, officer: simcord.MemberActor
) -> None:
    world.bot.home.panel_items.clear()
    status = await officer.slash(server.channel, "setup")
    await officer.click(shown(status), label="確認して、足りないものをつくる")
    assert labels(server.guild.channels["ホーム"].pinned_messages()[0]) == ["ホーム / Home"]
    await world.restart()
    status = await officer.slash(server.channel, "setup")
    await officer.click(shown(status), label="確認して、足りないものをつくる")
    panels = server.guild.channels["ホーム"].pinned_messages()
    assert [labels(panel) for panel in panels] == [["ホーム / Home", "参加登録 / Join"]]
