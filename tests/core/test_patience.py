from __future__ import annotations

from tests.support.worlds import World, text_of


async def test_work_that_takes_long_on_a_busy_machine_is_waited_for(world: World) -> None:
    server = world.server()
    admin = server.admin()
    world.env.settle_timeout = 0.001
    await server.set_up(admin)
    assert "ホーム" in text_of(await admin.slash(server.channel, "home"))
