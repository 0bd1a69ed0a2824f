"""Other LCs and groups outside host an event, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_hosts',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('institution_id', ID, nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by_id', ID, nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_event_hosts_asked_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_hosts_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_event_hosts_institution_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_event_hosts_lc_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_hosts')),
    sa.UniqueConstraint('event_id', 'lc_id', name=op.f('uq_event_hosts_event_id_lc_id')),
    sqlite_autoincrement=True
    )
    for column in ('asked_by_id', 'institution_id', 'lc_id'):
        op.create_index(op.f(f'ix_event_hosts_{column}'), 'event_hosts', [column], unique=False)
    # Not in batch: that would make the table anew, and parties point at it.
    op.add_column('signups', sa.Column('also_lc_ids', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    # The events stay, each of its own place alone.
    op.execute("DELETE FROM deliveries WHERE kind = 'events:host'")
    op.execute('ALTER TABLE signups DROP COLUMN also_lc_ids')
    op.drop_table('event_hosts')
