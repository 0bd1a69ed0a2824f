"""A socket-level stand-in for Discord: REST and gateway on a loopback port.

It takes unmodified discord.py to READY, serves just the routes that the program uses, and refuses any other loudly.
``server`` joins the parts: ``routes`` (what is asked for), ``messages`` (what was said, and nonces), ``files``,
``interactions`` (what people do and are shown), ``servers`` (members and roles), ``channels`` (and threads and
invitations), ``limits``, ``faults`` (what goes wrong, on demand), ``gateway``, ``objects`` (payloads) and ``pages``
(what stands on a message).
"""

from tests.wire.discord.faults import Fault
from tests.wire.discord.files import File
from tests.wire.discord.limits import Limits
from tests.wire.discord.objects import APPLICATION_ID, BOT_ID, TOKEN, guild, member, organisation, role
from tests.wire.discord.server import WireDiscord, wire_discord

__all__ = [
    "APPLICATION_ID",
    "BOT_ID",
    "TOKEN",
    "Fault",
    "File",
    "Limits",
    "WireDiscord",
    "guild",
    "member",
    "organisation",
    "role",
    "wire_discord",
]
