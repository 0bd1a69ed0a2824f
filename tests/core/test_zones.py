from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.errors import Invalid
from bot.i18n import LANGUAGES
from bot.zones import city_of, zone_of


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("ロンドン", "Europe/London"), ("London", "Europe/London"), ("europe/london", "Europe/London"),
        ("東京", "Asia/Tokyo"), ("new york", "America/New_York"), ("ニューヨーク", "America/New_York"),
        ("シドニー", "Australia/Sydney"), ("上海", "Asia/Shanghai"), ("ホノルル", "Pacific/Honolulu"),
        (" Kathmandu ", "Asia/Kathmandu"), ("UTC", "UTC"),
    ],
)  # fmt: skip
def test_a_city_means_the_zone_that_people_mean(city: str, zone: str) -> None:
    assert zone_of(city) == zone


def test_each_zone_is_read_again_from_its_name_and_from_a_city_with_the_same_time() -> None:
    for zone in available_timezones():
        assert zone_of(zone) == zone
    for zone in ("Asia/Tokyo", "Europe/Paris", "America/Sao_Paulo", "Africa/Nairobi", "Asia/Taipei"):
        assert [zone_of(city_of(zone, language)) for language in LANGUAGES] == [zone, zone]


@pytest.mark.parametrize("city", ["", "見本市", "Mars", "US", "1", "@everyone"])
def test_another_word_is_asked_about(city: str) -> None:
    with pytest.raises(Invalid):
        zone_of(city)
