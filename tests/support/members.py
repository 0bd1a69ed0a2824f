"""People who have joined, for tests of services."""

from __future__ import annotations

from bot.features import Services
from bot.features.members import rules
from bot.features.members.models import Contact, LcAnswer
from bot.features.members.service import ChoiceService, MemberService
from bot.features.people.actors import Actor
from tests.support.people import GUILD, actor


async def join(
    services: Services,
    user: int,
    name: str,
    reading: str = "",
    *,
    school: str = "東京大学",
    year: int | None = 2,
    contact: Contact = Contact.NOT,
    guild: int = GUILD,
    lc: LcAnswer = LcAnswer.NONE,
) -> Actor:
    """Somebody who has answered what joining asks, as the actor that they are afterwards."""
    members = services[MemberService]
    await members.consent(await actor(services, user, guild), "ja", rules.VERSION)
    joined = await actor(services, user, guild)
    await members.set_name(joined, name, reading)
    (found, *_) = await services[ChoiceService].complete_school(joined, school)
    await members.choose_school(joined, found.id)
    await members.choose_year(joined, year)
    if year is not None:
        await members.answer_lc(joined, lc)
        if lc is LcAnswer.NONE:
            await members.answer_start(joined, would=False)
    await members.choose_interests(joined, [])
    await members.choose_contact(joined, contact)
    return joined
