"""Everything that can be set from outside, read once from the environment and passed down."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StartError
from bot.i18n import N_

PREFIX = "TSUNAGU_"
#: Variables with our prefix that are not settings of the program but of its tests.
_TEST_VARIABLES = ("TSUNAGU_TEST_", "TSUNAGU_CONTRACT_DIR")

Port = Annotated[int, Field(ge=0, le=65535)]

_HTTP = N_("must start with http:// or https://")
#: What pydantic finds out by itself, in our words.
_FOUND = {
    "int_parsing": N_("must be a whole number"),
    "float_parsing": N_("must be a number"),
    "less_than_equal": N_("must be at most {le}"),
    "greater_than_equal": N_("must be at least {ge}"),
    "literal_error": N_("must be one of: {expected}"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a setting: the variable, and a message id with its parameters. Never its value."""

    name: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}: {self.message.format(**self.params) if self.params else self.message}"


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
    #: How the bot's own pages are reached from outside. Without it no link to them is ever shown.
    public_url: str | None = None
    #: Asked regularly while the bot is connected and its database answers, so that an outage is noticed by somebody
    #: else. Anybody who knows the address can pretend to be the bot, so it is kept out of the logs.
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
    #: The holder of a private key to one of these can read the copies that leave the machine; the machine itself can't.
    backup_public_key: str | None = None
    backup_s3_endpoint: str | None = None
    backup_s3_region: str = "us-east-1"
    backup_s3_access_key: str | None = None
    backup_s3_secret_key: SecretStr | None = None
    #: A second place for each copy, off this machine: a folder that is mounted from elsewhere, or s3://bucket/prefix.
    #: Stands after what it needs, so that it can be held against them.
    backup_copy_to: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        """A line ``NAME=`` in a file of settings means the same as no line."""
        if isinstance(value, str) and not value.strip() and info.field_name:
            return cls.model_fields[info.field_name].default
        return value

    @field_validator("discord_token", mode="after")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value().strip() if value else ""
        if not token.isprintable() or " " in token:
            raise ValueError(N_("contains spaces or line breaks; copy it again from the Developer Portal"))
        return SecretStr(token) if token else None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError(N_("is not a database URL; example: sqlite+aiosqlite:///var/tsunagu.db")) from None
        match url.get_backend_name():
            case "sqlite" if url.database in (None, "", ":memory:"):
                raise ValueError(N_("must name a file; an in-memory database is lost when the bot stops"))
            case "sqlite":
                return url.set(drivername="sqlite+aiosqlite").render_as_string(hide_password=False)
            case "postgresql" | "postgres":
                # Hosts hand out libpq's name of this option; asyncpg knows it by its own.
                if isinstance(mode := url.query.get("sslmode"), str):
                    url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
                return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        raise ValueError(N_("must start with sqlite or postgresql"))

    @field_validator("discord_api_url")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError(_HTTP)
        return value.rstrip("/") if value else value

    @field_validator("heartbeat_url")
    @classmethod
    def _http_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError(_HTTP)
        return value

    @field_validator("discord_gateway_url")
    @classmethod
    def _websocket_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("ws://", "wss://")):
            raise ValueError(N_("must start with ws:// or wss://"))
        return value

    @field_validator("public_url")
    @classmethod
    def _address_from_outside(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip().rstrip("/")
        if not _is_encrypted_or_loopback(value):
            raise ValueError(
                N_("must be an https address such as https://bot.example.org (http only for this machine)")
            )
        address = urlsplit(value)
        if address.query or address.fragment or address.username:
            raise ValueError(N_("must be a plain address, without a user name, a question mark or a #"))
        return value

    @field_validator("backup_s3_endpoint")
    @classmethod
    def _encrypted_on_the_way(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip().rstrip("/")
        if not _is_encrypted_or_loopback(value):
            raise ValueError(N_("must be an https address such as https://s3.example.org (http only for this machine)"))
        return value

    @field_validator("backup_public_key")
    @classmethod
    def _public_keys(cls, value: str | None) -> str | None:
        if value is not None:
            import pyrage

            try:
                for key in value.replace(",", " ").split():
                    pyrage.x25519.Recipient.from_str(key)
            except pyrage.RecipientError:
                # Its own words repeat nothing, but ours say what to do.
                raise ValueError(
                    N_("must be a public key (age1…); create a key pair with “python -m bot key FILE”")
                ) from None
        return value

    @field_validator("backup_copy_to")
    @classmethod
    def _place_off_the_machine(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        value = value.strip()
        if "://" not in value:
            return value
        address = urlsplit(value)
        if address.scheme != "s3" or not address.netloc or address.username:
            raise ValueError(N_("must be a folder, or s3://bucket/prefix"))
        if not (info.data.get("backup_s3_access_key") and info.data.get("backup_s3_secret_key")):
            raise ValueError(N_("needs TSUNAGU_BACKUP_S3_ACCESS_KEY and TSUNAGU_BACKUP_S3_SECRET_KEY"))
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
    settings, problems = read()
    if problems:
        raise StartError("\n".join(str(problem) for problem in problems))
    return settings


def read() -> tuple[Settings, list[Problem]]:
    """The settings and everything that is wrong with them. A setting that is wrong has its default."""
    problems = [_unknown(name) for name in sorted(os.environ) if _is_unknown(name)]
    try:
        return Settings(), problems
    except ValidationError as error:
        wrong = {}
        for detail in error.errors(include_input=False, include_url=False):
            name = str(detail["loc"][0])
            wrong[name] = _problem(name, detail["type"], detail["msg"], detail.get("ctx") or {})
    return Settings(**_defaults(wrong)), [*problems, *wrong.values()]


def variable(field_name: str) -> str:
    """The variable that a field is read from."""
    return "DISCORD_TOKEN" if field_name in ("discord_token", "DISCORD_TOKEN") else PREFIX + field_name.upper()


def _defaults(names: Collection[str]) -> dict[str, Any]:
    fields = ("discord_token" if name == "DISCORD_TOKEN" else name for name in names)
    return {name: Settings.model_fields[name].default for name in fields}


def _problem(name: str, kind: str, message: str, context: Mapping[str, Any]) -> Problem:
    if kind == "value_error":
        return Problem(variable(name), str(context["error"]))
    if kind in _FOUND:
        return Problem(variable(name), _FOUND[kind], {key: value for key, value in context.items() if key != "error"})
    return Problem(variable(name), message)


def _is_encrypted_or_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "http" and host != "localhost":
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False
    return parts.scheme in ("http", "https") and bool(host)


def _known_names() -> list[str]:
    return [variable(name) for name in Settings.model_fields if name != "discord_token"]


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(_TEST_VARIABLES) and name not in _known_names()


def _unknown(name: str) -> Problem:
    near = difflib.get_close_matches(name, _known_names(), n=1)
    if near:
        return Problem(name, N_("no such setting; did you mean {name}?"), {"name": near[0]})
    return Problem(name, N_("no such setting"))
