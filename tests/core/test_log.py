from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from bot import log
from bot.db import Database
from bot.features.people.models import Person
from bot.settings import Settings

TOKEN = "OTAw.token.that-nobody-may-read"
SETTINGS = Settings(discord_token=SecretStr(TOKEN), database_url="postgresql://bot:hunter2@localhost/x")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.configure(SETTINGS.model_copy(update={"log_format": "json", "log_level": "debug"}), stream)
    yield stream
    log.configure(Settings())


def fail_with(text: str) -> None:
    raise RuntimeError(f"could not use {text}")


def test_no_secret_is_written_whoever_writes_it(written: io.StringIO) -> None:
    ours = structlog.get_logger("tsunagu.test")
    ours.info("logging in", token=TOKEN, url=SETTINGS.database_url)
    logging.getLogger("some.library").warning("sent %s", {"Authorization": f"Bot {TOKEN}"})
    try:
        fail_with(TOKEN)
    except RuntimeError:
        ours.exception("failed")
        logging.getLogger("some.library").exception("failed too")
    text = written.getvalue()
    assert TOKEN not in text
    assert "hunter2" not in text
    assert text.count("[secret]") >= 4


def test_no_address_without_a_login_is_written(written: io.StringIO) -> None:
    for kind in ("calendar", "a"):
        logging.getLogger("some.library").warning("GET /%s/%s.ics HTTP/1.1", kind, "A" * 43)
    assert "AAAA" not in written.getvalue()
    assert written.getvalue().count("[secret]") == 2


def test_an_error_is_one_line_of_json_with_its_traceback(written: io.StringIO) -> None:
    try:
        fail_with("it")
    except RuntimeError as error:
        structlog.get_logger("tsunagu.test").error("failed", reference="AB", exc_info=error)
    (line,) = written.getvalue().strip().splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["reference"], entry["level"]) == ("failed", "AB", "error")
    assert "RuntimeError: could not use it" in entry["exception"]


def test_a_hosts_name_for_encryption_is_understood() -> None:
    url = Settings(database_url="postgres://bot:pw@db.example/x?sslmode=require").database_url
    assert url == "postgresql+asyncpg://bot:pw@db.example/x?ssl=require"


def test_neither_settings_nor_their_errors_show_a_secret() -> None:
    assert TOKEN not in repr(SETTINGS)
    assert TOKEN not in str(SETTINGS.model_dump())


async def test_an_error_of_the_database_names_no_value(database: Database, written: io.StringIO) -> None:
    async def break_it() -> None:
        async with database.writing() as session:
            session.add(Person(organisation_id=0, discord_user_id=1, display_name="見本 はるか", created_at=None))

    try:
        await break_it()
    except IntegrityError:
        structlog.get_logger("tsunagu.test").exception("failed")
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    assert "IntegrityError" in told[-1]["exception"]
    assert "見本" not in json.dumps(told, ensure_ascii=False), "nor does the driver, whatever the level"
