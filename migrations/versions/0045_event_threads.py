"""Names on the posts of events, and threads under them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_names',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_names_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_event_names_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_names')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_event_names_event_id_person_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_names_person_id'), 'event_names', ['person_id'], unique=False)
    op.create_table('event_threads',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('channel_id', sa.BigInteger(), nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('reminds', sa.String(length=8), nullable=False),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_threads_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_threads')),
    sa.UniqueConstraint('event_id', name=op.f('uq_event_threads_event_id')),
    sqlite_autoincrement=True
    )
    op.add_column('events', sa.Column('shows_names', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind = 'events:in-thread'")
    op.execute("ALTER TABLE events DROP COLUMN shows_names")
    op.drop_table('event_threads')
    op.drop_table('event_names')
