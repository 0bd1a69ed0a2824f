"""Logging through structlog, for our own events and those of the libraries, with secrets taken out of every line."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection
from typing import TextIO

import structlog

from bot.settings import Settings


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without the secrets in it."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return text


#: An address without a login, of which the last part is the key.
_KEYS = re.compile(r"(/calendar/|/a/)[\w-]+")


class _Redacting(logging.Formatter):
    """Takes the secrets out of the finished line, whether a traceback or a library put them there."""

    def __init__(self, inner: logging.Formatter, secrets: Collection[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        return _KEYS.sub(r"\1[secret]", redacted(self._inner.format(record), self._secrets))


def secrets_of(settings: Settings) -> list[str]:
    """What must never be written: the token, the heartbeat's address, and the passwords of database and S3."""
    from sqlalchemy.engine import make_url

    kept = (settings.discord_token, settings.heartbeat_url, settings.backup_s3_secret_key)
    found = [secret.get_secret_value() for secret in kept if secret]
    if password := make_url(settings.database_url).password:
        found.append(str(password))
    return found


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logging to ``stream`` (standard error): JSON lines, or coloured text on a terminal."""
    stream = sys.stderr if stream is None else stream
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Redacting(formatter, secrets_of(settings)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    logging.getLogger("discord.gateway").setLevel(logging.WARNING)
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # it writes every value of every statement
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
