"""What people do to the bot, and what it shows to them: each token has its answers, each person their private ones."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.files import File
from tests.wire.discord.messages import Messages, Refused
from tests.wire.discord.objects import APPLICATION_ID, message, snowflake

#: Flag of a private answer, and of one that is only announced so far.
PRIVATE, LOADING = 64, 128
#: What an answer does: it is a new message, or changes the one that was pressed on.
MESSAGE, LATER, CHANGE_LATER, CHANGE, CHOICES, FORM = 4, 5, 6, 7, 8, 9


@dataclass
class Interaction:
    """``source``: the message that was pressed on. ``original``: the message that the answer is. ``shown``: what was
    told to whoever asked. ``by``: the bot's own port, from which that came last."""

    id: int
    user_id: int
    channel_id: int
    source: dict[str, Any] | None = None
    original: dict[str, Any] | None = None
    is_answered: bool = False
    by: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    answer: asyncio.Future[dict[str, Any]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Interactions:
    """``private``: private messages by person, the oldest first. A message that is edited stays the same object."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self.tokens: dict[str, Interaction] = {}
        self.private: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)

    def begin(self, user_id: int, channel_id: int, source: dict[str, Any] | None) -> tuple[str, Interaction]:
        found = Interaction(snowflake(), user_id, channel_id, source)
        token = f"interaction-{found.id}"
        self.tokens[token] = found
        return token, found

    def show(self, token: str, shown: dict[str, Any]) -> None:
        if (interaction := self.tokens.get(token)) is not None:
            interaction.shown.append(shown)

    def confirmed(self, token: str, by: int) -> None:
        """The bot has been told, at its port ``by``, that its answer arrived."""
        interaction = self.tokens.get(token)
        if interaction is not None and interaction.shown:
            interaction.by = by
            if not interaction.answer.done():
                interaction.answer.set_result(interaction.shown[0])

    def respond(self, token: str, body: dict[str, Any], files: Sequence[File]) -> dict[str, Any]:
        """The first answer.

        Raises:
            Refused: there was one already, or nobody asked.
        """
        interaction = self._find(token)
        if interaction.is_answered:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        interaction.is_answered = True
        kind, data = body["type"], body.get("data") or {}
        about = {"id": str(interaction.id), "type": 2}
        if kind in (CHOICES, FORM):
            interaction.shown.append(data)
            return {"interaction": about, "resource": {"type": kind}}
        if kind in (MESSAGE, LATER):
            flags = (data.get("flags") or 0) | (LOADING if kind == LATER else 0)
            interaction.original = self._make(interaction, {**data, "flags": flags}, files)
        else:
            if interaction.source is None:
                raise Refused(400, 50035, "Invalid Form Body: there is no message to change")
            interaction.original = interaction.source
            if kind == CHANGE:
                self._messages.change(interaction.source, data, files)
        if kind in (MESSAGE, CHANGE):
            interaction.shown.append(interaction.original)
        is_private = bool(interaction.original["flags"] & PRIVATE)
        about |= {"response_message_id": interaction.original["id"], "response_message_ephemeral": is_private}
        return {"interaction": about, "resource": {"type": kind, "message": interaction.original}}

    def follow(self, token: str, body: dict[str, Any], files: Sequence[File]) -> dict[str, Any]:
        """A message after the first answer."""
        interaction = self._find(token)
        made = self._make(interaction, body, files)
        interaction.shown.append(made)
        return made

    def change(self, token: str, message_id: str, body: dict[str, Any], files: Sequence[File]) -> dict[str, Any]:
        interaction = self._find(token)
        found = self.answered(token, message_id)
        self._messages.change(found, body, files)
        found["flags"] &= ~LOADING
        interaction.shown.append(found)
        return found

    def delete(self, token: str, message_id: str) -> None:
        found = self.answered(token, message_id)
        for place in (*self.private.values(), *self._messages.channels.values()):
            place[:] = [one for one in place if one is not found]

    def answered(self, token: str, message_id: str) -> dict[str, Any]:
        """A message of the bot's that this interaction has made, or was about."""
        interaction = self._find(token)
        if message_id == "@original":
            if interaction.original is None:
                raise Refused(404, 10008, "Unknown Message")
            return interaction.original
        mine = [*self.private[interaction.user_id], *self._messages.channels[interaction.channel_id]]
        found = next((one for one in mine if one["id"] == message_id), None)
        if found is None:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def _find(self, token: str) -> Interaction:
        if token not in self.tokens:
            raise Refused(404, 10062, "Unknown interaction")
        return self.tokens[token]

    def _make(self, interaction: Interaction, body: dict[str, Any], files: Sequence[File]) -> dict[str, Any]:
        made = message(snowflake(), interaction.channel_id, body)
        made |= {"webhook_id": str(APPLICATION_ID), "attachments": self._messages.files.attached(body, files)}
        is_private = (body.get("flags") or 0) & PRIVATE
        place = self.private[interaction.user_id] if is_private else self._messages.channels[interaction.channel_id]
        place.append(made)
        return made
