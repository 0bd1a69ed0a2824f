from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.sheets.models import SheetUpload
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, deleting


def _whose(subject: Subject) -> ColumnElement[bool]:
    return (SheetUpload.organisation_id == subject.organisation_id) & (
        SheetUpload.discord_user_id == subject.discord_user_id
    )


PARTS = (
    PersonalPart(
        key="sheet_uploads",
        title=N_("Sheets that you chose (kept for about an hour)"),
        covers=("sheet_uploads.discord_user_id",),
        export=lambda subject: select(SheetUpload.filename, SheetUpload.created_at).where(_whose(subject)),
        forget=deleting(SheetUpload, _whose),
    ),
)
