"""Pictures of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_pictures',
    sa.Column('organisation_id', ID, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('added_by_id', ID, nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_event_pictures_added_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_event_pictures_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_pictures')),
    sqlite_autoincrement=True
    )
    for column in ('added_by_id', 'organisation_id'):
        op.create_index(op.f(f'ix_event_pictures_{column}'), 'event_pictures', [column], unique=False)
    # Not in batch: that would make the table anew, and posts and sign-ups point at it.
    reference = sa.ForeignKey('event_pictures.id', name=op.f('fk_events_picture_id'))
    op.add_column('events', sa.Column('picture_id', ID, reference, nullable=True), inline_references=True)
    op.add_column('events', sa.Column('has_banner', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index(op.f('ix_events_picture_id'), 'events', ['picture_id'], unique=False)
    op.add_column('event_posts', sa.Column('picture', sa.String(length=24), server_default='', nullable=False))
    op.add_column('event_posts', sa.Column('is_replaced', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ('is_replaced', 'picture'):
        op.execute(f"ALTER TABLE event_posts DROP COLUMN {name}")
    op.drop_index(op.f('ix_events_picture_id'), table_name='events')
    for name in ('has_banner', 'picture_id'):
        op.execute(f"ALTER TABLE events DROP COLUMN {name}")
    op.drop_table('event_pictures')
