"""Invitations to events, subscriptions to new ones, and LCs without the weekly summary."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
KINDS = ('invited', 'unanswered', 'invitations', 'news', 'gather_news', 'week', 'send_weeks')


def upgrade() -> None:
    op.create_table('event_invitations',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_invitations_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_event_invitations_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_invitations')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_event_invitations_event_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_invitations_person_id'), 'event_invitations', ['person_id'], unique=False)
    op.create_table('event_subscriptions',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('lc', sa.Boolean(), nullable=False),
    sa.Column('committees', sa.Boolean(), nullable=False),
    sa.Column('region', sa.Boolean(), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('told_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_event_subscriptions_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_event_subscriptions_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_subscriptions')),
    sa.UniqueConstraint('person_id', name=op.f('uq_event_subscriptions_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_subscriptions_organisation_id'), 'event_subscriptions', ['organisation_id'])
    op.create_table('event_weeks_off',
    sa.Column('lc_id', ID, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['lc_id'], ['local_committees.id'], name=op.f('fk_event_weeks_off_lc_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_weeks_off')),
    sa.UniqueConstraint('lc_id', name=op.f('uq_event_weeks_off_lc_id'))
    )
    # Not in batch: that would make the tables anew, and others point at them.
    op.add_column('events', sa.Column('looks', sa.Integer(), server_default='0', nullable=False))
    op.add_column('profiles', sa.Column('hears_of_events', sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    kinds = ', '.join(f"'events:{kind}'" for kind in KINDS)
    op.execute(f"DELETE FROM deliveries WHERE kind IN ({kinds})")
    op.execute("ALTER TABLE profiles DROP COLUMN hears_of_events")
    op.execute("ALTER TABLE events DROP COLUMN looks")
    op.drop_table('event_weeks_off')
    op.drop_table('event_subscriptions')
    op.drop_table('event_invitations')
