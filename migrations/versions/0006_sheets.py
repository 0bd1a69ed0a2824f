"""sheets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sheet_uploads',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('discord_user_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('filename', sa.String(length=100), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('shown', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_sheet_uploads_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_uploads')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('sheet_uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_uploads_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sheet_uploads_organisation_id_discord_user_id'), ['organisation_id', 'discord_user_id'], unique=False)


def downgrade() -> None:
    # Uploads live for an hour: nothing is lost that somebody relies on.
    op.drop_table('sheet_uploads')
