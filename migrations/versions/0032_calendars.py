"""Addresses at which calendar programs fetch events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('calendar_addresses',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('scope', sa.String(length=12), nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee_id', ID, nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_fetched_on', sa.Date(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.CheckConstraint('lc_id IS NULL OR committee_id IS NULL', name=op.f('ck_calendar_addresses_one_place')),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_calendar_addresses_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_calendar_addresses_lc_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_calendar_addresses_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_calendar_addresses_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_addresses')),
    sa.UniqueConstraint('digest', name=op.f('uq_calendar_addresses_digest')),
    sqlite_autoincrement=True
    )
    for column in ('committee_id', 'lc_id', 'organisation_id', 'person_id'):
        op.create_index(op.f(f'ix_calendar_addresses_{column}'), 'calendar_addresses', [column], unique=False)


def downgrade() -> None:
    op.drop_table('calendar_addresses')
