"""Events as Discord's scheduled events: the requests, and what a refusal means."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any

import discord
import structlog

from bot.deliveries.values import Due
from bot.features.events.mirroring import PENDING, MirrorService, MirrorStep, Need, ServerPlan
from bot.features.events.models import MirrorTrouble
from bot.i18n import Words
from bot.ui.host import Host
from bot.ui.lengths import shortened
from bot.ui.patience import FAILURES, limited
from bot.ui.renderers import Occasion

log = structlog.get_logger("tsunagu.events")

#: Discord's limits, in characters.
NAME, LOCATION, DESCRIPTION = 100, 100, 1000
#: Discord's codes: nobody knows the event any more; the server has all it may have.
UNKNOWN_EVENT, FULL = 10070, 30038
_GUILD_ONLY, _EXTERNAL = 2, 3
#: So much of an event's uid tells its mirrors from all others.
_MARK = 12


class Mirroring:
    """By request alone, so that it works without a gateway session, too."""

    def __init__(self, bot: Host) -> None:
        self._bot = bot
        #: By organisation: two at once would make a mirror twice.
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, occasion: Occasion, due: Due) -> None:
        """The job. Raises what kept Discord from answering, so that it is done again later."""
        service, failed = occasion.services[MirrorService], None
        async with self._turns[due.organisation_id]:
            for plan in await service.plan(due.organisation_id, is_daily="day" in due.payload):
                try:
                    await _Server(self._bot, service, plan, occasion.words).run()
                except FAILURES as error:  # the other servers have theirs all the same
                    log.warning("a server's events weren't mirrored", server=plan.guild_id, why=repr(error))
                    failed = error
        if failed is not None:
            raise failed


class _Server:
    """One server in one run."""

    def __init__(self, bot: Host, service: MirrorService, plan: ServerPlan, words: Words) -> None:
        self._bot, self._service, self._words = bot, service, words
        self._guild_id, self._steps = plan.guild_id, plan.steps

    async def run(self) -> None:
        made: dict[str, int] = {}
        is_full = False
        for step in self._steps:
            if is_full and step.need is Need.MAKE:
                continue
            try:
                discord_id = await self._do(step)
            except discord.HTTPException as error:
                trouble = _trouble(error)
                if trouble is None:
                    raise
                await self._service.failed(step, trouble)
                log.warning("a mirror was refused", server=self._guild_id, number=step.event_id, why=trouble.value)
                if trouble is MirrorTrouble.FORBIDDEN:
                    break
                is_full = is_full or trouble is MirrorTrouble.FULL
            else:
                if discord_id is not None:
                    made[mark_of(step.uid)] = discord_id
        if made:
            await self._remove_twins(made)

    async def _do(self, step: MirrorStep) -> int | None:
        """Discord's id of what was made."""
        match step.need:
            case Need.MAKE:
                return await self._make(step)
            case Need.LOOK:
                found = (await self._standing()).get(mark_of(step.uid), [])
                if found:
                    await self._service.found(step, found[0])
                    await self._bring_up_to_date(step, found[0])
                elif step.is_wanted:
                    return await self._make(step)
                else:
                    await self._service.taken(step)
            case Need.ANEW:
                with suppress(discord.NotFound):  # it has ended, perhaps
                    await self._remove(step.discord_id)
                await self._service.taken(step)
                return await self._make(step)
            case Need.EDIT | Need.TAKE:
                await self._bring_up_to_date(step, step.discord_id)
        return None

    async def _make(self, step: MirrorStep) -> int | None:
        if not await self._service.note(step):
            return None
        fields = fields_of(step, self._words)
        async with limited():
            made = await self._bot.http.create_guild_scheduled_event(
                self._guild_id, privacy_level=_GUILD_ONLY, entity_type=_EXTERNAL, **fields
            )
        discord_id = int(made["id"])
        await self._service.made(step, discord_id)
        return discord_id

    async def _bring_up_to_date(self, step: MirrorStep, discord_id: int) -> None:
        http = self._bot.http
        if step.is_wanted:
            async with limited():
                await http.edit_scheduled_event(self._guild_id, discord_id, **fields_of(step, self._words))
            await self._service.made(step, discord_id)
            return
        if discord_id != PENDING:
            await self._remove(discord_id)
        await self._service.taken(step)

    async def _remove(self, discord_id: int) -> None:
        async with limited():
            await self._bot.http.delete_scheduled_event(self._guild_id, discord_id)

    async def _standing(self) -> dict[str, list[int]]:
        """The bot's own events in the server by their mark, the oldest first."""
        assert self._bot.user is not None
        async with limited():
            events: list[Any] = await self._bot.http.get_scheduled_events(self._guild_id, with_user_count=False)
        found: dict[str, list[int]] = defaultdict(list)
        for event in sorted(events, key=lambda one: int(one["id"])):
            if int(event.get("creator_id") or 0) == self._bot.user.id:
                last = (event.get("description") or "").rsplit("\n", 1)[-1]
                found[last].append(int(event["id"]))
        return found

    async def _remove_twins(self, made: dict[str, int]) -> None:
        """Where Discord's answer was lost, discord.py asked again by itself, and there may be two."""
        standing = await self._standing()
        for mark, kept in made.items():
            for twin in standing.get(mark, []):
                if twin != kept:
                    await self._remove(twin)


def mark_of(uid: str) -> str:
    """The last line of a mirror's description, by which it is found again."""
    return f"ID: {uid[:_MARK]}"


def fields_of(step: MirrorStep, words: Words) -> dict[str, Any]:
    """What a mirror shows, as Discord takes it."""
    end = "\n\n".join([words("Pressing “Interested” here doesn't sign you up. Please sign up with /event."), ""])
    end += mark_of(step.uid)
    text = shortened(step.text, DESCRIPTION - len(end) - 2)
    place = step.place or (words("Online") if step.is_online else words("To be announced"))
    return {
        "name": shortened(words.either(step.title_ja, step.title_en), NAME),
        "description": f"{text}\n\n{end}" if text else end,
        "scheduled_start_time": step.starts_at.isoformat(),
        "scheduled_end_time": step.ends_at.isoformat(),
        "entity_metadata": {"location": shortened(place, LOCATION)},
    }


def _trouble(error: discord.HTTPException) -> MirrorTrouble | None:
    """None: it may go well another time."""
    if error.code == UNKNOWN_EVENT:
        return MirrorTrouble.DELETED
    if error.code == FULL:
        return MirrorTrouble.FULL
    if error.status in (403, 404):
        return MirrorTrouble.FORBIDDEN
    # Without a token, or asked too often, it is the same for everything.
    return MirrorTrouble.REFUSED if error.status < 500 and error.status not in (401, 429) else None
