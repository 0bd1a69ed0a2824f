"""Templates of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_templates',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee_id', ID, nullable=True),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('made_by_id', ID, nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_event_templates_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_event_templates_lc_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_event_templates_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_event_templates_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_templates')),
    sqlite_autoincrement=True
    )
    for column in ('committee_id', 'lc_id', 'made_by_id'):
        op.create_index(op.f(f'ix_event_templates_{column}'), 'event_templates', [column], unique=False)
    op.create_index(
        op.f('ix_event_templates_organisation_id_lc_id_committee_id'),
        'event_templates',
        ['organisation_id', 'lc_id', 'committee_id'],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table('event_templates')
