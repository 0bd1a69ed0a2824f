"""How often something about the end of a term has become true anew: what was said before is said again then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('terms', sa.Column('generation', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('terms', 'generation')
