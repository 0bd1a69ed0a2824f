"""What an event was like: a few sentences, and pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_report_pictures',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('added_by_id', ID, nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_event_report_pictures_added_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_report_pictures_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_report_pictures'))
    )
    for column in ('added_by_id', 'event_id'):
        op.create_index(op.f(f'ix_event_report_pictures_{column}'), 'event_report_pictures', [column], unique=False)
    # Not in batch: that would make the table anew, and much points at it.
    op.add_column('events', sa.Column('report', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    # The events stay; what they were like isn't told any more.
    op.execute('ALTER TABLE events DROP COLUMN report')
    op.drop_table('event_report_pictures')
