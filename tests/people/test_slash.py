from __future__ import annotations

from tests.support.worlds import World, labels, page_text, shown, text_of


async def test_the_choice_of_language_outweighs_discords_and_lasts(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    assert "今週できること" in text_of(await student.slash(server.channel, "home"))
    chosen = await student.slash(server.channel, "language", language="en")
    assert "The bot now speaks English" in text_of(chosen)
    await world.restart()
    assert "This week you can" in text_of(await student.slash(server.channel, "home"))
    home = await student.slash(server.channel, "home")
    await student.click(shown(home), label="日本語")
    assert "日本語で表示します" in page_text(shown(home))
    assert "今週できること" in text_of(await student.slash(server.channel, "home"))


async def test_without_a_choice_discords_locale_then_the_organisations(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    assert "This week you can" in text_of(await server.person("a", locale="en-GB").slash(server.channel, "home"))
    assert "今週できること" in text_of(await server.person("b", locale="fr").slash(server.channel, "home"))


async def test_language_can_be_chosen_where_no_organisation_is(world: World) -> None:
    server = world.server("Foreign")
    student = server.person("student")
    await student.slash(server.channel, "language", language="en")
    assert "isn't linked to an organisation yet" in text_of(await student.slash(server.channel, "home"))


async def test_officers_see_each_others_terms_and_lose_that_with_their_own(world: World) -> None:
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    home = await officer.slash(server.channel, "home")
    assert "全国役員（2026年3月31日(火)まで）" in text_of(home)
    assert "運営" in labels(shown(home))
    for _ in range(31):
        await world.env.advance_time(86400)
    near = await officer.slash(server.channel, "home")
    assert "そろそろ後任を考えておきましょう" in text_of(near), "60 days before the end"

    await officer.click(shown(home), label="運営")
    await officer.click(shown(home), label="全国役員")
    assert "officer" in page_text(shown(home))
    assert "2026年3月31日(火)" in page_text(shown(home))

    old = await officer.slash(server.channel, "home")
    older = await officer.slash(server.channel, "home")
    await officer.click(shown(old), label="運営")
    for _ in range(59):
        await world.env.advance_time(86400)
    refused = await officer.click(shown(old), label="全国役員")
    assert "任期は2026年3月31日(火)で終わっています" in text_of(refused)
    refused = await officer.click(shown(older), label="運営")
    assert "任期は2026年3月31日(火)で終わっています" in text_of(refused)
    assert "運営" not in labels(shown(await officer.slash(server.channel, "home")))
