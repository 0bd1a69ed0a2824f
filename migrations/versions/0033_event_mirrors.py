"""Events among Discord's scheduled events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('event_mirrors',
    sa.Column('event_id', ID, nullable=False),
    sa.Column('server_id', ID, nullable=False),
    sa.Column('discord_id', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('trouble', sa.String(length=12), nullable=True),
    sa.Column('id', ID, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_event_mirrors_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['server_id'], ['servers.id'], name=op.f('fk_event_mirrors_server_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_mirrors')),
    sa.UniqueConstraint('event_id', 'server_id', name=op.f('uq_event_mirrors_event_id_server_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_event_mirrors_server_id'), 'event_mirrors', ['server_id'])


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE kind = 'events:mirror'")
    op.drop_table('event_mirrors')
