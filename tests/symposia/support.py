"""A series of the organisation in tests, and one who speaks there."""

from __future__ import annotations

from bot.features import Services
from bot.features.people.actors import Actor
from bot.features.symposia.editions import EditionService
from bot.features.symposia.planning import Rule
from bot.features.symposia.queries import EditionCard
from bot.features.symposia.rules import SpeakerDraft
from bot.features.symposia.service import SymposiumDraft, SymposiumService
from bot.features.symposia.speakers import SpeakerService

NATION = {"lc_id": None, "committee_id": None}
DRAFT = SymposiumDraft("国際治療談話会", "Medical symposium", 512)
GUEST = SpeakerDraft("山田 太郎", "〇〇大学", "yamada@example.org")
OUTSIDER = SpeakerDraft("佐藤 花子", "陶芸家", "", is_outside=True)


async def begun(services: Services, owner: Actor, lc_id: int | None = None) -> int:
    """A series in odd months from the 512th on."""
    return await services[SymposiumService].begin(owner, {"lc_id": lc_id, "committee_id": None}, DRAFT)


async def planned(
    services: Services, owner: Actor, symposium_id: int, rule: Rule | None = None, until: int | None = None
) -> list[EditionCard]:
    """Its editions, once the next year (or up to ``until``) is planned."""
    editions = services[EditionService]
    found = await editions.preview(owner, symposium_id, rule, until)
    await editions.apply(owner, symposium_id, found.rule.text, found.until, found.plan.token)
    return (await editions.editions(owner, symposium_id))[1]


async def asked(services: Services, owner: Actor, slot_id: int, draft: SpeakerDraft = GUEST) -> int:
    """Somebody from outside is asked for a slot; their number as a speaker."""
    await services[SpeakerService].ask_guest(owner, slot_id, draft)
    edition = await services[SpeakerService].open_to(owner, slot_id)
    assert edition.speaker is not None
    return edition.speaker.speaker_id
