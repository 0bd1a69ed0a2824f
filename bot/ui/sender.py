"""The deliveries' way to Discord: renders from today's data, sends with the row's nonce, and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from bot.deliveries.bundles import BUNDLE, said_together
from bot.deliveries.models import Action, RecipientKind
from bot.deliveries.values import UNLESS_GONE, Due, Parcel, Permanent, Sent, Transient
from bot.features.people.service import Address, AddressService
from bot.i18n import words_for
from bot.ui import marks
from bot.ui.bundles import bundle_message
from bot.ui.pages import Page
from bot.ui.renderers import Message, Occasion

#: Error codes of Discord by what they mean for a delivery.
DIRECT_MESSAGES_STOPPED = 40003
CLOSED_TO_DIRECT_MESSAGES = (50007, 50278)
#: A message stands where the bot can't edit it now: without access, without the right, in an archived thread.
OUT_OF_REACH = (50001, 50013, 50083)
#: Seconds of rest for all direct messages after Discord stopped them.
REST = 900.0
#: How much earlier than noted an attempt may have reached Discord, whose clock is not ours.
CLOCKS_APART = timedelta(minutes=2)
#: Messages of a channel looked through for one that may have arrived, and those for which the time is no matter: the
#: clock may have been set right since the attempt.
LOOKED_THROUGH, LOOKED_THROUGH_ANYWAY = 1_000, 100


class DiscordSender:
    """``host``: the bot; it need not be connected to the gateway, only logged in."""

    def __init__(self, host: Any) -> None:
        self._host = host
        #: By organisation, until something is written: a broadcast asks for the same one a thousand times.
        self._addresses: dict[int, Address] = {}
        host.database.on_commit.append(self._forget)

    def _forget(self, _info: Mapping[Any, Any]) -> None:
        self._addresses = {}  # a new one, so that who is looking it up now doesn't put something old in

    async def send(self, parcel: Parcel) -> Sent:
        """See ``bot.deliveries.pump.Sender``."""
        try:
            return await self._send(parcel)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise outcome_of(error) from error

    async def find(self, parcel: Parcel) -> Sent | None:
        """See ``bot.deliveries.pump.Sender``."""
        first = parcel.first
        assert first.attempted_before is not None
        try:
            channel = await self._channel(first, await self._address(first))
            own = self._host.user.id
            since, looked, mark = first.attempted_before - CLOCKS_APART, 0, marks.mark_of(first.id)
            async for message in channel.history(limit=LOOKED_THROUGH):  # the newest first
                if message.author.id == own and marks.carries(message, mark):
                    return Sent(message.channel.id, message.id)
                looked += 1
                if looked >= LOOKED_THROUGH_ANYWAY and message.created_at < since:
                    break
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise outcome_of(error) from error
        return None

    async def _send(self, parcel: Parcel) -> Sent:
        first = parcel.first
        address = await self._address(first)
        occasion = Occasion(self._host.services, words_for(address.language), address, self._host.clock.now())
        if first.recipient.kind is RecipientKind.JOB:
            await self._host.renderers.jobs[first.kind](occasion, first)
            return Sent()
        if first.action is Action.DELETE:
            return await self._delete(first)
        message = await self._render(occasion, parcel)
        if message is None:
            return await self._nothing_to_say(parcel)
        if first.action is Action.EDIT:
            return await self._edit(first, message)
        channel = await self._channel(first, address)
        embed, view = _marked(message.page, first)
        extra = {"view": view} if view else {}
        sent = await channel.send(
            content=message.content or None,
            embed=embed,
            files=message.page.files(),
            nonce=first.nonce,
            allowed_mentions=message.mentions,
            **extra,
        )
        if message.after is not None:
            await message.after()
        return Sent(sent.channel.id, sent.id)

    async def _nothing_to_say(self, parcel: Parcel) -> Sent:
        first = parcel.first
        if first.kind == BUNDLE:  # an edit that leaves nothing
            return await self._delete(first)
        if first.action is Action.POST and first.attempted_before is not None:
            # It may stand there from an earlier attempt. The person who withdrew it has to know where.
            return await self.find(parcel) or Sent()
        return Sent()

    async def _render(self, occasion: Occasion, parcel: Parcel) -> Message | None:
        if parcel.first.kind == BUNDLE:
            async with self._host.database.reading() as connection:
                rows = await said_together(connection, parcel.first.payload["bundle"])
            return await bundle_message(self._host.renderers, occasion, rows)
        if len(parcel.rows) > 1:
            return await bundle_message(self._host.renderers, occasion, parcel.rows)
        message: Message | None = await self._host.renderers.messages[parcel.first.kind](occasion, parcel.first)
        return message

    async def _edit(self, due: Due, message: Message) -> Sent:
        """Nobody is pinged by an edit. Without new files, the old ones stay."""
        try:
            return await self._edit_there(due, message)
        except discord.HTTPException as error:
            if due.payload.get(UNLESS_GONE) and (error.status == 404 or error.code in OUT_OF_REACH):
                return Sent()
            raise

    async def _edit_there(self, due: Due, message: Message) -> Sent:
        embed, view = _marked(message.page, due)
        files = message.page.files()
        extra: dict[str, Any] = {"attachments": files} if files or message.drops_files else {}
        await self._message(due).edit(
            content=message.content or None,
            embed=embed,
            view=view,
            allowed_mentions=discord.AllowedMentions.none(),
            **extra,
        )
        if message.after is not None:
            await message.after()
        return Sent(due.channel_id, due.message_id)

    async def _delete(self, due: Due) -> Sent:
        with suppress(discord.NotFound):  # gone already is what was wanted
            await self._message(due).delete()
        return Sent(due.channel_id, due.message_id)

    def _message(self, due: Due) -> discord.PartialMessage:
        assert due.channel_id is not None
        assert due.message_id is not None
        channel: discord.PartialMessageable = self._host.get_partial_messageable(due.channel_id)
        return channel.get_partial_message(due.message_id)

    async def _address(self, due: Due) -> Address:
        """Today's: every claim comes after the last thing that was written."""
        service: AddressService = self._host.services[AddressService]
        if due.recipient.kind is RecipientKind.PERSON:
            return await service.look_up(due.organisation_id, due.recipient.id)
        known = self._addresses
        if due.organisation_id not in known:
            known[due.organisation_id] = await service.look_up(due.organisation_id)
        return known[due.organisation_id]

    async def _channel(self, due: Due, address: Address) -> Any:
        match due.recipient.kind:
            case RecipientKind.PERSON:
                return await self._host.create_dm(discord.Object(due.recipient.id))
            case RecipientKind.OFFICERS:
                if address.officers_channel is None:
                    raise Permanent("no_officers_channel")
                return self._host.get_partial_messageable(address.officers_channel)
        return self._host.get_partial_messageable(due.recipient.id)


