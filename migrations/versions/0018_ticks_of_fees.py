"""How often a fee was ticked: after a tick that was taken back, the next is worth a word again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('fees', sa.Column('ticks', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('fees', 'ticks')
