"""Time zones, called by a city as people know them: London, ロンドン, Europe/London."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.dates import get_timezone_location

from bot.errors import Invalid
from bot.i18n import LANGUAGES, N_

UNKNOWN = N_("No city of that name has a time zone here. Please enter a large city nearby, such as London.")


def city_of(zone: str, language: str) -> str:
    """``Europe/London`` in words: ロンドン."""
    return str(get_timezone_location(zone, locale=language, return_city=True))


def zone_of(city: str) -> str:
    """The IANA name for a city, or for such a name. Raises Invalid: there is none."""
    typed = _folded(city)
    if typed in _own_names():
        return _own_names()[typed]
    for language in LANGUAGES:
        if typed in _names(language):
            return _names(language)[typed]
    raise Invalid(UNKNOWN)


def _folded(text: str) -> str:
    return text.strip().replace("_", " ").casefold()


@cache
def _own_names() -> dict[str, str]:
    """IANA's: whole, and the city alone. An older name of a zone stands behind that of its city."""
    found = dict[str, str]()
    for zone in sorted(available_timezones()):
        found[_folded(zone)] = zone
        area, _, city = zone.rpartition("/")
        if area and not area.startswith(("Etc", "US", "posix", "right")):
            found.setdefault(_folded(city), zone)
    return found


@cache
def _names(language: str) -> dict[str, str]:
    """Some hundred: they are made when somebody types one for the first time. Where several zones are called by one
    city, it means the one that has its name."""
    found = dict[str, str]()
    cities = {name: zone for name, zone in _own_names().items() if "/" not in name and "/" in zone}
    for name, zone in cities.items():
        called = _folded(city_of(zone, language))
        if name == _folded(city_of(zone, "en")):
            found[called] = zone
        else:
            found.setdefault(called, zone)
    return found
