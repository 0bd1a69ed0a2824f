"""Readings of schools and places, and variants of kanji, in what is searched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

# How names are folded is the program's to say, now and later: what is kept has to be what its searches look for.
from bot.features.local_committees.acting import names_of, search_places
from bot.features.local_committees.models import LocalCommittee
from bot.features.schools.directory import region_search
from bot.features.schools.models import School
from bot.features.schools.names import fold, search_text

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    refold(
        "SELECT id, name_ja, name_en, aliases, search_text FROM regions",
        "regions",
        lambda row: {"search_text": region_search([row.name_ja, row.name_en, *row.aliases.split("\n")])},
    )
    refold(
        "SELECT l.id, l.own_name_ja, l.own_name_en, l.own_aliases, l.search_names, l.search_places, s.name_ja,"
        " s.name_en, s.aliases, s.former_names, s.prefecture FROM local_committees l JOIN schools s ON s.id = l.school_id",
        "local_committees",
        lambda row: {"search_names": search_text(names(row)), "search_places": search_places(row.prefecture)},
    )
    refold(
        "SELECT p.id, p.reading, p.search, x.display_name FROM profiles p JOIN people x ON x.id = p.person_id",
        "profiles",
        # Who hasn't given a reading yet is found by name alone, and stands in lists by it.
        lambda row: {"search": search_text([row.reading or "", row.display_name])},
    )
    refold_prints()


def names(row: Any) -> list[str]:
    school = School(
        name_ja=row.name_ja, name_en=row.name_en, aliases=row.aliases, former_names=row.former_names
    )
    own = LocalCommittee(own_name_ja=row.own_name_ja, own_name_en=row.own_name_en, own_aliases=row.own_aliases)
    return names_of(school, own)


def refold(query: str, table: str, folded: Callable[[Any], dict[str, str]]) -> None:
    """Write what differs. ``query`` selects the id, what is folded and what is kept of it."""
    connection = op.get_bind()
    for row in connection.execute(sa.text(query)).all():
        values = {name: value for name, value in folded(row).items() if getattr(row, name) != value}
        if values:
            changes = ", ".join(f"{name} = :{name}" for name in values)
            connection.execute(sa.text(f"UPDATE {table} SET {changes} WHERE id = :id"), {"id": row.id, **values})


def refold_prints() -> None:
    """By their prints a sheet knows the people that it brought before. Where two would become one, both stay as they
    are: who they are is for people to say."""
    connection = op.get_bind()
    query = "SELECT id, organisation_id, name, reading, school_id, institution, fingerprint FROM roster_entries"
    rows = connection.execute(sa.text(query + " ORDER BY id")).all()
    taken = {(row.organisation_id, row.fingerprint) for row in rows}
    for row in rows:
        where = str(row.school_id) if row.school_id else fold(row.institution)
        printed = hashlib.sha256("|".join((fold(row.name), fold(row.reading), where)).encode()).hexdigest()
        if (row.organisation_id, printed) not in taken:
            taken.add((row.organisation_id, printed))
            connection.execute(
                sa.text("UPDATE roster_entries SET fingerprint = :printed WHERE id = :id"),
                {"id": row.id, "printed": printed},
            )


def downgrade() -> None:
    """Nothing: the version before finds less in it, and nothing wrong."""
