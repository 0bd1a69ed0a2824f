from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.discord_roles.models import ThreadGuest
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _whose(subject: Subject) -> ColumnElement[bool]:
    return (ThreadGuest.organisation_id == subject.organisation_id) & (
        ThreadGuest.discord_user_id == subject.discord_user_id
    )


PARTS = (
    PersonalPart(
        key="thread_guests",
        title=N_("LC officers' threads into which the bot let you"),
        covers=("thread_guests.discord_user_id",),
        export=lambda subject: select(ThreadGuest.thread_id).where(_whose(subject)),
        forget=deleting(ThreadGuest, _whose),
    ),
)
