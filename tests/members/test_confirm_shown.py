"""One press confirms all on a page: those whom its reader saw, and nobody else."""

from __future__ import annotations

import pytest

from bot.db import Database
from bot.features import Services
from bot.features.members.confirming import ConfirmingService
from bot.features.members.models import LcAnswer
from bot.features.members.service import MemberService
from bot.features.members.values import PendingClaim
from bot.paging import Part, digest_of
from tests.announcements.support import two_lcs
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import OFFICER, STUDENT, actor

FIRST, SECOND, THIRD, LATER = (STUDENT + 30 + number for number in range(4))


async def claiming(services: Services, user: int, school: str) -> None:
    who = await join(services, user, f"例 {user % 100}", school=school)
    await services[MemberService].answer_lc(who, LcAnswer.IN)


def seen(claims: Part[PendingClaim]) -> tuple[int, int, str]:
    return claims[0].claim_id, claims[-1].claim_id, digest_of(claim.claim_id for claim in claims)


@pytest.fixture
async def waiting(services: Services, database: Database, clock: FakeClock) -> Part[PendingClaim]:
    """Two of an LC without officers; between them one whose own LC has to say, for ten minutes yet."""
    await two_lcs(services, database)
    await claiming(services, FIRST, "大阪大学")
    await claiming(services, SECOND, "東京大学")
    await claiming(services, THIRD, "大阪大学")
    clock.go(days=13, hours=23, minutes=50)
    claims, total = await services[ConfirmingService].waiting(await actor(services, OFFICER))
    assert total == len(claims) == 2
    return claims


async def test_who_came_in_between_is_not_confirmed_unseen(
    services: Services, waiting: Part[PendingClaim], clock: FakeClock
) -> None:
    clock.go(minutes=11)
    officer, service = await actor(services, OFFICER), services[ConfirmingService]
    assert await service.confirm_shown(officer, *seen(waiting)) == 0
    claims, total = await service.waiting(officer)
    assert total == len(claims) == 3, "nobody was confirmed"
    assert await service.confirm_shown(officer, *seen(claims)) == 3
    assert await service.confirm_shown(officer, *seen(claims)) == 0
    assert [len((await actor(services, user)).lc_ids) for user in (FIRST, SECOND, THIRD)] == [1, 1, 1]


async def test_who_has_come_since_waits_and_holds_nobody_up(services: Services, waiting: Part[PendingClaim]) -> None:
    await claiming(services, LATER, "大阪大学")
    officer, service = await actor(services, OFFICER), services[ConfirmingService]
    assert await service.confirm_shown(officer, *seen(waiting)) == 2
    assert (await service.waiting(officer))[1] == 1


async def test_if_one_is_answered_meanwhile_the_reader_looks_again(
    services: Services, waiting: Part[PendingClaim]
) -> None:
    await services[MemberService].answer_lc(await actor(services, FIRST), LcAnswer.NOT_IN)
    officer, service = await actor(services, OFFICER), services[ConfirmingService]
    assert await service.confirm_shown(officer, *seen(waiting)) == 0
    claims, _ = await service.waiting(officer)
    assert [claim.claim_id for claim in claims] == [waiting[1].claim_id]
