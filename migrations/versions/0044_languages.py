"""Events have a text in English and the language in which they are held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch: that would make the table anew, and posts and sign-ups point at it.
    op.add_column('events', sa.Column('text_en', sa.Text(), server_default='', nullable=False))
    op.add_column('events', sa.Column('language', sa.String(length=4), nullable=True))


def downgrade() -> None:
    op.execute('ALTER TABLE events DROP COLUMN language')
    op.execute('ALTER TABLE events DROP COLUMN text_en')
