"""Whether a message shows an LC that it has answered may be unknown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _anew(sa.Column('kept', sa.Boolean(), nullable=True), 'shows_answered')


def downgrade() -> None:
    unknown = sa.false().compile(dialect=op.get_bind().dialect)
    _anew(
        sa.Column('kept', sa.Boolean(), server_default=sa.false(), nullable=False),
        f'coalesce(shows_answered, {unknown})',
    )


def _anew(column: sa.Column[bool], values: str) -> None:
    """Not in batch: that would make the table anew on SQLite, and others point at it."""
    op.add_column('announcement_posts', column)
    op.execute(f'UPDATE announcement_posts SET kept = {values}')
    op.drop_column('announcement_posts', 'shows_answered')
    op.execute('ALTER TABLE announcement_posts RENAME COLUMN kept TO shows_answered')
