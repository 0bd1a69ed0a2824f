"""Every public method of every service: who may call it."""

from __future__ import annotations

from bot.features import Service
from tests.rights import announcing, door, persons, places, symposia
from tests.rights.kinds import Right

TABLE: dict[type[Service], dict[str, list[Right]]] = {
    **announcing.TABLE,
    **door.TABLE,
    **places.TABLE,
    **persons.TABLE,
    **symposia.TABLE,
}