def _marked(page: Page, due: Due) -> tuple[discord.Embed, discord.ui.View | None]:
    embed, view = page.embed(), page.view()
    marks.put(marks.mark_of(due.id), embed, view)
    return embed, view


def outcome_of(error: Exception) -> Transient | Permanent:
    """What a failure of Discord or of the line means for the delivery."""
    outcome: Transient | Permanent
    match error:
        case discord.RateLimited():
            outcome = Transient("429", error.retry_after, may_have_arrived=False)
        case discord.HTTPException(code=code) if code == DIRECT_MESSAGES_STOPPED:
            outcome = Transient(str(code), REST, may_have_arrived=False, holds_track=True)
        case discord.HTTPException(status=401):  # the token was changed: nothing goes through until somebody sees to it
            outcome = Transient("401", REST, may_have_arrived=False, holds_track=True)
        case discord.HTTPException(status=429):
            outcome = Transient("429", _retry_after(error), may_have_arrived=False)
        case discord.HTTPException(status=status, code=code) if status < 500:
            outcome = Permanent(str(code or status), unreachable=code in CLOSED_TO_DIRECT_MESSAGES)
        case discord.HTTPException(status=status):
            outcome = Transient(str(status), may_have_arrived=True)
        case _:
            outcome = Transient(type(error).__name__, may_have_arrived=True)
    return outcome


def _retry_after(error: discord.HTTPException) -> float | None:
    value = error.response.headers.get("Retry-After", "")
    return float(value) if value.replace(".", "", 1).isdecimal() else None
