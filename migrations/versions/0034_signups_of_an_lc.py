"""Sign-ups that are only for the members of an LC."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('signups', sa.Column('for_lc_only', sa.Boolean(), server_default=sa.false(), nullable=False))
    of_lcs = "SELECT id FROM events WHERE audience = 'lc'"
    op.execute(f"UPDATE signups SET for_lc_only = {sa.true().compile(dialect=op.get_bind().dialect)} "
               f"WHERE owner_kind = 'event' AND owner_id IN ({of_lcs})")


def downgrade() -> None:
    op.drop_column('signups', 'for_lc_only')
