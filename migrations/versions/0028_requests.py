"""What somebody wants and others grant stands in the same columns and states in each of its tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0026'
branch_labels = None
depends_on = None

CLAIMS = {'claims': 20, 'lc_claims': 12}
PENDING = 'pending'


def upgrade() -> None:
    for table in CLAIMS:
        with op.batch_alter_table(table, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
            batch_op.alter_column('claimed_at', new_column_name='asked_at')
            batch_op.alter_column('state', type_=sa.String(length=20), server_default=PENDING)
        op.execute(f"UPDATE {table} SET state = 'granted' WHERE state = 'confirmed'")
    op.add_column('roster_requests', sa.Column('state', sa.String(length=20), server_default=PENDING, nullable=False))
    op.add_column('roster_requests', sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """The version before kept no answered requests for a record on a sheet."""
    op.execute(f"DELETE FROM roster_requests WHERE state <> '{PENDING}'")
    op.drop_column('roster_requests', 'decided_at')
    op.drop_column('roster_requests', 'state')
    op.execute("UPDATE claims SET state = 'declined' WHERE state = 'withdrawn'")
    for table, length in CLAIMS.items():
        op.execute(f"UPDATE {table} SET state = 'confirmed' WHERE state = 'granted'")
        with op.batch_alter_table(table, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
            batch_op.alter_column('asked_at', new_column_name='claimed_at')
            batch_op.alter_column('state', type_=sa.String(length=length), server_default=None)
