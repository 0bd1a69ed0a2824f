"""Series of events that repeat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_series',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee_id', ID, nullable=True),
    sa.Column('repeat', sa.String(length=100), nullable=False),
    sa.Column('starts_local', sa.String(length=16), nullable=False),
    sa.Column('time_zone', sa.String(length=50), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('whole_days', sa.Boolean(), nullable=False),
    sa.Column('template', sa.JSON(), nullable=False),
    sa.Column('skipped', sa.JSON(), nullable=False),
    sa.Column('made_until', sa.String(length=16), nullable=False),
    sa.Column('channel_id', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by_id', ID, nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_event_series_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_event_series_lc_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_event_series_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_event_series_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_series')),
    sqlite_autoincrement=True
    )
    for column in ('committee_id', 'lc_id', 'made_by_id', 'organisation_id'):
        op.create_index(op.f(f'ix_event_series_{column}'), 'event_series', [column], unique=False)
    # Not in batch: that would make the table anew, and posts and sign-ups point at it.
    op.add_column('events', sa.Column('repeat', sa.String(length=100), server_default='', nullable=False))
    reference = sa.ForeignKey('event_series.id', name=op.f('fk_events_series_id'))
    op.add_column('events', sa.Column('series_id', ID, reference, nullable=True), inline_references=True)
    op.add_column('events', sa.Column('occurrence', sa.String(length=16), nullable=True))
    op.add_column('events', sa.Column('is_changed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f('ix_events_series_id_occurrence'), 'events', ['series_id', 'occurrence'], unique=True)


def downgrade() -> None:
    # The events of a series stay, each as an event of its own.
    op.execute("DELETE FROM deliveries WHERE kind = 'events:series'")
    op.drop_index(op.f('ix_events_series_id_occurrence'), table_name='events')
    for name in ('is_changed', 'occurrence', 'series_id', 'repeat'):
        op.execute(f"ALTER TABLE events DROP COLUMN {name}")
    op.drop_table('event_series')
