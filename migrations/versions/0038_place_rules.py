"""The rules of a sign-up are kept in an event's draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch: that would make the table anew, and posts and sign-ups point at it.
    op.add_column('events', sa.Column('place_rules', sa.JSON(), nullable=True))


def downgrade() -> None:
    # Sign-ups keep their rules; series forget them, and drafts, too.
    op.execute('ALTER TABLE events DROP COLUMN place_rules')
