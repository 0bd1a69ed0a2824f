from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

from sqlalchemy import delete

from bot.db import Reader
from bot.errors import Conflict, Invalid, NextStep
from bot.features import Service
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.features.sheets import cells, columns, kinds, questions, reading, uploads
from bot.features.sheets.columns import LEFT_OUT
from bot.features.sheets.layout import Table
from bot.features.sheets.marks import quoted
from bot.features.sheets.models import SheetUpload
from bot.features.sheets.values import (
    DoubledField,
    Imported,
    ImportPlan,
    Preview,
    Progress,
    Stage,
    Standing,
    UnclearRow,
    UnknownColumn,
)
from bot.i18n import N_

#: The answer about a row that it is none of those offered, and left out.
LEFT_OUT_ROW = "-"
#: How to bring a sheet in, and the files to begin with.
SHEETS = NextStep(N_("Sheets (Excel, CSV)"), "sheets:open")


class SheetService(Service):
    def check(self, actor: Actor, size: int) -> None:
        """May the actor bring in a file of so many bytes? To be asked before it is downloaded.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: the file is too large.
        """
        actor.require(Right.USE_SHEETS)
        reading.check_size(size)

    async def template(self, actor: Actor, kind: str) -> bytes:
        """A file with the headings that are understood, in the actor's language, and nothing under them.

        Raises:
            NotAllowed: the actor doesn't use sheets, or not those of this kind.
        """
        _require(actor, kind)
        return cells.to_csv([[field.heading(actor.language) for field in columns.fields(kind).values()]])

    async def export(self, actor: Actor, kind: str) -> bytes:
        """All there is, as a file that can be imported again. That it was taken out stands in the audit.

        Raises:
            NotAllowed: as in ``template``.
        """
        _require(actor, kind)
        fields = columns.fields(kind).values()
        async with self.database.reading() as connection:
            rows = await kinds.find(kind).export(connection, actor)
        table = [[field.heading(actor.language) for field in fields]]
        table += [[quoted(row[field.key]) for field in fields] for row in rows]
        async with change_by(self, actor) as change:
            _require(actor, kind)
            _note(change, "sheet.export", kind)
        return await asyncio.to_thread(cells.to_csv, table)

    async def begin(
        self, actor: Actor, kind: str, filename: str, content: bytes, progress: Progress | None = None
    ) -> Standing:
        """Take a file in and look at it: a question about its columns, or the preview. Nothing is imported.

        An earlier file of the same person and kind is forgotten.

        Raises:
            NotAllowed: as in ``template``.
            Invalid: the file can't be read, or a column that is needed is missing.
        """
        _require(actor, kind)
        table = await asyncio.to_thread(reading.read, content, kind)
        blank = [not any(row.cells[index].strip() for row in table.rows) for index in range(len(table.headings))]
        matched = columns.match(kind, table.headings, blank)
        questions.check_needed(kinds.find(kind), matched)
        async with change_by(self, actor) as change:
            _require(actor, kind)
            upload = await uploads.take_in(change.session, actor, kind, filename, content, matched, change.now)
        return await self.look(actor, upload.id, progress)

    async def look(self, actor: Actor, upload_id: int, progress: Progress | None = None) -> Standing:
        """Where an upload stands: the next question about its columns, or its preview as of now.

        A file that would change nothing is forgotten at once: nothing of it waits.

        Raises:
            NotAllowed: the actor is no national officer in office, or somebody else chose the file.
            NotFound: it has expired.
            Conflict: it was imported already.
        """
        actor.require(Right.USE_SHEETS)
        async with self.database.reading() as connection:
            upload = await self._open(connection, actor, upload_id)
        _require(actor, upload.kind)
        table = await asyncio.to_thread(reading.read, upload.content, upload.kind)
        question = _question(upload, table)
        if question is not None:
            return question
        plan, _, digest = await self._plan(actor, upload, table, progress or Progress())
        if plan.questions:
            return UnclearRow(upload_id, upload.filename, upload.kind, plan.questions[0], len(plan.questions))
        async with change_by(self, actor, Right.USE_SHEETS) as change:
            kept = await self._locked(change, upload_id)
            if plan.bad or plan.changes:
                kept.shown = digest
            else:
                await change.session.delete(kept)
        return Preview(upload_id, upload.filename, upload.kind, plan, questions.headings(upload.columns, table))

    async def set_column(self, actor: Actor, upload_id: int, index: int, field: str) -> None:
        """Say what a column holds: a field, or ``LEFT_OUT``. Other columns that were taken for the field are left out.

        Raises:
            NotAllowed, NotFound, Conflict: as in ``look``.
            Invalid: there is no such column or field, or what is needed would then be missing.
        """
        async with change_by(self, actor, Right.USE_SHEETS) as change:
            upload = await self._locked(change, upload_id)
            if not 0 <= index < len(upload.columns) or (field and field not in columns.fields(upload.kind)):
                raise Invalid(N_("Please choose from the list."))
            chosen: list[str | None] = [LEFT_OUT if field and known == field else known for known in upload.columns]
            chosen[index] = field
            questions.check_needed(kinds.find(upload.kind), chosen)
            upload.columns = chosen

    async def leave_rest_out(self, actor: Actor, upload_id: int) -> None:
        """Leave out every column that isn't known. Raises as ``set_column``."""
        async with change_by(self, actor, Right.USE_SHEETS) as change:
            upload = await self._locked(change, upload_id)
            chosen: list[str | None] = [LEFT_OUT if known is None else known for known in upload.columns]
            questions.check_needed(kinds.find(upload.kind), chosen)
            upload.columns = chosen

    async def set_answer(self, actor: Actor, upload_id: int, number: int, value: str) -> None:
        """Say what a row means that wasn't clear. A value that isn't one of its choices leaves it unclear.

        Raises:
            NotAllowed, NotFound, Conflict: as in ``look``.
        """
        async with change_by(self, actor, Right.USE_SHEETS) as change:
            upload = await self._locked(change, upload_id)
            upload.answers = {**upload.answers, str(number): value[:100]}

    async def carry_out(self, actor: Actor, upload_id: int, progress: Progress | None = None) -> Imported:
        """Import what the preview showed, all or nothing. The codes are given out here and nowhere again.

        Everything is decided again before. The transaction checks that nothing has changed since.

        Raises:
            NotAllowed, NotFound: as in ``look``.
            Conflict: it was imported already, or it would no longer do what the preview showed.
            Invalid: some rows are bad.
        """
        actor.require(Right.USE_SHEETS)
        progress = progress or Progress()
        async with self.database.reading() as connection:
            upload = await self._open(connection, actor, upload_id)
        _require(actor, upload.kind)
        table = await asyncio.to_thread(reading.read, upload.content, upload.kind)
        if _question(upload, table) is not None:
            raise Invalid(
                N_("Some columns in this file still need your answer. Please continue there first."),
                next_steps=[_again(upload_id)],
            )
        kind = kinds.find(upload.kind)
        plan, state, digest = await self._plan(actor, upload, table, progress)
        if plan.questions:
            raise Invalid(
                N_("Some rows in this file still need your answer. Please continue there first."),
                next_steps=[_again(upload_id)],
            )
        if digest != upload.shown:
            raise _moved_on(upload_id)
        if plan.bad:
            raise Invalid(
                N_("Some rows need to be corrected first. Nothing was changed."), next_steps=[_again(upload_id)]
            )
        now = self.clock.now()
        prepared = await asyncio.to_thread(kind.prepare, plan, state, actor, now)
        progress.stage, progress.done, progress.total = Stage.WRITING, 0, 0
        async with change_by(self, actor, kind.right, now=now) as change:
            _require(actor, upload.kind)
            session, kept = change.session, await self._locked(change, upload_id)
            await kind.lock(session, actor)
            is_same = (kept.columns, kept.answers) == (upload.columns, upload.answers)
            if not is_same or await kind.look(session, actor) != state:
                raise _moved_on(upload_id)
            handouts = await kind.write(session, prepared, progress)
            uploads.IMPORT.put(kept)
            kept.content = b""
            _note(change, "sheet.import", upload.kind)
        return Imported(upload.filename, upload.kind, plan.new, plan.changed, plan.unchanged, handouts)

    async def discard(self, actor: Actor, upload_id: int) -> None:
        """Forget a file. Raises as ``look``."""
        async with change_by(self, actor, Right.USE_SHEETS) as change:
            await change.session.delete(await self._locked(change, upload_id))

    async def forget_expired(self) -> None:
        """Delete every upload whose time is over."""
        async with self.database.writing() as session:
            await session.execute(delete(SheetUpload).where(SheetUpload.expires_at <= self.clock.now()))

    async def _plan(
        self, actor: Actor, upload: SheetUpload, table: Table, progress: Progress
    ) -> tuple[ImportPlan, object, str]:
        """The plan, the state of things that it rests on, and its digest."""
        kind = kinds.find(upload.kind)
        async with self.database.reading() as connection:
            state = await kind.look(connection, actor)

        def work() -> tuple[ImportPlan, str]:
            entries, findings = questions.entries(kind, upload.columns, table, upload.answers)
            plan = kind.plan(entries, state, actor, progress)
            # The reader goes through the sheet from the top.
            plan = replace(plan, findings=sorted([*findings, *plan.findings], key=lambda finding: finding.number))
            return plan, hashlib.sha256(repr((plan.changes, plan.findings)).encode()).hexdigest()

        plan, digest = await asyncio.to_thread(work)
        return plan, state, digest

    async def _open(self, reader: Reader, actor: Actor, upload_id: int) -> SheetUpload:
        return await uploads.opened(reader, actor, upload_id, self.clock.now())

    async def _locked(self, change: Change, upload_id: int) -> SheetUpload:
        return await uploads.opened(change.session, change.actor, upload_id, change.now, lock=True)


def _require(actor: Actor, kind: str) -> None:
    """A sheet of a kind takes both rights: to use sheets, and that of the kind. Raises NotAllowed."""
    actor.require(Right.USE_SHEETS)
    actor.require(kinds.find(kind).right)


def _note(change: Change, action: str, kind: str) -> None:
    change.note(action, "organisation", change.moment.organisation_id, (kind,))


def _again(upload_id: int) -> NextStep:
    return NextStep(N_("Check again"), f"sheets:look:{upload_id}")


def _moved_on(upload_id: int) -> Conflict:
    return Conflict(
        N_("The directory has changed since you opened this preview. Nothing was imported. Please check it again."),
        next_steps=[_again(upload_id)],
    )


def _question(upload: SheetUpload, table: Table) -> UnknownColumn | DoubledField | None:
    return questions.question(upload.id, upload.kind, upload.filename, upload.columns, table)
