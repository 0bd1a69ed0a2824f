"""Everything that can be set from outside, read once from the environment and passed down."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StartError

PREFIX = "TSUNAGU_"
#: Variables with our prefix that are not settings of the program but of its tests.
_TEST_VARIABLES = ("TSUNAGU_TEST_", "TSUNAGU_CONTRACT_DIR")

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """The settings, frozen. Every field is read from ``TSUNAGU_<FIELD>``, the token from ``DISCORD_TOKEN``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True, populate_by_name=True)

    discord_token: SecretStr | None = Field(default=None, validation_alias=AliasChoices("DISCORD_TOKEN"))
    database_url: str = "sqlite+aiosqlite:///var/tsunagu.db"
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    #: Seconds without a further server after which discord.py calls itself ready.
    guild_ready_timeout: Annotated[float, Field(ge=0, le=60)] = 2.0
    http_host: str = "127.0.0.1"
    http_port: Port = 8081
    #: Asked regularly while the bot is connected and its database answers, so that an outage is noticed by somebody
    #: else. Who knows the address can pretend to be the bot: it is kept out of the logs.
    heartbeat_url: SecretStr | None = None
    heartbeat_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    demo_port: Port = 8080
    #: Messages per second that this process sends unasked; processes that share a database share Discord's 50.
    send_rate: Annotated[float, Field(ge=0, le=50)] = 45.0
    #: Direct messages per second: more, and Discord takes the bot for a spammer.
    direct_message_rate: Annotated[float, Field(ge=0, le=5)] = 0.5
    #: Tells processes that share a database apart; each has to have its own, and the same after a restart.
    process_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")] = "bot"
    #: Where the nightly copies of the database go; 14 are kept.
    backup_folder: Path = Path("var/backups")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @field_validator("discord_token", "discord_api_url", "discord_gateway_url", "heartbeat_url", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("discord_token", mode="after")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value().strip() if value else ""
        if not token.isprintable() or " " in token:
            raise ValueError("has blanks or line breaks in it; copy it again from the Developer Portal")
        return SecretStr(token) if token else None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError("is not a database URL; example: sqlite+aiosqlite:///var/tsunagu.db") from None
        match url.get_backend_name():
            case "sqlite" if url.database in (None, "", ":memory:"):
                raise ValueError("must name a file; a database in memory would be gone at the end")
            case "sqlite":
                return url.set(drivername="sqlite+aiosqlite").render_as_string(hide_password=False)
            case "postgresql" | "postgres":
                # Hosts hand out libpq's name of this option; asyncpg knows it by its own.
                if isinstance(mode := url.query.get("sslmode"), str):
                    url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
                return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        raise ValueError("must start with sqlite or postgresql")

    @field_validator("discord_api_url")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("heartbeat_url")
    @classmethod
    def _http_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    @field_validator("discord_gateway_url")
    @classmethod
    def _websocket_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("ws://", "wss://")):
            raise ValueError("must start with ws:// or wss://")
        return value

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None for PostgreSQL."""
        url = make_url(self.database_url)
        return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        StartError: one line for each setting that is wrong or unknown; values are never repeated, they may be secret.
    """
    problems = [_unknown(name) for name in sorted(os.environ) if _is_unknown(name)]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            field = str(detail["loc"][0]) if detail["loc"] else "?"
            name = field if field == "DISCORD_TOKEN" else PREFIX + field.upper()
            problems.append(f"{name}: {detail['msg'].removeprefix('Value error, ')}")
    if settings is None or problems:
        raise StartError("\n".join(problems))
    return settings


def _known_names() -> list[str]:
    return [PREFIX + name.upper() for name in Settings.model_fields if name != "discord_token"]


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(_TEST_VARIABLES) and name not in _known_names()


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, _known_names(), n=1)
    return f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else "")
