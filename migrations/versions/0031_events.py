"""Events and their posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('events',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('lc_id', ID, nullable=True),
    sa.Column('committee_id', ID, nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=40), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('title_ja', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('pasted', sa.Text(), server_default='', nullable=False),
    sa.Column('starts_local', sa.String(length=16), nullable=True),
    sa.Column('ends_local', sa.String(length=16), nullable=True),
    sa.Column('whole_days', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('time_zone', sa.String(length=50), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('is_online', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('limit', sa.Integer(), nullable=True),
    sa.Column('cost', sa.String(length=100), nullable=False),
    sa.Column('alcohol', sa.Boolean(), nullable=True),
    sa.Column('closes_local', sa.String(length=16), nullable=True),
    sa.Column('told', sa.JSON(), nullable=True),
    sa.Column('reason', sa.String(length=300), server_default='', nullable=False),
    sa.Column('channel_id', sa.BigInteger(), nullable=True),
    sa.Column('made_by_id', ID, nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['committee_id'], ['standing_committees.id'], name=op.f('fk_events_committee_id')),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_events_lc_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_events_made_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_events_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('uid', name=op.f('uq_events_uid')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_events_committee_id'), 'events', ['committee_id'])
    op.create_index(op.f('ix_events_lc_id_starts_at'), 'events', ['lc_id', 'starts_at'])
    op.create_index(op.f('ix_events_made_by_id'), 'events', ['made_by_id'])
    op.create_index(
        op.f('ix_events_organisation_id_state_starts_at_ends_at_audience_lc_id'),
        'events',
        ['organisation_id', 'state', 'starts_at', 'ends_at', 'audience', 'lc_id'],
    )
    op.create_table('event_posts',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('channel_id', sa.BigInteger(), nullable=False),
    sa.Column('delivery_key', sa.String(length=150), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_posts_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_posts')),
    sa.UniqueConstraint('delivery_key', name=op.f('uq_event_posts_delivery_key')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_posts_event_id'), 'event_posts', ['event_id'])



def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind LIKE 'events:%'")
    op.execute("DELETE FROM grants WHERE subject_kind = 'event'")
    op.drop_table('event_posts')
    op.drop_table('events')
