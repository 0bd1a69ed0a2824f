"""Trouble of roles and of officers' threads in one place."""

from __future__ import annotations

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column('role_troubles', 'roles', new_column_name='refused')


def downgrade() -> None:
    op.alter_column('role_troubles', 'refused', new_column_name='roles')
