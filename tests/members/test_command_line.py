"""``python -m bot person export`` and ``delete``, as somebody on the host types them, and what is behind them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.db import Database
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.members.mydata import DELETE, EXPORT, MyDataService, RequestService
from tests.members.test_mydata import FORMER, FORMER_NUMBER, everything, somebody, traces
from tests.members.test_service import rows
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened
from tests.support.people import GUILD, OFFICER, STUDENT, actor, found_organisation
from tests.support.processes import bot_process, run_bot


async def test_the_host_takes_out_and_deletes_what_the_person_could(services: Services, database: Database) -> None:
    organisation = (await found_organisation(services)).organisation_id
    who = await somebody(services, database)
    service = services[RequestService]
    found = await service.find(None, discord_user_id=STUDENT)
    assert (found.person_id, found.name, found.organisation_id) == (who.person_id, "消える 花子", organisation)
    assert await service.find("IFMSA-Japan", person_id=who.person_id) == found
    assert await service.find(str(organisation), discord_user_id=FORMER) == found, "by the account from before, too"
    assert await service.export(found) == await services[MyDataService].export(who)
    await service.delete(found)
    assert traces(await everything(database)) == []
    deletions = await services[MyDataService].deletions()
    assert [one.person_id for one in deletions] == [who.person_id, FORMER_NUMBER]
    noted = {(row.action, row.origin, row.actor_discord_id) for row in await rows(database, AuditEntry)}
    assert {("person.export", EXPORT, None), ("person.delete", DELETE, None)} <= noted
    with pytest.raises(NotFound, match="has no record with this number"):
        await service.find(None, person_id=who.person_id)
    with pytest.raises(NotFound):
        await service.find("AMSA", discord_user_id=STUDENT)


async def test_who_holds_an_officers_post_is_not_deleted(services: Services, database: Database) -> None:
    await found_organisation(services)
    service = services[RequestService]
    officer = await service.find(None, discord_user_id=OFFICER)
    before = await everything(database)
    with pytest.raises(Conflict) as refused:
        await service.require_deletable(officer)
    assert refused.value.params["date"].isoformat() == "2027-03-31"
    with pytest.raises(Conflict):
        await service.delete(officer)
    assert await everything(database) == before


async def test_whom_it_is_about_has_to_be_clear(services: Services, database: Database) -> None:
    await found_organisation(services)
    there = (await found_organisation(services, guild=GUILD + 1, name_en="AMSA")).organisation_id
    service = services[RequestService]
    with pytest.raises(NotFound, match="--organisation"):
        await service.find(None, discord_user_id=OFFICER)
    for both in ({}, {"discord_user_id": OFFICER, "person_id": 1}):
        with pytest.raises(Invalid):
            await service.find("AMSA", **both)
    found = await service.find("AMSA", discord_user_id=OFFICER)
    assert found.organisation_id == there
    assert found.person_id is not None
    with pytest.raises(NotFound):
        await service.find("IFMSA-Japan", person_id=found.person_id)
    nobody = await service.find("AMSA", discord_user_id=STUDENT)
    assert (nobody.person_id, await service.export(nobody)) == (None, [])
    await service.delete(nobody)
    assert (await actor(services, OFFICER, GUILD + 1)).person_id == found.person_id


async def test_on_the_host_in_files_for_nobody_else_and_with_a_second_question(
    databases: Databases, tmp_path: Path
) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    async with opened(url) as database:
        services = Services(database, FakeClock())
        await found_organisation(services)
        who = await somebody(services, database)
    env = {"TSUNAGU_DATABASE_URL": url, "TSUNAGU_BACKUP_FOLDER": str(tmp_path / "backups")}
    user = ("--user", str(STUDENT))
    out = tmp_path / "out"
    missing = await run_bot("person", "export", *user, "--to", str(out), env=env)
    assert (missing.code, missing.err.count("\n")) == (2, 1)
    out.mkdir()
    done = await run_bot("person", "export", *user, "--to", str(out), env=env)
    assert done.code == 0, done.err
    files = [out / f"person-{who.person_id}.{ending}" for ending in ("json", "csv")]
    assert done.out.split() == [str(file) for file in files]
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600", "0o600"]
    assert json.loads(files[0].read_text())["person"][0]["display_name"] == "消える 花子"
    again = await run_bot("person", "export", *user, "--to", str(out), env=env)
    assert again.code == 2
    assert "already exists" in again.err

    assert await _asked(env, *user, answer="no") == (2, "Nothing was deleted.\n")
    assert await _asked(env, *user, answer="") == (2, "Nothing was deleted.\n")
    refused = await run_bot("person", "delete", "--user", str(OFFICER), "--yes", env=env)
    assert refused.code == 2
    assert "handed over" in refused.err
    assert "Traceback" not in refused.err
    assert (await _asked(env, *user, answer="delete"))[0] == 0
    with closing(sqlite3.connect(tmp_path / "tsunagu.db")) as connection:
        query = "SELECT display_name, discord_user_id FROM people WHERE id = ?"
        assert connection.execute(query, (who.person_id,)).fetchall() == [("", None)]
    listed = (tmp_path / "backups" / "deletions.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in listed] == [str(who.person_id), str(FORMER_NUMBER)]
    gone = await run_bot("person", "delete", "--record", str(who.person_id), "--yes", env=env)
    assert (gone.code, "has no record with this number" in gone.err) == (2, True)


async def _asked(env: dict[str, str], *arguments: str, answer: str) -> tuple[int, str]:
    """Exit code and standard error once the question is answered."""
    async with bot_process("person", "delete", *arguments, env=env, stdin=asyncio.subprocess.PIPE) as process:
        assert process.process.stdin is not None
        process.process.stdin.write(f"{answer}\n".encode() if answer else b"")
        process.process.stdin.close()
        done = await process.finished()
    assert "消える 花子 (record" in done.out
    return done.code, done.err
