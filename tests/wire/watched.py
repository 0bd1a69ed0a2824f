"""``python -m tests.wire.watched run``: ``python -m bot run``, watched for what begins before a first answer.

Each such thing is an error in its log.
"""

from __future__ import annotations

import sys

import structlog

from bot.__main__ import main
from tests.support.answering import watched

_log = structlog.get_logger("tsunagu.tests")


def report(what: str) -> None:
    _log.error("too early", what=what)


if __name__ == "__main__":
    with watched(report):
        sys.exit(main())
