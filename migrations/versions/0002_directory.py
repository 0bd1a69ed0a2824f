"""directory"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('standing_committees',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('abbreviation', sa.String(length=20), nullable=False),
    sa.Column('name_ja', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_standing_committees_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standing_committees')),
    sa.UniqueConstraint('organisation_id', 'key', name=op.f('uq_standing_committees_organisation_id_key')),
    sqlite_autoincrement=True
    )
    op.create_table('committee_answers',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('lc_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('committee_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('reply', sa.String(length=20), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('via', sa.String(length=20), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_committee_answers_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_committee_answers_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_committee_answers_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_answers')),
    sa.UniqueConstraint('lc_id', 'committee_id', 'year', name=op.f('uq_committee_answers_lc_id_committee_id_year')),
    sqlite_autoincrement=True
    )
    op.add_column('audit_entries', sa.Column('via', sa.String(length=20), nullable=True))
    keep_audit(("id", "organisation_id", "at", "origin", "action", "subject_kind", "subject_id", "via"))
    op.add_column('local_committees', sa.Column('state_decision', sa.String(length=100), nullable=True))
    for name, length in (('own_name_ja', 100), ('own_name_en', 100), ('own_aliases', 400)):
        op.add_column('local_committees', sa.Column(name, sa.String(length=length), server_default='', nullable=False))
    op.add_column('local_committees', sa.Column('club_type', sa.String(length=30), nullable=True))
    add_committees_to_associations()


def downgrade() -> None:
    # Not in batch: that would make the tables anew, and others point at them.
    for name in ('club_type', 'own_aliases', 'own_name_en', 'own_name_ja', 'state_decision'):
        op.execute(f"ALTER TABLE local_committees DROP COLUMN {name}")
    keep_audit(("id", "organisation_id", "at", "origin", "action", "subject_kind", "subject_id"))
    op.execute("ALTER TABLE audit_entries DROP COLUMN via")
    op.drop_table('committee_answers')
    op.drop_table('standing_committees')


def add_committees_to_associations() -> None:
    """What a new association gets since this version, the existing ones get here."""
    committees = (
        ("scope", "SCOPE", "臨床交換留学に関する委員会", "Standing Committee on Professional Exchange"),
        ("score", "SCORE", "基礎研究交換留学に関する委員会", "Standing Committee on Research Exchange"),
        ("scoph", "SCOPH", "公衆衛生に関する委員会", "Standing Committee on Public Health"),
        (
            "scora", "SCORA", "性と生殖に関する健康と権利・HIV/AIDSに関する委員会",
            "Standing Committee on Sexual & Reproductive Health and Rights incl. HIV and AIDS",
        ),
        ("scome", "SCOME", "医学教育に関する委員会", "Standing Committee on Medical Education"),
        ("scorp", "SCORP", "人権と平和に関する委員会", "Standing Committee on Human Rights and Peace"),
    )
    connection = op.get_bind()
    associations = connection.execute(sa.text("SELECT id FROM organisations WHERE kind = 'association'")).scalars().all()
    for organisation in associations:
        for position, (key, abbreviation, name_ja, name_en) in enumerate(committees):
            connection.execute(
                sa.text(
                    "INSERT INTO standing_committees (organisation_id, key, abbreviation, name_ja, name_en, position)"
                    " VALUES (:organisation, :key, :abbreviation, :name_ja, :name_en, :position)"
                ),
                {
                    "organisation": organisation, "key": key, "abbreviation": abbreviation, "name_ja": name_ja,
                    "name_en": name_en, "position": position,
                },
            )


def keep_audit(columns: tuple[str, ...]) -> None:
    """The trigger of 0001 that lets nothing be changed but who did it, for these columns."""
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*columns, "fields"))
        op.execute("DROP TRIGGER audit_entries_fix")
        op.execute(
            "CREATE TRIGGER audit_entries_fix BEFORE UPDATE ON audit_entries "
            f"WHEN NOT (NEW.actor_discord_id IS NULL AND {same}) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns)
    op.execute("DROP TRIGGER audit_entries_fix ON audit_entries")
    op.execute(
        "CREATE TRIGGER audit_entries_fix BEFORE UPDATE ON audit_entries FOR EACH ROW "
        f"WHEN (NOT (NEW.actor_discord_id IS NULL AND {same} AND NEW.fields::text = OLD.fields::text)) "
        "EXECUTE FUNCTION refuse_audit_change()"
    )
